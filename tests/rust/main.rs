//! The client by its public face, over a network and a clock that a test makes: no wasm, no sockets, no waiting.
//! `transport` is that world; `recordings` are the answers of a real Nextcloud; `setup` holds what tests begin with.

mod recordings;
mod setup;
mod transport;

mod config;
mod credentials;
mod errors;
mod http;
mod oauth;
mod recorded;
mod single_flight;
