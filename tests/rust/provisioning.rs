//! What administrators do with today's Astrolabe, and what comes of it with an older one.

use std::time::Duration;

use astrolabe_client::{
    AllStatusesOptions, BackgroundSyncStatus, CallOptions, Error, ErrorCode, Login, Provisioning, SearchCapabilities,
    SearchSource, Secret, StoredAppPassword, UserStatusRow,
};
use futures_util::StreamExt;
use serde_json::{json, Value};

use crate::recordings::recorded;
use crate::setup::*;
use crate::transport::{Answer, World};

const ALL: &str = "https://cloud.example.com/apps/astrolabe/api/v1/background-sync/admin/users";
const BOB: &str = "https://cloud.example.com/apps/astrolabe/api/v1/background-sync/admin/users/bob";
const SWITCH: &str = "https://cloud.example.com/apps/astrolabe/api/v1/background-sync/admin/self-provision";
const OWN_STATUS: &str = "https://cloud.example.com/apps/astrolabe/api/v1/background-sync/status";
const CAPABILITIES: &str = "https://cloud.example.com/ocs/v2.php/cloud/capabilities";

/// Nextcloud's router does not have the route.
fn no_route() -> Answer {
    recorded("320-no-admin-route")
}

fn provisioning(answer: Answer) -> Result<Provisioning, Error> {
    let world = World::new();
    world.on(ALL, answer);
    world.run(bearer_client(&world).get_provisioning(CallOptions::default()))
}

fn listed(users: Value, capped: bool) -> Answer {
    Answer::json(200, json!({ "success": true, "users": users, "capped": capped, "self_provision_allowed": true }))
}

fn entry(user_id: &str) -> Value {
    json!({ "uid": user_id, "display_name": user_id.to_uppercase(), "has_background_access": true, "provisioned_at": 1 })
}

#[derive(Clone, Copy)]
enum Call {
    Provisioning,
    Provision,
    Deprovision,
    Switch,
}

const CALLS: [(Call, &str, &str); 4] = [
    (Call::Provisioning, "GET", ALL),
    (Call::Provision, "POST", BOB),
    (Call::Deprovision, "DELETE", BOB),
    (Call::Switch, "POST", SWITCH),
];

fn begin(world: &World, client: &Client, call: Call) -> Result<(), Error> {
    let options = CallOptions::default();
    match call {
        Call::Provisioning => world.run(client.get_provisioning(options)).map(drop),
        Call::Provision => world.run(client.provision_user("bob", options)).map(drop),
        Call::Deprovision => world.run(client.deprovision_user("bob", options)),
        Call::Switch => world.run(client.set_self_provisioning(false, options)),
    }
}

#[test]
fn the_list_says_of_each_user_what_a_status_says() {
    let found = provisioning(recorded("311-new-admin-users")).expect("a list");
    assert_eq!((found.users.len(), found.is_complete, found.self_provisioning_allowed), (6, false, Some(true)));
    let first = &found.users[0];
    assert_eq!((first.user_id.as_str(), first.display_name.as_str()), ("bulk0001", "Bulk 1"));
    let kind = Some("app_password".to_string());
    let since = Some(astrolabe_client::UnixTime::from_millis(1_795_000_000_000));
    assert_eq!(first.status, BackgroundSyncStatus { has_access: true, credential_type: kind, provisioned_at: since });
    assert_eq!(found.users[1].status, no_access());
}

