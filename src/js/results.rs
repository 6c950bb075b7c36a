//! What calls give, as plain objects of JavaScript.

use js_sys::Date;
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::all_statuses;
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

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OwnBackgroundSyncStatus {
    has_access: bool,
    credential_type: Option<String>,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    provisioned_at: JsValue,
    self_provisioning_allowed: Option<bool>,
}

impl From<nextcloud::OwnBackgroundSyncStatus> for OwnBackgroundSyncStatus {
    fn from(own: nextcloud::OwnBackgroundSyncStatus) -> Self {
        let BackgroundSyncStatus { has_access, credential_type, provisioned_at } = own.status.into();
        let self_provisioning_allowed = own.self_provisioning_allowed;
        OwnBackgroundSyncStatus { has_access, credential_type, provisioned_at, self_provisioning_allowed }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Provisioning {
    users: Vec<ProvisionedUser>,
    is_complete: bool,
    self_provisioning_allowed: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProvisionedUser {
    user_id: String,
    display_name: String,
    status: BackgroundSyncStatus,
}

impl From<nextcloud::Provisioning> for Provisioning {
    fn from(provisioning: nextcloud::Provisioning) -> Self {
        let nextcloud::Provisioning { users, is_complete, self_provisioning_allowed } = provisioning;
        let users = users.into_iter().map(|nextcloud::ProvisionedUser { user_id, display_name, status }| {
            ProvisionedUser { user_id, display_name, status: status.into() }
        });
        Provisioning { users: users.collect(), is_complete, self_provisioning_allowed }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SearchCapabilities {
    enabled_doc_types: Vec<String>,
    sources: Vec<SearchSource>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SearchSource {
    app: String,
    doc_types: Vec<String>,
    is_enabled: bool,
}

impl From<nextcloud::SearchCapabilities> for SearchCapabilities {
    fn from(capabilities: nextcloud::SearchCapabilities) -> Self {
        let sources = capabilities
            .sources
            .into_iter()
            .map(|nextcloud::SearchSource { app, doc_types, is_enabled }| SearchSource { app, doc_types, is_enabled });
        SearchCapabilities { enabled_doc_types: capabilities.enabled_doc_types, sources: sources.collect() }
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

/// A row of all users: the name belongs to a status.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserStatusRow {
    user_id: String,
    #[serde(with = "serde_wasm_bindgen::preserve", skip_serializing_if = "JsValue::is_undefined")]
    display_name: JsValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<BackgroundSyncStatus>,
    #[serde(with = "serde_wasm_bindgen::preserve", skip_serializing_if = "JsValue::is_undefined")]
    error: JsValue,
}

impl From<all_statuses::UserStatusRow> for UserStatusRow {
    fn from(row: all_statuses::UserStatusRow) -> Self {
        let all_statuses::UserStatusRow { user_id, display_name, status } = row;
        match status {
            Ok(status) => UserStatusRow {
                user_id,
                display_name: display_name.map_or(JsValue::NULL, JsValue::from),
                status: Some(status.into()),
                error: JsValue::UNDEFINED,
            },
            Err(error) => {
                UserStatusRow { user_id, display_name: JsValue::UNDEFINED, status: None, error: error.into() }
            }
        }
    }
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
        let error = check.error.map_or(JsValue::UNDEFINED, JsValue::from);
        DiagnosticCheck { name: check.name, passed: check.passed, seen: check.seen, to_do: check.to_do, error }
    }
}
