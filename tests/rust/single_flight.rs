//! One token request for all who need it, whoever of them stays or goes.

use std::rc::Rc;
use std::time::Duration;

use astrolabe_client::{
    CallOptions, ClientCredentials, Config, Error, ErrorCode, Login, Provider, Secret, TokenCache,
    DEFAULT_EARLY_REFRESH,
};

use crate::setup::*;
use crate::transport::{Answer, Call, World};

type TokenCall = Call<Result<String, Error>>;

fn start(world: &World, client: &Client) -> TokenCall {
    world.start(get_token(client))
}

fn cached(client: &Client) -> Option<String> {
    client.with_cached_access_token(|token| token.expose().to_string())
}

fn shared_cache() -> Rc<TokenCache> {
    Rc::new(TokenCache::new(DEFAULT_EARLY_REFRESH, Default::default()))
}

#[test]
fn callers_that_start_cold_share_one_discovery_and_one_token_request() {
    let world = World::new();
    let client = client(&world);
    world.on(DISCOVERY, metadata().after_ms(200));
    world.on(TOKEN_ENDPOINT, token("t").after_ms(200));
    world.on_each(ALICE, alice().times(64));
    let calls = (0..64).map(|_| {
        let client = client.clone();
        async move { client.get_background_sync_status("alice", CallOptions::default()).await }
    });
    for result in world.run_all(calls) {
        assert_eq!(result.expect("a status"), alice_has_access());
    }
    assert_eq!((world.count(DISCOVERY), world.count(TOKEN_ENDPOINT), world.count(ALICE)), (1, 1, 64));
    assert_eq!(world.elapsed_ms(), 400);
}

#[test]
fn a_token_that_is_never_kept_still_serves_all_who_waited_for_it() {
    let world = World::new();
    let client = client(&world);
    world.on(DISCOVERY, metadata().after_ms(10));
    world.on(TOKEN_ENDPOINT, token_for("t", 0).after_ms(10));
    for result in world.run_all((0..8).map(|_| get_token(&client))) {
        assert_eq!(result.expect("a token"), "t");
    }
    assert_eq!(cached(&client), None);
}

#[test]
fn a_caller_that_gives_up_does_not_disturb_the_others() {
    for leaving in [vec![0], vec![1], vec![0, 1], vec![2, 0]] {
        for leave_at_ms in [0, 50, 150] {
            let world = World::new();
            let client = client(&world);
            world.on(DISCOVERY, metadata().after_ms(100));
            world.on(TOKEN_ENDPOINT, token("t").after_ms(100));
            let mut calls: Vec<_> = (0..4).map(|_| Some(start(&world, &client))).collect();
            world.pass(leave_at_ms);
            for &index in &leaving {
                calls[index].take().expect("still there").give_up();
            }
            for call in calls.into_iter().flatten() {
                assert_eq!(call.wait().expect("a token"), "t", "{leaving:?} left at {leave_at_ms}");
            }
            assert_eq!(world.urls(), [DISCOVERY, TOKEN_ENDPOINT]);
            assert_eq!(world.elapsed_ms(), 200);
        }
    }
}

#[test]
fn a_caller_whose_time_is_up_does_not_disturb_the_others() {
    // Whoever began the request also set its time limit: when that ends it, one of the others begins its own.
    // Whoever joined it gave up on it after half of its own limit, and began one that ended with it.
    for (hasty_first, elapsed_ms) in [(false, 200), (true, 250)] {
        let world = World::new();
        let client = client(&world);
        world.on_each(DISCOVERY, metadata().after_ms(100).times(2));
        world.on(TOKEN_ENDPOINT, token("t").after_ms(100));
        let hurry = || {
            let client = client.clone();
            world.start(async move { client.get_access_token(within_ms(50)).await.map(drop) })
        };
        let (hasty, patient) = if hasty_first {
            let hasty = hurry();
            (hasty, [start(&world, &client), start(&world, &client)])
        } else {
            let patient = [start(&world, &client), start(&world, &client)];
            (hurry(), patient)
        };
        let error = hasty.wait().expect_err("too late");
        assert_eq!((error.code, error.route.as_deref()), (ErrorCode::Timeout, Some("login")));
        assert_eq!(world.elapsed_ms(), 50);
        for call in patient {
            assert_eq!(call.wait().expect("a token"), "t");
        }
        assert_eq!(
            (world.urls(), world.elapsed_ms()),
            ([DISCOVERY, DISCOVERY, TOKEN_ENDPOINT].map(str::to_string).to_vec(), elapsed_ms),
            "hasty first: {hasty_first}"
        );
        assert_eq!(cached(&client).as_deref(), Some("t"));
    }
}

