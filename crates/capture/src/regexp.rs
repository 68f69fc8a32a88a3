//! Regular expressions on bytes: the `regex` crate's, or as WebAssembly the host's. That is a third of the
//! module saved, and each browser has fast ones already.

use std::fmt;
use std::ops::Range;

#[cfg(target_family = "wasm")]
mod host;
#[cfg(not(target_family = "wasm"))]
mod regex_crate;

#[cfg(target_family = "wasm")]
pub use host::HostRegex;
#[cfg(target_family = "wasm")]
use host::{Compiled, Haystack as BackendHaystack};
#[cfg(not(target_family = "wasm"))]
use regex_crate::{Compiled, Haystack as BackendHaystack};

/// What a regular expression may ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RegexFlags {
    /// ASCII letters match in either case.
    pub ignore_case: bool,
    /// `.` matches a line break.
    pub dot_all: bool,
    /// `^` and `$` match at line breaks.
    pub multi_line: bool,
}

/// A regular expression. It matches bytes; classes such as `\w` are ASCII's.
#[derive(Clone, Debug)]
pub(crate) struct Regex(Compiled);

impl Regex {
    pub(crate) fn new(pattern: &str, flags: RegexFlags) -> Result<Self, RegexError> {
        Compiled::new(pattern, flags).map(Self).map_err(RegexError)
    }

    pub(crate) fn is_match(&self, bytes: &[u8]) -> bool {
        self.0.is_match(bytes)
    }

    /// Whether it matches somewhere in a part of the text, which begins and ends there for it.
    pub(crate) fn is_match_in(&self, text: &Haystack, part: Range<usize>) -> bool {
        self.0.is_match_in(&text.0, part)
    }

    /// All matches that don't overlap, in order.
    pub(crate) fn find_all(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        self.0.find_all(bytes)
    }
}

/// Bytes where regular expressions look for them. Getting them there costs much by the piece and little by the
/// byte, so what is to be tried on many short ones is best held as parts of one text.
#[derive(Debug)]
pub(crate) struct Haystack(BackendHaystack);

impl Haystack {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self(BackendHaystack::new(bytes))
    }
}

/// A text that is no regular expression; displayed, it says why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegexError(String);

impl fmt::Display for RegexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for RegexError {}
