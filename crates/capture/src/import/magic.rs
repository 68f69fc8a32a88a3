//! What a file's first bytes say before any of it is read.

use super::{har, native};

/// Whether a file that starts with `head` is read only by a build with the feature `full`: all but text, HARs
/// and native captures.
pub fn needs_full(head: &[u8]) -> bool {
    if super::mitmproxy::is_flow(head) == Some(true) {
        return false;
    }
    if head.starts_with(&[native::RECORD_SEPARATOR, b'{']) || har::is_zlib(head) {
        return false;
    }
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // Cut inside of a character.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or("")
        }
        Err(_) => return true,
    };
    let is_binary = text.chars().any(|c| c.is_ascii_control() && !c.is_ascii_whitespace());
    is_binary || text.contains("\"logEventTypes\"") || is_key_log(head)
}

/// Whether a file that starts with `head` is a log of TLS secrets, as `SSLKEYLOGFILE` makes clients write it.
pub fn is_key_log(head: &[u8]) -> bool {
    let mut lines = head
        .split(|&byte| byte == b'\n' || byte == b'\r')
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty() && !line.starts_with(b"#"));
    lines.next().is_some_and(|line| {
        let mut words = line.split(|&byte| byte == b' ');
        let label = words.next().unwrap_or_default();
        let is_label = label.len() >= 3
            && label.iter().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == b'_');
        is_label
            && words.next().is_some_and(|random| {
                random.len() >= 16 && random.iter().all(u8::is_ascii_hexdigit)
            })
    })
}
