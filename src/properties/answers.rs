//! Logins, the routes and what servers answer to them, what came out.

use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, Index};
use url::form_urlencoded;

use super::documents::{json, members_of, style, Json};
use super::text;
use crate::error::{Error, ErrorKind};
use crate::http::{Request, Response};
use crate::login::{ClientAuthentication, ClientCredentials, Login, Provider, TokenFunctionError};
use crate::nextcloud::*;
use crate::oauth::{addresses, check_endpoint, read_metadata, read_token, token_request, Metadata, PlainHttp, Proof};
use crate::platform::UnixTime;
use crate::secret::Secret;

pub(super) const HOST: &str = "https://cloud.example";

pub(super) const ISSUER: &str = "https://idp.example";

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Way {
    Client,
    ClientOfIssuer,
    Token,
    Function,
    Basic,
}

/// Who asks: the way in, a name, its secret, the token that a client or a function has.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) way: Way,
    pub(super) id: String,
    pub(super) secret: String,
    pub(super) token: String,
}

pub(super) fn caller(
    secret: impl Strategy<Value = String>,
    token: impl Strategy<Value = String>,
) -> impl Strategy<Value = Caller> {
    let way = select(vec![Way::Client, Way::ClientOfIssuer, Way::Token, Way::Function, Way::Basic]);
    (way, text(), secret, token).prop_map(|(way, id, secret, token)| Caller { way, id, secret, token })
}

impl Caller {
    pub(super) fn login(&self) -> Login {
        let secret = Secret::new(self.secret.as_str());
        match self.way {
            Way::Client => Login::ClientCredentials(ClientCredentials::new(self.id.as_str(), secret)),
            Way::ClientOfIssuer => Login::ClientCredentials(ClientCredentials {
                provider: Provider::Issuer(ISSUER.to_string()),
                // A parameter may be as secret as the secret.
                token_parameters: vec![("assertion".to_string(), Secret::new(self.token.as_str()))],
                ..ClientCredentials::new(self.id.as_str(), secret)
            }),
            Way::Token => Login::AccessToken(secret),
            Way::Function => {
                Login::TokenFunction(std::rc::Rc::new(|| Box::pin(async { Err(TokenFunctionError::NoText) })))
            }
            Way::Basic => Login::Basic { username: self.id.clone(), password: secret },
        }
    }

    /// What was handed in, and how it goes over the wire.
    fn secrets(&self) -> Vec<String> {
        let form = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let secret = self.secret.clone();
        let basic = STANDARD.encode([&form(&self.id), ":", &form(&self.secret)].concat());
        match self.way {
            Way::Client => vec![secret, basic],
            Way::ClientOfIssuer => vec![secret, basic, self.token.clone()],
            Way::Token | Way::Basic => vec![secret],
            Way::Function => Vec::new(),
        }
    }

    fn credentials(&self) -> Option<ClientCredentials> {
        match self.login() {
            Login::ClientCredentials(credentials) => Some(credentials),
            _ => None,
        }
    }

