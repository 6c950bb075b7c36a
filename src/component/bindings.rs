//! What wit-bindgen makes of `wit/`.

// It speaks to the host by addresses in memory, and its documentation is that of the WIT.
#![allow(unsafe_code, missing_docs)]

#[cfg(feature = "hosted-component")]
wit_bindgen::generate!({ path: "wit", world: "hosted-client", generate_all });
#[cfg(not(feature = "hosted-component"))]
wit_bindgen::generate!({ path: "wit", world: "standalone-client", generate_all });

export!(Component with_types_in self);

use super::Component;
