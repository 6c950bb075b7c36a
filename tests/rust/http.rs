//! Time limits, retries, and the second try after a 401.

use std::time::Duration;

use astrolabe_client::{CallOptions, Error, ErrorCode, SecretMethod};
use serde_json::json;

use crate::recordings::recorded;
use crate::setup::*;
use crate::transport::{Answer, World};

/// What comes of asking for alice with a token of one's own, and when the requests were sent.
fn ask(world: &World, answers: impl IntoIterator<Item = Answer>) -> (Result<(), Error>, Vec<i64>) {
    world.on_each(ALICE, answers);
    let result = status_of(world, &bearer_client(world), "alice").map(|_| ());
    (result, world.times())
}

/// The same with a password, where it fails.
fn ask_with_password(answers: impl IntoIterator<Item = Answer>) -> (Error, Vec<i64>) {
    let world = World::new();
    world.on_each(ALICE, answers);
    let error = status_of(&world, &basic_client(&world), "alice").expect_err("a failure");
    (error, world.times())
}

#[test]
fn only_failures_that_can_pass_are_tried_again() {
    for answer in [
        Answer::broken(),
        Answer::html(502, ""),
        Answer::html(503, ""),
        Answer::html(504, ""),
        // Cloudflare's, of a server behind it.
        Answer::html(520, ""),
        Answer::html(521, ""),
        Answer::html(522, ""),
        Answer::html(523, ""),
        Answer::html(524, ""),
        Answer::json(503, "{}"),
        Answer::json(429, "{}").header("Retry-After", "0"),
        // With a bearer it is not the lock of brute-force protection, whatever it says.
        Answer::json(429, "{}"),
        Answer::html(429, ""),
        locked(),
    ] {
        let (result, times) = ask(&World::new(), [answer, alice()]);
        result.expect("the second try");
        assert_eq!(times.len(), 2);
    }
    for status in [400, 401, 403, 404, 405, 408, 409, 412, 418, 425, 451, 500, 501, 505, 507, 519, 525, 302] {
        let (result, times) = ask(&World::new(), [Answer::html(status, "")]);
        assert!(result.is_err(), "{status}");
        assert_eq!(times.len(), 1, "{status}");
    }
}

#[test]
fn maintenance_without_retry_after_is_not_tried_again() {
    let (result, times) = ask(&World::new(), [recorded("150-maint-ocs-8088")]);
    let error = result.expect_err("maintenance");
    assert_eq!((error.code, error.retryable, error.retry_after), (ErrorCode::Maintenance, true, None));
    assert_eq!(times.len(), 1);
}

#[test]
fn max_retries_is_how_often_it_is_tried_again() {
    for (max_retries, tries) in [(0, 1), (1, 2), (2, 3), (5, 6)] {
        let world = World::new();
        let client = bearer_client_with(&world, |config| config.max_retries = max_retries);
        world.on_each(ALICE, Answer::broken().times(tries));
        let error = status_of(&world, &client, "alice").expect_err("no network");
        assert_eq!((error.code, error.retryable, error.status), (ErrorCode::Network, true, None));
        assert_eq!(error.route, Some(format!("GET {ALICE}")));
        assert_eq!(world.sent().len(), tries);
    }
}

#[test]
fn the_last_answer_is_the_answer() {
    let (result, _) = ask(&World::new(), [Answer::broken(), Answer::html(502, ""), Answer::html(504, "")]);
    assert_eq!(result.expect_err("an error").status, Some(504));
}

#[test]
fn waits_are_anything_from_nothing_to_a_limit_that_doubles() {
    for (random, expected) in [(0, [0, 0, 0, 0]), (u32::MAX, [499, 999, 1999, 3999]), (1 << 31, [250, 500, 1000, 2000])]
    {
        let world = World::new();
        world.set_random(random);
        let client =
            bearer_client_with(&world, |config| (config.max_retries, config.timeout) = (4, Duration::from_secs(60)));
        world.on_each(ALICE, Answer::html(502, "").times(5));
        assert!(status_of(&world, &client, "alice").is_err());
        let times = world.times();
        let waits: Vec<_> = times.iter().zip(&times[1..]).map(|(earlier, later)| later - earlier).collect();
        assert_eq!(waits, expected, "random {random}");
    }
}

