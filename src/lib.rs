//! A client for Astrolabe, the Nextcloud app that gives background services access to a user's files.
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
//! | `js` | the wasm of the npm package, whose JavaScript (`pkg/`) does the I/O |
//! | [`AstrolabeClient`] (`client`) | the client for Rust, over any [`Transport`]; with the feature `fetch` over `Fetch`, that of the platform |

#![forbid(unsafe_code)]
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
mod nextcloud;
mod oauth;
mod setup;
mod text;

#[cfg(not(feature = "npm"))]
pub use client::*;
