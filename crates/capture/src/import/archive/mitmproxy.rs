//! Flow files of mitmproxy since version 7: tnetstrings, one dictionary a flow. It has messages, not their wire
//! form.

use std::net::{IpAddr, SocketAddr};

use framewright_codec::{Opcode, Role};

use super::synth;
use super::tnetstring::{Value, parse};
use crate::import::detect::magic::length;
use crate::import::{Format, ImportError, MAX_WHOLE_LEN, Records};
use crate::{
    Capture, Clock, ConnId, ConnectionInit, Direction, End, Handshake, Head, Source, Start,
};

/// How many header fields of a head are taken; more make no handshake.
const MAX_FIELDS: usize = 1024;

#[derive(Debug, Default)]
pub(in crate::import) struct MitmproxyReader {
    buffer: Vec<u8>,
    /// Where `buffer` starts in the file.
    offset: u64,
    websockets: u64,
    others: u64,
    broken: u64,
}

impl Records for MitmproxyReader {
    fn push(&mut self, capture: &mut Capture, bytes: &[u8]) -> Result<(), ImportError> {
        self.buffer.extend_from_slice(bytes);
        let buffer = std::mem::take(&mut self.buffer);
        let mut at = 0;
        let result = loop {
            let rest = &buffer[at..];
            let malformed = |what: &str| ImportError::Malformed {
                format: Format::Mitmproxy,
                offset: self.offset + at as u64,
                what: what.to_owned(),
            };
            if rest.is_empty() {
                break Ok(());
            }
            let Some((len, _)) = length(rest) else {
                let is_cut = rest.len() < 13 && rest.iter().all(u8::is_ascii_digit);
                break if is_cut { Ok(()) } else { Err(malformed("this is no flow")) };
            };
            if len > MAX_WHOLE_LEN {
                break Err(malformed("a flow that is too long"));
            }
            let head_len = rest.iter().position(|&byte| byte == b':').unwrap_or(0) + 1;
            let Some(flow) = rest.get(..head_len + len + 1) else { break Ok(()) };
            at += flow.len();
            if capture.is_full() {
                break Ok(());
            }
            match parse(flow) {
                Some((flow @ Value::Dict(_), [])) => self.flow(capture, flow),
                _ => self.broken += 1,
            }
        };
        self.buffer = buffer;
        self.buffer.drain(..at);
        self.offset += at as u64;
        result
    }

    fn finish(&mut self, _: &mut Capture, notes: &mut Vec<String>) {
        notes.push(format!(
            "{} WebSocket connections, {} other flows",
            self.websockets, self.others
        ));
        if self.broken > 0 {
            notes.push(format!("{} flows can't be read and were skipped", self.broken));
        }
        if !self.buffer.is_empty() {
            notes.push(format!("the file ends inside a flow, at byte {}", self.offset));
        }
    }
}

impl MitmproxyReader {
    fn flow(&mut self, capture: &mut Capture, flow: Value<'_>) {
        let websocket = flow.get("websocket");
        if !matches!(websocket, Value::Dict(_)) {
            self.others += 1;
            return;
        }
        self.websockets += 1;
        let (request, response) = (flow.get("request"), flow.get("response"));
        let opened_ns = nanos(request.get("timestamp_start"));
        let answered_ns = nanos(response.get("timestamp_start")).max(opened_ns);
        let is_http2 = request.get("http_version").bytes().starts_with(b"HTTP/2");
        let heads = [fields(request), fields(response)];
        let status =
            response.get("status_code").int().and_then(|status| u16::try_from(status).ok());
        let path = request.get("path").text();
        let start = match is_http2 {
            true => Start::Http2(Box::new(Handshake {
                request: Some(Head::of_fields(
                    format!("{} {path} HTTP/2", request.get("method").text()),
                    heads[0].clone(),
                    None,
                    opened_ns,
                )),
                response: status.map(|status| {
                    let line = format!("HTTP/2 {status}");
                    Head::of_fields(line, heads[1].clone(), Some(status), answered_ns)
                }),
                accepted: false,
            })),
            false => Start::Handshake,
        };
        let client = flow.get("client_conn");
        let server = flow.get("server_conn");
        let conn = capture.open(ConnectionInit {
            start,
            client: address(client.get("peername")).or_else(|| address(client.get("address"))),
            server: address(server.get("peername")).or_else(|| address(server.get("ip_address"))),
            url: Some(url(request)),
            source: Source::Messages,
            clock: Clock::Unix,
            perspective: Some(Role::Client),
            opened_ns,
        });
        let Some(conn) = conn else { return };
        if !is_http2 {
            let [request_fields, response_fields] = heads;
            let line = format!("{} {path} HTTP/1.1", request.get("method").text());
            let head = synth::head(&line.replace(['\r', '\n'], " "), request_fields);
            capture.push(conn, Direction::ToServer, head.as_bytes(), opened_ns);
            let reason = response.get("reason").text().replace(['\r', '\n'], " ");
            let line = format!("HTTP/1.1 {} {reason}", status.unwrap_or(101));
            let head = synth::head(&line, response_fields);
            capture.push(conn, Direction::ToClient, head.as_bytes(), answered_ns);
        }
        self.messages(capture, conn, websocket, answered_ns);
    }

