//! What others send is never shown as frames, also where the capture begins in its middle.
#![cfg(feature = "full")]
#![allow(clippy::unwrap_used)]

use crate::support::random::Random;
use framewright_capture::{Capture, ImportOptions, Importer, Limits};

/// One side's messages of a protocol, the index counting them.
type Speak = fn(&mut Random, u32) -> Vec<u8>;

fn be32(number: u32) -> [u8; 4] {
    number.to_be_bytes()
}

fn with_len32(body: &[u8]) -> Vec<u8> {
    [&be32(body.len() as u32)[..], body].concat()
}

fn bytes(random: &mut Random, len: usize) -> Vec<u8> {
    random.bytes(len)
}

const PROTOCOLS: [(&str, Speak); 24] = [
    ("Modbus request", |_, n| {
        [&(n as u16).to_be_bytes()[..], &[0, 0, 0, 6, 1, 3, 0, 0, 0, 10]].concat()
    }),
    ("Modbus response", |random, n| {
        let body = bytes(random, 20);
        [&(n as u16).to_be_bytes()[..], &[0, 0, 0, 23, 1, 3, 20], &body].concat()
    }),
    ("DNS", |random, _| {
        let id = bytes(random, 2);
        let query =
            [&id[..], &[1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7], b"example\x03org\0\0\x01\0\x01"].concat();
        [&(query.len() as u16).to_be_bytes()[..], &query].concat()
    }),
    ("Redis", |_, n| format!("*2\r\n$3\r\nGET\r\n$5\r\nk{:04}\r\n", n % 10_000).into_bytes()),
    ("memcached", |random, n| {
        let key = format!("key{n}");
        let head =
            [&[0x80, 0, 0, key.len() as u8, 0, 0, 0, 0], &be32(key.len() as u32)[..]].concat();
        [&head[..], &bytes(random, 4), &[0; 8], key.as_bytes()].concat()
    }),
    ("MQTT publish", |random, _| {
        let body = bytes(random, 20);
        [&[0x30, 27, 0, 5][..], b"a/b/c", &body].concat()
    }),
    ("MQTT ping", |_, n| vec![[0xc0, 0xd0][n as usize % 2], 0]),
    ("PostgreSQL", |random, _| {
        let body = bytes(random, 30);
        [&b"D"[..], &be32(34), &body].concat()
    }),
    ("MySQL", |_, n| {
        let body = format!("\x03SELECT * FROM t WHERE id = {n}");
        [&[body.len() as u8, 0, 0, 0], body.as_bytes()].concat()
    }),
    ("MongoDB", |random, n| {
        let body = bytes(random, 60);
        [&76_u32.to_le_bytes()[..], &n.to_le_bytes(), &[0; 4], &2013_u32.to_le_bytes(), &body]
            .concat()
    }),
    ("Kafka", |random, n| {
        let body = bytes(random, 40);
        with_len32(&[&[0, 1, 0, 11][..], &be32(n), &body].concat())
    }),
    ("AMQP", |random, _| {
        let body = bytes(random, 25);
        [&[3, 0, 1, 0, 0, 0, 25][..], &body, &[0xce]].concat()
    }),
    ("SSH", |random, _| {
        let len = 32 + random.below(64);
        bytes(random, len)
    }),
    ("SMB", |random, _| {
        let body = bytes(random, 60);
        with_len32(&[&b"\xfeSMB\x40\0"[..], &body].concat())
    }),
    ("RTMP", |random, n| {
        let body = bytes(random, 128);
        [&[4, 0, 0, n as u8, 0, 0, 128, 9, 1, 0, 0, 0][..], &body].concat()
    }),
    ("LDAP", |_, n| vec![0x30, 12, 2, 1, n as u8, 0x60, 7, 2, 1, 3, 4, 0, 0x80, 0]),
    ("BGP", |_, _| [&[0xff; 16][..], &[0, 19, 4]].concat()),
    ("Diameter", |random, _| {
        let body = bytes(random, 36);
        [&[1, 0, 0, 44, 0x80, 0, 1, 24][..], &body].concat()
    }),
    ("gRPC", |random, n| {
        let body = bytes(random, 30);
        let data = [&[0][..], &be32(30), &body].concat();
        [&[0, 0, 35, 0, 0][..], &be32(n * 2 + 1), &data].concat()
    }),
    ("TPKT", |random, _| {
        let body = bytes(random, 18);
        [&[3, 0, 0, 25, 2, 0xf0, 0x80][..], &body].concat()
    }),
    ("DNP3", |random, _| {
        let body = bytes(random, 18);
        [&[5, 0x64, 20, 0xc4, 1, 0, 3, 0][..], &body].concat()
    }),
    ("SMTP", |_, n| format!("250 2.1.5 recipient {n} ok\r\n").into_bytes()),
    ("zeros", |random, _| vec![0; 1 + random.below(300)]),
    ("noise", |random, _| {
        let len = 1 + random.below(300);
        bytes(random, len)
    }),
];

