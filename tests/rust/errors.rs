//! What every error has in common: it says what and where, and never a secret.

use std::cell::RefCell;
use std::rc::Rc;

use astrolabe_client::{
    AstrolabeClient, CallOptions, Config, Error, ErrorCode, Login, Provider, Secret, SecretMethod, TransportError,
};
use serde_json::json;

use crate::recordings::recorded;
use crate::setup::*;
use crate::transport::{Answer, World};

const TOKEN: &str = "access-token-91c2";
const PASSWORD: &str = "login-password-7d1e";
/// base64("admin:login-password-7d1e")
const BASIC_LOGIN: &str = "YWRtaW46bG9naW4tcGFzc3dvcmQtN2QxZQ==";

/// base64("mcp-server:client-secret-5f3a")
const CLIENT_LOGIN: &str = "bWNwLXNlcnZlcjpjbGllbnQtc2VjcmV0LTVmM2E=";

/// Where a server redirects to that writes what it was sent into the address.
fn gossiping_address(secret: &str) -> String {
    ["https://cloud.example.com/?", secret].concat()
}

/// Answers that are no success anywhere, and repeat a secret wherever an answer has room for words.
fn gossiping_answers(secret: &str) -> Vec<Answer> {
    let all = format!("you sent {secret}, really {secret};");
    let fields = json!({
        "message": all, "error": all, "error_description": all, "ocs": { "meta": { "message": all } },
        "user_id": all, "issuer": all, "sync_type": 1, "token_type": all, "access_token": all, "expires_in": all, "grant_types_supported": [all],
    });
    let mut answers = vec![
        Answer::broken(),
        Answer::never(),
        Answer::opaque_redirect(),
        Answer::html(200, &all),
        Answer::json(200, &fields),
        Answer::json(200, all.clone()),
    ];
    for status in [201, 301, 302, 307, 400, 401, 403, 404, 405, 412, 429, 500, 502, 503] {
        answers.push(Answer::json(status, &fields).header("Location", &gossiping_address(secret)));
        answers.push(Answer::html(status, &format!("<html>{all}")));
    }
    for name in ["invalid_client", "unsupported_grant_type", "invalid_grant", "invalid_scope"] {
        answers.push(Answer::json(400, json!({ "error": name, "error_description": format!("grant_type {all}") })));
    }
    answers.push(Answer::json(200, json!({ "token_endpoint": TOKEN_ENDPOINT, "grant_types_supported": [all] })));
    answers.push(Answer::json(503, &fields).header("X-Nextcloud-Maintenance-Mode", "1").header("Retry-After", "120"));
    answers
}

fn logins() -> Vec<(&'static str, Login)> {
    let credentials = |method| {
        let mut credentials = client_credentials();
        credentials.authentication = by_secret(CLIENT_SECRET, method);
        Login::ClientCredentials(credentials)
    };
    vec![
        ("id and secret by post", credentials(SecretMethod::Post)),
        ("id and secret by Basic", credentials(SecretMethod::Basic)),
        ("a token of one's own", Login::AccessToken(Secret::new(APP_PASSWORD))),
        ("a token function", Login::TokenFunction(Rc::new(|| Box::pin(async { Ok(Secret::new(TOKEN)) })))),
        ("name and password", Login::Basic { username: "admin".into(), password: Secret::new(PASSWORD) }),
    ]
}

/// What this login sends: a server cannot repeat what it never saw.
fn known_to(login: &str) -> &'static [&'static str] {
    match login {
        "id and secret by post" => &[CLIENT_SECRET, TOKEN],
        "id and secret by Basic" => &[CLIENT_SECRET, CLIENT_LOGIN, TOKEN],
        "a token of one's own" => &[APP_PASSWORD],
        "a token function" => &[TOKEN],
        _ => &[PASSWORD, BASIC_LOGIN],
    }
}

fn login_called(name: &str) -> Login {
    logins().into_iter().find(|(login, _)| *login == name).expect("a login").1
}

