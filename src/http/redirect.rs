//! Which redirects a request without secrets follows.

use super::response::Response;
use crate::error::{ErrorKind, RedirectProblem};
use crate::url::Url;

const MAX_REDIRECTS: u32 = 5;

/// Longer than any address that leads to metadata.
const MAX_LOCATION_BYTES: usize = 4_096;

/// Where a request without secrets goes next.
pub(crate) enum Redirect {
    /// Nowhere: this is the answer.
    Arrived,
    /// To this URL.
    To(String),
    /// To where only the platform knows.
    ByPlatform,
}

/// Follows redirects of `url`, never from `https` to plain `http`. `follow_redirects`: whether the platform was left to;
/// `redirects` counts those that were followed so far.
pub(crate) fn redirect(
    url: &str,
    follow_redirects: bool,
    response: &Response,
    redirects: u32,
) -> Result<Redirect, ErrorKind> {
    let here = Url::parse(url);
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
        let location = response.header("location").filter(|location| location.len() <= MAX_LOCATION_BYTES);
        location.and_then(|location| here?.join(location))
    } else {
        Some(response.url.clone()).filter(|_| follow_redirects)
    };
    let refuse = |problem| Err(ErrorKind::Redirected(problem));
    if to.as_deref().is_some_and(is_downgrade) {
        return refuse(RedirectProblem::ToPlainHttp);
    }
    if !response.is_redirect() {
        return Ok(Redirect::Arrived);
    }
    if redirects == MAX_REDIRECTS {
        return refuse(RedirectProblem::TooOften);
    }
    match to {
        Some(to) => Ok(Redirect::To(to)),
        None if response.status != 0 => refuse(RedirectProblem::ToNowhere),
        None if follow_redirects => refuse(RedirectProblem::CannotBeFollowed),
        None => Ok(Redirect::ByPlatform),
    }
}
