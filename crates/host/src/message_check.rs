//! What must hold of a compressed message after inflating.

use framewright_codec::utf8::Utf8Validator;
use framewright_codec::{MessageType, ProtocolError};

/// Checks the text of compressed messages, fragment by fragment: its length and its UTF-8.
#[derive(Clone, Debug)]
pub struct MessageCheck {
    max_message_len: u64,
    validate_utf8: bool,
    /// Of the message under way.
    message_len: u64,
    utf8: Utf8Validator,
    is_utf8: bool,
}

impl MessageCheck {
    /// Messages are at most `max_message_len` bytes, and UTF-8 if they are text and `validate_utf8`.
    pub const fn new(max_message_len: u64, validate_utf8: bool) -> Self {
        Self {
            max_message_len,
            validate_utf8,
            message_len: 0,
            utf8: Utf8Validator::new(),
            is_utf8: true,
        }
    }

    /// Changes the longest message, from the next fragment on.
    pub fn set_max_message_len(&mut self, max_message_len: u64) {
        self.max_message_len = max_message_len;
    }

    /// Takes what a fragment inflated to, the message's last if `fin`.
    ///
    /// # Errors
    ///
    /// [`MessageTooBig`](ProtocolError::MessageTooBig) at the fragment that goes past the limit.
    /// [`InvalidUtf8`](ProtocolError::InvalidUtf8) only at the message's end, as in ws: control frames between
    /// the fragments, and their lengths, come first. Nothing may be checked after an error.
    pub fn inflated(
        &mut self,
        message_type: MessageType,
        text: &[u8],
        fin: bool,
    ) -> Result<(), ProtocolError> {
        self.message_len = self.message_len.saturating_add(text.len() as u64);
        if self.message_len > self.max_message_len && !text.is_empty() {
            return Err(ProtocolError::MessageTooBig);
        }
        if self.validate_utf8 && self.is_utf8 && message_type == MessageType::Text {
            self.is_utf8 = self.utf8.push(text).is_ok() && (!fin || self.utf8.finish().is_ok());
        }
        if fin {
            self.message_len = 0;
            if !self.is_utf8 {
                return Err(ProtocolError::InvalidUtf8);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use MessageType::{Binary, Text};
    use ProtocolError::{InvalidUtf8, MessageTooBig};

    use super::*;

    #[test]
    fn the_limit_is_for_all_fragments_of_one_message() {
        let mut check = MessageCheck::new(5, true);
        for _ in 0..2 {
            assert_eq!(check.inflated(Text, b"Hel", false), Ok(()));
            assert_eq!(check.inflated(Text, b"lo", true), Ok(()));
        }
        assert_eq!(check.inflated(Binary, b"Hel", false), Ok(()));
        // What has been taken stays taken when the limit falls.
        check.set_max_message_len(2);
        assert_eq!(check.inflated(Binary, b"", false), Ok(()));
        assert_eq!(check.inflated(Binary, b"l", true), Err(MessageTooBig));
    }

    #[test]
    fn text_is_checked_across_fragments_and_fails_at_its_end() {
        let mut check = MessageCheck::new(u64::MAX, true);
        assert_eq!(check.inflated(Text, b"\xe2\x82", false), Ok(()));
        assert_eq!(check.inflated(Text, b"\xac", true), Ok(()));
        assert_eq!(check.inflated(Binary, b"\xff", true), Ok(()));
        assert_eq!(check.clone().inflated(Text, b"\xe2", true), Err(InvalidUtf8));
        assert_eq!(check.inflated(Text, b"\xff", false), Ok(()));
        assert_eq!(check.inflated(Text, b"as if", false), Ok(()));
        assert_eq!(check.inflated(Text, b"", true), Err(InvalidUtf8));
    }

    #[test]
    fn text_may_be_left_unchecked() {
        let mut check = MessageCheck::new(u64::MAX, false);
        assert_eq!(check.inflated(Text, b"\xff", true), Ok(()));
    }
}
