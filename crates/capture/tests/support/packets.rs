//! Packets of a session, as a recorder would have seen them.

use std::net::SocketAddr;

use framewright_capture::Direction;

use super::session::Session;

#[derive(Clone, Debug)]
pub struct Packet {
    pub direction: Direction,
    pub sequence: u32,
    pub acknowledged: u32,
    pub syn: bool,
    pub fin: bool,
    pub rst: bool,
    pub payload: Vec<u8>,
    pub time_ns: u64,
}

/// The packets of a whole TCP connection, in order.
pub fn packets(session: &Session, first: [u32; 2], max_segment_len: usize) -> Vec<Packet> {
    let mut next = first;
    let mut packets = Vec::new();
    let mut push =
        |next: &mut [u32; 2], direction: Direction, syn, fin, payload: &[u8], time_ns| {
            let side = direction as usize;
            packets.push(Packet {
                direction,
                sequence: next[side],
                acknowledged: next[1 - side],
                syn,
                fin,
                rst: false,
                payload: payload.to_vec(),
                time_ns,
            });
            next[side] = next[side].wrapping_add(payload.len() as u32 + u32::from(syn || fin));
        };
    let start_ns = session.chunks[0].time_ns;
    push(&mut next, Direction::ToServer, true, false, &[], start_ns);
    push(&mut next, Direction::ToClient, true, false, &[], start_ns);
    push(&mut next, Direction::ToServer, false, false, &[], start_ns);
    for chunk in &session.chunks {
        for part in chunk.bytes.chunks(max_segment_len) {
            push(&mut next, chunk.direction, false, false, part, chunk.time_ns);
        }
    }
    for direction in Direction::BOTH {
        push(&mut next, direction, false, true, &[], session.end_ns());
    }
    packets
}

/// A packet in a link layer's frame.
pub fn bytes(packet: &Packet, addresses: [SocketAddr; 2], link_type: u32) -> Vec<u8> {
    let (from, to) = (packet.direction as usize, 1 - packet.direction as usize);
    let ip = ip(packet, addresses[from], addresses[to]);
    let ether_type: [u8; 2] = if addresses[0].is_ipv4() { [0x08, 0x00] } else { [0x86, 0xdd] };
    let link: Vec<u8> = match link_type {
        0 => vec![if addresses[0].is_ipv4() { 2 } else { 30 }, 0, 0, 0],
        108 => vec![0, 0, 0, if addresses[0].is_ipv4() { 2 } else { 30 }],
        1 => [&[2; 6][..], &[4; 6], &ether_type].concat(),
        113 => [&[0, 0, 0, 1, 0, 6][..], &[2; 8], &ether_type].concat(),
        276 => [&ether_type[..], &[0, 0, 0, 0, 0, 1, 0, 1, 0, 6], &[2; 8]].concat(),
        101 | 228 | 229 => Vec::new(),
        _ => panic!("link type {link_type}"),
    };
    [link, ip].concat()
}

fn ip(packet: &Packet, from: SocketAddr, to: SocketAddr) -> Vec<u8> {
    let flags = u8::from(packet.fin)
        | u8::from(packet.syn) << 1
        | u8::from(packet.rst) << 2
        | if packet.syn && packet.direction == Direction::ToServer { 0 } else { 0x10 };
    let mut tcp = Vec::new();
    tcp.extend(from.port().to_be_bytes());
    tcp.extend(to.port().to_be_bytes());
    tcp.extend(packet.sequence.to_be_bytes());
    tcp.extend(packet.acknowledged.to_be_bytes());
    tcp.extend([5 << 4, flags, 0xff, 0xff, 0, 0, 0, 0]);
    tcp.extend(&packet.payload);
    let mut ip = Vec::new();
    match (from, to) {
        (SocketAddr::V4(from), SocketAddr::V4(to)) => {
            ip.extend([0x45, 0]);
            ip.extend((20 + tcp.len() as u16).to_be_bytes());
            ip.extend([0, 0, 0, 0, 64, 6, 0, 0]);
            ip.extend(from.ip().octets());
            ip.extend(to.ip().octets());
        }
        (SocketAddr::V6(from), SocketAddr::V6(to)) => {
            ip.extend([0x60, 0, 0, 0]);
            ip.extend((tcp.len() as u16).to_be_bytes());
            ip.extend([6, 64]);
            ip.extend(from.ip().octets());
            ip.extend(to.ip().octets());
        }
        _ => panic!("two address families"),
    }
    ip.extend(tcp);
    ip
}

/// How a classic file writes its numbers.
#[derive(Clone, Copy, Debug)]
pub struct PcapStyle {
    pub big_endian: bool,
    pub nanoseconds: bool,
}

