//! JSON read a level at a time: an object is taken apart, its values stay text until they are asked for. One
//! reader for all formats is small, and a broken value doesn't affect the others.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// How many members of an object, or elements of an array, are kept at once. The rest is skipped: nothing
/// that is read has so many, except arrays that are read [element by element](for_each).
const MAX_PARTS: usize = 1 << 16;

/// A value's text.
pub(crate) type RawJson<'a> = &'a str;

/// The members of an object, or the elements of an array, which have no names.
#[derive(Debug, Default)]
pub(crate) struct Parts<'a>(Vec<(Option<Cow<'a, str>>, &'a RawValue)>);

impl<'a> Parts<'a> {
    /// Takes an object or an array apart. Errors say where.
    pub(crate) fn parse(text: &'a str) -> Result<Self, serde_json::Error> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let parts = Self::deserialize(&mut deserializer)?;
        deserializer.end()?;
        Ok(parts)
    }

    /// An object's or array's parts; none if it is neither.
    fn of(text: RawJson<'a>) -> Self {
        Self::parse(text).unwrap_or_default()
    }

    /// The values alone.
    pub(crate) fn values(&self) -> impl ExactSizeIterator<Item = RawJson<'a>> + use<'_, 'a> {
        self.0.iter().map(|(_, value)| value.get())
    }

    /// The text of a member's value. `null` counts as missing.
    pub(crate) fn get(&self, name: &str) -> Option<RawJson<'a>> {
        let found = self.0.iter().find(|(have, _)| have.as_deref() == Some(name));
        found.map(|(_, value)| value.get()).filter(|value| *value != "null")
    }

    /// Goes through the elements of a member that is an array, or the values of one that is an object.
    pub(crate) fn for_each(&self, name: &str, each: &mut dyn FnMut(RawJson<'a>)) {
        if let Some(text) = self.get(name) {
            for_each(text, each);
        }
    }

    /// A member that is an object or an array.
    pub(crate) fn parts(&self, name: &str) -> Parts<'a> {
        self.get(name).map_or_else(Parts::default, Parts::of)
    }

    /// A member that is a string.
    pub(crate) fn string(&self, name: &str) -> Option<Cow<'a, str>> {
        string(self.get(name)?)
    }

    /// A member that is a number, or a number in a string.
    pub(crate) fn number<N: Deserialize<'a>>(&self, name: &str) -> Option<N> {
        number(self.get(name)?.trim_matches('"'))
    }

    /// A member that must be a number if it is there at all.
    pub(crate) fn number_or<N: Deserialize<'a>>(&self, name: &str, absent: N) -> Option<N> {
        if self.get(name).is_some() { self.number(name) } else { Some(absent) }
    }

    /// A member that is `true`.
    #[cfg(feature = "full")]
    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }
}

/// A number.
pub(crate) fn number<'a, N: Deserialize<'a>>(text: RawJson<'a>) -> Option<N> {
    serde_json::from_str(text).ok()
}

/// A string's content.
pub(crate) fn string(text: RawJson<'_>) -> Option<Cow<'_, str>> {
    /// Borrows where there is nothing to unescape.
    struct Borrow<'a>(Cow<'a, str>);

    impl<'a> Deserialize<'a> for Borrow<'a> {
        fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
            Ok(Self(deserializer.deserialize_str(AsString)?))
        }
    }

    struct AsString;

    impl<'a> Visitor<'a> for AsString {
        type Value = Cow<'a, str>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E>(self, text: &str) -> Result<Cow<'a, str>, E> {
            Ok(Cow::Owned(text.to_owned()))
        }

        fn visit_borrowed_str<E>(self, text: &'a str) -> Result<Cow<'a, str>, E> {
            Ok(Cow::Borrowed(text))
        }
    }

    serde_json::from_str::<Borrow<'_>>(text).ok().map(|text| text.0)
}

/// Goes through the elements of an array, or the values of an object, without keeping them.
fn for_each<'a>(text: RawJson<'a>, each: &mut dyn FnMut(RawJson<'a>)) {
    // A broken end ends it.
    let _ = serde_json::Deserializer::from_str(text).deserialize_any(Each(each));
}

struct Each<'e, 'a>(&'e mut dyn FnMut(RawJson<'a>));

impl<'a> Visitor<'a> for Each<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((IgnoredAny, value)) = map.next_entry::<_, &'a RawValue>()? {
            (self.0)(value.get());
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(value) = seq.next_element::<&'a RawValue>()? {
            (self.0)(value.get());
        }
        Ok(())
    }
}

impl<'a> Deserialize<'a> for Parts<'a> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        let mut parts = Self::default();
        deserializer.deserialize_any(Collect(&mut parts))?;
        Ok(parts)
    }
}

struct Collect<'p, 'a>(&'p mut Parts<'a>);

impl<'a> Visitor<'a> for Collect<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<&'a RawValue>()? {
            let value = map.next_value()?;
            if self.0.0.len() < MAX_PARTS {
                self.0.0.push((string(name.get()), value));
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(value) = seq.next_element()? {
            if self.0.0.len() < MAX_PARTS {
                self.0.0.push((None, value));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_at_a_time() {
        let text =
            r#" {"a": "x\n\u00e9", "b": [1, {"c": null}], "\u0062b": 1.5, "n": "12", "t": true} "#;
        let parts = Parts::parse(text).unwrap();
        assert_eq!(parts.string("a").unwrap(), "x\né");
        assert_eq!(parts.get("b"), Some(r#"[1, {"c": null}]"#));
        assert_eq!(parts.parts("b").values().collect::<Vec<_>>(), ["1", r#"{"c": null}"#]);
        assert_eq!((parts.number("bb"), parts.number("n")), (Some(1.5), Some(12)));
        assert_eq!((parts.number_or("n", 7), parts.number_or("z", 7)), (Some(12), Some(7)));
        assert_eq!(parts.number_or("a", 7), None);
        assert!(parts.is_true("t") && !parts.is_true("a"));
        let inner = Parts::of(parts.parts("b").values().nth(1).unwrap());
        assert_eq!((inner.get("c"), inner.get("d")), (None, None));
        assert_eq!(
            (parts.string("b"), parts.number::<f64>("a"), parts.string("t")),
            (None, None, None)
        );
        let mut elements = Vec::new();
        parts.for_each("b", &mut |element| elements.push(element));
        parts.for_each("a", &mut |_| unreachable!("it is a string"));
        assert_eq!(elements, ["1", r#"{"c": null}"#]);
        assert_eq!(Parts::parse("[1,]").unwrap_err().column(), 4);
        assert!(Parts::parse("{} x").is_err());
        assert!(Parts::parse("7").is_err());
    }

    #[test]
    fn a_long_array_takes_no_memory() {
        let text = format!("[{}0]", "1,".repeat(200_000));
        assert_eq!(Parts::parse(&text).unwrap().values().len(), MAX_PARTS);
        let mut count = 0;
        for_each(&text, &mut |_| count += 1);
        assert_eq!(count, 200_001);
    }
}
