//! Takes secrets out of a capture before it is exported.

mod blank;
mod copy;
mod secrets;

use crate::regexp::Regex;
use crate::{Capture, Limits, RegexError, RegexFlags};
use copy::Copy;

/// How many bytes a copy may take more than its share.
const COPY_LEN: u64 = 1 << 20;

/// What to take out. Start with [`secrets`](Self::secrets), or with nothing, and add.
#[derive(Clone, Debug, Default)]
pub struct Redaction {
    headers: Vec<String>,
    json_keys: Vec<String>,
    patterns: Vec<Regex>,
    queries: bool,
    payloads: bool,
}

impl Redaction {
    /// Takes nothing out.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes out what most often is secret: cookies and authorization in the handshake, the values of the
    /// URL's query, and JSON values called token, password, secret, authorization and the like.
    pub fn secrets() -> Self {
        const HEADERS: [&str; 4] = ["cookie", "set-cookie", "authorization", "proxy-authorization"];
        const KEYS: [&str; 16] = [
            "token",
            "access_token",
            "accessToken",
            "refresh_token",
            "refreshToken",
            "id_token",
            "idToken",
            "password",
            "passwd",
            "secret",
            "client_secret",
            "apiKey",
            "api_key",
            "authorization",
            "cookie",
            "session",
        ];
        Self {
            headers: HEADERS.map(str::to_owned).to_vec(),
            json_keys: KEYS.map(str::to_owned).to_vec(),
            queries: true,
            ..Self::default()
        }
    }

    /// Takes out the values of a header field, whatever the case of its name.
    pub fn header(mut self, name: &str) -> Self {
        self.headers.push(name.to_owned());
        self
    }

    /// Takes out the values of the query in the URL, and in a name.
    pub fn queries(mut self) -> Self {
        self.queries = true;
        self
    }

    /// Takes out the values that have this key in JSON, at any depth, whatever the case of the key. The JSON
    /// may stand anywhere in a message, be one text of many, lie in a JSON string, be broken or cut off.
    pub fn json_key(mut self, key: &str) -> Self {
        self.json_keys.push(key.to_owned());
        self
    }

    /// Takes out what a regex finds in the content of messages and control frames.
    ///
    /// # Errors
    ///
    /// If it is no regex.
    pub fn pattern(mut self, pattern: &str) -> Result<Self, RegexError> {
        self.patterns.push(Regex::new(pattern, RegexFlags::default())?);
        Ok(self)
    }

    /// Takes out every payload; only lengths and close codes are left.
    pub fn payloads(mut self) -> Self {
        self.payloads = true;
        self
    }

    /// A copy of a capture without the secrets. Lengths and offsets stay, except of compressed messages:
    /// their text comes out uncompressed, in one frame. A compressed message that does not inflate, the
    /// rest of a message whose start was evicted, and bytes that belong to no frame can't be searched for
    /// secrets: they are missing from the copy.
    ///
    /// The copy may take a quarter more than the capture, and evicts nothing: where it [is full](Capture::is_full),
    /// the rest is not in it.
    pub fn apply(&self, capture: &Capture) -> Capture {
        // What fits there fits here, unless it was compressed.
        let max_len = capture.limits().max_kept_len;
        let max_kept_len = max_len.saturating_add(max_len / 4).saturating_add(COPY_LEN);
        Copy::of(capture, self, Limits { max_kept_len, evicts: false, ..Limits::KEEP_ALL })
    }
}
