//! From a captured packet to its TCP segment.

use std::net::{IpAddr, SocketAddr};

use etherparse::{EtherType, LaxNetSlice, LaxSlicedPacket, TransportSlice};

/// A TCP segment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment<'a> {
    pub(super) source: SocketAddr,
    pub(super) target: SocketAddr,
    pub(super) sequence: u32,
    pub(super) acknowledged: Option<u32>,
    pub(super) syn: bool,
    pub(super) fin: bool,
    pub(super) rst: bool,
    pub(super) payload: &'a [u8],
    /// Octets of the payload that the recorder cut off.
    pub(super) cut_len: u64,
}

/// What a packet holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Packet<'a> {
    Tcp(Segment<'a>),
    /// Something else than TCP, or too little of it.
    Other,
    /// A piece of an IP packet.
    Fragment,
    /// A link type that isn't known.
    UnknownLink,
}

/// Takes a packet of a link type apart (tcpdump.org's registry).
pub(super) fn slice(link_type: u32, packet: &[u8]) -> Packet<'_> {
    let ether_type = |at: usize, header_len: usize| {
        let ether_type = EtherType(u16::from_be_bytes(*packet.get(at..)?.first_chunk()?));
        Some(LaxSlicedPacket::from_ether_type(ether_type, packet.get(header_len..)?))
    };
    let ip = |header_len: usize| LaxSlicedPacket::from_ip(packet.get(header_len..)?).ok();
    let sliced = match link_type {
        // BSD loopback: an address family in the recorder's byte order, which IP's own version makes needless.
        0 | 108 => ip(4),
        1 => LaxSlicedPacket::from_ethernet(packet).ok(),
        // Raw IP; 12 and 14 are what some systems wrote for it.
        12 | 14 | 101 | 228 | 229 => ip(0),
        // Linux cooked, versions 1 and 2.
        113 => ether_type(14, 16),
        276 => ether_type(0, 20),
        _ => return Packet::UnknownLink,
    };
    match sliced {
        Some(sliced) => segment(packet, &sliced),
        None => Packet::Other,
    }
}

fn segment<'a>(packet: &'a [u8], sliced: &LaxSlicedPacket<'a>) -> Packet<'a> {
    let Some(net) = &sliced.net else { return Packet::Other };
    if net.ip_payload_ref().is_some_and(|payload| payload.fragmented) {
        return Packet::Fragment;
    }
    let (source, target, ip, ip_len): (IpAddr, IpAddr, &[u8], usize) = match net {
        LaxNetSlice::Ipv4(ipv4) => {
            let header = ipv4.header();
            let addresses = (header.source_addr().into(), header.destination_addr().into());
            (addresses.0, addresses.1, header.slice(), header.total_len().into())
        }
        LaxNetSlice::Ipv6(ipv6) => {
            let header = ipv6.header();
            let addresses = (header.source_addr().into(), header.destination_addr().into());
            let len = header.slice().len() + usize::from(header.payload_length());
            (addresses.0, addresses.1, header.slice(), len)
        }
        _ => return Packet::Other,
    };
    let Some(TransportSlice::Tcp(tcp)) = &sliced.transport else { return Packet::Other };
    // The IP header says where the packet ends; what goes beyond the captured octets was cut off.
    let ip_start = ip.as_ptr() as usize - packet.as_ptr() as usize;
    Packet::Tcp(Segment {
        source: SocketAddr::new(source, tcp.source_port()),
        target: SocketAddr::new(target, tcp.destination_port()),
        sequence: tcp.sequence_number(),
        acknowledged: tcp.ack().then(|| tcp.acknowledgment_number()),
        syn: tcp.syn(),
        fin: tcp.fin(),
        rst: tcp.rst(),
        payload: tcp.payload(),
        cut_len: (ip_start + ip_len).saturating_sub(packet.len()) as u64,
    })
}
