//! The client-credentials grant, RFC 6749 §4.4.

use core::time::Duration;

use super::client_authentication::{client_secret_basic, Proof};
use super::discovery::Metadata;
use crate::error::{EndpointProblem, ErrorKind, Exposed, GrantRefusal, TokenAnswerProblem};
use crate::http::{Method, Request};
use crate::json::{integer, Object, Value};
use crate::login::{ClientCredentials, Login, ProofKind};
use crate::nextcloud::{member, Reply};
use crate::secret::Secret;
use crate::text::{every, is_bearer_token, is_in_any_case, push_form_field};
use crate::url::Url;

/// The lifetime of a token whose answer names none, in seconds.
const DEFAULT_EXPIRES_IN_S: i64 = 3600;

/// Longest lifetime that is believed, in seconds (about 30 years): keeps every time within what a `Date` can hold.
const MAX_EXPIRES_IN_S: i64 = 1_000_000_000;

/// The codes of a token endpoint (RFC 6749 §5.2 and §4.1.2.1, RFC 8707 §2, and IANA's registry): no part of a secret, and
/// what is done next depends on them.
const REGISTERED_ERRORS: [&str; 11] = [
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
    "invalid_target",
    "access_denied",
    "server_error",
    "temporarily_unavailable",
    "unsupported_token_type",
];

/// The token of an answer.
pub(crate) struct AccessToken {
    pub(crate) secret: Secret,
    /// How long it lives from now on.
    pub(crate) expires_in: Duration,
}

/// Whether what proves who the client is may go over plain http.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum PlainHttp {
    Nowhere,
    /// Without leaving this machine.
    Here,
    /// Because the application said so.
    Everywhere,
}

impl PlainHttp {
    /// For an endpoint that is named at the address `metadata`: nobody elsewhere has the secret sent to this machine, where
    /// anybody may listen.
    pub(crate) fn named_at(metadata: &str, allow_insecure_http: bool) -> Self {
        if allow_insecure_http {
            PlainHttp::Everywhere
        } else if Url::parse(metadata).is_some_and(|url| url.is_loopback()) {
            PlainHttp::Here
        } else {
            PlainHttp::Nowhere
        }
    }

    fn allows(self, url: Url<'_>, proof: ProofKind) -> Result<(), Exposed> {
        match self {
            _ if url.is_https => Ok(()),
            PlainHttp::Everywhere => Ok(()),
            PlainHttp::Here if url.is_loopback() => Ok(()),
            PlainHttp::Nowhere if url.is_loopback() => Err(Exposed::ProofHere(proof)),
            PlainHttp::Here | PlainHttp::Nowhere => Err(Exposed::Proof(proof)),
        }
    }
}

/// Refuses an address that what proves who the client is must not be sent to.
pub(crate) fn check_endpoint(
    credentials: &ClientCredentials,
    metadata: &Metadata,
    plain_http: PlainHttp,
) -> Result<(), ErrorKind> {
    let url = Url::parse(&metadata.token_endpoint).ok_or(ErrorKind::UnusableEndpoint(EndpointProblem::NoUrl))?;
    plain_http.allows(url, credentials.authentication.kind()).map_err(ErrorKind::Insecure)
}

/// The request of the grant, RFC 6749 §4.4.2, to an endpoint that was checked.
pub(crate) fn token_request(credentials: &ClientCredentials, metadata: &Metadata, proof: &Proof) -> Request {
    let parameters = credentials.encoded_parameters();
    // Made as large as it can become: growing would leave copies of the secret behind.
    let most = 128
        + 3 * (credentials.client_id.len() + credentials.scope.len())
        + proof.most_bytes()
        + parameters.expose().len();
    let mut body = String::with_capacity(most);
    push_form_field(&mut body, "grant_type", "client_credentials");
    proof.push(&mut body, &credentials.client_id);
    if !credentials.scope.is_empty() {
        push_form_field(&mut body, "scope", &credentials.scope);
    }
    if !parameters.expose().is_empty() {
        body.push('&');
        body.push_str(parameters.expose());
    }
    let mut request = Request::new(Method::Post, metadata.token_endpoint.clone())
        .with_body("application/x-www-form-urlencoded", body);
    if let Proof::SecretBasic(secret) = proof {
        let basic = client_secret_basic(&credentials.client_id, secret);
        request.set_header("Authorization", ["Basic ", basic.expose()].concat().into());
    }
    // The grant has no side effect but the token, so it may be repeated like a read.
    request.is_repeatable = true;
    request
}

