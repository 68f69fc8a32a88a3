//! From a captured packet to its TCP segment, through whatever it is wrapped in.

mod fragments;
mod link;
mod tunnel;

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use etherparse::{
    IpFragOffset, Ipv6ExtensionSlice, LaxNetSlice, LaxSlicedPacket, TcpSlice, UdpSlice,
};

pub(super) use fragments::Fragments;

/// How deep packets may be within each other.
const MAX_DEPTH: usize = 8;

const TCP: u8 = 6;
const UDP: u8 = 17;

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
    /// Bytes of the payload that the recorder cut off.
    pub(super) cut_len: u64,
}

/// A piece of an IP packet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fragment<'a> {
    pub(super) addresses: (IpAddr, IpAddr),
    pub(super) protocol: u8,
    pub(super) id: u32,
    pub(super) offset: IpFragOffset,
    pub(super) has_more: bool,
    pub(super) payload: &'a [u8],
}

/// What a packet holds.
#[derive(Clone, Debug)]
pub(super) enum Packet<'a> {
    Tcp(Segment<'a>),
    Fragment(Fragment<'a>),
    /// Something else, by name.
    Other(Cow<'static, str>),
}

/// A packet taken apart.
#[derive(Clone, Debug)]
pub(super) struct Sliced<'a> {
    pub(super) packet: Packet<'a>,
    /// What it came in, from the outermost on.
    pub(super) tunnels: Vec<&'static str>,
}

/// What the next layer is.
#[derive(Clone, Copy, Debug)]
enum Next<'a> {
    Ethernet(&'a [u8]),
    EtherType(u16, &'a [u8]),
    /// The protocol's number in PPP.
    Ppp(u16, &'a [u8]),
    Mpls(&'a [u8]),
    Ip(&'a [u8]),
    /// A value that isn't taken apart.
    Named(&'static str),
    /// The like, by a number.
    Numbered(&'static str, u32),
}

/// Takes a packet of a link type apart (tcpdump.org's registry).
pub(super) fn slice(link_type: u32, packet: &[u8]) -> Sliced<'_> {
    let mut slicer = Slicer { whole: packet, tunnels: Vec::new() };
    let packet = slicer.run(link::next(link_type, packet));
    Sliced { packet, tunnels: slicer.tunnels }
}

/// Takes the payload of an IP packet apart that was put together from fragments.
pub(super) fn slice_payload(
    addresses: (IpAddr, IpAddr),
    protocol: u8,
    payload: &[u8],
) -> Sliced<'_> {
    let mut slicer = Slicer { whole: payload, tunnels: Vec::new() };
    let packet = match slicer.transport(addresses, protocol, payload, payload.len()) {
        Ok(packet) => packet,
        Err(next) => slicer.run(next),
    };
    Sliced { packet, tunnels: slicer.tunnels }
}

struct Slicer<'a> {
    whole: &'a [u8],
    tunnels: Vec<&'static str>,
}

impl<'a> Slicer<'a> {
    fn run(&mut self, mut next: Next<'a>) -> Packet<'a> {
        for _ in 0..MAX_DEPTH {
            next = match next {
                Next::Ethernet(frame) => link::ethernet(frame),
                Next::EtherType(kind, payload) => self.ether_type(kind, payload),
                Next::Ppp(protocol, payload) => link::ppp_protocol(protocol, payload),
                Next::Mpls(labels) => {
                    self.tunnels.push("MPLS");
                    tunnel::mpls(labels)
                }
                Next::Ip(packet) => match self.ip(packet) {
                    Ok(packet) => return packet,
                    Err(next) => next,
                },
                Next::Named(name) => return Packet::Other(name.into()),
                Next::Numbered(what, number) => {
                    return Packet::Other(format!("{what} {number}").into());
                }
            };
        }
        Packet::Other("packets within packets, too deep".into())
    }

    fn ether_type(&mut self, kind: u16, payload: &'a [u8]) -> Next<'a> {
        match kind {
            0x8847 | 0x8848 => Next::Mpls(payload),
            0x8864 => {
                self.tunnels.push("PPPoE");
                link::pppoe(payload)
            }
            0x6558 => Next::Ethernet(payload),
            _ => link::ether_type(kind, payload),
        }
    }

    /// An IP packet's payload, or what is in it.
    fn ip(&mut self, packet: &'a [u8]) -> Result<Packet<'a>, Next<'a>> {
        let broken = Next::Named("packets that can't be read");
        let Ok(sliced) = LaxSlicedPacket::from_ip(packet) else { return Err(broken) };
        let Some(net) = &sliced.net else { return Err(broken) };
        let Some(payload) = net.ip_payload_ref() else { return Err(broken) };
        // What goes beyond the captured bytes was cut off.
        let (addresses, len): ((IpAddr, IpAddr), usize) = match net {
            LaxNetSlice::Ipv4(ipv4) => {
                let header = ipv4.header();
                let addresses = (header.source_addr().into(), header.destination_addr().into());
                (addresses, header.total_len().into())
            }
            LaxNetSlice::Ipv6(ipv6) => {
                let header = ipv6.header();
                let addresses = (header.source_addr().into(), header.destination_addr().into());
                (addresses, 40 + usize::from(header.payload_length()))
            }
            _ => return Err(broken),
        };
        let protocol = payload.ip_number.0;
        if payload.fragmented {
            let Some((id, offset, has_more)) = place_of_fragment(net) else { return Err(broken) };
            let payload = payload.payload;
            let fragment = Fragment { addresses, protocol, id, offset, has_more, payload };
            return Ok(Packet::Fragment(fragment));
        }
        let end = packet.as_ptr() as usize - self.whole.as_ptr() as usize + len;
        self.transport(addresses, protocol, payload.payload, end)
    }

    /// What an IP packet carries, which ends at `end` of the whole.
    fn transport(
        &mut self,
        (source, target): (IpAddr, IpAddr),
        protocol: u8,
        payload: &'a [u8],
        end: usize,
    ) -> Result<Packet<'a>, Next<'a>> {
        match protocol {
            TCP => {
                let Ok(tcp) = TcpSlice::from_slice(payload) else {
                    return Err(Next::Named("TCP cut short"));
                };
                Ok(Packet::Tcp(Segment {
                    source: SocketAddr::new(source, tcp.source_port()),
                    target: SocketAddr::new(target, tcp.destination_port()),
                    sequence: tcp.sequence_number(),
                    acknowledged: tcp.ack().then(|| tcp.acknowledgment_number()),
                    syn: tcp.syn(),
                    fin: tcp.fin(),
                    rst: tcp.rst(),
                    payload: tcp.payload(),
                    cut_len: end.saturating_sub(self.whole.len()) as u64,
                }))
            }
            UDP => {
                let Ok(udp) = UdpSlice::from_slice_lax(payload) else {
                    return Err(Next::Named("UDP cut short"));
                };
                Err(self.tunnel(tunnel::udp(
                    udp.source_port(),
                    udp.destination_port(),
                    udp.payload(),
                )))
            }
            _ => Err(self.tunnel(tunnel::ip(protocol, payload))),
        }
    }

    fn tunnel(&mut self, (name, next): (Option<&'static str>, Next<'a>)) -> Next<'a> {
        self.tunnels.extend(name);
        next
    }
}

/// The identification, offset and "more" of a packet that is known to be a fragment.
fn place_of_fragment(net: &LaxNetSlice<'_>) -> Option<(u32, IpFragOffset, bool)> {
    match net {
        LaxNetSlice::Ipv4(ipv4) => {
            let header = ipv4.header();
            let id = u32::from(header.identification());
            Some((id, header.fragments_offset(), header.more_fragments()))
        }
        // Only up to the header that makes it a fragment: what comes after may be cut off, and etherparse's iterator
        // would read it all the same, beyond the packet.
        LaxNetSlice::Ipv6(ipv6) => {
            ipv6.extensions().clone().into_iter().find_map(|one| match one {
                Ipv6ExtensionSlice::Fragment(one) if one.is_fragmenting_payload() => {
                    Some((one.identification(), one.fragment_offset(), one.more_fragments()))
                }
                _ => None,
            })
        }
        _ => None,
    }
}

/// Two bytes at `at`.
fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}
