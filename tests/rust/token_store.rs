//! A store that clients share who share nothing else.

use std::cell::{Cell, RefCell};
use std::future::pending;
use std::rc::Rc;
use std::time::Duration;

use astrolabe_client::{
    CallOptions, ErrorCode, Metadata, Owner, Runtime, Secret, StoreError, StoredLogin, StoredToken, Task, TokenStore,
    UnixTime,
};

use crate::setup::*;
use crate::transport::{Answer, World, START_MS};

const DAY: Duration = Duration::from_secs(86_400);
const REVOKE: &str = "https://cloud.example.com/apps/astrolabe/api/v1/background-sync/credentials/revoke";

/// How a store fares.
#[derive(Clone, Copy)]
enum Health {
    AnswersAfterMs(u64),
    Down,
    Hangs,
}

/// One in memory.
#[derive(Clone)]
pub struct Shelf(Rc<Inner>);

struct Inner {
    world: World,
    kept: RefCell<Vec<(Owner, StoredLogin)>>,
    puts: RefCell<Vec<Duration>>,
    reads: Cell<Health>,
    writes: Cell<Health>,
}

impl Shelf {
    pub fn new(world: &World) -> Self {
        let well = Cell::new(Health::AnswersAfterMs(0));
        let inner = Inner {
            world: world.clone(),
            kept: RefCell::default(),
            puts: RefCell::default(),
            reads: well.clone(),
            writes: well,
        };
        Shelf(Rc::new(inner))
    }

    /// A client that shares nothing but this store.
    fn client(&self) -> Client {
        client_with(&self.0.world, |config| config.token_store = Some(Rc::new(self.clone())))
    }

    /// The same, and what it logs.
    fn logging_client(&self) -> (Client, Log) {
        let mut log = Log::default();
        let client = client_with(&self.0.world, |config| {
            config.token_store = Some(Rc::new(self.clone()));
            log = log_of(config);
        });
        (client, log)
    }

    /// What the usual client finds there.
    fn login(&self) -> StoredLogin {
        let kept = self.0.kept.borrow();
        assert_eq!(kept.len(), 1);
        kept[0].1.clone()
    }

    fn token(&self) -> Option<String> {
        self.login().token.map(|token| token.access_token.expose().to_string())
    }

    /// What its key would be derived from.
    pub fn secret(&self) -> Option<String> {
        let kept = self.0.kept.borrow();
        kept.first()?.0.secret.as_ref().map(|secret| secret.expose().to_string())
    }

    fn change(&self, change: impl FnOnce(&mut StoredLogin)) {
        change(&mut self.0.kept.borrow_mut()[0].1);
    }

    fn fares(&self, health: Health) {
        self.0.reads.set(health);
        self.0.writes.set(health);
    }
}

impl Inner {
    async fn work(&self, health: Health) -> Result<(), StoreError> {
        match health {
            Health::AnswersAfterMs(ms) => {
                self.world.sleep(Duration::from_millis(ms)).await;
                Ok(())
            }
            Health::Down => Err(StoreError { name: "QuotaError".into() }),
            Health::Hangs => pending().await,
        }
    }
}

impl TokenStore for Shelf {
    fn get(&self, owner: &Owner) -> Task<Result<Option<StoredLogin>, StoreError>> {
        let (shelf, owner) = (self.0.clone(), owner.clone());
        Box::pin(async move {
            shelf.work(shelf.reads.get()).await?;
            let kept = shelf.kept.borrow();
            Ok(kept.iter().find(|(other, _)| *other == owner).map(|(_, login)| login.clone()))
        })
    }

    fn put(&self, owner: &Owner, login: StoredLogin, keep_for: Duration) -> Task<Result<(), StoreError>> {
        let (shelf, owner) = (self.0.clone(), owner.clone());
        Box::pin(async move {
            shelf.work(shelf.writes.get()).await?;
            shelf.puts.borrow_mut().push(keep_for);
            let mut kept = shelf.kept.borrow_mut();
            kept.retain(|(other, _)| *other != owner);
            kept.push((owner, login));
            Ok(())
        })
    }
}

