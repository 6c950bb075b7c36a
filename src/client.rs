//! The client for Rust: one method an operation, over any [`Transport`].

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::future::Future;
use core::pin::Pin;

use crate::call::{Call, Event, Next, Operation, Progress, Task, LOGIN};
use crate::diagnose::{Check, Diagnosis, Failure, Seen, PROBE_USER_ID};
use crate::error::{Error, ErrorCode};
use crate::log::{Level, LogFunction};
use crate::nextcloud::background_sync::{BackgroundSyncStatus, StoredAppPassword};
use crate::nextcloud::server_status::ServerStatus;
use crate::oauth::ClientCredentials;
use crate::outcome::Output;
use crate::secret::Secret;
use crate::setup::{Setup, WayIn, UNUSABLE_TOKEN};
use crate::text::{fill, is_visible_ascii};
use crate::token_cache::{Contents, Fetched, Owner, StoredToken, TokenCache, DEFAULT_EARLY_REFRESH_S};
use crate::transport::{within, TimeLimit, Transport};

/// How long a call may take in all, in milliseconds, unless said otherwise: the seed's 10 seconds.
pub const DEFAULT_TIMEOUT_MS: u32 = 10_000;

/// How often a read is tried again, unless said otherwise.
pub const DEFAULT_MAX_RETRIES: u32 = 2;

/// How old a token request that another caller began may be for one to wait for it alone, in milliseconds; half the
/// call's time limit where that is less.
const PATIENCE_MS: u32 = 3_000;

/// Asks the application for a bearer token.
pub type TokenFunction = Rc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<String, Error>>>>>;

/// The ways in.
pub enum Login {
    /// The client-credentials grant of RFC 6749 §4.4.
    ClientCredentials(ClientCredentials),
    /// A bearer token of one's own, such as an administrator's app password.
    AccessToken(Secret),
    /// A function that gives the bearer token, asked again after a 401.
    TokenFunction(TokenFunction),
    /// User name and password, passed through and kept nowhere else.
    Basic { username: String, password: Secret },
}

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
pub struct AstrolabeClient<T: Transport>(Rc<Inner<T>>);

struct Inner<T: Transport> {
    transport: Rc<T>,
    setup: Rc<Setup>,
    cache: Rc<TokenCache<T::Flight>>,
    owner: Owner,
    early_refresh_s: u32,
    timeout_ms: u32,
    max_retries: u32,
    token_function: Option<TokenFunction>,
    logger: Option<LogFunction>,
}

impl<T: Transport> Clone for AstrolabeClient<T> {
    fn clone(&self) -> Self {
        AstrolabeClient(self.0.clone())
    }
}

impl<T: Transport> AstrolabeClient<T> {
    pub fn new(transport: T, config: Config<T::Flight>) -> Result<Self, Error> {
        let mut token_function = None;
        let way_in = match config.login {
            Login::ClientCredentials(credentials) => WayIn::ClientCredentials(credentials),
            Login::AccessToken(token) => WayIn::AccessToken(token),
            Login::TokenFunction(function) => {
                token_function = Some(function);
                WayIn::TokenFunction
            }
            Login::Basic { username, password } => WayIn::Basic { username, password },
        };
        let setup = Setup {
            nextcloud_host: config.nextcloud_host,
            way_in,
            allow_insecure_http: config.allow_insecure_http,
            is_logging: config.logger.is_some(),
        };
        let setup = setup.checked()?;
        let secret = match &setup.way_in {
            WayIn::ClientCredentials(credentials) => Some(credentials.client_secret.clone()),
            _ => None,
        };
        let cache = match config.token_cache {
            Some(_) if secret.is_none() => return Err(Error::invalid("tokenCache belongs to clientId and clientSecret: a token of one's own is never kept in a cache that others see", &[])),
            Some(cache) => cache,
            None => Rc::new(TokenCache::new(config.early_refresh_s, Contents::default())),
        };
        Ok(AstrolabeClient(Rc::new(Inner {
            transport: Rc::new(transport),
            owner: Owner { key: setup.cache_key(), secret },
            setup: Rc::new(setup),
            cache,
            early_refresh_s: config.early_refresh_s,
            timeout_ms: config.timeout_ms,
            max_retries: config.max_retries,
            token_function,
            logger: config.logger,
        })))
    }

    /// Where the token is kept.
    pub fn token_cache(&self) -> &Rc<TokenCache<T::Flight>> {
        &self.0.cache
    }

    /// The access token, if none has to be fetched.
    pub fn cached_access_token(&self) -> Option<Secret> {
        self.0.cached_token()
    }

    /// The access token: the cached one while it is fresh, else a new one.
    pub async fn get_access_token(&self, timeout_ms: Option<u32>) -> Result<Secret, Error> {
        let mut used = None;
        self.0.run_noting(self.0.call(Operation::Token, Task::default(), timeout_ms), &mut used).await?;
        Ok(used.unwrap_or_else(|| Secret::new("")))
    }

