//! Pasted bytes: hex, base64, raw.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use framewright_codec::HeaderPrefix;

use crate::session::resync::{are_frames, is_frame_start};
use crate::{Capture, ConnectionInit, Direction, End, Negotiated, Start};

/// `bytes` as text without a byte order mark, if they are UTF-8.
pub(in crate::import) fn as_text(bytes: &[u8]) -> Option<&str> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        // Cut off inside of a character.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    Some(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Reads bytes in hex, as people and tools write them: `81 85`, `8185`, `0x81, 0x85`, `\x81\x85`,
/// `<Buffer 81 85>`, and dumps with an offset before and text after. At least two bytes.
pub(in crate::import) fn parse_hex(text: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    let text = text.strip_prefix("<Buffer").and_then(|text| text.strip_suffix('>')).unwrap_or(text);
    // Lines that start with a number sign are remarks, as an export has them.
    let mut lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let first = lines.clone().next()?;
    let is_dump =
        !dump_columns(first).is_empty() && lines.clone().all(|line| offset_len(line).is_some());
    let mut bytes = Vec::new();
    lines.try_for_each(|line| {
        parse_line(if is_dump { dump_columns(line) } else { line }, &mut bytes)
    })?;
    (bytes.len() >= 2).then_some(bytes)
}

/// The length of the offset that starts a line of a dump: at least four hex digits, and either a colon or two
/// blanks after them.
fn offset_len(line: &str) -> Option<usize> {
    let line = line.trim_start();
    let digits = line.bytes().take_while(u8::is_ascii_hexdigit).count();
    let after = &line.as_bytes()[digits..];
    let ends = after.first() == Some(&b':') || after.starts_with(b"  ") || after.is_empty();
    ((4..=16).contains(&digits) && ends && (digits >= 7 || !after.is_empty())).then_some(digits)
}

/// A dump's line without its offset and its text.
fn dump_columns(line: &str) -> &str {
    let line = line.trim();
    let Some(len) = offset_len(line) else { return "" };
    let bytes = line[len..].trim_start_matches(':').trim_start();
    // Text stands after a bar or after two blanks or more, but some tools put two blanks after 8 bytes.
    let bytes = bytes.split('|').next().unwrap_or(bytes);
    let mut end = bytes.len();
    let mut at = 0;
    let mut count = 0;
    for word in bytes.split(' ') {
        let is_bytes = !word.is_empty()
            && word.len() % 2 == 0
            && word.bytes().all(|c| c.is_ascii_hexdigit())
            && count + word.len() / 2 <= 16;
        if is_bytes {
            count += word.len() / 2;
            end = at + word.len();
        } else if !word.is_empty() {
            break;
        }
        at += word.len() + 1;
    }
    bytes.get(..end.min(bytes.len())).unwrap_or("")
}

fn parse_line(line: &str, bytes: &mut Vec<u8>) -> Option<()> {
    let line = line.replace("\\x", " ");
    let words =
        line.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '[' | ']' | '"'));
    for word in words.filter(|word| !word.is_empty()) {
        let digits = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")).unwrap_or(word);
        let (pairs, []) = digits.as_bytes().as_chunks::<2>() else { return None };
        for pair in pairs {
            let high = char::from(pair[0]).to_digit(16)?;
            let low = char::from(pair[1]).to_digit(16)?;
            bytes.push((high << 4 | low) as u8);
        }
    }
    Some(())
}

/// Reads bytes in base64, in either alphabet, padded or not, over any number of lines.
pub(in crate::import) fn parse_base64(text: &str) -> Option<Vec<u8>> {
    const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let alphabet =
        if digits.contains(['-', '_']) { &alphabet::URL_SAFE } else { &alphabet::STANDARD };
    let bytes = GeneralPurpose::new(alphabet, CONFIG).decode(&digits).ok()?;
    (!bytes.is_empty()).then_some(bytes)
}

/// Whether bytes can be one direction of a connection: they start with a handshake or a frame.
pub(in crate::import) fn looks_like_stream(bytes: &[u8]) -> bool {
    starts_like_http(bytes) || is_frame_start(bytes, None)
}

