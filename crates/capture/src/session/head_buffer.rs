//! An HTTP head while it comes, in pieces of any length.

use super::handshake::{Head, MAX_HEAD_LEN, Malformed, parse_head};
use crate::Direction;

/// The bytes of a head so far. Parsing starts at the head's first byte each time, so it is only tried where
/// the answer may have changed: at the head's end, and whenever the length has doubled. In total, that is
/// linear.
#[derive(Debug, Default)]
pub(crate) struct HeadBuffer {
    bytes: Vec<u8>,
    /// Where the head starts.
    start: usize,
    /// How far there is no empty line.
    searched: usize,
    /// Whether more than line breaks came before that: a head may start with some.
    has_text: bool,
    /// How long the head was when it was last parsed.
    parsed_len: usize,
    #[cfg(test)]
    work: usize,
}

impl HeadBuffer {
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        if self.start > 0 {
            self.bytes.drain(..self.start);
            self.searched -= self.start;
            self.start = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    #[cfg(feature = "full")]
    pub(crate) fn is_empty(&self) -> bool {
        self.bytes().is_empty()
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Continues after the first `len` bytes.
    pub(crate) fn advance(&mut self, len: u64) {
        self.start = (self.start + len as usize).min(self.bytes.len());
        self.searched = self.start;
        self.has_text = false;
        self.parsed_len = 0;
    }

    /// Takes out everything that is left.
    #[cfg(feature = "full")]
    pub(crate) fn take(&mut self) -> Vec<u8> {
        let Self { mut bytes, start, .. } = std::mem::take(self);
        bytes.drain(..start);
        bytes
    }

    /// The memory it takes.
    pub(crate) fn kept_len(&self) -> usize {
        self.bytes.capacity()
    }

    /// Reads the head, or `None` where its end hasn't come.
    pub(crate) fn parse(&mut self, direction: Direction) -> Result<Option<Head>, Malformed> {
        let has_end = self.has_empty_line();
        let len = self.bytes().len();
        if !has_end && len < 2 * self.parsed_len && len <= MAX_HEAD_LEN {
            return Ok(None);
        }
        self.parsed_len = len.max(1);
        #[cfg(test)]
        {
            self.work += len.min(MAX_HEAD_LEN + 1);
        }
        parse_head(direction, self.bytes())
    }

    /// Whether an empty line came since the last time, other than those that a head may start with.
    fn has_empty_line(&mut self) -> bool {
        if !self.has_text {
            let is_break = |byte: &&u8| matches!(byte, b'\r' | b'\n');
            self.searched += self.bytes[self.searched..].iter().take_while(is_break).count();
            self.has_text = self.searched < self.bytes.len();
        }
        while let Some(at) = memchr::memchr(b'\n', &self.bytes[self.searched..]) {
            let end = self.searched + at + 1;
            match self.bytes[end..] {
                [b'\n', ..] | [b'\r', b'\n', ..] => {
                    self.searched = end;
                    return true;
                }
                // It may still become one.
                [] | [b'\r'] => {
                    self.searched = end - 1;
                    return false;
                }
                _ => self.searched = end,
            }
        }
        self.searched = self.bytes.len();
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pushes a head in pieces; returns how many came until it was told, and how many bytes were parsed.
    fn push(head: &[u8], piece_len: usize) -> (Result<Option<u64>, Malformed>, usize, usize) {
        let mut buffer = HeadBuffer::default();
        let mut count = 0;
        for piece in head.chunks(piece_len) {
            count += 1;
            buffer.extend(piece);
            match buffer.parse(Direction::ToServer) {
                Ok(None) => {}
                told => return (told.map(|head| head.map(|head| head.len)), count, buffer.work),
            }
        }
        (Ok(None), count, buffer.work)
    }

    #[test]
    fn a_head_is_told_at_its_last_byte_whatever_the_pieces() {
        for head in [
            &b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"[..],
            b"GET / HTTP/1.1\nHost: a\n\n",
            b"GET / HTTP/1.1\r\nHost: a\n\r\n",
            b"GET / HTTP/1.1\r\n\r\n",
            b"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        ] {
            for piece_len in 1..=head.len() {
                let (told, count, _) = push(head, piece_len);
                assert_eq!(told, Ok(Some(head.len() as u64)), "{piece_len}");
                assert_eq!(count, head.len().div_ceil(piece_len));
            }
        }
    }

    #[test]
    fn what_is_parsed_grows_as_the_head_does() {
        let line = format!("GET / HTTP/1.1\r\nX: {}\r\n", "a".repeat(60_000));
        let fields: String = (0..200).map(|index| format!("X-{index}: {index:0300}\r\n")).collect();
        let fields = format!("GET / HTTP/1.1\r\n{fields}\r\n");
        let breaks = "\r\n".repeat(30_000);
        let cut = format!("GET / HTTP/1.1\r\nX: {}", "a".repeat(80_000));
        for head in [&line, &fields, &breaks, &cut] {
            for piece_len in [1, 2, 7] {
                let (_, _, work) = push(head.as_bytes(), piece_len);
                assert!(work <= 4 * head.len(), "{work} for {}", head.len());
            }
        }
        assert_eq!(push(cut.as_bytes(), 2).0, Err(Malformed));
        assert_eq!(push("\r\n".repeat(40_000).as_bytes(), 2).0, Err(Malformed));
    }

    #[test]
    fn one_head_after_the_other() {
        let mut buffer = HeadBuffer::default();
        buffer.extend(&b"GET / HTTP/1.1\r\n\r\n".repeat(3));
        buffer.extend(b"GET /x");
        for _ in 0..3 {
            let head = buffer.parse(Direction::ToServer).unwrap().unwrap();
            buffer.advance(head.len);
        }
        assert_eq!(buffer.parse(Direction::ToServer), Ok(None));
        assert_eq!(buffer.bytes(), b"GET /x");
        buffer.extend(b" HTTP/1.1\r\n\r\nrest");
        assert_eq!(buffer.parse(Direction::ToServer).unwrap().unwrap().len, 19);
        assert_eq!(buffer.take(), b"GET /x HTTP/1.1\r\n\r\nrest");
    }
}
