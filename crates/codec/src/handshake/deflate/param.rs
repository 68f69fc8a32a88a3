//! One parameter of permessage-deflate: its name, its value, and how a list of them is written.

use core::fmt;

use super::PERMESSAGE_DEFLATE;

/// A parameter of permessage-deflate (RFC 7692 §7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeflateParam {
    /// `server_no_context_takeover`
    ServerNoContextTakeover,
    /// `client_no_context_takeover`
    ClientNoContextTakeover,
    /// `server_max_window_bits`
    ServerMaxWindowBits,
    /// `client_max_window_bits`
    ClientMaxWindowBits,
}

impl DeflateParam {
    const ALL: [Self; 4] = [
        Self::ServerNoContextTakeover,
        Self::ClientNoContextTakeover,
        Self::ServerMaxWindowBits,
        Self::ClientMaxWindowBits,
    ];

    /// The parameter's name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ServerNoContextTakeover => "server_no_context_takeover",
            Self::ClientNoContextTakeover => "client_no_context_takeover",
            Self::ServerMaxWindowBits => "server_max_window_bits",
            Self::ClientMaxWindowBits => "client_max_window_bits",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|param| param.name() == name)
    }
}

impl fmt::Display for DeflateParam {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The size of an LZ77 window, as the base-2 logarithm of its length in bytes: 8–15.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WindowBits(u8);

impl WindowBits {
    /// 15: 32,768 bytes, which is what holds without an agreement.
    pub const MAX: Self = Self(15);

    /// `None` if `bits` is outside 8–15.
    pub const fn new(bits: u8) -> Option<Self> {
        match bits {
            8..=15 => Some(Self(bits)),
            _ => None,
        }
    }

    /// The bits: 8–15.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// From a parameter's value: a decimal number without leading zeros (RFC 7692 §7.1.2).
    pub(super) fn parse(value: &str) -> Option<Self> {
        match *value.as_bytes() {
            [digit @ b'8'..=b'9'] => Some(Self(digit - b'0')),
            [b'1', digit @ b'0'..=b'5'] => Some(Self(10 + digit - b'0')),
            _ => None,
        }
    }
}

impl fmt::Display for WindowBits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Parameters as they are written in `Sec-WebSocket-Extensions`, those of an offer and of an agreement.
pub(super) struct List {
    pub(super) server_no_context_takeover: bool,
    pub(super) client_no_context_takeover: bool,
    pub(super) server_max_window_bits: Option<WindowBits>,
    pub(super) client_max_window_bits: Option<WindowBits>,
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PERMESSAGE_DEFLATE)?;
        if self.server_no_context_takeover {
            write!(f, "; {}", DeflateParam::ServerNoContextTakeover)?;
        }
        if self.client_no_context_takeover {
            write!(f, "; {}", DeflateParam::ClientNoContextTakeover)?;
        }
        if let Some(bits) = self.server_max_window_bits {
            write!(f, "; {}={bits}", DeflateParam::ServerMaxWindowBits)?;
        }
        if let Some(bits) = self.client_max_window_bits {
            write!(f, "; {}={bits}", DeflateParam::ClientMaxWindowBits)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn window_bits_are_8_to_15_in_plain_decimal() {
        for bits in 0..=u8::MAX {
            let expected = WindowBits::new(bits);
            assert_eq!(expected.is_some(), (8..=15).contains(&bits));
            assert_eq!(WindowBits::parse(&bits.to_string()), expected);
            assert_eq!(WindowBits::parse(&format!("0{bits}")), None);
        }
        for value in ["", "1", "+9", "9.0", "0x9", "1e1", "150"] {
            assert_eq!(WindowBits::parse(value), None, "{value}");
        }
    }
}
