//! One operation on its way: what it needs next from the world, and what it makes of what it gets. It does no I/O and
//! holds no clock, so it runs the same wherever somebody does what it asks for.

use alloc::rc::Rc;
use alloc::string::String;

use crate::answer::Answer;
use crate::error::{Error, ErrorCode};
use crate::http::{pause_ms, redirect, Method, Redirect, Request, Response};
use crate::log::{Level, Log};
use crate::nextcloud::background_sync::Credentials;
use crate::nextcloud::{background_sync, server_status, users, with_index_php};
use crate::oauth::{self, ClientCredentials, Metadata};
use crate::outcome::Output;
use crate::secret::Secret;
use crate::setup::{Setup, WayIn};
use crate::text::decimal;
use crate::token_cache::StoredToken;
use crate::url::without_query;

/// In place of a route, where it is not known which of a login's requests it was.
pub(crate) const LOGIN: &str = "login";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// To have a token: nothing but [`Next::Login`].
    Token,
    /// Discovery and the token request.
    Login,
    /// Discovery alone.
    LookUp,
    /// The credentials of the user `subject`, for the app password.
    AppPassword,
    /// The same, for the status.
    Status,
    OwnStatus,
    /// Stores the app password `subject`.
    Store,
    Revoke,
    /// The users that `subject` finds, one page of them.
    Users,
    /// Whether the user `subject` exists.
    Exists,
    ServerStatus,
    /// The same as `Status`, as `diagnose` asks.
    Probe,
    ProbeWithoutLogin,
    ProbeBelowIndexPhp,
    ProbeBelowIndexPhpWithoutLogin,
}

/// What a call needs before it can go on.
pub(crate) enum Next {
    /// [`Call::request`] is to be sent.
    Send,
    /// So many milliseconds are to pass.
    Wait(u64),
    /// A login for the request: the token that was used before, if any, was refused.
    Login,
    Done(Result<Output, Error>),
}

pub(crate) enum Event {
    Begun,
    LoggedIn {
        is_cached: bool,
    },
    Waited,
    /// What the request carried in `Authorization` comes along, so that nobody gets to see it.
    Answered(Response, Secret),
    Failed(Error),
}

/// What an operation is about.
#[derive(Default)]
pub(crate) struct Task {
    /// A user id, an app password, or what users are searched by; see [`Operation`].
    pub(crate) subject: String,
    pub(crate) limit: u32,
    pub(crate) offset: u32,
    pub(crate) timeout_ms: u32,
    pub(crate) max_retries: u32,
}

/// How far a call has come.
#[derive(Default)]
pub(crate) struct Progress {
    pub(crate) deadline_ms: i64,
    /// What discovery found, before or just now.
    pub(crate) metadata: Option<Metadata>,
    /// Which of the addresses of discovery it is at.
    pub(crate) place: u32,
    /// Where discovery was redirected to; empty where it was not.
    pub(crate) redirected_to: String,
    pub(crate) redirects: u32,
    pub(crate) platform_follows: bool,
    pub(crate) tries: u32,
    pub(crate) is_logging_in: bool,
    /// Whether the login came out of a cache: then a new one is worth a try after a 401.
    pub(crate) is_cached: bool,
    pub(crate) was_renewed: bool,
}

pub(crate) struct Call {
    setup: Rc<Setup>,
    operation: Operation,
    task: Task,
    pub(crate) progress: Progress,
    pub(crate) log: Log,
}

impl Call {
    pub(crate) fn new(setup: Rc<Setup>, operation: Operation, task: Task, progress: Progress) -> Self {
        let log = Log { is_wanted: setup.is_logging, ..Log::default() };
        Call { setup, operation, task, progress, log }
    }

    pub(crate) fn timeout_ms(&self) -> u32 {
        self.task.timeout_ms
    }

    /// For [`Operation::Login`]: what discovery found earlier. It may have been read from JSON, so it is not taken on
    /// trust.
    pub(crate) fn know(&mut self, metadata: Metadata) {
        if oauth::check_token_endpoint(&metadata.token_endpoint, self.setup.allow_insecure_http).is_ok() {
            self.progress.metadata = Some(metadata);
        }
    }

    /// Whether the request carries the login.
    pub(crate) fn is_logged_in(&self) -> bool {
        !matches!(
            self.operation,
            Operation::Login
                | Operation::LookUp
                | Operation::ServerStatus
                | Operation::ProbeWithoutLogin
                | Operation::ProbeBelowIndexPhpWithoutLogin
        )
    }

    pub(crate) fn resume(&mut self, event: Event, now_ms: i64, random: u32) -> Next {
        self.step(event, now_ms, random).unwrap_or_else(|error| Next::Done(Err(error)))
    }