#[test]
fn when_all_have_gone_the_request_is_dropped_and_the_next_call_begins_anew() {
    let world = World::new();
    let client = client(&world);
    world.on_each(DISCOVERY, [metadata().after_ms(100), metadata()]);
    world.on(TOKEN_ENDPOINT, token("t"));
    let calls: Vec<_> = (0..3).map(|_| start(&world, &client)).collect();
    world.pass(50);
    let mut left = 3;
    for call in calls {
        assert_eq!(world.requests_under_way(), 1, "{left} callers wait");
        call.give_up();
        left -= 1;
    }
    assert_eq!(world.requests_under_way(), 0);
    world.pass(1_000);
    assert_eq!(world.urls(), [DISCOVERY], "nothing goes on for nobody");
    assert_eq!(world.flights_left(), 0, "nor is anything left behind");
    assert_eq!(token_of(&world, &client).expect("a token"), "t");
}

#[test]
fn a_flight_that_died_is_given_up_after_the_patience_and_one_joiner_begins_its_own() {
    // Three seconds after it was begun, or half of the time limit where that is less.
    for (timeout_ms, patience_ms) in [(10_000, 3_000), (6_000, 3_000), (4_000, 2_000), (100, 50)] {
        let world = World::new();
        let client = client_with(&world, |config| config.timeout = Duration::from_millis(timeout_ms));
        world.on_each(DISCOVERY, [metadata().after_ms(500), metadata()]);
        world.on(TOKEN_ENDPOINT, token("t").after_ms(20));
        let first = start(&world, &client);
        world.pass(10);
        world.kill_flights();
        first.freeze();
        let joiners: Vec<_> = (0..8).map(|_| start(&world, &client)).collect();
        for joiner in joiners {
            assert_eq!(joiner.wait().expect("a token"), "t");
        }
        assert_eq!(world.elapsed_ms(), patience_ms + 20, "time limit {timeout_ms}");
        assert_eq!((world.count(DISCOVERY), world.count(TOKEN_ENDPOINT)), (2, 1));
        assert_eq!(token_of(&world, &client).expect("a token"), "t", "later calls are instant");
        assert_eq!(world.elapsed_ms(), patience_ms + 20);
    }
}

#[test]
fn callers_that_leave_early_do_not_keep_a_dead_flight_alive() {
    let world = World::new();
    let client = client(&world);
    world.on_each(DISCOVERY, [metadata().after_ms(500), metadata()]);
    world.on(TOKEN_ENDPOINT, token("t"));
    let first = start(&world, &client);
    world.pass(10);
    world.kill_flights();
    first.freeze();
    for _ in 0..5 {
        let hasty = start(&world, &client);
        world.pass(500);
        hasty.give_up();
    }
    assert_eq!(world.elapsed_ms(), 2_510);
    assert_eq!(start(&world, &client).wait().expect("a token"), "t");
    assert_eq!(world.elapsed_ms(), 3_000, "three seconds after the dead one was begun");

    // Who comes later still does not wait at all.
    let client = client_with(&world, |_| {});
    world.on_each(DISCOVERY, [metadata().after_ms(500), metadata()]);
    world.on(TOKEN_ENDPOINT, token("t"));
    let first = start(&world, &client);
    world.pass(10);
    world.kill_flights();
    first.freeze();
    world.pass(5_000);
    assert_eq!(start(&world, &client).wait().expect("a token"), "t");
    assert_eq!(world.elapsed_ms(), 3_000 + 5_010);
}

#[test]
fn of_two_flights_the_newer_is_joined() {
    let world = World::new();
    let client = client(&world);
    world.on_each(DISCOVERY, [metadata().after_ms(500), metadata().after_ms(200)]);
    world.on(TOKEN_ENDPOINT, token("t"));
    let dead = start(&world, &client);
    world.pass(10);
    world.kill_flights();
    dead.freeze();
    world.pass(990);
    let of_a_hasty_caller = client.clone();
    let newer = world.start(async move { of_a_hasty_caller.get_access_token(within_ms(1_000)).await.map(drop) });
    world.pass(100);
    assert_eq!(start(&world, &client).wait().expect("a token"), "t");
    assert_eq!(world.elapsed_ms(), 1_200, "not three seconds after the dead one was begun");
    newer.wait().expect("a token");
}

