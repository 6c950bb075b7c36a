//! Discovery and the client-credentials grant, as OpenID Connect Discovery 1.0, RFC 8414 and RFC 6749 say them.
//! Pure: makes requests and reads responses, sends nothing.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::answer::Answer;
use crate::error::{Error, ErrorCode};
use crate::http::{Method, Request};
use crate::json::{integer, Object, Value};
use crate::secret::Secret;
use crate::setup::insecure;
use crate::text::{base64, contains, decimal, fill, form_component, is_visible_ascii, push_form_field};
use crate::url::Url;

/// The lifetime of a token whose answer names none, in seconds.
const DEFAULT_EXPIRES_IN_S: i64 = 3600;

/// Longest lifetime that is believed, in seconds (about 30 years): keeps every time within what a `Date` can hold.
const MAX_EXPIRES_IN_S: i64 = 1_000_000_000;

const OTHER_WAYS_IN: &str =
    "on a stock Nextcloud, pass an administrator's app password as accessToken, or username and password";

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
    /// At an identity provider elsewhere, whose metadata must name this very issuer.
    Issuer(String),
    /// At this address.
    DiscoveryUrl(String),
}

/// A client of an OAuth server, and what it asks for.
#[derive(Debug, Clone)]
pub struct ClientCredentials {
    pub client_id: String,
    pub client_secret: Secret,
    pub scope: String,
    pub provider: Provider,
    /// `None`: what discovery announces decides, `Post` where it leaves the choice.
    pub authentication: Option<ClientAuthentication>,
    /// More parameters of the token request, such as `audience` or `resource` (RFC 8707).
    pub token_parameters: Vec<(String, String)>,
}

impl ClientCredentials {
    /// Which tokens are this client's: a cache handed to clients of another server, id or scope is not used by them.
    pub(crate) fn cache_key(&self, nextcloud_host: &str) -> String {
        let provider = match &self.provider {
            Provider::Nextcloud => "",
            Provider::Issuer(url) | Provider::DiscoveryUrl(url) => url,
        };
        let mut key = String::new();
        let fixed =
            [("host", nextcloud_host), ("provider", provider), ("client_id", &self.client_id), ("scope", &self.scope)];
        for (name, value) in fixed {
            push_form_field(&mut key, name, value);
        }
        if !self.token_parameters.is_empty() {
            // Their values may be secrets, and the key is written down.
            let mut parameters = String::new();
            for (name, value) in &self.token_parameters {
                push_form_field(&mut parameters, name, value);
            }
            push_form_field(&mut key, "parameters", &decimal(fnv1a(parameters.as_bytes())));
        }
        key
    }
}

/// The 64-bit FNV-1a hash: tells texts apart, and hides them no better than they can be guessed.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// What discovery found, as far as this client needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Metadata {
    pub token_endpoint: String,
    /// Whether the token endpoint announces `client_secret_basic` and not `client_secret_post`.
    pub basic_only: bool,
}

/// A token as the token endpoint gave it.
#[derive(Debug, Clone)]
pub struct Grant {
    pub access_token: Secret,
    /// How long it lives from now on, in seconds; never negative.
    pub expires_in_s: i64,
}

/// Where to look for the metadata: at first, and where that is not found.
pub(crate) fn discovery_url(nextcloud_host: &str, provider: &Provider, place: u32) -> Option<String> {
    let well_known = "/.well-known/openid-configuration";
    match (provider, place) {
        (Provider::Nextcloud, 0) => Some(fill("{}{}", &[nextcloud_host, well_known])),
        (Provider::DiscoveryUrl(url), 0) => Some(url.clone()),
        (Provider::Issuer(issuer), 0) => Some(fill("{}{}", &[issuer.trim_end_matches('/'), well_known])),
        (Provider::Issuer(issuer), 1) => {
            let base = issuer.trim_end_matches('/');
            let (origin, path) = Url::parse(base).map_or((base, ""), |url| url.at_path());
            // RFC 8414 §3.1 puts the well-known part before the issuer's path.
            Some(fill("{}/.well-known/oauth-authorization-server{}", &[origin, path]))
        }
        _ => None,
    }
}

