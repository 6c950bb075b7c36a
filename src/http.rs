//! Requests, responses, and the rules that hold for all of them: time limits, retries, redirects.

use core::future::{poll_fn, Future};
use core::pin::{pin, Pin};
use core::task::Poll;

use crate::error::{Error, ErrorCode};
use crate::http_date;
use crate::json::integer;
use crate::text::decimal;
use crate::url::{without_query, Url};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
}

impl Method {
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
        }
    }
}

/// What to send. Has no `Debug`, because headers and body hold secrets.
pub struct Request {
    pub method: Method,
    pub url: String,
    pub headers: Vec<(&'static str, String)>,
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
        [self.method.as_str(), " ", without_query(&self.url)].concat()
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
    pub body: String,
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| *header == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn is_redirect(&self) -> bool {
        self.status == 0 || matches!(self.status, 301 | 302 | 303 | 307 | 308)
    }

    /// A page for people: of a web server, a proxy, or Nextcloud where no controller of an app was reached.
    pub(crate) fn is_html(&self) -> bool {
        self.header("content-type").is_some_and(|kind| kind.to_ascii_lowercase().contains("html"))
            || self.body.trim_start().starts_with('<')
    }

    pub(crate) fn is_maintenance(&self) -> bool {
        self.status == 503 && self.header("x-nextcloud-maintenance-mode") == Some("1")
    }

    /// `Retry-After` in milliseconds from `now_ms` on (RFC 9110 §10.2.3: seconds or a date).
    pub(crate) fn retry_after_ms(&self, now_ms: i64) -> Option<u64> {
        let value = self.header("retry-after")?.trim();
        if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
            let seconds = integer(value)?;
            return Some(seconds.unsigned_abs().saturating_mul(1000).min(u64::from(MAX_TIMER_MS)));
        }
        Some(
            u64::try_from(http_date::parse_ms(value)?.saturating_sub(now_ms)).unwrap_or(0).min(u64::from(MAX_TIMER_MS)),
        )
    }
}

/// The longest time that JavaScript's `setTimeout` takes, in milliseconds; with more it fires at once. Nobody is told to
/// wait longer than that.
pub(crate) const MAX_TIMER_MS: u32 = i32::MAX as u32;

/// The world that a client runs in: a network, a clock, and work that several callers wait for.
pub trait Transport: 'static {
    /// Work under way that any number of callers can wait for.
    type Flight: Clone + 'static;

    /// Sends one request and reads the whole answer. Never follows a redirect on its own, unless the request says so;
    /// sends and keeps no cookies. Dropping the future ends the request.
    fn send(&self, request: &Request) -> impl Future<Output = Result<Response, Error>>;

    fn sleep(&self, ms: u64) -> impl Future<Output = ()>;

    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn now_ms(&self) -> i64;

    /// Evenly distributed over all values.
    fn random(&self) -> u32;

    /// Begins `work`, which goes on without whoever began it.
    fn share(&self, work: Pin<Box<dyn Future<Output = ()>>>) -> Self::Flight;

    /// Waits until the work is done.
    fn join(&self, flight: &Self::Flight) -> impl Future<Output = ()>;
}

/// How long a call may take and how often it may try.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Limits {
    pub(crate) timeout_ms: u32,
    /// When the time limit ends, by the transport's clock.
    pub(crate) deadline_ms: i64,
    pub(crate) max_retries: u32,
}

impl Limits {
    pub(crate) fn start<T: Transport>(transport: &T, timeout_ms: u32, max_retries: u32) -> Self {
        Limits { timeout_ms, deadline_ms: transport.now_ms().saturating_add(i64::from(timeout_ms)), max_retries }
    }
}

pub(crate) enum First<A, B> {
    A(A),
    B(B),
}

/// Runs both until one is done, and drops the other.
pub(crate) async fn first<A, B>(a: impl Future<Output = A>, b: impl Future<Output = B>) -> First<A, B> {
    let mut a = pin!(a);
    let mut b = pin!(b);
    poll_fn(|context| match a.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(First::A(done)),
        Poll::Pending => b.as_mut().poll(context).map(First::B),
    })
    .await
}

