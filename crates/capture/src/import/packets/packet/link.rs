//! Link layers.

use super::{Next, be16};

const CUT: Next<'static> = Next::Named("packets cut short");

/// What comes in a packet of a link type.
pub(super) fn next(link_type: u32, packet: &[u8]) -> Next<'_> {
    let ip = |header_len: usize| packet.get(header_len..).map_or(CUT, Next::Ip);
    let ether_type = |at, header_len| match (be16(packet, at), packet.get(header_len..)) {
        (Some(kind), Some(payload)) => Next::EtherType(kind, payload),
        _ => CUT,
    };
    match link_type {
        // BSD loopback: an address family in the recorder's byte order. IP's own version says the same.
        0 | 108 => ip(4),
        1 => Next::Ethernet(packet),
        9 | 50 => ppp(packet),
        // Raw IP; 12 and 14 are what some systems wrote for it.
        12 | 14 | 101 | 228 | 229 => ip(0),
        51 => pppoe(packet),
        104 => ether_type(2, 4),
        105 => ieee80211(packet),
        109 => ip(12),
        // Linux cooked, versions 1 and 2.
        113 => ether_type(14, 16),
        276 => ether_type(0, 20),
        // The first byte is the length of pf's log entry, which is padded to whole words.
        117 => ip(packet.first().map_or(0, |&len| usize::from(len).next_multiple_of(4))),
        127 => radiotap(packet),
        192 => per_packet_information(packet),
        219 => Next::Mpls(packet),
        _ => Next::Numbered("packets of link type", link_type),
    }
}

pub(super) fn ethernet(frame: &[u8]) -> Next<'_> {
    match (be16(frame, 12), frame.get(14..)) {
        // A length: LLC comes next.
        (Some(len @ 0..1536), Some(payload)) if len > 0 => llc(payload),
        (Some(kind), Some(payload)) => Next::EtherType(kind, payload),
        _ => CUT,
    }
}

pub(super) fn ether_type(kind: u16, payload: &[u8]) -> Next<'_> {
    let tagged = |at, len| match (be16(payload, at), payload.get(len..)) {
        (Some(kind @ 1536..), Some(rest)) => Next::EtherType(kind, rest),
        (Some(_), Some(rest)) => llc(rest),
        _ => CUT,
    };
    match kind {
        0x0800 | 0x86dd => Next::Ip(payload),
        // VLAN tags, Cisco's VN tag, and the tag of MACsec when it only authenticates.
        0x8100 | 0x88a8 | 0x9100 | 0x9200 => tagged(2, 4),
        0x8926 => tagged(4, 6),
        0x0806 => Next::Named("ARP"),
        0x8035 => Next::Named("RARP"),
        0x8863 => Next::Named("PPPoE discovery"),
        0x888e => Next::Named("EAPOL"),
        0x88cc => Next::Named("LLDP"),
        0x88e5 => Next::Named("MACsec"),
        0x8899 => Next::Named("Realtek's own protocol"),
        0x9000 => Next::Named("loopback tests"),
        _ => Next::Numbered("EtherType", kind.into()),
    }
}

/// IEEE 802.2, with SNAP where it carries EtherTypes.
fn llc(payload: &[u8]) -> Next<'_> {
    match payload {
        [0xaa, 0xaa, 3, 0, 0, 0 | 0xf8, high, low, rest @ ..] => {
            Next::EtherType(u16::from_be_bytes([*high, *low]), rest)
        }
        [0xaa, 0xaa, ..] => Next::Named("SNAP of vendors"),
        [0x42, 0x42, ..] => Next::Named("spanning tree"),
        [0xfe, 0xfe, ..] => Next::Named("OSI routing"),
        [0xe0, 0xe0, ..] | [0xff, 0xff, ..] => Next::Named("IPX"),
        [_, _, _, ..] => Next::Named("LLC"),
        _ => CUT,
    }
}

/// PPP, with HDLC's address and control or without, its protocol's number in one byte or two.
pub(super) fn ppp(packet: &[u8]) -> Next<'_> {
    let packet = packet.strip_prefix(&[0xff, 3]).unwrap_or(packet);
    match packet {
        [odd, rest @ ..] if odd & 1 == 1 => Next::Ppp(u16::from(*odd), rest),
        [high, low, rest @ ..] => Next::Ppp(u16::from_be_bytes([*high, *low]), rest),
        _ => CUT,
    }
}

pub(super) fn ppp_protocol(protocol: u16, payload: &[u8]) -> Next<'_> {
    match protocol {
        0x0021 | 0x0057 => Next::Ip(payload),
        0x0281 | 0x0283 => Next::Mpls(payload),
        0xc021 | 0x8021 | 0x8057 | 0xc023 | 0xc223 => Next::Named("PPP control"),
        0x00fd | 0x00fb => Next::Named("compressed PPP"),
        0x0053 => Next::Named("encrypted PPP"),
        _ => Next::Numbered("PPP protocol", protocol.into()),
    }
}

/// RFC 2516 §4: version and type, code, session and length, then PPP.
pub(super) fn pppoe(packet: &[u8]) -> Next<'_> {
    match (be16(packet, 6), packet.get(8..)) {
        (Some(protocol), Some(payload)) => Next::Ppp(protocol, payload),
        _ => CUT,
    }
}

fn radiotap(packet: &[u8]) -> Next<'_> {
    let len = packet.get(2..4).map(|len| usize::from(u16::from_le_bytes([len[0], len[1]])));
    len.and_then(|len| packet.get(len..)).map_or(CUT, ieee80211)
}

fn per_packet_information(packet: &[u8]) -> Next<'_> {
    let Some(&[_, _, a, b, c, d, e, f]) = packet.first_chunk() else { return CUT };
    let (len, link_type) = (u16::from_le_bytes([a, b]), u32::from_le_bytes([c, d, e, f]));
    match packet.get(usize::from(len)..) {
        // Within itself it makes no sense.
        Some(rest) if link_type != 192 => next(link_type, rest),
        _ => CUT,
    }
}

/// IEEE 802.11 §9: data frames hold LLC.
fn ieee80211(frame: &[u8]) -> Next<'_> {
    const WITH_QOS: u8 = 8;
    let &[first, flags, ..] = frame else { return CUT };
    let (kind, subtype) = (first >> 2 & 3, first >> 4);
    if kind != 2 || subtype & 4 != 0 {
        return Next::Named("802.11 without data");
    }
    if flags & 0x40 != 0 {
        return Next::Named("802.11 that is encrypted");
    }
    let mut len = if flags & 3 == 3 { 30 } else { 24 };
    if subtype & WITH_QOS != 0 {
        let is_aggregate = frame.get(len).is_some_and(|qos| qos & 0x80 != 0);
        len += 2;
        // HT control.
        len += if flags & 0x80 != 0 { 4 } else { 0 };
        if is_aggregate {
            return Next::Named("802.11 aggregates");
        }
    }
    frame.get(len..).map_or(CUT, llc)
}
