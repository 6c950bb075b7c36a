//! `GET …/background-sync/admin/users`

use std::collections::HashSet;

use super::{status, BackgroundSyncStatus, Endpoint, Installation, Reply};
use crate::error::ErrorKind;
use crate::http::{Method, Request};
use crate::json::{Object, Value};
use crate::redaction::Secrets;

/// Which users gave access, as many as one answer holds, for administrators.
pub(crate) struct GetProvisioning;

/// Which users have let background services in, and whether they may do so by themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provisioning {
    /// At most 500: Astrolabe lists no more.
    pub users: Vec<ProvisionedUser>,
    /// Whether these are all users of the server.
    pub is_complete: bool,
    /// Whether users may give access by themselves; `None` where the server does not say.
    pub self_provisioning_allowed: Option<bool>,
}

/// A user as [`Provisioning`] lists one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvisionedUser {
    /// As Nextcloud has it.
    pub user_id: String,
    /// For people to read.
    pub display_name: String,
    /// Whether background services have access to this user's files.
    pub status: BackgroundSyncStatus,
}

const USERS: &str = "users";
const IS_CUT: &str = "capped";

impl Endpoint for GetProvisioning {
    type Answer = Provisioning;

    fn request(&self, at: &Installation) -> Request {
        at.astrolabe(Method::Get, "admin/users")
    }

    fn read(&self, reply: &Reply<'_>) -> Result<Provisioning, ErrorKind> {
        let answer = reply.object()?;
        reply.confirmed(answer)?;
        let secrets = reply.secrets();
        let users = answer.array(USERS).ok_or(ErrorKind::UnexpectedField(USERS))?;
        let users: Vec<ProvisionedUser> =
            users.items().map(|user| read_user(&secrets, user)).collect::<Result<_, _>>()?;
        let mut seen = HashSet::new();
        if !users.iter().all(|user| seen.insert(user.user_id.clone())) {
            return Err(ErrorKind::UserTwice);
        }
        let Some(Value::Bool(is_cut)) = answer.get(IS_CUT) else { return Err(ErrorKind::UnexpectedField(IS_CUT)) };
        let self_provisioning_allowed = status::self_provisioning(answer)?;
        Ok(Provisioning { users, is_complete: !is_cut, self_provisioning_allowed })
    }
}

fn read_user(secrets: &Secrets, user: Value<'_>) -> Result<ProvisionedUser, ErrorKind> {
    let Value::Object(user) = user else { return Err(ErrorKind::UnexpectedField(USERS)) };
    let has_access = status::has_access(user)?.ok_or_else(status::must_say)?;
    let status = status::read(secrets, user, has_access)?;
    Ok(ProvisionedUser { user_id: text(user, "uid")?, display_name: text(user, "display_name")?, status })
}

fn text(user: Object<'_>, name: &'static str) -> Result<String, ErrorKind> {
    user.text(name).ok_or(ErrorKind::UnexpectedField(name))
}
