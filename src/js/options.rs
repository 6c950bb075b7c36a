//! What `new AstrolabeClient(options)` is given.

use core::time::Duration;
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::arguments::{invalid, required, text, wrong_type, Properties};
use super::promise::TIMEOUT_MS;
use super::token_cache::TokenCache;
use crate::config::{belongs_to_client, Config};
use crate::error::Error;
use crate::fetch::{settle, Fetch, SealedStore, DEFAULT_MAX_RESPONSE_BYTES};
use crate::log::{Level, LogFunction};
use crate::login::{ClientAuthentication, ClientCredentials, Login, Provider, TokenFunction, TokenFunctionError};
use crate::secret::Secret;
use crate::setting::Setting;
use crate::token_store::TokenStore;

const NAMES: [&str; 20] = [
    "nextcloudHost",
    "clientId",
    "clientSecret",
    "accessToken",
    "username",
    "password",
    "scope",
    "issuer",
    "discoveryUrl",
    "clientAuthentication",
    "tokenParameters",
    "earlyRefreshSeconds",
    "timeoutMs",
    "maxRetries",
    "maxResponseBytes",
    "allowInsecureHttp",
    "tokenCache",
    "tokenStore",
    "fetch",
    "logger",
];

const WAYS_IN: &str = "give exactly one way in: clientId and clientSecret, or accessToken, or username and password";

/// What the options come to.
pub(super) struct Options {
    pub(super) config: Config,
    pub(super) fetch: Fetch,
    /// The application's own object.
    pub(super) token_cache: Option<JsValue>,
}

/// As they were given, each of its type.
struct Given {
    client_id: Option<String>,
    client_secret: Option<Secret>,
    access_token: Option<AccessToken>,
    username: Option<String>,
    password: Option<Secret>,
    scope: Option<String>,
    issuer: Option<String>,
    discovery_url: Option<String>,
    authentication: Option<ClientAuthentication>,
    token_parameters: Option<Vec<(String, Secret)>>,
}

enum AccessToken {
    Text(Secret),
    Function(Function),
}

pub(super) fn read(options: &JsValue) -> Result<Options, Error> {
    let options = Properties::of(options, "options")?;
    options.only(&NAMES)?;
    let nextcloud_host = nextcloud_host(&options)?;
    let given = given(&options)?;
    let mut config = Config::new(required(nextcloud_host, "nextcloudHost")?, given.login()?);
    if let Some(seconds) = options.integer("earlyRefreshSeconds", 0..=u32::MAX)? {
        config.early_refresh = Duration::from_secs(seconds.into());
    }
    if let Some(ms) = options.integer("timeoutMs", TIMEOUT_MS)? {
        config.timeout = Duration::from_millis(ms.into());
    }
    if let Some(retries) = options.integer("maxRetries", 0..=100)? {
        config.max_retries = retries;
    }
    let max_response_bytes = options.integer("maxResponseBytes", 1..=u32::MAX)?.unwrap_or(DEFAULT_MAX_RESPONSE_BYTES);
    config.allow_insecure_http = options.boolean("allowInsecureHttp")?.unwrap_or(false);
    let token_cache = options.get("tokenCache")?;
    config.token_cache = token_cache.as_ref().map(TokenCache::shared_by).transpose()?;
    config.token_store = token_store(&options)?;
    let fetch = Fetch::new(options.function("fetch")?, max_response_bytes);
    config.logger = logger(&options)?;
    Ok(Options { config, fetch, token_cache })
}

/// A `URL` is natural here.
fn nextcloud_host(options: &Properties<'_>) -> Result<Option<String>, Error> {
    match options.get("nextcloudHost")? {
        Some(url) if url.is_object() => {
            let href = Properties::of(&url, "nextcloudHost")?.text("href")?;
            href.map(Some).ok_or_else(|| invalid(&["nextcloudHost must be a string or a URL"]))
        }
        Some(host) => text(&host, "nextcloudHost").map(Some),
        None => Ok(None),
    }
}

fn given(options: &Properties<'_>) -> Result<Given, Error> {
    let secret = |name: &str| Ok::<_, Error>(options.text(name)?.map(Secret::new));
    Ok(Given {
        client_id: options.text("clientId")?,
        client_secret: secret("clientSecret")?,
        access_token: access_token(options)?,
        username: options.text("username")?,
        password: secret("password")?,
        scope: options.text("scope")?,
        issuer: options.text("issuer")?,
        discovery_url: options.text("discoveryUrl")?,
        authentication: authentication(options)?,
        token_parameters: token_parameters(options)?,
    })
}

fn access_token(options: &Properties<'_>) -> Result<Option<AccessToken>, Error> {
    match options.get("accessToken")? {
        None => Ok(None),
        Some(function) if function.is_function() => Ok(Some(AccessToken::Function(function.unchecked_into()))),
        Some(token) if token.is_string() => {
            text(&token, "accessToken").map(|token| Some(AccessToken::Text(Secret::new(token))))
        }
        Some(other) => Err(wrong_type("accessToken", "a string or a function", &other)),
    }
}

fn authentication(options: &Properties<'_>) -> Result<Option<ClientAuthentication>, Error> {
    match options.get("clientAuthentication")?.map(|value| value.as_string()) {
        None => Ok(None),
        Some(Some(name)) if name == "post" => Ok(Some(ClientAuthentication::Post)),
        Some(Some(name)) if name == "basic" => Ok(Some(ClientAuthentication::Basic)),
        Some(_) => Err(invalid(&["clientAuthentication must be \"post\" or \"basic\""])),
    }
}

