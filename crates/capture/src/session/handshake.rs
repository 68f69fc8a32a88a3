//! The opening handshake as it was captured: request and response, paired and judged.

use framewright_codec::handshake::{
    ClientMaxWindowBits, DeflateOffer, DeflateParams, Extension, PERMESSAGE_DEFLATE,
    accept_for_key, parse_extensions, parse_subprotocols,
};

use crate::{ConnRule, Direction};

/// The longest HTTP head in bytes that is read; a longer one is malformed.
pub(crate) const MAX_HEAD_LEN: usize = 64 * 1024;
const MAX_HEADERS: usize = 256;
/// In a handshake that an export put in place of one that wasn't captured: how the connection really starts,
/// `frames` or `mid-stream`.
pub(crate) const START_FIELD: &str = "X-Framewright-Start";

/// What a handshake agreed on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Negotiated {
    /// The subprotocol.
    pub subprotocol: Option<String>,
    /// permessage-deflate's parameters, if it is in use.
    pub permessage_deflate: Option<DeflateParams>,
}

/// A header field of a [`Head`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderField {
    /// Its name as sent.
    pub name: String,
    /// Its value; bytes that aren't UTF-8 are replaced.
    pub value: String,
    /// Where its name starts, in bytes from the head's start.
    pub offset: u64,
    /// Name, colon and value in bytes.
    pub len: u64,
}

/// An HTTP/1.1 head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The request line or status line.
    pub start_line: String,
    /// The header fields in order.
    pub fields: Vec<HeaderField>,
    /// Its length in bytes, the empty line included.
    pub len: u64,
    /// Where it starts, in bytes from the start of its direction's stream.
    pub offset: u64,
    /// When its last byte arrived.
    pub time_ns: u64,
    status: Option<u16>,
}

impl Head {
    /// A head that has no place in its stream, as HTTP/2's.
    pub(crate) fn of_fields(
        start_line: String,
        fields: Vec<(String, String)>,
        status: Option<u16>,
        time_ns: u64,
    ) -> Self {
        let fields = fields.into_iter();
        let fields = fields.map(|(name, value)| HeaderField { name, value, offset: 0, len: 0 });
        Self { start_line, fields: fields.collect(), len: 0, offset: 0, time_ns, status }
    }

    /// The value of the first field called `name`, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.field(name).map(|field| field.value.as_str())
    }

    /// The status of a response.
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// The memory it takes beside its own struct.
    pub(crate) fn kept_len(&self) -> u64 {
        let fields = self.fields.iter();
        let texts: usize = fields.map(|field| field.name.capacity() + field.value.capacity()).sum();
        let fields = self.fields.capacity() * size_of::<HeaderField>();
        (self.start_line.capacity() + fields + texts) as u64
    }

    fn field(&self, name: &str) -> Option<&HeaderField> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }

    /// The values of all fields called `name`, joined as one list.
    pub(crate) fn joined(&self, name: &str) -> Option<String> {
        let mut fields = self.fields.iter().filter(|field| field.name.eq_ignore_ascii_case(name));
        let mut joined = fields.next()?.value.clone();
        for field in fields {
            joined.push_str(", ");
            joined.push_str(&field.value);
        }
        Some(joined)
    }

    pub(crate) fn has_token(&self, name: &str, token: &str) -> bool {
        self.fields
            .iter()
            .filter(|field| field.name.eq_ignore_ascii_case(name))
            .any(|field| field.value.split(',').any(|item| item.trim().eq_ignore_ascii_case(token)))
    }

    /// Whether it asks for, or agrees to, an upgrade to WebSocket.
    pub(crate) fn is_upgrade(&self) -> bool {
        self.has_token("upgrade", "websocket")
    }
}

/// A handshake as far as it was captured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handshake {
    /// The client's request.
    pub request: Option<Head>,
    /// The server's response.
    pub response: Option<Head>,
    /// Whether the server agreed with 101.
    pub accepted: bool,
}

impl Handshake {
    /// The head that went in `direction`.
    pub(crate) fn head(&self, direction: Direction) -> Option<&Head> {
        match direction {
            Direction::ToServer => self.request.as_ref(),
            Direction::ToClient => self.response.as_ref(),
        }
    }
}

/// Bytes that can't be an HTTP head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Reads the head at the start of `bytes`, or `None` where its end hasn't come.
pub(crate) fn parse_head(direction: Direction, bytes: &[u8]) -> Result<Option<Head>, Malformed> {
    let bytes = &bytes[..bytes.len().min(MAX_HEAD_LEN + 1)];
    let mut fields = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let (status, start_line, parsed, fields) = match direction {
        Direction::ToServer => {
            let mut request = httparse::Request::new(&mut fields);
            let parsed = request.parse(bytes).map_err(|_| Malformed)?;
            let httparse::Status::Complete(len) = parsed else { return partial(bytes) };
            let start_line = format!(
                "{} {} HTTP/1.{}",
                request.method.unwrap_or(""),
                request.path.unwrap_or(""),
                request.version.unwrap_or(0)
            );
            (None, start_line, len, request.headers)
        }
        Direction::ToClient => {
            let mut response = httparse::Response::new(&mut fields);
            let parsed = response.parse(bytes).map_err(|_| Malformed)?;
            let httparse::Status::Complete(len) = parsed else { return partial(bytes) };
            let status = response.code.unwrap_or(0);
            let start_line = format!(
                "HTTP/1.{} {status} {}",
                response.version.unwrap_or(0),
                response.reason.unwrap_or("")
            );
            (Some(status), start_line, len, response.headers)
        }
    };
    let base = bytes.as_ptr() as usize;
    let fields = fields.iter().map(|field| {
        let offset = field.name.as_ptr() as usize - base;
        let end = match field.value {
            [] => offset + field.name.len() + 1,
            value => value.as_ptr() as usize - base + value.len(),
        };
        HeaderField {
            name: field.name.to_owned(),
            value: String::from_utf8_lossy(field.value).into_owned(),
            offset: offset as u64,
            len: (end - offset) as u64,
        }
    });
    Ok(Some(Head {
        start_line,
        fields: fields.collect(),
        len: parsed as u64,
        offset: 0,
        time_ns: 0,
        status,
    }))
}

fn partial(bytes: &[u8]) -> Result<Option<Head>, Malformed> {
    if bytes.len() > MAX_HEAD_LEN { Err(Malformed) } else { Ok(None) }
}

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
                // Whatever they are, messages will be compressed: the largest window reads them all.
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
