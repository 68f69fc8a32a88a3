//! Values inside JSON content, read without building the whole document.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::compare::{Cmp, TextTest};
use super::error::QueryError;
use super::lexer::Op;
use super::value::{Kind, Value};
use crate::formats::json::number;

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Key(String),
    Index(usize),
}

/// A place in a document and what must be there.
#[derive(Clone, Debug)]
pub(super) struct JsonTest {
    path: Vec<Step>,
    /// The path's first key in quotes: content without it can't match.
    probe: Option<Box<memchr::memmem::Finder<'static>>>,
    want: Want,
}

#[derive(Clone, Debug)]
enum Want {
    Anything,
    Text(TextTest),
    Exactly(String),
    Number(Cmp, f64),
    Bool(bool),
    Null,
}

/// A value found at the end of a path.
#[derive(Debug)]
enum Found<'a> {
    Text(Cow<'a, str>),
    Number(f64),
    Bool(bool),
    Null,
    Container,
}

impl JsonTest {
    pub(super) fn exists(path: &str, at: &Range<usize>) -> Result<Self, QueryError> {
        Self::new(path, at, Want::Anything)
    }

    pub(super) fn compare(
        path: &str,
        at: &Range<usize>,
        op: Op,
        op_at: &Range<usize>,
        value: &Value,
    ) -> Result<Self, QueryError> {
        let want = match (&value.kind, op) {
            (Kind::Quoted(text), Op::Eq) => Want::Exactly(text.clone()),
            (Kind::Word(word), Op::Eq | Op::Lt | Op::Le | Op::Gt | Op::Ge) => {
                match (word.as_str(), number(word)) {
                    (_, Some(number)) => Want::Number(Cmp::of(op), number),
                    ("true", _) if op == Op::Eq => Want::Bool(true),
                    ("false", _) if op == Op::Eq => Want::Bool(false),
                    ("null", _) if op == Op::Eq => Want::Null,
                    _ if op == Op::Eq => Want::Exactly(word.clone()),
                    _ => return Err(value.error("compare with a number here")),
                }
            }
            _ => Want::Text(TextTest::new(path, op, op_at, value)?),
        };
        Self::new(path, at, want)
    }

    fn new(path: &str, at: &Range<usize>, want: Want) -> Result<Self, QueryError> {
        let path = parse_path(path.strip_prefix("json").unwrap_or(path))
            .ok_or_else(|| QueryError::new("write a path like json.a.b[0].\"c d\"", at.clone()))?;
        let probe = path.iter().find_map(|step| match step {
            // A key may be written with escapes where it has anything but plain letters and digits.
            Step::Key(key) if key.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_') => {
                Some(key)
            }
            _ => None,
        });
        let probe = probe.map(|key| Box::new(memchr::memmem::Finder::new(key).into_owned()));
        Ok(Self { path, probe, want })
    }

    pub(super) fn holds(&self, content: &[u8]) -> bool {
        let start = content.iter().find(|byte| !byte.is_ascii_whitespace());
        let may_hold = match start {
            Some(b'{' | b'[') => true,
            Some(_) => self.path.is_empty(),
            None => false,
        };
        // Keys can be escaped too (`\u0061`): only then is the probe no proof.
        let probed = |probe: &memchr::memmem::Finder<'_>| {
            probe.find(content).is_some() || memchr::memchr(b'\\', content).is_some()
        };
        if !may_hold || !self.probe.as_deref().is_none_or(probed) {
            return false;
        }
        let content = match std::str::from_utf8(content) {
            Ok(content) => content,
            Err(error) => std::str::from_utf8(&content[..error.valid_up_to()]).unwrap_or_default(),
        };
        let mut deserializer = serde_json::Deserializer::from_str(content);
        let mut found = None;
        let seed = Descend { path: &self.path, found: &mut found };
        // A document cut short or followed by something still counts if the value came first.
        let _ = seed.deserialize(&mut deserializer);
        found.is_some_and(|found| self.want.holds(&found))
    }
}

impl Want {
    fn holds(&self, found: &Found<'_>) -> bool {
        match (self, found) {
            (Self::Anything, _) | (Self::Null, Found::Null) => true,
            (Self::Text(test), Found::Text(text)) => test.holds(text.as_bytes()),
            (Self::Text(test), Found::Number(number)) => {
                // As JSON would write it; any number can be written.
                test.holds(&serde_json::to_vec(number).unwrap_or_default())
            }
            (Self::Exactly(want), Found::Text(text)) => want == text,
            (Self::Number(cmp, want), Found::Number(number)) => cmp.holds(*number, *want),
            (Self::Number(Cmp::Eq, want), Found::Text(text)) => number(text) == Some(*want),
            (Self::Bool(want), Found::Bool(value)) => want == value,
            _ => false,
        }
    }
}

/// `.a.b[0]."c d"` as steps.
fn parse_path(mut rest: &str) -> Option<Vec<Step>> {
    let mut path = Vec::new();
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('[') {
            let (index, after) = inside.split_once(']')?;
            path.push(Step::Index(index.parse().ok()?));
            rest = after;
        } else if let Some(inside) = rest.strip_prefix(".\"") {
            let (key, after) = inside.split_once('"')?;
            path.push(Step::Key(key.to_owned()));
            rest = after;
        } else {
            let inside = rest.strip_prefix('.')?;
            let end = inside.find(['.', '[']).unwrap_or(inside.len());
            if end == 0 {
                return None;
            }
            path.push(Step::Key(inside[..end].to_owned()));
            rest = &inside[end..];
        }
    }
    Some(path)
}

struct Descend<'p, 'f, 'de> {
    path: &'p [Step],
    found: &'f mut Option<Found<'de>>,
}

impl<'de> DeserializeSeed<'de> for Descend<'_, '_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Descend<'_, '_, 'de> {
    fn scalar<E>(self, found: Found<'de>) -> Result<(), E> {
        if self.path.is_empty() {
            *self.found = Some(found);
        }
        Ok(())
    }
}

impl<'de> Visitor<'de> for Descend<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.scalar(Found::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.scalar(Found::Number(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.scalar(Found::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.scalar(Found::Number(value))
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.scalar(Found::Null)
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        if self.path.is_empty() {
            self.scalar(Found::Text(Cow::Owned(value.to_owned())))
        } else {
            Ok(())
        }
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<(), E> {
        self.scalar(Found::Text(Cow::Borrowed(value)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some((step, path)) = self.path.split_first() else {
            *self.found = Some(Found::Container);
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(());
        };
        let mut wanted = false;
        while map.next_key_seed(IsKey { step, wanted: &mut wanted })?.is_some() {
            if wanted {
                map.next_value_seed(Descend { path, found: self.found })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Some((step, path)) = self.path.split_first() else {
            *self.found = Some(Found::Container);
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(());
        };
        if let Step::Index(index) = step {
            for _ in 0..*index {
                if seq.next_element::<IgnoredAny>()?.is_none() {
                    return Ok(());
                }
            }
            seq.next_element_seed(Descend { path, found: self.found })?;
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

/// Compares a key without copying it.
struct IsKey<'a> {
    step: &'a Step,
    wanted: &'a mut bool,
}

impl<'de> DeserializeSeed<'de> for IsKey<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for IsKey<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<(), E> {
        *self.wanted = matches!(self.step, Step::Key(want) if want == key);
        Ok(())
    }
}
