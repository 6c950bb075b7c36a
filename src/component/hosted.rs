//! What a host of the world `hosted-client` gives.

use std::rc::Rc;

use super::bindings::astrolabe::client::logger as host;
use super::token_store::HostStore;
use crate::config::Config;
use crate::error::Error;
use crate::log::Level;

pub(super) fn add(config: &mut Config, uses_token_store: bool) -> Result<(), Error> {
    if uses_token_store {
        config.token_store = Some(Rc::new(HostStore));
    }
    config.logger = Some(Rc::new(|level, line| {
        let level = match level {
            Level::Debug => host::Level::Debug,
            Level::Info => host::Level::Info,
        };
        host::log(level, line);
    }));
    Ok(())
}