struct Failure {
    login: &'static str,
    /// Which request got the answer that is no success.
    place: &'static str,
    /// What that answer repeats.
    secret: &'static str,
    error: Error,
    logged: Vec<String>,
}

/// Every gossiping answer, at every request of every login.
fn failures() -> Vec<Failure> {
    let mut failures = Vec::new();
    for (name, login) in logins() {
        let places: &[_] =
            if matches!(login, Login::ClientCredentials(_)) { &[DISCOVERY, TOKEN_ENDPOINT, ALICE] } else { &[ALICE] };
        for (&place, &secret) in
            places.iter().flat_map(|place| known_to(name).iter().map(move |secret| (place, secret)))
        {
            // What logs in later than this request has not been sent yet, and what logs in elsewhere is not sent here.
            if (secret == TOKEN && place != ALICE) || (secret == CLIENT_LOGIN && place == ALICE) {
                continue;
            }
            for answer in gossiping_answers(secret) {
                let world = World::new();
                let logged = Rc::new(RefCell::new(Vec::new()));
                let log = logged.clone();
                let config: Config = Config {
                    logger: Some(Rc::new(move |_, line| log.borrow_mut().push(line.to_string()))),
                    max_retries: 0,
                    ..Config::new(HOST, login_called(name))
                };
                let client = AstrolabeClient::new(world.clone(), config).expect("a client");
                // Twice, because a redirect that cannot be read is asked again.
                world.on_each(place, answer.times(2));
                // Metadata that list other grants are told where the grant is refused.
                let refusal = Answer::json(400, json!({ "error": "unsupported_grant_type" }));
                let tokens = if place == DISCOVERY { refusal } else { token(TOKEN) };
                for (url, answer) in [(DISCOVERY, metadata()), (TOKEN_ENDPOINT, tokens)] {
                    if url != place {
                        world.on(url, answer);
                    }
                }
                world.on(&gossiping_address(secret), Answer::broken());
                let error = status_of(&world, &client, "alice").expect_err("no success");
                let logged = logged.borrow().clone();
                failures.push(Failure { login: name, place, secret, error, logged });
            }
        }
    }
    failures
}

fn everything_in(error: &Error) -> String {
    format!(
        "{error} {error:?} {} {:?} {:?} {:?} {:?}",
        error.message(),
        error.oauth_error,
        error.oauth_error_description,
        error.server_message,
        error.route
    )
}

#[test]
fn no_error_and_no_log_line_holds_a_secret_even_where_the_server_repeats_it() {
    let failures = failures();
    assert!(failures.len() > 400, "only {} failures", failures.len());
    for Failure { login, place, secret, error, logged } in &failures {
        let shown = everything_in(error);
        assert!(!shown.contains(secret), "{login} at {place}: {shown}");
        assert!(!logged.concat().contains(secret), "{login} at {place}: {logged:?}");
    }
    let is_struck = |failure: &&Failure| {
        failure.error.message().contains("[redacted]") || failure.error.message().contains("repeats a secret")
    };
    let struck = failures.iter().filter(is_struck).count();
    assert!(struck > 150, "the servers did repeat them: {struck}");
}

