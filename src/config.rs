//! What a client is made of, checked once.

use core::time::Duration;
use std::rc::Rc;

use crate::error::{Error, ErrorKind, Exposed};
use crate::log::LogFunction;
use crate::login::{ClientAuthentication, ClientCredentials, Login, Provider};
use crate::nextcloud::{without_page, Installation};
use crate::secret::Secret;
use crate::setting::Setting;
use crate::text::{
    base64, every, fill, has_control, hex, is_bearer_token, push_form_field, sha256, without_trailing,
    MAX_CREDENTIAL_BYTES,
};
use crate::token_cache::TokenCache;
use crate::token_store::TokenStore;
use crate::url::Url;

/// How long a call may take in all, unless said otherwise: the seed's 10 seconds.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// How often a read is tried again, unless said otherwise.
pub const DEFAULT_MAX_RETRIES: u32 = 2;

/// How long before its end a token counts as old, unless a client says otherwise.
pub const DEFAULT_EARLY_REFRESH: Duration = Duration::from_secs(60);

/// What a client is made of.
pub struct Config {
    /// Base URL of the Nextcloud server; a path stays, trailing slashes do not. With `/index.php` where the web server does
    /// not rewrite URLs.
    pub nextcloud_host: String,
    /// The way in.
    pub login: Login,
    /// How long before its end a token counts as old. Default: [`DEFAULT_EARLY_REFRESH`].
    pub early_refresh: Duration,
    /// How long a call may take: login, tries and waits together. Default: [`DEFAULT_TIMEOUT`].
    pub timeout: Duration,
    /// How often a read or a token request is tried again after a failure that can pass. Default: [`DEFAULT_MAX_RETRIES`].
    pub max_retries: u32,
    /// Lets logins go over plain `http` to other machines, too. Default: no.
    pub allow_insecure_http: bool,
    /// A cache shared with other clients. Default: one of its own.
    pub token_cache: Option<Rc<TokenCache>>,
    /// What lasts beyond this process. Default: nothing.
    pub token_store: Option<Rc<dyn TokenStore>>,
    /// What the key of the store is derived from, where the client has no secret that does not change: with an assertion or
    /// a certificate, or a key of ECDSA or PSS. 32 bytes or more, of chance. Default: nothing.
    pub token_store_secret: Option<Secret>,
    /// Told what the client does; gets user ids, and no secret. Default: nobody.
    pub logger: Option<LogFunction>,
}

impl Config {
    /// With the default of everything else.
    pub fn new(nextcloud_host: impl Into<String>, login: Login) -> Self {
        Config {
            nextcloud_host: nextcloud_host.into(),
            login,
            early_refresh: DEFAULT_EARLY_REFRESH,
            timeout: DEFAULT_TIMEOUT,
            max_retries: DEFAULT_MAX_RETRIES,
            allow_insecure_http: false,
            token_cache: None,
            token_store: None,
            token_store_secret: None,
            logger: None,
        }
    }
}

/// Which way in, for the advice when it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WayIn {
    ClientCredentials,
    /// A token of one's own, or a function that gives it.
    AccessToken,
    Basic,
}

/// Whose token it is. A client of another owner neither uses nor joins what is this one's.
#[derive(Debug, Clone, PartialEq)]
pub struct Owner {
    /// Server, provider, client, scope and, hashed, parameters. May be written down.
    pub key: String,
    /// Not written down, but compared: who does not know the secret does not get the token either. For a token store it is
    /// what its key is derived from. `None` after reading a cache from what was written down.
    pub secret: Option<Secret>,
}

/// What [`Config`] comes to when it has been checked.
pub(crate) struct Setup {
    pub(crate) installation: Installation,
    pub(crate) owner: Owner,
    /// What Basic sends, where that is the way in.
    pub(crate) basic: Option<Secret>,
}

