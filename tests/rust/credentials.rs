//! The credentials route: today's Astrolabe, the older one, and answers that are neither.

use astrolabe_client::{BackgroundSyncStatus, CallOptions, Error, ErrorCode, UnixTime};
use serde_json::{json, Value};

use crate::recordings::recorded;
use crate::setup::*;
use crate::transport::{Answer, World};

/// Status and app password that come out of one and the same answer for alice.
fn read(answer: Answer) -> (Result<BackgroundSyncStatus, Error>, Result<Option<String>, Error>) {
    let world = World::new();
    let client = bearer_client(&world);
    world.on_each(ALICE, answer.times(2));
    let status = status_of(&world, &client, "alice");
    let password = world.run(client.get_user_app_password("alice", CallOptions::default()));
    (status, password.map(|password| password.map(|password| password.expose().to_string())))
}

fn read_ok(body: Value) -> (BackgroundSyncStatus, Option<String>) {
    let (status, password) = read(Answer::json(200, &body));
    (
        status.unwrap_or_else(|error| panic!("{body}: {error}")),
        password.unwrap_or_else(|error| panic!("{body}: {error}")),
    )
}

/// The error of both methods, which must be the same.
fn read_error(answer: Answer) -> Error {
    let (status, password) = read(answer);
    let (status, password) = (status.expect_err("an error"), password.expect_err("an error"));
    assert_eq!(format!("{status:?}"), format!("{password:?}"));
    status
}

#[test]
fn a_request_to_nextcloud_carries_exactly_these_headers() {
    let world = World::new();
    world.on(ALICE, alice());
    status_of(&world, &bearer_client(&world), "alice").expect("a status");
    let sent = world.last_sent();
    assert_eq!(sent.method, "GET");
    assert_eq!(sent.header("OCS-APIRequest"), Some("true"));
    assert_eq!(sent.header("Accept"), Some("application/json"));
    assert_eq!(sent.header("Authorization"), Some(format!("Bearer {APP_PASSWORD}").as_str()));
    assert_eq!(sent.headers.len(), 3, "{:?}", sent.header_names());
    assert_eq!((sent.body, sent.follow_redirects), (None, false));
}

#[test]
fn an_older_astrolabe_gives_the_app_password() {
    let (status, password) = read_ok(json!({ "app_password": APP_PASSWORD, "credential_type": "app_password" }));
    assert_eq!(password.as_deref(), Some(APP_PASSWORD));
    assert_eq!(
        status,
        BackgroundSyncStatus { has_access: true, credential_type: Some("app_password".into()), provisioned_at: None }
    );

    // One that is a part of the usual kind's name is not told by it.
    for answer in [json!({ "app_password": "_" }), json!({ "app_password": "app", "credential_type": "app_password" })]
    {
        let (status, password) = read_ok(answer.clone());
        assert_eq!(password.as_deref(), answer["app_password"].as_str());
        assert_eq!(status.credential_type.as_deref(), Some("app_password"));
    }

    let (status, _) = read_ok(json!({ "app_password": APP_PASSWORD, "credential_type": "of-another-kind" }));
    assert_eq!(status.credential_type.as_deref(), Some("of-another-kind"));
}

#[test]
fn an_app_password_without_a_type_is_of_the_type_app_password() {
    let (status, password) = read_ok(json!({ "app_password": APP_PASSWORD }));
    assert_eq!((password.as_deref(), status.credential_type.as_deref()), (Some(APP_PASSWORD), Some("app_password")));
}

#[test]
fn no_app_password_is_none_and_no_access() {
    for body in [
        json!({ "app_password": null }),
        json!({ "app_password": null, "credential_type": null }),
        json!({ "app_password": "" }),
    ] {
        assert_eq!(read_ok(body.clone()), (no_access(), None), "{body}");
    }
}

#[test]
fn a_404_in_json_is_no_access() {
    for body in [
        json!({ "error": "Not found" }),
        json!({ "success": false }),
        json!({ "success": false, "error": "No credentials" }),
        json!({ "error": "", "success": false }),
    ] {
        let (status, password) = read(Answer::json(404, &body));
        assert_eq!(status.unwrap_or_else(|error| panic!("{body}: {error}")), no_access());
        assert_eq!(password.expect("no password"), None, "{body}");
    }
}

