//! UTF-8 validation that may stop inside a code point and fails at the first bad byte (RFC 6455 §8.1).

/// Whether all of `bytes` is UTF-8.
#[inline]
pub fn is_valid(bytes: &[u8]) -> bool {
    // Most messages are short and ASCII, where a look at the high bits is all it takes, and the setup of the
    // vector code would cost more than it saves.
    const SHORT: usize = 256;
    const TINY: usize = 32;
    if bytes.len() < SHORT && is_ascii(bytes) {
        true
    } else if bytes.len() < TINY {
        core::str::from_utf8(bytes).is_ok()
    } else {
        simdutf8::basic::from_utf8(bytes).is_ok()
    }
}

/// For short texts, without the early way out that keeps the compiler from using vectors.
#[inline]
fn is_ascii(bytes: &[u8]) -> bool {
    let (words, rest) = bytes.as_chunks::<8>();
    let high = words.iter().fold(0, |high, word| high | u64::from_ne_bytes(*word));
    let rest_high = rest.iter().fold(0, |high, byte| high | byte);
    high & 0x8080_8080_8080_8080 == 0 && rest_high < 0x80
}

/// A UTF-8 text under validation, piece by piece; a code point may be split over pieces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Utf8Validator {
    /// The bytes of a code point whose end hasn't come yet.
    open: [u8; 3],
    open_len: u8,
}

/// The text is not UTF-8, whatever may still follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidUtf8;

impl Utf8Validator {
    /// A validator at the start of a text.
    pub const fn new() -> Self {
        Self { open: [0; 3], open_len: 0 }
    }

    /// Whether the text so far doesn't end inside a code point.
    #[inline]
    pub const fn is_at_boundary(&self) -> bool {
        self.open_len == 0
    }

    /// Takes the text's next bytes.
    ///
    /// # Errors
    ///
    /// As soon as no continuation could make the text valid.
    pub fn push(&mut self, mut piece: &[u8]) -> Result<(), InvalidUtf8> {
        while self.open_len > 0 {
            let Some((&byte, rest)) = piece.split_first() else { return Ok(()) };
            piece = rest;
            let len = usize::from(self.open_len);
            let mut sequence = [0; 4];
            sequence[..len].copy_from_slice(&self.open[..len]);
            sequence[len] = byte;
            match core::str::from_utf8(&sequence[..=len]) {
                Ok(_) => self.open_len = 0,
                Err(error) if error.error_len().is_none() => self.set_open(&sequence[..=len]),
                Err(_) => return Err(InvalidUtf8),
            }
        }
        let (complete, tail) = piece.split_at(piece.len() - open_tail_len(piece));
        if !is_valid(complete) {
            return Err(InvalidUtf8);
        }
        match core::str::from_utf8(tail) {
            Ok(_) => Ok(()),
            Err(error) if error.error_len().is_none() => {
                self.set_open(tail);
                Ok(())
            }
            Err(_) => Err(InvalidUtf8),
        }
    }

    /// Ends the text, and starts the next one.
    ///
    /// # Errors
    ///
    /// If the text ends inside a code point.
    pub fn finish(&mut self) -> Result<(), InvalidUtf8> {
        if core::mem::take(&mut self.open_len) == 0 { Ok(()) } else { Err(InvalidUtf8) }
    }

    fn set_open(&mut self, sequence: &[u8]) {
        self.open[..sequence.len()].copy_from_slice(sequence);
        self.open_len = sequence.len() as u8;
    }
}

/// How many bytes at the end of `piece` start a code point that `piece` doesn't finish: 0–3.
fn open_tail_len(piece: &[u8]) -> usize {
    for len in 1..=piece.len().min(3) {
        let needed = match piece[piece.len() - len] {
            0xc0..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xff => 4,
            0x80..=0xbf => continue,
            _ => 1,
        };
        return if needed > len { len } else { 0 };
    }
    0
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;
    use proptest::prelude::*;

    use super::*;

    /// Validates `text` in pieces and returns after how many bytes it failed, if it did.
    fn failure(text: &[u8], piece_len: usize) -> Option<usize> {
        let mut validator = Utf8Validator::new();
        let mut seen = 0;
        for piece in text.chunks(piece_len) {
            seen += piece.len();
            if validator.push(piece).is_err() {
                return Some(seen);
            }
        }
        validator.finish().err().map(|_| text.len() + 1)
    }

    fn check(text: &[u8]) {
        let expected = match core::str::from_utf8(text) {
            Ok(_) => None,
            Err(error) if error.error_len().is_none() => Some(text.len() + 1),
            // The byte that settles it: the one after the longest prefix that could have gone on.
            Err(_) => (1..=text.len()).find(|&end| {
                matches!(core::str::from_utf8(&text[..end]), Err(e) if e.error_len().is_some())
            }),
        };
        assert_eq!(failure(text, 1), expected, "{text:02x?}");
        for piece_len in [2, 3, 4, 5, 7, 64, 65] {
            assert_eq!(failure(text, piece_len).is_some(), expected.is_some(), "{text:02x?}");
        }
        assert_eq!(is_valid(text), expected.is_none());
    }

    #[test]
    fn every_two_bytes_behind_every_lead() {
        for lead in (0x7f..=0xff_u8).step_by(if cfg!(miri) { 16 } else { 1 }) {
            for second in [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff] {
                for third in [0x41, 0x80, 0xbf, 0xc2] {
                    check(&[lead, second]);
                    check(&[lead, second, third]);
                    check(&[lead, second, third, 0x80]);
                    check(&[lead, second, third, 0xbf, 0x41]);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn same_as_core_on_text(text: alloc::string::String) {
            check(text.as_bytes());
        }

        #[test]
        fn same_as_core_on_broken_text(text in "\\PC{0,90}", at: usize, byte: u8) {
            let mut bytes: Vec<u8> = text.into_bytes();
            if !bytes.is_empty() {
                let at = at % bytes.len();
                bytes[at] = byte;
            }
            check(&bytes);
        }
    }
}
