//! One entry of an archive: a request and its response.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use crate::formats::json::Parts;
use crate::{Handshake, Head};

/// How many header fields of a head are taken; more make no handshake.
const MAX_FIELDS: usize = 1024;

/// Where an entry has a connection's messages.
pub(super) const MESSAGES: &str = "_webSocketMessages";

/// A request and its response.
pub(super) struct Entry<'a> {
    pub(super) parts: Parts<'a>,
    pub(super) request: Parts<'a>,
    pub(super) response: Parts<'a>,
    pub(super) url: Cow<'a, str>,
}

impl<'a> Entry<'a> {
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let parts = Parts::parse(text).ok()?;
        let request = Parts::parse(parts.get("request")?).ok()?;
        let url = request.string("url").unwrap_or_default();
        Some(Self { response: parts.parts("response"), parts, request, url })
    }

    pub(super) fn is_websocket(&self) -> bool {
        self.parts.get(MESSAGES).is_some()
            || self.parts.string("_resourceType").as_deref() == Some("websocket")
            || self.url.starts_with("ws")
            || self.is_upgraded()
    }

    /// Some mark a WebSocket by nothing but the response.
    fn is_upgraded(&self) -> bool {
        self.response.number("status") == Some(101)
            && fields(&self.response).iter().any(|(name, value)| {
                name.eq_ignore_ascii_case("upgrade") && value.eq_ignore_ascii_case("websocket")
            })
    }

    /// Whether it has the code of a close frame, as HTTP Toolkit writes it: without a direction.
    pub(super) fn is_closed(&self) -> bool {
        self.parts.parts("_webSocketClose").number::<u16>("code").is_some()
    }

    pub(super) fn server(&self) -> Option<SocketAddr> {
        let address = self.parts.string("serverIPAddress")?;
        let address: IpAddr = address.trim_matches(['[', ']']).parse().ok()?;
        Some(SocketAddr::new(address, port(&self.url)))
    }

    /// The heads of a stream of HTTP/2, if that is what the entry has: their fields say so.
    pub(super) fn http2(&self, has_messages: bool, time_ns: u64) -> Option<Handshake> {
        let request = fields(&self.request);
        if !request.iter().any(|(name, _)| name == ":method" || name == ":protocol") {
            return None;
        }
        let method = self.request.string("method").unwrap_or_default();
        let line = format!("{method} {} HTTP/2", target(&self.url));
        let status = self.response.number("status").filter(|status| (100..=599).contains(status));
        // Some write 101 nevertheless.
        let status = status.filter(|&status| status != 101).or(has_messages.then_some(200));
        let response = status.map(|status| {
            Head::of_fields(
                format!("HTTP/2 {status}"),
                fields(&self.response),
                Some(status),
                time_ns,
            )
        });
        let request = Some(Head::of_fields(line, request, None, time_ns));
        Some(Handshake { request, response, accepted: false })
    }

    /// Playwright's file beside the archive.
    pub(super) fn file(&self) -> Option<Cow<'a, str>> {
        let content = self.response.parts("content");
        content.string("_file").or_else(|| content.string("_sha1"))
    }
}

/// A request's or response's header fields.
pub(super) fn fields(head: &Parts<'_>) -> Vec<(String, String)> {
    let text = |field: &Parts<'_>, name| field.string(name).unwrap_or_default().into_owned();
    let fields = head.parts("headers");
    let fields = fields.values().take(MAX_FIELDS).filter_map(|field| Parts::parse(field).ok());
    fields.map(|field| (text(&field, "name"), text(&field, "value"))).collect()
}

/// The part of a URL that a request line has.
pub(super) fn target(url: &str) -> Cow<'_, str> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split('#').next().unwrap_or(rest);
    let target = rest.find(['/', '?']).map_or("/", |at| &rest[at..]);
    let target = target.replace(|c: char| c.is_ascii_control() || c == ' ', "%20");
    if target.starts_with('/') { Cow::Owned(target) } else { Cow::Owned(format!("/{target}")) }
}

fn port(url: &str) -> u16 {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let default = if matches!(scheme, "wss" | "https") { 443 } else { 80 };
    authority.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).unwrap_or(default)
}