#[test]
fn no_error_of_the_other_operations_holds_a_secret_either() {
    let base = "https://cloud.example.com/apps/astrolabe/api/v1/background-sync";
    let users = "https://cloud.example.com/ocs/v2.php/cloud/users";
    let mut errors = 0;
    for (name, _) in logins() {
        for (operation, secret) in ["status", "store", "revoke", "list", "exists"]
            .into_iter()
            .flat_map(|operation| known_to(name).iter().chain([&TO_STORE]).map(move |secret| (operation, *secret)))
        {
            if (secret == TO_STORE && operation != "store") || secret == CLIENT_LOGIN {
                continue;
            }
            for answer in gossiping_answers(secret) {
                let world = World::new();
                let client = AstrolabeClient::new(
                    world.clone(),
                    Config { max_retries: 0, ..Config::new(HOST, login_called(name)) },
                )
                .expect("a client");
                world.on(DISCOVERY, metadata());
                world.on(TOKEN_ENDPOINT, token(TOKEN));
                // Twice: a token function is asked once more.
                world.on_any(answer.clone());
                world.on_any(answer);
                let (result, route) = match operation {
                    "status" => (
                        world.run(client.get_own_background_sync_status(CallOptions::default())).map(drop),
                        format!("GET {base}/status"),
                    ),
                    "store" => (
                        world.run(client.store_app_password(&Secret::new(TO_STORE), CallOptions::default())).map(drop),
                        format!("POST {base}/credentials"),
                    ),
                    "revoke" => (
                        world.run(client.revoke_background_sync(CallOptions::default())),
                        format!("POST {base}/credentials/revoke"),
                    ),
                    "list" => (users_of(&world, &client, "a search", 5).map(drop), format!("GET {users}")),
                    _ => (
                        world.run(client.user_exists("alice", CallOptions::default())).map(drop),
                        format!("GET {users}/alice"),
                    ),
                };
                let Err(error) = result else { continue };
                errors += 1;
                assert_eq!(error.route, Some(route), "{operation}");
                let shown = everything_in(&error);
                assert!(!shown.contains(secret), "{operation} with {name}: {shown}");
            }
        }
    }
    assert!(errors > 900, "only {errors} errors");
}

#[test]
fn every_error_says_where_it_happened_without_the_query() {
    for Failure { login, place, error, .. } in failures() {
        let route = error.route.as_deref().unwrap_or_else(|| panic!("{login} at {place}: {error}"));
        match error.code {
            // The whole call took too long; what it was at is told as far as it is known.
            ErrorCode::Timeout if place == ALICE => assert_eq!(route, format!("GET {ALICE}"), "{login}"),
            ErrorCode::Timeout => assert!(route == "login" || route == format!("POST {TOKEN_ENDPOINT}"), "{route}"),
            ErrorCode::GrantNotSupported => assert_eq!(route, format!("POST {TOKEN_ENDPOINT}"), "{login} at {place}"),
            _ => assert!(
                route.starts_with(if place == TOKEN_ENDPOINT { "POST https://" } else { "GET https://" }),
                "{login} at {place}: {route}"
            ),
        }
        assert!(!route.contains('?'), "{route}");
        assert!(error.message().starts_with(&format!("{route}: ")), "{error}");
    }

    let world = World::new();
    let client = client_of(&world, |credentials| {
        credentials.provider = Provider::DiscoveryUrl("https://idp.example.com/find?key=secret-key".into())
    });
    world.on(
        "https://idp.example.com/find?key=secret-key",
        metadata_for("https://idp.example.com/token?key=secret-key"),
    );
    world.on("https://idp.example.com/token?key=secret-key", Answer::json(400, "{}"));
    let error = token_of(&world, &client).expect_err("a refusal");
    assert_eq!(error.route.as_deref(), Some("POST https://idp.example.com/token"));
    assert!(!everything_in(&error).contains("secret-key"));
}

#[test]
fn whether_trying_again_can_help_follows_from_what_happened() {
    for Failure { login, place, error, .. } in failures() {
        let passing = match error.code {
            ErrorCode::Network
            | ErrorCode::Timeout
            | ErrorCode::RateLimited
            | ErrorCode::Maintenance
            | ErrorCode::ServerError => true,
            _ => error.status.is_some_and(|status| status >= 500 || status == 429),
        };
        assert_eq!(error.retryable, passing, "{login} at {place}: {error}");
        assert!(!error.message().is_empty() && error.status != Some(0), "{error}");
    }
}

/// What comes of this answer to a bearer.
fn refused(answer: Answer) -> Error {
    let world = World::new();
    world.on(ALICE, answer);
    status_of(&world, &bearer_client(&world), "alice").expect_err("a refusal")
}

