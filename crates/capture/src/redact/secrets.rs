//! Blanks the JSON values of secret keys in any text: after a prefix (Socket.IO, STOMP), in texts one after
//! the other (SignalR, JSON lines), in strings that hold JSON again (SockJS), and in JSON that is broken or
//! cut off. So it doesn't parse: what follows `"key":` is blanked, wherever that is. Runs in linear time
//! and without recursion.

use std::ops::Range;

use memchr::memchr2;

/// What stands for a secret's bytes: the number of bytes stays, so that every offset does.
pub(crate) const BLANK: u8 = b'x';

/// How often JSON may be escaped in strings of JSON. A string that goes deeper is blanked as a whole.
const MAX_LEVEL: u32 = 4;

/// Blanks the values that have one of `keys`, whatever its case, and all that is in them. No length changes,
/// and JSON stays JSON.
pub(crate) fn blank_values(text: &mut [u8], keys: &[String]) {
    for level in 0..=MAX_LEVEL {
        let mut search = Search { text, keys, level, found: Vec::new(), has_deeper: false };
        search.run();
        let Search { found, has_deeper, .. } = search;
        for (range, form) in found {
            let secret = &mut text[range];
            match form {
                Form::Text => secret.fill(BLANK),
                Form::Number => {
                    secret.iter_mut().filter(|c| c.is_ascii_digit()).for_each(|c| *c = b'1');
                }
            }
        }
        if !has_deeper {
            return;
        }
    }
}

/// How a secret is blanked.
#[derive(Clone, Copy, Debug)]
enum Form {
    Text,
    /// Digits stay digits.
    Number,
}

/// A character as it reads once escapes are undone.
#[derive(Clone, Copy)]
struct Unit {
    ch: char,
    /// How many times it was escaped. A quote that delimits a string was as often as the text around it.
    level: u32,
    /// Where it ends in the text as it is.
    end: usize,
}

/// A string after its opening quote.
struct Str {
    end: usize,
    /// After its closing quote, if it has one.
    after: usize,
    /// Whether there are quotes in it.
    has_quotes: bool,
}

/// Looks for what is escaped `level` times.
struct Search<'a> {
    text: &'a [u8],
    keys: &'a [String],
    level: u32,
    found: Vec<(Range<usize>, Form)>,
    has_deeper: bool,
}

