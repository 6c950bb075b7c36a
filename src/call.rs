//! One operation: login, send, renewal after a refusal, time limit.

use core::future::Future;
use core::pin::Pin;
use core::time::Duration;
use std::borrow::Cow;
use std::rc::Rc;

use futures_util::FutureExt;

use crate::error::{Error, ErrorKind};
use crate::http::{Request, Response};
use crate::log::Level;
use crate::login::{obtain, Login, Obtaining};
use crate::nextcloud::{Endpoint, Reply};
use crate::platform::{Runtime, Task, Transport, UnixTime};
use crate::secret::Secret;
use crate::send::{send, Course, Place};
use crate::service::Service;
use crate::single_flight::share_token_request;

/// How many kept tokens may turn out to be revoked, one after another: that of the cache, that of the store, and one more.
const MAX_RENEWALS: u32 = 3;

/// What a call takes besides its arguments.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct CallOptions {
    /// How long it may take: login, tries and waits together. `None`: as the client says.
    pub timeout: Option<Duration>,
}

impl CallOptions {
    /// With this time limit.
    pub fn with_timeout(timeout: Duration) -> Self {
        CallOptions { timeout: Some(timeout) }
    }
}

/// What is to be sent, of whatever route.
pub(crate) struct Call {
    request: Request,
    logs_in: bool,
    refuses_login: fn(&Reply<'_>) -> bool,
    /// What the request carries that nobody may see.
    secret: Option<Secret>,
}

/// What came back.
pub(crate) struct Done {
    response: Response,
    place: Place,
    carries_login: bool,
    sent: Vec<Secret>,
    at: UnixTime,
}

impl Done {
    pub(crate) fn error(&self, kind: ErrorKind, login: &Login) -> Error {
        self.reply(login).error(kind, &self.place.route())
    }

    pub(crate) fn reply<'a>(&'a self, login: &'a Login) -> Reply<'a> {
        let Done { response, carries_login, sent, at, .. } = self;
        Reply { response, login, carries_login: *carries_login, sent, now: *at }
    }
}

/// What a request carries to say who sends it.
enum Authorization {
    /// User and password, as they are sent.
    Basic(Secret),
    Bearer(Secret, Origin),
}

/// Where a token is from: one that was kept may have been revoked since.
#[derive(Clone, Copy, PartialEq)]
enum Origin {
    Fresh,
    Cache,
    Store,
}

impl<P: Transport + Runtime> Service<P> {
    /// Boxed: each future that it is handed to has room for it twice.
    pub(crate) fn course(&self, options: CallOptions) -> Box<Course> {
        Box::new(Course::new(options.timeout.unwrap_or(self.timeout), self.platform.limit_clock(), self.max_retries))
    }

    /// Asks `endpoint`, and reads what it answers. `logs_in`: unless it is asked without.
    pub(crate) fn run<E: Endpoint>(
        self: &Rc<Self>,
        endpoint: E,
        course: Box<Course>,
        logs_in: bool,
    ) -> impl Future<Output = Result<E::Answer, Error>> {
        let (service, call) = (self.clone(), self.clone().call(self.prepare(&endpoint, logs_in), course));
        call.map(move |done| service.read(&endpoint, &done?))
    }

    pub(crate) fn read<E: Endpoint>(&self, endpoint: &E, done: &Done) -> Result<E::Answer, Error> {
        endpoint.read(&done.reply(&self.login)).map_err(|kind| done.error(kind, &self.login))
    }

    pub(crate) fn prepare<E: Endpoint>(&self, endpoint: &E, logs_in: bool) -> Call {
        Call {
            request: endpoint.request(&self.installation),
            logs_in: E::LOGS_IN && logs_in,
            refuses_login: E::refuses_login,
            secret: endpoint.secret().cloned(),
        }
    }

    /// Boxed and not generic: once in the wasm.
    pub(crate) fn call(self: Rc<Self>, mut call: Call, course: Box<Course>) -> Task<Result<Done, Error>> {
        Box::pin(async move { course.limit(&*self.platform, Box::pin(self.send_logged_in(&mut call, &course))).await })
    }

