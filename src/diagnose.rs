//! Finds out what is set up, what is missing, and what to do: straight on, one check after another.

use core::time::Duration;
use std::rc::Rc;

use crate::call::CallOptions;
use crate::error::{Error, ErrorCode};
use crate::login::{ClientAuthentication, Login, Obtaining};
use crate::nextcloud::{
    Elsewhere, GetCredentials, GetOwnStatus, GetServerStatus, Installation, OwnBackgroundSyncStatus, UserId,
};
use crate::platform::{millis, Runtime, Transport, UnixTime};
use crate::service::Service;
use crate::setting::Setting;
use crate::text::{decimal, fill};

/// One thing that was looked at.
#[derive(Debug, Clone)]
pub struct DiagnosticCheck {
    /// Stable, for programs.
    pub name: &'static str,
    /// `None` where it could not be looked at, or has no meaning for this way to log in; `seen` says which.
    pub passed: Option<bool>,
    /// What was seen, for a person.
    pub seen: String,
    /// What to do, where there is something.
    pub to_do: Option<String>,
    /// What went wrong, where that is why it did not pass.
    pub error: Option<Error>,
}

/// The id that the Astrolabe route is asked about. Whether a user of that name exists makes no difference.
const PROBE_USER_ID: &str = "astrolabe-client-diagnose";

/// How far the clocks may be apart: half of the early refresh, so that a token that the client holds for fresh is not
/// already over for the server.
const MAX_CLOCK_DIFFERENCE: Duration = Duration::from_secs(30);

/// In the order in which they are looked at.
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

const NOT_UPGRADED: &str = "not looked at, because the server serves nothing before it is upgraded";
const IN_MAINTENANCE: &str = "not looked at, because the server is in maintenance mode";
const UNREACHABLE: &str = "not looked at, because the server cannot be reached";
const NO_GRANT: &str = "not looked at, because there is no grant";
const NO_LOGIN: &str = "not looked at, because there is no login";
const NO_ROUTE: &str = "not looked at, because the route is missing";
const NOT_TOLD: &str = "not to be told from this answer";

pub(crate) async fn diagnose<P: Transport + Runtime>(
    service: &Rc<Service<P>>,
    options: CallOptions,
) -> Vec<DiagnosticCheck> {
    let mut diagnosis = Diagnosis { service, options, checks: Vec::new() };
    match diagnosis.server().await {
        Ok(()) => {
            let has_login = diagnosis.login().await;
            diagnosis.route(has_login).await;
        }
        Err(why) => diagnosis.skip_rest(why),
    }
    diagnosis.checks
}

struct Diagnosis<'a, P> {
    service: &'a Rc<Service<P>>,
    options: CallOptions,
    checks: Vec<DiagnosticCheck>,
}

