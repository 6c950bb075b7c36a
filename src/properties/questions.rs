//! Questions to [`crate::exchange::ask`], what servers answer to them, and what came out, taken apart.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::documents::{json, members_of, style, Json};
use super::{field, text};
use crate::client::ErrorCode;
use crate::exchange::{ask, operation, Field};
use crate::json::integer;

pub(crate) const OPERATIONS: [u8; 13] = [
    operation::TOKEN,
    operation::DISCOVERY,
    operation::TOKEN_REQUEST,
    operation::APP_PASSWORD,
    operation::STATUS,
    operation::PROBE,
    operation::PROBE_ELSEWHERE,
    operation::OWN_STATUS,
    operation::STORE,
    operation::REVOKE,
    operation::USERS,
    operation::EXISTS,
    operation::SERVER_STATUS,
];

#[derive(Debug, Clone)]
pub(crate) struct Question(Vec<String>);

impl Question {
    pub(crate) fn new() -> Self {
        Question(vec![String::new(); Field::Count as usize])
    }

    pub(crate) fn with(mut self, field: Field, text: impl Into<String>) -> Self {
        self.0[field as usize] = text.into();
        self
    }

    pub(crate) fn about(self, operation: u8) -> Self {
        self.with(Field::Operation, char::from(operation))
    }

    /// The answer has this status; its body is a JSON object or not.
    pub(crate) fn answered(self, status: u16, body: &str) -> Self {
        self.with(Field::Status, status.to_string()).with(Field::IsJson, if is_object(body) { "1" } else { "" })
    }

    pub(crate) fn get(&self, field: Field) -> &str {
        &self.0[field as usize]
    }

    pub(crate) fn operation(&self) -> u8 {
        self.get(Field::Operation).bytes().next().unwrap_or(0)
    }

    pub(crate) fn ask(&self, action: u32, body: &str) -> String {
        ask(action, &self.0.join("\0"), body)
    }
}

/// As `JSON.parse` would say.
fn is_object(body: &str) -> bool {
    body.trim_start_matches([' ', '\t', '\n', '\r']).starts_with('{')
        && serde_json::from_str::<&serde_json::value::RawValue>(body).is_ok()
}

/// What [`ask`] gave.
#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    Fields(Vec<String>),
    Error { message: String, code: ErrorCode, explained: Vec<String> },
}

impl Outcome {
    /// Panics where it is nothing that the two faces could read.
    pub(crate) fn read(out: &str) -> Self {
        let mut fields = out.split('\0').map(str::to_string);
        match fields.next().as_deref() {
            None | Some("") => Outcome::Fields(fields.collect()),
            Some("error") => {
                let (message, code) = (fields.next().expect("a message"), fields.next().expect("a code"));
                assert!(!message.is_empty(), "no message in {out:?}");
                let known = ErrorCode::named(&code);
                assert_eq!(known.as_str(), code, "in {out:?}");
                let explained: Vec<_> = fields.collect();
                assert!(explained.is_empty() || explained.len() == 4, "{out:?}");
                if let Some(retry_after_ms) = explained.first().filter(|ms| !ms.is_empty()) {
                    assert!(integer(retry_after_ms).is_some_and(|ms| ms > 0), "{out:?}");
                }
                Outcome::Error { message, code: known, explained }
            }
            Some(other) => panic!("neither fields nor an error: {other:?}"),
        }
    }

    pub(crate) fn fields(self) -> Vec<String> {
        match self {
            Outcome::Fields(fields) => fields,
            Outcome::Error { message, .. } => panic!("{message}"),
        }
    }

    pub(crate) fn code(&self) -> Option<ErrorCode> {
        match self {
            Outcome::Fields(_) => None,
            Outcome::Error { code, .. } => Some(*code),
        }
    }
}

fn one_of(texts: &[&'static str]) -> impl Strategy<Value = String> {
    select(texts.to_vec()).prop_map(str::to_string)
}

/// What a `Date` can hold, in milliseconds.
fn time_ms() -> impl Strategy<Value = String> {
    const MAX_MS: i64 = 8_640_000_000_000_000;
    prop_oneof![Just(String::new()), (-MAX_MS..=MAX_MS).prop_map(|ms| ms.to_string())]
}

fn status() -> impl Strategy<Value = u16> {
    const KNOWN: [u16; 18] = [0, 200, 204, 301, 302, 303, 307, 308, 400, 401, 403, 404, 412, 429, 500, 502, 503, 504];
    prop_oneof![4 => Just(200), 4 => select(KNOWN.to_vec()), 1 => 100..1000u16]
}

/// Any question that a platform may ask, and any answer of a server.
pub(crate) fn asked_and_answered() -> impl Strategy<Value = (Question, String)> {
    let kind = || one_of(&["", "safe", "unsafe", "query"]);
    let chosen = [
        (Field::WayIn, one_of(&["client", "accessToken", "function", "password"]).boxed()),
        (Field::Provider, one_of(&["", "issuer", "discoveryUrl"]).boxed()),
        (Field::ClientAuthentication, one_of(&["", "post", "basic"]).boxed()),
        (Field::HostKind, kind().boxed()),
        (Field::ProviderKind, kind().boxed()),
        (Field::EndpointKind, kind().boxed()),
        (Field::Operation, select(OPERATIONS.to_vec()).prop_map(|one| char::from(one).to_string()).boxed()),
        (Field::ContentType, one_of(&["", "application/json", "text/html; charset=UTF-8"]).boxed()),
        (Field::ServerMs, time_ms().boxed()),
        (Field::BegunMs, time_ms().boxed()),
        (Field::NowMs, time_ms().boxed()),
    ];
    let (places, chosen): (Vec<_>, Vec<_>) = chosen.into_iter().unzip();
    let fields = vec(field(), Field::Count as usize);
    (fields, chosen, any::<u64>(), status(), body()).prop_map(move |(fields, chosen, empty, status, body)| {
        // Half of the fields are empty, as those are that an exchange does not need.
        let kept =
            fields.into_iter().enumerate().map(|(at, text)| if empty >> at & 1 == 0 { text } else { String::new() });
        let mut question = Question(kept.collect());
        for (place, text) in places.iter().zip(chosen) {
            question = question.with(*place, text);
        }
        (question.answered(status, &body), body)
    })
}

/// The body of an answer: most often an object of members that some route answers, of the right type or another.
pub(crate) fn body() -> impl Strategy<Value = String> {
    let document = (prop_oneof![answer(json().boxed()), members_of(json()).prop_map(Json::Object)], style())
        .prop_map(|(json, style)| style.write(&json));
    let cut =
        (answer(json().boxed()), style(), any::<prop::sample::Index>(), field()).prop_map(|(json, style, at, more)| {
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
    prop_oneof![6 => document, 1 => cut, 1 => spoilt, 1 => text(), 1 => page]
}

/// An object such as servers answer; `other` is what stands where something else is expected.
pub(crate) fn answer(other: BoxedStrategy<Json>) -> impl Strategy<Value = Json> {
    const TEXTS: [&str; 11] = [
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
        "versionstring",
    ];
    const FLAGS: [&str; 4] = ["success", "has_background_access", "partial_success", "maintenance"];
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
    ];
    vec(member, 0..8).prop_map(Json::Object)
}
