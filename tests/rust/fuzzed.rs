//! What holds for whatever a server answers: a function for each kind of answer, which panics where something does not.
//! `tests/fuzz` makes up the answers; `corpus` tries again those that are kept.
//!
//! An answer is written as HTTP does it: its status, a header a line, an empty line, the body.
//!
//! ```text
//! 200
//! content-type: application/json
//!
//! {"success":true}
//! ```

use std::collections::HashMap;
use std::fmt::Debug;
use std::time::{Duration, UNIX_EPOCH};

use astrolabe_client::{Error, ErrorCode, RESPONSE_HEADERS};
use serde_json::value::RawValue;

use crate::setup::*;
use crate::transport::{Answer, World, START_MS};

/// The longest that anybody is told to wait: what `setTimeout` takes.
const MAX_WAIT: Duration = Duration::from_millis(i32::MAX as u64);

const LONGEST_LIFE_S: f64 = 1e9;

/// The end of what a `Date` can hold, either way.
const LAST_DATE_S: f64 = 8.64e12;

/// More than there are tries and redirects.
const ANSWERS: usize = 20;

struct Fuzzed {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Fuzzed {
    fn read(input: &[u8]) -> Self {
        let end = input.windows(2).position(|pair| pair == b"\n\n").unwrap_or(input.len());
        // A platform decodes a body the same way, whatever is in it.
        let body = String::from_utf8_lossy(input.get(end + 2..).unwrap_or_default()).into_owned();
        let head = String::from_utf8_lossy(&input[..end]);
        let mut lines = head.split('\n');
        let status = lines.next().and_then(|line| line.parse().ok()).unwrap_or(200);
        let mut headers: Vec<(&'static str, String)> = Vec::new();
        for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
            let known = RESPONSE_HEADERS.into_iter().find(|known| *known == name);
            headers.extend(
                known
                    .filter(|_| headers.iter().all(|(other, _)| *other != name))
                    .map(|known| (known, value.to_string())),
            );
        }
        Fuzzed { status, headers, body }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    fn answers(&self) -> impl Iterator<Item = Answer> {
        let answer = Answer::new(self.status, self.header("content-type").unwrap_or(""), self.body.clone());
        let others = self.headers.iter().filter(|(name, _)| *name != "content-type");
        others.fold(answer, |answer, (name, value)| answer.header(name, value)).times(ANSWERS)
    }

    /// The members of the body as written. Panics where it is no JSON object: then it should not have been read.
    fn members(&self) -> Members {
        Members::read(&self.body)
    }
}

/// serde_json's view of an object.
struct Members(HashMap<String, Box<RawValue>>);

impl Members {
    fn read(object: &str) -> Self {
        serde_json::from_str::<&RawValue>(object).expect("what was read is JSON");
        // A name with half of a surrogate pair is JSON, but no Rust string; of such an object nothing is known.
        Members(serde_json::from_str(object).unwrap_or_default())
    }

    fn raw(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.get())
    }

    fn text(&self, name: &str) -> Option<String> {
        text(self.raw(name)?)
    }

