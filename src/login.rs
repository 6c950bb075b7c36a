//! The ways in, and how a token is had.

mod client_key;
mod obtain;
#[cfg(any(feature = "fetch", feature = "rustcrypto"))]
mod pem;
mod stored;

pub use client_key::{ClientKey, Signer, SigningAlgorithm, SigningError};
#[cfg(feature = "fetch")]
pub(crate) use pem::{is_public, unknown_kind};
#[cfg(any(feature = "fetch", feature = "rustcrypto"))]
pub(crate) use pem::{unusable_key, Pem};

pub(crate) use obtain::{obtain, Obtaining, LOGIN};

use core::fmt;
use core::future::ready;
use std::rc::Rc;

use crate::config::WayIn;
use crate::error::{Error, TokenFunctionProblem};
use crate::oauth::client_secret_basic;
use crate::platform::{Cause, Task};
use crate::redaction::Secrets;
use crate::secret::Secret;
use crate::setting::Setting;
use crate::text::{is_bearer_token, push_form_field};

/// How the client proves to the token endpoint who it is (OpenID Connect Core §9).
#[derive(Clone)]
pub enum ClientAuthentication {
    /// By a secret that both know.
    Secret {
        /// The secret.
        secret: Secret,
        /// How it is sent. `None`: what discovery announces decides, `Post` where it leaves the choice; where it announces
        /// nothing, `Basic` is tried after that.
        method: Option<SecretMethod>,
    },
    /// `private_key_jwt`: by an assertion that this key signs for each token request (RFC 7523 §2.2).
    PrivateKey(ClientKey),
    /// By an assertion of one's own (RFC 7521 §4.2), which is asked for at each token request: of a cloud's workload
    /// identity, a service account of Kubernetes, a job of CI.
    Assertion(TokenFunction),
    /// `tls_client_auth` and `self_signed_tls_client_auth`: by the certificate that the transport shows (RFC 8705 §2).
    Certificate,
}

/// How a client secret is sent (RFC 6749 §2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretMethod {
    /// `client_secret_post`: id and secret in the body.
    Post,
    /// `client_secret_basic`: id and secret in the `Authorization` header.
    Basic,
}

/// The same without what is secret in it, for words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProofKind {
    Secret,
    PrivateKey,
    Assertion,
    Certificate,
}

impl ClientAuthentication {
    /// [`ClientAuthentication::Assertion`] by one text. When that has ended, a new client with a new one goes on.
    ///
    /// # Errors
    /// `InvalidArgument`: no request can carry it.
    pub fn fixed_assertion(assertion: Secret) -> Result<Self, Error> {
        if !is_bearer_token(assertion.expose()) {
            return Err(Error::invalid(
                [Setting::ClientAssertion.name(), " is empty, longer than 16 kB, or holds what no assertion has"]
                    .concat(),
                "give it as it was made, without a line break",
            ));
        }
        Ok(ClientAuthentication::Assertion(Rc::new(move || Box::pin(ready(Ok(assertion.clone()))))))
    }

    pub(crate) fn kind(&self) -> ProofKind {
        match self {
            ClientAuthentication::Secret { .. } => ProofKind::Secret,
            ClientAuthentication::PrivateKey(_) => ProofKind::PrivateKey,
            ClientAuthentication::Assertion(_) => ProofKind::Assertion,
            ClientAuthentication::Certificate => ProofKind::Certificate,
        }
    }

    /// What tells one who proves itself so from another, for a cache that both use.
    pub(crate) fn identity(&self) -> Secret {
        match self {
            ClientAuthentication::Secret { secret, .. } => secret.clone(),
            ClientAuthentication::PrivateKey(key) => key.signer.identity(),
            // Each assertion is another, and the certificate is the transport's: those of one id count as one.
            ClientAuthentication::Assertion(_) => Secret::new("client_assertion"),
            ClientAuthentication::Certificate => Secret::new("tls_client_auth"),
        }
    }
}

impl fmt::Debug for ClientAuthentication {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind().fmt(formatter)
    }
}

/// Where the token endpoint is looked up.
#[derive(Debug, Clone, PartialEq)]
pub enum Provider {
    /// At the Nextcloud server: `{host}/.well-known/openid-configuration`.
    Nextcloud,
    /// At an identity provider elsewhere, whose metadata must name this very issuer (OpenID Connect Discovery §4.3,
    /// RFC 8414 §3.3).
    Issuer(String),
    /// At this address; the issuer is not compared.
    DiscoveryUrl(String),
}

