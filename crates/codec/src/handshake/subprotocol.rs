//! `Sec-WebSocket-Protocol` (RFC 6455 §4.1, §11.3.4).

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::HeaderError;
use super::lexer::Lexer;

/// The subprotocols of a request, in the client's order of preference. No name occurs twice.
pub fn parse_subprotocols(value: &[u8]) -> Result<Vec<&str>, HeaderError> {
    let mut lexer = Lexer::new(value);
    let mut names = Vec::new();
    // The peer chooses how many names there are: a search through `names` would be quadratic.
    let mut seen = BTreeSet::new();
    loop {
        let name = lexer.element()?;
        let offset = lexer.offset() - name.len();
        let delimiter = lexer.delimiter(b",")?;
        if !seen.insert(name) {
            return Err(HeaderError::DuplicateSubprotocol { offset });
        }
        names.push(name);
        if delimiter.is_none() {
            return Ok(names);
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::vec;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keeps_the_clients_order() {
        assert_eq!(parse_subprotocols(b"b, a\t,c"), Ok(vec!["b", "a", "c"]));
    }

    #[test]
    fn says_where_a_name_is_given_again() {
        let duplicate = |offset| Err(HeaderError::DuplicateSubprotocol { offset });
        assert_eq!(parse_subprotocols(b"a, b, a"), duplicate(6));
        // A byte out of place is met before the name's end, so it is what's reported.
        assert_eq!(
            parse_subprotocols(b"a,a b"),
            Err(HeaderError::UnexpectedCharacter { offset: 4 })
        );
    }

    #[test]
    #[cfg_attr(miri, ignore = "takes hours there")]
    fn long_headers_take_linear_time() {
        // A quadratic parser would take hours over these.
        let names: Vec<_> = (0..200_000).map(|i| format!("{i:x}")).collect();
        assert_eq!(parse_subprotocols(names.join(", ").as_bytes()).unwrap().len(), names.len());

        let mut spaces = vec![b' '; 1 << 21];
        spaces[0] = b'a';
        assert_eq!(parse_subprotocols(&spaces), Err(HeaderError::UnexpectedEnd));
    }

    proptest! {
        #[test]
        fn any_bytes_are_parsed_or_refused(value in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = parse_subprotocols(&value);
        }

        #[test]
        fn near_misses_are_parsed_or_refused(value in "[ab,;=\"\\\\ \t\u{e9}]{0,24}") {
            if let Ok(names) = parse_subprotocols(value.as_bytes()) {
                let joined = names.join(",");
                prop_assert_eq!(&joined, &value.replace([' ', '\t'], ""));
                prop_assert_eq!(parse_subprotocols(joined.as_bytes()), Ok(names));
            }
        }
    }
}
