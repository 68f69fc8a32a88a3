//! Makes a tree of a query's tokens.

use std::ops::Range;

use super::compare::TextTest;
use super::error::QueryError;
use super::expr::{Expr, Test};
use super::fields;
use super::lexer::{Op, Spanned, Token, lex};
use super::pattern::{Hex, TextPattern, regex};
use super::value::{Kind, Value};

/// How deep brackets and negations may nest.
const MAX_DEPTH: u32 = 64;

pub(super) fn parse(text: &str) -> Result<Expr, QueryError> {
    let mut parser = Parser { tokens: lex(text)?, next: 0, end: text.len(), depth: 0 };
    if parser.tokens.is_empty() {
        return Ok(Expr::All);
    }
    let expr = parser.or()?;
    match parser.peek() {
        None => Ok(expr),
        Some(spanned) => {
            let at = spanned.at.clone();
            Err(QueryError::new("this bracket was never opened", at))
        }
    }
}

struct Parser {
    tokens: Vec<Spanned>,
    next: usize,
    end: usize,
    depth: u32,
}

impl Parser {
    fn peek(&self) -> Option<&Spanned> {
        self.tokens.get(self.next)
    }

    fn peek_token(&self) -> Option<&Token> {
        self.peek().map(|spanned| &spanned.token)
    }

    fn take(&mut self) -> Option<Spanned> {
        let spanned = self.tokens.get(self.next).cloned();
        self.next += 1;
        spanned
    }

    fn or(&mut self) -> Result<Expr, QueryError> {
        let mut parts = vec![self.and()?];
        while self.peek_token() == Some(&Token::Or) {
            self.next += 1;
            parts.push(self.and()?);
        }
        Ok(Expr::any(parts))
    }

    fn and(&mut self) -> Result<Expr, QueryError> {
        let mut parts = vec![self.unary()?];
        loop {
            match self.peek_token() {
                Some(Token::And) => self.next += 1,
                None | Some(Token::Or | Token::Close) => break,
                Some(_) => {}
            }
            parts.push(self.unary()?);
        }
        Ok(Expr::all(parts))
    }

    fn unary(&mut self) -> Result<Expr, QueryError> {
        let Some(spanned) = self.take() else {
            return Err(QueryError::new("a term is missing here", self.end..self.end));
        };
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(QueryError::new("this is nested too deep", spanned.at));
        }
        let expr = match spanned.token {
            Token::Not => Expr::Not(Box::new(self.unary()?)),
            Token::Open => {
                if self.peek_token() == Some(&Token::Close) {
                    return Err(QueryError::new("these brackets are empty", spanned.at));
                }
                let expr = self.or()?;
                match self.take() {
                    Some(Spanned { token: Token::Close, .. }) => expr,
                    _ => return Err(QueryError::new("this bracket is never closed", spanned.at)),
                }
            }
            Token::Word(word) => self.term(word, spanned.at)?,
            Token::Quoted(text) => Expr::content(TextTest::Contains(TextPattern::new(&text))),
            Token::Regex(pattern, flags) => {
                Expr::content(TextTest::Regex(regex(&pattern, &flags, spanned.at)?))
            }
            Token::And | Token::Or | Token::Close => {
                return Err(QueryError::new("a term is missing before this", spanned.at));
            }
            Token::Op(_) => {
                let message = "a field is missing before this; put text in quotes";
                return Err(QueryError::new(message, spanned.at));
            }
        };
        self.depth -= 1;
        Ok(expr)
    }

    /// A word: a field with or without a value, bytes in hex, or text.
    fn term(&mut self, word: String, at: Range<usize>) -> Result<Expr, QueryError> {
        let Some(Spanned { token: Token::Op(op), at: op_at, .. }) = self.peek().cloned() else {
            if let Some(digits) = word.strip_prefix("0x") {
                return Ok(Expr::Test(Test::Hex(Hex::parse(digits, at)?)));
            }
            return Ok(match fields::alone(&word, &at)? {
                Some(expr) => expr,
                None => Expr::content(TextTest::Contains(TextPattern::new(&word))),
            });
        };
        self.next += 1;
        let value = match self.take() {
            Some(Spanned { token: Token::Word(word), at, .. }) => {
                Value { kind: Kind::Word(word), at }
            }
            Some(Spanned { token: Token::Quoted(text), at, .. }) => {
                Value { kind: Kind::Quoted(text), at }
            }
            Some(Spanned { token: Token::Regex(pattern, flags), at, .. }) => {
                Value { kind: Kind::Regex(pattern, flags), at }
            }
            _ => return Err(QueryError::new("expected a value after this", op_at)),
        };
        let (op, negated) = match op {
            Op::Ne => (Op::Eq, true),
            Op::Unlike => (Op::Like, true),
            op => (op, false),
        };
        let expr = fields::compare(&word, &at, op, &op_at, &value)?;
        Ok(if negated { Expr::Not(Box::new(expr)) } else { expr })
    }
}
