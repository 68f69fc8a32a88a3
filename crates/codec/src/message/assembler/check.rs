//! What must hold of a message once it is inflated.

use crate::utf8::Utf8Validator;
use crate::{MessageType, ProtocolError};

/// Decides what is wrong with a compressed message after inflating: its length and its UTF-8.
///
/// It holds none of the message, so a host may keep the text where it likes, and inflate where it likes.
///
/// ```
/// use framewright_codec::{MessageCheck, MessageType, ProtocolError};
///
/// let mut check = MessageCheck::new(5, true);
/// assert_eq!(check.inflated(MessageType::Text, b"Hel", false), Ok(()));
/// assert_eq!(check.inflated(MessageType::Text, b"lo", true), Ok(()));
/// let error = check.inflated(MessageType::Text, b"Hello!", true);
/// assert_eq!(error, Err(ProtocolError::MessageTooBig));
/// ```
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

    /// Changes the longest message, from the next frame on.
    pub fn set_max_message_len(&mut self, max_message_len: u64) {
        self.max_message_len = max_message_len;
    }

    /// Forgets the message under way, which is skipped.
    pub fn skip(&mut self) {
        *self = Self::new(self.max_message_len, self.validate_utf8);
    }

    /// Takes what a frame inflated to, the message's last if `fin`.
    ///
    /// # Errors
    ///
    /// [`MessageTooBig`](ProtocolError::MessageTooBig) at the frame that exceeds the limit.
    /// [`InvalidUtf8`](ProtocolError::InvalidUtf8) only at the message's end, as in ws: so the length of
    /// the frames in between is checked first. After an error the connection is over, and the check is of
    /// no more use.
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
        let is_checked = self.validate_utf8 && message_type == MessageType::Text;
        if is_checked && self.is_utf8 {
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