    fn object(&self, name: &str) -> Members {
        self.raw(name).map_or(Members(HashMap::new()), Members::read)
    }
}

/// A JSON string, decoded.
fn text(raw: &str) -> Option<String> {
    serde_json::from_str(raw).ok()
}

/// Whether `found` is what stands before the point of a JSON number, between `least` and `most`.
fn is_integer_part(found: f64, raw: &str, [least, most]: [f64; 2]) -> bool {
    let digits = raw.trim_matches('"');
    let Ok(number) = digits.parse::<f64>() else { return false };
    // Of 0.99999999999999999 a float makes 1.
    let inaccuracy = if digits.contains(['.', 'e', 'E']) { 1.0 } else { 0.0 };
    (number.clamp(least, most).trunc() - found).abs() <= inaccuracy
}

/// Nothing that an application may print has a secret in it, and an error says what and where.
fn is_fit_to_print<R: Debug>(result: &Result<R, Error>, secrets: &[&str]) {
    let printed = match result {
        Ok(found) => format!("{found:?}"),
        Err(error) => {
            assert!(!error.message().is_empty());
            assert!(error.code != ErrorCode::InvalidArgument, "nothing was wrong with what was asked: {error}");
            let said = [&error.oauth_error, &error.oauth_error_description, &error.server_message, &error.route];
            format!("{error} {error:?} {said:?}")
        }
    };
    for secret in secrets {
        assert!(!printed.contains(secret), "a secret in {printed}");
    }
}

/// An app password, as it is and in base64 without its padding.
const LOGIN_SECRETS: [&str; 2] = [APP_PASSWORD, "QWJDZEUtZkdoSWotS2xNbk8tcFFyU3QtdVZ3WHk"];

/// A client secret: as it is, in base64, and in base64 with the id.
const CLIENT_SECRETS: [&str; 3] =
    [CLIENT_SECRET, "Y2xpZW50LXNlY3JldC01ZjNh", "bWNwLXNlcnZlcjpjbGllbnQtc2VjcmV0LTVmM2E"];

/// The answer to discovery.
pub fn discovery(input: &[u8]) {
    let fuzzed = Fuzzed::read(input);
    let world = World::new();
    fuzzed.answers().for_each(|answer| world.on_any(answer));
    let client = client(&world);
    let result = token_of(&world, &client);
    is_fit_to_print(&result.as_ref().map(drop).map_err(Clone::clone), &CLIENT_SECRETS);
    let sent = world.sent();
    let (asked, told): (Vec<_>, Vec<_>) = sent.iter().partition(|sent| sent.method == "GET");
    assert!(asked.iter().all(|sent| !sent.text().contains(CLIENT_SECRET) && sent.header("authorization").is_none()));
    let members = match told.first() {
        // From here on only what the metadata say is believed.
        Some(_) => fuzzed.members(),
        None => return assert!(result.is_err()),
    };
    assert_eq!(fuzzed.status, 200);
    for sent in told {
        if let Some(endpoint) = members.text("token_endpoint") {
            assert_eq!(sent.url, endpoint);
        }
        if let Ok(url) = url::Url::parse(&sent.url) {
            let is_loopback = match url.host() {
                Some(url::Host::Domain(name)) => name == "localhost",
                Some(url::Host::Ipv4(address)) => address.is_loopback(),
                Some(url::Host::Ipv6(address)) => address.is_loopback(),
                None => false,
            };
            assert!(url.scheme() == "https" || is_loopback, "a secret to {url}");
        }
    }
    // Of the grants that it lists nothing follows before the token endpoint has refused.
    if let (Err(error), true) = (&result, members.raw("grant_types_supported").is_some()) {
        assert!(error.code != ErrorCode::GrantNotSupported || error.oauth_error.is_some());
    }
}

/// A lifetime that can be read: a number, or a text of one without an exponent.
fn lifetime(raw: &str) -> Option<String> {
    if !raw.starts_with('"') {
        let is_number = raw.starts_with(|first: char| first == '-' || first.is_ascii_digit());
        return Some(raw.to_string()).filter(|_| is_number);
    }
    let written = text(raw)?.trim_ascii().to_string();
    let digits = written.strip_prefix('-').unwrap_or(&written);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let is_number = !whole.is_empty() && is_digits(whole) && is_digits(fraction);
    is_number.then_some(written)
}

/// The answer of the token endpoint.
pub fn token(input: &[u8]) {
    let fuzzed = Fuzzed::read(input);
    let world = World::new();
    world.on(DISCOVERY, metadata());
    world.on_each(TOKEN_ENDPOINT, fuzzed.answers());
    let client = client(&world);
    let result = token_of(&world, &client);
    is_fit_to_print(&result.as_ref().map(drop).map_err(Clone::clone), &CLIENT_SECRETS);
    let kept = client.token_cache().contents().token;
    let Ok(token) = result else { return assert!(kept.is_none()) };
    let members = fuzzed.members();
    assert!((200..300).contains(&fuzzed.status));
    assert!(!token.is_empty() && token.chars().all(|character| character.is_ascii_graphic()));
    if let Some(expected) = members.text("access_token") {
        assert_eq!(token, expected);
    }
    match members.raw("token_type") {
        None | Some("null") => {}
        Some(raw) => assert!(text(raw).is_none_or(|kind| kind.eq_ignore_ascii_case("bearer")), "{raw}"),
    }
    let lifetime = members.raw("expires_in").and_then(lifetime).unwrap_or("3600".to_string());
    let now_ms = START_MS + world.elapsed_ms();
    let kept_s = kept.map_or(0.0, |token| (token.expires_at.expect("an end").as_millis() - now_ms) as f64 / 1000.0);
    assert!((0.0..=LONGEST_LIFE_S).contains(&kept_s));
    if !members.0.is_empty() {
        assert!(is_integer_part(kept_s, &lifetime, [0.0, LONGEST_LIFE_S]), "{kept_s} for {lifetime}");
    }
}

/// The answer to the status of a user, of today's Astrolabe or of the older one.
pub fn status(input: &[u8]) {
    let fuzzed = Fuzzed::read(input);
    let world = World::new();
    world.on_each(ALICE, fuzzed.answers());
    let result = status_of(&world, &bearer_client(&world), "alice");
    is_fit_to_print(&result, &LOGIN_SECRETS);
    let Ok(found) = result else { return };
    let members = fuzzed.members();
    if fuzzed.status == 404 {
        // What the older Astrolabe says, and nothing besides.
        for (name, raw) in &members.0 {
            match name.as_str() {
                "success" => assert_eq!(raw.get(), "false"),
                "error" => assert!(raw.get().starts_with('"'), "{raw}"),
                _ => panic!("nothing that the older Astrolabe says: {name}"),
            }
        }
        return assert_eq!(found, no_access());
    }
    assert_eq!(fuzzed.status, 200);
    if members.0.is_empty() {
        return;
    }
    assert!(members.raw("success") != Some("false"));
    let is_there = |name| members.raw(name).is_some();
    assert!(
        ["has_background_access", "app_password", "credential_type"].into_iter().any(is_there)
            || (members.raw("success") == Some("true") && is_there("user_id"))
    );
    assert!(members.raw("user_id").is_none() || members.text("user_id").is_some_and(|id| id == "alice"));
    let has_password = members.text("app_password").is_some_and(|password| !password.is_empty());
    match members.raw("has_background_access") {
        Some("true") => assert!(found.has_access),
        Some("false") => assert!(!found.has_access),
        None | Some("null") => assert!(found.has_access == has_password || members.text("app_password").is_none()),
        Some(other) => panic!("taken for yes or no: {other}"),
    }
    let kind = members.text("sync_type").or_else(|| members.text("credential_type"));
    let kind = kind.or_else(|| Some("app_password".to_string()).filter(|_| found.has_access));
    assert_eq!(found.credential_type, kind.filter(|kind| !kind.is_empty()));
    match members.raw("provisioned_at") {
        None | Some("null") => assert_eq!(found.provisioned_at, None),
        Some(raw) => {
            let found_s = found.provisioned_at.expect("a time").as_millis() as f64 / 1000.0;
            assert!(is_integer_part(found_s, raw, [-LAST_DATE_S, LAST_DATE_S]), "{found_s} for {raw}");
        }
    }
}

/// The answer to a page of the users.
pub fn user_list(input: &[u8]) {
    let fuzzed = Fuzzed::read(input);
    let world = World::new();
    // The first page is this answer, of as many tries as it takes; the second is empty.
    world.on_each(&format!("{HOST}/ocs/v2.php/cloud/users?limit=100&offset=0"), fuzzed.answers());
    world.on(&format!("{HOST}/ocs/v2.php/cloud/users?limit=100&offset=100"), empty_page());
    let result = users_of(&world, &bearer_client(&world), "", 100);
    // The ids of users are what was asked for, whatever they look like.
    is_fit_to_print(&result.as_ref().map(drop).map_err(Clone::clone), &LOGIN_SECRETS);
    let Ok(found) = result else { return };
    let members = fuzzed.members();
    assert_eq!(fuzzed.status, 200);
    let Some(users) = members.object("ocs").object("data").raw("users").map(str::to_string) else { return };
    let users: Vec<Box<RawValue>> = serde_json::from_str(&users).expect("a list");
    assert_eq!(found.len(), users.len());
    for (found, raw) in found.iter().zip(&users) {
        match raw.get().as_bytes()[0] {
            b'"' => assert!(text(raw.get()).is_none_or(|id| id == *found)),
            b'-' | b'0'..=b'9' => assert_eq!(found, raw.get()),
            _ => panic!("taken for an id: {raw}"),
        }
    }
}

/// When to come back, as a failure says it.
pub fn retry_after(input: &[u8]) {
    let fuzzed = Fuzzed::read(input);
    let world = World::new();
    world.on_each(ALICE, fuzzed.answers());
    let result = status_of(&world, &bearer_client(&world), "alice");
    is_fit_to_print(&result, &LOGIN_SECRETS);
    let times = world.times();
    assert!(times.len() <= 3 && world.elapsed_ms() < 10_000, "{times:?}");
    let Err(error) = result else { return };
    assert!(error.retry_after.is_none_or(|wait| wait <= MAX_WAIT));
    if fuzzed.status < 400 {
        return;
    }
    let asked = fuzzed.header("retry-after").map(str::trim_ascii).filter(|asked| !asked.is_empty()).unwrap_or("none");
    let now_ms = START_MS + world.elapsed_ms();
    // An IMF-fixdate has this length; the obsolete forms are not read.
    let date = Some(asked).filter(|asked| asked.len() == 29).and_then(|asked| httpdate::parse_http_date(asked).ok());
    if asked.bytes().all(|byte| byte.is_ascii_digit()) {
        let wait = Duration::from_secs(asked.parse().unwrap_or(u64::MAX)).min(MAX_WAIT);
        assert_eq!(error.retry_after, Some(wait));
        assert!(times.windows(2).all(|pair| (pair[1] - pair[0]) as u128 == wait.as_millis()), "{times:?}");
    } else if let Some(date) = date {
        let ms = date.duration_since(UNIX_EPOCH).expect("after 1970").as_millis() as i64 - now_ms;
        assert_eq!(error.retry_after, Some(Duration::from_millis(ms.max(0) as u64).min(MAX_WAIT)));
    } else if asked.len() != 29 {
        assert_eq!(error.retry_after, None, "a bearer is not locked");
        password_is_sent_once(&fuzzed);
    }
}

/// Where no time is named, a password is not sent again to a server that has had too many requests.
fn password_is_sent_once(fuzzed: &Fuzzed) {
    let world = World::new();
    world.on_each(ALICE, fuzzed.answers());
    let error = status_of(&world, &basic_client(&world), "alice").expect_err("what is none with a bearer either");
    if fuzzed.status != 429 {
        return assert_eq!(error.retry_after, None);
    }
    assert_eq!((error.code, world.sent().len()), (ErrorCode::RateLimited, 1));
    let members = serde_json::from_str::<HashMap<String, Box<RawValue>>>(&fuzzed.body).unwrap_or_default();
    if let Some(wait) = error.retry_after {
        assert_eq!(wait, Duration::from_secs(1_800));
        let is_nextclouds = ["message", "ocs"].into_iter().any(|name| members.contains_key(name));
        assert!(is_nextclouds || members.is_empty(), "taken for a lock: {}", fuzzed.body);
    }
}
