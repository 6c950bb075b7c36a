use core::time::Duration;
use std::time::UNIX_EPOCH;

use httpdate::fmt_http_date;
use proptest::prelude::*;
use proptest::sample::select;
use url::Url as Oracle;

use super::{cases, text, time};
use crate::error::ErrorKind;
use crate::http::{can_pass, pause, redirect, Method, Redirect, Request, Response};
use crate::platform::{TransportError, UnixTime};

/// What `setTimeout` takes.
const MAX_WAIT_MS: u64 = i32::MAX as u64;

const NOW: UnixTime = UnixTime::from_millis(0);

fn response(status: u16, headers: Vec<(&'static str, String)>) -> Response {
    Response { status, url: String::new(), headers, body: String::new() }
}

fn asking_to_wait(retry_after: impl Into<String>) -> Response {
    response(503, vec![("retry-after", retry_after.into())])
}

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).expect("not so long")
}

/// Where a request goes, and where redirects lead it.
fn place() -> impl Strategy<Value = String> {
    let origin = "https?://(localhost|127\\.0\\.0\\.1|a\\.example|b\\.example|localhost\\.example)(:81)?";
    prop_oneof![4 => (origin, "(/[a-z]{0,3}){0,2}").prop_map(|(origin, path)| origin + &path), 1 => "/{0,2}[a-z.]{0,5}", 1 => text()]
}

