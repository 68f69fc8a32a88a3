//! What lint found.

use crate::{ConnId, Direction, FrameId, Rule};

/// One breach of a rule, with the bytes that show it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// The connection.
    pub conn: ConnId,
    /// The direction, unless it is about the connection as a whole.
    pub direction: Option<Direction>,
    /// The frame, if it is about one.
    pub frame: Option<FrameId>,
    /// Where, in bytes from the start of that direction's stream.
    pub offset: u64,
    /// How many bytes it spans.
    pub len: u64,
    /// Arrival of the bytes, in nanoseconds on the connection's [`Clock`](crate::Clock).
    pub time_ns: u64,
    /// What exactly, where the rule's title alone doesn't say.
    pub detail: Option<Box<str>>,
}

impl Finding {
    /// What is wrong, in one line.
    pub fn message(&self) -> String {
        match &self.detail {
            Some(detail) => format!("{}: {detail}", self.rule.title()),
            None => self.rule.title().to_owned(),
        }
    }
}