impl Setup {
    /// Refuses what cannot work.
    pub(crate) fn check(config: &Config) -> Result<Self, Error> {
        let host = without_page(without_trailing(b'/', &config.nextcloud_host));
        let installation = Installation::new(check_host(host, config.allow_insecure_http)?);
        let mut setup = Setup { installation, owner: Owner { key: String::new(), secret: None }, basic: None };
        // Refuses what no header can carry, before a platform repeats it in an error of its own.
        match &config.login {
            Login::ClientCredentials(credentials) => {
                check_credentials(credentials, config.allow_insecure_http)?;
                check_store(config, &credentials.authentication)?;
                let is_shared = config.token_cache.is_some() || config.token_store.is_some();
                if is_shared && credentials.client_id.is_empty() {
                    return Err(Error::invalid(
                        fill("{} is missing", &[Setting::ClientId.name()]),
                        "without it only the assertion says who this is, and a shared cache or store could give this client the token of another",
                    ));
                }
                setup.owner =
                    Owner { key: cache_key(host, credentials), secret: Some(credentials.authentication.identity()) };
            }
            Login::AccessToken(token) if !is_bearer_token(token.expose()) => {
                return Err(ErrorKind::UnusableAccessToken.into());
            }
            Login::AccessToken(_) | Login::TokenFunction(_) => {}
            Login::Basic { username, password } => setup.basic = Some(basic(username, password)?),
        }
        if !matches!(config.login, Login::ClientCredentials(_)) {
            let given = [
                (Setting::TokenCache, config.token_cache.is_some()),
                (Setting::TokenStore, config.token_store.is_some()),
                (Setting::TokenStoreSecret, config.token_store_secret.is_some()),
            ];
            if let Some((setting, _)) = given.into_iter().find(|(_, is_given)| *is_given) {
                return Err(belongs_to_client(setting, "a token of one's own is never kept where others see it"));
            }
        }
        Ok(setup)
    }
}

/// Of a setting that has no meaning for another way in.
pub(crate) fn belongs_to_client(setting: Setting, why: &str) -> Error {
    let names = [setting.name(), Setting::ClientId.name()];
    Error::invalid(fill("{} belongs to {} and what proves it", &names), why)
}

fn check_host(host: &str, allow_insecure_http: bool) -> Result<&str, Error> {
    let problem = match Url::parse(host) {
        _ if host.is_empty() => "is empty",
        None => "is no absolute http(s) URL, or has a user name in it",
        Some(url) if url.has_query_or_fragment() => "has a query or a fragment",
        Some(url) if url.is_safe_for_secrets() || allow_insecure_http => return Ok(host),
        Some(_) => return Err(ErrorKind::Insecure(Exposed::Login).into()),
    };
    Err(Error::invalid(
        [Setting::NextcloudHost.name(), " ", problem].concat(),
        "give the address of the server, such as https://cloud.example.com or https://example.com/nextcloud",
    ))
}

fn check_credentials(credentials: &ClientCredentials, allow_insecure_http: bool) -> Result<(), Error> {
    let may_be_unsaid = matches!(credentials.authentication, ClientAuthentication::Assertion(_));
    if !(may_be_unsaid && credentials.client_id.is_empty()) {
        check_credential(Setting::ClientId, &credentials.client_id)?;
    }
    if let ClientAuthentication::PrivateKey(key) = &credentials.authentication {
        if key.key_id.as_deref() == Some("") {
            return Err(Error::invalid(
                [Setting::ClientKeyId.name(), " is empty"].concat(),
                "give the name of the key, or none",
            ));
        }
    }
    if let ClientAuthentication::Secret { secret, .. } = &credentials.authentication {
        check_credential(Setting::ClientSecret, secret.expose())?;
    }
    // RFC 6749 §3.3: visible ASCII but for quote and backslash, and single spaces between.
    if !every(&credentials.scope, |byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\')) {
        return Err(Error::invalid(
            fill("{} holds a character that no scope can have", &[Setting::Scope.name()]),
            "give the names of scopes with blanks between them",
        ));
    }
    match &credentials.provider {
        Provider::Nextcloud => Ok(()),
        Provider::Issuer(url) => check_provider(Setting::Issuer, url, allow_insecure_http),
        Provider::DiscoveryUrl(url) => check_provider(Setting::DiscoveryUrl, url, allow_insecure_http),
    }
}

/// What is kept where others see it is kept under a key, and that must be the same in each process.
fn check_store(config: &Config, authentication: &ClientAuthentication) -> Result<(), Error> {
    /// Whoever reads the store may guess at it for as long as he likes.
    const FEWEST_BYTES: usize = 32;
    let name = Setting::TokenStoreSecret.name();
    if let Some(secret) = &config.token_store_secret {
        return if config.token_store.is_none() {
            Err(Error::invalid(
                fill("{} is given without {}", &[name, Setting::TokenStore.name()]),
                "give both, or none",
            ))
        } else if secret.expose().len() < FEWEST_BYTES {
            Err(Error::invalid(
                fill("{} is shorter than 32 bytes", &[name]),
                "give one of chance, such as 'openssl rand -hex 32' makes",
            ))
        } else {
            Ok(())
        };
    }
    let why = match authentication {
        _ if config.token_store.is_none() => return Ok(()),
        ClientAuthentication::Secret { .. } => return Ok(()),
        ClientAuthentication::PrivateKey(key) if key.deterministic().is_some() => return Ok(()),
        ClientAuthentication::PrivateKey(_) => "ECDSA and PSS sign differently each time",
        ClientAuthentication::Assertion(_) => "each assertion is another",
        ClientAuthentication::Certificate => "the key of the certificate is the platform's",
    };
    Err(Error::invalid(
        fill("{} needs {} with this way to prove who the client is", &[Setting::TokenStore.name(), name]),
        fill("what is kept is encrypted under a key that must be the same each time, and {}", &[why]),
    ))
}

