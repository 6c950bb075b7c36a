//! How long a call may take, and how often each of its requests is tried.

use core::future::Future;
use core::pin::Pin;
use core::time::Duration;

use futures_util::FutureExt;

use crate::error::{Error, ErrorKind};
use crate::platform::{first, First, Runtime, UnixTime};

#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// For all that it does: login, tries and waits together.
    pub(crate) timeout: Duration,
    /// By the clock of time limits, as all that is reckoned with it.
    pub(crate) begun_at: UnixTime,
    pub(crate) max_retries: u32,
}

impl Limits {
    pub(crate) fn deadline(&self) -> UnixTime {
        self.begun_at + self.timeout
    }

    /// Runs `work` for as long as there is time. `place`: where it is then.
    pub(crate) fn enforce<'a, T>(
        &'a self,
        runtime: &'a impl Runtime,
        work: Pin<&'a mut dyn Future<Output = Result<T, Error>>>,
        place: impl FnOnce() -> String + 'a,
    ) -> impl Future<Output = Result<T, Error>> + 'a {
        // Not more than the whole, should the clock have been set back.
        let left = self.deadline().since(runtime.limit_clock()).min(self.timeout);
        first(work, runtime.deadline(left)).map(|first| match first {
            First::A(result) => result,
            First::B(()) => Err(Error::new(ErrorKind::Timeout { limit: self.timeout }).at(&place())),
        })
    }
}
