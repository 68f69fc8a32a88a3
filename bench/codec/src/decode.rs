//! Decoding: bytes from a stream, whole, unmasked, UTF-8-checked messages out.

use std::hint::black_box;

use crate::Peer;
use crate::feed::{Feed, Frames};
use crate::peers::{Decode, Fastwebsockets, Framewright, FramewrightConnection, Tungstenite};
use crate::timing::Bench;

/// Enough messages that reading the clock costs nothing: this many bytes of payload a pass.
const PASS_LEN: usize = 256 << 10;

/// The decoder and what joins its events, beside the others' connections.
pub(crate) fn bench(peer: Peer, payload_len: usize) -> Option<Box<dyn Bench>> {
    let frames = Frames::new(payload_len, 1);
    let feed = Feed::new(&frames);
    Some(match peer {
        Peer::Framewright => DecodeBench::boxed(Framewright::new(feed), frames),
        _ => return bench_connection(peer, frames),
    })
}

/// Whole connections.
pub(crate) fn bench_messages(
    peer: Peer,
    payload_len: usize,
    fragments: usize,
) -> Option<Box<dyn Bench>> {
    bench_connection(peer, Frames::new(payload_len, fragments))
}

fn bench_connection(peer: Peer, frames: Frames) -> Option<Box<dyn Bench>> {
    let feed = Feed::new(&frames);
    Some(match peer {
        Peer::Framewright => DecodeBench::boxed(FramewrightConnection::new(feed), frames),
        Peer::Tungstenite => DecodeBench::boxed(Tungstenite::new(feed), frames),
        Peer::Fastwebsockets => DecodeBench::boxed(Fastwebsockets::new(feed), frames),
        Peer::Memcpy => return None,
    })
}

struct DecodeBench<D> {
    decoder: D,
    payloads: Vec<Vec<u8>>,
    /// Which payload comes next.
    next: usize,
    messages_per_pass: usize,
}

impl<D: Decode + 'static> DecodeBench<D> {
    fn boxed(decoder: D, frames: Frames) -> Box<dyn Bench> {
        let payloads = frames.payloads;
        let messages_per_pass = (PASS_LEN / payloads[0].len()).max(1);
        Box::new(Self { decoder, payloads, next: 0, messages_per_pass })
    }
}

impl<D: Decode> Bench for DecodeBench<D> {
    fn pass(&mut self) -> usize {
        let mut bytes = 0;
        let messages = self.decoder.decode(self.messages_per_pass, |payload| {
            bytes += black_box(payload).len();
        });
        assert_eq!(bytes, messages * self.payloads[0].len(), "bytes decoded");
        self.next = (self.next + messages) % self.payloads.len();
        messages
    }

    fn verify(&mut self) {
        let Self { decoder, payloads, next, .. } = self;
        decoder.decode(payloads.len(), |payload| {
            assert!(payload == payloads[*next], "message {next} is wrong");
            *next = (*next + 1) % payloads.len();
        });
    }
}