    /// The app password of a user for background sync; `None` where there is none to be had. Today's Astrolabe gives
    /// app passwords to nobody, an older one to trusted services.
    pub async fn get_user_app_password(&self, user_id: &str, timeout_ms: Option<u32>) -> Result<Option<Secret>, Error> {
        match self.run(Operation::AppPassword, user_id, timeout_ms).await? {
            Output::AppPassword(found) => Ok(found.app_password),
            _ => Ok(None),
        }
    }

    /// Whether background services have access to a user's files.
    pub async fn get_background_sync_status(
        &self,
        user_id: &str,
        timeout_ms: Option<u32>,
    ) -> Result<BackgroundSyncStatus, Error> {
        self.run(Operation::Status, user_id, timeout_ms).await.map(status)
    }

    /// Whether background services have access to the caller's own files.
    pub async fn get_own_background_sync_status(&self, timeout_ms: Option<u32>) -> Result<BackgroundSyncStatus, Error> {
        self.run(Operation::OwnStatus, "", timeout_ms).await.map(status)
    }

    /// Gives background services access to the caller's own files. Sent once, whatever happens.
    pub async fn store_app_password(
        &self,
        app_password: &Secret,
        timeout_ms: Option<u32>,
    ) -> Result<StoredAppPassword, Error> {
        match self.run(Operation::Store, app_password.expose(), timeout_ms).await? {
            Output::Stored(stored) => Ok(stored),
            _ => Ok(StoredAppPassword { partial_success: false, message: None }),
        }
    }

    /// Takes from background services the access to the caller's own files. Sent once, whatever happens.
    pub async fn revoke_background_sync(&self, timeout_ms: Option<u32>) -> Result<(), Error> {
        self.run(Operation::Revoke, "", timeout_ms).await.map(drop)
    }

    /// One page of the user directory, for administrators. Empty only past the end.
    pub async fn list_users_page(
        &self,
        search: &str,
        limit: u32,
        offset: u32,
        timeout_ms: Option<u32>,
    ) -> Result<Vec<String>, Error> {
        let subject = String::from(search);
        let call = self.0.call(Operation::Users, Task { subject, limit, offset, ..Task::default() }, timeout_ms);
        match self.0.run_noting(call, &mut None).await? {
            Output::Users(ids) => Ok(ids),
            _ => Ok(Vec::new()),
        }
    }

    /// Whether a user of this id exists, for administrators.
    pub async fn user_exists(&self, user_id: &str, timeout_ms: Option<u32>) -> Result<bool, Error> {
        Ok(matches!(self.run(Operation::Exists, user_id, timeout_ms).await?, Output::Exists(true)))
    }

    /// What is set up, what is missing, and what to do; see [`Check`].
    pub async fn diagnose(&self, timeout_ms: Option<u32>) -> Vec<Check> {
        let mut diagnosis = Diagnosis::new(self.0.setup.clone());
        while let Some(operation) = diagnosis.next(self.0.transport.now_ms()) {
            let outcome = self.run(operation, PROBE_USER_ID, timeout_ms).await;
            diagnosis.take(seen(outcome), self.0.transport.now_ms());
        }
        diagnosis.checks
    }

    async fn run(&self, operation: Operation, subject: &str, timeout_ms: Option<u32>) -> Result<Output, Error> {
        let task = Task { subject: String::from(subject), ..Task::default() };
        self.0.run_noting(self.0.call(operation, task, timeout_ms), &mut None).await
    }
}

fn seen(outcome: Result<Output, Error>) -> Seen {
    match outcome {
        Ok(Output::Server(ServerStatus { version, maintenance, needs_upgrade, server_ms })) => {
            Seen { failure: None, text: version, maintenance, needs_upgrade, server_ms }
        }
        Ok(Output::Metadata(metadata)) => Seen { text: metadata.token_endpoint, ..Seen::default() },
        Ok(_) => Seen::default(),
        Err(error) => {
            let code = String::from(error.code.as_str());
            let failure = Failure { code, message: error.message.clone(), retryable: error.retryable };
            Seen { failure: Some(failure), ..Seen::default() }
        }
    }
}

fn status(output: Output) -> BackgroundSyncStatus {
    match output {
        Output::Status(status) => status,
        _ => BackgroundSyncStatus { has_access: false, credential_type: None, provisioned_at_s: None },
    }
}

impl<T: Transport> Inner<T> {
    fn call(&self, operation: Operation, task: Task, timeout_ms: Option<u32>) -> Call {
        let timeout_ms = timeout_ms.unwrap_or(self.timeout_ms);
        let task = Task { timeout_ms, max_retries: self.max_retries, ..task };
        Call::new(self.setup.clone(), operation, task, Progress::default())
    }

    /// Does what the call asks for until it is done or its time is up; `used` becomes the token that it logged in with.
    async fn run_noting(self: &Rc<Self>, call: Call, used: &mut Option<Secret>) -> Result<Output, Error> {
        let limit = TimeLimit::start(&*self.transport, call.timeout_ms());
        self.run_within(call, limit, used).await
    }

