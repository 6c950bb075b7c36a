//! The platform's WebCrypto.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{Crypto, SubtleCrypto};

use crate::text::every;

pub(super) fn platform_crypto() -> Option<Crypto> {
    let crypto = Reflect::get(&js_sys::global(), &"crypto".into()).ok()?;
    crypto.is_object().then(|| crypto.unchecked_into())
}

/// `None` where there is no WebCrypto: pages have it over https only.
pub(super) fn subtle_crypto() -> Option<SubtleCrypto> {
    let crypto: JsValue = platform_crypto()?.into();
    let subtle = Reflect::get(&crypto, &"subtle".into()).ok()?;
    subtle.is_object().then(|| subtle.unchecked_into())
}

pub(super) fn subtle() -> Result<SubtleCrypto, JsValue> {
    subtle_crypto().ok_or(JsValue::NULL)
}

pub(super) fn object(members: &[(&str, JsValue)]) -> Result<Object, JsValue> {
    let object = Object::new();
    for (name, value) in members {
        Reflect::set(&object, &(*name).into(), value)?;
    }
    Ok(object)
}

/// What may be shown of an error that is not ours: its name, where that looks like one.
pub(super) fn error_name(thrown: &JsValue) -> String {
    let name = Reflect::get(thrown, &"name".into()).ok().and_then(|name| name.as_string());
    let is_name = |name: &String| {
        !name.is_empty() && name.len() <= 64 && every(name, |byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    name.filter(is_name).unwrap_or_else(|| "Error".to_string())
}
