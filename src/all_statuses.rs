//! The statuses of all users of a server, in whichever way is the fastest there.

use core::future::ready;
use core::pin::Pin;
use core::time::Duration;
use std::collections::HashSet;
use std::rc::Rc;

use futures_core::Stream;
use futures_util::stream::{unfold, StreamExt};

use crate::call::CallOptions;
use crate::config::WayIn;
use crate::error::{Error, ErrorCode};
use crate::listing::{list_users, ListUsersOptions};
use crate::nextcloud::{BackgroundSyncStatus, GetProvisioning, ProvisionedUser, Provisioning};
use crate::platform::{Runtime, Transport};
use crate::service::Service;
use crate::statuses::{statuses, BulkOptions, StatusRow, DEFAULT_CONCURRENCY};

/// Whose statuses to find out, and how.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AllStatusesOptions {
    /// Only users whose id or name Nextcloud finds with this. Empty: all.
    pub search: String,
    /// How many users at a time at most, where they are asked about one by one. Default: [`DEFAULT_CONCURRENCY`].
    pub concurrency: u32,
    /// How long each request may take. `None`: as the client says.
    pub timeout: Option<Duration>,
}

impl Default for AllStatusesOptions {
    fn default() -> Self {
        AllStatusesOptions { search: String::new(), concurrency: DEFAULT_CONCURRENCY, timeout: None }
    }
}

/// One of all users: a status, or why there is none.
#[derive(Debug, Clone)]
pub struct UserStatusRow {
    /// As Nextcloud has it.
    pub user_id: String,
    /// For people to read; `None` where the user was found by an older Astrolabe's way, which does not say it.
    pub display_name: Option<String>,
    /// What Nextcloud says of this user, or what went wrong with this one alone.
    pub status: Result<BackgroundSyncStatus, Error>,
}

pub(crate) struct AllStatuses<P> {
    service: Rc<Service<P>>,
    options: AllStatusesOptions,
    stage: Stage,
    total: Option<usize>,
}

enum Stage {
    Begin,
    /// Those of the one answer, and then, unless these are all, the others.
    Listed(std::vec::IntoIter<ProvisionedUser>, Option<HashSet<String>>),
    Asked(Pin<Box<dyn Stream<Item = Result<StatusRow<String>, Error>>>>),
    Over,
}

pub(crate) fn all_statuses<P: Transport + Runtime>(
    service: Rc<Service<P>>,
    options: AllStatusesOptions,
) -> impl Stream<Item = Result<UserStatusRow, Error>> {
    unfold(AllStatuses::new(service, options), |mut all| async {
        let row = all.next().await?;
        Some((row, all))
    })
    .fuse()
}

impl<P: Transport + Runtime> AllStatuses<P> {
    pub(crate) fn new(service: Rc<Service<P>>, options: AllStatusesOptions) -> Self {
        AllStatuses { service, options, stage: Stage::Begin, total: None }
    }

    /// How many users there are, once that is known.
    #[cfg(any(feature = "component", feature = "js"))]
    pub(crate) fn total(&self) -> Option<usize> {
        self.total
    }

    pub(crate) async fn next(&mut self) -> Option<Result<UserStatusRow, Error>> {
        loop {
            match &mut self.stage {
                Stage::Begin => match self.listed().await {
                    Ok(stage) => self.stage = stage,
                    Err(error) => {
                        self.stage = Stage::Over;
                        return Some(Err(error));
                    }
                },
                Stage::Listed(users, seen) => match (users.next(), seen) {
                    (Some(user), _) => {
                        let ProvisionedUser { user_id, display_name, status } = user;
                        return Some(Ok(UserStatusRow {
                            user_id,
                            display_name: Some(display_name),
                            status: Ok(status),
                        }));
                    }
                    (None, Some(seen)) => {
                        let seen = core::mem::take(seen);
                        self.stage = self.asked(seen);
                    }
                    (None, None) => self.stage = Stage::Over,
                },
                Stage::Asked(rows) => {
                    let row = rows.next().await?;
                    return Some(row.map(|StatusRow { user_id, status }| UserStatusRow {
                        user_id,
                        display_name: None,
                        status,
                    }));
                }
                Stage::Over => return None,
            }
        }
    }

    /// The one answer, where the server has it; it knows of no search.
    async fn listed(&mut self) -> Result<Stage, Error> {
        if !self.options.search.is_empty() || self.service.is_known_as_older() {
            return Ok(self.asked(HashSet::new()));
        }
        let limits = self.service.limits(CallOptions { timeout: self.options.timeout });
        match self.service.run_newer(GetProvisioning, limits).await {
            Ok(Provisioning { users, is_complete, .. }) => {
                self.total = is_complete.then_some(users.len());
                let seen = (!is_complete).then(|| users.iter().map(|user| user.user_id.clone()).collect());
                Ok(Stage::Listed(users.into_iter(), seen))
            }
            Err(error) if self.ends_all(error.code) => Err(error),
            // What may be wrong with this way alone leaves the other one.
            Err(_) => Ok(self.asked(HashSet::new())),
        }
    }

    /// What the other way would meet as well. A wrong password is not tried twice: each counts towards a lock.
    fn ends_all(&self, code: ErrorCode) -> bool {
        match code {
            ErrorCode::UnexpectedRedirect => false,
            ErrorCode::Unauthorized => self.service.login.way_in() == WayIn::Basic,
            _ => code.concerns_all(),
        }
    }

    /// Lists users and asks about each; not about those that were seen already.
    fn asked(&self, mut seen: HashSet<String>) -> Stage {
        let AllStatusesOptions { search, concurrency, timeout } = self.options.clone();
        let listing = ListUsersOptions { search, timeout, ..ListUsersOptions::default() };
        let is_new = move |user: &Result<String, Error>| ready(!matches!(user, Ok(id) if !seen.insert(id.clone())));
        let user_ids = list_users(self.service.clone(), listing).filter(is_new);
        Stage::Asked(Box::pin(statuses(&self.service, user_ids, BulkOptions { concurrency, timeout })))
    }
}
