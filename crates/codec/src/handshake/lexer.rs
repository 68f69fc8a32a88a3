//! The few rules that both list headers share: tokens, white space and delimiters (RFC 6455 §9.1).

use super::HeaderError;

/// A position in a header's value. Every byte is looked at a fixed number of times.
pub(super) struct Lexer<'a> {
    value: &'a [u8],
    offset: usize,
}

impl<'a> Lexer<'a> {
    pub(super) const fn new(value: &'a [u8]) -> Self {
        Self { value, offset: 0 }
    }

    pub(super) const fn offset(&self) -> usize {
        self.offset
    }

    fn peek(&self) -> Option<u8> {
        self.value.get(self.offset).copied()
    }

    /// The error for a byte, or an end, that may not be here.
    pub(super) fn unexpected(&self) -> HeaderError {
        match self.peek() {
            Some(_) => HeaderError::UnexpectedCharacter { offset: self.offset },
            None => HeaderError::UnexpectedEnd,
        }
    }

    /// Steps over `byte` if it's next.
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.offset += usize::from(found);
        found
    }

    /// Steps over one byte that may be part of a token.
    pub(super) fn token_byte(&mut self) -> Option<u8> {
        let byte = self.peek().filter(|&byte| is_token(byte))?;
        self.offset += 1;
        Some(byte)
    }

    /// A token, which has at least one byte.
    pub(super) fn token(&mut self) -> Result<&'a str, HeaderError> {
        let start = self.offset;
        while self.token_byte().is_some() {}
        if self.offset == start {
            return Err(self.unexpected());
        }
        Ok(self.slice(start))
    }

    /// A token that begins an element: white space may stand before it, but not before the first.
    pub(super) fn element(&mut self) -> Result<&'a str, HeaderError> {
        if self.offset > 0 {
            self.white_space();
        }
        self.token()
    }

    /// The next delimiter, which must be one of `allowed`, or `None` at the end. White space may stand
    /// before a delimiter, but not before the end.
    pub(super) fn delimiter(&mut self, allowed: &[u8]) -> Result<Option<u8>, HeaderError> {
        let spaced = self.white_space();
        match self.peek() {
            None if !spaced => Ok(None),
            Some(byte) if allowed.contains(&byte) => {
                self.offset += 1;
                Ok(Some(byte))
            }
            _ => Err(self.unexpected()),
        }
    }

    /// What was read since `start`, where only token bytes were.
    pub(super) fn slice(&self, start: usize) -> &'a str {
        core::str::from_utf8(&self.value[start..self.offset]).expect("tokens are ASCII")
    }

    fn white_space(&mut self) -> bool {
        let start = self.offset;
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.offset += 1;
        }
        self.offset > start
    }
}

/// Whether a token may contain `byte` (RFC 9110 §5.6.2).
pub(super) const fn is_token(byte: u8) -> bool {
    matches!(byte,
        b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'0'..=b'9' | b'A'..=b'Z' | b'^'..=b'z' | b'|' | b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_bytes_are_the_printable_ones_less_the_delimiters() {
        for byte in 0..=u8::MAX {
            let expected = byte.is_ascii_graphic() && !b"\"(),/:;<=>?@[\\]{}".contains(&byte);
            assert_eq!(is_token(byte), expected, "{byte:#x}");
        }
    }
}
