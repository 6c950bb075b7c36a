//! The client: one method an operation.

use core::future::Future;
use std::rc::Rc;

use crate::auth::{Auth, Login};
use crate::error::{Error, ErrorCode};
use crate::http::{send, within, Limits, Request, Response, Transport};
use crate::log::{Level, LogFunction, Logger};
use crate::nextcloud::{self, BackgroundSyncStatus, Credentials};
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
    transport: Rc<T>,
    auth: Rc<Auth<T>>,
}

impl<T: Transport> Clone for AstrolabeClient<T> {
    fn clone(&self) -> Self {
        AstrolabeClient { transport: self.transport.clone(), auth: self.auth.clone() }
    }
}

impl<T: Transport> AstrolabeClient<T> {
    pub fn new(transport: T, config: Config<T::Flight>) -> Result<Self, Error> {
        let nextcloud_host = base_url(&config.nextcloud_host, config.allow_insecure_http)?;
        config.login.check()?;
        let cache = match (config.token_cache, &config.login) {
            (Some(cache), Login::ClientCredentials(_)) => cache,
            (Some(_), _) => return Err(Error::invalid("tokenCache belongs to clientId and clientSecret: a token of one's own is never kept in a cache that others see")),
            (None, _) => Rc::new(TokenCache::new(config.early_refresh_s, Contents::default())),
        };
        Ok(AstrolabeClient {
            transport: Rc::new(transport),
            auth: Rc::new(Auth {
                key: config.login.cache_key(&nextcloud_host),
                login: config.login,
                cache,
                early_refresh_s: config.early_refresh_s,
                nextcloud_host,
                allow_insecure_http: config.allow_insecure_http,
                timeout_ms: config.timeout_ms,
                max_retries: config.max_retries,
                logger: Logger(config.logger),
            }),
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
        self.call(timeout_ms, |_| async { Ok(self.auth.token(&self.transport).await?.0) }).await
    }

    /// The app password of a user for background sync; `None` where there is none to be had. Today's Astrolabe gives
    /// app passwords to nobody, an older one to trusted services.
    pub async fn get_user_app_password(&self, user_id: &str, timeout_ms: Option<u32>) -> Result<Option<Secret>, Error> {
        self.log(Level::Debug, &["Retrieving app password for user: ", user_id]);
        let credentials = self.credentials(user_id, timeout_ms).await?;
        match &credentials.app_password {
            Some(_) => self.log(Level::Info, &["Retrieved app password for user: ", user_id, " (type: ", credentials.status.credential_type.as_deref().unwrap_or("unknown"), ")"]),
            None => self.log(Level::Debug, &["No app password configured for user: ", user_id]),
        }
        Ok(credentials.app_password)
    }

    /// Whether background services have access to a user's files.
    pub async fn get_background_sync_status(&self, user_id: &str, timeout_ms: Option<u32>) -> Result<BackgroundSyncStatus, Error> {
        self.log(Level::Debug, &["Retrieving background sync status of user: ", user_id]);
        Ok(self.credentials(user_id, timeout_ms).await?.status)
    }

    async fn credentials(&self, user_id: &str, timeout_ms: Option<u32>) -> Result<Credentials, Error> {
        let request = nextcloud::credentials_request(&self.auth.nextcloud_host, user_id)?;
        let route = request.route();
        self.api(request, timeout_ms, |response, now_ms| nextcloud::read_credentials(&route, user_id, response, now_ms)).await
    }

    /// Sends a request to Nextcloud, logged in, and reads the answer.
    async fn api<R>(&self, mut request: Request, timeout_ms: Option<u32>, read: impl Fn(&Response, i64) -> Result<R, Error>) -> Result<R, Error> {
        self.call(timeout_ms, |limits| async move {
            request.headers.push(("Authorization", String::new()));
            let mut renewed = false;
            loop {
                let authorization = self.auth.authorize(&self.transport).await?;
                if let Some((_, value)) = request.headers.last_mut() {
                    value.clone_from(&authorization.header);
                }
                let response = send(&*self.transport, &request, &limits).await.map_err(|error| self.auth.redact(error, &authorization))?;
                match authorization.cached_token {
                    // The token may have been revoked since it was cached: one new one, one more try.
                    Some(ref token) if response.status == 401 && !renewed => {
                        self.auth.cache.forget(token);
                        renewed = true;
                    }
                    _ => return read(&response, self.transport.now_ms()).map_err(|error| self.auth.redact(error, &authorization)),
                }
            }
        })
        .await
    }

    /// Runs one operation within its time limit.
    async fn call<R, W: Future<Output = Result<R, Error>>>(&self, timeout_ms: Option<u32>, work: impl FnOnce(Limits) -> W) -> Result<R, Error> {
        let limits = Limits::start(&*self.transport, timeout_ms.unwrap_or(self.auth.timeout_ms), self.auth.max_retries);
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
