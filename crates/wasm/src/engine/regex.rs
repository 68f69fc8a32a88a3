//! The browser's regular expressions, which the capture uses as its own.
//!
//! They run on strings with one character a byte, so that offsets are bytes. Bytes beyond ASCII stand as
//! characters for private use, which no class and no case has: `\s` must not match the end of an `à`. A
//! pattern's own characters become their UTF-8 bytes likewise.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;

use framewright_capture::{HostRegex, RegexFlags};
use js_sys::{Array, Function, JsString, Object, Reflect, global};
use slab::Slab;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

#[wasm_bindgen]
extern "C" {
    /// js-sys' own takes Rust's strings only, and throws through this module.
    #[wasm_bindgen(extends = Object)]
    type RegExp;

    #[wasm_bindgen(method, catch)]
    fn test(this: &RegExp, text: &JsString) -> Result<bool, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn exec(this: &RegExp, text: &JsString) -> Result<Option<Array>, JsValue>;

    #[wasm_bindgen(method, getter, js_name = lastIndex)]
    fn last_index(this: &RegExp) -> u32;

    #[wasm_bindgen(method, setter, js_name = lastIndex)]
    fn set_last_index(this: &RegExp, index: u32);
}

struct Compiled {
    /// Without the flag that makes a `RegExp` go on after its last match.
    once: RegExp,
    all: RegExp,
}

thread_local! {
    static COMPILED: RefCell<Slab<Compiled>> = const { RefCell::new(Slab::new()) };
    static HELD: RefCell<Slab<JsString>> = const { RefCell::new(Slab::new()) };
}

/// Makes them the capture's.
pub(super) fn install() {
    HostRegex { compile, hold, is_match, let_go, find_all, release }.install();
}

fn compile(pattern: &str, flags: RegexFlags) -> Result<u32, String> {
    let mut letters = String::new();
    for (letter, is_set) in
        [('i', flags.ignore_case), ('s', flags.dot_all), ('m', flags.multi_line)]
    {
        if is_set {
            letters.push(letter);
        }
    }
    let pattern = JsValue::from_str(&pattern_of(pattern));
    let once = construct(&pattern, &letters)?;
    letters.push('g');
    let all = construct(&pattern, &letters)?;
    Ok(COMPILED.with_borrow_mut(|compiled| compiled.insert(Compiled { once, all })) as u32)
}

fn construct(pattern: &JsValue, flags: &str) -> Result<RegExp, String> {
    let constructor = Reflect::get(&global(), &"RegExp".into()).map_err(|error| message(&error))?;
    let arguments = Array::of2(pattern, &flags.into());
    let regex = Reflect::construct(constructor.unchecked_ref::<Function>(), &arguments)
        .map_err(|error| message(&error))?;
    Ok(regex.unchecked_into())
}

fn hold(bytes: &[u8]) -> u32 {
    let text = JsString::from(&*one_a_char(bytes));
    HELD.with_borrow_mut(|held| held.insert(text)) as u32
}

fn is_match(handle: u32, held: u32, part: Range<usize>) -> bool {
    let part = HELD.with_borrow(|texts| {
        Some(texts.get(held as usize)?.slice(part.start as u32, part.end as u32))
    });
    // What can't be tried, being too complex for the browser, doesn't match.
    let tried = part.and_then(|part| with(handle, |compiled| compiled.once.test(&part)));
    matches!(tried, Some(Ok(true)))
}

fn let_go(held: u32) {
    HELD.with_borrow_mut(|texts| texts.try_remove(held as usize));
}

fn find_all(handle: u32, bytes: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    with(handle, |compiled| {
        let (regex, text) = (&compiled.all, JsString::from(&*one_a_char(bytes)));
        regex.set_last_index(0);
        loop {
            match regex.exec(&text) {
                Ok(Some(matched)) => {
                    let len = matched.get(0).unchecked_into::<JsString>().length();
                    let end = regex.last_index();
                    found.push((end - len) as usize..end as usize);
                    if len == 0 {
                        // Or it would be found for ever.
                        regex.set_last_index(end + 1);
                    }
                }
                Ok(None) => break,
                // Too complex for the browser. What is searched for is taken out of an export: better all of it.
                Err(_) => {
                    found.clear();
                    found.push(0..bytes.len());
                    break;
                }
            }
        }
    });
    found
}

fn release(handle: u32) {
    COMPILED.with_borrow_mut(|compiled| compiled.try_remove(handle as usize));
}

fn with<R>(handle: u32, run: impl FnOnce(&Compiled) -> R) -> Option<R> {
    COMPILED.with_borrow(|compiled| Some(run(compiled.get(handle as usize)?)))
}

fn one_a_char(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => Cow::Borrowed(text),
        _ => bytes.iter().map(|&byte| character(byte)).collect(),
    }
}

fn character(byte: u8) -> char {
    const PRIVATE_USE: u32 = 0xf700;
    match byte {
        0..=0x7f => byte.into(),
        _ => char::from_u32(PRIVATE_USE + u32::from(byte)).unwrap_or(char::REPLACEMENT_CHARACTER),
    }
}

/// The pattern for such strings: `\xff` is the byte, too.
fn pattern_of(pattern: &str) -> String {
    let mut out = String::new();
    let mut rest = pattern.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = match rest {
            [b'\\', b'x', high, low, ..] => hex_byte(*high, *low),
            _ => None,
        };
        if let Some(byte @ 0x80..) = escaped {
            out.push(character(byte));
            rest = &rest[4..];
        } else if let (b'\\', [next, after @ ..]) = (first, after) {
            out.extend(['\\', character(*next)]);
            rest = after;
        } else {
            out.push(character(*first));
            rest = after;
        }
    }
    out
}

fn hex_byte(high: u8, low: u8) -> Option<u8> {
    let digit = |digit: u8| char::from(digit).to_digit(16);
    u8::try_from(digit(high)? << 4 | digit(low)?).ok()
}

/// What the browser says is wrong, without the pattern that it repeats.
fn message(error: &JsValue) -> String {
    let text = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    let text = text.unwrap_or_default();
    let what = text.rsplit_once("/: ").or_else(|| text.rsplit_once(": "));
    format!("this regex is wrong: {}", what.map_or(&*text, |(_, what)| what))
}
