//! Packet captures for Wireshark, from a capture that is in memory as a whole.
//!
//! `framewright proxy --save` writes the same format without this crate (npm/framewright/lib/cli/proxy/recording.js): it
//! keeps nothing of what it has written, and works where the inspector isn't installed.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};

use super::Writer;
use super::packet::{MAX_SEGMENT_LEN, TcpFlags, push_packet};
use super::replay::{Event, Replay};
use crate::session::handshake::START_FIELD;
use crate::store::bytes::Run;
use crate::{Capture, ConnId, Connection, Direction, End, Source, Start};

/// Raw IP, version 4 or 6 (tcpdump.org's registry).
const LINKTYPE_RAW: u16 = 101;
/// The option that says what a time's unit is, and ten to its negative power: nanoseconds.
const IF_TSRESOL: u16 = 9;
const NANOSECONDS: u8 = 9;

/// A connection's TCP state.
#[derive(Clone, Debug)]
struct Tcp {
    /// The addresses of client and server.
    addresses: [SocketAddr; 2],
    /// The next sequence number of client and server.
    next: [u32; 2],
    time_ns: u64,
    /// How far each direction is left out, because other heads stand in its place.
    left_out: [u64; 2],
}

#[derive(Debug)]
pub(super) struct PcapngWriter {
    replay: Replay,
    started: bool,
    connections: Vec<Option<Tcp>>,
    /// The addresses in use: nothing else in a file tells connections apart.
    taken: BTreeSet<[SocketAddr; 2]>,
    packet: Vec<u8>,
}

impl PcapngWriter {
    pub(super) fn new(wanted: Option<Vec<ConnId>>) -> Self {
        Self {
            replay: Replay::new(wanted),
            started: false,
            connections: Vec::new(),
            taken: BTreeSet::new(),
            packet: Vec::new(),
        }
    }
}

impl Writer for PcapngWriter {
    fn write(&mut self, capture: &Capture, out: &mut Vec<u8>) -> bool {
        if !self.started {
            self.started = true;
            push_file_start(out);
            return true;
        }
        match self.replay.next(capture) {
            None => return false,
            Some(Event::Open(id)) => {
                if let Some(conn) = capture.connection(id) {
                    self.open(out, id, conn);
                }
            }
            Some(Event::Bytes { conn, direction, mut range, time_ns, .. }) => {
                if let Some(Some(tcp)) = self.connections.get(conn.index()) {
                    let start = range.start.max(tcp.left_out[direction.index()]);
                    range.start = start.min(range.end);
                }
                for run in capture.runs(conn, direction, range).into_iter().flatten() {
                    match run {
                        Run::Present(bytes) => self.data(out, conn, direction, bytes, time_ns),
                        // Bytes that are in no packet.
                        Run::Missing(len) => {
                            if let Some(Some(tcp)) = self.connections.get_mut(conn.index()) {
                                let next = &mut tcp.next[direction.index()];
                                *next = next.wrapping_add(len as u32);
                            }
                        }
                    }
                }
            }
            Some(Event::End { conn, direction, end, time_ns }) => {
                let flags = match end {
                    End::Finished => TcpFlags { fin: true, ack: true, ..TcpFlags::default() },
                    End::Reset => TcpFlags { rst: true, ack: true, ..TcpFlags::default() },
                    End::CaptureEnded => return true,
                };
                self.segment(out, conn, direction, flags, &[], time_ns);
            }
        }
        true
    }
}

