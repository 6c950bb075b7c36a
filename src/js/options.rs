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
use crate::fetch::{settle, Fetch, SealedStore, WebCryptoKey};
use crate::http::DEFAULT_MAX_RESPONSE_BYTES;
use crate::log::{Level, LogFunction};
use crate::login::{
    is_parameter_of_its_own, ClientAuthentication, ClientCredentials, ClientKey, Login, Provider, SecretMethod,
    TokenFunction, TokenFunctionError,
};
use crate::secret::Secret;
use crate::setting::Setting;
use crate::token_store::TokenStore;

const NAMES: [&str; 24] = [
    "nextcloudHost",
    "clientId",
    "clientSecret",
    "clientPrivateKey",
    "clientKeyId",
    "clientAssertion",
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
    "tokenStoreSecret",
    "fetch",
    "logger",
];

const PARTS_OF_WAYS_IN: [&str; 6] =
    ["clientId", "clientSecret", "clientPrivateKey", "clientAssertion", "accessToken", "username"];

const UNDEFINED: &str = "see whether the variables are set that it is read from (in a Worker: .dev.vars, or a secret)";

const WAYS_IN: &str = "give exactly one way in: clientId and clientSecret, or accessToken, or username and password; in place of clientSecret there may be clientPrivateKey, clientAssertion or clientAuthentication \"tls_client_auth\"";

const PROOFS: &str = "with clientId give one of clientSecret, clientPrivateKey (with clientKeyId), clientAssertion, and clientAuthentication \"tls_client_auth\"";

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
    proof: GivenProof,
    access_token: Option<TextOrFunction>,
    username: Option<String>,
    password: Option<Secret>,
    scope: Option<String>,
    issuer: Option<String>,
    discovery_url: Option<String>,
    token_parameters: Option<Vec<(String, Secret)>>,
}

/// What of it proves who the client is.
struct GivenProof {
    secret: Option<Secret>,
    private_key: Option<JsValue>,
    key_id: Option<String>,
    assertion: Option<TextOrFunction>,
    method: Option<Method>,
}

enum TextOrFunction {
    Text(Secret),
    Function(Function),
}

/// What `clientAuthentication` names.
#[derive(Clone, Copy)]
enum Method {
    Secret(SecretMethod),
    Certificate,
}

pub(super) fn read(options: &JsValue) -> Result<Options, Error> {
    let options = Properties::of(options, "options")?;
    options.only(&NAMES)?;
    let nextcloud_host = nextcloud_host(&options)?;
    let given = given(&options)?;
    let mut config = Config::new(required(nextcloud_host, "nextcloudHost")?, given.login(&options)?);
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
    config.token_store_secret = options.text("tokenStoreSecret")?.map(Secret::new);
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
        proof: GivenProof {
            secret: secret("clientSecret")?,
            private_key: options.get("clientPrivateKey")?,
            key_id: options.text("clientKeyId")?,
            assertion: text_or_function(options, "clientAssertion")?,
            method: authentication(options)?,
        },
        access_token: text_or_function(options, "accessToken")?,
        username: options.text("username")?,
        password: secret("password")?,
        scope: options.text("scope")?,
        issuer: options.text("issuer")?,
        discovery_url: options.text("discoveryUrl")?,
        token_parameters: token_parameters(options)?,
    })
}

fn text_or_function(options: &Properties<'_>, name: &str) -> Result<Option<TextOrFunction>, Error> {
    match options.get(name)? {
        None => Ok(None),
        Some(function) if function.is_function() => Ok(Some(TextOrFunction::Function(function.unchecked_into()))),
        Some(given) if given.is_string() => {
            text(&given, name).map(|given| Some(TextOrFunction::Text(Secret::new(given))))
        }
        Some(other) => Err(wrong_type(name, "a string or a function", &other)),
    }
}

fn authentication(options: &Properties<'_>) -> Result<Option<Method>, Error> {
    let Some(given) = options.get("clientAuthentication")? else { return Ok(None) };
    match given.as_string().as_deref() {
        Some("post") => Ok(Some(Method::Secret(SecretMethod::Post))),
        Some("basic") => Ok(Some(Method::Secret(SecretMethod::Basic))),
        Some("tls_client_auth") => Ok(Some(Method::Certificate)),
        Some("client_secret_jwt") => Err(Error::invalid(
            "clientAuthentication \"client_secret_jwt\" is not offered: both sides still have to keep the same secret, and the provider in readable form",
            "give clientPrivateKey, of which the provider knows the public half only; or let the secret go by \"post\"",
        )),
        Some("private_key_jwt") => Err(Error::invalid(
            "clientAuthentication is not how private_key_jwt is asked for",
            "give clientPrivateKey, or clientAssertion, and leave clientAuthentication out",
        )),
        _ => Err(invalid(&["clientAuthentication must be \"post\" or \"basic\", or \"tls_client_auth\" without a secret"])),
    }
}