impl Search<'_> {
    fn run(&mut self) {
        let mut at = 0;
        while let Some(quote) = self.next_quote(at) {
            let Some(unit) = self.unit(quote) else { return };
            at = unit.end;
            if unit.level > self.level {
                self.has_deeper = true;
            } else if unit.level == self.level {
                // Each quote may open a key, so that a stray one hides none.
                let string = self.string(at);
                if let Some(value) = self.named(at, &string) {
                    at = self.value(value);
                } else if self.level == MAX_LEVEL && string.has_quotes {
                    self.found.push((at..string.end, Form::Text));
                    at = string.after;
                }
            }
        }
    }

    /// Where the value starts, if the string that starts at `at` is a secret's key.
    fn named(&self, at: usize, key: &Str) -> Option<usize> {
        let value = self.after_colon(key.after)?;
        self.keys.iter().any(|name| self.spells(at..key.end, name)).then_some(value)
    }

    fn spells(&self, range: Range<usize>, name: &str) -> bool {
        let mut at = range.start;
        for ch in name.chars() {
            match self.unit(at).filter(|_| at < range.end) {
                Some(unit) if unit.ch.eq_ignore_ascii_case(&ch) => at = unit.end,
                _ => return false,
            }
        }
        at == range.end
    }

    /// Takes in a secret value, and returns where it ends.
    fn value(&mut self, mut at: usize) -> usize {
        let mut depth = 0_usize;
        loop {
            at = self.skip_space(at);
            let Some(unit) = self.unit(at) else { return at };
            match unit.ch {
                // The string that the text is in ends here.
                '"' if unit.level < self.level => return at,
                '"' if unit.level == self.level => {
                    let string = self.string(unit.end);
                    match self.after_colon(string.after).filter(|_| depth > 0) {
                        Some(behind_key) => {
                            at = behind_key;
                            continue;
                        }
                        None => self.found.push((unit.end..string.end, Form::Text)),
                    }
                    at = string.after;
                }
                '{' | '[' if unit.level <= self.level => {
                    depth += 1;
                    at = unit.end;
                }
                '}' | ']' | ',' if unit.level <= self.level && depth == 0 => return at,
                '}' | ']' if unit.level <= self.level => {
                    depth -= 1;
                    at = unit.end;
                }
                ',' | ':' if unit.level <= self.level && depth > 0 => {
                    at = unit.end;
                }
                _ => at = self.bare(at, unit.end, depth > 0),
            }
            if depth == 0 {
                return at;
            }
        }
    }

    /// Takes in what begins at `start` without a quote or bracket, and whose first character ends at `end`.
    fn bare(&mut self, start: usize, mut end: usize, in_container: bool) -> usize {
        let is_part = |unit: &Unit| {
            unit.level > self.level || !(unit.ch.is_control() || " \",:[]{}".contains(unit.ch))
        };
        while let Some(unit) = self.unit(end).filter(is_part) {
            end = unit.end;
        }
        let word = &self.text[start..end];
        let is_digit = |c: &u8| c.is_ascii_digit() || b"+-.eE".contains(c);
        // true, false and null say little, and can't be blanked.
        if matches!(word, b"true" | b"false" | b"null") {
            return end;
        }
        if matches!(word, [b'-' | b'0'..=b'9', rest @ ..] if rest.iter().all(is_digit)) {
            self.found.push((start..end, Form::Number));
            return end;
        }
        // No JSON: where it ends is unknown. Lines and records do end.
        let is_secret = |unit: &Unit| match unit.ch {
            '\n' | '\r' | '\u{1e}' => unit.level > self.level,
            '"' => unit.level >= self.level,
            _ => true,
        };
        while !in_container && let Some(unit) = self.unit(end).filter(is_secret) {
            end = unit.end;
        }
        self.found.push((start..end, Form::Text));
        end
    }

    fn string(&self, start: usize) -> Str {
        let mut has_quotes = false;
        let mut at = start;
        while let Some(quote) = self.next_quote(at) {
            let Some(unit) = self.unit(quote) else { break };
            at = unit.end;
            if unit.level > self.level {
                has_quotes = true;
                continue;
            }
            let after = if unit.level == self.level { unit.end } else { quote };
            return Str { end: quote, after, has_quotes };
        }
        Str { end: self.text.len(), after: self.text.len(), has_quotes }
    }

    /// The next quote of any level.
    fn next_quote(&self, mut at: usize) -> Option<usize> {
        loop {
            // An escaped one starts with a backslash.
            at += memchr2(b'"', b'\\', self.text.get(at..)?)?;
            let unit = self.unit(at)?;
            if unit.ch == '"' {
                return Some(at);
            }
            at = unit.end;
        }
    }

    fn after_colon(&self, at: usize) -> Option<usize> {
        let colon = self.unit(self.skip_space(at))?;
        (colon.ch == ':' && colon.level <= self.level).then(|| self.skip_space(colon.end))
    }

    fn skip_space(&self, mut at: usize) -> usize {
        let is_space =
            |unit: &Unit| unit.level <= self.level && matches!(unit.ch, ' ' | '\t' | '\n' | '\r');
        while let Some(unit) = self.unit(at).filter(is_space) {
            at = unit.end;
        }
        at
    }

    /// The character at `at`, as it reads in a string of this level.
    fn unit(&self, at: usize) -> Option<Unit> {
        unit(self.text, at, self.level + 1)
    }
}

/// The character at `at` once escapes are undone `level` times.
fn unit(text: &[u8], at: usize, level: u32) -> Option<Unit> {
    let Some(below) = level.checked_sub(1) else { return bytes(text, at) };
    let first = unit(text, at, below)?;
    if first.ch != '\\' || first.level != below {
        return Some(first);
    }
    let Some(second) = unit(text, first.end, below) else { return Some(first) };
    if second.ch == '"' && second.level < below {
        // The string that the text is in ends after a stray backslash.
        return Some(first);
    }
    let (ch, end) = match second.ch {
        'n' => ('\n', second.end),
        'r' => ('\r', second.end),
        't' => ('\t', second.end),
        'u' => code_point(text, second.end, below).unwrap_or(('u', second.end)),
        ch => (ch, second.end),
    };
    Some(Unit { ch, level, end })
}

/// The character whose bytes, in UTF-8, start at `at`.
fn bytes(text: &[u8], at: usize) -> Option<Unit> {
    let first = *text.get(at)?;
    let len = match first {
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xff => 4,
        _ => 1,
    };
    let ch = text.get(at..at + len).and_then(|bytes| str::from_utf8(bytes).ok()?.chars().next());
    let (ch, len) = ch.map_or((char::REPLACEMENT_CHARACTER, 1), |ch| (ch, len));
    Some(Unit { ch, level: 0, end: at + len })
}

