use percent_encoding::percent_decode_str;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::value::RawValue;
use serde_json::Value;
use url::Url;

use super::documents::{json, number, object, style, Json};
use super::questions::{Outcome, Question, OPERATIONS};
use super::{config, field, secret, text};
use crate::client::ErrorCode;
use crate::exchange::{action, operation, Field};

fn request(operation: u8, host: &str, subject: &str) -> Outcome {
    let question = Question::new().about(operation).with(Field::NextcloudHost, host).with(Field::Subject, subject);
    Outcome::read(&question.ask(action::REQUEST, ""))
}

fn read(operation: u8, subject: &str, status: u16, body: &str) -> Outcome {
    let question = Question::new().about(operation).with(Field::Subject, subject).answered(status, body);
    Outcome::read(&question.ask(action::READ, body))
}

fn host() -> impl Strategy<Value = String> {
    "https://cloud\\.example(:8443)?(/[a-z]{1,5}){0,2}(/index\\.php)?"
}

fn segments(url: &str) -> Vec<String> {
    let url = Url::parse(url).expect("a URL");
    url.path_segments().expect("a path").map(str::to_string).collect()
}

/// Nextcloud holds 64 bytes; a slash, a dot segment and a control character cannot be sent.
fn can_be_an_id(text: &str) -> bool {
    !matches!(text, "" | "." | "..")
        && !text.contains(['/', '\\'])
        && !text.contains(char::is_control)
        && text.len() <= 64
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn an_id_is_one_segment_that_says_the_same_or_is_refused(
        host in host(),
        id in prop_oneof![field(), "[a-zA-Z0-9 _.@'-]{1,70}", "(\\.|%2e|/|%2f|\\\\){1,3}"],
        operation in select(vec![operation::STATUS, operation::APP_PASSWORD, operation::PROBE, operation::PROBE_ELSEWHERE, operation::EXISTS]),
    ) {
        let outcome = request(operation, &host, &id);
        prop_assert_eq!(outcome.code().is_none(), can_be_an_id(&id));
        if let Outcome::Fields(fields) = outcome {
            let before = segments(&request(operation, &host, "alice").fields()[1]);
            let mut found = segments(&fields[1]);
            let last = found.pop().expect("a segment");
            prop_assert_eq!(percent_decode_str(&last).decode_utf8().expect("UTF-8"), id);
            prop_assert_eq!(&found[..], &before[..before.len() - 1]);
            let url = Url::parse(&fields[1]).expect("a URL");
            // The way of the id through a URL is no other than it was written.
            prop_assert_eq!(url.as_str(), &fields[1]);
            prop_assert_eq!((url.query(), url.fragment()), (None, None));
        } else {
            prop_assert_eq!(outcome.code(), Some(ErrorCode::InvalidArgument));
        }
    }

    #[test]
    fn no_address_has_the_secret_in_it_and_each_is_below_the_host(
        host in host(), secret in secret(), id in field(), subject in field(),
        operation in select(OPERATIONS.into_iter().filter(|one| *one != operation::TOKEN_REQUEST).collect::<Vec<_>>()),
    ) {
        let question = Question::new().about(operation).with(Field::NextcloudHost, &host).with(Field::Subject, &subject);
        let out = question.with(Field::Id, id).with(Field::Secret, &secret).ask(action::REQUEST, "");
        prop_assert!(!out.contains(&secret));
        if let Outcome::Fields(fields) = Outcome::read(&out) {
            let url = &fields[if operation == operation::DISCOVERY { 0 } else { 1 }];
            let installation = host.strip_suffix("/index.php").unwrap_or(&host);
            prop_assert!(url.strip_prefix(installation).is_some_and(|rest| rest.starts_with('/')), "{url}");
        }
    }

    #[test]
    fn a_search_is_read_as_it_was_meant(search in field(), limit: u32, offset: u32) {
        let question = Question::new().about(operation::USERS).with(Field::NextcloudHost, "https://cloud.example");
        let question = question.with(Field::Limit, limit.to_string()).with(Field::Offset, offset.to_string());
        let fields = Outcome::read(&question.with(Field::Subject, &search).ask(action::REQUEST, "")).fields();
        let url = Url::parse(&fields[1]).expect("a URL");
        let mut expected = vec![("limit".to_string(), limit.to_string()), ("offset".to_string(), offset.to_string())];
        if !search.is_empty() {
            expected.push(("search".to_string(), search));
        }
        prop_assert_eq!(url.query_pairs().into_owned().collect::<Vec<_>>(), expected);
        prop_assert_eq!((fields[0].as_str(), url.path(), url.fragment()), ("GET", "/ocs/v2.php/cloud/users", None));
    }

    #[test]
    fn an_app_password_is_the_only_member_of_the_body_or_is_refused(
        password in prop_oneof![field(), "[a-zA-Z0-9]{5}(-[a-zA-Z0-9]{5}){4}", "[a-z\"\\\\-]{29}"],
    ) {
        let groups: Vec<&str> = password.split('-').collect();
        let is_group = |group: &&str| group.len() == 5 && group.chars().all(|one| one.is_ascii_alphanumeric());
        let outcome = request(operation::STORE, "https://cloud.example", &password);
        prop_assert_eq!(outcome.code().is_none(), groups.len() == 5 && groups.iter().all(is_group));
        match outcome {
            Outcome::Fields(fields) => {
                prop_assert_eq!((fields[0].as_str(), fields[2].as_str()), ("POST", "application/json"));
                prop_assert!(!fields[1].contains(&password));
                let body: Value = serde_json::from_str(&fields[3]).expect("JSON");
                prop_assert_eq!(body, serde_json::json!({ "appPassword": password }));
            }
            Outcome::Error { message, .. } => prop_assert!(password.len() < 20 || !message.contains(&password)),
        }
    }

    #[test]
    fn a_status_is_the_one_that_serde_json_reads(
        user_id in prop::option::of(prop_oneof![3 => Just(Json::from("alice")), 1 => text().prop_map(Json::Text), 1 => json()]),
        has_access in prop::option::of(prop_oneof![3 => any::<bool>().prop_map(Json::Bool), 1 => json()]),
        kind in prop_oneof![3 => "[a-z_.-]{0,70}".prop_map(Json::Text), 1 => json()],
        since in prop_oneof![
            2 => (-9_000_000_000_000..9_000_000_000_000i64).prop_map(|seconds| Json::Number(seconds.to_string())),
            1 => number().prop_map(Json::Number),
            1 => json(),
        ],
        password in prop_oneof![Just(Json::Null), text().prop_map(Json::Text), json()],
        style in style(),
    ) {
        let mut members = vec![("sync_type", kind), ("provisioned_at", since), ("app_password", password)];
        members.extend(user_id.map(|id| ("user_id", id)));
        members.extend(has_access.map(|has| ("has_background_access", has)));
        let body = style.write(&Json::Object(members.into_iter().map(|(name, value)| (name.to_string(), value)).collect()));
        let outcome = read(operation::STATUS, "alice", 200, &body);
        let Ok(oracle) = serde_json::from_str::<Value>(&body) else { return Ok(()) };
        let text_or_null = |name: &str| oracle[name].is_string() || oracle[name].is_null();
        let password = oracle["app_password"].as_str().unwrap_or("").replace('\0', "\u{fffd}");
        let kind = oracle["sync_type"].as_str().unwrap_or("app_password");
        let since_s = match &oracle["provisioned_at"] {
            Value::Null => Some(0.0),
            Value::Number(number) => number.as_f64().map(f64::trunc).filter(|seconds| seconds.abs() <= 8.64e12),
            _ => None,
        };
        let is_kind = kind.len() <= 64 && kind.chars().all(|one| one.is_ascii_alphanumeric() || "_-.".contains(one));
        let id = oracle.get("user_id");
        let is_fine = (id.is_none() || id == Some(&Value::from("alice")))
            && (oracle.get("has_background_access").is_none_or(Value::is_boolean))
            && text_or_null("app_password")
            && text_or_null("sync_type")
            && is_kind
            && since_s.is_some();
        prop_assert_eq!(outcome.code().is_none(), is_fine, "{:?}", outcome);
        if let Outcome::Fields(fields) = outcome {
            let has_access = oracle["has_background_access"].as_bool().unwrap_or(!password.is_empty());
            prop_assert_eq!(&fields[0], if has_access { "1" } else { "" });
            prop_assert_eq!(&fields[1], if has_access { kind } else { "" });
            if oracle["provisioned_at"].is_null() {
                prop_assert_eq!(&fields[2], "");
            } else {
                // A second more where the oracle, unlike this client, has not digits enough to tell it from the next one.
                let (found, told) = (fields[2].parse::<f64>().ok(), since_s.map(|seconds| seconds * 1000.0));
                let off = found.zip(told).map(|(found, told)| told - found);
                let is_large = told.is_some_and(|ms| ms.abs() > 1e14);
                prop_assert!(off == Some(0.0) || (is_large && off.is_some_and(|ms| ms.abs() <= 1000.0)), "{found:?} {told:?}");
            }
            prop_assert_eq!(&fields[3], &password);
        }
    }

    #[test]
    fn users_are_those_that_serde_json_reads_with_all_their_digits(
        users in vec(prop_oneof![4 => text().prop_map(Json::Text), 2 => "0|[1-9][0-9]{0,30}".prop_map(Json::Number)], 0..8),
        other in prop::option::weighted(0.2, json()), style in style(),
    ) {
        let mut users = users;
        users.extend(other);
        let body = style.write(&object([("ocs", object([("data", object([("users", Json::Array(users))]))]))]));
        let list = body.split_once('[').and_then(|(_, rest)| rest.rsplit_once(']')).expect("a list").0;
        let oracle: Vec<Box<RawValue>> = serde_json::from_str(&format!("[{list}]")).expect("JSON");
        let expected: Option<Vec<String>> = oracle
            .iter()
            .map(|item| match item.get().as_bytes()[0] {
                b'"' => serde_json::from_str(item.get()).ok().map(|id: String| id.replace('\0', "\u{fffd}")),
                b'-' | b'0'..=b'9' => Some(item.get().to_string()),
                _ => None,
            })
            .collect();
        match read(operation::USERS, "", 200, &body) {
            Outcome::Fields(found) => prop_assert_eq!(Some(found), expected),
            Outcome::Error { code, .. } => prop_assert_eq!((code, expected), (ErrorCode::UnexpectedResponse, None)),
        }
    }

    #[test]
    fn a_user_exists_only_where_status_and_ocs_agree(
        status in select(vec![200u16, 401, 404, 500]), code in prop_oneof![select(vec!["200", "404", "998"]).prop_map(str::to_string), number()], style in style(),
    ) {
        let body = style.write(&object([("ocs", object([("meta", object([("statuscode", Json::Number(code.clone()))]))]))]));
        let expected = match (status, code.as_str()) {
            (200, "200") => Ok(vec!["1".to_string()]),
            (404, "404") => Ok(vec![]),
            (404, "998") => Err(Some(ErrorCode::Forbidden)),
            _ => Err(None),
        };
        match (read(operation::EXISTS, "alice", status, &body), expected) {
            (Outcome::Fields(found), Ok(expected)) => prop_assert_eq!(found, expected),
            (Outcome::Error { code, .. }, Err(expected)) => prop_assert!(expected.is_none_or(|expected| expected == code)),
            (outcome, _) => prop_assert!(false, "{outcome:?}"),
        }
    }
}