/// An Ethernet frame with a segment of a connection that began before.
fn packet(seq: u32, payload: &[u8], port: u16) -> Vec<u8> {
    let mut packet = vec![0; 54];
    packet[12] = 8;
    packet[14] = 0x45;
    packet[16..18].copy_from_slice(&(40 + payload.len() as u16).to_be_bytes());
    packet[22] = 64;
    packet[23] = 6;
    packet[26..34].copy_from_slice(&[10, 0, 0, 1, 10, 0, 0, 2]);
    packet[34..36].copy_from_slice(&port.to_be_bytes());
    packet[36..38].copy_from_slice(&502_u16.to_be_bytes());
    packet[38..42].copy_from_slice(&seq.to_be_bytes());
    packet[46] = 0x50;
    packet[47] = 0x18;
    packet.extend_from_slice(payload);
    packet
}

#[test]
fn other_protocols_are_no_frames() {
    for (name, speak) in PROTOCOLS {
        let mut random = Random::new(name.len() as u64);
        let mut file = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0];
        file.extend_from_slice(&[0; 8]);
        file.extend_from_slice(&65_535_u32.to_le_bytes());
        file.extend_from_slice(&1_u32.to_le_bytes());
        for port in 0..40 {
            let mut seq = 1;
            let first = random.below(1 << 16) as u32;
            for index in 0..60 {
                let payload = speak(&mut random, first + index);
                let packet = packet(seq, &payload, 1000 + port);
                seq += payload.len() as u32;
                file.extend_from_slice(&[0; 8]);
                file.extend_from_slice(&(packet.len() as u32).to_le_bytes());
                file.extend_from_slice(&(packet.len() as u32).to_le_bytes());
                file.extend_from_slice(&packet);
            }
        }
        let mut capture = Capture::new(Limits::default());
        let mut importer = Importer::new(ImportOptions::default());
        importer.push(&mut capture, &file).unwrap();
        importer.finish(&mut capture).unwrap();
        assert_eq!(capture.frame_ids().len(), 0, "{name}");
    }
}

#[test]
fn files_of_other_kinds_are_refused() {
    let mut random = Random::new(9);
    let starts: [&[u8]; 9] = [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"\x7fELF\x02\x01\x01",
        b"MZ\x90\0",
        b"\xff\xd8\xff\xe0\0\x10JFIF",
        b"%PDF-1.7\n",
        b"\0asm\x01\0\0\0",
        b"\x82",
        b"",
        b"\x81\x03",
    ];
    for round in 0..4000_usize {
        let len = 20 + random.below(2000);
        let file = [starts[round % starts.len()], &bytes(&mut random, len)].concat();
        let mut capture = Capture::new(Limits::default());
        let mut importer = Importer::new(ImportOptions::default());
        importer.push(&mut capture, &file).unwrap();
        let result = importer.finish(&mut capture);
        assert!(result.is_err() && capture.frame_ids().is_empty(), "{round}: {result:?}");
    }
}

#[test]
fn packets_that_are_not_tcp_are_named() {
    let mut file = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0];
    file.extend_from_slice(&[0; 8]);
    file.extend_from_slice(&65_535_u32.to_le_bytes());
    file.extend_from_slice(&1_u32.to_le_bytes());
    let arp = [&[0; 12][..], &[8, 6], &[0; 28]].concat();
    let unknown = [&[0; 12][..], &[0x12, 0x34], &[0; 28]].concat();
    let mut icmp = packet(1, &[0; 8], 1);
    icmp[23] = 1;
    for packet in [&arp, &icmp, &arp, &unknown] {
        file.extend_from_slice(&[0; 8]);
        file.extend_from_slice(&(packet.len() as u32).to_le_bytes());
        file.extend_from_slice(&(packet.len() as u32).to_le_bytes());
        file.extend_from_slice(packet);
    }
    let mut capture = Capture::new(Limits::default());
    let mut importer = Importer::new(ImportOptions::default());
    importer.push(&mut capture, &file).unwrap();
    let report = importer.finish(&mut capture).unwrap();
    assert_eq!(report.notes, ["4 packets, of them 2 ARP, 1 EtherType 4660, 1 ICMP"]);
}