    /// What the header says of it, without its scheme.
    fn credential(&self) -> Secret {
        match self.way {
            Way::Basic => Secret::new(STANDARD.encode([&self.id, ":", &self.secret].concat())),
            Way::Token => Secret::new(self.secret.as_str()),
            Way::Client | Way::ClientOfIssuer | Way::Function => Secret::new(self.token.as_str()),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Route {
    Credentials,
    Elsewhere,
    OwnStatus,
    Store,
    Revoke,
    Provisioning,
    Provision,
    Deprovision,
    SelfProvisioning,
    SearchCapabilities,
    Users,
    User,
    ServerStatus,
    Discovery,
    Token,
}

pub(super) const ROUTES: [Route; 15] = [
    Route::Credentials,
    Route::Elsewhere,
    Route::OwnStatus,
    Route::Store,
    Route::Revoke,
    Route::Provisioning,
    Route::Provision,
    Route::Deprovision,
    Route::SelfProvisioning,
    Route::SearchCapabilities,
    Route::Users,
    Route::User,
    Route::ServerStatus,
    Route::Discovery,
    Route::Token,
];

/// What is asked by `caller`: about `user_id`, or to store `app_password`.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) route: Route,
    pub(super) caller: Caller,
    pub(super) user_id: String,
    pub(super) app_password: String,
}

fn elsewhere<E>(endpoint: E) -> Elsewhere<E> {
    Elsewhere { installation: Installation::new([HOST, "/index.php"].concat()), endpoint }
}

/// The answer as it may be shown. What was asked for is not in it: a password, a token, the names of users.
pub(super) type Shown = Result<String, ErrorKind>;

impl Question {
    /// The requests that ask it; an error where it cannot be asked.
    pub(super) fn requests(&self, at: &Installation) -> Result<Vec<Request>, Error> {
        let user = || UserId::new(&self.user_id);
        let request = match self.route {
            Route::Credentials => GetCredentials(user()?).request(at),
            Route::Elsewhere => elsewhere(GetCredentials(user()?)).request(at),
            Route::OwnStatus => GetOwnStatus.request(at),
            Route::Store => StoreAppPassword(self.password()?).request(at),
            Route::Revoke => Revoke.request(at),
            Route::Provisioning => GetProvisioning.request(at),
            Route::Provision => ProvisionUser(user()?).request(at),
            Route::Deprovision => DeprovisionUser(user()?).request(at),
            Route::SelfProvisioning => SetSelfProvisioning { is_allowed: true }.request(at),
            Route::SearchCapabilities => GetSearchCapabilities.request(at),
            Route::Users => ListUsers { search: self.user_id.clone(), limit: 10, offset: 0 }.request(at),
            Route::User => GetUser(user()?).request(at),
            Route::ServerStatus => GetServerStatus.request(at),
            Route::Discovery => {
                let new = |url: String| Request::new(crate::http::Method::Get, url);
                let provider =
                    self.caller.credentials().map_or(Provider::Nextcloud, |credentials| credentials.provider);
                return Ok(addresses(&provider, at).into_iter().map(new).collect());
            }
            Route::Token => match self.caller.credentials() {
                Some(credentials) => {
                    let metadata = Metadata::new([HOST, "/token"].concat(), false);
                    check_endpoint(&credentials, &metadata, PlainHttp::Nowhere).map_err(Error::new)?;
                    let ClientAuthentication::Secret { secret, .. } = &credentials.authentication else {
                        return Ok(Vec::new());
                    };
                    token_request(&credentials, &metadata, &Proof::SecretPost(secret.clone()))
                }
                None => return Ok(Vec::new()),
            },
        };
        Ok(vec![request])
    }

    fn password(&self) -> Result<AppPassword, Error> {
        AppPassword::new(&Secret::new(self.app_password.as_str()))
    }

    /// Everything that nobody may see, in the forms in which it goes over the wire.
    pub(super) fn secrets(&self) -> Vec<String> {
        let sent = self.sent();
        self.caller.secrets().into_iter().chain(sent.iter().map(|secret| secret.expose().to_string())).collect()
    }

    fn carries_login(&self) -> bool {
        !matches!(self.route, Route::Discovery | Route::Token | Route::ServerStatus)
    }

    fn sent(&self) -> Vec<Secret> {
        let mut sent = Vec::new();
        if self.carries_login() {
            sent.push(self.caller.credential());
        }
        if let (Route::Store, Ok(password)) = (self.route, self.password()) {
            sent.extend(StoreAppPassword(password).secret().cloned());
        }
        sent
    }

    pub(super) fn read(&self, response: &Response, now: UnixTime) -> Shown {
        let (login, sent) = (self.caller.login(), self.sent());
        let reply = Reply { response, login: &login, carries_login: self.carries_login(), sent: &sent, now };
        let user = || UserId::new(&self.user_id).unwrap_or(UserId::new("alice").expect("an id"));
        match self.route {
            Route::Credentials => GetCredentials(user()).read(&reply).map(|found| format!("{:?}", found.status)),
            Route::Elsewhere => {
                elsewhere(GetCredentials(user())).read(&reply).map(|found| format!("{:?}", found.status))
            }
            Route::OwnStatus => GetOwnStatus.read(&reply).map(|found| format!("{found:?}")),
            Route::Store => {
                let password = self.password().unwrap_or(
                    AppPassword::new(&Secret::new("aaaaa-bbbbb-ccccc-ddddd-eeeee")).expect("an app password"),
                );
                StoreAppPassword(password).read(&reply).map(|found| format!("{found:?}"))
            }
            Route::Revoke => Revoke.read(&reply).map(|()| String::new()),
            Route::Provisioning => GetProvisioning.read(&reply).map(|found| {
                let statuses = found.users.into_iter().map(|user| user.status).collect::<Vec<_>>();
                format!("{statuses:?} {} {:?}", found.is_complete, found.self_provisioning_allowed)
            }),
            Route::Provision => ProvisionUser(user()).read(&reply).map(|found| format!("{found:?}")),
            Route::Deprovision => DeprovisionUser(user()).read(&reply).map(|()| String::new()),
            Route::SelfProvisioning => SetSelfProvisioning { is_allowed: true }.read(&reply).map(|()| String::new()),
            Route::SearchCapabilities => GetSearchCapabilities.read(&reply).map(|found| found.is_some().to_string()),
            Route::Users => {
                let endpoint = ListUsers { search: String::new(), limit: 10, offset: 0 };
                endpoint.read(&reply).map(|_| String::new())
            }
            Route::User => GetUser(user()).read(&reply).map(|found| found.to_string()),
            Route::ServerStatus => GetServerStatus.read(&reply).map(|found| {
                format!("{} {} {} {:?}", found.version, found.is_in_maintenance, found.needs_upgrade, found.date)
            }),
            Route::Discovery => {
                let credentials =
                    self.caller.credentials().unwrap_or(ClientCredentials::new("id", Secret::new("secret")));
                read_metadata(&credentials, &reply).map(|found| format!("{found:?}"))
            }
            Route::Token => read_token(&reply, &Metadata::new("https://cloud.example/token", false))
                .map(|found| format!("{:?} {:?}", found.secret, found.expires_in)),
        }
    }

    /// Whether its login is refused by that answer.
    pub(super) fn is_refused(&self, response: &Response, now: UnixTime) -> bool {
        let (login, sent) = (self.caller.login(), self.sent());
        let reply = Reply { response, login: &login, carries_login: self.carries_login(), sent: &sent, now };
        match self.route {
            Route::Credentials => GetCredentials::refuses_login(&reply),
            Route::Elsewhere => Elsewhere::<StoreAppPassword>::refuses_login(&reply),
            Route::Store => StoreAppPassword::refuses_login(&reply),
            _ => Revoke::refuses_login(&reply),
        }
    }
}

pub(super) fn question(
    secret: impl Strategy<Value = String>,
    other: impl Strategy<Value = String>,
    app_password: impl Strategy<Value = String>,
) -> impl Strategy<Value = Question> {
    let user_id = prop_oneof![Just("alice".to_string()), text()];
    (select(ROUTES.to_vec()), caller(secret, other), user_id, app_password)
        .prop_map(|(route, caller, user_id, app_password)| Question { route, caller, user_id, app_password })
}

/// All that may be said of a failure.
pub(super) fn said(kind: ErrorKind) -> String {
    let error = Error::new(kind).at("GET https://cloud.example");
    let fields = [&error.oauth_error, &error.oauth_error_description, &error.server_message, &error.route];
    format!("{error} {error:?} {fields:?} {} {} {}", error.what, error.to_do, error.message())
}

#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn json(status: u16, body: impl Into<String>) -> Self {
        Answer { status, headers: vec![("content-type", "application/json".to_string())], body: body.into() }
    }

