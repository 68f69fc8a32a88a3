//! The fields a query can name, and what each can be compared with.

use std::ops::Range;

use framewright_codec::Role;

use super::compare::{Cmp, TextTest};
use super::error::QueryError;
use super::expr::{ConnText, Expr, Flag, Number, Test};
use super::json::JsonTest;
use super::lexer::Op;
use super::pattern::Hex;
use super::value::Value;
use crate::formats::json::number;
use crate::{Rule, Severity};

#[derive(Clone, Copy)]
enum Field {
    Opcode,
    Dir,
    Number(Number),
    Flag(Flag),
    Lint,
    Key,
    Conn(ConnText),
    Text,
    Hex,
}

const FIELDS: [(&str, Field); 28] = [
    ("opcode", Field::Opcode),
    ("dir", Field::Dir),
    ("conn", Field::Number(Number::Conn)),
    ("frame", Field::Number(Number::Frame)),
    ("message", Field::Number(Number::Message)),
    ("len", Field::Number(Number::PayloadLen)),
    ("wire", Field::Number(Number::WireLen)),
    ("message.len", Field::Number(Number::MessageLen)),
    ("message.fragments", Field::Number(Number::MessageFragments)),
    ("time", Field::Number(Number::Time)),
    ("close", Field::Number(Number::CloseCode)),
    ("fin", Field::Flag(Flag::Fin)),
    ("rsv1", Field::Flag(Flag::Rsv1)),
    ("rsv2", Field::Flag(Flag::Rsv2)),
    ("rsv3", Field::Flag(Flag::Rsv3)),
    ("masked", Field::Flag(Flag::Masked)),
    ("compressed", Field::Flag(Flag::Compressed)),
    ("control", Field::Flag(Flag::Control)),
    ("fragmented", Field::Flag(Flag::Fragmented)),
    ("complete", Field::Flag(Flag::Complete)),
    ("missing", Field::Flag(Flag::Missing)),
    ("lint", Field::Lint),
    ("key", Field::Key),
    ("name", Field::Conn(ConnText::Name)),
    ("url", Field::Conn(ConnText::Url)),
    ("subprotocol", Field::Conn(ConnText::Subprotocol)),
    ("text", Field::Text),
    ("hex", Field::Hex),
];

/// Names people try first: the words of the list's columns, other tools' names, Wireshark's.
const OTHER_NAMES: [(&str, &str); 32] = [
    ("direction", "dir"),
    ("from", "dir"),
    ("sender", "dir"),
    ("connection", "conn"),
    ("tcp.stream", "conn"),
    ("number", "frame"),
    ("frame.number", "frame"),
    ("size", "len"),
    ("length", "len"),
    ("bytes", "len"),
    ("bytes", "len"),
    ("websocket.payload_length", "len"),
    ("frame.len", "wire"),
    ("inflated", "message.len"),
    ("fragments", "message.fragments"),
    ("data", "text"),
    ("payload", "text"),
    ("content", "text"),
    ("websocket.payload", "text"),
    ("websocket.payload.text", "text"),
    ("frame.time_relative", "time"),
    ("close.code", "close"),
    ("code", "close"),
    ("websocket.payload.close.status_code", "close"),
    ("severity", "lint"),
    ("finding", "lint"),
    ("mask", "masked"),
    ("websocket.mask", "masked"),
    ("websocket.masking_key", "key"),
    ("websocket.fin", "fin"),
    ("websocket.opcode", "opcode"),
    ("protocol", "subprotocol"),
];

/// What to write instead of a name that is no field of ours, or could be several.
const ANSWERS: [(&str, &str); 7] = [
    ("type", "write opcode for the frame's, json.type for a value in its JSON"),
    ("flags", "write fin, rsv1, rsv2, rsv3 or masked"),
    ("rsv", "write rsv1, rsv2 or rsv3"),
    ("websocket.rsv", "write rsv1, rsv2 or rsv3"),
    ("websocket", "every frame here is WebSocket's; write opcode, len, masked, …"),
    ("delta", "there is no filter by gaps; write time, as in time>1s time<2s"),
    ("reason", "put a close frame's reason in quotes: opcode==close \"going away\""),
];

/// The names of all fields, for completion.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().map(|(name, _)| *name).chain(["json"])
}

fn find(name: &str) -> Option<Field> {
    let other = OTHER_NAMES.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
    let name = other.map_or(name, |&(_, ours)| ours);
    FIELDS.iter().find(|(known, _)| *known == name).map(|&(_, field)| field)
}

