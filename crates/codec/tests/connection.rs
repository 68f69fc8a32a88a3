//! Two ends of a connection, with the bytes between them cut anywhere.

#![allow(clippy::unwrap_used)]

use framewright_codec::{
    CloseCode, Connection, ConnectionConfig, Failure, FrameHeader, MaskingKeys, Message,
    MessageType, Opcode, ProtocolError, Received, SendError,
};
use proptest::prelude::*;

/// Keys that differ from frame to frame.
fn keys() -> impl FnMut() -> [u8; 4] {
    let mut next = 0x0123_4567_u32;
    move || {
        next = next.wrapping_mul(0x9e37_79b1).wrapping_add(1);
        next.to_be_bytes()
    }
}

/// What a connection makes of bytes, which come in chunks of these lengths, round and round.
fn receive<K: MaskingKeys>(
    connection: &mut Connection<K>,
    bytes: &[u8],
    lens: &[usize],
) -> Vec<Received<'static>> {
    let mut received = Vec::new();
    let mut rest = bytes.to_vec();
    for len in lens.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let tail = rest.split_off((*len).clamp(1, rest.len()));
        let mut chunk = &mut rest[..];
        while let Some(next) = connection.receive(&mut chunk) {
            received.push(next.into_owned());
        }
        assert!(chunk.is_empty());
        rest = tail;
    }
    received
}

/// Writes all of the output, `len` bytes at a time.
fn write_all<K: MaskingKeys>(connection: &mut Connection<K>, len: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let output = connection.output();
        let written = &output[..output.len().min(len)];
        if written.is_empty() {
            return bytes;
        }
        bytes.extend_from_slice(written);
        let written_len = written.len();
        connection.written(written_len);
    }
}

fn message(message_type: MessageType, payload: &[u8]) -> Received<'static> {
    Received::Message(Message { message_type, payload: payload.to_vec().into() })
}

fn text(text: &str) -> Received<'static> {
    message(MessageType::Text, text.as_bytes())
}

/// Something to send.
#[derive(Clone, Debug)]
enum Item {
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
}

impl Item {
    fn send<K: MaskingKeys>(&self, connection: &mut Connection<K>) {
        match self {
            Self::Text(text) => connection.send_text(text),
            Self::Binary(payload) => connection.send_binary(payload),
            Self::Ping(payload) => connection.send_ping(payload),
            Self::Pong(payload) => connection.send_pong(payload),
        }
        .unwrap();
    }

    fn received(&self) -> Received<'static> {
        match self {
            Self::Text(string) => text(string),
            Self::Binary(payload) => message(MessageType::Binary, payload),
            Self::Ping(payload) => Received::Ping(payload.clone().into()),
            Self::Pong(payload) => Received::Pong(payload.clone().into()),
        }
    }
}

fn items() -> impl Strategy<Value = Vec<Item>> {
    let bytes = |lens| prop::collection::vec(any::<u8>(), lens);
    let item = prop_oneof![
        "\\PC{0,60}".prop_map(Item::Text),
        // Text that compresses, and whose compressed length has another form than its own.
        (0..9_usize, 100..200_usize).prop_map(|(word, times)| {
            Item::Text(["lot", "bid", "sold ", "€", "a", "b", "", "x", "yz"][word].repeat(times))
        }),
        prop_oneof![bytes(0..40), bytes(120..131), bytes(65_530..65_540)].prop_map(Item::Binary),
        bytes(0..126).prop_map(Item::Ping),
        bytes(0..126).prop_map(Item::Pong),
    ];
    prop::collection::vec(item, 1..8)
}

/// With compression or without, and whether the server and the client take contexts over.
fn config(deflate: bool, takeover: [bool; 2]) -> ConnectionConfig {
    #[allow(unused_mut)]
    let mut config = ConnectionConfig::default();
    #[cfg(feature = "deflate")]
    {
        config.compress_min_len = 0;
        config.deflate = deflate.then(|| framewright_codec::handshake::DeflateParams {
            server_no_context_takeover: !takeover[0],
            client_no_context_takeover: !takeover[1],
            ..Default::default()
        });
    }
    let _ = (deflate, takeover);
    config
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if cfg!(miri) { 2 } else { 64 }, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_one_end_sends_the_other_receives(
        items in items(),
        lens in prop::collection::vec(1..3000_usize, 1..6),
        write_len in 1..5000_usize,
        deflate: bool,
        takeover: [bool; 2],
        from_client: bool,
    ) {
        let config = config(deflate, takeover);
        let mut server = Connection::server(config);
        let mut client = Connection::client(config, keys());
        let expected: Vec<_> = items.iter().map(Item::received).collect();
        let received = if from_client {
            items.iter().for_each(|item| item.send(&mut client));
            let bytes = write_all(&mut client, write_len);
            receive(&mut server, &bytes, &lens)
        } else {
            items.iter().for_each(|item| item.send(&mut server));
            let bytes = write_all(&mut server, write_len);
            receive(&mut client, &bytes, &lens)
        };
        prop_assert_eq!(received, expected);
    }

    #[test]
    fn any_bytes_give_the_same_however_cut(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        lens in prop::collection::vec(1..40_usize, 1..6),
        deflate: bool,
    ) {
        let mut whole = Connection::server(config(deflate, [true; 2]));
        let mut cut = Connection::server(config(deflate, [true; 2]));
        let expected = receive(&mut whole, &bytes, &[usize::MAX]);
        prop_assert_eq!(receive(&mut cut, &bytes, &lens), expected);
        prop_assert_eq!(cut.output(), whole.output());
    }
}

