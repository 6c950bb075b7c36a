//! A [`Signer`] by the platform's WebCrypto, which takes the key in once and does not give it out again.

use core::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Object, Reflect, Symbol, Uint8Array, WeakMap, JSON};
use wasm_bindgen::prelude::*;
use web_sys::CryptoKey;

use super::crypto::{error_name, object, subtle, subtle_crypto};
use super::settle;
use crate::error::Error;
use crate::login::{is_public, unknown_kind, unusable_key, ClientKey, Pem, Signer, SigningAlgorithm, SigningError};
use crate::platform::Task;
use crate::secret::Secret;
use crate::text::{decimal, decode_base64, encode_base64};

/// A private key for `private_key_jwt`, in the hands of WebCrypto.
#[derive(Clone)]
pub struct WebCryptoKey(Rc<Inner>);

struct Inner {
    given: Given,
    algorithms: Vec<SigningAlgorithm>,
    /// What was taken in of it, for each algorithm.
    keys: RefCell<Vec<(SigningAlgorithm, CryptoKey)>>,
}

/// As it was given.
enum Given {
    Key(CryptoKey),
    /// PKCS#8, in base64.
    Pkcs8(Secret),
    /// The key alone: what else a JWK says is checked here, and each platform has its own opinion of it.
    Jwk {
        key: Object,
        /// `d`
        private: Secret,
    },
}

impl WebCryptoKey {
    /// Of a `CryptoKey`, a JWK (RFC 7517) as an object or JSON text, or PEM text with a key in PKCS#8. The name of the key and the
    /// thumbprint of its certificate come with it, where a JWK says them or the certificate stands beside the key.
    ///
    /// # Errors
    /// `InvalidArgument`: it is none of these, or it cannot sign.
    pub fn read(given: &JsValue) -> Result<ClientKey, Error> {
        if subtle_crypto().is_none() {
            return Err(unusable_key("needs crypto.subtle, which pages have over https only", ""));
        }
        match given.as_string() {
            Some(text) if text.trim_ascii_start().starts_with('{') => {
                let text = Secret::new(text);
                let jwk = JSON::parse(text.expose())
                    .map_err(|_| unusable_key("is no JSON", "give the JWK as it was made"))?;
                Self::of_jwk(&jwk)
            }
            Some(text) => Self::of_pem(&Secret::new(text)),
            None if !given.is_object() => Err(unusable_key("must be a CryptoKey, a JWK or PEM text", "")),
            None if text(given, "kty").is_some() => Self::of_jwk(given),
            None => Self::of_crypto_key(given),
        }
    }

    fn holding(given: Given, algorithms: &[SigningAlgorithm]) -> ClientKey {
        ClientKey::new(WebCryptoKey(Rc::new(Inner {
            given,
            algorithms: algorithms.to_vec(),
            keys: RefCell::default(),
        })))
    }

    fn of_pem(text: &Secret) -> Result<ClientKey, Error> {
        let Pem { key, algorithms, certificate_thumbprint } = Pem::read(text.expose())?;
        if algorithms.contains(&SigningAlgorithm::Rs256) && key.len() < SHORTEST_PKCS8_OF_RSA {
            return Err(is_short());
        }
        let given = Given::Pkcs8(Secret::new(encode_base64(&key)));
        Ok(ClientKey { certificate_thumbprint, ..Self::holding(given, algorithms) })
    }

    fn of_crypto_key(key: &JsValue) -> Result<ClientKey, Error> {
        let algorithm = Reflect::get(key, &"algorithm".into()).unwrap_or_default();
        let (Some(kind), Some(name)) = (text(key, "type"), text(&algorithm, "name")) else {
            return Err(match member(key, "privateKey").is_object() {
                true => unusable_key("is a pair of keys", "give its privateKey"),
                false => unusable_key("must be a CryptoKey, a JWK or PEM text", ""),
            });
        };
        if kind != "private" {
            return Err(if kind == "public" { is_public() } else { unknown_kind() });
        }
        // One of another realm is no instance of this one's class.
        if Reflect::get(key, &Symbol::to_string_tag()).ok().and_then(|tag| tag.as_string()).as_deref()
            != Some("CryptoKey")
        {
            return Err(unusable_key("must be a CryptoKey, a JWK or PEM text", ""));
        }
        if member(&algorithm, "modulusLength").as_f64().is_some_and(|bits| bits < 2048.0) {
            return Err(is_short());
        }
        let hash = text(&member(&algorithm, "hash"), "name");
        let curve = text(&algorithm, "namedCurve");
        let algorithm = match (name.as_str(), hash.as_deref(), curve.as_deref()) {
            ("RSASSA-PKCS1-v1_5", Some("SHA-256"), _) => SigningAlgorithm::Rs256,
            ("RSA-PSS", Some("SHA-256"), _) => SigningAlgorithm::Ps256,
            ("ECDSA", _, Some("P-256")) => SigningAlgorithm::Es256,
            ("Ed25519", ..) => SigningAlgorithm::EdDsa,
            _ => return Err(unknown_kind()),
        };
        if !lists(&member(key, "usages"), "sign") {
            return Err(may_not_sign());
        }
        Ok(Self::holding(Given::Key(key.clone().unchecked_into()), &[algorithm]))
    }

