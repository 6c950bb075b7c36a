//! The client for Rust: one method an operation, over any [`Transport`]. It goes the same way as the JavaScript of the
//! package, with futures, over the same protocol.

mod asking;
mod error;
#[cfg(feature = "fetch")]
mod fetch;
mod http;
mod http_date;
mod json_syntax;
mod log;
mod login;
#[cfg(test)]
mod properties;
mod secret;
mod sending;
mod token_cache;
mod transport;
mod url;

use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::RefCell;

pub use error::{Details, Error, ErrorCode};
#[cfg(feature = "fetch")]
pub use fetch::{Fetch, DEFAULT_MAX_RESPONSE_BYTES};
pub use http::{Method, Request, Response, RESPONSE_HEADERS};
pub use log::{Level, LogFunction};
pub use login::{ClientAuthentication, ClientCredentials, Login, Metadata, Provider, TokenFunction};
pub use secret::Secret;
pub use token_cache::{Contents, StoredToken, TokenCache, DEFAULT_EARLY_REFRESH_S};
pub use transport::Transport;

use crate::exchange::{action, operation};
use crate::text::fill;
use asking::{ask, read};
use sending::send;
use token_cache::Owner;
use transport::{within, TimeLimit};
use url::kind_of;

/// How long a call may take in all, in milliseconds, unless said otherwise: the seed's 10 seconds.
pub const DEFAULT_TIMEOUT_MS: u32 = 10_000;

/// How often a read is tried again, unless said otherwise.
pub const DEFAULT_MAX_RETRIES: u32 = 2;

/// In place of a route, where it is not known which of a login's requests it was.
const LOGIN: &str = "login";

/// The id that `diagnose` asks the Astrolabe route about. Whether a user of that name exists makes no difference.
const PROBE_USER_ID: &str = "astrolabe-client-diagnose";

/// Whether background services have access to a user's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackgroundSyncStatus {
    /// A credential is stored. That it works is not said.
    pub has_access: bool,
    /// The kind of credential, such as `app_password`.
    pub credential_type: Option<String>,
    /// When the user stored it, in Unix seconds.
    pub provisioned_at_s: Option<i64>,
}

/// What became of an app password that was to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAppPassword {
    /// Nextcloud has saved it, but could not hand it on to the service that uses it.
    pub partial_success: bool,
    /// What the server said in its own words.
    pub message: Option<String>,
}

/// One thing that `diagnose` looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Stable, for programs.
    pub name: String,
    /// `None` where it could not be looked at, or has no meaning for this way to log in.
    pub passed: Option<bool>,
    /// What was seen, in words.
    pub seen: String,
    /// What a person should do, if anything.
    pub to_do: Option<String>,
}

/// What a client is made of.
pub struct Config<F> {
    /// Base URL of the Nextcloud server; a path stays, trailing slashes do not.
    pub nextcloud_host: String,
    /// The way in.
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
    /// Told what the client does; gets user ids, and no secret.
    pub logger: Option<LogFunction>,
}

impl<F> Config<F> {
    /// With the default of everything else.
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
    login: Login,
    /// Those of [`crate::exchange::Field`] that are the client's own.
    fields: String,
    basic: String,
    cache: Rc<TokenCache<T::Flight>>,
    owner: Owner,
    early_refresh_s: u32,
    timeout_ms: u32,
    max_retries: u32,
    logger: Option<LogFunction>,
}

/// What an operation is about.
#[derive(Clone, Copy)]
struct Task<'a> {
    operation: u8,
    subject: &'a str,
    limit: u32,
    offset: u32,
    is_logged_in: bool,
}

impl<'a> Task<'a> {
    fn new(operation: u8, subject: &'a str) -> Self {
        Task { operation, subject, limit: 0, offset: 0, is_logged_in: true }
    }
}

impl<T: Transport> Clone for AstrolabeClient<T> {
    fn clone(&self) -> Self {
        AstrolabeClient(self.0.clone())
    }
}

