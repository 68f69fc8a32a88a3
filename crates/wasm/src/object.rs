//! Plain JavaScript objects from pairs.

use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;

/// An object with the given properties.
pub(crate) fn object<const N: usize>(pairs: [(&str, JsValue); N]) -> JsValue {
    let object = Object::new().into();
    for (name, value) in pairs {
        with(&object, name, &value);
    }
    object
}

/// Gives a plain object one property more.
pub(crate) fn with(object: &JsValue, name: &str, value: &JsValue) {
    // A plain object takes every property.
    let _ = Reflect::set(object, &JsValue::from_str(name), value);
}

/// A number, exact up to 2^53.
pub(crate) fn number(value: u64) -> JsValue {
    JsValue::from_f64(value as f64)
}

/// A string, or null.
pub(crate) fn text(value: Option<impl AsRef<str>>) -> JsValue {
    value.map_or(JsValue::NULL, |value| JsValue::from_str(value.as_ref()))
}
