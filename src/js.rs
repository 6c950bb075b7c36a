//! What the JavaScript of the package (`pkg/core.js`) calls: one function, texts in and texts out, of which each is a
//! list of fields with NUL between them. Nothing is kept from one call to the next, so there is nothing to free, and
//! nothing that a call could leave behind for another.

use alloc::string::String;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::{exchange, memory};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// See [`exchange::ask`].
#[wasm_bindgen]
pub fn ask(action: u32, question: &str, body: &str) -> String {
    exchange::ask(action, question, body).into_string()
}

/// Forgets all that [`ask`] was given and gave. To be called after each.
#[wasm_bindgen]
pub fn wipe() {
    memory::wipe();
}
