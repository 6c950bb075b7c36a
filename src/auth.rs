//! How a request proves who sends it: a token of the client-credentials grant, a bearer of one's own, or Basic.

use core::future::Future;
use core::pin::Pin;
use std::rc::Rc;

use crate::answer::Answer;
use crate::error::{Error, ErrorCode};
use crate::http::{send, send_following_redirects, within, Limits, Transport};
use crate::log::{Level, Logger};
use crate::oauth::{self, ClientCredentials, Metadata, Provider};
use crate::secret::Secret;
use crate::text::{base64, decimal, is_visible_ascii};
use crate::token_cache::{Fetched, Owner, StoredToken, TokenCache};
use crate::url::{without_query, Url};

/// How old a token request that another caller began may be for one to wait for it alone, in milliseconds; half the
/// call's time limit where that is less.
const PATIENCE_MS: u32 = 3_000;

/// In place of a route, where it is not known which of a login's requests it was.
pub(crate) const LOGIN: &str = "login";

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
    /// Whether the token came out of the cache: then a new one is worth a try after a 401.
    pub(crate) is_cached: bool,
}

pub(crate) struct Auth<T: Transport> {
    pub(crate) login: Login,
    pub(crate) cache: Rc<TokenCache<T::Flight>>,
    pub(crate) owner: Owner,
    pub(crate) early_refresh_s: u32,
    pub(crate) nextcloud_host: String,
    pub(crate) allow_insecure_http: bool,
    pub(crate) logger: Logger,
}

impl Login {
    /// Refuses what no header can carry, before a platform repeats it in an error of its own.
    pub(crate) fn check(&self, allow_insecure_http: bool) -> Result<(), Error> {
        match self {
            Login::ClientCredentials(credentials) => {
                check_credential("clientId", &credentials.client_id)?;
                check_credential("clientSecret", credentials.client_secret.expose())?;
                // RFC 6749 §3.3: visible ASCII but for quote and backslash, and single spaces between.
                if !credentials.scope.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\')) {
                    return Err(Error::invalid("scope holds a character that no scope can have: give the names of scopes with blanks between them"));
                }
                check_provider(&credentials.provider, allow_insecure_http)
            }
            Login::AccessToken(token) if !is_visible_ascii(token.expose()) => Err(Error::invalid(UNUSABLE_TOKEN)),
            Login::AccessToken(_) => Ok(()),
            Login::TokenFunction(_) => Ok(()),
            Login::Basic { username, .. } if username.is_empty() || username.contains(':') => Err(Error::invalid(
                "username is empty or contains a colon, which Basic authentication cannot carry (RFC 7617 §2)",
            )),
            Login::Basic { password, .. } if password.expose().is_empty() => Err(Error::invalid("password is empty")),
            Login::Basic { .. } => Ok(()),
        }
    }

    pub(crate) fn owner(&self, nextcloud_host: &str) -> Owner {
        match self {
            Login::ClientCredentials(credentials) => {
                Owner { key: credentials.cache_key(nextcloud_host), secret: Some(credentials.client_secret.clone()) }
            }
            // These share their cache with nobody.
            _ => Owner { key: String::new(), secret: None },
        }
    }

    /// What must not appear in an error, whatever a server writes; in every form that is sent.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        match self {
            Login::ClientCredentials(credentials) => {
                let alone = base64(credentials.client_secret.expose().as_bytes());
                vec![
                    credentials.client_secret.clone(),
                    Secret::new(alone),
                    Secret::new(oauth::basic_credentials(credentials)),
                ]
            }
            Login::AccessToken(token) => vec![token.clone()],
            Login::TokenFunction(_) => Vec::new(),
            Login::Basic { password, .. } => vec![password.clone()],
        }
    }
}

