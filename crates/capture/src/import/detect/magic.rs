//! What a file's first bytes say before any of it is read.

use crate::import::archive::har;
use crate::import::native;

/// Whether a file that starts with `head` is read only by a build with the feature `full`: all but text, HARs
/// and native captures.
pub fn needs_full(head: &[u8]) -> bool {
    if is_flow(head) == Some(true) {
        return true;
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

/// Whether a file is of mitmproxy's flows: its first tnetstring is a dictionary whose first key is a name. `None` where there is too little.
pub(in crate::import) fn is_flow(bytes: &[u8]) -> Option<bool> {
    const MAX_KEY_LEN: usize = 32;
    let Some((_, rest)) = length(bytes) else {
        return (!bytes.iter().all(u8::is_ascii_digit) || bytes.len() > 12).then_some(false);
    };
    let Some((len, key)) = length(rest) else {
        return (!rest.iter().all(u8::is_ascii_digit) || rest.len() > 3).then_some(false);
    };
    if len == 0 || len > MAX_KEY_LEN {
        return Some(false);
    }
    let is_name = |byte: &u8| byte.is_ascii_lowercase() || *byte == b'_';
    match key.get(len) {
        Some(b',' | b';') => Some(key[..len].iter().all(is_name)),
        Some(_) => Some(false),
        None => key.iter().all(is_name).then_some(()).map_or(Some(false), |()| None),
    }
}

/// The length that a tnetstring starts with, and what comes after.
pub(in crate::import) fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let at = bytes.iter().take(13).position(|&byte| byte == b':')?;
    let digits = std::str::from_utf8(&bytes[..at]).ok()?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    Some((digits.parse().ok().filter(|_| is_number)?, &bytes[at + 1..]))
}
