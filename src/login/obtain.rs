//! Obtaining a token: out of the store, by the application's function, or by discovery and the grant.

use core::cell::RefCell;
use core::pin::pin;
use std::rc::Rc;

use super::{ClientAuthentication, ClientCredentials, ClientKey, Login, SecretMethod, SigningError, TokenFunction};
use crate::error::{Error, ErrorCode, ErrorKind, TokenFunctionProblem};
use crate::http::{route, Method, Response};
use crate::limits::Limits;
use crate::log::Level;
use crate::nextcloud::Reply;
use crate::oauth::{
    addresses, check_endpoint, choose_algorithm, read_metadata, read_token, signed, signing_input, token_request,
    Metadata, PlainHttp, Proof,
};
use crate::platform::{Runtime, Task, Transport};
use crate::secret::Secret;
use crate::send::{send_following, send_once, Try};
use crate::service::Service;
use crate::text::{decimal, hex, is_bearer_token};
use crate::token_cache::{Fetched, StoredToken};
use crate::token_store::StoredLogin;
use crate::url::without_query;

/// In place of a route, where it is not known which of a login's requests it was.
pub(crate) const LOGIN: &str = "login";

/// The work of a flight.
pub(crate) fn obtain<P: Transport + Runtime>(service: &Rc<Service<P>>, limits: Limits) -> Task<Result<Fetched, Error>> {
    let service = service.clone();
    Box::pin(async move {
        match &service.login {
            Login::ClientCredentials(credentials) => {
                let obtaining = Obtaining::new(&service, credentials, &limits);
                let work = pin!(obtaining.token());
                // Bound before it is given: it borrows what ends first.
                let fetched = limits.enforce(&*service.platform, work, || obtaining.place()).await;
                fetched
            }
            Login::TokenFunction(function) => ask(function).await,
            Login::AccessToken(secret) => Ok(unending(secret.clone())),
            Login::Basic { .. } => Err(ErrorKind::NoAccessToken.into()),
        }
    })
}

fn unending(access_token: Secret) -> Fetched {
    let token = StoredToken { access_token, expires_at: None };
    Fetched { token, metadata: None, is_stored: false }
}

/// What the application's own function gives.
async fn ask(function: &TokenFunction) -> Result<Fetched, Error> {
    let failed = |problem| Error::new(ErrorKind::TokenFunction(problem)).at(LOGIN);
    let secret = function().await.map_err(|error| {
        let (problem, cause) = error.into_parts();
        failed(problem).with_cause(cause)
    })?;
    if is_bearer_token(secret.expose()) {
        Ok(unending(secret))
    } else {
        Err(failed(TokenFunctionProblem::Unusable))
    }
}

fn no_signature(error: SigningError) -> Error {
    Error::new(ErrorKind::NoSignature { name: error.name }).at(LOGIN)
}

/// The assertion that the application's own function gives.
async fn assertion(function: &TokenFunction) -> Result<Secret, Error> {
    let failed = |problem| Error::new(ErrorKind::Assertion(problem)).at(LOGIN);
    let secret = function().await.map_err(|error| {
        let (problem, cause) = error.into_parts();
        failed(problem).with_cause(cause)
    })?;
    if is_bearer_token(secret.expose()) {
        Ok(secret)
    } else {
        Err(failed(TokenFunctionProblem::Unusable))
    }
}

/// A login with the client-credentials grant, on its way.
pub(crate) struct Obtaining<'a, P> {
    pub(crate) service: &'a Service<P>,
    pub(crate) credentials: &'a ClientCredentials,
    pub(crate) limits: &'a Limits,
    /// The route that is asked.
    place: RefCell<Option<String>>,
}

impl<'a, P: Transport + Runtime> Obtaining<'a, P> {
    pub(crate) fn new(service: &'a Service<P>, credentials: &'a ClientCredentials, limits: &'a Limits) -> Self {
        Obtaining { service, credentials, limits, place: RefCell::new(None) }
    }

    pub(crate) fn place(&self) -> String {
        self.place.borrow().clone().unwrap_or_else(|| LOGIN.to_string())
    }

    fn go_to(&self, route: String) {
        self.place.replace(Some(route));
    }

