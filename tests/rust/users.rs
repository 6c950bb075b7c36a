//! The user directory, for administrators.

use astrolabe_client::{Error, ErrorCode};
use serde_json::json;

use crate::recordings::recorded;
use crate::setup::*;
use crate::transport::{Answer, World};

const USERS: &str = "https://cloud.example.com/ocs/v2.php/cloud/users";

fn page_of(body: impl ToString) -> Result<Vec<String>, Error> {
    let world = World::new();
    world.on_any(Answer::json(200, body));
    world.run(bearer_client(&world).list_users_page("", 500, 0, None))
}

fn exists(answer: Answer) -> Result<bool, Error> {
    let world = World::new();
    world.on(&format!("{USERS}/alice"), answer);
    world.run(bearer_client(&world).user_exists("alice", None))
}

fn ocs(status: u16, statuscode: serde_json::Value) -> Answer {
    Answer::json(
        status,
        json!({ "ocs": { "meta": { "status": "failure", "statuscode": statuscode, "message": "in its own words" }, "data": [] } }),
    )
}

#[test]
fn a_page_is_asked_for_by_limit_offset_and_search() {
    let cases = [
        ("", 500, 0, "?limit=500&offset=0"),
        ("", u32::MAX, u32::MAX, "?limit=4294967295&offset=4294967295"),
        ("anna", 1, 2, "?limit=1&offset=2&search=anna"),
        ("a b&c=d#ü+%", 3, 0, "?limit=3&offset=0&search=a+b%26c%3Dd%23%C3%BC%2B%25"),
    ];
    for (search, limit, offset, query) in cases {
        let world = World::new();
        world.on(&format!("{USERS}{query}"), recorded("214-users-page3"));
        let ids = world.run(bearer_client(&world).list_users_page(search, limit, offset, None)).expect(query);
        assert_eq!(ids, ["revoke", "status", "user@example.com", "with space"]);
        let sent = world.last_sent();
        assert_eq!((sent.method, sent.header("OCS-APIRequest"), sent.body.as_deref()), ("GET", Some("true"), None));
        assert_eq!(sent.header("Authorization"), Some(format!("Bearer {APP_PASSWORD}").as_str()));
    }
}

#[test]
fn the_ocs_api_is_not_below_index_php() {
    let cases = [
        ("https://cloud.example.com/index.php", "https://cloud.example.com"),
        ("https://cloud.example.com/index.php/", "https://cloud.example.com"),
        ("https://example.com/nextcloud/index.php", "https://example.com/nextcloud"),
        ("https://example.com/nextcloud", "https://example.com/nextcloud"),
    ];
    for (host, installation) in cases {
        let world = World::new();
        let client = bearer_client_with(&world, |config| config.nextcloud_host = host.into());
        world.on(&format!("{installation}/ocs/v2.php/cloud/users?limit=5&offset=0"), recorded("214-users-page1"));
        world.on(&format!("{installation}/ocs/v2.php/cloud/users/alice"), recorded("124-user-alice"));
        world.on(
            &format!("{}/apps/astrolabe/api/v1/background-sync/credentials/alice", host.trim_end_matches('/')),
            alice(),
        );
        world.run(client.list_users_page("", 5, 0, None)).expect(host);
        assert!(world.run(client.user_exists("alice", None)).expect(host));
        assert_eq!(status_of(&world, &client, "alice").expect(host), alice_has_access(), "Astrolabe is below it");
    }
}

#[test]
fn ids_of_digits_keep_all_of_them() {
    let page = r#"{"ocs":{"data":{"users":[0,"007",123,9007199254740993,18446744073709551616,123456789012345678901234567890,"1e3","admin"]}}}"#;
    let ids = [
        "0",
        "007",
        "123",
        "9007199254740993",
        "18446744073709551616",
        "123456789012345678901234567890",
        "1e3",
        "admin",
    ];
    assert_eq!(page_of(page).expect("a page"), ids);
}

#[test]
fn a_page_that_is_none_is_an_error() {
    let users = |users: serde_json::Value| json!({ "ocs": { "data": { "users": users } } });
    for body in [
        json!({}),
        json!({ "ocs": [] }),
        json!({ "ocs": { "data": [] } }),
        users(json!(null)),
        users(json!({ "alice": {} })),
        users(json!([null])),
        users(json!([true])),
        users(json!(["alice", ["bob"]])),
        users(json!([{}])),
    ] {
        let error = page_of(&body).expect_err("an error");
        assert_eq!(
            (error.code, error.status, error.retryable),
            (ErrorCode::UnexpectedResponse, Some(200), false),
            "{body}"
        );
    }
    for body in ["", "[]", "<html>", r#"{"ocs":{"data":{"users":["alice""#] {
        assert_eq!(code_of(page_of(body)), ErrorCode::UnexpectedResponse, "{body}");
    }
}

