//! Reads a target's choices from the front of its bytes, so that seeds can be written by hand.

/// Bytes not looked at yet. Past their end everything is 0.
pub struct Input<'a>(pub &'a [u8]);

impl<'a> Input<'a> {
    pub fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first
    }

    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.byte())
    }

    /// The next `len` bytes, or what there is.
    pub fn take(&mut self, len: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(len.min(self.0.len()));
        self.0 = rest;
        taken
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Cuts `bytes` into pieces whose lengths go round in `lens`; 0 stands for an empty piece and one byte.
pub fn cut<'a>(bytes: &'a [u8], lens: &[u8]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    let mut rest = bytes;
    for &len in lens.iter().cycle() {
        if rest.is_empty() || lens.is_empty() {
            break;
        }
        if len == 0 {
            pieces.push(&rest[..0]);
        }
        let (piece, tail) = rest.split_at(usize::from(len).clamp(1, rest.len()));
        pieces.push(piece);
        rest = tail;
    }
    pieces.push(rest);
    pieces
}