    fn of_jwk(jwk: &JsValue) -> Result<ClientKey, Error> {
        use SigningAlgorithm::{EdDsa, Es256, Ps256, Rs256};
        let (kind, curve) = (text(jwk, "kty"), text(jwk, "crv"));
        let (able, members): (&[_], &[_]) = match (kind.as_deref(), curve.as_deref()) {
            (Some("RSA"), _) => (&[Rs256, Ps256], &["kty", "n", "e", "d", "p", "q", "dp", "dq", "qi"]),
            (Some("EC"), Some("P-256")) => (&[Es256], &["kty", "crv", "x", "y", "d"]),
            (Some("OKP"), Some("Ed25519")) => (&[EdDsa], &["kty", "crv", "x", "d"]),
            (Some("oct"), _) => {
                return Err(unusable_key(
                    "is a symmetric key, which the identity provider would have to know as well",
                    "give a private key of RSA, P-256 or Ed25519; client_secret_jwt is not offered",
                ))
            }
            _ => return Err(unknown_kind()),
        };
        if kind.as_deref() == Some("RSA") && text(jwk, "n").is_some_and(|modulus| modulus.len() < MODULUS_IN_BASE64) {
            return Err(is_short());
        }
        let private = text(jwk, "d").map(Secret::new).ok_or_else(is_public)?;
        let operations = member(jwk, "key_ops");
        if text(jwk, "use").is_some_and(|purpose| purpose != "sig")
            || !(operations.is_undefined() || lists(&operations, "sign"))
        {
            return Err(may_not_sign());
        }
        let is_named = |name: &str, algorithm: SigningAlgorithm| {
            // The newer name of the same, RFC 9864.
            algorithm.as_str() == name || (algorithm == EdDsa && name == "Ed25519")
        };
        let named = member(jwk, "alg");
        let algorithms: Vec<_> = match named.as_string() {
            None if !named.is_undefined() => Vec::new(),
            Some(name) => able.iter().copied().filter(|&algorithm| is_named(&name, algorithm)).collect(),
            None => able.to_vec(),
        };
        if algorithms.is_empty() {
            return Err(unknown_kind());
        }
        let key = Object::new();
        for name in members {
            let value = member(jwk, name);
            if value.is_string() {
                Reflect::set(&key, &(*name).into(), &value).map_err(|_| unknown_kind())?;
            }
        }
        Ok(ClientKey {
            key_id: text(jwk, "kid"),
            certificate_thumbprint: text(jwk, "x5t#S256"),
            ..Self::holding(Given::Jwk { key, private }, &algorithms)
        })
    }

    /// The key for this algorithm, taken in once.
    async fn key(&self, algorithm: SigningAlgorithm) -> Result<CryptoKey, JsValue> {
        let known = self.0.keys.borrow().iter().find(|(of, _)| *of == algorithm).map(|(_, key)| key.clone());
        if let Some(key) = known {
            return Ok(key);
        }
        let params = match algorithm {
            SigningAlgorithm::Rs256 => object(&[("name", "RSASSA-PKCS1-v1_5".into()), ("hash", "SHA-256".into())]),
            SigningAlgorithm::Ps256 => object(&[("name", "RSA-PSS".into()), ("hash", "SHA-256".into())]),
            SigningAlgorithm::Es256 => object(&[("name", "ECDSA".into()), ("namedCurve", "P-256".into())]),
            SigningAlgorithm::EdDsa => object(&[("name", "Ed25519".into())]),
        }?;
        let (format, data) = match &self.0.given {
            Given::Key(key) => return Ok(key.clone()),
            Given::Pkcs8(base64) => {
                let bytes = zeroize::Zeroizing::new(decode_base64(base64.expose()).unwrap_or_default());
                ("pkcs8", Object::from(Uint8Array::from(bytes.as_slice())))
            }
            Given::Jwk { key, .. } => ("jwk", key.clone()),
        };
        let usages = Array::of1(&"sign".into());
        let import = subtle()?.import_key_with_object(format, &data, &params, false, &usages)?;
        let key: CryptoKey = settle(Ok(import.into())).await?.unchecked_into();
        self.0.keys.borrow_mut().push((algorithm, key.clone()));
        Ok(key)
    }

