//! Every error that fails a connection, by number.

use framewright_codec::deflate::InflateError;
use framewright_codec::{CloseCode, ProtocolError};

/// An error that fails a connection, as JavaScript hears of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which error it is.
    pub number: ErrorNumber,
    /// The opcode, length or code that its message names; else 0.
    pub detail: u32,
}

/// Defines [`ErrorNumber`] with its names and close codes.
macro_rules! errors {
    ($($(#[$doc:meta])* $name:ident => $close_code:expr;)*) => {
        /// The number of an error, which is its index in what [`contract`](crate::contract()) lists.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u32)]
        pub enum ErrorNumber {
            $($(#[$doc])* $name),*
        }

        impl ErrorNumber {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The name by which JavaScript knows the error.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),* }
            }

            /// The code to send in the close frame.
            pub const fn close_code(self) -> CloseCode {
                match self { $(Self::$name => $close_code),* }
            }
        }
    };
}

errors! {
    /// A fault of ours, such as a panic.
    Internal => CloseCode::INTERNAL_ERROR;
    /// The application took a chunk's memory away while messages in it were still to be delivered.
    Detached => CloseCode::INTERNAL_ERROR;
    /// [`InflateError::Corrupt`].
    CorruptDeflate => InflateError::Corrupt.close_code();
    /// [`ProtocolError::UnexpectedRsv1`], and so on.
    UnexpectedRsv1 => ProtocolError::UnexpectedRsv1.close_code();
    /// RSV2 or RSV3 is set.
    UnexpectedRsv23 => ProtocolError::UnexpectedRsv23.close_code();
    /// Names the opcode.
    InvalidOpcode => ProtocolError::InvalidOpcode(0).close_code();
    /// A fragmented control frame.
    ExpectedFin => ProtocolError::ExpectedFin.close_code();
    /// Names the length.
    InvalidControlPayloadLen => ProtocolError::InvalidControlPayloadLen(0).close_code();
    /// An unmasked frame from a client.
    ExpectedMask => ProtocolError::ExpectedMask.close_code();
    /// A masked frame from a server.
    UnexpectedMask => ProtocolError::UnexpectedMask.close_code();
    /// A payload length above 2^53 − 1.
    UnsupportedPayloadLen => ProtocolError::UnsupportedPayloadLen.close_code();
    /// A message over the limit, before inflating or after.
    MessageTooBig => ProtocolError::MessageTooBig.close_code();
    /// Names the close code.
    InvalidCloseCode => ProtocolError::InvalidCloseCode(0).close_code();
    /// Text that isn't UTF-8.
    InvalidUtf8 => ProtocolError::InvalidUtf8.close_code();
    /// Too many fragments in a message.
    TooManyFragments => ProtocolError::TooManyFragments.close_code();
    /// A header or payload in too many chunks.
    TooManyBufferedChunks => ProtocolError::TooManyBufferedChunks.close_code();
}

impl Fault {
    /// A fault of ours.
    pub const INTERNAL: Self = Self { number: ErrorNumber::Internal, detail: 0 };
}

impl From<ProtocolError> for Fault {
    fn from(error: ProtocolError) -> Self {
        let (number, detail) = match error {
            ProtocolError::UnexpectedRsv1 => (ErrorNumber::UnexpectedRsv1, 0),
            ProtocolError::UnexpectedRsv23 => (ErrorNumber::UnexpectedRsv23, 0),
            ProtocolError::InvalidOpcode(bits) => (ErrorNumber::InvalidOpcode, u32::from(bits)),
            ProtocolError::ExpectedFin => (ErrorNumber::ExpectedFin, 0),
            ProtocolError::InvalidControlPayloadLen(len) => {
                (ErrorNumber::InvalidControlPayloadLen, u32::from(len))
            }
            ProtocolError::ExpectedMask => (ErrorNumber::ExpectedMask, 0),
            ProtocolError::UnexpectedMask => (ErrorNumber::UnexpectedMask, 0),
            ProtocolError::UnsupportedPayloadLen => (ErrorNumber::UnsupportedPayloadLen, 0),
            ProtocolError::MessageTooBig => (ErrorNumber::MessageTooBig, 0),
            ProtocolError::InvalidCloseCode(code) => {
                (ErrorNumber::InvalidCloseCode, u32::from(code))
            }
            ProtocolError::InvalidUtf8 => (ErrorNumber::InvalidUtf8, 0),
            ProtocolError::TooManyFragments => (ErrorNumber::TooManyFragments, 0),
            ProtocolError::TooManyBufferedChunks => (ErrorNumber::TooManyBufferedChunks, 0),
            // The codec may get new ones; a test makes sure that they have a number.
            _ => (ErrorNumber::Internal, 0),
        };
        Self { number, detail }
    }
}

impl From<InflateError> for Fault {
    fn from(error: InflateError) -> Self {
        let number = match error {
            InflateError::Corrupt => ErrorNumber::CorruptDeflate,
            InflateError::MessageTooBig | InflateError::RatioTooBig => ErrorNumber::MessageTooBig,
            _ => ErrorNumber::Internal,
        };
        Self { number, detail: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_indices() {
        for (index, number) in ErrorNumber::ALL.iter().enumerate() {
            assert_eq!(index, *number as usize);
        }
    }

    #[test]
    fn every_protocol_error_has_a_number_of_its_own() {
        let source = include_str!("../../codec/src/error.rs");
        let body = source.split_once("pub enum ProtocolError {").expect("is there").1;
        let variants = body.split_once("\n}").expect("ends").0.lines().map(str::trim);
        let names = variants
            .filter(|line| line.starts_with(char::is_uppercase))
            .map(|line| line.split(['(', ',']).next().expect("has a name"));
        let mut count = 0;
        for name in names {
            assert!(ErrorNumber::ALL.iter().any(|number| number.name() == name), "{name}");
            count += 1;
        }
        assert!(count >= 13);
    }

    #[test]
    fn a_fault_has_the_name_and_close_code_of_its_error() {
        let errors = [
            ProtocolError::UnexpectedRsv1,
            ProtocolError::UnexpectedRsv23,
            ProtocolError::InvalidOpcode(3),
            ProtocolError::ExpectedFin,
            ProtocolError::InvalidControlPayloadLen(126),
            ProtocolError::ExpectedMask,
            ProtocolError::UnexpectedMask,
            ProtocolError::UnsupportedPayloadLen,
            ProtocolError::MessageTooBig,
            ProtocolError::InvalidCloseCode(1005),
            ProtocolError::InvalidUtf8,
            ProtocolError::TooManyFragments,
            ProtocolError::TooManyBufferedChunks,
        ];
        for error in errors {
            let Fault { number, detail } = Fault::from(error);
            assert_eq!(number.close_code(), error.close_code());
            let shown = format!("{error:?}");
            assert_eq!(shown.split('(').next(), Some(number.name()));
            assert!(detail == 0 || shown.ends_with(&format!("({detail})")));
        }
    }
}
