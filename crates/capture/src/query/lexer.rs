//! Splits a query into tokens.

use std::borrow::Cow;
use std::ops::Range;

use super::error::QueryError;
use crate::formats::json::string;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Open,
    Close,
    Not,
    And,
    Or,
    Op(Op),
    /// A run of other characters.
    Word(String),
    Quoted(String),
    /// Pattern and flags.
    Regex(String, String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Like,
    Unlike,
    /// `:`, which means equal for most fields and "contains" for text.
    Has,
}

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spanned {
    pub(super) token: Token,
    pub(super) at: Range<usize>,
    /// Whether white space, or nothing, comes before it.
    pub(super) spaced: bool,
}

const OPS: [(&str, Op); 11] = [
    ("===", Op::Eq),
    ("==", Op::Eq),
    ("!=", Op::Ne),
    ("<=", Op::Le),
    (">=", Op::Ge),
    ("!~", Op::Unlike),
    ("=~", Op::Like),
    ("=", Op::Eq),
    ("<", Op::Lt),
    (">", Op::Gt),
    ("~", Op::Like),
];

pub(super) fn lex(text: &str) -> Result<Vec<Spanned>, QueryError> {
    let mut tokens = Vec::new();
    let mut at = 0;
    let mut spaced = true;
    while let Some(c) = text[at..].chars().next() {
        if c.is_whitespace() {
            at += c.len_utf8();
            spaced = true;
            continue;
        }
        let start = at;
        let behind_op = matches!(tokens.last(), Some(Spanned { token: Token::Op(_), .. }));
        let token = next(text, &mut at, c, behind_op)?;
        tokens.push(Spanned { token, at: start..at, spaced });
        spaced = false;
    }
    Ok(tokens)
}

fn next(text: &str, at: &mut usize, c: char, behind_op: bool) -> Result<Token, QueryError> {
    let rest = &text[*at..];
    match c {
        '(' => return Ok(take(at, 1, Token::Open)),
        ')' => return Ok(take(at, 1, Token::Close)),
        '"' => return quoted(text, at).map(Token::Quoted),
        '/' => return regex(text, at),
        '&' if rest.starts_with("&&") => return Ok(take(at, 2, Token::And)),
        '|' if rest.starts_with("||") => return Ok(take(at, 2, Token::Or)),
        ':' => return Ok(take(at, 1, Token::Op(Op::Has))),
        '-' if !behind_op => return Ok(take(at, 1, Token::Not)),
        _ => {}
    }
    if let Some((op, token)) = OPS.into_iter().find(|(op, _)| rest.starts_with(op)) {
        return Ok(take(at, op.len(), Token::Op(token)));
    }
    if c == '!' {
        return Ok(take(at, 1, Token::Not));
    }
    Ok(word(rest, at))
}

fn take(at: &mut usize, len: usize, token: Token) -> Token {
    *at += len;
    token
}

/// A word ends at white space, a bracket, a quote or an operator. A quoted part directly after a dot is part
/// of it: `json."a b"`.
fn word(rest: &str, at: &mut usize) -> Token {
    let mut word = String::new();
    let mut chars = rest.char_indices();
    let mut end = rest.len();
    while let Some((index, c)) = chars.next() {
        if c == '"' && word.ends_with('.') {
            word.push(c);
            for (_, c) in chars.by_ref() {
                word.push(c);
                if c == '"' {
                    break;
                }
            }
            continue;
        }
        let ends = c.is_whitespace()
            || matches!(c, '(' | ')' | '"' | '=' | '<' | '>' | '~' | '!' | ':')
            || rest[index..].starts_with("&&")
            || rest[index..].starts_with("||");
        if ends && index > 0 {
            end = index;
            break;
        }
        word.push(c);
    }
    *at += end;
    match word.as_str() {
        "and" | "AND" => Token::And,
        "or" | "OR" => Token::Or,
        "not" | "NOT" => Token::Not,
        _ => Token::Word(word),
    }
}

/// A string in double quotes, with the escapes of JSON.
fn quoted(text: &str, at: &mut usize) -> Result<String, QueryError> {
    let start = *at;
    let mut chars = text[start..].char_indices().skip(1);
    while let Some((index, c)) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '"' => {
                let end = start + index + 1;
                *at = end;
                // A line break typed into the query is meant as it stands.
                let json = text[start..end].replace('\n', "\\n").replace('\t', "\\t");
                return string(&json).map(Cow::into_owned).ok_or_else(|| {
                    QueryError::new("this string has an escape that JSON doesn't know", start..end)
                });
            }
            _ => {}
        }
    }
    Err(QueryError::new("this string has no closing quote", start..text.len()))
}

/// A regex ends at a slash that only flags and then white space, a bracket or nothing follow.
fn regex(text: &str, at: &mut usize) -> Result<Token, QueryError> {
    let start = *at;
    let mut chars = text[start..].char_indices().skip(1);
    while let Some((index, c)) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '/' if index > 1 => {
                let after = start + index + 1;
                let flags_len = text[after..].find(|c: char| !c.is_ascii_lowercase());
                let end = flags_len.map_or(text.len(), |len| after + len);
                let next = text[end..].chars().next();
                if next.is_none_or(|c| c.is_whitespace() || c == ')') {
                    *at = end;
                    let pattern = text[start + 1..after - 1].replace("\\/", "/");
                    return Ok(Token::Regex(pattern, text[after..end].to_owned()));
                }
            }
            _ => {}
        }
    }
    let message = "this regex has no closing slash; put text that starts with one in quotes";
    Err(QueryError::new(message, start..text.len()))
}