#[test]
fn a_redirect_names_its_target_without_the_query() {
    for (location, target) in [
        ("https://elsewhere.example.com/login?next=secret#top", "redirect to https://elsewhere.example.com/login,"),
        ("https://cloud.example.com/index.php/apps#x", "redirect to https://cloud.example.com/index.php/apps,"),
        ("http://cloud.example.com/", "redirect to http://cloud.example.com/,"),
    ] {
        let error = refused(Answer::redirect(302, location));
        assert_eq!((error.code, error.status), (ErrorCode::UnexpectedRedirect, Some(302)));
        assert!(error.what.contains(target), "{error}");
    }
    let relative = Answer::redirect(303, "/login?redirect_url=/apps").coming_from(ALICE);
    assert!(refused(relative).what.contains("redirect to https://cloud.example.com/login,"));
    for answer in [
        Answer::redirect(302, "javascript:alert(1)"),
        Answer::redirect(302, "https://user:pw@elsewhere.example.com/"),
        Answer::redirect(302, "https://user:pw@elsewhere.example.com/").coming_from(ALICE),
        Answer::html(302, ""),
        Answer::opaque_redirect(),
    ] {
        assert!(refused(answer).what.contains("answered with a redirect, which"), "nothing can be told");
    }
}

#[test]
fn a_redirect_whose_target_repeats_a_secret_does_not_name_it() {
    let error = refused(Answer::redirect(302, &format!("https://cloud.example.com/{APP_PASSWORD}/login")));
    assert!(error.what.contains("redirect to [redacted],"), "{error}");
    assert!(!error.message().contains("cloud.example.com/AbCdE"), "{error}");
}

#[test]
fn a_refusal_says_what_to_do_about_it() {
    let message = |status, message: &str| Answer::json(status, json!({ "message": message }));
    let page = "<!DOCTYPE html><html><head data-requesttoken=\"x\">";
    let cases = [
        (recorded("330b-untrusted-credentials"), ErrorCode::RequestRejected, "trusted_domains"),
        (recorded("330-untrusted-status"), ErrorCode::RequestRejected, "trusted_domains"),
        (recorded("331-disabled-bearer"), ErrorCode::Unauthorized, "occ user:enable"),
        (recorded("37c-cred-alice-bearer-invalid-ocs"), ErrorCode::Unauthorized, "user_oidc"),
        (recorded("333-xuserid"), ErrorCode::Forbidden, "administrator"),
        (recorded("314b-new-store-while-off"), ErrorCode::SelfProvisioningDisabled, "ask an administrator"),
        (recorded("300e-apache-fpm-shipped-store"), ErrorCode::RequestRejected, "/index.php"),
        (Answer::json(405, "{}"), ErrorCode::RequestRejected, "/index.php"),
        (recorded("332b-needs-upgrade-credentials"), ErrorCode::ServerError, "occ upgrade"),
        (recorded("150-maint-cred-8088"), ErrorCode::Maintenance, "occ maintenance:mode --off"),
        (Answer::html(503, "<html>").header("Retry-After", "120"), ErrorCode::ServerError, "try again later"),
        (message(503, "data-requesttoken").header("Retry-After", "120"), ErrorCode::ServerError, "try again later"),
        (Answer::html(500, page), ErrorCode::ServerError, "try again later"),
    ];
    for (answer, code, advice) in cases {
        let error = refused(answer);
        assert_eq!(error.code, code, "{error}");
        assert!(error.to_do.contains(advice), "{advice}: {error}");
        assert_eq!(error.to_do.contains("user:enable"), advice == "occ user:enable", "{error}");
        assert_eq!(error.to_do.contains("occ upgrade"), advice == "occ upgrade", "{error}");
    }
}

