//! [`Error`] as the `AstrolabeError` of JavaScript.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::results::to_js;
use crate::error::Error;
use crate::platform::millis;

#[wasm_bindgen(module = "/pkg/error.js")]
extern "C" {
    type AstrolabeError;
    #[wasm_bindgen(constructor)]
    fn new(message: &str, details: &JsValue) -> AstrolabeError;
}

/// What is not known is left out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Details<'a> {
    code: &'static str,
    retryable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    oauth_error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    oauth_error_description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server_message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    route: Option<&'a str>,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    cause: JsValue,
}

impl From<Error> for JsValue {
    // Each call has a place where it is needed.
    #[inline(never)]
    fn from(error: Error) -> Self {
        let cause = error.cause.as_ref().and_then(|cause| cause.downcast_ref::<JsValue>()).cloned();
        let details = Details {
            code: error.code.as_str(),
            retryable: error.retryable,
            status: error.status,
            retry_after_ms: error.retry_after.map(|time| millis(time) as f64),
            oauth_error: error.oauth_error.as_deref(),
            oauth_error_description: error.oauth_error_description.as_deref(),
            server_message: error.server_message.as_deref(),
            route: error.route.as_deref(),
            cause: cause.unwrap_or(JsValue::UNDEFINED),
        };
        AstrolabeError::new(&error.message(), &to_js(&details)).into()
    }
}
