//! What became of an operation.

use alloc::string::String;
use alloc::vec::Vec;

use crate::nextcloud::background_sync::{BackgroundSyncStatus, Credentials, StoredAppPassword};
use crate::nextcloud::server_status::ServerStatus;
use crate::oauth::Metadata;
use crate::token_cache::StoredToken;

pub(crate) enum Output {
    Nothing,
    AppPassword(Credentials),
    Status(BackgroundSyncStatus),
    Stored(StoredAppPassword),
    Users(Vec<String>),
    Exists(bool),
    Server(ServerStatus),
    Metadata(Metadata),
    Login { token: StoredToken, metadata: Metadata },
}