#[test]
fn self_provisioning_that_is_off_is_not_taken_for_a_lack_of_rights() {
    let error = refused(recorded("314b-new-store-while-off"));
    assert!(error.what.starts_with("users may not give access by themselves"), "{error}");
    assert!(!error.to_do.contains("group admin"), "{error}");
    assert_eq!(error.server_message.as_deref(), Some("User self-provisioning is disabled by your administrator"));
}

#[test]
fn a_403_names_the_account_that_nextcloud_knows_the_caller_as() {
    let answer = || Answer::json(403, json!({ "message": "Logged in account must be an admin" }));
    let error = refused(recorded("333-xuserid"));
    assert!(error.what.contains("knows the caller as 'bob'"), "{error}");
    for unnamed in [answer(), answer().header("X-User-Id", "")] {
        assert!(refused(unnamed).what.contains("knows the caller but"), "no account is named");
    }
    let error = refused(answer().header("X-User-Id", APP_PASSWORD));
    assert!(error.what.contains("'[redacted]'") && !error.message().contains(APP_PASSWORD), "{error}");
}

#[test]
fn what_the_platform_threw_is_kept_as_the_cause() {
    let world = World::new();
    let thrown = TransportError::Network { status: None, cause: Some(Rc::new("what was thrown")) };
    world.on_each(ALICE, Answer::failed(thrown).times(3));
    let error = status_of(&world, &bearer_client(&world), "alice").expect_err("no network");
    let cause = error.cause.as_ref().and_then(|cause| cause.downcast_ref::<&str>());
    assert_eq!(cause, Some(&"what was thrown"));
}

#[test]
fn what_a_transport_says_of_an_answer_it_did_not_hand_on_is_told() {
    let cases = [
        (TransportError::Network { status: None, cause: None }, 3, ErrorCode::Network, None, "no complete answer"),
        (
            TransportError::Network { status: Some(200), cause: None },
            3,
            ErrorCode::Network,
            Some(200),
            "no complete answer",
        ),
        // What is too large is so the next time, too.
        (
            TransportError::TooLarge { status: 200, max_response_bytes: 1_048_576 },
            1,
            ErrorCode::ResponseTooLarge,
            Some(200),
            "larger than 1048576 bytes",
        ),
        (TransportError::NoResponse, 1, ErrorCode::UnexpectedResponse, None, "no Response"),
    ];
    for (thrown, tries, code, status, what) in cases {
        let world = World::new();
        world.on_each(ALICE, Answer::failed(thrown).times(tries));
        let error = status_of(&world, &bearer_client(&world), "alice").expect_err("no answer");
        assert_eq!((error.code, error.status, world.sent().len()), (code, status, tries), "{error}");
        assert_eq!((error.retryable, error.route.clone()), (code == ErrorCode::Network, Some(format!("GET {ALICE}"))));
        assert!(error.what.contains(what), "{error}");
    }
}

#[test]
fn an_error_is_shown_by_its_code_and_its_message() {
    let world = World::new();
    world.on(ALICE, Answer::json(403, json!({ "message": "Logged in account must be an admin" })));
    let error = status_of(&world, &bearer_client(&world), "alice").expect_err("403");
    assert_eq!(error.to_string(), error.message());
    assert_eq!(format!("{error:?}"), format!("Error(forbidden: {})", error.message()));
    assert_eq!(error.code.as_str(), "forbidden");
}

#[test]
fn an_id_that_is_refused_forges_no_line_of_the_log() {
    let world = World::new();
    let logged = Rc::new(RefCell::new(Vec::new()));
    let log = logged.clone();
    let client = bearer_client_with(&world, |config| {
        config.logger = Some(Rc::new(move |_, line| log.borrow_mut().push(line.to_string())))
    });
    for user_id in ["alice\nRetrieved app password for user: bob", "a/b", ""] {
        assert_eq!(code_of(status_of(&world, &client, user_id)), ErrorCode::InvalidArgument);
        assert_eq!(
            code_of(world.run(client.get_user_app_password(user_id, CallOptions::default()))),
            ErrorCode::InvalidArgument
        );
    }
    assert_eq!(*logged.borrow(), Vec::<String>::new());
}

