//! The face towards JavaScript, by wasm-bindgen: one exported type a file, with the documentation that editors show. It reads
//! what is handed in, and decides nothing.

mod arguments;
mod bulk;
mod client;
mod errors;
mod iteration;
mod options;
mod promise;
mod results;
mod signal;
mod token_cache;
mod types;
mod user_ids;

use wasm_bindgen::prelude::*;

#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// What `scripts/glue.mjs` makes use of: with this, wasm-bindgen keeps book of which instance of this wasm an object is of.
#[wasm_bindgen(js_name = __restart, skip_typescript)]
pub fn restart() {
    wasm_bindgen::handler::schedule_reinit();
}