    /// Out of the token store, or by a request.
    async fn token(&self) -> Result<Fetched, Error> {
        let Service { cache, platform, owner, early_refresh, .. } = self.service;
        let StoredLogin { token, metadata: stored } = self.read_store().await;
        let is_useful = |token: &StoredToken| token.is_fresh(platform.now(), *early_refresh);
        if let Some(token) = token.filter(|token| is_useful(token) && !cache.has_refused(&token.access_token)) {
            self.service.log(Level::Debug, "Using the access token of the token store", "");
            return Ok(Fetched { token, metadata: stored, is_stored: true });
        }
        let has_stored = stored.is_some();
        let known = cache.metadata(owner).or(stored.filter(|_| !cache.is_distrustful()));
        let is_stored = known.as_ref().is_some_and(|known| known.is_stored);
        let fetched = match self.request_token(known).await {
            // The provider may have moved since somebody else found it; one that answers as RFC 6749 says has not.
            Err(error) if is_stored && has_moved(&error) => self.request_token(None).await?,
            result => result?,
        };
        if is_useful(&fetched.token) || !has_stored {
            self.write_store(Some(fetched.token.clone()), fetched.metadata.clone()).await;
        }
        Ok(fetched)
    }

    /// Discovery, if there was none before, and the token request.
    async fn request_token(&self, known: Option<Metadata>) -> Result<Fetched, Error> {
        if let ClientAuthentication::PrivateKey(key) = &self.credentials.authentication {
            key.signer.check().await.map_err(no_signature)?;
        }
        let metadata = match known.filter(|metadata| self.is_usable(metadata)) {
            Some(metadata) => metadata,
            None => self.discover().await?,
        };
        match self.ask_token_endpoint(&metadata).await {
            Err(error) if error.oauth_error.as_deref() == Some("invalid_client") => match self.other_way(&metadata) {
                Some(other) => {
                    let result = self.ask_token_endpoint(&other).await;
                    // The first refusal says more than a failure that is not the provider's.
                    result.map_err(|second| if second.oauth_error.is_some() { second } else { error })
                }
                None => Err(error),
            },
            fetched => fetched,
        }
    }

    /// What a cache holds may have been read from JSON, so it is not taken on trust.
    fn is_usable(&self, metadata: &Metadata) -> bool {
        let needs_audience = matches!(self.credentials.authentication, ClientAuthentication::PrivateKey(_));
        self.check_endpoint(metadata).is_ok() && (metadata.audience.is_some() || !needs_audience)
    }

    /// In which other way the same proof is shown where the first was refused, and the metadata leaves it open.
    fn other_way(&self, metadata: &Metadata) -> Option<Metadata> {
        let metadata = metadata.clone();
        match &self.credentials.authentication {
            // RFC 8414 §2: where nothing is announced, it is Basic. Post is tried first, as the seed does.
            ClientAuthentication::Secret { method: None, .. }
                if !metadata.announces_authentication && !metadata.basic_only =>
            {
                Some(Metadata { basic_only: true, ..metadata })
            }
            // See `client_assertion`.
            ClientAuthentication::PrivateKey(_) if metadata.audience.as_ref() != Some(&metadata.token_endpoint) => {
                Some(Metadata { audience: Some(metadata.token_endpoint.clone()), ..metadata })
            }
            _ => None,
        }
    }

    /// What is shown with one token request.
    async fn proof(&self, metadata: &Metadata) -> Result<Proof, Error> {
        match &self.credentials.authentication {
            ClientAuthentication::Secret { secret, method } => Ok(match method.unwrap_or(metadata.secret_method()) {
                SecretMethod::Post => Proof::SecretPost(secret.clone()),
                SecretMethod::Basic => Proof::SecretBasic(secret.clone()),
            }),
            ClientAuthentication::PrivateKey(key) => self.sign(key, metadata).await.map(Proof::Assertion),
            ClientAuthentication::Assertion(function) => assertion(function).await.map(Proof::Assertion),
            ClientAuthentication::Certificate => Ok(Proof::Certificate),
        }
    }

