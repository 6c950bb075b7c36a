//! What happened and what to do, for a person: the words of every [`ErrorKind`].

use super::kind::{
    EndpointProblem, ErrorKind, Exposed, GrantRefusal, NotJson, RedirectProblem, Refusal, RefusalReason,
    TokenAnswerProblem, TokenFunctionProblem, BAD_PORT, NO_TLS,
};
use crate::config::WayIn;
use crate::login::ProofKind;
use crate::nextcloud::PROVISIONING_SINCE;
use crate::platform::millis;
use crate::setting::Setting::*;
use crate::text::{decimal, fill};

/// What happened, and what to do.
type Words = (String, String);

const CHECK_THE_NETWORK: &str = "check the address, DNS, TLS and the network";

/// Rust over a transport of its own has neither pages nor `fetch`.
const OF_FETCH: &str =
    "; in a page, that the server allows its origin (CORS); with a fetch of your own, what it threw (the cause)";

fn words(what: &str, to_do: &str) -> Words {
    (what.to_string(), to_do.to_string())
}

fn other_ways_in() -> String {
    fill(
        "on a stock Nextcloud, pass an administrator's app password as {}, or {} and {}",
        &[AccessToken.name(), Username.name(), Password.name()],
    )
}

fn another_provider(before: &str) -> String {
    fill("{}name a provider by {} or {}; or, {}", &[before, Issuer.name(), DiscoveryUrl.name(), &other_ways_in()])
}