#[test]
fn a_404_in_json_that_the_older_astrolabe_never_wrote_is_an_error() {
    for body in [
        json!({}),
        json!({ "success": true }),
        json!({ "success": null }),
        json!({ "success": "false" }),
        json!({ "error": null }),
        json!({ "error": 404 }),
        json!({ "error": { "code": 404 } }),
        json!({ "message": "Not found" }),
        // Spring, and others like it.
        json!({ "timestamp": "2026-11-23T08:21:16Z", "status": 404, "error": "Not Found", "path": "/apps" }),
        json!({ "success": false, "error": "Not found", "code": 404 }),
        json!({ "success": true, "user_id": "alice", "has_background_access": true }),
        json!({ "app_password": APP_PASSWORD }),
    ] {
        let error = read_error(Answer::json(404, &body));
        assert_eq!(
            (error.code, error.status, error.retryable),
            (ErrorCode::UnexpectedResponse, Some(404), false),
            "{body}"
        );
        assert!(error.what.contains("is JSON, but not what this route answers"), "{error}");
    }
}

#[test]
fn an_object_that_says_nothing_of_access_is_an_error() {
    for body in [
        json!({}),
        json!({ "success": true }),
        json!({ "user_id": "alice" }),
        json!({ "message": "welcome" }),
        json!({ "sync_type": "app_password", "provisioned_at": 1 }),
        json!({ "ocs": { "meta": { "statuscode": 200 }, "data": [] } }),
    ] {
        let error = read_error(Answer::json(200, &body));
        assert_eq!(
            (error.code, error.status, error.retryable),
            (ErrorCode::UnexpectedResponse, Some(200), false),
            "{body}"
        );
        assert!(error.what.contains("is JSON, but not what this route answers"), "{error}");
    }
}

#[test]
fn what_says_something_of_access_is_an_answer() {
    for body in [
        json!({ "has_background_access": false }),
        json!({ "app_password": null }),
        json!({ "credential_type": null }),
        json!({ "success": true, "user_id": "alice" }),
    ] {
        assert_eq!(read_ok(body.clone()), (no_access(), None), "{body}");
    }
}

#[test]
fn no_access_may_have_a_type_and_a_time_of_what_is_stored_all_the_same() {
    let stored = |credential_type: Option<&str>, seconds: Option<i64>| BackgroundSyncStatus {
        has_access: false,
        credential_type: credential_type.map(str::to_string),
        provisioned_at: seconds.map(|seconds| UnixTime::from_millis(seconds * 1000)),
    };
    for (body, status) in [
        (json!({ "sync_type": "app_password", "provisioned_at": 5 }), stored(Some("app_password"), Some(5))),
        (json!({ "sync_type": "oauth" }), stored(Some("oauth"), None)),
        (json!({ "credential_type": "app_password" }), stored(Some("app_password"), None)),
        (json!({ "sync_type": null, "provisioned_at": 5 }), stored(None, Some(5))),
        (json!({ "sync_type": "", "provisioned_at": null }), stored(None, None)),
        (json!({}), stored(None, None)),
    ] {
        let mut body = body;
        body["has_background_access"] = json!(false);
        assert_eq!(read_ok(body.clone()), (status, None), "{body}");
    }
    for body in [
        json!({ "has_background_access": false, "sync_type": 1 }),
        json!({ "has_background_access": false, "provisioned_at": "5" }),
    ] {
        assert_eq!(read_error(Answer::json(200, &body)).code, ErrorCode::UnexpectedResponse, "{body}");
    }
}

