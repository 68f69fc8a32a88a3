//! The client's side of the handshake (RFC 6455 §4.1).

use alloc::string::{String, ToString};

use super::accept::{accept_for_key, key_from_nonce};
use super::lexer::is_token;
use super::{
    DeflateConfig, DeflateParams, HandshakeHeaders, InvalidSubprotocols, PERMESSAGE_DEFLATE,
    ResponseError, parse_extensions,
};

/// What a client asks for, and what it must remember to check the response.
///
/// ```
/// use framewright_codec::handshake::{ClientHandshake, DeflateConfig, HandshakeHeaders};
///
/// # let nonce = *b"the sample nonce";
/// // let nonce = sixteen random bytes;
/// let handshake = ClientHandshake::new(nonce, &["chat"], Some(DeflateConfig::default()))?;
/// let mut request = format!(
///     "GET / HTTP/1.1\r\n\
///      Host: example.com\r\n\
///      Upgrade: websocket\r\n\
///      Connection: Upgrade\r\n\
///      Sec-WebSocket-Version: 13\r\n\
///      Sec-WebSocket-Key: {}\r\n",
///     handshake.key()
/// );
/// if let Some(value) = handshake.subprotocols() {
///     request += &format!("Sec-WebSocket-Protocol: {value}\r\n");
/// }
/// if let Some(value) = handshake.extensions() {
///     request += &format!("Sec-WebSocket-Extensions: {value}\r\n");
/// }
///
/// // The status and the header fields of the response.
/// let headers = HandshakeHeaders::collect([
///     ("Upgrade", b"websocket".as_slice()),
///     ("Connection", b"Upgrade"),
///     ("Sec-WebSocket-Accept", b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
///     ("Sec-WebSocket-Protocol", b"chat"),
/// ]);
/// let agreement = handshake.check_response(101, &headers)?;
/// assert_eq!(agreement.subprotocol, Some("chat"));
/// assert_eq!(agreement.deflate, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ClientHandshake {
    key: String,
    subprotocols: String,
    deflate: Option<DeflateConfig>,
}

/// What client and server agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Agreement<'a> {
    /// The subprotocol, one of those that the client named.
    pub subprotocol: Option<&'a str>,
    /// The parameters of permessage-deflate, if it's in use.
    pub deflate: Option<DeflateParams>,
}

impl ClientHandshake {
    /// A handshake for a nonce of 16 bytes, which must be random and new for each connection.
    /// permessage-deflate is offered if it has a configuration.
    ///
    /// Fails if the subprotocols aren't distinct tokens.
    pub fn new(
        nonce: [u8; 16],
        subprotocols: &[&str],
        deflate: Option<DeflateConfig>,
    ) -> Result<Self, InvalidSubprotocols> {
        for (i, name) in subprotocols.iter().enumerate() {
            if name.is_empty() || !name.bytes().all(is_token) || subprotocols[..i].contains(name) {
                return Err(InvalidSubprotocols);
            }
        }
        Ok(Self { key: key_from_nonce(nonce), subprotocols: subprotocols.join(","), deflate })
    }

    /// The request's `Sec-WebSocket-Key`.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The request's `Sec-WebSocket-Protocol`, if it has one.
    pub fn subprotocols(&self) -> Option<&str> {
        Some(self.subprotocols.as_str()).filter(|names| !names.is_empty())
    }

    /// The request's `Sec-WebSocket-Extensions`, if it has one.
    pub fn extensions(&self) -> Option<String> {
        self.deflate.map(|config| config.offer().to_string())
    }

    /// Checks the response as ws does: the same rejections in the same order.
    pub fn check_response(
        &self,
        status: u16,
        headers: &HandshakeHeaders<'_>,
    ) -> Result<Agreement<'_>, ResponseError> {
        if status != 101 {
            return Err(ResponseError::UnexpectedStatus(status));
        }
        // Node's HTTP client makes this check before ws sees the response.
        if !headers.connection_is_upgrade() {
            return Err(ResponseError::InvalidConnection);
        }
        if !headers.upgrade_is_websocket() {
            return Err(ResponseError::InvalidUpgrade);
        }
        if headers.accept.as_deref() != Some(accept_for_key(self.key.as_bytes()).as_bytes()) {
            return Err(ResponseError::InvalidAccept);
        }
        let subprotocol = match (headers.protocol.as_deref(), self.subprotocols()) {
            (None, None) => None,
            (None, Some(_)) => return Err(ResponseError::MissingSubprotocol),
            (Some(_), None) => return Err(ResponseError::UnrequestedSubprotocol),
            (Some(chosen), Some(names)) => Some(
                names
                    .split(',')
                    .find(|name| name.as_bytes() == chosen)
                    .ok_or(ResponseError::InvalidSubprotocol)?,
            ),
        };
        let deflate = match headers.extensions.as_deref() {
            Some(value) => Some(self.check_extensions(value)?),
            None => None,
        };
        Ok(Agreement { subprotocol, deflate })
    }

    fn check_extensions(&self, value: &[u8]) -> Result<DeflateParams, ResponseError> {
        let config = self.deflate.ok_or(ResponseError::UnrequestedExtension)?;
        let extensions = parse_extensions(value).map_err(ResponseError::InvalidExtensions)?;
        if extensions.iter().any(|extension| extension.name != PERMESSAGE_DEFLATE) {
            return Err(ResponseError::UnrequestedExtension);
        }
        let params =
            DeflateParams::from_extensions(&extensions).map_err(ResponseError::InvalidDeflate)?;
        let params = params.ok_or(ResponseError::UnrequestedExtension)?;
        config.accept_response(params).map_err(ResponseError::InvalidDeflate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subprotocols_are_distinct_tokens() {
        let new = |names: &[&str]| ClientHandshake::new([0; 16], names, None);
        assert_eq!(new(&[]).unwrap().subprotocols(), None);
        assert_eq!(new(&["b", "a"]).unwrap().subprotocols(), Some("b,a"));
        for names in [&["a", "a"][..], &[""], &["a,b"], &["a b"], &["caf\u{e9}"]] {
            assert_eq!(new(names).unwrap_err(), InvalidSubprotocols, "{names:?}");
        }
    }

    #[test]
    fn connection_must_be_upgrade() {
        let handshake = ClientHandshake::new([0; 16], &[], None).unwrap();
        let accept = accept_for_key(handshake.key().as_bytes());
        let mut fields = [
            ("Upgrade", &b"websocket"[..]),
            ("Sec-WebSocket-Accept", accept.as_bytes()),
            ("Connection", b"x"),
        ];
        let check = |fields| handshake.check_response(101, &HandshakeHeaders::collect(fields));
        assert_eq!(check(fields), Err(ResponseError::InvalidConnection));
        fields[2].1 = b"upgrade";
        assert_eq!(check(fields), Ok(Agreement { subprotocol: None, deflate: None }));
    }
}
