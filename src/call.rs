//! One operation: login, send, renewal after a refusal, time limit.

use core::cell::Cell;
use core::future::Future;
use core::pin::{pin, Pin};
use core::time::Duration;
use std::borrow::Cow;
use std::rc::Rc;

use futures_util::FutureExt;

use crate::error::{Error, ErrorKind};
use crate::http::{Request, Response};
use crate::limits::Limits;
use crate::log::Level;
use crate::login::{obtain, Login, Obtaining, LOGIN};
use crate::nextcloud::{Endpoint, Installation, Reply};
use crate::platform::{Runtime, Task, Transport, UnixTime};
use crate::secret::Secret;
use crate::send::send;
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

/// An endpoint, whatever it answers: what it takes to send it.
pub(crate) trait AnyEndpoint {
    fn request(&self, at: &Installation) -> Request;
    fn refuses_login(&self, reply: &Reply<'_>) -> bool;
    fn secret(&self) -> Option<&Secret>;
}

impl<E: Endpoint> AnyEndpoint for E {
    fn request(&self, at: &Installation) -> Request {
        Endpoint::request(self, at)
    }

    fn refuses_login(&self, reply: &Reply<'_>) -> bool {
        E::refuses_login(reply)
    }

    fn secret(&self) -> Option<&Secret> {
        Endpoint::secret(self)
    }
}

/// What came back.
pub(crate) struct Done {
    response: Response,
    carries_login: bool,
    sent: Vec<Secret>,
    at: UnixTime,
}

impl Done {
    pub(crate) fn reply<'a>(&'a self, login: &'a Login) -> Reply<'a> {
        let Done { response, carries_login, sent, at } = self;
        Reply { response, login, carries_login: *carries_login, sent, now: *at }
    }
}

/// Where a call is.
#[derive(Clone, Copy)]
enum Place {
    Login,
    Endpoint,
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
    pub(crate) fn limits(&self, options: CallOptions) -> Limits {
        let timeout = options.timeout.unwrap_or(self.timeout);
        Limits { timeout, begun_at: self.platform.limit_clock(), max_retries: self.max_retries }
    }

    /// Asks `endpoint`, and reads what it answers. `logs_in`: unless it is asked without.
    pub(crate) fn run<E: Endpoint>(
        self: &Rc<Self>,
        endpoint: E,
        limits: Limits,
        logs_in: bool,
    ) -> impl Future<Output = Result<E::Answer, Error>> {
        let (service, endpoint) = (self.clone(), Rc::new(endpoint));
        let call = self.clone().call(endpoint.clone(), limits, E::LOGS_IN && logs_in);
        call.map(move |done| service.read(&*endpoint, &done?))
    }

    pub(crate) fn read<E: Endpoint>(&self, endpoint: &E, done: &Done) -> Result<E::Answer, Error> {
        endpoint.read(&done.reply(&self.login)).map_err(|kind| self.refusal(endpoint, done, kind))
    }

    /// What is wrong with an answer.
    pub(crate) fn refusal(&self, endpoint: &dyn AnyEndpoint, done: &Done, kind: ErrorKind) -> Error {
        done.reply(&self.login).error(kind, &self.route(endpoint))
    }

    fn route(&self, endpoint: &dyn AnyEndpoint) -> String {
        endpoint.request(&self.installation).route()
    }

    /// Boxed and not generic: once in the wasm.
    pub(crate) fn call(
        self: Rc<Self>,
        endpoint: Rc<dyn AnyEndpoint>,
        limits: Limits,
        logs_in: bool,
    ) -> Task<Result<Done, Error>> {
        Box::pin(async move {
            let place = Cell::new(Place::Login);
            let work = pin!(self.send_logged_in(&*endpoint, &limits, logs_in, &place));
            let route = || match place.get() {
                Place::Login => LOGIN.to_string(),
                Place::Endpoint => self.route(&*endpoint),
            };
            limits.enforce(&*self.platform, work, route).await
        })
    }

    /// No `async fn`, nor is what it calls for most calls: those have room for each argument twice, and a thousand calls may wait.
    fn send_logged_in<'a>(
        self: &'a Rc<Self>,
        endpoint: &'a dyn AnyEndpoint,
        limits: &'a Limits,
        logs_in: bool,
        place: &'a Cell<Place>,
    ) -> impl Future<Output = Result<Done, Error>> + 'a {
        let mut renewals = 0;
        async move {
            loop {
                place.set(Place::Login);
                let authorization = match logs_in {
                    true => Some(match self.kept_authorization() {
                        Some(kept) => kept,
                        None => self.obtain_authorization(limits).await?,
                    }),
                    false => None,
                };
                place.set(Place::Endpoint);
                let request = || {
                    let mut request = endpoint.request(&self.installation);
                    if let Some(authorization) = &authorization {
                        request.set_header("Authorization", authorization.header());
                        request.sends_password = matches!(authorization, Authorization::Basic(_));
                    }
                    request
                };
                let response =
                    send(&*self.platform, request, limits).await.map_err(|error| error.at(&self.route(endpoint)))?;
                let secrets = authorization.iter().map(Authorization::credential).chain(endpoint.secret());
                let (sent, carries_login) = (secrets.cloned().collect(), authorization.is_some());
                let done = Done { response, carries_login, sent, at: self.platform.now() };
                let refused = authorization.filter(|_| endpoint.refuses_login(&done.reply(&self.login)));
                let Some(Authorization::Bearer(token, origin)) = refused else {
                    return Ok(done);
                };
                self.cache.forget(&token);
                // One that was kept, here or in the store, may have been revoked since, and a function may have a cache of its own.
                // A new one of the grant's will not be better the next time.
                let is_repeatable = || endpoint.request(&self.installation).is_repeatable;
                let may_be_old =
                    origin != Origin::Fresh || (matches!(self.login, Login::TokenFunction(_)) && renewals == 0);
                if may_be_old && is_repeatable() && renewals < MAX_RENEWALS {
                    renewals += 1;
                    continue;
                }
                if origin == Origin::Store {
                    Box::pin(self.forget_stored(limits)).await;
                }
                return Ok(done);
            }
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
        limits: &'a Limits,
    ) -> Pin<Box<dyn Future<Output = Result<Authorization, Error>> + 'a>> {
        Box::pin(async move {
            // Also where the call that wants it tries nothing again.
            let work = || obtain(self, Limits { max_retries: self.max_retries, ..*limits });
            let fetched = share_token_request(&self.cache, &self.platform, &self.owner, limits, work).await?;
            let origin = if fetched.is_stored { Origin::Store } else { Origin::Fresh };
            Ok(Authorization::Bearer(fetched.token.access_token, origin))
        })
    }

    /// Who comes next is not to find a token there again that was refused.
    async fn forget_stored(&self, limits: &Limits) {
        if let Login::ClientCredentials(credentials) = &self.login {
            let obtaining = Obtaining::new(self, credentials, limits);
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
    pub(crate) async fn access_token(self: &Rc<Self>, limits: Limits) -> Result<Secret, Error> {
        let authorization = match self.kept_authorization() {
            Some(kept) => kept,
            None => {
                let mut work = self.obtain_authorization(&limits);
                limits.enforce(&*self.platform, work.as_mut(), || LOGIN.to_string()).await?
            }
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
