//! `client`

use core::future::Future;
use std::rc::Rc;

use futures_util::stream;

use super::bulk::{AllStatuses, Statuses, Users};
use super::configuration::{call_options, config, max_response_bytes, timeout, within};
use super::executor::block_on;
use super::token_cache::TokenCache;
use super::{wit, Wasi};
use crate::all_statuses::{self, AllStatusesOptions};
use crate::call::CallOptions;
use crate::client::AstrolabeClient;
use crate::error::Error;
use crate::http::DEFAULT_MAX_RESPONSE_BYTES;
use crate::listing::{ListUsersOptions, DEFAULT_PAGE_SIZE};
use crate::secret::Secret;
use crate::statuses::{BulkOptions, DEFAULT_CONCURRENCY};

pub(super) struct Client(AstrolabeClient<Wasi>);

impl Client {
    fn create(given: wit::Configuration, token_cache: Option<&TokenCache>) -> Result<Self, Error> {
        let max_response_bytes = max_response_bytes(&given)?.unwrap_or(DEFAULT_MAX_RESPONSE_BYTES);
        let mut config = config(given)?;
        config.token_cache = token_cache.map(|cache| Rc::clone(&cache.0));
        Ok(Client(AstrolabeClient::new(Wasi { max_response_bytes }, config)?))
    }
}

/// Makes one call, and waits until it is done.
fn call<'a, T, F: Future<Output = Result<T, Error>> + 'a>(
    timeout_ms: Option<u32>,
    begin: impl FnOnce(CallOptions) -> F,
) -> Result<T, wit::Error> {
    let options = call_options(timeout_ms)?;
    Ok(block_on(Box::pin(begin(options)))?)
}

fn bulk_options(concurrency: Option<u32>, timeout_ms: Option<u32>) -> Result<BulkOptions, Error> {
    let concurrency = within("concurrency", concurrency, 1..=1_000)?.unwrap_or(DEFAULT_CONCURRENCY);
    Ok(BulkOptions { concurrency, timeout: timeout(timeout_ms)? })
}

impl wit::GuestClient for Client {
    fn create(
        configuration: wit::Configuration,
        token_cache: Option<wit::TokenCacheBorrow<'_>>,
    ) -> Result<wit::Client, wit::Error> {
        Ok(wit::Client::new(Client::create(configuration, token_cache.as_ref().map(wit::TokenCacheBorrow::get))?))
    }

    fn token_cache(&self) -> wit::TokenCache {
        wit::TokenCache::new(TokenCache(Rc::clone(self.0.token_cache())))
    }

    fn get_access_token(&self, timeout_ms: Option<u32>) -> Result<String, wit::Error> {
        let token = call(timeout_ms, |options| self.0.get_access_token(options))?;
        Ok(token.expose().to_string())
    }

    fn get_user_app_password(&self, user_id: String, timeout_ms: Option<u32>) -> Result<Option<String>, wit::Error> {
        let password = call(timeout_ms, |options| self.0.get_user_app_password(&user_id, options))?;
        Ok(password.map(|password| password.expose().to_string()))
    }

    fn get_background_sync_status(
        &self,
        user_id: String,
        timeout_ms: Option<u32>,
    ) -> Result<wit::BackgroundSyncStatus, wit::Error> {
        call(timeout_ms, |options| self.0.get_background_sync_status(&user_id, options)).map(Into::into)
    }

    fn get_background_sync_statuses(
        &self,
        user_ids: Vec<String>,
        concurrency: Option<u32>,
        timeout_ms: Option<u32>,
    ) -> Result<wit::Statuses, wit::Error> {
        let options = bulk_options(concurrency, timeout_ms)?;
        let user_ids = stream::iter(user_ids.into_iter().map(Ok::<String, Error>));
        Ok(wit::Statuses::new(Statuses::new(self.0.get_background_sync_statuses(user_ids, options))))
    }

    fn get_all_background_sync_statuses(
        &self,
        search: Option<String>,
        concurrency: Option<u32>,
        timeout_ms: Option<u32>,
    ) -> Result<wit::AllStatuses, wit::Error> {
        let BulkOptions { concurrency, timeout } = bulk_options(concurrency, timeout_ms)?;
        let options = AllStatusesOptions { search: search.unwrap_or_default(), concurrency, timeout };
        let rows = all_statuses::AllStatuses::new(self.0.service().clone(), options);
        Ok(wit::AllStatuses::new(AllStatuses::new(rows)))
    }

    fn get_provisioning(&self, timeout_ms: Option<u32>) -> Result<wit::Provisioning, wit::Error> {
        call(timeout_ms, |options| self.0.get_provisioning(options)).map(Into::into)
    }

    fn provision_user(&self, user_id: String, timeout_ms: Option<u32>) -> Result<wit::StoredAppPassword, wit::Error> {
        call(timeout_ms, |options| self.0.provision_user(&user_id, options)).map(Into::into)
    }

    fn deprovision_user(&self, user_id: String, timeout_ms: Option<u32>) -> Result<(), wit::Error> {
        call(timeout_ms, |options| self.0.deprovision_user(&user_id, options))
    }

    fn set_self_provisioning(&self, is_allowed: bool, timeout_ms: Option<u32>) -> Result<(), wit::Error> {
        call(timeout_ms, |options| self.0.set_self_provisioning(is_allowed, options))
    }

    fn get_search_capabilities(&self, timeout_ms: Option<u32>) -> Result<Option<wit::SearchCapabilities>, wit::Error> {
        let found = call(timeout_ms, |options| self.0.get_search_capabilities(options))?;
        Ok(found.map(Into::into))
    }

    fn get_own_background_sync_status(
        &self,
        timeout_ms: Option<u32>,
    ) -> Result<wit::OwnBackgroundSyncStatus, wit::Error> {
        call(timeout_ms, |options| self.0.get_own_background_sync_status(options)).map(Into::into)
    }

    fn store_app_password(
        &self,
        app_password: String,
        timeout_ms: Option<u32>,
    ) -> Result<wit::StoredAppPassword, wit::Error> {
        let app_password = Secret::new(app_password);
        call(timeout_ms, |options| self.0.store_app_password(&app_password, options)).map(Into::into)
    }

    fn revoke_background_sync(&self, timeout_ms: Option<u32>) -> Result<(), wit::Error> {
        call(timeout_ms, |options| self.0.revoke_background_sync(options))
    }

    fn list_users(
        &self,
        search: Option<String>,
        page_size: Option<u32>,
        timeout_ms: Option<u32>,
    ) -> Result<wit::Users, wit::Error> {
        let options = ListUsersOptions {
            search: search.unwrap_or_default(),
            page_size: within("page-size", page_size, 1..=1_000)?.unwrap_or(DEFAULT_PAGE_SIZE),
            timeout: timeout(timeout_ms)?,
        };
        Ok(wit::Users::new(Users::new(self.0.list_users(options))))
    }

    fn user_exists(&self, user_id: String, timeout_ms: Option<u32>) -> Result<bool, wit::Error> {
        call(timeout_ms, |options| self.0.user_exists(&user_id, options))
    }

    fn diagnose(&self, timeout_ms: Option<u32>) -> Result<Vec<wit::DiagnosticCheck>, wit::Error> {
        let checks = call(timeout_ms, |options| async move { Ok(self.0.diagnose(options).await) })?;
        Ok(checks.into_iter().map(Into::into).collect())
    }
}
