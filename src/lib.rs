//! A client for Astrolabe, the Nextcloud app that gives background services access to a user's files.
//!
//! A call goes one way: `js` → [`client`] → `auth` → [`oauth`] and [`token_cache`] → [`http`] → `fetch`; nothing
//! lower knows of anything higher. `nextcloud` and `oauth` are pure: they make a request and read a response, so
//! that everything about a protocol is tested without a network. `fetch` and `js` alone need a JavaScript host.

#![forbid(unsafe_code)]

mod answer;
mod auth;
mod client;
mod diagnose;
mod error;
#[cfg(target_arch = "wasm32")]
mod fetch;
mod http;
mod http_date;
#[cfg(target_arch = "wasm32")]
mod js;
mod json;
mod log;
mod nextcloud;
mod oauth;
mod secret;
mod text;
mod token_cache;
mod url;

pub use auth::{Login, TokenFunction};
pub use client::{AstrolabeClient, Config, DEFAULT_MAX_RETRIES, DEFAULT_TIMEOUT_MS};
pub use diagnose::Check;
pub use error::{Details, Error, ErrorCode};
#[cfg(target_arch = "wasm32")]
pub use fetch::{Fetch, DEFAULT_MAX_RESPONSE_BYTES};
pub use http::{Method, Request, Response, Transport, RESPONSE_HEADERS};
pub use log::{Level, LogFunction};
pub use nextcloud::background_sync::{BackgroundSyncStatus, StoredAppPassword};
pub use oauth::{ClientAuthentication, ClientCredentials, Grant, Metadata, Provider};
pub use secret::Secret;
pub use token_cache::{Contents, StoredToken, TokenCache, DEFAULT_EARLY_REFRESH_S};
