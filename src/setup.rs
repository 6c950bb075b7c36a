//! What a client is made of, checked: one server, one way in.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use crate::error::{Error, ErrorCode};
use crate::oauth::{self, ClientCredentials, Provider};
use crate::secret::Secret;
use crate::text::{base64, fill, is_visible_ascii};
use crate::url::Url;

/// The ways in. A function that gives tokens is the platform's business.
pub(crate) enum WayIn {
    ClientCredentials(ClientCredentials),
    AccessToken(Secret),
    TokenFunction,
    Basic { username: String, password: Secret },
}

pub(crate) struct Setup {
    pub(crate) nextcloud_host: String,
    pub(crate) way_in: WayIn,
    /// Lets logins go over plain `http` to other machines, too.
    pub(crate) allow_insecure_http: bool,
    /// Whether somebody listens to what is logged.
    pub(crate) is_logging: bool,
}

pub(crate) const UNUSABLE_TOKEN: &str = "accessToken is empty or holds characters that no header can carry, such as a line break: give the bare token, without 'Bearer' before it";

impl Setup {
    /// Refuses what cannot work, and takes the trailing slashes off the host.
    pub(crate) fn checked(self) -> Result<Self, Error> {
        let Setup { nextcloud_host, way_in, allow_insecure_http, is_logging } = self;
        let nextcloud_host = base_url(&nextcloud_host, allow_insecure_http)?;
        // Refuses what no header can carry, before a platform repeats it in an error of its own.
        match &way_in {
            WayIn::ClientCredentials(credentials) => {
                check_credential("clientId", &credentials.client_id)?;
                check_credential("clientSecret", credentials.client_secret.expose())?;
                // RFC 6749 §3.3: visible ASCII but for quote and backslash, and single spaces between.
                if !credentials.scope.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\')) {
                    return Err(Error::invalid("scope holds a character that no scope can have: give the names of scopes with blanks between them", &[]));
                }
                check_provider(&credentials.provider, allow_insecure_http)?;
            }
            WayIn::AccessToken(token) if !is_visible_ascii(token.expose()) => {
                return Err(Error::invalid("{}", &[UNUSABLE_TOKEN]));
            }
            WayIn::Basic { username, .. } if username.is_empty() || username.as_bytes().contains(&b':') => {
                return Err(Error::invalid(
                    "username is empty or contains a colon, which Basic authentication cannot carry (RFC 7617 §2)",
                    &[],
                ));
            }
            WayIn::Basic { password, .. } if password.expose().is_empty() => {
                return Err(Error::invalid("password is empty", &[]));
            }
            _ => {}
        }
        Ok(Setup { nextcloud_host, way_in, allow_insecure_http, is_logging })
    }

    /// Which tokens are this client's: a cache handed to clients of another server, id or scope is not used by them.
    pub(crate) fn cache_key(&self) -> String {
        match &self.way_in {
            WayIn::ClientCredentials(credentials) => credentials.cache_key(&self.nextcloud_host),
            // These share their cache with nobody.
            _ => String::new(),
        }
    }

    /// What Basic sends; empty for every other way in.
    pub(crate) fn basic_credentials(&self) -> String {
        match &self.way_in {
            WayIn::Basic { username, password } => base64(fill("{}:{}", &[username, password.expose()]).as_bytes()),
            _ => String::new(),
        }
    }

    /// What must not appear in an error, whatever a server writes; in every form that is sent.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        match &self.way_in {
            WayIn::ClientCredentials(credentials) => {
                let alone = base64(credentials.client_secret.expose().as_bytes());
                vec![
                    credentials.client_secret.clone(),
                    Secret::new(alone),
                    Secret::new(oauth::basic_credentials(credentials)),
                ]
            }
            WayIn::AccessToken(secret) | WayIn::Basic { password: secret, .. } => vec![secret.clone()],
            WayIn::TokenFunction => Vec::new(),
        }
    }
}

/// The base URL without trailing slashes; an error where it cannot be one.
fn base_url(nextcloud_host: &str, allow_insecure_http: bool) -> Result<String, Error> {
    let host = nextcloud_host.trim_end_matches('/');
    let problem = match Url::parse(host) {
        _ if host.is_empty() => "is empty",
        None => "is no absolute http(s) URL",
        Some(url) if url.has_query_or_fragment() => "has a query or a fragment",
        Some(url) if !url.is_safe_for_secrets() && !allow_insecure_http => {
            return Err(insecure("nextcloudHost", "read the login"));
        }
        Some(_) => return Ok(host.to_string()),
    };
    Err(Error::invalid("nextcloudHost {}: give the address of the server, such as https://cloud.example.com or https://example.com/nextcloud", &[problem]))
}

/// The refusal to send anything to where others could read it.
pub(crate) fn insecure(name: &str, danger: &str) -> Error {
    Error::new(
        ErrorCode::InsecureEndpoint,
        "{} is plain http, where anyone on the way could {}: use https, or allow it by name with allowInsecureHttp",
        &[name, danger],
    )
}

fn check_credential(name: &str, value: &str) -> Result<(), Error> {
    if value.is_empty() {
        return Err(Error::invalid(
            "{} is empty: the identity provider gave clientId and clientSecret to this service",
            &[name],
        ));
    }
    // Read from a file, most often, with the line break at its end.
    if value.chars().any(char::is_control) {
        return Err(Error::invalid(
            "{} contains a line break or another control character: give it without (RFC 6749 appendix A)",
            &[name],
        ));
    }
    Ok(())
}

/// Whoever answers at that address decides where the secret goes, so it must be as safe as the token endpoint.
fn check_provider(provider: &Provider, allow_insecure_http: bool) -> Result<(), Error> {
    let (name, address) = match provider {
        Provider::Nextcloud => return Ok(()),
        Provider::Issuer(url) => ("issuer", url),
        Provider::DiscoveryUrl(url) => ("discoveryUrl", url),
    };
    match Url::parse(address) {
        None => Err(Error::invalid("{} is no absolute http(s) URL: give it as the identity provider writes it, such as https://id.example.com/realms/main", &[name])),
        Some(url) if url.is_safe_for_secrets() || allow_insecure_http => Ok(()),
        Some(_) => Err(insecure(name, "direct the client secret elsewhere")),
    }
}
