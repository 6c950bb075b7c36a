use core::time::Duration;

use zeroize::Zeroize;

use super::date;
use super::retry::MAX_WAIT;
use crate::json;
use crate::platform::UnixTime;
use crate::text::{contains, every, is_in_any_case};

/// The headers of a response that this client reads.
pub const RESPONSE_HEADERS: [&str; 6] =
    ["content-type", "date", "location", "retry-after", "x-nextcloud-maintenance-mode", "x-user-id"];

/// Those of them that an answer with `status` is read by: a success is told by its body, and each header costs a transport a
/// question to its host.
#[cfg(any(feature = "fetch", feature = "component"))]
pub(crate) fn headers_of(status: u16) -> &'static [&'static str] {
    match status {
        200 => &["date"],
        _ => &RESPONSE_HEADERS,
    }
}

/// What came back. Its body is cleared when it is dropped.
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
        matches!(self.status, 0 | 301 | 302 | 303 | 307 | 308)
    }

    /// Nextcloud's maintenance mode.
    pub(crate) fn is_maintenance(&self) -> bool {
        self.status == 503 && self.header("x-nextcloud-maintenance-mode") == Some("1")
    }

    /// Nextcloud's page of an installation whose files are newer than its database. Of a gateway's pages none has its form.
    pub(crate) fn is_upgrade_page(&self) -> bool {
        self.status == 503 && !self.is_maintenance() && self.is_nextclouds_page()
    }

    /// A page for people that Nextcloud itself made, and no web server or gateway before it.
    pub(crate) fn is_nextclouds_page(&self) -> bool {
        self.is_html() && contains(self.body.as_bytes(), b"data-requesttoken")
    }

    /// A page for people: of a web server, a proxy, or Nextcloud where no controller of an app was reached.
    pub(crate) fn is_html(&self) -> bool {
        let kind = self.header("content-type").unwrap_or("").as_bytes();
        kind.windows(4).any(|part| is_in_any_case(part, b"html"))
            || self.body.trim_ascii_start().as_bytes().first() == Some(&b'<')
    }

    /// Whether PHP has written a message of its own into it.
    pub(crate) fn has_php_message(&self) -> bool {
        contains(self.body.as_bytes(), b"</b> on line <b>")
    }

    /// What the server's clock showed.
    pub(crate) fn date(&self) -> Option<UnixTime> {
        self.header("date").and_then(|date| date::parse(date.as_bytes()))
    }

    /// How long to stay away (RFC 9110 §10.2.3: seconds or a date).
    pub(crate) fn retry_after(&self, now: UnixTime) -> Option<Duration> {
        let value = self.header("retry-after")?.trim_ascii();
        let wait = if !value.is_empty() && every(value, |byte| byte.is_ascii_digit()) {
            Duration::from_secs(json::integer(value)?.unsigned_abs())
        } else {
            date::parse(value.as_bytes())?.since(now)
        };
        Some(wait.min(MAX_WAIT))
    }
}

impl Drop for Response {
    #[inline(never)]
    fn drop(&mut self) {
        self.body.zeroize();
    }
}
