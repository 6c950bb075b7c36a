//! One request with its tries and redirects; knows no login.

use core::future::Future;
use core::time::Duration;

use futures_util::FutureExt;

use crate::error::{network_failure_lasts, Error, ErrorKind, RedirectProblem};
use crate::http::{pause, redirect, route, Method, Redirect, Request, Response};
use crate::limits::Limits;
use crate::platform::{Runtime, Transport, TransportError};

/// The last answer is the answer, whatever its status. `request` makes what is sent, for each try anew: no call keeps it while
/// it waits.
pub(crate) fn send<'a, P: Transport + Runtime>(
    platform: &'a P,
    request: impl Fn() -> Request + 'a,
    limits: &'a Limits,
) -> impl Future<Output = Result<Response, Error>> + 'a {
    let mut tries = 0;
    async move {
        loop {
            let wait = match send_once(platform, &request, tries, limits).await? {
                Try::Answer(response) => return Ok(response),
                Try::AgainAfter(wait) => wait,
            };
            platform.sleep(wait).await;
            tries += 1;
        }
    }
}

/// What a try comes to.
pub(crate) enum Try {
    Answer(Response),
    AgainAfter(Duration),
}

/// One of those tries. Its error is without a place: that is for whoever knows where the request goes.
pub(crate) fn send_once<'a, P: Transport + Runtime>(
    platform: &'a P,
    request: &'a dyn Fn() -> Request,
    tries: u32,
    limits: &'a Limits,
) -> impl Future<Output = Result<Try, Error>> + 'a {
    let first = request();
    let (may_be_repeated, sends_password) = (first.is_repeatable && tries < limits.max_retries, first.sends_password);
    platform.send_in_any_form(first, request).map(move |result| {
        let result = match result {
            Ok(response) if response.status < 400 => return Ok(Try::Answer(response)),
            result => result,
        };
        let reason = match &result {
            Err(TransportError::Network { cause: Some(cause), .. }) => platform.reason(cause),
            _ => None,
        };
        let lasts = reason.as_deref().is_some_and(network_failure_lasts);
        let wait = pause(&result, tries, platform.now(), platform.random(), sends_password).filter(|wait| {
            // What cannot come within the time limit is not waited for.
            may_be_repeated && !lasts && platform.limit_clock() + *wait < limits.deadline()
        });
        match wait {
            Some(wait) => Ok(Try::AgainAfter(wait)),
            None => result.map(Try::Answer).map_err(|error| unanswered(error, reason)),
        }
    })
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

/// Requests without secrets, which follow redirects, but to no address that shows one: it becomes part of errors, and of other
/// people's logs. `go_to` is told of each where it goes. Gives what was answered, and where.
pub(crate) async fn send_following<P: Transport + Runtime>(
    platform: &P,
    url: String,
    limits: &Limits,
    shows_secret: impl Fn(&str) -> bool,
    go_to: impl Fn(String),
) -> Result<(Response, String), Error> {
    let (mut url, mut follow_redirects) = (url, false);
    for redirects in 0.. {
        let request = || Request::new(Method::Get, url.clone()).with_redirects(follow_redirects);
        let route = route(Method::Get, &url);
        go_to(route.clone());
        let response = send(platform, request, limits).await.map_err(|error| error.at(&route))?;
        let to = redirect(&url, follow_redirects, &response, redirects).and_then(|to| match &to {
            Redirect::To(url) if shows_secret(url) => Err(ErrorKind::Redirected(RedirectProblem::ToAddressWithSecret)),
            _ => Ok(to),
        });
        match to.map_err(|kind| Error::new(kind).at(&route).with_status(response.status))? {
            Redirect::Arrived if follow_redirects => {
                let here = response.url.clone();
                return Ok((response, here));
            }
            Redirect::Arrived => return Ok((response, url)),
            Redirect::To(next) => url = next,
            Redirect::ByPlatform => follow_redirects = true,
        }
    }
    Err(Error::new(ErrorKind::Redirected(RedirectProblem::TooOften)))
}
