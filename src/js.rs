//! The face towards JavaScript: classes, options, TypeScript types.

mod arguments;
mod call;
mod errors;
mod token_cache;
mod types;

use std::rc::Rc;

use js_sys::Promise;
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::client::{self, Config};
use crate::fetch::{Fetch, DEFAULT_MAX_RESPONSE_BYTES};
use crate::log::{Level, LogFunction};
use crate::nextcloud;
use crate::oauth::{ClientCredentials, Provider};
use crate::secret::Secret;
use crate::Login;
use arguments::{text, Options};
use call::{call, CallOptions};
use errors::to_js_error;
use token_cache::TokenCache;

/// Plain data as a plain object; what is missing becomes `null`.
fn to_js(value: &impl Serialize) -> JsValue {
    value.serialize(&serde_wasm_bindgen::Serializer::new().serialize_missing_as_null(true)).unwrap_or(JsValue::NULL)
}

/// A client of one Nextcloud server. It holds no connection and no timer: it may be made at module scope or for each
/// request, and any number of calls may be under way at once.
#[wasm_bindgen]
pub struct AstrolabeClient {
    inner: client::AstrolabeClient<Fetch>,
    /// One object for good, so that `client.tokenCache === client.tokenCache`.
    token_cache: JsValue,
}

#[wasm_bindgen]
impl AstrolabeClient {
    /// @throws {AstrolabeError} `invalid_argument`, `insecure_endpoint`: an option is missing or wrong. Nothing is sent.
    #[wasm_bindgen(constructor)]
    pub fn new(#[wasm_bindgen(unchecked_param_type = "AstrolabeClientOptions")] options: JsValue) -> Result<AstrolabeClient, JsValue> {
        Self::create(&options).map_err(|error| to_js_error(&error))
    }

    fn create(options: &JsValue) -> Result<AstrolabeClient, crate::Error> {
        let options = Options::of(options, "options")?;
        let login = Login::ClientCredentials(ClientCredentials {
            client_id: options.required_string("clientId")?,
            client_secret: Secret::new(options.required_string("clientSecret")?),
            scope: options.string("scope")?.unwrap_or_else(|| "openid".to_string()),
            provider: Provider::Nextcloud,
            authentication: None,
            token_parameters: Vec::new(),
        });
        let mut config = Config::new(options.required_string("nextcloudHost")?, login);
        let fetch = Fetch::new(options.function("fetch")?, options.integer("maxResponseBytes", 1..=u32::MAX)?.unwrap_or(DEFAULT_MAX_RESPONSE_BYTES));
        if let Some(seconds) = options.integer("earlyRefreshSeconds", 0..=u32::MAX)? {
            config.early_refresh_s = seconds;
        }
        if let Some(ms) = options.integer("timeoutMs", call::TIMEOUT_MS)? {
            config.timeout_ms = ms;
        }
        if let Some(retries) = options.integer("maxRetries", 0..=100)? {
            config.max_retries = retries;
        }
        config.allow_insecure_http = options.boolean("allowInsecureHttp")?.unwrap_or(false);
        config.logger = logger(&options)?;
        let given_cache = options.get("tokenCache")?;
        if let Some(given) = &given_cache {
            config.token_cache = Some(TokenCache::shared_by(given)?);
        }
        let inner = client::AstrolabeClient::new(fetch, config)?;
        let token_cache = given_cache.unwrap_or_else(|| TokenCache::of(inner.token_cache().clone()).into());
        Ok(AstrolabeClient { inner, token_cache })
    }

    /// Where this client keeps its token, always the same object.
    #[wasm_bindgen(getter, js_name = tokenCache, unchecked_return_type = "TokenCache")]
    pub fn token_cache(&self) -> JsValue {
        self.token_cache.clone()
    }

    /// The access token: the cached one until 60 s (`earlyRefreshSeconds`) before its end, else a new one by
    /// discovery and the client-credentials grant (RFC 6749 §4.4). Callers at the same time share one request.
    ///
    /// Rejects with an `AstrolabeError`: `discovery_failed`, `grant_not_supported`, `insecure_endpoint`,
    /// `token_request_failed`, `invalid_token_response`, `unexpected_redirect`, `network`, `timeout`, `maintenance`.
    #[wasm_bindgen(js_name = getAccessToken, unchecked_return_type = "Promise<string>")]
    pub fn get_access_token(&self, #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] options: JsValue) -> Promise {
        let client = self.inner.clone();
        call(&options, move |options: CallOptions| async move { Ok(JsValue::from(client.get_access_token(options.timeout_ms).await?.expose())) })
    }

    /// The user's app password for background sync; `null` where there is none to be had. Today's Astrolabe gives
    /// app passwords to nobody: see `getBackgroundSyncStatus`.
    ///
    /// Rejects with an `AstrolabeError`: what `getAccessToken` rejects with, and `invalid_argument`, `unauthorized`,
    /// `forbidden`, `app_not_available`, `user_mismatch`, `rate_limited`, `server_error`, `request_rejected`,
    /// `unexpected_response`, `response_too_large`.
    #[wasm_bindgen(js_name = getUserAppPassword, unchecked_return_type = "Promise<string | null>")]
    pub fn get_user_app_password(
        &self,
        #[wasm_bindgen(js_name = userId, unchecked_param_type = "string")] user_id: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] options: JsValue,
    ) -> Promise {
        let client = self.inner.clone();
        call(&options, move |options: CallOptions| async move {
            let password = client.get_user_app_password(&text(&user_id, "userId")?, options.timeout_ms).await?;
            Ok(password.map_or(JsValue::NULL, |password| JsValue::from(password.expose())))
        })
    }

    /// Whether background services have access to the user's files, by what kind of credential, and since when.
    /// For a user that does not exist Nextcloud answers as for one without access.
    ///
    /// Rejects as `getUserAppPassword` does.
    #[wasm_bindgen(js_name = getBackgroundSyncStatus, unchecked_return_type = "Promise<BackgroundSyncStatus>")]
    pub fn get_background_sync_status(
        &self,
        #[wasm_bindgen(js_name = userId, unchecked_param_type = "string")] user_id: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] options: JsValue,
    ) -> Promise {
        let client = self.inner.clone();
        call(&options, move |options: CallOptions| async move {
            let status = client.get_background_sync_status(&text(&user_id, "userId")?, options.timeout_ms).await?;
            Ok(to_js(&BackgroundSyncStatus::from(status)))
        })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BackgroundSyncStatus {
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
            provisioned_at: status.provisioned_at_s.map_or(JsValue::NULL, |seconds| date(seconds.saturating_mul(1000))),
        }
    }
}

fn date(unix_ms: i64) -> JsValue {
    js_sys::Date::new(&JsValue::from_f64(unix_ms as f64)).into()
}

/// A logger whose methods throw disturbs nothing.
fn logger(options: &Options) -> Result<Option<LogFunction>, crate::Error> {
    let Some(logger) = options.get("logger")? else { return Ok(None) };
    let methods = Options::of(&logger, "logger")?;
    let (debug, info) = (methods.function("debug")?, methods.function("info")?);
    let function: LogFunction = Rc::new(move |level, message| {
        let method = match level {
            Level::Debug => &debug,
            Level::Info => &info,
        };
        if let Some(method) = method {
            let _ = method.call1(&logger, &message.into());
        }
    });
    Ok(Some(function))
}
