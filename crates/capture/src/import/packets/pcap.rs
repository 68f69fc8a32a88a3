//! Packet captures of libpcap, and what all packet captures have in common.

use std::borrow::Cow;
use std::collections::BTreeMap;

use pcap_parser::pcap::{PcapHeader, parse_pcap_frame, parse_pcap_frame_be, parse_pcap_header};

use super::packet::{self, Fragment, Fragments, Packet, Sliced};
use super::tcp::Tcp;
use crate::Capture;
use crate::import::stream::tls::KeyLog;
use crate::import::{Format, ImportError, Records, Unread};

/// The most packets that were in fragments, within each other.
const MAX_DEPTH: u8 = 4;
/// The most kinds of packets that are named.
const MAX_NAMED: usize = 64;

/// The longest packet record in bytes that is believed.
pub(in crate::import) const MAX_RECORD_LEN: usize = 64 << 20;

/// What is made of packets, for every file format.
#[derive(Debug, Default)]
pub(in crate::import) struct Packets {
    tcp: Tcp,
    count: u64,
    cut: u64,
    fragments: Fragments,
    /// How many packets came in which tunnels.
    tunnels: BTreeMap<&'static str, u64>,
    /// What isn't TCP, by name.
    others: BTreeMap<Cow<'static, str>, u64>,
    /// Blocks that can't be read.
    pub(in crate::import) broken_blocks: u64,
    /// What could not be read, in the end.
    pub(in crate::import) unread: Unread,
}

impl Packets {
    /// The secrets of encrypted connections.
    pub(in crate::import) fn keys(&self) -> &KeyLog {
        &self.tcp.keys
    }

    pub(in crate::import) fn set_keys(&mut self, keys: KeyLog) {
        self.tcp.keys = keys;
    }

    pub(in crate::import) fn push(
        &mut self,
        capture: &mut Capture,
        link_type: u32,
        packet: &[u8],
        original_len: u32,
        time_ns: u64,
    ) {
        self.count += 1;
        self.cut += u64::from(packet.len() < original_len as usize);
        self.take(capture, packet::slice(link_type, packet), time_ns, 0);
    }

    fn take(&mut self, capture: &mut Capture, sliced: Sliced<'_>, time_ns: u64, depth: u8) {
        for tunnel in sliced.tunnels {
            *self.tunnels.entry(tunnel).or_default() += 1;
        }
        match sliced.packet {
            Packet::Tcp(segment) => self.tcp.push(capture, &segment, time_ns),
            Packet::Other(name)
                if self.others.len() < MAX_NAMED || self.others.contains_key(&name) =>
            {
                *self.others.entry(name).or_default() += 1;
            }
            Packet::Other(_) => *self.others.entry("others".into()).or_default() += 1,
            Packet::Fragment(fragment) => {
                if let Some(payload) = self.fragments.push(&fragment).filter(|_| depth < MAX_DEPTH)
                {
                    let Fragment { addresses, protocol, .. } = fragment;
                    let sliced = packet::slice_payload(addresses, protocol, &payload);
                    self.take(capture, sliced, time_ns, depth + 1);
                }
            }
        }
    }

    /// `120 packets: 118 in VXLAN, 2 ARP`.
    fn note_packets(&self) -> String {
        let in_tunnels = self.tunnels.iter().map(|(name, count)| format!("{count} in {name}"));
        let mut others: Vec<_> = self.others.iter().collect();
        others.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let others = others.into_iter().map(|(name, count)| format!("{count} {name}"));
        let parts: Vec<_> = in_tunnels.chain(others).collect();
        match (self.count, &parts[..]) {
            (1, []) => "1 packet".to_owned(),
            (count, []) => format!("{count} packets"),
            (count, parts) => {
                let noun = if count == 1 { "packet" } else { "packets" };
                format!("{count} {noun}, of them {}", parts.join(", "))
            }
        }
    }

