//! Plain JavaScript objects from pairs.

use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;

/// An object with the given properties.
pub(crate) fn object<const N: usize>(pairs: [(&str, JsValue); N]) -> JsValue {
    let object = Object::new();
    for (name, value) in pairs {
        // A plain object takes every property.
        let _ = Reflect::set(&object, &JsValue::from_str(name), &value);
    }
    object.into()
}

/// A number, exact up to 2^53.
pub(crate) fn number(value: u64) -> JsValue {
    JsValue::from_f64(value as f64)
}

/// A string, or null.
pub(crate) fn text(value: Option<impl AsRef<str>>) -> JsValue {
    value.map_or(JsValue::NULL, |value| JsValue::from_str(value.as_ref()))
}
