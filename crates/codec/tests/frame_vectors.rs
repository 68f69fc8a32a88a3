//! The vectors of `tests/vectors/frames`, which stock ws is checked against as well.

#![allow(clippy::unwrap_used)]

use std::{fs, path::Path};

#[cfg(feature = "deflate")]
use framewright_codec::{
    CloseCode, Connection, ConnectionConfig, FrameHeader, MaskingKeys, handshake::DeflateParams,
};
use framewright_codec::{
    Decoder, DecoderConfig, Event, Failure, Limits, Message, MessageAssembler, MessageType,
    Received, Role,
};
use serde_json::{Value, json};

/// No more than this many ways to cut one stream.
const MANY: usize = 100;

#[test]
fn vectors_decode_however_they_are_cut() {
    let vectors = vectors();
    assert!(vectors.len() > 100);
    for vector in &vectors {
        let expected = expected(vector);
        for chunks in chunkings(vector) {
            let lens: Vec<usize> = chunks.iter().map(Vec::len).take(20).collect();
            assert_eq!(decode(vector, chunks), expected, "{}, cut {lens:?}", vector["name"]);
        }
    }
}

#[test]
#[cfg(feature = "deflate")]
fn connections_receive_the_vectors_however_they_are_cut() {
    for vector in &vectors() {
        let events = vector["events"].as_array().unwrap().iter().cloned();
        let inflated = events.map(|mut event| {
            event.as_object_mut().unwrap().remove("compressed");
            expected_event(&event)
        });
        let expected: Vec<Value> = inflated.collect();
        for chunks in chunkings(vector) {
            let lens: Vec<usize> = chunks.iter().map(Vec::len).take(20).collect();
            assert_eq!(receive(vector, chunks), expected, "{}, cut {lens:?}", vector["name"]);
        }
    }
}

fn vectors() -> Vec<Value> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/frames");
    let mut vectors = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let list: Vec<Value> =
                serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
            vectors.extend(list);
        }
    }
    vectors
}

/// The stream whole, cut in two at every boundary, and byte by byte; long ones not everywhere.
fn chunkings(vector: &Value) -> Vec<Vec<Vec<u8>>> {
    if let Some(chunks) = vector["chunks"].as_array() {
        return vec![chunks.iter().map(lines).collect()];
    }
    let whole = lines(&vector["bytes"]);
    let step = whole.len().div_ceil(MANY).max(1);
    let mut chunkings = vec![vec![whole.clone()]];
    for at in (1..whole.len()).filter(|at| *at < 20 || at % step == 0) {
        chunkings.push(vec![whole[..at].to_vec(), whole[at..].to_vec()]);
    }
    chunkings.push(whole.iter().map(|&byte| vec![byte]).collect());
    chunkings
}

/// Decodes chunks, and puts together what was said, in the vectors' own words. Compressed messages stay so.
fn decode(vector: &Value, chunks: Vec<Vec<u8>>) -> Vec<Value> {
    let mut decoder = Decoder::new(config(vector));
    let mut assembler = MessageAssembler::new(u64::MAX, false);
    let mut said = Vec::new();
    for mut chunk in chunks {
        let mut events: Vec<Event> = Vec::new();
        assert_eq!(decoder.decode(&mut chunk, &mut events), chunk.len());
        for event in events {
            let mut compressed = false;
            let keep = |payload: &[u8], _, message: &mut Vec<u8>| {
                compressed = true;
                message.extend_from_slice(payload);
                Ok(false)
            };
            let received = assembler.take(event, &chunk, decoder.carried_control(), keep);
            said.extend(received.map(|received| describe(received, compressed)));
        }
    }
    said
}

/// The same at the level of messages, inflated; and that the answer is the one that the protocol asks for.
#[cfg(feature = "deflate")]
fn receive(vector: &Value, chunks: Vec<Vec<u8>>) -> Vec<Value> {
    let DecoderConfig { role, validate_utf8, limits, permessage_deflate, .. } = config(vector);
    let mut config = ConnectionConfig::default();
    (config.validate_utf8, config.limits) = (validate_utf8, limits);
    config.deflate = permessage_deflate.then(DeflateParams::default);
    match role {
        Role::Server => receive_at(Connection::server(config), chunks),
        Role::Client => receive_at(Connection::client(config, || [0; 4]), chunks),
    }
}

#[cfg(feature = "deflate")]
fn receive_at<K: MaskingKeys>(mut connection: Connection<K>, chunks: Vec<Vec<u8>>) -> Vec<Value> {
    let mut said = Vec::new();
    let mut answers = Vec::new();
    for mut chunk in chunks {
        let mut chunk = &mut chunk[..];
        while let Some(received) = connection.receive(&mut chunk) {
            said.push(describe(received, false));
        }
        assert!(chunk.is_empty());
        answers.extend_from_slice(connection.output());
        connection.written(usize::MAX);
    }
    let expected: Vec<Value> = said.iter().filter_map(expected_answer).collect();
    assert_eq!(frames(&answers), expected);
    assert_eq!(
        connection.is_closed(),
        matches!(&said[..], [.., last] if last[0] == "close" || last[0] == "error")
    );
    said
}

