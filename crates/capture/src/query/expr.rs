//! A query as a tree of tests.

use framewright_codec::Role;

use super::compare::{Cmp, TextTest};
use super::json::JsonTest;
use super::pattern::Hex;
use crate::{Rule, Severity};

#[derive(Clone, Debug)]
pub(super) enum Expr {
    /// Every frame.
    All,
    Test(Test),
    Not(Box<Self>),
    And(Vec<Self>),
    Or(Vec<Self>),
}

impl Expr {
    /// A test of the content of messages and control frames.
    pub(super) fn content(test: TextTest) -> Self {
        Self::Test(Test::Content(test))
    }

    /// How much work it is; cheap parts are tried first.
    pub(super) fn cost(&self) -> u32 {
        match self {
            Self::All => 0,
            Self::Test(test) => test.cost(),
            Self::Not(expr) => expr.cost(),
            Self::And(parts) | Self::Or(parts) => parts.iter().map(Self::cost).sum(),
        }
    }

    /// Whether it asks what connections are called, which may be told after their frames.
    pub(super) fn asks_for_names(&self) -> bool {
        match self {
            Self::All => false,
            Self::Test(test) => matches!(test, Test::Conn(ConnText::Name, _)),
            Self::Not(expr) => expr.asks_for_names(),
            Self::And(parts) | Self::Or(parts) => parts.iter().any(Self::asks_for_names),
        }
    }

    /// Joins parts that must all match.
    pub(super) fn all(parts: Vec<Self>) -> Self {
        Self::join(parts, Self::And)
    }

    /// Joins parts of which one must match.
    pub(super) fn any(parts: Vec<Self>) -> Self {
        Self::join(parts, Self::Or)
    }

    fn join(parts: Vec<Self>, join: fn(Vec<Self>) -> Self) -> Self {
        let mut sorted: Vec<Self> = Vec::with_capacity(parts.len());
        for part in parts {
            let at = sorted.partition_point(|other| other.cost() <= part.cost());
            sorted.insert(at, part);
        }
        if sorted.len() > 1 { join(sorted) } else { sorted.pop().unwrap_or(Self::All) }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    Conn,
    Frame,
    Message,
    PayloadLen,
    WireLen,
    MessageLen,
    MessageFragments,
    Time,
    CloseCode,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flag {
    Fin,
    Rsv1,
    Rsv2,
    Rsv3,
    Masked,
    Compressed,
    Control,
    Fragmented,
    Complete,
    Missing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConnText {
    Name,
    Url,
    Subprotocol,
}

#[derive(Clone, Debug)]
pub(super) enum Test {
    /// One bit for each opcode that matches.
    Opcode(u16),
    Incoming(bool),
    Sender(Role),
    Number(Number, Cmp, u64),
    Flag(Flag),
    Lint(Cmp, Severity),
    Rule(Rule),
    Key([u8; 4]),
    Conn(ConnText, TextTest),
    Content(TextTest),
    Hex(Hex),
    Json(JsonTest),
}

impl Test {
    fn cost(&self) -> u32 {
        match self {
            Self::Opcode(_)
            | Self::Flag(_)
            | Self::Lint(..)
            | Self::Incoming(_)
            | Self::Sender(_) => 1,
            Self::Number(..) | Self::Rule(_) => 2,
            Self::Key(_) => 10,
            Self::Conn(..) => 20,
            Self::Content(_) => 50,
            Self::Hex(_) => 60,
            Self::Json(_) => 100,
        }
    }
}
