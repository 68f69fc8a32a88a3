//! The text of an archive that is packed, or cut off.

use crate::import::{Format, ImportError};

/// The most bytes that a packed archive may unpack to.
const MAX_UNPACKED_LEN: usize = crate::import::MAX_WHOLE_LEN;

/// Whether bytes start like zlib's, with a checksum that fits.
pub(in crate::import) fn is_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [method @ (0x18 | 0x28 | 0x38 | 0x48 | 0x58 | 0x68 | 0x78), flags, ..]
        if (u16::from(*method) << 8 | u16::from(*flags)) % 31 == 0 && flags & 0x20 == 0)
}

pub(super) fn unpack(bytes: Vec<u8>) -> Result<Vec<u8>, ImportError> {
    let malformed = |what: &str| ImportError::Malformed {
        format: Format::Har,
        offset: 0,
        what: what.to_owned(),
    };
    let mut unpacked = Vec::new();
    let mut inflate = zlib_rs::Inflate::new(true, 15);
    loop {
        let start = unpacked.len();
        if start >= MAX_UNPACKED_LEN {
            return Err(ImportError::TooLong { limit: MAX_UNPACKED_LEN as u64 });
        }
        unpacked.resize((start + start.clamp(64 * 1024, 4 << 20)).min(MAX_UNPACKED_LEN), 0);
        let consumed = inflate.total_in() as usize;
        let before = inflate.total_out();
        let status = inflate
            .decompress(&bytes[consumed..], &mut unpacked[start..], zlib_rs::InflateFlush::NoFlush)
            .map_err(|_| malformed("it is packed with zlib, but does not unpack"))?;
        let produced = (inflate.total_out() - before) as usize;
        unpacked.truncate(start + produced);
        match status {
            zlib_rs::Status::StreamEnd => return Ok(unpacked),
            _ if produced == 0 && inflate.total_in() as usize == consumed => {
                return Err(malformed("it is packed with zlib, and cut short"));
            }
            _ => {}
        }
    }
}

/// Cut-off JSON without its last, incomplete value, and with all brackets closed.
pub(super) fn close_off(text: &str) -> String {
    // What closes all that is open, and up to where it was whole.
    let (mut closers, mut whole_len, mut depth) = (Vec::new(), 0, 0);
    let (mut in_string, mut is_escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_string => is_escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => {
                closers.push(if byte == b'{' { '}' } else { ']' });
                // Nothing in it is whole, which is fine.
                (whole_len, depth) = (at + 1, closers.len());
            }
            b'}' | b']' => {
                closers.pop();
                (whole_len, depth) = (at + 1, closers.len());
            }
            b',' => (whole_len, depth) = (at, closers.len()),
            _ => {}
        }
    }
    let open = closers.into_iter().take(depth).rev();
    text[..whole_len].chars().chain(open).collect()
}