#[test]
fn a_nul_stays_one() {
    let error = read_error(Answer::json(200, r#"{"user_id":"alice\u0000","has_background_access":true}"#));
    assert_eq!(error.code, ErrorCode::UserMismatch);
    let (_, password) = read_ok(json!({ "app_password": "a\0b" }));
    assert_eq!(password.as_deref(), Some("a\0b"));
}

#[test]
fn any_other_404_says_that_the_app_is_not_there() {
    for answer in [
        Answer::json(404, ""),
        // What Go's servers say, and Traefik.
        Answer::new(404, "text/plain; charset=utf-8", "404 page not found\n"),
        Answer::html(404, ""),
        Answer::html(404, "<!DOCTYPE html>"),
        Answer::new(404, "TEXT/HTML", ""),
        Answer::new(404, "", " <html>"),
    ] {
        let error = read_error(answer);
        assert_eq!((error.code, error.status, error.retryable), (ErrorCode::AppNotAvailable, Some(404), false));
    }
}

#[test]
fn what_is_not_known_of_the_answer_does_not_matter() {
    let body = r#"{"success":true,"extra":{"user_id":"eve","app_password":"x"},"list":[{"provisioned_at":"x"}],
        "user_id":"alice","has_background_access":true,"sync_type":"app_password","provisioned_at":1795418617}"#;
    let (status, password) = read(Answer::json(200, body));
    assert_eq!((status.expect("a status"), password.expect("no password")), (alice_has_access(), None));
}

#[test]
fn of_a_field_that_stands_twice_the_last_counts_as_everywhere_in_javascript() {
    let (status, _) = read(Answer::json(
        200,
        r#"{"user_id":"eve","user_id":"alice","has_background_access":true,"has_background_access":false}"#,
    ));
    assert_eq!(status.expect("a status"), no_access());
}

#[test]
fn an_answer_about_another_user_is_an_error() {
    for other in ["bob", "ALICE", "", "alice "] {
        let error = read_error(Answer::json(
            200,
            json!({ "user_id": other, "has_background_access": true, "app_password": APP_PASSWORD }),
        ));
        assert_eq!(
            (error.code, error.status, error.retryable),
            (ErrorCode::UserMismatch, Some(200), false),
            "{other:?}"
        );
        assert!(!format!("{error} {error:?}").contains(APP_PASSWORD));
    }
}

#[test]
fn a_field_of_the_wrong_type_is_an_error_that_names_it() {
    let numbers = [
        json!("1795418617"),
        json!(true),
        json!([1]),
        json!({}),
        json!(9_000_000_000_000_i64),
        json!(-9_000_000_000_000_i64),
    ];
    let texts = [json!(1), json!(false), json!([]), json!({})];
    let truths = [json!(null), json!(1), json!("true"), json!([]), json!({})];
    let cases = [
        ("provisioned_at", &numbers[..]),
        ("sync_type", &texts),
        ("app_password", &texts),
        ("has_background_access", &truths),
    ];
    for (field, values) in cases {
        for value in values {
            let mut body = json!({ "user_id": "alice", "has_background_access": true, "sync_type": "app_password", "provisioned_at": 1 });
            body[field] = value.clone();
            let error = read_error(Answer::json(200, &body));
            assert_eq!(
                (error.code, error.status, error.retryable),
                (ErrorCode::UnexpectedResponse, Some(200), false),
                "{body}"
            );
            assert!(error.message().contains(field), "{error}");
        }
    }
}

#[test]
fn a_time_is_whole_seconds_however_it_is_written() {
    for (written, seconds) in [
        ("0", 0),
        ("-1", -1),
        ("1795418617.9", 1_795_418_617),
        ("1.795418617e9", 1_795_418_617),
        ("8640000000000", 8_640_000_000_000),
    ] {
        let body = format!(r#"{{"has_background_access":true,"provisioned_at":{written}}}"#);
        let (status, _) = read(Answer::json(200, body));
        assert_eq!(status.expect(written).provisioned_at, Some(UnixTime::from_millis(seconds * 1000)), "{written}");
    }
}

#[test]
fn an_answer_that_is_no_json_object_is_an_error() {
    for answer in [
        Answer::html(200, "<!DOCTYPE html><title>Login</title>"),
        Answer::json(200, ""),
        Answer::json(200, "null"),
        Answer::json(200, "[]"),
        Answer::json(200, "\"alice\""),
        Answer::json(200, r#"{"user_id":"alice","has_background_access":tr"#),
        Answer::json(200, r#"{"user_id":"alice"}{"#),
    ] {
        let error = read_error(answer);
        assert_eq!((error.code, error.status, error.retryable), (ErrorCode::UnexpectedResponse, Some(200), false));
    }
}

#[test]
fn a_status_other_than_200_never_counts_as_success() {
    let body = json!({ "user_id": "alice", "has_background_access": true });
    for (status, code) in [
        (201, ErrorCode::RequestRejected),
        (204, ErrorCode::RequestRejected),
        (304, ErrorCode::RequestRejected),
        (400, ErrorCode::RequestRejected),
        (405, ErrorCode::RequestRejected),
        (301, ErrorCode::UnexpectedRedirect),
        (302, ErrorCode::UnexpectedRedirect),
        (303, ErrorCode::UnexpectedRedirect),
        (307, ErrorCode::UnexpectedRedirect),
        (308, ErrorCode::UnexpectedRedirect),
        (500, ErrorCode::ServerError),
        (501, ErrorCode::ServerError),
        (599, ErrorCode::ServerError),
    ] {
        let error = read_error(Answer::json(status, &body));
        assert_eq!((error.code, error.status), (code, Some(status)));
    }
}

#[test]
fn a_400_is_about_the_host_name_only_where_it_is_nextclouds_own_page_or_words() {
    for (answer, is_about_the_host) in [
        (Answer::html(400, "<html><head data-requesttoken=\"x\">"), true),
        (recorded("330b-untrusted-credentials"), true),
        // nginx's, such as "Request Header Or Cookie Too Large".
        (Answer::html(400, "<html><center>nginx</center>"), false),
        (recorded("330-untrusted-status"), true),
        (Answer::json(400, json!({ "message": "no" })), false),
        (Answer::json(400, ""), false),
    ] {
        let error = read_error(answer);
        assert_eq!(error.message().contains("trusted_domains"), is_about_the_host, "{error}");
    }
}

#[test]
fn a_redirect_is_not_followed_with_a_login() {
    for answer in [
        Answer::redirect(302, "https://elsewhere.example.com/"),
        Answer::redirect(301, "/index.php/apps/x"),
        Answer::opaque_redirect(),
    ] {
        let world = World::new();
        world.on(ALICE, answer);
        assert_eq!(code_of(status_of(&world, &bearer_client(&world), "alice")), ErrorCode::UnexpectedRedirect);
        assert_eq!(world.urls(), [ALICE]);
    }
}

#[test]
fn a_user_id_that_cannot_be_one_is_refused_without_a_request() {
    let long = "x".repeat(65);
    let long_in_bytes = "ü".repeat(33);
    for user_id in
        ["", ".", "..", "a/b", "/", "../admin", "a\\b", "a\0b", "a\nb", "\u{7f}", "\u{85}", &long, &long_in_bytes]
    {
        let world = World::new();
        let client = client(&world);
        for error in [
            status_of(&world, &client, user_id).err(),
            world.run(client.get_user_app_password(user_id, CallOptions::default())).err(),
        ] {
            let error = error.unwrap_or_else(|| panic!("{user_id:?} was taken"));
            assert_eq!((error.code, error.retryable), (ErrorCode::InvalidArgument, false), "{user_id:?}");
            assert!(error.message().starts_with("user_id "), "{error}");
        }
        assert!(world.sent().is_empty(), "{user_id:?}");
    }
}

#[test]
fn what_is_wrong_with_a_user_id_is_said_as_what_it_is() {
    for (user_id, problem) in [
        ("", "user_id is empty"),
        (".", "user_id is a dot segment"),
        ("..", "user_id is a dot segment"),
        ("a/b", "user_id contains a slash,"),
        ("DOMAIN\\alice", "user_id contains a backslash,"),
        ("a\\/b", "user_id contains a slash,"),
        ("a\nb", "user_id contains a control character"),
        (&"x".repeat(65), "user_id is longer than 64 bytes"),
    ] {
        let world = World::new();
        let error = status_of(&world, &bearer_client(&world), user_id).expect_err("no id");
        assert!(error.message().starts_with(problem), "{error}");
    }
}

#[test]
fn any_other_user_id_is_one_encoded_segment_of_the_path() {
    let longest = "x".repeat(64);
    let cases = [
        ("müller", "m%C3%BCller"),
        ("with space", "with%20space"),
        ("user@example.com", "user%40example.com"),
        ("o'brien", "o%27brien"),
        ("x+y", "x%2By"),
        ("a%2Fb", "a%252Fb"),
        ("%2e%2e", "%252e%252e"),
        ("a?b#c&d=e;f", "a%3Fb%23c%26d%3De%3Bf"),
        ("A-Z_0.9~", "A-Z_0.9~"),
        ("...", "..."),
        ("日本", "%E6%97%A5%E6%9C%AC"),
        (longest.as_str(), longest.as_str()),
    ];
    for (user_id, segment) in cases {
        let world = World::new();
        let url = format!("{HOST}/apps/astrolabe/api/v1/background-sync/credentials/{segment}");
        world.on(&url, Answer::json(200, json!({ "user_id": user_id, "has_background_access": false })));
        assert_eq!(status_of(&world, &bearer_client(&world), user_id).expect(user_id), no_access());
    }
}

#[test]
fn a_user_id_that_is_no_string_is_an_error() {
    for user_id in [json!(42), json!(true), json!(["alice"]), json!({})] {
        let world = World::new();
        world.on(ALICE, Answer::json(200, json!({ "user_id": user_id, "has_background_access": true, "sync_type": "app_password", "provisioned_at": 1 })));
        assert_eq!(
            code_of(status_of(&world, &bearer_client(&world), "alice")),
            ErrorCode::UnexpectedResponse,
            "{user_id}"
        );
    }
}

#[test]
fn a_credential_type_that_is_no_name_and_an_answer_that_says_it_failed_are_errors() {
    for body in [
        json!({ "app_password": APP_PASSWORD, "credential_type": "x\nINFO forged" }),
        json!({ "app_password": APP_PASSWORD, "credential_type": "x".repeat(65) }),
        json!({ "success": false, "error": "Internal failure" }),
    ] {
        let world = World::new();
        world.on(ALICE, Answer::json(200, &body));
        assert_eq!(
            code_of(status_of(&world, &bearer_client(&world), "alice")),
            ErrorCode::UnexpectedResponse,
            "{body}"
        );
    }
}