fn token_parameters(options: &Properties<'_>) -> Result<Option<Vec<(String, Secret)>>, Error> {
    let Some(given) = options.get("tokenParameters")? else { return Ok(None) };
    let pair = |name: String, value: Option<JsValue>| {
        if matches!(name.as_str(), "grant_type" | "client_id" | "client_secret" | "scope") {
            return Err(Error::invalid(
                ["tokenParameters must not contain ", &name].concat(),
                "it has an option of its own, or none",
            ));
        }
        let label = ["tokenParameters.", &name].concat();
        let value = Secret::new(text(&required(value, &label)?, &label)?);
        text(&JsValue::from(&name), "tokenParameters")?;
        Ok((name, value))
    };
    let parameters = Properties::of(&given, "tokenParameters")?;
    let pairs = match parameters.pairs()? {
        Some(pairs) => pairs
            .into_iter()
            .map(|(name, value)| pair(text(&name, "tokenParameters")?, Some(value)))
            .collect::<Result<_, Error>>()?,
        None => parameters
            .keys()?
            .into_iter()
            .map(|name| pair(name.clone(), parameters.get(&name)?))
            .collect::<Result<_, _>>()?,
    };
    Ok(Some(pairs))
}

impl Given {
    fn login(self) -> Result<Login, Error> {
        let is_by_client = self.client_id.is_some() || self.client_secret.is_some();
        let is_by_password = self.username.is_some() || self.password.is_some();
        let is_by_token = self.access_token.is_some();
        if !is_by_client && (is_by_token || is_by_password) {
            self.check_that_nothing_is_the_clients()?;
        }
        match (is_by_client, self.access_token, is_by_password) {
            (true, None, false) => Ok(Login::ClientCredentials(ClientCredentials {
                client_id: required(self.client_id, "clientId")?,
                client_secret: required(self.client_secret, "clientSecret")?,
                scope: self.scope.unwrap_or_else(|| "openid".to_string()),
                provider: provider(self.issuer, self.discovery_url)?,
                authentication: self.authentication,
                token_parameters: self.token_parameters.unwrap_or_default(),
            })),
            (false, Some(AccessToken::Text(token)), false) => Ok(Login::AccessToken(token)),
            (false, Some(AccessToken::Function(function)), false) => Ok(Login::TokenFunction(token_function(function))),
            (false, None, true) => Ok(Login::Basic {
                username: required(self.username, "username")?,
                password: required(self.password, "password")?,
            }),
            (false, None, false) => {
                Err(Error::invalid("there is no way in (what is undefined counts as not given)", WAYS_IN))
            }
            _ => Err(Error::invalid("there is more than one way in", WAYS_IN)),
        }
    }

    fn check_that_nothing_is_the_clients(&self) -> Result<(), Error> {
        let given = [
            (Setting::Scope, self.scope.is_some()),
            (Setting::Issuer, self.issuer.is_some()),
            (Setting::DiscoveryUrl, self.discovery_url.is_some()),
            (Setting::ClientAuthentication, self.authentication.is_some()),
            (Setting::TokenParameters, self.token_parameters.is_some()),
        ];
        match given.into_iter().find(|(_, is_given)| *is_given) {
            Some((setting, _)) => Err(belongs_to_client(setting, "it has no meaning for another way in")),
            None => Ok(()),
        }
    }
}

fn provider(issuer: Option<String>, discovery_url: Option<String>) -> Result<Provider, Error> {
    match (issuer, discovery_url) {
        (None, None) => Ok(Provider::Nextcloud),
        (Some(issuer), None) => Ok(Provider::Issuer(issuer)),
        (None, Some(url)) => Ok(Provider::DiscoveryUrl(url)),
        (Some(_), Some(_)) => {
            Err(Error::invalid("give issuer or discoveryUrl, not both", "the metadata is found by either"))
        }
    }
}

fn token_function(function: Function) -> TokenFunction {
    Rc::new(move || {
        let returned = function.call0(&JsValue::UNDEFINED);
        Box::pin(async move {
            let failed = |cause| TokenFunctionError::Failed(Some(Rc::new(cause)));
            let token = settle(returned).await.map_err(failed)?;
            token.as_string().map(Secret::new).ok_or(TokenFunctionError::NoText)
        })
    })
}

fn token_store(options: &Properties<'_>) -> Result<Option<Rc<dyn TokenStore>>, Error> {
    let Some(place) = options.get("tokenStore")? else { return Ok(None) };
    let methods = Properties::of(&place, "tokenStore")?;
    for name in ["get", "put"] {
        if methods.function(name)?.is_none() {
            return Err(invalid(&["tokenStore has no ", name]));
        }
    }
    match SealedStore::new(place) {
        Some(store) => Ok(Some(Rc::new(store))),
        None => Err(invalid(&["tokenStore needs crypto.subtle, which pages have over https only"])),
    }
}

/// A logger that throws, now or later, disturbs nothing.
fn logger(options: &Properties<'_>) -> Result<Option<LogFunction>, Error> {
    let Some(logger) = options.get("logger")? else { return Ok(None) };
    let methods = Properties::of(&logger, "logger")?;
    let (debug, info) = (methods.function("debug")?, methods.function("info")?);
    Ok(Some(Rc::new(move |level, message| {
        let method = match level {
            Level::Debug => &debug,
            Level::Info => &info,
        };
        let returned = method.as_ref().and_then(|method| method.call1(&logger, &message.into()).ok());
        if let Some(promise) = returned.filter(JsValue::is_object) {
            spawn_local(async move {
                let _ = settle(Ok(promise)).await;
            });
        }
    })))
}
