//! Regular expressions by the `regex` crate.

use std::ops::Range;

use regex::Error;
use regex::bytes::{Regex, RegexBuilder};

use super::RegexFlags;

/// The most memory in bytes that one may take once compiled.
const MAX_COMPILED_LEN: usize = 1 << 20;

#[derive(Clone, Debug)]
pub(super) struct Compiled(Regex);

impl Compiled {
    pub(super) fn new(pattern: &str, flags: RegexFlags) -> Result<Self, String> {
        let compiled = RegexBuilder::new(pattern)
            .unicode(false)
            .size_limit(MAX_COMPILED_LEN)
            .case_insensitive(flags.ignore_case)
            .dot_matches_new_line(flags.dot_all)
            .multi_line(flags.multi_line)
            .build();
        compiled.map(Self).map_err(|error| match &error {
            Error::CompiledTooBig(_) => "this regex is too big".to_owned(),
            error => {
                // The last line says what; those before draw where.
                let text = error.to_string();
                let last = text.lines().last().unwrap_or("it can't be read");
                format!("this regex is wrong: {}", last.trim_start_matches("error: "))
            }
        })
    }

    pub(super) fn is_match(&self, bytes: &[u8]) -> bool {
        self.0.is_match(bytes)
    }

    pub(super) fn is_match_in(&self, text: &Haystack, part: Range<usize>) -> bool {
        text.0.get(part).is_some_and(|bytes| self.is_match(bytes))
    }

    pub(super) fn find_all(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        self.0.find_iter(bytes).map(|found| found.range()).collect()
    }
}

#[derive(Debug)]
pub(super) struct Haystack(Box<[u8]>);

impl Haystack {
    pub(super) fn new(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }
}
