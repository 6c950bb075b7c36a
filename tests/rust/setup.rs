//! What tests begin with: one Nextcloud, one identity provider, one client.

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use astrolabe_client::{
    AstrolabeClient, BackgroundSyncStatus, CallOptions, ClientAuthentication, ClientCredentials, Config, Error,
    ErrorCode, ListUsersOptions, Login, Provider, Secret, SecretMethod, UnixTime,
};
use futures_util::TryStreamExt;
use serde_json::json;

use crate::transport::{Answer, World};

pub const HOST: &str = "https://cloud.example.com";
pub const DISCOVERY: &str = "https://cloud.example.com/.well-known/openid-configuration";
pub const TOKEN_ENDPOINT: &str = "https://idp.example.com/realms/x/token";
pub const ALICE: &str = "https://cloud.example.com/apps/astrolabe/api/v1/background-sync/credentials/alice";

pub const CLIENT_ID: &str = "mcp-server";
pub const CLIENT_SECRET: &str = "client-secret-5f3a";
pub const APP_PASSWORD: &str = "AbCdE-fGhIj-KlMnO-pQrSt-uVwXy";

/// An app password to be stored, which is not the one that logs in.
pub const TO_STORE: &str = "St0rE-mE2aA-bBbBb-33333-zZzZz";

pub type Client = AstrolabeClient<World>;

pub fn client_credentials() -> ClientCredentials {
    ClientCredentials {
        client_id: CLIENT_ID.into(),
        authentication: by_secret(CLIENT_SECRET, None),
        scope: "openid".into(),
        provider: Provider::Nextcloud,
        token_parameters: Vec::new(),
    }
}

pub fn by_secret(secret: &str, method: impl Into<Option<SecretMethod>>) -> ClientAuthentication {
    ClientAuthentication::Secret { secret: Secret::new(secret), method: method.into() }
}

pub fn config() -> Config {
    Config::new(HOST, Login::ClientCredentials(client_credentials()))
}

/// A client as the seed makes it, with id and secret.
pub fn client(world: &World) -> Client {
    client_with(world, |_| {})
}

pub fn client_with(world: &World, change: impl FnOnce(&mut Config)) -> Client {
    let mut config = config();
    change(&mut config);
    AstrolabeClient::new(world.clone(), config).expect("a valid configuration")
}

/// A client with id and secret, where one of their details is another.
pub fn client_of(world: &World, change: impl FnOnce(&mut ClientCredentials)) -> Client {
    let mut credentials = client_credentials();
    change(&mut credentials);
    client_with(world, |config| config.login = Login::ClientCredentials(credentials))
}

/// A client with a token of its own: it logs in without a request.
pub fn bearer_client(world: &World) -> Client {
    bearer_client_with(world, |_| {})
}

pub fn bearer_client_with(world: &World, change: impl FnOnce(&mut Config)) -> Client {
    client_with(world, |config| {
        config.login = Login::AccessToken(Secret::new(APP_PASSWORD));
        change(config);
    })
}

/// Discovery that leads to [`TOKEN_ENDPOINT`].
pub fn metadata() -> Answer {
    metadata_for(TOKEN_ENDPOINT)
}

pub fn metadata_for(token_endpoint: &str) -> Answer {
    Answer::json(
        200,
        json!({
            "token_endpoint": token_endpoint,
            "grant_types_supported": ["client_credentials", "authorization_code"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }),
    )
}

/// Discovery that does not say how the secret is to be sent.
pub fn silent_metadata() -> Answer {
    Answer::json(200, json!({ "token_endpoint": TOKEN_ENDPOINT }))
}

/// A login with the password of an administrator.
pub fn basic_client(world: &World) -> Client {
    let login = Login::Basic { username: "admin".into(), password: Secret::new("login-password-7d1e") };
    client_with(world, |config| config.login = login)
}

/// Nextcloud's brute-force lock, as its controllers write it.
pub fn locked() -> Answer {
    Answer::json(429, json!({ "message": "Reached maximum delay" }))
}

pub fn token(access_token: &str) -> Answer {
    token_for(access_token, 3600)
}

pub fn token_for(access_token: &str, expires_in: i64) -> Answer {
    Answer::json(200, json!({ "access_token": access_token, "token_type": "Bearer", "expires_in": expires_in }))
}

/// Alice's status as today's Astrolabe gives it.
pub fn alice() -> Answer {
    Answer::json(
        200,
        json!({ "success": true, "user_id": "alice", "has_background_access": true, "sync_type": "app_password", "provisioned_at": 1_795_418_617 }),
    )
}

/// What [`alice`] comes out as.
pub fn alice_has_access() -> BackgroundSyncStatus {
    BackgroundSyncStatus {
        has_access: true,
        credential_type: Some("app_password".into()),
        provisioned_at: Some(UnixTime::from_millis(1_795_418_617_000)),
    }
}

pub fn no_access() -> BackgroundSyncStatus {
    BackgroundSyncStatus { has_access: false, credential_type: None, provisioned_at: None }
}

/// A call that owns its client, so that many can run at once.
pub fn get_token(client: &Client) -> impl Future<Output = Result<String, Error>> + 'static {
    let client = client.clone();
    async move { Ok(client.get_access_token(CallOptions::default()).await?.expose().to_string()) }
}

/// The access token of one call that runs alone.
pub fn token_of(world: &World, client: &Client) -> Result<String, Error> {
    world.run(get_token(client))
}

pub fn status_of(world: &World, client: &Client, user_id: &str) -> Result<BackgroundSyncStatus, Error> {
    world.run(client.get_background_sync_status(user_id, CallOptions::default()))
}

pub fn within_ms(ms: u64) -> CallOptions {
    CallOptions::with_timeout(Duration::from_millis(ms))
}

/// The users that a search finds, all pages.
pub fn users_of(world: &World, client: &Client, search: &str, page_size: u32) -> Result<Vec<String>, Error> {
    let mut options = ListUsersOptions::default();
    (options.search, options.page_size) = (search.into(), page_size);
    world.run(client.list_users(options).try_collect())
}

/// After the last page comes one with nobody on it.
pub fn empty_page() -> Answer {
    page_of([""; 0])
}

pub fn page_of<const N: usize>(ids: [&str; N]) -> Answer {
    Answer::json(200, json!({ "ocs": { "meta": { "statuscode": 200 }, "data": { "users": ids.as_slice() } } }))
}

/// What a client tells its logger, line by line.
pub type Log = Rc<RefCell<Vec<String>>>;

/// Has everything logged from now on.
pub fn log_of(config: &mut Config) -> Log {
    let log = Log::default();
    let lines = log.clone();
    config.logger = Some(Rc::new(move |_, line| lines.borrow_mut().push(line.to_string())));
    log
}

pub fn code_of<R: std::fmt::Debug>(result: Result<R, Error>) -> ErrorCode {
    result.expect_err("an error").code
}
