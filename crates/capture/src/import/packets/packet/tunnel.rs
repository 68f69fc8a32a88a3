//! Packets within packets.

use super::{Next, be16, link};

const CUT: Next<'static> = Next::Named("packets cut short");

/// What an IP packet of another protocol than TCP and UDP carries.
pub(super) fn ip(protocol: u8, payload: &[u8]) -> (Option<&'static str>, Next<'_>) {
    match protocol {
        1 | 58 => (None, Next::Named("ICMP")),
        2 => (None, Next::Named("IGMP")),
        4 => (Some("IP in IP"), Next::Ip(payload)),
        41 => (Some("IPv6 in IP"), Next::Ip(payload)),
        47 => gre(payload),
        50 => (None, Next::Named("ESP, which is encrypted")),
        89 => (None, Next::Named("OSPF")),
        97 => (Some("EtherIP"), payload.get(2..).map_or(CUT, Next::Ethernet)),
        103 => (None, Next::Named("PIM")),
        112 => (None, Next::Named("VRRP")),
        132 => (None, Next::Named("SCTP")),
        137 => (None, Next::Mpls(payload)),
        _ => (None, Next::Numbered("IP protocol", protocol.into())),
    }
}

/// What a datagram carries, by its ports.
pub(super) fn udp(from: u16, to: u16, payload: &[u8]) -> (Option<&'static str>, Next<'_>) {
    match to {
        4789 | 8472 | 4790 => return (Some("VXLAN"), vxlan(payload)),
        6081 => return (Some("Geneve"), geneve(payload)),
        2152 => return gtp(payload),
        4754 => return gre(payload),
        6635 => return (None, Next::Mpls(payload)),
        _ => {}
    }
    if from == 2152 {
        return gtp(payload);
    }
    let name = match from.min(to) {
        53 => "DNS",
        67 | 68 => "DHCP",
        123 => "NTP",
        137 | 138 => "NetBIOS",
        161 | 162 => "SNMP",
        443 => "QUIC",
        500 | 4500 => "IPsec",
        514 => "syslog",
        546 | 547 => "DHCPv6",
        1900 => "SSDP",
        2123 => "GTP control",
        5353 => "mDNS",
        5355 => "LLMNR",
        51820 => "WireGuard",
        _ => "UDP",
    };
    (None, Next::Named(name))
}

/// RFC 7348 §5; the generic extension says in its last byte what comes.
fn vxlan(payload: &[u8]) -> Next<'_> {
    let Some((&[flags, _, _, next, ..], inner)) = payload.split_first_chunk::<8>() else {
        return CUT;
    };
    match (flags & 4 != 0, next) {
        (true, 1 | 2) => Next::Ip(inner),
        (true, 3) | (false, _) => Next::Ethernet(inner),
        (true, 4) => Next::Named("NSH"),
        (true, 5) => Next::Mpls(inner),
        _ => Next::Numbered("VXLAN of protocol", next.into()),
    }
}

/// RFC 8926 §3.4.
fn geneve(payload: &[u8]) -> Next<'_> {
    let options = payload.first().map_or(0, |first| usize::from(first & 0x3f) * 4);
    match (be16(payload, 2), payload.get(8 + options..)) {
        (Some(kind), Some(inner)) => Next::EtherType(kind, inner),
        _ => CUT,
    }
}

/// 3GPP TS 29.281 §5.1: user data is an IP packet, or Ethernet in 5G.
fn gtp(payload: &[u8]) -> (Option<&'static str>, Next<'_>) {
    const USER_DATA: u8 = 255;
    let &[flags, kind, ..] = payload else { return (None, CUT) };
    if flags >> 5 != 1 || kind != USER_DATA {
        return (None, Next::Named("GTP control"));
    }
    let mut at = 8;
    if flags & 7 != 0 {
        // Sequence number, N-PDU number and the type of the first extension, whose length counts in words.
        at += 4;
        let mut extension = if flags & 4 != 0 { payload.get(at - 1).copied() } else { None };
        while let Some(kind) = extension.filter(|&kind| kind != 0) {
            let _ = kind;
            let len = payload.get(at).map_or(0, |&words| usize::from(words) * 4);
            if len == 0 {
                return (None, CUT);
            }
            at += len;
            extension = payload.get(at - 1).copied();
        }
    }
    let next = match payload.get(at..) {
        Some(inner @ [0x40..=0x6f, ..]) => Next::Ip(inner),
        Some(inner @ [_, ..]) => Next::Ethernet(inner),
        _ => CUT,
    };
    (Some("GTP"), next)
}

/// RFC 2784, RFC 2890; version 1 is PPTP's (RFC 2637).
fn gre(payload: &[u8]) -> (Option<&'static str>, Next<'_>) {
    let (Some(flags), Some(kind)) = (be16(payload, 0), be16(payload, 2)) else {
        return (None, CUT);
    };
    let has = |bit: u16| usize::from(flags & bit != 0) * 4;
    let is_pptp = flags & 7 == 1;
    let checksum = if is_pptp { 0 } else { has(0x8000) };
    let acknowledgment = if is_pptp { has(0x80) } else { 0 };
    let len = 4 + checksum + has(0x2000) + has(0x1000) + acknowledgment;
    let Some(inner) = payload.get(len..) else { return (None, CUT) };
    match kind {
        // ERSPAN: type I has no header of its own, which shows by the lack of sequence numbers; II has 8
        // bytes, III has 12, and 8 more if its last bit says so.
        0x88be => {
            let skipped = if has(0x1000) > 0 { 8 } else { 0 };
            (Some("ERSPAN"), inner.get(skipped..).map_or(CUT, Next::Ethernet))
        }
        0x22eb => {
            let is_longer = inner.get(11).is_some_and(|last| last & 1 != 0);
            let skipped = if is_longer { 20 } else { 12 };
            (Some("ERSPAN"), inner.get(skipped..).map_or(CUT, Next::Ethernet))
        }
        0x880b if inner.is_empty() => (Some("GRE"), Next::Named("PPTP acknowledgments")),
        0x880b => (Some("GRE"), link::ppp(inner)),
        0x0000 => (Some("GRE"), Next::Named("GRE keepalives")),
        _ => (Some("GRE"), Next::EtherType(kind, inner)),
    }
}

/// Labels to the last (RFC 3032 §2.1), then IP by its version, or Ethernet, with a control word or without.
pub(super) fn mpls(mut labels: &[u8]) -> Next<'_> {
    while let Some((&[_, _, bits, _], rest)) = labels.split_first_chunk::<4>() {
        labels = rest;
        if bits & 1 != 0 {
            return match labels {
                [0x40..=0x6f, ..] => Next::Ip(labels),
                [0x00..=0x0f, _, _, _, inner @ ..] => Next::Ethernet(inner),
                _ => Next::Ethernet(labels),
            };
        }
    }
    CUT
}
