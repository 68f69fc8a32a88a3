//! Tagged netstrings: `<length>:<content><type>`. Lists and dictionaries are read level by level, so depth
//! costs nothing.

/// A value; lists and dictionaries as what they consist of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    /// Bytes or text, which is UTF-8.
    Bytes(&'a [u8]),
    List(&'a [u8]),
    Dict(&'a [u8]),
}

/// The value at the start, and what comes after.
pub(super) fn parse(bytes: &[u8]) -> Option<(Value<'_>, &[u8])> {
    const MAX_DIGITS: usize = 12;
    let at = bytes.iter().take(MAX_DIGITS + 1).position(|&byte| byte == b':')?;
    let len: usize = std::str::from_utf8(&bytes[..at]).ok()?.parse().ok()?;
    let (content, rest) = bytes[at + 1..].split_at_checked(len)?;
    let (&kind, rest) = rest.split_first()?;
    let text = || std::str::from_utf8(content).ok();
    let value = match kind {
        b'~' => Value::Null,
        b'!' => Value::Bool(content == b"true"),
        b'#' => Value::Int(text()?.parse().ok()?),
        b'^' => Value::Float(text()?.parse().ok()?),
        b',' | b';' => Value::Bytes(content),
        b']' => Value::List(content),
        b'}' => Value::Dict(content),
        _ => return None,
    };
    Some((value, rest))
}

impl<'a> Value<'a> {
    /// A list's elements, or a dictionary's keys and values in turn.
    pub(super) fn values(self) -> impl Iterator<Item = Value<'a>> {
        let mut rest = match self {
            Self::List(content) | Self::Dict(content) => content,
            _ => &[],
        };
        std::iter::from_fn(move || {
            let (value, after) = parse(rest)?;
            rest = after;
            Some(value)
        })
    }

    /// A dictionary's value; null where there is none.
    pub(super) fn get(self, name: &str) -> Value<'a> {
        let Self::Dict(_) = self else { return Value::Null };
        let mut values = self.values();
        while let (Some(key), Some(value)) = (values.next(), values.next()) {
            if key == Value::Bytes(name.as_bytes()) {
                return value;
            }
        }
        Value::Null
    }

    pub(super) fn bytes(self) -> &'a [u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            _ => &[],
        }
    }

    pub(super) fn text(self) -> String {
        String::from_utf8_lossy(self.bytes()).into_owned()
    }

    pub(super) fn int(self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(number),
            _ => None,
        }
    }

    pub(super) fn float(self) -> Option<f64> {
        match self {
            Self::Float(number) => Some(number),
            Self::Int(number) => Some(number as f64),
            _ => None,
        }
    }

    pub(super) fn is_true(self) -> bool {
        self == Self::Bool(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_every_type() {
        let net = |content: &str, kind: char| format!("{}:{content}{kind}", content.len());
        let list = net("1:1#3:1.5^4:true!0:~0:]", ']');
        let dict = net(&format!("4:name;5:value,4:list;{list}5:empty;0:}}"), '}');
        let text = format!("{dict}rest");
        let Some((dict, rest)) = parse(text.as_bytes()) else { panic!("it is one") };
        assert_eq!(rest, b"rest");
        assert_eq!(dict.get("name").text(), "value");
        assert_eq!(dict.get("none"), Value::Null);
        let list: Vec<_> = dict.get("list").values().collect();
        let expected =
            [Value::Int(1), Value::Float(1.5), Value::Bool(true), Value::Null, Value::List(b"")];
        assert_eq!(list, expected);
        for broken in [&b"5:abc,"[..], b":a,", b"1:a?", b"x", b"99999999999999:a,", b"1:x#"] {
            assert_eq!(parse(broken), None);
        }
    }
}