fn check_credential(name: &str, value: &str) -> Result<(), Error> {
    if value.is_empty() {
        return Err(Error::invalid(
            [name, " is empty: the identity provider gave clientId and clientSecret to this service"].concat(),
        ));
    }
    // Read from a file, most often, with the line break at its end.
    if value.chars().any(char::is_control) {
        return Err(Error::invalid(
            [name, " contains a line break or another control character: give it without (RFC 6749 appendix A)"]
                .concat(),
        ));
    }
    Ok(())
}

/// Whoever answers at that address decides where the secret goes, so it must be as safe as the token endpoint.
fn check_provider(provider: &Provider, allow_insecure_http: bool) -> Result<(), Error> {
    let (name, address) = match provider {
        Provider::Nextcloud => return Ok(()),
        Provider::Issuer(url) => ("issuer", url),
        Provider::DiscoveryUrl(url) => ("discoveryUrl", url),
    };
    match Url::parse(address) {
        None => Err(Error::invalid([name, " is no absolute http(s) URL: give it as the identity provider writes it, such as https://id.example.com/realms/main"].concat())),
        Some(url) if url.is_safe_for_secrets() || allow_insecure_http => Ok(()),
        Some(_) => Err(Error::new(ErrorCode::InsecureEndpoint, [name, " is plain http on another machine, where anyone on the way could direct the client secret elsewhere: use https, or allow it by name with allowInsecureHttp"].concat())),
    }
}

const UNUSABLE_TOKEN: &str = "accessToken is empty or holds characters that no header can carry, such as a line break: give the bare token, without 'Bearer' before it";

impl<T: Transport> Auth<T> {
    /// What the next request carries.
    pub(crate) async fn authorize(self: &Rc<Self>, transport: &Rc<T>, limits: &Limits) -> Result<Authorization, Error> {
        match &self.login {
            Login::AccessToken(token) => Ok(Authorization { header: bearer(token), is_cached: false }),
            Login::Basic { username, password } => {
                Ok(Authorization { header: basic(username, password), is_cached: false })
            }
            Login::ClientCredentials(_) | Login::TokenFunction(_) => {
                let (token, cached) = self.token(transport, limits).await?;
                Ok(Authorization { header: bearer(&token), is_cached: cached })
            }
        }
    }

    /// The bearer token, and whether it came out of the cache.
    pub(crate) async fn token(self: &Rc<Self>, transport: &Rc<T>, limits: &Limits) -> Result<(Secret, bool), Error> {
        if let Some(token) = self.with_cached_token(transport.now_ms(), Secret::clone) {
            return Ok((token, true));
        }
        if let Login::Basic { .. } = self.login {
            return Err(Error::invalid("this client logs in with username and password, so it has no access token"));
        }
        let patience_ms = PATIENCE_MS.min(limits.timeout_ms / 2);
        let stored = self
            .cache
            .renew(transport, &self.owner, patience_ms, || {
                let (auth, transport, limits) = (self.clone(), transport.clone(), *limits);
                Box::pin(async move { auth.fetch_token(&transport, &limits).await })
            })
            .await?;
        Ok((stored.access_token, false))
    }

    /// Runs `using` with the token that needs no request.
    pub(crate) fn with_cached_token<R>(&self, now_ms: i64, using: impl FnOnce(&Secret) -> R) -> Option<R> {
        if let Login::AccessToken(token) = &self.login {
            return Some(using(token));
        }
        let result = self.cache.with_fresh(&self.owner, self.early_refresh_s, now_ms, using)?;
        self.logger.log(Level::Debug, &["Using cached access token"]);
        Some(result)
    }

    async fn fetch_token(&self, transport: &Rc<T>, limits: &Limits) -> Fetched {
        let mut metadata = None;
        let token = match &self.login {
            Login::ClientCredentials(credentials) => {
                self.request_token(transport, credentials, limits, &mut metadata).await
            }
            Login::TokenFunction(function) => match function().await {
                Ok(token) if !is_visible_ascii(&token) => {
                    Err(Error::new(ErrorCode::TokenFunctionFailed, UNUSABLE_TOKEN))
                }
                Ok(token) => Ok(StoredToken { access_token: Secret::new(token), expires_at_ms: None }),
                Err(error) => Err(error),
            },
            // They never ask for a token; see `token`.
            Login::AccessToken(_) | Login::Basic { .. } => {
                Err(Error::invalid("this way to log in has no token to fetch"))
            }
        };
        Fetched { metadata: metadata.filter(|_| token.is_ok()), token }
    }

