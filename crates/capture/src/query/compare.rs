//! How a field's value is compared with the one in the query.

use std::ops::Range;

use super::error::QueryError;
use super::lexer::Op;
use super::pattern::{TextPattern, regex};
use super::value::{Kind, Value};
use crate::regexp::Regex;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cmp {
    Eq,
    Lt,
    Le,
    Gt,
    Ge,
}

impl Cmp {
    /// How an operator orders. Operators without an order compare for equality.
    pub(super) fn of(op: Op) -> Self {
        match op {
            Op::Lt => Self::Lt,
            Op::Le => Self::Le,
            Op::Gt => Self::Gt,
            Op::Ge => Self::Ge,
            Op::Eq | Op::Ne | Op::Has | Op::Like | Op::Unlike => Self::Eq,
        }
    }

    pub(super) fn holds<T: PartialOrd>(self, left: T, right: T) -> bool {
        match self {
            Self::Eq => left == right,
            Self::Lt => left < right,
            Self::Le => left <= right,
            Self::Gt => left > right,
            Self::Ge => left >= right,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) enum TextTest {
    Contains(TextPattern),
    Is(TextPattern),
    Regex(Regex),
}

impl TextTest {
    /// What the text of the field `name` must be: with `==` all of `value`, with `:` a part, with `~` a
    /// regex or a part.
    pub(super) fn new(
        name: &str,
        op: Op,
        op_at: &Range<usize>,
        value: &Value,
    ) -> Result<Self, QueryError> {
        match (&value.kind, op) {
            (Kind::Regex(pattern, flags), Op::Eq | Op::Has | Op::Like) => {
                Ok(Self::Regex(regex(pattern, flags, value.at.clone())?))
            }
            (Kind::Word(text) | Kind::Quoted(text), Op::Has | Op::Like) => {
                Ok(Self::Contains(TextPattern::new(text)))
            }
            (Kind::Word(text) | Kind::Quoted(text), Op::Eq) => Ok(Self::Is(TextPattern::new(text))),
            _ => {
                let message = format!("\"{name}\" has no order; use ==, : or ~");
                Err(QueryError::new(message, op_at.clone()))
            }
        }
    }

    pub(super) fn holds(&self, bytes: &[u8]) -> bool {
        match self {
            Self::Contains(text) => text.is_in(bytes),
            Self::Is(text) => text.is(bytes),
            Self::Regex(regex) => regex.is_match(bytes),
        }
    }
}