fn is_safe(url: &str) -> bool {
    super::url::is_safe(&Oracle::parse(url).expect("a URL"))
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn seconds_to_wait_are_read_and_bounded(digits in "[0-9]{1,30}", blank in "[ \t]{0,2}") {
        let found = asking_to_wait(format!("{blank}{digits}{blank}")).retry_after(NOW).map(ms);
        let expected = digits.parse::<u128>().unwrap_or(u128::MAX).saturating_mul(1000).min(u128::from(MAX_WAIT_MS));
        prop_assert_eq!(found.map(u128::from), Some(expected));
    }

    #[test]
    fn a_date_to_wait_for_is_that_of_httpdate(
        second in 0..253_402_300_799u64, now_ms in prop_oneof![Just(0), 0..253_402_300_799_000i64, any::<i64>()],
    ) {
        let date = fmt_http_date(UNIX_EPOCH + Duration::from_secs(second));
        let found = asking_to_wait(date).retry_after(UnixTime::from_millis(now_ms)).map(ms);
        let expected = (i128::from(second) * 1000 - i128::from(now_ms)).clamp(0, i128::from(MAX_WAIT_MS));
        prop_assert_eq!(found.map(i128::from), Some(expected));
    }

    #[test]
    fn whatever_else_it_says_is_no_time_or_a_bounded_one(text in text(), now in time()) {
        let is_digits = !text.trim_ascii().is_empty() && text.trim_ascii().bytes().all(|byte| byte.is_ascii_digit());
        let found = asking_to_wait(text).retry_after(now).map(ms);
        prop_assert_eq!(found.is_some(), is_digits);
        prop_assert!(found.is_none_or(|ms| ms <= MAX_WAIT_MS));
    }

    #[test]
    fn a_pause_is_what_the_server_asks_or_within_a_limit_that_doubles(
        status in prop_oneof![select(vec![429u16, 502, 503, 504, 520, 524]), 0..1000u16], seconds in prop::option::of(0..3_000_000u32),
        is_maintenance: bool, sends_password: bool, tries in 0..100u32, random: u32,
    ) {
        let mut headers = Vec::new();
        headers.extend(seconds.map(|seconds| ("retry-after", seconds.to_string())));
        headers.extend(is_maintenance.then(|| ("x-nextcloud-maintenance-mode", "1".to_string())));
        let found = pause(&Ok(response(status, headers)), tries, NOW, random, sends_password).map(ms);
        let asked = seconds.map(|seconds| (u64::from(seconds) * 1000).min(MAX_WAIT_MS));
        let limit_ms = 500 * 2u64.pow(tries.min(6));
        let is_backoff = found.is_some_and(|ms| ms < limit_ms);
        match status {
            429 if asked.is_some() || sends_password => prop_assert_eq!(found, asked),
            429 => prop_assert!(is_backoff),
            503 if is_maintenance => prop_assert_eq!(found, asked),
            502..=504 | 520..=524 if asked.is_some() => prop_assert_eq!(found, asked),
            502..=504 | 520..=524 => prop_assert!(is_backoff),
            _ => prop_assert_eq!(found, None),
        }
        prop_assert_eq!(can_pass(status), matches!(status, 502..=504 | 520..=524));
        let broken = pause(&Err(TransportError::Network { status: None, cause: None }), tries, NOW, random, sends_password);
        prop_assert!(broken.map(ms).is_some_and(|ms| ms < limit_ms));
        let too_large = TransportError::TooLarge { status, max_response_bytes: 1 };
        prop_assert_eq!(pause(&Err(too_large), tries, NOW, random, sends_password), None);
        prop_assert_eq!(pause(&Err(TransportError::NoResponse), tries, NOW, random, sends_password), None);
    }

    #[test]
    fn a_redirect_is_followed_from_no_safe_place_to_an_unsafe_one(
        from in "https?://(localhost|127\\.0\\.0\\.1|a\\.example|localhost\\.example)(:81)?(/[a-z]{0,3}){0,2}",
        to in place(), status in select(vec![0u16, 200, 301, 302, 303, 304, 307, 308, 404]), redirects in 0..=5u32,
        by_platform: bool,
    ) {
        let response = response(status, vec![("location", to.clone())]);
        let is_redirect = matches!(status, 0 | 301 | 302 | 303 | 307 | 308);
        match redirect(&from, by_platform, &response, redirects) {
            // The platform says where an answer comes from, if it may follow.
            Ok(Redirect::Arrived) => prop_assert!(!is_redirect && (!by_platform || !is_safe(&from))),
            Ok(Redirect::ByPlatform) => prop_assert!(status == 0 && !by_platform),
            Ok(Redirect::To(url)) => {
                prop_assert!(is_redirect && status != 0 && redirects < 5);
                // One that no platform could send to anyway.
                if let Ok(found) = Oracle::parse(&url) {
                    prop_assert_eq!(Ok(found), Oracle::parse(&from).expect("a URL").join(&to));
                    prop_assert!(is_safe(&url) || !is_safe(&from), "{from} to {url}");
                    prop_assert!(!from.starts_with("https:") || url.to_ascii_lowercase().starts_with("https:"));
                }
            }
            Err(kind) => {
                prop_assert!(is_redirect || by_platform);
                prop_assert!(matches!(kind, ErrorKind::Redirected(_)));
            }
        }
    }

    #[test]
    fn where_the_platform_followed_it_ended_in_no_unsafe_place(
        from in "https?://(localhost|a\\.example)", to in "https?://(localhost|a\\.example|b\\.example)(/[a-z]{0,3})?",
    ) {
        let mut arrived = response(200, Vec::new());
        arrived.url = to.clone();
        let is_fine = !is_safe(&from) || to.starts_with("https:") || (from.starts_with("http:") && is_safe(&to));
        prop_assert_eq!(redirect(&from, true, &arrived, 0).is_ok(), is_fine);
    }

    #[test]
    fn a_route_has_no_query(path in "[a-z/]{0,9}", query in "[?#][ -~]{0,20}") {
        let route = Request::new(Method::Post, format!("https://a.example/{path}{query}")).route();
        prop_assert_eq!(route, format!("POST https://a.example/{path}"));
    }

    #[test]
    fn of_two_headers_of_one_name_the_later_is_sent(names in prop::collection::vec((select(vec!["A", "B", "C"]), text()), 0..9)) {
        let mut request = new("https://a.example");
        for (name, value) in &names {
            request.set_header(name, value.clone().into());
        }
        for (name, value) in &request.headers {
            let last = names.iter().rev().find(|(other, _)| other == name).map(|(_, value)| value);
            prop_assert!(last.is_some_and(|last| last == value) || *name == "Accept");
            prop_assert_eq!(request.headers.iter().filter(|(other, _)| other == name).count(), 1);
        }
    }

    #[test]
    fn a_page_is_told_by_its_type_or_by_how_it_begins(kind in "(text/|application/xhtml\\+)?([hH][tT][mM][lL]|json|xml)(; charset=utf-8)?", body in text()) {
        let mut page = response(200, vec![("content-type", kind.clone())]);
        page.body = body.clone();
        let is_page = kind.to_ascii_lowercase().contains("html") || body.trim_ascii_start().starts_with('<');
        prop_assert_eq!(page.is_html(), is_page);
    }
}

fn new(url: &str) -> Request {
    Request::new(Method::Get, url.to_string())
}
