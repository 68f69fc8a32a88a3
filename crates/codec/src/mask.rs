//! Masking (RFC 6455 §5.3): octet *i* of the payload is XORed with octet *i* mod 4 of the key.

/// A masking key in force at some octet of a payload, so that a payload may come in pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mask {
    /// The key, rotated so that its first octet is for the next payload octet.
    key: [u8; 4],
}

impl Mask {
    /// The mask at the start of a payload.
    #[inline]
    pub const fn new(key: [u8; 4]) -> Self {
        Self { key }
    }

    /// Masks or unmasks the next `payload.len()` octets in place.
    #[inline]
    pub fn apply(&mut self, payload: &mut [u8]) {
        if self.key == [0; 4] {
            return;
        }
        xor_in_place(payload, self.key);
        self.advance(payload.len());
    }

    /// Masks or unmasks the next octets from `source` into `target`.
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

    #[inline]
    fn advance(&mut self, len: usize) {
        self.key.rotate_left(len % 4);
    }
}

/// XORs whole blocks, which the compiler turns into vector instructions, then words, then octets.
#[inline]
fn xor_in_place(payload: &mut [u8], key: [u8; 4]) {
    const BLOCK: usize = 64;
    const WORD: usize = 8;
    let key_word = u64::from(u32::from_ne_bytes(key)) * 0x1_0000_0001;
    let (blocks, rest) = payload.as_chunks_mut::<BLOCK>();
    for block in blocks {
        for word in block.as_chunks_mut::<WORD>().0 {
            *word = (u64::from_ne_bytes(*word) ^ key_word).to_ne_bytes();
        }
    }
    let (words, rest) = rest.as_chunks_mut::<WORD>();
    for word in words {
        *word = (u64::from_ne_bytes(*word) ^ key_word).to_ne_bytes();
    }
    for (index, octet) in rest.iter_mut().enumerate() {
        *octet ^= key[index % 4];
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;
    use proptest::prelude::*;

    use super::*;

    /// The definition, octet by octet.
    fn naive(payload: &[u8], key: [u8; 4]) -> Vec<u8> {
        payload.iter().enumerate().map(|(i, octet)| octet ^ key[i % 4]).collect()
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
                mask.apply(piece);
                rest = tail;
            }
            mask.apply(rest);
            prop_assert_eq!(&in_place, &expected);

            let mut copied = alloc::vec![0; payload.len()];
            Mask::new(key).apply_to(&payload, &mut copied);
            prop_assert_eq!(&copied, &expected);
        }
    }
}
