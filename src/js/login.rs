//! Which of the ways in the options name.

use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::arguments::{text, wrong_type, Options};
use crate::auth::{Login, TokenFunction};
use crate::error::{Error, ErrorCode};
use crate::fetch::settle;
use crate::oauth::{ClientAuthentication, ClientCredentials, Provider};
use crate::secret::Secret;

const WAYS_IN: &str = "give exactly one way in: clientId and clientSecret, or accessToken, or username and password";

pub(super) fn read(options: &Options) -> Result<Login, Error> {
    let has = |name: &str| options.get(name).map(|value| value.is_some());
    let by_client = has("clientId")? || has("clientSecret")?;
    let access_token = options.get("accessToken")?;
    let by_password = has("username")? || has("password")?;
    if !by_client {
        for name in ["scope", "issuer", "discoveryUrl", "clientAuthentication", "tokenParameters"] {
            if has(name)? {
                return Err(Error::invalid(
                    [name, " belongs to clientId and clientSecret: it has no meaning for another way in"].concat(),
                ));
            }
        }
    }
    match (by_client, access_token, by_password) {
        (true, None, false) => client_credentials(options).map(Login::ClientCredentials),
        (false, Some(token), false) => match token.dyn_into::<Function>() {
            Ok(function) => Ok(Login::TokenFunction(token_function(function))),
            Err(token) => text(&token, "accessToken")
                .map(|token| Login::AccessToken(Secret::new(token)))
                .map_err(|_| wrong_type("accessToken", "a string or a function", &token)),
        },
        (false, None, true) => Ok(Login::Basic {
            username: options.required_string("username")?,
            password: Secret::new(options.required_string("password")?),
        }),
        (false, None, false) => Err(Error::invalid(["there is no way in: ", WAYS_IN].concat())),
        _ => Err(Error::invalid(["there is more than one way in: ", WAYS_IN].concat())),
    }
}

fn client_credentials(options: &Options) -> Result<ClientCredentials, Error> {
    let provider = match (options.string("issuer")?, options.string("discoveryUrl")?) {
        (None, None) => Provider::Nextcloud,
        (Some(issuer), None) => Provider::Issuer(issuer),
        (None, Some(url)) => Provider::DiscoveryUrl(url),
        (Some(_), Some(_)) => {
            return Err(Error::invalid("give issuer or discoveryUrl, not both: the metadata is found by either"))
        }
    };
    let authentication = match options.string("clientAuthentication")?.as_deref() {
        None => None,
        Some("post") => Some(ClientAuthentication::Post),
        Some("basic") => Some(ClientAuthentication::Basic),
        Some(_) => return Err(Error::invalid("clientAuthentication must be \"post\" or \"basic\"")),
    };
    Ok(ClientCredentials {
        client_id: options.required_string("clientId")?,
        client_secret: Secret::new(options.required_string("clientSecret")?),
        scope: options.string("scope")?.unwrap_or_else(|| "openid".to_string()),
        provider,
        authentication,
        token_parameters: token_parameters(options)?,
    })
}

fn token_parameters(options: &Options) -> Result<Vec<(String, String)>, Error> {
    let Some(given) = options.get("tokenParameters")? else { return Ok(Vec::new()) };
    let parameters = Options::of(&given, "tokenParameters")?;
    let mut pairs = Vec::new();
    for name in parameters.keys()? {
        if matches!(name.as_str(), "grant_type" | "client_id" | "client_secret" | "scope") {
            return Err(Error::invalid(
                ["tokenParameters must not contain ", &name, ": it has an option of its own, or none"].concat(),
            ));
        }
        let value = parameters.required_string(&name)?;
        pairs.push((name, value));
    }
    Ok(pairs)
}

fn token_function(function: Function) -> TokenFunction {
    Rc::new(move || {
        let returned = function.call0(&JsValue::UNDEFINED);
        Box::pin(async move {
            let failed = |cause: JsValue| {
                Error::new(
                    ErrorCode::TokenFunctionFailed,
                    "the function given as accessToken threw; its error is the cause",
                )
                .with(|details| details.cause = Some(Rc::new(cause)))
            };
            let token = settle(returned).await.map_err(failed)?;
            token.as_string().ok_or_else(|| {
                Error::new(
                    ErrorCode::TokenFunctionFailed,
                    "the function given as accessToken gave no string: it must give the bare token",
                )
            })
        })
    })
}