/// A store where somebody has logged in before; `token` is there, and what discovery found.
fn shelf_with(world: &World, kept: &str) -> Shelf {
    let shelf = Shelf::new(world);
    world.on(DISCOVERY, metadata());
    world.on(TOKEN_ENDPOINT, token(kept));
    assert_eq!(token_of(world, &shelf.client()).expect("a token"), kept);
    shelf
}

fn unauthorized() -> Answer {
    Answer::json(401, "{}")
}

fn complaints(log: &Log) -> Vec<String> {
    log.borrow().iter().filter(|line| line.contains("could not be")).cloned().collect()
}

#[test]
fn clients_that_share_nothing_but_a_store_share_the_token_and_what_discovery_found() {
    let world = World::new();
    let shelf = shelf_with(&world, "t");
    let (other, log) = shelf.logging_client();
    assert_eq!(token_of(&world, &other).expect("a token"), "t");
    assert_eq!(world.urls(), [DISCOVERY, TOKEN_ENDPOINT]);
    let contents = other.token_cache().contents();
    assert_eq!(contents.metadata.map(|metadata| metadata.token_endpoint).as_deref(), Some(TOKEN_ENDPOINT));
    assert_eq!(contents.token.and_then(|token| token.expires_at), Some(UnixTime::from_millis(START_MS + 3_600_000)));
    assert!(log.borrow().iter().any(|line| line.contains("token store")), "{log:?}");

    // When the token is old, what discovery found serves another one still.
    world.pass(3_540_000);
    world.on(TOKEN_ENDPOINT, token("second"));
    assert_eq!(token_of(&world, &shelf.client()).expect("a token"), "second");
    assert_eq!(token_of(&world, &other).expect("a token"), "second");
    assert_eq!(world.urls(), [DISCOVERY, TOKEN_ENDPOINT, TOKEN_ENDPOINT]);
}

#[test]
fn a_login_is_kept_for_a_day_or_for_as_long_as_its_token_lives() {
    for (expires_in, keep_for) in [(3_600, DAY), (0, DAY), (200_000, Duration::from_secs(200_000))] {
        let world = World::new();
        let shelf = Shelf::new(&world);
        world.on(DISCOVERY, metadata());
        world.on(TOKEN_ENDPOINT, token_for("t", expires_in));
        token_of(&world, &shelf.client()).expect("a token");
        let puts: Vec<_> = shelf.0.puts.borrow().iter().map(Duration::as_secs).collect();
        assert_eq!(puts, [keep_for.as_secs()], "{expires_in}");
    }
}

#[test]
fn hosts_clients_scopes_and_secrets_do_not_meet_in_a_store() {
    let world = World::new();
    let shelf = shelf_with(&world, "t");
    let others: [fn(&mut astrolabe_client::ClientCredentials); 4] = [
        |other| other.client_id = "another".into(),
        |other| other.authentication = by_secret("another", None),
        |other| other.scope = "profile".into(),
        |other| other.token_parameters = vec![("audience".into(), Secret::new("x"))],
    ];
    for change in others {
        let mut credentials = client_credentials();
        change(&mut credentials);
        let other = client_with(&world, |config| {
            config.login = astrolabe_client::Login::ClientCredentials(credentials);
            config.token_store = Some(Rc::new(shelf.clone()));
        });
        world.on(DISCOVERY, metadata());
        world.on(TOKEN_ENDPOINT, token("another"));
        assert_eq!(token_of(&world, &other).expect("a token"), "another");
    }
    assert_eq!((shelf.0.kept.borrow().len(), world.sent().len()), (5, 10));
    for (owner, _) in shelf.0.kept.borrow().iter() {
        assert!(!owner.key.contains(CLIENT_SECRET) && owner.secret.is_some(), "{}", owner.key);
    }
}

