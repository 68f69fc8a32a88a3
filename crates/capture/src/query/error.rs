//! What can be wrong with a query.

use std::fmt;

/// A query that can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueryError {
    /// What is wrong, and what would be right.
    pub message: String,
    /// Where, in bytes from the start of the query's UTF-8 text.
    pub offset: usize,
    /// How many bytes are concerned; 0 where something is missing.
    pub len: usize,
}

impl QueryError {
    pub(super) fn new(message: impl Into<String>, at: std::ops::Range<usize>) -> Self {
        Self { message: message.into(), offset: at.start, len: at.len() }
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at {})", self.message, self.offset)
    }
}

impl std::error::Error for QueryError {}