impl ErrorKind {
    pub(super) fn words(&self) -> Words {
        let host = NextcloudHost.name();
        match self {
            ErrorKind::InvalidArgument { what, to_do } => words(what, to_do),
            ErrorKind::UnusableAccessToken => unusable_token(),
            ErrorKind::Insecure(exposed) => insecure(exposed),
            ErrorKind::Network { reason: Some(reason) } if reason == BAD_PORT => words(
                "fetch sends no request to this port",
                "let the server listen on another: the Fetch standard has a list of those that are blocked",
            ),
            ErrorKind::Network { reason: Some(reason) } if reason == NO_TLS => words(
                "what answers at this port speaks no TLS",
                "give the port that does, or an address with http where that is allowed",
            ),
            ErrorKind::Network { reason } => words(
                &match reason {
                    None => "there was no complete answer".to_string(),
                    Some(reason) => fill("there was no complete answer ({})", &[reason]),
                },
                &[CHECK_THE_NETWORK, if cfg!(feature = "fetch") { OF_FETCH } else { "" }].concat(),
            ),
            ErrorKind::Timeout { limit } => words(
                &fill("no answer within {} ms, all tries taken together", &[&decimal(millis(*limit))]),
                &fill("the server is slow or cannot be reached; {} sets the limit", &[Timeout.name()]),
            ),
            ErrorKind::TooLarge { max_response_bytes } => words(
                &fill("the answer is larger than {} bytes", &[&decimal((*max_response_bytes).into())]),
                &fill("this is not what the route answers, or {} is too low", &[MaxResponseBytes.name()]),
            ),
            ErrorKind::NoResponse => words(
                "fetch returned something that is no Response",
                "check the fetch that was given to this client",
            ),
            ErrorKind::Redirected(problem) => redirected(problem),
            ErrorKind::NoIdentityProvider { is_html, .. } => {
                let what = if *is_html {
                    "this Nextcloud is no identity provider (404), or there is no Nextcloud at this address (check the path; where the web server does not rewrite URLs, add /index.php)"
                } else {
                    "this Nextcloud is no identity provider (404)"
                };
                words(what, &another_provider(""))
            }
            ErrorKind::DiscoveryRefused { status, .. } => words(
                &fill("discovery was answered with status {}", &[&decimal((*status).into())]),
                &another_provider(""),
            ),
            ErrorKind::DiscoveryNotJson(found) => {
                words(&fill("discovery was answered with {}", &[found.words()]), &another_provider(""))
            }
            ErrorKind::DiscoveryServerFailed { status, .. } => server_failed(*status),
            ErrorKind::IssuerMismatch { found, expected } => words(
                &fill("the metadata is that of the issuer '{}', not of '{}'", &[found, expected]),
                "give the issuer exactly as the provider writes it (RFC 8414 §3.3)",
            ),
            ErrorKind::UnusableEndpoint(problem) => words(
                &fill("the token_endpoint of the metadata {}", &[problem.words()]),
                &fill("correct it there, or name another provider by {} or {}", &[Issuer.name(), DiscoveryUrl.name()]),
            ),
            ErrorKind::TokenEndpointRedirected => words(
                "the token endpoint answered with a redirect, which a login does not follow",
                "correct the token_endpoint in the provider's metadata",
            ),
            ErrorKind::GrantRefused(refusal) => refusal.words(),
            ErrorKind::TokenAnswer(problem) => words(
                &["the answer of the token endpoint ", &problem.words()].concat(),
                "check that address, and the identity provider, which must answer as RFC 6749 §5.1 says",
            ),
            ErrorKind::TokenFunction(problem) => token_function(problem),
            ErrorKind::Assertion(problem) => assertion_function(problem),
            ErrorKind::NoSignature { name } => words(
                &fill("the key given as {} did not sign ({})", &[ClientPrivateKey.name(), name]),
                "give a private key of RSA, P-256 or Ed25519 that may sign, and that this platform knows",
            ),
            ErrorKind::NoSigningAlgorithm { of_key, announced } => words(
                &fill(
                    "the key given as {} signs by {}, and the identity provider takes {} only",
                    &[ClientPrivateKey.name(), of_key, if announced.is_empty() { "what this client cannot do" } else { announced }],
                ),
                "register a key there of a kind that it takes",
            ),
            ErrorKind::NoAccessToken => words(
                "this client logs in with username and password, so it has no access token",
                "ask without one, or log in another way",
            ),
            ErrorKind::Refused(refusal) => refusal.words(),
            ErrorKind::NotJson(NotJson::PhpMessage) => words(
                &fill("the server answered with {}", &[NotJson::PhpMessage.words()]),
                "turn display_errors off in the server's php.ini; the log has the message",
            ),
            ErrorKind::NotJson(found) => words(
                &fill("the server answered with {}", &[found.words()]),
                &fill(
                    "check that {} is the address of a Nextcloud and that no login page or proxy stands before it",
                    &[host],
                ),
            ),
            ErrorKind::UnexpectedField(name) => words(
                &fill("the field {} of the answer is not of the type that it should be", &[name]),
                "the server may be too new for this client",
            ),
            ErrorKind::AnotherAnswer => words(
                "the answer is JSON, but not what this route answers in any version of Astrolabe",
                &fill("check that {} is the address of a Nextcloud, and what stands before it; where its web server does not rewrite URLs, add /index.php", &[host]),
            ),
            ErrorKind::NotConfirmed { said } => {
                words(&quoting("the server did not confirm it", said.as_deref()), "its log tells why")
            }
            ErrorKind::UserMismatch { found, expected } => words(
                &fill("the answer is about the user '{}', not about '{}'", &[found, expected]),
                "a proxy or cache in between mixes up answers",
            ),
            ErrorKind::AppPasswordForm => words(
                "the app password is not of 20 to 256 letters, digits and hyphens",
                "make one in Nextcloud's settings under Security, such as xxxxx-xxxxx-xxxxx-xxxxx-xxxxx",
            ),
            ErrorKind::AppPasswordFormOfNewer { reason } => words(
                &fill("Astrolabe refused the form of the app password ({})", &[reason]),
                &fill("before version {} it takes the form xxxxx-xxxxx-xxxxx-xxxxx-xxxxx only: make one in Nextcloud's settings under Security, or update the app", &[PROVISIONING_SINCE]),
            ),
            ErrorKind::UnknownUser { said } => {
                words(&quoting("there is no user of this id (404)", said.as_deref()), "give the id of a user, as the list of users has it")
            }
            ErrorKind::NotSupported => words(
                "this version of Astrolabe does not have the route (404)",
                &fill("it is there from version {} on: update the app on the server", &[PROVISIONING_SINCE]),
            ),
            ErrorKind::AppPasswordRefused { reason } => words(
                &fill("Astrolabe refused the app password ({})", &[reason]),
                "it must be a valid app password of the account that is logged in, and the server must be able to call itself to check it",
            ),
            ErrorKind::MayNotKnow => words(
                "Nextcloud does not tell this caller whether the user exists (404, OCS status 998)",
                "log in as an administrator",
            ),
            ErrorKind::NoOcs => words(
                "there is no OCS API at this address (an HTML 404)",
                &fill("{} must end where the installation does, such as https://example.com/nextcloud", &[host]),
            ),
            ErrorKind::NoNextcloud => words(
                "this is no Nextcloud (status.php names no version)",
                &fill(
                    "check that {} is the address of a Nextcloud itself, with the path of its installation if it has one, and not that of a page such as a dashboard",
                    &[host],
                ),
            ),
            ErrorKind::SamePageTwice => words(
                "the server gave the same page of users twice",
                &fill("it does not take the parameter {}", &[Offset.name()]),
            ),
            ErrorKind::UserTwice => words(
                "the list has a user twice, and may say of that one that there is access and that there is none",
                "ask about each user by itself, and look at what stands before the server",
            ),
        }
    }
}