    fn step(&mut self, event: Event, now_ms: i64, random: u32) -> Result<Next, Error> {
        let (result, secret) = match event {
            Event::Begun => {
                self.progress.deadline_ms = now_ms.saturating_add(i64::from(self.task.timeout_ms));
                return self.begin();
            }
            Event::LoggedIn { is_cached } => {
                self.progress.is_cached = is_cached;
                self.progress.is_logging_in = false;
                return Ok(if self.operation == Operation::Token {
                    Next::Done(Ok(Output::Nothing))
                } else {
                    Next::Send
                });
            }
            Event::Waited => return Ok(Next::Send),
            Event::Answered(response, secret) => (Ok(response), secret),
            Event::Failed(error) => (Err(error), Secret::new("")),
        };
        let request = self.request()?;
        if request.repeatable && self.progress.tries < self.task.max_retries {
            if let Some(ms) = pause_ms(&result, self.progress.tries, now_ms, random) {
                // What cannot come within the time limit is not waited for.
                if now_ms.saturating_add_unsigned(ms) < self.progress.deadline_ms {
                    self.progress.tries += 1;
                    return Ok(Next::Wait(ms));
                }
            }
        }
        self.progress.tries = 0;
        let route = request.route();
        let response = result.map_err(|error| error.at(&route))?;
        let setup = self.setup.clone();
        let secrets = || {
            let mut secrets = setup.secrets();
            secrets.push(secret.clone());
            if self.operation == Operation::Store {
                secrets.push(Secret::new(self.task.subject.as_str()));
            }
            secrets
        };
        let answer = Answer { route: &route, response: &response, now_ms, secrets: &secrets };
        match &setup.way_in {
            WayIn::ClientCredentials(credentials) if !self.is_logged_in() && self.is_login() => {
                let found = match &self.progress.metadata {
                    Some(metadata) => {
                        let token = read_token(answer, now_ms)?;
                        return Ok(self.has_logged_in(token, metadata.clone(), now_ms));
                    }
                    None => match redirect(&request, &response, self.progress.redirects)? {
                        Redirect::Arrived => {
                            oauth::read_metadata(&credentials.provider, answer, setup.allow_insecure_http)
                        }
                        Redirect::To(url) => {
                            self.progress.redirected_to = url;
                            self.progress.redirects += 1;
                            return Ok(Next::Send);
                        }
                        Redirect::ByPlatform => {
                            self.progress.platform_follows = true;
                            self.progress.redirects += 1;
                            return Ok(Next::Send);
                        }
                    },
                };
                self.has_looked_up(found, credentials, response.status)
            }
            _ => {
                if response.status == 401 && self.progress.is_cached && request.repeatable && !self.progress.was_renewed
                {
                    // One out of the cache may have been revoked since; a new one will not be better the next time.
                    self.progress.was_renewed = true;
                    self.progress.is_logging_in = true;
                    return Ok(Next::Login);
                }
                let output = self.read(answer)?;
                Ok(self.has_read(output))
            }
        }
    }

    fn begin(&mut self) -> Result<Next, Error> {
        match (self.operation, &self.setup.way_in) {
            (Operation::Token, WayIn::Basic { .. }) => {
                return Err(Error::invalid(
                    "this client logs in with username and password, so it has no access token",
                    &[],
                ));
            }
            (Operation::Login | Operation::LookUp, WayIn::ClientCredentials(_)) => self.log_request(),
            (Operation::Token, _) => {}
            // An id that cannot be one is refused before anything is sent; and cannot forge a line of the log.
            _ => drop(self.request()?),
        }
        match self.operation {
            Operation::AppPassword => {
                self.log.add(Level::Debug, "Retrieving app password for user: {}", &[&self.task.subject]);
            }
            Operation::Status => {
                self.log.add(Level::Debug, "Retrieving background sync status of user: {}", &[&self.task.subject]);
            }
            _ => {}
        }
        self.progress.is_logging_in = self.is_logged_in();
        Ok(if self.progress.is_logging_in { Next::Login } else { Next::Send })
    }

    fn is_login(&self) -> bool {
        matches!(self.operation, Operation::Login | Operation::LookUp)
    }

    fn log_request(&mut self) {
        if let Ok(request) = self.request() {
            let what = match &self.progress.metadata {
                Some(_) => "Requesting client credentials token from",
                None => "Discovering token endpoint from",
            };
            self.log.add(Level::Debug, "{} {}", &[what, without_query(&request.url)]);
        }
    }

    fn has_looked_up(
        &mut self,
        found: Result<Metadata, Error>,
        credentials: &ClientCredentials,
        status: u16,
    ) -> Result<Next, Error> {
        self.progress.redirected_to = String::new();
        self.progress.platform_follows = false;
        self.progress.redirects = 0;
        match found {
            Err(_)
                if status == 404
                    && oauth::discovery_url(
                        &self.setup.nextcloud_host,
                        &credentials.provider,
                        self.progress.place + 1,
                    )
                    .is_some() =>
            {
                self.progress.place += 1;
            }
            Err(error) => return Err(error),
            Ok(metadata) if self.operation == Operation::LookUp => {
                return Ok(Next::Done(Ok(Output::Metadata(metadata))));
            }
            Ok(metadata) => self.progress.metadata = Some(metadata),
        }
        self.log_request();
        Ok(Next::Send)
    }

