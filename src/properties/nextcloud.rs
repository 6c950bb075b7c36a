use percent_encoding::percent_decode_str;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, Index};
use serde_json::value::RawValue;
use serde_json::Value;
use url::Url;

use super::answers::{answer, echo, headers, question, said, status, Answer, Caller, Question, Route, Way, HOST};
use super::documents::{json, members_of, number, object, style, Json};
use super::redaction::repeated;
use super::{app_password, cases, secret, text, time};
use crate::error::{Error, ErrorCode, ErrorKind};
use crate::http::Method;
use crate::login::Login;
use crate::nextcloud::*;
use crate::platform::UnixTime;
use crate::secret::Secret;

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

/// What `endpoint` makes of an answer to somebody with a token.
fn read<E: Endpoint>(endpoint: &E, status: u16, body: &str) -> Result<E::Answer, ErrorKind> {
    let login = Login::AccessToken(Secret::new("an-app-password-of-an-administrator"));
    let response = Answer::json(status, body).response();
    endpoint.read(&Reply {
        response: &response,
        login: &login,
        carries_login: true,
        sent: &[],
        now: UnixTime::from_millis(0),
    })
}

fn credentials_of(id: &str) -> GetCredentials {
    GetCredentials(UserId::new(id).expect("an id"))
}

fn code<T>(result: &Result<T, ErrorKind>) -> Option<&ErrorKind> {
    result.as_ref().err()
}

/// What serde_json says of an answer with status 200 about alice: whether there is access; `None` where it is not of the
/// form that the route has.
fn access_of(answer: &Value) -> Option<bool> {
    let is_of_alice = answer.get("user_id").is_none_or(|id| id == "alice");
    let password = answer.get("app_password").filter(|password| !password.is_null());
    if answer["success"] == false || !is_of_alice || password.is_some_and(|password| !password.is_string()) {
        return None;
    }
    match answer.get("has_background_access") {
        Some(has_access) => has_access.as_bool(),
        None => {
            let is_of_the_route = answer.get("app_password").is_some()
                || answer.get("credential_type").is_some()
                || (answer["success"] == true && answer.get("user_id").is_some());
            is_of_the_route.then(|| password.is_some_and(|password| password != ""))
        }
    }
}

/// The kind of an answer, where it can be one.
fn kind_of(answer: &Value, has_access: bool) -> Option<&str> {
    let named = ["sync_type", "credential_type"].into_iter().map(|name| &answer[name]).find(|kind| !kind.is_null());
    let kind = named.map_or(Some(if has_access { "app_password" } else { "" }), Value::as_str)?;
    let is_name =
        |kind: &&str| kind.len() <= 64 && kind.chars().all(|one| one.is_ascii_alphanumeric() || "_-.".contains(one));
    Some(kind).filter(is_name)
}

/// Since when: whole seconds; outside `None` where it can be no time.
fn since_s(answer: &Value) -> Option<Option<f64>> {
    match &answer["provisioned_at"] {
        Value::Null => Some(None),
        Value::Number(number) => number.as_f64().map(f64::trunc).filter(|seconds| seconds.abs() <= 8.64e12).map(Some),
        _ => None,
    }
}

/// As serde_json reads it. Not every JSON is read by it: halves of pairs, numbers beyond what a float holds, deeper than
/// this client reads.
fn oracle(body: &str) -> Option<Value> {
    serde_json::from_str::<Value>(body).ok().filter(Value::is_object)
}

