//! The server's side of the handshake (RFC 6455 §4.2).

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::accept::{accept_for_key, is_key};
use super::{
    DeflateConfig, DeflateOffer, DeflateParams, HandshakeError, HandshakeHeaders, parse_extensions,
    parse_subprotocols,
};

/// An upgrade request that can be granted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Upgrade<'a> {
    /// The protocol's version: 13, or 8, which has the same frames.
    pub version: u8,
    /// The response's `Sec-WebSocket-Accept`.
    pub accept: String,
    /// The subprotocols that the client would speak, best first.
    pub subprotocols: Vec<&'a str>,
    /// The agreed parameters of permessage-deflate, if it is agreed on. Formatted, they are the
    /// response's `Sec-WebSocket-Extensions`.
    pub deflate: Option<DeflateParams>,
}

impl<'a> Upgrade<'a> {
    /// The first of the client's subprotocols that is one of `supported`.
    pub fn choose_subprotocol(&self, supported: &[&str]) -> Option<&'a str> {
        self.subprotocols.iter().copied().find(|name| supported.contains(name))
    }

    /// The response that grants the request, as HTTP/1.1. Its subprotocol is the one that
    /// [`choose_subprotocol`](Self::choose_subprotocol) gives. Frames can follow it at once.
    pub fn response(&self, supported_subprotocols: &[&str]) -> String {
        let mut response = format!(
            "HTTP/1.1 101 Switching Protocols\r\n\
             Upgrade: websocket\r\n\
             Connection: Upgrade\r\n\
             Sec-WebSocket-Accept: {}\r\n",
            self.accept
        );
        if let Some(subprotocol) = self.choose_subprotocol(supported_subprotocols) {
            response += &format!("Sec-WebSocket-Protocol: {subprotocol}\r\n");
        }
        if let Some(params) = self.deflate {
            response += &format!("Sec-WebSocket-Extensions: {params}\r\n");
        }
        response += "\r\n";
        response
    }
}

/// Checks an upgrade request as ws does: the same rejections in the same order.
///
/// Without a `deflate` configuration no extension is negotiated, and the header isn't looked at. Whether
/// there is something at the request's path, and whether the client may have it, is the caller's to
/// decide.
pub fn accept_upgrade<'a>(
    method: &str,
    headers: &'a HandshakeHeaders<'_>,
    deflate: Option<&DeflateConfig>,
) -> Result<Upgrade<'a>, HandshakeError> {
    // Node's HTTP parser makes this distinction before ws sees the request.
    if headers.upgrade.is_none() || !headers.connection_is_upgrade() {
        return Err(HandshakeError::NotAnUpgrade);
    }
    if method != "GET" {
        return Err(HandshakeError::InvalidMethod);
    }
    if !headers.upgrade_is_websocket() {
        return Err(HandshakeError::InvalidUpgrade);
    }
    let key = headers.key.as_deref().filter(|key| is_key(key)).ok_or(HandshakeError::InvalidKey)?;
    let version = match headers.version.as_deref() {
        Some(b"13") => 13,
        Some(b"8") => 8,
        _ => return Err(HandshakeError::InvalidVersion),
    };
    let subprotocols = match headers.protocol.as_deref() {
        Some(value) => parse_subprotocols(value).map_err(HandshakeError::InvalidSubprotocols)?,
        None => Vec::new(),
    };
    let deflate = match (deflate, headers.extensions.as_deref()) {
        (Some(config), Some(value)) => negotiate(config, value)?,
        _ => None,
    };
    Ok(Upgrade { version, accept: accept_for_key(key), subprotocols, deflate })
}

