//! A place that other isolates and processes share, such as a KV namespace of Workers: the token is kept there encrypted,
//! under a key that only who knows the client secret can have, or what stands for it. So whoever can read the store learns
//! nothing, and whoever can write to it can put nothing in that would be believed.

use core::cell::RefCell;
use core::time::Duration;
use std::rc::Rc;

use js_sys::{Array, JsString, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::CryptoKey;

use super::crypto::{error_name, object, platform_crypto, subtle, subtle_crypto};
use super::settle;
use crate::config::Owner;
use crate::platform::Task;
use crate::secret::Secret;
use crate::token_store::entry::{self, parts, read_login, write_login, IV_BYTES, KEY_INFO, MAX_ENTRY_LENGTH};
use crate::token_store::{StoreError, StoredLogin, TokenStore};

#[wasm_bindgen]
extern "C" {
    /// What keeps texts under names.
    #[wasm_bindgen(extends = Object)]
    type KeyValue;
    #[wasm_bindgen(method, catch)]
    fn get(this: &KeyValue, name: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn put(this: &KeyValue, name: &str, value: &str, options: &JsValue) -> Result<JsValue, JsValue>;
}

/// A [`TokenStore`] in whatever has the methods `get(name)` and `put(name, value, { expirationTtl })` of a KV namespace.
#[derive(Clone)]
pub struct SealedStore {
    place: Rc<KeyValue>,
    prepared: Rc<RefCell<Option<Prepared>>>,
}

/// Plain data: a promise of another request's would not do in a Worker.
#[derive(Clone)]
struct Prepared {
    owner: Owner,
    /// Under which the entry is kept.
    name: String,
    key: CryptoKey,
}

impl SealedStore {
    /// `None` where there is no WebCrypto: pages have it over https only.
    pub fn new(place: JsValue) -> Option<Self> {
        subtle_crypto()?;
        Some(SealedStore { place: Rc::new(place.unchecked_into()), prepared: Rc::default() })
    }

    async fn read(self, owner: Owner) -> Result<Option<StoredLogin>, JsValue> {
        let Prepared { name, key, .. } = self.prepare(owner).await?;
        let entry = settle(self.place.get(&name)).await?;
        if entry.is_null() || entry.is_undefined() {
            return Ok(None);
        }
        // Its length first: a copy of it would take as much memory once more.
        let entry =
            entry.dyn_ref::<JsString>().filter(|entry| entry.length() <= MAX_ENTRY_LENGTH).ok_or(JsValue::NULL)?;
        let (iv, data) = parts(&String::from(entry)).ok_or(JsValue::NULL)?;
        let opening = subtle()?.decrypt_with_object_and_u8_array(&algorithm(&iv, &name)?, &key, &data)?;
        let plain = Uint8Array::new(&settle(Ok(opening.into())).await?).to_vec();
        let plain = Secret::new(String::from_utf8(plain).map_err(|_| JsValue::NULL)?);
        read_login(plain.expose()).map(Some).ok_or(JsValue::NULL)
    }

    async fn write(self, owner: Owner, login: StoredLogin, keep_for: Duration) -> Result<(), JsValue> {
        let Prepared { name, key, .. } = self.prepare(owner).await?;
        let mut iv = [0; IV_BYTES];
        platform_crypto().ok_or(JsValue::NULL)?.get_random_values_with_u8_array(&mut iv)?;
        let plain = write_login(&login);
        let sealing =
            subtle()?.encrypt_with_object_and_u8_array(&algorithm(&iv, &name)?, &key, plain.expose().as_bytes())?;
        let data = Uint8Array::new(&settle(Ok(sealing.into())).await?).to_vec();
        let entry = entry::of_parts(&iv, &data);
        let options = Object::new();
        Reflect::set(&options, &"expirationTtl".into(), &JsValue::from_f64(keep_for.as_secs() as f64))?;
        settle(self.place.put(&name, &entry, &options)).await.map(drop)
    }

    /// Name and key, derived once.
    async fn prepare(&self, owner: Owner) -> Result<Prepared, JsValue> {
        let known = self.prepared.borrow().clone().filter(|prepared| prepared.owner == owner);
        if let Some(prepared) = known {
            return Ok(prepared);
        }
        let subtle = subtle()?;
        let digest = subtle.digest_with_str_and_u8_array("SHA-256", owner.key.as_bytes())?;
        let digest = Uint8Array::new(&settle(Ok(digest.into())).await?);
        let name = entry::name(&digest.to_vec());
        let secret = owner.secret.as_ref().ok_or(JsValue::NULL)?;
        let material = Uint8Array::from(secret.expose().as_bytes());
        let usages = Array::of1(&"deriveKey".into());
        let import = subtle.import_key_with_str("raw", &material, "HKDF", false, &usages)?;
        let material = settle(Ok(import.into())).await?;
        let derivation = object(&[
            ("name", "HKDF".into()),
            ("hash", "SHA-256".into()),
            ("salt", digest.into()),
            ("info", Uint8Array::from(KEY_INFO).into()),
        ])?;
        let aes = object(&[("name", "AES-GCM".into()), ("length", 256.into())])?;
        let usages = Array::of2(&"encrypt".into(), &"decrypt".into());
        let derive =
            subtle.derive_key_with_object_and_object(&derivation, material.unchecked_ref(), &aes, false, &usages)?;
        let key: CryptoKey = settle(Ok(derive.into())).await?.unchecked_into();
        let prepared = Prepared { owner, name, key };
        self.prepared.replace(Some(prepared.clone()));
        Ok(prepared)
    }
}

impl TokenStore for SealedStore {
    fn get(&self, owner: &Owner) -> Task<Result<Option<StoredLogin>, StoreError>> {
        let work = self.clone().read(owner.clone());
        Box::pin(async move { work.await.map_err(|thrown| store_error(&thrown)) })
    }

    fn put(&self, owner: &Owner, login: StoredLogin, keep_for: Duration) -> Task<Result<(), StoreError>> {
        let work = self.clone().write(owner.clone(), login, keep_for);
        Box::pin(async move { work.await.map_err(|thrown| store_error(&thrown)) })
    }
}

/// An entry is bound to its name: under another it is nothing.
fn algorithm(iv: &[u8], name: &str) -> Result<Object, JsValue> {
    object(&[
        ("name", "AES-GCM".into()),
        ("iv", Uint8Array::from(iv).into()),
        ("additionalData", Uint8Array::from(name.as_bytes()).into()),
    ])
}

fn store_error(thrown: &JsValue) -> StoreError {
    StoreError { name: error_name(thrown) }
}
