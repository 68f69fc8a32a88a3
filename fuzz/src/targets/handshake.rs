//! The opening handshake: any header is granted or refused, and what we write we read.

use framewright_codec::handshake::{
    ClientHandshake, DeflateConfig, DeflateParams, HandshakeHeaders, HeaderError, WindowBits,
    WindowBitsPolicy, accept_upgrade, parse_extensions, parse_subprotocols,
};

use crate::input::Input;

/// Four bytes of choices, then header lines that end in LF. Names that begin with `:` stand for the whole
/// of what is usual in a request.
///
/// | byte | chooses |
/// | --- | --- |
/// | 0, 1 | the takeover options |
/// | 2, 3 | the windows' options |
pub fn check(bytes: &[u8]) {
    let mut input = Input(bytes);
    let [server_takeover, client_takeover, server_bits, client_bits] = input.bytes();
    let config = DeflateConfig {
        server_no_context_takeover: option(server_takeover),
        client_no_context_takeover: option(client_takeover),
        server_max_window_bits: policy(server_bits),
        client_max_window_bits: policy(client_bits),
    };
    let mut fields = Vec::new();
    for line in input.0.split(|&byte| byte == b'\n') {
        let at = line.iter().skip(1).position(|&byte| byte == b':').map_or(line.len(), |at| at + 1);
        let (name, value) = line.split_at(at);
        let value = value.get(1..).unwrap_or_default();
        check_extensions(value);
        check_subprotocols(value);
        match std::str::from_utf8(name) {
            Ok(name) if name.starts_with(':') => fields.extend(USUAL),
            Ok(name) => fields.push((name, value)),
            Err(_) => {}
        }
    }
    let headers = HandshakeHeaders::collect(fields.iter().copied());
    check_request(&headers, &config);
    check_response(&headers, config);
}

const USUAL: [(&str, &[u8]); 4] = [
    ("Connection", b"Upgrade"),
    ("Upgrade", b"websocket"),
    ("Sec-WebSocket-Key", b"dGhlIHNhbXBsZSBub25jZQ=="),
    ("Sec-WebSocket-Version", b"13"),
];

fn option(byte: u8) -> Option<bool> {
    [None, Some(false), Some(true)][usize::from(byte) % 3]
}

fn policy(byte: u8) -> WindowBitsPolicy {
    match WindowBits::new(byte) {
        Some(bits) => WindowBitsPolicy::Limit(bits),
        None if byte & 1 != 0 => WindowBitsPolicy::Refuse,
        None => WindowBitsPolicy::Follow,
    }
}

fn check_request(headers: &HandshakeHeaders<'_>, config: &DeflateConfig) {
    match accept_upgrade("GET", headers, Some(config)) {
        Err(error) => {
            assert!(matches!(error.status(), 400 | 426));
            assert!(!error.to_string().is_empty());
        }
        Ok(upgrade) => {
            assert_eq!(upgrade.accept.len(), 28);
            let Some(params) = upgrade.deflate else { return };
            let header = params.to_string();
            let response = parse_extensions(header.as_bytes()).expect("we wrote it");
            assert_eq!(DeflateParams::from_extensions(&response), Ok(Some(params)));
        }
    }
}

fn check_response(headers: &HandshakeHeaders<'_>, config: DeflateConfig) {
    let handshake =
        ClientHandshake::new([7; 16], &["a", "b"], Some(config)).expect("distinct tokens");
    let offer = handshake.extensions().expect("it offers one");
    parse_extensions(offer.as_bytes()).expect("we wrote it");
    if let Ok(agreement) = handshake.check_response(101, headers) {
        assert!(matches!(agreement.subprotocol, Some("a" | "b")));
    }
}

fn check_extensions(value: &[u8]) {
    match parse_extensions(value) {
        Ok(extensions) => {
            let elements: Vec<String> = extensions.iter().map(ToString::to_string).collect();
            assert_eq!(parse_extensions(elements.join(", ").as_bytes()).as_ref(), Ok(&extensions));
        }
        Err(error) => check_error(error, value),
    }
}

fn check_subprotocols(value: &[u8]) {
    match parse_subprotocols(value) {
        Ok(names) => {
            assert!(names.iter().all(|name| !name.is_empty()));
            assert_eq!(parse_subprotocols(names.join(",").as_bytes()).as_ref(), Ok(&names));
        }
        Err(error) => check_error(error, value),
    }
}

fn check_error(error: HeaderError, value: &[u8]) {
    match error {
        HeaderError::UnexpectedCharacter { offset }
        | HeaderError::DuplicateSubprotocol { offset } => assert!(offset < value.len()),
        _ => {}
    }
}
