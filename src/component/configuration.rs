//! What a client is made of, and what its calls take.

use core::ops::RangeInclusive;
use core::time::Duration;

#[cfg(feature = "hosted-component")]
use super::hosted as host;
#[cfg(not(feature = "hosted-component"))]
use super::standalone as host;
use super::wit;
use crate::call::CallOptions;
use crate::config::Config;
use crate::error::Error;
use crate::login::{
    is_parameter_of_its_own, ClientAuthentication, ClientCredentials, ClientKey, Login, Provider, SecretMethod,
};
use crate::rust_crypto::RustCryptoKey;
use crate::secret::Secret;
use crate::setting::Setting;
use crate::text::decimal;
use crate::url::Url;

/// As every other face allows it.
const TIMEOUT_MS: RangeInclusive<u32> = 1..=i32::MAX as u32;

pub(super) fn call_options(timeout_ms: Option<u32>) -> Result<CallOptions, Error> {
    Ok(CallOptions { timeout: timeout(timeout_ms)? })
}

pub(super) fn timeout(timeout_ms: Option<u32>) -> Result<Option<Duration>, Error> {
    let timeout_ms = within(Setting::Timeout.name(), timeout_ms, TIMEOUT_MS)?;
    Ok(timeout_ms.map(|ms| Duration::from_millis(ms.into())))
}

pub(super) fn within(name: &str, given: Option<u32>, range: RangeInclusive<u32>) -> Result<Option<u32>, Error> {
    match given {
        Some(number) if !range.contains(&number) => {
            let (low, high) = (decimal((*range.start()).into()), decimal((*range.end()).into()));
            Err(Error::invalid([name, " must be a whole number from ", &low, " to ", &high].concat(), ""))
        }
        _ => Ok(given),
    }
}

/// The limit of what is read is the transport's.
pub(super) fn max_response_bytes(given: &wit::Configuration) -> Result<Option<u32>, Error> {
    within(Setting::MaxResponseBytes.name(), given.max_response_bytes, 1..=u32::MAX)
}

pub(super) fn config(given: wit::Configuration) -> Result<Config, Error> {
    check_host(Setting::NextcloudHost, &given.nextcloud_host)?;
    let mut config = Config::new(given.nextcloud_host, login(given.login)?);
    if let Some(seconds) = given.early_refresh_seconds {
        config.early_refresh = Duration::from_secs(seconds.into());
    }
    if let Some(timeout) = timeout(given.timeout_ms)? {
        config.timeout = timeout;
    }
    if let Some(retries) = within("max-retries", given.max_retries, 0..=100)? {
        config.max_retries = retries;
    }
    config.allow_insecure_http = given.allow_insecure_http;
    config.token_store_secret = given.token_store_secret.map(Secret::new);
    host::add(&mut config, given.uses_token_store)?;
    Ok(config)
}

fn login(given: wit::Login) -> Result<Login, Error> {
    match given {
        wit::Login::ClientCredentials(given) => Ok(Login::ClientCredentials(ClientCredentials {
            client_id: given.client_id,
            authentication: authentication(given.client_authentication)?,
            scope: given.scope.unwrap_or_else(|| "openid".to_string()),
            provider: provider(given.provider)?,
            token_parameters: token_parameters(given.token_parameters)?,
        })),
        wit::Login::AccessToken(token) => Ok(Login::AccessToken(Secret::new(token))),
        wit::Login::Basic(wit::UserPassword { username, password }) => {
            Ok(Login::Basic { username, password: Secret::new(password) })
        }
    }
}

fn provider(given: wit::Provider) -> Result<Provider, Error> {
    Ok(match given {
        wit::Provider::Nextcloud => Provider::Nextcloud,
        wit::Provider::Issuer(url) => {
            check_host(Setting::Issuer, &url)?;
            Provider::Issuer(url)
        }
        wit::Provider::DiscoveryUrl(url) => {
            check_host(Setting::DiscoveryUrl, &url)?;
            Provider::DiscoveryUrl(url)
        }
    })
}

/// Hosts send a request to no other.
fn check_host(setting: Setting, url: &str) -> Result<(), Error> {
    match Url::parse(url) {
        Some(url) if !url.authority().is_ascii() => Err(Error::invalid(
            [setting.name(), " has a host name that is not ASCII"].concat(),
            "write it as the Domain Name System has it, beginning with 'xn--'",
        )),
        _ => Ok(()),
    }
}

fn authentication(given: wit::ClientAuthentication) -> Result<ClientAuthentication, Error> {
    Ok(match given {
        wit::ClientAuthentication::ClientSecret(wit::ClientSecret { secret, method }) => ClientAuthentication::Secret {
            secret: Secret::new(secret),
            method: method.map(|method| match method {
                wit::SecretMethod::Post => SecretMethod::Post,
                wit::SecretMethod::Basic => SecretMethod::Basic,
            }),
        },
        wit::ClientAuthentication::ClientPrivateKey(wit::ClientPrivateKey { pem, key_id }) => {
            let pem = Secret::new(pem);
            ClientAuthentication::PrivateKey(ClientKey { key_id, ..RustCryptoKey::from_pem(pem.expose())? })
        }
        wit::ClientAuthentication::ClientAssertion(assertion) => {
            ClientAuthentication::fixed_assertion(Secret::new(assertion))?
        }
        wit::ClientAuthentication::TlsClientAuth => ClientAuthentication::Certificate,
    })
}

fn token_parameters(given: Vec<(String, String)>) -> Result<Vec<(String, Secret)>, Error> {
    let secret = |(name, value): (String, String)| match is_parameter_of_its_own(&name) {
        true => Err(Error::invalid(
            ["token-parameters must not contain ", &name].concat(),
            "it has a field of its own, or none",
        )),
        false => Ok((name, Secret::new(value))),
    };
    given.into_iter().map(secret).collect()
}
