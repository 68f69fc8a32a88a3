//! The vectors of `tests/vectors/frames`, which stock ws is checked against as well.

#![allow(clippy::unwrap_used)]

use std::{fs, path::Path};

use framewright_codec::{
    ControlPayload, Decoder, DecoderConfig, Event, Limits, MessageType, Piece, Role,
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

/// The stream whole, cut in two at every boundary, and octet by octet; long ones not everywhere.
fn chunkings(vector: &Value) -> Vec<Vec<Vec<u8>>> {
    if let Some(chunks) = vector["chunks"].as_array() {
        return vec![chunks.iter().map(lines).collect()];
    }
    let whole = lines(&vector["octets"]);
    let step = whole.len().div_ceil(MANY).max(1);
    let mut chunkings = vec![vec![whole.clone()]];
    for at in (1..whole.len()).filter(|at| *at < 20 || at % step == 0) {
        chunkings.push(vec![whole[..at].to_vec(), whole[at..].to_vec()]);
    }
    chunkings.push(whole.iter().map(|&octet| vec![octet]).collect());
    chunkings
}

/// Decodes chunks, and puts together what was said, in the vectors' own words.
fn decode(vector: &Value, chunks: Vec<Vec<u8>>) -> Vec<Value> {
    let mut decoder = Decoder::new(config(vector));
    let mut said = Vec::new();
    let mut message = Vec::new();
    for mut chunk in chunks {
        let mut events: Vec<Event> = Vec::new();
        assert_eq!(decoder.decode(&mut chunk, &mut events), chunk.len());
        let control = |payload| match payload {
            ControlPayload::InChunk { offset, len } => chunk[offset..offset + len].to_vec(),
            ControlPayload::Carried { len } => decoder.carried_control()[..len].to_vec(),
        };
        for event in events {
            said.push(match event {
                Event::Message { message_type, offset, len } => {
                    json!([kind(message_type, false), chunk[offset..offset + len]])
                }
                Event::Piece(piece) => {
                    message.extend_from_slice(&chunk[piece.range()]);
                    let Piece { message_type, compressed, ends_message, .. } = piece;
                    if !ends_message {
                        continue;
                    }
                    json!([kind(message_type, compressed), std::mem::take(&mut message)])
                }
                Event::Ping(payload) => json!(["ping", control(payload)]),
                Event::Pong(payload) => json!(["pong", control(payload)]),
                Event::Close { code, body } => {
                    json!(["close", code.0, control(body).get(2..).unwrap_or_default()])
                }
                Event::Error(error) => {
                    json!(["error", format!("{error:?}"), error.close_code().0])
                }
            });
        }
    }
    said
}

fn config(vector: &Value) -> DecoderConfig {
    let limit = |name: &str| vector[name].as_u64();
    let role = if vector["role"] == "server" { Role::Server } else { Role::Client };
    DecoderConfig {
        permessage_deflate: vector["permessage_deflate"] == true,
        validate_utf8: vector["validate_utf8"] != false,
        limits: Limits {
            max_payload_len: limit("max_payload_len").unwrap_or(u64::MAX),
            max_fragments: limit("max_fragments").map_or(u32::MAX, |n| n as u32),
            max_buffered_chunks: limit("max_buffered_chunks").map_or(u32::MAX, |n| n as u32),
        },
        ..DecoderConfig::new(role)
    }
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
        None => octets(event[format!("{name}_octets")].as_str().unwrap()),
    };
    if let Some(compressed) = event["compressed"].as_str() {
        let kind = kind(
            if event.get("binary").is_some() { MessageType::Binary } else { MessageType::Text },
            true,
        );
        json!([kind, octets(compressed)])
    } else if let Some(error) = event["error"].as_str() {
        json!(["error", error, event["close_code"]])
    } else if let Some(code) = event["close"].as_u64() {
        json!(["close", code, text("reason")])
    } else if event.get("text").or(event.get("text_octets")).is_some() {
        json!(["text", text("text")])
    } else {
        let (name, payload) = event.as_object().unwrap().iter().next().unwrap();
        json!([name, octets(payload.as_str().unwrap())])
    }
}

fn lines(list: &Value) -> Vec<u8> {
    list.as_array().unwrap().iter().flat_map(|line| octets(line.as_str().unwrap())).collect()
}

/// `48 65`, `61 * 300`, `mask 37fa213d: 48 65`, several of them after commas; `#` starts a comment.
fn octets(line: &str) -> Vec<u8> {
    let line = line.split('#').next().unwrap();
    line.split(',').flat_map(|part| octets_of_part(part.trim())).collect()
}

fn octets_of_part(part: &str) -> Vec<u8> {
    if let Some((key, payload)) =
        part.strip_prefix("mask ").and_then(|masked| masked.split_once(':'))
    {
        let key = hex(key);
        let payload = octets_of_part(payload.trim());
        let masked = payload.iter().zip(key.iter().cycle()).map(|(octet, key)| octet ^ key);
        return key.iter().copied().chain(masked).collect();
    }
    match part.split_once('*') {
        Some((octets, times)) => hex(octets).repeat(times.trim().parse().unwrap()),
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