    async fn sign(&self, key: &ClientKey, metadata: &Metadata) -> Result<Secret, Error> {
        let platform = &*self.service.platform;
        let now = platform.now();
        let algorithm = choose_algorithm(key, metadata).map_err(|kind| Error::new(kind).at(LOGIN))?;
        let count = self.service.assertions.get();
        self.service.assertions.set(count.wrapping_add(1));
        let mut id = hex(&now.as_millis().to_be_bytes());
        id.push_str(&hex(&count.to_be_bytes()));
        for _ in 0..4 {
            id.push_str(&hex(&platform.random().to_be_bytes()));
        }
        let audience = metadata.audience.as_deref().unwrap_or(&metadata.token_endpoint);
        let input = signing_input(key, algorithm, &self.credentials.client_id, audience, &id, now);
        match key.signer.sign(algorithm, input.clone().into_bytes()).await {
            Ok(signature) => Ok(signed(&input, &signature)),
            Err(error) => Err(no_signature(error)),
        }
    }

    async fn ask_token_endpoint(&self, metadata: &Metadata) -> Result<Fetched, Error> {
        self.check_endpoint(metadata).map_err(Error::new)?;
        self.service.log(
            Level::Debug,
            "Requesting client credentials token from ",
            without_query(&metadata.token_endpoint),
        );
        let mut tries = 0;
        let platform = &*self.service.platform;
        let (response, sent) = loop {
            // Anew for each try: an assertion serves once (RFC 7523 §3, `jti`).
            let proof = self.proof(metadata).await?;
            let request = || token_request(self.credentials, metadata, &proof);
            self.go_to(route(Method::Post, &metadata.token_endpoint));
            match send_once(platform, &request, tries, self.limits).await.map_err(|error| error.at(&self.place()))? {
                Try::Answer(response) => {
                    let sent = match proof {
                        Proof::Assertion(assertion) => vec![assertion],
                        Proof::SecretPost(_) | Proof::SecretBasic(_) | Proof::Certificate => Vec::new(),
                    };
                    break (response, sent);
                }
                Try::AgainAfter(wait) => platform.sleep(wait).await,
            }
            tries += 1;
        };
        let reply = self.reply(&response, &sent);
        let token = read_token(&reply, metadata).map_err(|kind| reply.error(kind, &self.place()))?;
        let seconds = decimal(token.expires_in.as_secs());
        self.service.log(Level::Info, &["Obtained access token (expires in ", &seconds].concat(), " s)");
        let expires_at = Some(self.service.platform.now() + token.expires_in);
        Ok(Fetched {
            token: StoredToken { access_token: token.secret, expires_at },
            // What worked is remembered.
            metadata: Some(Metadata { is_stored: false, ..metadata.clone() }),
            is_stored: false,
        })
    }

    /// What discovery finds now.
    pub(crate) async fn discover(&self) -> Result<Metadata, Error> {
        let provider = &self.credentials.provider;
        let secrets = self.service.login.secrets();
        let mut places = addresses(provider, &self.service.installation).into_iter().peekable();
        while let Some(url) = places.next() {
            self.service.log(Level::Debug, "Discovering token endpoint from ", without_query(&url));
            let shows_secret = |url: &str| secrets.are_in_address(url);
            let (response, found_at) =
                send_following(&*self.service.platform, url, self.limits, shows_secret, |route| self.go_to(route))
                    .await?;
            if response.status == 404 && places.peek().is_some() {
                continue;
            }
            // An address that the secret must not be sent to is refused here already.
            let reply = self.reply(&response, &[]);
            return read_metadata(self.credentials, &reply)
                .and_then(|metadata| self.check_endpoint_by(&metadata, &found_at).map(|()| metadata))
                .map_err(|kind| reply.error(kind, &self.place()));
        }
        Err(ErrorKind::DiscoveryRefused { status: 404, said: None }.into())
    }

    /// By metadata of which it is not known where exactly it was found.
    fn check_endpoint(&self, metadata: &Metadata) -> Result<(), ErrorKind> {
        let places = addresses(&self.credentials.provider, &self.service.installation);
        self.check_endpoint_by(metadata, places.first().map_or("", String::as_str))
    }

    fn check_endpoint_by(&self, metadata: &Metadata, found_at: &str) -> Result<(), ErrorKind> {
        check_endpoint(self.credentials, metadata, PlainHttp::named_at(found_at, self.service.allow_insecure_http))
    }

    fn reply<'r>(&'r self, response: &'r Response, sent: &'r [Secret]) -> Reply<'r> {
        Reply { response, login: &self.service.login, carries_login: false, sent, now: self.service.platform.now() }
    }
}

fn has_moved(error: &Error) -> bool {
    error.oauth_error.is_none() && !matches!(error.code, ErrorCode::RateLimited | ErrorCode::Maintenance)
}
