//! What the fuzz targets share with the tests of the crate: the world that a client runs in, and what holds in it.

#[path = "../rust/fuzzed.rs"]
pub mod fuzzed;
#[path = "../rust/setup.rs"]
pub mod setup;
#[path = "../rust/transport.rs"]
pub mod transport;
