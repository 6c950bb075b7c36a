use core::cell::{Cell, RefCell};
use core::future::{poll_fn, Future};
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::rc::Rc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::answers::{answer, caller, Answer, Caller, Way};
use super::redaction::repeated;
use super::{cases, is_harmless, secret};
use crate::call::CallOptions;
use crate::client::AstrolabeClient;
use crate::config::Config;
use crate::diagnose::DiagnosticCheck;
use crate::http::{Request, Response};
use crate::login::Login;
use crate::platform::{Runtime, Task, Transport, TransportError, UnixTime};
use crate::secret::Secret;

const CHECKS: [&str; 11] = [
    "server",
    "version",
    "maintenance",
    "clock",
    "discovery",
    "grant",
    "token",
    "url_rewriting",
    "astrolabe",
    "login",
    "admin",
];

/// Answers one after another and at once, the last of them for ever; its clock moves when nothing else does.
struct World {
    answers: RefCell<Vec<Option<Answer>>>,
    now: Cell<UnixTime>,
    /// Of the waits.
    ends: RefCell<Vec<UnixTime>>,
    tasks: RefCell<Vec<Task>>,
    sent: RefCell<Vec<String>>,
}

impl World {
    /// `None` is no answer.
    fn new(mut answers: Vec<Option<Answer>>) -> Self {
        answers.reverse();
        World {
            answers: RefCell::new(answers),
            now: Cell::new(UnixTime::from_millis(1_795_422_076_000)),
            ends: RefCell::default(),
            tasks: RefCell::default(),
            sent: RefCell::default(),
        }
    }
}

impl Transport for Rc<World> {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        self.sent.borrow_mut().push(request.url.clone());
        let mut answers = self.answers.borrow_mut();
        let answer = if answers.len() > 1 { answers.pop().flatten() } else { answers.first().cloned().flatten() };
        answer.map(|answer| answer.response()).ok_or(TransportError::Network { status: None, cause: None })
    }
}

impl Runtime for Rc<World> {
    fn now(&self) -> UnixTime {
        self.now.get()
    }

    fn random(&self) -> u32 {
        u32::MAX / 3
    }

    async fn sleep(&self, time: Duration) {
        let end = self.now.get() + time;
        self.ends.borrow_mut().push(end);
        poll_fn(|_| if self.now.get() < end { Poll::Pending } else { Poll::Ready(()) }).await;
    }

    fn spawn(&self, work: Task) {
        self.tasks.borrow_mut().push(work);
    }
}

/// Runs `work` and what it spawns; panics where that has no end.
fn run<T>(world: &World, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    let mut context = Context::from_waker(Waker::noop());
    for round in 1..10_000 {
        if let Poll::Ready(done) = work.as_mut().poll(&mut context) {
            return done;
        }
        let mut tasks = world.tasks.take();
        tasks.retain_mut(|task| task.as_mut().poll(&mut context).is_pending());
        world.tasks.borrow_mut().extend(tasks);
        // Time passes when everything else had its turn.
        if round % 5 == 0 {
            world.ends.borrow_mut().retain(|end| *end > world.now.get());
            let next = world.ends.borrow().iter().min().copied();
            world.now.set(next.expect("something that is waited for"));
        }
    }
    panic!("it goes on and on");
}

fn login(caller: &Caller) -> Login {
    match caller.login() {
        Login::TokenFunction(_) => {
            let token = caller.token.clone();
            Login::TokenFunction(Rc::new(move || {
                let token = Secret::new(token.as_str());
                Box::pin(async { Ok(token) })
            }))
        }
        // A name that every way in can carry.
        Login::Basic { password, .. } => Login::Basic { username: "alice".to_string(), password },
        login => login,
    }
}

