//! Our own hex export: what each remark says comes next, of which connection and direction.

use std::collections::BTreeMap;

use super::text::{parse_hex, starts_like_http};
use crate::{Capture, ConnId, ConnectionInit, Direction, End, Negotiated, Start};

/// What a remark announces.
#[derive(Clone, Copy)]
enum Remark {
    Bytes { conn: u32, direction: Direction },
    Missing(u64),
}

/// Whether text is such an export.
pub(in crate::import) fn is_export(text: &str) -> bool {
    let first = text.lines().next().unwrap_or("");
    matches!(parse(first), Some(Remark::Bytes { .. }))
}

/// `# frame 3, connection 0, to the server: …`, `# connection 0, to the client: no frame`,
/// `# 12 bytes are missing`.
fn parse(line: &str) -> Option<Remark> {
    let line = line.strip_prefix("# ")?;
    if let Some(count) = line.strip_suffix(" bytes are missing") {
        return Some(Remark::Missing(count.parse().ok()?));
    }
    let (_, conn) = line.split_once("connection ")?;
    let (conn, rest) = conn.split_once(", to the ")?;
    let direction = match rest.split(':').next()? {
        "server" => Direction::ToServer,
        "client" => Direction::ToClient,
        _ => return None,
    };
    Some(Remark::Bytes { conn: conn.parse().ok()?, direction })
}

/// The connections read so far, by the numbers that the export gave them.
struct HexReader<'c> {
    capture: &'c mut Capture,
    conns: BTreeMap<u32, ConnId>,
    at: Option<(u32, Direction)>,
    digits: String,
    broken: u64,
}

pub(in crate::import) fn read(text: &str, capture: &mut Capture, notes: &mut Vec<String>) {
    let mut reader =
        HexReader { capture, conns: BTreeMap::new(), at: None, digits: String::new(), broken: 0 };
    for line in text.lines() {
        if !line.starts_with('#') {
            reader.digits.push_str(line);
            reader.digits.push('\n');
            continue;
        }
        reader.flush();
        if reader.capture.is_full() {
            break;
        }
        match parse(line) {
            Some(Remark::Bytes { conn, direction }) => reader.at = Some((conn, direction)),
            Some(Remark::Missing(len)) => {
                if let Some((conn, direction)) = reader.here(&[]) {
                    reader.capture.gap(conn, direction, len, 0);
                }
            }
            None => {}
        }
    }
    reader.flush();
    let HexReader { capture, conns, broken, .. } = reader;
    for &conn in conns.values() {
        for direction in Direction::BOTH {
            capture.end(conn, direction, End::CaptureEnded, 0);
        }
    }
    notes.push(format!("written by Framewright, {} connections, without times", conns.len()));
    if broken > 0 {
        notes.push(format!("{broken} parts are no hex digits and were skipped"));
    }
}

impl HexReader<'_> {
    /// Where bytes belong, the connection being opened by the first of them.
    fn here(&mut self, bytes: &[u8]) -> Option<(ConnId, Direction)> {
        let (number, direction) = self.at?;
        if let Some(&conn) = self.conns.get(&number) {
            return Some((conn, direction));
        }
        let is_compressed = bytes.first().is_some_and(|first| first & 0x40 != 0);
        let start = match bytes {
            _ if starts_like_http(bytes) => Start::Handshake,
            _ if is_compressed => Start::MidStream,
            _ => Start::Frames(Negotiated::default()),
        };
        let conn = self.capture.open(ConnectionInit { start, ..ConnectionInit::default() })?;
        self.conns.insert(number, conn);
        Some((conn, direction))
    }

    fn flush(&mut self) {
        let digits = std::mem::take(&mut self.digits);
        if digits.trim().is_empty() {
            return;
        }
        // Nobody pastes just two digits, but a part may be that short.
        let bytes = parse_hex(&digits).or_else(|| {
            let byte = u8::from_str_radix(digits.trim(), 16).ok()?;
            Some(vec![byte])
        });
        let Some(bytes) = bytes else {
            self.broken += 1;
            return;
        };
        if let Some((conn, direction)) = self.here(&bytes) {
            self.capture.push(conn, direction, &bytes, 0);
        }
    }
}