#[test]
fn a_token_that_was_refused_is_not_believed_again_and_the_next_one_replaces_it() {
    let world = World::new();
    let shelf = shelf_with(&world, "revoked");
    let second = shelf.client();
    world.on_each(ALICE, [unauthorized(), alice(), alice()]);
    world.on(TOKEN_ENDPOINT, token("new"));
    assert_eq!(status_of(&world, &second, "alice").expect("a status"), alice_has_access());
    assert_eq!(world.last_sent().header("Authorization"), Some("Bearer new"));
    assert_eq!(shelf.token().as_deref(), Some("new"));
    assert_eq!(world.urls(), [DISCOVERY, TOKEN_ENDPOINT, ALICE, TOKEN_ENDPOINT, ALICE]);
    status_of(&world, &shelf.client(), "alice").expect("with the new token");
    assert_eq!(world.count(TOKEN_ENDPOINT), 2);
}

#[test]
fn after_401_the_new_token_of_another_is_found_in_the_store() {
    let world = World::new();
    let shelf = shelf_with(&world, "old");
    let (first, second) = (shelf.client(), shelf.client());
    for client in [&first, &second] {
        assert_eq!(token_of(&world, client).expect("a token"), "old");
    }
    world.on_each(ALICE, [unauthorized(), alice(), unauthorized(), alice()]);
    world.on(TOKEN_ENDPOINT, token("new"));
    status_of(&world, &first, "alice").expect("with a new token");
    status_of(&world, &second, "alice").expect("with the same");
    assert_eq!((world.count(DISCOVERY), world.count(TOKEN_ENDPOINT)), (1, 2));
    assert_eq!(world.last_sent().header("Authorization"), Some("Bearer new"));
}

#[test]
fn a_store_that_keeps_its_first_token_for_ever_is_not_believed_twice() {
    let world = World::new();
    let shelf = shelf_with(&world, "first");
    shelf.0.writes.set(Health::Down);
    let client = shelf.client();
    token_of(&world, &client).expect("a token");
    for round in ["second", "third", "fourth"] {
        world.on(TOKEN_ENDPOINT, token(round));
        world.on_each(ALICE, [unauthorized(), alice()]);
        status_of(&world, &client, "alice").expect(round);
        assert_eq!(world.last_sent().header("Authorization"), Some(format!("Bearer {round}").as_str()));
    }
    assert_eq!(shelf.token().as_deref(), Some("first"));
}

#[test]
fn a_store_full_of_revoked_tokens_does_not_keep_a_call_for_ever() {
    let world = World::new();
    let shelf = shelf_with(&world, "revoked");
    shelf.0.reads.set(Health::AnswersAfterMs(10));
    world.on_each(ALICE, unauthorized().times(10));
    let client = shelf.client();
    let call = world.start(async move { client.get_background_sync_status("alice", CallOptions::default()).await });
    // Whenever the client looks, there is another.
    for number in 0..20 {
        shelf.change(|login| {
            let access_token = Secret::new(format!("revoked-{number}"));
            login.token = Some(StoredToken { access_token, expires_at: None });
        });
        world.pass(10);
    }
    assert_eq!(code_of(call.result().expect("an end")), ErrorCode::Unauthorized);
    assert_eq!((world.count(ALICE), world.count(TOKEN_ENDPOINT)), (4, 1), "three renewals");
}

#[test]
fn a_store_that_is_slow_or_down_costs_a_log_line() {
    for (health, why, elapsed_ms) in [
        (Health::Hangs, "it does not answer in time", 2_000),
        (Health::AnswersAfterMs(1_001), "it does not answer in time", 2_000),
        (Health::Down, "QuotaError", 0),
    ] {
        let world = World::new();
        let shelf = Shelf::new(&world);
        shelf.fares(health);
        let (client, log) = shelf.logging_client();
        world.on(DISCOVERY, metadata());
        world.on(TOKEN_ENDPOINT, token("t"));
        assert_eq!(token_of(&world, &client).expect("a token"), "t");
        assert_eq!(world.elapsed_ms(), elapsed_ms, "{why}");
        assert_eq!(
            complaints(&log),
            [
                format!("The token store could not be read: {why}"),
                format!("The token store could not be written: {why}")
            ]
        );
        assert!(!log.borrow().concat().contains(CLIENT_SECRET));
    }
}

#[test]
fn a_store_that_answers_within_a_second_is_waited_for() {
    let world = World::new();
    let shelf = shelf_with(&world, "t");
    shelf.fares(Health::AnswersAfterMs(999));
    let (client, log) = shelf.logging_client();
    assert_eq!(token_of(&world, &client).expect("a token"), "t");
    assert_eq!((world.elapsed_ms(), world.sent().len()), (999, 2));
    assert!(complaints(&log).is_empty(), "{log:?}");
}

