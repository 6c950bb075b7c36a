//! The statuses of many users at once: who is asked when, and what ends it.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use astrolabe_client::{BulkOptions, Config, Error, ErrorCode, Login, Secret, StatusRow};
use futures_util::stream::{iter, Stream, StreamExt};
use serde_json::json;

use crate::setup::*;
use crate::transport::{Answer, World};

type Row = Result<StatusRow<String>, Error>;
type Rows = Pin<Box<dyn Stream<Item = Row>>>;

fn url_of(user_id: &str) -> String {
    format!("{HOST}/apps/astrolabe/api/v1/background-sync/credentials/{user_id}")
}

fn users(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("user-{number}")).collect()
}

fn access_of(user_id: &str) -> Answer {
    Answer::json(
        200,
        json!({ "success": true, "user_id": user_id, "has_background_access": true, "sync_type": "app_password" }),
    )
}

fn failed(status: u16) -> Answer {
    Answer::json(status, "{}")
}

fn at_a_time(concurrency: u32) -> BulkOptions {
    let mut options = BulkOptions::default();
    options.concurrency = concurrency;
    options
}

fn ask(client: &Client, user_ids: &[impl ToString], concurrency: u32) -> Rows {
    let user_ids: Vec<Result<String, Error>> = user_ids.iter().map(|id| Ok(id.to_string())).collect();
    Box::pin(client.get_background_sync_statuses(iter(user_ids), at_a_time(concurrency)))
}

/// All rows that come before the end, and the error that ended them.
fn read(world: &World, mut rows: Rows) -> (Vec<StatusRow<String>>, Option<Error>) {
    let mut found = Vec::new();
    loop {
        match world.run(rows.next()) {
            Some(Ok(row)) => found.push(row),
            Some(Err(error)) => {
                let sent = world.sent().len();
                assert_eq!(world.requests_under_way(), 0, "what is under way ends");
                assert!(world.run(rows.next()).is_none(), "the error comes once, and last");
                world.pass(3_600_000);
                assert_eq!(world.sent().len(), sent, "nobody else is asked about");
                return (found, Some(error));
            }
            None => return (found, None),
        }
    }
}

fn ids(rows: &[StatusRow<String>]) -> Vec<&str> {
    rows.iter().map(|row| row.user_id.as_str()).collect()
}

fn sorted(rows: &[StatusRow<String>]) -> Vec<&str> {
    let mut ids = ids(rows);
    ids.sort_by_key(|id| (id.len(), *id));
    ids
}

/// A client without retries of its own.
fn client_that_tries_once(world: &World) -> Client {
    bearer_client_with(world, |config| config.max_retries = 0)
}

fn basic(config: &mut Config) {
    config.login = Login::Basic { username: "admin".into(), password: Secret::new("login-password-7d1e") };
}

#[test]
fn every_user_comes_once_and_as_soon_as_known() {
    let world = World::new();
    for (user_id, ms) in [("a", 300), ("b", 100), ("c", 200)] {
        world.on(&url_of(user_id), access_of(user_id).after_ms(ms));
    }
    let (rows, error) = read(&world, ask(&bearer_client(&world), &["a", "b", "c"], 8));
    assert!(error.is_none());
    assert_eq!(ids(&rows), ["b", "c", "a"]);
    assert!(rows.iter().all(|row| row.status.as_ref().expect("a status").has_access));
    assert_eq!(world.elapsed_ms(), 300);
}

#[test]
fn one_at_a_time_keeps_the_order() {
    let world = World::new();
    for (user_id, ms) in [("a", 300), ("b", 100), ("c", 200)] {
        world.on(&url_of(user_id), access_of(user_id).after_ms(ms));
    }
    let (rows, _) = read(&world, ask(&bearer_client(&world), &["a", "b", "c"], 1));
    assert_eq!((ids(&rows), world.elapsed_ms()), (vec!["a", "b", "c"], 600));
}

#[test]
fn nobody_to_ask_about_is_no_row_and_no_request() {
    let world = World::new();
    let (rows, error) = read(&world, ask(&client(&world), &[""; 0], 8));
    assert!(rows.is_empty() && error.is_none() && world.sent().is_empty());
}

#[test]
fn never_more_than_the_concurrency_are_under_way() {
    for concurrency in [1, 3, 8, 100] {
        let world = World::new();
        let users = users(40);
        for (number, user_id) in users.iter().enumerate() {
            world.on(&url_of(user_id), access_of(user_id).after_ms(10 + number as u64 % 7));
        }
        let (rows, error) = read(&world, ask(&bearer_client(&world), &users, concurrency));
        assert!(error.is_none());
        assert_eq!(sorted(&rows), users);
        assert_eq!(world.most_requests_under_way(), (concurrency as usize).min(40));
    }
}

