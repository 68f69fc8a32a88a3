//! Finding a frame's start where it isn't known: at the start of a chunk, by what follows from it.

mod evidence;

use std::ops::Range;

use framewright_codec::{FrameHeader, LenForm, Opcode, Role};

use evidence::{ANY_LEN64_BITS, HEADER_BITS, LEN64_BITS, is_evidence, is_plausible, payload_bits};

/// How sure a [`Search`] must be, in bits: one in 2^24 random chunks is taken for a frame's start.
pub(crate) const SURE_BITS: u32 = 24;
/// The most chunks held: a long frame in more pieces is given up.
const MAX_HELD: usize = 16 * 1024;
/// How sure it must be where nothing more comes: two frames that fill a chunk, or one of text.
#[cfg(feature = "full")]
pub(crate) const LIKELY_BITS: u32 = 17;
/// Enough for a lone frame after missing bytes, one that starts where its chunk does and ends there.
const LONE_BITS: u32 = HEADER_BITS + END_BITS;
/// What it proves that a frame ends where its chunk ends.
const END_BITS: u32 = 7;

/// Whether `bytes` can be told to start with a frame: every header in it is plausible, and its frames fill
/// it or are at least two, of which the last may go beyond.
pub(crate) fn is_frame_start(bytes: &[u8], sender: Option<Role>) -> bool {
    let mut at = 0;
    let mut frames = 0;
    while at < bytes.len() {
        let Some((header, header_len)) = FrameHeader::parse(&bytes[at..]) else {
            return frames > 0;
        };
        if !is_plausible(&header, sender, true) || header.encoded_len() != header_len {
            return false;
        }
        frames += 1;
        let payload_len = usize::try_from(header.payload_len).unwrap_or(usize::MAX);
        let end = (at + header_len).saturating_add(payload_len);
        if end > bytes.len() {
            // A single header proves little: the bytes after it must fit.
            return frames > 1;
        }
        at = end;
    }
    frames > 0
}

/// Whether a file of `bytes` is frames of one sender, beyond doubt.
pub(crate) fn are_frames(bytes: &[u8]) -> bool {
    let mut search = Search::new(None, true);
    search.supposed = None;
    let mut at = 0;
    let mut frames = 0_u64;
    let mut bits = 0_u32;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let Some((header, header_len)) = FrameHeader::parse(rest) else { break };
        let is_frame = is_plausible(&header, search.supposed, true)
            && header.encoded_len() == header_len
            && search.follows(&header);
        if !is_frame {
            return false;
        }
        search.supposed = match header.masking_key {
            Some(_) => Some(Role::Client),
            None => Some(Role::Server),
        };
        if !header.opcode.is_control() {
            search.in_message = Some(!header.fin);
        }
        bits = bits
            .saturating_add(if is_evidence(&header) { HEADER_BITS } else { 0 })
            .saturating_add(payload_bits(&header, &rest[header_len..]));
        frames += 1;
        let payload_len = usize::try_from(header.payload_len).unwrap_or(usize::MAX);
        at = (at + header_len).saturating_add(payload_len);
    }
    if at == bytes.len() {
        bits = bits.saturating_add(END_BITS);
    }
    // A file of a single frame is what people make to try things.
    frames > 0 && bits >= SURE_BITS || frames == 1 && at == bytes.len() && bits >= LONE_BITS
}

/// A search through chunk after chunk of one direction, held back until it is sure where a frame starts.
#[derive(Debug)]
pub(crate) struct Search {
    /// Unknown where it isn't even known that there are frames.
    sender: Option<Role>,
    /// Whether RSV1 may be set (RFC 7692 §6).
    deflate: bool,
    held: Vec<HeldChunk>,
    /// Where the next header should be, if the first held chunk starts with a frame.
    next: u64,
    /// The evidence for that, in bits.
    bits: u32,
    /// Who sends the frames in that case.
    supposed: Option<Role>,
    /// Whether a message is under way there, if that is known.
    in_message: Option<bool>,
    /// Whether the last header says anything.
    is_borne_out_by_last: bool,
}

/// A chunk that may belong to frames.
#[derive(Clone, Debug)]
pub(crate) struct HeldChunk {
    pub(crate) range: Range<u64>,
    pub(crate) time_ns: u64,
}

/// What a chunk does to a search.
#[derive(Debug)]
pub(crate) enum Found {
    /// These chunks, of which this is the last, start with a frame.
    Frames(Vec<HeldChunk>),
    /// The chunk may belong to frames. These, from before it, don't.
    Nothing(Vec<HeldChunk>),
}