/// What the digits after `\u` stand for, and where they end. Half of a pair stands for nothing.
fn code_point(text: &[u8], at: usize, level: u32) -> Option<(char, usize)> {
    let (high, end) = code_unit(text, at, level)?;
    if (0xd800..0xdc00).contains(&high) {
        let low = expect(text, end, level, '\\')
            .and_then(|at| expect(text, at, level, 'u'))
            .and_then(|at| code_unit(text, at, level))
            .filter(|(low, _)| (0xdc00..0xe000).contains(low));
        if let Some((low, end)) = low {
            let ch = char::from_u32(0x10000 + (high - 0xd800) * 0x400 + (low - 0xdc00))?;
            return Some((ch, end));
        }
    }
    Some((char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER), end))
}

fn code_unit(text: &[u8], mut at: usize, level: u32) -> Option<(u32, usize)> {
    let mut value = 0;
    for _ in 0..4 {
        let digit = unit(text, at, level)?;
        value = value * 16 + digit.ch.to_digit(16)?;
        at = digit.end;
    }
    Some((value, at))
}

fn expect(text: &[u8], at: usize, level: u32, ch: char) -> Option<usize> {
    unit(text, at, level).filter(|unit| unit.ch == ch).map(|unit| unit.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blanked(text: &str) -> String {
        let keys = ["token", "clé", "🔑", "a\"b"].map(str::to_owned);
        let mut bytes = text.as_bytes().to_vec();
        blank_values(&mut bytes, &keys);
        String::from_utf8(bytes).unwrap()
    }

    #[track_caller]
    fn assert_blanked(text: &str, expected: &str) {
        assert_eq!(blanked(text), expected, "{text}");
    }

    #[test]
    fn values_of_every_kind() {
        assert_blanked(r#"{"token":"hu\"nter2","a":"b"}"#, r#"{"token":"xxxxxxxxx","a":"b"}"#);
        assert_blanked(r#"{"Token" : -12.5e3 , "a":7}"#, r#"{"Token" : -11.1e1 , "a":7}"#);
        assert_blanked(r#"[{"token":true},{"token":null}]"#, r#"[{"token":true},{"token":null}]"#);
        assert_blanked(
            r#"{"token":{"k":["é",12,{"l":"]}"}],"m":false},"a":"b"}"#,
            r#"{"token":{"k":["xx",11,{"l":"xx"}],"m":false},"a":"b"}"#,
        );
        assert_blanked(
            r#"{"token":"","a":"token","b":"c"}"#,
            r#"{"token":"","a":"token","b":"c"}"#,
        );
        assert_blanked(r#"{"a":"b","tokens":"c"}"#, r#"{"a":"b","tokens":"c"}"#);
    }

    #[test]
    fn depth_and_length_cost_nothing_more() {
        const LEN: usize = 100_000;
        let deep = |open: &str, inner: &str, close: &str| {
            [&open.repeat(LEN), inner, &close.repeat(LEN)].concat()
        };
        let inner = r#"{"token":"abc"}"#;
        assert_eq!(blanked(&deep("[", inner, "]")), deep("[", r#"{"token":"xxx"}"#, "]"));
        assert_eq!(blanked(&deep("{\"token\":[", "12", "]}")), deep("{\"token\":[", "11", "]}"));
        for open in
            ["[", "{\"token\":", "\"", "\\", "\\u", "\\ud83d", "\"token\" ", "\\\\\\\"", "  :"]
        {
            let text = [&open.repeat(LEN), "\"token\":\"abc"].concat();
            assert_eq!(blanked(&text).len(), text.len());
        }
    }

    #[test]
    fn keys_however_escaped() {
        assert_blanked(r#"{"\u0074oken":"abc"}"#, r#"{"\u0074oken":"xxx"}"#);
        assert_blanked(r#"{"cl\u00e9":"a","clé":"b"}"#, r#"{"cl\u00e9":"x","clé":"x"}"#);
        assert_blanked(r#"{"\ud83d\udd11":"a","🔑":"b"}"#, r#"{"\ud83d\udd11":"x","🔑":"x"}"#);
        assert_blanked(r#"{"a\"b":"c"}"#, r#"{"a\"b":"x"}"#);
        assert_blanked(r#"{"\ud83d":"a","\u00":"b"}"#, r#"{"\ud83d":"a","\u00":"b"}"#);
    }
}
