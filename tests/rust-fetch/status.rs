//! The Rust client over the platform's `fetch`, as a Worker in Rust would use it; see status.test.mjs.

use astrolabe_client::{AstrolabeClient, Config, Fetch, Login, Secret, DEFAULT_MAX_RESPONSE_BYTES};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(js_name = hasAccess)]
pub async fn has_access(
    nextcloud_host: String,
    access_token: String,
    user_id: String,
    timeout_ms: u32,
) -> Result<bool, JsValue> {
    let config = Config::new(nextcloud_host, Login::AccessToken(Secret::new(access_token)));
    let told = |error: astrolabe_client::Error| JsValue::from(format!("{}: {error}", error.code.as_str()));
    let client = AstrolabeClient::new(Fetch::new(None, DEFAULT_MAX_RESPONSE_BYTES), config).map_err(told)?;
    let status = client.get_background_sync_status(&user_id, Some(timeout_ms)).await.map_err(told)?;
    Ok(status.has_access)
}
