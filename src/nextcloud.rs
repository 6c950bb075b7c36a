//! Nextcloud's routes, one a file: what is asked, as a type; the request it makes; the answer, as a type; what each status
//! means. Pure: sends nothing.

mod app_password;
mod credentials;
mod deprovision_user;
mod elsewhere;
mod installation;
mod own_status;
mod provision_user;
mod provisioning;
mod reply;
mod revoke;
mod search_capabilities;
mod self_provisioning;
mod server_status;
mod status;
mod store_app_password;
mod user;
mod user_id;
mod users;

pub(crate) use app_password::AppPassword;
pub(crate) use credentials::GetCredentials;
pub(crate) use deprovision_user::DeprovisionUser;
pub(crate) use elsewhere::Elsewhere;
pub(crate) use installation::{without_page, Installation};
pub(crate) use own_status::GetOwnStatus;
pub use own_status::OwnBackgroundSyncStatus;
pub(crate) use provision_user::ProvisionUser;
pub(crate) use provisioning::GetProvisioning;
pub use provisioning::{ProvisionedUser, Provisioning};
pub(crate) use reply::{member, Reply};
pub(crate) use revoke::Revoke;
pub(crate) use search_capabilities::GetSearchCapabilities;
pub use search_capabilities::{SearchCapabilities, SearchSource};
pub(crate) use self_provisioning::SetSelfProvisioning;
pub(crate) use server_status::GetServerStatus;
pub use status::BackgroundSyncStatus;
pub(crate) use store_app_password::StoreAppPassword;
pub use store_app_password::StoredAppPassword;
pub(crate) use user::GetUser;
pub(crate) use user_id::UserId;
pub(crate) use users::ListUsers;

use crate::error::ErrorKind;
use crate::http::Request;
use crate::secret::Secret;

/// The version of Astrolabe from which on administrators give and take access, and app passwords of every form are taken.
pub(crate) const PROVISIONING_SINCE: &str = "0.16";

/// A route. Its arguments are checked types, so a request cannot fail.
pub(crate) trait Endpoint: 'static {
    type Answer;

    /// Whether it takes a login.
    const LOGS_IN: bool = true;

    fn request(&self, at: &Installation) -> Request;

    fn read(&self, reply: &Reply<'_>) -> Result<Self::Answer, ErrorKind>;

    /// Whether the login was refused, and not what was sent with it.
    fn refuses_login(reply: &Reply<'_>) -> bool {
        reply.status() == 401
    }

    /// What it sends that nobody may see.
    fn secret(&self) -> Option<&Secret> {
        None
    }
}
