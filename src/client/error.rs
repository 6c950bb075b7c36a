//! What can go wrong, as a closed list.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::{String, ToString};
use core::any::Any;
use core::fmt;

use crate::text::fill;

/// What went wrong. The text form ([`ErrorCode::as_str`]) is what JavaScript sees as `code`; it never changes meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorCode {
    /// An option or a parameter is missing or wrong. Nothing was sent.
    InvalidArgument,
    /// No answer: the connection failed, or broke before the answer was complete.
    Network,
    /// The time limit of the call (`timeoutMs`) ran out.
    Timeout,
    /// Discovery did not answer with usable metadata (OpenID Connect Discovery §4, RFC 8414 §3).
    DiscoveryFailed,
    /// Discovery answered for another issuer than the one that was asked for (RFC 8414 §3.3).
    IssuerMismatch,
    /// A secret would have had to go over plain `http`.
    InsecureEndpoint,
    /// The identity provider does not offer the client-credentials grant.
    GrantNotSupported,
    /// The token endpoint refused (RFC 6749 §5.2); `oauthError` says why.
    TokenRequestFailed,
    /// The token endpoint's answer is no token response (RFC 6749 §5.1).
    InvalidTokenResponse,
    /// The function given as `accessToken` threw, or gave no token; `cause` is what it threw.
    TokenFunctionFailed,
    /// Nextcloud did not accept the login (401).
    Unauthorized,
    /// Nextcloud knows the caller but does not let it do this (403): most often it is no admin.
    Forbidden,
    /// The Astrolabe app is not there for this caller (an HTML 404).
    AppNotAvailable,
    /// Too many requests (429). Without `Retry-After` it is Nextcloud's brute-force lock.
    RateLimited,
    /// Nextcloud is in maintenance mode (503).
    Maintenance,
    /// The server failed (5xx).
    ServerError,
    /// The server refused the request (any other 4xx).
    RequestRejected,
    /// The server answered with a redirect where none is allowed.
    UnexpectedRedirect,
    /// The answer is not what the route answers: HTML, broken JSON, a field of the wrong type.
    UnexpectedResponse,
    /// The answer is larger than `maxResponseBytes`.
    ResponseTooLarge,
    /// The answer is about another user than was asked for.
    UserMismatch,
    /// The app password to be stored is wrong, or not of the form that Astrolabe takes.
    AppPasswordRejected,
}

const CODES: [(&str, ErrorCode); 22] = [
    ("invalid_argument", ErrorCode::InvalidArgument),
    ("network", ErrorCode::Network),
    ("timeout", ErrorCode::Timeout),
    ("discovery_failed", ErrorCode::DiscoveryFailed),
    ("issuer_mismatch", ErrorCode::IssuerMismatch),
    ("insecure_endpoint", ErrorCode::InsecureEndpoint),
    ("grant_not_supported", ErrorCode::GrantNotSupported),
    ("token_request_failed", ErrorCode::TokenRequestFailed),
    ("invalid_token_response", ErrorCode::InvalidTokenResponse),
    ("token_function_failed", ErrorCode::TokenFunctionFailed),
    ("unauthorized", ErrorCode::Unauthorized),
    ("forbidden", ErrorCode::Forbidden),
    ("app_not_available", ErrorCode::AppNotAvailable),
    ("rate_limited", ErrorCode::RateLimited),
    ("maintenance", ErrorCode::Maintenance),
    ("server_error", ErrorCode::ServerError),
    ("request_rejected", ErrorCode::RequestRejected),
    ("unexpected_redirect", ErrorCode::UnexpectedRedirect),
    ("unexpected_response", ErrorCode::UnexpectedResponse),
    ("response_too_large", ErrorCode::ResponseTooLarge),
    ("user_mismatch", ErrorCode::UserMismatch),
    ("app_password_rejected", ErrorCode::AppPasswordRejected),
];

impl ErrorCode {
    /// The stable name of this code.
    pub fn as_str(self) -> &'static str {
        CODES.iter().find(|(_, code)| *code == self).map_or("", |(name, _)| name)
    }

    pub(crate) fn named(name: &str) -> Self {
        CODES.iter().find(|(known, _)| *known == name).map_or(ErrorCode::UnexpectedResponse, |(_, code)| *code)
    }
}

/// A failure: what happened, where, and what to do next. Holds no secret.
#[derive(Clone)]
pub struct Error(Box<Details>);

/// What an [`Error`] says.
#[derive(Clone)]
#[non_exhaustive]
pub struct Details {
    /// For programs.
    pub code: ErrorCode,
    /// For a person: what was wrong, where, and what to do.
    pub message: String,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// Whether the same call can succeed later without anything being changed.
    pub retryable: bool,
    /// How long to wait before that, in milliseconds, where it is known.
    pub retry_after_ms: Option<u64>,
    /// `error` of RFC 6749 §5.2.
    pub oauth_error: Option<String>,
    /// `error_description` of RFC 6749 §5.2.
    pub oauth_error_description: Option<String>,
    /// What the server said in its own words.
    pub server_message: Option<String>,
    /// Method and URL without query.
    pub route: Option<String>,
    /// What the platform threw: in JavaScript a `JsValue`.
    pub cause: Option<Rc<dyn Any>>,
}

impl Error {
    /// `message` has a `{}` for each of `arguments`.
    pub(crate) fn new(code: ErrorCode, message: &str, arguments: &[&str]) -> Self {
        let retryable = matches!(
            code,
            ErrorCode::Network
                | ErrorCode::Timeout
                | ErrorCode::RateLimited
                | ErrorCode::Maintenance
                | ErrorCode::ServerError
        );
        Error(Box::new(Details {
            code,
            message: fill(message, arguments),
            status: None,
            retryable,
            retry_after_ms: None,
            oauth_error: None,
            oauth_error_description: None,
            server_message: None,
            route: None,
            cause: None,
        }))
    }

    pub(crate) fn invalid(message: &str) -> Self {
        Error::new(ErrorCode::InvalidArgument, message, &[])
    }

    /// The platform's fetch failed, with what it threw.
    pub fn network(cause: Option<Rc<dyn Any>>) -> Self {
        let mut error = Error::new(ErrorCode::Network, "there was no complete answer: check the address, DNS, TLS and the network; in a page, that the server allows its origin (CORS); with a fetch of your own, what it threw (the cause)", &[]);
        error.0.cause = cause;
        error
    }

    /// The answer is larger than is read.
    pub fn too_large(max_response_bytes: &str) -> Self {
        Error::new(
            ErrorCode::ResponseTooLarge,
            "the answer is larger than {} bytes: this is not what the route answers, or maxResponseBytes is too low",
            &[max_response_bytes],
        )
    }

    /// Adds what the caller of this knows to what is already there.
    pub(crate) fn with(mut self, add: impl FnOnce(&mut Details)) -> Self {
        add(&mut self.0);
        self
    }

    /// Where it happened; put before the message, unless a place is known already.
    pub(crate) fn at(self, route: &str) -> Self {
        self.with(|details| {
            if details.route.is_none() {
                details.message = fill("{}: {}", &[route, &details.message]);
                details.route = Some(route.to_string());
            }
        })
    }
}

impl core::ops::Deref for Error {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Error(")?;
        formatter.write_str(self.code.as_str())?;
        formatter.write_str(": ")?;
        formatter.write_str(&self.message)?;
        formatter.write_str(")")
    }
}

impl core::error::Error for Error {}
