//! The ways in, and how a token is had.

mod obtain;
mod stored;

pub(crate) use obtain::{obtain, Obtaining};

use std::rc::Rc;

use crate::config::WayIn;
use crate::error::TokenFunctionProblem;
use crate::oauth::client_secret_basic;
use crate::platform::{Cause, Task};
use crate::redaction::Secrets;
use crate::secret::Secret;
use crate::text::push_form_field;

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
    /// At an identity provider elsewhere, whose metadata must name this very issuer (OpenID Connect Discovery §4.3,
    /// RFC 8414 §3.3).
    Issuer(String),
    /// At this address; the issuer is not compared.
    DiscoveryUrl(String),
}

/// A client of an OAuth server, and what it asks for (RFC 6749 §4.4).
#[derive(Debug, Clone)]
pub struct ClientCredentials {
    /// Who the client is.
    pub client_id: String,
    /// What proves it.
    pub client_secret: Secret,
    /// What is asked for, such as `openid`; with spaces between. Empty: nothing is asked for.
    pub scope: String,
    /// Who gives the token.
    pub provider: Provider,
    /// `None`: what discovery announces decides, `Post` where it leaves the choice; where it announces nothing, `Basic` is
    /// tried after that.
    pub authentication: Option<ClientAuthentication>,
    /// More parameters of the token request, such as `audience` or `resource` (RFC 8707). Their values may be secrets.
    pub token_parameters: Vec<(String, Secret)>,
}

impl ClientCredentials {
    /// Of this client at its Nextcloud's own provider, with the scope `openid`.
    pub fn new(client_id: impl Into<String>, client_secret: Secret) -> Self {
        ClientCredentials {
            client_id: client_id.into(),
            client_secret,
            scope: "openid".to_string(),
            provider: Provider::Nextcloud,
            authentication: None,
            token_parameters: Vec::new(),
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

/// Asks the application for a bearer token.
pub type TokenFunction = Rc<dyn Fn() -> Task<Result<Secret, TokenFunctionError>>>;

/// Why an application's function gave no token.
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
                vec![credentials.client_secret.clone(), client_secret_basic(credentials)],
                credentials.token_parameters.iter().map(|(_, value)| value.clone()).collect(),
            ),
            Login::AccessToken(secret) | Login::Basic { password: secret, .. } => {
                Secrets::new(vec![secret.clone()], Vec::new())
            }
            Login::TokenFunction(_) => Secrets::new(Vec::new(), Vec::new()),
        }
    }
}
