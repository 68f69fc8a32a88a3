//! Opcodes (RFC 6455 §5.2, §11.8).

/// What a frame's payload is, in the four opcode bits of its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Opcode {
    /// `0x0`: the next fragment of the message that is under way.
    Continuation,
    /// `0x1`: the first or only fragment of a UTF-8 text message.
    Text,
    /// `0x2`: the first or only fragment of a binary message.
    Binary,
    /// `0x8`: starts or answers the closing handshake (§5.5.1).
    Close,
    /// `0x9`: asks for a pong (§5.5.2).
    Ping,
    /// `0xA`: answers a ping, or is an unasked heartbeat (§5.5.3).
    Pong,
    /// `0x3`–`0x7` and `0xB`–`0xF`: reserved; a peer must not send them. Keeps the four bits.
    Reserved(u8),
}

impl Opcode {
    /// Reads an opcode from the low four bits of `bits`; the high four are ignored.
    #[inline]
    pub const fn from_bits(bits: u8) -> Self {
        match bits & 0x0f {
            0x0 => Self::Continuation,
            0x1 => Self::Text,
            0x2 => Self::Binary,
            0x8 => Self::Close,
            0x9 => Self::Ping,
            0xa => Self::Pong,
            reserved => Self::Reserved(reserved),
        }
    }

    /// The four bits as they stand on the wire, 0–15.
    #[inline]
    pub const fn bits(self) -> u8 {
        match self {
            Self::Continuation => 0x0,
            Self::Text => 0x1,
            Self::Binary => 0x2,
            Self::Close => 0x8,
            Self::Ping => 0x9,
            Self::Pong => 0xa,
            Self::Reserved(bits) => bits & 0x0f,
        }
    }

    /// Whether this is a control opcode (`0x8`–`0xF`, reserved ones included; §5.5).
    #[inline]
    pub const fn is_control(self) -> bool {
        self.bits() & 0x8 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_round_trip() {
        for bits in 0..=15 {
            assert_eq!(Opcode::from_bits(bits).bits(), bits);
            assert_eq!(Opcode::from_bits(bits).is_control(), bits >= 8);
        }
    }
}
