//! The query language.
//!
//! ```text
//! query   = or
//! or      = and *( ("or" / "||") and )
//! and     = unary *( ["and" / "&&"] unary )        two terms side by side are both required
//! unary   = ["!" / "-" / "not"] unary / "(" or ")" / term
//! term    = field [ op value ] / text / regex / hex
//! op      = "==" / "=" / ":" / "!=" / "<" / "<=" / ">" / ">=" / "~" / "!~"
//! text    = word / '"' ... '"'                     anywhere in the content, ASCII case ignored
//! regex   = "/" ... "/" ["i"] ["s"] ["m"]          on bytes, with ASCII classes
//! hex     = "hex:" digits and "??" / "0x" digits   in the content or in the frame as on the wire
//! ```
//!
//! | field | value |
//! | --- | --- |
//! | `opcode` | `text` `binary` `continuation` `close` `ping` `pong` `reserved` `control` `data`, or 0–15 |
//! | `dir` | `in` `out`, seen from [`perspective`](crate::ConnectionInit::perspective); `client` `server`: who sends |
//! | `conn` `message` | an id |
//! | `frame` | its number, from 1 on |
//! | `len` `wire` | payload or whole frame in bytes, with `k` `M` `G` (1000) or `Ki` `Mi` `Gi` (1024) |
//! | `message.len` `message.fragments` | of the message the frame is part of |
//! | `time` | since the first connection, with `ns` `us` `ms` `s` (as without) `m` `h` |
//! | `fin` `rsv1` `rsv2` `rsv3` `masked` `compressed` `control` `fragmented` `complete` `missing` | alone, or `==true` `==false` |
//! | `lint` | alone: any finding; a severity (`lint>=warning`) or a rule (`lint==reserved-opcode`) |
//! | `close` | the code of a close frame |
//! | `key` | the masking key in hex |
//! | `json.a.b[0]` | a value inside JSON content; alone: it is there |
//! | `text` | the content: `==` all of it, `:` a part of it, `~` a regex |
//! | `name` `url` `subprotocol` | of the connection: likewise; the name is what the application calls it |
//!
//! Names that people know from elsewhere stand for these: `from`, `size`, `data`, `severity`, `close.code`,
//! Wireshark's `websocket.opcode`, and more. For a name without a field here, the error says what to write
//! instead.
//!
//! A frame's *content* is its payload, unmasked. The first frame of a message stands for the whole message,
//! joined and inflated; a later fragment stands for its own payload, unless that is compressed.

mod compare;
mod error;
mod eval;
mod expr;
mod fields;
mod holds;
mod json;
mod lexer;
mod parser;
mod pattern;
mod scan;
mod value;

pub use error::QueryError;
pub use scan::Scan;

use crate::{Capture, FrameId};
use eval::Evaluator;
use expr::Expr;

/// A query, ready to run.
#[derive(Clone, Debug)]
pub struct Query {
    text: String,
    expr: Expr,
}

impl Query {
    /// Reads a query. An empty one matches every frame.
    ///
    /// # Errors
    ///
    /// Says what is wrong, and where in `text`.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        Ok(Self { text: text.to_owned(), expr: parser::parse(text)? })
    }

    /// The query as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a frame matches. To go through many, use a [`Scan`].
    pub fn matches(&self, capture: &Capture, frame: FrameId) -> bool {
        let mut evaluator = Evaluator::new(capture);
        capture.frame(frame).is_some_and(|frame| evaluator.matches(&self.expr, &frame))
    }
}