#[test]
fn whoever_begins_a_flight_has_the_patience_of_the_whole_time_limit() {
    let world = World::new();
    world.on(DISCOVERY, metadata().after_ms(4_000));
    world.on(TOKEN_ENDPOINT, token("t").after_ms(4_000));
    assert_eq!(token_of(&world, &client(&world)).expect("a token"), "t");
    assert_eq!(world.urls(), [DISCOVERY, TOKEN_ENDPOINT]);
}

#[test]
fn an_older_flight_that_comes_in_late_does_not_replace_a_newer_token() {
    let world = World::new();
    let client = client(&world);
    world.on_each(DISCOVERY, metadata().times(2));
    world.on_each(TOKEN_ENDPOINT, [token("older").after_ms(6_000), token("newer").after_ms(100)]);
    // Nobody sees it end, but it is waited for.
    let slow = start(&world, &client);
    world.pass(500);
    slow.freeze();
    let joiner = start(&world, &client);
    assert_eq!(joiner.wait().expect("a token"), "newer");
    assert_eq!((world.elapsed_ms(), world.requests_under_way()), (3_100, 1));
    world.pass(10_000);
    assert_eq!(world.requests_under_way(), 0);
    assert_eq!(cached(&client).as_deref(), Some("newer"));
    assert_eq!(
        world.urls(),
        [DISCOVERY, TOKEN_ENDPOINT, DISCOVERY, TOKEN_ENDPOINT],
        "what an unfinished flight discovered is not used by another"
    );
}

#[test]
fn a_newer_flight_serves_who_began_the_older_one_too() {
    let world = World::new();
    let client = client(&world);
    world.on_each(DISCOVERY, metadata().times(2));
    world.on_each(TOKEN_ENDPOINT, [token("older").after_ms(6_000), token("newer").after_ms(100)]);
    let slow = start(&world, &client);
    world.pass(500);
    let joiner = start(&world, &client);
    assert_eq!(joiner.wait().expect("a token"), "newer");
    assert_eq!(slow.wait().expect("a token"), "newer");
    assert_eq!((world.elapsed_ms(), world.requests_under_way()), (3_100, 0), "nobody waits for the older any more");
    world.pass(10_000);
    assert_eq!(cached(&client).as_deref(), Some("newer"));
}