    async fn signature(self, algorithm: SigningAlgorithm, message: Vec<u8>) -> Result<Vec<u8>, JsValue> {
        let key = self.key(algorithm).await?;
        let params = match algorithm {
            SigningAlgorithm::Rs256 => object(&[("name", "RSASSA-PKCS1-v1_5".into())]),
            SigningAlgorithm::Ps256 => object(&[("name", "RSA-PSS".into()), ("saltLength", 32.into())]),
            SigningAlgorithm::Es256 => object(&[("name", "ECDSA".into()), ("hash", "SHA-256".into())]),
            SigningAlgorithm::EdDsa => object(&[("name", "Ed25519".into())]),
        }?;
        let signing = subtle()?.sign_with_object_and_u8_array(&params, &key, &message)?;
        Ok(Uint8Array::new(&settle(Ok(signing.into())).await?).to_vec())
    }
}

impl Signer for WebCryptoKey {
    fn algorithms(&self) -> &[SigningAlgorithm] {
        &self.0.algorithms
    }

    fn check(&self) -> Task<Result<(), SigningError>> {
        let key = self.clone();
        Box::pin(async move {
            for &algorithm in &key.0.algorithms {
                key.key(algorithm).await.map_err(|thrown| SigningError { name: error_name(&thrown) })?;
            }
            Ok(())
        })
    }

    fn sign(&self, algorithm: SigningAlgorithm, message: Vec<u8>) -> Task<Result<Vec<u8>, SigningError>> {
        let signature = self.clone().signature(algorithm, message);
        Box::pin(async move { signature.await.map_err(|thrown| SigningError { name: error_name(&thrown) }) })
    }

    fn identity(&self) -> Secret {
        match &self.0.given {
            Given::Pkcs8(secret) | Given::Jwk { private: secret, .. } => secret.clone(),
            Given::Key(key) => Secret::new(number_of(key)),
        }
    }
}

/// Nobody can look into a `CryptoKey`; but one is the same as itself.
fn number_of(key: &CryptoKey) -> String {
    thread_local! {
        static NUMBERS: WeakMap = WeakMap::new();
        static COUNT: Cell<u32> = const { Cell::new(0) };
    }
    let number = NUMBERS.with(|numbers| {
        let known = numbers.get(key).as_f64();
        known.unwrap_or_else(|| {
            let number = f64::from(COUNT.replace(COUNT.get() + 1));
            numbers.set(key, &number.into());
            number
        })
    });
    ["CryptoKey ", &decimal(number as u64)].concat()
}

/// Of RSA, RFC 7518 §3.3 wants 2048 bits: so long is the modulus of a JWK then, and a whole key in PKCS#8 with its exponents.
const MODULUS_IN_BASE64: usize = 342;
const SHORTEST_PKCS8_OF_RSA: usize = 1_150;

fn is_short() -> Error {
    unusable_key("is a key of RSA with less than 2048 bits", "make a longer one")
}

fn may_not_sign() -> Error {
    unusable_key("is not for signing (its usages, use or key_ops)", "give a key that may sign")
}

fn member(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

fn text(object: &JsValue, name: &str) -> Option<String> {
    member(object, name).as_string()
}

/// Of what may be anything: nothing that it throws comes through.
fn lists(array: &JsValue, wanted: &str) -> bool {
    const MOST: f64 = 100.0;
    let length = member(array, "length").as_f64().unwrap_or(0.0).min(MOST) as u32;
    (0..length).any(|at| {
        let item = Reflect::get_u32(array, at).ok().and_then(|item| item.as_string());
        item.as_deref() == Some(wanted)
    })
}
