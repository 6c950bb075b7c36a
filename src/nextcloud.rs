//! Nextcloud's routes: paths, what an answer holds, what each status means.
//! Pure: makes requests and reads responses, sends nothing.

pub(crate) mod background_sync;
pub(crate) mod server_status;
pub(crate) mod users;

use alloc::string::{String, ToString};

use crate::answer::Answer;
use crate::error::{Error, ErrorCode};
use crate::http::{Method, Request};
use crate::json::Object;
use crate::text::{decimal, fill, path_segment};

/// How long Nextcloud's brute-force lock lasts, in milliseconds.
const BRUTE_FORCE_LOCK_MS: u64 = 30 * 60 * 1000;

/// Longest user id that Nextcloud's database holds, in bytes of UTF-8; a longer one makes it fail with status 500.
const MAX_USER_ID_BYTES: usize = 64;

const INDEX_PHP: &str = "/index.php";

/// The address of the installation itself: files such as `status.php` and the OCS API are no routes below `index.php`.
pub(crate) fn installation(nextcloud_host: &str) -> &str {
    nextcloud_host.strip_suffix(INDEX_PHP).unwrap_or(nextcloud_host)
}

/// The form of the address that works without URL rewriting.
pub(crate) fn with_index_php(nextcloud_host: &str) -> String {
    fill("{}{}", &[installation(nextcloud_host), INDEX_PHP])
}

/// `user_id` as one segment of a path; an error where it cannot be one.
fn user_segment(user_id: &str) -> Result<String, Error> {
    let problem = if user_id.is_empty() {
        "is empty"
    } else if user_id == "." || user_id == ".." {
        "is a dot segment, which URLs give another meaning"
    } else if user_id.bytes().any(|byte| matches!(byte, b'/' | b'\\')) {
        "contains a slash, which can never be part of an id"
    } else if user_id.chars().any(char::is_control) {
        "contains a control character"
    } else if user_id.len() > MAX_USER_ID_BYTES {
        "is longer than 64 bytes, the most that Nextcloud holds"
    } else {
        return Ok(path_segment(user_id));
    };
    Err(Error::invalid("userId {}", &[problem]))
}

/// `url` begins with `nextcloudHost`, and so does everything that carries a login.
fn api_request(method: Method, url: String) -> Request {
    let mut request = Request::new(method, url);
    // Without it Nextcloud takes the request for a forged one and answers 412.
    request.headers.push(("OCS-APIRequest", "true".to_string()));
    request
}

impl<'a> Answer<'a> {
    /// The JSON object of an answer with status 200; anything else is an error.
    fn object(&self) -> Result<Object<'a>, Error> {
        if self.response.status != 200 {
            return Err(self.refused());
        }
        Object::parse(&self.response.body).ok_or_else(|| {
            let what = if self.response.is_html() { "an HTML page" } else { "something that is no JSON object" };
            self.fail(ErrorCode::UnexpectedResponse, "the server answered with {}: check that nextcloudHost is the address of a Nextcloud and that no login page or proxy stands before it", &[what])
        })
    }

    fn unexpected_field(&self, name: &str) -> Error {
        self.fail(
            ErrorCode::UnexpectedResponse,
            "the field {} of the answer is not of the type that it should be: the server may be too new for this client", &[name],
        )
    }

    /// The message in Nextcloud's own words: `message` of a controller, `error` of Astrolabe, `ocs.meta.message` of OCS.
    fn server_message(&self) -> Option<String> {
        let answer = Object::parse(&self.response.body)?;
        let ocs = || answer.object("ocs")?.object("meta")?.string("message");
        answer
            .string("message")
            .or_else(|| answer.string("error"))
            .or_else(ocs)
            .filter(|message| !message.is_empty())
            .map(|message| self.shown(message))
    }

    /// What a status other than success means.
    fn refused(&self) -> Error {
        let status = decimal(self.response.status.into());
        let html = self.response.is_html();
        let failed = fill("the server failed ({}): its log tells why", &[&status]);
        let rejected =
            fill("the server refused the request ({}): its log, or that of a proxy before it, tells why", &[&status]);
        let (code, meaning) = match self.response.status {
            _ if self.response.is_redirect() => (ErrorCode::UnexpectedRedirect, "the server answered with a redirect, which a login does not follow: give nextcloudHost as the address that it redirects to, https and path included"),
            400 if html => (ErrorCode::RequestRejected, "the server refused the request with a page (400): the host name of nextcloudHost is probably missing from trusted_domains in Nextcloud's config.php"),
            401 => (ErrorCode::Unauthorized, "Nextcloud did not accept the login (401): the token or password is wrong, expired or revoked; or Nextcloud does not know this identity provider (user_oidc must be set up to check bearer tokens); or the web server drops the Authorization header"),
            403 if html => (
                ErrorCode::RequestRejected,
                "a page refused the request (403), not Nextcloud: a firewall or proxy stands before it and must let this through",
            ),
            403 => (ErrorCode::Forbidden, "Nextcloud knows the caller but does not let it do this (403): this route is for administrators, so make the account one or log in as one"),
            404 if html => (ErrorCode::AppNotAvailable, "no such route (an HTML 404): the Astrolabe app is not installed, not enabled for this caller, or the web server does not rewrite URLs (then add /index.php to nextcloudHost)"),
            412 => (ErrorCode::RequestRejected, "Nextcloud took the request for a forged one (412): something in between dropped the OCS-APIRequest header"),
            429 if self.response.header("retry-after").is_none() => (ErrorCode::RateLimited, "Nextcloud's brute-force protection has locked this address for up to 30 minutes (429) after too many wrong passwords: check the password, then wait; a bearer token is not affected"),
            429 => (ErrorCode::RateLimited, "too many requests (429): wait and send fewer"),
            503 if self.response.is_maintenance() => (ErrorCode::Maintenance, "Nextcloud is in maintenance mode (503): try again when it is over"),
            500.. => (ErrorCode::ServerError, failed.as_str()),
            _ => (ErrorCode::RequestRejected, rejected.as_str()),
        };
        let said = self.server_message();
        let error = match &said {
            Some(said) => self.fail(code, "{}; it said: {}", &[meaning, said]),
            None => self.fail(code, "{}", &[meaning]),
        };
        error.with(|details| {
            let asked = self.response.retry_after_ms(self.now_ms);
            details.retry_after_ms =
                if code == ErrorCode::RateLimited { asked.or(Some(BRUTE_FORCE_LOCK_MS)) } else { asked };
            details.server_message = said;
        })
    }
}