fn insecure(exposed: &Exposed) -> Words {
    let on_the_way = |what, danger| fill("{} is plain http, where anyone on the way could {}", &[what, danger]);
    const USE_HTTPS: &str = "use https, or allow it by name with {}";
    let (what, to_do) = match exposed {
        Exposed::Login => (on_the_way(NextcloudHost.name(), "read the login"), USE_HTTPS),
        Exposed::Metadata(setting) => (on_the_way(setting.name(), "direct the client secret elsewhere"), USE_HTTPS),
        Exposed::Proof(proof) => (
            on_the_way("the token endpoint", &["read ", proof.exposed()].concat()),
            "use https; where the metadata came by https already, the server behind a proxy does not know of it (in Nextcloud: overwriteprotocol and trusted_proxies); or allow it by name with {}",
        ),
        Exposed::ProofHere(proof) => (
            fill("the token endpoint is plain http on this machine, but the metadata that names it comes from elsewhere: any program here could read {}", &[proof.exposed()]),
            "give the identity provider's address on this machine, or, where the server names itself so because a proxy stands before it, tell it its own address (in Nextcloud: overwritehost and overwriteprotocol); or allow it by name with {}",
        ),
    };
    words(&what, &fill(to_do, &[AllowInsecureHttp.name()]))
}

impl ProofKind {
    /// What somebody on the way gets hold of.
    fn exposed(self) -> &'static str {
        match self {
            ProofKind::Secret => "the client secret",
            ProofKind::PrivateKey | ProofKind::Assertion => "the client's assertion",
            // A certificate that was shown is of no use to who saw it.
            ProofKind::Certificate => "the access token",
        }
    }

    /// What to look at where the provider knows no such client.
    fn to_check(self) -> String {
        let id = ClientId.name();
        match self {
            ProofKind::Secret => fill("check {}, {} and {}", &[id, ClientSecret.name(), ClientAuthentication.name()]),
            ProofKind::PrivateKey => fill(
                "check {}, that the provider has the public half of {} for this client, under the same key id and algorithm, and this machine's clock",
                &[id, ClientPrivateKey.name()],
            ),
            ProofKind::Assertion => fill(
                "check {}, which is left out where the subject of the assertion is another, as for Keycloak; and that the provider trusts issuer, subject and audience of what {} gives, which must not be over or used before",
                &[id, ClientAssertion.name()],
            ),
            ProofKind::Certificate => fill(
                "check {}, that fetch shows the client's certificate to this very address, and that it is the one that the provider knows",
                &[id],
            ),
        }
    }
}

fn redirected(problem: &RedirectProblem) -> Words {
    let what = match problem {
        RedirectProblem::ToPlainHttp => "redirected to plain http, where anyone on the way could answer",
        RedirectProblem::TooOften => "redirected more than five times",
        RedirectProblem::ToNowhere => "redirected to nowhere",
        RedirectProblem::CannotBeFollowed => "redirected to somewhere that cannot be followed",
        RedirectProblem::ToAddressWithSecret => "redirected to an address that repeats a secret",
    };
    let to_do = match problem {
        RedirectProblem::ToNowhere => "the Location header is missing, longer than 4 kB, or no http(s) URL",
        _ => "correct the redirect of the web server",
    };
    words(what, to_do)
}

impl NotJson {
    fn words(&self) -> &'static str {
        match self {
            NotJson::Html => "an HTML page",
            NotJson::PhpMessage => "a warning or an error of PHP's, which display_errors shows",
            NotJson::Other => "something that is no JSON object",
        }
    }
}

impl EndpointProblem {
    fn words(&self) -> &'static str {
        match self {
            EndpointProblem::Missing => "is missing",
            EndpointProblem::NotToBeShown => "is too long, or repeats a secret",
            EndpointProblem::NoUrl => "is no absolute http(s) URL",
        }
    }
}

