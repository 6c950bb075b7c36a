//! The client: one method an operation.

use core::future::Future;
use std::rc::Rc;

use crate::auth::{Auth, Login};
use crate::error::{Error, ErrorCode};
use crate::diagnose::{diagnose, Check};
use crate::http::{send, within, Limits, Request, Transport};
use crate::log::{Level, LogFunction, Logger};
use crate::nextcloud::background_sync::{self, BackgroundSyncStatus, Credentials, StoredAppPassword};
use crate::nextcloud::{users, Answer};
use crate::secret::Secret;
use crate::token_cache::{Contents, TokenCache, DEFAULT_EARLY_REFRESH_S};
use crate::url::Url;

/// How long a call may take in all, in milliseconds, unless said otherwise: the seed's 10 seconds.
pub const DEFAULT_TIMEOUT_MS: u32 = 10_000;

/// How often a read is tried again, unless said otherwise.
pub const DEFAULT_MAX_RETRIES: u32 = 2;

/// What a client is made of.
pub struct Config<F> {
    /// Base URL of the Nextcloud server; a path stays, trailing slashes do not.
    pub nextcloud_host: String,
    pub login: Login,
    /// How long before its end a token counts as old, in seconds.
    pub early_refresh_s: u32,
    /// How long a call may take: login, tries and waits together, in milliseconds.
    pub timeout_ms: u32,
    /// How often a read or a token request is tried again after a failure that can pass.
    pub max_retries: u32,
    /// Lets logins go over plain `http` to other machines, too.
    pub allow_insecure_http: bool,
    /// A cache shared with other clients.
    pub token_cache: Option<Rc<TokenCache<F>>>,
    pub logger: Option<LogFunction>,
}

impl<F> Config<F> {
    pub fn new(nextcloud_host: impl Into<String>, login: Login) -> Self {
        Config {
            nextcloud_host: nextcloud_host.into(),
            login,
            early_refresh_s: DEFAULT_EARLY_REFRESH_S,
            timeout_ms: DEFAULT_TIMEOUT_MS,
            max_retries: DEFAULT_MAX_RETRIES,
            allow_insecure_http: false,
            token_cache: None,
            logger: None,
        }
    }
}

/// A client of one Nextcloud server, logged in one way. Cheap to clone.
pub struct AstrolabeClient<T: Transport> {
    pub(crate) transport: Rc<T>,
    pub(crate) auth: Rc<Auth<T>>,
    timeout_ms: u32,
    max_retries: u32,
    /// For reads of Nextcloud; logins have `max_retries` in any case.
    read_retries: u32,
}

impl<T: Transport> Clone for AstrolabeClient<T> {
    fn clone(&self) -> Self {
        AstrolabeClient { transport: self.transport.clone(), auth: self.auth.clone(), timeout_ms: self.timeout_ms, max_retries: self.max_retries, read_retries: self.read_retries }
    }
}

impl<T: Transport> AstrolabeClient<T> {
    pub fn new(transport: T, config: Config<T::Flight>) -> Result<Self, Error> {
        let nextcloud_host = base_url(&config.nextcloud_host, config.allow_insecure_http)?;
        config.login.check(config.allow_insecure_http)?;
        let cache = match (config.token_cache, &config.login) {
            (Some(cache), Login::ClientCredentials(_)) => cache,
            (Some(_), _) => return Err(Error::invalid("tokenCache belongs to clientId and clientSecret: a token of one's own is never kept in a cache that others see")),
            (None, _) => Rc::new(TokenCache::new(config.early_refresh_s, Contents::default())),
        };
        Ok(AstrolabeClient {
            transport: Rc::new(transport),
            auth: Rc::new(Auth {
                owner: config.login.owner(&nextcloud_host),
                login: config.login,
                cache,
                early_refresh_s: config.early_refresh_s,
                nextcloud_host,
                allow_insecure_http: config.allow_insecure_http,
                logger: Logger(config.logger),
            }),
            timeout_ms: config.timeout_ms,
            max_retries: config.max_retries,
            read_retries: config.max_retries,
        })
    }

    /// Where the token is kept.
    pub fn token_cache(&self) -> &Rc<TokenCache<T::Flight>> {
        &self.auth.cache
    }

    /// The access token, if none has to be fetched.
    pub fn cached_access_token(&self) -> Option<Secret> {
        self.auth.cached_token(self.transport.now_ms())
    }

    /// The access token: the cached one while it is fresh, else a new one.
    pub async fn get_access_token(&self, timeout_ms: Option<u32>) -> Result<Secret, Error> {
        let work = |limits| async move { Ok(self.auth.token(&self.transport, &limits).await?.0) };
        self.call(timeout_ms, work).await.map_err(|error| error.at("login"))
    }

    /// The app password of a user for background sync; `None` where there is none to be had. Today's Astrolabe gives
    /// app passwords to nobody, an older one to trusted services.
    pub async fn get_user_app_password(&self, user_id: &str, timeout_ms: Option<u32>) -> Result<Option<Secret>, Error> {
        let credentials = self.credentials("Retrieving app password for user: ", user_id, timeout_ms).await?;
        match &credentials.app_password {
            Some(_) => self.log(Level::Info, &["Retrieved app password for user: ", user_id, " (type: ", credentials.status.credential_type.as_deref().unwrap_or("unknown"), ")"]),
            None => self.log(Level::Debug, &["No app password configured for user: ", user_id]),
        }
        Ok(credentials.app_password)
    }

    /// Whether background services have access to a user's files.
    pub async fn get_background_sync_status(&self, user_id: &str, timeout_ms: Option<u32>) -> Result<BackgroundSyncStatus, Error> {
        Ok(self.credentials("Retrieving background sync status of user: ", user_id, timeout_ms).await?.status)
    }