    async fn send_logged_in(self: &Rc<Self>, call: &mut Call, course: &Course) -> Result<Done, Error> {
        let mut renewals = 0;
        loop {
            course.go_to(Place::Login);
            let authorization = match call.logs_in {
                true => Some(match self.kept_authorization() {
                    Some(kept) => kept,
                    None => self.obtain_authorization(course).await?,
                }),
                false => None,
            };
            if let Some(authorization) = &authorization {
                call.request.set_header("Authorization", authorization.header());
                call.request.sends_password = matches!(authorization, Authorization::Basic(_));
            }
            let response = send(&*self.platform, &call.request, course).await?;
            let sent = authorization.iter().map(Authorization::credential).chain(&call.secret).cloned().collect();
            let carries_login = authorization.is_some();
            let done = Done { response, place: course.place(), carries_login, sent, at: self.platform.now() };
            let refused = authorization.filter(|_| (call.refuses_login)(&done.reply(&self.login)));
            let Some(Authorization::Bearer(token, origin)) = refused else {
                return Ok(done);
            };
            self.cache.forget(&token);
            // One that was kept, here or in the store, may have been revoked since, and a function may have a cache of its own.
            // A new one of the grant's will not be better the next time.
            let may_be_old =
                origin != Origin::Fresh || (matches!(self.login, Login::TokenFunction(_)) && renewals == 0);
            if may_be_old && call.request.is_repeatable && renewals < MAX_RENEWALS {
                renewals += 1;
                continue;
            }
            if origin == Origin::Store {
                Box::pin(self.forget_stored(course)).await;
            }
            return Ok(done);
        }
    }

    /// What needs no request.
    fn kept_authorization(&self) -> Option<Authorization> {
        if let Some(basic) = &self.basic {
            return Some(Authorization::Basic(basic.clone()));
        }
        if let Login::AccessToken(token) = &self.login {
            return Some(Authorization::Bearer(token.clone(), Origin::Fresh));
        }
        self.with_cached_token(Secret::clone).map(|token| Authorization::Bearer(token, Origin::Cache))
    }

    /// Boxed, as most calls do without.
    fn obtain_authorization<'a>(
        self: &'a Rc<Self>,
        course: &'a Course,
    ) -> Pin<Box<dyn Future<Output = Result<Authorization, Error>> + 'a>> {
        Box::pin(async move {
            let (timeout, begun_at, max_retries) = (course.timeout, course.begun_at, self.max_retries);
            let work = || obtain(self, Course::new(timeout, begun_at, max_retries));
            let fetched = share_token_request(&self.cache, &self.platform, &self.owner, timeout, work).await?;
            let origin = if fetched.is_stored { Origin::Store } else { Origin::Fresh };
            Ok(Authorization::Bearer(fetched.token.access_token, origin))
        })
    }

    /// Who comes next is not to find a token there again that was refused.
    async fn forget_stored(&self, course: &Course) {
        if let Login::ClientCredentials(credentials) = &self.login {
            let obtaining = Obtaining { service: self, credentials, course };
            obtaining.write_store(None, self.cache.metadata(&self.owner)).await;
        }
    }

    /// What `look` makes of the token that needs no request.
    pub(crate) fn with_cached_token<R>(&self, look: impl FnOnce(&Secret) -> R) -> Option<R> {
        let found = self.cache.with_fresh(&self.owner, self.early_refresh, self.platform.now(), look);
        if found.is_some() {
            self.log(Level::Debug, "Using cached access token", "");
        }
        found
    }

    /// The access token: the cached one while it is fresh, else a new one.
    pub(crate) async fn access_token(self: &Rc<Self>, course: Box<Course>) -> Result<Secret, Error> {
        let authorization = match self.kept_authorization() {
            Some(kept) => kept,
            None => course.limit(&*self.platform, self.obtain_authorization(&course)).await?,
        };
        match authorization {
            Authorization::Bearer(token, _) => Ok(token),
            Authorization::Basic(_) => Err(ErrorKind::NoAccessToken.into()),
        }
    }
}

impl Authorization {
    /// Nextcloud compares the scheme case-sensitively.
    fn header(&self) -> Cow<'static, str> {
        match self {
            Authorization::Basic(credential) => ["Basic ", credential.expose()].concat().into(),
            Authorization::Bearer(token, _) => ["Bearer ", token.expose()].concat().into(),
        }
    }

    /// What nobody may see of the header.
    fn credential(&self) -> &Secret {
        match self {
            Authorization::Basic(credential) | Authorization::Bearer(credential, _) => credential,
        }
    }
}
