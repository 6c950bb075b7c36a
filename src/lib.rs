//! A client for Astrolabe, the Nextcloud app that gives background services access to a user's files.
//!
//! The client is a machine without I/O: [`call`] says what it needs next (a request sent, a pause, a login) and is told
//! what came of it. Who does that is another matter: the npm package's JavaScript (`pkg/`), or [`client`] for Rust.
//!
//! | module | what it is about |
//! | --- | --- |
//! | `call`, `diagnose` | one operation on its way; what is set up and what to do |
//! | `setup` | what a client is made of, checked |
//! | `oauth`, `nextcloud` | the protocols: they make a request and read an answer |
//! | `http` | requests and responses; what is tried again, which redirects are followed |
//! | `outcome` | what became of an operation, written down for JavaScript |
//! | `js` | what JavaScript calls |
//! | `client`, `token_cache`, `transport` | the client for Rust: futures, the token between calls, the world as a trait |
//!
//! Beside them: `error` (the closed list of what can go wrong), `answer` (a response, and how to say what is wrong with
//! it), `secret`, `log`, `json`, `url`, `text`, `http_date`.

#![forbid(unsafe_code)]
// Rust programs link std anyway; without it the wasm for npm is several kilobytes smaller.
#![cfg_attr(feature = "npm", no_std)]

extern crate alloc;

mod answer;
mod call;
mod client;
mod diagnose;
mod error;
mod http;
mod http_date;
#[cfg(feature = "npm")]
mod js;
mod json;
mod log;
mod nextcloud;
mod oauth;
mod outcome;
mod secret;
mod setup;
mod text;
mod token_cache;
mod transport;
mod url;

pub use client::{AstrolabeClient, Config, Login, TokenFunction, DEFAULT_MAX_RETRIES, DEFAULT_TIMEOUT_MS};
pub use diagnose::Check;
pub use error::{Details, Error, ErrorCode};
pub use http::{Method, Request, Response, RESPONSE_HEADERS};
pub use log::{Level, LogFunction};
pub use nextcloud::background_sync::{BackgroundSyncStatus, StoredAppPassword};
pub use oauth::{ClientAuthentication, ClientCredentials, Grant, Metadata, Provider};
pub use secret::Secret;
pub use token_cache::{Contents, StoredToken, TokenCache, DEFAULT_EARLY_REFRESH_S};
pub use transport::Transport;