#[test]
fn a_list_is_believed_only_in_its_own_form() {
    let one = |change: Value| {
        let mut user = entry("a");
        user.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        json!({ "success": true, "users": [entry("b"), user], "capped": false })
    };
    for body in [
        json!({}),
        json!({ "success": true }),
        json!({ "success": true, "users": {}, "capped": false }),
        json!({ "success": true, "users": [1], "capped": false }),
        json!({ "success": true, "users": [] }),
        json!({ "success": true, "users": [], "capped": null }),
        json!({ "success": true, "users": [], "capped": false, "self_provision_allowed": "yes" }),
        json!({ "success": false, "users": [], "capped": false }),
        one(json!({ "uid": null })),
        one(json!({ "uid": 7 })),
        one(json!({ "display_name": null })),
        one(json!({ "has_background_access": null })),
        one(json!({ "has_background_access": 1 })),
        one(json!({ "provisioned_at": "x" })),
        recorded_body("43-cred-alice-as-admin"),
    ] {
        assert_eq!(code_of(provisioning(Answer::json(200, &body))), ErrorCode::UnexpectedResponse, "{body}");
    }
    let silent = provisioning(Answer::json(200, json!({ "success": true, "users": [], "capped": false })));
    assert_eq!(silent.expect("a list").self_provisioning_allowed, None);
}

fn recorded_body(case: &str) -> Value {
    serde_json::from_str(&crate::recordings::find(case).body).expect("JSON")
}

#[test]
fn a_change_is_sent_once_whatever_happens() {
    for (call, method, url) in &CALLS[1..] {
        for failure in [Answer::html(502, ""), Answer::broken(), Answer::json(429, "{}"), Answer::json(401, "{}")] {
            let world = World::new();
            let client = client(&world);
            world.on(DISCOVERY, metadata());
            world.on(TOKEN_ENDPOINT, token("t"));
            token_of(&world, &client).expect("a token");
            world.on(url, failure);
            begin(&world, &client, *call).expect_err("a failure");
            assert_eq!((world.count(url), world.last_sent().method), (1, *method));
        }
    }
}