    async fn credentials(&self, purpose: &str, user_id: &str, timeout_ms: Option<u32>) -> Result<Credentials, Error> {
        // An id that was checked, so that it cannot forge a line of the log.
        let request = background_sync::credentials_request(self.host(), user_id)?;
        self.log(Level::Debug, &[purpose, user_id]);
        self.api(request, timeout_ms, |answer| background_sync::read_credentials(user_id, answer)).await
    }

    /// Whether background services have access to the caller's own files.
    pub async fn get_own_background_sync_status(&self, timeout_ms: Option<u32>) -> Result<BackgroundSyncStatus, Error> {
        self.api(background_sync::own_status_request(self.host()), timeout_ms, background_sync::read_own_status).await
    }

    /// Gives background services access to the caller's own files. Sent once, whatever happens.
    pub async fn store_app_password(&self, app_password: &Secret, timeout_ms: Option<u32>) -> Result<StoredAppPassword, Error> {
        let request = background_sync::store_request(self.host(), app_password)?;
        self.api(request, timeout_ms, background_sync::read_stored).await.map_err(|error| error.without(app_password))
    }

    /// Takes from background services the access to the caller's own files. Sent once, whatever happens.
    pub async fn revoke_background_sync(&self, timeout_ms: Option<u32>) -> Result<(), Error> {
        self.api(background_sync::revoke_request(self.host()), timeout_ms, background_sync::read_revoked).await
    }

    /// One page of the user directory, for administrators. Empty only past the end.
    pub async fn list_users_page(&self, search: &str, limit: u32, offset: u32, timeout_ms: Option<u32>) -> Result<Vec<String>, Error> {
        self.api(users::list_request(self.host(), search, limit, offset), timeout_ms, users::read_list).await
    }

    /// Whether a user of this id exists, for administrators.
    pub async fn user_exists(&self, user_id: &str, timeout_ms: Option<u32>) -> Result<bool, Error> {
        self.api(users::user_request(self.host(), user_id)?, timeout_ms, users::read_exists).await
    }

    /// What is set up, what is missing, and what to do; see [`Check`].
    pub async fn diagnose(&self, timeout_ms: Option<u32>) -> Vec<Check> {
        diagnose(self, timeout_ms).await
    }

    /// How often a read or a token request is tried again.
    pub fn max_retries(&self) -> u32 {
        self.max_retries
    }

    /// The same client, which leaves it to its caller to try a read again. Logins are tried again as before.
    pub fn with_reads_tried_once(&self) -> Self {
        AstrolabeClient { read_retries: 0, ..self.clone() }
    }

    pub(crate) fn host(&self) -> &str {
        &self.auth.nextcloud_host
    }

    /// Sends a request to Nextcloud, logged in, and reads the answer.
    pub(crate) async fn api<R>(&self, mut request: Request, timeout_ms: Option<u32>, read: impl Fn(Answer<'_>) -> Result<R, Error>) -> Result<R, Error> {
        let route = request.route();
        let work = |limits: Limits| {
            let route = &route;
            async move {
                let read_limits = Limits { max_retries: self.read_retries, ..limits };
                request.headers.push(("Authorization", String::new()));
                let mut renewed = false;
                loop {
                    let authorization = self.auth.authorize(&self.transport, &limits).await?;
                    if let Some((_, value)) = request.headers.last_mut() {
                        value.clone_from(&authorization.header);
                    }
                    let response = send(&*self.transport, &request, &read_limits).await.map_err(|error| self.auth.redact(error, &authorization))?;
                    if let (401, Some(token)) = (response.status, &authorization.cached_token) {
                        // It may have been revoked since it was cached.
                        self.auth.cache.forget(token);
                        if request.repeatable && !renewed {
                            renewed = true;
                            continue;
                        }
                    }
                    let answer = Answer { route, response: &response, now_ms: self.transport.now_ms() };
                    return read(answer).map_err(|error| self.auth.redact(error, &authorization));
                }
            }
        };
        self.call(timeout_ms, work).await.map_err(|error| error.at(&route))
    }

    /// Runs one operation within its time limit.
    pub(crate) async fn call<R, W: Future<Output = Result<R, Error>>>(&self, timeout_ms: Option<u32>, work: impl FnOnce(Limits) -> W) -> Result<R, Error> {
        let limits = Limits::start(&*self.transport, timeout_ms.unwrap_or(self.timeout_ms), self.max_retries);
        within(&*self.transport, &limits, work(limits)).await
    }

    fn log(&self, level: Level, parts: &[&str]) {
        self.auth.logger.log(level, parts);
    }
}

/// The base URL without trailing slashes; an error where it cannot be one.
fn base_url(nextcloud_host: &str, allow_insecure_http: bool) -> Result<String, Error> {
    let host = nextcloud_host.trim_end_matches('/');
    let problem = match Url::parse(host) {
        _ if host.is_empty() => "is empty",
        None => "is no absolute http(s) URL",
        Some(url) if url.has_query_or_fragment() => "has a query or a fragment",
        Some(url) if !url.is_safe_for_secrets() && !allow_insecure_http => {
            return Err(Error::new(ErrorCode::InsecureEndpoint, "nextcloudHost is plain http on another machine, where anyone on the way could read the login: use https, or allow it by name with allowInsecureHttp"));
        }
        Some(_) => return Ok(host.to_string()),
    };
    Err(Error::invalid(["nextcloudHost ", problem, ": give the address of the server, such as https://cloud.example.com or https://example.com/nextcloud"].concat()))
}
