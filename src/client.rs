//! [`AstrolabeClient`]: one method an operation.

use core::future::Future;
use std::rc::Rc;

use futures_core::Stream;
use futures_util::future::lazy;
use futures_util::{FutureExt, TryFutureExt};

use crate::all_statuses::{all_statuses, AllStatusesOptions, UserStatusRow};
use crate::call::CallOptions;
use crate::config::Config;
use crate::diagnose::{diagnose, DiagnosticCheck};
use crate::error::Error;
use crate::limits::Limits;
use crate::listing::{list_users, ListUsersOptions};
use crate::log::Level;
use crate::nextcloud::{
    AppPassword, BackgroundSyncStatus, DeprovisionUser, GetCredentials, GetOwnStatus, GetProvisioning,
    GetSearchCapabilities, GetUser, OwnBackgroundSyncStatus, ProvisionUser, Provisioning, Revoke, SearchCapabilities,
    SetSelfProvisioning, StoreAppPassword, StoredAppPassword, UserId,
};
use crate::platform::{Runtime, Transport};
use crate::secret::Secret;
use crate::service::Service;
use crate::statuses::{statuses, BulkOptions, StatusRow};
use crate::token_cache::TokenCache;

/// A client of one Nextcloud server, logged in one way. Cheap to clone; all clones are the same client. It holds no
/// connection and no timer, and any number of calls may be under way at once. Dropping a call ends it.
pub struct AstrolabeClient<P>(Rc<Service<P>>);

impl<P> Clone for AstrolabeClient<P> {
    fn clone(&self) -> Self {
        AstrolabeClient(self.0.clone())
    }
}

impl<P: Transport + Runtime> AstrolabeClient<P> {
    /// Checks what is given, and sends nothing.
    ///
    /// # Errors
    /// `InvalidArgument`, `InsecureEndpoint`: something of the configuration is missing or wrong.
    pub fn new(platform: P, config: Config) -> Result<Self, Error> {
        Ok(AstrolabeClient(Rc::new(Service::new(platform, config)?)))
    }

    /// Where the token is kept.
    pub fn token_cache(&self) -> &Rc<TokenCache> {
        &self.0.cache
    }

    /// What `look` makes of the access token, if none has to be fetched.
    pub fn with_cached_access_token<R>(&self, look: impl FnOnce(&Secret) -> R) -> Option<R> {
        if let crate::login::Login::AccessToken(token) = &self.0.login {
            return Some(look(token));
        }
        self.0.with_cached_token(look)
    }

    /// The access token: the cached one while it is fresh, else a new one by discovery and the client-credentials grant
    /// (RFC 6749 §4.4). Callers at the same time share one request.
    ///
    /// # Errors
    /// `DiscoveryFailed`, `IssuerMismatch`, `GrantNotSupported`, `InsecureEndpoint`, `TokenRequestFailed`,
    /// `InvalidTokenResponse`, `TokenFunctionFailed`, `UnexpectedRedirect`, `UnexpectedResponse`, `ResponseTooLarge`,
    /// `RateLimited`, `Maintenance`, `Network`, `Timeout`; `InvalidArgument` where the client logs in with user name and
    /// password, which has no token.
    pub async fn get_access_token(&self, options: CallOptions) -> Result<Secret, Error> {
        self.0.access_token(self.0.limits(options)).await
    }

    /// The app password of a user for background sync; `None` where there is none to be had. Today's Astrolabe gives
    /// app passwords to nobody, an older one to trusted services.
    ///
    /// # Errors
    /// What [`AstrolabeClient::get_access_token`] fails with, and `InvalidArgument`, `Unauthorized`, `Forbidden`,
    /// `AppNotAvailable`, `UserMismatch`, `RateLimited`, `ServerError`, `RequestRejected`.
    pub async fn get_user_app_password(&self, user_id: &str, options: CallOptions) -> Result<Option<Secret>, Error> {
        // An id that cannot be one is refused before anything is sent; and cannot forge a line of the log.
        let endpoint = GetCredentials(UserId::new(user_id)?);
        self.0.log(Level::Debug, "Retrieving app password for user: ", user_id);
        let found = self.0.run(endpoint, self.0.limits(options), true).await?;
        if found.app_password.is_some() {
            let kind = found.status.credential_type.as_deref().unwrap_or("unknown");
            let line = [user_id, " (type: ", kind, ")"].concat();
            self.0.log(Level::Info, "Retrieved app password for user: ", &line);
        } else {
            self.0.log(Level::Debug, "No app password configured for user: ", user_id);
        }
        Ok(found.app_password)
    }

