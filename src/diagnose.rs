//! Finds out what is set up, what is missing, and what to do.

use crate::auth::Login;
use crate::client::AstrolabeClient;
use crate::error::{Error, ErrorCode};
use crate::http::{within, Transport};
use crate::http_date;
use crate::nextcloud::{background_sync, server_status, with_index_php};
use crate::text::decimal;

/// How far the clocks may be apart, in milliseconds: half of the early refresh, so that a token that the client holds
/// for fresh is not already over for the server.
const MAX_CLOCK_DIFFERENCE_MS: i64 = 30_000;

/// The id that the Astrolabe route is asked about. Whether a user of that name exists makes no difference.
const PROBE_USER_ID: &str = "astrolabe-client-diagnose";

const UNREACHABLE: &str = "not looked at, because the server cannot be reached";

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

struct Checks(Vec<Check>);

impl Checks {
    fn add(&mut self, name: &'static str, passed: Option<bool>, seen: &str, to_do: &str) {
        self.0.push(Check {
            name,
            passed,
            seen: seen.to_string(),
            to_do: Some(to_do).filter(|text| !text.is_empty()).map(str::to_string),
        });
    }

    fn passed(&mut self, name: &'static str, seen: &str) {
        self.add(name, Some(true), seen, "");
    }

    fn failed(&mut self, name: &'static str, seen: &str, to_do: &str) {
        self.add(name, Some(false), seen, to_do);
    }

    fn skipped(&mut self, name: &'static str, why: &str) {
        self.add(name, None, why, "");
    }
}

pub(crate) async fn diagnose<T: Transport>(client: &AstrolabeClient<T>, timeout_ms: Option<u32>) -> Vec<Check> {
    let mut checks = Checks(Vec::new());
    if check_server(client, timeout_ms, &mut checks).await {
        let token = check_login(client, timeout_ms, &mut checks).await;
        check_route(client, timeout_ms, token, &mut checks).await;
    } else {
        for name in ["discovery", "grant", "token", "url_rewriting", "astrolabe", "login", "admin"] {
            checks.skipped(name, UNREACHABLE);
        }
    }
    checks.0
}

/// Whether the rest can be looked at.
async fn check_server<T: Transport>(client: &AstrolabeClient<T>, timeout_ms: Option<u32>, checks: &mut Checks) -> bool {
    let begun_ms = client.transport.now_ms();
    let reply = client.ask(server_status::request(client.host()), timeout_ms).await;
    let status = match &reply {
        Ok(reply) => client.read(reply, server_status::read),
        Err(error) => Err(error.clone()),
    };
    let status = match status {
        Ok(status) => status,
        Err(error) => {
            checks.failed("server", &error.message, advice(Place::Server, &error));
            for name in ["version", "maintenance", "clock"] {
                checks.skipped(name, UNREACHABLE);
            }
            return false;
        }
    };
    checks.passed("server", &["Nextcloud answers at ", client.host()].concat());
    let version = ["Nextcloud ", &status.version].concat();
    if status.needs_upgrade {
        checks.failed(
            "version",
            &[&version, ", whose database is of an older one"].concat(),
            "Run 'occ upgrade' on the server.",
        );
    } else {
        checks.passed("version", &version);
    }
    if status.maintenance {
        checks.failed(
            "maintenance",
            "The server is in maintenance mode.",
            "Wait until it is over, or end it with 'occ maintenance:mode --off'.",
        );
    } else {
        checks.passed("maintenance", "The server is not in maintenance mode.");
    }
    let server_ms = reply.ok().and_then(|reply| http_date::parse_ms(reply.response.header("date")?));
    match server_ms {
        None => checks.skipped("clock", "The server's clock is not to be seen from here."),
        Some(server_ms) => {
            // The header has no fractions, and was written some time between request and answer.
            let now_ms = client.transport.now_ms();
            let difference_ms =
                if server_ms + 1000 < begun_ms { begun_ms - server_ms } else { (server_ms - now_ms).max(0) };
            let seconds = [
                &decimal(difference_ms.unsigned_abs() / 1000),
                " s apart: the clocks of the server and of this machine",
            ]
            .concat();
            if difference_ms <= MAX_CLOCK_DIFFERENCE_MS {
                checks.passed("clock", &seconds);
            } else {
                checks.failed(
                    "clock",
                    &seconds,
                    "Set both clocks by NTP: with this difference tokens end at another time than they seem to.",
                );
            }
        }
    }
    true
}