#[test]
fn the_same_user_twice_is_two_rows() {
    let world = World::new();
    world.on_each(&url_of("a"), access_of("a").times(2));
    let (rows, _) = read(&world, ask(&bearer_client(&world), &["a", "a"], 8));
    assert_eq!((ids(&rows), world.sent().len()), (vec!["a", "a"], 2));
}

#[test]
fn ids_are_taken_as_they_are_needed_and_rows_do_not_pile_up() {
    let world = World::new();
    for user_id in users(100) {
        world.on(&url_of(&user_id), access_of(&user_id).after_ms(10));
    }
    let taken = Rc::new(Cell::new(0));
    let count = taken.clone();
    let user_ids = iter(users(100)).map(move |user_id| {
        count.set(count.get() + 1);
        Ok::<_, Error>(user_id)
    });
    let client = bearer_client(&world);
    let mut rows: Rows = Box::pin(client.get_background_sync_statuses(user_ids, at_a_time(4)));
    assert_eq!(taken.get(), 0);
    for read in 1..=10 {
        world.run(rows.next()).expect("a row").expect("no error");
        world.pass(60_000);
        assert!(taken.get() <= read + 4, "{} taken for {read}", taken.get());
        assert!(world.sent().len() <= read + 4, "{} sent for {read}", world.sent().len());
    }
}

#[test]
fn all_users_share_one_login() {
    let world = World::new();
    world.on(DISCOVERY, metadata().after_ms(50));
    world.on(TOKEN_ENDPOINT, token("t").after_ms(50));
    let users = users(20);
    users.iter().for_each(|user_id| world.on(&url_of(user_id), access_of(user_id).after_ms(10)));
    let (rows, error) = read(&world, ask(&client(&world), &users, 8));
    assert!(error.is_none());
    assert_eq!((sorted(&rows), world.sent().len()), (users.iter().map(String::as_str).collect(), 22));
}

#[test]
fn a_token_that_is_revoked_on_the_way_is_renewed() {
    let world = World::new();
    world.on(DISCOVERY, metadata());
    world.on_each(TOKEN_ENDPOINT, [token("old"), token("new")]);
    let users = users(12);
    for (number, user_id) in users.iter().enumerate() {
        if (4..8).contains(&number) {
            world.on(&url_of(user_id), failed(401).after_ms(10));
        }
        world.on(&url_of(user_id), access_of(user_id).after_ms(10));
    }
    let (rows, error) = read(&world, ask(&client(&world), &users, 4));
    assert!(error.is_none(), "{error:?}");
    assert_eq!((sorted(&rows), world.count(TOKEN_ENDPOINT)), (users.iter().map(String::as_str).collect(), 2));
    assert!(rows.iter().all(|row| row.status.is_ok()));
}

#[test]
fn a_failure_of_one_user_is_its_row() {
    let cases = [
        (Answer::json(200, json!({ "user_id": "eve", "has_background_access": true })), ErrorCode::UserMismatch),
        (Answer::json(200, "{}"), ErrorCode::UnexpectedResponse),
        (Answer::json(404, json!({ "status": 404, "error": "Not Found" })), ErrorCode::UnexpectedResponse),
        (failed(500), ErrorCode::ServerError),
        (failed(400), ErrorCode::RequestRejected),
        (Answer::never(), ErrorCode::Timeout),
        (Answer::broken(), ErrorCode::Network),
        (Answer::html(502, ""), ErrorCode::ServerError),
    ];
    for (answer, code) in cases {
        let world = World::new();
        for user_id in ["a", "c"] {
            world.on(&url_of(user_id), access_of(user_id));
        }
        world.on(&url_of("b"), answer);
        let (rows, error) = read(&world, ask(&client_that_tries_once(&world), &["a", "b", "c"], 2));
        assert!(error.is_none(), "{code:?}: {error:?}");
        assert_eq!(sorted(&rows), ["a", "b", "c"]);
        for StatusRow { user_id, status } in rows {
            assert_eq!(status.err().map(|error| error.code), Some(code).filter(|_| user_id == "b"), "{user_id}");
        }
    }
}