    async fn request_token(
        &self,
        transport: &Rc<T>,
        credentials: &ClientCredentials,
        limits: &Limits,
        found: &mut Option<Metadata>,
    ) -> Result<StoredToken, Error> {
        let work = async {
            let metadata = self.discover(transport, credentials, limits).await?;
            let request = oauth::token_request(&metadata, credentials);
            *found = Some(metadata);
            self.logger.log(Level::Debug, &["Requesting client credentials token from ", without_query(&request.url)]);
            let response = send(&**transport, &request, limits).await?;
            let route = request.route();
            oauth::read_grant(Answer {
                route: &route,
                response: &response,
                now_ms: transport.now_ms(),
                secrets: &|| self.login.secrets(),
            })
        };
        let result = within(&**transport, limits, Box::pin(work)).await;
        let grant = result.map_err(|error| {
            let endpoint = found.as_ref().map(|metadata| ["POST ", without_query(&metadata.token_endpoint)].concat());
            error.at(endpoint.as_deref().unwrap_or(LOGIN))
        })?;
        self.logger.log(
            Level::Info,
            &["Obtained access token (expires in ", &decimal(grant.expires_in_s.unsigned_abs()), " s)"],
        );
        let expires_at_ms = transport.now_ms().saturating_add(grant.expires_in_s * 1000);
        Ok(StoredToken { access_token: grant.access_token, expires_at_ms: Some(expires_at_ms) })
    }

    /// What discovery found, now or earlier.
    async fn discover(
        &self,
        transport: &Rc<T>,
        credentials: &ClientCredentials,
        limits: &Limits,
    ) -> Result<Metadata, Error> {
        // It may have been read from JSON, so it is not taken on trust.
        let known = self
            .cache
            .metadata(&self.owner)
            .filter(|metadata| oauth::check_token_endpoint(&metadata.token_endpoint, self.allow_insecure_http).is_ok());
        match known {
            Some(metadata) => Ok(metadata),
            None => self.look_up(transport, credentials, limits).await,
        }
    }

    /// What discovery finds now.
    pub(crate) async fn look_up(
        &self,
        transport: &Rc<T>,
        credentials: &ClientCredentials,
        limits: &Limits,
    ) -> Result<Metadata, Error> {
        let mut result = Err(Error::new(ErrorCode::DiscoveryFailed, "there is no address to look the provider up at"));
        for url in oauth::discovery_urls(&self.nextcloud_host, &credentials.provider) {
            self.logger.log(Level::Debug, &["Discovering token endpoint from ", without_query(&url)]);
            let request = oauth::discovery_request(url);
            let route = request.route();
            let response = send_following_redirects(&**transport, request, limits).await?;
            let answer = Answer {
                route: &route,
                response: &response,
                now_ms: transport.now_ms(),
                secrets: &|| self.login.secrets(),
            };
            result = oauth::read_metadata(&credentials.provider, answer, self.allow_insecure_http);
            if response.status != 404 {
                break;
            }
        }
        result
    }
}

impl Authorization {
    /// What stands behind `Bearer` or `Basic` in the header.
    pub(crate) fn secret(&self) -> Option<Secret> {
        self.header.split_once(' ').map(|(_, credentials)| Secret::new(credentials))
    }
}

fn basic(username: &str, password: &Secret) -> String {
    ["Basic ", &base64([username, ":", password.expose()].concat().as_bytes())].concat()
}

fn bearer(token: &Secret) -> String {
    // Nextcloud compares the scheme case-sensitively.
    ["Bearer ", token.expose()].concat()
}