#[test]
fn waits_stop_doubling_at_32_seconds() {
    let world = World::new();
    world.set_random(u32::MAX);
    let client = bearer_client_with(&world, |config| {
        (config.max_retries, config.timeout) = (70, Duration::from_secs(4_294_967))
    });
    world.on_each(ALICE, Answer::html(502, "").times(71));
    assert!(status_of(&world, &client, "alice").is_err());
    let times = world.times();
    assert_eq!(times[70] - times[69], 31_999);
}

#[test]
fn retry_after_is_obeyed_in_seconds_and_as_a_date() {
    for (value, wait_ms) in [
        ("3", 3000),
        ("0", 0),
        (" 2 ", 2000),
        ("Mon, 23 Nov 2026 08:21:20 GMT", 4000),
        ("Mon, 23 Nov 2026 08:00:00 GMT", 0),
    ] {
        for answer in [
            Answer::json(429, "{}"),
            Answer::html(502, ""),
            Answer::html(503, ""),
            Answer::html(503, "").header("X-Nextcloud-Maintenance-Mode", "1"),
        ] {
            let world = World::new();
            world.set_random(u32::MAX);
            let (result, times) = ask(&world, [answer.header("Retry-After", value), alice()]);
            result.expect("the second try");
            assert_eq!(times, [0, wait_ms], "{value}");
        }
    }
}

#[test]
fn a_retry_after_that_nobody_can_read_counts_for_nothing() {
    for value in ["soon", "", "-1", "1.5", "Monday"] {
        let world = World::new();
        world.set_random(u32::MAX);
        let (result, times) = ask(&world, [Answer::html(503, "").header("Retry-After", value), alice()]);
        result.expect("the second try");
        assert_eq!(times, [0, 499], "{value:?}");
        let world = World::new();
        world.set_random(u32::MAX);
        let (result, times) = ask(&world, [Answer::json(429, "{}").header("Retry-After", value), alice()]);
        result.expect("the second try");
        assert_eq!(times, [0, 499], "{value:?}");
        let (error, times) = ask_with_password([locked().header("Retry-After", value)]);
        assert_eq!((error.code, error.retry_after), (ErrorCode::RateLimited, Some(Duration::from_secs(1_800))));
        assert_eq!(times.len(), 1, "{value:?}");
    }
}

#[test]
fn what_cannot_come_within_the_time_limit_is_not_waited_for() {
    for (value, tries) in [("9", 2), ("10", 1), ("120", 1), ("4294967295", 1), ("Mon, 23 Nov 2026 08:21:26 GMT", 1)] {
        let world = World::new();
        world.on_each(ALICE, [Answer::html(503, "").header("Retry-After", value), alice()]);
        let result = status_of(&world, &bearer_client(&world), "alice");
        assert_eq!(world.sent().len(), tries, "{value}");
        assert_eq!(world.elapsed_ms(), if tries == 1 { 0 } else { 9000 }, "{value}");
        assert_eq!(result.is_ok(), tries == 2);
    }
}

#[test]
fn maintenance_for_two_minutes_is_an_error_at_once_that_says_so() {
    let world = World::new();
    let (result, times) = ask(&world, [recorded("150-maint-cred-8088")]);
    let error = result.expect_err("maintenance");
    assert_eq!(
        (error.code, error.status, error.retryable, error.retry_after),
        (ErrorCode::Maintenance, Some(503), true, Some(Duration::from_secs(120)))
    );
    assert_eq!((times.len(), world.elapsed_ms()), (1, 0));
}

#[test]
fn the_lock_of_brute_force_protection_is_not_knocked_at_again() {
    for answer in [recorded("60-wrongpw-12"), recorded("61-rightpw-while-throttled"), recorded("190-429-ocs-v2")] {
        let (error, times) = ask_with_password([answer]);
        assert_eq!(
            (error.code, error.status, error.retryable, error.retry_after),
            (ErrorCode::RateLimited, Some(429), true, Some(Duration::from_secs(1_800)))
        );
        assert!(error.message().contains("brute-force protection has locked this address"), "{error}");
        assert!(error.to_do.contains("occ security:bruteforce:reset"), "{error}");
        assert_eq!(times.len(), 1);
    }
}

