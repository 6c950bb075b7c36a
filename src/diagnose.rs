//! Finds out what is set up, what is missing, and what to do: a few calls, one after another, and what they show.

use crate::exchange::{operation, Done, Exchange, Field};
use crate::json::integer;
use crate::memory::Text;
use crate::nextcloud::installation;
use crate::text::{cut, fill, push_decimal};

/// How far the clocks may be apart, in milliseconds: half of the early refresh, so that a token that the client holds
/// for fresh is not already over for the server.
const MAX_CLOCK_DIFFERENCE_MS: i64 = 30_000;

const UNREACHABLE: &str = "not looked at, because the server cannot be reached";
const NO_GRANT: &str = "not looked at, because there is no grant";
const NO_LOGIN: &str = "not looked at, because there is no login";
const NO_ROUTE: &str = "not looked at, because the route is missing";
const NOT_TOLD: &str = "not to be told from this answer";

/// Nothing more is to be asked.
const DONE: u8 = b' ';

const PASSED: &str = "true";
const FAILED: &str = "false";
/// Could not be looked at, or has no meaning for this way to log in.
const SKIPPED: &str = "null";

impl Exchange<'_> {
    /// Takes what the call before showed, if there was one. Gives checks of four fields each: name, whether it passed, what
    /// was seen, what to do; then what is to be asked next, and whether there is no login for that.
    #[inline(never)]
    pub(crate) fn diagnose(&mut self) -> Done {
        let had_login = !self.is(Field::HasNoLogin);
        let (next, has_login) = match self.operation() {
            operation::SERVER_STATUS => (self.server(), true),
            operation::DISCOVERY => self.looked_up(),
            operation::TOKEN => self.logged_in(),
            operation::PROBE => (self.probed(had_login), had_login),
            operation::PROBE_ELSEWHERE => (self.probed_elsewhere(), had_login),
            _ => (operation::SERVER_STATUS, true),
        };
        self.out.push('\0');
        self.out.push(char::from(next));
        self.give_flag(!has_login);
        Some(())
    }

    fn check(&mut self, name: &str, passed: &str, seen: &str, to_do: &str) {
        self.give(name);
        self.give(passed);
        self.give(seen);
        self.give(to_do);
    }

    /// A check that shows an error: what was wrong stands before its last colon, and what to do after it.
    fn failed(&mut self, name: &str) {
        let message = self.get(Field::Message);
        let colon = message.as_bytes().windows(2).rposition(|pair| pair == b": ").unwrap_or(message.len());
        self.check(name, FAILED, message.get(..colon).unwrap_or(""), message.get(colon + 2..).unwrap_or(""));
    }

    fn passed(&mut self, name: &str, seen: &str) {
        self.check(name, PASSED, seen, "");
    }

    fn skipped(&mut self, names: &str, why: &str) {
        let mut rest = names;
        while !rest.is_empty() {
            let (name, others) = cut(rest, b' ');
            self.check(name, SKIPPED, why, "");
            rest = others;
        }
    }

    fn server(&mut self) -> u8 {
        if self.is(Field::Code) {
            self.failed("server");
            self.skipped(
                "version maintenance clock discovery grant token url_rewriting astrolabe login admin",
                UNREACHABLE,
            );
            return DONE;
        }
        let version = self.get(Field::Seen);
        self.passed("server", &fill("Nextcloud answers at {}", &[self.get(Field::NextcloudHost)]));
        if self.is(Field::NeedsUpgrade) {
            let seen = fill("Nextcloud {}, whose database is of an older one", &[version]);
            self.check("version", FAILED, &seen, "Run 'occ upgrade' on the server.");
        } else {
            self.passed("version", &fill("Nextcloud {}", &[version]));
        }
        if self.is(Field::InMaintenance) {
            self.check(
                "maintenance",
                FAILED,
                "The server is in maintenance mode.",
                "Wait until it is over, or end it with 'occ maintenance:mode --off'.",
            );
        } else {
            self.passed("maintenance", "The server is not in maintenance mode.");
        }
        match integer(self.get(Field::ServerMs)) {
            Some(server_ms) => {
                let time = |field| integer(self.get(field)).unwrap_or(server_ms);
                let (begun_ms, now_ms) = (time(Field::BegunMs), time(Field::NowMs));
                // The header has no fractions, and was written some time between request and answer.
                let apart_ms =
                    if server_ms + 1000 < begun_ms { begun_ms - server_ms } else { (server_ms - now_ms).max(0) };
                let mut seen = Text::new();
                push_decimal(&mut seen, apart_ms.unsigned_abs() / 1000);
                seen.push_str(" s apart: the clocks of the server and of this machine");
                if apart_ms <= MAX_CLOCK_DIFFERENCE_MS {
                    self.passed("clock", &seen);
                } else {
                    self.check(
                        "clock",
                        FAILED,
                        &seen,
                        "Set both clocks by NTP: with this difference tokens end at another time than they seem to.",
                    );
                }
            }
            None => self.skipped("clock", "The server's clock is not to be seen from here."),
        }
        let (names, way_in, next) = match self.get(Field::WayIn) {
            "client" => return operation::DISCOVERY,
            "accessToken" => ("discovery grant token", "An access token was given.", operation::PROBE),
            "function" => ("discovery grant", "A function gives the access token.", operation::TOKEN),
            _ => ("discovery grant token", "User name and password were given.", operation::PROBE),
        };
        self.skipped(names, way_in);
        next
    }

    fn looked_up(&mut self) -> (u8, bool) {
        match self.get(Field::Code) {
            "" => {
                self.passed("discovery", &fill("The token endpoint is {}", &[self.get(Field::Seen)]));
                return (operation::TOKEN, true);
            }
            "grant_not_supported" => {
                self.passed("discovery", "There is an identity provider.");
                self.failed("grant");
            }
            _ => {
                self.failed("discovery");
                self.skipped("grant", "not looked at, because there is no identity provider");
            }
        }
        self.skipped("token", NO_GRANT);
        (operation::PROBE, false)
    }

    fn logged_in(&mut self) -> (u8, bool) {
        let has_grant = self.get(Field::WayIn) == "client";
        match self.get(Field::Code) {
            "" => {
                if has_grant {
                    self.passed("grant", "The identity provider offers the client_credentials grant.");
                }
                self.passed("token", "There is an access token.");
                return (operation::PROBE, true);
            }
            "grant_not_supported" if has_grant => {
                self.failed("grant");
                self.skipped("token", NO_GRANT);
            }
            _ => {
                if has_grant {
                    self.passed("grant", "The identity provider does not rule out the client_credentials grant.");
                }
                self.failed("token");
            }
        }
        (operation::PROBE, false)
    }

    /// What the credentials route says of the web server, the app and the caller.
    fn probed(&mut self, has_login: bool) -> u8 {
        let host = self.get(Field::NextcloudHost);
        let is_below_index_php = installation(host) != host;
        let code = self.get(Field::Code);
        match code {
            "app_not_available" if is_below_index_php => {
                self.app_is_missing();
                return DONE;
            }
            "app_not_available" => return operation::PROBE_ELSEWHERE,
            "" | "unauthorized" | "forbidden" => {
                let seen = if is_below_index_php {
                    "Not needed: nextcloudHost ends in /index.php."
                } else {
                    "The web server rewrites URLs."
                };
                self.passed("url_rewriting", seen);
                self.passed("astrolabe", "The Astrolabe app answers.");
            }
            _ => {
                self.skipped("url_rewriting", NOT_TOLD);
                self.failed("astrolabe");
            }
        }
        const ACCEPTED: &str = "Nextcloud accepts the login.";
        match code {
            _ if !has_login => self.skipped("login admin", NO_LOGIN),
            "" => {
                self.passed("login", ACCEPTED);
                self.passed("admin", "The account is an administrator.");
            }
            "unauthorized" => {
                self.failed("login");
                self.skipped("admin", NO_LOGIN);
            }
            "forbidden" => {
                self.passed("login", ACCEPTED);
                self.failed("admin");
            }
            _ => self.skipped("login admin", NOT_TOLD),
        }
        DONE
    }

    fn probed_elsewhere(&mut self) -> u8 {
        if matches!(self.get(Field::Code), "" | "unauthorized" | "forbidden") {
            let to_do = fill(
                "Write nextcloudHost as {}/index.php; or set up URL rewriting as Nextcloud's manual says.",
                &[self.get(Field::NextcloudHost)],
            );
            self.check(
                "url_rewriting",
                FAILED,
                "The Astrolabe route answers only below /index.php: the web server does not rewrite URLs.",
                &to_do,
            );
            self.skipped("astrolabe", "The app is there, below /index.php.");
            self.skipped("login admin", NO_ROUTE);
        } else {
            self.app_is_missing();
        }
        DONE
    }

    fn app_is_missing(&mut self) {
        self.skipped("url_rewriting", "not to be told, because the Astrolabe app does not answer");
        self.check(
            "astrolabe",
            FAILED,
            "The Astrolabe app does not answer to this caller.",
            "Install and enable the app astrolabe; where it is limited to groups, add the caller to one of them.",
        );
        self.skipped("login admin", NO_ROUTE);
    }
}