/// Reads what discovery answers.
pub(crate) fn read_metadata(provider: &Provider, answer: Answer<'_>, allow_insecure: bool) -> Result<Metadata, Error> {
    let response = answer.response;
    if response.status != 200 {
        let error = if response.is_maintenance() {
            answer.fail(ErrorCode::Maintenance, "the server is in maintenance mode: try again later", &[])
        } else if response.status == 429 {
            answer.fail(ErrorCode::RateLimited, "too many requests (429): wait and send fewer", &[])
        } else if response.status >= 500 {
            answer.fail(
                ErrorCode::DiscoveryFailed,
                "the server failed ({}): its log tells why; try again later",
                &[&decimal(response.status.into())],
            )
        } else if response.status == 404 && *provider == Provider::Nextcloud {
            let or_elsewhere = if response.is_html() {
                ", or there is no Nextcloud at this address (check the path; where the web server does not rewrite URLs, add /index.php)"
            } else {
                ""
            };
            answer.fail(
                ErrorCode::DiscoveryFailed,
                "this Nextcloud is no identity provider (404){}: name a provider by issuer or discoveryUrl; or, {}",
                &[or_elsewhere, OTHER_WAYS_IN],
            )
        } else {
            answer.fail(
                ErrorCode::DiscoveryFailed,
                "discovery was answered with status {}: check that this is the address of an OpenID Connect provider",
                &[&decimal(response.status.into())],
            )
        };
        return Err(error.with(|details| {
            details.retryable |= response.status >= 500;
            details.retry_after_ms = response.retry_after_ms(answer.now_ms);
            details.server_message =
                Object::parse(&response.body).and_then(|said| said.string("message")).map(|said| answer.shown(said));
        }));
    }
    let Some(metadata) = Object::parse(&response.body) else {
        let what = if response.is_html() { "an HTML page" } else { "something that is no JSON object" };
        return Err(answer.fail(
            ErrorCode::DiscoveryFailed,
            "discovery was answered with {}: check that this is the address of an OpenID Connect provider",
            &[what],
        ));
    };
    if let Provider::Issuer(expected) = provider {
        let found = metadata.string("issuer").unwrap_or_default();
        if found != *expected {
            let found = answer.shown(found);
            return Err(answer.fail(
                ErrorCode::IssuerMismatch,
                "the metadata is that of the issuer '{}', not of '{}': give the issuer exactly as the provider writes it (RFC 8414 §3.3)", &[&found, expected],
            ));
        }
    }
    let Some(token_endpoint) = metadata.string("token_endpoint").filter(|endpoint| !endpoint.is_empty()) else {
        return Err(answer.fail(
            ErrorCode::DiscoveryFailed,
            "the metadata has no token_endpoint: this provider cannot issue tokens",
            &[],
        ));
    };
    // It becomes part of errors and log lines.
    if token_endpoint.len() > 1_000 || answer.repeats_secret(&token_endpoint) {
        return Err(answer.fail(
            ErrorCode::DiscoveryFailed,
            "the token_endpoint of the metadata is too long, or repeats a secret",
            &[],
        ));
    }
    check_token_endpoint(&token_endpoint, allow_insecure).map_err(|error| error.at(answer.route))?;
    let list = |name: &str| -> Option<Vec<String>> {
        Some(metadata.array(name)?.items().filter_map(Value::into_string).collect())
    };
    if let Some(grants) = list("grant_types_supported") {
        if !grants.iter().any(|grant| grant == "client_credentials") {
            let mut listed = String::new();
            for grant in &grants {
                listed.push_str(if listed.is_empty() { "" } else { ", " });
                listed.push_str(grant);
            }
            return Err(answer.fail(
                ErrorCode::GrantNotSupported,
                "the identity provider does not offer the client_credentials grant, only {}: use a provider that does and let user_oidc check its tokens; or, {}", &[&answer.shown(listed), OTHER_WAYS_IN],
            ));
        }
    }
    let methods = list("token_endpoint_auth_methods_supported").unwrap_or_default();
    let announces = |method: &str| methods.iter().any(|announced| announced == method);
    Ok(Metadata { token_endpoint, basic_only: announces("client_secret_basic") && !announces("client_secret_post") })
}

/// Refuses an address that the client secret must not be sent to.
pub(crate) fn check_token_endpoint(token_endpoint: &str, allow_insecure: bool) -> Result<(), Error> {
    match Url::parse(token_endpoint) {
        None => Err(Error::new(
            ErrorCode::DiscoveryFailed,
            "the token_endpoint of the metadata is no absolute http(s) URL",
            &[],
        )),
        Some(url) if url.is_safe_for_secrets() || allow_insecure => Ok(()),
        Some(_) => Err(insecure("the token endpoint", "read the client secret")),
    }
}

/// The client-credentials grant, RFC 6749 §4.4.2.
pub(crate) fn token_request(metadata: &Metadata, credentials: &ClientCredentials) -> Request {
    let announced = if metadata.basic_only { ClientAuthentication::Basic } else { ClientAuthentication::Post };
    let mut request = Request::new(Method::Post, metadata.token_endpoint.clone());
    // The grant has no side effect but the token, so it may be repeated like a read.
    request.repeatable = true;
    request.headers.push(("Content-Type", "application/x-www-form-urlencoded".to_string()));
    let mut body = String::new();
    push_form_field(&mut body, "grant_type", "client_credentials");
    match credentials.authentication.unwrap_or(announced) {
        ClientAuthentication::Post => {
            push_form_field(&mut body, "client_id", &credentials.client_id);
            push_form_field(&mut body, "client_secret", credentials.client_secret.expose());
        }
        ClientAuthentication::Basic => {
            request.headers.push(("Authorization", fill("Basic {}", &[&basic_credentials(credentials)])));
        }
    }
    if !credentials.scope.is_empty() {
        push_form_field(&mut body, "scope", &credentials.scope);
    }
    for (name, value) in &credentials.token_parameters {
        push_form_field(&mut body, name, value);
    }
    request.body = Some(body);
    request
}