#[test]
fn a_store_that_hangs_leaves_a_call_the_time_that_it_needs() {
    // A quarter of what is left each time: 250 ms, then of the 650 ms that are left after the login.
    let world = World::new();
    let shelf = Shelf::new(&world);
    shelf.fares(Health::Hangs);
    let client = shelf.client();
    world.on(DISCOVERY, metadata().after_ms(50));
    world.on(TOKEN_ENDPOINT, token("t").after_ms(50));
    world.on(ALICE, alice().after_ms(400));
    let status = client.get_background_sync_status("alice", within_ms(1_000));
    assert_eq!(world.run(status).expect("a status"), alice_has_access());
    assert!(world.elapsed_ms() < 1_000);
}

#[test]
fn what_discovery_found_is_believed_for_a_day() {
    let day_ms = DAY.as_millis() as i64;
    for (age_ms, is_believed) in
        [(Some(0), true), (Some(day_ms - 1), true), (Some(day_ms), false), (Some(-day_ms), false), (None, false)]
    {
        let world = World::new();
        let shelf = shelf_with(&world, "t");
        shelf.change(|login| {
            login.token = None;
            let metadata = login.metadata.as_mut().expect("metadata");
            metadata.discovered_at = age_ms.map(|age_ms| UnixTime::from_millis(START_MS - age_ms));
        });
        if !is_believed {
            world.on(DISCOVERY, metadata());
        }
        world.on(TOKEN_ENDPOINT, token("second"));
        assert_eq!(token_of(&world, &shelf.client()).expect("a token"), "second");
        assert_eq!(world.count(DISCOVERY), if is_believed { 1 } else { 2 }, "{age_ms:?}");
    }
}

#[test]
fn what_discovery_found_is_not_younger_for_being_written_again_or_put_back() {
    let world = World::new();
    let shelf = shelf_with(&world, "first");
    let first = shelf.login();
    for (hours, discoveries) in [(23, 1), (2, 2)] {
        world.pass(hours * 3_600_000);
        if discoveries == 2 {
            world.on(DISCOVERY, metadata());
        }
        world.on(TOKEN_ENDPOINT, token("another"));
        token_of(&world, &shelf.client()).expect("a token");
        assert_eq!(world.count(DISCOVERY), discoveries, "{hours} hours later");
    }
    shelf.change(|login| *login = first);
    world.on(DISCOVERY, metadata());
    world.on(TOKEN_ENDPOINT, token("another"));
    token_of(&world, &shelf.client()).expect("a token");
    assert_eq!(world.count(DISCOVERY), 3);
}

#[test]
fn a_token_that_is_over_or_nearly_is_not_taken_from_a_store() {
    for (left_ms, is_taken) in [(60_001, true), (60_000, false), (0, false), (-1, false)] {
        let world = World::new();
        let shelf = shelf_with(&world, "kept");
        shelf.change(|login| {
            login.token.as_mut().expect("a token").expires_at = Some(UnixTime::from_millis(START_MS + left_ms))
        });
        world.on(TOKEN_ENDPOINT, token("new"));
        let expected = if is_taken { "kept" } else { "new" };
        assert_eq!(token_of(&world, &shelf.client()).expect("a token"), expected, "{left_ms}");
    }
}

#[test]
fn after_a_login_that_failed_what_a_store_says_of_the_provider_is_not_believed_either() {
    let moved = "https://new.example.com/token";
    let world = World::new();
    let shelf = Shelf::new(&world);
    let client = shelf.client();
    world.on_each(DISCOVERY, [metadata(), metadata_for(moved)]);
    world.on_each(TOKEN_ENDPOINT, [token_for("first", 1), Answer::html(404, "")]);
    world.on(moved, token("second"));
    assert_eq!(token_of(&world, &client).expect("a token"), "first");
    assert_eq!(code_of(token_of(&world, &client)), ErrorCode::TokenRequestFailed);
    assert_eq!(shelf.login().metadata.expect("metadata").token_endpoint, TOKEN_ENDPOINT);
    assert_eq!(token_of(&world, &client).expect("a token"), "second");
    assert_eq!(world.urls(), [DISCOVERY, TOKEN_ENDPOINT, TOKEN_ENDPOINT, DISCOVERY, moved]);
    assert_eq!(shelf.login().metadata.expect("metadata").token_endpoint, moved);
}