/// What a server answers that has all that is asked for.
fn as_it_should() -> impl Strategy<Value = Answer> {
    let bodies = [
        r#"{"installed":true,"maintenance":false,"needsDbUpgrade":false,"versionstring":"32.0.1"}"#,
        r#"{"installed":true,"maintenance":true,"needsDbUpgrade":true,"versionstring":"32.0.1"}"#,
        r#"{"issuer":"https://idp.example","token_endpoint":"https://idp.example/token"}"#,
        r#"{"issuer":"https://idp.example","token_endpoint":"https://idp.example/token","grant_types_supported":[]}"#,
        r#"{"access_token":"a-token","token_type":"Bearer","expires_in":3600}"#,
        r#"{"success":true,"user_id":"astrolabe-client-diagnose","has_background_access":false}"#,
    ];
    let whole = select(bodies.to_vec()).prop_map(|body| Answer::json(200, body));
    let dated = (whole.clone(), select(vec!["Mon, 23 Nov 2026 08:21:16 GMT", "Mon, 23 Nov 2026 07:21:16 GMT"]))
        .prop_map(|(mut answer, date)| {
            answer.headers.push(("date", date.to_string()));
            answer
        });
    let refused =
        (select(vec![401u16, 403, 404, 503]), select(vec!["{}", "<html>", r#"{"error":"unsupported_grant_type"}"#]))
            .prop_map(|(status, body)| Answer::json(status, body));
    prop_oneof![3 => whole, 2 => dated, 2 => refused]
}

/// What is answered to each request: as far as some place in it as it should be, one after another.
fn answers() -> impl Strategy<Value = Vec<Option<Answer>>> {
    let any = prop_oneof![4 => as_it_should().prop_map(Some), 2 => answer().prop_map(Some), 1 => Just(None)];
    let good = [
        r#"{"maintenance":false,"versionstring":"32.0.1"}"#,
        r#"{"issuer":"https://idp.example","token_endpoint":"https://idp.example/token"}"#,
        r#"{"access_token":"a-token","token_type":"Bearer"}"#,
    ];
    (0..=good.len(), vec(any, 1..8)).prop_map(move |(kept, mut answers)| {
        answers.splice(0..0, good.into_iter().take(kept).map(|body| Some(Answer::json(200, body))));
        answers
    })
}

fn diagnosed(caller: &Caller, host: &str, answers: Vec<Option<Answer>>) -> (Vec<DiagnosticCheck>, Vec<String>) {
    let world = Rc::new(World::new(answers));
    let client = AstrolabeClient::new(world.clone(), Config::new(host, login(caller))).expect("a client");
    let checks = run(&world, client.diagnose(CallOptions::default()));
    let sent = world.sent.take();
    (checks, sent)
}

fn plain_caller() -> impl Strategy<Value = Caller> {
    caller(secret(), secret()).prop_map(|caller| Caller { id: "mcp-server".to_string(), ..caller })
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn whatever_is_answered_every_check_is_made_once(
        caller in plain_caller(), host in select(vec!["https://a.example", "https://a.example/index.php"]), answers in answers(),
    ) {
        let (checks, sent) = diagnosed(&caller, host, answers);
        let mut names: Vec<&str> = checks.iter().map(|check| check.name).collect();
        names.sort_unstable();
        let mut expected = CHECKS;
        expected.sort_unstable();
        prop_assert_eq!(names, expected);
        for check in &checks {
            prop_assert!(!check.seen.is_empty() && is_harmless(&check.seen), "{check:?}");
            prop_assert_eq!(check.to_do.is_some(), check.passed == Some(false), "{:?}", check);
            prop_assert!(check.to_do.as_ref().is_none_or(|to_do| !to_do.is_empty()));
        }
        prop_assert!(sent.iter().all(|url| url.starts_with("http")));
        if !matches!(caller.way, Way::Client | Way::ClientOfIssuer) {
            prop_assert!(sent.iter().all(|url| url.starts_with("https://a.example/")), "{sent:?}");
        }
        let out = format!("{checks:?}");
        for secret in [&caller.secret, &caller.token] {
            for form in repeated(secret) {
                prop_assert!(!out.contains(form.escape_debug().to_string().as_str()), "{form} in {out}");
            }
        }
    }

    /// What is passed over is passed over because of something that failed before, or because of the way in.
    #[test]
    fn of_a_server_that_is_not_there_nothing_else_is_said(caller in plain_caller()) {
        let (checks, sent) = diagnosed(&caller, "https://a.example", vec![None]);
        prop_assert_eq!(checks.iter().filter(|check| check.passed == Some(false)).count(), 1);
        prop_assert!(checks.iter().all(|check| (check.name == "server") == check.passed.is_some()));
        prop_assert!(sent.iter().all(|url| url == "https://a.example/status.php"));
    }
}