impl PcapngWriter {
    /// The TCP handshake, and one of WebSocket's where none was captured.
    fn open(&mut self, out: &mut Vec<u8>, id: ConnId, conn: &Connection) {
        let time_ns = match conn.init.opened_ns {
            0 => conn.first_ns.unwrap_or(0),
            opened_ns => opened_ns.min(conn.first_ns.unwrap_or(opened_ns)),
        };
        self.connections.resize(self.connections.len().max(id.index() + 1), None);
        // Any initial sequence numbers will do, if they are the same each time.
        let mut addresses = addresses(id, conn);
        if !self.taken.insert(addresses) {
            // The same ports as an earlier connection: this one gets a made-up client.
            addresses[0] = made_up_client(id);
            self.taken.insert(addresses);
        }
        self.connections[id.index()] =
            Some(Tcp { addresses, next: [0, 0], time_ns, left_out: [0; 2] });
        let syn = TcpFlags { syn: true, ..TcpFlags::default() };
        let syn_ack = TcpFlags { ack: true, ..syn };
        let ack = TcpFlags { ack: true, ..TcpFlags::default() };
        self.segment(out, id, Direction::ToServer, syn, &[], time_ns);
        self.segment(out, id, Direction::ToClient, syn_ack, &[], time_ns);
        self.segment(out, id, Direction::ToServer, ack, &[], time_ns);
        if conn.init.start != Start::Handshake || !is_handshake(conn) {
            if let Some(Some(tcp)) = self.connections.get_mut(id.index()) {
                tcp.left_out = heads_end(conn);
            }
            let [request, response] = stand_in(conn);
            self.data(out, id, Direction::ToServer, request.as_bytes(), time_ns);
            self.data(out, id, Direction::ToClient, response.as_bytes(), time_ns);
        }
    }

    fn data(
        &mut self,
        out: &mut Vec<u8>,
        conn: ConnId,
        direction: Direction,
        bytes: &[u8],
        time_ns: u64,
    ) {
        let ack = TcpFlags { ack: true, ..TcpFlags::default() };
        for part in bytes.chunks(MAX_SEGMENT_LEN) {
            self.segment(out, conn, direction, ack, part, time_ns);
        }
    }

    fn segment(
        &mut self,
        out: &mut Vec<u8>,
        conn: ConnId,
        direction: Direction,
        flags: TcpFlags,
        payload: &[u8],
        time_ns: u64,
    ) {
        let Some(Some(tcp)) = self.connections.get_mut(conn.index()) else { return };
        // Times must not go back within a connection, or TCP analysis reports false problems.
        tcp.time_ns = tcp.time_ns.max(time_ns);
        let (from, to) = (direction.index(), direction.reverse().index());
        let (sequence, acknowledged) = (tcp.next[from], if flags.ack { tcp.next[to] } else { 0 });
        self.packet.clear();
        push_packet(
            &mut self.packet,
            tcp.addresses[from],
            tcp.addresses[to],
            sequence,
            acknowledged,
            flags,
            payload,
        );
        let taken = payload.len() as u32 + u32::from(flags.syn) + u32::from(flags.fin);
        tcp.next[from] = sequence.wrapping_add(taken);
        push_packet_block(out, tcp.time_ns, &self.packet);
    }
}

/// The addresses of client and server; made up where they aren't known.
fn addresses(id: ConnId, conn: &Connection) -> [SocketAddr; 2] {
    let server = conn.init.server.unwrap_or(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 80));
    // What is exported isn't encrypted: on port 443 nobody would look for HTTP.
    let secure = conn.url().is_some_and(|url| url.starts_with("wss:"));
    let port = if secure && server.port() == 443 { 80 } else { server.port() };
    [conn.init.client.unwrap_or(made_up_client(id)), SocketAddr::new(server.ip(), port)]
}

fn made_up_client(id: ConnId) -> SocketAddr {
    const FIRST_PORT: u32 = 49_152;
    const PORTS: u32 = 65_536 - FIRST_PORT;
    // When ports run out, the next loopback address has as many.
    let address = Ipv4Addr::from(u32::from(Ipv4Addr::LOCALHOST) + id.0 / PORTS);
    SocketAddr::new(address.into(), (FIRST_PORT + id.0 % PORTS) as u16)
}

