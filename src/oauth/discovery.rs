//! Where the token endpoint is: OpenID Connect Discovery 1.0 §4, RFC 8414 §3.

use crate::error::{EndpointProblem, ErrorKind};
use crate::json::{Array, Value};
use crate::login::{ClientAuthentication, ClientCredentials, Provider, SecretMethod, SigningAlgorithm};
use crate::nextcloud::{Installation, Reply};
use crate::platform::UnixTime;
use crate::text::{cut, fill, push_item, without_trailing};
use crate::url::Url;

/// The longest address of a token endpoint, in bytes: it becomes part of errors and log lines.
const MAX_ENDPOINT_BYTES: usize = 1_000;

/// What discovery found, as far as this client needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Metadata {
    /// Where tokens are asked for.
    pub token_endpoint: String,
    /// Whether the token endpoint announces `client_secret_basic` and not `client_secret_post`.
    pub basic_only: bool,
    /// Whom an assertion that the client's key signs is for: the issuer, or the token endpoint where that is what worked.
    /// `None`: not known, so that discovery looks again for a client that has a key.
    pub audience: Option<String>,
    /// Which signatures of such an assertion the token endpoint announces, of those that there are here, with spaces
    /// between; `None` where it announces nothing.
    pub signing_algorithms: Option<String>,
    /// When it was found, where that is known.
    pub discovered_at: Option<UnixTime>,
    /// Whether somebody else found it, and it was not used here yet.
    pub(crate) is_stored: bool,
    /// Whether the metadata says how the secret is to be sent.
    pub(crate) announces_authentication: bool,
    /// The grants that the metadata lists, should the client-credentials grant be none of them: a hint, not a verdict.
    pub(crate) other_grants: Option<String>,
}

impl Metadata {
    /// As it was found at an unknown time.
    pub fn new(token_endpoint: impl Into<String>, basic_only: bool) -> Self {
        Metadata {
            token_endpoint: token_endpoint.into(),
            basic_only,
            audience: None,
            signing_algorithms: None,
            discovered_at: None,
            is_stored: false,
            announces_authentication: false,
            other_grants: None,
        }
    }

    /// How the secret is sent, where the application does not say it.
    pub(crate) fn secret_method(&self) -> SecretMethod {
        if self.basic_only {
            SecretMethod::Basic
        } else {
            SecretMethod::Post
        }
    }
}

/// Where to look for the metadata: at the first address, and where that is not found (404) at the next.
pub(crate) fn addresses(provider: &Provider, at: &Installation) -> Vec<String> {
    match provider {
        Provider::Nextcloud => at.discovery(),
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
pub(crate) fn read_metadata(credentials: &ClientCredentials, reply: &Reply<'_>) -> Result<Metadata, ErrorKind> {
    let provider = &credentials.provider;
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
    // RFC 8705 §5: where it asks for a certificate the endpoint may have another address.
    let alias = match credentials.authentication {
        ClientAuthentication::Certificate => {
            metadata.object("mtls_endpoint_aliases").and_then(|aliases| aliases.text("token_endpoint"))
        }
        _ => None,
    };
    let token_endpoint = alias.or_else(|| metadata.text("token_endpoint")).unwrap_or_default();
    if token_endpoint.is_empty() {
        return Err(ErrorKind::UnusableEndpoint(EndpointProblem::Missing));
    }
    if token_endpoint.len() > MAX_ENDPOINT_BYTES || reply.secrets().are_in_address(&token_endpoint) {
        return Err(ErrorKind::UnusableEndpoint(EndpointProblem::NotToBeShown));
    }
    let methods = metadata.array("token_endpoint_auth_methods_supported");
    let announces = |method| methods.is_some_and(|methods| methods.lists(method));
    let has_key = matches!(credentials.authentication, ClientAuthentication::PrivateKey(_));
    let signing = metadata.array("token_endpoint_auth_signing_alg_values_supported").filter(|_| has_key);
    let grants = metadata.array("grant_types_supported").filter(|grants| !grants.lists("client_credentials"));
    Ok(Metadata {
        basic_only: announces("client_secret_basic") && !announces("client_secret_post"),
        audience: has_key.then(|| audience(provider, metadata.text("issuer"), &token_endpoint)),
        signing_algorithms: signing.map(known_algorithms),
        discovered_at: Some(reply.now),
        announces_authentication: methods.is_some(),
        other_grants: grants.map(|grants| reply.shown(&texts_of(grants))),
        ..Metadata::new(token_endpoint, false)
    })
}

/// The issuer, where it is the one that was asked for, or is where the assertion is sent. Of another it could be somebody
/// else's provider, to whom whoever named it would then show the assertion.
fn audience(provider: &Provider, named: Option<String>, token_endpoint: &str) -> String {
    let is_there = |issuer: &String| matches!((Url::parse(issuer), Url::parse(token_endpoint)), (Some(issuer), Some(endpoint)) if issuer.has_origin_of(endpoint));
    let issuer = match provider {
        Provider::Issuer(issuer) => Some(issuer.clone()),
        Provider::Nextcloud | Provider::DiscoveryUrl(_) => {
            named.filter(|issuer| issuer.len() <= MAX_ENDPOINT_BYTES).filter(is_there)
        }
    };
    issuer.unwrap_or_else(|| token_endpoint.to_string())
}

fn known_algorithms(announced: Array<'_>) -> String {
    use SigningAlgorithm::{EdDsa, Es256, Ps256, Rs256};
    let mut list = String::new();
    for algorithm in [Rs256, Ps256, Es256, EdDsa] {
        if announced.lists(algorithm.as_str()) {
            push_item(&mut list, " ", algorithm.as_str());
        }
    }
    list
}

fn texts_of(array: Array<'_>) -> String {
    let texts = array.items().filter_map(|item| match item {
        Value::Text(text) => Some(text.decode()),
        _ => None,
    });
    let mut list = String::new();
    for text in texts {
        push_item(&mut list, ", ", &text);
    }
    list
}

fn refused(provider: &Provider, reply: &Reply<'_>) -> ErrorKind {
    let status = reply.status();
    let said = reply.said();
    match status {
        429 => ErrorKind::too_many(status, said),
        503 if reply.response.is_maintenance() => ErrorKind::maintenance(status, said),
        // A page refuses every other route too, so another provider would not help.
        400 | 403 if *provider == Provider::Nextcloud && reply.response.is_html() => reply.refused(),
        503 if reply.response.is_upgrade_page() => reply.refused(),
        500.. => ErrorKind::DiscoveryServerFailed { status, said },
        404 if *provider == Provider::Nextcloud => {
            ErrorKind::NoIdentityProvider { is_html: reply.response.is_html(), said }
        }
        _ => ErrorKind::DiscoveryRefused { status, said },
    }
}