#[test]
fn a_429_that_is_not_nextclouds_is_no_lock_but_is_not_knocked_at_with_a_password_either() {
    for answer in [
        Answer::html(429, "<html>slow down"),
        Answer::json(429, "{}"),
        Answer::json(429, json!({ "error": "slow down" })),
        Answer::json(429, "\"message\""),
        // Of Kong, and of Nextcloud's own limit for a route.
        Answer::json(429, json!({ "message": "API rate limit exceeded" })),
        Answer::json(429, json!({ "message": "Rate limit exceeded" })),
        Answer::json(429, json!({ "ocs": { "meta": { "statuscode": 429, "message": "Rate limit exceeded" } } })),
        Answer::html(429, "Reached maximum delay"),
    ] {
        let (error, times) = ask_with_password([answer]);
        assert_eq!((error.code, error.retryable, error.retry_after), (ErrorCode::RateLimited, true, None));
        assert!(!error.message().contains("brute-force"), "{error}");
        assert_eq!(times.len(), 1);
    }
    let world = World::new();
    world.on_each(ALICE, [locked().header("Retry-After", "3"), alice()]);
    status_of(&world, &basic_client(&world), "alice").expect("the second try");
    assert_eq!(world.times(), [0, 3_000], "a server that names the time is obeyed");
    let (error, _) = ask_with_password([locked().header("Retry-After", "60")]);
    assert_eq!((error.code, error.retry_after), (ErrorCode::RateLimited, Some(Duration::from_secs(60))));
    assert!(!error.message().contains("brute-force"), "{error}");
}

#[test]
fn a_429_of_a_bearer_is_tried_again_like_a_502_and_is_no_lock_in_the_end() {
    for answer in [Answer::json(429, "{}"), Answer::html(429, ""), locked()] {
        let world = World::new();
        world.set_random(u32::MAX);
        let (result, times) = ask(&world, answer.times(3));
        let error = result.expect_err("too many");
        assert_eq!(
            (error.code, error.status, error.retryable, error.retry_after),
            (ErrorCode::RateLimited, Some(429), true, None)
        );
        assert!(!error.message().contains("brute-force"), "{error}");
        assert_eq!(times, [0, 499, 1_498]);
    }
}

#[test]
fn a_429_of_the_login_is_tried_again_too() {
    for url in [DISCOVERY, TOKEN_ENDPOINT] {
        let world = World::new();
        for (place, success) in [(DISCOVERY, metadata()), (TOKEN_ENDPOINT, token("t"))] {
            world.on_each(place, (place == url).then(|| Answer::json(429, "{}")).into_iter().chain([success]));
        }
        assert_eq!(token_of(&world, &client(&world)).expect("the second try"), "t", "{url}");

        let world = World::new();
        if url == TOKEN_ENDPOINT {
            world.on(DISCOVERY, metadata());
        }
        world.on_each(url, Answer::json(429, "{}").times(3));
        let error = token_of(&world, &client(&world)).expect_err("too many");
        assert_eq!((error.code, error.retryable, error.retry_after), (ErrorCode::RateLimited, true, None), "{url}");
        assert_eq!(world.count(url), 3);
    }
}

#[test]
fn a_429_of_the_token_endpoint_is_tried_again_where_the_secret_is_sent_by_basic_too() {
    let world = World::new();
    let client =
        client_of(&world, |credentials| credentials.authentication = by_secret(CLIENT_SECRET, SecretMethod::Basic));
    world.on(DISCOVERY, metadata());
    world.on_each(TOKEN_ENDPOINT, [Answer::json(429, "{}"), token("t")]);
    assert_eq!(token_of(&world, &client).expect("the second try"), "t");
}

#[test]
fn a_rate_limit_that_names_its_end_is_told() {
    let (result, _) = ask(&World::new(), [Answer::json(429, "{}").header("Retry-After", "60")]);
    let error = result.expect_err("limited");
    assert_eq!(
        (error.code, error.retryable, error.retry_after),
        (ErrorCode::RateLimited, true, Some(Duration::from_secs(60)))
    );
    assert!(!error.message().contains("password"), "it is not the lock: {error}");
}

