//! What of a login is kept in the store, and what of it is believed.

use core::future::Future;
use core::pin::Pin;
use core::time::Duration;

use super::obtain::Obtaining;
use super::ClientAuthentication;
use crate::config::Owner;
use crate::log::Level;
use crate::oauth::Metadata;
use crate::platform::{first, First, Runtime, Transport, UnixTime};
use crate::secret::Secret;
use crate::text::hex;
use crate::token_cache::StoredToken;
use crate::token_store::{StoreError, StoredLogin};

/// How long the store is waited for, or a quarter of what is left of the call: a login takes about as long.
const PATIENCE: Duration = Duration::from_secs(1);

/// What discovery found stays longer than a token; but no longer. An entry of before, which somebody has put back, would
/// have the secret sent to where the provider was then.
const METADATA_LIFETIME: Duration = Duration::from_secs(86_400);

/// What a key signs for the store: the signature is its secret. Nothing that is signed for a provider looks like it.
const STORE: &[u8] = b"astrolabe-client token store, not to be signed for anybody";

type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + 'a>>;

impl<P: Transport + Runtime> Obtaining<'_, P> {
    /// What can be used of what is kept; nothing where there is no store.
    pub(super) async fn read_store(&self) -> StoredLogin {
        let Some(store) = &self.service.store else { return StoredLogin::default() };
        let found = self.attempt("read", Box::pin(async { store.get(&self.store_owner().await?).await })).await;
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
        self.attempt("written", Box::pin(async { store.put(&self.store_owner().await?, login, keep_for).await })).await;
    }

    /// Whose entry it is, with the secret that its key is derived from.
    fn store_owner(&self) -> Work<'_, Owner> {
        Box::pin(async {
            let mut owner = Owner::clone(&self.service.owner);
            if let Some(secret) = &self.service.store_secret {
                owner.secret = Some(secret.clone());
            } else if let ClientAuthentication::PrivateKey(key) = &self.credentials.authentication {
                let named = |name: String| StoreError { name };
                let algorithm = key.deterministic().ok_or_else(|| named("NoSecret".to_string()))?;
                let signature = key.signer.sign(algorithm, STORE.to_vec()).await;
                owner.secret = Some(Secret::new(hex(&signature.map_err(|error| named(error.name))?)));
            }
            // A client secret is there already; and who has neither has named one.
            Ok(owner)
        })
    }

    /// A store that is slow, down or holds rubbish costs a log line, never a failed call.
    async fn attempt<T>(&self, what: &str, work: Work<'_, T>) -> Option<T> {
        let platform = &*self.service.platform;
        let patience = PATIENCE.min(self.limits.deadline().since(platform.limit_clock()) / 4);
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
