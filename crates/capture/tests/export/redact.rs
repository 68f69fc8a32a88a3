//! Secrets in messages, wherever they are.
#![allow(clippy::unwrap_used)]

use framewright_capture::{
    Capture, ConnId, ConnectionInit, Direction, FrameId, Limits, Negotiated, Reader, Redaction,
    Start,
};
use proptest::prelude::*;
use serde_json::Value;

fn capture(text: &[u8]) -> Capture {
    let mut capture = Capture::new(Limits::default());
    let start = Start::Frames(Negotiated::default());
    let conn = capture.open(ConnectionInit { start, ..ConnectionInit::default() }).unwrap();
    let header = [&[0x81, 127][..], &(text.len() as u64).to_be_bytes()].concat();
    capture.push(conn, Direction::ToClient, &header, 0);
    capture.push(conn, Direction::ToClient, text, 0);
    capture
}

fn redacted(text: &[u8]) -> Vec<u8> {
    let copy = Redaction::secrets().apply(&capture(text));
    Reader::new().payload(&copy, FrameId(0), 0..u64::MAX).unwrap().bytes.to_vec()
}

#[test]
fn depth_overflows_no_stack() {
    let deep = |inner: &str| {
        [&"[".repeat(50_000), "{\"token\":\"", inner, "\"}", &"]".repeat(50_000)].concat()
    };
    assert_eq!(redacted(deep("hunter2").as_bytes()), deep("xxxxxxx").as_bytes());
}

