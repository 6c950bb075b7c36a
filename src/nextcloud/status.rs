use super::reply::member;
use crate::error::ErrorKind;
use crate::json::{integer, Object, Value};
use crate::platform::UnixTime;
use crate::redaction::Secrets;
use crate::text::every;

/// Whether background services have access to a user's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackgroundSyncStatus {
    /// A credential is stored. That it works is not said.
    pub has_access: bool,
    /// The kind of credential, such as `app_password`. Without access: of one that is stored, but that the server cannot
    /// decrypt any more.
    pub credential_type: Option<String>,
    /// When the user stored it.
    pub provisioned_at: Option<UnixTime>,
}

impl BackgroundSyncStatus {
    pub(super) fn without_access() -> Self {
        BackgroundSyncStatus { has_access: false, credential_type: None, provisioned_at: None }
    }
}

/// The latest second that a JavaScript `Date` can hold (ECMAScript: 8.64e15 ms either way).
const MAX_DATE_S: i64 = 8_640_000_000_000;

const HAS_ACCESS: &str = "has_background_access";
const KIND: &str = "sync_type";
const SINCE: &str = "provisioned_at";
const SELF_PROVISIONING: &str = "self_provision_allowed";

/// The kind that an older Astrolabe means where it names none.
pub(super) const USUAL_KIND: &str = "app_password";

/// Whether there is access, where the answer says it.
pub(super) fn has_access(answer: Object<'_>) -> Result<Option<bool>, ErrorKind> {
    match answer.get(HAS_ACCESS) {
        None => Ok(None),
        Some(Value::Bool(has_access)) => Ok(Some(has_access)),
        Some(_) => Err(ErrorKind::UnexpectedField(HAS_ACCESS)),
    }
}

/// Whether users may give access by themselves, where the answer says it: an older Astrolabe knows no other way.
pub(super) fn self_provisioning(answer: Object<'_>) -> Result<Option<bool>, ErrorKind> {
    match member(answer, SELF_PROVISIONING) {
        None => Ok(None),
        Some(Value::Bool(is_allowed)) => Ok(Some(is_allowed)),
        Some(_) => Err(ErrorKind::UnexpectedField(SELF_PROVISIONING)),
    }
}

/// Today's own status route always says whether there is access.
pub(super) fn must_say() -> ErrorKind {
    ErrorKind::UnexpectedField(HAS_ACCESS)
}

/// What stands beside it, in the words of today's Astrolabe and of the older one.
pub(super) fn read(secrets: &Secrets, answer: Object<'_>, has_access: bool) -> Result<BackgroundSyncStatus, ErrorKind> {
    let kind = match member(answer, KIND).or_else(|| member(answer, "credential_type")) {
        None if has_access => USUAL_KIND.to_string(),
        None => String::new(),
        Some(Value::Text(kind)) => kind.decode(),
        Some(_) => return Err(ErrorKind::UnexpectedField(KIND)),
    };
    if !is_name(&kind) || secrets.are_in_kind(&kind) {
        return Err(ErrorKind::UnexpectedField(KIND));
    }
    let provisioned_at = match member(answer, SINCE) {
        None => None,
        Some(Value::Number(number)) => {
            let seconds = integer(number).filter(|seconds| seconds.abs() <= MAX_DATE_S);
            Some(UnixTime::from_millis(seconds.ok_or(ErrorKind::UnexpectedField(SINCE))? * 1000))
        }
        Some(_) => return Err(ErrorKind::UnexpectedField(SINCE)),
    };
    let credential_type = Some(kind).filter(|kind| !kind.is_empty());
    Ok(BackgroundSyncStatus { has_access, credential_type, provisioned_at })
}

/// What a program may take for a name: it goes to a logger, too.
fn is_name(text: &str) -> bool {
    text.len() <= 64 && every(text, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}
