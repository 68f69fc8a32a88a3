//! Lint of a handshake: what it breaks, and what it agrees on.

use framewright_codec::handshake::{
    ClientMaxWindowBits, DeflateOffer, DeflateParams, Extension, PERMESSAGE_DEFLATE,
    accept_for_key, parse_extensions, parse_subprotocols,
};

use super::{Handshake, Head, Negotiated};
use crate::{ConnRule, Direction};

/// What is wrong with a handshake, and where.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) rule: ConnRule,
    pub(crate) direction: Direction,
    /// In bytes from the stream's start.
    pub(crate) offset: u64,
    pub(crate) len: u64,
    pub(crate) detail: Option<String>,
}

/// What a response agrees to, by itself.
#[cfg(feature = "full")]
pub(crate) fn negotiated(response: &Head) -> Negotiated {
    Judge { faults: Vec::new() }.response(None, response)
}

/// Judges a handshake whose heads are as complete as they will get.
pub(crate) fn judge(handshake: &Handshake) -> (Negotiated, Vec<Fault>) {
    let mut judge = Judge { faults: Vec::new() };
    if let Some(request) = &handshake.request {
        judge.request(request);
    }
    let negotiated = match &handshake.response {
        Some(response) if handshake.accepted => {
            judge.response(handshake.request.as_ref(), response)
        }
        Some(response) => {
            let refused = Some(response.start_line.clone());
            judge.fault(ConnRule::HandshakeRefused, Direction::ToClient, response, None, refused);
            Negotiated::default()
        }
        None => Negotiated::default(),
    };
    (negotiated, judge.faults)
}

/// Judges a handshake on a stream of HTTP/2 (RFC 8441 §5), and says whether the server has agreed.
pub(crate) fn judge_http2(handshake: &Handshake) -> (bool, Negotiated, Vec<Fault>) {
    let mut judge = Judge { faults: Vec::new() };
    let request = handshake.request.as_ref();
    if let Some(request) = request {
        judge.version(request);
    }
    let Some(response) = &handshake.response else {
        return (false, Negotiated::default(), judge.faults);
    };
    if response.status().is_some_and(|status| status / 100 != 2) {
        let refused = Some(response.start_line.clone());
        judge.fault(ConnRule::HandshakeRefused, Direction::ToClient, response, None, refused);
        return (false, Negotiated::default(), judge.faults);
    }
    let negotiated = Negotiated {
        subprotocol: judge.subprotocol(request, response),
        permessage_deflate: judge.extensions(request, response),
    };
    (true, negotiated, judge.faults)
}

struct Judge {
    faults: Vec<Fault>,
}

impl Judge {
    fn fault(
        &mut self,
        rule: ConnRule,
        direction: Direction,
        head: &Head,
        field: Option<&str>,
        detail: Option<String>,
    ) {
        let field = field.and_then(|name| head.field(name));
        let (offset, len) = field.map_or((0, head.len), |field| (field.offset, field.len));
        self.faults.push(Fault { rule, direction, offset: head.offset + offset, len, detail });
    }

    fn request(&mut self, request: &Head) {
        let to_server = Direction::ToServer;
        let mut fault = |rule, field, detail| self.fault(rule, to_server, request, field, detail);
        if !request.start_line.starts_with("GET ") || !request.start_line.ends_with("HTTP/1.1") {
            fault(ConnRule::RequestNotGet, None, Some(request.start_line.clone()));
        }
        if request.field("host").is_none() {
            fault(ConnRule::RequestWithoutHost, None, None);
        }
        if !request.is_upgrade() {
            fault(ConnRule::UpgradeMissing, Some("upgrade"), None);
        }
        if !request.has_token("connection", "upgrade") {
            fault(ConnRule::ConnectionMissing, Some("connection"), None);
        }
        let key = request.header("sec-websocket-key").unwrap_or("");
        if !is_key(key) {
            fault(ConnRule::InvalidKey, Some("sec-websocket-key"), None);
        }
        self.version(request);
    }

    fn version(&mut self, request: &Head) {
        let version = request.header("sec-websocket-version");
        if version != Some("13") {
            let detail = version.map(str::to_owned);
            let field = Some("sec-websocket-version");
            self.fault(ConnRule::InvalidVersion, Direction::ToServer, request, field, detail);
        }
    }