#[test]
fn a_newer_flight_that_fails_is_no_failure_of_who_began_the_older_one() {
    for failure in
        [Answer::json(401, r#"{"error":"invalid_client"}"#), Answer::json(503, "{}").header("Retry-After", "60")]
    {
        let world = World::new();
        let client = client(&world);
        world.on_each(DISCOVERY, metadata().times(2));
        world.on_each(TOKEN_ENDPOINT, [token("older").after_ms(6_000), failure.after_ms(100)]);
        let slow = start(&world, &client);
        world.pass(500);
        assert_eq!(code_of(start(&world, &client).wait()), ErrorCode::TokenRequestFailed);
        assert_eq!(world.elapsed_ms(), 3_100);
        assert_eq!(slow.wait().expect("a token"), "older");
        assert_eq!(world.elapsed_ms(), 6_000);
        assert_eq!(world.urls(), [DISCOVERY, TOKEN_ENDPOINT, DISCOVERY, TOKEN_ENDPOINT]);
    }
}

#[test]
fn a_failure_for_lack_of_time_is_no_failure_of_who_has_more() {
    // To be waited for, but not by who has a second.
    let busy = || Answer::html(503, "").header("Retry-After", "2").after_ms(100);
    let world = World::new();
    let client = client(&world);
    world.on_each(DISCOVERY, [busy(), metadata()]);
    world.on(TOKEN_ENDPOINT, token("t"));
    let hasty = {
        let client = client.clone();
        world.start(async move { client.get_access_token(within_ms(1_000)).await.map(drop) })
    };
    let patient = [start(&world, &client), start(&world, &client)];
    let error = hasty.wait().expect_err("too busy");
    assert_eq!((error.code, error.retryable), (ErrorCode::DiscoveryFailed, true));
    for call in patient {
        assert_eq!(call.wait().expect("a token"), "t");
    }
    assert_eq!((world.count(DISCOVERY), world.count(TOKEN_ENDPOINT)), (2, 1), "one of them began one for both");

    // What does not pass by itself, or had as much time, decides for all.
    for (limit_ms, failure, code) in [
        (1_000, Answer::html(403, ""), ErrorCode::RequestRejected),
        (1_000, Answer::json(403, "{}"), ErrorCode::DiscoveryFailed),
        (10_000, Answer::json(500, "{}"), ErrorCode::DiscoveryFailed),
    ] {
        let world = World::new();
        let client = client_with(&world, |_| {});
        world.on(DISCOVERY, failure.after_ms(100));
        let first = {
            let client = client.clone();
            world.start(async move { client.get_access_token(within_ms(limit_ms)).await.map(drop) })
        };
        let second = start(&world, &client);
        assert_eq!(code_of(first.wait()), code);
        assert_eq!(code_of(second.wait()), code);
        assert_eq!(world.sent().len(), 1);
    }
}

#[test]
fn a_token_request_that_everybody_left_twice_makes_what_discovery_found_distrusted() {
    let world = World::new();
    let client = client(&world);
    let moved = "https://new.example.com/token";
    world.on_each(DISCOVERY, [metadata(), metadata_for(moved)]);
    world.on_each(TOKEN_ENDPOINT, [token_for("first", 1), Answer::never(), Answer::never()]);
    world.on(moved, token("second"));
    assert_eq!(token_of(&world, &client).expect("a token"), "first");
    for asked in [2, 3] {
        let calls = [start(&world, &client), start(&world, &client)];
        world.pass(500);
        calls.into_iter().for_each(Call::give_up);
        // Once may be the caller's haste.
        assert_eq!((world.count(DISCOVERY), world.count(TOKEN_ENDPOINT)), (1, asked));
    }
    assert_eq!(token_of(&world, &client).expect("a token"), "second");
    assert_eq!(world.count(DISCOVERY), 2);
}

#[test]
fn a_token_request_that_somebody_saw_end_between_two_that_everybody_left_keeps_the_trust() {
    let world = World::new();
    let client = client(&world);
    world.on(DISCOVERY, metadata());
    world.on_each(TOKEN_ENDPOINT, [token_for("1", 1), Answer::never(), token_for("2", 1), Answer::never(), token("3")]);
    assert_eq!(token_of(&world, &client).expect("a token"), "1");
    for expected in ["2", "3"] {
        let hasty = start(&world, &client);
        world.pass(500);
        hasty.give_up();
        assert_eq!(token_of(&world, &client).expect("a token"), expected);
    }
    assert_eq!(world.count(DISCOVERY), 1);
}

#[test]
fn the_flight_that_brings_a_token_first_serves_all_and_the_other_ends() {
    let world = World::new();
    let client = client(&world);
    world.on_each(DISCOVERY, metadata().times(2));
    world.on_each(TOKEN_ENDPOINT, [token("older").after_ms(4_000), token("newer").after_ms(2_000)]);
    let slow = start(&world, &client);
    world.pass(500);
    let joiner = start(&world, &client);
    assert_eq!(slow.wait().expect("a token"), "older");
    assert_eq!(joiner.wait().expect("a token"), "older");
    assert_eq!(world.elapsed_ms(), 4_000);
    world.pass(10_000);
    assert_eq!(cached(&client).as_deref(), Some("older"), "nobody waits for the newer any more");
}

#[test]
fn a_login_that_is_slow_but_alive_serves_every_caller() {
    for (answers_after_ms, requests) in [(2_900, 1), (4_000, 2), (9_500, 4)] {
        let world = World::new();
        let client = client(&world);
        world.on_each(DISCOVERY, metadata().times(4));
        world.on_each(TOKEN_ENDPOINT, token("t").after_ms(answers_after_ms).times(4));
        let calls: Vec<_> = (0..64).map(|_| start(&world, &client)).collect();
        for call in calls {
            assert_eq!(call.wait().expect("a token"), "t", "{answers_after_ms} ms");
        }
        assert_eq!(world.elapsed_ms(), i64::try_from(answers_after_ms).expect("small"));
        assert_eq!(world.urls().iter().filter(|url| *url == TOKEN_ENDPOINT).count(), requests);
    }
}

#[test]
fn an_older_flight_that_fails_late_leaves_the_newer_token_alone() {
    let world = World::new();
    let client = client(&world);
    world.on_each(DISCOVERY, metadata().times(2));
    world.on_each(TOKEN_ENDPOINT, [Answer::json(400, "{}").after_ms(6_000), token("newer").after_ms(100)]);
    let slow = start(&world, &client);
    world.pass(500);
    slow.freeze();
    assert_eq!(start(&world, &client).wait().expect("a token"), "newer");
    assert_eq!(world.requests_under_way(), 1);
    world.pass(10_000);
    assert_eq!(world.requests_under_way(), 0);
    assert_eq!(cached(&client).as_deref(), Some("newer"));
    assert!(client.token_cache().contents().metadata.is_some(), "nor is what discovery found distrusted");
    assert_eq!(
        world.urls(),
        [DISCOVERY, TOKEN_ENDPOINT, DISCOVERY, TOKEN_ENDPOINT],
        "what an unfinished flight discovered is not used by another"
    );
}

#[test]
fn after_clear_the_flight_under_way_serves_those_who_wait_and_its_token_is_not_kept() {
    let world = World::new();
    let client = client(&world);
    world.on_each(DISCOVERY, metadata().times(2));
    world.on_each(TOKEN_ENDPOINT, [token("before").after_ms(100), token("after")]);
    let waiting: Vec<_> = (0..2).map(|_| start(&world, &client)).collect();
    world.pass(50);
    client.token_cache().clear();
    for call in waiting {
        assert_eq!(call.wait().expect("a token"), "before");
    }
    assert_eq!(cached(&client), None);
    assert_eq!(token_of(&world, &client).expect("a token"), "after");
    assert_eq!(
        world.urls(),
        [DISCOVERY, TOKEN_ENDPOINT, DISCOVERY, TOKEN_ENDPOINT],
        "what discovery found is forgotten too"
    );
}

#[test]
fn after_clear_nobody_joins_the_flight_under_way() {
    let world = World::new();
    let client = client(&world);
    world.on_each(DISCOVERY, metadata().times(2));
    world.on_each(TOKEN_ENDPOINT, [token("before").after_ms(100), token("after").after_ms(10)]);
    let before = start(&world, &client);
    world.pass(50);
    client.token_cache().clear();
    assert_eq!(start(&world, &client).wait().expect("a token"), "after");
    assert_eq!(before.wait().expect("a token"), "after", "whichever comes first serves all");
    assert_eq!((world.elapsed_ms(), world.requests_under_way()), (60, 0));
    world.pass(1_000);
    assert_eq!(cached(&client).as_deref(), Some("after"));
}

#[test]
fn clear_forgets_a_token_that_was_kept() {
    let world = World::new();
    let client = client(&world);
    world.on_each(DISCOVERY, metadata().times(2));
    world.on_each(TOKEN_ENDPOINT, [token("first"), token("second")]);
    token_of(&world, &client).expect("a token");
    client.token_cache().clear();
    let contents = client.token_cache().contents();
    assert!(contents.token.is_none() && contents.metadata.is_none() && contents.key.is_none());
    assert_eq!(token_of(&world, &client).expect("a token"), "second");
}

#[test]
fn a_failure_reaches_all_who_wait_and_the_next_call_tries_anew() {
    let failures = [
        (Answer::json(401, r#"{"error":"invalid_client"}"#), ErrorCode::TokenRequestFailed),
        (Answer::html(200, "<html>"), ErrorCode::InvalidTokenResponse),
        (Answer::redirect(302, "/"), ErrorCode::UnexpectedRedirect),
    ];
    for (failure, code) in failures {
        let world = World::new();
        let client = client(&world);
        world.on_each(DISCOVERY, metadata().after_ms(100).times(2));
        world.on_each(TOKEN_ENDPOINT, [failure, token("t")]);
        for result in world.run_all((0..8).map(|_| get_token(&client))) {
            assert_eq!(code_of(result), code);
        }
        assert_eq!(world.sent().len(), 2);
        assert_eq!(token_of(&world, &client).expect("a token"), "t");
    }
}

#[test]
fn two_clients_that_share_a_cache_share_the_flight_and_the_token() {
    let world = World::new();
    let cache = shared_cache();
    let clients = [(); 2].map(|()| client_with(&world, |config| config.token_cache = Some(cache.clone())));
    world.on(DISCOVERY, metadata().after_ms(100));
    world.on(TOKEN_ENDPOINT, token("t").after_ms(100));
    for result in world.run_all(clients.iter().map(get_token)) {
        assert_eq!(result.expect("a token"), "t");
    }
    for client in &clients {
        assert_eq!(token_of(&world, client).expect("a token"), "t");
    }
    assert_eq!(world.sent().len(), 2);
}

#[test]
fn two_different_clients_on_one_cache_do_not_use_each_others_token() {
    let others: [fn(&mut ClientCredentials); 5] = [
        |other| other.client_id = "another".into(),
        |other| other.authentication = by_secret("who does not know the secret does not get the token", None),
        |other| other.scope = "profile".into(),
        |other| other.token_parameters = vec![("audience".into(), Secret::new("x"))],
        |other| other.provider = Provider::DiscoveryUrl(DISCOVERY.into()),
    ];
    let on_one_cache = |change: fn(&mut ClientCredentials)| {
        let world = World::new();
        let cache = shared_cache();
        let one = client_with(&world, |config| config.token_cache = Some(cache.clone()));
        let mut other = client_credentials();
        change(&mut other);
        let two = client_with(&world, |config| {
            *config = Config { token_cache: Some(cache), ..Config::new(HOST, Login::ClientCredentials(other)) }
        });
        (world, one, two)
    };
    for other in others {
        let (world, one, two) = on_one_cache(other);
        world.on_each(DISCOVERY, metadata().times(2));
        world.on_each(TOKEN_ENDPOINT, [token("one"), token("two")]);
        assert_eq!(token_of(&world, &one).expect("a token"), "one");
        assert_eq!(cached(&two), None);
        assert_eq!(token_of(&world, &two).expect("a token"), "two");
        assert_eq!((cached(&one), cached(&two).as_deref()), (None, Some("two")));

        // The same with both at once.
        let (world, one, two) = on_one_cache(other);
        world.on_each(DISCOVERY, metadata().after_ms(10).times(2));
        world.on_each(TOKEN_ENDPOINT, [token("one").after_ms(10), token("two").after_ms(10)]);
        let results: Vec<_> = world
            .run_all([get_token(&one), get_token(&two)])
            .into_iter()
            .map(|result| result.expect("a token"))
            .collect();
        assert_eq!(results, ["one", "two"]);
        assert!(cached(&one).is_none_or(|token| token == "one") && cached(&two).is_none_or(|token| token == "two"));
    }
}

#[test]
fn a_client_of_another_server_does_not_use_the_token_either() {
    let world = World::new();
    let cache = shared_cache();
    let here = client_with(&world, |config| config.token_cache = Some(cache.clone()));
    let there = client_with(&world, |config| {
        (config.token_cache, config.nextcloud_host) = (Some(cache.clone()), "https://other.example.com".into())
    });
    world.on(DISCOVERY, metadata());
    world.on(TOKEN_ENDPOINT, token("here"));
    token_of(&world, &here).expect("a token");
    assert_eq!(cached(&there), None);
}

#[test]
fn the_patience_is_half_of_the_calls_own_time_limit_where_it_names_one() {
    let world = World::new();
    let client = client(&world);
    world.on_each(DISCOVERY, [metadata().after_ms(500), metadata()]);
    world.on(TOKEN_ENDPOINT, token("t"));
    let first = world.start(get_token(&client));
    world.pass(10);
    world.kill_flights();
    first.freeze();
    world.run(client.get_access_token(within_ms(2_000))).expect("its own flight, one second after the other was begun");
    assert_eq!(world.elapsed_ms(), 1_000);
}

#[test]
fn after_clear_what_a_flight_under_way_discovers_is_not_kept_either() {
    let world = World::new();
    let client = client(&world);
    world.on(DISCOVERY, metadata().after_ms(100));
    world.on(TOKEN_ENDPOINT, token("t"));
    let call = world.start(get_token(&client));
    world.pass(50);
    client.token_cache().clear();
    call.wait().expect("a token");
    let contents = client.token_cache().contents();
    assert!(contents.key.is_none() && contents.metadata.is_none(), "{contents:?}");
}

#[test]
fn a_flight_of_one_client_that_fails_or_was_cleared_leaves_the_token_of_another_alone() {
    for cleared in [false, true] {
        let world = World::new();
        let cache = Rc::new(TokenCache::new(DEFAULT_EARLY_REFRESH, Default::default()));
        let one = client_with(&world, |config| config.token_cache = Some(cache.clone()));
        let mut other = client_credentials();
        other.client_id = "another".into();
        let two = client_with(&world, |config| {
            *config = Config { token_cache: Some(cache.clone()), ..Config::new(HOST, Login::ClientCredentials(other)) }
        });
        world.on_each(DISCOVERY, [metadata().after_ms(100), metadata()]);
        world.on_each(TOKEN_ENDPOINT, [token("two"), Answer::json(400, "{}")]);
        let late = world.start(get_token(&one));
        world.pass(10);
        if cleared {
            cache.clear();
        }
        token_of(&world, &two).expect("a token");
        late.wait().expect_err("a refusal");
        assert!(two.with_cached_access_token(|_| ()).is_some(), "cleared: {cleared}");
    }
}