    async fn run_within(
        self: &Rc<Self>,
        call: Call,
        limit: TimeLimit,
        used: &mut Option<Secret>,
    ) -> Result<Output, Error> {
        let call = RefCell::new(call);
        match within(&*self.transport, limit, self.drive(&call, limit, used)).await {
            Some(outcome) => outcome,
            None => Err(call.borrow().timed_out()),
        }
    }

    async fn drive(
        self: &Rc<Self>,
        call: &RefCell<Call>,
        limit: TimeLimit,
        used: &mut Option<Secret>,
    ) -> Result<Output, Error> {
        let mut authorization = String::new();
        let mut next = self.resume(call, Event::Begun, limit.begun_ms);
        loop {
            let event = match next {
                Next::Done(outcome) => return outcome,
                Next::Wait(ms) => {
                    self.transport.sleep(ms).await;
                    Event::Waited
                }
                Next::Login => {
                    let (header, is_cached) = self.authorize(limit, used).await.map_err(|error| error.at(LOGIN))?;
                    authorization = header;
                    Event::LoggedIn { is_cached }
                }
                Next::Send => {
                    let mut request = call.borrow().request()?;
                    let is_logged_in = call.borrow().is_logged_in();
                    if is_logged_in {
                        request.headers.push(("Authorization", authorization.clone()));
                    }
                    match self.transport.send(&request).await {
                        Ok(response) => {
                            if let (401, Some(token), true) = (response.status, &used, is_logged_in) {
                                self.cache.forget(token);
                            }
                            let secret = authorization.split_once(' ').map_or("", |(_, secret)| secret);
                            Event::Answered(response, Secret::new(secret))
                        }
                        Err(error) => Event::Failed(error),
                    }
                }
            };
            next = self.resume(call, event, self.transport.now_ms());
        }
    }

    fn resume(&self, call: &RefCell<Call>, event: Event, now_ms: i64) -> Next {
        let mut call = call.borrow_mut();
        let next = call.resume(event, now_ms, self.transport.random());
        for (level, line) in call.log.lines.drain(..) {
            self.log(level, &line);
        }
        next
    }

    /// What the next request carries, and whether it came out of the cache.
    async fn authorize(self: &Rc<Self>, limit: TimeLimit, used: &mut Option<Secret>) -> Result<(String, bool), Error> {
        if let WayIn::Basic { .. } = self.setup.way_in {
            return Ok((fill("Basic {}", &[&self.setup.basic_credentials()]), false));
        }
        let (token, is_cached) = match (&self.setup.way_in, self.cached_token()) {
            (WayIn::AccessToken(token), _) => (token.clone(), false),
            (_, Some(token)) => (token, true),
            (_, None) => {
                let patience_ms = PATIENCE_MS.min(limit.timeout_ms / 2);
                let renewed = self.cache.renew(&self.transport, &self.owner, patience_ms, || {
                    let inner = self.clone();
                    Box::pin(async move { inner.fetch_token(limit).await })
                });
                (renewed.await?.access_token, false)
            }
        };
        // Nextcloud compares the scheme case-sensitively.
        let header = fill("Bearer {}", &[token.expose()]);
        *used = Some(token);
        Ok((header, is_cached))
    }

    fn cached_token(&self) -> Option<Secret> {
        if let WayIn::AccessToken(token) = &self.setup.way_in {
            return Some(token.clone());
        }
        let token = self.cache.fresh(&self.owner, self.early_refresh_s, self.transport.now_ms())?;
        self.log(Level::Debug, "Using cached access token");
        Some(token)
    }

    async fn fetch_token(self: &Rc<Self>, limit: TimeLimit) -> Fetched {
        if let Some(function) = &self.token_function {
            let token = match function().await {
                Ok(token) if !is_visible_ascii(&token) => {
                    Err(Error::new(ErrorCode::TokenFunctionFailed, "{}", &[UNUSABLE_TOKEN]))
                }
                Ok(token) => Ok(StoredToken { access_token: Secret::new(token), expires_at_ms: None }),
                Err(error) => Err(error),
            };
            return Fetched { token, metadata: None };
        }
        let mut call = self.call(Operation::Login, Task::default(), Some(limit.timeout_ms));
        if let Some(metadata) = self.cache.metadata(&self.owner) {
            call.know(metadata);
        }
        // Boxed, because a login is driven as any other call is, which may need one.
        let work: Pin<Box<dyn Future<Output = Result<Output, Error>>>> = {
            let inner = self.clone();
            Box::pin(async move { inner.run_within(call, limit, &mut None).await })
        };
        match work.await {
            Ok(Output::Login { token, metadata }) => Fetched { token: Ok(token), metadata: Some(metadata) },
            Ok(_) => Fetched { token: Err(Error::invalid("a login gave no token", &[])), metadata: None },
            Err(error) => Fetched { token: Err(error), metadata: None },
        }
    }

    fn log(&self, level: Level, line: &str) {
        if let Some(function) = &self.logger {
            function(level, line);
        }
    }
}
