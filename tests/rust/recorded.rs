//! Every recorded exchange on a route that the client uses, and what a caller gets from it.

use astrolabe_client::{AstrolabeClient, BackgroundSyncStatus, Config, Error, ErrorCode, Login, Secret};
use serde_json::json;

use crate::recordings::{self, recorded, Exchange};
use crate::setup::*;
use crate::transport::{Answer, Flight, World};

const CREDENTIALS: &str = "/apps/astrolabe/api/v1/background-sync/credentials/";
const WELL_KNOWN: &str = "/.well-known/openid-configuration";
const TOKEN: &str = "/apps/oidc/token";

enum Outcome {
    /// A credential is stored since then.
    AccessSince(i64),
    NoAccess,
    Fails(ErrorCode, &'static str),
}
use Outcome::{AccessSince, Fails, NoAccess};

/// For each recording of the credentials route what `get_background_sync_status` gives, and for failures what the
/// server said.
const ON_CREDENTIALS: &[(&str, Outcome)] = &[
    ("10-cred-alice-admin-nohdr", Fails(ErrorCode::RequestRejected, "CSRF check failed")),
    ("11-cred-alice-admin-ocs", NoAccess),
    ("31-cred-alice-as-admin-apppw", NoAccess),
    ("43-cred-alice-as-admin", AccessSince(1_795_418_617)),
    ("45-cred-bob", NoAccess),
    ("33-cred-nobody-as-admin", NoAccess),
    ("44-cred-ALICE-as-admin", NoAccess),
    ("35-cred-alice-as-alice", Fails(ErrorCode::Forbidden, "Logged in account must be an admin")),
    ("36-cred-alice-noauth-ocs", Fails(ErrorCode::Unauthorized, "Current user is not logged in")),
    ("36d-cred-alice-noauth-accepthtml", Fails(ErrorCode::UnexpectedRedirect, "")),
    ("37c-cred-alice-bearer-invalid-ocs", Fails(ErrorCode::Unauthorized, "Current user is not logged in")),
    ("46-cred-alice-indexphp", AccessSince(1_795_418_617)),
    ("50-enc-space-pct", AccessSince(1_795_418_664)),
    ("50-enc-at-pct", AccessSince(1_795_418_664)),
    ("50-enc-apos-pct", AccessSince(1_795_418_664)),
    ("50-enc-plus-pct", NoAccess),
    ("50-enc-slash-dblpct", NoAccess),
    ("50-enc-umlaut-pct", NoAccess),
    ("60-wrongpw-1", Fails(ErrorCode::Unauthorized, "")),
    ("60-wrongpw-12", Fails(ErrorCode::RateLimited, "Reached maximum delay")),
    ("61-rightpw-while-throttled", Fails(ErrorCode::RateLimited, "Reached maximum delay")),
    ("61d-bearer-while-throttled", Fails(ErrorCode::Unauthorized, "Current user is not logged in")),
    ("100-bearer-apppw-ocs", AccessSince(1_795_418_617)),
    ("101-bearer-apppw-noocs", Fails(ErrorCode::RequestRejected, "CSRF check failed")),
    ("102-bearer-apppw-alice-ocs", Fails(ErrorCode::Forbidden, "Logged in account must be an admin")),
    ("104-bearer-lowercase", Fails(ErrorCode::Unauthorized, "Current user is not logged in")),
    ("113-cred-oidc-access-jwt", Fails(ErrorCode::Unauthorized, "Current user is not logged in")),
    ("150-maint-cred-8088", Fails(ErrorCode::Maintenance, "")),
    ("160-appdisabled-8088", Fails(ErrorCode::AppNotAvailable, "")),
    ("161-app-group-restricted", Fails(ErrorCode::AppNotAvailable, "")),
    ("162-untrusted-host", Fails(ErrorCode::RequestRejected, "")),
    ("164-2fa-enforced-loginpw", Fails(ErrorCode::Unauthorized, "Current user is not logged in")),
    ("182-3rdparty-cc-mcp-svc-ocs", Fails(ErrorCode::Forbidden, "Logged in account must be an admin")),
    ("182-3rdparty-cc-mcp-admin-ocs", AccessSince(1_795_419_136)),
    ("183-3rdparty-svc-promoted-ocs", AccessSince(1_795_419_136)),
    ("184-expired-jwt", Fails(ErrorCode::Unauthorized, "Current user is not logged in")),
    ("195-norewrite-pretty", Fails(ErrorCode::AppNotAvailable, "")),
    ("195b-norewrite-indexphp", Fails(ErrorCode::Unauthorized, "Current user is not logged in")),
    ("197-subdir-indexphp", AccessSince(1_795_419_136)),
    ("131-origin-cred", AccessSince(1_795_418_617)),
];

/// For each recording of discovery what a login ends with; none of them announces the grant.
const ON_WELL_KNOWN: &[(&str, ErrorCode)] = &[
    ("80-wk-nooidc-8088", ErrorCode::DiscoveryFailed),
    ("81-wk-oidc-8088", ErrorCode::GrantNotSupported),
    ("81-wk-oidc-index-8090", ErrorCode::GrantNotSupported),
    ("195c-norewrite-wk", ErrorCode::DiscoveryFailed),
    ("195d-norewrite-index-wk", ErrorCode::GrantNotSupported),
    ("150-maint-wk-8088", ErrorCode::Maintenance),
    ("131-origin-wk", ErrorCode::GrantNotSupported),
];

const ON_TOKEN: &[&str] = &["90-token-cc-form", "91-token-cc-basic", "92-token-cc-badclient"];

const EXCEPTIONS: &[(&str, &str)] = &[
    ("81-wk-oidc-8090", "a redirect: it leads to 81-wk-oidc-index-8090, and has a test of its own"),
    ("47-cred-alice-trailing", "the client never ends the address with a slash"),
    ("49-cred-DELETE", "the client never sends DELETE"),
    ("130-preflight-cred-8088", "a preflight is the browser's, not the client's"),
    ("50-enc-slash-pct", "the client refuses this id"),
    ("50-enc-dotdot-pct", "the client refuses this id"),
    ("50-enc-long", "the client refuses this id"),
];

fn config_at(base: &str) -> Config<Flight> {
    Config { nextcloud_host: format!("http://127.0.0.1:8088{base}"), ..config() }
}

fn percent_decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).expect("two hex digits"));
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).expect("UTF-8")
}

