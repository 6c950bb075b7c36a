//! The client: one method an operation.

use core::cell::Cell;
use core::future::Future;
use core::pin::Pin;
use std::rc::Rc;

use crate::answer::Answer;
use crate::auth::{Auth, Authorization, Login, LOGIN};
use crate::diagnose::{diagnose, Check};
use crate::error::{Error, ErrorCode};
use crate::http::{send, within, Limits, Request, Response, Transport};
use crate::log::{Level, LogFunction, Logger};
use crate::nextcloud::background_sync::{self, BackgroundSyncStatus, Credentials, StoredAppPassword};
use crate::nextcloud::users;
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
        AstrolabeClient {
            transport: self.transport.clone(),
            auth: self.auth.clone(),
            timeout_ms: self.timeout_ms,
            max_retries: self.max_retries,
            read_retries: self.read_retries,
        }
    }
}

type LocalFuture<'a, R> = Pin<Box<dyn Future<Output = Result<R, Error>> + 'a>>;

/// What came back, and how it was asked for.
pub(crate) struct Reply {
    route: String,
    pub(crate) response: Response,
    now_ms: i64,
    /// `None` where no login was sent.
    authorization: Option<Authorization>,
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
        self.with_cached_access_token(Secret::clone)
    }

    /// Runs `using` with the access token, if none has to be fetched. It must not use the token cache.
    pub(crate) fn with_cached_access_token<R>(&self, using: impl FnOnce(&Secret) -> R) -> Option<R> {
        self.auth.with_cached_token(self.transport.now_ms(), using)
    }

    /// The access token: the cached one while it is fresh, else a new one.
    pub async fn get_access_token(&self, timeout_ms: Option<u32>) -> Result<Secret, Error> {
        let limits = self.limits(timeout_ms);
        let result = within(&*self.transport, &limits, Box::pin(self.auth.token(&self.transport, &limits))).await;
        result.map(|(token, _)| token).map_err(|error| {
            if error.code == ErrorCode::InvalidArgument {
                error
            } else {
                error.at(LOGIN)
            }
        })
    }

    /// The app password of a user for background sync; `None` where there is none to be had. Today's Astrolabe gives
    /// app passwords to nobody, an older one to trusted services.
    pub async fn get_user_app_password(&self, user_id: &str, timeout_ms: Option<u32>) -> Result<Option<Secret>, Error> {
        let credentials = self.credentials("Retrieving app password for user: ", user_id, timeout_ms).await?;
        match &credentials.app_password {
            Some(_) => self.log(
                Level::Info,
                &[
                    "Retrieved app password for user: ",
                    user_id,
                    " (type: ",
                    credentials.status.credential_type.as_deref().unwrap_or("unknown"),
                    ")",
                ],
            ),
            None => self.log(Level::Debug, &["No app password configured for user: ", user_id]),
        }
        Ok(credentials.app_password)
    }

    /// Whether background services have access to a user's files.
    pub async fn get_background_sync_status(
        &self,
        user_id: &str,
        timeout_ms: Option<u32>,
    ) -> Result<BackgroundSyncStatus, Error> {
        Ok(self.credentials("Retrieving background sync status of user: ", user_id, timeout_ms).await?.status)
    }

    async fn credentials(&self, purpose: &str, user_id: &str, timeout_ms: Option<u32>) -> Result<Credentials, Error> {
        // An id that was checked, so that it cannot forge a line of the log.
        let request = background_sync::credentials_request(self.host(), user_id)?;
        self.log(Level::Debug, &[purpose, user_id]);
        let reply = self.api(request, timeout_ms).await?;
        self.read(&reply, |answer| background_sync::read_credentials(user_id, answer))
    }

    /// Whether background services have access to the caller's own files.
    pub async fn get_own_background_sync_status(&self, timeout_ms: Option<u32>) -> Result<BackgroundSyncStatus, Error> {
        let reply = self.api(background_sync::own_status_request(self.host()), timeout_ms).await?;
        self.read(&reply, background_sync::read_own_status)
    }

    /// Gives background services access to the caller's own files. Sent once, whatever happens.
    pub async fn store_app_password(
        &self,
        app_password: &Secret,
        timeout_ms: Option<u32>,
    ) -> Result<StoredAppPassword, Error> {
        let request = background_sync::store_request(self.host(), app_password)?;
        let reply = self.api(request, timeout_ms).await?;
        self.read_hiding(&reply, Some(app_password), background_sync::read_stored)
    }

    /// Takes from background services the access to the caller's own files. Sent once, whatever happens.
    pub async fn revoke_background_sync(&self, timeout_ms: Option<u32>) -> Result<(), Error> {
        let reply = self.api(background_sync::revoke_request(self.host()), timeout_ms).await?;
        self.read(&reply, background_sync::read_revoked)
    }

    /// One page of the user directory, for administrators. Empty only past the end.
    pub async fn list_users_page(
        &self,
        search: &str,
        limit: u32,
        offset: u32,
        timeout_ms: Option<u32>,
    ) -> Result<Vec<String>, Error> {
        let reply = self.api(users::list_request(self.host(), search, limit, offset), timeout_ms).await?;
        self.read(&reply, users::read_list)
    }

    /// Where the pages come from, for an error that shows only in several of them.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn users_route(&self) -> String {
        users::list_request(self.host(), "", 0, 0).route()
    }

    /// Whether a user of this id exists, for administrators.
    pub async fn user_exists(&self, user_id: &str, timeout_ms: Option<u32>) -> Result<bool, Error> {
        let reply = self.api(users::user_request(self.host(), user_id)?, timeout_ms).await?;
        self.read(&reply, users::read_exists)
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

    /// Sends a request to Nextcloud, logged in.
    ///
    /// Boxed, so that the state of all this stands in the wasm once and not once for each operation.
    pub(crate) fn api<'a>(&'a self, mut request: Request, timeout_ms: Option<u32>) -> LocalFuture<'a, Reply> {
        Box::pin(async move {
            let route = request.route();
            let limits = self.limits(timeout_ms);
            let read_limits = Limits { max_retries: self.read_retries, ..limits };
            // Where a time limit that runs out meets it.
            let is_logging_in = Cell::new(true);
            let work = async {
                request.headers.push(("Authorization", String::new()));
                let mut renewed = false;
                loop {
                    is_logging_in.set(true);
                    let authorization = self.auth.authorize(&self.transport, &limits).await?;
                    is_logging_in.set(false);
                    if let Some((_, value)) = request.headers.last_mut() {
                        value.clone_from(&authorization.header);
                    }
                    let response = send(&*self.transport, &request, &read_limits).await?;
                    if response.status == 401 {
                        if let Some(token) = authorization.secret() {
                            self.auth.cache.forget(&token);
                        }
                        // One out of the cache may have been revoked since; a new one will not be better the next time.
                        if authorization.is_cached && request.repeatable && !renewed {
                            renewed = true;
                            continue;
                        }
                    }
                    return Ok((response, authorization));
                }
            };
            match within(&*self.transport, &limits, Box::pin(work)).await {
                Ok((response, authorization)) => {
                    Ok(Reply { route, response, now_ms: self.transport.now_ms(), authorization: Some(authorization) })
                }
                Err(error) => Err(error.at(if is_logging_in.get() { LOGIN } else { &route })),
            }
        })
    }

    /// Sends a request that needs no login.
    pub(crate) fn ask<'a>(&'a self, request: Request, timeout_ms: Option<u32>) -> LocalFuture<'a, Reply> {
        Box::pin(async move {
            let route = request.route();
            let limits = self.limits(timeout_ms);
            let response = within(&*self.transport, &limits, Box::pin(send(&*self.transport, &request, &limits)))
                .await
                .map_err(|error| error.at(&route))?;
            Ok(Reply { route, response, now_ms: self.transport.now_ms(), authorization: None })
        })
    }

    /// What `read` makes of a reply; whatever goes wrong, no secret of the request is shown.
    pub(crate) fn read<R>(&self, reply: &Reply, read: impl FnOnce(Answer<'_>) -> Result<R, Error>) -> Result<R, Error> {
        self.read_hiding(reply, None, read)
    }

    fn read_hiding<R>(
        &self,
        reply: &Reply,
        secret: Option<&Secret>,
        read: impl FnOnce(Answer<'_>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let Reply { route, response, now_ms, authorization } = reply;
        let secrets = || {
            let mut secrets = self.auth.login.secrets();
            secrets.extend(authorization.as_ref().and_then(Authorization::secret));
            secrets.extend(secret.cloned());
            secrets
        };
        read(Answer { route, response, now_ms: *now_ms, secrets: &secrets })
    }

    pub(crate) fn limits(&self, timeout_ms: Option<u32>) -> Limits {
        Limits::start(&*self.transport, timeout_ms.unwrap_or(self.timeout_ms), self.max_retries)
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
    Err(Error::invalid(
        [
            "nextcloudHost ",
            problem,
            ": give the address of the server, such as https://cloud.example.com or https://example.com/nextcloud",
        ]
        .concat(),
    ))
}
