//! The lint rules: what each is called, where it is stated, and how bad it is.

use framewright_codec::walk;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nobody did anything wrong.
    Info,
    /// Allowed but bad, or something the capture lacks.
    Warning,
    /// A peer must fail the connection.
    Error,
}

impl Severity {
    /// `info`, `warning` or `error`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident: $id:literal, $section:literal, $severity:ident, $title:literal;)*) => {
        /// A rule about a connection or its messages, on top of those about single frames.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum ConnRule {
            $($(#[$doc])* $name,)*
        }

        impl ConnRule {
            /// Every rule.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            const fn facts(self) -> Facts {
                match self {
                    $(Self::$name => Facts {
                        id: $id,
                        section: $section,
                        severity: Severity::$severity,
                        title: $title,
                    },)*
                }
            }
        }
    };
}

rules! {
    /// The request isn't an HTTP/1.1 GET.
    RequestNotGet: "request-not-get", "RFC 6455 §4.1", Error,
        "the upgrade request is not an HTTP/1.1 GET";
    /// The request has no `Host`.
    RequestWithoutHost: "request-without-host", "RFC 6455 §4.1", Error,
        "the upgrade request has no Host";
    /// The request or response lacks `Upgrade: websocket`.
    UpgradeMissing: "upgrade-missing", "RFC 6455 §4.1", Error,
        "Upgrade: websocket is missing";
    /// The request or response lacks `Connection: Upgrade`.
    ConnectionMissing: "connection-missing", "RFC 6455 §4.1", Error,
        "Connection: Upgrade is missing";
    /// `Sec-WebSocket-Key` isn't 16 bytes in base64.
    InvalidKey: "invalid-key", "RFC 6455 §4.1", Error,
        "Sec-WebSocket-Key is not 16 bytes in base64";
    /// `Sec-WebSocket-Version` isn't 13.
    InvalidVersion: "invalid-version", "RFC 6455 §4.1", Error,
        "Sec-WebSocket-Version is not 13";
    /// `Sec-WebSocket-Accept` doesn't answer the key.
    WrongAccept: "wrong-accept", "RFC 6455 §4.2.2", Error,
        "Sec-WebSocket-Accept does not answer the key";
    /// The response names an extension that wasn't offered.
    ExtensionNotOffered: "extension-not-offered", "RFC 6455 §4.1", Error,
        "the response has an extension that was not offered";
    /// The response names a subprotocol that wasn't offered.
    SubprotocolNotOffered: "subprotocol-not-offered", "RFC 6455 §4.1", Error,
        "the response has a subprotocol that was not offered";
    /// Parameters of permessage-deflate that don't fit.
    InvalidExtensionParameter: "invalid-extension-parameter", "RFC 7692 §7.1", Error,
        "a parameter of permessage-deflate is wrong";
    /// A head that can't be read as HTTP.
    MalformedHandshake: "malformed-handshake", "RFC 6455 §4.1", Error,
        "the handshake cannot be read as HTTP/1.1";
    /// The server answered something else than 101.
    HandshakeRefused: "handshake-refused", "RFC 6455 §4.2.2", Info,
        "the server refused the upgrade";
    /// A compressed message that doesn't inflate.
    InflateFailed: "inflate-failed", "RFC 7692 §7.2.2", Error,
        "the compressed message does not inflate";
    /// A compressed message that inflates past the limit of the capture.
    InflateTooLong: "inflate-too-long", "RFC 7692 §8", Warning,
        "the message inflates past the limit of this capture";
    /// A compressed message that inflates past what all of the capture may. Those after it aren't inflated.
    InflateBudget: "inflate-budget", "RFC 7692 §8", Warning,
        "compressed messages inflate past the limit of this capture: this one and those after it are not inflated";
    /// A compressed message that refers to bytes from before the capture.
    NoPriorWindow: "no-prior-window", "RFC 7692 §7.2.3.2", Info,
        "the message refers to bytes from before the capture: no prior window";
    /// A compressed text that isn't UTF-8 once inflated.
    InvalidUtf8Inflated: "invalid-utf8-inflated", "RFC 6455 §8.1", Error,
        "the inflated text is not UTF-8";
    /// Bytes of the stream are missing from the capture.
    MissingBytes: "missing-bytes", "RFC 9293 §3.4", Warning,
        "bytes are missing from the capture";
    /// Bytes that belong to no frame.
    UnframedBytes: "unframed-bytes", "RFC 6455 §5.2", Warning,
        "bytes that cannot be assigned to a frame";
    /// The stream ended inside a frame.
    TruncatedFrame: "truncated-frame", "RFC 6455 §5.2", Warning,
        "the stream ends inside a frame";
    /// The stream ended inside a message.
    UnfinishedMessage: "unfinished-message", "RFC 6455 §5.4", Info,
        "the stream ends before the message's last fragment";
    /// The recorder saw the connection fail.
    RecorderError: "recorder-error", "RFC 6455 §7.1.7", Info,
        "the recorder reports an error";
    /// The connection ended without a close frame.
    NoCloseFrame: "no-close-frame", "RFC 6455 §7.1.5", Info,
        "the connection ended without a close frame (1006)";
}