/// A client of an OAuth server, and what it asks for (RFC 6749 §4.4).
#[derive(Debug, Clone)]
pub struct ClientCredentials {
    /// Who the client is. Empty, with an assertion of one's own only: the provider knows it by the subject of that
    /// (RFC 7521 §4.2), and some refuse another name beside it.
    pub client_id: String,
    /// What proves it.
    pub authentication: ClientAuthentication,
    /// What is asked for, such as `openid`; with spaces between. Empty: nothing is asked for.
    pub scope: String,
    /// Who gives the token.
    pub provider: Provider,
    /// More parameters of the token request, such as `audience` or `resource` (RFC 8707). Their values may be secrets.
    pub token_parameters: Vec<(String, Secret)>,
}

impl ClientCredentials {
    /// Of a client with a secret at its Nextcloud's own provider, with the scope `openid`.
    pub fn new(client_id: impl Into<String>, client_secret: Secret) -> Self {
        let authentication = ClientAuthentication::Secret { secret: client_secret, method: None };
        ClientCredentials::by(client_id, authentication)
    }

    /// The same of one that proves itself in whatever way.
    pub fn by(client_id: impl Into<String>, authentication: ClientAuthentication) -> Self {
        ClientCredentials {
            client_id: client_id.into(),
            authentication,
            scope: "openid".to_string(),
            provider: Provider::Nextcloud,
            token_parameters: Vec::new(),
        }
    }

    /// What of it nobody may see and is the same for each request.
    fn secrets(&self) -> Vec<Secret> {
        match &self.authentication {
            ClientAuthentication::Secret { secret, .. } => {
                vec![secret.clone(), client_secret_basic(&self.client_id, secret)]
            }
            // A key is not sent, and an assertion is another each time.
            ClientAuthentication::PrivateKey(_)
            | ClientAuthentication::Assertion(_)
            | ClientAuthentication::Certificate => Vec::new(),
        }
    }

    /// The parameters as `application/x-www-form-urlencoded`.
    pub(crate) fn encoded_parameters(&self) -> Secret {
        let mut out = String::new();
        for (name, value) in &self.token_parameters {
            push_form_field(&mut out, name, value.expose());
        }
        Secret::new(out)
    }
}

/// Whether a parameter of the token request has an option of its own, or none.
#[cfg(any(feature = "component", feature = "js"))]
pub(crate) fn is_parameter_of_its_own(name: &str) -> bool {
    matches!(
        name,
        "grant_type" | "client_id" | "client_secret" | "client_assertion" | "client_assertion_type" | "scope"
    )
}

/// Asks the application for a bearer token, or for an assertion.
pub type TokenFunction = Rc<dyn Fn() -> Task<Result<Secret, TokenFunctionError>>>;

/// Why an application's function gave nothing of use.
#[derive(Clone)]
pub enum TokenFunctionError {
    /// It failed, with this.
    Failed(Option<Cause>),
    /// It gave something that is no text.
    NoText,
}

impl TokenFunctionError {
    pub(crate) fn into_parts(self) -> (TokenFunctionProblem, Option<Cause>) {
        match self {
            TokenFunctionError::Failed(cause) => (TokenFunctionProblem::Failed, cause),
            TokenFunctionError::NoText => (TokenFunctionProblem::NoText, None),
        }
    }
}

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
    pub(crate) fn way_in(&self) -> WayIn {
        match self {
            Login::ClientCredentials(_) => WayIn::ClientCredentials,
            Login::AccessToken(_) | Login::TokenFunction(_) => WayIn::AccessToken,
            Login::Basic { .. } => WayIn::Basic,
        }
    }

    /// All that was handed in and nobody may see.
    pub(crate) fn secrets(&self) -> Secrets {
        match self {
            Login::ClientCredentials(credentials) => Secrets::new(
                credentials.secrets(),
                credentials.token_parameters.iter().map(|(_, value)| value.clone()).collect(),
            ),
            Login::AccessToken(secret) | Login::Basic { password: secret, .. } => {
                Secrets::new(vec![secret.clone()], Vec::new())
            }
            Login::TokenFunction(_) => Secrets::new(Vec::new(), Vec::new()),
        }
    }
}