    pub(super) fn response(&self) -> Response {
        Response { status: self.status, url: String::new(), headers: self.headers.clone(), body: self.body.clone() }
    }
}

pub(super) fn status() -> impl Strategy<Value = u16> {
    const KNOWN: [u16; 18] = [0, 200, 204, 301, 302, 303, 307, 308, 400, 401, 403, 404, 412, 429, 500, 502, 503, 504];
    prop_oneof![4 => Just(200), 4 => select(KNOWN.to_vec()), 1 => any::<u16>()]
}

pub(super) fn headers() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let kind =
        prop_oneof![select(vec!["", "application/json", "text/html; charset=UTF-8"]).prop_map(str::to_string), text()];
    let moment = || prop_oneof![Just("Mon, 23 Nov 2026 08:21:16 GMT".to_string()), "[0-9]{1,20}", text()];
    let header = prop_oneof![
        4 => kind.prop_map(|kind| ("content-type", kind)),
        1 => moment().prop_map(|date| ("date", date)),
        1 => moment().prop_map(|date| ("retry-after", date)),
        1 => text().prop_map(|url| ("location", url)),
        1 => "[01]".prop_map(|is| ("x-nextcloud-maintenance-mode", is)),
    ];
    vec(header, 0..4)
}

/// Any answer of a server.
pub(super) fn answer() -> impl Strategy<Value = Answer> {
    (status(), headers(), body()).prop_map(|(status, headers, body)| Answer { status, headers, body })
}

