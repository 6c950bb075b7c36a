//! What a user does for oneself: see whether background services have access, give it, take it back.

use std::future::Future;

use astrolabe_client::{CallOptions, Error, ErrorCode, OwnBackgroundSyncStatus, Secret, StoredAppPassword};
use serde_json::json;

use crate::recordings::recorded;
use crate::setup::*;
use crate::transport::{Answer, World};

const STATUS: &str = "https://cloud.example.com/apps/astrolabe/api/v1/background-sync/status";
const STORE: &str = "https://cloud.example.com/apps/astrolabe/api/v1/background-sync/credentials";
const REVOKE: &str = "https://cloud.example.com/apps/astrolabe/api/v1/background-sync/credentials/revoke";

fn own_status(answer: Answer) -> Result<OwnBackgroundSyncStatus, Error> {
    let world = World::new();
    world.on(STATUS, answer);
    world.run(bearer_client(&world).get_own_background_sync_status(CallOptions::default()))
}

fn store(answer: Answer) -> Result<StoredAppPassword, Error> {
    let world = World::new();
    world.on(STORE, answer);
    world.run(bearer_client(&world).store_app_password(&Secret::new(TO_STORE), CallOptions::default()))
}

fn revoke(answer: Answer) -> Result<(), Error> {
    let world = World::new();
    world.on(REVOKE, answer);
    world.run(bearer_client(&world).revoke_background_sync(CallOptions::default()))
}

/// Store and revoke by their address.
fn change(client: &Client, url: &str) -> impl Future<Output = Result<(), Error>> {
    let (client, is_store) = (client.clone(), url == STORE);
    async move {
        if is_store {
            client.store_app_password(&Secret::new(TO_STORE), CallOptions::default()).await.map(drop)
        } else {
            client.revoke_background_sync(CallOptions::default()).await
        }
    }
}

#[test]
fn ones_own_status_says_what_the_status_of_a_user_says() {
    assert_eq!(own_status(recorded("42-status-alice")).expect("a status").status, alice_has_access());
    assert_eq!(own_status(recorded("29-status-bob")).expect("a status").status, no_access());
}

#[test]
fn ones_own_status_that_is_none_is_an_error() {
    for body in [
        json!({}),
        json!({ "success": true }),
        json!({ "has_background_access": null }),
        json!({ "has_background_access": "true" }),
        json!({ "has_background_access": true, "provisioned_at": "x" }),
        json!({ "app_password": "x" }),
        json!({ "has_background_access": true, "self_provision_allowed": "true" }),
    ] {
        let error = own_status(Answer::json(200, &body)).expect_err("an error");
        assert_eq!((error.code, error.status), (ErrorCode::UnexpectedResponse, Some(200)), "{body}");
    }
    assert_eq!(code_of(own_status(Answer::html(404, ""))), ErrorCode::AppNotAvailable);
    assert_eq!(code_of(own_status(Answer::json(404, "{}"))), ErrorCode::RequestRejected, "a 404 is no answer here");
}

#[test]
fn ones_own_status_under_404_is_an_error() {
    let error = own_status(recorded("300c-apache-fpm-shipped-own")).expect_err("an error");
    assert_eq!((error.status, error.retryable), (Some(404), false), "{error}");
}

#[test]
fn ones_own_status_is_a_read_that_is_tried_again() {
    let world = World::new();
    let client = client(&world);
    world.on(DISCOVERY, metadata());
    world.on_each(TOKEN_ENDPOINT, [token("old"), token("new")]);
    token_of(&world, &client).expect("a token");
    world.on_each(
        STATUS,
        [Answer::html(502, ""), Answer::json(401, "{}"), Answer::broken(), recorded("42-status-alice")],
    );
    assert_eq!(
        world.run(client.get_own_background_sync_status(CallOptions::default())).expect("a status").status,
        alice_has_access()
    );
    assert_eq!(world.last_sent().header("Authorization"), Some("Bearer new"));
}

