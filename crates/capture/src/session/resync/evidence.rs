//! The evidence for a frame, in bits.

use framewright_codec::{FrameHeader, LenForm, Opcode, Role};

/// The longest payload that is believed of a frame that doesn't end inside the chunk.
const MAX_PLAUSIBLE_LEN: u64 = 64 << 20;

/// What one plausible header proves: opcode, reserved bits and MASK of random bytes seldom are.
pub(super) const HEADER_BITS: u32 = 5;
/// What a plausible 64-bit length proves, where it is known that there are frames.
pub(super) const LEN64_BITS: u32 = 37;
/// Otherwise: many protocols have numbers of 64 bits, most of them small.
pub(super) const ANY_LEN64_BITS: u32 = 7;
/// What text proves that is UTF-8 without control characters, at most: of four random bytes one in 2^9 is.
const TEXT_BITS: u32 = 12;
/// What a close frame proves whose code is one.
const CLOSE_BITS: u32 = 7;

/// Whether a header says anything where it isn't known that there are frames: many protocols have numbers
/// whose upper bytes are zero, which look like fragments, and like frames of nothing.
pub(super) fn is_evidence(header: &FrameHeader) -> bool {
    header.fin
        && header.opcode != Opcode::Continuation
        && (header.opcode.is_control() || header.payload_len > 0)
}

/// What the start of a frame's payload proves.
pub(super) fn payload_bits(header: &FrameHeader, rest: &[u8]) -> u32 {
    const LOOKED_AT: usize = 64;
    let whole = rest.get(..usize::try_from(header.payload_len).unwrap_or(usize::MAX));
    let mut payload = whole.unwrap_or(rest).to_vec();
    payload.truncate(LOOKED_AT);
    if let Some(key) = header.masking_key {
        payload.iter_mut().zip(key.iter().cycle()).for_each(|(byte, key)| *byte ^= key);
    }
    match header.opcode {
        Opcode::Text if !header.rsv1 => {
            let text = match std::str::from_utf8(&payload) {
                Ok(text) => text,
                // Cut inside of a character.
                Err(error) if error.error_len().is_none() && payload.len() > 4 => {
                    std::str::from_utf8(&payload[..error.valid_up_to()]).unwrap_or("")
                }
                Err(_) => return 0,
            };
            let is_text = !text.chars().any(|c| c.is_control() && !c.is_ascii_whitespace());
            if is_text { (text.len() as u32 * 3).min(TEXT_BITS) } else { 0 }
        }
        Opcode::Close => match payload.first_chunk() {
            Some(&code) if (1000..1016).contains(&u16::from_be_bytes(code)) => CLOSE_BITS,
            _ => 0,
        },
        _ => 0,
    }
}

pub(super) fn is_plausible(header: &FrameHeader, sender: Option<Role>, deflate: bool) -> bool {
    let masking = match sender {
        Some(Role::Client) => header.masking_key.is_some(),
        Some(Role::Server) => header.masking_key.is_none(),
        None => true,
    };
    let opcode = match header.opcode {
        Opcode::Reserved(_) => false,
        Opcode::Continuation => !header.rsv1,
        Opcode::Text | Opcode::Binary => true,
        Opcode::Close | Opcode::Ping | Opcode::Pong => {
            header.fin && !header.rsv1 && LenForm::minimal(header.payload_len) == LenForm::Bits7
        }
    };
    masking
        && opcode
        && (deflate || !header.rsv1)
        && !header.rsv2
        && !header.rsv3
        && header.payload_len <= MAX_PLAUSIBLE_LEN
}
