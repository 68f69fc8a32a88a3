//! Close codes and the body of a close frame (RFC 6455 §5.5.1, §7.4).

use core::fmt;

/// A close code. Codes without a name here are kept as they are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CloseCode(pub u16);

impl CloseCode {
    /// 1000: the purpose of the connection is fulfilled.
    pub const NORMAL: Self = Self(1000);
    /// 1001: an endpoint is going away.
    pub const GOING_AWAY: Self = Self(1001);
    /// 1002: protocol error.
    pub const PROTOCOL_ERROR: Self = Self(1002);
    /// 1003: a type of data that can't be accepted.
    pub const UNSUPPORTED_DATA: Self = Self(1003);
    /// 1005: no code was received. Never on the wire.
    pub const NO_STATUS_RECEIVED: Self = Self(1005);
    /// 1006: closed without a close frame. Never on the wire.
    pub const ABNORMAL_CLOSURE: Self = Self(1006);
    /// 1007: payload data that doesn't fit the message's type, such as bad UTF-8 in text.
    pub const INVALID_PAYLOAD_DATA: Self = Self(1007);
    /// 1008: a policy was violated.
    pub const POLICY_VIOLATION: Self = Self(1008);
    /// 1009: a message too big to process.
    pub const MESSAGE_TOO_BIG: Self = Self(1009);
    /// 1010: the client expected an extension that wasn't negotiated.
    pub const MANDATORY_EXTENSION: Self = Self(1010);
    /// 1011: an unexpected condition at the server.
    pub const INTERNAL_ERROR: Self = Self(1011);
    /// 1012: the service restarts.
    pub const SERVICE_RESTART: Self = Self(1012);
    /// 1013: try again later.
    pub const TRY_AGAIN_LATER: Self = Self(1013);
    /// 1014: a gateway got a bad answer.
    pub const BAD_GATEWAY: Self = Self(1014);
    /// 1015: the TLS handshake failed. Never on the wire.
    pub const TLS_HANDSHAKE: Self = Self(1015);

    /// Whether a close frame may carry this code: 1000–1003, 1007–1014 and 3000–4999 (§7.4).
    pub const fn is_sendable(self) -> bool {
        matches!(self.0, 1000..=1003 | 1007..=1014 | 3000..=4999)
    }

    /// The name of a code of the IANA registry, else `None`.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            1000 => "Normal Closure",
            1001 => "Going Away",
            1002 => "Protocol error",
            1003 => "Unsupported Data",
            1004 => "Reserved",
            1005 => "No Status Rcvd",
            1006 => "Abnormal Closure",
            1007 => "Invalid frame payload data",
            1008 => "Policy Violation",
            1009 => "Message Too Big",
            1010 => "Mandatory Ext.",
            1011 => "Internal Error",
            1012 => "Service Restart",
            1013 => "Try Again Later",
            1014 => "Bad Gateway",
            1015 => "TLS handshake",
            _ => return None,
        })
    }
}

impl fmt::Debug for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CloseCode({})", self.0)
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{} ({name})", self.0),
            None => write!(f, "{}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_registry_and_private_codes_may_be_sent() {
        for code in 0..=u16::MAX {
            let listed = (1000..=1014).contains(&code) && !(1004..=1006).contains(&code);
            let private = (3000..=4999).contains(&code);
            assert_eq!(CloseCode(code).is_sendable(), listed || private, "{code}");
        }
    }
}
