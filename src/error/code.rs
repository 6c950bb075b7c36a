/// What went wrong. The text form ([`ErrorCode::as_str`]) is what JavaScript sees as `code`; it never changes meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorCode {
    /// An option or a parameter is missing or wrong. Nothing was sent.
    InvalidArgument,
    /// No answer: the connection failed, or broke before the answer was complete.
    Network,
    /// The time limit of the call ran out.
    Timeout,
    /// Discovery did not answer with usable metadata (OpenID Connect Discovery §4, RFC 8414 §3).
    DiscoveryFailed,
    /// Discovery answered for another issuer than the one that was asked for (RFC 8414 §3.3).
    IssuerMismatch,
    /// A secret would have had to go over plain `http`.
    InsecureEndpoint,
    /// The identity provider refuses the client-credentials grant.
    GrantNotSupported,
    /// The token endpoint refused (RFC 6749 §5.2); `oauth_error` says why.
    TokenRequestFailed,
    /// The token endpoint's answer is no token response (RFC 6749 §5.1).
    InvalidTokenResponse,
    /// The function given as access token failed, or gave no token; `cause` is its error.
    TokenFunctionFailed,
    /// There is no assertion to prove who the client is by: its key did not sign, or cannot sign as the provider wants it, or
    /// the function given for it failed; `cause` is its error.
    ClientAssertionFailed,
    /// Nextcloud did not accept the login (401).
    Unauthorized,
    /// Nextcloud knows the caller but does not let it do this (403): most often it is no admin.
    Forbidden,
    /// The Astrolabe app is not there for this caller (a 404 that is not Astrolabe's).
    AppNotAvailable,
    /// This version of Astrolabe does not have it; the message says from which one on it is there.
    NotSupported,
    /// Too many requests (429); with user name and password and without `Retry-After` it may be Nextcloud's brute-force lock.
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
    /// The answer is larger than is read.
    ResponseTooLarge,
    /// The answer is about another user than was asked for.
    UserMismatch,
    /// The app password to be stored is wrong, or not of the form that Astrolabe takes.
    AppPasswordRejected,
    /// An administrator has ruled that users give no access by themselves (403).
    SelfProvisioningDisabled,
    /// There is no user of this id.
    UnknownUser,
}

impl ErrorCode {
    /// The stable name of this code.
    pub fn as_str(self) -> &'static str {
        match self {
            ErrorCode::InvalidArgument => "invalid_argument",
            ErrorCode::Network => "network",
            ErrorCode::Timeout => "timeout",
            ErrorCode::DiscoveryFailed => "discovery_failed",
            ErrorCode::IssuerMismatch => "issuer_mismatch",
            ErrorCode::InsecureEndpoint => "insecure_endpoint",
            ErrorCode::GrantNotSupported => "grant_not_supported",
            ErrorCode::TokenRequestFailed => "token_request_failed",
            ErrorCode::InvalidTokenResponse => "invalid_token_response",
            ErrorCode::TokenFunctionFailed => "token_function_failed",
            ErrorCode::ClientAssertionFailed => "client_assertion_failed",
            ErrorCode::Unauthorized => "unauthorized",
            ErrorCode::Forbidden => "forbidden",
            ErrorCode::AppNotAvailable => "app_not_available",
            ErrorCode::NotSupported => "not_supported",
            ErrorCode::RateLimited => "rate_limited",
            ErrorCode::Maintenance => "maintenance",
            ErrorCode::ServerError => "server_error",
            ErrorCode::RequestRejected => "request_rejected",
            ErrorCode::UnexpectedRedirect => "unexpected_redirect",
            ErrorCode::UnexpectedResponse => "unexpected_response",
            ErrorCode::ResponseTooLarge => "response_too_large",
            ErrorCode::UserMismatch => "user_mismatch",
            ErrorCode::AppPasswordRejected => "app_password_rejected",
            ErrorCode::SelfProvisioningDisabled => "self_provisioning_disabled",
            ErrorCode::UnknownUser => "unknown_user",
        }
    }

    /// Whether the same call can succeed later without anything being changed.
    pub(super) fn can_pass(self) -> bool {
        use ErrorCode::*;
        matches!(self, Network | Timeout | RateLimited | Maintenance | ServerError)
    }

    /// Whether every other user would meet it, too.
    pub(crate) fn concerns_all(self) -> bool {
        use ErrorCode::*;
        matches!(
            self,
            DiscoveryFailed
                | IssuerMismatch
                | InsecureEndpoint
                | GrantNotSupported
                | TokenRequestFailed
                | InvalidTokenResponse
                | TokenFunctionFailed
                | ClientAssertionFailed
                | Unauthorized
                | Forbidden
                | SelfProvisioningDisabled
                | AppNotAvailable
                | RateLimited
                | Maintenance
                | UnexpectedRedirect
        )
    }
}