#[test]
fn the_closing_handshake_ends_both_ends() {
    for starts_at_client in [true, false] {
        let mut server = Connection::server(ConnectionConfig::default());
        let mut client = Connection::client(ConnectionConfig::default(), keys());
        let expected =
            Received::Close { code: CloseCode::GOING_AWAY, reason: b"restart".to_vec().into() };
        if starts_at_client {
            client.close(CloseCode::GOING_AWAY, "restart").unwrap();
            assert!(!client.is_open() && !client.is_closed());
            // The server may have sent this before it saw the close frame.
            server.send_text("late").unwrap();
            let to_client = write_all(&mut server, 99);
            assert_eq!(receive(&mut client, &to_client, &[3]), [text("late")]);
            let to_server = write_all(&mut client, 99);
            assert_eq!(receive(&mut server, &to_server, &[3]), std::slice::from_ref(&expected));
            let to_client = write_all(&mut server, 99);
            assert_eq!(receive(&mut client, &to_client, &[3]), [expected]);
        } else {
            server.close(CloseCode::GOING_AWAY, "restart").unwrap();
            let to_client = write_all(&mut server, 99);
            assert_eq!(receive(&mut client, &to_client, &[3]), std::slice::from_ref(&expected));
            let to_server = write_all(&mut client, 99);
            assert_eq!(receive(&mut server, &to_server, &[3]), [expected]);
        }
        assert!(server.is_closed() && client.is_closed());
        assert!(server.output().is_empty() && client.output().is_empty());
        assert_eq!(client.send_text("x"), Err(SendError::Closed));
        assert_eq!(server.send_ping(b""), Err(SendError::Closed));
        assert_eq!(server.close(CloseCode::NORMAL, ""), Err(SendError::Closed));
    }
}

#[test]
fn pings_are_not_answered_after_a_close_frame() {
    let mut client = Connection::client(ConnectionConfig::default(), keys());
    client.close(CloseCode::NORMAL, "").unwrap();
    write_all(&mut client, 99);
    assert_eq!(receive(&mut client, b"\x89\x01p", &[9]), [Received::Ping(b"p".into())]);
    assert!(client.output().is_empty());
}

#[test]
fn what_cannot_be_sent_is_refused_and_changes_nothing() {
    let mut server = Connection::server(ConnectionConfig::default());
    assert_eq!(server.send_ping(&[0; 126]), Err(SendError::ControlTooLong));
    assert_eq!(server.send_pong(&[0; 126]), Err(SendError::ControlTooLong));
    assert_eq!(server.close(CloseCode::NORMAL, &"x".repeat(124)), Err(SendError::ControlTooLong));
    for code in [1004, 1005, 1006, 1015, 999, 2999, 5000].map(CloseCode) {
        assert_eq!(server.close(code, "why"), Err(SendError::InvalidCloseCode(code)));
    }
    assert!(server.output().is_empty() && server.is_open());
    server.close(CloseCode::NO_STATUS_RECEIVED, "").unwrap();
    assert_eq!(server.output(), [0x88, 0]);
}

#[test]
fn a_failure_is_answered_once_with_its_code_and_the_rest_dropped() {
    let mut server = Connection::server(ConnectionConfig::default());
    let bytes = [0x82, 0x80, 1, 2, 3, 4, 0x83, 0x80, 1, 2, 3, 4, 0x82, 0x80, 1, 2, 3, 4];
    let failure = Failure::Protocol(ProtocolError::InvalidOpcode(3));
    let expected = [message(MessageType::Binary, b""), Received::Failed(failure)];
    assert_eq!(receive(&mut server, &bytes, &[99]), expected);
    assert_eq!(receive(&mut server, &bytes, &[1]), []);
    server.fail(Failure::Internal);
    assert_eq!(write_all(&mut server, 99), [0x88, 2, 0x03, 0xea]);
}