impl TokenAnswerProblem {
    fn words(&self) -> String {
        match self {
            TokenAnswerProblem::NotJson(found) => fill("is {}", &[found.words()]),
            TokenAnswerProblem::NoToken => "has no access_token".into(),
            TokenAnswerProblem::UnusableToken => {
                "has an access_token that is empty, longer than 16 kB, or that no header can carry".into()
            }
            TokenAnswerProblem::NoBearer => {
                "has another token_type than Bearer, the only one that Nextcloud takes".into()
            }
        }
    }
}

fn token_function(problem: &TokenFunctionProblem) -> Words {
    let name = AccessToken.name();
    match problem {
        TokenFunctionProblem::Failed => {
            words(&fill("the function given as {} threw", &[name]), "see the cause, which is its error")
        }
        TokenFunctionProblem::NoText => {
            words(&fill("the function given as {} gave no string", &[name]), "it must give the bare token")
        }
        TokenFunctionProblem::Unusable => unusable_token(),
    }
}

fn assertion_function(problem: &TokenFunctionProblem) -> Words {
    let name = ClientAssertion.name();
    match problem {
        TokenFunctionProblem::Failed => {
            words(&fill("the function given as {} threw", &[name]), "see the cause, which is its error")
        }
        TokenFunctionProblem::NoText | TokenFunctionProblem::Unusable => words(
            &fill(
                "{} is no string, empty, longer than 16 kB, or holds what no assertion has, such as a line break",
                &[name],
            ),
            "give the bare JWT",
        ),
    }
}

/// Of a token that no header can carry.
fn unusable_token() -> Words {
    words(
        &fill(
            "{} is empty, longer than 16 kB, or holds characters that no header can carry, such as a line break",
            &[AccessToken.name()],
        ),
        "give the bare token, without 'Bearer' before it",
    )
}

impl GrantRefusal {
    fn words(&self) -> Words {
        let said = match (&self.error, &self.description) {
            (None, _) => String::new(),
            (Some(error), None) => fill(" with {}", &[error]),
            (Some(error), Some(description)) => fill(" with {} ({})", &[error, description]),
        };
        let status = decimal(self.status.into());
        if self.is_maintenance {
            return words("the server is in maintenance mode", "try again later");
        }
        if self.status == 429 {
            return words(&fill("too many token requests (429){}", &[&said]), "wait and send fewer");
        }
        if self.is_of_the_grant() {
            let listed = match self.other_grants.as_deref() {
                None => String::new(),
                Some("") => ", which its metadata does not list either".to_string(),
                Some(grants) => fill(", which its metadata does not list either, only {}", &[grants]),
            };
            return words(
                &fill("the identity provider refused the client_credentials grant{}{}", &[&said, &listed]),
                &fill("use a provider that offers it and let user_oidc check its tokens; or, {}", &[&other_ways_in()]),
            );
        }
        let to_do = match self.error.as_deref() {
            Some("invalid_client") => self.proof.to_check(),
            // Authentik says so of an assertion.
            Some("invalid_grant") if self.proof != ProofKind::Secret => self.proof.to_check(),
            Some(_) => {
                "check scope, and that the identity provider allows this client the client_credentials grant".into()
            }
            None if self.status >= 500 => "try again later; its log tells why".into(),
            None => "it gave no OAuth error, so check its address and what stands before it".into(),
        };
        words(&fill("the token endpoint refused the request (status {}){}", &[&status, &said]), &to_do)
    }
}

fn server_failed(status: u16) -> Words {
    words(&fill("the server failed ({})", &[&decimal(status.into())]), "try again later; its log tells why")
}

fn quoting(what: &str, said: Option<&str>) -> String {
    match said {
        Some(said) => [what, " and said '", said, "'"].concat(),
        None => what.to_string(),
    }
}

impl Refusal {
    fn words(&self) -> Words {
        let (what, to_do) = self.reason.words(self.status);
        (quoting(&what, self.said.as_deref()), to_do)
    }
}

