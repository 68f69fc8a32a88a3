//! The values that a query compares fields with.

use std::ops::Range;

use super::error::QueryError;

/// What stands after an operator.
pub(super) struct Value {
    pub(super) kind: Kind,
    pub(super) at: Range<usize>,
}

pub(super) enum Kind {
    Word(String),
    Quoted(String),
    Regex(String, String),
}

impl Value {
    pub(super) fn error(&self, message: impl Into<String>) -> QueryError {
        QueryError::new(message, self.at.clone())
    }

    /// The value as a word or string.
    pub(super) fn text(&self) -> Result<&str, QueryError> {
        match &self.kind {
            Kind::Word(text) | Kind::Quoted(text) => Ok(text),
            Kind::Regex(..) => Err(self.error("a regex makes no sense here")),
        }
    }
}