#[test]
fn the_time_limit_ends_a_call_that_gets_no_answer_and_drops_its_request() {
    for (own, configured, limit) in
        [(None, 10_000, 10_000), (None, 250, 250), (Some(3_000), 10_000, 3_000), (Some(20_000), 10_000, 20_000)]
    {
        let world = World::new();
        let client = bearer_client_with(&world, |config| config.timeout = Duration::from_millis(configured));
        world.on(ALICE, Answer::never());
        let error = world
            .run(client.get_background_sync_status("alice", own.map_or(CallOptions::default(), within_ms)))
            .expect_err("no answer");
        assert_eq!((error.code, error.retryable, error.status), (ErrorCode::Timeout, true, None));
        assert_eq!(world.elapsed_ms(), limit);
        assert_eq!(world.requests_under_way(), 0);
    }
}

#[test]
fn the_time_limit_covers_login_tries_and_waits_together() {
    let world = World::new();
    world.set_random(u32::MAX);
    world.on(DISCOVERY, metadata().after_ms(3_000));
    world.on(TOKEN_ENDPOINT, token("t").after_ms(3_000));
    world.on_each(ALICE, [Answer::html(502, "").after_ms(2_000), alice().after_ms(2_000)]);
    assert_eq!(code_of(status_of(&world, &client(&world), "alice")), ErrorCode::Timeout);
    assert_eq!(world.times(), [0, 3_000, 6_000, 8_499]);
    assert_eq!(world.elapsed_ms(), 10_000);

    let world = World::new();
    world.on(DISCOVERY, metadata().after_ms(3_000));
    world.on(TOKEN_ENDPOINT, token("t").after_ms(3_000));
    world.on(ALICE, alice().after_ms(3_999));
    assert_eq!(status_of(&world, &client(&world), "alice").expect("just in time"), alice_has_access());
}

#[test]
fn a_wait_that_would_end_after_the_time_limit_is_not_begun() {
    let world = World::new();
    world.set_random(u32::MAX);
    let (result, times) = ask(&world, [Answer::html(502, "").after_ms(9_501)]);
    assert_eq!(result.expect_err("an error").status, Some(502));
    assert_eq!((times.len(), world.elapsed_ms()), (1, 9_501));
}

#[test]
fn discovery_and_token_requests_are_tried_again_too() {
    let world = World::new();
    world.on_each(DISCOVERY, [Answer::broken(), Answer::html(503, ""), metadata()]);
    world.on_each(TOKEN_ENDPOINT, [Answer::html(502, ""), Answer::broken(), token("t")]);
    assert_eq!(token_of(&world, &client(&world)).expect("a token"), "t");
    let (first, second) = (&world.sent()[3], &world.sent()[5]);
    assert_eq!((&first.body, &first.headers), (&second.body, &second.headers));
}

#[test]
fn after_401_with_a_cached_token_there_is_one_new_token_and_one_more_try() {
    let world = World::new();
    let client = client(&world);
    world.on(DISCOVERY, metadata());
    world.on_each(TOKEN_ENDPOINT, [token("old"), token("new")]);
    world.on_each(ALICE, [alice(), Answer::json(401, "{}"), alice()]);
    status_of(&world, &client, "alice").expect("with the first token");
    status_of(&world, &client, "alice").expect("with the second token");
    assert_eq!(world.urls(), [DISCOVERY, TOKEN_ENDPOINT, ALICE, ALICE, TOKEN_ENDPOINT, ALICE]);
    let authorizations: Vec<_> =
        world.sent().iter().filter_map(|sent| sent.header("Authorization").map(str::to_string)).collect();
    assert_eq!(authorizations, ["Bearer old", "Bearer old", "Bearer new"]);
    assert_eq!(client.with_cached_access_token(|token| token.expose().to_string()).as_deref(), Some("new"));
}

#[test]
fn after_a_second_401_there_is_the_error() {
    let world = World::new();
    let client = client(&world);
    world.on(DISCOVERY, metadata());
    world.on_each(TOKEN_ENDPOINT, [token("old"), token("new")]);
    world.on_each(ALICE, [alice(), Answer::json(401, "{}"), Answer::json(401, "{}")]);
    status_of(&world, &client, "alice").expect("with the first token");
    let error = status_of(&world, &client, "alice").expect_err("401 twice");
    assert_eq!((error.code, error.status, error.retryable), (ErrorCode::Unauthorized, Some(401), false));
    assert_eq!(world.sent().len(), 6);
}