    fn has_logged_in(&mut self, token: StoredToken, metadata: Metadata, now_ms: i64) -> Next {
        let seconds = token.expires_at_ms.unwrap_or(now_ms).saturating_sub(now_ms) / 1000;
        self.log.add(Level::Info, "Obtained access token (expires in {} s)", &[&decimal(seconds.unsigned_abs())]);
        Next::Done(Ok(Output::Login { token, metadata }))
    }

    fn has_read(&mut self, output: Output) -> Next {
        if let Output::AppPassword(Credentials { status, app_password }) = &output {
            match app_password {
                Some(_) => {
                    let kind = status.credential_type.as_deref().unwrap_or("unknown");
                    self.log.add(
                        Level::Info,
                        "Retrieved app password for user: {} (type: {})",
                        &[&self.task.subject, kind],
                    );
                }
                None => self.log.add(Level::Debug, "No app password configured for user: {}", &[&self.task.subject]),
            }
        }
        Next::Done(Ok(output))
    }

    /// The request that is to be sent now.
    pub(crate) fn request(&self) -> Result<Request, Error> {
        let host = self.setup.nextcloud_host.as_str();
        let subject = self.task.subject.as_str();
        Ok(match self.operation {
            Operation::AppPassword | Operation::Status | Operation::Probe | Operation::ProbeWithoutLogin => {
                background_sync::credentials_request(host, subject)?
            }
            Operation::ProbeBelowIndexPhp | Operation::ProbeBelowIndexPhpWithoutLogin => {
                background_sync::credentials_request(&with_index_php(host), subject)?
            }
            Operation::OwnStatus => background_sync::own_status_request(host),
            Operation::Store => background_sync::store_request(host, subject)?,
            Operation::Revoke => background_sync::revoke_request(host),
            Operation::Users => users::list_request(host, subject, self.task.limit, self.task.offset),
            Operation::Exists => users::user_request(host, subject)?,
            Operation::ServerStatus | Operation::Token => server_status::request(host),
            Operation::Login | Operation::LookUp => {
                let WayIn::ClientCredentials(credentials) = &self.setup.way_in else {
                    return Err(Error::invalid("this way to log in has no token to fetch", &[]));
                };
                if let Some(metadata) = &self.progress.metadata {
                    return Ok(oauth::token_request(metadata, credentials));
                }
                let url = if self.progress.redirected_to.is_empty() {
                    oauth::discovery_url(host, &credentials.provider, self.progress.place).unwrap_or_default()
                } else {
                    self.progress.redirected_to.clone()
                };
                let mut request = Request::new(Method::Get, url);
                request.follow_redirects = self.progress.platform_follows;
                request
            }
        })
    }

    fn read(&self, answer: Answer<'_>) -> Result<Output, Error> {
        match self.operation {
            Operation::AppPassword => {
                background_sync::read_credentials(&self.task.subject, answer).map(Output::AppPassword)
            }
            Operation::OwnStatus => background_sync::read_own_status(answer).map(Output::Status),
            Operation::Store => background_sync::read_stored(answer).map(Output::Stored),
            Operation::Revoke => background_sync::read_revoked(answer).map(|()| Output::Nothing),
            Operation::Users => users::read_list(answer).map(Output::Users),
            Operation::Exists => users::read_exists(answer).map(Output::Exists),
            Operation::ServerStatus => server_status::read(answer).map(Output::Server),
            _ => {
                background_sync::read_credentials(&self.task.subject, answer).map(|found| Output::Status(found.status))
            }
        }
    }

    /// The error of a call whose time is up.
    pub(crate) fn timed_out(&self) -> Error {
        let error = Error::new(
            ErrorCode::Timeout,
            "no answer within {} ms, all tries taken together: the server is slow or cannot be reached; timeoutMs sets the limit", &[&decimal(u64::from(self.task.timeout_ms))],
        );
        match (&self.progress.metadata, self.request()) {
            (None, _) if self.progress.is_logging_in || self.operation == Operation::Login => error.at(LOGIN),
            (_, Ok(request)) => error.at(&request.route()),
            _ => error,
        }
    }
}

fn read_token(answer: Answer<'_>, now_ms: i64) -> Result<StoredToken, Error> {
    let grant = oauth::read_grant(answer)?;
    let expires_at_ms = now_ms.saturating_add(grant.expires_in_s * 1000);
    Ok(StoredToken { access_token: grant.access_token, expires_at_ms: Some(expires_at_ms) })
}