impl RefusalReason {
    fn words(&self, status: u16) -> Words {
        let host = NextcloudHost.name();
        match self {
            RefusalReason::Redirect(target) => words(
                &match target {
                    None => "the server answered with a redirect, which a login does not follow".to_string(),
                    Some(to) => fill("the server answered with a redirect to {}, which a login does not follow", &[to]),
                },
                &fill("give {} as the address that it redirects to, https and path included; or, if that is a login page, let it leave out this route", &[host]),
            ),
            RefusalReason::HostNotTrusted => words(
                "the server refused the request (400), as Nextcloud does to a host name that it does not trust",
                &fill("add the host name of {} to trusted_domains in Nextcloud's config.php", &[host]),
            ),
            RefusalReason::LoginRefusedInWords => words(
                "Nextcloud refused this login (401)",
                "do what it says; a disabled account is enabled with 'occ user:enable <account>', and where passwords are forbidden an app password is needed; else check user name and password",
            ),
            RefusalReason::AccountDisabled => words(
                "the account of this login is disabled (401)",
                "enable it with 'occ user:enable <account>', or log in as another",
            ),
            RefusalReason::Login(way_in) => {
                let to_do = match way_in {
                    WayIn::ClientCredentials => "let the app user_oidc check the tokens of this identity provider, or log in with an administrator's app password as {}; and let the web server pass the Authorization header",
                    WayIn::Basic => "check username and password; with two-factor login it must be an app password; wrong ones lock this address for up to 30 minutes",
                    WayIn::AccessToken => "the token must be a valid app password, or one of a provider that the app user_oidc checks; and let the web server pass the Authorization header",
                };
                words("Nextcloud did not accept the login (401)", &fill(to_do, &[AccessToken.name()]))
            }
            RefusalReason::PasswordIgnored => words(
                "Nextcloud did not look at the password (401)",
                "with two-factor login it must be an app password; and let the web server pass the Authorization header",
            ),
            RefusalReason::UsernameTakenForNone => words(
                "Nextcloud takes the user name '0' for none and did not look at the password (401)",
                &fill("log in with an app password of this account as {}", &[AccessToken.name()]),
            ),
            RefusalReason::Firewall => words(
                "a page refused the request (403), not Nextcloud",
                "a firewall or proxy stands before it and must let this through",
            ),
            RefusalReason::NoAdministrator(account) => words(
                &match account {
                    None => "Nextcloud knows the caller but does not let it do this (403)".to_string(),
                    Some(account) => fill("Nextcloud knows the caller as '{}' but does not let it do this (403)", &[account]),
                },
                "this route is for administrators, so add the account to the group admin, or log in as an administrator",
            ),
            RefusalReason::SelfProvisioningOff => words(
                "users may not give access by themselves on this server (403)",
                "ask an administrator, who can allow it in Astrolabe's settings or give access for the user",
            ),
            RefusalReason::NoSuchRoute => words(
                "no such route (a 404 that is not Astrolabe's)",
                &fill("the Astrolabe app is not installed, not enabled for this caller, or {} is not its address (where the web server does not rewrite URLs, add /index.php to that)", &[host]),
            ),
            RefusalReason::NoSuchMethod => words(
                "the route does not take this method (405)",
                &fill("the web server makes a GET of a POST where it does not rewrite URLs; add /index.php to {}", &[host]),
            ),
            RefusalReason::Forged => words(
                "Nextcloud took the request for a forged one (412)",
                "something in between dropped the OCS-APIRequest header",
            ),
            RefusalReason::BruteForceLock => words(
                "Nextcloud's brute-force protection has locked this address after too many wrong passwords (429)",
                "check the password, then run 'occ security:bruteforce:reset <address of this client>' or wait for up to 30 minutes; a bearer token is not affected",
            ),
            RefusalReason::TooMany => words("too many requests (429)", "wait and send fewer"),
            RefusalReason::Maintenance => {
                words("Nextcloud is in maintenance mode (503)", "try again when it is over, or end it with 'occ maintenance:mode --off'")
            }
            RefusalReason::MaintenanceOrUpgrade => words(
                "Nextcloud is in maintenance mode or needs an upgrade (503)",
                "try again when it is over, or end it with 'occ maintenance:mode --off' or 'occ upgrade'",
            ),
            RefusalReason::NeedsUpgrade => words(
                "Nextcloud's files are newer than its database, so it serves nothing (503)",
                "run 'occ upgrade' on the server",
            ),
            RefusalReason::ServerFailed => server_failed(status),
            RefusalReason::Other => words(
                &fill("the server refused the request ({})", &[&decimal(status.into())]),
                "its log, or that of a proxy before it, tells why",
            ),
        }
    }
}
