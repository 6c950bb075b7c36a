//! The ways in besides client id and secret: a token of one's own, a function that gives one, Basic.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use astrolabe_client::{CallOptions, ErrorCode, Login, Runtime, Secret, TokenFunctionError};

use crate::setup::*;
use crate::transport::{Answer, World};

/// A client whose token function gives own-1, own-2 and so on after `ms` each, and how often it was asked.
fn function_client(world: &World, ms: u64) -> (Client, Rc<Cell<u32>>) {
    let asked = Rc::new(Cell::new(0));
    let (count, clock) = (asked.clone(), world.clone());
    let client = client_with(world, |config| {
        config.login = Login::TokenFunction(Rc::new(move || {
            count.set(count.get() + 1);
            let (token, clock) = (format!("own-{}", count.get()), clock.clone());
            Box::pin(async move {
                clock.sleep(Duration::from_millis(ms)).await;
                Ok(Secret::new(token))
            })
        }));
    });
    (client, asked)
}

/// A client whose token function gives these results, one after the other.
fn scripted_client(
    world: &World,
    results: impl IntoIterator<Item = Result<&'static str, TokenFunctionError>>,
) -> Client {
    let results: Vec<_> = results.into_iter().collect();
    let results = Rc::new(RefCell::new(results.into_iter()));
    client_with(world, |config| {
        config.login = Login::TokenFunction(Rc::new(move || {
            let next = results.borrow_mut().next().expect("the function is asked too often");
            Box::pin(async move { next.map(Secret::new) })
        }));
    })
}

fn basic_client(world: &World, username: &str, password: &str) -> Client {
    client_with(world, |config| {
        config.login = Login::Basic { username: username.into(), password: Secret::new(password) }
    })
}

fn authorizations(world: &World) -> Vec<String> {
    world.sent().iter().map(|sent| sent.header("Authorization").expect("a login").to_string()).collect()
}

#[test]
fn a_token_of_ones_own_is_sent_as_it_is_and_given_back() {
    let world = World::new();
    let client = bearer_client(&world);
    world.on(ALICE, alice());
    status_of(&world, &client, "alice").expect("a status");
    assert_eq!(world.last_sent().header("Authorization"), Some(format!("Bearer {APP_PASSWORD}").as_str()));
    assert_eq!(token_of(&world, &client).expect("the token"), APP_PASSWORD);
}

#[test]
fn a_token_of_ones_own_is_not_tried_again_after_a_401() {
    let world = World::new();
    world.on(ALICE, Answer::json(401, "{}"));
    assert_eq!(code_of(status_of(&world, &bearer_client(&world), "alice")), ErrorCode::Unauthorized);
    assert_eq!(world.sent().len(), 1);
}

#[test]
fn a_token_function_is_asked_once_and_again_after_a_401() {
    let world = World::new();
    let (client, asked) = function_client(&world, 0);
    world.on_each(ALICE, [alice(), alice(), Answer::json(401, "{}"), alice()]);
    for (tries, calls) in [(1, 1), (2, 1), (4, 2)] {
        status_of(&world, &client, "alice").expect("a status");
        assert_eq!((world.sent().len(), asked.get()), (tries, calls));
    }
    assert_eq!(authorizations(&world), ["Bearer own-1", "Bearer own-1", "Bearer own-1", "Bearer own-2"]);
    assert_eq!(token_of(&world, &client).expect("the token"), "own-2");
    assert_eq!(asked.get(), 2);
}

#[test]
fn a_function_is_asked_once_more_even_where_the_refused_token_was_new() {
    let world = World::new();
    let (client, asked) = function_client(&world, 0);
    world.on_each(ALICE, [Answer::json(401, "{}"), alice()]);
    status_of(&world, &client, "alice").expect("it may have a cache of its own");
    assert_eq!((world.sent().len(), asked.get()), (2, 2));

    let (client, asked) = function_client(&world, 0);
    world.on_each(ALICE, Answer::json(401, "{}").times(2));
    assert_eq!(code_of(status_of(&world, &client, "alice")), ErrorCode::Unauthorized);
    assert_eq!((world.sent().len(), asked.get()), (4, 2));
}

#[test]
fn after_a_second_401_with_a_token_of_the_function_there_is_the_error() {
    let world = World::new();
    let (client, asked) = function_client(&world, 0);
    world.on_each(ALICE, [alice(), Answer::json(401, "{}"), Answer::json(401, "{}")]);
    status_of(&world, &client, "alice").expect("with the first token");
    assert_eq!(code_of(status_of(&world, &client, "alice")), ErrorCode::Unauthorized);
    assert_eq!((world.sent().len(), asked.get()), (3, 2));
}

