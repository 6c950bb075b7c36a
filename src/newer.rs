//! Routes that an older Astrolabe does not have: they are asked, and what a 404 means is found out.

use core::future::Future;
use core::time::Duration;
use std::rc::Rc;

use futures_util::FutureExt;

use crate::call::{Call, Done};
use crate::error::{Error, ErrorCode, ErrorKind};
use crate::nextcloud::{Endpoint, GetOwnStatus, OwnBackgroundSyncStatus};
use crate::platform::{Runtime, Task, Transport};
use crate::send::Course;
use crate::service::Service;

/// How long a server's Astrolabe is held for an older one once it was found to be that: it may be updated at any time.
const REMEMBERED: Duration = Duration::from_secs(60 * 60);

impl<P: Transport + Runtime> Service<P> {
    /// As [`Service::run`], for a route of the newer Astrolabe.
    pub(crate) fn run_newer<E: Endpoint>(
        self: &Rc<Self>,
        endpoint: E,
        course: Box<Course>,
    ) -> impl Future<Output = Result<E::Answer, Error>> {
        let (service, call) = (self.clone(), self.clone().call_newer(self.prepare(&endpoint, true), course));
        call.map(move |done| service.read(&endpoint, &done?))
    }

    /// Boxed and not generic: once in the wasm.
    fn call_newer(self: Rc<Self>, call: Call, course: Box<Course>) -> Task<Result<Done, Error>> {
        Box::pin(async move {
            let further = course.further();
            let done = self.clone().call(call, course).await?;
            let reply = done.reply(&self.login);
            if reply.is_no_route() {
                return Err(self.what_is_missing(&done, further).await);
            }
            self.found_older_at.set(None);
            Ok(done)
        })
    }

    /// Whether it was found out a short while ago that this server's Astrolabe is an older one.
    pub(crate) fn is_known_as_older(&self) -> bool {
        self.found_older_at.get().is_some_and(|at| self.platform.now().since(at) < REMEMBERED)
    }

    /// Nextcloud's router answers alike for an app that is not there and for a route that it does not have: a route that
    /// every version has tells which it is.
    async fn what_is_missing(self: &Rc<Self>, done: &Done, course: Box<Course>) -> Error {
        let reply = done.reply(&self.login);
        if !self.is_known_as_older() {
            match self.run(GetOwnStatus, course, true).await {
                Ok(OwnBackgroundSyncStatus { self_provisioning_allowed: None, .. }) => {}
                // The newer one has the route: its answer was replaced on the way, as by a proxy with pages for each 404.
                Ok(_) => return done.error(ErrorKind::NotJson(reply.not_json()), &self.login),
                Err(probe) if probe.code == ErrorCode::AppNotAvailable => {
                    return done.error(reply.refused(), &self.login);
                }
                // It may be either.
                Err(probe) => return probe,
            }
            self.found_older_at.set(Some(self.platform.now()));
        }
        done.error(ErrorKind::NotSupported, &self.login)
    }
}