    /// Whether background services have access to a user's files, by what kind of credential, and since when. For a user
    /// that does not exist Nextcloud answers as for one without access.
    ///
    /// # Errors
    /// As [`AstrolabeClient::get_user_app_password`].
    pub async fn get_background_sync_status(
        &self,
        user_id: &str,
        options: CallOptions,
    ) -> Result<BackgroundSyncStatus, Error> {
        self.status_of(user_id, options)?.await
    }

    /// The same in a small future that borrows nothing, for those who wait for thousands. As the others it begins when it is
    /// first polled.
    pub(crate) fn status_of(
        &self,
        user_id: &str,
        options: CallOptions,
    ) -> Result<impl Future<Output = Result<BackgroundSyncStatus, Error>> + use<P>, Error> {
        let (service, user_id) = (self.0.clone(), UserId::new(user_id)?);
        Ok(lazy(move |_| service.background_sync_status(user_id, service.limits(options))).flatten())
    }

    /// The statuses of many users, as they come in. Takes ids as it needs them; never more than
    /// [`BulkOptions::concurrency`] are under way, and fewer while the server is busy (429, 502, 503, 504, `Retry-After`).
    /// What concerns one user is a row with an error. What concerns all ends the stream, once: the login, maintenance, the
    /// app, a server that 20 users in a row (or twice `concurrency`) did not reach. Rows that came before it stand.
    /// Dropping the stream ends what is under way. The time limit is that of each user.
    pub fn get_background_sync_statuses<S, I>(
        &self,
        user_ids: S,
        options: BulkOptions,
    ) -> impl Stream<Item = Result<StatusRow<String>, Error>>
    where
        S: Stream<Item = Result<I, Error>> + 'static,
        I: Into<String>,
    {
        statuses(&self.0, Ids(Box::pin(user_ids)), options)
    }

    /// The statuses of all users, or of those that a search finds. Where the server lists them in one answer (Astrolabe 0.16
    /// and later, 500 users at most) that is asked for; users beyond it, and all of them with an older Astrolabe, are listed
    /// and asked about one by one. Each user once. For administrators. What concerns one user is a row with an error; what
    /// concerns all ends the stream, once. The time limit is that of each request.
    pub fn get_all_background_sync_statuses(
        &self,
        options: AllStatusesOptions,
    ) -> impl Stream<Item = Result<UserStatusRow, Error>> {
        all_statuses(self.0.clone(), options)
    }

    /// Which users have let background services in, as many as Astrolabe lists in one answer, and whether users may do so by
    /// themselves. For administrators; Astrolabe 0.16 and later.
    ///
    /// # Errors
    /// As [`AstrolabeClient::get_user_app_password`], but for `UserMismatch`; and `NotSupported`. A list that has a user twice
    /// is `UnexpectedResponse`.
    pub async fn get_provisioning(&self, options: CallOptions) -> Result<Provisioning, Error> {
        self.0.run_newer(GetProvisioning, self.0.limits(options)).await
    }

    /// Gives background services access to a user's files: Nextcloud makes an app password of that user's and stores it.
    /// Sent once, whatever happens: each time makes one more app password. So an error after which that may have happened
    /// (`Network`, `Timeout`, `ServerError`) is not `retryable`: ask for the status. For administrators; Astrolabe 0.16 and
    /// later.
    ///
    /// # Errors
    /// As [`AstrolabeClient::get_user_app_password`]; and `UnknownUser`, `NotSupported`.
    pub async fn provision_user(&self, user_id: &str, options: CallOptions) -> Result<StoredAppPassword, Error> {
        let endpoint = ProvisionUser(UserId::new(user_id)?);
        let stored = self.0.run_newer(endpoint, self.0.limits(options)).await.map_err(Error::maybe_done)?;
        self.0.log(Level::Info, "Gave background sync access for user: ", user_id);
        Ok(stored)
    }

    /// Takes from background services the access to a user's files, and makes the app password that gave it invalid; does
    /// nothing where there is none, nor for a user that does not exist. Sent once, whatever happens. For administrators;
    /// Astrolabe 0.16 and later.
    ///
    /// # Errors
    /// As [`AstrolabeClient::get_user_app_password`]; and `NotSupported`.
    pub async fn deprovision_user(&self, user_id: &str, options: CallOptions) -> Result<(), Error> {
        let endpoint = DeprovisionUser(UserId::new(user_id)?);
        self.0.run_newer(endpoint, self.0.limits(options)).await?;
        self.0.log(Level::Info, "Took background sync access of user: ", user_id);
        Ok(())
    }

