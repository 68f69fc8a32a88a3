//! Searching for text and bytes.

use std::ops::Range;

use super::error::QueryError;
use crate::RegexFlags;
use crate::regexp::Regex;

/// A text to find, ASCII case ignored.
#[derive(Clone, Debug)]
pub(super) struct TextPattern {
    needle: Box<[u8]>,
    /// The needle's rarest byte in both cases, and where it stands: what to look for first.
    anchor: [u8; 2],
    anchor_at: usize,
}

/// Letters from rare to frequent in English. Any other byte counts as rarer.
const BY_FREQUENCY: &[u8] = b"zqjxkvbpgwyfmculdhrsnioate \"";

impl TextPattern {
    pub(super) fn new(needle: &str) -> Self {
        let needle = needle.to_ascii_lowercase().into_bytes();
        let rank = |byte: &u8| BY_FREQUENCY.iter().position(|c| c == byte).map_or(0, |at| at + 1);
        let anchor_at = (0..needle.len()).min_by_key(|&at| rank(&needle[at])).unwrap_or(0);
        let anchor = needle.get(anchor_at).copied().unwrap_or(0);
        Self { needle: needle.into(), anchor: [anchor, anchor.to_ascii_uppercase()], anchor_at }
    }

    pub(super) fn is_in(&self, bytes: &[u8]) -> bool {
        if self.needle.is_empty() {
            return true;
        }
        let Some(last) = bytes.len().checked_sub(self.needle.len()) else { return false };
        let places = &bytes[self.anchor_at..=last + self.anchor_at];
        memchr::memchr2_iter(self.anchor[0], self.anchor[1], places)
            .any(|at| bytes[at..at + self.needle.len()].eq_ignore_ascii_case(&self.needle))
    }

    pub(super) fn is(&self, bytes: &[u8]) -> bool {
        bytes.eq_ignore_ascii_case(&self.needle)
    }
}

/// Bytes to find; some places match any byte.
#[derive(Clone, Debug)]
pub(super) struct Hex {
    bytes: Box<[Option<u8>]>,
    /// The longest run of given bytes, and where it starts: what to look for first.
    run: Box<memchr::memmem::Finder<'static>>,
    run_at: usize,
}

impl Hex {
    pub(super) fn parse(digits: &str, at: Range<usize>) -> Result<Self, QueryError> {
        let invalid = || {
            QueryError::new(
                "write bytes as pairs of hex digits, or ?? for any: \"81 ?? ff\"",
                at.clone(),
            )
        };
        let digits: Vec<u8> = digits
            .bytes()
            .filter(|c| !c.is_ascii_whitespace() && !matches!(c, b',' | b':'))
            .collect();
        let (pairs, []) = digits.as_chunks::<2>() else { return Err(invalid()) };
        let bytes: Option<Box<[Option<u8>]>> = pairs
            .iter()
            .map(|pair| match pair {
                b"??" => Some(None),
                pair => {
                    let digit = |c: u8| char::from(c).to_digit(16);
                    Some(Some((digit(pair[0])? << 4 | digit(pair[1])?) as u8))
                }
            })
            .collect();
        let bytes = bytes.filter(|bytes| bytes.iter().any(Option::is_some)).ok_or_else(invalid)?;
        let mut run_at = 0;
        let mut run = Vec::new();
        let mut from = 0;
        for part in bytes.split(Option::is_none) {
            if part.len() > run.len() {
                run = part.iter().copied().flatten().collect();
                run_at = from;
            }
            from += part.len() + 1;
        }
        let run = Box::new(memchr::memmem::Finder::new(&run).into_owned());
        Ok(Self { bytes, run, run_at })
    }

    pub(super) fn is_in(&self, bytes: &[u8]) -> bool {
        let Some(last) = bytes.len().checked_sub(self.bytes.len()) else { return false };
        let places = &bytes[self.run_at..last + self.run_at + self.run.needle().len()];
        let mut at = 0;
        while let Some(found) = self.run.find(&places[at..]) {
            at += found;
            if self.is_at(&bytes[at..]) {
                return true;
            }
            at += 1;
        }
        false
    }

    fn is_at(&self, bytes: &[u8]) -> bool {
        self.bytes.iter().zip(bytes).all(|(want, have)| want.is_none_or(|want| want == *have))
    }
}

/// A regex on bytes.
pub(super) fn regex(pattern: &str, flags: &str, at: Range<usize>) -> Result<Regex, QueryError> {
    let mut parsed = RegexFlags::default();
    for flag in flags.chars() {
        match flag {
            'i' => parsed.ignore_case = true,
            's' => parsed.dot_all = true,
            'm' => parsed.multi_line = true,
            _ => {
                let message = format!("unknown regex flag \"{flag}\"; there are i, s and m");
                return Err(QueryError::new(message, at));
            }
        }
    }
    Regex::new(pattern, parsed).map_err(|error| QueryError::new(error.to_string(), at))
}