/// A pong for each ping, and a close frame for a close frame or an error.
#[cfg(feature = "deflate")]
fn expected_answer(said: &Value) -> Option<Value> {
    Some(match said[0].as_str()? {
        "ping" => json!([0xa, said[1]]),
        "close" if said[1] == CloseCode::NO_STATUS_RECEIVED.0 => json!([8, []]),
        "close" => {
            let code = said[1].as_u64()? as u16;
            let reason = said[2].as_array()?.iter().map(|byte| byte.as_u64().unwrap() as u8);
            json!([8, code.to_be_bytes().into_iter().chain(reason).collect::<Vec<u8>>()])
        }
        "error" => json!([8, (said[2].as_u64()? as u16).to_be_bytes()]),
        _ => return None,
    })
}

/// The opcodes and payloads of whole frames, whose masking key is zero if there is one.
#[cfg(feature = "deflate")]
fn frames(mut bytes: &[u8]) -> Vec<Value> {
    let mut frames = Vec::new();
    while !bytes.is_empty() {
        let (header, header_len) = FrameHeader::parse(bytes).unwrap();
        let (payload, rest) = bytes[header_len..].split_at(header.payload_len as usize);
        frames.push(json!([header.opcode.bits(), payload]));
        bytes = rest;
    }
    frames
}

fn describe(received: Received<'_>, compressed: bool) -> Value {
    match received {
        Received::Message(Message { message_type, payload }) => {
            json!([kind(message_type, compressed), payload])
        }
        Received::Ping(payload) => json!(["ping", payload]),
        Received::Pong(payload) => json!(["pong", payload]),
        Received::Close { code, reason } => json!(["close", code.0, reason]),
        Received::Failed(failure) => {
            let name = match failure {
                Failure::Protocol(error) => format!("{error:?}"),
                Failure::Inflate(error) => format!("{error:?}"),
                failure => panic!("{failure:?}"),
            };
            json!(["error", name, failure.close_code().0])
        }
    }
}

fn config(vector: &Value) -> DecoderConfig {
    let limit = |name: &str| vector[name].as_u64();
    let role = if vector["role"] == "server" { Role::Server } else { Role::Client };
    let mut config = DecoderConfig::new(role);
    config.permessage_deflate = vector["permessage_deflate"] == true;
    config.validate_utf8 = vector["validate_utf8"] != false;
    config.limits = Limits::NONE;
    config.limits.max_payload_len = limit("max_payload_len").unwrap_or(u64::MAX);
    config.limits.max_fragments = limit("max_fragments").map_or(u32::MAX, |n| n as u32);
    config.limits.max_buffered_chunks = limit("max_buffered_chunks").map_or(u32::MAX, |n| n as u32);
    config
}

fn kind(message_type: MessageType, compressed: bool) -> &'static str {
    match (message_type, compressed) {
        (MessageType::Text, false) => "text",
        (MessageType::Binary, false) => "binary",
        (MessageType::Text, true) => "compressed text",
        (MessageType::Binary, true) => "compressed binary",
    }
}

/// What the vector says, in the form of `decode`.
fn expected(vector: &Value) -> Vec<Value> {
    let events = vector.get("codec_events").unwrap_or(&vector["events"]);
    events.as_array().unwrap().iter().map(expected_event).collect()
}

fn expected_event(event: &Value) -> Value {
    let text = |name: &str| match event[name].as_str() {
        Some(text) => text.as_bytes().to_vec(),
        None => bytes(event[format!("{name}_bytes")].as_str().unwrap()),
    };
    if let Some(compressed) = event["compressed"].as_str() {
        let kind = kind(
            if event.get("binary").is_some() { MessageType::Binary } else { MessageType::Text },
            true,
        );
        json!([kind, bytes(compressed)])
    } else if let Some(error) = event["error"].as_str() {
        json!(["error", error, event["close_code"]])
    } else if let Some(code) = event["close"].as_u64() {
        json!(["close", code, text("reason")])
    } else if event.get("text").or(event.get("text_bytes")).is_some() {
        json!(["text", text("text")])
    } else {
        let (name, payload) = event.as_object().unwrap().iter().next().unwrap();
        json!([name, bytes(payload.as_str().unwrap())])
    }
}

fn lines(list: &Value) -> Vec<u8> {
    list.as_array().unwrap().iter().flat_map(|line| bytes(line.as_str().unwrap())).collect()
}

/// `48 65`, `61 * 300`, `mask 37fa213d: 48 65`, several of them after commas; `#` starts a comment.
fn bytes(line: &str) -> Vec<u8> {
    let line = line.split('#').next().unwrap();
    line.split(',').flat_map(|part| bytes_of_part(part.trim())).collect()
}

fn bytes_of_part(part: &str) -> Vec<u8> {
    if let Some((key, payload)) =
        part.strip_prefix("mask ").and_then(|masked| masked.split_once(':'))
    {
        let key = hex(key);
        let payload = bytes_of_part(payload.trim());
        let masked = payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key);
        return key.iter().copied().chain(masked).collect();
    }
    match part.split_once('*') {
        Some((bytes, times)) => hex(bytes).repeat(times.trim().parse().unwrap()),
        None => hex(part),
    }
}

fn hex(digits: &str) -> Vec<u8> {
    let digits: String = digits.split_whitespace().collect();
    assert!(digits.len().is_multiple_of(2), "{digits}");
    (0..digits.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&digits[i..i + 2], 16).unwrap())
        .collect()
}