    fn response(&mut self, request: Option<&Head>, response: &Head) -> Negotiated {
        let to_client = Direction::ToClient;
        if !response.is_upgrade() {
            self.fault(ConnRule::UpgradeMissing, to_client, response, Some("upgrade"), None);
        }
        if !response.has_token("connection", "upgrade") {
            self.fault(ConnRule::ConnectionMissing, to_client, response, Some("connection"), None);
        }
        let accept = response.header("sec-websocket-accept");
        if let Some(key) = request.and_then(|request| request.header("sec-websocket-key")) {
            let expected = accept_for_key(key.as_bytes());
            if accept != Some(&expected) {
                let got = accept.unwrap_or("none");
                let detail = Some(format!("{got} instead of {expected}"));
                let field = Some("sec-websocket-accept");
                self.fault(ConnRule::WrongAccept, to_client, response, field, detail);
            }
        }
        Negotiated {
            subprotocol: self.subprotocol(request, response),
            permessage_deflate: self.extensions(request, response),
        }
    }

    fn subprotocol(&mut self, request: Option<&Head>, response: &Head) -> Option<String> {
        const FIELD: &str = "sec-websocket-protocol";
        let chosen = response.joined(FIELD)?;
        if let Some(request) = request {
            let offered = request.joined(FIELD).unwrap_or_default();
            let offered = parse_subprotocols(offered.as_bytes()).unwrap_or_default();
            if !offered.contains(&chosen.as_str()) {
                let detail = Some(chosen.clone());
                let rule = ConnRule::SubprotocolNotOffered;
                self.fault(rule, Direction::ToClient, response, Some(FIELD), detail);
            }
        }
        Some(chosen)
    }

    fn extensions(&mut self, request: Option<&Head>, response: &Head) -> Option<DeflateParams> {
        const FIELD: &str = "sec-websocket-extensions";
        let chosen = response.joined(FIELD)?;
        let invalid = ConnRule::InvalidExtensionParameter;
        let chosen = match parse_extensions(chosen.as_bytes()) {
            Ok(chosen) => chosen,
            Err(error) => {
                let detail = Some(error.to_string());
                self.fault(invalid, Direction::ToClient, response, Some(FIELD), detail);
                return None;
            }
        };
        let params = match DeflateParams::from_extensions(&chosen) {
            Ok(params) => params,
            Err(error) => {
                let detail = Some(error.to_string());
                self.fault(invalid, Direction::ToClient, response, Some(FIELD), detail);
                // Messages will be compressed with some parameters: the largest window reads them all.
                Some(DeflateParams::default())
            }
        };
        let Some(request) = request else { return params };
        let offered = request.joined(FIELD).unwrap_or_default();
        let offered = match parse_extensions(offered.as_bytes()) {
            Ok(offered) => offered,
            Err(error) if !offered.is_empty() => {
                let detail = Some(error.to_string());
                self.fault(invalid, Direction::ToServer, request, Some(FIELD), detail);
                return params;
            }
            Err(_) => Vec::new(),
        };
        for Extension { name, .. } in &chosen {
            if !offered.iter().any(|offer| offer.name == *name) {
                let detail = Some((*name).to_owned());
                let rule = ConnRule::ExtensionNotOffered;
                self.fault(rule, Direction::ToClient, response, Some(FIELD), detail);
            }
        }
        if let Some(params) = params
            && offered.iter().any(|offer| offer.name == PERMESSAGE_DEFLATE)
        {
            match DeflateOffer::from_extensions(&offered) {
                Ok(offers) if !offers.iter().any(|offer| answers(offer, &params)) => {
                    let detail = Some(format!("{params} answers no offer"));
                    self.fault(invalid, Direction::ToClient, response, Some(FIELD), detail);
                }
                Ok(_) => {}
                Err(error) => {
                    let detail = Some(error.to_string());
                    self.fault(invalid, Direction::ToServer, request, Some(FIELD), detail);
                }
            }
        }
        params
    }
}

/// Whether a response with `params` may answer `offer` (RFC 7692 §7.1.1, §7.1.2).
fn answers(offer: &DeflateOffer, params: &DeflateParams) -> bool {
    let takeover = params.server_no_context_takeover || !offer.server_no_context_takeover;
    let server_window = match (offer.server_max_window_bits, params.server_max_window_bits) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(limit), Some(bits)) => bits <= limit,
    };
    let client_window = params.client_max_window_bits.is_none()
        || offer.client_max_window_bits != ClientMaxWindowBits::Absent;
    takeover && server_window && client_window
}

/// Whether `key` is 16 bytes in base64: 22 characters and two of padding.
fn is_key(key: &str) -> bool {
    let is_digit = |c: u8| c.is_ascii_alphanumeric() || c == b'+' || c == b'/';
    matches!(key.as_bytes(), [digits @ .., b'=', b'='] if digits.len() == 22 && digits.iter().copied().all(is_digit))
}