    /// Whether users may give access by themselves from now on; access that was given stays. Sent once, whatever happens. For
    /// administrators; Astrolabe 0.16 and later.
    ///
    /// # Errors
    /// As [`AstrolabeClient::get_provisioning`].
    pub async fn set_self_provisioning(&self, is_allowed: bool, options: CallOptions) -> Result<(), Error> {
        self.0.run_newer(SetSelfProvisioning { is_allowed }, self.0.limits(options)).await
    }

    /// What a service may index for the account that asks; `None` where Astrolabe does not say, as an older one.
    ///
    /// # Errors
    /// As [`AstrolabeClient::get_own_background_sync_status`].
    pub async fn get_search_capabilities(&self, options: CallOptions) -> Result<Option<SearchCapabilities>, Error> {
        let limits = self.0.limits(options);
        let found = self.0.run(GetSearchCapabilities, limits, true).await?;
        if found.is_none() {
            // To a login that it does not accept Nextcloud answers as to nobody. This route tells, and whether the app is there.
            self.0.run(GetOwnStatus, limits, true).await?;
        }
        Ok(found)
    }

    /// Whether background services have access to the caller's own files, and whether the caller may give it.
    ///
    /// # Errors
    /// As [`AstrolabeClient::get_user_app_password`], but for `Forbidden` and `UserMismatch`.
    pub async fn get_own_background_sync_status(&self, options: CallOptions) -> Result<OwnBackgroundSyncStatus, Error> {
        self.0.run(GetOwnStatus, self.0.limits(options), true).await
    }

    /// Gives background services access to the caller's own files, by an app password of the caller's: 20 to 256 letters,
    /// digits and hyphens. Astrolabe before 0.16 takes only the form `xxxxx-xxxxx-xxxxx-xxxxx-xxxxx`. Sent once, whatever
    /// happens.
    ///
    /// # Errors
    /// As [`AstrolabeClient::get_own_background_sync_status`], and `AppPasswordRejected`, `SelfProvisioningDisabled`.
    pub async fn store_app_password(
        &self,
        app_password: &Secret,
        options: CallOptions,
    ) -> Result<StoredAppPassword, Error> {
        let endpoint = StoreAppPassword(AppPassword::new(app_password)?);
        self.0.run(endpoint, self.0.limits(options), true).await
    }

    /// Takes from background services the access to the caller's own files; does nothing where there is none. Sent once,
    /// whatever happens.
    ///
    /// # Errors
    /// As [`AstrolabeClient::get_own_background_sync_status`].
    pub async fn revoke_background_sync(&self, options: CallOptions) -> Result<(), Error> {
        self.0.run(Revoke, self.0.limits(options), true).await
    }

    /// The ids of all users, or of those that a search finds, page by page as they are read. For administrators. The time
    /// limit is that of each page. After an error there is nothing more.
    pub fn list_users(&self, options: ListUsersOptions) -> impl Stream<Item = Result<String, Error>> {
        list_users(self.0.clone(), options)
    }

    /// Whether a user of this id exists; the other calls cannot tell. For administrators.
    ///
    /// # Errors
    /// As [`AstrolabeClient::get_user_app_password`].
    pub async fn user_exists(&self, user_id: &str, options: CallOptions) -> Result<bool, Error> {
        self.0.run(GetUser(UserId::new(user_id)?), self.0.limits(options), true).await
    }

    /// Looks at the server, the identity provider, the login and the app, and says of each what was seen and what to do.
    /// Failures are checks that did not pass. The time limit is that of each of its requests.
    pub async fn diagnose(&self, options: CallOptions) -> Vec<DiagnosticCheck> {
        diagnose(&self.0, options).await
    }

    #[cfg(any(feature = "component", feature = "js"))]
    pub(crate) fn service(&self) -> &Rc<Service<P>> {
        &self.0
    }
}

impl<P: Transport + Runtime> Service<P> {
    pub(crate) fn background_sync_status(
        self: &Rc<Self>,
        user_id: UserId,
        limits: Limits,
    ) -> impl Future<Output = Result<BackgroundSyncStatus, Error>> {
        self.log(Level::Debug, "Retrieving background sync status of user: ", user_id.as_str());
        self.run(GetCredentials(user_id), limits, true).map_ok(|found| found.status)
    }
}

/// Ids of whatever kind of text.
struct Ids<S>(core::pin::Pin<Box<S>>);

impl<S: Stream<Item = Result<I, Error>>, I: Into<String>> Stream for Ids<S> {
    type Item = Result<String, Error>;

    fn poll_next(
        mut self: core::pin::Pin<&mut Self>,
        context: &mut core::task::Context<'_>,
    ) -> core::task::Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context).map(|next| next.map(|id| id.map(Into::into)))
    }
}
