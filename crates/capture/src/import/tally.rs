//! What the connections of a packet capture carry, for people.

use std::collections::BTreeMap;

use super::flow::{Flow, Kind, Side};
use super::layer::Layer;
use super::tls::{Tls, Unread};

/// The most servers that are named.
const MAX_NAMED: usize = 12;

#[derive(Debug, Default)]
pub(super) struct Tally {
    websocket: u64,
    http: u64,
    http2: u64,
    http2_websockets: u64,
    http2_others: u64,
    broken_blocks: u64,
    other: u64,
    decrypted: u64,
    failed_records: u64,
    /// TLS connections that can't be read, by server and reason.
    unread: BTreeMap<(String, Unread), u64>,
}

impl Tally {
    pub(super) fn count(&mut self, flow: &Flow) {
        match &flow.layer {
            Some(Layer::Tls(tls)) => self.count_tls(flow, tls),
            Some(Layer::Tunnel(inner)) => self.count(inner),
            Some(Layer::Http2(http2)) => {
                self.http2 += 1;
                self.http2_websockets += http2.websockets;
                self.http2_others += http2.others;
                self.broken_blocks += http2.broken_blocks;
            }
            None => self.count_kind(flow.kind),
        }
    }

    fn count_tls(&mut self, flow: &Flow, tls: &Tls) {
        {
            self.failed_records += tls.failed();
            match tls.unread() {
                Some(why) => *self.unread.entry((server(flow, tls), why)).or_default() += 1,
                None => {
                    self.decrypted += 1;
                    self.count(&tls.inner);
                }
            }
        }
    }

    fn count_kind(&mut self, kind: Kind) {
        match kind {
            Kind::WebSocket => self.websocket += 1,
            Kind::Http => self.http += 1,
            Kind::Http2 => self.http2 += 1,
            Kind::Undecided | Kind::Tls | Kind::Other => self.other += 1,
        }
    }

    pub(super) fn note(&self, notes: &mut Vec<String>) {
        let mut note = |count: u64, text: &str| {
            if count > 0 {
                notes.push(format!("{count} {text}"));
            }
        };
        note(self.websocket, "TCP connections carry WebSocket");
        note(self.http, "TCP connections carry HTTP without an upgrade");
        note(self.http2, "connections are HTTP/2");
        note(self.http2_websockets, "streams of HTTP/2 carry WebSocket");
        note(self.http2_others, "streams of HTTP/2 carry other requests");
        note(self.broken_blocks, "heads of HTTP/2 can't be read, since they refer to lost ones");
        note(self.other, "TCP connections carry something else");
        note(self.decrypted, "TLS connections were decrypted");
        note(self.failed_records, "TLS records could not be decrypted with the keys given");
        self.note_unread(notes);
    }

    fn note_unread(&self, notes: &mut Vec<String>) {
        let mut wants_keys = false;
        for ((server, why), count) in self.unread.iter().take(MAX_NAMED) {
            let connections = match count {
                1 => "A TLS connection".to_owned(),
                _ => format!("{count} TLS connections"),
            };
            let why = match why {
                Unread::NoKeys => {
                    wants_keys = true;
                    "the keys are missing".to_owned()
                }
                Unread::NoHello => "its first messages were not captured".to_owned(),
                Unread::WrongKeys => "the keys given don't fit".to_owned(),
                Unread::Suite(suite) => format!("the cipher suite 0x{suite:04x} isn't supported"),
                Unread::Version(version) => match version {
                    0x0300 => "SSL 3 isn't supported".to_owned(),
                    0x0301 => "TLS 1.0 isn't supported".to_owned(),
                    0x0302 => "TLS 1.1 isn't supported".to_owned(),
                    _ => format!("TLS version 0x{version:04x} isn't supported"),
                },
            };
            notes.push(format!("{connections} to {server} can't be read: {why}"));
        }
        let rest: u64 = self.unread.values().skip(MAX_NAMED).sum();
        if rest > 0 {
            notes.push(format!("{rest} more TLS connections can't be read"));
        }
        if wants_keys {
            notes.push(HOW_TO_GET_KEYS.to_owned());
        }
    }
}

const HOW_TO_GET_KEYS: &str = "To read TLS connections, log their keys while you capture, with node \
    --tls-keylog=keys.log, or with the variable SSLKEYLOGFILE set for Chrome, Firefox or curl. Then open \
    keys.log with the capture";

/// The server's name, or its address, with the port.
fn server(flow: &Flow, tls: &Tls) -> String {
    let address = flow.addresses().map(|[a, b]| match tls.client() {
        Some(Side::B) => a,
        Some(Side::A) => b,
        // Servers have the ports that are well known.
        None => std::cmp::min_by_key(a, b, |address| address.port()),
    });
    match (tls.server_name(), address) {
        (Some(name), Some(address)) => format!("{name}:{}", address.port()),
        (Some(name), None) => name.to_owned(),
        (None, Some(address)) => address.to_string(),
        (None, None) => "a server".to_owned(),
    }
}
