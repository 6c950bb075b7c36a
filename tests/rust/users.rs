//! The user directory, for administrators.

use std::pin::pin;
use std::time::Duration;

use astrolabe_client::{CallOptions, Error, ErrorCode, ListUsersOptions};
use futures_util::StreamExt;
use serde_json::json;

use crate::recordings::recorded;
use crate::setup::*;
use crate::transport::{Answer, World, ANYWHERE};

const USERS: &str = "https://cloud.example.com/ocs/v2.php/cloud/users";

/// What is listed where the first page is this, and the second empty.
fn listed(page: Answer) -> Result<Vec<String>, Error> {
    let world = World::new();
    world.on_each(ANYWHERE, [page, empty_page()]);
    users_of(&world, &bearer_client(&world), "", 500)
}

fn listed_of(body: impl ToString) -> Result<Vec<String>, Error> {
    listed(Answer::json(200, body))
}

fn exists(answer: Answer) -> Result<bool, Error> {
    let world = World::new();
    world.on(&format!("{USERS}/alice"), answer);
    world.run(bearer_client(&world).user_exists("alice", CallOptions::default()))
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
        ("", 500, ["?limit=500&offset=0", "?limit=500&offset=500"]),
        ("", u32::MAX, ["?limit=4294967295&offset=0", "?limit=4294967295&offset=4294967295"]),
        ("anna", 4, ["?limit=4&offset=0&search=anna", "?limit=4&offset=4&search=anna"]),
        (
            "a b&c=d#ü+%",
            5,
            [
                "?limit=5&offset=0&search=a+b%26c%3Dd%23%C3%BC%2B%25",
                "?limit=5&offset=5&search=a+b%26c%3Dd%23%C3%BC%2B%25",
            ],
        ),
    ];
    for (search, page_size, [first, second]) in cases {
        let world = World::new();
        world.on(&format!("{USERS}{first}"), recorded("214-users-page3"));
        world.on(&format!("{USERS}{second}"), empty_page());
        let ids = users_of(&world, &bearer_client(&world), search, page_size).expect(first);
        assert_eq!(ids, ["revoke", "status", "user@example.com", "with space"]);
        for sent in world.sent() {
            assert_eq!((sent.method, sent.header("OCS-APIRequest"), sent.body.as_deref()), ("GET", Some("true"), None));
            assert_eq!(sent.header("Authorization"), Some(format!("Bearer {APP_PASSWORD}").as_str()));
        }
    }
}

#[test]
fn the_offset_advances_by_the_page_size_whatever_came_until_a_page_is_empty() {
    let world = World::new();
    let page = |offset: u32| format!("{USERS}?limit=3&offset={offset}");
    // Two back ends: each gives up to three, or fewer, of its own.
    world.on(&page(0), page_of(["a", "b", "c", "x", "y"]));
    world.on(&page(3), page_of(["d"]));
    world.on(&page(6), page_of(["e", "f", "g"]));
    world.on(&page(9), empty_page());
    let ids = users_of(&world, &bearer_client(&world), "", 3).expect("all pages");
    assert_eq!(ids, ["a", "b", "c", "x", "y", "d", "e", "f", "g"]);
    assert_eq!(world.urls(), [0, 3, 6, 9].map(page));
}

#[test]
fn the_same_page_twice_is_an_error_after_the_users_on_it() {
    let world = World::new();
    world.on_each(ANYWHERE, page_of(["a", "b"]).times(2));
    let client = bearer_client(&world);
    let mut users = pin!(client.list_users(ListUsersOptions::default()));
    for expected in ["a", "b"] {
        assert_eq!(world.run(users.next()).expect("a user").expect("no error"), expected);
    }
    let error = world.run(users.next()).expect("an end").expect_err("an error");
    assert_eq!((error.code, error.retryable), (ErrorCode::UnexpectedResponse, false));
    assert_eq!(error.route, Some(format!("GET {USERS}")));
    assert!(error.message().contains("offset"), "{error}");
    assert!(world.run(users.next()).is_none(), "after an error there is nothing more");
    assert_eq!(world.sent().len(), 2);
}

#[test]
fn the_same_users_in_another_order_are_the_same_page() {
    let world = World::new();
    world.on_each(ANYWHERE, [page_of(["a", "b"]), page_of(["b", "a"]), page_of(["a", "b"]), page_of(["b", "a"])]);
    let client = bearer_client(&world);
    let mut users = pin!(client.list_users(ListUsersOptions::default()));
    for expected in ["a", "b"] {
        assert_eq!(world.run(users.next()).expect("a user").expect("no error"), expected);
    }
    assert_eq!(code_of(world.run(users.next()).expect("an end")), ErrorCode::UnexpectedResponse);
    assert_eq!(world.sent().len(), 2);
}

#[test]
fn a_page_like_an_earlier_one_but_the_last_is_no_error() {
    let world = World::new();
    world.on_each(ANYWHERE, [page_of(["a"]), page_of(["b"]), page_of(["a"]), empty_page()]);
    assert_eq!(users_of(&world, &bearer_client(&world), "", 1).expect("all pages"), ["a", "b", "a"]);
}

