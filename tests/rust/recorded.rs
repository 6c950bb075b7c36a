//! Every recorded exchange, and what the client makes of it: one row a recording, in the order of
//! tests/nextcloud/recordings/exchanges.json, to be read beside it.

use std::time::Duration;

use astrolabe_client::{
    AstrolabeClient, BackgroundSyncStatus, CallOptions, Config, Error, ErrorCode, Login, OwnBackgroundSyncStatus,
    Secret, SecretMethod, StoredAppPassword, UnixTime,
};
use serde_json::json;

use crate::recordings::{self, recorded, Exchange};
use crate::setup::*;
use crate::transport::{Answer, Sent, World};

/// What the client is asked for, so that it sends the recorded request, or the nearest that it ever sends.
enum Call {
    /// `get_background_sync_status` of this user.
    Status(&'static str),
    /// `get_own_background_sync_status`
    OwnStatus,
    /// `store_app_password`
    Store,
    /// `revoke_background_sync`
    Revoke,
    /// `get_access_token`; the recording is the answer of discovery.
    Discovery,
    /// `get_access_token`; the recording is the answer of the token endpoint.
    Grant,
    /// `get_provisioning`
    Provisioning,
    /// `provision_user`
    Provision(&'static str),
    /// `deprovision_user`
    Deprovision(&'static str),
    /// `set_self_provisioning`
    SelfProvisioning(bool),
    /// `get_search_capabilities`
    SearchCapabilities,
    /// `diagnose`; the recording is the answer of `status.php`.
    ServerStatus,
    /// `list_users` by pages of so many; the recording is the page at this offset.
    Users(u32, u32),
    /// `list_users` with this search; the recording is the first page.
    Search(&'static str),
    /// `user_exists`
    Exists(&'static str),
}
use Call::{
    Deprovision, Discovery, Exists, Grant, OwnStatus, Provision, Provisioning, Revoke, Search, SearchCapabilities,
    SelfProvisioning, ServerStatus, Status, Store, Users,
};

/// What comes out.
enum Outcome {
    /// A status: a credential is stored, since then.
    AccessSince(i64),
    /// A status: none is stored.
    NoAccess,
    /// Saved, and handed on; with what the server said.
    Stored(&'static str),
    /// Saved, but not handed on; with what the server said.
    StoredHereOnly(&'static str),
    Revoked,
    /// One's own status: access since then, and whether users may give it by themselves.
    OwnAccessSince(i64, bool),
    /// The users, each with access or without; whether these are all; whether users may give access by themselves.
    Provisioned(&'static [(&'static str, bool)], bool, bool),
    /// A change was made.
    Changed,
    /// Astrolabe does not say.
    SaysNothing,
    Ids(&'static [&'static str]),
    UserExists,
    NoSuchUser,
    /// The checks `server`, `version`, `maintenance`: which passed, and words of what was seen or of what is to be done.
    Seen([Option<bool>; 3], &'static str),
    /// The code, the status, when it is worth coming back (in seconds), and words: those of the server where it had
    /// any, else some of the client's own.
    Fails(ErrorCode, u16, Option<u64>, &'static str),
}
use Outcome::{
    AccessSince, Changed, Fails, Ids, NoAccess, NoSuchUser, OwnAccessSince, Provisioned, Revoked, SaysNothing, Seen,
    Stored, StoredHereOnly, UserExists,
};

use ErrorCode::{
    AppNotAvailable, AppPasswordRejected, DiscoveryFailed, Forbidden, GrantNotSupported, Maintenance, NotSupported,
    RateLimited, RequestRejected, SelfProvisioningDisabled, ServerError, Unauthorized, UnexpectedRedirect,
    UnexpectedResponse, UnknownUser, UserMismatch,
};

// What comes out of more than one recording.
const NOT_LOGGED_IN: Outcome = Fails(Unauthorized, 401, None, "Current user is not logged in");
const NO_ADMIN: Outcome = Fails(Forbidden, 403, None, "Logged in account must be an admin");
const CSRF: Outcome = Fails(RequestRejected, 412, None, "CSRF check failed");
const NO_APP: Outcome = Fails(
    AppNotAvailable,
    404,
    None,
    "the Astrolabe app is not installed, not enabled for this caller, or nextcloud_host is not its address",
);
const NO_METHOD: Outcome = Fails(RequestRejected, 405, None, "the route does not take this method (405)");
const LOCKED: Outcome = Fails(RateLimited, 429, Some(1_800), "Reached maximum delay");
/// Metadata that do not list the grant; the token endpoint then refuses it as recorded in 90-token-cc-form.
const UNLISTED: Outcome = GRANT_REFUSED;
const GRANT_REFUSED: Outcome = Fails(
    GrantNotSupported,
    400,
    None,
    "invalid_grant (Invalid grant_type provided. Must be authorization_code or refresh_token.)",
);
const WRONG_FORM: Outcome = Fails(AppPasswordRejected, 400, None, "Invalid app password format");
/// What Apache answers without URL rewriting is right, and of another route or under another status.
const OTHER_ANSWER: &str = "where its web server does not rewrite URLs, add /index.php";
const OTHER_ANSWER_200: Outcome = Fails(UnexpectedResponse, 200, None, OTHER_ANSWER);
const OTHER_ANSWER_404: Outcome = Fails(UnexpectedResponse, 404, None, OTHER_ANSWER);
const UNTRUSTED: Outcome = Fails(RequestRejected, 400, None, "to trusted_domains in Nextcloud's config.php");
const NEEDS_UPGRADE: Outcome = Fails(ServerError, 503, Some(120), "run 'occ upgrade' on the server");
const NO_SERVICE: &str = "App password saved locally (MCP server not configured)";
/// The first six of the list.
const BULK: &[(&str, bool)] = &[
    ("bulk0001", true),
    ("bulk0010", false),
    ("bulk0011", false),
    ("bulk0012", false),
    ("bulk0013", false),
    ("bulk0014", false),
];
const NO_LIST: Outcome =
    Fails(UnexpectedResponse, 200, None, "the field ocs.data.users of the answer is not of the type");

struct Row {
    case: &'static str,
    call: Call,
    outcome: Outcome,
    /// What the recorded request has otherwise than the client's own, which was compared with it: a header that it
    /// lacks (`no …`) or has besides or with another value, the method, the address. Empty: the client sends this very
    /// request. Else the client never asks so, and the row says what it makes of the answer all the same.
    otherwise: &'static str,
}

const fn row(case: &'static str, call: Call, outcome: Outcome, otherwise: &'static str) -> Row {
    Row { case, call, outcome, otherwise }
}

#[rustfmt::skip]
const TABLE: &[Row] = &[
    // Whether a user has provisioned, and who may ask
    row("10-cred-alice-admin-nohdr",        Status("alice"),            CSRF,                                                       "no OCS-APIRequest"),
    row("11-cred-alice-admin-ocs",          Status("alice"),            NoAccess,                                                   ""),
    row("31-cred-alice-as-admin-apppw",     Status("alice"),            NoAccess,                                                   ""),
    row("43-cred-alice-as-admin",           Status("alice"),            AccessSince(1_795_418_617),                                 ""),
    row("45-cred-bob",                      Status("bob"),              NoAccess,                                                   ""),
    row("33-cred-nobody-as-admin",          Status("nobody"),           NoAccess,                                                   ""),
    row("44-cred-ALICE-as-admin",           Status("ALICE"),            NoAccess,                                                   ""),
    row("35-cred-alice-as-alice",           Status("alice"),            NO_ADMIN,                                                   ""),
    row("36-cred-alice-noauth-ocs",         Status("alice"),            NOT_LOGGED_IN,                                              "no Authorization"),
    row("36d-cred-alice-noauth-accepthtml", Status("alice"),            Fails(UnexpectedRedirect, 303, None, "a login does not follow"), "no Authorization, no OCS-APIRequest, Accept: text/html,application/xhtml+xml"),
    row("37c-cred-alice-bearer-invalid-ocs", Status("alice"),           NOT_LOGGED_IN,                                              ""),
    row("46-cred-alice-indexphp",           Status("alice"),            AccessSince(1_795_418_617),                                 ""),
    row("47-cred-alice-trailing",           Status("alice"),            NO_APP,                                                     "address …/credentials/alice/"),
    row("49-cred-DELETE",                   Status("alice"),            NO_METHOD,                                                  "method DELETE"),
    // What an id may be
    row("50-enc-space-pct",                 Status("with space"),       AccessSince(1_795_418_664),                                 ""),
    row("50-enc-at-pct",                    Status("user@example.com"), AccessSince(1_795_418_664),                                 ""),
    row("50-enc-apos-pct",                  Status("o'brien"),          AccessSince(1_795_418_664),                                 ""),
    row("50-enc-plus-pct",                  Status("x+y"),              NoAccess,                                                   ""),
    row("50-enc-slash-pct",                 Status("alice"),            NO_APP,                                                     "address …/credentials/a%2Fb"),
    row("50-enc-slash-dblpct",              Status("a%2Fb"),            NoAccess,                                                   ""),
    row("50-enc-dotdot-pct",                Status("alice"),            Fails(UserMismatch, 200, None, "about the user '..', not about 'alice'"), "address …/credentials/%2e%2e"),
    row("50-enc-long",                      Status("alice"),            Fails(ServerError, 500, None, "the server failed (500)"),   "address …/credentials/ and 300 times x"),
    row("50-enc-umlaut-pct",                Status("müller"),           NoAccess,                                                   ""),
    // Brute-force protection
    row("60-wrongpw-1",                     Status("alice"),            Fails(Unauthorized, 401, None, "check username and password"), ""),
    row("60-wrongpw-12",                    Status("alice"),            LOCKED,                                                     ""),
    row("61-rightpw-while-throttled",       Status("alice"),            LOCKED,                                                     ""),
    row("61d-bearer-while-throttled",       Status("alice"),            NOT_LOGGED_IN,                                              ""),
    // One's own access
    row("42-status-alice",                  OwnStatus,                  AccessSince(1_795_418_617),                                 ""),
    row("28b-status-alice-noocs",           OwnStatus,                  CSRF,                                                       "no OCS-APIRequest"),
    row("29-status-bob",                    OwnStatus,                  NoAccess,                                                   ""),
    row("40-store-alice-ok",                Store,                      StoredHereOnly("App password saved locally (MCP server not configured)"), ""),
    row("23-store-alice-badformat",         Store,                      WRONG_FORM,                                                 ""),
    row("24-store-alice-72char",            Store,                      WRONG_FORM,                                                 "Content-Type: application/x-www-form-urlencoded"),
    row("41-store-alice-wellformed-wrong",  Store,                      Fails(AppPasswordRejected, 401, None, "Invalid app password. Please check the password and try again."), "Content-Type: application/x-www-form-urlencoded"),
    row("26-store-missing-param",           Store,                      Fails(ServerError, 500, None, "the server failed (500)"),   "Content-Type: application/x-www-form-urlencoded"),
    row("221-store-with-mcp",               Store,                      Stored("App password saved successfully"),                  "Content-Type: application/x-www-form-urlencoded"),
    row("222-store-mcp-down",               Store,                      StoredHereOnly("App password saved locally (MCP server unreachable)"), "Content-Type: application/x-www-form-urlencoded"),
    row("166b-revoke-alice",                Revoke,                     Revoked,                                                    ""),
    row("166d-revoke-again",                Revoke,                     Revoked,                                                    ""),
    // Bearers
    row("100-bearer-apppw-ocs",             Status("alice"),            AccessSince(1_795_418_617),                                 ""),
    row("101-bearer-apppw-noocs",           Status("alice"),            CSRF,                                                       "no OCS-APIRequest"),
    row("102-bearer-apppw-alice-ocs",       Status("alice"),            NO_ADMIN,                                                   ""),
    row("104-bearer-lowercase",             Status("alice"),            NOT_LOGGED_IN,                                              "Authorization: bearer"),
    // Discovery and the grant; a redirect leads to 81-wk-oidc-index-8090, a token endpoint refuses as in 90-token-cc-form
    row("80-wk-nooidc-8088",                Discovery,                  Fails(DiscoveryFailed, 404, None, "openid-configuration not supported"), ""),
    row("81-wk-oidc-8088",                  Discovery,                  UNLISTED,                                                   ""),
    row("81-wk-oidc-8090",                  Discovery,                  UNLISTED,                                                   ""),
    row("81-wk-oidc-index-8090",            Discovery,                  UNLISTED,                                                   ""),
    row("195c-norewrite-wk",                Discovery,                  Fails(DiscoveryFailed, 404, None, "where the web server does not rewrite URLs, add /index.php"), ""),
    row("195d-norewrite-index-wk",          Discovery,                  UNLISTED,                                                   ""),
    row("90-token-cc-form",                 Grant,                      GRANT_REFUSED,                                              ""),
    row("91-token-cc-basic",                Grant,                      GRANT_REFUSED,                                              ""),
    row("92-token-cc-badclient",            Grant,                      GRANT_REFUSED,                                              ""),
    row("113-cred-oidc-access-jwt",         Status("alice"),            NOT_LOGGED_IN,                                              ""),
    // The server and its users
    row("120-status",                       ServerStatus,               Seen([Some(true); 3], "Nextcloud 32.0.1"),                  ""),
    row("122-users-v1",                     Users(500, 0),              Ids(&["123", "a_b-c", "admin", "alice", "anna.maria", "bob", "o'brien", "revoke", "status", "user@example.com", "with space"]), "address /ocs/v1.php/cloud/users?format=json"),
    row("122c-users-v2-limit",              Users(3, 99),               Ids(&[]),                                                   "address /ocs/v2.php/cloud/users?limit=3&offset=100"),
    row("122j-users-v2-noauth",             Users(2, 0),                NOT_LOGGED_IN,                                              "no Authorization, address /ocs/v2.php/cloud/users?format=json&limit=2"),
    row("122m-users-v2-noocs",              Users(2, 0),                CSRF,                                                       "no OCS-APIRequest, address /ocs/v2.php/cloud/users?format=json&limit=2"),
    row("125-user-nobody",                  Exists("nobody"),           NoSuchUser,                                                 "address /ocs/v2.php/cloud/users/nobody?format=json"),
    // v1 answers failures with status 200, too; ocs.meta tells.
    row("125b-user-nobody-v1",              Exists("nobody"),           Fails(UnexpectedResponse, 200, None, "ocs.meta.statuscode"), "address /ocs/v1.php/cloud/users/nobody?format=json"),
    row("124-user-alice",                   Exists("alice"),            UserExists,                                                 "address /ocs/v2.php/cloud/users/alice?format=json"),
    row("123-users-details",                Users(2, 0),                NO_LIST,                                                    "address /ocs/v2.php/cloud/users/details?format=json&limit=2&offset=0"),
    row("212-users-search0",                Search("9007199254740993"), NO_LIST,                                                    "address /ocs/v2.php/cloud/users/details?search=9007199254740993"),
    row("214-users-page1",                  Users(5, 0),                Ids(&["0", "007", "123", "9007199254740993", "admin"]),     ""),
    row("214-users-page3",                  Users(5, 10),               Ids(&["revoke", "status", "user@example.com", "with space"]), ""),
    row("214-users-limit0",                 Users(0, 0),                Ids(&[]),                                                   "address /ocs/v2.php/cloud/users?limit=0"),
    // Maintenance
    row("150-maint-cred-8088",              Status("alice"),            Fails(Maintenance, 503, Some(120), "Nextcloud is in maintenance mode"), ""),
    row("150-maint-ocs-8088",               Users(500, 0),              Fails(Maintenance, 503, None, "Service unavailable"),       "address /ocs/v2.php/cloud/users?format=json"),
    row("150-maint-status-8088",            ServerStatus,               Seen([Some(true), Some(true), Some(false)], "occ maintenance:mode --off"), ""),
    row("150-maint-wk-8088",                Discovery,                  Fails(Maintenance, 503, Some(120), "Nextcloud is in maintenance mode"), ""),
    // The app, the host name, the account
    row("160-appdisabled-8088",             Status("alice"),            NO_APP,                                                     ""),
    row("161-app-group-restricted",         Status("alice"),            NO_APP,                                                     ""),
    row("162-untrusted-host",               Status("alice"),            UNTRUSTED,                                                  ""),
    row("163b-disabled-user-login",         OwnStatus,                  Fails(Unauthorized, 401, None, "Account disabled"),         ""),
    row("164-2fa-enforced-loginpw",         Status("alice"),            NOT_LOGGED_IN,                                              ""),
    // Tokens of an identity provider elsewhere
    row("182-3rdparty-cc-mcp-svc-ocs",      Status("alice"),            NO_ADMIN,                                                   ""),
    row("182-3rdparty-cc-mcp-admin-ocs",    Status("alice"),            AccessSince(1_795_419_136),                                 ""),
    row("183-3rdparty-svc-promoted-ocs",    Status("alice"),            AccessSince(1_795_419_136),                                 ""),
    row("184-expired-jwt",                  Status("alice"),            NOT_LOGGED_IN,                                              ""),
    row("190-429-ocs-v2",                   Users(500, 0),              LOCKED,                                                     "address /ocs/v2.php/cloud/users"),
    row("190b-429-ocs-v1",                  Users(500, 0),              NO_LIST,                                                    "address /ocs/v1.php/cloud/users"),
    // No URL rewriting; a sub-folder
    row("195-norewrite-pretty",             Status("alice"),            NO_APP,                                                     ""),
    row("195b-norewrite-indexphp",          Status("alice"),            NOT_LOGGED_IN,                                              ""),
    row("197-subdir-indexphp",              Status("alice"),            AccessSince(1_795_419_136),                                 ""),
    // Pages of other origins
    row("130-preflight-cred-8088",          Status("alice"),            NO_METHOD,                                                  "method OPTIONS, no Authorization, no OCS-APIRequest, Access-Control-Request-Headers, Access-Control-Request-Method, Origin"),
    row("131-origin-cred",                  Status("alice"),            AccessSince(1_795_418_617),                                 "Origin"),
    row("131-origin-wk",                    Discovery,                  UNLISTED,                                                   "Authorization, OCS-APIRequest, Origin"),
    // Apache with the .htaccess as it is shipped, with php-fpm and with mod_php; nginx; the address of a page of PHP's
    row("300-apache-fpm-shipped-alice",     Status("alice"),            OTHER_ANSWER_404,                                           ""),
    row("300b-apache-fpm-shipped-without",  Status("admin2"),           OTHER_ANSWER_404,                                           ""),
    row("300c-apache-fpm-shipped-own",      OwnStatus,                  OTHER_ANSWER_404,                                           ""),
    row("300d-apache-fpm-shipped-indexphp", Status("alice"),            AccessSince(1_795_666_209),                                 ""),
    row("300e-apache-fpm-shipped-store",    Store,                      NO_METHOD,                                                  ""),
    row("300f-apache-fpm-shipped-revoke",   Revoke,                     OTHER_ANSWER_404,                                           ""),
    row("301-apache-modphp-shipped-alice",  Status("alice"),            AccessSince(1_795_666_209),                                 ""),
    row("301b-apache-modphp-shipped-revoke", Revoke,                     OTHER_ANSWER_200,                                           ""),
    row("301c-apache-modphp-shipped-revoke-alice", Revoke,                     Fails(UnexpectedResponse, 403, None, OTHER_ANSWER),         ""),
    row("301d-apache-modphp-shipped-store", Store,                      NO_METHOD,                                                  ""),
    row("302-nginx-credentials",            Status("alice"),            AccessSince(1_795_666_209),                                 ""),
    row("303-status-php-below-host",        Status("alice"),            OTHER_ANSWER_200,                                           "address /status.php…/credentials/alice"),
    row("304-revoke-user-named",            Status("revoke"),           AccessSince(1_795_664_036),                                 ""),
    // A newer Astrolabe
    row("310-new-own-status",               OwnStatus,                  OwnAccessSince(1_795_666_209, true),                        ""),
    row("311-new-admin-users",              Provisioning,               Provisioned(BULK, false, true),                             ""),
    row("311b-new-admin-users-nonadmin",    Provisioning,               NO_ADMIN,                                                   ""),
    row("312-new-provision",                Provision("bob"),           StoredHereOnly(NO_SERVICE),                                 ""),
    row("312b-new-provision-again",         Provision("bob"),           StoredHereOnly(NO_SERVICE),                                 ""),
    row("312c-new-provision-unknown",       Provision("nobody"),        Fails(UnknownUser, 404, None, "Unknown user"),              ""),
    row("312d-new-provision-nonadmin",      Provision("bob"),           NO_ADMIN,                                                   ""),
    row("312e-new-status-of-bob",           Status("bob"),              AccessSince(1_795_667_670),                                 ""),
    row("313-new-deprovision",              Deprovision("bob"),         Changed,                                                    ""),
    row("313b-new-deprovision-again",       Deprovision("bob"),         Changed,                                                    ""),
    row("313c-new-deprovision-unknown",     Deprovision("nobody"),      Changed,                                                    ""),
    row("314-new-self-provision-off",       SelfProvisioning(false),    Changed,                                                    ""),
    row("314b-new-store-while-off",         Store,                      Fails(SelfProvisioningDisabled, 403, None, "User self-provisioning is disabled by your administrator"),""),
    row("314c-new-own-status-while-off",    OwnStatus,                  OwnAccessSince(1_795_666_209, false),                       ""),
    row("314d-new-self-provision-missing",  SelfProvisioning(true),     Fails(ServerError, 500, None, "the server failed (500)"),   ""),
    row("314e-new-self-provision-on",       SelfProvisioning(true),     Changed,                                                    ""),
    row("315-new-store-72",                 Store,                      StoredHereOnly(NO_SERVICE),                                 ""),
    row("315b-new-store-short",             Store,                      WRONG_FORM,                                                 ""),
    row("315c-new-store-wrong",             Store,                      Fails(AppPasswordRejected, 401, None, "Invalid app password. Please check the password and try again."),""),
    row("316-new-revoke",                   Revoke,                     Revoked,                                                    ""),
    row("316b-new-store-again",             Store,                      StoredHereOnly(NO_SERVICE),                                 ""),
    row("320-no-admin-route",               Provisioning,               Fails(NotSupported, 404, None, "it is there from version 0.16 on"),""),
    row("321-capabilities",                 SearchCapabilities,         SaysNothing,                                                "address /ocs/v2.php/cloud/capabilities?format=json"),
    // The host name, the account, an upgrade that nobody has run
    row("330-untrusted-status",             ServerStatus,               Seen([Some(false), None, None], "trusted_domains in Nextcloud's config.php"),"Authorization, OCS-APIRequest"),
    row("330b-untrusted-credentials",       Status("alice"),            UNTRUSTED,                                                  ""),
    row("330c-untrusted-discovery",         Discovery,                  UNTRUSTED,                                                  "Authorization, OCS-APIRequest"),
    row("330d-untrusted-ocs",               Users(1, 0),                UNTRUSTED,                                                  ""),
    row("331-disabled-bearer",              Status("alice"),            Fails(Unauthorized, 401, None, "Account disabled"),         ""),
    row("332-needs-upgrade-status",         ServerStatus,               Seen([Some(true), Some(false), None], "Run 'occ upgrade' on the server"),""),
    row("332b-needs-upgrade-credentials",   Status("alice"),            NEEDS_UPGRADE,                                              ""),
    row("332c-needs-upgrade-ocs",           Users(1, 0),                Fails(Maintenance, 503, None, "Service unavailable"),       ""),
    row("332d-needs-upgrade-discovery",     Discovery,                  NEEDS_UPGRADE,                                              ""),
    row("333-xuserid",                      Status("alice"),            NO_ADMIN,                                                   ""),
];

/// What the client did with a recording.
struct Replay {
    result: Result<Got, Error>,
    sent: Vec<Sent>,
}

#[derive(Debug, PartialEq)]
enum Got {
    Status(BackgroundSyncStatus),
    OwnStatus(OwnBackgroundSyncStatus),
    Provisioned(Vec<(String, bool)>, bool, Option<bool>),
    Changed,
    Search(Option<astrolabe_client::SearchCapabilities>),
    Stored(StoredAppPassword),
    Revoked,
    Ids(Vec<String>),
    Exists(bool),
    Token(String),
    /// Of the checks `server`, `version`, `maintenance` whether they passed, and what was seen and is to be done.
    Seen([Option<bool>; 3], String),
}

/// The recorded way to log in, so far as the client has it. Of secrets only their place was recorded.
fn login(exchange: &Exchange, call: &Call) -> Login {
    let scheme = exchange.request_header("authorization").and_then(|value| value.split(' ').next()).unwrap_or_default();
    match call {
        Discovery | Grant => {
            let mut credentials = client_credentials();
            let method = if scheme == "Basic" { SecretMethod::Basic } else { SecretMethod::Post };
            credentials.authentication = by_secret(CLIENT_SECRET, method);
            Login::ClientCredentials(credentials)
        }
        _ if scheme == "Basic" => Login::Basic { username: "admin".into(), password: Secret::new("login-password") },
        _ => Login::AccessToken(Secret::new(APP_PASSWORD)),
    }
}

/// Where the installation is that was asked.
fn host(exchange: &Exchange) -> String {
    let routes = ["/apps/", "/ocs/", "/.well-known/", "/status.php"];
    let end = routes.iter().filter_map(|route| exchange.path.find(route)).min().expect("a route of Nextcloud");
    exchange.origin() + &exchange.path[..end]
}

/// Asks the client, with the recorded answer wherever it sends its request.
fn replay(exchange: &Exchange, call: &Call) -> Replay {
    let world = World::new();
    // One recorded host is no loopback address.
    let config = Config { allow_insecure_http: true, ..Config::new(host(exchange), login(exchange, call)) };
    let client = AstrolabeClient::new(world.clone(), config).expect("a client");
    if let Grant = call {
        world.on_any(metadata_for(&(exchange.origin() + &exchange.path)));
    }
    if let Users(..) = call {
        (0..own_request(call)).for_each(|page| world.on_any(page_of([format!("before-{page}").as_str()])));
    }
    world.on_any(exchange.answer());
    if let Users(..) | Search(_) = call {
        world.on_any(empty_page());
    }
    if let Provisioning | SearchCapabilities = call {
        // Where the first says nothing, one's own status tells why.
        world.on_any(recorded("42-status-alice"));
    }
    if let ServerStatus = call {
        world.on_any(Answer::json(200, json!({ "has_background_access": false })));
        world.on_any(recorded("42-status-alice"));
    }
    if exchange.status == 301 {
        world.on_any(recorded("81-wk-oidc-index-8090"));
    }
    if let Discovery = call {
        world.on_any(recorded("90-token-cc-form"));
    }
    let result = match *call {
        Status(user_id) => {
            world.run(client.get_background_sync_status(user_id, CallOptions::default())).map(Got::Status)
        }
        OwnStatus => world.run(client.get_own_background_sync_status(CallOptions::default())).map(Got::OwnStatus),
        Provisioning => world.run(client.get_provisioning(CallOptions::default())).map(|found| {
            let users = found.users.into_iter().map(|user| (user.user_id, user.status.has_access)).collect();
            Got::Provisioned(users, found.is_complete, found.self_provisioning_allowed)
        }),
        Provision(user_id) => world.run(client.provision_user(user_id, CallOptions::default())).map(Got::Stored),
        Deprovision(user_id) => {
            world.run(client.deprovision_user(user_id, CallOptions::default())).map(|()| Got::Changed)
        }
        SelfProvisioning(is_allowed) => {
            world.run(client.set_self_provisioning(is_allowed, CallOptions::default())).map(|()| Got::Changed)
        }
        SearchCapabilities => world.run(client.get_search_capabilities(CallOptions::default())).map(Got::Search),
        Store => {
            world.run(client.store_app_password(&Secret::new(APP_PASSWORD), CallOptions::default())).map(Got::Stored)
        }
        Revoke => world.run(client.revoke_background_sync(CallOptions::default())).map(|()| Got::Revoked),
        Discovery | Grant => token_of(&world, &client).map(Got::Token),
        Users(limit, _) => users_of(&world, &client, "", limit).map(|ids| Got::Ids(ids[own_request(call)..].to_vec())),
        Search(search) => users_of(&world, &client, search, 500).map(Got::Ids),
        Exists(user_id) => world.run(client.user_exists(user_id, CallOptions::default())).map(Got::Exists),
        ServerStatus => {
            let checks = world.run(client.diagnose(CallOptions::default()));
            let found = ["server", "version", "maintenance"].map(|name| {
                checks.iter().find(|check| check.name == name).unwrap_or_else(|| panic!("no check is called {name}"))
            });
            let words = found.map(|check| format!("{}: {}\n", check.seen, check.to_do.as_deref().unwrap_or_default()));
            Ok(Got::Seen(found.map(|check| check.passed), words.concat()))
        }
    };
    Replay { result, sent: world.sent() }
}

/// Which of the requests is the one that got the recorded answer.
fn own_request(call: &Call) -> usize {
    match *call {
        Grant => 1,
        Users(limit, offset) => offset.checked_div(limit).unwrap_or(0) as usize,
        _ => 0,
    }
}

fn status(since: Option<i64>) -> BackgroundSyncStatus {
    BackgroundSyncStatus {
        has_access: since.is_some(),
        credential_type: since.map(|_| "app_password".into()),
        provisioned_at: since.map(|seconds| UnixTime::from_millis(seconds * 1000)),
    }
}

fn own_status(since: Option<i64>, self_provisioning_allowed: Option<bool>) -> Got {
    Got::OwnStatus(OwnBackgroundSyncStatus { status: status(since), self_provisioning_allowed })
}

fn stored(partial_success: bool, message: &str) -> Got {
    Got::Stored(StoredAppPassword { partial_success, message: Some(message.into()) })
}

/// What a server said, of what the client hands on.
fn server_words(error: &Error) -> Option<String> {
    match (&error.oauth_error, &error.oauth_error_description) {
        (Some(code), Some(description)) => Some(format!("{code} ({description})")),
        _ => error.server_message.clone(),
    }
}

#[test]
fn the_table_has_one_row_for_each_recording_in_their_order() {
    let exchanges: Vec<String> = recordings::all().iter().map(|exchange| exchange.case.clone()).collect();
    let rows: Vec<&str> = TABLE.iter().map(|row| row.case).collect();
    assert_eq!(rows, exchanges);
}

#[test]
fn each_recorded_answer_comes_out_as_the_table_says() {
    for Row { case, call, outcome, .. } in TABLE {
        let exchange = recordings::find(case);
        let Replay { result, sent } = replay(&exchange, call);
        let expected = match outcome {
            AccessSince(seconds) if matches!(call, OwnStatus) => own_status(Some(*seconds), None),
            NoAccess if matches!(call, OwnStatus) => own_status(None, None),
            AccessSince(seconds) => Got::Status(status(Some(*seconds))),
            NoAccess => Got::Status(status(None)),
            OwnAccessSince(seconds, may_give) => own_status(Some(*seconds), Some(*may_give)),
            Provisioned(users, is_complete, may_give) => {
                let users = users.iter().map(|(user_id, has_access)| (user_id.to_string(), *has_access));
                Got::Provisioned(users.collect(), *is_complete, Some(*may_give))
            }
            Changed => Got::Changed,
            SaysNothing => Got::Search(None),
            Stored(message) => stored(false, message),
            StoredHereOnly(message) => stored(true, message),
            Revoked => Got::Revoked,
            Ids(ids) => Got::Ids(ids.iter().map(|id| id.to_string()).collect()),
            UserExists => Got::Exists(true),
            NoSuchUser => Got::Exists(false),
            Seen(passed, words) => {
                let Ok(Got::Seen(found, said)) = result else { panic!("{case}: {result:?}") };
                assert_eq!(found, *passed, "{case}");
                assert!(said.contains(words), "{case}: {said}");
                continue;
            }
            Fails(code, status, seconds, said) => {
                let error = result.expect_err(case);
                assert_eq!((error.code, error.status), (*code, Some(*status)), "{case}: {error}");
                assert_eq!(error.retry_after, seconds.map(Duration::from_secs), "{case}");
                assert_eq!(error.retryable, matches!(code, RateLimited | Maintenance | ServerError), "{case}");
                let words = server_words(&error);
                assert!(words.is_none() || words.as_deref() == Some(*said), "{case}: {words:?}");
                // What a Nextcloud says that is no provider is not in the message, which says more.
                assert!(error.message().contains(said) || *case == "80-wk-nooidc-8088", "{case}: {error}");
                // Where the answer came from: for discovery that is where the redirects led.
                let own = if matches!(call, Discovery) { sent.last().expect(case) } else { &sent[own_request(call)] };
                let route = format!("{} {}", own.method, own.url.split('?').next().unwrap_or_default());
                assert_eq!(error.route.as_deref(), Some(route.as_str()), "{case}");
                continue;
            }
        };
        assert_eq!(result.unwrap_or_else(|error| panic!("{case}: {error}")), expected, "{case}");
    }
}

#[test]
fn each_recorded_request_is_the_clients_own_but_for_what_the_table_says() {
    for Row { case, call, outcome, otherwise } in TABLE {
        let exchange = recordings::find(case);
        let sent = replay(&exchange, call).sent;
        // After status.php, unless it says that there is nothing else to see, there are two more; after a page with users on it,
        // and where it has to be found out why there is no answer, one; after discovery the token request, and before it a
        // redirect.
        let more = match outcome {
            Seen(passed, _) if *passed == [Some(true); 3] => 2,
            Ids(ids) if !ids.is_empty() => 1,
            Fails(GrantNotSupported, ..) if matches!(call, Discovery) => 1,
            Fails(NotSupported, ..) | SaysNothing => 1,
            _ => 0,
        };
        let requests = own_request(call) + 1 + more + usize::from(exchange.status == 301);
        assert_eq!(sent.len(), requests, "{case}: nothing here is worth a second try");
        assert_eq!(differences(&exchange, &sent[own_request(call)]), *otherwise, "{case}");
    }
}

/// What a recorded request has otherwise than the client's.
fn differences(exchange: &Exchange, sent: &Sent) -> String {
    // Bodies were not recorded, and the rest is the platform's.
    let is_the_clients = |name: &str| !["host", "content-length"].contains(&name.to_ascii_lowercase().as_str());
    // Of a login only the scheme was recorded. Who accepts anything gets JSON, as the client does.
    let shown = |name: &str, value: &str| match (name.to_ascii_lowercase().as_str(), value) {
        ("authorization", value) => value.split(' ').next().unwrap_or_default().to_string(),
        ("accept", "*/*") => "application/json".to_string(),
        (_, value) => value.to_string(),
    };
    let mut found = Vec::new();
    if exchange.method != sent.method {
        found.push(format!("method {}", exchange.method));
    }
    let mut names: Vec<&str> = sent.header_names();
    names.sort_unstable();
    for name in names.into_iter().filter(|name| exchange.request_header(name).is_none()) {
        found.push(format!("no {name}"));
    }
    let mut recorded: Vec<_> = exchange.request_headers.iter().filter(|(name, _)| is_the_clients(name)).collect();
    recorded.sort();
    for (name, value) in recorded {
        match sent.header(name) {
            None => found.push(name.clone()),
            Some(own) if shown(name, own) != shown(name, value) => {
                found.push(format!("{name}: {}", shown(name, value)))
            }
            Some(_) => {}
        }
    }
    if exchange.origin() + &exchange.path != sent.url {
        let path = exchange.path.replace("/apps/astrolabe/api/v1/background-sync/", "…/");
        found.push(format!("address {}", path.replace(&"x".repeat(300), " and 300 times x")));
    }
    found.join(", ")
}

#[test]
fn each_request_for_a_recording_carries_a_login_only_where_one_is_due_and_never_a_cookie() {
    for Row { case, call, .. } in TABLE {
        for (index, sent) in replay(&recordings::find(case), call).sent.iter().enumerate() {
            let without_login = match call {
                Discovery => sent.method == "GET",
                Grant | ServerStatus => index == 0,
                _ => false,
            };
            let to_nextcloud = !matches!(call, Discovery | Grant) && !without_login;
            assert_eq!(sent.header("OCS-APIRequest"), to_nextcloud.then_some("true"), "{case}");
            assert_eq!(sent.header("Accept"), Some("application/json"), "{case}");
            assert!(!without_login || sent.header("Authorization").is_none(), "{case}");
            assert_eq!(sent.header("Cookie"), None, "{case}");
        }
    }
}

#[test]
fn no_recorded_answer_holds_an_app_password() {
    for Row { case, call, outcome, .. } in TABLE {
        let Status(user_id) = call else { continue };
        let exchange = recordings::find(case);
        let world = World::new();
        let config = Config { allow_insecure_http: true, ..Config::new(host(&exchange), login(&exchange, call)) };
        let client = AstrolabeClient::new(world.clone(), config).expect("a client");
        world.on_any(exchange.answer());
        match (outcome, world.run(client.get_user_app_password(user_id, CallOptions::default()))) {
            (Fails(code, ..), Err(error)) => assert_eq!(error.code, *code, "{case}"),
            (AccessSince(_) | NoAccess, Ok(None)) => {}
            (_, result) => panic!("{case}: {result:?}"),
        }
    }
}

#[test]
fn the_recorded_ids_that_lead_elsewhere_are_refused() {
    let too_long = "x".repeat(300);
    for (case, user_id) in
        [("50-enc-slash-pct", "a/b"), ("50-enc-dotdot-pct", ".."), ("50-enc-long", too_long.as_str())]
    {
        let segment = user_id.replace('/', "%2F").replace("..", "%2e%2e");
        assert!(recordings::find(case).path.ends_with(&format!("/credentials/{segment}")), "{case}");
        let world = World::new();
        assert_eq!(code_of(status_of(&world, &bearer_client(&world), user_id)), ErrorCode::InvalidArgument, "{case}");
        assert_eq!(
            code_of(world.run(bearer_client(&world).user_exists(user_id, CallOptions::default()))),
            ErrorCode::InvalidArgument,
            "{case}"
        );
    }
}

#[test]
fn the_recorded_redirect_of_nginx_is_followed_to_where_it_leads() {
    let exchange = recordings::find("81-wk-oidc-8090");
    let urls: Vec<_> = replay(&exchange, &Discovery).sent.into_iter().map(|sent| sent.url).collect();
    assert_eq!(
        urls,
        [
            "http://127.0.0.1:8090/.well-known/openid-configuration",
            "http://127.0.0.1:8090/index.php/.well-known/openid-configuration",
            "http://127.0.0.1/apps/oidc/token",
        ]
    );
}

#[test]
fn the_grants_of_recorded_metadata_are_named_where_the_grant_is_refused() {
    for Row { case, call, outcome, .. } in TABLE {
        if !matches!((call, outcome), (Discovery, Fails(GrantNotSupported, ..))) {
            continue;
        }
        let error = replay(&recordings::find(case), call).result.expect_err(case);
        let grants = "which its metadata does not list either, only authorization_code, implicit, refresh_token";
        assert!(error.message().contains(grants), "{case}: {error}");
    }
}

#[test]
fn a_recorded_failure_of_the_login_names_other_ways_in() {
    for case in ["80-wk-nooidc-8088", "81-wk-oidc-8088", "90-token-cc-form"] {
        let row = TABLE.iter().find(|row| row.case == case).expect("a row");
        let error = replay(&recordings::find(case), &row.call).result.expect_err(case);
        assert!(error.message().contains("an administrator's app password as access_token"), "{case}: {error}");
    }
}

#[test]
fn a_recorded_refusal_of_an_account_that_is_no_administrator_names_it() {
    let mut named = Vec::new();
    for Row { case, call, outcome, .. } in TABLE.iter().filter(|row| matches!(row.outcome, Fails(Forbidden, ..))) {
        let exchange = recordings::find(case);
        let account = exchange.response_header("x-user-id").expect("an account");
        let error = replay(&exchange, call).result.expect_err(case);
        let is_no_admin = matches!(outcome, Fails(.., said) if said.ends_with("must be an admin"));
        assert_eq!(
            error.message().contains(&format!("knows the caller as '{account}'")),
            is_no_admin,
            "{case}: {error}"
        );
        named.extend(is_no_admin.then_some(account.to_string()));
    }
    named.sort();
    named.dedup();
    assert!(named.len() > 1, "{named:?}");
}

#[test]
fn a_password_that_nextcloud_did_not_look_at_is_not_called_wrong() {
    let refusal = |case: &str, username: &str| {
        let world = World::new();
        world.on_any(recorded(case));
        let login = Login::Basic { username: username.into(), password: Secret::new("login-password") };
        let client = client_with(&world, |config| config.login = login);
        let error = status_of(&world, &client, "alice").expect_err(case);
        assert_eq!((error.code, error.status), (Unauthorized, Some(401)));
        (error.what.clone(), error.to_do.clone())
    };
    for case in ["164-2fa-enforced-loginpw", "195b-norewrite-indexphp"] {
        let (what, to_do) = refusal(case, "admin");
        assert!(what.starts_with("Nextcloud did not look at the password (401)"), "{what}");
        assert!(to_do.contains("app password") && to_do.contains("pass the Authorization header"), "{to_do}");
        assert!(!to_do.contains("check username"), "{to_do}");
    }
    // Of the account `0` PHP's empty() says that nobody is named.
    let (what, to_do) = refusal("164-2fa-enforced-loginpw", "0");
    assert!(what.starts_with("Nextcloud takes the user name '0' for none"), "{what}");
    assert!(to_do.contains("an app password of this account as access_token"), "{to_do}");
    for username in ["admin", "0", "00"] {
        let (what, to_do) = refusal("60-wrongpw-1", username);
        assert!(what.starts_with("Nextcloud did not accept the login") && to_do.contains("check username"), "{what}");
    }
}

#[test]
fn a_recorded_503_of_the_ocs_api_is_maintenance_or_an_upgrade_that_nobody_has_run() {
    for case in ["150-maint-ocs-8088", "332c-needs-upgrade-ocs"] {
        let error = replay(&recordings::find(case), &Users(500, 0)).result.expect_err(case);
        assert!(error.what.starts_with("Nextcloud is in maintenance mode or needs an upgrade (503)"), "{error}");
        assert!(error.to_do.contains("occ maintenance:mode --off") && error.to_do.contains("occ upgrade"), "{error}");
    }
    let error = replay(&recordings::find("150-maint-cred-8088"), &Status("alice")).result.expect_err("maintenance");
    assert!(!error.message().contains("upgrade"), "{error}");
}

#[test]
fn the_recorded_refusal_of_the_grant_is_told_whatever_was_announced() {
    for announced in [metadata(), Answer::json(200, json!({ "token_endpoint": TOKEN_ENDPOINT }))] {
        let world = World::new();
        world.on(DISCOVERY, announced);
        world.on(TOKEN_ENDPOINT, recorded("90-token-cc-form"));
        let error = token_of(&world, &client(&world)).expect_err("a refusal");
        assert_eq!((error.code, error.oauth_error.as_deref()), (GrantNotSupported, Some("invalid_grant")));
        assert_eq!(error.route, Some(format!("POST {TOKEN_ENDPOINT}")));
    }
}
