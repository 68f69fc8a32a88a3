//! The rules a stream of frames can break.

/// A rule of RFC 6455 or RFC 7692 that frames can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Rule {
    /// RSV1 set with no extension that gives it a meaning.
    Rsv1WithoutExtension,
    /// RSV2 set with no extension that gives it a meaning.
    Rsv2WithoutExtension,
    /// RSV3 set with no extension that gives it a meaning.
    Rsv3WithoutExtension,
    /// RSV1 of permessage-deflate set on a fragment that isn't the first.
    Rsv1OnContinuation,
    /// RSV1 of permessage-deflate set on a control frame.
    Rsv1OnControl,
    /// A reserved opcode.
    ReservedOpcode,
    /// A frame from a client without a masking key.
    UnmaskedClientFrame,
    /// A frame from a server with a masking key.
    MaskedServerFrame,
    /// Two frames of a client in a row with the same masking key.
    RepeatedMaskingKey,
    /// A control frame with a payload over 125 bytes.
    ControlTooLong,
    /// A control frame with FIN clear.
    FragmentedControl,
    /// A continuation frame with no message under way.
    OrphanContinuation,
    /// A new message begun before the last fragment of the one under way.
    InterruptedMessage,
    /// A payload length not in its shortest form.
    NonMinimalLength,
    /// A 64-bit payload length with its top bit set.
    LengthTopBit,
    /// Text that isn't UTF-8.
    InvalidUtf8Text,
    /// A close body of one byte.
    CloseBodyOneByte,
    /// A close code that must not be on the wire.
    InvalidCloseCode,
    /// A close reason that isn't UTF-8.
    InvalidUtf8CloseReason,
    /// A data frame after a close frame.
    DataAfterClose,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 20] = [
        Self::Rsv1WithoutExtension,
        Self::Rsv2WithoutExtension,
        Self::Rsv3WithoutExtension,
        Self::Rsv1OnContinuation,
        Self::Rsv1OnControl,
        Self::ReservedOpcode,
        Self::UnmaskedClientFrame,
        Self::MaskedServerFrame,
        Self::RepeatedMaskingKey,
        Self::ControlTooLong,
        Self::FragmentedControl,
        Self::OrphanContinuation,
        Self::InterruptedMessage,
        Self::NonMinimalLength,
        Self::LengthTopBit,
        Self::InvalidUtf8Text,
        Self::CloseBodyOneByte,
        Self::InvalidCloseCode,
        Self::InvalidUtf8CloseReason,
        Self::DataAfterClose,
    ];

    /// The section that states the rule.
    pub const fn section(self) -> &'static str {
        match self {
            Self::Rsv1WithoutExtension
            | Self::Rsv2WithoutExtension
            | Self::Rsv3WithoutExtension
            | Self::ReservedOpcode
            | Self::NonMinimalLength
            | Self::LengthTopBit => "RFC 6455 §5.2",
            Self::Rsv1OnContinuation | Self::Rsv1OnControl => "RFC 7692 §6",
            Self::UnmaskedClientFrame | Self::MaskedServerFrame => "RFC 6455 §5.1",
            Self::RepeatedMaskingKey => "RFC 6455 §5.3",
            Self::ControlTooLong | Self::FragmentedControl => "RFC 6455 §5.5",
            Self::OrphanContinuation | Self::InterruptedMessage => "RFC 6455 §5.4",
            Self::InvalidUtf8Text => "RFC 6455 §8.1",
            Self::CloseBodyOneByte | Self::InvalidUtf8CloseReason | Self::DataAfterClose => {
                "RFC 6455 §5.5.1"
            }
            Self::InvalidCloseCode => "RFC 6455 §7.4",
        }
    }
}

/// One breach of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule.
    pub rule: Rule,
    /// Where the frame starts, in bytes from the stream's start.
    pub frame_offset: u64,
    /// Where the breach is, in bytes from the stream's start: the byte of the wrong bit, the first byte
    /// of the wrong field, the byte that makes a text invalid.
    pub offset: u64,
    /// How many bytes it spans.
    pub len: u64,
}
