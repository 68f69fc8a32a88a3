//! HTTP heads: a start line and header fields.

use crate::Direction;

/// The longest HTTP head in bytes that is read; a longer one is malformed.
pub(crate) const MAX_HEAD_LEN: usize = 64 * 1024;
const MAX_HEADERS: usize = 256;

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
    pub(super) status: Option<u16>,
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

    pub(super) fn field(&self, name: &str) -> Option<&HeaderField> {
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
