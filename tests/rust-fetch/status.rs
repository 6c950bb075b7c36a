//! The Rust client over the platform's `fetch`, as a Worker in Rust would use it; see status.test.mjs.

use core::pin::pin;
use core::time::Duration;
use std::rc::Rc;

use astrolabe_client::{
    AstrolabeClient, BulkOptions, CallOptions, ClientCredentials, Config, Error, Fetch, ListUsersOptions, Login,
    SealedStore, Secret,
};
use futures_util::StreamExt;
use wasm_bindgen::prelude::*;

fn told(error: Error) -> JsValue {
    JsValue::from(format!("{}: {error}", error.code.as_str()))
}

fn client(nextcloud_host: String, access_token: String) -> Result<AstrolabeClient<Fetch>, JsValue> {
    let config = Config::new(nextcloud_host, Login::AccessToken(Secret::new(access_token)));
    AstrolabeClient::new(Fetch::default(), config).map_err(told)
}

#[wasm_bindgen(js_name = hasAccess)]
pub async fn has_access(
    nextcloud_host: String,
    access_token: String,
    user_id: String,
    timeout_ms: u32,
) -> Result<bool, JsValue> {
    let client = client(nextcloud_host, access_token)?;
    let options = CallOptions::with_timeout(Duration::from_millis(timeout_ms.into()));
    let status = client.get_background_sync_status(&user_id, options).await.map_err(told)?;
    Ok(status.has_access)
}

/// `alice true` of each user of the server, in the order of the answers; `alice forbidden` where a status failed.
#[wasm_bindgen(js_name = statusesOfAll)]
pub async fn statuses_of_all(
    nextcloud_host: String,
    access_token: String,
    page_size: u32,
    concurrency: u32,
) -> Result<Vec<String>, JsValue> {
    let client = client(nextcloud_host, access_token)?;
    let mut listing = ListUsersOptions::default();
    listing.page_size = page_size;
    let mut bulk = BulkOptions::default();
    bulk.concurrency = concurrency;
    let mut rows = pin!(client.get_background_sync_statuses(client.list_users(listing), bulk));
    let mut lines = Vec::new();
    while let Some(row) = rows.next().await {
        let row = row.map_err(told)?;
        let said = match row.status {
            Ok(status) => status.has_access.to_string(),
            Err(error) => error.code.as_str().to_string(),
        };
        lines.push(format!("{} {said}", row.user_id));
    }
    Ok(lines)
}

/// By a client of its own, which shares with others nothing but `place`.
#[wasm_bindgen(js_name = hasAccessByStore)]
pub async fn has_access_by_store(
    nextcloud_host: String,
    client_id: String,
    client_secret: String,
    place: JsValue,
    user_id: String,
) -> Result<bool, JsValue> {
    let credentials = ClientCredentials::new(client_id, Secret::new(client_secret));
    let mut config = Config::new(nextcloud_host, Login::ClientCredentials(credentials));
    config.token_store = Some(Rc::new(SealedStore::new(place).ok_or("there is no WebCrypto")?));
    let client = AstrolabeClient::new(Fetch::default(), config).map_err(told)?;
    let status = client.get_background_sync_status(&user_id, CallOptions::default()).await.map_err(told)?;
    Ok(status.has_access)
}