#[test]
fn json_in_every_framing() {
    for (text, expected) in [
        // Socket.IO.
        (r#"42["login",{"token":"hunter2"}]"#, r#"42["login",{"token":"xxxxxxx"}]"#),
        // SignalR.
        (
            "{\"a\":1}\u{1e}{\"token\":\"hunter2\"}\u{1e}{\"token\":5}\u{1e}",
            "{\"a\":1}\u{1e}{\"token\":\"xxxxxxx\"}\u{1e}{\"token\":1}\u{1e}",
        ),
        // JSON lines.
        (
            "{\"a\":1}\n{\"token\":\"hunter2\"}\n[\"token\"]\n",
            "{\"a\":1}\n{\"token\":\"xxxxxxx\"}\n[\"token\"]\n",
        ),
        // SockJS, and JSON whose quotes are escaped as .NET does it.
        (r#"a["{\"token\":\"hunter2\"}"]"#, r#"a["{\"token\":\"xxxxxxx\"}"]"#),
        (r#"a["{\"token\":[12,\"é\"]}","12"]"#, r#"a["{\"token\":[11,\"xx\"]}","12"]"#),
        (
            r#"a["{\"b\":\"{\\\"token\\\":\\\"hunter2\\\"}\"}"]"#,
            r#"a["{\"b\":\"{\\\"token\\\":\\\"xxxxxxx\\\"}\"}"]"#,
        ),
        (
            r#"{"b":"{\u0022token\u0022:\u0022hunter\n2\u0022}"}"#,
            r#"{"b":"{\u0022token\u0022:\u0022xxxxxxxxx\u0022}"}"#,
        ),
        // STOMP, and what someone made up.
        (
            "SEND\ntype:\"x\n\n{\"token\":\"hunter2\"}\0",
            "SEND\ntype:\"x\n\n{\"token\":\"xxxxxxx\"}\0",
        ),
        (r#"CONNECT {"token":"hunter2"}"#, r#"CONNECT {"token":"xxxxxxx"}"#),
        (r#"say "{"token" : "hunter2"} to"#, r#"say "{"token" : "xxxxxxx"} to"#),
        // No JSON at all: how much is secret is unknown.
        ("{\"token\":hunter2,hunter2}\nok", "{\"token\":xxxxxxxxxxxxxxxx\nok"),
        ("{\"token\":'hunter2'}", "{\"token\":xxxxxxxxxx"),
        (r#"["{\"token\":hunter2","ok"]"#, r#"["{\"token\":xxxxxxx","ok"]"#),
        // Cut off.
        (r#"{"token":"hunter2"#, r#"{"token":"xxxxxxx"#),
        (r#"{"token":{"a":["hunter2"#, r#"{"token":{"a":["xxxxxxx"#),
        (r#"["{\"token\":\"hunter2","ok"]"#, r#"["{\"token\":\"xxxxxxx","ok"]"#),
        (r#"["{\"token\":{\"a\":[12","ok"]"#, r#"["{\"token\":{\"a\":[11","ok"]"#),
        (r#"{"token":"#, r#"{"token":"#),
        (r#"{"token":,"a":12}"#, r#"{"token":,"a":12}"#),
    ] {
        let got = String::from_utf8(redacted(text.as_bytes())).unwrap();
        assert_eq!(got, expected, "{text:?}");
    }
    // What is no text may hold some.
    assert_eq!(redacted(b"\xff\x00{\"token\":\"\xfe7\"}\xff"), b"\xff\x00{\"token\":\"xx\"}\xff");
}

/// Applications often name a connection by what it asked for.
#[test]
fn a_name_loses_the_values_of_its_query() {
    let mut named = capture(b"hello");
    named.set_name(ConnId(0), "Ada at /chat?room=1&token=hunter2");
    let copy = Redaction::secrets().apply(&named);
    let name = copy.connections()[0].name.as_deref();
    assert_eq!(name, Some("Ada at /chat?room=x&token=xxxxxxx"));
}

/// Without its start, nothing tells what the rest of a message is.
#[test]
fn the_rest_of_an_evicted_message_is_missing() {
    let mut capture = Capture::new(Limits { max_kept_len: 1000, ..Limits::default() });
    let start = Start::Frames(Negotiated::default());
    let conn = capture.open(ConnectionInit { start, ..ConnectionInit::default() }).unwrap();
    let first = [&[0x01, 126, 3, 0xe8][..], &[b' '; 990], b"{\"token\":\""].concat();
    capture.push(conn, Direction::ToClient, &first, 0);
    capture.push(conn, Direction::ToClient, b"\x80\x09hunter2\"}", 0);
    let frame = capture.frame(FrameId(1)).unwrap();
    assert!(frame.message().is_some_and(|message| capture.message(message).is_none()));
    let copy = Redaction::secrets().apply(&capture);
    let mut bytes = Vec::new();
    copy.read(conn, Direction::ToClient, 0..2000, &mut bytes);
    assert_eq!(bytes.len(), 1015);
    assert!(!bytes.windows(7).any(|window| window == b"hunter2"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn json_stays_json_without_its_secrets(
        value in json(),
        wraps in 0..7_usize,
        framing in proptest::sample::select(vec![("", ""), ("42", ""), ("{}\u{1e}", "\u{1e}"), ("a\"", "")]),
    ) {
        let mut text = value.to_string();
        for _ in 0..wraps {
            text = serde_json::json!({ "in": text }).to_string();
        }
        let before = [framing.0, &text, framing.1].concat();
        let after = String::from_utf8(redacted(before.as_bytes())).unwrap();
        prop_assert_eq!(after.len(), before.len());
        prop_assert!(!after.contains("hunter2"), "{}", after);
        let after = after.strip_prefix(framing.0).unwrap().strip_suffix(framing.1).unwrap();
        let mut after: Value = serde_json::from_str(after).unwrap();
        if wraps > 3 {
            // Deeper strings may be blanked as a whole.
            return Ok(());
        }
        for _ in 0..wraps {
            after = serde_json::from_str(after["in"].as_str().unwrap()).unwrap();
        }
        prop_assert_eq!(after, without(&value));
    }
}

/// Values in which only what has the key `token` is secret, and is `hunter2`.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        // Both quotes and backslashes might be JSON in strings of its own.
        "[a-zé\" \n:{}\\[\\],\u{1f511}]{0,8}".prop_map(Value::from),
        "[a-z\\\\ :u]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        let secret = prop_oneof![
            Just(serde_json::json!("hunter2")),
            Just(serde_json::json!(["hunter2", 55, { "a": "hunter2" }])),
        ];
        let members = proptest::collection::vec(("[a-z\"]{0,3}", inner.clone()), 0..4);
        prop_oneof![
            proptest::collection::vec(inner, 0..4).prop_map(Value::from),
            (members, proptest::option::of(secret)).prop_map(|(members, secret)| {
                let secret = secret.map(|secret| ("Token".to_owned(), secret));
                Value::Object(members.into_iter().chain(secret).collect())
            }),
        ]
    })
}

/// What redaction should leave.
fn without(value: &Value) -> Value {
    match value {
        Value::Array(values) => values.iter().map(without).collect(),
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(key, value)| match (key.as_str(), value) {
                    ("Token", Value::String(_)) => (key.clone(), "xxxxxxx".into()),
                    ("Token", _) => {
                        (key.clone(), serde_json::json!(["xxxxxxx", 11, { "a": "xxxxxxx" }]))
                    }
                    _ => (key.clone(), without(value)),
                })
                .collect(),
        ),
        _ => value.clone(),
    }
}