    fn messages(
        &mut self,
        capture: &mut Capture,
        conn: ConnId,
        websocket: Value<'_>,
        mut time_ns: u64,
    ) {
        let way = |from_client| if from_client { Direction::ToServer } else { Direction::ToClient };
        for message in websocket.get("messages").values() {
            if capture.is_full() {
                break;
            }
            // Type, from the client, content, time, and whether it was dropped.
            let parts: Vec<_> = message.values().take(5).collect();
            let Some((&[kind, from_client, content, time], rest)) = parts.split_first_chunk()
            else {
                self.broken += 1;
                continue;
            };
            let dropped = rest.first().is_some_and(|one| one.is_true());
            if dropped {
                continue;
            }
            let opcode = match kind.int() {
                Some(1) => Opcode::Text,
                _ => Opcode::Binary,
            };
            time_ns = nanos(time).max(time_ns);
            let direction = way(from_client.is_true());
            synth::push_message(capture, conn, direction, opcode, content.bytes(), time_ns);
        }
        let code = websocket.get("close_code").int().and_then(|code| u16::try_from(code).ok());
        // 1005 and 1006 say that there was no code, or no close frame (RFC 6455 §7.4.1).
        if let Some(code) = code.filter(|&code| code != 1006) {
            time_ns = nanos(websocket.get("timestamp_end")).max(time_ns);
            let by_client = websocket.get("closed_by_client").is_true();
            let mut payload = Vec::new();
            if code != 1005 {
                payload.extend_from_slice(&code.to_be_bytes());
                payload.extend_from_slice(websocket.get("close_reason").bytes());
                payload.truncate(125);
            }
            synth::push_message(capture, conn, way(by_client), Opcode::Close, &payload, time_ns);
        }
        for direction in Direction::BOTH {
            capture.end(conn, direction, End::CaptureEnded, time_ns);
        }
    }
}

/// Seconds as a float, to the microsecond.
fn nanos(seconds: Value<'_>) -> u64 {
    let micros = (seconds.float().unwrap_or(0.0).max(0.0) * 1e6).round() as u64;
    micros.saturating_mul(1000)
}

fn fields(message: Value<'_>) -> Vec<(String, String)> {
    let pair = |field: Value<'_>| {
        let mut parts = field.values();
        Some((parts.next()?.text(), parts.next()?.text()))
    };
    message.get("headers").values().take(MAX_FIELDS).filter_map(pair).collect()
}

/// A host's address and its port.
fn address(pair: Value<'_>) -> Option<SocketAddr> {
    let mut parts = pair.values();
    let host: IpAddr = parts.next()?.text().parse().ok()?;
    let port = u16::try_from(parts.next()?.int()?).ok()?;
    Some(SocketAddr::new(host, port))
}

fn url(request: Value<'_>) -> String {
    let (scheme, default) = match request.get("scheme").bytes() {
        b"https" => ("wss", 443),
        _ => ("ws", 80),
    };
    let port = request.get("port").int().filter(|&port| port != default);
    let port = port.map_or(String::new(), |port| format!(":{port}"));
    // With a transparent proxy the host is only an address.
    let authority = request.get("authority").text();
    let host = match authority.as_str() {
        "" => format!("{}{port}", request.get("host").text()),
        authority => authority.to_owned(),
    };
    format!("{scheme}://{host}{}", request.get("path").text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_taken_up_to_a_number() {
        let net = |content: &str, kind: char| format!("{}:{content}{kind}", content.len());
        let field = net(&(net("name", ',') + &net("value", ',')), ']');
        let message = net(&(net("headers", ';') + &net(&field.repeat(3000), ']')), '}');
        let (message, _) = parse(message.as_bytes()).expect("it is one");
        assert_eq!(fields(message).len(), MAX_FIELDS);
    }

    #[test]
    fn times_of_the_far_future_are_the_last_there_is() {
        assert_eq!(nanos(parse(b"4:1e30^").expect("it is one").0), u64::MAX);
        assert_eq!(nanos(parse(b"3:1.5^").expect("it is one").0), 1_500_000_000);
    }
}
