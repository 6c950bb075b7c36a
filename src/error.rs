//! What can go wrong: a closed list of kinds, each with its data; the code of each, and the words that are made of it.

mod code;
mod kind;
mod words;

use core::fmt;
use core::ops::Deref;
use core::time::Duration;

pub use code::ErrorCode;
pub(crate) use kind::{
    network_failure_lasts, EndpointProblem, ErrorKind, Exposed, GrantRefusal, NotJson, RedirectProblem, Refusal,
    RefusalReason, TokenAnswerProblem, TokenFunctionProblem,
};

#[cfg(any(test, feature = "fetch"))]
pub(crate) use kind::BAD_PORT;

use crate::platform::Cause;

/// A failure: what happened, where, and what to do next. Holds no secret.
#[derive(Clone)]
pub struct Error(Box<Details>);

/// What an [`Error`] says.
#[derive(Clone)]
#[non_exhaustive]
pub struct Details {
    /// For programs.
    pub code: ErrorCode,
    /// What happened, for a person.
    pub what: String,
    /// What to do about it, for a person.
    pub to_do: String,
    /// Method and URL without query; `login` where it is not known which of a login's requests it was.
    pub route: Option<String>,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// Whether the same call can succeed later without anything being changed.
    pub retryable: bool,
    /// How long to wait before that, where it is known.
    pub retry_after: Option<Duration>,
    /// `error` of RFC 6749 §5.2.
    pub oauth_error: Option<String>,
    /// `error_description` of RFC 6749 §5.2.
    pub oauth_error_description: Option<String>,
    /// What the server said in its own words.
    pub server_message: Option<String>,
    /// What the platform or the application threw: in JavaScript a `JsValue`.
    pub cause: Option<Cause>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        let code = kind.code();
        let (what, to_do) = kind.words();
        let retry_after = kind.retry_after();
        let (oauth_error, oauth_error_description, server_message) = kind.said();
        Error(Box::new(Details {
            code,
            what,
            to_do,
            route: None,
            status: None,
            retryable: kind.can_pass(),
            retry_after,
            oauth_error,
            oauth_error_description,
            server_message,
            cause: None,
        }))
    }

    /// An option or a parameter that cannot be used.
    pub(crate) fn invalid(what: impl Into<String>, to_do: impl Into<String>) -> Self {
        Error::new(ErrorKind::InvalidArgument { what: what.into(), to_do: to_do.into() })
    }

    /// Where it happened, unless that is known already.
    pub(crate) fn at(mut self, route: &str) -> Self {
        self.0.route.get_or_insert_with(|| route.to_string());
        self
    }

    /// The status of the answer; that of a redirect which cannot be read is none.
    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status).filter(|&status| status != 0);
        self.0.retryable |= status >= 500;
        self
    }

    pub(crate) fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.0.retry_after = self.0.retry_after.or(retry_after);
        self
    }

    /// What it was about may be done, and must not be done twice.
    pub(crate) fn maybe_done(mut self) -> Self {
        self.0.retryable &= matches!(self.code, ErrorCode::RateLimited | ErrorCode::Maintenance);
        self
    }

    pub(crate) fn with_cause(mut self, cause: Option<Cause>) -> Self {
        self.0.cause = cause;
        self
    }
}

impl Details {
    /// Where it happened, what happened, and what to do, as one text.
    pub fn message(&self) -> String {
        let mut message = self.place_and_what();
        if !self.to_do.is_empty() {
            message.push_str(": ");
            message.push_str(&self.to_do);
        }
        message
    }

    /// Where it happened, and what happened.
    pub(crate) fn place_and_what(&self) -> String {
        match &self.route {
            Some(route) => [route, ": ", &self.what].concat(),
            None => self.what.clone(),
        }
    }
}

impl Deref for Error {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Error::new(kind)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Error(")?;
        formatter.write_str(self.code.as_str())?;
        formatter.write_str(": ")?;
        formatter.write_str(&self.message())?;
        formatter.write_str(")")
    }
}

impl core::error::Error for Error {}