/// Reads the answer to that; `metadata` is where it came from.
pub(crate) fn read_token(reply: &Reply<'_>, metadata: &Metadata) -> Result<AccessToken, ErrorKind> {
    match reply.status() {
        // A token under any of these is a token.
        200..=299 => {}
        _ if reply.response.is_redirect() => return Err(ErrorKind::TokenEndpointRedirected),
        _ => return Err(refused(reply, metadata)),
    }
    let unusable = |problem| Err(ErrorKind::TokenAnswer(problem));
    let Some(answer) = reply.json() else {
        return unusable(TokenAnswerProblem::NotJson(reply.not_json()));
    };
    let Some(token) = answer.text("access_token") else {
        // Its words are not lost, whatever the status that they come under.
        return if answer.text("error").is_some() {
            Err(refused(reply, metadata))
        } else {
            unusable(TokenAnswerProblem::NoToken)
        };
    };
    let secret = Secret::new(token);
    if !is_bearer_token(secret.expose()) {
        return unusable(TokenAnswerProblem::UnusableToken);
    }
    // Without a type it is taken for Bearer, as the seed takes it.
    match member(answer, "token_type") {
        None => {}
        Some(Value::Text(kind)) if is_in_any_case(kind.decode().as_bytes(), b"bearer") => {}
        Some(_) => return unusable(TokenAnswerProblem::NoBearer),
    }
    let expires_in = Duration::from_secs(expires_in_s(answer));
    Ok(AccessToken { secret, expires_in })
}

/// A lifetime that cannot be read is no reason to refuse a good token, which a 401 renews in any case.
fn expires_in_s(answer: Object<'_>) -> u64 {
    let seconds = match answer.get("expires_in") {
        Some(Value::Number(number)) => integer(number),
        Some(Value::Text(text)) => {
            let text = text.decode();
            let digits = text.trim_ascii();
            // No exponent: providers write seconds.
            let is_number = every(digits, |byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
            is_number.then(|| integer(digits)).flatten()
        }
        _ => None,
    };
    seconds.unwrap_or(DEFAULT_EXPIRES_IN_S).clamp(0, MAX_EXPIRES_IN_S).unsigned_abs()
}

fn proof_of(login: &Login) -> ProofKind {
    match login {
        Login::ClientCredentials(credentials) => credentials.authentication.kind(),
        // No other login asks a token endpoint.
        Login::AccessToken(_) | Login::TokenFunction(_) | Login::Basic { .. } => ProofKind::Secret,
    }
}

/// The error of a token request that was refused, RFC 6749 §5.2.
fn refused(reply: &Reply<'_>, metadata: &Metadata) -> ErrorKind {
    let field = |name: &str| reply.json().and_then(|answer| answer.text(name)).unwrap_or_default();
    let (error, description) = (field("error"), field("error_description"));
    let shown = if REGISTERED_ERRORS.contains(&error.as_str()) {
        let description = reply.shown(&description);
        [error, description]
    } else {
        reply.secrets().shown_beside(&error, &description)
    };
    let [error, description] = shown.map(|text| Some(text).filter(|text| !text.is_empty()));
    ErrorKind::GrantRefused(GrantRefusal {
        status: reply.status(),
        is_maintenance: reply.response.is_maintenance(),
        error,
        description,
        other_grants: metadata.other_grants.clone(),
        proof: proof_of(reply.login),
    })
}