impl<P: Transport + Runtime> Diagnosis<'_, P> {
    fn check(&mut self, name: &'static str, passed: Option<bool>, seen: &str) {
        self.checks.push(DiagnosticCheck { name, passed, seen: seen.to_string(), to_do: None, error: None });
    }

    fn passed(&mut self, name: &'static str, seen: &str) {
        self.check(name, Some(true), seen);
    }

    fn failed(&mut self, name: &'static str, seen: &str, to_do: &str, error: Option<&Error>) {
        let to_do = Some(to_do.to_string()).filter(|to_do| !to_do.is_empty());
        self.checks.push(DiagnosticCheck {
            name,
            passed: Some(false),
            seen: seen.to_string(),
            to_do,
            error: error.cloned(),
        });
    }

    fn failed_by(&mut self, name: &'static str, error: &Error) {
        self.failed(name, &error.place_and_what(), &error.to_do, Some(error));
    }

    fn skipped(&mut self, names: &[&'static str], why: &str) {
        for name in names {
            self.check(name, None, why);
        }
    }

    /// What cannot be looked at, and why not.
    fn skip_rest(&mut self, why: &str) {
        for name in NAMES.into_iter().skip(self.checks.len()) {
            self.check(name, None, why);
        }
    }

    /// Whether there is a Nextcloud to look at further; if not, why.
    async fn server(&mut self) -> Result<(), &'static str> {
        let service = self.service;
        let begun = service.platform.now();
        let status = match service.run(GetServerStatus, service.limits(self.options), false).await {
            Ok(status) => status,
            Err(error) => {
                self.failed_by("server", &error);
                return Err(UNREACHABLE);
            }
        };
        self.passed("server", &["Nextcloud answers at ", service.installation.host()].concat());
        let version = ["Nextcloud ", &status.version].concat();
        if status.needs_upgrade {
            let seen = [&version, ", whose database is of an older one"].concat();
            self.failed("version", &seen, "Run 'occ upgrade' on the server.", None);
            return Err(NOT_UPGRADED);
        } else {
            self.passed("version", &version);
        }
        if status.is_in_maintenance {
            self.failed(
                "maintenance",
                "The server is in maintenance mode.",
                "Wait until it is over, or end it with 'occ maintenance:mode --off'.",
                None,
            );
        } else {
            self.passed("maintenance", "The server is not in maintenance mode.");
        }
        match status.date {
            Some(date) => self.clock(date, begun),
            None => self.skipped(&["clock"], "The server's clock is not to be seen from here."),
        }
        if status.is_in_maintenance {
            return Err(IN_MAINTENANCE);
        }
        Ok(())
    }

    /// The header has no fractions, and was written some time between request and answer.
    fn clock(&mut self, date: UnixTime, begun: UnixTime) {
        let now = self.service.platform.now();
        let second_after = date + Duration::from_secs(1);
        let apart = if second_after < begun { begun.since(date) } else { date.since(now) };
        let seen = fill("{} s apart: the clocks of the server and of this machine", &[&decimal(millis(apart) / 1000)]);
        if apart <= MAX_CLOCK_DIFFERENCE {
            self.passed("clock", &seen);
        } else {
            self.failed(
                "clock",
                &seen,
                "Set both clocks by NTP: with this difference tokens end at another time than they seem to.",
                None,
            );
        }
    }

    /// Whether there is a login to ask with.
    async fn login(&mut self) -> bool {
        match &self.service.login {
            Login::ClientCredentials(credentials) => {
                let limits = self.service.limits(self.options);
                let obtaining = Obtaining::new(self.service, credentials, &limits);
                let mut work = Box::pin(obtaining.discover());
                let found = limits.enforce(&*self.service.platform, work.as_mut(), || obtaining.place()).await;
                match found {
                    Ok(metadata) => {
                        self.passed("discovery", &["The token endpoint is ", &metadata.token_endpoint].concat());
                        self.token(true).await
                    }
                    Err(error) => {
                        self.failed_by("discovery", &error);
                        self.skipped(&["grant"], "not looked at, because there is no identity provider");
                        self.skipped(&["token"], NO_GRANT);
                        false
                    }
                }
            }
            Login::TokenFunction(_) => {
                self.skipped(&["discovery", "grant"], "A function gives the access token.");
                self.token(false).await
            }
            Login::AccessToken(_) => {
                self.skipped(&["discovery", "grant", "token"], "An access token was given.");
                true
            }
            Login::Basic { .. } => {
                self.skipped(&["discovery", "grant", "token"], "User name and password were given.");
                true
            }
        }
    }

    fn token_seen(&self) -> &'static str {
        let Login::ClientCredentials(credentials) = &self.service.login else { return "There is an access token." };
        match credentials.authentication {
            ClientAuthentication::Secret { .. } => "There is an access token.",
            ClientAuthentication::PrivateKey(_) => {
                "There is an access token; the client proved itself by private_key_jwt."
            }
            ClientAuthentication::Assertion(_) => {
                "There is an access token; the client proved itself by an assertion of its own."
            }
            ClientAuthentication::Certificate => {
                "There is an access token; the client proved itself by tls_client_auth."
            }
        }
    }

    async fn token(&mut self, is_by_grant: bool) -> bool {
        let token = self.service.access_token(self.service.limits(self.options)).await;
        match &token {
            Ok(_) => {
                if is_by_grant {
                    self.passed("grant", "The identity provider offers the client_credentials grant.");
                }
                self.passed("token", self.token_seen());
            }
            Err(error) if is_by_grant && error.code == ErrorCode::GrantNotSupported => {
                self.failed_by("grant", error);
                self.skipped(&["token"], NO_GRANT);
            }
            Err(error) => {
                if is_by_grant {
                    self.passed("grant", "The identity provider does not rule out the client_credentials grant.");
                }
                self.failed_by("token", error);
            }
        }
        token.is_ok()
    }

    async fn probe(&self, has_login: bool) -> Result<(), Error> {
        let endpoint = GetCredentials(UserId::new(PROBE_USER_ID)?);
        self.service.run(endpoint, self.service.limits(self.options), has_login).await.map(drop)
    }

    /// The same below `/index.php`.
    async fn probe_below(&self, installation: Installation, has_login: bool) -> Result<(), Error> {
        let endpoint = Elsewhere { installation, endpoint: GetCredentials(UserId::new(PROBE_USER_ID)?) };
        self.service.run(endpoint, self.service.limits(self.options), has_login).await.map(drop)
    }

    /// What the credentials route says of the web server, the app and the caller.
    async fn route(&mut self, has_login: bool) {
        const ACCEPTED: &str = "Nextcloud accepts the login.";
        let installation = &self.service.installation;
        let probed = self.probe(has_login).await;
        let code = probed.as_ref().err().map(|error| error.code);
        match (&probed, code) {
            (Err(error), Some(ErrorCode::AppNotAvailable)) if installation.is_below_index_php() => {
                return self.app_is_missing(error)
            }
            (Err(error), Some(ErrorCode::AppNotAvailable | ErrorCode::UnexpectedResponse))
                if !installation.is_below_index_php() =>
            {
                return self.below_index_php(has_login, error).await
            }
            (_, None | Some(ErrorCode::Unauthorized | ErrorCode::Forbidden | ErrorCode::SelfProvisioningDisabled)) => {
                let seen = if installation.is_below_index_php() {
                    fill("Not needed: {} ends in /index.php.", &[Setting::NextcloudHost.name()])
                } else {
                    "The web server rewrites URLs.".to_string()
                };
                self.passed("url_rewriting", &seen);
                let version = match code {
                    Some(ErrorCode::Unauthorized) => "",
                    _ if has_login => self.version_of_astrolabe().await,
                    _ => "",
                };
                self.passed("astrolabe", &["The Astrolabe app answers", version, "."].concat());
            }
            // Of the caller: a lock after wrong passwords, or too many requests.
            (_, Some(ErrorCode::RateLimited)) => self.skipped(&["url_rewriting", "astrolabe"], NOT_TOLD),
            (Err(error), _) => {
                self.skipped(&["url_rewriting"], NOT_TOLD);
                self.failed_by("astrolabe", error);
            }
            (Ok(()), _) => {}
        }
        match &probed {
            _ if !has_login => self.skipped(&["login", "admin"], NO_LOGIN),
            Ok(()) => {
                self.passed("login", ACCEPTED);
                self.passed("admin", "The account is an administrator.");
            }
            Err(error) if matches!(error.code, ErrorCode::Unauthorized | ErrorCode::RateLimited) => {
                self.failed_by("login", error);
                self.skipped(&["admin"], NO_LOGIN);
            }
            Err(error) if matches!(error.code, ErrorCode::Forbidden | ErrorCode::SelfProvisioningDisabled) => {
                self.passed("login", ACCEPTED);
                self.failed_by("admin", error);
            }
            Err(_) => self.skipped(&["login", "admin"], NOT_TOLD),
        }
    }

    /// As far as it can be told: one's own status says more since then.
    async fn version_of_astrolabe(&self) -> &'static str {
        match self.service.run(GetOwnStatus, self.service.limits(self.options), true).await {
            Ok(OwnBackgroundSyncStatus { self_provisioning_allowed: Some(_), .. }) => ": version 0.16 or later",
            Ok(_) => ": a version before 0.16",
            Err(_) => "",
        }
    }

    /// `error`: what the route itself answered.
    async fn below_index_php(&mut self, has_login: bool, error: &Error) {
        let installation = self.service.installation.below_index_php();
        let to_do = fill(
            "Write {} as {}; or set up URL rewriting as Nextcloud's manual says.",
            &[Setting::NextcloudHost.name(), installation.host()],
        );
        let probed = self.probe_below(installation, has_login).await;
        match probed.err().map(|error| error.code) {
            None | Some(ErrorCode::Unauthorized | ErrorCode::Forbidden | ErrorCode::SelfProvisioningDisabled) => {
                self.failed(
                    "url_rewriting",
                    "The Astrolabe route answers only below /index.php: the web server does not rewrite URLs.",
                    &to_do,
                    None,
                );
                self.skipped(&["astrolabe"], "The app is there, below /index.php.");
                self.skipped(&["login", "admin"], NO_ROUTE);
            }
            Some(_) if error.code == ErrorCode::AppNotAvailable => self.app_is_missing(error),
            Some(_) => {
                self.skipped(&["url_rewriting"], NOT_TOLD);
                self.failed_by("astrolabe", error);
                self.skipped(&["login", "admin"], NOT_TOLD);
            }
        }
    }

    fn app_is_missing(&mut self, error: &Error) {
        self.skipped(&["url_rewriting"], "not to be told, because the Astrolabe app does not answer");
        self.failed(
            "astrolabe",
            "The Astrolabe app does not answer to this caller.",
            "Install and enable the app astrolabe; where it is limited to groups, add the caller to one of them.",
            Some(error),
        );
        self.skipped(&["login", "admin"], NO_ROUTE);
    }
}
