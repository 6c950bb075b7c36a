//! The face towards JavaScript: classes, options, TypeScript types.

mod arguments;
mod bulk;
mod call;
mod errors;
mod list_users;
mod login;
mod token_cache;
mod types;

use core::cell::RefCell;
use std::rc::Rc;

use js_sys::Promise;
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::client::{self, Config};
use crate::error::Error;
use crate::fetch::{Fetch, DEFAULT_MAX_RESPONSE_BYTES};
use crate::log::{Level, LogFunction};
use crate::secret::Secret;
use arguments::{text, Options};
use call::{call, CallOptions};
use errors::to_js_error;
use token_cache::TokenCache;

const OPTIONS: [&str; 19] = [
    "nextcloudHost",
    "clientId",
    "clientSecret",
    "accessToken",
    "username",
    "password",
    "scope",
    "issuer",
    "discoveryUrl",
    "clientAuthentication",
    "tokenParameters",
    "earlyRefreshSeconds",
    "timeoutMs",
    "maxRetries",
    "maxResponseBytes",
    "allowInsecureHttp",
    "tokenCache",
    "fetch",
    "logger",
];

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
    /// The token given last, and a promise of it.
    resolved_token: RefCell<Option<(Secret, Promise)>>,
}

#[wasm_bindgen]
impl AstrolabeClient {
    /// @throws {AstrolabeError} `invalid_argument`, `insecure_endpoint`: an option is missing or wrong. Nothing is sent.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "AstrolabeClientOptions")] options: JsValue,
    ) -> Result<AstrolabeClient, JsValue> {
        Self::create(&options).map_err(|error| to_js_error(&error))
    }

    fn create(options: &JsValue) -> Result<AstrolabeClient, Error> {
        let options = Options::of(options, "options")?;
        options.only(&OPTIONS)?;
        let nextcloud_host = match options.get("nextcloudHost")? {
            // A `URL` is natural here.
            Some(host) if host.is_object() => Options::of(&host, "nextcloudHost")?
                .string("href")?
                .ok_or_else(|| Error::invalid("nextcloudHost must be a string or a URL"))?,
            _ => options.required_string("nextcloudHost")?,
        };
        let mut config = Config::new(nextcloud_host, login::read(&options)?);
        let fetch = Fetch::new(
            options.function("fetch")?,
            options.integer("maxResponseBytes", 1..=u32::MAX)?.unwrap_or(DEFAULT_MAX_RESPONSE_BYTES),
        );
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
        Ok(AstrolabeClient { inner, token_cache, resolved_token: RefCell::new(None) })
    }

    /// Where this client keeps its token, always the same object.
    #[wasm_bindgen(getter, js_name = tokenCache, unchecked_return_type = "TokenCache")]
    pub fn token_cache(&self) -> JsValue {
        self.token_cache.clone()
    }

    /// The access token: the cached one until 60 s (`earlyRefreshSeconds`) before its end, else a new one by
    /// discovery and the client-credentials grant (RFC 6749 §4.4). Callers at the same time share one request.
    ///
    /// Rejects with an `AstrolabeError`: `discovery_failed`, `issuer_mismatch`, `grant_not_supported`,
    /// `insecure_endpoint`, `token_request_failed`, `invalid_token_response`, `token_function_failed`,
    /// `unexpected_redirect`, `unexpected_response`, `response_too_large`, `rate_limited`, `maintenance`, `network`,
    /// `timeout`; `invalid_argument` where the client logs in with user name and password, which has no token.
    #[wasm_bindgen(js_name = getAccessToken, unchecked_return_type = "Promise<string>")]
    pub fn get_access_token(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] options: JsValue,
    ) -> Promise {
        // What is there already is given without a future, in a promise that was resolved before.
        if options.is_undefined() {
            if let Some(promise) = self.inner.with_cached_access_token(|token| self.resolved(token)) {
                return promise;
            }
        }
        let client = self.inner.clone();
        call(&options, move |options: CallOptions| async move {
            Ok(JsValue::from(client.get_access_token(options.timeout_ms).await?.expose()))
        })
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

    /// The statuses of many users, as they come in: `for await (const { userId, status, error } of …)`. Takes ids from
    /// any iterable or async iterable, such as `listUsers()`, as it needs them; never more than `concurrency` (default
    /// 8) are under way, and fewer while the server is busy (429, 502, 503, 504, `Retry-After`). What concerns one user
    /// is a row with an `error`. What concerns all is thrown, once: the login, maintenance, the app, a server that 20
    /// users in a row (or twice `concurrency`) did not reach. Leaving the loop ends what is under way. `timeoutMs` is
    /// the limit of each user.
    ///
    /// @throws {AstrolabeError} `invalid_argument`: `userIds` is no iterable, or an option is wrong.
    #[wasm_bindgen(js_name = getBackgroundSyncStatuses, unchecked_return_type = "AsyncGenerator<BackgroundSyncStatusRow, void, undefined>")]
    pub fn get_background_sync_statuses(
        &self,
        #[wasm_bindgen(js_name = userIds, unchecked_param_type = "Iterable<string> | AsyncIterable<string>")] user_ids: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "BulkOptions")] options: JsValue,
    ) -> Result<JsValue, JsValue> {
        bulk::get_background_sync_statuses(&self.inner, &user_ids, &options).map_err(|error| to_js_error(&error))
    }

    /// Whether background services have access to the files of the account that this client logs in as.
    ///
    /// Rejects as `getUserAppPassword` does, but for `forbidden` and `user_mismatch`.
    #[wasm_bindgen(js_name = getOwnBackgroundSyncStatus, unchecked_return_type = "Promise<BackgroundSyncStatus>")]
    pub fn get_own_background_sync_status(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] options: JsValue,
    ) -> Promise {
        let client = self.inner.clone();
        call(&options, move |options: CallOptions| async move {
            let status = client.get_own_background_sync_status(options.timeout_ms).await?;
            Ok(to_js(&BackgroundSyncStatus::from(status)))
        })
    }

    /// Gives background services access to the files of the account that this client logs in as, by an app password
    /// of that account in the form `xxxxx-xxxxx-xxxxx-xxxxx-xxxxx`. Sent once, never tried again by itself.
    ///
    /// Rejects as `getOwnBackgroundSyncStatus` does, and with `app_password_rejected`.
    #[wasm_bindgen(js_name = storeAppPassword, unchecked_return_type = "Promise<StoredAppPassword>")]
    pub fn store_app_password(
        &self,
        #[wasm_bindgen(js_name = appPassword, unchecked_param_type = "string")] app_password: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] options: JsValue,
    ) -> Promise {
        let client = self.inner.clone();
        call(&options, move |options: CallOptions| async move {
            let app_password = Secret::new(text(&app_password, "appPassword")?);
            let crate::StoredAppPassword { partial_success, message } =
                client.store_app_password(&app_password, options.timeout_ms).await?;
            Ok(to_js(&StoredAppPassword { partial_success, message }))
        })
    }

    /// Takes from background services the access to the files of the account that this client logs in as; nothing
    /// happens where there is none. Sent once, never tried again by itself.
    ///
    /// Rejects as `getOwnBackgroundSyncStatus` does.
    #[wasm_bindgen(js_name = revokeBackgroundSync, unchecked_return_type = "Promise<void>")]
    pub fn revoke_background_sync(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] options: JsValue,
    ) -> Promise {
        let client = self.inner.clone();
        call(&options, move |options: CallOptions| async move {
            client.revoke_background_sync(options.timeout_ms).await.map(|()| JsValue::UNDEFINED)
        })
    }

    /// The ids of all users, or of those that `search` finds, page by page as they are read. For administrators. Ids
    /// are strings, all-digit ones too, however long.
    ///
    /// Throws in the iteration as `getUserAppPassword` rejects; `timeoutMs` is the limit of each page.
    ///
    /// @throws {AstrolabeError} `invalid_argument`: an option is wrong.
    #[wasm_bindgen(js_name = listUsers, unchecked_return_type = "AsyncGenerator<string, void, undefined>")]
    pub fn list_users(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "ListUsersOptions")] options: JsValue,
    ) -> Result<JsValue, JsValue> {
        list_users::list_users(self.inner.clone(), &options).map_err(|error| to_js_error(&error))
    }

    /// Whether a user of this id exists; the other calls cannot tell. For administrators.
    ///
    /// Rejects as `getUserAppPassword` does.
    #[wasm_bindgen(js_name = userExists, unchecked_return_type = "Promise<boolean>")]
    pub fn user_exists(
        &self,
        #[wasm_bindgen(js_name = userId, unchecked_param_type = "string")] user_id: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] options: JsValue,
    ) -> Promise {
        let client = self.inner.clone();
        call(&options, move |options: CallOptions| async move {
            client.user_exists(&text(&user_id, "userId")?, options.timeout_ms).await.map(JsValue::from)
        })
    }

    /// Looks at the server, the identity provider, the login and the app, and says of each what was seen and what to
    /// do. Failures are checks that did not pass: it rejects only when aborted, or for call options of the wrong type.
    /// `timeoutMs` is the limit of each of its requests.
    #[wasm_bindgen(unchecked_return_type = "Promise<DiagnosticCheck[]>")]
    pub fn diagnose(&self, #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] options: JsValue) -> Promise {
        let client = self.inner.clone();
        call(&options, move |options: CallOptions| async move {
            let checks = client.diagnose(options.timeout_ms).await;
            let checks: Vec<_> = checks
                .iter()
                .map(|check| DiagnosticCheck {
                    name: check.name,
                    passed: check.passed,
                    seen: &check.seen,
                    to_do: check.to_do.as_deref(),
                })
                .collect();
            Ok(to_js(&checks))
        })
    }
}

impl AstrolabeClient {
    fn resolved(&self, token: &Secret) -> Promise {
        let mut resolved = self.resolved_token.borrow_mut();
        match &*resolved {
            Some((of, promise)) if of == token => promise.clone(),
            _ => {
                let promise = Promise::resolve(&JsValue::from(token.expose()));
                *resolved = Some((token.clone(), promise.clone()));
                promise
            }
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DiagnosticCheck<'a> {
    name: &'a str,
    passed: Option<bool>,
    seen: &'a str,
    to_do: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StoredAppPassword {
    partial_success: bool,
    message: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BackgroundSyncStatus {
    has_access: bool,
    credential_type: Option<String>,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    provisioned_at: JsValue,
}

impl From<crate::BackgroundSyncStatus> for BackgroundSyncStatus {
    fn from(status: crate::BackgroundSyncStatus) -> Self {
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
fn logger(options: &Options) -> Result<Option<LogFunction>, Error> {
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