pub fn pcap(
    packets: &[(u64, Vec<u8>)],
    link_type: u32,
    style: PcapStyle,
    snap_len: usize,
) -> Vec<u8> {
    let mut out = Vec::new();
    let n32 = |n: u32| if style.big_endian { n.to_be_bytes() } else { n.to_le_bytes() };
    let n16 = |n: u16| if style.big_endian { n.to_be_bytes() } else { n.to_le_bytes() };
    out.extend(n32(if style.nanoseconds { 0xa1b2_3c4d } else { 0xa1b2_c3d4 }));
    out.extend([n16(2), n16(4)].concat());
    out.extend([n32(0), n32(0), n32(snap_len as u32), n32(link_type)].concat());
    for (time_ns, packet) in packets {
        let fraction = time_ns % 1_000_000_000 / if style.nanoseconds { 1 } else { 1000 };
        let captured = &packet[..packet.len().min(snap_len)];
        out.extend(n32((time_ns / 1_000_000_000) as u32));
        out.extend(n32(fraction as u32));
        out.extend([n32(captured.len() as u32), n32(packet.len() as u32)].concat());
        out.extend(captured);
    }
    out
}

/// How a file of the next generation writes its numbers and times.
#[derive(Clone, Copy, Debug)]
pub struct PcapngStyle {
    pub big_endian: bool,
    /// `if_tsresol`.
    pub resolution: Option<u8>,
    /// `if_tsoffset`.
    pub offset_s: Option<i64>,
    pub block: PacketBlock,
}

/// The kinds of blocks that hold a packet.
#[derive(Clone, Copy, Debug)]
pub enum PacketBlock {
    Enhanced,
    /// Without a time.
    Simple,
    Obsolete,
}

pub fn pcapng(packets: &[(u64, Vec<u8>)], link_type: u32, style: PcapngStyle) -> Vec<u8> {
    let mut out = Vec::new();
    let n32 = |n: u32| if style.big_endian { n.to_be_bytes() } else { n.to_le_bytes() };
    let n16 = |n: u16| if style.big_endian { n.to_be_bytes() } else { n.to_le_bytes() };
    let n64 = |n: u64| if style.big_endian { n.to_be_bytes() } else { n.to_le_bytes() };
    let mut block = |kind: u32, body: Vec<u8>| {
        let padding = (4 - body.len() % 4) % 4;
        let len = (12 + body.len() + padding) as u32;
        out.extend([n32(kind), n32(len)].concat());
        out.extend(body);
        out.extend(vec![0; padding]);
        out.extend(n32(len));
    };
    block(0x0a0d_0d0a, [&n32(0x1a2b_3c4d)[..], &n16(1), &n16(0), &n64(u64::MAX)].concat());
    // A block that nobody knows, to be skipped.
    block(0x0bad_0bad, vec![1, 2, 3, 4, 5]);
    let mut interface = [&n16(link_type as u16)[..], &n16(0), &n32(0)].concat();
    let mut option = |code: u16, value: Vec<u8>| {
        interface.extend([n16(code), n16(value.len() as u16)].concat());
        interface.extend(&value);
        interface.extend(vec![0; (4 - value.len() % 4) % 4]);
    };
    if let Some(resolution) = style.resolution {
        option(9, vec![resolution]);
    }
    if let Some(offset_s) = style.offset_s {
        option(14, n64(offset_s as u64).to_vec());
    }
    if style.resolution.is_some() || style.offset_s.is_some() {
        option(0, Vec::new());
    }
    block(1, interface);
    let units: u128 = match style.resolution {
        None => 1_000_000,
        Some(binary @ 0x80..) => 1 << (binary & 0x7f),
        Some(decimal) => 10_u128.pow(decimal.into()),
    };
    for (time_ns, packet) in packets {
        let time_ns =
            time_ns.checked_add_signed(-style.offset_s.unwrap_or(0) * 1_000_000_000).unwrap();
        let time = (u128::from(time_ns) * units / 1_000_000_000) as u64;
        let len = packet.len() as u32;
        let time = [n32((time >> 32) as u32), n32(time as u32)].concat();
        let lens = [n32(len), n32(len)].concat();
        match style.block {
            PacketBlock::Simple => block(3, [&n32(len)[..], packet].concat()),
            PacketBlock::Enhanced => block(6, [&n32(0), &time[..], &lens, packet].concat()),
            PacketBlock::Obsolete => {
                // An unknown number of drops.
                let interface = [n16(0), n16(u16::MAX)].concat();
                block(2, [&interface[..], &time, &lens, packet].concat());
            }
        }
    }
    out
}