/// Asks for the user of a recording, gets the recorded answer.
fn replay<R>(exchange: &Exchange, ask: impl FnOnce(&World, &AstrolabeClient<World>, &str) -> Result<R, Error>) -> Result<R, Error> {
    let world = World::new();
    let (base, segment) = exchange.path.split_once(CREDENTIALS).expect("the credentials route");
    let login = Login::AccessToken(Secret::new(APP_PASSWORD));
    let client = AstrolabeClient::new(world.clone(), Config { login, ..config_at(base) }).expect("a client");
    // The address is the recorded one to the letter: any other would find no answer.
    world.on(&format!("http://127.0.0.1:8088{}", exchange.path), exchange.answer());
    let result = ask(&world, &client, &percent_decoded(segment));
    assert_eq!(world.sent().len(), 1, "{}: nothing here is worth a second try", exchange.case);
    result
}

#[test]
fn each_recorded_answer_of_the_credentials_route_comes_out_as_its_status() {
    for (case, outcome) in ON_CREDENTIALS {
        let exchange = recordings::find(case);
        let status = replay(&exchange, status_of);
        match (outcome, status) {
            (AccessSince(seconds), Ok(status)) => {
                let expected = BackgroundSyncStatus { has_access: true, credential_type: Some("app_password".into()), provisioned_at_s: Some(*seconds) };
                assert_eq!(status, expected, "{case}");
            }
            (NoAccess, Ok(status)) => assert_eq!(status, no_access(), "{case}"),
            (Fails(code, said), Err(error)) => {
                assert_eq!((error.code, error.status), (*code, Some(exchange.status)), "{case}");
                assert_eq!(error.server_message.as_deref().unwrap_or_default(), *said, "{case}");
                assert_eq!(error.route, Some(format!("GET http://127.0.0.1:8088{}", exchange.path)), "{case}");
                assert!(error.message.contains(said), "{case}: {error}");
            }
            (Fails(..), Ok(status)) => panic!("{case}: {status:?}"),
            (_, Err(error)) => panic!("{case}: {error}"),
        }
    }
}

#[test]
fn each_recorded_answer_of_the_credentials_route_holds_no_app_password() {
    for (case, outcome) in ON_CREDENTIALS {
        let password = replay(&recordings::find(case), |world, client, user_id| world.run(client.get_user_app_password(user_id, None)));
        match (outcome, password) {
            (Fails(code, _), Err(error)) => assert_eq!(error.code, *code, "{case}"),
            (AccessSince(_) | NoAccess, Ok(None)) => {}
            (_, result) => panic!("{case}: {result:?}"),
        }
    }
}

#[test]
fn a_recorded_failure_says_when_to_come_back() {
    let cases = [
        ("150-maint-cred-8088", Some(120_000), true),
        ("60-wrongpw-12", Some(1_800_000), true),
        ("61-rightpw-while-throttled", Some(1_800_000), true),
        ("60-wrongpw-1", None, false),
        ("35-cred-alice-as-alice", None, false),
        ("160-appdisabled-8088", None, false),
        ("162-untrusted-host", None, false),
    ];
    for (case, retry_after_ms, retryable) in cases {
        let error = replay(&recordings::find(case), status_of).expect_err(case);
        assert_eq!((error.retry_after_ms, error.retryable), (retry_after_ms, retryable), "{case}");
    }
}

