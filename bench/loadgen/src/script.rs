//! The messages of a run and the answers they must get, encoded beforehand.

use crate::args::{Context, Kind, Messages};
use crate::wire::deflate::Compressor;
use crate::wire::encode_frame;

/// Enough different messages that a lost, doubled or misrouted one shows, few enough to stay in the cache.
const MAX_FRAMES: usize = 1024;
const MAX_LEN: usize = 1 << 20;
const MIN_FRAMES: usize = 4;
/// Of compressed frames, each of so many refers to none before it, so that a connection can start there.
const RESTART_FRAMES: usize = 16;

/// A ring of frames to send, and the ring of frames to get back.
///
/// Answers have one allowed form each (one frame, shortest length, §5.2) and are equally long, so checking
/// them is comparing bytes, and counting them is dividing. Those that are compressed are inflated first.
pub(crate) struct Script {
    /// The frames to send, one after another.
    pub(crate) sent: Vec<u8>,
    /// Where each of them starts.
    sent_starts: Vec<usize>,
    /// The frames to get back, uncompressed, one after another.
    pub(crate) expected: Vec<u8>,
    /// The length of one expected frame.
    pub(crate) expected_len: usize,
    /// How many frames each ring holds.
    pub(crate) frames: usize,
    /// Whether they are compressed, and how.
    pub(crate) deflate: Option<Context>,
}

impl Script {
    pub(crate) fn new(messages: &Messages) -> Self {
        let Messages { payload_len, kind, verbatim, deflate, .. } = *messages;
        let frames = (MAX_LEN / payload_len.max(1)).clamp(MIN_FRAMES, MAX_FRAMES);
        let (mut sent, mut sent_starts, mut expected) = (Vec::new(), Vec::new(), Vec::new());
        let mut compressor = deflate.map(Compressor::new);
        for index in 0..frames {
            let start = sent.len();
            let payload = payload(kind, payload_len, index as u32);
            let key = Some(masking_key(index as u32));
            sent_starts.push(start);
            encode_frame(&mut expected, kind, &payload, None);
            if let Some(compressor) = &mut compressor {
                let payload = compressor.compress(&payload, index % RESTART_FRAMES == 0);
                encode_frame(&mut sent, kind, &payload, key);
                // RSV1 (RFC 7692 §7.2.1).
                sent[start] |= 0x40;
            } else {
                encode_frame(&mut sent, kind, &payload, key);
            }
        }
        if verbatim {
            expected.clone_from(&sent);
        }
        let expected_len = expected.len() / frames;
        Self { sent, sent_starts, expected, expected_len, frames, deflate }
    }

    /// The frame that connection `index` starts at; with a stride other than 0, not all at the same.
    pub(crate) fn first_frame(&self, index: usize, stride: usize) -> usize {
        let step = if self.deflate.is_some() { RESTART_FRAMES } else { 1 };
        index * stride * step % self.frames
    }

    /// The length of all frames before `frame`, which counts on from one turn of the ring to the next.
    pub(crate) fn sent_position(&self, frame: usize) -> usize {
        frame / self.frames * self.sent.len() + self.sent_starts[frame % self.frames]
    }
}

fn masking_key(index: u32) -> [u8; 4] {
    // No zero byte: each one of the payload must be unmasked.
    (scramble(index) | 0x0101_0101).to_be_bytes()
}

fn payload(kind: Kind, len: usize, index: u32) -> Vec<u8> {
    match kind {
        Kind::Text => {
            let words =
                format!("{{\"lot\":{index},\"bid\":{},\"by\":\"someone\"}} ", scramble(index));
            words.bytes().cycle().take(len).collect()
        }
        Kind::Binary => {
            let words = (0..).map(|i: u32| scramble(index.wrapping_mul(0x1_0001).wrapping_add(i)));
            words.flat_map(u32::to_be_bytes).take(len).collect()
        }
        Kind::Json => json(len, index),
    }
}

/// A record of exactly `len` bytes (or the beginning of one, if that's too short for a whole one): the
/// same keys, other values, and text of some words that are frequent and many that are not.
fn json(len: usize, index: u32) -> Vec<u8> {
    const END: &[u8] = b"\"}}";
    let mut random = Random(index);
    let (id, at, price) = (random.next(), random.next() % 1_000_000_000, random.next() % 100_000);
    let (name, title, tag) = (random.words(2), random.words(6), random.words(1));
    let head = format!(
        r#"{{"type":"update","id":"{id:08x}{:08x}","sentAt":{},"user":{{"name":"{name}","roles":["admin","editor","viewer"]}},"payload":{{"title":"{title}","price":{}.{:02},"tags":["{tag}"],"body":""#,
        random.next(),
        1_700_000_000_000 + u64::from(at),
        price / 100,
        price % 100,
    );
    let mut bytes = head.into_bytes();
    while bytes.len() + END.len() < len {
        bytes.extend(random.words(1).bytes().chain([b' ']));
    }
    bytes.truncate(len.saturating_sub(END.len()));
    bytes.extend(END);
    bytes.truncate(len);
    bytes
}

/// The same numbers in every run.
struct Random(u32);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(0x9e37_79b1).wrapping_add(1);
        scramble(self.0)
    }

    /// Of 2,000 words, the first are far more frequent than the last.
    fn words(&mut self, count: usize) -> String {
        let word = |_| {
            let limit = 1 + self.next() % 2000;
            let mut letters = Self(self.next() % limit);
            let len = 2 + letters.next() % 8;
            (0..len)
                .map(|_| {
                    let rank = (letters.next() % 26).min(letters.next() % 26);
                    char::from(b"etaoinshrdlucmfwypvbgkjqxz"[rank as usize])
                })
                .collect::<String>()
        };
        (0..count).map(word).collect::<Vec<_>>().join(" ")
    }
}

/// A fixed mapping that spreads small numbers over all of `u32`.
fn scramble(number: u32) -> u32 {
    let mut hash = number.wrapping_add(0x9e37_79b9).wrapping_mul(0x85eb_ca6b);
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(0xc2b2_ae35);
    hash ^ hash >> 16
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 6455 §5.7.
    #[test]
    fn encodes_as_the_rfc_does() {
        let mut out = Vec::new();
        encode_frame(&mut out, Kind::Text, b"Hello", Some([0x37, 0xfa, 0x21, 0x3d]));
        assert_eq!(out, [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]);
        for (len, header) in
            [(256, &[0x82, 0x7e, 0x01, 0x00][..]), (65536, &[0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0])]
        {
            out.clear();
            encode_frame(&mut out, Kind::Binary, &vec![7; len], None);
            assert_eq!(out[..header.len()], *header);
            assert_eq!(out.len(), header.len() + len);
        }
    }

    #[test]
    fn no_two_messages_are_alike() {
        for (kind, len) in [(Kind::Text, 16), (Kind::Binary, 16), (Kind::Json, 64)] {
            let mut payloads: Vec<_> = (0..1024).map(|index| payload(kind, len, index)).collect();
            payloads.sort();
            payloads.dedup();
            assert_eq!(payloads.len(), 1024);
        }
    }

    #[test]
    fn json_is_json_of_any_length() {
        for len in [300, 1024, 65536] {
            let bytes = payload(Kind::Json, len, 7);
            assert_eq!(bytes.len(), len);
            serde_json::from_slice::<serde_json::Value>(&bytes).unwrap();
        }
    }
}
