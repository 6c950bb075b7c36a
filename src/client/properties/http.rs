use std::time::{Duration, UNIX_EPOCH};

use httpdate::fmt_http_date;
use proptest::prelude::*;
use proptest::sample::select;
use url::Url as Oracle;

use crate::client::http::{pause_ms, redirect, Method, Redirect, Request, Response, MAX_TIMER_MS};
use crate::client::Error;
use crate::properties::{config, text};

fn response(status: u16, headers: Vec<(&'static str, String)>) -> Response {
    Response { status, url: String::new(), headers, body: String::new() }
}

fn asking_to_wait(retry_after: impl Into<String>) -> Response {
    response(503, vec![("retry-after", retry_after.into())])
}

/// Where a request goes, and where redirects lead it.
fn place() -> impl Strategy<Value = String> {
    let origin = "https?://(localhost|127\\.0\\.0\\.1|a\\.example|b\\.example|localhost\\.example)(:81)?";
    prop_oneof![4 => (origin, "(/[a-z]{0,3}){0,2}").prop_map(|(origin, path)| origin + &path), 1 => "/{0,2}[a-z.]{0,5}", 1 => text()]
}

fn is_safe(url: &str) -> bool {
    let url = Oracle::parse(url).expect("a URL");
    let is_loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1"));
    url.scheme() == "https" || is_loopback
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn seconds_to_wait_are_those_that_the_server_says(digits in "0{0,3}[0-9]{1,30}", blank in "[ \t]{0,2}") {
        let found = asking_to_wait(format!("{blank}{digits}{blank}")).retry_after_ms(0);
        let expected = digits.parse::<u128>().unwrap_or(u128::MAX).saturating_mul(1000).min(u128::from(MAX_TIMER_MS));
        prop_assert_eq!(found.map(u128::from), Some(expected));
    }

    #[test]
    fn a_date_to_wait_for_is_that_of_httpdate(second in 0..253_402_300_799u64, now_ms in prop_oneof![Just(0), 0..253_402_300_799_000i64, any::<i64>()]) {
        let found = asking_to_wait(fmt_http_date(UNIX_EPOCH + Duration::from_secs(second))).retry_after_ms(now_ms);
        let expected = (i128::from(second) * 1000 - i128::from(now_ms)).clamp(0, i128::from(MAX_TIMER_MS));
        prop_assert_eq!(found.map(i128::from), Some(expected));
    }

    #[test]
    fn whatever_else_it_says_is_no_time_or_a_bounded_one(text in text(), now_ms: i64) {
        let is_digits = !text.trim_ascii().is_empty() && text.trim_ascii().bytes().all(|byte| byte.is_ascii_digit());
        let found = asking_to_wait(text).retry_after_ms(now_ms);
        prop_assert_eq!(found.is_some(), is_digits);
        prop_assert!(found.is_none_or(|ms| ms <= u64::from(MAX_TIMER_MS)));
    }

    #[test]
    fn a_pause_is_what_the_server_asks_or_within_a_limit_that_doubles(
        status in prop_oneof![select(vec![429u16, 502, 503, 504]), 0..1000u16], seconds in prop::option::of(0..3_000_000u32),
        is_maintenance: bool, tries in 0..100u32, random: u32,
    ) {
        let mut headers = Vec::new();
        headers.extend(seconds.map(|seconds| ("retry-after", seconds.to_string())));
        headers.extend(is_maintenance.then(|| ("x-nextcloud-maintenance-mode", "1".to_string())));
        let found = pause_ms(&Ok(response(status, headers)), tries, 0, random);
        let asked = seconds.map(|seconds| (u64::from(seconds) * 1000).min(u64::from(MAX_TIMER_MS)));
        let limit_ms = 500 * 2u64.pow(tries.min(6));
        let is_backoff = found.is_some_and(|ms| ms < limit_ms);
        match status {
            429 => prop_assert_eq!(found, asked),
            503 if is_maintenance => prop_assert_eq!(found, asked),
            502..=504 if asked.is_some() => prop_assert_eq!(found, asked),
            502..=504 => prop_assert!(is_backoff),
            _ => prop_assert_eq!(found, None),
        }
        let broken = pause_ms(&Err(Error::network(None)), tries, 0, random);
        prop_assert!(broken.is_some_and(|ms| ms < limit_ms));
        prop_assert_eq!(pause_ms(&Err(Error::too_large("1")), tries, 0, random), None);
    }

    #[test]
    fn a_redirect_is_followed_from_no_safe_place_to_an_unsafe_one(
        from in "https?://(localhost|127\\.0\\.0\\.1|a\\.example|localhost\\.example)(:81)?(/[a-z]{0,3}){0,2}",
        to in place(), status in select(vec![0u16, 200, 301, 302, 303, 304, 307, 308, 404]), redirects in 0..=5u32,
    ) {
        let request = Request::new(Method::Get, from.clone());
        let response = response(status, vec![("location", to.clone())]);
        let is_redirect = matches!(status, 0 | 301 | 302 | 303 | 307 | 308);
        match redirect(&request, &response, redirects) {
            Ok(Redirect::Arrived) => prop_assert!(!is_redirect),
            Ok(Redirect::ByPlatform) => prop_assert_eq!(status, 0),
            Ok(Redirect::To(url)) => {
                prop_assert!(is_redirect && status != 0 && redirects < 5);
                // One that no platform could send to anyway.
                if let Ok(found) = Oracle::parse(&url) {
                    prop_assert_eq!(Ok(found), Oracle::parse(&from).expect("a URL").join(&to));
                    prop_assert!(is_safe(&url) || !is_safe(&from), "{from} to {url}");
                    prop_assert!(!from.starts_with("https:") || url.to_ascii_lowercase().starts_with("https:"));
                }
            }
            Err(error) => {
                prop_assert!(is_redirect);
                prop_assert_eq!(error.status, Some(status).filter(|status| *status != 0));
            }
        }
    }

    #[test]
    fn where_the_platform_followed_it_ended_in_no_unsafe_place(
        from in "https?://(localhost|a\\.example)", to in "https?://(localhost|a\\.example|b\\.example)(/[a-z]{0,3})?",
    ) {
        let request = Request { follow_redirects: true, ..Request::new(Method::Get, from.clone()) };
        let arrived = Response { url: to.clone(), ..response(200, Vec::new()) };
        let is_fine = !is_safe(&from) || to.starts_with("https:") || (from.starts_with("http:") && is_safe(&to));
        prop_assert_eq!(redirect(&request, &arrived, 0).is_ok(), is_fine);
    }

    #[test]
    fn a_route_has_no_query(path in "[a-z/]{0,9}", query in "[?#][ -~]{0,20}") {
        let route = Request::new(Method::Post, format!("https://a.example/{path}{query}")).route();
        prop_assert_eq!(route, format!("POST https://a.example/{path}"));
    }
}