/// Whether there is a login to try.
async fn check_login<T: Transport>(client: &AstrolabeClient<T>, timeout_ms: Option<u32>, checks: &mut Checks) -> bool {
    let way_in = match &client.auth.login {
        Login::ClientCredentials(credentials) => {
            let limits = client.limits(timeout_ms);
            let found = within(
                &*client.transport,
                &limits,
                Box::pin(client.auth.look_up(&client.transport, credentials, &limits)),
            )
            .await;
            match found {
                Ok(metadata) => {
                    checks.passed("discovery", &["The token endpoint is ", &metadata.token_endpoint].concat());
                    return check_token(client, timeout_ms, checks).await;
                }
                Err(error) if error.code == ErrorCode::GrantNotSupported => {
                    checks.passed("discovery", "There is an identity provider.");
                    checks.failed("grant", &error.message, GRANT_TO_DO);
                }
                Err(error) => {
                    checks.failed("discovery", &error.message, advice(Place::Discovery, &error));
                    checks.skipped("grant", "not looked at, because there is no identity provider");
                }
            }
            checks.skipped("token", "not looked at, because there is no grant");
            return false;
        }
        Login::AccessToken(_) => "An access token was given.",
        Login::TokenFunction(_) => "A function gives the access token.",
        Login::Basic { .. } => "User name and password were given.",
    };
    checks.skipped("discovery", way_in);
    checks.skipped("grant", way_in);
    if let Login::TokenFunction(_) = client.auth.login {
        return check_token(client, timeout_ms, checks).await;
    }
    checks.skipped("token", way_in);
    true
}

const GRANT_TO_DO: &str = "Use an identity provider that offers the client_credentials grant (Keycloak and the like) and let Nextcloud's user_oidc check its tokens; or log in with an administrator's app password as accessToken.";

enum Place {
    Server,
    Discovery,
    Token,
    Route,
}

/// What to do about a failure, by where it happened.
fn advice(place: Place, error: &Error) -> &'static str {
    match (place, error.code) {
        (_, ErrorCode::Network) => "Check the address named there, DNS, TLS, and whether this machine may reach it.",
        (_, ErrorCode::Timeout) => "Check the address, DNS, and whether this machine may reach it; if it is only slow, raise timeoutMs.",
        (_, ErrorCode::InsecureEndpoint) => "Set up TLS there; or, in a network that you trust, set allowInsecureHttp.",
        (Place::Route, ErrorCode::RateLimited) => "Check the password, then wait for up to 30 minutes; an app password as accessToken is not affected by the lock.",
        (_, ErrorCode::RateLimited) => "Wait, and send fewer requests.",
        _ if error.retryable => "Try again later: this can pass by itself.",
        (Place::Server, ErrorCode::UnexpectedRedirect) => "Check that nextcloudHost is the address of a Nextcloud; if it is, write the address that it redirects to, https and path included.",
        (Place::Server, _) => "Check that nextcloudHost is the address of a Nextcloud, with the path of its installation if it has one, and that the host name stands in trusted_domains in its config.php.",
        (Place::Discovery, ErrorCode::IssuerMismatch) => "Write issuer exactly as the metadata spell it; or give discoveryUrl, with which it is not compared.",
        (Place::Discovery, _) => "Name the identity provider by issuer or discoveryUrl; or log in without one, with an administrator's app password as accessToken.",
        (Place::Token, ErrorCode::TokenRequestFailed) => "Check clientId, clientSecret, scope and what the identity provider allows this client.",
        (Place::Token, _) => "Check the identity provider: its token endpoint does not answer as RFC 6749 says.",
        (Place::Route, _) => "Let requests to Nextcloud's routes pass as they are: a login page, proxy or firewall before it answers them or changes them.",
    }
}

async fn check_token<T: Transport>(client: &AstrolabeClient<T>, timeout_ms: Option<u32>, checks: &mut Checks) -> bool {
    let has_grant = matches!(client.auth.login, Login::ClientCredentials(_));
    match client.get_access_token(timeout_ms).await {
        Ok(_) => {
            if has_grant {
                checks.passed("grant", "The identity provider offers the client_credentials grant.");
            }
            checks.passed("token", "There is an access token.");
            true
        }
        Err(error) if error.code == ErrorCode::GrantNotSupported => {
            checks.failed("grant", &error.message, GRANT_TO_DO);
            checks.skipped("token", "not looked at, because there is no grant");
            false
        }
        Err(error) => {
            if has_grant {
                checks.passed("grant", "The identity provider does not rule out the client_credentials grant.");
            }
            let to_do = if has_grant {
                advice(Place::Token, &error)
            } else {
                "Check the function that was given as accessToken."
            };
            checks.failed("token", &error.message, to_do);
            false
        }
    }
}