#[test]
fn an_id_that_cannot_be_one_is_a_row_with_the_error() {
    let world = World::new();
    world.on(&url_of("a"), access_of("a"));
    let (rows, error) = read(&world, ask(&bearer_client(&world), &["", "a/b", "a"], 1));
    assert!(error.is_none());
    assert_eq!(ids(&rows), ["", "a/b", "a"]);
    let codes: Vec<_> = rows.iter().map(|row| row.status.as_ref().err().map(|error| error.code)).collect();
    assert_eq!(codes, [Some(ErrorCode::InvalidArgument), Some(ErrorCode::InvalidArgument), None]);
}

#[test]
fn a_failure_that_concerns_all_ends_it_once_after_the_rows_before_it() {
    let maintenance = failed(503).header("X-Nextcloud-Maintenance-Mode", "1");
    let cases = [
        (failed(401), ErrorCode::Unauthorized),
        (failed(403), ErrorCode::Forbidden),
        (Answer::html(404, ""), ErrorCode::AppNotAvailable),
        (maintenance.clone(), ErrorCode::Maintenance),
        (maintenance.header("Retry-After", "120"), ErrorCode::Maintenance),
        (Answer::redirect(302, "/login"), ErrorCode::UnexpectedRedirect),
        // What is too long to be waited for.
        (failed(429).header("Retry-After", "61"), ErrorCode::RateLimited),
    ];
    for (answer, code) in cases {
        let world = World::new();
        let users = users(50);
        for (number, user_id) in users.iter().enumerate() {
            // The eighth is the first of them that comes back.
            let ms = if number < 4 { 10 } else { 100 };
            world.on(
                &url_of(user_id),
                if number < 7 { access_of(user_id).after_ms(ms) } else { answer.clone().after_ms(50) },
            );
        }
        let (rows, error) = read(&world, ask(&bearer_client(&world), &users, 4));
        assert_eq!(error.map(|error| error.code), Some(code));
        assert_eq!(ids(&rows), ["user-0", "user-1", "user-2", "user-3"], "{code:?}");
        assert_eq!(world.sent().len(), 8, "{code:?}");
    }
}

#[test]
fn the_brute_force_lock_ends_it() {
    let world = World::new();
    let users = users(5);
    world.on(&url_of("user-0"), access_of("user-0"));
    for user_id in &users[1..] {
        world.on(&url_of(user_id), locked());
    }
    let (rows, error) = read(&world, ask(&client_with(&world, basic), &users, 1));
    let error = error.expect("locked");
    assert_eq!((error.code, error.retry_after), (ErrorCode::RateLimited, Some(Duration::from_secs(1_800))));
    assert_eq!(ids(&rows), ["user-0"]);
    assert_eq!(world.sent().len(), 2, "nobody is asked about again");
}

#[test]
fn a_429_of_a_bearer_slows_it_down_and_loses_nobody() {
    let world = World::new();
    let users = users(5);
    for user_id in &users {
        world.on_each(&url_of(user_id), [failed(429), access_of(user_id)]);
    }
    let (rows, error) = read(&world, ask(&bearer_client(&world), &users, 5));
    assert!(error.is_none(), "{error:?}");
    assert!(rows.iter().all(|row| row.status.is_ok()));
    assert_eq!(sorted(&rows), ["user-0", "user-1", "user-2", "user-3", "user-4"]);
}

