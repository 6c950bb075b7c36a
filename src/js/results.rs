//! What calls give, as plain objects of JavaScript.

use js_sys::Date;
use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::errors::to_js_error;
use crate::diagnose;
use crate::nextcloud;
use crate::platform::UnixTime;

/// Plain data as a plain object; what is missing becomes `null`.
pub(super) fn to_js(value: &impl Serialize) -> JsValue {
    value.serialize(&serde_wasm_bindgen::Serializer::new().serialize_missing_as_null(true)).unwrap_or(JsValue::NULL)
}

pub(super) fn date(time: UnixTime) -> JsValue {
    Date::new(&JsValue::from_f64(time.as_millis() as f64)).into()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BackgroundSyncStatus {
    has_access: bool,
    credential_type: Option<String>,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    provisioned_at: JsValue,
}

impl From<nextcloud::BackgroundSyncStatus> for BackgroundSyncStatus {
    fn from(status: nextcloud::BackgroundSyncStatus) -> Self {
        BackgroundSyncStatus {
            has_access: status.has_access,
            credential_type: status.credential_type,
            provisioned_at: status.provisioned_at.map_or(JsValue::NULL, date),
        }
    }
}

/// A row of the bulk call: a status, or why there is none.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatusRow {
    #[serde(with = "serde_wasm_bindgen::preserve")]
    pub(super) user_id: JsValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<BackgroundSyncStatus>,
    #[serde(with = "serde_wasm_bindgen::preserve", skip_serializing_if = "JsValue::is_undefined")]
    pub(super) error: JsValue,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Progress {
    pub(super) done: u32,
    pub(super) failed: u32,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    pub(super) total: JsValue,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StoredAppPassword {
    partial_success: bool,
    message: Option<String>,
}

impl From<nextcloud::StoredAppPassword> for StoredAppPassword {
    fn from(stored: nextcloud::StoredAppPassword) -> Self {
        StoredAppPassword { partial_success: stored.partial_success, message: stored.message }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DiagnosticCheck {
    name: &'static str,
    passed: Option<bool>,
    seen: String,
    to_do: Option<String>,
    #[serde(with = "serde_wasm_bindgen::preserve", skip_serializing_if = "JsValue::is_undefined")]
    error: JsValue,
}

impl From<diagnose::DiagnosticCheck> for DiagnosticCheck {
    fn from(check: diagnose::DiagnosticCheck) -> Self {
        let error = check.error.as_ref().map_or(JsValue::UNDEFINED, to_js_error);
        DiagnosticCheck { name: check.name, passed: check.passed, seen: check.seen, to_do: check.to_do, error }
    }
}