fn token_parameters(options: &Properties<'_>) -> Result<Option<Vec<(String, Secret)>>, Error> {
    let Some(given) = options.get("tokenParameters")? else { return Ok(None) };
    let pair = |name: String, value: Option<JsValue>| {
        if is_parameter_of_its_own(&name) {
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

impl GivenProof {
    fn is_given(&self) -> bool {
        self.secret.is_some() || self.private_key.is_some() || self.assertion.is_some()
    }

    fn authentication(self) -> Result<ClientAuthentication, Error> {
        let has_key = self.private_key.is_some();
        let authentication = match (self.secret, self.private_key, self.assertion, self.method) {
            (Some(secret), None, None, None) => ClientAuthentication::Secret { secret, method: None },
            (Some(secret), None, None, Some(Method::Secret(method))) => {
                ClientAuthentication::Secret { secret, method: Some(method) }
            }
            (None, Some(key), None, None) => {
                let key = WebCryptoKey::read(&key)?;
                let key_id = self.key_id.clone().or_else(|| key.key_id.clone());
                ClientAuthentication::PrivateKey(ClientKey { key_id, ..key })
            }
            (None, None, Some(TextOrFunction::Text(text)), None) => ClientAuthentication::fixed_assertion(text)?,
            (None, None, Some(TextOrFunction::Function(function)), None) => {
                ClientAuthentication::Assertion(token_function(function))
            }
            (None, None, None, Some(Method::Certificate)) => ClientAuthentication::Certificate,
            (None, None, None, _) => return Err(Error::invalid("clientSecret is missing", PROOFS)),
            _ => return Err(Error::invalid("there is more than one proof of who the client is", PROOFS)),
        };
        match self.key_id {
            Some(_) if !has_key => Err(Error::invalid("clientKeyId is given without clientPrivateKey", PROOFS)),
            _ => Ok(authentication),
        }
    }
}

/// Those that are named there are undefined: most often what they are read from is not there.
fn no_way_in(options: &Properties<'_>) -> Error {
    let named = options.keys().unwrap_or_default();
    let undefined: Vec<_> = PARTS_OF_WAYS_IN.into_iter().filter(|part| named.iter().any(|name| name == part)).collect();
    match undefined.as_slice() {
        [] => Error::invalid("there is no way in", WAYS_IN),
        [name] => Error::invalid([name, " is undefined"].concat(), UNDEFINED),
        names => Error::invalid([&names.join(" and "), " are undefined"].concat(), UNDEFINED),
    }
}

impl Given {
    fn login(self, options: &Properties<'_>) -> Result<Login, Error> {
        let is_by_client = self.client_id.is_some() || self.proof.is_given();
        let is_by_password = self.username.is_some() || self.password.is_some();
        let is_by_token = self.access_token.is_some();
        if !is_by_client && (is_by_token || is_by_password) {
            self.check_that_nothing_is_the_clients()?;
        }
        match (is_by_client, self.access_token, is_by_password) {
            (true, None, false) => Ok(Login::ClientCredentials(ClientCredentials {
                client_id: match self.client_id {
                    None if self.proof.assertion.is_some() => String::new(),
                    id => required(id, "clientId")?,
                },
                authentication: self.proof.authentication()?,
                scope: self.scope.unwrap_or_else(|| "openid".to_string()),
                provider: provider(self.issuer, self.discovery_url)?,
                token_parameters: self.token_parameters.unwrap_or_default(),
            })),
            (false, Some(TextOrFunction::Text(token)), false) => Ok(Login::AccessToken(token)),
            (false, Some(TextOrFunction::Function(function)), false) => {
                Ok(Login::TokenFunction(token_function(function)))
            }
            (false, None, true) => Ok(Login::Basic {
                username: required(self.username, "username")?,
                password: required(self.password, "password")?,
            }),
            (false, None, false) => Err(no_way_in(options)),
            _ => Err(Error::invalid("there is more than one way in", WAYS_IN)),
        }
    }

    fn check_that_nothing_is_the_clients(&self) -> Result<(), Error> {
        let given = [
            (Setting::Scope, self.scope.is_some()),
            (Setting::Issuer, self.issuer.is_some()),
            (Setting::DiscoveryUrl, self.discovery_url.is_some()),
            (Setting::ClientAuthentication, self.proof.method.is_some()),
            (Setting::ClientKeyId, self.proof.key_id.is_some()),
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