#[test]
fn a_failure_of_the_hosts_own_ends_the_connection() {
    let mut server = Connection::server(ConnectionConfig::default());
    server.fail(Failure::Internal);
    assert!(server.is_closed());
    assert_eq!(write_all(&mut server, 99), [0x88, 2, 0x03, 0xf3]);
    assert_eq!(receive(&mut server, &[0x82, 0x80, 1, 2, 3, 4], &[99]), []);
}

#[test]
fn a_flood_of_pings_is_answered_in_bounded_memory() {
    let mut client = Connection::client(ConnectionConfig::default(), keys());
    let mut pings = Vec::new();
    for number in 0..100_000_u32 {
        pings.extend_from_slice(&[0x89, 4]);
        pings.extend_from_slice(&number.to_be_bytes());
    }
    assert_eq!(receive(&mut client, &pings, &[4096]).len(), 100_000);
    assert!(client.output().len() < 16 * 1024 + 140);
    client.send_text("x").unwrap();
    let bytes = write_all(&mut client, 1000);
    // A pong for the first ones, and one for the last, before what was sent after it.
    let mut server = Connection::server(ConnectionConfig::default());
    let received = receive(&mut server, &bytes, &[bytes.len()]);
    let pong = |number: u32| Received::Pong(number.to_be_bytes().to_vec().into());
    let first_count = received.len() - 2;
    assert!(first_count > 1000);
    for (number, received) in (0..).zip(&received[..first_count]) {
        assert_eq!(*received, pong(number));
    }
    assert_eq!(received[first_count..], [pong(99_999), text("x")]);
}

#[test]
fn a_pong_that_waits_comes_when_there_is_room() {
    let mut server = Connection::server(ConnectionConfig::default());
    server.send_binary(&[0; 20_000]).unwrap();
    let ping = [0x89, 0x81, 0, 0, 0, 0, b'p'];
    receive(&mut server, &ping, &[99]);
    let bytes = write_all(&mut server, 7000);
    let (header, header_len) = FrameHeader::parse(&bytes).unwrap();
    assert_eq!((header.opcode, header.payload_len), (Opcode::Binary, 20_000));
    assert_eq!(bytes[header_len + 20_000..], *b"\x8a\x01p");
}

#[cfg(feature = "deflate")]
#[test]
fn messages_share_a_window_and_short_ones_are_sent_as_they_are() {
    let mut config = config(true, [true; 2]);
    config.compress_min_len = 20;
    let mut server = Connection::server(config);
    let mut lens = Vec::new();
    let long = "every bid is compressed, since every bid is long";
    for text in [long, long, "short"] {
        server.send_text(text).unwrap();
        let bytes = write_all(&mut server, 99);
        lens.push((bytes.len(), bytes[0] & 0x40 != 0));
        server.sleep();
    }
    let [(first, true), (second, true), (7, false)] = lens[..] else { panic!("{lens:?}") };
    assert!(second < first / 2, "{lens:?}");
}

#[cfg(feature = "deflate")]
#[test]
fn messages_that_are_too_big_are_skipped_if_that_is_asked_for() {
    let mut limited = config(true, [true; 2]);
    limited.limits.max_payload_len = 100;
    limited.limits.skip_too_big = true;
    let mut client = Connection::client(config(true, [true; 2]), keys());
    // Too big once it is inflated, already as it is sent, and neither; then a part of the second again.
    let inflates = "é".repeat(500);
    let letters = (0..400_u32).map(|i| char::from(b'a' + (i * i * 31 % 97 % 26) as u8));
    let long = letters.collect::<String>();
    let sent = [&inflates, "a", &long, &long[40..120]];
    for text in sent {
        client.send_text(text).unwrap();
    }
    let bytes = write_all(&mut client, 99);
    for len in [1, 7, bytes.len()] {
        let mut server = Connection::server(limited);
        let received = receive(&mut server, &bytes, &[len]);
        assert_eq!(received, [text("a"), text(&long[40..120])], "by {len}");
        assert!(!server.is_closed());
    }
}

#[cfg(feature = "deflate")]
#[test]
fn each_direction_keeps_what_was_agreed_for_it() {
    let bid = "every bid is compressed, and like the bid before";
    for takeover in [[true, true], [true, false], [false, true], [false, false]] {
        let mut server = Connection::server(config(true, takeover));
        let mut client = Connection::client(config(true, takeover), keys());
        let mut lens = Vec::new();
        for _ in 0..2 {
            server.send_text(bid).unwrap();
            client.send_text(bid).unwrap();
            let (to_client, to_server) = (write_all(&mut server, 99), write_all(&mut client, 99));
            assert_eq!(receive(&mut client, &to_client, &[5]), [text(bid)]);
            assert_eq!(receive(&mut server, &to_server, &[5]), [text(bid)]);
            lens.push([to_client.len(), to_server.len()]);
        }
        let [first, second] = lens[..] else { unreachable!() };
        assert_eq!([second[0] < first[0], second[1] < first[1]], takeover);
    }
}