/// A handshake in place of one that wasn't captured. The importer recognises it by its extra field.
fn stand_in(conn: &Connection) -> [String; 2] {
    let mut extra = String::new();
    let deflate = match &conn.init.start {
        Start::MidStream => {
            conn.lanes.iter().any(|lane| lane.compressed_messages > 0).then(String::new)
        }
        Start::Frames(negotiated) => negotiated.permessage_deflate.map(|params| params.to_string()),
        Start::Handshake | Start::Http2(_) => {
            conn.negotiated.permessage_deflate.map(|params| params.to_string())
        }
    };
    if let Some(deflate) = deflate {
        let deflate = if deflate.is_empty() { "permessage-deflate".to_owned() } else { deflate };
        extra += &format!("Sec-WebSocket-Extensions: {deflate}\r\n");
    }
    if let Some(subprotocol) = &conn.negotiated.subprotocol {
        extra += &format!("Sec-WebSocket-Protocol: {subprotocol}\r\n");
    }
    let start = if conn.init.start == Start::MidStream { "mid-stream" } else { "frames" };
    let (host, target) = host_and_target(conn);
    // The key and answer of RFC 6455 §1.3.
    let request = format!(
        "GET {target} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{extra}\
         {START_FIELD}: {start}\r\n\r\n"
    );
    let response = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n{extra}{START_FIELD}: {start}\r\n\r\n"
    );
    [request, response]
}

/// The host and target in the URL, if it is known and they can stand in a head.
fn host_and_target(conn: &Connection) -> (String, String) {
    let url = conn.url().unwrap_or_default();
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let (host, target) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let fits = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_graphic());
    let target = target.split('#').next().unwrap_or("");
    let host = if fits(host) { host } else { "not.captured" };
    match target {
        _ if !fits(target) => (host.to_owned(), "/".to_owned()),
        _ if target.starts_with('/') => (host.to_owned(), target.to_owned()),
        _ => (host.to_owned(), format!("/{target}")),
    }
}

/// Whether a reader would recognise a WebSocket by the heads. Recorders of messages may leave out any
/// field. A refused handshake, or one captured as it was on the wire, stays as it is.
fn is_handshake(conn: &Connection) -> bool {
    let Some(handshake) = conn.handshake.as_ref().filter(|handshake| handshake.accepted) else {
        return true;
    };
    if conn.init.source == Source::Wire {
        return true;
    }
    let (Some(request), Some(response)) = (&handshake.request, &handshake.response) else {
        return false;
    };
    request.is_upgrade()
        && response.is_upgrade()
        && request.header("sec-websocket-key").is_some()
        && response.header("sec-websocket-accept").is_some()
}

/// Where the heads end in both directions.
fn heads_end(conn: &Connection) -> [u64; 2] {
    let end = |direction| {
        let head = conn.handshake.as_ref().and_then(|handshake| handshake.head(direction));
        head.map_or(0, |head| head.offset + head.len)
    };
    Direction::BOTH.map(end)
}

fn push_file_start(out: &mut Vec<u8>) {
    push_block(out, 0x0a0d_0d0a, |out| {
        out.extend_from_slice(&0x1a2b_3c4d_u32.to_le_bytes());
        out.extend_from_slice(&[1, 0, 0, 0]);
        // The section's length isn't known.
        out.extend_from_slice(&u64::MAX.to_le_bytes());
    });
    push_block(out, 1, |out| {
        out.extend_from_slice(&LINKTYPE_RAW.to_le_bytes());
        out.extend_from_slice(&[0; 2]);
        // No limit to a packet's length.
        out.extend_from_slice(&0_u32.to_le_bytes());
        out.extend_from_slice(&IF_TSRESOL.to_le_bytes());
        out.extend_from_slice(&1_u16.to_le_bytes());
        out.extend_from_slice(&[NANOSECONDS, 0, 0, 0]);
        out.extend_from_slice(&[0; 4]);
    });
}

fn push_packet_block(out: &mut Vec<u8>, time_ns: u64, packet: &[u8]) {
    push_block(out, 6, |out| {
        let len = (packet.len() as u32).to_le_bytes();
        out.extend_from_slice(&0_u32.to_le_bytes());
        out.extend_from_slice(&((time_ns >> 32) as u32).to_le_bytes());
        out.extend_from_slice(&(time_ns as u32).to_le_bytes());
        out.extend_from_slice(&len);
        out.extend_from_slice(&len);
        out.extend_from_slice(packet);
    });
}

/// Appends a block, its body padded to whole words, with its length before and after.
fn push_block(out: &mut Vec<u8>, kind: u32, body: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&kind.to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    body(out);
    let len = (out.len() - start).next_multiple_of(4) + 4;
    out.resize(start + len - 4, 0);
    let len = (len as u32).to_le_bytes();
    out.extend_from_slice(&len);
    out[start + 4..start + 8].copy_from_slice(&len);
}
