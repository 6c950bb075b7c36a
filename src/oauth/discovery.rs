//! Where the token endpoint is: OpenID Connect Discovery 1.0 §4, RFC 8414 §3.

use crate::error::{EndpointProblem, ErrorKind};
use crate::json::Value;
use crate::login::{ClientAuthentication, Provider};
use crate::nextcloud::{Installation, Reply};
use crate::platform::UnixTime;
use crate::text::{cut, fill, without_trailing};

/// The longest address of a token endpoint, in bytes: it becomes part of errors and log lines.
const MAX_ENDPOINT_BYTES: usize = 1_000;

/// What discovery found, as far as this client needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Metadata {
    /// Where tokens are asked for.
    pub token_endpoint: String,
    /// Whether the token endpoint announces `client_secret_basic` and not `client_secret_post`.
    pub basic_only: bool,
    /// When it was found, where that is known.
    pub discovered_at: Option<UnixTime>,
    /// Whether somebody else found it, and it was not used here yet.
    pub(crate) is_stored: bool,
}

impl Metadata {
    /// As it was found at an unknown time.
    pub fn new(token_endpoint: impl Into<String>, basic_only: bool) -> Self {
        Metadata { token_endpoint: token_endpoint.into(), basic_only, discovered_at: None, is_stored: false }
    }

    /// How the secret is sent, where the application does not say it.
    pub(super) fn authentication(&self) -> ClientAuthentication {
        if self.basic_only {
            ClientAuthentication::Basic
        } else {
            ClientAuthentication::Post
        }
    }
}

/// Where to look for the metadata: at the first address, and where that is not found (404) at the next.
pub(crate) fn addresses(provider: &Provider, at: &Installation) -> Vec<String> {
    match provider {
        Provider::Nextcloud => vec![at.discovery()],
        Provider::DiscoveryUrl(url) => vec![url.clone()],
        Provider::Issuer(issuer) => {
            let base = without_trailing(b'/', issuer);
            let (scheme, rest) = cut(base, b'/');
            let (host, path) = cut(rest.get(1..).unwrap_or(""), b'/');
            // RFC 8414 §3.1 puts the well-known part before the issuer's path.
            let slash = if path.is_empty() { "" } else { "/" };
            vec![
                fill("{}/.well-known/openid-configuration", &[base]),
                fill("{}//{}/.well-known/oauth-authorization-server{}{}", &[scheme, host, slash, path]),
            ]
        }
    }
}

/// Reads what discovery answers.
pub(crate) fn read_metadata(provider: &Provider, reply: &Reply<'_>) -> Result<Metadata, ErrorKind> {
    if reply.status() != 200 {
        return Err(refused(provider, reply));
    }
    let metadata = reply.json().ok_or_else(|| ErrorKind::DiscoveryNotJson(reply.not_json()))?;
    if let Provider::Issuer(expected) = provider {
        let found = metadata.text("issuer").unwrap_or_default();
        if found != *expected {
            return Err(ErrorKind::IssuerMismatch { found: reply.shown(&found), expected: expected.clone() });
        }
    }
    let token_endpoint = metadata.text("token_endpoint").unwrap_or_default();
    if token_endpoint.is_empty() {
        return Err(ErrorKind::UnusableEndpoint(EndpointProblem::Missing));
    }
    if token_endpoint.len() > MAX_ENDPOINT_BYTES || reply.secrets().are_in_name(&token_endpoint) {
        return Err(ErrorKind::UnusableEndpoint(EndpointProblem::NotToBeShown));
    }
    if let Some(grants) = metadata.array("grant_types_supported").filter(|grants| !grants.lists("client_credentials")) {
        let listed: Vec<String> = grants
            .items()
            .filter_map(|grant| match grant {
                Value::Text(grant) => Some(grant.decode()),
                _ => None,
            })
            .collect();
        return Err(ErrorKind::GrantNotListed { listed: reply.shown(&listed.join(", ")) });
    }
    let announces =
        |method| metadata.array("token_endpoint_auth_methods_supported").is_some_and(|methods| methods.lists(method));
    let basic_only = announces("client_secret_basic") && !announces("client_secret_post");
    Ok(Metadata { token_endpoint, basic_only, discovered_at: Some(reply.now), is_stored: false })
}

fn refused(provider: &Provider, reply: &Reply<'_>) -> ErrorKind {
    let status = reply.status();
    let said = reply.said();
    match status {
        429 => ErrorKind::too_many(status, said),
        503 if reply.response.is_maintenance() => ErrorKind::maintenance(status, said),
        500.. => ErrorKind::DiscoveryServerFailed { status, said },
        404 if *provider == Provider::Nextcloud => {
            ErrorKind::NoIdentityProvider { is_html: reply.response.is_html(), said }
        }
        _ => ErrorKind::DiscoveryRefused { status, said },
    }
}
