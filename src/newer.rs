//! Routes that an older Astrolabe does not have: they are asked, and what a 404 means is found out.

use core::future::Future;
use core::time::Duration;
use std::rc::Rc;

use futures_util::FutureExt;

use crate::call::{AnyEndpoint, Done};
use crate::error::{Error, ErrorCode, ErrorKind};
use crate::limits::Limits;
use crate::nextcloud::{Endpoint, GetOwnStatus, OwnBackgroundSyncStatus};
use crate::platform::{Runtime, Task, Transport};
use crate::service::Service;

/// How long a server's Astrolabe is held for an older one once it was found to be that: it may be updated at any time.
const REMEMBERED: Duration = Duration::from_secs(60 * 60);

impl<P: Transport + Runtime> Service<P> {
    /// As [`Service::run`], for a route of the newer Astrolabe.
    pub(crate) fn run_newer<E: Endpoint>(
        self: &Rc<Self>,
        endpoint: E,
        limits: Limits,
    ) -> impl Future<Output = Result<E::Answer, Error>> {
        let (service, endpoint) = (self.clone(), Rc::new(endpoint));
        let call = self.clone().call_newer(endpoint.clone(), limits, E::LOGS_IN);
        call.map(move |done| service.read(&*endpoint, &done?))
    }

    /// Boxed and not generic: once in the wasm.
    fn call_newer(
        self: Rc<Self>,
        endpoint: Rc<dyn AnyEndpoint>,
        limits: Limits,
        logs_in: bool,
    ) -> Task<Result<Done, Error>> {
        Box::pin(async move {
            let done = self.clone().call(endpoint.clone(), limits, logs_in).await?;
            if done.reply(&self.login).is_no_route() {
                return Err(self.what_is_missing(&*endpoint, &done, limits).await);
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
    /// every version has tells which it is. It is asked each time, as the app may have been removed since.
    async fn what_is_missing(self: &Rc<Self>, endpoint: &dyn AnyEndpoint, done: &Done, limits: Limits) -> Error {
        let reply = done.reply(&self.login);
        self.found_older_at.set(None);
        match self.run(GetOwnStatus, limits, true).await {
            Ok(OwnBackgroundSyncStatus { self_provisioning_allowed: None, .. }) => {
                self.found_older_at.set(Some(self.platform.now()));
                self.refusal(endpoint, done, ErrorKind::NotSupported)
            }
            // The newer one has the route: its answer was replaced on the way, as by a proxy with pages for each 404.
            Ok(_) => self.refusal(endpoint, done, ErrorKind::NotJson(reply.not_json())),
            Err(probe) if probe.code == ErrorCode::AppNotAvailable => self.refusal(endpoint, done, reply.refused()),
            // It may be either.
            Err(probe) => probe,
        }
    }
}
