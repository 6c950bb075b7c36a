//! How a request proves who sends it: a token of the client-credentials grant, a bearer of one's own, or Basic.

use core::future::Future;
use core::pin::Pin;
use std::rc::Rc;

use crate::error::{Error, ErrorCode};
use crate::http::{send, send_following_redirects, Limits, Transport};
use crate::log::{Level, Logger};
use crate::oauth::{self, ClientCredentials, Grant, Metadata};
use crate::secret::Secret;
use crate::text::{base64, decimal, is_visible_ascii};
use crate::token_cache::{StoredToken, TokenCache};
use crate::url::without_query;

/// Longest wait for a token request that another caller began, in milliseconds; half the call's time limit where
/// that is less.
const PATIENCE_MS: u64 = 3_000;

/// Under this key a client keeps the answer of its own token function, in a cache that it shares with nobody.
const FUNCTION_KEY: &str = "";

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

/// What a request carries, and whether something newer could be had.
pub(crate) struct Authorization {
    pub(crate) header: String,
    /// The token, where it came out of the cache: after a 401 a new one is worth a try.
    pub(crate) cached_token: Option<Secret>,
}

pub(crate) struct Auth<T: Transport> {
    pub(crate) login: Login,
    pub(crate) cache: Rc<TokenCache<T::Flight>>,
    pub(crate) key: String,
    pub(crate) early_refresh_s: u32,
    pub(crate) nextcloud_host: String,
    pub(crate) allow_insecure_http: bool,
    pub(crate) timeout_ms: u32,
    pub(crate) max_retries: u32,
    pub(crate) logger: Logger,
}

impl Login {
    /// Refuses what no header can carry, before a platform repeats it in an error of its own.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match self {
            Login::ClientCredentials(credentials) => {
                if credentials.client_id.is_empty() {
                    return Err(Error::invalid("clientId is empty: it is the id that the identity provider gave to this service"));
                }
                if credentials.client_secret.expose().is_empty() {
                    return Err(Error::invalid("clientSecret is empty: it is the secret that belongs to clientId"));
                }
                Ok(())
            }
            Login::AccessToken(token) => check_token(token.expose()),
            Login::TokenFunction(_) => Ok(()),
            Login::Basic { username, .. } if username.is_empty() || username.contains(':') => {
                Err(Error::invalid("username is empty or contains a colon, which Basic authentication cannot carry (RFC 7617 §2)"))
            }
            Login::Basic { password, .. } if password.expose().is_empty() => Err(Error::invalid("password is empty")),
            Login::Basic { .. } => Ok(()),
        }
    }

    pub(crate) fn cache_key(&self, nextcloud_host: &str) -> String {
        match self {
            Login::ClientCredentials(credentials) => credentials.cache_key(nextcloud_host),
            _ => FUNCTION_KEY.to_string(),
        }
    }

    /// What must not appear in an error, whatever a server writes.
    fn secret(&self) -> Option<&Secret> {
        match self {
            Login::ClientCredentials(credentials) => Some(&credentials.client_secret),
            Login::AccessToken(token) => Some(token),
            Login::TokenFunction(_) => None,
            Login::Basic { password, .. } => Some(password),
        }
    }
}

fn check_token(token: &str) -> Result<(), Error> {
    if is_visible_ascii(token) {
        Ok(())
    } else {
        Err(Error::invalid("accessToken is empty or holds characters that no header can carry, such as a line break: give the bare token, without 'Bearer' before it"))
    }
}

impl<T: Transport> Auth<T> {
    /// What the next request carries.
    pub(crate) async fn authorize(self: &Rc<Self>, transport: &Rc<T>) -> Result<Authorization, Error> {
        match &self.login {
            Login::AccessToken(token) => Ok(Authorization { header: bearer(token), cached_token: None }),
            Login::Basic { username, password } => {
                let pair = [username, ":", password.expose()].concat();
                Ok(Authorization { header: ["Basic ", &base64(pair.as_bytes())].concat(), cached_token: None })
            }
            Login::ClientCredentials(_) | Login::TokenFunction(_) => {
                let (token, cached) = self.token(transport).await?;
                Ok(Authorization { header: bearer(&token), cached_token: cached.then_some(token) })
            }
        }
    }

