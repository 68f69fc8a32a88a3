//! Packet captures of the next generation.

use pcap_parser::pcapng::{
    EnhancedPacketBlock, InterfaceDescriptionBlock, SimplePacketBlock,
    parse_enhancedpacketblock_be, parse_enhancedpacketblock_le, parse_interfacedescriptionblock_be,
    parse_interfacedescriptionblock_le, parse_simplepacketblock_be, parse_simplepacketblock_le,
};

use super::pcap::{MAX_RECORD_LEN, Packets};
use crate::Capture;
use crate::import::stream::tls::KeyLog;
use crate::import::{Format, ImportError, Records, Unread};

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE_DESCRIPTION: u32 = 1;
/// Obsolete: [`ENHANCED_PACKET`] took its place.
const PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const ENHANCED_PACKET: u32 = 6;
const DECRYPTION_SECRETS: u32 = 10;
/// Secrets in the form of `SSLKEYLOGFILE`.
const TLS_KEY_LOG: u32 = 0x544c_534b;

/// The most interfaces of a section that are known; the packets of later ones are skipped.
const MAX_INTERFACES: usize = 1 << 16;

/// An interface of the current section.
#[derive(Debug)]
struct Interface {
    link_type: u32,
    snap_len: u32,
    /// Units of its times in a second.
    resolution: u128,
    /// Seconds to add to its times.
    offset_s: i64,
}

/// Reads blocks.
#[derive(Debug, Default)]
pub(in crate::import) struct PcapngReader {
    buffer: Vec<u8>,
    /// Where `buffer` starts in the file.
    offset: u64,
    big_endian: bool,
    interfaces: Vec<Interface>,
    packets: Packets,
    last_ns: u64,
}

impl PcapngReader {
    pub(in crate::import) fn new(keys: KeyLog) -> Self {
        let mut reader = Self::default();
        reader.packets.set_keys(keys);
        reader
    }
}

impl Records for PcapngReader {
    fn push(&mut self, capture: &mut Capture, bytes: &[u8]) -> Result<(), ImportError> {
        self.buffer.extend_from_slice(bytes);
        let buffer = std::mem::take(&mut self.buffer);
        let mut at = 0;
        let result = loop {
            match self.block(capture, &buffer[at..]) {
                Ok(Some(len)) => at += len,
                Ok(None) => break Ok(()),
                Err(what) => {
                    let offset = self.offset + at as u64;
                    break Err(ImportError::Malformed { format: Format::Pcapng, offset, what });
                }
            }
        };
        self.buffer = buffer;
        self.buffer.drain(..at);
        self.offset += at as u64;
        result
    }

    fn finish(&mut self, capture: &mut Capture, notes: &mut Vec<String>) {
        self.packets.finish(capture, notes);
        if !self.buffer.is_empty() {
            notes.push(format!("the file ends inside a block, at byte {}", self.offset));
        }
    }

    fn unread(&self) -> Unread {
        self.packets.unread.clone()
    }
}

impl PcapngReader {
    /// Reads the block at the start of `bytes` and returns its length, or `None` where it isn't complete.
    fn block(&mut self, capture: &mut Capture, bytes: &[u8]) -> Result<Option<usize>, String> {
        let Some(&[kind, len]) = words(bytes) else { return Ok(None) };
        let mut big_endian = self.big_endian;
        if u32::from_be_bytes(kind) == SECTION_HEADER {
            // The same in both byte orders; the magic number after it tells which.
            let Some(magic) = bytes.get(8..12) else { return Ok(None) };
            big_endian = match magic {
                [0x1a, 0x2b, 0x3c, 0x4d] => true,
                [0x4d, 0x3c, 0x2b, 0x1a] => false,
                _ => return Err("a section header without its magic number".to_owned()),
            };
        }
        let number = |bytes| {
            if big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
        };
        let (kind, len) = (number(kind), number(len) as usize);
        if len < 12 || len % 4 != 0 || len > MAX_RECORD_LEN {
            return Err(format!("a block of {len} bytes"));
        }
        let Some(block) = bytes.get(..len) else { return Ok(None) };
        if block.last_chunk().is_none_or(|&last| number(last) as usize != len) {
            return Err("a block whose two lengths differ".to_owned());
        }
        self.big_endian = big_endian;
        let read = match kind {
            SECTION_HEADER => {
                self.interfaces.clear();
                Some(())
            }
            INTERFACE_DESCRIPTION => self.interface(block),
            ENHANCED_PACKET => self.enhanced_packet(capture, block),
            PACKET => self.obsolete_packet(capture, block),
            SIMPLE_PACKET => self.simple_packet(capture, block),
            DECRYPTION_SECRETS => self.secrets(block),
            // Other blocks hold no packets and are skipped.
            _ => Some(()),
        };
        self.packets.broken_blocks += u64::from(read.is_none());
        Ok(Some(len))
    }

