//! A client for Astrolabe, the Nextcloud app that gives background services access to a user's files.
//!
//! It logs in, keeps the access token, renews it in time, and says of users whether they gave access, by what, and since
//! when. It runs over whatever implements [`Transport`] (the network) and [`Runtime`] (clock, chance, waiting work). With the
//! feature `fetch`, `Fetch` is both by the platform's own `fetch`, for Rust in a Worker, a page or Node.js; the npm package
//! of the same name is that, with a face towards JavaScript.
//!
//! ```
//! use astrolabe_client::{AstrolabeClient, CallOptions, Config, Error, Login, Runtime, Secret, Transport};
//!
//! async fn has_access(platform: impl Transport + Runtime, app_password: &str) -> Result<bool, Error> {
//!     let login = Login::AccessToken(Secret::new(app_password));
//!     let client = AstrolabeClient::new(platform, Config::new("https://cloud.example.com", login))?;
//!     let status = client.get_background_sync_status("alice", CallOptions::default()).await?;
//!     Ok(status.has_access)
//! }
//! ```
//!
//! [`Login`] has the ways in, [`Config`] what can be set, [`ErrorCode`] what can go wrong. If it does not work,
//! [`AstrolabeClient::diagnose`] says what is missing, and what to do. The client is for one thread: it shares by `Rc`, and its
//! futures are not `Send`.
//!
//! # How a call goes through the house
//!
//! One way: face → `client` → `call` → `login` → `send` → `platform`. Nothing lower knows of anything higher.
//!
//! | module | what it is about |
//! | --- | --- |
//! | `js` | the face towards JavaScript, by wasm-bindgen: it reads what is handed in, and decides nothing |
//! | `component` | the face towards hosts of WebAssembly components, by WIT and WASI: as `js`, and the platform as well |
//! | `client` | [`AstrolabeClient`]: one method an operation, each a few lines; `listing`, `statuses`, `all_statuses` and `diagnose` are the larger ones |
//! | `config`, `service` | what a client is made of, checked once; and while it runs |
//! | `call` | one operation: login, send, renewal after a refusal; `limits`: its time limit; `newer`: of a route that an older Astrolabe does not have |
//! | `login` | the ways in, as types; obtaining a token: from the `token_store`, by the application's function, by discovery and grant |
//! | `token_cache`, `single_flight` | the token between calls; the one token request that all callers share |
//! | `send` | one request with its tries and redirects; knows no login |
//! | `platform` | the traits of the world outside; `fetch` does them by the platform's own |
//! | `nextcloud` | the routes, one a file: a request is made, an answer read. Pure |
//! | `oauth`, `http` | discovery and grant; what is tried again, which redirects are followed. Pure |
//! | `error`, `redaction` | a closed list of what can go wrong, and its words; what may be shown of a server's |
//! | `json`, `text`, `url` | reading and writing texts |

#![deny(unsafe_code)]
#![warn(missing_docs)]

mod all_statuses;
mod call;
mod client;
#[cfg(feature = "component")]
mod component;
mod config;
mod diagnose;
mod error;
#[cfg(feature = "fetch")]
mod fetch;
mod http;
#[cfg(feature = "js")]
mod js;
mod json;
mod limits;
mod listing;
mod log;
mod login;
mod newer;
mod nextcloud;
mod oauth;
mod platform;
#[cfg(test)]
mod properties;
mod redaction;
#[cfg(feature = "rustcrypto")]
mod rust_crypto;
mod secret;
mod send;
mod service;
mod setting;
mod single_flight;
mod statuses;
mod text;
mod token_cache;
mod token_store;
mod url;

pub use all_statuses::{AllStatusesOptions, UserStatusRow};
pub use call::CallOptions;
pub use client::AstrolabeClient;
pub use config::{Config, Owner, DEFAULT_EARLY_REFRESH, DEFAULT_MAX_RETRIES, DEFAULT_TIMEOUT};
pub use diagnose::DiagnosticCheck;
pub use error::{Details, Error, ErrorCode};
#[cfg(feature = "fetch")]
pub use fetch::{Fetch, SealedStore, WebCryptoKey};
#[cfg(feature = "fetch")]
pub use http::DEFAULT_MAX_RESPONSE_BYTES;
pub use http::{Method, Request, Response, RESPONSE_HEADERS};
pub use listing::{ListUsersOptions, DEFAULT_PAGE_SIZE};
pub use log::{Level, LogFunction};
pub use login::{
    ClientAuthentication, ClientCredentials, ClientKey, Login, Provider, SecretMethod, Signer, SigningAlgorithm,
    SigningError, TokenFunction, TokenFunctionError,
};
pub use nextcloud::{
    BackgroundSyncStatus, OwnBackgroundSyncStatus, ProvisionedUser, Provisioning, SearchCapabilities, SearchSource,
    StoredAppPassword,
};
pub use oauth::Metadata;
pub use platform::{Cause, Event, Occurrence, Runtime, Task, Transport, TransportError, UnixTime};
#[cfg(feature = "rustcrypto")]
pub use rust_crypto::RustCryptoKey;
pub use secret::Secret;
pub use statuses::{BulkOptions, StatusRow, DEFAULT_CONCURRENCY};
pub use token_cache::{Contents, StoredToken, TokenCache};
pub use token_store::{StoreError, StoredLogin, TokenStore};

/// Its snippets.
#[cfg(doctest)]
#[doc = include_str!("../docs/rust.md")]
struct Guide;
