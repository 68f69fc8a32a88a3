//! The syntax of `Sec-WebSocket-Extensions` (RFC 6455 §9.1), the same in requests and responses.
//!
//! ```text
//! extension-list  = 1#extension
//! extension       = token *( ";" extension-param )
//! extension-param = token [ "=" (token | quoted-string) ]
//! ```
//!
//! The value of a quoted string, once unescaped, must be a token as well.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::HeaderError;
use super::lexer::Lexer;

/// One element of the header: an offer in a request, a response in a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension<'a> {
    /// The extension's registered name, as sent: case matters.
    pub name: &'a str,
    /// Its parameters in the header's order. A name may occur more than once.
    pub params: Vec<ExtensionParam<'a>>,
}

/// A parameter of an [`Extension`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtensionParam<'a> {
    /// The parameter's name.
    pub name: &'a str,
    /// Its value without quotes and escapes, if it has one. Never empty.
    pub value: Option<Cow<'a, str>>,
}

/// The elements of a `Sec-WebSocket-Extensions` header, in its order.
pub fn parse_extensions(value: &[u8]) -> Result<Vec<Extension<'_>>, HeaderError> {
    let mut lexer = Lexer::new(value);
    let mut extensions = Vec::new();
    loop {
        let name = lexer.element()?;
        let mut params = Vec::new();
        let mut delimiter = lexer.delimiter(b",;")?;
        while delimiter == Some(b';') {
            params.push(param(&mut lexer)?);
            delimiter = lexer.delimiter(b",;")?;
        }
        extensions.push(Extension { name, params });
        if delimiter.is_none() {
            return Ok(extensions);
        }
    }
}

fn param<'a>(lexer: &mut Lexer<'a>) -> Result<ExtensionParam<'a>, HeaderError> {
    let name = lexer.element()?;
    let value = match lexer.take(b'=') {
        false => None,
        true if lexer.take(b'"') => Some(quoted(lexer)?),
        true => Some(Cow::Borrowed(lexer.token()?)),
    };
    Ok(ExtensionParam { name, value })
}

/// The rest of a quoted string. It is copied only if something in it is escaped.
fn quoted<'a>(lexer: &mut Lexer<'a>) -> Result<Cow<'a, str>, HeaderError> {
    let start = lexer.offset();
    while lexer.token_byte().is_some() {}
    let plain = lexer.slice(start);
    if !plain.is_empty() && lexer.take(b'"') {
        return Ok(Cow::Borrowed(plain));
    }

    let mut value = String::from(plain);
    while lexer.take(b'\\') || value.is_empty() || !lexer.take(b'"') {
        // Escaped or not, only what a token may contain (§9.1).
        let byte = lexer.token_byte().ok_or_else(|| lexer.unexpected())?;
        value.push(char::from(byte));
    }
    Ok(Cow::Owned(value))
}

impl fmt::Display for Extension<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        for param in &self.params {
            write!(f, "; {}", param.name)?;
            if let Some(value) = &param.value {
                write!(f, "={value}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;
    use alloc::vec;

    use proptest::prelude::*;

    use super::*;

    fn value_of(header: &str) -> Result<Option<String>, HeaderError> {
        let extensions = parse_extensions(header.as_bytes())?;
        Ok(extensions[0].params[0].value.as_deref().map(String::from))
    }

    #[test]
    fn quoted_values_are_tokens_in_disguise() {
        assert_eq!(value_of("a; b").unwrap(), None);
        for header in ["a; b=xyz", r#"a; b="xyz""#, r#"a; b="\x\y\z""#, r#"a; b="xy\z" , c"#] {
            assert_eq!(value_of(header).unwrap().as_deref(), Some("xyz"), "{header}");
        }
        assert_eq!(value_of(r#"a; b="x y""#), Err(HeaderError::UnexpectedCharacter { offset: 7 }));
        assert_eq!(value_of(r#"a; b="x\"y""#), Err(HeaderError::UnexpectedCharacter { offset: 8 }));
        assert_eq!(value_of(r#"a; b="""#), Err(HeaderError::UnexpectedCharacter { offset: 6 }));
        assert_eq!(value_of(r#"a; b="x\"#), Err(HeaderError::UnexpectedEnd));
    }

    #[test]
    fn unescaped_values_are_not_copied() {
        let extensions = parse_extensions(br#"a; b=c; d="e"; f="\g""#).unwrap();
        let borrowed =
            |param: &ExtensionParam<'_>| matches!(param.value.as_ref().unwrap(), Cow::Borrowed(_));
        let borrowed: Vec<bool> = extensions[0].params.iter().map(borrowed).collect();
        assert_eq!(borrowed, [true, true, false]);
    }

    #[test]
    #[cfg_attr(miri, ignore = "takes hours there")]
    fn long_headers_take_linear_time() {
        // A quadratic parser would take hours over these.
        const LEN: usize = 1 << 21;
        assert_eq!(parse_extensions(&[b'a'; LEN]).unwrap().len(), 1);
        assert_eq!(
            parse_extensions("a,".repeat(LEN / 2).as_bytes()),
            Err(HeaderError::UnexpectedEnd)
        );
        assert_eq!(
            parse_extensions("a;".repeat(LEN / 2).as_bytes()),
            Err(HeaderError::UnexpectedEnd)
        );
        let escaped = [r#"a;b=""#, &r"\c".repeat(LEN / 2), "\""].concat();
        assert_eq!(value_of(&escaped).unwrap().unwrap().len(), LEN / 2);
        let mut spaces = vec![b' '; LEN];
        spaces[..2].copy_from_slice(b"a;");
        assert_eq!(parse_extensions(&spaces), Err(HeaderError::UnexpectedEnd));
    }

    proptest! {
        #[test]
        fn any_bytes_are_parsed_or_refused(value in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = parse_extensions(&value);
        }

        /// What was parsed, formatted, parses to the same.
        #[test]
        fn near_misses_round_trip(value in "[ab,;=\"\\\\ \t\u{e9}]{0,24}") {
            if let Ok(extensions) = parse_extensions(value.as_bytes()) {
                let elements: Vec<String> = extensions.iter().map(ToString::to_string).collect();
                let formatted = elements.join(", ");
                prop_assert_eq!(parse_extensions(formatted.as_bytes()), Ok(extensions));
            }
        }
    }
}