/// Id and secret as Basic carries them: form-encoded first, RFC 6749 §2.3.1.
pub(crate) fn basic_credentials(credentials: &ClientCredentials) -> String {
    base64(
        fill("{}:{}", &[&form_component(&credentials.client_id), &form_component(credentials.client_secret.expose())])
            .as_bytes(),
    )
}

/// Reads the answer to [`token_request`].
pub(crate) fn read_grant(answer: Answer<'_>) -> Result<Grant, Error> {
    let response = answer.response;
    if response.is_redirect() {
        return Err(answer.fail(ErrorCode::UnexpectedRedirect, "the token endpoint answered with a redirect, which a client secret does not follow: correct the token_endpoint in the provider's metadata", &[]));
    }
    if response.status != 200 {
        return Err(refused(answer));
    }
    let Some(grant) = Object::parse(&response.body) else {
        let what = if response.is_html() { "an HTML page" } else { "something that is no JSON object" };
        return Err(answer.fail(
            ErrorCode::InvalidTokenResponse,
            "the token endpoint answered with {} instead of a token (RFC 6749 §5.1)",
            &[what],
        ));
    };
    let Some(access_token) = grant.string("access_token") else {
        return Err(answer.fail(
            ErrorCode::InvalidTokenResponse,
            "the token endpoint's answer has no access_token (RFC 6749 §5.1)",
            &[],
        ));
    };
    if !is_visible_ascii(&access_token) {
        return Err(answer.fail(
            ErrorCode::InvalidTokenResponse,
            "the access_token is empty or holds characters that no header can carry (RFC 6750 §2.1)",
            &[],
        ));
    }
    if !grant.string("token_type").is_some_and(|kind| kind.eq_ignore_ascii_case("bearer")) {
        return Err(answer.fail(ErrorCode::InvalidTokenResponse, "the token_type of the token endpoint's answer is missing or is not Bearer, the only one that Nextcloud takes", &[]));
    }
    let expires_in_s = match grant.get("expires_in") {
        None | Some(Value::Null) => Some(DEFAULT_EXPIRES_IN_S),
        Some(Value::Number(number)) => integer(number),
        Some(Value::String(digits)) if digits.bytes().all(|byte| byte.is_ascii_digit()) => integer(&digits),
        Some(_) => None,
    };
    let Some(expires_in_s) = expires_in_s else {
        return Err(answer.fail(
            ErrorCode::InvalidTokenResponse,
            "expires_in of the token endpoint's answer is no number of seconds (RFC 6749 §5.1)",
            &[],
        ));
    };
    Ok(Grant { access_token: Secret::new(access_token), expires_in_s: expires_in_s.clamp(0, MAX_EXPIRES_IN_S) })
}

/// The error of a token request that was refused, RFC 6749 §5.2.
fn refused(answer: Answer<'_>) -> Error {
    let response = answer.response;
    let said = Object::parse(&response.body);
    let field = |name: &str| said.and_then(|said| said.string(name)).map(|text| answer.shown(text));
    let (oauth_error, description) = (field("error"), field("error_description"));
    // Nextcloud's own provider refuses the grant as invalid_grant, which RFC 6749 keeps for other things.
    let grant_is_the_matter = match oauth_error.as_deref() {
        Some("unsupported_grant_type") => true,
        Some("invalid_grant") => description.as_deref().is_some_and(|text| contains(text.as_bytes(), b"grant_type")),
        _ => false,
    };
    let said = match (&oauth_error, &description) {
        (Some(error), Some(description)) => fill(" with {} ({})", &[error, description]),
        (Some(error), None) => fill(" with {}", &[error]),
        (None, _) => String::new(),
    };
    let status = decimal(response.status.into());
    let error = if response.is_maintenance() {
        answer.fail(ErrorCode::Maintenance, "the server is in maintenance mode: try again later", &[])
    } else if response.status == 429 {
        answer.fail(ErrorCode::RateLimited, "too many token requests (429){}: wait and send fewer", &[&said])
    } else if grant_is_the_matter {
        answer.fail(
            ErrorCode::GrantNotSupported,
            "the identity provider refused the client_credentials grant{}: use a provider that offers it and let user_oidc check its tokens; or, {}", &[&said, OTHER_WAYS_IN],
        )
    } else {
        let advice = match oauth_error.as_deref() {
            Some("invalid_client") => ": check clientId, clientSecret and clientAuthentication",
            Some("unauthorized_client") => ": allow this client the client_credentials grant at the identity provider",
            Some("invalid_scope") => ": this client may not have the scope it asked for, see the option scope",
            Some(_) => "",
            None => ": it gave no OAuth error, so check that the token_endpoint of the metadata is right and what stands before it",
        };
        answer.fail(
            ErrorCode::TokenRequestFailed,
            "the token request was refused (status {}){}{}",
            &[&status, &said, advice],
        )
    };
    error.with(|details| {
        details.retryable |= response.status >= 500;
        details.retry_after_ms = response.retry_after_ms(answer.now_ms);
        details.oauth_error = oauth_error;
        details.oauth_error_description = description;
    })
}