#[test]
fn who_stood_on_the_page_before_is_not_given_again() {
    let world = World::new();
    world.on_each(
        ANYWHERE,
        [page_of(["a", "b", "c"]), page_of(["b", "c", "d"]), page_of(["a", "d"]), page_of(["a"]), empty_page()],
    );
    // Only the page before is remembered.
    assert_eq!(users_of(&world, &bearer_client(&world), "", 3).expect("all pages"), ["a", "b", "c", "d", "a"]);
    assert_eq!(world.sent().len(), 5, "a page that brings nobody new is no end");
}

#[test]
fn a_page_is_asked_for_when_its_first_user_is() {
    let world = World::new();
    world.on_each(ANYWHERE, [page_of(["a", "b"]), page_of(["c"]), empty_page()]);
    let client = bearer_client(&world);
    let mut users = pin!(client.list_users(ListUsersOptions::default()));
    assert!(world.sent().is_empty());
    for (expected, requests) in [(Some("a"), 1), (Some("b"), 1), (Some("c"), 2), (None, 3)] {
        let user = world.run(users.next()).map(|user| user.expect("no error"));
        assert_eq!((user.as_deref(), world.sent().len()), (expected, requests));
    }
}

#[test]
fn a_page_that_fails_ends_the_list_after_the_users_before_it() {
    let world = World::new();
    world.on_each(ANYWHERE, [page_of(["a"]), Answer::json(403, "{}")]);
    let client = bearer_client(&world);
    let mut users = pin!(client.list_users(ListUsersOptions::default()));
    assert_eq!(world.run(users.next()).expect("a user").expect("no error"), "a");
    assert_eq!(code_of(world.run(users.next()).expect("an end")), ErrorCode::Forbidden);
    assert!(world.run(users.next()).is_none());
    assert_eq!(world.sent().len(), 2);
}

#[test]
fn the_time_limit_of_a_list_is_that_of_each_page() {
    let world = World::new();
    world.on_each(ANYWHERE, [page_of(["a"]).after_ms(900), page_of(["b"]).after_ms(900), Answer::never()]);
    let client = bearer_client(&world);
    let mut options = ListUsersOptions::default();
    options.timeout = Some(Duration::from_secs(1));
    let mut users = pin!(client.list_users(options));
    for expected in ["a", "b"] {
        assert_eq!(world.run(users.next()).expect("a user").expect("no error"), expected);
    }
    assert_eq!(code_of(world.run(users.next()).expect("an end")), ErrorCode::Timeout);
    assert_eq!((world.elapsed_ms(), world.requests_under_way()), (2_800, 0));
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
        world.on(&format!("{installation}/ocs/v2.php/cloud/users?limit=5&offset=5"), empty_page());
        users_of(&world, &client, "", 5).expect(host);
        assert!(world.run(client.user_exists("alice", CallOptions::default())).expect(host));
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
    assert_eq!(listed_of(page).expect("a page"), ids);
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
        let error = listed_of(&body).expect_err("an error");
        assert_eq!(
            (error.code, error.status, error.retryable),
            (ErrorCode::UnexpectedResponse, Some(200), false),
            "{body}"
        );
    }
    for body in ["", "[]", "<html>", r#"{"ocs":{"data":{"users":["alice""#] {
        assert_eq!(code_of(listed_of(body)), ErrorCode::UnexpectedResponse, "{body}");
    }
}

#[test]
fn a_page_is_a_read_that_is_tried_again() {
    let world = World::new();
    world.on_each(
        &format!("{USERS}?limit=5&offset=0"),
        [Answer::broken(), Answer::html(502, ""), recorded("214-users-page1")],
    );
    world.on(&format!("{USERS}?limit=5&offset=5"), empty_page());
    assert_eq!(users_of(&world, &bearer_client(&world), "", 5).expect("a page").len(), 5);
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
    let error = listed(Answer::html(404, "")).expect_err("an error");
    assert_eq!(error.code, ErrorCode::RequestRejected);
    assert!(error.message().contains("nextcloud_host") && !error.message().contains("Astrolabe app"), "{error}");
}

#[test]
fn other_answers_about_a_user_are_errors() {
    for (answer, code) in [
        (ocs(401, json!(997)), ErrorCode::Unauthorized),
        (ocs(403, json!(403)), ErrorCode::Forbidden),
        (Answer::html(200, "<html>"), ErrorCode::UnexpectedResponse),
        (Answer::json(412, "{}"), ErrorCode::RequestRejected),
        (Answer::redirect(302, "/login"), ErrorCode::UnexpectedRedirect),
        (ocs(429, json!(429)).header("Retry-After", "60"), ErrorCode::RateLimited),
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
        assert!(world.run(bearer_client(&world).user_exists(user_id, CallOptions::default())).expect(user_id));
    }
    for user_id in ["", ".", "..", "a/b", "a\\b", "a\nb"] {
        let world = World::new();
        assert_eq!(
            code_of(world.run(bearer_client(&world).user_exists(user_id, CallOptions::default()))),
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
            code_of(world.run(bearer_client(&world).user_exists("nobody", CallOptions::default()))),
            ErrorCode::UnexpectedResponse
        );
    }
}
