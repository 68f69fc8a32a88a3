//! What the connections of a packet capture carry, for people.

use std::collections::BTreeMap;

use super::flow::{Flow, Kind};
use super::layer::Layer;
use super::side::Side;
use super::tls::{Tls, Unread as Why};
use crate::import::Unread;

/// The most servers that are named.
const MAX_NAMED: usize = 12;
/// The most servers that are counted apart.
const MAX_SERVERS: usize = 1024;

#[derive(Debug, Default)]
pub(in crate::import) struct Tally {
    websocket: u64,
    http: u64,
    http2: u64,
    http2_websockets: u64,
    http2_others: u64,
    broken_blocks: u64,
    http2_ignored: u64,
    other: u64,
    given_up: u64,
    decrypted: u64,
    failed_records: u64,
    /// TLS connections that can't be read, by server and reason.
    unread: BTreeMap<(String, Why), u64>,
    /// Those of servers past [`MAX_SERVERS`].
    unread_others: u64,
}

impl Tally {
    pub(in crate::import) fn count(&mut self, flow: &Flow) {
        match &flow.layer {
            Some(Layer::Tls(tls)) => self.count_tls(flow, tls),
            Some(Layer::Tunnel(inner)) => self.count(inner),
            Some(Layer::Http2(http2)) => {
                self.http2 += 1;
                self.http2_websockets += http2.websockets;
                self.http2_others += http2.others;
                self.broken_blocks += http2.broken_blocks;
                self.http2_ignored += http2.ignored;
            }
            None => self.count_kind(flow.kind),
        }
    }

    fn count_tls(&mut self, flow: &Flow, tls: &Tls<Flow>) {
        self.failed_records += tls.failed();
        let Some(why) = tls.unread() else {
            self.decrypted += 1;
            self.count(&tls.inner);
            return;
        };
        let key = (server(flow, tls), why);
        if self.unread.len() < MAX_SERVERS || self.unread.contains_key(&key) {
            *self.unread.entry(key).or_default() += 1;
        } else {
            self.unread_others += 1;
        }
    }

    fn count_kind(&mut self, kind: Kind) {
        match kind {
            Kind::WebSocket => self.websocket += 1,
            Kind::Http => self.http += 1,
            Kind::Http2 => self.http2 += 1,
            Kind::Undecided | Kind::Tls | Kind::Other => self.other += 1,
            Kind::GivenUp => self.given_up += 1,
        }
    }

    pub(in crate::import) fn note(&self, notes: &mut Vec<String>) {
        let mut note = |count: u64, one: &str, many: &str| match count {
            0 => {}
            1 => notes.push(format!("1 {one}")),
            _ => notes.push(format!("{count} {many}")),
        };
        let (one, many) = ("TCP connection carries", "TCP connections carry");
        let text = |verb: &str, what: &str| format!("{verb} {what}");
        for (count, what) in [
            (self.websocket, "WebSocket"),
            (self.http, "HTTP without an upgrade"),
            (self.http2, "HTTP/2"),
            (self.other, "something else"),
        ] {
            note(count, &text(one, what), &text(many, what));
        }
        let (one, many) = ("stream of HTTP/2 carries", "streams of HTTP/2 carry");
        for (count, what) in
            [(self.http2_websockets, "WebSocket"), (self.http2_others, "another request")]
        {
            note(count, &text(one, what), &text(many, what));
        }
        note(
            self.given_up,
            "TCP connection was given up: too much of all of them waited for what they carry",
            "TCP connections were given up: too much of all of them waited for what they carry",
        );
        note(
            self.http2_ignored,
            "WebSocket on HTTP/2 was not read: too many are on its connection at once",
            "WebSockets on HTTP/2 were not read: too many are on a connection at once",
        );
        note(
            self.broken_blocks,
            "head of HTTP/2 can't be read, since it refers to a lost one",
            "heads of HTTP/2 can't be read, since they refer to lost ones",
        );
        note(self.decrypted, "TLS connection was decrypted", "TLS connections were decrypted");
        note(
            self.failed_records,
            "TLS record could not be decrypted with the keys given",
            "TLS records could not be decrypted with the keys given",
        );
    }

    /// What could not be read, and why.
    pub(in crate::import) fn unread(&self) -> Unread {
        let mut sentences = Vec::new();
        let mut wants_keys = false;
        for ((server, why), count) in self.unread.iter().take(MAX_NAMED) {
            let connections = match count {
                1 => "A TLS connection".to_owned(),
                _ => format!("{count} TLS connections"),
            };
            let why = match why {
                Why::NoKeys => {
                    wants_keys = true;
                    "the keys are missing".to_owned()
                }
                Why::NoHello => "its first messages were not captured".to_owned(),
                Why::WrongKeys => {
                    wants_keys = true;
                    "the keys given don't fit".to_owned()
                }
                Why::Suite(suite) => format!("the cipher suite 0x{suite:04x} isn't supported"),
                Why::Version(version) => match version {
                    0x0300 => "SSL 3 isn't supported".to_owned(),
                    0x0301 => "TLS 1.0 isn't supported".to_owned(),
                    0x0302 => "TLS 1.1 isn't supported".to_owned(),
                    _ => format!("TLS version 0x{version:04x} isn't supported"),
                },
            };
            sentences.push(format!("{connections} to {server} can't be read: {why}."));
        }
        let rest = self.unread.values().skip(MAX_NAMED).sum::<u64>() + self.unread_others;
        if rest > 0 {
            sentences.push(format!("{rest} more TLS connections can't be read."));
        }
        if wants_keys {
            sentences.push(HOW_TO_GET_KEYS.to_owned());
        }
        Unread { sentences, wants_keys }
    }
}

const HOW_TO_GET_KEYS: &str = "To read TLS connections, log their keys while you capture, with node \
    --tls-keylog=keys.log, or with the variable SSLKEYLOGFILE set for Chrome, Firefox or curl. Then open \
    keys.log with the capture.";

/// The server's name, or its address, with the port.
fn server(flow: &Flow, tls: &Tls<Flow>) -> String {
    let address = flow.addresses().map(|[a, b]| match tls.client() {
        Some(Side::B) => a,
        Some(Side::A) => b,
        // Servers have the well-known ports.
        None => std::cmp::min_by_key(a, b, |address| address.port()),
    });
    match (tls.server_name(), address) {
        (Some(name), Some(address)) => format!("{name}:{}", address.port()),
        (Some(name), None) => name.to_owned(),
        (None, Some(address)) => address.to_string(),
        (None, None) => "a server".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::side::Carried;
    use super::*;
    use crate::{Capture, Clock, Limits};

    #[test]
    fn servers_are_told_apart_up_to_a_number() {
        let mut capture = Capture::new(Limits::default());
        let mut tally = Tally::default();
        for port in 0..2000 {
            let ends = [([10, 0, 0, 1], 50_000).into(), ([10, 0, 0, 2], port).into()];
            let mut flow = Flow::new(Some(ends), Clock::Unix, 0);
            let record = [&[23, 3, 3, 0, 40][..], &[9; 40]].concat();
            flow.data(&mut capture, Side::A, &record, 0);
            tally.count(&flow);
        }
        assert_eq!((tally.unread.len(), tally.unread_others), (MAX_SERVERS, 2000 - 1024));
    }
}
