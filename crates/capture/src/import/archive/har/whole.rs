//! The text of an archive that is packed, or cut off.

use crate::import::{Format, ImportError};

/// Whether bytes start like zlib's, with a checksum that fits.
pub(in crate::import) fn is_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [method @ (0x18 | 0x28 | 0x38 | 0x48 | 0x58 | 0x68 | 0x78), flags, ..]
        if (u16::from(*method) << 8 | u16::from(*flags)) % 31 == 0 && flags & 0x20 == 0)
}

/// Unpacks an archive that unpacks to less than `max_len` bytes.
pub(super) fn unpack(bytes: &[u8], max_len: usize) -> Result<Vec<u8>, ImportError> {
    let malformed = |what: &str| ImportError::Malformed {
        format: Format::Har,
        offset: 0,
        what: what.to_owned(),
    };
    let mut unpacked = Vec::new();
    let mut inflate = zlib_rs::Inflate::new(true, 15);
    loop {
        let start = unpacked.len();
        if start >= max_len {
            return Err(ImportError::TooLong { limit: max_len as u64 });
        }
        unpacked.resize((start + start.clamp(64 * 1024, 4 << 20)).min(max_len), 0);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// So many zeros as zlib has them (RFC 1950), in stored blocks.
    fn zeros(len: usize) -> Vec<u8> {
        let mut packed = vec![0x78, 0x01];
        let blocks = len.div_ceil(0xffff);
        for (index, block) in vec![0; len].chunks(0xffff).enumerate() {
            let len = block.len() as u16;
            packed.push(u8::from(index + 1 == blocks));
            packed.extend_from_slice(&len.to_le_bytes());
            packed.extend_from_slice(&(!len).to_le_bytes());
            packed.extend_from_slice(block);
        }
        // Adler-32.
        packed.extend_from_slice(&((len % 65_521) as u32).to_be_bytes()[2..]);
        packed.extend_from_slice(&[0, 1]);
        packed
    }

    #[test]
    fn an_archive_unpacks_to_so_much() {
        let limit = 1 << 20;
        let len = |len| unpack(&zeros(len), limit).map(|text| text.len());
        assert_eq!(len(limit - 1), Ok(limit - 1));
        assert_eq!(len(limit + 1), Err(ImportError::TooLong { limit: limit as u64 }));
        assert_eq!(len(4 * limit), Err(ImportError::TooLong { limit: limit as u64 }));
    }
}