struct Facts {
    id: &'static str,
    section: &'static str,
    severity: Severity,
    title: &'static str,
}

/// A lint rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// About a frame.
    Frame(walk::Rule),
    /// About a connection or message.
    Conn(ConnRule),
}

impl Rule {
    /// Every rule.
    pub fn all() -> impl Iterator<Item = Self> {
        let frame = walk::Rule::ALL.into_iter().map(Self::Frame);
        frame.chain(ConnRule::ALL.iter().copied().map(Self::Conn))
    }

    /// The rule called `id`.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::all().find(|rule| rule.id() == id)
    }

    /// Its short, stable name, such as `reserved-opcode`.
    pub const fn id(self) -> &'static str {
        self.facts().id
    }

    /// The RFC and section that state it, such as `RFC 6455 §5.2`.
    pub const fn section(self) -> &'static str {
        self.facts().section
    }

    /// How bad a breach is.
    pub const fn severity(self) -> Severity {
        self.facts().severity
    }

    /// What is wrong, in one line.
    pub const fn title(self) -> &'static str {
        self.facts().title
    }

    const fn facts(self) -> Facts {
        let rule = match self {
            Self::Conn(rule) => return rule.facts(),
            Self::Frame(rule) => rule,
        };
        let (id, title) = match rule {
            walk::Rule::Rsv1WithoutExtension => {
                ("rsv1-without-extension", "RSV1 is set, and no extension gives it a meaning")
            }
            walk::Rule::Rsv2WithoutExtension => {
                ("rsv2-without-extension", "RSV2 is set, and no extension gives it a meaning")
            }
            walk::Rule::Rsv3WithoutExtension => {
                ("rsv3-without-extension", "RSV3 is set, and no extension gives it a meaning")
            }
            walk::Rule::Rsv1OnContinuation => {
                ("rsv1-on-continuation", "RSV1 is set on a fragment that is not the first")
            }
            walk::Rule::Rsv1OnControl => ("rsv1-on-control", "RSV1 is set on a control frame"),
            walk::Rule::ReservedOpcode => ("reserved-opcode", "the opcode is reserved"),
            walk::Rule::UnmaskedClientFrame => {
                ("unmasked-client-frame", "a client's frame is not masked")
            }
            walk::Rule::MaskedServerFrame => ("masked-server-frame", "a server's frame is masked"),
            walk::Rule::RepeatedMaskingKey => {
                ("repeated-masking-key", "the masking key is that of the frame before")
            }
            walk::Rule::ControlTooLong => {
                ("control-too-long", "a control frame's payload is over 125 bytes")
            }
            walk::Rule::FragmentedControl => {
                ("fragmented-control", "a control frame is fragmented")
            }
            walk::Rule::OrphanContinuation => {
                ("orphan-continuation", "a continuation with no message under way")
            }
            walk::Rule::InterruptedMessage => {
                ("interrupted-message", "a new message begins before the last one ended")
            }
            walk::Rule::NonMinimalLength => {
                ("non-minimal-length", "the payload length is not in its shortest form")
            }
            walk::Rule::LengthTopBit => {
                ("length-top-bit", "the top bit of the 64-bit payload length is set")
            }
            walk::Rule::InvalidUtf8Text => ("invalid-utf8-text", "the text is not UTF-8"),
            walk::Rule::CloseBodyOneByte => {
                ("close-body-one-byte", "the close body is one byte, too short for a code")
            }
            walk::Rule::InvalidCloseCode => {
                ("invalid-close-code", "the close code must not be on the wire")
            }
            walk::Rule::InvalidUtf8CloseReason => {
                ("invalid-utf8-close-reason", "the close reason is not UTF-8")
            }
            walk::Rule::DataAfterClose => ("data-after-close", "a data frame after a close frame"),
            _ => ("frame", "the frame breaks a rule"),
        };
        let severity = match rule {
            walk::Rule::RepeatedMaskingKey => Severity::Warning,
            _ => Severity::Error,
        };
        Facts { id, section: rule.section(), severity, title }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_found() {
        for rule in Rule::all() {
            assert_eq!(Rule::from_id(rule.id()), Some(rule));
            assert_ne!(rule.id(), "frame");
            assert!(rule.section().starts_with("RFC "), "{rule:?}");
            assert!(!rule.title().is_empty());
        }
    }
}
