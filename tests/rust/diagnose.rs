//! What `diagnose` says of each situation. A line such as `server+ grant- token?` names every check: passed, failed,
//! not looked at.

use std::rc::Rc;
use std::time::Duration;

use astrolabe_client::{
    AstrolabeClient, CallOptions, Config, DiagnosticCheck, Login, Provider, Secret, SecretMethod, TokenFunctionError,
};
use serde_json::json;

use crate::recordings::recorded;
use crate::setup::*;
use crate::transport::{Answer, World};

const STATUS_PHP: &str = "https://cloud.example.com/status.php";
const PROBE: &str =
    "https://cloud.example.com/apps/astrolabe/api/v1/background-sync/credentials/astrolabe-client-diagnose";
const PROBE_INDEX_PHP: &str =
    "https://cloud.example.com/index.php/apps/astrolabe/api/v1/background-sync/credentials/astrolabe-client-diagnose";

const OWN_STATUS: &str = "https://cloud.example.com/apps/astrolabe/api/v1/background-sync/status";

const OWN_STATUS_INDEX_PHP: &str = "https://cloud.example.com/index.php/apps/astrolabe/api/v1/background-sync/status";

const NAMES: [&str; 11] = [
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

const PASSWORD: &str = "login-password-7d1e";
const OWN_TOKEN: &str = "own-token-2b8f";

fn basic() -> Login {
    Login::Basic { username: "admin".into(), password: Secret::new(PASSWORD) }
}

fn bearer() -> Login {
    Login::AccessToken(Secret::new(APP_PASSWORD))
}

fn function() -> Login {
    Login::TokenFunction(Rc::new(|| Box::pin(async { Ok(Secret::new(OWN_TOKEN)) })))
}

fn grant() -> Login {
    Login::ClientCredentials(client_credentials())
}

fn client_at(world: &World, host: &str, login: Login) -> Client {
    let config: Config = Config::new(host, login);
    AstrolabeClient::new(world.clone(), config).expect("a valid configuration")
}

/// `status.php` of a server whose clock is right.
fn status_php() -> Answer {
    recorded("120-status").header("Date", "Mon, 23 Nov 2026 08:21:16 GMT")
}

/// What today's Astrolabe says of a user that does not exist.
fn not_provisioned() -> Answer {
    Answer::json(
        200,
        json!({ "success": true, "user_id": "astrolabe-client-diagnose", "has_background_access": false, "sync_type": null, "provisioned_at": null }),
    )
}

/// The status of the account that asks, by which the version of Astrolabe is told.
fn own_status() -> Answer {
    recorded("42-status-alice")
}

struct Diagnosis(Vec<DiagnosticCheck>);

impl Diagnosis {
    /// Runs `diagnose`, and looks at what holds in every situation.
    fn of(world: &World, client: &Client) -> Self {
        let checks = world.run(client.diagnose(CallOptions::default()));
        let names: Vec<_> = checks.iter().map(|check| check.name).collect();
        assert_eq!(names, NAMES, "always the same, in the same order");
        for check in &checks {
            assert_eq!(check.to_do.is_some(), check.passed == Some(false), "{check:?}");
            assert!(!check.seen.is_empty() && check.to_do.as_deref() != Some(""), "{check:?}");
            // After the route there is what was wrong.
            let what = check.seen.rsplit(": ").next().unwrap_or_default();
            assert!(!what.starts_with("GET ") && !what.starts_with("POST "), "{check:?}");
        }
        Diagnosis(checks)
    }

    /// With these answers, in the order in which the requests are sent.
    fn with(login: Login, answers: impl IntoIterator<Item = (&'static str, Answer)>) -> Self {
        Diagnosis::at(HOST, login, answers)
    }

    fn at(host: &str, login: Login, answers: impl IntoIterator<Item = (&'static str, Answer)>) -> Self {
        let world = World::new();
        let answers: Vec<_> = answers.into_iter().collect();
        let urls: Vec<_> = answers.iter().map(|(url, _)| url.to_string()).collect();
        for (url, answer) in answers {
            world.on(url, answer);
        }
        let diagnosis = Diagnosis::of(&world, &client_at(&world, host, login));
        assert_eq!(world.urls(), urls);
        diagnosis
    }

    fn line(&self) -> String {
        let mark = |check: &DiagnosticCheck| {
            check.name.to_string() + check.passed.map_or("?", |passed| if passed { "+" } else { "-" })
        };
        self.0.iter().map(mark).collect::<Vec<_>>().join(" ")
    }

    fn seen(&self, name: &str) -> &str {
        &self.0.iter().find(|check| check.name == name).unwrap_or_else(|| panic!("no check {name}")).seen
    }

    fn to_do(&self, name: &str) -> &str {
        let check = self.0.iter().find(|check| check.name == name).unwrap_or_else(|| panic!("no check {name}"));
        check.to_do.as_deref().unwrap_or_else(|| panic!("nothing to do about {check:?}"))
    }
}

const UNREACHABLE: &str =
    "server- version? maintenance? clock? discovery? grant? token? url_rewriting? astrolabe? login? admin?";

#[test]
fn all_is_well_with_id_and_secret() {
    let diagnosis = Diagnosis::with(
        grant(),
        [
            (STATUS_PHP, status_php()),
            (DISCOVERY, metadata()),
            (DISCOVERY, metadata()),
            (TOKEN_ENDPOINT, token("t")),
            (PROBE, not_provisioned()),
            (OWN_STATUS, own_status()),
        ],
    );
    assert_eq!(
        diagnosis.line(),
        "server+ version+ maintenance+ clock+ discovery+ grant+ token+ url_rewriting+ astrolabe+ login+ admin+"
    );
    assert_eq!(diagnosis.seen("version"), "Nextcloud 32.0.1");
    assert!(diagnosis.seen("server").contains(HOST) && diagnosis.seen("discovery").contains(TOKEN_ENDPOINT));
}

#[test]
fn all_is_well_with_the_other_ways_in() {
    for (login, line) in [
        (
            bearer(),
            "server+ version+ maintenance+ clock+ discovery? grant? token? url_rewriting+ astrolabe+ login+ admin+",
        ),
        (
            function(),
            "server+ version+ maintenance+ clock+ discovery? grant? token+ url_rewriting+ astrolabe+ login+ admin+",
        ),
        (
            basic(),
            "server+ version+ maintenance+ clock+ discovery? grant? token? url_rewriting+ astrolabe+ login+ admin+",
        ),
    ] {
        assert_eq!(
            Diagnosis::with(
                login,
                [(STATUS_PHP, status_php()), (PROBE, not_provisioned()), (OWN_STATUS, own_status())]
            )
            .line(),
            line
        );
    }
}

#[test]
fn status_php_is_asked_without_login_and_the_route_with_it() {
    for (login, header) in [
        (bearer(), format!("Bearer {APP_PASSWORD}")),
        (function(), format!("Bearer {OWN_TOKEN}")),
        (basic(), "Basic YWRtaW46bG9naW4tcGFzc3dvcmQtN2QxZQ==".into()),
    ] {
        let world = World::new();
        world.on(STATUS_PHP, status_php());
        world.on(PROBE, not_provisioned());
        world.on(OWN_STATUS, own_status());
        Diagnosis::of(&world, &client_at(&world, HOST, login));
        let [status, probe, own_status] = world.sent().try_into().expect("three requests");
        assert_eq!(status.header_names(), ["Accept"]);
        for route in [probe, own_status] {
            assert_eq!(
                (route.header("Authorization"), route.header("OCS-APIRequest")),
                (Some(header.as_str()), Some("true"))
            );
        }
    }
}

#[test]
fn the_server_cannot_be_reached() {
    for (answer, said, advice) in
        [(Answer::broken(), "no complete answer", "DNS"), (Answer::never(), "no answer within 10000 ms", "timeout")]
    {
        let world = World::new();
        world.on_each(STATUS_PHP, answer.times(3));
        let diagnosis = Diagnosis::of(&world, &client(&world));
        assert_eq!(diagnosis.line(), UNREACHABLE);
        assert!(diagnosis.seen("server").contains(said), "{}", diagnosis.seen("server"));
        assert!(diagnosis.to_do("server").contains(advice));
        assert_eq!(world.count(STATUS_PHP), world.sent().len(), "nothing else is asked");
    }
}

#[test]
fn the_server_is_no_nextcloud() {
    for answer in [
        Answer::html(200, "<html>Welcome to nginx!"),
        Answer::json(200, "{}"),
        Answer::json(200, r#"{"versionstring":32}"#),
        Answer::html(404, ""),
        Answer::json(403, "{}"),
    ] {
        let diagnosis = Diagnosis::with(grant(), [(STATUS_PHP, answer)]);
        assert_eq!(diagnosis.line(), UNREACHABLE);
        assert!(diagnosis.to_do("server").contains("nextcloud_host is the address of a Nextcloud"));
    }
}

#[test]
fn the_host_name_is_not_trusted() {
    for case in ["330-untrusted-status", "162-untrusted-host"] {
        let diagnosis = Diagnosis::with(bearer(), [(STATUS_PHP, recorded(case))]);
        assert_eq!(diagnosis.line(), UNREACHABLE);
        assert!(diagnosis.to_do("server").contains("trusted_domains"));
    }

    // Where status.php is answered by something in between.
    let diagnosis = Diagnosis::with(bearer(), [(STATUS_PHP, status_php()), (PROBE, recorded("162-untrusted-host"))]);
    assert_eq!(
        diagnosis.line(),
        "server+ version+ maintenance+ clock+ discovery? grant? token? url_rewriting? astrolabe- login? admin?"
    );
    assert!(diagnosis.to_do("astrolabe").contains("trusted_domains"), "{}", diagnosis.to_do("astrolabe"));
}

#[test]
fn the_server_is_in_maintenance() {
    for (login, date, clock) in [
        (bearer(), None, "clock?"),
        (grant(), None, "clock?"),
        (basic(), Some("Mon, 23 Nov 2026 08:21:16 GMT"), "clock+"),
        (function(), Some("Mon, 23 Nov 2026 09:21:16 GMT"), "clock-"),
    ] {
        let status = recorded("150-maint-status-8088");
        let status = date.map_or(status.clone(), |date| status.header("Date", date));
        let diagnosis = Diagnosis::with(login, [(STATUS_PHP, status)]);
        assert_eq!(
            diagnosis.line(),
            format!("server+ version+ maintenance- {clock} discovery? grant? token? url_rewriting? astrolabe? login? admin?")
        );
        assert!(diagnosis.to_do("maintenance").contains("occ maintenance:mode --off"));
        for name in ["discovery", "grant", "token", "url_rewriting", "astrolabe", "login", "admin"] {
            assert!(diagnosis.seen(name).contains("maintenance"), "{name}: {}", diagnosis.seen(name));
        }
    }
}

#[test]
fn the_server_needs_an_upgrade() {
    let both = json!({ "maintenance": true, "needsDbUpgrade": true, "versionstring": "32.0.1" });
    for status in [recorded("332-needs-upgrade-status"), Answer::json(200, both)] {
        let status = status.header("Date", "Mon, 23 Nov 2026 08:21:16 GMT");
        for login in [bearer(), grant(), basic(), function()] {
            let diagnosis = Diagnosis::with(login, [(STATUS_PHP, status.clone())]);
            assert_eq!(
                diagnosis.line(),
                "server+ version- maintenance? clock? discovery? grant? token? url_rewriting? astrolabe? login? admin?"
            );
            assert!(diagnosis.seen("version").contains("32.0.1") && diagnosis.to_do("version").contains("occ upgrade"));
            for name in &NAMES[2..] {
                assert!(diagnosis.seen(name).contains("before it is upgraded"), "{name}: {}", diagnosis.seen(name));
            }
        }
    }
}

#[test]
fn the_clocks_are_apart() {
    let at = |date: &str| {
        Diagnosis::with(
            bearer(),
            [
                (STATUS_PHP, recorded("120-status").header("Date", date)),
                (PROBE, not_provisioned()),
                (OWN_STATUS, own_status()),
            ],
        )
    };
    let line = |mark: &str| {
        format!("server+ version+ maintenance+ clock{mark} discovery? grant? token? url_rewriting+ astrolabe+ login+ admin+")
    };
    for (date, mark, seconds) in [
        ("Mon, 23 Nov 2026 08:21:16 GMT", "+", "0 s apart"),
        ("Mon, 23 Nov 2026 08:21:46 GMT", "+", "30 s apart"),
        ("Mon, 23 Nov 2026 08:21:47 GMT", "-", "31 s apart"),
        ("Mon, 23 Nov 2026 08:20:46 GMT", "+", "30 s apart"),
        ("Mon, 23 Nov 2026 08:20:45 GMT", "-", "31 s apart"),
        ("Mon, 23 Nov 2026 09:21:16 GMT", "-", "3600 s apart"),
        ("Thu, 01 Jan 1970 00:00:00 GMT", "-", "1795422076 s apart"),
        ("yesterday", "?", "not to be seen"),
    ] {
        let diagnosis = at(date);
        assert_eq!(diagnosis.line(), line(mark), "{date}");
        assert!(diagnosis.seen("clock").contains(seconds), "{date}: {}", diagnosis.seen("clock"));
        if mark == "-" {
            assert!(diagnosis.to_do("clock").contains("NTP"));
        }
    }
    let diagnosis = Diagnosis::with(
        bearer(),
        [(STATUS_PHP, recorded("120-status")), (PROBE, not_provisioned()), (OWN_STATUS, own_status())],
    );
    assert_eq!(diagnosis.line(), line("?"), "no Date at all");
}

#[test]
fn an_answer_that_takes_long_does_not_put_the_clocks_further_apart() {
    // Written when the request was begun, just before the answer came, a moment too early; then outside of that time.
    for (date, seconds) in [
        ("Mon, 23 Nov 2026 08:21:16 GMT", "0"),
        ("Mon, 23 Nov 2026 08:22:01 GMT", "0"),
        ("Mon, 23 Nov 2026 08:21:15 GMT", "0"),
        ("Mon, 23 Nov 2026 08:21:06 GMT", "10"),
        ("Mon, 23 Nov 2026 08:22:11 GMT", "10"),
    ] {
        let world = World::new();
        let client = bearer_client_with(&world, |config| config.timeout = Duration::from_secs(60));
        world.on(STATUS_PHP, recorded("120-status").header("Date", date).after_ms(45_000));
        world.on(PROBE, not_provisioned());
        world.on(OWN_STATUS, own_status());
        assert_eq!(Diagnosis::of(&world, &client).seen("clock").split(' ').next(), Some(seconds), "{date}");
    }
}

#[test]
fn nextcloud_is_no_identity_provider() {
    let diagnosis = Diagnosis::with(
        grant(),
        [
            (STATUS_PHP, status_php()),
            (DISCOVERY, recorded("80-wk-nooidc-8088")),
            (PROBE, recorded("36-cred-alice-noauth-ocs")),
        ],
    );
    assert_eq!(
        diagnosis.line(),
        "server+ version+ maintenance+ clock+ discovery- grant? token? url_rewriting+ astrolabe+ login? admin?"
    );
    assert!(diagnosis.to_do("discovery").contains("issuer") && diagnosis.to_do("discovery").contains("access_token"));
}

#[test]
fn nextclouds_own_provider_does_not_offer_the_grant() {
    // Its metadata names the address that it was recorded at.
    const RECORDED_AT: &str = "http://127.0.0.1:8088";
    let at = |url: &'static str| &*url.replace(HOST, RECORDED_AT).leak();
    let diagnosis = Diagnosis::at(
        RECORDED_AT,
        grant(),
        [
            (at(STATUS_PHP), status_php()),
            (at(DISCOVERY), recorded("81-wk-oidc-8088")),
            (at(DISCOVERY), recorded("81-wk-oidc-8088")),
            ("http://127.0.0.1:8088/apps/oidc/token", recorded("90-token-cc-form")),
            (at(PROBE), recorded("36-cred-alice-noauth-ocs")),
        ],
    );
    assert_eq!(
        diagnosis.line(),
        "server+ version+ maintenance+ clock+ discovery+ grant- token? url_rewriting+ astrolabe+ login? admin?"
    );
    assert!(
        diagnosis.seen("grant").contains("only authorization_code, implicit, refresh_token"),
        "{}",
        diagnosis.seen("grant")
    );
    assert!(diagnosis.to_do("grant").contains("user_oidc") && diagnosis.to_do("grant").contains("access_token"));
}

#[test]
fn a_grant_that_is_not_listed_but_given_is_one() {
    let unlisted = || {
        Answer::json(200, json!({ "token_endpoint": TOKEN_ENDPOINT, "grant_types_supported": ["authorization_code"] }))
    };
    let answers = [
        (STATUS_PHP, status_php()),
        (DISCOVERY, unlisted()),
        (DISCOVERY, unlisted()),
        (TOKEN_ENDPOINT, token("t")),
        (PROBE, not_provisioned()),
        (OWN_STATUS, own_status()),
    ];
    assert_eq!(
        Diagnosis::with(grant(), answers).line(),
        "server+ version+ maintenance+ clock+ discovery+ grant+ token+ url_rewriting+ astrolabe+ login+ admin+"
    );
}

#[test]
fn the_token_endpoint_refuses_the_grant() {
    let answers = [
        (STATUS_PHP, status_php()),
        (DISCOVERY, metadata()),
        (DISCOVERY, metadata()),
        (TOKEN_ENDPOINT, recorded("90-token-cc-form")),
        (PROBE, recorded("36-cred-alice-noauth-ocs")),
    ];
    let diagnosis = Diagnosis::with(grant(), answers);
    assert_eq!(
        diagnosis.line(),
        "server+ version+ maintenance+ clock+ discovery+ grant- token? url_rewriting+ astrolabe+ login? admin?"
    );
    assert!(diagnosis.seen("grant").contains("invalid_grant") && diagnosis.to_do("grant").contains("user_oidc"));
}

#[test]
fn the_secret_is_wrong() {
    let refusal = Answer::json(401, json!({ "error": "invalid_client", "error_description": "in its own words" }));
    let diagnosis = Diagnosis::with(
        grant(),
        [
            (STATUS_PHP, status_php()),
            (DISCOVERY, metadata()),
            (DISCOVERY, metadata()),
            (TOKEN_ENDPOINT, refusal),
            (PROBE, recorded("36-cred-alice-noauth-ocs")),
        ],
    );
    assert_eq!(
        diagnosis.line(),
        "server+ version+ maintenance+ clock+ discovery+ grant+ token- url_rewriting+ astrolabe+ login? admin?"
    );
    assert!(diagnosis.seen("token").contains("in its own words") && diagnosis.to_do("token").contains("client_secret"));
}

#[test]
fn the_token_function_fails() {
    let failing = Login::TokenFunction(Rc::new(|| Box::pin(async { Err(TokenFunctionError::Failed(None)) })));
    let diagnosis =
        Diagnosis::with(failing, [(STATUS_PHP, status_php()), (PROBE, recorded("36-cred-alice-noauth-ocs"))]);
    assert_eq!(
        diagnosis.line(),
        "server+ version+ maintenance+ clock+ discovery? grant? token- url_rewriting+ astrolabe+ login? admin?"
    );
    assert!(diagnosis.to_do("token").contains("see the cause"));
}

#[test]
fn without_a_login_the_route_is_asked_without_one() {
    let world = World::new();
    for (url, answer) in [
        (STATUS_PHP, status_php()),
        (DISCOVERY, recorded("80-wk-nooidc-8088")),
        (PROBE, recorded("36-cred-alice-noauth-ocs")),
    ] {
        world.on(url, answer);
    }
    Diagnosis::of(&world, &client(&world));
    let probe = world.last_sent();
    assert_eq!((probe.header("Authorization"), probe.header("OCS-APIRequest")), (None, Some("true")));
    assert_eq!(world.sent().iter().filter(|sent| sent.text().contains(CLIENT_SECRET)).count(), 0);
}

#[test]
fn the_login_is_not_accepted() {
    let refused = || recorded("113-cred-oidc-access-jwt");
    let with_grant = [
        (STATUS_PHP, status_php()),
        (DISCOVERY, metadata()),
        (DISCOVERY, metadata()),
        (TOKEN_ENDPOINT, token("t")),
        (PROBE, refused()),
        (TOKEN_ENDPOINT, token("t2")),
        (PROBE, refused()),
    ];
    let diagnosis = Diagnosis::with(grant(), with_grant);
    assert_eq!(
        diagnosis.line(),
        "server+ version+ maintenance+ clock+ discovery+ grant+ token+ url_rewriting+ astrolabe+ login- admin?"
    );
    assert!(diagnosis.to_do("login").contains("user_oidc") && diagnosis.to_do("login").contains("access_token"));

    let without_grant = |login, times: usize| {
        let probes = std::iter::repeat_with(|| (PROBE, refused())).take(times);
        Diagnosis::with(login, [(STATUS_PHP, status_php())].into_iter().chain(probes))
    };
    for (login, times, line, advice) in [
        (
            bearer(),
            1,
            "server+ version+ maintenance+ clock+ discovery? grant? token? url_rewriting+ astrolabe+ login- admin?",
            "app password",
        ),
        (
            function(),
            2,
            "server+ version+ maintenance+ clock+ discovery? grant? token+ url_rewriting+ astrolabe+ login- admin?",
            "app password",
        ),
        (
            basic(),
            1,
            "server+ version+ maintenance+ clock+ discovery? grant? token? url_rewriting+ astrolabe+ login- admin?",
            "two-factor",
        ),
    ] {
        let diagnosis = without_grant(login, times);
        assert_eq!(diagnosis.line(), line);
        assert!(diagnosis.to_do("login").contains(advice), "{}", diagnosis.to_do("login"));
    }
}

#[test]
fn wrong_passwords_have_locked_the_address() {
    let diagnosis = Diagnosis::with(basic(), [(STATUS_PHP, status_php()), (PROBE, recorded("60-wrongpw-12"))]);
    assert_eq!(
        diagnosis.line(),
        "server+ version+ maintenance+ clock+ discovery? grant? token? url_rewriting? astrolabe? login- admin?"
    );
    let to_do = diagnosis.to_do("login");
    assert!(to_do.contains("30 minutes") && to_do.contains("occ security:bruteforce:reset"), "{to_do}");
}

#[test]
fn the_caller_has_sent_too_many_requests() {
    for (login, answer) in [
        (basic(), Answer::html(429, "")),
        (basic(), locked().header("Retry-After", "99")),
        (bearer(), locked().header("Retry-After", "99")),
    ] {
        let diagnosis = Diagnosis::with(login, [(STATUS_PHP, status_php()), (PROBE, answer)]);
        assert_eq!(
            diagnosis.line(),
            "server+ version+ maintenance+ clock+ discovery? grant? token? url_rewriting? astrolabe? login- admin?"
        );
        assert_eq!(diagnosis.to_do("login"), "wait and send fewer");
    }
    let probes = std::iter::repeat_n((PROBE, locked()), 3);
    let diagnosis = Diagnosis::with(bearer(), [(STATUS_PHP, status_php())].into_iter().chain(probes));
    assert_eq!(diagnosis.to_do("login"), "wait and send fewer", "a bearer is not locked");
}

#[test]
fn a_429_of_status_php_is_nothing_about_the_login_which_was_not_sent() {
    for login in [basic, bearer] {
        for answer in
            [locked(), Answer::json(429, json!({ "message": "API rate limit exceeded" })), Answer::html(429, "")]
        {
            let diagnosis = Diagnosis::with(login(), std::iter::repeat_n((STATUS_PHP, answer), 3));
            assert_eq!(diagnosis.line(), UNREACHABLE);
            assert!(diagnosis.seen("server").contains("too many requests (429)"), "{}", diagnosis.seen("server"));
            assert_eq!(diagnosis.to_do("server"), "wait and send fewer");
        }
    }
}

#[test]
fn a_proxy_that_limits_the_rate_has_not_locked_the_address() {
    let answer = Answer::json(429, json!({ "message": "API rate limit exceeded" }));
    let diagnosis = Diagnosis::with(basic(), [(STATUS_PHP, status_php()), (PROBE, answer)]);
    assert_eq!(diagnosis.to_do("login"), "wait and send fewer");
}

#[test]
fn the_caller_is_no_administrator() {
    for (login, line) in [
        (
            bearer(),
            "server+ version+ maintenance+ clock+ discovery? grant? token? url_rewriting+ astrolabe+ login+ admin-",
        ),
        (
            function(),
            "server+ version+ maintenance+ clock+ discovery? grant? token+ url_rewriting+ astrolabe+ login+ admin-",
        ),
        (
            basic(),
            "server+ version+ maintenance+ clock+ discovery? grant? token? url_rewriting+ astrolabe+ login+ admin-",
        ),
    ] {
        let diagnosis = Diagnosis::with(
            login,
            [(STATUS_PHP, status_php()), (PROBE, recorded("35-cred-alice-as-alice")), (OWN_STATUS, own_status())],
        );
        assert_eq!(diagnosis.line(), line);
        assert!(diagnosis.seen("admin").contains("Logged in account must be an admin"));
        assert!(diagnosis.to_do("admin").contains("administrator"));
    }
    let answers = [
        (STATUS_PHP, status_php()),
        (DISCOVERY, metadata()),
        (DISCOVERY, metadata()),
        (TOKEN_ENDPOINT, token("t")),
        (PROBE, recorded("182-3rdparty-cc-mcp-svc-ocs")),
        (OWN_STATUS, own_status()),
    ];
    assert_eq!(
        Diagnosis::with(grant(), answers).line(),
        "server+ version+ maintenance+ clock+ discovery+ grant+ token+ url_rewriting+ astrolabe+ login+ admin-"
    );
}

#[test]
fn which_astrolabe_it_is() {
    for (own, seen) in [
        (recorded("310-new-own-status"), "The Astrolabe app answers: version 0.16 or later."),
        (recorded("42-status-alice"), "The Astrolabe app answers: a version before 0.16."),
        (Answer::json(400, "{}"), "The Astrolabe app answers."),
        (Answer::html(200, "<html>"), "The Astrolabe app answers."),
    ] {
        for probed in [not_provisioned(), recorded("35-cred-alice-as-alice")] {
            let answers = [(STATUS_PHP, status_php()), (PROBE, probed), (OWN_STATUS, own.clone())];
            assert_eq!(Diagnosis::with(bearer(), answers).seen("astrolabe"), seen);
        }
    }
    // Wrong passwords count.
    let answers = [(STATUS_PHP, status_php()), (PROBE, recorded("60-wrongpw-1"))];
    assert_eq!(Diagnosis::with(basic(), answers).seen("astrolabe"), "The Astrolabe app answers.");
}

#[test]
fn the_app_is_missing() {
    for case in ["160-appdisabled-8088", "161-app-group-restricted"] {
        let diagnosis = Diagnosis::with(
            bearer(),
            [(STATUS_PHP, status_php()), (PROBE, recorded(case)), (PROBE_INDEX_PHP, recorded(case))],
        );
        assert_eq!(
            diagnosis.line(),
            "server+ version+ maintenance+ clock+ discovery? grant? token? url_rewriting? astrolabe- login? admin?"
        );
        let to_do = diagnosis.to_do("astrolabe");
        assert!(to_do.contains("Install and enable") && to_do.contains("groups"), "{to_do}");
    }
}

#[test]
fn the_web_server_does_not_rewrite_urls() {
    // The recorded web server also drops the Authorization header; one that does not is told the same.
    for below_index_php in [recorded("195b-norewrite-indexphp"), not_provisioned(), recorded("35-cred-alice-as-alice")]
    {
        let diagnosis = Diagnosis::with(
            basic(),
            [(STATUS_PHP, status_php()), (PROBE, recorded("195-norewrite-pretty")), (PROBE_INDEX_PHP, below_index_php)],
        );
        assert_eq!(
            diagnosis.line(),
            "server+ version+ maintenance+ clock+ discovery? grant? token? url_rewriting- astrolabe? login? admin?"
        );
        let to_do = diagnosis.to_do("url_rewriting");
        assert!(to_do.contains("Write nextcloud_host as https://cloud.example.com/index.php;"), "{to_do}");
    }

    let answers = [
        (STATUS_PHP, status_php()),
        (DISCOVERY, recorded("195c-norewrite-wk")),
        (PROBE, recorded("195-norewrite-pretty")),
        (PROBE_INDEX_PHP, recorded("195b-norewrite-indexphp")),
    ];
    let diagnosis = Diagnosis::with(grant(), answers);
    assert_eq!(
        diagnosis.line(),
        "server+ version+ maintenance+ clock+ discovery- grant? token? url_rewriting- astrolabe? login? admin?"
    );
    assert!(diagnosis.seen("discovery").contains("add /index.php"), "{}", diagnosis.seen("discovery"));
}

#[test]
fn an_answer_that_is_not_the_routes_is_looked_for_below_index_php() {
    let not_the_routes = [
        recorded("300b-apache-fpm-shipped-without"),
        Answer::json(200, "{}"),
        Answer::html(200, "<html>Log in"),
        Answer::html(404, ""),
    ];
    for answer in &not_the_routes {
        for below_index_php in
            [not_provisioned(), recorded("35-cred-alice-as-alice"), recorded("36-cred-alice-noauth-ocs")]
        {
            let diagnosis = Diagnosis::with(
                basic(),
                [(STATUS_PHP, status_php()), (PROBE, answer.clone()), (PROBE_INDEX_PHP, below_index_php)],
            );
            assert_eq!(
                diagnosis.line(),
                "server+ version+ maintenance+ clock+ discovery? grant? token? url_rewriting- astrolabe? login? admin?"
            );
            assert!(diagnosis.to_do("url_rewriting").contains("https://cloud.example.com/index.php;"));
        }
    }
    for answer in &not_the_routes[..3] {
        for below_index_php in [Answer::html(404, ""), Answer::html(200, "<html>"), Answer::html(500, "")] {
            let diagnosis = Diagnosis::with(
                basic(),
                [(STATUS_PHP, status_php()), (PROBE, answer.clone()), (PROBE_INDEX_PHP, below_index_php)],
            );
            assert_eq!(
                diagnosis.line(),
                "server+ version+ maintenance+ clock+ discovery? grant? token? url_rewriting? astrolabe- login? admin?"
            );
            // What the route itself answered, not what it answered below.
            let to_do = diagnosis.to_do("astrolabe");
            assert!(to_do.contains("is the address of a Nextcloud"), "{to_do}");
            assert!(!to_do.contains("Install and enable"), "{to_do}");
        }
    }
}

#[test]
fn the_advice_about_index_php_keeps_the_folder() {
    let world = World::new();
    let at = |path: &str| format!("https://example.com/nextcloud{path}");
    let route = "/apps/astrolabe/api/v1/background-sync/credentials/astrolabe-client-diagnose";
    world.on(&at("/status.php"), status_php());
    world.on(&at(route), recorded("195-norewrite-pretty"));
    world.on(&at(&format!("/index.php{route}")), not_provisioned());
    let diagnosis = Diagnosis::of(&world, &client_at(&world, &at("/"), bearer()));
    assert!(
        diagnosis.to_do("url_rewriting").contains("https://example.com/nextcloud/index.php"),
        "{}",
        diagnosis.to_do("url_rewriting")
    );
}

#[test]
fn the_host_ends_in_index_php_already() {
    let host = "https://cloud.example.com/index.php";
    let diagnose = |answer: Answer| {
        let world = World::new();
        world.on(STATUS_PHP, status_php());
        world.on(PROBE_INDEX_PHP, answer);
        world.on(OWN_STATUS_INDEX_PHP, own_status());
        let diagnosis = Diagnosis::of(&world, &client_at(&world, host, bearer()));
        assert_eq!(
            world.urls()[..2],
            [STATUS_PHP, PROBE_INDEX_PHP],
            "status.php is beside index.php, the app below it"
        );
        diagnosis
    };
    let diagnosis = diagnose(not_provisioned());
    assert_eq!(
        diagnosis.line(),
        "server+ version+ maintenance+ clock+ discovery? grant? token? url_rewriting+ astrolabe+ login+ admin+"
    );
    assert!(diagnosis.seen("url_rewriting").contains("Not needed"));

    let diagnosis = diagnose(recorded("160-appdisabled-8088"));
    assert_eq!(
        diagnosis.line(),
        "server+ version+ maintenance+ clock+ discovery? grant? token? url_rewriting? astrolabe- login? admin?"
    );
}

#[test]
fn a_provider_elsewhere_is_looked_up_where_it_is() {
    let world = World::new();
    let mut credentials = client_credentials();
    credentials.provider = Provider::Issuer("https://idp.example.com/realms/x".into());
    credentials.authentication = by_secret(CLIENT_SECRET, SecretMethod::Basic);
    let client = client_at(&world, HOST, Login::ClientCredentials(credentials));
    let discovery = "https://idp.example.com/realms/x/.well-known/openid-configuration";
    world.on(STATUS_PHP, status_php());
    world.on(
        discovery,
        Answer::json(200, json!({ "issuer": "https://evil.example.com", "token_endpoint": TOKEN_ENDPOINT })),
    );
    world.on(PROBE, recorded("36-cred-alice-noauth-ocs"));
    let diagnosis = Diagnosis::of(&world, &client);
    assert_eq!(
        diagnosis.line(),
        "server+ version+ maintenance+ clock+ discovery- grant? token? url_rewriting+ astrolabe+ login? admin?"
    );
    assert!(diagnosis.seen("discovery").contains("https://evil.example.com"), "{}", diagnosis.seen("discovery"));
}

#[test]
fn whatever_is_answered_there_is_a_diagnosis_that_holds_no_secret() {
    const TOKEN: &str = "access-token-91c2";
    let logins = || {
        [
            ("id and secret", grant(), vec![CLIENT_SECRET, TOKEN]),
            ("a token", bearer(), vec![APP_PASSWORD]),
            ("a function", function(), vec![OWN_TOKEN]),
            ("Basic", basic(), vec![PASSWORD]),
        ]
    };
    let gossiping_answers = |secret: &str| {
        let said = format!("you sent {secret};");
        let fields = json!({
            "message": said, "error": said, "error_description": said, "user_id": said, "issuer": said, "token_type": said, "grant_types_supported": [said],
            "versionstring": 1, "token_endpoint": 1, "ocs": { "meta": { "message": said } },
        });
        let mut answers = vec![
            Answer::broken(),
            Answer::never(),
            Answer::opaque_redirect(),
            Answer::html(200, &said),
            Answer::json(200, ""),
            Answer::json(200, &fields),
            Answer::json(200, "{\""),
        ];
        for status in [100, 201, 204, 301, 400, 401, 403, 404, 405, 412, 429, 500, 502, 503, 504, 999] {
            answers.push(Answer::json(status, &fields));
            answers.push(Answer::html(status, &said).header("Retry-After", "100"));
        }
        answers
    };
    let world_of = |place: &str, answer: &Answer| {
        let world = World::new();
        world.on_each(place, answer.clone().times(9));
        for (url, usual) in [
            (STATUS_PHP, status_php()),
            (DISCOVERY, metadata()),
            (TOKEN_ENDPOINT, token(TOKEN)),
            (PROBE, not_provisioned()),
            (OWN_STATUS, own_status()),
            (PROBE_INDEX_PHP, Answer::html(404, "")),
        ] {
            if url != place {
                world.on_each(url, usual.times(9));
            }
        }
        world
    };
    for number in 0..logins().len() {
        for place in [STATUS_PHP, DISCOVERY, TOKEN_ENDPOINT, PROBE] {
            for secret in &logins()[number].2 {
                for answer in gossiping_answers(secret) {
                    let (name, login, _) = logins().into_iter().nth(number).expect("a login");
                    let world = world_of(place, &answer);
                    let diagnosis = Diagnosis::of(&world, &client_at(&world, HOST, login));
                    // Before it was sent nobody can repeat it; to status.php nothing is sent at all.
                    let is_known = place == PROBE || (place != STATUS_PHP && *secret != TOKEN);
                    assert!(
                        !is_known || !format!("{:?}", diagnosis.0).contains(secret),
                        "{name} at {place}: {:?}",
                        diagnosis.0
                    );
                }
            }
        }
    }
}

#[test]
fn what_discovery_says_is_shown_by_diagnose_without_the_secret_too() {
    let gossips = [
        (
            Provider::Nextcloud,
            DISCOVERY,
            json!({ "token_endpoint": TOKEN_ENDPOINT, "grant_types_supported": [format!("not for {CLIENT_SECRET}")] }),
        ),
        (
            Provider::Issuer("https://idp.example.com".into()),
            "https://idp.example.com/.well-known/openid-configuration",
            json!({ "issuer": CLIENT_SECRET, "token_endpoint": TOKEN_ENDPOINT }),
        ),
    ];
    for (provider, url, metadata) in gossips {
        let world = World::new();
        let client = client_of(&world, |credentials| credentials.provider = provider);
        world.on("https://cloud.example.com/status.php", recorded("120-status"));
        world.on_each(url, Answer::json(200, &metadata).times(3));
        world.on_each(TOKEN_ENDPOINT, Answer::json(400, json!({ "error": "unsupported_grant_type" })).times(2));
        world.on_any(recorded("36-cred-alice-noauth-ocs"));
        let error = token_of(&world, &client).expect_err("a refusal");
        assert!(!error.message().contains(CLIENT_SECRET), "the login does not show it");
        let checks = world.run(client.diagnose(CallOptions::default()));
        assert!(!format!("{checks:?}").contains(CLIENT_SECRET), "{checks:?}");
    }
}

#[test]
fn what_passes_by_itself_is_no_reason_to_look_for_another_provider() {
    for answer in [recorded("150-maint-wk-8088"), Answer::json(429, "{}"), Answer::html(500, ""), Answer::broken()] {
        let world = World::new();
        world.on("https://cloud.example.com/status.php", recorded("120-status"));
        world.on_each(DISCOVERY, answer.times(3));
        world.on_any(recorded("36-cred-alice-noauth-ocs"));
        let checks = world.run(client(&world).diagnose(CallOptions::default()));
        let discovery = checks.iter().find(|check| check.name == "discovery").expect("discovery");
        let to_do = discovery.to_do.as_deref().expect("something to do");
        assert!(!to_do.contains("issuer") && !to_do.contains("app password"), "{}: {to_do}", discovery.seen);
    }
}

#[test]
fn an_answer_below_index_php_that_is_not_astrolabes_says_nothing_about_url_rewriting() {
    for below_index_php in [
        Answer::html(500, ""),
        Answer::html(403, "<html>blocked"),
        Answer::html(200, "<html>Log in"),
        Answer::redirect(302, "/login"),
        Answer::html(404, ""),
    ] {
        let diagnosis = Diagnosis::with(
            basic(),
            [(STATUS_PHP, status_php()), (PROBE, Answer::html(404, "")), (PROBE_INDEX_PHP, below_index_php)],
        );
        assert_eq!(
            diagnosis.line(),
            "server+ version+ maintenance+ clock+ discovery? grant? token? url_rewriting? astrolabe- login? admin?"
        );
        assert!(diagnosis.to_do("astrolabe").contains("Install and enable"));
    }
}

#[test]
fn the_advice_fits_the_failure() {
    let busy = || Answer::html(503, "").header("Retry-After", "99");
    for (answer, advice) in [
        (busy(), "try again later"),
        (Answer::html(429, "").header("Retry-After", "99"), "wait"),
        (recorded("330-untrusted-status"), "trusted_domains"),
        (Answer::redirect(301, "https://www.example.com/"), "redirects to"),
        (Answer::opaque_redirect(), "redirects to"),
        (Answer::html(200, "<html>"), "nextcloud_host is the address"),
    ] {
        let diagnosis = Diagnosis::with(basic(), [(STATUS_PHP, answer)]);
        assert!(diagnosis.to_do("server").contains(advice), "{advice}: {}", diagnosis.to_do("server"));
    }
    for (answer, advice) in [
        (busy(), "try again later"),
        (Answer::json(200, json!({ "token_endpoint": "http://idp.example.com/token" })), "allow_insecure_http"),
        (Answer::json(200, "{}"), "issuer or discovery_url"),
    ] {
        let answers = [(STATUS_PHP, status_php()), (DISCOVERY, answer), (PROBE, recorded("36-cred-alice-noauth-ocs"))];
        let diagnosis = Diagnosis::with(grant(), answers);
        assert!(diagnosis.to_do("discovery").contains(advice), "{advice}: {}", diagnosis.to_do("discovery"));
    }
    for (answer, advice) in [
        (busy(), "try again later"),
        (Answer::json(401, json!({ "error": "invalid_client" })), "check client_id"),
        (Answer::html(200, "<html>"), "RFC 6749"),
    ] {
        let world = World::new();
        world.on(STATUS_PHP, status_php());
        world.on_each(DISCOVERY, metadata().times(2));
        world.on(TOKEN_ENDPOINT, answer);
        world.on(PROBE, recorded("36-cred-alice-noauth-ocs"));
        let diagnosis = Diagnosis::of(&world, &client_at(&world, HOST, grant()));
        assert!(diagnosis.to_do("token").contains(advice), "{advice}: {}", diagnosis.to_do("token"));
    }
    for (answer, advice) in [
        (busy(), "try again later"),
        (Answer::html(403, "<html>blocked"), "firewall"),
        (Answer::redirect(303, "/login"), "login page"),
    ] {
        let diagnosis = Diagnosis::with(basic(), [(STATUS_PHP, status_php()), (PROBE, answer)]);
        assert!(diagnosis.to_do("astrolabe").contains(advice), "{advice}: {}", diagnosis.to_do("astrolabe"));
    }
    let login_page = Answer::html(200, "<html>Log in");
    let answers = [(STATUS_PHP, status_php()), (PROBE, login_page.clone()), (PROBE_INDEX_PHP, login_page)];
    let diagnosis = Diagnosis::with(basic(), answers);
    assert!(diagnosis.to_do("astrolabe").contains("login page"), "{}", diagnosis.to_do("astrolabe"));
}
