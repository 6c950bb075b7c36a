//! Sends a request, again where that can help, and follows redirects where that is allowed.

use alloc::string::String;

use super::error::{Error, ErrorCode};
use super::http::{pause_ms, redirect, Method, Redirect, Request, Response};
use super::transport::{TimeLimit, Transport};

/// The last answer is the answer, whatever its status.
pub(crate) async fn send<T: Transport>(
    transport: &T,
    request: &Request,
    limit: TimeLimit,
    max_retries: u32,
) -> Result<Response, Error> {
    let mut tries = 0;
    loop {
        let result = transport.send(request).await;
        let pause = pause_ms(&result, tries, transport.now_ms(), transport.random());
        match pause.filter(|_| request.repeatable && tries < max_retries) {
            Some(ms) if transport.now_ms().saturating_add_unsigned(ms) < limit.deadline_ms() => {
                transport.sleep(ms).await
            }
            // What cannot come within the time limit is not waited for.
            _ => return result.map_err(|error| error.at(&request.route())),
        }
        tries += 1;
    }
}

/// A request without secrets, which follows redirects, but to no address that shows one; also gives where the answer came
/// from.
pub(crate) async fn send_following<T: Transport>(
    transport: &T,
    url: String,
    limit: TimeLimit,
    max_retries: u32,
    shows_secret: impl Fn(&str) -> bool,
) -> Result<(Response, String), Error> {
    let mut request = Request::new(Method::Get, url);
    let mut redirects = 0;
    loop {
        let response = send(transport, &request, limit, max_retries).await?;
        match redirect(&request, &response, redirects)? {
            Redirect::Arrived => return Ok((response, request.route())),
            // It becomes part of errors.
            Redirect::To(url) if shows_secret(&url) => {
                let what = "redirected to an address that repeats a secret: correct the redirect of the web server";
                return Err(Error::new(ErrorCode::UnexpectedRedirect, what, &[])
                    .at(&request.route())
                    .with(|details| details.status = Some(response.status)));
            }
            Redirect::To(url) => request.url = url,
            Redirect::ByPlatform => request.follow_redirects = true,
        }
        redirects += 1;
    }
}