    pub(in crate::import) fn finish(&mut self, capture: &mut Capture, notes: &mut Vec<String>) {
        self.tcp.finish(capture);
        // Reported even if there are none, since that explains an empty view.
        notes.push(self.note_packets());
        let tally = self.tcp.tally();
        tally.note(notes);
        self.unread = tally.unread();
        let mut note = |count: u64, text: &str| {
            if count > 0 {
                notes.push(format!("{count} {text}"));
            }
        };
        note(
            self.tcp.ignored,
            "packets are of TCP connections that there was no place for: split the file",
        );
        note(self.cut, "packets were cut short by the recorder");
        note(self.fragments.open_count(), "IP packets lack fragments");
        note(self.broken_blocks, "blocks can't be read and were skipped");
    }
}

/// Reads the classic format.
#[derive(Debug, Default)]
pub(in crate::import) struct PcapReader {
    header: Option<PcapHeader>,
    buffer: Vec<u8>,
    /// Where `buffer` starts in the file.
    offset: u64,
    packets: Packets,
}

impl PcapReader {
    pub(in crate::import) fn new(keys: KeyLog) -> Self {
        let mut reader = Self::default();
        reader.packets.set_keys(keys);
        reader
    }
}

impl Records for PcapReader {
    fn push(&mut self, capture: &mut Capture, bytes: &[u8]) -> Result<(), ImportError> {
        self.buffer.extend_from_slice(bytes);
        let mut at = 0;
        let result = loop {
            match self.record(capture, at) {
                Ok(Some(len)) => at += len,
                Ok(None) => break Ok(()),
                Err(what) => {
                    let offset = self.offset + at as u64;
                    break Err(ImportError::Malformed { format: Format::Pcap, offset, what });
                }
            }
        };
        self.buffer.drain(..at);
        self.offset += at as u64;
        result
    }

    fn finish(&mut self, capture: &mut Capture, notes: &mut Vec<String>) {
        self.packets.finish(capture, notes);
        if !self.buffer.is_empty() {
            notes.push(format!("the file ends inside a record, at byte {}", self.offset));
        }
    }

    fn unread(&self) -> Unread {
        self.packets.unread.clone()
    }
}

impl PcapReader {
    /// Reads the record at `at` of the buffer and returns its length, or `None` where it isn't complete.
    fn record(&mut self, capture: &mut Capture, at: usize) -> Result<Option<usize>, String> {
        let rest = &self.buffer[at..];
        let Some(header) = &self.header else {
            return match parse_pcap_header(rest) {
                Ok((_, header)) => {
                    let len = header.size();
                    self.header = Some(header);
                    Ok(Some(len))
                }
                Err(pcap_parser::nom::Err::Incomplete(_)) => Ok(None),
                Err(_) => Err("this is no file header".to_owned()),
            };
        };
        let parse = if header.is_bigendian() { parse_pcap_frame_be } else { parse_pcap_frame };
        let packet = match parse(rest) {
            Ok((_, packet)) => packet,
            Err(pcap_parser::nom::Err::Incomplete(_)) => {
                let captured_len = rest.get(8..12).and_then(|bytes| bytes.first_chunk().copied());
                let captured_len = captured_len.map_or(0, |bytes| match header.is_bigendian() {
                    true => u32::from_be_bytes(bytes),
                    false => u32::from_le_bytes(bytes),
                });
                if captured_len as usize > MAX_RECORD_LEN {
                    return Err(format!("a packet of {captured_len} bytes"));
                }
                return Ok(None);
            }
            Err(_) => return Err("this is no packet record".to_owned()),
        };
        let fraction = u64::from(packet.ts_usec);
        let fraction_ns = if header.is_nanosecond_precision() { fraction } else { fraction * 1000 };
        let time_ns = u64::from(packet.ts_sec) * 1_000_000_000 + fraction_ns;
        // The upper bits say how frame checks are recorded.
        let link_type = header.network.0.cast_unsigned() & 0xffff;
        self.packets.push(capture, link_type, packet.data, packet.origlen, time_ns);
        Ok(Some(16 + packet.data.len()))
    }
}
