//! One request with its tries and redirects; knows no login.

use core::cell::RefCell;
use core::future::Future;
use core::pin::Pin;
use core::time::Duration;

use crate::error::{network_failure_lasts, Error, ErrorKind, RedirectProblem};
use crate::http::{pause, redirect, Method, Redirect, Request, Response, Route};
use crate::platform::{first, First, Runtime, Transport, TransportError, UnixTime};

/// In place of a route, where it is not known which of a login's requests it was.
pub(crate) const LOGIN: &str = "login";

/// Where a call is.
#[derive(Clone)]
pub(crate) enum Place {
    Login,
    At(Route),
}

impl Place {
    pub(crate) fn route(&self) -> String {
        match self {
            Place::Login => LOGIN.to_string(),
            Place::At(route) => route.text(),
        }
    }
}

/// How long a call may take, and where it is.
pub(crate) struct Course {
    pub(crate) timeout: Duration,
    /// By the clock of time limits, as all that is reckoned with it.
    pub(crate) begun_at: UnixTime,
    pub(crate) max_retries: u32,
    place: RefCell<Place>,
}

impl Course {
    pub(crate) fn new(timeout: Duration, begun_at: UnixTime, max_retries: u32) -> Self {
        Course { timeout, begun_at, max_retries, place: RefCell::new(Place::Login) }
    }

    /// For what a call asks after that, within the same time limit.
    pub(crate) fn further(&self) -> Box<Self> {
        Box::new(Course::new(self.timeout, self.begun_at, self.max_retries))
    }

    pub(crate) fn deadline(&self) -> UnixTime {
        self.begun_at + self.timeout
    }

    pub(crate) fn go_to(&self, place: Place) {
        self.place.replace(place);
    }

    pub(crate) fn place(&self) -> Place {
        self.place.borrow().clone()
    }

    pub(crate) fn route(&self) -> String {
        self.place.borrow().route()
    }

    /// Runs `work` for as long as there is time.
    pub(crate) async fn limit<T>(
        &self,
        runtime: &impl Runtime,
        work: Pin<Box<dyn Future<Output = Result<T, Error>> + '_>>,
    ) -> Result<T, Error> {
        // Not more than the whole, should the clock have been set back.
        let left = self.deadline().since(runtime.limit_clock()).min(self.timeout);
        match first(work, runtime.deadline(left)).await {
            First::A(result) => result,
            First::B(()) => Err(Error::new(ErrorKind::Timeout { limit: self.timeout }).at(&self.route())),
        }
    }
}

/// The last answer is the answer, whatever its status.
pub(crate) async fn send<P: Transport + Runtime>(
    platform: &P,
    request: &Request,
    course: &Course,
) -> Result<Response, Error> {
    let mut tries = 0;
    loop {
        if let Some(response) = send_once(platform, request, &mut tries, course).await? {
            return Ok(response);
        }
    }
}

/// One of those tries; `None` where it is to be tried again, and now is the time.
pub(crate) async fn send_once<P: Transport + Runtime>(
    platform: &P,
    request: &Request,
    tries: &mut u32,
    course: &Course,
) -> Result<Option<Response>, Error> {
    course.go_to(Place::At(request.route()));
    let result = platform.send(request).await;
    let wait = match judge(platform, request, result, *tries, course)? {
        Verdict::Answer(response) => return Ok(Some(response)),
        Verdict::AgainAfter(wait) => wait,
    };
    *tries += 1;
    platform.sleep(wait).await;
    Ok(None)
}

/// What a try comes to.
enum Verdict {
    Answer(Response),
    AgainAfter(Duration),
}

fn judge<P: Transport + Runtime>(
    platform: &P,
    request: &Request,
    result: Result<Response, TransportError>,
    tries: u32,
    course: &Course,
) -> Result<Verdict, Error> {
    let result = match result {
        Ok(response) if response.status < 400 => return Ok(Verdict::Answer(response)),
        result => result,
    };
    let reason = match &result {
        Err(TransportError::Network { cause: Some(cause), .. }) => platform.reason(cause),
        _ => None,
    };
    let lasts = reason.as_deref().is_some_and(network_failure_lasts);
    let may_try = request.is_repeatable && tries < course.max_retries && !lasts;
    let wait = pause(&result, tries, platform.now(), platform.random(), request.sends_password).filter(|wait| {
        // What cannot come within the time limit is not waited for.
        may_try && platform.limit_clock() + *wait < course.deadline()
    });
    match wait {
        Some(wait) => Ok(Verdict::AgainAfter(wait)),
        None => result.map(Verdict::Answer).map_err(|error| unanswered(error, reason).at(&course.route())),
    }
}

fn unanswered(error: TransportError, reason: Option<String>) -> Error {
    match error {
        TransportError::Network { status, cause } => {
            Error::new(ErrorKind::Network { reason }).with_status(status.unwrap_or(0)).with_cause(cause)
        }
        TransportError::TooLarge { status, max_response_bytes } => {
            Error::new(ErrorKind::TooLarge { max_response_bytes }).with_status(status)
        }
        TransportError::NoResponse => Error::new(ErrorKind::NoResponse),
    }
}

/// A request without secrets, which follows redirects, but to no address that shows one: it becomes part of errors, and of
/// other people's logs. Gives what was answered, and where.
pub(crate) async fn send_following<P: Transport + Runtime>(
    platform: &P,
    url: &str,
    course: &Course,
    shows_secret: impl Fn(&str) -> bool,
) -> Result<(Response, String), Error> {
    let mut request = Request::new(Method::Get, url);
    for redirects in 0.. {
        let response = send(platform, &request, course).await?;
        let to = redirect(&request, &response, redirects).and_then(|to| match &to {
            Redirect::To(url) if shows_secret(url) => Err(ErrorKind::Redirected(RedirectProblem::ToAddressWithSecret)),
            _ => Ok(to),
        });
        match to.map_err(|kind| Error::new(kind).at(&course.route()).with_status(response.status))? {
            Redirect::Arrived if request.follow_redirects => {
                let here = response.url.clone();
                return Ok((response, here));
            }
            Redirect::Arrived => return Ok((response, String::from(&*request.url))),
            Redirect::To(url) => request.url = url.into(),
            Redirect::ByPlatform => request.follow_redirects = true,
        }
    }
    Err(Error::new(ErrorKind::Redirected(RedirectProblem::TooOften)))
}