/// The body of an answer: most often an object of members that some route answers, of the right type or another.
pub(super) fn body() -> impl Strategy<Value = String> {
    let whole = (prop_oneof![document(json().boxed()), members_of(json()).prop_map(Json::Object)], style())
        .prop_map(|(json, style)| style.write(&json));
    let cut = (document(json().boxed()), style(), any::<Index>(), text()).prop_map(|(json, style, at, more)| {
        let whole = style.write(&json);
        let end = (0..=at.index(whole.len() + 1)).rev().find(|&at| whole.is_char_boundary(at)).unwrap_or(0);
        [&whole[..end], &more, &whole[end..]].concat()
    });
    // What makes it no JSON stands within a text.
    let name = select(vec!["message", "error", "error_description", "issuer", "other"]);
    let spoilt = (name, text(), select(vec!["200", "404", "998"])).prop_map(|(name, text, code)| {
        let meta = format!("{{\"message\":\"{text}\",\"statuscode\":{code}}}");
        format!("{{\"{name}\":\"{text}\",\"ocs\":{{\"meta\":{meta}}},\"no\":\"\0\"}}")
    });
    let page = text().prop_map(|text| format!("<!DOCTYPE html>{text}"));
    prop_oneof![6 => whole, 1 => cut, 1 => spoilt, 1 => text(), 1 => page]
}

