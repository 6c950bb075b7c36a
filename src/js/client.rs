//! `AstrolabeClient`

use core::cell::OnceCell;
use std::rc::Rc;

use futures_util::{StreamExt, TryFutureExt};
use js_sys::Promise;
use wasm_bindgen::prelude::*;

use super::arguments::{boolean, text, Properties};
use super::bulk;
use super::iteration::{generator, Items};
use super::options::{self, Options};
use super::promise::{call, CallOptions};
use super::results::{
    to_js, BackgroundSyncStatus, DiagnosticCheck, OwnBackgroundSyncStatus, Provisioning, SearchCapabilities,
    StoredAppPassword,
};
use super::token_cache::{ResolvedToken, TokenCache};
use crate::client;
use crate::error::Error;
use crate::fetch::Fetch;
use crate::listing::ListUsersOptions;
use crate::secret::Secret;

/// A client of one Nextcloud server. It holds no connection and no timer: it may be made at module scope or for each request,
/// and any number of calls may be under way at once.
#[wasm_bindgen]
pub struct AstrolabeClient {
    inner: client::AstrolabeClient<Fetch>,
    /// One object for good, so that `client.tokenCache === client.tokenCache`; made when somebody wants to see it.
    token_cache: OnceCell<JsValue>,
    resolved_token: ResolvedToken,
}