    /// Type and length of the secrets, and the secrets; those of other protocols are of no use here.
    fn secrets(&mut self, block: &[u8]) -> Option<()> {
        let number = match self.big_endian {
            true => u32::from_be_bytes,
            false => u32::from_le_bytes,
        };
        let &[_, _, kind, len] = block.as_chunks::<4>().0.first_chunk()?;
        let secrets = block.get(16..)?.get(..number(len) as usize)?;
        if number(kind) == TLS_KEY_LOG {
            self.packets.keys().add(secrets);
        }
        Some(())
    }

    fn interface(&mut self, block: &[u8]) -> Option<()> {
        if self.interfaces.len() >= MAX_INTERFACES {
            return None;
        }
        let parse = if self.big_endian {
            parse_interfacedescriptionblock_be
        } else {
            parse_interfacedescriptionblock_le
        };
        let parsed: Option<InterfaceDescriptionBlock<'_>> =
            parse(block).ok().map(|(_, block)| block);
        // Even one that can't be read counts, or those after it would have the wrong number.
        self.interfaces.push(match &parsed {
            Some(block) => Interface {
                link_type: block.linktype.0.cast_unsigned() & 0xffff,
                snap_len: block.snaplen,
                resolution: resolution(block.if_tsresol),
                offset_s: block.ts_offset(),
            },
            None => {
                Interface { link_type: u32::MAX, snap_len: 0, resolution: 1_000_000, offset_s: 0 }
            }
        });
        parsed.map(|_| ())
    }

    fn enhanced_packet(&mut self, capture: &mut Capture, block: &[u8]) -> Option<()> {
        let parse = if self.big_endian {
            parse_enhancedpacketblock_be
        } else {
            parse_enhancedpacketblock_le
        };
        let block: EnhancedPacketBlock<'_> = parse(block).ok()?.1;
        let units = u64::from(block.ts_high) << 32 | u64::from(block.ts_low);
        let packet = block.data.get(..block.caplen as usize)?;
        self.packet(capture, block.if_id as usize, units, packet, block.origlen)
    }

    /// Like [`enhanced_packet`](Self::enhanced_packet), but for an interface of 16 bits, with a count of drops
    /// after it.
    fn obsolete_packet(&mut self, capture: &mut Capture, block: &[u8]) -> Option<()> {
        const HEAD_LEN: usize = 28;
        let &[_, _, interface, high, low, captured_len, original_len] =
            block.as_chunks::<4>().0.first_chunk()?;
        let [first, second, _, _] = interface;
        let (interface, number): (_, fn([u8; 4]) -> u32) = match self.big_endian {
            true => (u16::from_be_bytes([first, second]), u32::from_be_bytes),
            false => (u16::from_le_bytes([first, second]), u32::from_le_bytes),
        };
        let units = u64::from(number(high)) << 32 | u64::from(number(low));
        let data = block.get(HEAD_LEN..block.len().checked_sub(4)?)?;
        let packet = data.get(..number(captured_len) as usize)?;
        self.packet(capture, interface.into(), units, packet, number(original_len))
    }

    fn packet(
        &mut self,
        capture: &mut Capture,
        interface: usize,
        units: u64,
        packet: &[u8],
        original_len: u32,
    ) -> Option<()> {
        let interface = self.interfaces.get(interface)?;
        let time_ns = interface.time_ns(units);
        self.last_ns = time_ns;
        self.packets.push(capture, interface.link_type, packet, original_len, time_ns);
        Some(())
    }

    /// A packet of the first interface, without a time: that of the packet before it is taken.
    fn simple_packet(&mut self, capture: &mut Capture, block: &[u8]) -> Option<()> {
        let parse =
            if self.big_endian { parse_simplepacketblock_be } else { parse_simplepacketblock_le };
        let block: SimplePacketBlock<'_> = parse(block).ok()?.1;
        let interface = self.interfaces.first()?;
        let snap_len = if interface.snap_len == 0 { u32::MAX } else { interface.snap_len };
        let captured_len = block.origlen.min(snap_len) as usize;
        let packet = block.data.get(..captured_len.min(block.data.len()))?;
        self.packets.push(capture, interface.link_type, packet, block.origlen, self.last_ns);
        Some(())
    }
}

impl Interface {
    fn time_ns(&self, units: u64) -> u64 {
        let ns = match self.resolution {
            1_000_000_000 => units,
            1_000_000 => units.saturating_mul(1000),
            resolution => {
                let ns = u128::from(units) * 1_000_000_000 / resolution;
                u64::try_from(ns).unwrap_or(u64::MAX)
            }
        };
        let offset_ns = self.offset_s.saturating_mul(1_000_000_000);
        ns.saturating_add_signed(offset_ns)
    }
}

/// The units in a second that `if_tsresol` stands for: a power of ten, or of two if its top bit is set.
fn resolution(if_tsresol: u8) -> u128 {
    const BINARY: u8 = 0x80;
    let exponent = u32::from(if_tsresol & !BINARY);
    let base: u128 = if if_tsresol & BINARY == 0 { 10 } else { 2 };
    base.checked_pow(exponent).unwrap_or(u128::MAX)
}

/// The first two words of a block.
fn words(bytes: &[u8]) -> Option<&[[u8; 4]; 2]> {
    bytes.as_chunks().0.first_chunk()
}