/// Whether bytes start with a handshake's request or response.
pub(in crate::import) fn starts_like_http(bytes: &[u8]) -> bool {
    bytes.starts_with(b"GET ") || bytes.starts_with(b"HTTP/1.")
}

/// Whether bytes are frames beyond doubt, from the first to the last, which may be cut off.
pub(in crate::import) fn walks_as_frames(bytes: &[u8]) -> bool {
    // A handshake in front of frames that aren't text.
    starts_like_http(bytes) || are_frames(bytes)
}

/// Takes bytes for one direction of one connection; MASK of the first frame tells which.
pub(in crate::import) fn read_stream(bytes: &[u8], capture: &mut Capture, notes: &mut Vec<String>) {
    let (start, direction) = match bytes {
        [b'G', b'E', b'T', b' ', ..] => (Start::Handshake, Direction::ToServer),
        [b'H', b'T', b'T', b'P', b'/', ..] => (Start::Handshake, Direction::ToClient),
        [first, second, ..] if HeaderPrefix([*first, *second]).masked() => {
            (Start::Frames(Negotiated::default()), Direction::ToServer)
        }
        _ => (Start::Frames(Negotiated::default()), Direction::ToClient),
    };
    // Whoever pastes a compressed frame wants to see its text, so it is read with a new window.
    let compressed = matches!(start, Start::Frames(_))
        && bytes.first_chunk().is_some_and(|&prefix| HeaderPrefix(prefix).rsv1());
    let start = if compressed { Start::MidStream } else { start };
    match direction {
        Direction::ToServer => notes.push("taken for what a client sends: it is masked".to_owned()),
        Direction::ToClient => {
            notes.push("taken for what a server sends: it is not masked".to_owned())
        }
    }
    let is_handshake = start == Start::Handshake;
    let Some(conn) = capture.open(ConnectionInit { start, ..ConnectionInit::default() }) else {
        return;
    };
    capture.push(conn, direction, bytes, 0);
    if is_handshake {
        capture.end(conn, direction.reverse(), End::Finished, 0);
    }
    capture.end(conn, direction, End::CaptureEnded, 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELLO: [u8; 11] = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];

    #[test]
    fn hex_as_people_write_it() {
        for text in [
            "81 85 37 fa 21 3d 7f 9f 4d 51 58",
            "818537fa213d7f9f4d5158",
            "8185 37FA 213D 7F9F 4D51 58",
            "0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58",
            "[0x81,0x85,0x37,0xfa,0x21,0x3d,0x7f,0x9f,0x4d,0x51,0x58]",
            r"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58",
            "<Buffer 81 85 37 fa 21 3d 7f 9f 4d 51 58>",
            "81:85:37:fa:21:3d:7f:9f:4d:51:58",
            "81 85 37 fa\n21 3d 7f 9f\n4d 51 58\n",
            "00000000: 8185 37fa 213d 7f9f 4d51 58              ..7.!=..MQX",
            "00000000  81 85 37 fa 21 3d 7f 9f  4d 51 58                 |..7.!=..MQX|\n0000000b\n",
            "0000   81 85 37 fa 21 3d 7f 9f 4d 51 58               ..7.!=..MQX",
            "0000   81 85 37 fa 21 3d 7f 9f   ..7.!=..\n0008   4d 51 58  MQX",
        ] {
            assert_eq!(parse_hex(text).as_deref(), Some(&HELLO[..]), "{text}");
        }
        for text in ["", "8", "81 8", "81 zz", "hello", "81"] {
            assert_eq!(parse_hex(text), None, "{text}");
        }
    }

    #[test]
    fn base64_in_both_alphabets() {
        for text in
            ["gYU3+iE9f59NUVg=", "gYU3+iE9f59NUVg", "gYU3-iE9f59NUVg", "gYU3+iE9\nf59NUVg=\n"]
        {
            assert_eq!(parse_base64(text).as_deref(), Some(&HELLO[..]), "{text}");
        }
        assert_eq!(parse_base64("gYU3+"), None);
        assert_eq!(parse_base64("not base64!"), None);
    }
}