#[test]
fn a_store_is_one_post_of_the_app_password_as_json() {
    let world = World::new();
    world.on(STORE, recorded("221-store-with-mcp"));
    world
        .run(bearer_client(&world).store_app_password(&Secret::new(TO_STORE), CallOptions::default()))
        .expect("stored");
    let sent = world.last_sent();
    assert_eq!((sent.method, sent.body.clone()), ("POST", Some(format!(r#"{{"appPassword":"{TO_STORE}"}}"#))));
    assert_eq!(
        (sent.header("Content-Type"), sent.header("OCS-APIRequest"), sent.header("Accept")),
        (Some("application/json"), Some("true"), Some("application/json"))
    );
    assert_eq!(sent.headers.len(), 4, "and Authorization: {:?}", sent.header_names());
}

#[test]
fn a_revoke_is_one_post_with_nothing_in_it() {
    let world = World::new();
    world.on(REVOKE, recorded("166b-revoke-alice"));
    world.run(bearer_client(&world).revoke_background_sync(CallOptions::default())).expect("revoked");
    let sent = world.last_sent();
    assert_eq!((sent.method, sent.body.as_deref(), sent.header("OCS-APIRequest")), ("POST", None, Some("true")));
    assert_eq!(sent.headers.len(), 3, "{:?}", sent.header_names());
}

#[test]
fn where_urls_are_not_rewritten_they_go_through_index_php() {
    let world = World::new();
    let client = bearer_client_with(&world, |config| config.nextcloud_host = format!("{HOST}/index.php"));
    let there = |url: &str| url.replace(HOST, "https://cloud.example.com/index.php");
    world.on(&there(STATUS), recorded("42-status-alice"));
    world.on(&there(STORE), recorded("221-store-with-mcp"));
    world.on(&there(REVOKE), recorded("166b-revoke-alice"));
    world.run(client.get_own_background_sync_status(CallOptions::default())).expect("a status");
    world.run(change(&client, STORE)).expect("stored");
    world.run(change(&client, REVOKE)).expect("revoked");
}

#[test]
fn a_change_is_sent_once_whatever_happens() {
    let failures = || {
        let by_status = [500, 502, 503, 504].map(|status| Answer::html(status, ""));
        let asked_to_come_back =
            [429, 502, 503, 504].map(|status| Answer::json(status, "{}").header("Retry-After", "0"));
        let maintenance = Answer::html(503, "").header("X-Nextcloud-Maintenance-Mode", "1").header("Retry-After", "1");
        let redirects = [301, 302, 303, 307, 308].map(|status| Answer::redirect(status, "/index.php/elsewhere"));
        let others = [
            Answer::broken(),
            Answer::never(),
            Answer::opaque_redirect(),
            maintenance,
            Answer::json(401, "{}"),
            Answer::json(412, "{}"),
            Answer::json(200, ""),
        ];
        by_status.into_iter().chain(asked_to_come_back).chain(redirects).chain(others)
    };
    for url in [STORE, REVOKE] {
        for answer in failures() {
            let world = World::new();
            let client = bearer_client_with(&world, |config| config.max_retries = 5);
            world.on_each(url, answer.times(6));
            let error = world.run(change(&client, url)).expect_err("a failure");
            assert_eq!(world.urls(), [url], "{error}");
        }
    }
}

#[test]
fn a_change_that_gets_401_with_a_cached_token_forgets_it_and_is_not_repeated() {
    for url in [STORE, REVOKE] {
        let world = World::new();
        let client = client(&world);
        world.on(DISCOVERY, metadata());
        world.on_each(TOKEN_ENDPOINT, [token("revoked"), token("new")]);
        token_of(&world, &client).expect("a token");
        world.on_each(
            url,
            [
                Answer::json(401, json!({ "message": "Current user is not logged in" })),
                Answer::json(200, json!({ "success": true })),
            ],
        );

        let error = world.run(change(&client, url)).expect_err("401");
        assert_eq!((error.code, error.status, error.retryable), (ErrorCode::Unauthorized, Some(401), false));
        assert_eq!(world.urls(), [DISCOVERY, TOKEN_ENDPOINT, url]);
        assert!(client.with_cached_access_token(|_| ()).is_none(), "the next call does not use it");

        world.run(change(&client, url)).expect("with a new token");
        assert_eq!(world.urls(), [DISCOVERY, TOKEN_ENDPOINT, url, TOKEN_ENDPOINT, url]);
        assert_eq!(world.last_sent().header("Authorization"), Some("Bearer new"));
    }
}

#[test]
fn the_login_before_a_change_is_tried_again_but_the_change_is_not() {
    for url in [STORE, REVOKE] {
        let world = World::new();
        let client = client(&world);
        world.on_each(DISCOVERY, [Answer::broken(), metadata()]);
        world.on_each(TOKEN_ENDPOINT, [Answer::html(502, ""), token("t")]);
        world.on(url, Answer::broken());
        let error = world.run(change(&client, url)).expect_err("no network");
        assert_eq!((error.code, error.route.clone()), (ErrorCode::Network, Some(format!("POST {url}"))));
        assert_eq!(world.urls(), [DISCOVERY, DISCOVERY, TOKEN_ENDPOINT, TOKEN_ENDPOINT, url]);
    }
}

#[test]
fn an_app_password_of_another_form_is_refused_before_anything_is_sent() {
    let too_long = "x".repeat(257);
    for wrong in [
        "",
        "aaaaa",
        "aaaaa-aaaaa-aaaaa-a",
        "aaaaa-aaaaa-aaaaa-aaaaa-aaaa ",
        " aaaaa-aaaaa-aaaaa-aaaaa-aaaaa",
        "aaaaa-aaaaa-aaaaa-aaaaa-aaaaa\n",
        "aaaaa-aaaaa-aaaaa-aaaaa-aaaa\"",
        "aaaaa-aaaaa-aaaaa-aaaaa-aaaü",
        "aaaaa-aaaaa-aaaaa-aaaaa-aaaaü",
        "aaaaa_aaaaa_aaaaa_aaaaa_aaaaa",
        &too_long,
    ] {
        let world = World::new();
        // Not even the login is begun.
        let error =
            world.run(client(&world).store_app_password(&Secret::new(wrong), CallOptions::default())).expect_err(wrong);
        assert_eq!((error.code, error.retryable), (ErrorCode::AppPasswordRejected, false), "{wrong:?}");
        assert!(wrong.is_empty() || !error.message().contains(wrong), "{error}");
        assert!(world.sent().is_empty(), "{wrong:?}");
    }
    // Of the login flow, and of `occ`.
    let (of_flow, longest) = ("x".repeat(72), "x".repeat(256));
    let in_groups = "aaaaa-BBBBB-00000-z9Z9z-AbCdE";
    for right in [in_groups, APP_PASSWORD, "00000-00000-00000-00000-00000", "aaaaa-aaaaa-aaaaa-aa", &of_flow, &longest]
    {
        let world = World::new();
        world.on(STORE, recorded("221-store-with-mcp"));
        world.run(bearer_client(&world).store_app_password(&Secret::new(right), CallOptions::default())).expect(right);
    }
}

#[test]
fn an_older_astrolabe_that_refuses_the_form_is_told_with_the_form_that_it_takes() {
    for (secret, is_of_newer_form) in
        [("x".repeat(72), true), (TO_STORE.replace('-', "0"), true), (TO_STORE.into(), false)]
    {
        let world = World::new();
        world.on(STORE, recorded("24-store-alice-72char"));
        let error = world
            .run(bearer_client(&world).store_app_password(&Secret::new(secret), CallOptions::default()))
            .expect_err("a refusal");
        assert_eq!((error.code, error.status), (ErrorCode::AppPasswordRejected, Some(400)));
        assert_eq!(error.server_message.as_deref(), Some("Invalid app password format"));
        let wants = error.to_do.contains("before version 0.16 it takes the form xxxxx-xxxxx-xxxxx-xxxxx-xxxxx only");
        assert_eq!(wants, is_of_newer_form, "{error}");
    }
}

#[test]
fn whether_the_app_password_was_handed_on_is_told() {
    let stored = |partial_success, message: Option<&str>| StoredAppPassword {
        partial_success,
        message: message.map(str::to_string),
    };
    let cases = [
        (recorded("221-store-with-mcp"), stored(false, Some("App password saved successfully"))),
        (recorded("222-store-mcp-down"), stored(true, Some("App password saved locally (MCP server unreachable)"))),
        (Answer::json(200, json!({ "success": true })), stored(false, None)),
        (Answer::json(200, json!({ "success": true, "partial_success": false })), stored(false, None)),
        (Answer::json(200, json!({ "success": true, "partial_success": true })), stored(true, None)),
    ];
    for (answer, expected) in cases {
        assert_eq!(store(answer).expect("stored"), expected);
    }
}

#[test]
fn an_answer_that_does_not_say_that_it_succeeded_is_an_error() {
    for (body, said) in [
        (json!({ "success": false, "message": "in its own words" }), "in its own words"),
        (json!({ "success": false, "error": "in its own words", "partial_success": true }), "in its own words"),
        (json!({ "success": null }), ""),
        (json!({ "success": "true" }), ""),
        (json!({ "success": 1 }), ""),
        (json!({}), ""),
    ] {
        for error in [
            store(Answer::json(200, &body)).expect_err("an error"),
            revoke(Answer::json(200, &body)).expect_err("an error"),
        ] {
            assert_eq!(
                (error.code, error.status, error.retryable),
                (ErrorCode::UnexpectedResponse, Some(200), false),
                "{body}"
            );
            assert_eq!(error.server_message.as_deref().unwrap_or_default(), said);
            assert!(error.message().contains(said), "{error}");
        }
    }
    for answer in
        [Answer::html(200, "<html>"), Answer::json(200, ""), Answer::json(200, "[]"), Answer::json(200, "true")]
    {
        assert_eq!(code_of(store(answer.clone())), ErrorCode::UnexpectedResponse);
        assert_eq!(code_of(revoke(answer)), ErrorCode::UnexpectedResponse);
    }
}

#[test]
fn an_answer_to_a_change_that_names_a_user_is_another_routes() {
    for answer in [
        recorded("301b-apache-modphp-shipped-revoke"),
        Answer::json(200, json!({ "success": true, "user_id": "alice" })),
        Answer::json(200, json!({ "success": true, "user_id": null })),
        Answer::json(200, json!({ "success": true, "has_background_access": false })),
    ] {
        for error in [store(answer.clone()).expect_err("an error"), revoke(answer).expect_err("an error")] {
            assert_eq!(
                (error.code, error.status, error.retryable),
                (ErrorCode::UnexpectedResponse, Some(200), false),
                "{error}"
            );
            assert!(
                error.what.contains("not what this route answers") && error.to_do.contains("/index.php"),
                "{error}"
            );
        }
    }
    let refused = json!({ "success": false, "user_id": "alice", "message": "in its own words" });
    let error = revoke(Answer::json(200, refused)).expect_err("an error");
    assert_eq!(error.server_message.as_deref(), Some("in its own words"), "a failure keeps its words");
}

#[test]
fn an_answer_to_a_change_that_names_a_user_is_another_routes_under_404_too() {
    // The same by Apache's ErrorDocument.
    let of_a_user = || recorded("300f-apache-fpm-shipped-revoke");
    for error in [store(of_a_user()).expect_err("an error"), revoke(of_a_user()).expect_err("an error")] {
        assert_eq!((error.code, error.status), (ErrorCode::UnexpectedResponse, Some(404)), "{error}");
        assert!(error.to_do.contains("/index.php"), "{error}");
    }
}

#[test]
fn a_refusal_of_the_app_password_is_told_from_a_refusal_of_the_login() {
    let cases = [
        (recorded("23-store-alice-badformat"), ErrorCode::AppPasswordRejected, "Invalid app password format"),
        (
            recorded("41-store-alice-wellformed-wrong"),
            ErrorCode::AppPasswordRejected,
            "Invalid app password. Please check the password and try again.",
        ),
        (recorded("163b-disabled-user-login"), ErrorCode::Unauthorized, "Account disabled"),
        (Answer::json(401, "{}"), ErrorCode::Unauthorized, ""),
        (Answer::json(400, "{}"), ErrorCode::RequestRejected, ""),
        (Answer::json(403, json!({ "error": "no" })), ErrorCode::Forbidden, "no"),
        (
            recorded("314b-new-store-while-off"),
            ErrorCode::SelfProvisioningDisabled,
            "User self-provisioning is disabled by your administrator",
        ),
        (recorded("301d-apache-modphp-shipped-store"), ErrorCode::RequestRejected, ""),
        (recorded("26-store-missing-param"), ErrorCode::ServerError, ""),
        (recorded("162-untrusted-host"), ErrorCode::RequestRejected, ""),
        (recorded("160-appdisabled-8088"), ErrorCode::AppNotAvailable, ""),
    ];
    for (answer, code, said) in cases {
        let error = store(answer).expect_err("a refusal");
        assert_eq!((error.code, error.server_message.as_deref().unwrap_or_default()), (code, said), "{error}");
        assert!(error.message().contains(said), "{error}");
        assert_eq!(error.route, Some(format!("POST {STORE}")));
    }
}