#[test]
fn each_recorded_answer_of_discovery_ends_the_login_with_a_reason() {
    for (case, code) in ON_WELL_KNOWN {
        let exchange = recordings::find(case);
        let world = World::new();
        let base = exchange.path.strip_suffix(WELL_KNOWN).expect("the discovery route");
        let client = AstrolabeClient::new(world.clone(), config_at(base)).expect("a client");
        world.on(&format!("http://127.0.0.1:8088{}", exchange.path), exchange.answer());
        let error = token_of(&world, &client).expect_err(case);
        assert_eq!((error.code, error.status), (*code, Some(exchange.status)), "{case}");
        assert_eq!(world.sent().len(), 1, "{case}: the secret was sent to nobody");
    }
}

#[test]
fn a_nextcloud_without_provider_says_so_and_names_other_ways_in() {
    let world = World::new();
    world.on(DISCOVERY, recorded("80-wk-nooidc-8088"));
    let error = token_of(&world, &client(&world)).expect_err("no provider");
    assert_eq!((error.code, error.status, error.retryable), (ErrorCode::DiscoveryFailed, Some(404), false));
    assert_eq!(error.server_message.as_deref(), Some("openid-configuration not supported"));
    assert!(error.message.contains("accessToken"), "{error}");
}

#[test]
fn the_recorded_redirect_of_nginx_is_followed() {
    let world = World::new();
    let at = |path: &str| format!("http://127.0.0.1:8090{path}");
    let client = client_with(&world, |config| config.nextcloud_host = at(""));
    world.on(&at(WELL_KNOWN), recorded("81-wk-oidc-8090"));
    world.on(&at("/index.php/.well-known/openid-configuration"), recorded("81-wk-oidc-index-8090"));
    assert_eq!(code_of(token_of(&world, &client)), ErrorCode::GrantNotSupported, "the metadata was read");
    assert_eq!(world.urls(), [at(WELL_KNOWN), at("/index.php/.well-known/openid-configuration")]);
}

#[test]
fn each_recorded_refusal_of_nextclouds_own_provider_is_about_the_grant() {
    let without_list = Answer::json(200, json!({ "token_endpoint": TOKEN_ENDPOINT }));
    for case in ON_TOKEN {
        for metadata in [metadata(), without_list.clone()] {
            let world = World::new();
            world.on(DISCOVERY, metadata);
            world.on(TOKEN_ENDPOINT, recorded(case));
            let error = token_of(&world, &client(&world)).expect_err(case);
            assert_eq!((error.code, error.status, error.retryable), (ErrorCode::GrantNotSupported, Some(400), false), "{case}");
            assert_eq!(error.oauth_error.as_deref(), Some("invalid_grant"), "{case}");
            assert_eq!(error.oauth_error_description.as_deref(), Some("Invalid grant_type provided. Must be authorization_code or refresh_token."), "{case}");
            assert_eq!(error.route, Some(format!("POST {TOKEN_ENDPOINT}")), "{case}");
        }
    }
}

#[test]
fn every_recording_of_a_route_in_use_is_replayed_or_excepted_with_a_reason() {
    let tables = [
        ON_CREDENTIALS.iter().map(|(case, _)| *case).collect::<Vec<_>>(),
        ON_WELL_KNOWN.iter().map(|(case, _)| *case).collect(),
        ON_TOKEN.to_vec(),
        EXCEPTIONS.iter().map(|(case, _)| *case).collect(),
    ]
    .concat();
    let is_in_use = |exchange: &&Exchange| {
        let of_a_user = exchange.path.split_once(CREDENTIALS).is_some_and(|(_, user)| user != "revoke");
        of_a_user || exchange.path.ends_with(WELL_KNOWN) || exchange.path == TOKEN
    };
    let exchanges = recordings::all();
    for exchange in exchanges.iter().filter(is_in_use) {
        let count = tables.iter().filter(|case| **case == exchange.case).count();
        assert_eq!(count, 1, "{} stands in {count} tables", exchange.case);
    }
    for case in &tables {
        assert!(exchanges.iter().any(|exchange| exchange.case == *case), "{case} was never recorded");
    }
    for (case, reason) in EXCEPTIONS.iter().filter(|(_, reason)| reason.contains("refuses this id")) {
        let path = recordings::find(case).path;
        let user_id = percent_decoded(path.split_once(CREDENTIALS).expect("the credentials route").1);
        let world = World::new();
        assert_eq!(code_of(status_of(&world, &bearer_client(&world), &user_id)), ErrorCode::InvalidArgument, "{case}: {reason}");
    }
    for (case, method) in [("49-cred-DELETE", "DELETE"), ("130-preflight-cred-8088", "OPTIONS")] {
        assert_eq!(recordings::find(case).method, method);
    }
}
