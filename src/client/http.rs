//! Requests, responses, and the rules that hold for all of them: what is tried again, which redirects are followed.
//! Pure: sends nothing.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use super::error::{Error, ErrorCode};
use super::http_date;
use super::url::{without_query, Url};
use crate::json::integer;
use crate::text::fill;

/// The methods that this client uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Asks for a token, stores, revokes.
    Post,
}

impl Method {
    /// As it is sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
        }
    }
}

/// What to send. Has no `Debug`, because headers and body hold secrets.
pub struct Request {
    /// How.
    pub method: Method,
    /// Where to: absolute, `http` or `https`.
    pub url: String,
    /// Names and values. No name is there twice.
    pub headers: Vec<(&'static str, String)>,
    /// Of the type that `Content-Type` among the headers names.
    pub body: Option<String>,
    /// Whether the platform itself follows redirects. Only for discovery, and only where the platform does not let
    /// a program read a redirect (browsers).
    pub follow_redirects: bool,
    /// Whether sending it twice does no more than sending it once.
    pub repeatable: bool,
}

impl Request {
    pub(crate) fn new(method: Method, url: String) -> Self {
        Request {
            method,
            url,
            headers: vec![("Accept", "application/json".to_string())],
            body: None,
            follow_redirects: false,
            repeatable: method == Method::Get,
        }
    }

    /// Method and URL without query: where an error happened.
    pub(crate) fn route(&self) -> String {
        fill("{} {}", &[self.method.as_str(), without_query(&self.url)])
    }
}

/// The headers of a response that this client reads.
pub const RESPONSE_HEADERS: [&str; 5] =
    ["content-type", "date", "location", "retry-after", "x-nextcloud-maintenance-mode"];

/// What came back.
#[derive(Clone)]
pub struct Response {
    /// 0 for a redirect that the platform does not let a program read.
    pub status: u16,
    /// Where the answer came from, after the redirects that the platform followed; empty where it follows none.
    pub url: String,
    /// Of [`RESPONSE_HEADERS`] those that are there; of an answer with status 200 `date` is enough.
    pub headers: Vec<(&'static str, String)>,
    /// All of it, as text.
    pub body: String,
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| *header == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn is_redirect(&self) -> bool {
        self.status == 0 || matches!(self.status, 301 | 302 | 303 | 307 | 308)
    }

    pub(crate) fn is_maintenance(&self) -> bool {
        self.status == 503 && self.header("x-nextcloud-maintenance-mode") == Some("1")
    }

    /// `Retry-After` in milliseconds from `now_ms` on (RFC 9110 §10.2.3: seconds or a date).
    pub(crate) fn retry_after_ms(&self, now_ms: i64) -> Option<u64> {
        let value = self.header("retry-after")?.trim_ascii();
        let ms = if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
            integer(value)?.saturating_mul(1000)
        } else {
            http_date::parse_ms(value.as_bytes())?.saturating_sub(now_ms)
        };
        Some(ms.clamp(0, i64::from(MAX_TIMER_MS)).unsigned_abs())
    }
}

/// The longest time that JavaScript's `setTimeout` takes, in milliseconds; with more it fires at once. Nobody is told to
/// wait longer than that.
pub(crate) const MAX_TIMER_MS: u32 = i32::MAX as u32;

/// Full jitter: anything from nothing to 500 ms, 1 s, 2 s and so on, so that clients that failed together do not
/// come back together. `random` is evenly distributed over all its values.
fn backoff_ms(random: u32, tries: u32) -> u64 {
    (u64::from(random) * (500 << tries.min(6))) >> 32
}

/// How long to wait before another try, or `None` where none would help.
pub(crate) fn pause_ms(result: &Result<Response, Error>, tries: u32, now_ms: i64, random: u32) -> Option<u64> {
    match result {
        Err(error) if error.code == ErrorCode::Network => Some(backoff_ms(random, tries)),
        Err(_) => None,
        Ok(response) => {
            let asked = response.retry_after_ms(now_ms);
            match response.status {
                // Without Retry-After this is Nextcloud's brute-force lock; each try would make it longer.
                429 => asked,
                // Maintenance takes minutes: only the server can know how many.
                503 if response.is_maintenance() => asked,
                502..=504 => Some(asked.unwrap_or(backoff_ms(random, tries))),
                _ => None,
            }
        }
    }
}

const MAX_REDIRECTS: u32 = 5;

/// Where a request without secrets goes next.
pub(crate) enum Redirect {
    /// Nowhere: this is the answer.
    Arrived,
    /// To this URL.
    To(String),
    /// To where only the platform knows.
    ByPlatform,
}

/// Follows redirects, never from `https` to plain `http`. `redirects` counts those that were followed so far.
pub(crate) fn redirect(request: &Request, response: &Response, redirects: u32) -> Result<Redirect, Error> {
    let refuse = |what: &str| {
        Err(Error::new(ErrorCode::UnexpectedRedirect, "redirected {}", &[what]).at(&request.route()).with(|details| {
            details.status = Some(response.status).filter(|&status| status != 0);
        }))
    };
    let here = Url::parse(&request.url);
    // From https, or from this machine: who answers decides where a secret goes.
    let is_downgrade = |to: &str| {
        here.is_some_and(|here| {
            here.is_safe_for_secrets()
                && !Url::parse(to).is_some_and(|url| url.is_https || (!here.is_https && url.is_loopback()))
        })
    };
    let to = if response.status == 0 {
        None
    } else if response.is_redirect() {
        response.header("location").and_then(|location| here?.join(location))
    } else {
        Some(response.url.clone()).filter(|_| request.follow_redirects)
    };
    if to.as_deref().is_some_and(is_downgrade) {
        return refuse("to plain http, where anyone on the way could answer: correct the redirect of the web server");
    }
    if !response.is_redirect() {
        return Ok(Redirect::Arrived);
    }
    if redirects == MAX_REDIRECTS {
        return refuse("more than five times: correct the redirects of the web server");
    }
    match to {
        Some(to) => Ok(Redirect::To(to)),
        None if response.status != 0 => refuse("to nowhere: the Location header is missing or is no http(s) URL"),
        None if request.follow_redirects => {
            refuse("to somewhere that cannot be followed: correct the redirect of the web server")
        }
        None => Ok(Redirect::ByPlatform),
    }
}