#[test]
fn where_a_stores_provider_has_moved_the_same_call_finds_the_new_one() {
    let moved = "https://new.example.com/token";
    for (answer, has_moved) in [
        (Answer::html(404, "<html>"), true),
        (Answer::broken(), true),
        (Answer::json(401, r#"{"error":"invalid_client"}"#), false),
        (Answer::json(429, "{}").header("Retry-After", "60"), false),
    ] {
        let world = World::new();
        let shelf = shelf_with(&world, "t");
        shelf.change(|login| login.token = None);
        let client = shelf.client();
        world.on_each(TOKEN_ENDPOINT, answer.times(3));
        world.on(DISCOVERY, metadata_for(moved));
        world.on(moved, token("second"));
        let result = token_of(&world, &client);
        assert_eq!((result.is_ok(), world.count(DISCOVERY)), (has_moved, if has_moved { 2 } else { 1 }), "{result:?}");
        let kept = shelf.login().metadata.expect("metadata").token_endpoint;
        assert_eq!(kept, if has_moved { moved } else { TOKEN_ENDPOINT });
    }
}

#[test]
fn an_address_of_a_store_that_the_secret_must_not_go_to_is_looked_up_anew() {
    for endpoint in ["http://idp.example.com/token", "nonsense", ""] {
        let world = World::new();
        let shelf = shelf_with(&world, "t");
        shelf.change(|login| {
            let mut metadata = Metadata::new(endpoint, false);
            metadata.discovered_at = Some(UnixTime::from_millis(START_MS));
            *login = StoredLogin { token: None, metadata: Some(metadata) };
        });
        world.on(DISCOVERY, metadata());
        world.on(TOKEN_ENDPOINT, token("second"));
        assert_eq!(token_of(&world, &shelf.client()).expect(endpoint), "second");
        assert_eq!(world.count(DISCOVERY), 2, "{endpoint}");
    }
}

#[test]
fn a_revoked_token_met_by_what_is_sent_once_is_gone_from_the_store() {
    let world = World::new();
    let shelf = shelf_with(&world, "revoked");
    let client = shelf.client();
    world.on(REVOKE, unauthorized());
    let revoked = world.run(client.revoke_background_sync(CallOptions::default()));
    assert_eq!(code_of(revoked), ErrorCode::Unauthorized);
    assert_eq!((world.count(REVOKE), world.count(TOKEN_ENDPOINT)), (1, 1));
    assert_eq!(shelf.token(), None);
    assert!(shelf.login().metadata.is_some(), "what discovery found stays");

    world.on(REVOKE, Answer::json(200, r#"{"success":true}"#));
    world.on(TOKEN_ENDPOINT, token("new"));
    world.run(shelf.client().revoke_background_sync(CallOptions::default())).expect("with a new token");
    assert_eq!((world.count(DISCOVERY), world.count(TOKEN_ENDPOINT)), (1, 2));
}

#[test]
fn what_was_cleared_is_not_taken_from_the_store_again() {
    let world = World::new();
    let shelf = shelf_with(&world, "cleared");
    let client = shelf.client();
    assert_eq!(token_of(&world, &client).expect("a token"), "cleared");
    client.token_cache().clear();
    world.on(TOKEN_ENDPOINT, token("new"));
    assert_eq!(token_of(&world, &client).expect("a token"), "new");
    assert_eq!(shelf.token().as_deref(), Some("new"));
}

#[test]
fn a_token_without_an_end_is_taken_from_a_store() {
    let world = World::new();
    let shelf = shelf_with(&world, "t");
    shelf.change(|login| {
        login.token = Some(StoredToken { access_token: Secret::new("for-ever"), expires_at: None });
    });
    assert_eq!(token_of(&world, &shelf.client()).expect("a token"), "for-ever");
}
