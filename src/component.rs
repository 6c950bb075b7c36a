//! The face towards the hosts of WebAssembly components: `wit/client.wit` by wit-bindgen, one subject a file, and the platform
//! over their WASI. It reads what is handed in, and decides nothing.

mod bindings;
mod bulk;
mod client;
mod configuration;
mod errors;
mod executor;
#[cfg(feature = "hosted-component")]
mod hosted;
mod results;
mod runtime;
#[cfg(not(feature = "hosted-component"))]
mod standalone;
mod token_cache;
#[cfg(feature = "hosted-component")]
mod token_store;
mod transport;

use bindings::exports::astrolabe::client::client as wit;

#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// [`Transport`](crate::Transport) and [`Runtime`](crate::Runtime) by WASI 0.2.
struct Wasi {
    max_response_bytes: u32,
}

/// What a world exports.
struct Component;

impl wit::Guest for Component {
    type TokenCache = token_cache::TokenCache;
    type Client = client::Client;
    type Users = bulk::Users;
    type Statuses = bulk::Statuses;
    type AllStatuses = bulk::AllStatuses;
}