#[test]
fn a_page_is_a_read_that_is_tried_again() {
    let world = World::new();
    world.on_each(
        &format!("{USERS}?limit=5&offset=0"),
        [Answer::broken(), Answer::html(502, ""), recorded("214-users-page1")],
    );
    assert_eq!(world.run(bearer_client(&world).list_users_page("", 5, 0, None)).expect("a page").len(), 5);
}

#[test]
fn whether_a_user_exists_is_told_by_the_status_of_ocs() {
    assert!(exists(recorded("124-user-alice")).expect("an answer"));
    assert!(!exists(recorded("125-user-nobody")).expect("an answer"));
}

#[test]
fn a_404_that_is_no_answer_to_the_question_is_an_error() {
    // Nextcloud answers 998 to who is no administrator, whether the user exists or not.
    let cases = [
        (ocs(404, json!(998)), ErrorCode::Forbidden),
        (ocs(404, json!(997)), ErrorCode::RequestRejected),
        (ocs(404, json!("404")), ErrorCode::RequestRejected),
        (Answer::json(404, "{}"), ErrorCode::RequestRejected),
        (Answer::json(404, r#"{"message":"404"}"#), ErrorCode::RequestRejected),
        (Answer::html(404, ""), ErrorCode::RequestRejected),
        (Answer::html(404, "<html>"), ErrorCode::RequestRejected),
    ];
    for (answer, code) in cases {
        let error = exists(answer).expect_err("an error");
        assert_eq!((error.code, error.status, error.retryable), (code, Some(404), false), "{error}");
    }
}

#[test]
fn an_html_404_of_the_ocs_api_is_not_about_the_app() {
    let world = World::new();
    world.on_any(Answer::html(404, ""));
    let error = world.run(bearer_client(&world).list_users_page("", 5, 0, None)).expect_err("an error");
    assert_eq!(error.code, ErrorCode::RequestRejected);
    assert!(error.message.contains("nextcloudHost") && !error.message.contains("Astrolabe app"), "{error}");
}

#[test]
fn other_answers_about_a_user_are_errors() {
    for (answer, code) in [
        (ocs(401, json!(997)), ErrorCode::Unauthorized),
        (ocs(403, json!(403)), ErrorCode::Forbidden),
        (Answer::html(200, "<html>"), ErrorCode::UnexpectedResponse),
        (Answer::json(412, "{}"), ErrorCode::RequestRejected),
        (Answer::redirect(302, "/login"), ErrorCode::UnexpectedRedirect),
        (ocs(429, json!(429)), ErrorCode::RateLimited),
        (ocs(500, json!(996)), ErrorCode::ServerError),
    ] {
        assert_eq!(code_of(exists(answer)), code);
    }
}

#[test]
fn a_user_to_ask_for_is_one_encoded_segment_of_the_path() {
    for (user_id, segment) in [
        ("müller", "m%C3%BCller"),
        ("with space", "with%20space"),
        ("a?b#c", "a%3Fb%23c"),
        ("9007199254740993", "9007199254740993"),
    ] {
        let world = World::new();
        world.on(&format!("{USERS}/{segment}"), recorded("124-user-alice"));
        assert!(world.run(bearer_client(&world).user_exists(user_id, None)).expect(user_id));
    }
    for user_id in ["", ".", "..", "a/b", "a\\b", "a\nb"] {
        let world = World::new();
        assert_eq!(
            code_of(world.run(bearer_client(&world).user_exists(user_id, None))),
            ErrorCode::InvalidArgument,
            "{user_id:?}"
        );
        assert!(world.sent().is_empty());
    }
}

#[test]
fn an_answer_that_does_not_say_that_the_user_exists_is_an_error() {
    for body in [
        recorded("125b-user-nobody-v1"),
        Answer::json(200, "{}"),
        Answer::json(200, json!({ "ocs": { "meta": { "statuscode": 404 }, "data": [] } })),
    ] {
        let world = World::new();
        world.on_any(body);
        assert_eq!(
            code_of(world.run(bearer_client(&world).user_exists("nobody", None))),
            ErrorCode::UnexpectedResponse
        );
    }
}
