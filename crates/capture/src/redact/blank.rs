//! Blanks what a [`Redaction`] takes out, byte by byte: no length changes.

use std::ops::Range;

use super::Redaction;
use super::secrets::{BLANK, blank_values};
use crate::{Direction, Head};

impl Redaction {
    /// Blanks what is secret in a message's or control frame's content.
    pub(super) fn blank_content(&self, content: &mut [u8]) {
        if self.payloads {
            content.fill(BLANK);
            return;
        }
        if !self.json_keys.is_empty() {
            blank_values(content, &self.json_keys);
        }
        for pattern in &self.patterns {
            let found = pattern.find_all(content);
            for range in found.into_iter().filter(|range| !range.is_empty()) {
                let range = whole_characters(content, range);
                content[range].fill(BLANK);
            }
        }
    }

    /// Blanks what is secret in a connection's URL, or in its name, which is often the URL.
    pub(super) fn blank_url(&self, url: &mut String) {
        if self.queries {
            blank_target(url);
        }
    }

    /// Blanks what is secret in a head that has no place in its stream.
    pub(super) fn blank_fields(&self, head: &mut Head) {
        if self.queries {
            blank_target(&mut head.start_line);
        }
        for field in &mut head.fields {
            if self.headers.iter().any(|name| name.eq_ignore_ascii_case(&field.name)) {
                let blanked = |c| if c == ' ' { c } else { char::from(BLANK) };
                field.value = field.value.chars().map(blanked).collect();
            } else if self.queries && field.name == ":path" {
                blank_target(&mut field.value);
            }
        }
    }

    /// Blanks what is secret in the bytes of a head.
    pub(super) fn blank_head(&self, direction: Direction, head: &Head, bytes: &mut [u8]) {
        let line_end = bytes.iter().position(|&c| c == b'\r' || c == b'\n').unwrap_or(0);
        if self.queries && direction == Direction::ToServer {
            blank_query(&mut bytes[..line_end]);
        }
        for field in &head.fields {
            if self.headers.iter().any(|name| name.eq_ignore_ascii_case(&field.name)) {
                let (from, end) = (field.offset as usize, (field.offset + field.len) as usize);
                let Some(line) = bytes.get_mut(from..end) else { continue };
                let value = line.iter().position(|&c| c == b':').map_or(line.len(), |at| at + 1);
                for byte in &mut line[value..] {
                    if *byte != b' ' {
                        *byte = BLANK;
                    }
                }
            }
        }
    }
}

/// Blanks the query's values in a URL or a request's target or line.
fn blank_target(text: &mut String) {
    let mut bytes = std::mem::take(text).into_bytes();
    blank_query(&mut bytes);
    *text = String::from_utf8_lossy(&bytes).into_owned();
}

/// Blanks the values in a query: `?a=1&b=2` becomes `?a=x&b=x`.
fn blank_query(target: &mut [u8]) {
    let Some(query) = target.iter().position(|&c| c == b'?') else { return };
    let mut in_value = false;
    for byte in &mut target[query..] {
        match *byte {
            b' ' | b'#' => return,
            b'=' => in_value = true,
            b'&' => in_value = false,
            _ if in_value => *byte = BLANK,
            _ => {}
        }
    }
}

/// Widens a range of text so that it cuts no character.
fn whole_characters(text: &[u8], range: Range<usize>) -> Range<usize> {
    const MAX_TAIL_LEN: usize = 3;
    let is_tail = |at: usize| text.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    let mut start = range.start;
    while start > range.start.saturating_sub(MAX_TAIL_LEN) && is_tail(start) {
        start -= 1;
    }
    let mut end = range.end;
    while end < range.end + MAX_TAIL_LEN && is_tail(end) {
        end += 1;
    }
    start..end.min(text.len())
}
