//! Discovery and the client-credentials grant, as OpenID Connect Discovery 1.0, RFC 8414 and RFC 6749 say them.
//! Pure: makes requests and reads answers, sends nothing.

mod client_assertion;
mod client_authentication;
mod discovery;
mod token_request;

pub(crate) use client_assertion::{choose_algorithm, signed, signing_input};
pub(crate) use client_authentication::{client_secret_basic, Proof};
pub use discovery::Metadata;
pub(crate) use discovery::{addresses, read_metadata};
pub(crate) use token_request::{check_endpoint, read_token, token_request, PlainHttp};
