//! Finding a frame's start after missing bytes.

use super::{
    CONTINUATION, DATA, FrameHead, HEADER_LEN, HEADERS, Http2, PUSH_PROMISE, RST_STREAM, SETTINGS,
};
use crate::import::stream::side::Side;

const PING: u8 = 6;
const GO_AWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
/// The longest payload that is believed.
const MAX_PLAUSIBLE_LEN: usize = 1 << 18;
/// How far into a chunk a frame's start is looked for.
const MAX_SEARCHED_LEN: usize = 1 << 16;

impl Http2 {
    /// Where in a chunk frames start again: they end where it ends, or are at least three.
    pub(super) fn find_frame(&self, _side: Side, chunk: &[u8]) -> Option<usize> {
        (0..chunk.len().min(MAX_SEARCHED_LEN)).find(|&start| {
            let (mut at, mut frames) = (start, 0);
            while let Some(head) = chunk.get(at..).and_then(FrameHead::parse) {
                if !self.is_plausible(head) {
                    return false;
                }
                at += HEADER_LEN + head.len;
                frames += 1;
                if at == chunk.len() || frames == 3 {
                    return true;
                }
            }
            // One that goes beyond, on a stream that is known.
            frames > 0 && at > chunk.len() && start == 0
        })
    }

    fn is_plausible(&self, head: FrameHead) -> bool {
        let FrameHead { len, kind, flags, stream } = head;
        let of_stream = stream != 0 && len <= MAX_PLAUSIBLE_LEN;
        match kind {
            DATA => of_stream && flags & !0x9 == 0 && self.streams.contains_key(&stream),
            HEADERS => of_stream && flags & !0x2d == 0,
            CONTINUATION | PUSH_PROMISE => of_stream && flags & !0xc == 0,
            RST_STREAM => of_stream && len == 4 && flags == 0,
            SETTINGS => stream == 0 && len % 6 == 0 && len < 600 && flags & !1 == 0,
            PING => stream == 0 && len == 8 && flags & !1 == 0,
            GO_AWAY => stream == 0 && (8..4096).contains(&len) && flags == 0,
            WINDOW_UPDATE => len == 4 && flags == 0,
            _ => false,
        }
    }
}
