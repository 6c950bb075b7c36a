//! [`Error`] as the `AstrolabeError` of JavaScript.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::error::Error;

#[wasm_bindgen(raw_module = "../error.js")]
extern "C" {
    type AstrolabeError;
    #[wasm_bindgen(constructor)]
    fn new(message: &str, details: &JsValue) -> AstrolabeError;
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Details<'a> {
    code: &'static str,
    status: Option<u16>,
    retryable: bool,
    retry_after_ms: Option<f64>,
    oauth_error: Option<&'a str>,
    oauth_error_description: Option<&'a str>,
    server_message: Option<&'a str>,
    route: Option<&'a str>,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    cause: JsValue,
}

pub(super) fn to_js_error(error: &Error) -> JsValue {
    let details = Details {
        code: error.code.as_str(),
        status: error.status,
        retryable: error.retryable,
        retry_after_ms: error.retry_after_ms.map(|ms| ms as f64),
        oauth_error: error.oauth_error.as_deref(),
        oauth_error_description: error.oauth_error_description.as_deref(),
        server_message: error.server_message.as_deref(),
        route: error.route.as_deref(),
        cause: error
            .cause
            .as_ref()
            .and_then(|cause| cause.downcast_ref::<JsValue>())
            .cloned()
            .unwrap_or(JsValue::UNDEFINED),
    };
    let details = details.serialize(&serde_wasm_bindgen::Serializer::new()).unwrap_or(JsValue::UNDEFINED);
    AstrolabeError::new(&error.message, &details).into()
}
