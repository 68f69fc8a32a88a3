//! Masking (RFC 6455 §5.3): byte *i* of the payload is XORed with byte *i* mod 4 of the key.

/// A masking key in force at some byte of a payload, so that a payload may come in pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mask {
    /// The key, rotated so that its first byte is for the next payload byte.
    key: [u8; 4],
}

impl Mask {
    /// The mask at the start of a payload.
    #[inline]
    pub const fn new(key: [u8; 4]) -> Self {
        Self { key }
    }

    /// Masks or unmasks the next `payload.len()` bytes in place.
    #[inline]
    pub fn apply(&mut self, payload: &mut [u8]) {
        if self.key == [0; 4] {
            return;
        }
        xor_in_place(payload, self.key);
        self.advance(payload.len());
    }

    /// As [`apply`](Self::apply), and tells whether the result is known to be ASCII, which costs next to
    /// nothing while it is at hand. `false` says nothing.
    #[inline]
    pub(crate) fn apply_and_test_ascii(&mut self, payload: &mut [u8]) -> bool {
        if self.key == [0; 4] {
            return false;
        }
        let is_ascii = xor_in_place(payload, self.key);
        self.advance(payload.len());
        is_ascii
    }

    /// Masks or unmasks the next bytes from `source` into `target`.
    ///
    /// # Panics
    ///
    /// If the two differ in length.
    #[inline]
    pub fn apply_to(&mut self, source: &[u8], target: &mut [u8]) {
        assert_eq!(source.len(), target.len(), "source and target differ in length");
        target.copy_from_slice(source);
        self.apply(target);
    }

    /// The key at the payload's start, of which `len` bytes are masked.
    pub(crate) fn key_before(self, len: u64) -> [u8; 4] {
        let mut key = self.key;
        key.rotate_right((len % 4) as usize);
        key
    }

    #[inline]
    fn advance(&mut self, len: usize) {
        self.key.rotate_left(len % 4);
    }
}

/// XORs words, which the compiler turns into vector instructions, then bytes. Returns whether the result is
/// ASCII; inlined, it does so only where somebody asks.
#[inline]
fn xor_in_place(payload: &mut [u8], key: [u8; 4]) -> bool {
    let key_word = u64::from(u32::from_ne_bytes(key)) * 0x1_0000_0001;
    let mut seen = 0;
    let (words, rest) = payload.as_chunks_mut();
    for word in words {
        let xored = u64::from_ne_bytes(*word) ^ key_word;
        *word = xored.to_ne_bytes();
        seen |= xored;
    }
    for (index, byte) in rest.iter_mut().enumerate() {
        *byte ^= key[index % 4];
        seen |= u64::from(*byte);
    }
    seen & 0x8080_8080_8080_8080 == 0
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;
    use proptest::prelude::*;

    use super::*;

    /// The definition, byte by byte.
    fn naive(payload: &[u8], key: [u8; 4]) -> Vec<u8> {
        payload.iter().enumerate().map(|(i, byte)| byte ^ key[i % 4]).collect()
    }

    proptest! {
        #[test]
        fn same_as_naive_however_split(
            payload in proptest::collection::vec(any::<u8>(), 0..300),
            key: [u8; 4],
            splits in proptest::collection::vec(0..300_usize, 0..6),
        ) {
            let expected = naive(&payload, key);
            let mut in_place = payload.clone();
            let mut mask = Mask::new(key);
            let mut rest = in_place.as_mut_slice();
            for split in splits {
                let (piece, tail) = rest.split_at_mut(split.min(rest.len()));
                if mask.apply_and_test_ascii(piece) {
                    prop_assert!(piece.is_ascii());
                }
                rest = tail;
            }
            mask.apply(rest);
            prop_assert_eq!(&in_place, &expected);

            let mut copied = alloc::vec![0; payload.len()];
            Mask::new(key).apply_to(&payload, &mut copied);
            prop_assert_eq!(&copied, &expected);
        }

        #[test]
        fn one_high_byte_is_seen(
            mut text in proptest::collection::vec(0..0x80_u8, 1..300),
            at: proptest::sample::Index,
            high in 0x80..=0xff_u8,
            key in 1..=u32::MAX,
        ) {
            let mut mask = Mask::new(key.to_be_bytes());
            let mut masked = naive(&text, key.to_be_bytes());
            prop_assert!(mask.apply_and_test_ascii(&mut masked));
            *at.get_mut(&mut text) = high;
            let mut masked = naive(&text, key.to_be_bytes());
            prop_assert!(!Mask::new(key.to_be_bytes()).apply_and_test_ascii(&mut masked));
        }
    }
}
