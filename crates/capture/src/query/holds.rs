//! Tries one test of a query on a frame.

use framewright_codec::{Opcode, Role};

use super::compare::TextTest;
use super::eval::Evaluator;
use super::expr::{ConnText, Flag, Number, Test};
use crate::content::reader::{MAX_CONTENT_LEN, shown_len};
use crate::store::bytes::Run;
use crate::{Direction, Frame};

impl Evaluator<'_> {
    pub(super) fn test(&mut self, test: &Test, frame: &Frame<'_>) -> bool {
        match test {
            Test::Opcode(mask) => mask >> frame.opcode().bits() & 1 != 0,
            Test::Incoming(incoming) => {
                let conn = self.capture.connection(frame.conn());
                conn.is_some_and(|conn| conn.is_incoming(frame.direction()) == *incoming)
            }
            Test::Sender(role) => {
                (frame.direction() == Direction::ToServer) == (*role == Role::Client)
            }
            Test::Number(number, cmp, value) => {
                self.number(*number, frame).is_some_and(|number| cmp.holds(number, *value))
            }
            Test::Flag(flag) => is_set(*flag, frame),
            Test::Lint(cmp, severity) => {
                frame.severity().is_some_and(|worst| cmp.holds(worst, *severity))
            }
            Test::Rule(rule) => {
                let findings = self.capture.findings();
                frame.severity().is_some()
                    && frame.findings().any(|id| findings[id.0 as usize].rule == *rule)
            }
            Test::Key(key) => frame.masking_key() == Some(*key),
            Test::Conn(field, test) => self.conn(*field, test, frame),
            Test::Content(test) => self.content(frame).is_some_and(|content| test.holds(content)),
            Test::Json(test) => self.content(frame).is_some_and(|content| test.holds(content)),
            Test::Hex(hex) => {
                if self.content(frame).is_some_and(|content| hex.is_in(content)) {
                    return true;
                }
                if let Some(stream) = self.capture.stream(frame.conn(), frame.direction())
                    && let Some(wire) = stream.slice(frame.range())
                {
                    return hex.is_in(wire);
                }
                let wire = &mut self.scratch.wire;
                wire.clear();
                let runs = self.capture.runs(frame.conn(), frame.direction(), frame.range());
                for run in runs.into_iter().flatten() {
                    if wire.len() >= MAX_CONTENT_LEN {
                        break;
                    }
                    match run {
                        Run::Present(bytes) => wire.extend_from_slice(bytes),
                        Run::Missing(_) => wire.resize(wire.len() + shown_len(run), 0),
                    }
                }
                hex.is_in(&self.scratch.wire)
            }
        }
    }

    fn number(&mut self, number: Number, frame: &Frame<'_>) -> Option<u64> {
        let message = || self.capture.message(frame.message()?);
        Some(match number {
            Number::Conn => frame.conn().0.into(),
            // As they are numbered on the page.
            Number::Frame => u64::from(frame.id().0) + 1,
            Number::Message => frame.message()?.0.into(),
            Number::PayloadLen => frame.payload_len(),
            Number::WireLen => frame.wire_len(),
            Number::MessageLen => {
                let message = message()?;
                message.content_len().unwrap_or(message.wire_len())
            }
            Number::MessageFragments => message()?.fragments().into(),
            Number::Time => frame.time_ns().saturating_sub(self.start_ns),
            Number::CloseCode => {
                if frame.opcode() != Opcode::Close {
                    return None;
                }
                let body = self.scratch.reader.payload(self.capture, frame.id(), 0..2)?;
                u16::from_be_bytes(*body.bytes.first_chunk()?).into()
            }
        })
    }

    fn conn(&self, field: ConnText, test: &TextTest, frame: &Frame<'_>) -> bool {
        let Some(conn) = self.capture.connection(frame.conn()) else { return false };
        match field {
            ConnText::Name => conn.name.as_ref().is_some_and(|name| test.holds(name.as_bytes())),
            ConnText::Url => conn.url().is_some_and(|url| test.holds(url.as_bytes())),
            ConnText::Subprotocol => {
                conn.negotiated.subprotocol.as_ref().is_some_and(|name| test.holds(name.as_bytes()))
            }
        }
    }
}

fn is_set(flag: Flag, frame: &Frame<'_>) -> bool {
    let [rsv1, rsv2, rsv3] = frame.rsv();
    match flag {
        Flag::Fin => frame.fin(),
        Flag::Rsv1 => rsv1,
        Flag::Rsv2 => rsv2,
        Flag::Rsv3 => rsv3,
        Flag::Masked => frame.masked(),
        Flag::Compressed => frame.compressed(),
        Flag::Control => frame.opcode().is_control(),
        Flag::Fragmented => {
            frame.message().is_some() && (!frame.fin() || frame.opcode() == Opcode::Continuation)
        }
        Flag::Complete => frame.complete(),
        Flag::Missing => frame.has_missing(),
    }
}