impl Search {
    pub(crate) fn new(sender: Option<Role>, deflate: bool) -> Self {
        let (supposed, in_message) = (sender, None);
        Self {
            sender,
            deflate,
            held: Vec::new(),
            next: 0,
            bits: 0,
            supposed,
            in_message,
            is_borne_out_by_last: false,
        }
    }

    /// Says who sends, once that is known; what is held so far stays.
    #[cfg(feature = "full")]
    pub(crate) fn know_sender(&mut self, sender: Option<Role>) {
        self.sender = sender;
    }

    /// The evidence for the chunks held, in bits.
    #[cfg(feature = "full")]
    pub(crate) fn bits(&self) -> u32 {
        self.bits
    }

    /// Whether the evidence for the chunks held is more than a lone header.
    #[cfg(feature = "full")]
    pub(crate) fn is_borne_out(&self) -> bool {
        self.bits > HEADER_BITS
    }

    /// Whether what is held may be frames, if nothing else follows to decide by.
    pub(crate) fn is_likely(&self) -> bool {
        self.bits >= LONE_BITS
    }

    /// Takes the next chunk, which starts at `offset`.
    pub(crate) fn push(&mut self, offset: u64, bytes: &[u8], time_ns: u64) -> Found {
        let mut refuted = Vec::new();
        let mut is_plausible = true;
        if self.held.len() >= MAX_HELD || !self.held.is_empty() && !self.bear_out(offset, bytes) {
            refuted = self.give_up();
        }
        if self.held.is_empty() {
            self.next = offset;
            self.supposed = self.sender;
            self.in_message = None;
            self.is_borne_out_by_last = false;
            is_plausible = self.bear_out(offset, bytes);
        }
        self.held.push(HeldChunk { range: offset..offset + bytes.len() as u64, time_ns });
        if self.bits >= SURE_BITS {
            return Found::Frames(self.give_up());
        }
        if !is_plausible {
            refuted.append(&mut self.held);
        }
        Found::Nothing(refuted)
    }

    /// The memory it takes.
    pub(crate) fn kept_len(&self) -> u64 {
        (self.held.capacity() * size_of::<HeldChunk>()) as u64
    }

    /// The held chunks, which will get no further evidence.
    pub(crate) fn give_up(&mut self) -> Vec<HeldChunk> {
        self.bits = 0;
        std::mem::take(&mut self.held)
    }

    /// Whether every header that should be in the chunk is plausible; if not, nothing is left to go by.
    fn bear_out(&mut self, offset: u64, bytes: &[u8]) -> bool {
        let end = offset + bytes.len() as u64;
        while self.next < end && self.bits < SURE_BITS {
            let rest = &bytes[(self.next - offset) as usize..];
            let header = FrameHeader::parse(rest).filter(|(header, header_len)| {
                is_plausible(header, self.supposed, self.deflate)
                    && header.encoded_len() == *header_len
                    && self.follows(header)
            });
            // A header cut in two is given up, too: the next chunk may start with a frame of its own.
            let Some((header, header_len)) = header else {
                self.bits = 0;
                return false;
            };
            self.supposed = match header.masking_key {
                Some(_) => Some(Role::Client),
                None => Some(Role::Server),
            };
            if !header.opcode.is_control() {
                self.in_message = Some(!header.fin);
            }
            self.is_borne_out_by_last = self.sender.is_some() || is_evidence(&header);
            if self.is_borne_out_by_last {
                self.bits += HEADER_BITS;
            }
            if LenForm::minimal(header.payload_len) == LenForm::Bits64 {
                self.bits += if self.sender.is_none() { ANY_LEN64_BITS } else { LEN64_BITS };
            }
            self.bits += payload_bits(&header, &rest[header_len..]);
            self.next += header_len as u64 + header.payload_len;
        }
        if self.next == end && self.is_borne_out_by_last {
            self.bits += END_BITS;
        }
        true
    }

