//! Frames in hex, for people.

use std::io::Write;

use framewright_codec::Opcode;

use super::Writer;
use super::replay::{Event, Replay};
use crate::store::bytes::Run;
use crate::{Capture, ConnId, Direction, Frame};

const LINE_LEN: usize = 16;

#[derive(Debug)]
pub(super) struct HexWriter {
    replay: Replay,
}

impl HexWriter {
    pub(super) fn new(wanted: Option<Vec<ConnId>>) -> Self {
        Self { replay: Replay::new(wanted) }
    }
}

impl Writer for HexWriter {
    fn write(&mut self, capture: &Capture, out: &mut Vec<u8>) -> bool {
        let Some(event) = self.replay.next(capture) else { return false };
        let Event::Bytes { conn, direction, range, frame, .. } = event else { return true };
        let towards = match direction {
            Direction::ToServer => "to the server",
            Direction::ToClient => "to the client",
        };
        let frame = frame.and_then(|frame| capture.frame(frame));
        // Writing to memory can't fail.
        let _ = match &frame {
            Some(frame) => writeln!(
                out,
                "# frame {}, connection {}, {towards}: {}, {} bytes of payload",
                frame.id().0,
                conn.0,
                name(frame),
                frame.payload_len()
            ),
            None => writeln!(out, "# connection {}, {towards}: no frame", conn.0),
        };
        let mut column = 0;
        for run in capture.runs(conn, direction, range).into_iter().flatten() {
            match run {
                Run::Present(bytes) => {
                    for byte in bytes {
                        let blank = if column % LINE_LEN == LINE_LEN - 1 { '\n' } else { ' ' };
                        let _ = write!(out, "{byte:02x}{blank}");
                        column += 1;
                    }
                }
                Run::Missing(len) => {
                    let _ = writeln!(out, "\n# {len} bytes are missing");
                    column = 0;
                }
            }
        }
        if column % LINE_LEN != 0 {
            out.push(b'\n');
        }
        true
    }
}

fn name(frame: &Frame<'_>) -> String {
    let name = match frame.opcode() {
        Opcode::Continuation => "continuation",
        Opcode::Text => "text",
        Opcode::Binary => "binary",
        Opcode::Close => "close",
        Opcode::Ping => "ping",
        Opcode::Pong => "pong",
        Opcode::Reserved(bits) => return format!("reserved opcode {bits}"),
    };
    name.to_owned()
}