fn check_status(found: &BackgroundSyncStatus, oracle: &Value, has_access: bool) -> Result<(), TestCaseError> {
    prop_assert_eq!(found.has_access, has_access);
    prop_assert_eq!(found.credential_type.as_deref(), kind_of(oracle, has_access).filter(|kind| !kind.is_empty()));
    let told_ms = since_s(oracle).expect("a time").map(|seconds| seconds * 1000.0);
    let found_ms = found.provisioned_at.map(|time| time.as_millis() as f64);
    // A second more where the oracle, unlike this client, has not digits enough to tell it from the next one.
    let off = found_ms.zip(told_ms).map(|(found, told)| (told - found).abs());
    let is_large = told_ms.is_some_and(|ms| ms.abs() > 1e14);
    prop_assert!(
        found_ms == told_ms || (is_large && off.is_some_and(|ms| ms <= 1000.0)),
        "{:?} {:?}",
        found_ms,
        told_ms
    );
    Ok(())
}

fn status_members() -> impl Strategy<Value = Vec<(String, Json)>> {
    let kind = || prop_oneof![3 => "[a-z_.-]{0,70}".prop_map(Json::Text), 1 => json(), 1 => Just(Json::Null)];
    let flag = || prop_oneof![3 => any::<bool>().prop_map(Json::Bool), 1 => json()];
    let user_id = prop_oneof![6 => Just(Json::from("alice")), 1 => text().prop_map(Json::Text), 1 => json()];
    let since = prop_oneof![
        2 => (-9_000_000_000_000..9_000_000_000_000i64).prop_map(|seconds| Json::Number(seconds.to_string())),
        1 => number().prop_map(Json::Number),
        1 => json(),
    ];
    let password = prop_oneof![Just(Json::Null), text().prop_map(Json::Text), json()];
    let members = [
        ("user_id", user_id.boxed()),
        ("has_background_access", flag().boxed()),
        ("success", flag().boxed()),
        ("sync_type", kind().boxed()),
        ("credential_type", kind().boxed()),
        ("provisioned_at", since.boxed()),
        ("app_password", password.boxed()),
    ];
    let members = members.map(|(name, value)| {
        prop::option::of(value).prop_map(move |value| value.map(|value| (name.to_string(), value))).boxed()
    });
    members.to_vec().prop_map(|members| members.into_iter().flatten().collect())
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn an_id_is_one_segment_that_says_the_same_or_is_refused(
        host in host(), id in prop_oneof![text(), "[a-zA-Z0-9 _.@'-]{1,70}", "(\\.|%2e|/|%2f|\\\\){1,3}"],
    ) {
        let at = Installation::new(host);
        let user_id = UserId::new(&id);
        prop_assert_eq!(user_id.is_ok(), can_be_an_id(&id));
        let Ok(user_id) = user_id else {
            let error = user_id.expect_err("refused");
            prop_assert_eq!(error.code, ErrorCode::InvalidArgument);
            return Ok(());
        };
        prop_assert_eq!(user_id.as_str(), &id);
        let below = Elsewhere { installation: at.below_index_php(), endpoint: GetCredentials(user_id.clone()) };
        let requests = [
            (GetCredentials(user_id.clone()).request(&at), credentials_of("alice").request(&at)),
            (below.request(&at), credentials_of("alice").request(&at.below_index_php())),
            (GetUser(user_id).request(&at), GetUser(UserId::new("alice").expect("an id")).request(&at)),
        ];
        for (request, of_alice) in requests {
            let (mut found, before) = (segments(&request.url), segments(&of_alice.url));
            let last = found.pop().expect("a segment");
            prop_assert_eq!(percent_decode_str(&last).decode_utf8().expect("UTF-8"), id.as_str());
            prop_assert_eq!(&found[..], &before[..before.len() - 1]);
            let url = Url::parse(&request.url).expect("a URL");
            // The way of the id through a URL is no other than it was written.
            prop_assert_eq!(url.as_str(), &*request.url);
            prop_assert_eq!((url.query(), url.fragment()), (None, None));
        }
    }

    #[test]
    fn no_address_has_a_secret_in_it_and_each_is_below_the_host(
        host in host(), question in question(secret(), secret(), prop_oneof![app_password(), text()]),
    ) {
        let Ok(requests) = question.requests(&Installation::new(host.as_str())) else { return Ok(()) };
        let installation = host.strip_suffix("/index.php").unwrap_or(&host);
        for request in requests {
            for secret in question.secrets().iter().chain([&question.app_password]).filter(|secret| secret.len() >= 20) {
                prop_assert!(!request.url.contains(secret.as_str()) && !request.route().contains(secret.as_str()));
            }
            let is_elsewhere = matches!(question.route, Route::Elsewhere | Route::Token)
                || (question.route == Route::Discovery && question.caller.way == Way::ClientOfIssuer);
            let is_below = request.url.strip_prefix(installation).is_some_and(|rest| rest.starts_with('/'));
            prop_assert!(is_elsewhere || is_below, "{}", request.url);
            prop_assert!(!request.follow_redirects);
            let is_api = !matches!(question.route, Route::ServerStatus | Route::Discovery | Route::Token);
            prop_assert_eq!(request.headers.iter().any(|(name, _)| *name == "OCS-APIRequest"), is_api);
            prop_assert_eq!(request.is_repeatable, request.method == Method::Get || question.route == Route::Token);
            prop_assert_eq!(request.body.is_some(), matches!(question.route, Route::Store | Route::SelfProvisioning | Route::Token));
        }
    }

    #[test]
    fn a_search_is_read_as_it_was_meant(search in text(), limit: u32, offset: u32) {
        let request = ListUsers { search: search.clone(), limit, offset }.request(&Installation::new(HOST));
        let url = Url::parse(&request.url).expect("a URL");
        let mut expected = vec![("limit".to_string(), limit.to_string()), ("offset".to_string(), offset.to_string())];
        if !search.is_empty() {
            expected.push(("search".to_string(), search));
        }
        prop_assert_eq!(url.query_pairs().into_owned().collect::<Vec<_>>(), expected);
        prop_assert_eq!((request.method, url.path(), url.fragment()), (Method::Get, "/ocs/v2.php/cloud/users", None));
    }

    #[test]
    fn an_app_password_is_the_only_member_of_the_body_or_is_refused(
        password in prop_oneof![text(), app_password(), "[a-z\"\\\\-]{29}", "[a-z0-9-]{18,22}", "[A-Z0-9-]{250,260}"],
    ) {
        let is_right = password.chars().all(|one| one.is_ascii_alphanumeric() || one == '-') && (20..=256).contains(&password.len());
        let taken = AppPassword::new(&Secret::new(password.as_str()));
        prop_assert_eq!(taken.is_ok(), is_right);
        match taken {
            Ok(taken) => {
                let request = StoreAppPassword(taken).request(&Installation::new(HOST));
                prop_assert_eq!(request.method, Method::Post);
                prop_assert!(request.headers.contains(&("Content-Type", "application/json".into())));
                prop_assert!(!request.url.contains(&password));
                let body: Value = serde_json::from_str(request.body.as_deref().expect("a body")).expect("JSON");
                prop_assert_eq!(body, serde_json::json!({ "appPassword": password }));
            }
            Err(error) => {
                let shown = [error.to_string(), format!("{error:?}")].concat();
                prop_assert!(password.len() < 20 || !shown.contains(&password));
            }
        }
    }

    #[test]
    fn whatever_is_answered_is_an_answer_or_an_error_that_says_something(
        question in question(text(), text(), text()), answer in answer(), now in time(),
    ) {
        let response = answer.response();
        prop_assert!(!question.is_refused(&response, now) || answer.status == 401);
        if let Err(kind) = question.read(&response, now) {
            let error = Error::new(kind).at("GET https://cloud.example").with_status(answer.status);
            prop_assert!(!error.what.is_empty() && !error.to_do.is_empty());
            prop_assert_ne!(error.code, ErrorCode::InvalidArgument);
            prop_assert!(error.retry_after.is_none_or(|wait| !wait.is_zero()));
            prop_assert!(error.message().lines().count() == 1 && !error.message().contains(char::is_control), "{error}");
        }
    }

    #[test]
    fn no_answer_is_believed_that_is_no_json_object(question in question(text(), text(), text()), answer in answer(), now in time()) {
        let is_object = serde_json::from_str::<&RawValue>(&answer.body).is_ok_and(|value| value.get().starts_with('{'));
        prop_assert!(is_object || question.read(&answer.response(), now).is_err());
    }

    #[test]
    fn a_secret_that_a_server_repeats_is_not_in_what_is_said(
        question in question(secret(), secret(), app_password()),
        status in prop_oneof![select(vec![200u16, 200, 200, 400, 401, 403, 404, 429, 500, 503]), status()],
        headers in headers(),
        (which, form) in any::<(Index, Index)>(),
        (before, after) in ("([a-z ]{0,9}[ .!])?", "([ .!][a-z ]{0,9})?"),
        echo in echo(), now in time(),
    ) {
        let secrets = question.secrets();
        if secrets.is_empty() {
            return Ok(());
        }
        let forms = repeated(&secrets[which.index(secrets.len())]);
        let said_form = &forms[form.index(forms.len())];
        let repeats = if echo.is_wrapped { format!("{before}{said_form}{after}") } else { said_form.clone() };
        let answer = Answer { status, headers, body: echo.saying(&repeats) };
        let out = match question.read(&answer.response(), now) {
            Ok(shown) => shown,
            Err(kind) => said(kind),
        };
        for secret in secrets.iter().filter(|secret| secret.len() >= 20) {
            for form in repeated(secret) {
                // `Debug` writes backslashes and quotes twice.
                let quoted = form.escape_debug().to_string();
                prop_assert!(!out.contains(&form) && !out.contains(&quoted), "{form} in {out}");
            }
        }
    }

    #[test]
    fn a_status_is_the_one_that_serde_json_reads(members in status_members(), style in style()) {
        let body = style.write(&Json::Object(members));
        let Some(oracle) = oracle(&body) else { return Ok(()) };
        let found = read(&credentials_of("alice"), 200, &body);
        let password = oracle["app_password"].as_str().filter(|password| !password.is_empty());
        let repeats_password = |kind: &str| kind != "app_password" && password.is_some_and(|password| kind.contains(password));
        if kind_of(&oracle, true).is_some_and(repeats_password) {
            prop_assert!(found.is_err(), "{}", body);
            return Ok(());
        }
        let has_access = access_of(&oracle).filter(|_| kind_of(&oracle, true).is_some() && since_s(&oracle).is_some());
        prop_assert_eq!(found.is_ok(), has_access.is_some(), "{}: {:?}", body, code(&found).map(|_| ()));
        if let (Ok(found), Some(has_access)) = (found, has_access) {
            check_status(&found.status, &oracle, has_access)?;
            prop_assert_eq!(found.app_password.as_ref().map(Secret::expose), password);
        }
    }

    #[test]
    fn the_own_status_is_the_one_that_serde_json_reads(members in status_members(), style in style()) {
        let body = style.write(&Json::Object(members));
        let Some(oracle) = oracle(&body) else { return Ok(()) };
        let found = read(&GetOwnStatus, 200, &body);
        let has_access = oracle["has_background_access"].as_bool();
        let has_access = has_access.filter(|_| kind_of(&oracle, true).is_some() && since_s(&oracle).is_some());
        let may_give = &oracle["self_provision_allowed"];
        let is_right = has_access.is_some() && (may_give.is_null() || may_give.is_boolean());
        prop_assert_eq!(found.is_ok(), is_right, "{}", body);
        if let (Ok(found), Some(has_access)) = (found, has_access) {
            check_status(&found.status, &oracle, has_access)?;
            prop_assert_eq!(found.self_provisioning_allowed, may_give.as_bool());
        }
    }

    /// Yes or no is only said of an answer that has the form of the route.
    #[test]
    fn access_is_said_of_no_other_answer(answer in answer()) {
        let response = answer.response();
        let login = Login::AccessToken(Secret::new("an-app-password-of-an-administrator"));
        let reply = Reply { response: &response, login: &login, carries_login: true, sent: &[], now: UnixTime::from_millis(0) };
        let found = credentials_of("alice").read(&reply).map(|found| found.status.has_access);
        let own = GetOwnStatus.read(&reply).map(|found| found.status.has_access);
        if found.is_err() && own.is_err() {
            return Ok(());
        }
        prop_assert!(matches!(answer.status, 200 | 404), "{}", answer.status);
        let Some(oracle) = oracle(&answer.body) else { return Ok(()) };
        match found {
            Ok(found) if answer.status == 200 => prop_assert_eq!(Some(found), access_of(&oracle)),
            Ok(found) => prop_assert!(!found && is_nothing_else(&oracle), "{}", answer.body),
            Err(_) => {}
        }
        if let Ok(own) = own {
            prop_assert_eq!((answer.status, oracle["has_background_access"].as_bool()), (200, Some(own)));
        }
    }

    #[test]
    fn a_404_says_no_only_in_the_words_of_the_older_astrolabe(
        own in vec(
            prop_oneof![
                3 => any::<bool>().prop_map(|is| ("success".to_string(), Json::Bool(is))),
                3 => text().prop_map(|text| ("error".to_string(), Json::Text(text))),
                1 => json().prop_map(|json| ("error".to_string(), json)),
                1 => json().prop_map(|json| ("success".to_string(), json)),
            ],
            0..3,
        ),
        more in prop_oneof![2 => Just(Vec::new()), 1 => members_of(json())],
        style in style(),
    ) {
        let members = [own, more].concat();
        let is_its_own = |(name, value): &(String, Json)| match value {
            Json::Bool(false) => name == "success",
            Json::Text(_) => name == "error",
            _ => false,
        };
        let body = style.write(&Json::Object(members.clone()));
        let found = read(&credentials_of("alice"), 404, &body);
        prop_assert_eq!(found.is_ok(), !members.is_empty() && members.iter().all(is_its_own), "{}", body);
        if let Some(oracle) = oracle(&body) {
            prop_assert!(found.is_err() || is_nothing_else(&oracle));
        }
        match found {
            Ok(found) => {
                let nothing = BackgroundSyncStatus { has_access: false, credential_type: None, provisioned_at: None };
                prop_assert_eq!(found.status, nothing);
                prop_assert_eq!(found.app_password, None);
            }
            Err(kind) => prop_assert_eq!(Error::new(kind).code, ErrorCode::UnexpectedResponse),
        }
    }

    #[test]
    fn the_answer_about_another_user_is_refused(id in "[a-zA-Z0-9@. ]{1,9}", other in "[a-zA-Z0-9@. ]{1,9}", style in style()) {
        prop_assume!(can_be_an_id(&id));
        let body = style.write(&object([("user_id", Json::from(other.as_str())), ("has_background_access", Json::Bool(true))]));
        let found = read(&credentials_of(&id), 200, &body).map_err(|kind| Error::new(kind).code);
        prop_assert_eq!(found.err(), Some(ErrorCode::UserMismatch).filter(|_| id != other));
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
                b'"' => serde_json::from_str(item.get()).ok(),
                b'-' | b'0'..=b'9' => Some(item.get().to_string()),
                _ => None,
            })
            .collect();
        match read(&ListUsers { search: String::new(), limit: 1, offset: 0 }, 200, &body) {
            Ok(found) => prop_assert_eq!(Some(found), expected),
            Err(kind) => prop_assert_eq!((Error::new(kind).code, expected), (ErrorCode::UnexpectedResponse, None)),
        }
    }

    #[test]
    fn a_user_exists_only_where_status_and_ocs_agree(
        status in select(vec![200u16, 401, 404, 500]), code in prop_oneof![select(vec!["200", "404", "998"]).prop_map(str::to_string), number()], style in style(),
    ) {
        let body = style.write(&object([("ocs", object([("meta", object([("statuscode", Json::Number(code.clone()))]))]))]));
        let expected = match (status, code.as_str()) {
            (200, "200") => Ok(true),
            (404, "404") => Ok(false),
            (404, "998") => Err(Some(ErrorCode::Forbidden)),
            _ => Err(None),
        };
        match (read(&GetUser(UserId::new("alice").expect("an id")), status, &body), expected) {
            (Ok(found), Ok(expected)) => prop_assert_eq!(found, expected),
            (Err(kind), Err(expected)) => prop_assert!(expected.is_none_or(|expected| expected == Error::new(kind).code)),
            (found, _) => prop_assert!(false, "{:?}", found.ok()),
        }
    }

    #[test]
    fn it_is_stored_or_revoked_only_where_the_server_confirms_it(
        status in status(), success in prop::option::of(prop_oneof![any::<bool>().prop_map(Json::Bool), json()]),
        partial in prop::option::of(json()), style in style(),
    ) {
        let is_confirmed = status == 200 && matches!(success, Some(Json::Bool(true)));
        let members = [("success", success), ("partial_success", partial.clone())];
        let members = members.into_iter().filter_map(|(name, value)| Some((name.to_string(), value?)));
        let body = style.write(&Json::Object(members.collect()));
        prop_assert_eq!(read(&Revoke, status, &body).is_ok(), is_confirmed);
        let password = AppPassword::new(&Secret::new("aaaaa-bbbbb-ccccc-ddddd-eeeee")).expect("an app password");
        let stored = read(&StoreAppPassword(password), status, &body);
        prop_assert_eq!(stored.is_ok(), is_confirmed);
        if let Ok(stored) = stored {
            prop_assert_eq!(stored.partial_success, matches!(partial, Some(Json::Bool(true))));
        }
    }

    /// A login is refused by 401 alone; where an app password is stored, not by the 401 that refuses that.
    #[test]
    fn a_login_is_refused_by_its_own_401(status in status(), error in prop::option::of(text()), style in style()) {
        let members = error.iter().map(|error| ("error".to_string(), Json::Text(error.clone()))).collect();
        let response = Answer::json(status, style.write(&Json::Object(members))).response();
        let caller = Caller { way: Way::Token, id: String::new(), secret: "a-token".to_string(), token: String::new() };
        for route in [Route::Credentials, Route::Elsewhere, Route::Store, Route::Users] {
            let question = Question { route, caller: caller.clone(), user_id: "alice".to_string(), app_password: String::new() };
            let stores = matches!(route, Route::Store | Route::Elsewhere);
            let expected = status == 401 && (!stores || error.is_none());
            prop_assert_eq!(question.is_refused(&response, UnixTime::from_millis(0)), expected);
        }
    }
}

/// Whether there is nothing in it but `success: false` and a text `error`.
fn is_nothing_else(answer: &Value) -> bool {
    let members = answer.as_object().expect("an object");
    let is_its_own = |(name, value): (&String, &Value)| match name.as_str() {
        "success" => *value == false,
        "error" => value.is_string(),
        _ => false,
    };
    !members.is_empty() && members.iter().all(is_its_own)
}

/// Once found to be read as another second.
#[test]
fn a_fraction_of_a_second_is_cut_off() {
    let found = read(
        &credentials_of("alice"),
        200,
        r#"{"app_password":null,"sync_type":"","provisioned_at":4400000000000.9996}"#,
    );
    let since = found.map(|found| found.status.provisioned_at.map(UnixTime::as_millis)).map_err(said);
    assert_eq!(since, Ok(Some(4_400_000_000_000_000)));
}