impl<T: Transport> AstrolabeClient<T> {
    /// Checks what is given, and sends nothing.
    pub fn new(transport: T, config: Config<T::Flight>) -> Result<Self, Error> {
        let (login_fields, provider_kind) = config.login.fields();
        let login_fields = login_fields.join("\0");
        let insecure = if config.allow_insecure_http { "1" } else { "" };
        let host_kind = kind_of(config.nextcloud_host.trim_end_matches('/'), false);
        if config.nextcloud_host.contains('\0') || login_fields.matches('\0').count() != 7 {
            return Err(Error::invalid("nextcloud_host or the login contains a control character (NUL)"));
        }
        let question = |host: &str| [host, &login_fields, insecure, host_kind, provider_kind].join("\0");
        let found = ask(action::CHECK, &question(&config.nextcloud_host), "")?;
        let mut found = found.into_iter();
        let mut next = || found.next().unwrap_or_default();
        let (host, key, basic) = (next(), next(), next());
        let secret = match &config.login {
            Login::ClientCredentials(credentials) => Some(credentials.client_secret.clone()),
            _ => None,
        };
        let cache = match config.token_cache {
            Some(_) if secret.is_none() => return Err(Error::invalid("tokenCache belongs to clientId and clientSecret: a token of one's own is never kept in a cache that others see")),
            Some(cache) => cache,
            None => Rc::new(TokenCache::new(config.early_refresh_s, Contents::default())),
        };
        Ok(AstrolabeClient(Rc::new(Inner {
            transport: Rc::new(transport),
            login: config.login,
            fields: question(&host),
            basic,
            cache,
            owner: Owner { key, secret },
            early_refresh_s: config.early_refresh_s,
            timeout_ms: config.timeout_ms,
            max_retries: config.max_retries,
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
        let limit = self.0.limit(timeout_ms);
        if let Login::Basic { .. } = self.0.login {
            return Err(Error::invalid("this client logs in with username and password, so it has no access token"));
        }
        let authorization = within(&*self.0.transport, limit, self.0.log_in(limit)).await;
        let authorization = authorization.unwrap_or_else(|| Err(timed_out(limit).at(LOGIN)))?;
        Ok(authorization.token.unwrap_or_else(|| Secret::new("")))
    }

    /// The app password of a user for background sync; `None` where there is none to be had. Today's Astrolabe gives
    /// app passwords to nobody, an older one to trusted services.
    pub async fn get_user_app_password(&self, user_id: &str, timeout_ms: Option<u32>) -> Result<Option<Secret>, Error> {
        let found = self.run(operation::APP_PASSWORD, user_id, timeout_ms).await?;
        let password = given(&found, 3);
        match password {
            Some(_) => {
                let kind = given(&found, 1).unwrap_or_else(|| "unknown".to_string());
                let line = fill("Retrieved app password for user: {} (type: {})", &[user_id, &kind]);
                self.0.log(Level::Info, "{}", &line);
            }
            None => self.0.log(Level::Debug, "No app password configured for user: {}", user_id),
        }
        Ok(password.map(Secret::new))
    }

    /// Whether background services have access to a user's files.
    pub async fn get_background_sync_status(
        &self,
        user_id: &str,
        timeout_ms: Option<u32>,
    ) -> Result<BackgroundSyncStatus, Error> {
        self.run(operation::STATUS, user_id, timeout_ms).await.map(|found| status(&found))
    }

    /// Whether background services have access to the caller's own files.
    pub async fn get_own_background_sync_status(&self, timeout_ms: Option<u32>) -> Result<BackgroundSyncStatus, Error> {
        self.run(operation::OWN_STATUS, "", timeout_ms).await.map(|found| status(&found))
    }

    /// Gives background services access to the caller's own files. Sent once, whatever happens.
    pub async fn store_app_password(
        &self,
        app_password: &Secret,
        timeout_ms: Option<u32>,
    ) -> Result<StoredAppPassword, Error> {
        let found = self.run(operation::STORE, app_password.expose(), timeout_ms).await?;
        Ok(StoredAppPassword { partial_success: given(&found, 0).is_some(), message: given(&found, 1) })
    }

    /// Takes from background services the access to the caller's own files. Sent once, whatever happens.
    pub async fn revoke_background_sync(&self, timeout_ms: Option<u32>) -> Result<(), Error> {
        self.run(operation::REVOKE, "", timeout_ms).await.map(drop)
    }

    /// One page of the user directory, for administrators. Empty only past the end.
    pub async fn list_users_page(
        &self,
        search: &str,
        limit: u32,
        offset: u32,
        timeout_ms: Option<u32>,
    ) -> Result<Vec<String>, Error> {
        let task = Task { limit, offset, ..Task::new(operation::USERS, search) };
        self.0.run(task, timeout_ms).await
    }

    /// Whether a user of this id exists, for administrators.
    pub async fn user_exists(&self, user_id: &str, timeout_ms: Option<u32>) -> Result<bool, Error> {
        Ok(given(&self.run(operation::EXISTS, user_id, timeout_ms).await?, 0).is_some())
    }

    /// What is set up, what is missing, and what to do; see [`Check`].
    pub async fn diagnose(&self, timeout_ms: Option<u32>) -> Vec<Check> {
        let transport = &self.0.transport;
        let mut checks = Vec::new();
        let (mut asked, mut has_no_login) = (0, String::new());
        let (mut seen, mut begun_ms) = ([const { String::new() }; 6], 0i64);
        loop {
            let no_answer = [""; 6].join("\0");
            let [begun, now] = [begun_ms, transport.now_ms()].map(|ms| ms.to_string());
            let asked_before = self.0.question("", asked, [""; 5]);
            let question = [&asked_before, &no_answer, &seen.join("\0"), &begun, &now, &has_no_login]
                .map(String::as_str)
                .join("\0");
            let mut found = ask(action::DIAGNOSE, &question, "").unwrap_or_default();
            let no_login = found.pop().unwrap_or_default();
            asked = found.pop().unwrap_or_default().bytes().next().unwrap_or(b' ');
            for check in found.chunks_exact(4) {
                let passed = match check[1].as_str() {
                    "true" => Some(true),
                    "false" => Some(false),
                    _ => None,
                };
                checks.push(Check { name: check[0].clone(), passed, seen: check[2].clone(), to_do: given(check, 3) });
            }
            if asked == b' ' {
                return checks;
            }
            begun_ms = transport.now_ms();
            let is_logged_in = asked != operation::SERVER_STATUS && no_login.is_empty();
            has_no_login = no_login;
            let task = Task { is_logged_in, ..Task::new(asked, PROBE_USER_ID) };
            let outcome = match asked {
                operation::TOKEN => self.get_access_token(timeout_ms).await.map(|_| Vec::new()),
                operation::DISCOVERY => {
                    let limit = self.0.limit(timeout_ms);
                    let found = within(&**transport, limit, self.0.discover(limit)).await;
                    found.unwrap_or_else(|| Err(timed_out(limit))).map(|metadata| [metadata.token_endpoint].to_vec())
                }
                _ => self.0.run(task, timeout_ms).await,
            };
            seen = [const { String::new() }; 6];
            match outcome {
                Ok(found) => found.into_iter().take(4).enumerate().for_each(|(at, field)| seen[2 + at] = field),
                Err(error) => {
                    seen[0] = error.code.as_str().to_string();
                    seen[1] = error.message.clone();
                }
            }
        }
    }

    async fn run(&self, operation: u8, subject: &str, timeout_ms: Option<u32>) -> Result<Vec<String>, Error> {
        self.0.run(Task::new(operation, subject), timeout_ms).await
    }
}

/// A field that is there and not empty.
fn given(fields: &[String], at: usize) -> Option<String> {
    fields.get(at).filter(|field| !field.is_empty()).cloned()
}

fn status(found: &[String]) -> BackgroundSyncStatus {
    BackgroundSyncStatus {
        has_access: given(found, 0).is_some(),
        credential_type: given(found, 1),
        provisioned_at_s: given(found, 2).and_then(|ms| ms.parse::<i64>().ok()).map(|ms| ms / 1000),
    }
}

fn timed_out(limit: TimeLimit) -> Error {
    let ms = limit.timeout_ms.to_string();
    Error::new(ErrorCode::Timeout, "no answer within {} ms, all tries taken together: the server is slow or cannot be reached; timeoutMs sets the limit", &[&ms])
}

impl<T: Transport> Inner<T> {
    fn limit(&self, timeout_ms: Option<u32>) -> TimeLimit {
        TimeLimit::start(&*self.transport, timeout_ms.unwrap_or(self.timeout_ms))
    }

    /// What [`crate::exchange::Field`] has before the fields of an answer.
    fn question(&self, endpoint_kind: &str, operation: u8, others: [&str; 5]) -> String {
        let operation = if operation == 0 { String::new() } else { char::from(operation).to_string() };
        [self.fields.as_str(), endpoint_kind, &operation, &others.join("\0")].join("\0")
    }

    async fn run(self: &Rc<Self>, task: Task<'_>, timeout_ms: Option<u32>) -> Result<Vec<String>, Error> {
        let limit = self.limit(timeout_ms);
        let place = RefCell::new(LOGIN.to_string());
        let done = within(&*self.transport, limit, self.run_within(task, limit, &place)).await;
        done.unwrap_or_else(|| Err(timed_out(limit).at(&place.borrow())))
    }

    /// `place` becomes where it is.
    async fn run_within(
        self: &Rc<Self>,
        task: Task<'_>,
        limit: TimeLimit,
        place: &RefCell<String>,
    ) -> Result<Vec<String>, Error> {
        if task.subject.contains('\0') {
            return Err(Error::invalid("userId contains a control character"));
        }
        let page = [task.limit.to_string(), task.offset.to_string()];
        let question = self.question("", task.operation, [task.subject, &page[0], &page[1], "", ""]);
        // An id that cannot be one is refused before anything is sent; and cannot forge a line of the log.
        let mut fields = ask(action::REQUEST, &question, "")?.into_iter();
        let mut next = || fields.next().unwrap_or_default();
        let method = if next() == "POST" { Method::Post } else { Method::Get };
        let mut request = Request::new(method, next());
        match task.operation {
            operation::APP_PASSWORD => self.log(Level::Debug, "Retrieving app password for user: {}", task.subject),
            operation::STATUS => self.log(Level::Debug, "Retrieving background sync status of user: {}", task.subject),
            _ => {}
        }
        // Without it Nextcloud takes the request for a forged one and answers 412; status.php would need a CORS preflight
        // for it, which it does not answer.
        if task.operation != operation::SERVER_STATUS {
            request.headers.push(("OCS-APIRequest", "true".to_string()));
        }
        let (content_type, body) = (next(), next());
        if !content_type.is_empty() {
            request.headers.push(("Content-Type", content_type));
            request.body = Some(body);
        }
        let plain = request.headers.clone();
        let mut was_renewed = false;
        loop {
            place.replace(LOGIN.to_string());
            let authorization = match task.is_logged_in {
                true => Some(self.log_in(limit).await?),
                false => None,
            };
            place.replace(request.route());
            request.headers.clone_from(&plain);
            if let Some(authorization) = &authorization {
                request.headers.push(("Authorization", authorization.header.clone()));
            }
            let response = send(&*self.transport, &request, limit, self.max_retries).await?;
            let sent = authorization.as_ref().and_then(|sent| sent.header.split_once(' ')).map_or("", |(_, sent)| sent);
            let now_ms = self.transport.now_ms();
            let found = read(&question, &response, &request.route(), sent, now_ms);
            if let (Err(error), Some(authorization)) = (&found, &authorization) {
                if let (ErrorCode::Unauthorized, Some(token)) = (error.code, &authorization.token) {
                    self.cache.forget(token);
                    // One out of the cache may have been revoked since; a new one will not be better the next time.
                    if authorization.is_cached && request.repeatable && !was_renewed {
                        was_renewed = true;
                        continue;
                    }
                }
            }
            let mut found = found?;
            if task.operation == operation::SERVER_STATUS {
                let server_ms = response.header("date").and_then(|date| http_date::parse_ms(date.as_bytes()));
                found.push(server_ms.map_or(String::new(), |ms| ms.to_string()));
            }
            return Ok(found);
        }
    }

    fn log(&self, level: Level, line: &str, argument: &str) {
        if let Some(function) = &self.logger {
            function(level, &fill(line, &[argument]));
        }
    }
}
