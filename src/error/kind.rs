use core::time::Duration;

use super::ErrorCode;
use crate::config::WayIn;
use crate::login::ProofKind;
use crate::setting::Setting;
use crate::text::contains;

/// How long Nextcloud's brute-force lock lasts.
const BRUTE_FORCE_LOCK: Duration = Duration::from_secs(30 * 60);

/// What happened. Texts of a server are in it as they may be shown.
pub(crate) enum ErrorKind {
    /// Of an option or a parameter: whoever checks it knows its words.
    InvalidArgument {
        what: String,
        to_do: String,
    },
    /// The access token that was given.
    UnusableAccessToken,
    /// Something secret would go over plain `http`.
    Insecure(Exposed),

    Network {
        /// In the platform's word.
        reason: Option<String>,
    },
    Timeout {
        limit: Duration,
    },
    TooLarge {
        max_response_bytes: u32,
    },
    NoResponse,
    Redirected(RedirectProblem),

    /// 404: there is no discovery document at this Nextcloud.
    NoIdentityProvider {
        is_html: bool,
        said: Option<String>,
    },
    DiscoveryRefused {
        status: u16,
        said: Option<String>,
    },
    DiscoveryNotJson(NotJson),
    DiscoveryServerFailed {
        status: u16,
        said: Option<String>,
    },
    IssuerMismatch {
        found: String,
        expected: String,
    },
    UnusableEndpoint(EndpointProblem),

    TokenEndpointRedirected,
    GrantRefused(GrantRefusal),
    TokenAnswer(TokenAnswerProblem),
    TokenFunction(TokenFunctionProblem),
    /// Of the function that gives an assertion.
    Assertion(TokenFunctionProblem),
    /// The key did not sign.
    NoSignature {
        name: String,
    },
    /// The key can do nothing of what the token endpoint takes.
    NoSigningAlgorithm {
        of_key: String,
        announced: String,
    },
    /// Basic has no token to give.
    NoAccessToken,