/// Runs `work` for as long as the limits allow.
pub(crate) async fn within<T: Transport, R>(
    transport: &T,
    limits: &Limits,
    work: Pin<Box<dyn Future<Output = Result<R, Error>> + '_>>,
) -> Result<R, Error> {
    let left_ms = u64::try_from(limits.deadline_ms.saturating_sub(transport.now_ms())).unwrap_or(0);
    // Not more than the whole, should the clock be set back meanwhile.
    match first(work, transport.sleep(left_ms.min(u64::from(limits.timeout_ms)))).await {
        First::A(result) => result,
        First::B(()) => Err(Error::new(
            ErrorCode::Timeout,
            [
                "no answer within ",
                &decimal(u64::from(limits.timeout_ms)),
                " ms, all tries taken together: the server is slow or cannot be reached; timeoutMs sets the limit",
            ]
            .concat(),
        )),
    }
}

const FIRST_BACKOFF_MS: u64 = 500;

/// Full jitter: anything from nothing to 500 ms, 1 s, 2 s and so on, so that clients that failed together do not
/// come back together.
fn backoff_ms<T: Transport>(transport: &T, tries: u32) -> u64 {
    let ceiling = FIRST_BACKOFF_MS << tries.min(6);
    (u64::from(transport.random()) * ceiling) >> 32
}

/// How long to wait before another try, or `None` where none would help.
fn pause_ms<T: Transport>(transport: &T, result: &Result<Response, Error>, tries: u32) -> Option<u64> {
    match result {
        Err(error) if error.code == ErrorCode::Network => Some(backoff_ms(transport, tries)),
        Err(_) => None,
        Ok(response) => {
            let asked = response.retry_after_ms(transport.now_ms());
            match response.status {
                // Without Retry-After this is Nextcloud's brute-force lock; each try would make it longer.
                429 => asked,
                // Maintenance takes minutes: only the server can know how many.
                503 if response.is_maintenance() => asked,
                502..=504 => Some(asked.unwrap_or_else(|| backoff_ms(transport, tries))),
                _ => None,
            }
        }
    }
}

/// Sends a request, again where that can help and may be done. The last answer is the answer, whatever its status.
pub(crate) async fn send<T: Transport>(transport: &T, request: &Request, limits: &Limits) -> Result<Response, Error> {
    let mut tries = 0;
    loop {
        let result = transport.send(request).await.map_err(|error| error.at(&request.route()));
        if !request.repeatable || tries == limits.max_retries {
            return result;
        }
        match pause_ms(transport, &result, tries) {
            Some(ms) if transport.now_ms().saturating_add_unsigned(ms) < limits.deadline_ms => {
                transport.sleep(ms).await
            }
            // What cannot come within the time limit is not waited for.
            _ => return result,
        }
        tries += 1;
    }
}

const MAX_REDIRECTS: u32 = 5;

/// Sends a request without secrets and follows redirects, never from `https` to plain `http`.
pub(crate) async fn send_following_redirects<T: Transport>(
    transport: &T,
    mut request: Request,
    limits: &Limits,
) -> Result<Response, Error> {
    let mut redirects = 0;
    loop {
        let response = send(transport, &request, limits).await?;
        let here = Url::parse(&request.url).ok_or_else(|| Error::invalid("not an http(s) URL").at(&request.route()))?;
        // From https, or from this machine: who answers decides where a secret goes.
        let downgrade = |to: &str| {
            here.is_safe_for_secrets()
                && !Url::parse(to).is_some_and(|url| url.is_https || (!here.is_https && url.is_loopback()))
        };
        let refuse = |what: &str| {
            Err(Error::new(ErrorCode::UnexpectedRedirect, what)
                .at(&request.route())
                .with(|details| details.status = Some(response.status).filter(|&s| s != 0)))
        };
        if request.follow_redirects && downgrade(&response.url) {
            return refuse("redirected to plain http, where anyone on the way could answer: correct the redirect of the web server");
        }
        if !response.is_redirect() {
            return Ok(response);
        }
        if redirects == MAX_REDIRECTS {
            return refuse("redirected more than five times: correct the redirects of the web server");
        }
        redirects += 1;
        if response.status == 0 {
            if request.follow_redirects {
                return refuse("redirected to somewhere that cannot be followed");
            }
            request.follow_redirects = true;
            continue;
        }
        let Some(target) = response.header("location").and_then(|location| here.join(location)) else {
            return refuse("redirected to nowhere: the Location header is missing or is no http(s) URL");
        };
        if downgrade(&target) {
            return refuse("redirected to plain http, where anyone on the way could answer: correct the redirect of the web server");
        }
        request.url = target;
    }
}