#[test]
fn a_change_is_done_where_the_answer_says_it_of_this_user() {
    let world = World::new();
    let client = bearer_client(&world);
    world.on(BOB, recorded("312-new-provision"));
    let stored = world.run(client.provision_user("bob", CallOptions::default())).expect("given");
    let message = Some("App password saved locally (MCP server not configured)".into());
    assert_eq!(stored, StoredAppPassword { partial_success: true, message });
    assert_eq!(world.last_sent().body, None);
    world.on(BOB, recorded("313-new-deprovision"));
    world.run(client.deprovision_user("bob", CallOptions::default())).expect("taken");
    world.on(SWITCH, recorded("314-new-self-provision-off"));
    world.run(client.set_self_provisioning(false, CallOptions::default())).expect("switched off");
    let sent = world.last_sent();
    assert_eq!(
        (sent.body.as_deref(), sent.header("Content-Type")),
        (Some(r#"{"enabled":false}"#), Some("application/json"))
    );
    world.on(SWITCH, recorded("314e-new-self-provision-on"));
    world.run(client.set_self_provisioning(true, CallOptions::default())).expect("switched on");
    assert_eq!(world.last_sent().body.as_deref(), Some(r#"{"enabled":true}"#));
}

#[test]
fn an_answer_that_does_not_say_so_is_an_error() {
    let other = json!({ "success": true, "user_id": "alice" });
    let cases = [
        (json!({}), ErrorCode::UnexpectedResponse),
        (json!({ "success": true }), ErrorCode::UnexpectedResponse),
        (json!({ "success": false, "user_id": "bob" }), ErrorCode::UnexpectedResponse),
        (json!({ "success": true, "user_id": "bob", "has_background_access": false }), ErrorCode::UnexpectedResponse),
        (other, ErrorCode::UserMismatch),
    ];
    for (body, code) in cases {
        for (call, _, url) in &CALLS[1..3] {
            let world = World::new();
            world.on(url, Answer::json(200, &body));
            assert_eq!(code_of(begin(&world, &bearer_client(&world), *call)), code, "{body}");
        }
    }
    // What is asked for is off.
    for body in [
        json!({ "success": true, "self_provision_allowed": true }),
        json!({ "success": true }),
        json!({ "success": true, "has_background_access": false, "self_provision_allowed": false }),
    ] {
        let world = World::new();
        world.on(SWITCH, Answer::json(200, &body));
        assert_eq!(
            code_of(begin(&world, &bearer_client(&world), Call::Switch)),
            ErrorCode::UnexpectedResponse,
            "{body}"
        );
    }
}

#[test]
fn an_unknown_user_is_said_as_that() {
    let world = World::new();
    world.on(BOB, recorded("312c-new-provision-unknown"));
    let error = world.run(bearer_client(&world).provision_user("bob", CallOptions::default())).expect_err("an error");
    assert_eq!((error.code, error.status, error.retryable), (ErrorCode::UnknownUser, Some(404), false));
    assert_eq!(error.server_message.as_deref(), Some("Unknown user"));
    assert_eq!(world.sent().len(), 1, "the route is there");
    // A gateway's.
    for body in [
        json!({ "timestamp": "x", "status": 404, "error": "Not Found", "path": "/x" }),
        json!({ "message": "no Route matched" }),
        json!({}),
    ] {
        let world = World::new();
        world.on(BOB, Answer::json(404, &body));
        let error =
            world.run(bearer_client(&world).provision_user("bob", CallOptions::default())).expect_err("an error");
        assert_ne!(error.code, ErrorCode::UnknownUser, "{body}");
    }
}

#[test]
fn access_that_may_have_been_given_is_not_to_be_given_again() {
    for (answer, retryable) in [
        (Answer::broken(), false),
        (Answer::json(502, "{}"), false),
        (Answer::json(500, "{}"), false),
        (Answer::never(), false),
        // It was not looked at.
        (Answer::json(429, "{}"), true),
        (recorded("150-maint-cred-8088"), true),
    ] {
        let world = World::new();
        world.on(BOB, answer);
        let error = world.run(bearer_client(&world).provision_user("bob", within_ms(1_000))).expect_err("an error");
        assert_eq!(error.retryable, retryable, "{error}");
    }
}

#[test]
fn an_older_astrolabe_does_not_support_it() {
    for own in [recorded("42-status-alice"), recorded("29-status-bob")] {
        for (call, method, url) in CALLS {
            let world = World::new();
            let client = bearer_client(&world);
            world.on(url, no_route());
            world.on(OWN_STATUS, own.clone());
            let error = begin(&world, &client, call).expect_err("an error");
            assert_eq!((error.code, error.status, error.retryable), (ErrorCode::NotSupported, Some(404), false));
            assert_eq!(error.route, Some(format!("{method} {url}")));
            assert!(error.to_do.contains("from version 0.16 on"), "{error}");
            // The app may have been updated since, or removed.
            world.on(url, no_route());
            world.on(OWN_STATUS, own.clone());
            assert_eq!(code_of(begin(&world, &client, call)), ErrorCode::NotSupported);
            world.on(url, no_route());
            world.on(OWN_STATUS, recorded("160-appdisabled-8088"));
            assert_eq!(code_of(begin(&world, &client, call)), ErrorCode::AppNotAvailable);
        }
    }
}

#[test]
fn an_app_that_is_missing_is_not_an_older_one() {
    for (call, _, url) in CALLS {
        let world = World::new();
        world.on(url, no_route());
        world.on(OWN_STATUS, recorded("160-appdisabled-8088"));
        let error = begin(&world, &bearer_client(&world), call).expect_err("an error");
        assert_eq!((error.code, error.status), (ErrorCode::AppNotAvailable, Some(404)));
        // It may be either: what is wrong with the other route is said.
        for (own, code) in [
            (recorded("300c-apache-fpm-shipped-own"), ErrorCode::UnexpectedResponse),
            (recorded("150-maint-cred-8088"), ErrorCode::Maintenance),
            (Answer::json(401, "{}"), ErrorCode::Unauthorized),
            (Answer::json(403, "{}"), ErrorCode::Forbidden),
            (Answer::json(412, "{}"), ErrorCode::RequestRejected),
            (Answer::redirect(302, "/login"), ErrorCode::UnexpectedRedirect),
            (Answer::html(200, "<br /><b>Warning</b>: x in y on line 1<br />{}"), ErrorCode::UnexpectedResponse),
        ] {
            let world = World::new();
            world.on(url, no_route());
            world.on(OWN_STATUS, own);
            assert_eq!(code_of(begin(&world, &bearer_client(&world), call)), code);
        }
    }
}

#[test]
fn a_newer_astrolabe_whose_404_a_proxy_replaces_by_a_page_is_no_older_one() {
    let world = World::new();
    let client = bearer_client(&world);
    world.on(BOB, Answer::html(404, "<html>the page of a proxy"));
    world.on(OWN_STATUS, recorded("310-new-own-status"));
    let error = world.run(client.provision_user("bob", CallOptions::default())).expect_err("an error");
    assert_eq!((error.code, error.status), (ErrorCode::UnexpectedResponse, Some(404)), "{error}");
    // Nor is it held for one afterwards.
    world.on(ALL, listed(json!([entry("a")]), false));
    let (rows, end) = all_of(&world, &client, "");
    assert!(end.is_none() && rows.len() == 1);
    assert_eq!(world.urls(), [BOB, OWN_STATUS, ALL]);
}

#[test]
fn what_is_found_out_after_a_404_is_within_the_same_time_limit() {
    let world = World::new();
    world.on(ALL, no_route().after_ms(600));
    world.on(OWN_STATUS, recorded("42-status-alice").after_ms(600));
    let error = world.run(bearer_client(&world).get_provisioning(within_ms(1_000))).expect_err("an error");
    assert_eq!((error.code, world.elapsed_ms()), (ErrorCode::Timeout, 1_000));
}

fn capabilities(found: Value) -> Answer {
    Answer::json(200, json!({ "ocs": { "meta": { "statuscode": 200 }, "data": { "capabilities": found } } }))
}

fn search(answer: Answer) -> Result<Option<SearchCapabilities>, Error> {
    let world = World::new();
    world.on(CAPABILITIES, answer);
    world.on(OWN_STATUS, recorded("42-status-alice"));
    world.run(bearer_client(&world).get_search_capabilities(CallOptions::default()))
}

#[test]
fn what_may_be_indexed_is_what_astrolabe_says() {
    let semantic_search = json!({
        "enabled_doc_types": ["file", "note"],
        "sources": [
            { "app": "files", "doc_types": ["file"], "enabled": true },
            { "app": "mail", "doc_types": ["mail_message"], "enabled": false },
        ],
    });
    let source =
        |app: &str, kind: &str, is_enabled| SearchSource { app: app.into(), doc_types: vec![kind.into()], is_enabled };
    let found = search(capabilities(json!({ "core": {}, "astrolabe": { "semantic_search": semantic_search } })));
    let expected = SearchCapabilities {
        enabled_doc_types: vec!["file".into(), "note".into()],
        sources: vec![source("files", "file", true), source("mail", "mail_message", false)],
    };
    assert_eq!(found.expect("capabilities"), Some(expected));
    for silent in
        [json!([]), json!({}), json!({ "astrolabe": [] }), json!({ "astrolabe": {} }), json!({ "astrolabe": null })]
    {
        assert_eq!(search(capabilities(silent.clone())).expect("an answer"), None, "{silent}");
    }
    let wrong = [
        json!("x"),
        json!({ "astrolabe": "x" }),
        json!({ "astrolabe": { "semantic_search": [] } }),
        json!({ "astrolabe": { "semantic_search": { "enabled_doc_types": [], "sources": {} } } }),
        json!({ "astrolabe": { "semantic_search": { "enabled_doc_types": [1], "sources": [] } } }),
        json!({ "astrolabe": { "semantic_search": { "enabled_doc_types": [], "sources": [{ "app": "a", "doc_types": [] }] } } }),
        json!({ "astrolabe": { "semantic_search": { "enabled_doc_types": [], "sources": [{ "app": "a", "enabled": true }] } } }),
    ];
    for body in wrong {
        assert_eq!(code_of(search(capabilities(body.clone()))), ErrorCode::UnexpectedResponse, "{body}");
    }
    assert_eq!(code_of(search(Answer::json(200, "{}"))), ErrorCode::UnexpectedResponse);
    assert_eq!(code_of(search(Answer::html(404, ""))), ErrorCode::RequestRejected);
}

#[test]
fn a_login_that_is_not_accepted_is_not_told_that_nothing_is_said() {
    for (own, code) in [
        (Answer::json(401, "{}"), ErrorCode::Unauthorized),
        (recorded("160-appdisabled-8088"), ErrorCode::AppNotAvailable),
    ] {
        let world = World::new();
        world.on(CAPABILITIES, recorded("321-capabilities"));
        world.on(OWN_STATUS, own);
        let found = world.run(bearer_client(&world).get_search_capabilities(CallOptions::default()));
        assert_eq!(code_of(found), code);
    }
}

fn users_url(offset: u32) -> String {
    format!("{HOST}/ocs/v2.php/cloud/users?limit=500&offset={offset}")
}

fn status_url(user_id: &str) -> String {
    format!("{HOST}/apps/astrolabe/api/v1/background-sync/credentials/{user_id}")
}

fn status_answer(user_id: &str) -> Answer {
    Answer::json(200, json!({ "success": true, "user_id": user_id, "has_background_access": false }))
}

/// All rows, and what ended them.
fn all_of(world: &World, client: &Client, search: &str) -> (Vec<UserStatusRow>, Option<Error>) {
    let mut options = AllStatusesOptions::default();
    options.search = search.into();
    let mut rows = Box::pin(client.get_all_background_sync_statuses(options));
    let mut found = Vec::new();
    loop {
        match world.run(rows.next()) {
            Some(Ok(row)) => found.push(row),
            Some(Err(error)) => {
                assert!(world.run(rows.next()).is_none(), "the error comes once, and last");
                return (found, Some(error));
            }
            None => return (found, None),
        }
    }
}

/// Ids and names.
fn named(rows: &[UserStatusRow]) -> Vec<(&str, Option<&str>)> {
    rows.iter().map(|row| (row.user_id.as_str(), row.display_name.as_deref())).collect()
}

#[test]
fn all_users_of_a_complete_list_are_one_request() {
    let world = World::new();
    world.on(ALL, listed(json!([entry("a"), entry("b")]), false));
    let (rows, end) = all_of(&world, &bearer_client(&world), "");
    assert!(end.is_none());
    assert_eq!(named(&rows), [("a", Some("A")), ("b", Some("B"))], "each once");
    assert!(rows.iter().all(|row| row.status.as_ref().is_ok_and(|status| status.has_access)));
    assert_eq!(world.urls(), [ALL]);
}

#[test]
fn a_list_with_a_user_twice_is_not_believed() {
    let world = World::new();
    world.on(ALL, listed(json!([entry("a"), entry("b"), entry("a")]), false));
    world.on(&users_url(0), page_of(["a", "b"]));
    world.on(&users_url(500), empty_page());
    for user_id in ["a", "b"] {
        world.on(&status_url(user_id), status_answer(user_id));
    }
    let (rows, end) = all_of(&world, &bearer_client(&world), "");
    assert!(end.is_none(), "{end:?}");
    assert_eq!(named(&rows), [("a", None), ("b", None)], "each once");
}

#[test]
fn those_beyond_the_list_are_listed_and_asked_about() {
    let world = World::new();
    world.on(ALL, listed(json!([entry("a"), entry("c")]), true));
    world.on(&users_url(0), page_of(["a", "b", "c"]));
    world.on(&users_url(500), page_of(["d", "b"]));
    world.on(&users_url(1000), empty_page());
    for user_id in ["b", "d"] {
        world.on(&status_url(user_id), status_answer(user_id));
    }
    let (rows, end) = all_of(&world, &bearer_client(&world), "");
    assert!(end.is_none(), "{end:?}");
    assert_eq!(named(&rows), [("a", Some("A")), ("c", Some("C")), ("b", None), ("d", None)]);
}

#[test]
fn an_older_astrolabe_is_asked_about_each_user() {
    let world = World::new();
    let client = bearer_client(&world);
    // That is remembered, for a time: the app may be updated.
    for (minutes, asked) in [(0, 1), (59, 1), (2, 2)] {
        world.pass(minutes * 60_000);
        world.on(ALL, no_route());
        world.on(OWN_STATUS, recorded("42-status-alice"));
        world.on(&users_url(0), page_of(["a", "b"]));
        world.on(&users_url(500), empty_page());
        world.on_each(&status_url("a"), [status_answer("a")]);
        world.on_each(&status_url("b"), [Answer::json(500, "{}")]);
        world.on_each(&status_url("b"), Answer::json(500, "{}").times(2));
        let (rows, end) = all_of(&world, &client, "");
        assert!(end.is_none(), "{end:?}");
        assert_eq!(rows.len(), 2);
        let failed = rows.iter().find(|row| row.user_id == "b").expect("b");
        assert_eq!(failed.status.as_ref().expect_err("an error").code, ErrorCode::ServerError);
        assert_eq!((world.count(ALL), world.count(OWN_STATUS)), (asked, asked), "{minutes}");
    }
}

#[test]
fn a_list_that_fails_by_itself_leaves_the_other_way() {
    for failure in [
        Answer::json(500, "{}"),
        Answer::json(200, "{}"),
        Answer::html(200, "<html>"),
        Answer::html(403, "<html>"),
        Answer::html(401, "<html>"),
        Answer::redirect(302, "https://sso.example.com"),
        Answer::never(),
    ] {
        let world = World::new();
        let client = bearer_client_with(&world, |config| {
            (config.max_retries, config.timeout) = (0, Duration::from_secs(1));
        });
        world.on(ALL, failure);
        world.on(&users_url(0), page_of(["a"]));
        world.on(&users_url(500), empty_page());
        world.on(&status_url("a"), status_answer("a"));
        let (rows, end) = all_of(&world, &client, "");
        assert!(end.is_none(), "{end:?}");
        assert_eq!(named(&rows), [("a", None)]);
    }
}

#[test]
fn what_concerns_all_ends_it_at_once() {
    for (answer, code) in [
        (recorded("311b-new-admin-users-nonadmin"), ErrorCode::Forbidden),
        // Wrong passwords count: it is not sent once more.
        (Answer::json(401, "{}"), ErrorCode::Unauthorized),
        (recorded("150-maint-cred-8088"), ErrorCode::Maintenance),
    ] {
        let world = World::new();
        let login = Login::Basic { username: "admin".into(), password: Secret::new("login-password-7d1e") };
        let client = client_with(&world, |config| (config.max_retries, config.login) = (0, login));
        world.on(ALL, answer);
        let (rows, end) = all_of(&world, &client, "");
        assert!(rows.is_empty());
        assert_eq!(end.expect("an error").code, code);
        assert_eq!(world.urls(), [ALL]);
    }
}

#[test]
fn a_search_is_nextclouds() {
    let world = World::new();
    world.on(&format!("{}&search=x", users_url(0)), page_of(["ax"]));
    world.on(&format!("{}&search=x", users_url(500)), empty_page());
    world.on(&status_url("ax"), status_answer("ax"));
    let (rows, end) = all_of(&world, &bearer_client(&world), "x");
    assert!(end.is_none());
    assert_eq!(named(&rows), [("ax", None)]);
}
