//! What calls give, as the records of WIT.

use super::wit;
use crate::all_statuses::UserStatusRow;
use crate::diagnose::DiagnosticCheck;
use crate::nextcloud::{
    BackgroundSyncStatus, OwnBackgroundSyncStatus, ProvisionedUser, Provisioning, SearchCapabilities, SearchSource,
    StoredAppPassword,
};
use crate::platform::UnixTime;
use crate::statuses::StatusRow;

impl From<BackgroundSyncStatus> for wit::BackgroundSyncStatus {
    fn from(status: BackgroundSyncStatus) -> Self {
        let BackgroundSyncStatus { has_access, credential_type, provisioned_at } = status;
        wit::BackgroundSyncStatus {
            has_access,
            credential_type,
            provisioned_at_ms: provisioned_at.map(UnixTime::as_millis),
        }
    }
}

impl From<OwnBackgroundSyncStatus> for wit::OwnBackgroundSyncStatus {
    fn from(own: OwnBackgroundSyncStatus) -> Self {
        let OwnBackgroundSyncStatus { status, self_provisioning_allowed } = own;
        wit::OwnBackgroundSyncStatus { status: status.into(), self_provisioning_allowed }
    }
}

impl From<StoredAppPassword> for wit::StoredAppPassword {
    fn from(stored: StoredAppPassword) -> Self {
        let StoredAppPassword { partial_success, message } = stored;
        wit::StoredAppPassword { partial_success, message }
    }
}

impl From<Provisioning> for wit::Provisioning {
    fn from(provisioning: Provisioning) -> Self {
        let Provisioning { users, is_complete, self_provisioning_allowed } = provisioning;
        let users = users.into_iter().map(|ProvisionedUser { user_id, display_name, status }| wit::ProvisionedUser {
            user_id,
            display_name,
            status: status.into(),
        });
        wit::Provisioning { users: users.collect(), is_complete, self_provisioning_allowed }
    }
}

impl From<SearchCapabilities> for wit::SearchCapabilities {
    fn from(capabilities: SearchCapabilities) -> Self {
        let SearchCapabilities { enabled_doc_types, sources } = capabilities;
        let sources = sources.into_iter().map(|SearchSource { app, doc_types, is_enabled }| wit::SearchSource {
            app,
            doc_types,
            is_enabled,
        });
        wit::SearchCapabilities { enabled_doc_types, sources: sources.collect() }
    }
}

impl From<StatusRow<String>> for wit::StatusRow {
    fn from(row: StatusRow<String>) -> Self {
        let StatusRow { user_id, status } = row;
        wit::StatusRow { user_id, status: status.map(Into::into).map_err(Into::into) }
    }
}

impl From<UserStatusRow> for wit::UserStatusRow {
    fn from(row: UserStatusRow) -> Self {
        let UserStatusRow { user_id, display_name, status } = row;
        wit::UserStatusRow { user_id, display_name, status: status.map(Into::into).map_err(Into::into) }
    }
}

impl From<DiagnosticCheck> for wit::DiagnosticCheck {
    fn from(check: DiagnosticCheck) -> Self {
        let DiagnosticCheck { name, passed, seen, to_do, error } = check;
        wit::DiagnosticCheck { name: name.to_string(), passed, seen, to_do, error: error.map(Into::into) }
    }
}
