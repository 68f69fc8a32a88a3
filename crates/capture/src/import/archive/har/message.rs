//! One message of an archive, and what its time means.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use framewright_codec::Opcode;

use crate::formats::json::Parts;

/// A connection's message.
pub(super) struct Message<'a> {
    pub(super) kind: Cow<'a, str>,
    /// In an unknown unit; below 0 where it isn't known.
    pub(super) time: f64,
    pub(super) opcode: i64,
    pub(super) data: Cow<'a, str>,
}

impl<'a> Message<'a> {
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let parts = Parts::parse(text).ok()?;
        Some(Self {
            kind: parts.string("type")?,
            time: parts.number_or("time", -1.0)?,
            opcode: parts.number("opcode")?,
            data: parts.string("data")?,
        })
    }
}

/// A message's bytes: text as it stands, all else in base64. What isn't base64 after all stands for itself.
pub(super) fn payload<'a>(opcode: Opcode, data: &'a str) -> Cow<'a, [u8]> {
    match STANDARD.decode(data) {
        Ok(bytes) if opcode != Opcode::Text => Cow::Owned(bytes),
        _ => Cow::Borrowed(data.as_bytes()),
    }
}

/// How an archive's message times were read.
#[derive(Debug, Default)]
pub(super) struct TimeRules {
    millis: u64,
    seconds: u64,
    unknown: u64,
}

impl TimeRules {
    /// Archives don't say their unit: from 10^11 on it can only be milliseconds, from 10^8 on only seconds.
    pub(super) fn read(&mut self, time: f64) -> Option<u64> {
        let (per_unit_ns, digits) = if time >= 1e11 {
            self.millis += 1;
            (1_000_000, 1e3)
        } else if time >= 1e8 {
            self.seconds += 1;
            (1_000_000_000, 1e6)
        } else {
            self.unknown += 1;
            return None;
        };
        // Microseconds: a float of seconds can't tell more.
        let (whole, part) = (time.trunc(), time.fract());
        Some(
            (whole as u64)
                .saturating_mul(per_unit_ns)
                .saturating_add((part * digits).round() as u64 * 1000),
        )
    }

    pub(super) fn note(&self, notes: &mut Vec<String>) {
        let mut note = |count: u64, text: &str| {
            if count > 0 {
                notes.push(format!("{count} {text}"));
            }
        };
        note(self.millis, "message times were read as milliseconds (10^11 or more)");
        note(self.seconds, "message times were read as seconds (10^8 or more)");
        note(self.unknown, "messages have no known time: each gets that of the one before");
    }
}
