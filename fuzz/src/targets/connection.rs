//! A connection on any bytes, however they are cut: what it says, what it answers, and what it sends.

use framewright_codec::deflate::{ContextParams, Decompressor, InflateLimits};
use framewright_codec::handshake::DeflateParams;
use framewright_codec::{
    CloseCode, Connection, ConnectionConfig, DecoderConfig, InflateError, Limits, MaskingKeys,
    Message, Received, Role,
};

use crate::input::{Input, cut};
use crate::naive;
use crate::said::Said;

/// Eight bytes of choices, then the stream.
///
/// | byte | chooses |
/// | --- | --- |
/// | 0 | bit 0 server, 1 permessage-deflate, 2 no UTF-8 check, 3 limits, 4 no context takeover |
/// | 1 | the longest message, where there are limits |
/// | 2 | the most fragments, where there are limits |
/// | 3 | bit 0 echoes messages, 1 sleeps between chunks; above that how many messages before it closes |
/// | 4–7 | lengths of chunks, round and round |
pub fn check(bytes: &[u8]) {
    let mut input = Input(bytes);
    let [flags, max_payload_len, max_fragments, doing] = input.bytes();
    let lens: [u8; 4] = input.bytes();
    let stream = input.0;
    let role = if flags & 1 != 0 { Role::Server } else { Role::Client };
    let mut config = ConnectionConfig::default();
    config.validate_utf8 = flags & 4 == 0;
    config.limits = Limits::NONE;
    config.limits.max_payload_len = 1 << 20;
    if flags & 8 != 0 {
        config.limits.max_payload_len = max_payload_len.into();
        config.limits.max_fragments = u32::from(max_fragments).max(1);
    }
    config.compress_min_len = 0;
    config.deflate = (flags & 2 != 0).then(|| DeflateParams {
        server_no_context_takeover: flags & 16 != 0,
        client_no_context_takeover: flags & 16 != 0,
        ..DeflateParams::default()
    });

    let (echo, sleeps) = (doing & 1 != 0, doing & 2 != 0);
    let doing = Doing { echo, sleeps: false, close_after: doing >> 2 };
    let whole = run(role, config, &[stream], doing);
    let chunks = cut(stream, &lens);
    assert!(whole == run(role, config, &chunks, doing), "not the same if cut");
    let (said, output) = whole;
    assert_eq!(said, naively(role, config, stream), "not what the twin says");
    check_answers(role, config, &said, &output, doing);

    let (slept, _) = run(role, config, &chunks, Doing { sleeps, ..doing });
    if slept != said {
        // Sleep may only make a message that ended inside of a block one that doesn't inflate.
        let (last, before) = slept.split_last().expect("no less is said");
        assert_eq!(*last, Received::Failed(InflateError::Corrupt.into()));
        assert_eq!(before, &said[..before.len()]);
    }
}

#[derive(Clone, Copy)]
struct Doing {
    echo: bool,
    sleeps: bool,
    /// After this many messages; never if 0.
    close_after: u8,
}

fn run(
    role: Role,
    config: ConnectionConfig,
    chunks: &[&[u8]],
    doing: Doing,
) -> (Vec<Said>, Vec<u8>) {
    match role {
        Role::Server => run_at(Connection::server(config), chunks, doing),
        Role::Client => run_at(Connection::client(config, || [1, 2, 3, 4]), chunks, doing),
    }
}

fn run_at<K: MaskingKeys>(
    mut connection: Connection<K>,
    chunks: &[&[u8]],
    doing: Doing,
) -> (Vec<Said>, Vec<u8>) {
    let (mut said, mut output) = (Vec::new(), Vec::new());
    let mut messages = 0;
    for chunk in chunks {
        let mut bytes = chunk.to_vec();
        let mut rest = &mut bytes[..];
        while let Some(received) = connection.receive(&mut rest) {
            assert!(!matches!(said.last(), Some(Received::Close { .. } | Received::Failed(_))));
            if let Received::Message(Message { message_type, payload }) = &received {
                messages += 1;
                if doing.echo && connection.is_open() {
                    connection.send_message(*message_type, payload).expect("it is open");
                }
                if messages == u32::from(doing.close_after) && connection.is_open() {
                    connection.close(CloseCode::NORMAL, "enough").expect("it is open");
                }
            }
            said.push(received.into_owned());
            // All is written at once: so every ping is answered.
            output.extend_from_slice(connection.output());
            connection.written(usize::MAX);
        }
        assert!(rest.is_empty());
        if doing.sleeps {
            connection.sleep();
        }
    }
    let ended = matches!(said.last(), Some(Received::Close { .. } | Received::Failed(_)));
    assert_eq!(connection.is_closed(), ended);
    assert!(connection.output().is_empty());
    (said, output)
}

fn peer(role: Role) -> Role {
    if role == Role::Server { Role::Client } else { Role::Server }
}

fn decompressor(config: ConnectionConfig, sender: Role, max_message_len: u64) -> Decompressor {
    let params = config.deflate.unwrap_or_default();
    let mut limits = InflateLimits::NONE;
    limits.max_message_len = max_message_len;
    Decompressor::new(ContextParams::of_sender(&params, sender), limits)
}

/// The stream read by the plain twin.
fn naively(role: Role, config: ConnectionConfig, stream: &[u8]) -> Vec<Said> {
    let mut inflater = decompressor(config, peer(role), config.limits.max_payload_len);
    let config = decoder_config(role, config, config.limits);
    naive::receive(config, stream, &mut |payload, fin, text| {
        Ok(inflater.inflate(payload, fin, text)?)
    })
}

fn decoder_config(role: Role, config: ConnectionConfig, limits: Limits) -> DecoderConfig {
    let mut decoder = DecoderConfig::new(role);
    decoder.permessage_deflate = config.deflate.is_some();
    decoder.validate_utf8 = config.validate_utf8;
    decoder.limits = limits;
    decoder
}

/// What was sent is what a peer understands: pongs, echoes, and one close frame at the end with the one right
/// code.
fn check_answers(role: Role, config: ConnectionConfig, said: &[Said], output: &[u8], doing: Doing) {
    let mut expected: Vec<Said> = Vec::new();
    let mut messages = 0;
    for said in said {
        if matches!(expected.last(), Some(Received::Close { .. })) {
            break;
        }
        match said {
            Received::Message(_) => {
                messages += 1;
                if doing.echo {
                    expected.push(said.clone());
                }
                if messages == u32::from(doing.close_after) {
                    let reason = b"enough".to_vec().into();
                    expected.push(Received::Close { code: CloseCode::NORMAL, reason });
                }
            }
            Received::Ping(payload) => expected.push(Received::Pong(payload.clone())),
            Received::Pong(_) => {}
            Received::Close { .. } => expected.push(said.clone()),
            Received::Failed(failure) => {
                let (code, reason) = (failure.close_code(), Vec::new().into());
                assert!(code.is_sendable());
                expected.push(Received::Close { code, reason });
            }
        }
    }
    let mut inflater = decompressor(config, role, u64::MAX);
    let at_peer = decoder_config(peer(role), config, Limits::NONE);
    let understood = naive::receive(at_peer, output, &mut |payload, fin, text| {
        Ok(inflater.inflate(payload, fin, text)?)
    });
    assert_eq!(understood, expected);
}