/// A word without an operator, if it is a field that can stand alone.
pub(super) fn alone(word: &str, at: &Range<usize>) -> Result<Option<Expr>, QueryError> {
    if word.starts_with("json.") || word.starts_with("json[") {
        return Ok(Some(Expr::Test(Test::Json(JsonTest::exists(word, at)?))));
    }
    // Only its own name: "mask" or "severity" alone is rather a word to look for.
    let own = FIELDS.iter().find(|(known, _)| *known == word);
    Ok(match own.map(|&(_, field)| field) {
        Some(Field::Flag(flag)) => Some(Expr::Test(Test::Flag(flag))),
        Some(Field::Lint) => Some(Expr::Test(Test::Lint(Cmp::Ge, Severity::Info))),
        // `opcode` or `len` alone says nothing: it is text, and so is `close`, `message`, `text`.
        _ => None,
    })
}

/// A field compared with a value; `!=` and `!~` have become a negation already.
pub(super) fn compare(
    name: &str,
    name_at: &Range<usize>,
    op: Op,
    op_at: &Range<usize>,
    value: &Value,
) -> Result<Expr, QueryError> {
    if name == "json" || name.starts_with("json.") || name.starts_with("json[") {
        return Ok(Expr::Test(Test::Json(JsonTest::compare(name, name_at, op, op_at, value)?)));
    }
    let Some(field) = find(name) else {
        let mut message = format!("there is no field \"{name}\"");
        let answer = ANSWERS.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
        match (answer, nearest(name)) {
            (Some((_, answer)), _) => message += &format!("; {answer}"),
            (None, Some(known)) => message += &format!("; did you mean \"{known}\"?"),
            (None, None) => {
                message +=
                    &format!("; for a value in JSON write json.{name}, put other text in quotes");
            }
        }
        return Err(QueryError::new(message, name_at.clone()));
    };
    if op == Op::Like && !matches!(field, Field::Text | Field::Conn(_)) {
        let message = format!("\"{name}\" can't be searched with ~; compare it with ==");
        return Err(QueryError::new(message, op_at.clone()));
    }
    let equality = || {
        if matches!(op, Op::Eq | Op::Has) {
            return Ok(());
        }
        let message = format!("\"{name}\" has no order; compare it with == or !=");
        Err(QueryError::new(message, op_at.clone()))
    };
    Ok(match field {
        Field::Opcode => {
            equality()?;
            Expr::Test(Test::Opcode(opcodes(value)?))
        }
        Field::Dir => {
            equality()?;
            Expr::Test(direction(value)?)
        }
        Field::Number(number) => {
            let unit =
                if number == Number::Time { parse_time(value)? } else { parse_number(value)? };
            Expr::Test(Test::Number(number, Cmp::of(op), unit))
        }
        Field::Flag(flag) => {
            equality()?;
            let test = Expr::Test(Test::Flag(flag));
            match value.text()? {
                "true" | "1" | "yes" => test,
                "false" | "0" | "no" => Expr::Not(Box::new(test)),
                _ => return Err(value.error(format!("\"{name}\" is true or false"))),
            }
        }
        Field::Lint => lint(op, op_at, value)?,
        Field::Key => {
            equality()?;
            let digits = value.text()?.replace([' ', ':'], "");
            let digits = digits.strip_prefix("0x").unwrap_or(&digits);
            let key = u32::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 8);
            let key = key.ok_or_else(|| value.error("a masking key is eight hex digits"))?;
            Expr::Test(Test::Key(key.to_be_bytes()))
        }
        Field::Conn(field) => Expr::Test(Test::Conn(field, TextTest::new(name, op, op_at, value)?)),
        Field::Text => Expr::content(TextTest::new(name, op, op_at, value)?),
        Field::Hex => {
            equality()?;
            Expr::Test(Test::Hex(Hex::parse(value.text()?, value.at.clone())?))
        }
    })
}

fn opcodes(value: &Value) -> Result<u16, QueryError> {
    const RESERVED: u16 = 0xf8f8;
    let text = value.text()?;
    Ok(match text.to_ascii_lowercase().as_str() {
        "continuation" | "cont" => 1,
        "text" => 1 << 1,
        "binary" | "bin" => 1 << 2,
        "close" => 1 << 8,
        "ping" => 1 << 9,
        "pong" => 1 << 10,
        "control" => 0xff00,
        "data" => 0x7,
        "reserved" => RESERVED,
        other => {
            let number = match other.strip_prefix("0x") {
                Some(digits) => u32::from_str_radix(digits, 16).ok(),
                None => other.parse().ok(),
            };
            match number {
                Some(number @ 0..16) => 1 << number,
                _ => {
                    let message = "an opcode is text, binary, continuation, close, ping, pong, reserved, \
                                   control, data or 0 to 15";
                    return Err(value.error(message));
                }
            }
        }
    })
}