#[test]
fn a_token_that_another_call_fetched_may_be_revoked_too_but_a_new_one_is_the_last() {
    let world = World::new();
    let client = client(&world);
    world.on(DISCOVERY, metadata());
    world.on_each(TOKEN_ENDPOINT, [token("old"), token("another-calls"), token("its-own")]);
    token_of(&world, &client).expect("a token");
    let unauthorized = |ms| Answer::json(401, "{}").after_ms(ms);
    world.on_each(ALICE, [unauthorized(10), unauthorized(500), alice(), unauthorized(0), unauthorized(0)]);
    let calls = [(); 2].map(|()| {
        let client = client.clone();
        async move { client.get_background_sync_status("alice", CallOptions::default()).await }
    });
    let [first, second] = world.run_all(calls).try_into().expect("two results");
    assert_eq!(first.expect("a status"), alice_has_access());
    assert_eq!(code_of(second), ErrorCode::Unauthorized);
    assert_eq!((world.count(ALICE), world.count(TOKEN_ENDPOINT)), (5, 3));
}

#[test]
fn after_401_with_a_fresh_token_there_is_no_second_try() {
    let world = World::new();
    world.on(DISCOVERY, metadata());
    world.on(TOKEN_ENDPOINT, token("t"));
    world.on(ALICE, Answer::json(401, "{}"));
    assert_eq!(code_of(status_of(&world, &client(&world), "alice")), ErrorCode::Unauthorized);
    assert_eq!(world.sent().len(), 3);
}

#[test]
fn many_calls_that_get_401_with_one_cached_token_fetch_one_new_token() {
    let world = World::new();
    let client = client(&world);
    world.on(DISCOVERY, metadata());
    world.on_each(TOKEN_ENDPOINT, [token("old"), token("new").after_ms(100)]);
    token_of(&world, &client).expect("a token");
    let late = |ms| Answer::json(401, "{}").after_ms(ms);
    // The last 401 comes in when the new token is there already.
    world.on_each(ALICE, [late(10), late(10), late(20), late(500)].into_iter().chain(alice().times(4)));
    let calls = (0..4).map(|_| {
        let client = client.clone();
        async move { client.get_background_sync_status("alice", CallOptions::default()).await }
    });
    for result in world.run_all(calls) {
        assert_eq!(result.expect("a status"), alice_has_access());
    }
    assert_eq!(world.count(TOKEN_ENDPOINT), 2);
}

#[test]
fn a_call_that_allows_more_time_allows_it_to_its_login_too() {
    let world = World::new();
    let client = client(&world);
    world.on(DISCOVERY, metadata().after_ms(12_000));
    world.on(TOKEN_ENDPOINT, token("t"));
    world.run(client.get_access_token(within_ms(20_000))).expect("within 20 seconds");
}

#[test]
fn a_login_that_fails_for_now_says_when_to_come_back() {
    let cases = [
        (DISCOVERY, recorded("150-maint-wk-8088"), 120),
        (TOKEN_ENDPOINT, recorded("150-maint-wk-8088"), 120),
        (DISCOVERY, Answer::json(429, "{}").header("Retry-After", "60"), 60),
        (TOKEN_ENDPOINT, Answer::json(429, "{}").header("Retry-After", "60"), 60),
    ];
    for (url, answer, retry_after_s) in cases {
        let world = World::new();
        world.on(url, answer);
        if url == TOKEN_ENDPOINT {
            world.on(DISCOVERY, metadata());
        }
        let error = token_of(&world, &client(&world)).expect_err("a failure");
        assert_eq!((error.retryable, error.retry_after), (true, Some(Duration::from_secs(retry_after_s))), "{error}");
    }
}

#[test]
fn a_retry_after_beyond_all_bounds_is_not_waited_for_nor_ignored() {
    let world = World::new();
    world.on_each(ALICE, [Answer::html(503, "").header("Retry-After", "4294967296"), alice()]);
    assert_eq!(code_of(status_of(&world, &bearer_client(&world), "alice")), ErrorCode::ServerError);
    assert_eq!(world.sent().len(), 1);
}
