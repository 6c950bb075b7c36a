//! The client by its public face, over a network and a clock that a test makes: no wasm, no sockets, no waiting.
//! `transport` is that world; `recordings` are the answers of a real Nextcloud; `setup` holds what tests begin with.

mod recordings;
mod setup;
mod transport;

mod client_authentication;
mod config;
mod corpus;
mod credentials;
mod diagnose;
mod errors;
mod fuzzed;
mod http;
mod logins;
mod oauth;
mod own_access;
mod provisioning;
mod recorded;
#[cfg(feature = "rustcrypto")]
mod rust_crypto;
mod secrets;
mod single_flight;
mod statuses;
mod token_store;
mod users;
