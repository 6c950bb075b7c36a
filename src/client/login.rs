//! The ways in, and how a token is had.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::future::Future;
use core::pin::Pin;

use super::asking::{ask, read};
use super::error::{Error, ErrorCode};
use super::http::{Method, Request};
use super::log::Level;
use super::secret::Secret;
use super::sending::{send, send_following};
use super::token_cache::{Fetched, StoredToken};
use super::transport::{within, TimeLimit, Transport};
use super::url::{kind_of, without_query};
use super::{timed_out, Inner, LOGIN};
use crate::exchange::{action, operation, Exchange};
use crate::setup::UNUSABLE_TOKEN;
use crate::text::{fill, is_visible_ascii, push_form_field};

/// How old a token request that another caller began may be for one to wait for it alone, in milliseconds; half the
/// call's time limit where that is less.
const PATIENCE_MS: u32 = 3_000;

/// How the client proves to the token endpoint who it is (RFC 6749 §2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// `client_secret_post`: id and secret in the body.
    Post,
    /// `client_secret_basic`: id and secret in the `Authorization` header.
    Basic,
}

/// Where the token endpoint is looked up.
#[derive(Debug, Clone, PartialEq)]
pub enum Provider {
    /// At the Nextcloud server: `{host}/.well-known/openid-configuration`.
    Nextcloud,
    /// At an identity provider elsewhere, whose metadata must name this very issuer.
    Issuer(String),
    /// At this address.
    DiscoveryUrl(String),
}

/// A client of an OAuth server, and what it asks for.
#[derive(Debug, Clone)]
pub struct ClientCredentials {
    /// Who the client is.
    pub client_id: String,
    /// What proves it.
    pub client_secret: Secret,
    /// What is asked for, such as `openid`; with spaces between.
    pub scope: String,
    /// Who gives the token.
    pub provider: Provider,
    /// `None`: what discovery announces decides, `Post` where it leaves the choice.
    pub authentication: Option<ClientAuthentication>,
    /// More parameters of the token request, such as `audience` or `resource` (RFC 8707).
    pub token_parameters: Vec<(String, String)>,
}

/// What discovery found, as far as this client needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Metadata {
    /// Where tokens are asked for.
    pub token_endpoint: String,
    /// Whether the token endpoint announces `client_secret_basic` and not `client_secret_post`.
    pub basic_only: bool,
}

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
    Basic {
        /// The user's id.
        username: String,
        /// Its password or app password.
        password: Secret,
    },
}

impl Login {
    /// The fields from `WayIn` to `TokenParameters` of [`crate::exchange::Field`], and the kind of the provider's address.
    pub(crate) fn fields(&self) -> ([String; 8], &'static str) {
        let mut kind = "";
        let fields = match self {
            Login::ClientCredentials(credentials) => {
                let (provider, url) = match &credentials.provider {
                    Provider::Nextcloud => ("", ""),
                    Provider::Issuer(url) => ("issuer", url.as_str()),
                    Provider::DiscoveryUrl(url) => ("discoveryUrl", url.as_str()),
                };
                kind = kind_of(url, provider != "issuer");
                let authentication = match credentials.authentication {
                    None => "",
                    Some(ClientAuthentication::Post) => "post",
                    Some(ClientAuthentication::Basic) => "basic",
                };
                let mut parameters = String::new();
                for (name, value) in &credentials.token_parameters {
                    push_form_field(&mut parameters, name, value);
                }
                let secret = credentials.client_secret.expose();
                [
                    "client",
                    &credentials.client_id,
                    secret,
                    &credentials.scope,
                    provider,
                    url,
                    authentication,
                    &parameters,
                ]
                .map(str::to_string)
            }
            Login::AccessToken(token) => ["accessToken", "", token.expose(), "", "", "", "", ""].map(str::to_string),
            Login::TokenFunction(_) => ["function", "", "", "", "", "", "", ""].map(str::to_string),
            Login::Basic { username, password } => {
                ["password", username, password.expose(), "", "", "", "", ""].map(str::to_string)
            }
        };
        (fields, kind)
    }
}

/// What a request carries.
pub(crate) struct Authorization {
    pub(crate) header: String,
    pub(crate) token: Option<Secret>,
    /// Whether the token came out of the cache: then a new one is worth a try after a 401.
    pub(crate) is_cached: bool,
}

impl<T: Transport> Inner<T> {
    pub(crate) async fn log_in(self: &Rc<Self>, limit: TimeLimit) -> Result<Authorization, Error> {
        let (token, is_cached) = match (&self.login, self.cached_token()) {
            (Login::Basic { .. }, _) => {
                let header = fill("Basic {}", &[&self.basic]);
                return Ok(Authorization { header, token: None, is_cached: false });
            }
            (Login::AccessToken(token), _) => (token.clone(), false),
            (_, Some(token)) => (token, true),
            (_, None) => {
                let patience_ms = PATIENCE_MS.min(limit.timeout_ms / 2);
                let renewed = self.cache.renew(&self.transport, &self.owner, patience_ms, || {
                    let inner = self.clone();
                    Box::pin(async move { inner.fetch_token(limit).await })
                });
                (renewed.await.map_err(|error| error.at(LOGIN))?.access_token, false)
            }
        };
        // Nextcloud compares the scheme case-sensitively.
        Ok(Authorization { header: fill("Bearer {}", &[token.expose()]), token: Some(token), is_cached })
    }