#[test]
fn a_login_that_fails_ends_it_before_anybody_is_asked_about() {
    let world = World::new();
    world.on(DISCOVERY, metadata());
    world.on(TOKEN_ENDPOINT, Answer::json(401, r#"{"error":"invalid_client"}"#).after_ms(10));
    let (rows, error) = read(&world, ask(&client(&world), &users(50), 8));
    assert_eq!(error.map(|error| error.code), Some(ErrorCode::TokenRequestFailed));
    assert!(rows.is_empty());
    assert_eq!(world.urls(), [DISCOVERY, TOKEN_ENDPOINT]);
}

#[test]
fn ids_that_fail_end_it_after_the_rows_before() {
    let world = World::new();
    for user_id in ["a", "b"] {
        world.on(&url_of(user_id), access_of(user_id));
    }
    world.on_each(&format!("{HOST}/ocs/v2.php/cloud/users?limit=500&offset=0"), [page_of(["a", "b"])]);
    world.on(&format!("{HOST}/ocs/v2.php/cloud/users?limit=500&offset=500"), failed(403).after_ms(50));
    let client = bearer_client(&world);
    let listed = client.list_users(Default::default());
    let rows: Rows = Box::pin(client.get_background_sync_statuses(listed, at_a_time(4)));
    let (rows, error) = read(&world, rows);
    assert_eq!(sorted(&rows), ["a", "b"]);
    let error = error.expect("an end");
    assert_eq!(
        (error.code, error.route.clone()),
        (ErrorCode::Forbidden, Some(format!("GET {HOST}/ocs/v2.php/cloud/users")))
    );
}

#[test]
fn it_slows_down_when_the_server_says_so_and_loses_nobody() {
    for busy in [failed(429), failed(503), Answer::html(502, "")] {
        let world = World::new();
        let users = users(40);
        for (number, user_id) in users.iter().enumerate() {
            if (8..12).contains(&number) {
                world.on(&url_of(user_id), busy.clone().header("Retry-After", "2").after_ms(10));
            }
            world.on(&url_of(user_id), access_of(user_id).after_ms(10));
        }
        let (rows, error) = read(&world, ask(&bearer_client(&world), &users, 4));
        assert!(error.is_none(), "{error:?}");
        assert_eq!(sorted(&rows), users);
        assert!(rows.iter().all(|row| row.status.is_ok()));
        assert_eq!(world.sent().len(), 44);
        // Twelve in the first three rounds of 10 ms; then nobody for two seconds.
        let times = world.times();
        assert_eq!((times[11], times[12]), (20, 2_030));
        let at = |ms| times.iter().filter(|time| **time == ms).count();
        assert_eq!(at(2_030), 2, "half as many: those that fail together count as one");
        let later = times.iter().filter(|time| **time > 2_030);
        assert!(later.clone().any(|time| at(*time) > 2), "and more again as it goes well: {times:?}");
        assert!(times.iter().all(|time| at(*time) <= 4));
    }
}

#[test]
fn a_user_is_asked_about_again_only_so_often() {
    for (max_retries, tries) in [(0, 1), (1, 2), (2, 3)] {
        let world = World::new();
        let client = bearer_client_with(&world, |config| config.max_retries = max_retries);
        world.on_each(&url_of("a"), Answer::html(502, "").times(tries));
        let (rows, error) = read(&world, ask(&client, &["a"], 8));
        assert!(error.is_none());
        assert_eq!(rows[0].status.as_ref().expect_err("an error").status, Some(502));
        assert_eq!(world.sent().len(), tries);
    }
}

#[test]
fn a_time_limit_is_that_of_each_user_and_is_not_tried_again() {
    let world = World::new();
    let users = users(6);
    users.iter().for_each(|user_id| world.on(&url_of(user_id), Answer::never()));
    let mut options = at_a_time(2);
    options.timeout = Some(Duration::from_secs(1));
    let user_ids = iter(users.clone().into_iter().map(Ok::<_, Error>));
    let (rows, error) = read(&world, Box::pin(bearer_client(&world).get_background_sync_statuses(user_ids, options)));
    assert!(error.is_none());
    assert!(rows.iter().all(|row| row.status.as_ref().is_err_and(|error| error.code == ErrorCode::Timeout)));
    assert_eq!((rows.len(), world.sent().len(), world.elapsed_ms()), (6, 6, 3_000));
}

#[test]
fn a_server_that_nobody_reaches_ends_it() {
    let unreached = [
        (Answer::broken(), ErrorCode::Network),
        (Answer::html(502, ""), ErrorCode::ServerError),
        (Answer::html(524, ""), ErrorCode::ServerError),
        (Answer::never(), ErrorCode::Timeout),
    ];
    for (answer, code) in unreached {
        // 20 users, or twice as many as are asked at a time.
        for (concurrency, max_retries, limit) in [(1, 0, 20), (8, 0, 20), (8, 2, 20), (15, 0, 30)] {
            let world = World::new();
            let client = bearer_client_with(&world, |config| config.max_retries = max_retries);
            let users = users(200);
            users.iter().for_each(|user_id| world.on_each(&url_of(user_id), answer.clone().times(3)));
            let (rows, error) = read(&world, ask(&client, &users, concurrency));
            assert_eq!(error.map(|error| error.code), Some(code), "{concurrency} {max_retries}");
            assert_eq!(rows.len(), limit - 1, "{code:?} {concurrency} {max_retries}");
            assert!(rows.iter().all(|row| row.status.as_ref().is_err_and(|error| error.code == code)));
        }
    }
}

#[test]
fn a_server_that_answers_now_and_then_if_only_with_a_failure_is_there() {
    for answers in [|user_id: &str| access_of(user_id), |_: &str| failed(500)] {
        let world = World::new();
        let users = users(100);
        for (number, user_id) in users.iter().enumerate() {
            world.on(&url_of(user_id), if number % 20 == 19 { answers(user_id) } else { Answer::broken() });
        }
        let (rows, error) = read(&world, ask(&client_that_tries_once(&world), &users, 1));
        assert!(error.is_none(), "{error:?}");
        assert_eq!(ids(&rows), users);
    }
}

#[test]
fn a_password_is_tried_for_one_user_alone_until_it_was_accepted() {
    let world = World::new();
    let users = users(9);
    for (number, user_id) in users.iter().enumerate() {
        if number == 0 {
            // Says nothing of the password: it never came that far.
            world.on(&url_of(user_id), Answer::html(502, "").after_ms(100));
        }
        world.on(&url_of(user_id), access_of(user_id).after_ms(100));
    }
    let (rows, error) = read(&world, ask(&bearer_client_with(&world, basic), &users, 4));
    assert!(error.is_none());
    assert_eq!(sorted(&rows), users);
    let alone = world.times().iter().filter(|time| **time < 200).count();
    assert_eq!(alone, 2, "{:?}", world.times());
    assert!(world.most_requests_under_way() > 1);

    let world = World::new();
    users.iter().for_each(|user_id| world.on(&url_of(user_id), failed(401).after_ms(100)));
    let (rows, error) = read(&world, ask(&bearer_client_with(&world, basic), &users, 4));
    assert_eq!(error.map(|error| error.code), Some(ErrorCode::Unauthorized));
    assert_eq!((rows.len(), world.sent().len()), (0, 1), "each wrong one counts towards the lock");
}

#[test]
fn an_id_that_cannot_be_one_says_nothing_of_the_password() {
    let world = World::new();
    for user_id in ["a", "b", "c"] {
        world.on(&url_of(user_id), failed(401).after_ms(100));
    }
    let (rows, error) = read(&world, ask(&bearer_client_with(&world, basic), &["", "a", "b", "c"], 4));
    assert_eq!((ids(&rows), error.map(|error| error.code)), (vec![""], Some(ErrorCode::Unauthorized)));
    assert_eq!(world.sent().len(), 1);
}

#[test]
fn dropping_the_rows_ends_what_is_under_way_and_asks_about_nobody_else() {
    let world = World::new();
    let users = users(50);
    for (number, user_id) in users.iter().enumerate() {
        world.on(&url_of(user_id), access_of(user_id).after_ms(if number == 0 { 10 } else { 1_000 }));
    }
    let mut rows = ask(&bearer_client(&world), &users, 5);
    assert_eq!(world.run(rows.next()).expect("a row").expect("no error").user_id, "user-0");
    assert_eq!(world.requests_under_way(), 4);
    drop(rows);
    assert_eq!(world.requests_under_way(), 0);
    let sent = world.sent().len();
    world.pass(60_000);
    assert_eq!((world.sent().len(), world.flights_left()), (sent, 0));
}

#[test]
fn dropping_the_rows_ends_a_login_under_way() {
    let world = World::new();
    world.on(DISCOVERY, metadata().after_ms(1_000));
    let mut rows = ask(&client(&world), &users(50), 5);
    let first = world.start(async move { rows.next().await.is_some() });
    world.pass(500);
    assert_eq!(world.requests_under_way(), 1);
    first.give_up();
    assert_eq!(world.requests_under_way(), 0);
    world.pass(60_000);
    assert_eq!(world.urls(), [DISCOVERY]);
}

#[test]
fn what_is_under_way_goes_on_while_nobody_reads() {
    let world = World::new();
    let users = users(4);
    users.iter().for_each(|user_id| world.on(&url_of(user_id), access_of(user_id).after_ms(100)));
    let mut rows = ask(&bearer_client(&world), &users, 4);
    world.run(rows.next()).expect("a row").expect("no error");
    world.pass(10_000);
    let (rest, error) = read(&world, rows);
    assert_eq!((rest.len(), world.elapsed_ms(), error.is_none()), (3, 10_100, true), "they were done long ago");
}

#[test]
fn with_room_for_nobody_it_does_not_hang() {
    let world = World::new();
    world.on(&url_of("a"), access_of("a"));
    let (rows, error) = read(&world, ask(&bearer_client(&world), &["a"], 0));
    assert!(rows.len() == 1 || error.is_some_and(|error| error.code == ErrorCode::InvalidArgument));
}