/// `None` if no permessage-deflate is offered. An invalid offer fails the handshake, as in ws, even where
/// another one could be accepted.
fn negotiate(
    config: &DeflateConfig,
    value: &[u8],
) -> Result<Option<DeflateParams>, HandshakeError> {
    let extensions = parse_extensions(value).map_err(HandshakeError::InvalidExtensions)?;
    let offers =
        DeflateOffer::from_extensions(&extensions).map_err(HandshakeError::InvalidDeflate)?;
    if offers.is_empty() {
        return Ok(None);
    }
    config.accept_offer(&offers).map(Some).map_err(HandshakeError::InvalidDeflate)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GOOD: [(&str, &[u8]); 4] = [
        ("Connection", b"Upgrade"),
        ("Upgrade", b"websocket"),
        ("Sec-WebSocket-Key", b"dGhlIHNhbXBsZSBub25jZQ=="),
        ("Sec-WebSocket-Version", b"13"),
    ];

    #[test]
    fn the_client_prefers_and_the_server_decides() {
        let fields = GOOD.into_iter().chain([("Sec-WebSocket-Protocol", &b"a, b, c"[..])]);
        let headers = HandshakeHeaders::collect(fields);
        let upgrade = accept_upgrade("GET", &headers, None).unwrap();
        assert_eq!(upgrade.choose_subprotocol(&["c", "b"]), Some("b"));
        assert_eq!(upgrade.choose_subprotocol(&["d", "A"]), None);
        assert_eq!(upgrade.choose_subprotocol(&[]), None);
    }

    #[test]
    fn the_response_says_what_was_agreed_on() {
        let fields = GOOD.into_iter().chain([
            ("Sec-WebSocket-Protocol", &b"a, b"[..]),
            ("Sec-WebSocket-Extensions", b"permessage-deflate; server_no_context_takeover"),
        ]);
        let headers = HandshakeHeaders::collect(fields);
        let head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";
        let plain = accept_upgrade("GET", &headers, None).unwrap();
        assert_eq!(plain.response(&[]), format!("{head}\r\n"));
        let config = DeflateConfig::default();
        let upgrade = accept_upgrade("GET", &headers, Some(&config)).unwrap();
        let agreed = "Sec-WebSocket-Protocol: b\r\n\
                      Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n";
        assert_eq!(upgrade.response(&["c", "b"]), format!("{head}{agreed}\r\n"));
    }

    #[test]
    fn a_refusal_is_a_whole_response() {
        let error = accept_upgrade("PUT", &HandshakeHeaders::collect(GOOD), None).unwrap_err();
        let response = "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET\r\nConnection: close\r\n\
                        Content-Type: text/plain\r\nContent-Length: 22\r\n\r\nthe method must be GET";
        assert_eq!(error.response(), response);
    }

    #[test]
    fn refusals_carry_what_http_asks_for() {
        let plain = accept_upgrade("GET", &HandshakeHeaders::default(), None).unwrap_err();
        assert_eq!((plain.status(), plain.headers()[1]), (426, ("Upgrade", "websocket")));
        let headers = HandshakeHeaders::collect(GOOD);
        let method = accept_upgrade("PUT", &headers, None).unwrap_err();
        assert_eq!((method.status(), method.headers()), (405, &[("Allow", "GET")][..]));
        let headers = HandshakeHeaders { version: None, ..headers };
        let version = accept_upgrade("GET", &headers, None).unwrap_err();
        assert_eq!((version.status(), version.headers()[0].1), (400, "13, 8"));
    }

    proptest! {
        #[test]
        fn any_header_is_granted_or_refused(
            index in 0..6_usize,
            value in prop::collection::vec(any::<u8>(), 0..48),
        ) {
            let names = ["Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"];
            let mut fields: Vec<_> = GOOD.into_iter().chain(names.map(|name| (name, &b"a"[..]))).collect();
            fields[index].1 = &value;
            let headers = HandshakeHeaders::collect(fields);
            if let Err(error) = accept_upgrade("GET", &headers, Some(&DeflateConfig::default())) {
                prop_assert!(matches!(error.status(), 400 | 426));
            }
        }
    }
}
