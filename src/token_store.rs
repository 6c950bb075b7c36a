//! What lasts beyond this process: a place that other isolates and processes share.

#[cfg(any(feature = "fetch", feature = "hosted-component"))]
pub(crate) mod entry;

use core::time::Duration;

use crate::config::Owner;
use crate::oauth::Metadata;
use crate::platform::Task;
use crate::token_cache::StoredToken;

/// Where a login is kept that others share. What is kept must be sealed under a key that only who knows the owner's secret
/// can have: then who reads the place learns nothing, and nothing that somebody else wrote there is believed.
///
/// A store that is slow, down or holds rubbish costs a line of the log, never a failed call.
pub trait TokenStore {
    /// What was put for this owner; `None` where there is nothing.
    fn get(&self, owner: &Owner) -> Task<Result<Option<StoredLogin>, StoreError>>;

    /// Takes the place of what was there. After `keep_for` it may go.
    fn put(&self, owner: &Owner, login: StoredLogin, keep_for: Duration) -> Task<Result<(), StoreError>>;
}

/// What is kept of a login.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StoredLogin {
    /// The token, if there is one.
    pub token: Option<StoredToken>,
    /// What discovery found, if that is known.
    pub metadata: Option<Metadata>,
}

/// Why a store did not do it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoreError {
    /// The name of what went wrong, to be logged: without anything that may be secret.
    pub name: String,
}
