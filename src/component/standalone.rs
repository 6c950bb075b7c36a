//! What a host of the world `standalone-client` gives: nothing.

use crate::config::Config;
use crate::error::Error;
use crate::setting::Setting;

pub(super) fn add(_: &mut Config, uses_token_store: bool) -> Result<(), Error> {
    if !uses_token_store {
        return Ok(());
    }
    Err(Error::invalid(
        [Setting::TokenStore.name(), " is set, and this component has no token store"].concat(),
        "take the component of the world hosted-client",
    ))
}