#[test]
fn callers_at_the_same_time_share_what_the_function_gives() {
    let world = World::new();
    let (client, asked) = function_client(&world, 100);
    let status =
        |client: Client| async move { client.get_background_sync_status("alice", CallOptions::default()).await };
    world.on_each(ALICE, alice().times(8));
    for result in world.run_all((0..8).map(|_| status(client.clone()))) {
        assert_eq!(result.expect("a status"), alice_has_access());
    }
    assert_eq!((asked.get(), world.elapsed_ms()), (1, 100));

    world.on_each(ALICE, Answer::json(401, "{}").after_ms(10).times(8).chain(alice().times(8)));
    for result in world.run_all((0..8).map(|_| status(client.clone()))) {
        assert_eq!(result.expect("a status"), alice_has_access());
    }
    assert_eq!((asked.get(), world.elapsed_ms()), (2, 210));
}

#[test]
fn a_caller_that_gives_up_on_the_function_does_not_disturb_the_others() {
    let world = World::new();
    let (client, asked) = function_client(&world, 100);
    let [first, second] = [(); 2].map(|()| world.start(get_token(&client)));
    world.pass(50);
    first.give_up();
    assert_eq!(second.wait().expect("the token"), "own-1");
    assert_eq!((asked.get(), world.elapsed_ms()), (1, 100));
}

#[test]
fn a_function_that_never_answers_ends_with_the_time_limit() {
    let world = World::new();
    let (client, _) = function_client(&world, 3_600_000);
    let error = status_of(&world, &client, "alice").expect_err("no token");
    assert_eq!((error.code, error.retryable), (ErrorCode::Timeout, true));
    assert_eq!((world.elapsed_ms(), world.sent().len()), (10_000, 0));
}

#[test]
fn the_failure_of_the_function_is_passed_on_as_the_cause_and_the_next_call_asks_again() {
    let world = World::new();
    let thrown = || Err(TokenFunctionError::Failed(Some(Rc::new("what was thrown"))));
    let client = scripted_client(&world, [thrown(), thrown(), Ok("own")]);
    let login = token_of(&world, &client).expect_err("a failure");
    let call = status_of(&world, &client, "alice").expect_err("a failure");
    for error in [login, call] {
        assert_eq!((error.code, error.route.as_deref()), (ErrorCode::TokenFunctionFailed, Some("login")));
        let cause = error.cause.as_ref().and_then(|cause| cause.downcast_ref::<&str>());
        assert_eq!(cause, Some(&"what was thrown"));
    }
    assert!(world.sent().is_empty(), "nothing is sent without a login");
    world.on(ALICE, alice());
    status_of(&world, &client, "alice").expect("a status");
}

#[test]
fn the_failure_of_the_function_reaches_all_who_wait() {
    let world = World::new();
    let client = scripted_client(&world, [Err(TokenFunctionError::Failed(None))]);
    for result in world.run_all((0..8).map(|_| get_token(&client))) {
        assert_eq!(code_of(result), ErrorCode::TokenFunctionFailed);
    }
}

#[test]
fn a_function_that_gives_no_text_is_told_from_one_that_fails() {
    for (failure, what) in [(TokenFunctionError::NoText, "gave no string"), (TokenFunctionError::Failed(None), "threw")]
    {
        let world = World::new();
        let error = token_of(&world, &scripted_client(&world, [Err(failure)])).expect_err("a failure");
        assert_eq!((error.code, error.retryable), (ErrorCode::TokenFunctionFailed, false));
        assert!(error.what.contains(what) && error.cause.is_none(), "{error}");
    }
}

#[test]
fn a_function_that_gives_what_no_header_can_carry_is_refused() {
    for bad in ["", "two\nlines", "Bearer x", "ü"] {
        let world = World::new();
        let client = scripted_client(&world, [Ok(bad)]);
        let error = status_of(&world, &client, "alice").expect_err("a refusal");
        assert_eq!(error.code, ErrorCode::TokenFunctionFailed);
        assert!(bad.is_empty() || !error.message().contains(bad), "{error}");
        assert!(world.sent().is_empty());
    }
}

#[test]
fn basic_is_the_header_of_rfc_7617() {
    let cases = [
        // The two examples of RFC 7617, §2 and §2.1.
        ("Aladdin", "open sesame", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
        ("test", "123£", "Basic dGVzdDoxMjPCow=="),
        ("müller", "x", "Basic bcO8bGxlcjp4"),
        ("admin", "a:b:", "Basic YWRtaW46YTpiOg=="),
    ];
    for (username, password, header) in cases {
        let world = World::new();
        world.on(ALICE, alice());
        status_of(&world, &basic_client(&world, username, password), "alice").expect("a status");
        assert_eq!(authorizations(&world), [header], "{username}");
    }
}

#[test]
fn basic_is_not_tried_again_after_a_401_and_has_no_token() {
    let world = World::new();
    let client = basic_client(&world, "admin", "wrong");
    world.on(ALICE, Answer::json(401, r#"{"message":""}"#));
    assert_eq!(code_of(status_of(&world, &client, "alice")), ErrorCode::Unauthorized);
    assert_eq!(world.sent().len(), 1, "each wrong password counts towards the lock");
    assert_eq!(code_of(token_of(&world, &client)), ErrorCode::InvalidArgument);
    assert!(client.with_cached_access_token(|_| ()).is_none());
    assert_eq!(world.sent().len(), 1);
}