    /// Nextcloud, or what stands before it, answered with another status than success.
    Refused(Refusal),
    NotJson(NotJson),
    /// A field of the answer is missing or of another type.
    UnexpectedField(&'static str),
    /// 200 and JSON, but nothing that the route answers.
    AnotherAnswer,
    /// `success` is not `true`.
    NotConfirmed {
        said: Option<String>,
    },
    UserMismatch {
        found: String,
        expected: String,
    },
    AppPasswordForm,
    AppPasswordRefused {
        reason: String,
    },
    /// An older Astrolabe takes one form only.
    AppPasswordFormOfNewer {
        reason: String,
    },
    UnknownUser {
        said: Option<String>,
    },
    /// An older Astrolabe does not have the route.
    NotSupported,
    /// OCS says 998, whether the user exists or not.
    MayNotKnow,
    NoOcs,
    NoNextcloud,
    /// The listing gives one page for ever.
    SamePageTwice,
    /// Of one whom a list has twice it may say one thing and another.
    UserTwice,
}

/// In undici's words: the Fetch standard has a list of ports that no request goes to.
pub(crate) const BAD_PORT: &str = "bad port";

/// In OpenSSL's word, as Node.js hands it on: what answered spoke no TLS.
pub(crate) const NO_TLS: &str = "ERR_SSL_WRONG_VERSION_NUMBER";

/// In WASI's words, as a component's transport hands them on: the host sends no such address.
const NO_ADDRESSES: [&str; 2] = ["HTTP-REQUEST-URI-INVALID", "HTTP-REQUEST-URI-TOO-LONG"];

/// Whether a failure of this name stays until somebody changes the address or the certificate.
pub(crate) fn network_failure_lasts(reason: &str) -> bool {
    [BAD_PORT, NO_TLS].contains(&reason)
        || NO_ADDRESSES.contains(&reason)
        || [b"CERT".as_slice(), b"SIGNATURE"].into_iter().any(|part| contains(reason.as_bytes(), part))
}

/// What would go over plain `http`.
pub(crate) enum Exposed {
    /// The login, by the address of Nextcloud.
    Login,
    /// The choice of the token endpoint, by the provider's address.
    Metadata(Setting),
    /// What proves who the client is, or what is had for it, by the token endpoint.
    Proof(ProofKind),
    /// The same, by one on this machine that somebody elsewhere named.
    ProofHere(ProofKind),
}

/// Where a request without secrets was sent on to.
pub(crate) enum RedirectProblem {
    ToPlainHttp,
    TooOften,
    ToNowhere,
    /// The platform alone knows where to, and cannot go there.
    CannotBeFollowed,
    ToAddressWithSecret,
}

/// What came in place of a JSON object.
pub(crate) enum NotJson {
    Html,
    /// What PHP writes before the answer where `display_errors` is on.
    PhpMessage,
    Other,
}

/// What is wrong with a `token_endpoint`.
pub(crate) enum EndpointProblem {
    Missing,
    /// Too long, or it repeats a secret.
    NotToBeShown,
    NoUrl,
}

/// The token endpoint refused, RFC 6749 §5.2.
pub(crate) struct GrantRefusal {
    pub(crate) status: u16,
    pub(crate) is_maintenance: bool,
    pub(crate) error: Option<String>,
    pub(crate) description: Option<String>,
    /// The grants that discovery lists, should this one be none of them.
    pub(crate) other_grants: Option<String>,
    /// By what the client proved who it is.
    pub(crate) proof: ProofKind,
}

impl GrantRefusal {
    /// Nextcloud's own provider refuses the grant as `invalid_grant`, which RFC 6749 keeps for other things.
    pub(super) fn is_of_the_grant(&self) -> bool {
        let is_unlisted = self.other_grants.is_some();
        let description = self.description.as_deref().unwrap_or("").as_bytes();
        match self.error.as_deref() {
            Some("unsupported_grant_type") => true,
            Some("unauthorized_client" | "invalid_grant" | "invalid_request") if is_unlisted => true,
            Some("invalid_grant") => contains(description, b"grant_type"),
            _ => false,
        }
    }
}

/// Why a token response cannot be used, RFC 6749 §5.1.
pub(crate) enum TokenAnswerProblem {
    NotJson(NotJson),
    NoToken,
    UnusableToken,
    NoBearer,
}

/// What the application's function did in place of giving a token.
pub(crate) enum TokenFunctionProblem {
    Failed,
    NoText,
    /// No header can carry it.
    Unusable,
}

/// A status other than success, as Nextcloud's routes have it.
pub(crate) struct Refusal {
    pub(crate) reason: RefusalReason,
    pub(crate) status: u16,
    /// In the server's own words.
    pub(crate) said: Option<String>,
}

pub(crate) enum RefusalReason {
    /// To where, as far as it can be told.
    Redirect(Option<String>),
    /// 400 with a page, or of status.php in words of its own: the host name is not one of trusted_domains.
    HostNotTrusted,
    /// 401
    Login(WayIn),
    /// 401 of a password that Nextcloud did not look at.
    PasswordIgnored,
    /// The same, of the account `0`.
    UsernameTakenForNone,
    /// 401 of an account that was switched off.
    AccountDisabled,
    /// 401 to a password, in words that Nextcloud has not for a wrong one; it may have them in another language.
    LoginRefusedInWords,
    /// 403 with a page.
    Firewall,
    /// 403, and of which account.
    NoAdministrator(Option<String>),
    /// 403 in Astrolabe's own words: an administrator has switched self-provisioning off.
    SelfProvisioningOff,
    /// 404 that is not Astrolabe's.
    NoSuchRoute,
    /// 405, as of a store: Apache without URL rewriting makes a GET of it.
    NoSuchMethod,
    /// 412
    Forged,
    /// 429 without `Retry-After`.
    BruteForceLock,
    /// 429
    TooMany,
    Maintenance,
    /// 503 of the OCS API, which does not say which of the two.
    MaintenanceOrUpgrade,
    /// 503 until somebody has run `occ upgrade`.
    NeedsUpgrade,
    ServerFailed,
    Other,
}

impl ErrorKind {
    /// 429 with `Retry-After`, or of a server that has no brute-force lock.
    pub(crate) fn too_many(status: u16, said: Option<String>) -> Self {
        ErrorKind::Refused(Refusal { reason: RefusalReason::TooMany, status, said })
    }

    pub(crate) fn maintenance(status: u16, said: Option<String>) -> Self {
        ErrorKind::Refused(Refusal { reason: RefusalReason::Maintenance, status, said })
    }

