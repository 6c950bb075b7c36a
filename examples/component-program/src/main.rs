//! Prints, for each user named on the command line, whether background services have access, how and since when. It is made one
//! with the client's component, and any host that has `wasi:cli` and `wasi:http` runs it: see README.md.

use std::env;
use std::process::ExitCode;

use bindings::astrolabe::client::client::{
    Client, ClientAuthentication, ClientCredentials, ClientSecret, Configuration, Error, Login, Provider, UserPassword,
};

mod bindings {
    wit_bindgen::generate!({
        inline: "package astrolabe:program; world program { import astrolabe:client/client@0.1.0; }",
        path: "../../wit",
        generate_all,
    });
}

fn main() -> ExitCode {
    match print_statuses(env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{:?}: {}", error.code, error.message);
            ExitCode::FAILURE
        }
    }
}

fn print_statuses(user_ids: Vec<String>) -> Result<(), Error> {
    let client = Client::create(&configuration(), None)?;
    let rows = client.get_background_sync_statuses(&user_ids, None, None)?;
    while let Some(row) = rows.next()? {
        match row.status {
            Ok(status) => {
                let since = status.provisioned_at_ms.map_or(String::new(), |ms| format!(" since {ms}"));
                let kind = status.credential_type.unwrap_or_default();
                println!("{}: {} {kind}{since}", row.user_id, if status.has_access { "yes" } else { "no" });
            }
            Err(error) => println!("{}: {:?}", row.user_id, error.code),
        }
    }
    Ok(())
}

fn configuration() -> Configuration {
    Configuration {
        nextcloud_host: variable("NEXTCLOUD_HOST").unwrap_or_default(),
        login: login(),
        early_refresh_seconds: None,
        timeout_ms: variable("TIMEOUT_MS").and_then(|ms| ms.parse().ok()),
        max_retries: None,
        max_response_bytes: None,
        allow_insecure_http: false,
        uses_token_store: false,
        token_store_secret: None,
    }
}

fn login() -> Login {
    if let Some(token) = variable("NEXTCLOUD_ACCESS_TOKEN") {
        return Login::AccessToken(token);
    }
    if let Some(username) = variable("NEXTCLOUD_USERNAME") {
        let password = variable("NEXTCLOUD_PASSWORD").unwrap_or_default();
        return Login::Basic(UserPassword { username, password });
    }
    Login::ClientCredentials(ClientCredentials {
        client_id: variable("NEXTCLOUD_OIDC_CLIENT_ID").unwrap_or_default(),
        client_authentication: ClientAuthentication::ClientSecret(ClientSecret {
            secret: variable("NEXTCLOUD_OIDC_CLIENT_SECRET").unwrap_or_default(),
            method: None,
        }),
        scope: None,
        provider: Provider::Nextcloud,
        token_parameters: Vec::new(),
    })
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}