/// An object such as servers answer; `other` is what stands where something else is expected.
fn document(other: BoxedStrategy<Json>) -> impl Strategy<Value = Json> {
    const TEXTS: [&str; 12] = [
        "message",
        "error",
        "error_description",
        "issuer",
        "token_endpoint",
        "access_token",
        "token_type",
        "user_id",
        "app_password",
        "sync_type",
        "credential_type",
        "versionstring",
    ];
    const FLAGS: [&str; 6] =
        ["success", "has_background_access", "partial_success", "maintenance", "capped", "self_provision_allowed"];
    const NUMBERS: [&str; 2] = ["expires_in", "provisioned_at"];
    const LISTS: [&str; 2] = ["grant_types_supported", "token_endpoint_auth_methods_supported"];
    let words =
        ["", "alice", "Bearer", "app_password", "client_credentials", "client_secret_basic", "client_secret_post"];
    let word = prop_oneof![3 => select(words.to_vec()).prop_map(Json::from), 1 => other.clone()].boxed();
    let flag = prop_oneof![3 => any::<bool>().prop_map(Json::Bool), 1 => other.clone()];
    let amount = prop_oneof![3 => any::<u32>().prop_map(|number| Json::Number(number.to_string())), 1 => other.clone()];
    let list = prop_oneof![3 => vec(word.clone(), 0..4).prop_map(Json::Array), 1 => other.clone()].boxed();
    let code =
        prop_oneof![select(vec!["200", "404", "998", "997"]).prop_map(|code| Json::Number(code.to_string())), other];
    let named = |names: &'static [&'static str]| select(names).prop_map(str::to_string);
    let user = (word.clone(), word.clone(), flag.clone(), amount.clone()).prop_map(|(id, name, has_access, since)| {
        super::documents::object([
            ("uid", id),
            ("display_name", name),
            ("has_background_access", has_access),
            ("provisioned_at", since),
        ])
    });
    let users = vec(user, 0..3).prop_map(|users| ("users".to_string(), Json::Array(users)));
    let ocs =
        (vec((named(&["message"]), word.clone()), 0..2), code, list.clone()).prop_map(|(mut meta, code, users)| {
            meta.push(("statuscode".to_string(), code));
            let data = Json::Object(vec![("users".to_string(), users)]);
            (
                "ocs".to_string(),
                Json::Object(vec![("meta".to_string(), Json::Object(meta)), ("data".to_string(), data)]),
            )
        });
    let member = prop_oneof![
        6 => (named(&TEXTS), word),
        4 => (named(&FLAGS), flag),
        2 => (named(&NUMBERS), amount),
        1 => (named(&LISTS), list),
        2 => ocs,
        1 => users,
    ];
    vec(member, 0..8).prop_map(Json::Object)
}

/// Stands for what a server repeats.
const SAID: &str = "SAID";

/// An answer with all that a route needs, in which some of the texts are `said`.
pub(super) fn echo() -> impl Strategy<Value = Echo> {
    let texts = [
        ("message", "no"),
        ("error", "invalid_request"),
        ("error_description", "no"),
        ("issuer", ISSUER),
        ("token_endpoint", "https://idp.example/token"),
        ("access_token", "a-token"),
        ("token_type", "Bearer"),
        ("user_id", "alice"),
        ("app_password", "a-password"),
        ("sync_type", "app_password"),
        ("credential_type", "app_password"),
        ("versionstring", "32.0.1"),
    ];
    let texts = texts.map(|(name, usual)| {
        let text = prop_oneof![2 => Just(Some(usual)), 2 => Just(Some(SAID)), 1 => Just(None)];
        text.prop_map(move |text| text.map(|text| (name.to_string(), Json::from(text)))).boxed()
    });
    (texts.to_vec(), any::<[bool; 4]>(), select(vec!["200", "404", "998"])).prop_map(
        |(texts, [success, lists_it, has_access, is_wrapped], code)| {
            let meta = super::documents::object([
                ("message", Json::from(SAID)),
                ("statuscode", Json::Number(code.to_string())),
            ]);
            let mut members: Vec<_> = texts.into_iter().flatten().collect();
            if has_access {
                members.push(("has_background_access".to_string(), Json::Bool(true)));
                members.push(("self_provision_allowed".to_string(), Json::Bool(true)));
            }
            members.push(("success".to_string(), Json::Bool(success)));
            members.push(("ocs".to_string(), super::documents::object([("meta", meta)])));
            if lists_it {
                members.push(("grant_types_supported".to_string(), Json::Array(vec![Json::from(SAID)])));
            }
            // Within a longer text, and a short one, too.
            Echo { json: Json::Object(members), is_wrapped }
        },
    )
}

#[derive(Debug, Clone)]
pub(super) struct Echo {
    json: Json,
    pub(super) is_wrapped: bool,
}

impl Echo {
    pub(super) fn saying(&self, said: &str) -> String {
        let quoted = serde_json::to_string(said).expect("a text");
        super::documents::plain().write(&self.json).replace(&format!("{SAID:?}"), &quoted)
    }
}
