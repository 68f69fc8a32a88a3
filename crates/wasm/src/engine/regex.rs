//! The browser's regular expressions, which the capture uses as its own.
//!
//! They run on strings with one character an octet, so that offsets are octets. Octets beyond ASCII stand as
//! characters for private use, which no class and no case has: `\s` must not match the end of an `à`. A
//! pattern's own characters become their UTF-8 octets likewise.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;

use framewright_capture::{HostRegex, RegexFlags};
use js_sys::{Array, Function, JsString, Reflect, RegExp, global};
use wasm_bindgen::{JsCast, JsValue};

thread_local! {
    static COMPILED: RefCell<Vec<Option<RegExp>>> = const { RefCell::new(Vec::new()) };
}

/// Makes them the capture's.
pub(super) fn install() {
    HostRegex { compile, is_match, find_all, release }.install();
}

fn compile(pattern: &str, flags: RegexFlags) -> Result<u32, String> {
    let mut letters = String::from("g");
    for (letter, is_set) in
        [('i', flags.ignore_case), ('s', flags.dot_all), ('m', flags.multi_line)]
    {
        if is_set {
            letters.push(letter);
        }
    }
    // `RegExp::new` would throw through this module.
    let constructor = Reflect::get(&global(), &"RegExp".into()).map_err(|error| message(&error))?;
    let arguments = Array::of2(&JsValue::from_str(&pattern_of(pattern)), &letters.into());
    let regex = Reflect::construct(constructor.unchecked_ref::<Function>(), &arguments)
        .map_err(|error| message(&error))?;
    Ok(COMPILED.with_borrow_mut(|compiled| {
        compiled.push(Some(regex.unchecked_into()));
        compiled.len() as u32 - 1
    }))
}

fn is_match(handle: u32, octets: &[u8]) -> bool {
    with(handle, |regex| {
        regex.set_last_index(0);
        regex.test(&one_a_char(octets))
    })
    .unwrap_or(false)
}

fn find_all(handle: u32, octets: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    with(handle, |regex| {
        let text = one_a_char(octets);
        regex.set_last_index(0);
        while let Some(matched) = regex.exec(&text) {
            let len = matched.get(0).unchecked_into::<JsString>().length();
            let end = regex.last_index();
            found.push((end - len) as usize..end as usize);
            if len == 0 {
                // Or it would be found for ever.
                regex.set_last_index(end + 1);
            }
        }
    });
    found
}

fn release(handle: u32) {
    COMPILED.with_borrow_mut(|compiled| {
        if let Some(regex) = compiled.get_mut(handle as usize) {
            *regex = None;
        }
    });
}

fn with<R>(handle: u32, run: impl FnOnce(&RegExp) -> R) -> Option<R> {
    COMPILED.with_borrow(|compiled| Some(run(compiled.get(handle as usize)?.as_ref()?)))
}

fn one_a_char(octets: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(octets) {
        Ok(text) if text.is_ascii() => Cow::Borrowed(text),
        _ => octets.iter().map(|&octet| character(octet)).collect(),
    }
}

fn character(octet: u8) -> char {
    const PRIVATE_USE: u32 = 0xf700;
    match octet {
        0..=0x7f => octet.into(),
        _ => char::from_u32(PRIVATE_USE + u32::from(octet)).unwrap_or(char::REPLACEMENT_CHARACTER),
    }
}

/// The pattern for such strings: `\xff` is the octet, too.
fn pattern_of(pattern: &str) -> String {
    let mut out = String::new();
    let mut rest = pattern.as_bytes();
    while let [first, behind @ ..] = rest {
        let escaped = match rest {
            [b'\\', b'x', high, low, ..] => hex_octet(*high, *low),
            _ => None,
        };
        if let Some(octet @ 0x80..) = escaped {
            out.push(character(octet));
            rest = &rest[4..];
        } else if let (b'\\', [next, behind @ ..]) = (first, behind) {
            out.extend(['\\', character(*next)]);
            rest = behind;
        } else {
            out.push(character(*first));
            rest = behind;
        }
    }
    out
}

fn hex_octet(high: u8, low: u8) -> Option<u8> {
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
