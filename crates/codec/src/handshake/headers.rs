//! The header fields that the handshake is about.

use alloc::borrow::Cow;

/// The values of the handshake's header fields, of a request or a response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HandshakeHeaders<'a> {
    /// `Connection`
    pub connection: Option<Cow<'a, [u8]>>,
    /// `Upgrade`
    pub upgrade: Option<Cow<'a, [u8]>>,
    /// `Sec-WebSocket-Key`
    pub key: Option<Cow<'a, [u8]>>,
    /// `Sec-WebSocket-Version`
    pub version: Option<Cow<'a, [u8]>>,
    /// `Sec-WebSocket-Accept`
    pub accept: Option<Cow<'a, [u8]>>,
    /// `Sec-WebSocket-Protocol`
    pub protocol: Option<Cow<'a, [u8]>>,
    /// `Sec-WebSocket-Extensions`
    pub extensions: Option<Cow<'a, [u8]>>,
}

impl<'a> HandshakeHeaders<'a> {
    /// Picks the fields from all of a message's, given as name and value. Case doesn't matter in names.
    /// Fields that occur more than once are joined by `", "` (RFC 9110 §5.3); only then is anything
    /// copied.
    pub fn collect<'n>(fields: impl IntoIterator<Item = (&'n str, &'a [u8])>) -> Self {
        let mut headers = Self::default();
        for (name, value) in fields {
            let Some(field) = headers.field_mut(name) else { continue };
            match field {
                Some(joined) => {
                    let joined = joined.to_mut();
                    joined.extend_from_slice(b", ");
                    joined.extend_from_slice(value);
                }
                None => *field = Some(Cow::Borrowed(value)),
            }
        }
        headers
    }

    fn field_mut(&mut self, name: &str) -> Option<&mut Option<Cow<'a, [u8]>>> {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        Some(match name.len() {
            7 if is("upgrade") => &mut self.upgrade,
            10 if is("connection") => &mut self.connection,
            17 if is("sec-websocket-key") => &mut self.key,
            20 if is("sec-websocket-accept") => &mut self.accept,
            21 if is("sec-websocket-version") => &mut self.version,
            22 if is("sec-websocket-protocol") => &mut self.protocol,
            24 if is("sec-websocket-extensions") => &mut self.extensions,
            _ => return None,
        })
    }

    /// Whether `Upgrade` is one of the options in `Connection`.
    pub(super) fn connection_is_upgrade(&self) -> bool {
        let options = self.connection.as_deref().unwrap_or_default();
        options.split(|&byte| byte == b',').any(|o| o.trim_ascii().eq_ignore_ascii_case(b"upgrade"))
    }

    /// Whether `Upgrade` is `websocket`.
    pub(super) fn upgrade_is_websocket(&self) -> bool {
        self.upgrade.as_deref().is_some_and(|upgrade| upgrade.eq_ignore_ascii_case(b"websocket"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picks_joins_and_ignores() {
        let headers = HandshakeHeaders::collect([
            ("Host", b"example.com".as_slice()),
            ("SEC-WEBSOCKET-PROTOCOL", b"a"),
            ("upgrade", b"websocket"),
            ("Sec-WebSocket-Protocol", b"b"),
            ("Sec-WebSocket-Protocols", b"c"),
        ]);
        assert_eq!(headers.protocol.as_deref(), Some(&b"a, b"[..]));
        assert!(matches!(headers.upgrade, Some(Cow::Borrowed(b"websocket"))));
        assert_eq!(headers.key, None);
    }

    #[test]
    fn connection_is_a_list() {
        let is_upgrade = |value: &str| {
            HandshakeHeaders::collect([("Connection", value.as_bytes())]).connection_is_upgrade()
        };
        assert!(is_upgrade("Upgrade"));
        assert!(is_upgrade("keep-alive,\tUPGRADE ,x"));
        assert!(!is_upgrade(""));
        assert!(!is_upgrade("upgraded"));
        assert!(!is_upgrade("keep-alive upgrade"));
    }
}
