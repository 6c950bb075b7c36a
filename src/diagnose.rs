//! Finds out what is set up, what is missing, and what to do: a few calls, one after another, and what they show.

use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::call::Operation;
use crate::nextcloud::with_index_php;
use crate::setup::{Setup, WayIn};
use crate::text::{decimal, fill};

/// How far the clocks may be apart, in milliseconds: half of the early refresh, so that a token that the client holds
/// for fresh is not already over for the server.
const MAX_CLOCK_DIFFERENCE_MS: u64 = 30_000;

/// The id that the Astrolabe route is asked about. Whether a user of that name exists makes no difference.
pub(crate) const PROBE_USER_ID: &str = "astrolabe-client-diagnose";

const UNREACHABLE: &str = "not looked at, because the server cannot be reached";
const NO_GRANT: &str = "not looked at, because there is no grant";
const NO_LOGIN: &str = "not looked at, because there is no login";
const NO_ROUTE: &str = "not looked at, because the route is missing";
const NOT_TOLD: &str = "not to be told from this answer";

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Stable, for programs.
    pub name: &'static str,
    /// `None` where it could not be looked at, or has no meaning for this way to log in.
    pub passed: Option<bool>,
    /// What was seen, in words.
    pub seen: String,
    /// What a person should do, if anything.
    pub to_do: Option<String>,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Stage {
    Server,
    Discovery,
    Token,
    Route,
    /// The same route below `/index.php`.
    RouteElsewhere,
    Done,
}

pub(crate) struct Diagnosis {
    setup: Rc<Setup>,
    pub(crate) stage: Stage,
    /// When the call under way began.
    pub(crate) begun_ms: i64,
    pub(crate) has_login: bool,
    pub(crate) checks: Vec<Check>,
}

/// What a call showed.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) failure: Option<Failure>,
    /// The version, or the token endpoint.
    pub(crate) text: String,
    pub(crate) maintenance: bool,
    pub(crate) needs_upgrade: bool,
    pub(crate) server_ms: Option<i64>,
}

pub(crate) struct Failure {
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) retryable: bool,
}

impl Failure {
    fn is(&self, code: &str) -> bool {
        self.code == code
    }
}

impl Diagnosis {
    pub(crate) fn new(setup: Rc<Setup>) -> Self {
        Diagnosis::at(setup, 0, 0, true)
    }

    /// One that was begun before, and had come to this stage.
    pub(crate) fn at(setup: Rc<Setup>, stage: u32, begun_ms: i64, has_login: bool) -> Self {
        let stages = [Stage::Server, Stage::Discovery, Stage::Token, Stage::Route, Stage::RouteElsewhere];
        let stage = stages.get(stage as usize).copied().unwrap_or(Stage::Done);
        Diagnosis { setup, stage, begun_ms, has_login, checks: Vec::new() }
    }

    /// What is to be asked next, about [`PROBE_USER_ID`].
    pub(crate) fn next(&mut self, now_ms: i64) -> Option<Operation> {
        self.begun_ms = now_ms;
        Some(match (self.stage, self.has_login) {
            (Stage::Server, _) => Operation::ServerStatus,
            (Stage::Discovery, _) => Operation::LookUp,
            (Stage::Token, _) => Operation::Token,
            (Stage::Route, true) => Operation::Probe,
            (Stage::Route, false) => Operation::ProbeWithoutLogin,
            (Stage::RouteElsewhere, true) => Operation::ProbeBelowIndexPhp,
            (Stage::RouteElsewhere, false) => Operation::ProbeBelowIndexPhpWithoutLogin,
            (Stage::Done, _) => return None,
        })
    }

    /// Takes what came of that.
    pub(crate) fn take(&mut self, seen: Seen, now_ms: i64) {
        self.stage = match self.stage {
            Stage::Server => self.server(seen, now_ms),
            Stage::Discovery => self.looked_up(seen),
            Stage::Token => self.logged_in(seen.failure),
            Stage::Route => self.probed(seen.failure),
            Stage::RouteElsewhere => self.probed_elsewhere(seen.failure),
            Stage::Done => Stage::Done,
        };
    }

    fn add(&mut self, name: &'static str, passed: Option<bool>, seen: &str, to_do: &str) {
        let to_do = Some(to_do.to_string()).filter(|text| !text.is_empty());
        self.checks.push(Check { name, passed, seen: seen.to_string(), to_do });
    }

    fn passed(&mut self, name: &'static str, seen: &str) {
        self.add(name, Some(true), seen, "");
    }

    fn failed(&mut self, name: &'static str, seen: &str, to_do: &str) {
        self.add(name, Some(false), seen, to_do);
    }

