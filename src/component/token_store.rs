//! The host's `token-store`: what is kept there is sealed as the npm package seals it, so that both can share one place.

use core::future::ready;
use core::time::Duration;

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use hkdf::Hkdf;
use rustcrypto_sha2::Sha256;
use zeroize::Zeroizing;

use super::bindings::astrolabe::client::token_store as host;
use super::bindings::wasi::random::random::get_random_bytes;
use super::executor::uncounted;
use crate::config::Owner;
use crate::platform::Task;
use crate::secret::Secret;
use crate::text::{every, sha256};
use crate::token_store::entry::{self, parts, read_login, write_login, IV_BYTES, KEY_INFO, MAX_ENTRY_LENGTH};
use crate::token_store::{StoreError, StoredLogin, TokenStore};

pub(super) struct HostStore;

impl TokenStore for HostStore {
    fn get(&self, owner: &Owner) -> Task<Result<Option<StoredLogin>, StoreError>> {
        Box::pin(ready(read(owner)))
    }

    fn put(&self, owner: &Owner, login: StoredLogin, keep_for: Duration) -> Task<Result<(), StoreError>> {
        Box::pin(ready(write(owner, &login, keep_for)))
    }
}

fn read(owner: &Owner) -> Result<Option<StoredLogin>, StoreError> {
    let Seal { name, cipher } = Seal::of(owner)?;
    let Some(entry) = uncounted(|| host::get(&name)).map_err(named)? else { return Ok(None) };
    let (iv, data) = Some(entry)
        .filter(|entry| entry.len() <= MAX_ENTRY_LENGTH as usize)
        .and_then(|entry| parts(&entry))
        .ok_or_else(unusable)?;
    let payload = Payload { msg: &data, aad: name.as_bytes() };
    let plain = cipher.decrypt(&nonce(&iv)?, payload).map_err(|_| unusable())?;
    let plain = Secret::new(String::from_utf8(plain).map_err(|_| unusable())?);
    read_login(plain.expose()).map(Some).ok_or_else(unusable)
}

fn write(owner: &Owner, login: &StoredLogin, keep_for: Duration) -> Result<(), StoreError> {
    let Seal { name, cipher } = Seal::of(owner)?;
    let iv = get_random_bytes(IV_BYTES as u64);
    let plain = write_login(login);
    let payload = Payload { msg: plain.expose().as_bytes(), aad: name.as_bytes() };
    let data = cipher.encrypt(&nonce(&iv)?, payload).map_err(|_| unusable())?;
    let sealed = entry::of_parts(&iv, &data);
    uncounted(|| host::put(&name, &sealed, keep_for.as_secs())).map_err(named)
}

/// Under which name an entry is kept, and what seals it. The entry is bound to its name: under another it is nothing.
struct Seal {
    name: String,
    cipher: Aes256Gcm,
}

impl Seal {
    fn of(owner: &Owner) -> Result<Self, StoreError> {
        let digest = sha256(owner.key.as_bytes());
        let secret = owner.secret.as_ref().ok_or_else(unusable)?;
        let mut key = Zeroizing::new([0; 32]);
        let derivation = Hkdf::<Sha256>::new(Some(&digest), secret.expose().as_bytes());
        derivation.expand(KEY_INFO, &mut *key).map_err(|_| unusable())?;
        let cipher = Aes256Gcm::new_from_slice(&*key).map_err(|_| unusable())?;
        Ok(Seal { name: entry::name(&digest), cipher })
    }
}

fn nonce(iv: &[u8]) -> Result<Nonce<aes_gcm::aead::consts::U12>, StoreError> {
    Nonce::try_from(iv).map_err(|_| unusable())
}

fn unusable() -> StoreError {
    StoreError { name: "Unusable".to_string() }
}

/// What may be shown of a host's failure: what looks like a name.
fn named(name: String) -> StoreError {
    let is_name = !name.is_empty()
        && name.len() <= 64
        && every(&name, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    StoreError { name: if is_name { name } else { "Error".to_string() } }
}