fn check_credential(setting: Setting, value: &str) -> Result<(), Error> {
    if value.is_empty() {
        let names = [Setting::ClientId.name(), Setting::ClientSecret.name()];
        return Err(Error::invalid(
            fill("{} is empty", &[setting.name()]),
            fill("the identity provider gave {} and {} to this service", &names),
        ));
    }
    check_length(setting, value)?;
    // Read from a file, most often, with the line break at its end.
    if has_control(value) {
        return Err(Error::invalid(
            fill("{} contains a line break or another control character", &[setting.name()]),
            "give it without (RFC 6749 appendix A)",
        ));
    }
    Ok(())
}

/// A host may stop altogether at a header that is too long for it.
fn check_length(setting: Setting, value: &str) -> Result<(), Error> {
    match value.len() {
        0..=MAX_CREDENTIAL_BYTES => Ok(()),
        _ => Err(Error::invalid(
            fill("{} is longer than 16 kB", &[setting.name()]),
            "no server takes a header of that length: see whether it is what you meant to give",
        )),
    }
}

/// Whoever answers at that address decides where the secret goes, so it must be as safe as the token endpoint.
fn check_provider(setting: Setting, url: &str, allow_insecure_http: bool) -> Result<(), Error> {
    match Url::parse(url) {
        Some(url) if setting == Setting::DiscoveryUrl || !url.has_query_or_fragment() => {
            if url.is_safe_for_secrets() || allow_insecure_http {
                Ok(())
            } else {
                Err(ErrorKind::Insecure(Exposed::Metadata(setting)).into())
            }
        }
        _ => Err(Error::invalid(
            fill("{} is no absolute http(s) URL, or an issuer with a query", &[setting.name()]),
            "give it as the identity provider writes it, such as https://id.example.com/realms/main",
        )),
    }
}

fn basic(username: &str, password: &Secret) -> Result<Secret, Error> {
    if username.is_empty() || !every(username, |byte| byte != b':') {
        return Err(Error::invalid(
            fill("{} is empty or contains a colon", &[Setting::Username.name()]),
            "Basic authentication cannot carry it (RFC 7617 §2)",
        ));
    }
    // RFC 7617 §2 allows none; from a file comes most often the line break at its end, and each wrong password counts.
    for (setting, value) in [(Setting::Username, username), (Setting::Password, password.expose())] {
        check_length(setting, value)?;
        if has_control(value) {
            return Err(Error::invalid(
                fill("{} contains a line break or another control character", &[setting.name()]),
                "give it without (RFC 7617 §2)",
            ));
        }
    }
    if password.expose().is_empty() {
        return Err(Error::invalid(
            fill("{} is empty", &[Setting::Password.name()]),
            "give the password of the account, or an app password of it",
        ));
    }
    Ok(Secret::new(base64(&Secret::new([username, ":", password.expose()].concat()))))
}

/// Which tokens are this client's: a cache handed to clients of another server, id or scope is not used by them.
fn cache_key(host: &str, credentials: &ClientCredentials) -> String {
    let provider = match &credentials.provider {
        Provider::Nextcloud => "",
        Provider::Issuer(url) | Provider::DiscoveryUrl(url) => url,
    };
    let mut key = String::new();
    push_form_field(&mut key, "host", host);
    push_form_field(&mut key, "provider", provider);
    push_form_field(&mut key, "client_id", &credentials.client_id);
    push_form_field(&mut key, "scope", &credentials.scope);
    if !credentials.token_parameters.is_empty() {
        // Their values may be secrets, and the key is written down.
        let hash = sha256(credentials.encoded_parameters().expose().as_bytes());
        push_form_field(&mut key, "parameters", &hex(&hash));
    }
    key
}