    fn skipped(&mut self, names: &[&'static str], why: &str) {
        for name in names {
            self.add(name, None, why, "");
        }
    }

    fn server(&mut self, seen: Seen, now_ms: i64) -> Stage {
        if let Some(failure) = seen.failure {
            self.failed("server", &failure.message, advice(Stage::Server, &failure));
            self.skipped(
                &[
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
                ],
                UNREACHABLE,
            );
            return Stage::Done;
        }
        let setup = self.setup.clone();
        self.passed("server", &fill("Nextcloud answers at {}", &[&setup.nextcloud_host]));
        if seen.needs_upgrade {
            let seen = fill("Nextcloud {}, whose database is of an older one", &[&seen.text]);
            self.failed("version", &seen, "Run 'occ upgrade' on the server.");
        } else {
            self.passed("version", &fill("Nextcloud {}", &[&seen.text]));
        }
        if seen.maintenance {
            self.failed(
                "maintenance",
                "The server is in maintenance mode.",
                "Wait until it is over, or end it with 'occ maintenance:mode --off'.",
            );
        } else {
            self.passed("maintenance", "The server is not in maintenance mode.");
        }
        match seen.server_ms {
            Some(server_ms) => {
                // The header has no fractions, and was written some time between request and answer.
                let difference_ms = if server_ms + 1000 < self.begun_ms {
                    self.begun_ms - server_ms
                } else {
                    (server_ms - now_ms).max(0)
                };
                let difference_ms = difference_ms.unsigned_abs();
                let seen =
                    fill("{} s apart: the clocks of the server and of this machine", &[&decimal(difference_ms / 1000)]);
                if difference_ms <= MAX_CLOCK_DIFFERENCE_MS {
                    self.passed("clock", &seen);
                } else {
                    self.failed(
                        "clock",
                        &seen,
                        "Set both clocks by NTP: with this difference tokens end at another time than they seem to.",
                    );
                }
            }
            None => self.skipped(&["clock"], "The server's clock is not to be seen from here."),
        }
        let way_in = match &setup.way_in {
            WayIn::ClientCredentials(_) => return Stage::Discovery,
            WayIn::AccessToken(_) => "An access token was given.",
            WayIn::TokenFunction => "A function gives the access token.",
            WayIn::Basic { .. } => "User name and password were given.",
        };
        self.skipped(&["discovery", "grant"], way_in);
        if let WayIn::TokenFunction = setup.way_in {
            return Stage::Token;
        }
        self.skipped(&["token"], way_in);
        Stage::Route
    }

    fn looked_up(&mut self, seen: Seen) -> Stage {
        match seen.failure {
            None => {
                self.passed("discovery", &fill("The token endpoint is {}", &[&seen.text]));
                return Stage::Token;
            }
            Some(failure) if failure.is("grant_not_supported") => {
                self.passed("discovery", "There is an identity provider.");
                self.failed("grant", &failure.message, GRANT_TO_DO);
            }
            Some(failure) => {
                self.failed("discovery", &failure.message, advice(Stage::Discovery, &failure));
                self.skipped(&["grant"], "not looked at, because there is no identity provider");
            }
        }
        self.skipped(&["token"], NO_GRANT);
        self.has_login = false;
        Stage::Route
    }

    fn logged_in(&mut self, failure: Option<Failure>) -> Stage {
        let has_grant = matches!(self.setup.way_in, WayIn::ClientCredentials(_));
        self.has_login = failure.is_none();
        match failure {
            None => {
                if has_grant {
                    self.passed("grant", "The identity provider offers the client_credentials grant.");
                }
                self.passed("token", "There is an access token.");
            }
            Some(failure) if failure.is("grant_not_supported") => {
                self.failed("grant", &failure.message, GRANT_TO_DO);
                self.skipped(&["token"], NO_GRANT);
            }
            Some(failure) => {
                let mut to_do = "Check the function that was given as accessToken.";
                if has_grant {
                    self.passed("grant", "The identity provider does not rule out the client_credentials grant.");
                    to_do = advice(Stage::Token, &failure);
                }
                self.failed("token", &failure.message, to_do);
            }
        }
        Stage::Route
    }

    /// What the credentials route says of the web server, the app and the caller.
    fn probed(&mut self, failure: Option<Failure>) -> Stage {
        let is_below_index_php = with_index_php(&self.setup.nextcloud_host) == self.setup.nextcloud_host;
        match &failure {
            Some(failure) if failure.is("app_not_available") => {
                if is_below_index_php {
                    self.app_is_missing();
                    return Stage::Done;
                }
                return Stage::RouteElsewhere;
            }
            Some(failure) if !failure.is("unauthorized") && !failure.is("forbidden") => {
                self.skipped(&["url_rewriting"], NOT_TOLD);
                self.failed("astrolabe", &failure.message, advice(Stage::Route, failure));
            }
            _ => {
                let seen = if is_below_index_php {
                    "Not needed: nextcloudHost ends in /index.php."
                } else {
                    "The web server rewrites URLs."
                };
                self.passed("url_rewriting", seen);
                self.passed("astrolabe", "The Astrolabe app answers.");
            }
        }
        let accepted = "Nextcloud accepts the login.";
        match failure {
            _ if !self.has_login => self.skipped(&["login", "admin"], NO_LOGIN),
            None => {
                self.passed("login", accepted);
                self.passed("admin", "The account is an administrator.");
            }
            Some(failure) if failure.is("unauthorized") => {
                let setup = self.setup.clone();
                let (to_do, and) = match &setup.way_in {
                    WayIn::ClientCredentials(_) => ("Install user_oidc in Nextcloud, register the identity provider there and let it check bearer tokens; or log in with an administrator's app password as accessToken.", HEADER_TO_DO),
                    WayIn::AccessToken(_) | WayIn::TokenFunction => ("Check the token: it must be an app password of Nextcloud, or a token of a provider that user_oidc checks.", HEADER_TO_DO),
                    WayIn::Basic { .. } => ("Check user name and password; where two-factor login is enforced, only an app password works. Mind that wrong passwords lock this address for 30 minutes.", ""),
                };
                self.failed("login", &failure.message, &fill("{}{}", &[to_do, and]));
                self.skipped(&["admin"], NO_LOGIN);
            }
            Some(failure) if failure.is("forbidden") => {
                self.passed("login", accepted);
                self.failed("admin", &failure.message, "Make this account an administrator, or log in as one. Calls about the caller's own access work as it is.");
            }
            Some(_) => self.skipped(&["login", "admin"], NOT_TOLD),
        }
        Stage::Done
    }

    fn probed_elsewhere(&mut self, failure: Option<Failure>) -> Stage {
        if failure.is_none_or(|failure| failure.is("unauthorized") || failure.is("forbidden")) {
            let elsewhere = with_index_php(&self.setup.nextcloud_host);
            self.failed(
                "url_rewriting",
                "The Astrolabe route answers only below /index.php: the web server does not rewrite URLs.",
                &fill("Write nextcloudHost as {}; or set up URL rewriting as Nextcloud's manual says.", &[&elsewhere]),
            );
            self.skipped(&["astrolabe"], "The app is there, below /index.php.");
            self.skipped(&["login", "admin"], NO_ROUTE);
        } else {
            self.app_is_missing();
        }
        Stage::Done
    }

    fn app_is_missing(&mut self) {
        self.skipped(&["url_rewriting"], "not to be told, because the Astrolabe app does not answer");
        self.failed(
            "astrolabe",
            "The Astrolabe app does not answer to this caller.",
            "Install and enable the app astrolabe; where it is limited to groups, add the caller to one of them.",
        );
        self.skipped(&["login", "admin"], NO_ROUTE);
    }
}

const GRANT_TO_DO: &str = "Use an identity provider that offers the client_credentials grant (Keycloak and the like) and let Nextcloud's user_oidc check its tokens; or log in with an administrator's app password as accessToken.";

const HEADER_TO_DO: &str = " If the web server drops the Authorization header, let it pass.";

/// What to do about a failure, by where it happened.
fn advice(stage: Stage, failure: &Failure) -> &'static str {
    match (stage, failure.code.as_str()) {
        (_, "network") => "Check the address named there, DNS, TLS, and whether this machine may reach it.",
        (_, "timeout") => "Check the address, DNS, and whether this machine may reach it; if it is only slow, raise timeoutMs.",
        (_, "insecure_endpoint") => "Set up TLS there; or, in a network that you trust, set allowInsecureHttp.",
        (Stage::Route, "rate_limited") => "Check the password, then wait for up to 30 minutes; an app password as accessToken is not affected by the lock.",
        (_, "rate_limited") => "Wait, and send fewer requests.",
        _ if failure.retryable => "Try again later: this can pass by itself.",
        (Stage::Server, "unexpected_redirect") => "Check that nextcloudHost is the address of a Nextcloud; if it is, write the address that it redirects to, https and path included.",
        (Stage::Server, _) => "Check that nextcloudHost is the address of a Nextcloud, with the path of its installation if it has one, and that the host name stands in trusted_domains in its config.php.",
        (Stage::Discovery, "issuer_mismatch") => "Write issuer exactly as the metadata spell it; or give discoveryUrl, with which it is not compared.",
        (Stage::Discovery, _) => "Name the identity provider by issuer or discoveryUrl; or log in without one, with an administrator's app password as accessToken.",
        (Stage::Token, "token_request_failed") => "Check clientId, clientSecret, scope and what the identity provider allows this client.",
        (Stage::Token, _) => "Check the identity provider: its token endpoint does not answer as RFC 6749 says.",
        _ => "Let requests to Nextcloud's routes pass as they are: a login page, proxy or firewall before it answers them or changes them.",
    }
}
