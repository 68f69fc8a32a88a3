//! TCP segments in raw IP packets.

use std::net::{IpAddr, SocketAddr};

use etherparse::{IpNumber, Ipv4Header, Ipv6FlowLabel, Ipv6Header, TcpHeader};

/// The longest payload in bytes of one segment: what an IPv4 packet holds after its headers, rounded down.
pub(super) const MAX_SEGMENT_LEN: usize = 60_000;

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TcpFlags {
    pub(super) syn: bool,
    pub(super) ack: bool,
    pub(super) fin: bool,
    pub(super) rst: bool,
}

/// Appends a packet to `out`. `payload` is at most [`MAX_SEGMENT_LEN`] bytes.
pub(super) fn push_packet(
    out: &mut Vec<u8>,
    source: SocketAddr,
    target: SocketAddr,
    sequence: u32,
    acknowledged: u32,
    flags: TcpFlags,
    payload: &[u8],
) {
    let mut tcp = TcpHeader::new(source.port(), target.port(), sequence, u16::MAX);
    tcp.acknowledgment_number = acknowledged;
    (tcp.syn, tcp.ack, tcp.fin, tcp.rst) = (flags.syn, flags.ack, flags.fin, flags.rst);
    tcp.psh = !payload.is_empty();
    let tcp_len = tcp.header_len() + payload.len();
    match (source.ip(), target.ip()) {
        (IpAddr::V4(source), IpAddr::V4(target)) => {
            let (source, target) = (source.octets(), target.octets());
            let Ok(mut ip) = Ipv4Header::new(tcp_len as u16, 64, IpNumber::TCP, source, target)
            else {
                return;
            };
            ip.header_checksum = ip.calc_header_checksum();
            tcp.checksum = tcp.calc_checksum_ipv4_raw(source, target, payload).unwrap_or(0);
            out.extend_from_slice(&ip.to_bytes());
        }
        (source, target) => {
            let (source, target) = (v6(source), v6(target));
            let ip = Ipv6Header {
                traffic_class: 0,
                flow_label: Ipv6FlowLabel::ZERO,
                payload_length: tcp_len as u16,
                next_header: IpNumber::TCP,
                hop_limit: 64,
                source,
                destination: target,
            };
            tcp.checksum = tcp.calc_checksum_ipv6_raw(source, target, payload).unwrap_or(0);
            out.extend_from_slice(&ip.to_bytes());
        }
    }
    out.extend_from_slice(&tcp.to_bytes());
    out.extend_from_slice(payload);
}

fn v6(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
        IpAddr::V6(address) => address.octets(),
    }
}