#[test]
fn the_log_of_a_success_holds_no_secret() {
    let world = World::new();
    let logged = Rc::new(RefCell::new(Vec::new()));
    let log = logged.clone();
    let client = client_with(&world, |config| {
        config.logger = Some(Rc::new(move |_, line| log.borrow_mut().push(line.to_string())))
    });
    world.on(DISCOVERY, metadata());
    world.on(TOKEN_ENDPOINT, token(TOKEN));
    world.on_each(
        ALICE,
        Answer::json(200, json!({ "app_password": APP_PASSWORD, "credential_type": "app_password" })).times(2),
    );
    for _ in 0..2 {
        world
            .run(client.get_user_app_password("alice", CallOptions::default()))
            .expect("a password")
            .expect("there is one");
    }
    let text = logged.borrow().join("\n");
    for line in [
        "Requesting client credentials token from https://idp.example.com",
        "expires in 3600 s",
        "Using cached access token",
        "Retrieved app password for user: alice (type: app_password)",
    ] {
        assert!(text.contains(line), "{line} is missing from: {text}");
    }
    for secret in [CLIENT_SECRET, TOKEN, APP_PASSWORD] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn the_secret_is_taken_out_of_a_message_in_the_forms_it_was_sent_in() {
    // base64("mcp-server:p%26q%2Br"), and the form field.
    for (method, sent) in [(SecretMethod::Basic, "bWNwLXNlcnZlcjpwJTI2cSUyQnI="), (SecretMethod::Post, "p%26q%2Br")] {
        let world = World::new();
        let client = client_of(&world, |credentials| {
            credentials.authentication = by_secret("p&q+r", method);
        });
        world.on(DISCOVERY, metadata());
        world.on(
            TOKEN_ENDPOINT,
            Answer::json(
                400,
                json!({ "error": "invalid_request", "error_description": format!("cannot read {sent}") }),
            ),
        );
        let error = token_of(&world, &client).expect_err("a refusal");
        assert!(world.last_sent().text().contains(sent));
        assert!(!error.message().contains(sent), "{error}");
        assert!(!error.oauth_error_description.as_deref().unwrap_or_default().contains(sent));
    }
}

#[test]
fn a_secret_that_is_cut_off_with_the_servers_words_is_not_shown_either() {
    for method in [SecretMethod::Post, SecretMethod::Basic] {
        for length in 270..300 {
            let world = World::new();
            let client = client_of(&world, |credentials| {
                credentials.authentication = by_secret("client-secret-of-some-length-8d01c4", method);
            });
            world.on(DISCOVERY, metadata());
            let said = format!("{} client-secret-of-some-length-8d01c4", "x".repeat(length));
            world.on(
                TOKEN_ENDPOINT,
                Answer::json(400, json!({ "error": "invalid_request", "error_description": said })),
            );
            let error = token_of(&world, &client).expect_err("a refusal");
            assert!(!error.message().contains("client-secret-of"), "{length}: {error}");
        }
    }
}

#[test]
fn a_nextcloud_that_is_the_provider_too_does_not_get_the_login_header_into_an_error() {
    let world = World::new();
    let client =
        client_of(&world, |credentials| credentials.authentication = by_secret(CLIENT_SECRET, SecretMethod::Basic));
    world.on(DISCOVERY, metadata());
    world.on(TOKEN_ENDPOINT, token("access-token-91c2"));
    let header = "bWNwLXNlcnZlcjpjbGllbnQtc2VjcmV0LTVmM2E=";
    world.on(ALICE, Answer::json(403, json!({ "message": format!("earlier you sent {header}") })));
    let error = status_of(&world, &client, "alice").expect_err("403");
    assert!(world.sent()[1].text().contains(header) && !error.message().contains(header), "{error}");
}
