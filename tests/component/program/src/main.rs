//! Calls the client for whoever writes to its standard input: a JSON array a line, of the object's handle, the function's name and
//! the arguments. Of each it prints `{"Ok": …}` or `{"Err": …}`, in serde's form of the WIT's types; objects stay here, and have
//! handles.

use std::collections::HashMap;
use std::io;

use serde::de::DeserializeOwned;
use serde::Serialize;
use serde_json::{to_value, Value};

use bindings::astrolabe::client::client::{AllStatuses, Client, Configuration, Error, Statuses, TokenCache, Users};

mod bindings {
    wit_bindgen::generate!({
        inline: "package astrolabe:scenarios; world scenarios { import astrolabe:client/client@0.1.0; }",
        path: "../../../wit",
        generate_all,
        additional_derives: [serde::Serialize, serde::Deserialize],
    });
}

enum Object {
    AllStatuses(AllStatuses),
    Client(Client),
    Statuses(Statuses),
    TokenCache(TokenCache),
    Users(Users),
}

#[derive(Default)]
struct Objects {
    all: HashMap<u32, Object>,
    made: u32,
}

impl Objects {
    fn keep(&mut self, object: Object) -> u32 {
        self.made += 1;
        self.all.insert(self.made, object);
        self.made
    }
}

type Outcome = Result<Value, Error>;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut objects = Objects::default();
    for line in io::stdin().lines() {
        let (handle, function, arguments): (u32, String, Vec<Value>) = serde_json::from_str(&line?)?;
        let outcome = call(&mut objects, handle, &function, &Arguments(arguments))?;
        println!("{}", serde_json::to_string(&outcome)?);
    }
    Ok(())
}

/// An argument that is left out is `null`.
struct Arguments(Vec<Value>);

impl Arguments {
    fn get<T: DeserializeOwned>(&self, at: usize) -> serde_json::Result<T> {
        serde_json::from_value(self.0.get(at).cloned().unwrap_or_default())
    }

    fn text(&self, at: usize) -> serde_json::Result<String> {
        self.get(at)
    }

    fn ms(&self, at: usize) -> serde_json::Result<Option<u32>> {
        self.get(at)
    }
}

/// Fails where the call is none of the WIT's.
fn call(objects: &mut Objects, handle: u32, function: &str, arguments: &Arguments) -> serde_json::Result<Outcome> {
    if function == "drop" {
        objects.all.remove(&handle);
        return ok(());
    }
    match objects.all.get(&handle) {
        None => make(objects, function, arguments),
        Some(Object::Client(client)) => match ask(client, function, arguments)? {
            Some(outcome) => Ok(outcome),
            None => begin(objects, handle, function, arguments),
        },
        Some(Object::TokenCache(cache)) => match function {
            "to-json" => ok(cache.to_json()),
            "access-token" => ok(cache.access_token()),
            "expires-at-ms" => ok(cache.expires_at_ms()),
            "token-endpoint" => ok(cache.token_endpoint()),
            "is-fresh" => ok(cache.is_fresh()),
            "clear" => {
                cache.clear();
                ok(())
            }
            _ => Err(unknown(function)),
        },
        Some(Object::AllStatuses(rows)) => match function {
            "next" => result(rows.next()),
            "total" => ok(rows.total()),
            _ => Err(unknown(function)),
        },
        Some(Object::Statuses(rows)) => result(rows.next()),
        Some(Object::Users(users)) => result(users.next()),
    }
}

/// What belongs to no object.
fn make(objects: &mut Objects, function: &str, arguments: &Arguments) -> serde_json::Result<Outcome> {
    let made = match function {
        "client.create" => {
            let configuration: Configuration = arguments.get(0)?;
            let cache = match arguments.get::<Option<u32>>(1)?.and_then(|handle| objects.all.get(&handle)) {
                Some(Object::TokenCache(cache)) => Some(cache),
                _ => None,
            };
            Client::create(&configuration, cache).map(Object::Client)
        }
        "token-cache.from-json" => TokenCache::from_json(&arguments.text(0)?).map(Object::TokenCache),
        "token-cache.constructor" => Ok(Object::TokenCache(TokenCache::new())),
        _ => return Err(unknown(function)),
    };
    result(made.map(|object| objects.keep(object)))
}

/// What a client answers; `None` where it gives an object.
fn ask(client: &Client, function: &str, arguments: &Arguments) -> serde_json::Result<Option<Outcome>> {
    let outcome = match function {
        "get-access-token" => result(client.get_access_token(arguments.ms(0)?)),
        "get-user-app-password" => result(client.get_user_app_password(&arguments.text(0)?, arguments.ms(1)?)),
        "get-background-sync-status" => {
            result(client.get_background_sync_status(&arguments.text(0)?, arguments.ms(1)?))
        }
        "get-provisioning" => result(client.get_provisioning(arguments.ms(0)?)),
        "provision-user" => result(client.provision_user(&arguments.text(0)?, arguments.ms(1)?)),
        "deprovision-user" => result(client.deprovision_user(&arguments.text(0)?, arguments.ms(1)?)),
        "set-self-provisioning" => result(client.set_self_provisioning(arguments.get(0)?, arguments.ms(1)?)),
        "get-search-capabilities" => result(client.get_search_capabilities(arguments.ms(0)?)),
        "get-own-background-sync-status" => result(client.get_own_background_sync_status(arguments.ms(0)?)),
        "store-app-password" => result(client.store_app_password(&arguments.text(0)?, arguments.ms(1)?)),
        "revoke-background-sync" => result(client.revoke_background_sync(arguments.ms(0)?)),
        "user-exists" => result(client.user_exists(&arguments.text(0)?, arguments.ms(1)?)),
        "diagnose" => result(client.diagnose(arguments.ms(0)?)),
        _ => return Ok(None),
    };
    outcome.map(Some)
}

/// What a client gives an object for.
fn begin(objects: &mut Objects, handle: u32, function: &str, arguments: &Arguments) -> serde_json::Result<Outcome> {
    let Some(Object::Client(client)) = objects.all.get(&handle) else {
        return Err(unknown(function));
    };
    let begun = match function {
        "token-cache" => Ok(Object::TokenCache(client.token_cache())),
        "get-background-sync-statuses" => {
            let user_ids: Vec<String> = arguments.get(0)?;
            client.get_background_sync_statuses(&user_ids, arguments.get(1)?, arguments.ms(2)?).map(Object::Statuses)
        }
        "get-all-background-sync-statuses" => {
            let search: Option<String> = arguments.get(0)?;
            client
                .get_all_background_sync_statuses(search.as_deref(), arguments.get(1)?, arguments.ms(2)?)
                .map(Object::AllStatuses)
        }
        "list-users" => {
            let search: Option<String> = arguments.get(0)?;
            client.list_users(search.as_deref(), arguments.get(1)?, arguments.ms(2)?).map(Object::Users)
        }
        _ => return Err(unknown(function)),
    };
    result(begun.map(|object| objects.keep(object)))
}

fn ok(value: impl Serialize) -> serde_json::Result<Outcome> {
    result(Ok(value))
}

fn result<T: Serialize>(result: Result<T, Error>) -> serde_json::Result<Outcome> {
    match result {
        Ok(value) => to_value(value).map(Ok),
        Err(error) => Ok(Err(error)),
    }
}

fn unknown(function: &str) -> serde_json::Error {
    serde::de::Error::custom(format!("no function {function}"))
}
