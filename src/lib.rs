//! A client for Astrolabe, the Nextcloud app that gives background services access to a user's files.
//!
//! It logs in, keeps the access token, renews it in time, and says of a user whether there is access, by what, and since
//! when. Over the platform's `fetch` it is the feature `fetch` with `Fetch`, for a Worker, a page or Node.js; over any
//! other network, implement [`Transport`].
//!
//! ```
//! use astrolabe_client::{AstrolabeClient, Config, Error, Login, Secret, Transport};
//!
//! async fn has_access(transport: impl Transport, app_password: &str) -> Result<bool, Error> {
//!     let login = Login::AccessToken(Secret::new(app_password));
//!     let client = AstrolabeClient::new(transport, Config::new("https://cloud.example.com", login))?;
//!     let status = client.get_background_sync_status("alice", None).await?;
//!     Ok(status.has_access)
//! }
//! ```
//!
//! [`Login`] has the ways in, [`Config`] what can be set, [`ErrorCode`] what can go wrong. If it does not work,
//! [`AstrolabeClient::diagnose`] says what is missing, and what to do.
//!
//! # Inside
//!
//! The protocol is a set of pure functions: texts in, texts out, no I/O, nothing kept. Two faces use it:
//!
//! | module | what it is about |
//! | --- | --- |
//! | `exchange` | one exchange with a server: the fields that go in, how results and errors are given |
//! | `setup` | what a client is made of, checked |
//! | `oauth`, `nextcloud` | the protocols: they make a request and read an answer |
//! | `diagnose` | what is set up, what is missing, what to do |
//! | `json`, `text` | reading JSON, writing texts |
//! | `js`, `memory` | the wasm of the npm package, whose JavaScript (`pkg/`) does the I/O |
//! | [`AstrolabeClient`] (`client`) | the client for Rust, over any [`Transport`]; with the feature `fetch` over `Fetch`, that of the platform |

// `memory` alone has a reason to.
#![deny(unsafe_code)]
#![warn(missing_docs)]
// Rust programs link std anyway; without it the wasm for npm is several kilobytes smaller.
#![cfg_attr(feature = "npm", no_std)]

extern crate alloc;

#[cfg(not(feature = "npm"))]
mod client;
mod diagnose;
mod exchange;
#[cfg(feature = "npm")]
mod js;
mod json;
#[cfg(feature = "npm")]
#[allow(unsafe_code)]
mod memory;
#[cfg(not(feature = "npm"))]
mod memory {
    pub(crate) type Bytes = alloc::vec::Vec<u8>;
    pub(crate) type Text = alloc::string::String;
}
mod nextcloud;
mod oauth;
#[cfg(test)]
mod properties;
mod setup;
mod text;

#[cfg(not(feature = "npm"))]
pub use client::*;