    /// The token that needs no request.
    pub(crate) fn cached_token(&self) -> Option<Secret> {
        if let Login::AccessToken(token) = &self.login {
            return Some(token.clone());
        }
        let token = self.cache.fresh(&self.owner, self.early_refresh_s, self.transport.now_ms())?;
        self.log(Level::Debug, "Using cached access token", "");
        Some(token)
    }

    async fn fetch_token(&self, limit: TimeLimit) -> Fetched {
        let Login::TokenFunction(function) = &self.login else {
            let place = core::cell::RefCell::new(LOGIN.to_string());
            let result = within(&*self.transport, limit, self.request_token(limit, &place)).await;
            return match result.unwrap_or_else(|| Err(timed_out(limit).at(&place.borrow()))) {
                Ok((token, metadata)) => Fetched { token: Ok(token), metadata: Some(metadata) },
                Err(error) => Fetched { token: Err(error), metadata: None },
            };
        };
        let token = match function().await {
            Ok(token) if !is_visible_ascii(&token) => {
                Err(Error::new(ErrorCode::TokenFunctionFailed, UNUSABLE_TOKEN, &[]))
            }
            Ok(token) => Ok(StoredToken { access_token: Secret::new(token), expires_at_ms: None }),
            Err(error) => Err(error),
        };
        Fetched { token, metadata: None }
    }

    /// What discovery finds now.
    pub(crate) async fn discover(&self, limit: TimeLimit) -> Result<Metadata, Error> {
        let question = self.question("", operation::DISCOVERY, [""; 5]);
        let addresses = ask(action::REQUEST, &question, "")?;
        let exchange = Exchange::new(&question, "");
        let mut rest = addresses.iter();
        loop {
            let url = rest.next().cloned().unwrap_or_default();
            self.log(Level::Debug, "Discovering token endpoint from {}", without_query(&url));
            // As with the token endpoint: a secret of a few letters is in every address.
            let shows_secret = |url: &str| exchange.repeats_secret(url, 6);
            let (response, route) =
                send_following(&*self.transport, url, limit, self.max_retries, shows_secret).await?;
            if response.status == 404 && rest.len() > 0 {
                continue;
            }
            let now_ms = self.transport.now_ms();
            let found = read(&question, &response, &route, "", now_ms)?;
            let metadata = Metadata {
                token_endpoint: found.first().cloned().unwrap_or_default(),
                basic_only: found.get(1).is_some_and(|basic| !basic.is_empty()),
            };
            // An address that the secret must not be sent to is refused here already.
            self.token_request(&metadata).map_err(|error| error.at(&route))?;
            return Ok(metadata);
        }
    }

    fn token_question(&self, metadata: &Metadata) -> String {
        let basic_only = if metadata.basic_only { "1" } else { "" };
        let kind = kind_of(&metadata.token_endpoint, true);
        self.question(kind, operation::TOKEN_REQUEST, ["", "", "", &metadata.token_endpoint, basic_only])
    }

    fn token_request(&self, metadata: &Metadata) -> Result<Request, Error> {
        let mut fields = ask(action::REQUEST, &self.token_question(metadata), "")?.into_iter();
        let mut next = || fields.next().unwrap_or_default();
        next();
        let mut request = Request::new(Method::Post, next());
        // The grant has no side effect but the token, so it may be repeated like a read.
        request.repeatable = true;
        request.headers.push(("Content-Type", next()));
        request.body = Some(next());
        let basic = next();
        if !basic.is_empty() {
            request.headers.push(("Authorization", fill("Basic {}", &[&basic])));
        }
        Ok(request)
    }

    /// Discovery, if there was none before, and the token request. `place` becomes where it is.
    async fn request_token(
        &self,
        limit: TimeLimit,
        place: &core::cell::RefCell<String>,
    ) -> Result<(StoredToken, Metadata), Error> {
        // What a cache holds may have been read from JSON, so it is not taken on trust.
        let known = self.cache.metadata(&self.owner).filter(|metadata| self.token_request(metadata).is_ok());
        let metadata = match known {
            Some(metadata) => metadata,
            None => self.discover(limit).await?,
        };
        let request = self.token_request(&metadata)?;
        place.replace(request.route());
        self.log(Level::Debug, "Requesting client credentials token from {}", without_query(&request.url));
        let response = send(&*self.transport, &request, limit, self.max_retries).await?;
        let now_ms = self.transport.now_ms();
        let question = self.token_question(&metadata);
        let found = read(&question, &response, &request.route(), "", now_ms)?;
        let mut fields = found.into_iter();
        let access_token = Secret::new(fields.next().unwrap_or_default());
        let expires_in = fields.next().unwrap_or_default();
        self.log(Level::Info, "Obtained access token (expires in {} s)", &expires_in);
        let expires_in_s: i64 = expires_in.parse().unwrap_or(0);
        let expires_at_ms = Some(now_ms.saturating_add(expires_in_s.saturating_mul(1000)));
        Ok((StoredToken { access_token, expires_at_ms }, metadata))
    }
}