/// What the credentials route says of the web server, the app and the caller.
async fn check_route<T: Transport>(
    client: &AstrolabeClient<T>,
    timeout_ms: Option<u32>,
    has_login: bool,
    checks: &mut Checks,
) {
    let here = probe(client, timeout_ms, client.host(), has_login).await;
    let code_of = |result: &Result<(), Error>| result.as_ref().err().map(|error| error.code);
    let code = code_of(&here);
    let elsewhere = with_index_php(client.host());
    if code == Some(ErrorCode::AppNotAvailable) {
        let is_there = |code| matches!(code, None | Some(ErrorCode::Unauthorized | ErrorCode::Forbidden));
        let there =
            elsewhere != client.host() && is_there(code_of(&probe(client, timeout_ms, &elsewhere, has_login).await));
        if there {
            checks.failed(
                "url_rewriting",
                "The Astrolabe route answers only below /index.php: the web server does not rewrite URLs.",
                &["Write nextcloudHost as ", &elsewhere, "; or set up URL rewriting as Nextcloud's manual says."]
                    .concat(),
            );
            checks.skipped("astrolabe", "The app is there, below /index.php.");
        } else {
            checks.skipped("url_rewriting", "not to be told, because the Astrolabe app does not answer");
            checks.failed(
                "astrolabe",
                "The Astrolabe app does not answer to this caller.",
                "Install and enable the app astrolabe; where it is limited to groups, add the caller to one of them.",
            );
        }
        checks.skipped("login", "not looked at, because the route is missing");
        checks.skipped("admin", "not looked at, because the route is missing");
        return;
    }
    match code {
        None | Some(ErrorCode::Unauthorized | ErrorCode::Forbidden) => {
            checks.passed(
                "url_rewriting",
                if elsewhere == client.host() {
                    "Not needed: nextcloudHost ends in /index.php."
                } else {
                    "The web server rewrites URLs."
                },
            );
            checks.passed("astrolabe", "The Astrolabe app answers.");
        }
        Some(_) => {
            checks.skipped("url_rewriting", "not to be told from this answer");
            checks.failed(
                "astrolabe",
                here.as_ref().err().map_or("", |error| &error.message),
                here.as_ref().err().map_or("", |error| advice(Place::Route, error)),
            );
        }
    }
    let no_login = "not looked at, because there is no login";
    match (code, here) {
        _ if !has_login => {
            checks.skipped("login", no_login);
            checks.skipped("admin", no_login);
        }
        (Some(ErrorCode::Unauthorized), Err(error)) => {
            let to_do = match &client.auth.login {
                Login::ClientCredentials(_) => "Install user_oidc in Nextcloud, register the identity provider there and let it check bearer tokens; or log in with an administrator's app password as accessToken. If the web server drops the Authorization header, let it pass.",
                Login::AccessToken(_) | Login::TokenFunction(_) => "Check the token: it must be an app password of Nextcloud, or a token of a provider that user_oidc checks. If the web server drops the Authorization header, let it pass.",
                Login::Basic { .. } => "Check user name and password; where two-factor login is enforced, only an app password works. Mind that wrong passwords lock this address for 30 minutes.",
            };
            checks.failed("login", &error.message, to_do);
            checks.skipped("admin", no_login);
        }
        (Some(ErrorCode::Forbidden), Err(error)) => {
            checks.passed("login", "Nextcloud accepts the login.");
            checks.failed("admin", &error.message, "Make this account an administrator, or log in as one. Calls about the caller's own access work as it is.");
        }
        (None, _) => {
            checks.passed("login", "Nextcloud accepts the login.");
            checks.passed("admin", "The account is an administrator.");
        }
        _ => {
            checks.skipped("login", "not to be told from this answer");
            checks.skipped("admin", "not to be told from this answer");
        }
    }
}

async fn probe<T: Transport>(
    client: &AstrolabeClient<T>,
    timeout_ms: Option<u32>,
    host: &str,
    has_login: bool,
) -> Result<(), Error> {
    let request = background_sync::credentials_request(host, PROBE_USER_ID)?;
    let reply =
        if has_login { client.api(request, timeout_ms).await? } else { client.ask(request, timeout_ms).await? };
    client.read(&reply, |answer| background_sync::read_credentials(PROBE_USER_ID, answer)).map(drop)
}
