//! As in [`crate::properties`], for the modules of the client for Rust.

mod http;
mod http_date;
mod json_syntax;
mod url;