#[wasm_bindgen]
impl AstrolabeClient {
    /// @throws {AstrolabeError} `invalid_argument`, `insecure_endpoint`: an option is missing or wrong. Nothing is sent.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "AstrolabeClientOptions")] options: JsValue,
    ) -> Result<AstrolabeClient, Error> {
        let Options { config, fetch, token_cache } = options::read(&options)?;
        let inner = client::AstrolabeClient::new(fetch, config)?;
        let token_cache = token_cache.map_or_else(OnceCell::new, OnceCell::from);
        Ok(AstrolabeClient { inner, token_cache, resolved_token: ResolvedToken::default() })
    }

    /// Where this client keeps its token, always the same object.
    #[wasm_bindgen(getter, js_name = tokenCache, unchecked_return_type = "TokenCache")]
    pub fn token_cache(&self) -> JsValue {
        self.token_cache.get_or_init(|| TokenCache::of(Rc::clone(self.inner.token_cache())).into()).clone()
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
            let known = self.inner.with_cached_access_token(|token| self.resolved_token.promise_of(token));
            if let Some(promise) = known {
                return promise;
            }
        }
        let client = self.inner.clone();
        call(&options, |options| {
            Ok(Box::pin(async move { Ok(JsValue::from(client.get_access_token(options).await?.expose())) }))
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
        call(&options, |options| {
            let user_id = text(&user_id, "userId")?;
            Ok(Box::pin(async move {
                let password = client.get_user_app_password(&user_id, options).await?;
                Ok(password.map_or(JsValue::NULL, |password| JsValue::from(password.expose())))
            }))
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
        call(&options, |options| {
            let status = self.inner.status_of(&text(&user_id, "userId")?, options)?;
            Ok(Box::pin(status.map_ok(|status| to_js(&BackgroundSyncStatus::from(status))).err_into()))
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
    #[wasm_bindgen(
        js_name = getBackgroundSyncStatuses,
        unchecked_return_type = "AsyncGenerator<BackgroundSyncStatusRow, void, undefined>"
    )]
    pub fn get_background_sync_statuses(
        &self,
        #[wasm_bindgen(js_name = userIds, unchecked_param_type = "Iterable<string> | AsyncIterable<string>")] user_ids: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "BulkOptions")] options: JsValue,
    ) -> Result<JsValue, Error> {
        bulk::get_background_sync_statuses(&self.inner, &user_ids, &options)
    }

    /// The statuses of all users, or of those that `search` finds: `for await (const { userId, displayName, status, error }
    /// of …)`. Where the server lists them in one answer (Astrolabe 0.16 and later, 500 users at most) that is asked for;
    /// users beyond it, and all of them with an older Astrolabe, are listed and asked about one by one, as
    /// `getBackgroundSyncStatuses(listUsers())` does it. Each user once. For administrators. What concerns one user is a row
    /// with an `error`; what concerns all is thrown, once. `timeoutMs` is the limit of each request.
    ///
    /// @throws {AstrolabeError} `invalid_argument`: an option is wrong.
    #[wasm_bindgen(
        js_name = getAllBackgroundSyncStatuses,
        unchecked_return_type = "AsyncGenerator<UserStatusRow, void, undefined>"
    )]
    pub fn get_all_background_sync_statuses(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "AllStatusesOptions")] options: JsValue,
    ) -> Result<JsValue, Error> {
        bulk::get_all_background_sync_statuses(&self.inner, &options)
    }

    /// Which users have let background services in, as many as Astrolabe lists in one answer (500), and whether users may do
    /// so by themselves. For administrators; Astrolabe 0.16 and later.
    ///
    /// Rejects as `getUserAppPassword` does, but for `user_mismatch`; and with `not_supported`. A list that has a user twice
    /// is `unexpected_response`.
    #[wasm_bindgen(js_name = getProvisioning, unchecked_return_type = "Promise<Provisioning>")]
    pub fn get_provisioning(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] options: JsValue,
    ) -> Promise {
        let client = self.inner.clone();
        call(&options, |options| {
            Ok(Box::pin(async move { Ok(to_js(&Provisioning::from(client.get_provisioning(options).await?))) }))
        })
    }

    /// Gives background services access to the user's files: Nextcloud makes an app password of that user's and stores it.
    /// Sent once, never tried again by itself: each time makes one more app password. So an error after which that may have
    /// happened (`network`, `timeout`, `server_error`) is not `retryable`: ask for the status. For administrators; Astrolabe
    /// 0.16 and later.
    ///
    /// Rejects as `getUserAppPassword` does, and with `unknown_user`, `not_supported`.
    #[wasm_bindgen(js_name = provisionUser, unchecked_return_type = "Promise<StoredAppPassword>")]
    pub fn provision_user(
        &self,
        #[wasm_bindgen(js_name = userId, unchecked_param_type = "string")] user_id: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] options: JsValue,
    ) -> Promise {
        let client = self.inner.clone();
        call(&options, |options| {
            let user_id = text(&user_id, "userId")?;
            Ok(Box::pin(async move {
                let stored = client.provision_user(&user_id, options).await?;
                Ok(to_js(&StoredAppPassword::from(stored)))
            }))
        })
    }

    /// Takes from background services the access to the user's files, and makes the app password that gave it invalid; nothing
    /// happens where there is none, nor for a user that does not exist. Sent once, never tried again by itself. For
    /// administrators; Astrolabe 0.16 and later.
    ///
    /// Rejects as `getUserAppPassword` does, and with `not_supported`.
    #[wasm_bindgen(js_name = deprovisionUser, unchecked_return_type = "Promise<void>")]
    pub fn deprovision_user(
        &self,
        #[wasm_bindgen(js_name = userId, unchecked_param_type = "string")] user_id: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] options: JsValue,
    ) -> Promise {
        let client = self.inner.clone();
        call(&options, |options| {
            let user_id = text(&user_id, "userId")?;
            Ok(Box::pin(async move {
                client.deprovision_user(&user_id, options).await?;
                Ok(JsValue::UNDEFINED)
            }))
        })
    }

    /// Whether users may give access by themselves from now on; access that was given stays. Sent once, never tried again by
    /// itself. For administrators; Astrolabe 0.16 and later.
    ///
    /// Rejects as `getProvisioning` does.
    #[wasm_bindgen(js_name = setSelfProvisioning, unchecked_return_type = "Promise<void>")]
    pub fn set_self_provisioning(
        &self,
        #[wasm_bindgen(js_name = isAllowed, unchecked_param_type = "boolean")] is_allowed: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] options: JsValue,
    ) -> Promise {
        let client = self.inner.clone();
        call(&options, |options| {
            let is_allowed = boolean(&is_allowed, "isAllowed")?;
            Ok(Box::pin(async move {
                client.set_self_provisioning(is_allowed, options).await?;
                Ok(JsValue::UNDEFINED)
            }))
        })
    }

    /// What a service may index for the account that this client logs in as; `null` where Astrolabe does not say, as an older
    /// one.
    ///
    /// Rejects as `getOwnBackgroundSyncStatus` does.
    #[wasm_bindgen(js_name = getSearchCapabilities, unchecked_return_type = "Promise<SearchCapabilities | null>")]
    pub fn get_search_capabilities(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] options: JsValue,
    ) -> Promise {
        let client = self.inner.clone();
        call(&options, |options| {
            Ok(Box::pin(async move {
                let found = client.get_search_capabilities(options).await?;
                Ok(to_js(&found.map(SearchCapabilities::from)))
            }))
        })
    }

    /// Whether background services have access to the files of the account that this client logs in as, and whether that
    /// account may give it.
    ///
    /// Rejects as `getUserAppPassword` does, but for `forbidden` and `user_mismatch`.
    #[wasm_bindgen(js_name = getOwnBackgroundSyncStatus, unchecked_return_type = "Promise<OwnBackgroundSyncStatus>")]
    pub fn get_own_background_sync_status(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] options: JsValue,
    ) -> Promise {
        let client = self.inner.clone();
        call(&options, |options| {
            Ok(Box::pin(async move {
                let status = client.get_own_background_sync_status(options).await?;
                Ok(to_js(&OwnBackgroundSyncStatus::from(status)))
            }))
        })
    }

    /// Gives background services access to the files of the account that this client logs in as, by an app password
    /// of that account: 20 to 256 letters, digits and hyphens. Astrolabe before 0.16 takes only the form
    /// `xxxxx-xxxxx-xxxxx-xxxxx-xxxxx`. Sent once, never tried again by itself.
    ///
    /// Rejects as `getOwnBackgroundSyncStatus` does, and with `app_password_rejected`, `self_provisioning_disabled`.
    #[wasm_bindgen(js_name = storeAppPassword, unchecked_return_type = "Promise<StoredAppPassword>")]
    pub fn store_app_password(
        &self,
        #[wasm_bindgen(js_name = appPassword, unchecked_param_type = "string")] app_password: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] options: JsValue,
    ) -> Promise {
        let client = self.inner.clone();
        call(&options, |options| {
            let app_password = Secret::new(text(&app_password, "appPassword")?);
            Ok(Box::pin(async move {
                let stored = client.store_app_password(&app_password, options).await?;
                Ok(to_js(&StoredAppPassword::from(stored)))
            }))
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
        call(&options, |options| {
            Ok(Box::pin(async move {
                client.revoke_background_sync(options).await?;
                Ok(JsValue::UNDEFINED)
            }))
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
    ) -> Result<JsValue, Error> {
        self.listing(&options)
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
        call(&options, |options| {
            let user_id = text(&user_id, "userId")?;
            Ok(Box::pin(async move { Ok(client.user_exists(&user_id, options).await?.into()) }))
        })
    }

    /// Looks at the server, the identity provider, the login and the app, and says of each what was seen and what to
    /// do. Failures are checks that did not pass: it rejects only when aborted, or for call options of the wrong type.
    /// `timeoutMs` is the limit of each of its requests.
    #[wasm_bindgen(unchecked_return_type = "Promise<DiagnosticCheck[]>")]
    pub fn diagnose(&self, #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] options: JsValue) -> Promise {
        let client = self.inner.clone();
        call(&options, |options| {
            Ok(Box::pin(async move {
                let checks = client.diagnose(options).await.into_iter();
                Ok(to_js(&checks.map(DiagnosticCheck::from).collect::<Vec<_>>()))
            }))
        })
    }
}

impl AstrolabeClient {
    fn listing(&self, options: &JsValue) -> Result<JsValue, Error> {
        let CallOptions { timeout, signal } = CallOptions::read(options, &["search", "pageSize"])?;
        let mut listing = ListUsersOptions { timeout, ..ListUsersOptions::default() };
        if !options.is_undefined() {
            let options = Properties::of(options, "options")?;
            listing.search = options.text("search")?.unwrap_or_default();
            listing.page_size = options.integer("pageSize", 1..=1_000)?.unwrap_or(listing.page_size);
        }
        let users = self.inner.list_users(listing).map(|user| match user {
            Ok(user_id) => Ok(JsValue::from(user_id)),
            Err(error) => Err(error.into()),
        });
        let users: Items = Box::pin(users);
        Ok(generator(users, signal))
    }
}