fn direction(value: &Value) -> Result<Test, QueryError> {
    Ok(match value.text()? {
        "in" | "receive" | "received" => Test::Incoming(true),
        "out" | "send" | "sent" => Test::Incoming(false),
        "client" | "up" => Test::Sender(Role::Client),
        "server" | "down" => Test::Sender(Role::Server),
        _ => {
            let message = "a direction is in or out, or who sends: client or server";
            return Err(value.error(message));
        }
    })
}

fn lint(op: Op, op_at: &Range<usize>, value: &Value) -> Result<Expr, QueryError> {
    let text = value.text()?;
    let severity = match text {
        "info" => Some(Severity::Info),
        "warning" | "warn" => Some(Severity::Warning),
        "error" => Some(Severity::Error),
        _ => None,
    };
    if let Some(severity) = severity {
        return Ok(Expr::Test(Test::Lint(Cmp::of(op), severity)));
    }
    if !matches!(op, Op::Eq | Op::Has) {
        return Err(QueryError::new("only a severity has an order", op_at.clone()));
    }
    if let Some(rule) = Rule::from_id(text) {
        return Ok(Expr::Test(Test::Rule(rule)));
    }
    // Part of a name takes all rules that have it.
    let rules: Vec<_> = Rule::all().filter(|rule| rule.id().contains(text)).collect();
    if rules.is_empty() || text.is_empty() {
        let message =
            format!("there is no rule \"{text}\"; lint is info, warning, error or a rule");
        return Err(value.error(message));
    }
    Ok(Expr::any(rules.into_iter().map(|rule| Expr::Test(Test::Rule(rule))).collect()))
}

/// A number of things or bytes: `1k`, `1.5Mi`, `64kB`, `0x40`, `1_000`.
fn parse_number(value: &Value) -> Result<u64, QueryError> {
    let text = value.text()?.replace('_', "");
    if let Some(digits) = text.strip_prefix("0x") {
        return u64::from_str_radix(digits, 16).map_err(|_| value.error("this isn't a number"));
    }
    scaled(&text, |unit| {
        let unit = unit.to_ascii_lowercase();
        Some(match unit.strip_suffix('b').unwrap_or(&unit) {
            "" => 1.0,
            "k" => 1e3,
            "m" => 1e6,
            "g" => 1e9,
            "ki" => 1024.0,
            "mi" => 1024.0 * 1024.0,
            "gi" => 1024.0 * 1024.0 * 1024.0,
            _ => return None,
        })
    })
    .ok_or_else(|| value.error("write a number, with k, M, G, Ki, Mi or Gi if need be: 1k"))
}

/// A time in nanoseconds.
fn parse_time(value: &Value) -> Result<u64, QueryError> {
    scaled(value.text()?, |unit| {
        Some(match unit {
            "ns" => 1.0,
            "us" | "µs" => 1e3,
            "ms" => 1e6,
            "" | "s" => 1e9,
            "m" | "min" => 60e9,
            "h" => 3600e9,
            _ => return None,
        })
    })
    .ok_or_else(|| value.error("write a time with ns, us, ms, s, m or h: 1.5s"))
}

fn scaled(text: &str, factor: impl Fn(&str) -> Option<f64>) -> Option<u64> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (digits, unit) = text.split_at(unit_at);
    if let (Ok(whole), "") = (digits.parse::<u64>(), unit)
        && factor("") == Some(1.0)
    {
        return Some(whole);
    }
    let number: f64 = number(digits)?;
    Some((number * factor(unit)?).round() as u64)
}

/// A known name that is one typing error away.
fn nearest(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    names().find(|known| {
        let longer = known.len().max(name.len());
        let prefix = known.bytes().zip(name.bytes()).take_while(|(a, b)| a == b).count();
        let suffix =
            known.bytes().rev().zip(name.bytes().rev()).take_while(|(a, b)| a == b).count();
        longer > 2 && prefix + suffix + 1 >= longer && known.len().abs_diff(name.len()) <= 1
    })
}
