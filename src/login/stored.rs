//! What of a login is kept in the store, and what of it is believed.

use core::time::Duration;

use super::obtain::Obtaining;
use crate::log::Level;
use crate::oauth::Metadata;
use crate::platform::{first, First, Runtime, Task, Transport, UnixTime};
use crate::token_cache::StoredToken;
use crate::token_store::{StoreError, StoredLogin};

/// How long the store is waited for, or a quarter of what is left of the call: a login takes about as long.
const PATIENCE: Duration = Duration::from_secs(1);

/// What discovery found stays longer than a token; but no longer. An entry of before, which somebody has put back, would
/// have the secret sent to where the provider was then.
const METADATA_LIFETIME: Duration = Duration::from_secs(86_400);

impl<P: Transport + Runtime> Obtaining<'_, P> {
    /// What can be used of what is kept; nothing where there is no store.
    pub(super) async fn read_store(&self) -> StoredLogin {
        let Some(store) = &self.service.store else { return StoredLogin::default() };
        let found = self.attempt("read", store.get(&self.service.owner)).await;
        let StoredLogin { token, metadata } = found.flatten().unwrap_or_default();
        let now = self.service.platform.now();
        StoredLogin { token, metadata: metadata.and_then(|metadata| of_today(metadata, now)) }
    }

    /// Without a token what discovery found is kept, and what was there before is not.
    pub(crate) async fn write_store(&self, token: Option<StoredToken>, metadata: Option<Metadata>) {
        let Some(store) = &self.service.store else { return };
        let now = self.service.platform.now();
        let token_lifetime = token.as_ref().and_then(|token| token.expires_at).map(|end| end.since(now));
        // Rounded up: it is counted in seconds.
        let keep_for = (token_lifetime.unwrap_or_default() + Duration::from_millis(999)).max(METADATA_LIFETIME);
        let login = StoredLogin { token, metadata };
        self.attempt("written", store.put(&self.service.owner, login, keep_for)).await;
    }

    /// A store that is slow, down or holds rubbish costs a log line, never a failed call.
    async fn attempt<T>(&self, what: &str, work: Task<Result<T, StoreError>>) -> Option<T> {
        let platform = &*self.service.platform;
        let patience = PATIENCE.min(self.course.deadline().since(platform.now()) / 4);
        let why = match first(work, platform.sleep(patience)).await {
            First::A(Ok(done)) => return Some(done),
            First::A(Err(StoreError { name })) => name,
            First::B(()) => "it does not answer in time".to_string(),
        };
        self.service.log(Level::Info, &["The token store could not be ", what, ": "].concat(), &why);
        None
    }
}

fn of_today(metadata: Metadata, now: UnixTime) -> Option<Metadata> {
    let found_at = metadata.discovered_at?;
    let age = now.since(found_at).max(found_at.since(now));
    (age < METADATA_LIFETIME).then_some(Metadata { is_stored: true, ..metadata })
}