    pub(super) fn code(&self) -> ErrorCode {
        match self {
            ErrorKind::InvalidArgument { .. } | ErrorKind::UnusableAccessToken | ErrorKind::NoAccessToken => {
                ErrorCode::InvalidArgument
            }
            ErrorKind::Insecure(_) => ErrorCode::InsecureEndpoint,
            ErrorKind::Network { .. } => ErrorCode::Network,
            ErrorKind::Timeout { .. } => ErrorCode::Timeout,
            ErrorKind::TooLarge { .. } => ErrorCode::ResponseTooLarge,
            ErrorKind::Redirected(_) | ErrorKind::TokenEndpointRedirected => ErrorCode::UnexpectedRedirect,
            ErrorKind::NoIdentityProvider { .. }
            | ErrorKind::DiscoveryRefused { .. }
            | ErrorKind::DiscoveryNotJson(_)
            | ErrorKind::DiscoveryServerFailed { .. }
            | ErrorKind::UnusableEndpoint(_) => ErrorCode::DiscoveryFailed,
            ErrorKind::IssuerMismatch { .. } => ErrorCode::IssuerMismatch,
            ErrorKind::GrantRefused(refusal) if refusal.is_maintenance => ErrorCode::Maintenance,
            ErrorKind::GrantRefused(refusal) if refusal.status == 429 => ErrorCode::RateLimited,
            ErrorKind::GrantRefused(refusal) if refusal.is_of_the_grant() => ErrorCode::GrantNotSupported,
            ErrorKind::GrantRefused(_) => ErrorCode::TokenRequestFailed,
            ErrorKind::TokenAnswer(_) => ErrorCode::InvalidTokenResponse,
            ErrorKind::TokenFunction(_) => ErrorCode::TokenFunctionFailed,
            ErrorKind::Assertion(_) | ErrorKind::NoSignature { .. } | ErrorKind::NoSigningAlgorithm { .. } => {
                ErrorCode::ClientAssertionFailed
            }
            ErrorKind::Refused(refusal) => match refusal.reason {
                RefusalReason::Redirect(_) => ErrorCode::UnexpectedRedirect,
                RefusalReason::Login(_)
                | RefusalReason::PasswordIgnored
                | RefusalReason::UsernameTakenForNone
                | RefusalReason::AccountDisabled
                | RefusalReason::LoginRefusedInWords => ErrorCode::Unauthorized,
                RefusalReason::NoAdministrator(_) => ErrorCode::Forbidden,
                RefusalReason::SelfProvisioningOff => ErrorCode::SelfProvisioningDisabled,
                RefusalReason::NoSuchRoute => ErrorCode::AppNotAvailable,
                RefusalReason::BruteForceLock | RefusalReason::TooMany => ErrorCode::RateLimited,
                RefusalReason::Maintenance | RefusalReason::MaintenanceOrUpgrade => ErrorCode::Maintenance,
                RefusalReason::ServerFailed | RefusalReason::NeedsUpgrade => ErrorCode::ServerError,
                RefusalReason::HostNotTrusted
                | RefusalReason::Firewall
                | RefusalReason::NoSuchMethod
                | RefusalReason::Forged
                | RefusalReason::Other => ErrorCode::RequestRejected,
            },
            ErrorKind::NoOcs => ErrorCode::RequestRejected,
            ErrorKind::MayNotKnow => ErrorCode::Forbidden,
            ErrorKind::UserMismatch { .. } => ErrorCode::UserMismatch,
            ErrorKind::AppPasswordForm
            | ErrorKind::AppPasswordRefused { .. }
            | ErrorKind::AppPasswordFormOfNewer { .. } => ErrorCode::AppPasswordRejected,
            ErrorKind::UnknownUser { .. } => ErrorCode::UnknownUser,
            ErrorKind::NotSupported => ErrorCode::NotSupported,
            ErrorKind::NoResponse
            | ErrorKind::NotJson(_)
            | ErrorKind::UnexpectedField(_)
            | ErrorKind::AnotherAnswer
            | ErrorKind::NotConfirmed { .. }
            | ErrorKind::NoNextcloud
            | ErrorKind::SamePageTwice
            | ErrorKind::UserTwice => ErrorCode::UnexpectedResponse,
        }
    }

    /// Whether the same call can succeed later without anything being changed.
    pub(super) fn can_pass(&self) -> bool {
        let lasts = matches!(self, ErrorKind::Network { reason: Some(reason) } if network_failure_lasts(reason));
        self.code().can_pass() && !lasts
    }

    /// How long to stay away, where the server does not say it.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            ErrorKind::Refused(Refusal { reason: RefusalReason::BruteForceLock, .. }) => Some(BRUTE_FORCE_LOCK),
            _ => None,
        }
    }

    /// `error` and `error_description` of RFC 6749 §5.2, and other words of the server.
    pub(super) fn said(&self) -> (Option<String>, Option<String>, Option<String>) {
        match self {
            ErrorKind::GrantRefused(refusal) => (refusal.error.clone(), refusal.description.clone(), None),
            ErrorKind::AppPasswordRefused { reason } | ErrorKind::AppPasswordFormOfNewer { reason } => {
                (None, None, Some(reason.clone()))
            }
            ErrorKind::Refused(Refusal { said, .. })
            | ErrorKind::NotConfirmed { said }
            | ErrorKind::UnknownUser { said }
            | ErrorKind::NoIdentityProvider { said, .. }
            | ErrorKind::DiscoveryRefused { said, .. }
            | ErrorKind::DiscoveryServerFailed { said, .. } => (None, None, said.clone()),
            _ => (None, None, None),
        }
    }
}
