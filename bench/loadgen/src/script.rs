//! The messages of a run and the answers they must get, encoded beforehand.

use crate::args::{Kind, Messages};

/// Enough different messages that a lost, doubled or misrouted one shows, few enough to stay in the cache.
const MAX_FRAMES: usize = 1024;
const MAX_LEN: usize = 1 << 20;
const MIN_FRAMES: usize = 4;

/// A ring of equally long frames to send, and the ring of frames to get back.
///
/// Answers have one allowed form each (one frame, shortest length, §5.2), so checking them is comparing
/// octets, and counting them is dividing.
pub(crate) struct Script {
    /// The frames to send, one after another.
    pub(crate) sent: Vec<u8>,
    /// The frames to get back, one after another.
    pub(crate) expected: Vec<u8>,
    /// The length of one sent frame.
    pub(crate) sent_len: usize,
    /// The length of one expected frame.
    pub(crate) expected_len: usize,
    /// How many frames each ring holds.
    pub(crate) frames: usize,
}

impl Script {
    pub(crate) fn new(messages: &Messages) -> Self {
        let Messages { payload_len, kind, verbatim, .. } = *messages;
        let frames = (MAX_LEN / payload_len.max(1)).clamp(MIN_FRAMES, MAX_FRAMES);
        let (mut sent, mut expected) = (Vec::new(), Vec::new());
        for index in 0..frames as u32 {
            let payload = payload(kind, payload_len, index);
            encode_frame(&mut sent, kind, &payload, Some(masking_key(index)));
            encode_frame(&mut expected, kind, &payload, None);
        }
        if verbatim {
            expected.clone_from(&sent);
        }
        let (sent_len, expected_len) = (sent.len() / frames, expected.len() / frames);
        Self { sent, expected, sent_len, expected_len, frames }
    }
}

/// One frame (§5.2), the length in its shortest form.
fn encode_frame(out: &mut Vec<u8>, kind: Kind, payload: &[u8], key: Option<[u8; 4]>) {
    let mask_bit = if key.is_some() { 0x80 } else { 0 };
    out.push(if kind == Kind::Text { 0x81 } else { 0x82 });
    match payload.len() {
        len @ 0..126 => out.push(mask_bit | len as u8),
        len @ 126..65536 => {
            out.push(mask_bit | 126);
            out.extend((len as u16).to_be_bytes());
        }
        len => {
            out.push(mask_bit | 127);
            out.extend((len as u64).to_be_bytes());
        }
    }
    let key = key.inspect(|key| out.extend(key)).unwrap_or_default();
    out.extend(payload.iter().zip(key.iter().cycle()).map(|(octet, key)| octet ^ key));
}

fn masking_key(index: u32) -> [u8; 4] {
    // No zero octet: each one of the payload must be unmasked.
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
        for kind in [Kind::Text, Kind::Binary] {
            let mut payloads: Vec<_> = (0..1024).map(|index| payload(kind, 16, index)).collect();
            payloads.sort();
            payloads.dedup();
            assert_eq!(payloads.len(), 1024);
        }
    }
}
