//! Routes that an older Astrolabe does not have: they are asked, and what a 404 means is found out.

use core::time::Duration;
use std::rc::Rc;

use crate::error::{Error, ErrorCode, ErrorKind};
use crate::nextcloud::{Endpoint, GetOwnStatus};
use crate::platform::{Runtime, Transport};
use crate::send::Course;
use crate::service::Service;

/// How long a server's Astrolabe is held for an older one once it was found to be that: it may be updated at any time.
const REMEMBERED: Duration = Duration::from_secs(60 * 60);

impl<P: Transport + Runtime> Service<P> {
    /// As [`Service::run`], for a route of the newer Astrolabe.
    pub(crate) async fn run_newer<E: Endpoint>(
        self: &Rc<Self>,
        endpoint: &E,
        course: Box<Course>,
    ) -> Result<E::Answer, Error> {
        let further = course.further();
        match self.run(endpoint, course, true).await {
            Ok(answer) => {
                self.found_older_at.set(None);
                Ok(answer)
            }
            Err(error) if error.code == ErrorCode::AppNotAvailable => Err(self.what_is_missing(error, further).await),
            Err(error) => Err(error),
        }
    }

    /// Whether it was found out a short while ago that this server's Astrolabe is an older one.
    pub(crate) fn is_known_as_older(&self) -> bool {
        self.found_older_at.get().is_some_and(|at| self.platform.now().since(at) < REMEMBERED)
    }

    /// Nextcloud's router answers alike for an app that is not there and for a route that it does not have: a route that
    /// every version has tells which it is.
    async fn what_is_missing(self: &Rc<Self>, error: Error, course: Box<Course>) -> Error {
        if !self.is_known_as_older() {
            match self.run(&GetOwnStatus, course, true).await {
                Ok(_) => {}
                // The route is there.
                Err(probe) if matches!(probe.code, ErrorCode::Unauthorized | ErrorCode::Forbidden) => {}
                // It may have been either.
                Err(probe) if probe.retryable => return probe,
                Err(_) => return error,
            }
            self.found_older_at.set(Some(self.platform.now()));
        }
        let missing = Error::new(ErrorKind::NotSupported).with_status(error.status.unwrap_or(0));
        match &error.route {
            Some(route) => missing.at(route),
            None => missing,
        }
    }
}
