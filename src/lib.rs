//! A client for Astrolabe, the Nextcloud app that gives background services access to a user's files.
//!
//! A call goes one way; nothing lower knows of anything higher:
//!
//! | module | what it is about |
//! | --- | --- |
//! | `js` | the face towards JavaScript: classes, options, TypeScript types |
//! | `client`, `diagnose` | the operations; what is set up and what to do |
//! | `auth` | how a request proves who sends it |
//! | `token_cache` | the token between calls, and the one request for it that all callers share |
//! | `oauth`, `nextcloud` | the protocols. Pure: they make a request and read an answer |
//! | `http` | requests, the `Transport` trait, and what holds for all: time limits, retries, redirects |
//! | `fetch` | `Transport` over the platform's `fetch`: the one file that does I/O |
//!
//! Beside them: `error` (the closed list of what can go wrong), `answer` (a response, and how to say what is wrong with
//! it), `secret`, `log`, `json`, `url`, `text`, `http_date`. Only `fetch` and `js` need a JavaScript host; everything
//! else is tested by `cargo test`, with a `Transport` of recorded exchanges.

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