    /// The bearer token, and whether it came out of the cache.
    pub(crate) async fn token(self: &Rc<Self>, transport: &Rc<T>) -> Result<(Secret, bool), Error> {
        if let Some(token) = self.cached_token(transport.now_ms()) {
            return Ok((token, true));
        }
        if let Login::Basic { .. } = self.login {
            return Err(Error::invalid("this client logs in with username and password, so it has no access token"));
        }
        let patience_ms = PATIENCE_MS.min(u64::from(self.timeout_ms / 2));
        let stored = self
            .cache
            .renew(transport, &self.key, patience_ms, || {
                let (auth, transport) = (self.clone(), transport.clone());
                Box::pin(async move { auth.fetch_token(&transport).await })
            })
            .await?;
        Ok((stored.access_token, false))
    }

    /// The token that needs no request.
    pub(crate) fn cached_token(&self, now_ms: i64) -> Option<Secret> {
        if let Login::AccessToken(token) = &self.login {
            return Some(token.clone());
        }
        let token = self.cache.fresh(&self.key, self.early_refresh_s, now_ms)?;
        self.logger.log(Level::Debug, &["Using cached access token"]);
        Some(token)
    }

    async fn fetch_token(&self, transport: &Rc<T>) -> Result<StoredToken, Error> {
        match &self.login {
            Login::ClientCredentials(credentials) => {
                let limits = Limits::start(&**transport, self.timeout_ms, self.max_retries);
                let grant = crate::http::within(&**transport, &limits, self.request_grant(transport, credentials, &limits)).await.map_err(|error| error.without(&credentials.client_secret))?;
                self.logger.log(Level::Info, &["Obtained access token (expires in ", &decimal(grant.expires_in_s.unsigned_abs()), " s)"]);
                let expires_at_ms = transport.now_ms().saturating_add(grant.expires_in_s * 1000);
                Ok(StoredToken { access_token: grant.access_token, expires_at_ms: Some(expires_at_ms) })
            }
            Login::TokenFunction(function) => {
                let token = function().await?;
                check_token(&token)?;
                Ok(StoredToken { access_token: Secret::new(token), expires_at_ms: None })
            }
            // They never ask for a token; see `token`.
            Login::AccessToken(_) | Login::Basic { .. } => Err(Error::invalid("this way to log in has no token to fetch")),
        }
    }

    async fn request_grant(&self, transport: &Rc<T>, credentials: &ClientCredentials, limits: &Limits) -> Result<Grant, Error> {
        let metadata = self.discover(transport, credentials, limits).await?;
        let request = oauth::token_request(&metadata, credentials);
        self.logger.log(Level::Debug, &["Requesting client credentials token from ", without_query(&request.url)]);
        let result = match send(&**transport, &request, limits).await {
            Ok(response) => oauth::read_grant(&request.route(), &response),
            Err(error) => Err(error),
        };
        if result.is_err() {
            // The provider may have moved: look it up anew next time.
            self.cache.keep_metadata(&self.key, None);
        }
        result
    }

    /// What discovery found, now or earlier.
    pub(crate) async fn discover(&self, transport: &Rc<T>, credentials: &ClientCredentials, limits: &Limits) -> Result<Metadata, Error> {
        if let Some(metadata) = self.cache.metadata(&self.key) {
            // It may have been read from JSON, so it is not taken on trust.
            oauth::check_token_endpoint(&metadata.token_endpoint, self.allow_insecure_http)?;
            return Ok(metadata);
        }
        let mut result = Err(Error::new(ErrorCode::DiscoveryFailed, "there is no address to look the provider up at"));
        for url in oauth::discovery_urls(&self.nextcloud_host, &credentials.provider) {
            self.logger.log(Level::Debug, &["Discovering token endpoint from ", without_query(&url)]);
            let request = oauth::discovery_request(url);
            let route = request.route();
            let response = send_following_redirects(&**transport, request, limits).await?;
            result = oauth::read_metadata(&route, &credentials.provider, &response, self.allow_insecure_http);
            if response.status != 404 {
                break;
            }
        }
        let metadata = result?;
        self.cache.keep_metadata(&self.key, Some(metadata.clone()));
        Ok(metadata)
    }

    /// Takes out of an error what a server must not have repeated.
    pub(crate) fn redact(&self, error: Error, authorization: &Authorization) -> Error {
        let error = match self.login.secret() {
            Some(secret) => error.without(secret),
            None => error,
        };
        // A header is `Scheme credentials`; the credentials are what must not be seen.
        match authorization.header.split_once(' ') {
            Some((_, credentials)) => error.without(&Secret::new(credentials)),
            None => error,
        }
    }
}

fn bearer(token: &Secret) -> String {
    // Nextcloud compares the scheme case-sensitively.
    ["Bearer ", token.expose()].concat()
}
