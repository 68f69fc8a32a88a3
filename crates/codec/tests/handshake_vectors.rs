//! The vectors of `tests/vectors/handshake`, which stock ws is checked against as well.

#![allow(clippy::unwrap_used)]

use std::{fs, path::Path};

use framewright_codec::handshake::*;
use serde_json::{Map, Value, json};

fn load(file: &str) -> Value {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/handshake");
    let text = fs::read_to_string(dir.join(file)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The written rows of `file` and the random ones of the same kind.
fn rows(file: &str) -> Vec<Value> {
    let written = load(file);
    let random = load("random.json");
    let random = &random[file.trim_end_matches(".json")];
    let rows: Vec<Value> =
        [&written, random].into_iter().flat_map(|rows| rows.as_array().unwrap()).cloned().collect();
    assert!(rows.len() > 100);
    rows
}

/// A string of bytes, or a list of strings and `[string, times]`.
fn expand(value: &Value) -> Vec<u8> {
    match value {
        Value::String(text) => text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect(),
        Value::Array(pieces) => pieces
            .iter()
            .flat_map(|piece| match piece {
                Value::Array(repeated) => {
                    expand(&repeated[0]).repeat(repeated[1].as_u64().unwrap() as usize)
                }
                piece => expand(piece),
            })
            .collect(),
        _ => panic!("{value}"),
    }
}

fn header_error(error: HeaderError, row: &Value) -> Value {
    match error {
        HeaderError::UnexpectedEnd => json!({ "error": "unexpected end" }),
        HeaderError::UnexpectedCharacter { offset } => {
            json!({ "error": "unexpected character", "offset": offset })
        }
        // ws doesn't say where, so the random rows don't.
        HeaderError::DuplicateSubprotocol { .. } if row.get("offset").is_none() => {
            json!({ "error": "duplicate" })
        }
        HeaderError::DuplicateSubprotocol { offset } => {
            json!({ "error": "duplicate", "offset": offset })
        }
        error => panic!("the vectors have no word for {error:?}"),
    }
}

/// Compares a result with a row that holds it next to its input.
fn check(row: &Value, result: &Value) {
    let mut expected = row.as_object().unwrap().clone();
    for input in ["header", "role", "options", "ws", "method", "headers", "deflate", "requested"] {
        expected.remove(input);
    }
    assert_eq!(*result, Value::Object(expected), "{row}");
}

#[test]
fn extensions() {
    for mut row in rows("extensions.json") {
        for param in row.get_mut("extensions").and_then(Value::as_array_mut).into_iter().flatten() {
            for pair in param[1].as_array_mut().unwrap() {
                if pair[1].is_array() {
                    pair[1] = String::from_utf8(expand(&pair[1])).unwrap().into();
                }
            }
        }
        let header = expand(&row["header"]);
        let result = match parse_extensions(&header) {
            Err(error) => header_error(error, &row),
            Ok(extensions) => json!({ "extensions": extensions.iter().map(|e| {
                json!([e.name, e.params.iter().map(|p| json!([p.name, p.value])).collect::<Vec<_>>()])
            }).collect::<Vec<_>>() }),
        };
        check(&row, &result);
    }
}

#[test]
fn subprotocols() {
    for row in rows("subprotocols.json") {
        let result = match parse_subprotocols(&expand(&row["header"])) {
            Err(error) => header_error(error, &row),
            Ok(names) => json!({ "subprotocols": names }),
        };
        check(&row, &result);
    }
}

/// A configuration from ws's options.
fn config(options: &Value) -> DeflateConfig {
    let bits = |name: &str| match &options[name] {
        Value::Bool(false) => WindowBitsPolicy::Refuse,
        Value::Number(bits) => {
            let bits = u8::try_from(bits.as_u64().unwrap()).unwrap();
            WindowBitsPolicy::Limit(WindowBits::new(bits).unwrap())
        }
        _ => WindowBitsPolicy::Follow,
    };
    DeflateConfig {
        server_no_context_takeover: options["serverNoContextTakeover"].as_bool(),
        client_no_context_takeover: options["clientNoContextTakeover"].as_bool(),
        server_max_window_bits: bits("serverMaxWindowBits"),
        client_max_window_bits: bits("clientMaxWindowBits"),
    }
}

/// The parameters as ws's object: those that aren't set are left out.
fn params(params: DeflateParams) -> Value {
    let bits = |bits: Option<WindowBits>| bits.map(|bits| json!(bits.get()));
    let set = |set: bool| set.then_some(Value::Bool(true));
    let all = [
        ("server_no_context_takeover", set(params.server_no_context_takeover)),
        ("client_no_context_takeover", set(params.client_no_context_takeover)),
        ("server_max_window_bits", bits(params.server_max_window_bits)),
        ("client_max_window_bits", bits(params.client_max_window_bits)),
    ];
    all.into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect::<Map<_, _>>()
        .into()
}

fn deflate_error(error: DeflateError) -> Value {
    let kind = match error {
        DeflateError::UnknownParam => "unknown parameter",
        DeflateError::DuplicateParam(_) => "duplicate parameter",
        DeflateError::InvalidValue(_) => "invalid value",
        DeflateError::NoAcceptableOffer => "no acceptable offer",
        DeflateError::Unacceptable(_) => "unacceptable",
        error => panic!("the vectors have no word for {error:?}"),
    };
    json!({ "error": kind })
}

fn negotiate(row: &Value) -> Result<Option<DeflateParams>, DeflateError> {
    let header = expand(&row["header"]);
    let extensions = parse_extensions(&header).unwrap();
    let config = config(&row["options"]);
    if row["role"] == "client" {
        let response = DeflateParams::from_extensions(&extensions)?;
        return response.map(|params| config.accept_response(params)).transpose();
    }
    let offers = DeflateOffer::from_extensions(&extensions)?;
    if offers.is_empty() { Ok(None) } else { config.accept_offer(&offers).map(Some) }
}

#[test]
fn deflate() {
    for row in rows("deflate.json") {
        if row.get("offer").is_some() {
            check(&row, &json!({ "offer": config(&row["options"]).offer().to_string() }));
            continue;
        }
        let agreed = negotiate(&row);
        check(
            &row,
            &match agreed {
                Ok(agreed) => json!({ "params": agreed.map(params) }),
                Err(error) => deflate_error(error),
            },
        );
        // What was agreed on, formatted, says the same.
        if let Ok(Some(agreed)) = agreed {
            let formatted = agreed.to_string();
            let extensions = parse_extensions(formatted.as_bytes()).unwrap();
            assert_eq!(DeflateParams::from_extensions(&extensions), Ok(Some(agreed)));
        }
    }
}

/// A message's header fields: the defaults, changed by the row's.
fn fields(vectors: &Value, row: &Value) -> Vec<(String, Vec<u8>)> {
    let mut all = vectors["defaults"].as_object().unwrap().clone();
    all.extend(row["headers"].as_object().unwrap().clone());
    let mut fields = Vec::new();
    for (name, value) in all {
        match value {
            Value::Null => {}
            Value::Array(values) => {
                fields.extend(values.iter().map(|value| (name.clone(), expand(value))));
            }
            value => fields.push((name, expand(&value))),
        }
    }
    fields
}

fn collect(fields: &[(String, Vec<u8>)]) -> HandshakeHeaders<'_> {
    HandshakeHeaders::collect(fields.iter().map(|(name, value)| (name.as_str(), value.as_slice())))
}

#[test]
fn upgrade_requests() {
    let vectors = load("upgrade.json");
    for row in vectors["rows"].as_array().unwrap() {
        let fields = fields(&vectors, row);
        let method = row.get("method").map_or("GET", |method| method.as_str().unwrap());
        let deflate = row.get("deflate").map(config);
        let headers = collect(&fields);
        let result = match accept_upgrade(method, &headers, deflate.as_ref()) {
            Err(error) => json!({ "status": error.status(), "error": match error {
                HandshakeError::NotAnUpgrade => "not an upgrade",
                HandshakeError::InvalidMethod => "method",
                HandshakeError::InvalidUpgrade => "upgrade",
                HandshakeError::InvalidKey => "key",
                HandshakeError::InvalidVersion => "version",
                HandshakeError::InvalidSubprotocols(_) => "protocol",
                HandshakeError::InvalidExtensions(_) | HandshakeError::InvalidDeflate(_) => "extensions",
                _ => panic!("{error}"),
            } }),
            Ok(upgrade) => {
                let mut result = json!({ "status": 101 });
                if row.get("accept").is_some() {
                    result["accept"] = upgrade.accept.into();
                }
                if !upgrade.subprotocols.is_empty() {
                    result["subprotocols"] = json!(upgrade.subprotocols);
                }
                if let Some(agreed) = upgrade.deflate {
                    result["params"] = params(agreed);
                }
                result
            }
        };
        check(row, &result);
    }
}

#[test]
fn responses() {
    let nonce = *b"the sample nonce";
    let vectors = load("response.json");
    for row in vectors["rows"].as_array().unwrap() {
        let mut fields = fields(&vectors, row);
        for (_, value) in &mut fields {
            if value == b"{accept}" {
                *value = accept_for_key(key_from_nonce(nonce).as_bytes()).into();
            }
        }
        let status = row.get("status").map_or(101, |status| status.as_u64().unwrap() as u16);
        let requested: Vec<&str> = match row.get("requested") {
            Some(names) => names.as_array().unwrap().iter().map(|n| n.as_str().unwrap()).collect(),
            None => Vec::new(),
        };
        let client =
            ClientHandshake::new(nonce, &requested, row.get("deflate").map(config)).unwrap();
        let result = match client.check_response(status, &collect(&fields)) {
            Err(error) => json!({ "error": match error {
                ResponseError::UnexpectedStatus(_) => "status",
                ResponseError::InvalidUpgrade => "upgrade",
                ResponseError::InvalidAccept => "accept",
                ResponseError::UnrequestedSubprotocol => "unrequested subprotocol",
                ResponseError::MissingSubprotocol => "missing subprotocol",
                ResponseError::InvalidSubprotocol => "invalid subprotocol",
                ResponseError::UnrequestedExtension => "unrequested extension",
                ResponseError::InvalidExtensions(_) | ResponseError::InvalidDeflate(_) => "extensions",
                _ => panic!("{error}"),
            } }),
            Ok(agreement) => {
                let mut result = json!({});
                if let Some(name) = agreement.subprotocol {
                    result["subprotocol"] = name.into();
                }
                if let Some(agreed) = agreement.deflate {
                    result["params"] = params(agreed);
                }
                result
            }
        };
        let mut row = row.clone();
        row.as_object_mut().unwrap().remove("status");
        check(&row, &result);
    }
}