    /// Whether a frame may come after those before it: messages don't interrupt each other.
    fn follows(&self, header: &FrameHeader) -> bool {
        match header.opcode {
            Opcode::Continuation => self.in_message != Some(false),
            Opcode::Text | Opcode::Binary => self.in_message != Some(true),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    /// Where frames are found to start, and what was found to be none.
    fn search(chunks: &[&[u8]]) -> (Option<u64>, Vec<(u64, u64)>) {
        let mut search = Search::new(Some(Role::Server), false);
        let (mut offset, mut unframed) = (0, Vec::new());
        let ends = |held: HeldChunk| (held.range.start, held.range.end);
        for (index, chunk) in chunks.iter().enumerate() {
            match search.push(offset, chunk, index as u64) {
                Found::Frames(held) => {
                    assert_eq!(held.last().unwrap().time_ns, index as u64);
                    return (Some(held[0].range.start), unframed);
                }
                Found::Nothing(held) => unframed.extend(held.into_iter().map(ends)),
            }
            offset += chunk.len() as u64;
        }
        unframed.extend(search.give_up().into_iter().map(ends));
        (None, unframed)
    }

    const HI: &[u8] = b"\x81\x02hi";

    #[test]
    fn frames_bear_each_other_out() {
        assert_eq!(search(&[HI]), (None, vec![(0, 4)]));
        assert_eq!(search(&[HI, HI]), (Some(0), vec![]));
        assert_eq!(search(&[&[HI; 4].concat()]), (Some(0), vec![]));
        assert_eq!(search(&[b"other", HI, HI]), (Some(5), vec![(0, 5)]));
        assert_eq!(search(&[HI, b"other", HI, HI]), (Some(9), vec![(0, 4), (4, 9)]));
        // One that goes over three chunks, and one after it.
        assert_eq!(search(&[b"\x81\x06on", b"e ", b"go", HI, HI]), (Some(0), vec![]));
        // A length of 64 bits speaks for itself.
        assert_eq!(search(&[b"\x82\x7f\0\0\0\0\0\x01\0\0"]), (Some(0), vec![]));
        // One that no compression was agreed on for.
        assert_eq!(search(&[b"\xc1\x02hi", HI]), (None, vec![(0, 4), (4, 8)]));
    }

    /// Chunks of a stream that may be anything, of which one or more are taken for frames.
    fn is_taken(chunks: &[Vec<u8>]) -> bool {
        let mut search = Search::new(None, true);
        let mut offset = 0;
        chunks.iter().any(|chunk| {
            let found = search.push(offset, chunk, 0);
            offset += chunk.len() as u64;
            matches!(found, Found::Frames(_)) || search.is_borne_out()
        })
    }

    #[test]
    fn what_others_send_is_not_taken_for_frames() {
        // Lengths of 16 and of 32 bits before each message, and nothing but zeros.
        let with_len = |prefix: &[u8]| [prefix, &[42], &[b'x'; 42]].concat();
        assert!(!is_taken(&vec![with_len(&[0]); 50]));
        assert!(!is_taken(&vec![with_len(&[0, 0, 0]); 50]));
        assert!(!is_taken(&[vec![0; 5000], vec![0; 5000]]));
        // What looks like a first fragment, compressed, but has another after it.
        assert!(!is_taken(&vec![[&b"A1"[..], &[b'A'; 100]].concat(); 50]));
        assert!(is_taken(&vec![HI.to_vec(); 2]));
        assert!(is_taken(&vec![b"\x81\x82abcdhi".to_vec(); 2]));
    }

    #[test]
    fn chunks_are_held_up_to_a_number() {
        let mut search = Search::new(None, true);
        // The start of a frame that is long, and one byte of it after the other.
        let start = b"\x82\x7f\0\0\0\0\x03\0\0\0";
        assert!(matches!(search.push(0, start, 0), Found::Nothing(held) if held.is_empty()));
        let mut chunks = 1;
        let given_up = loop {
            match search.push(10 + chunks, &[0], 0) {
                Found::Nothing(held) if held.is_empty() => chunks += 1,
                Found::Nothing(held) => break held,
                Found::Frames(_) => panic!("that is no frame yet"),
            }
            assert!(chunks <= 20_000);
        };
        assert!((16 * 1024..16 * 1024 + 2).contains(&given_up.len()), "{}", given_up.len());
    }

    proptest! {
        #[test]
        fn bytes_that_are_no_frames_are_never_taken_for_any(
            chunks in proptest::collection::vec(
                proptest::collection::vec(any::<u8>(), 1..600),
                1..40,
            ),
        ) {
            let chunks: Vec<&[u8]> = chunks.iter().map(Vec::as_slice).collect();
            let len = chunks.iter().map(|chunk| chunk.len() as u64).sum::<u64>();
            let (found, unframed) = search(&chunks);
            prop_assert_eq!(found, None);
            prop_assert_eq!(unframed.iter().map(|(start, end)| end - start).sum::<u64>(), len);
        }
    }
}
