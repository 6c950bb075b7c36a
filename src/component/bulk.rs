//! What gives one after another: `users`, `statuses`, `all-statuses`.

use core::cell::RefCell;
use core::pin::Pin;

use futures_core::Stream;
use futures_util::stream::StreamExt;

use super::executor::block_on;
use super::{wit, Wasi};
use crate::all_statuses;
use crate::error::Error;
use crate::statuses::StatusRow;

type Items<T> = RefCell<Pin<Box<dyn Stream<Item = Result<T, Error>>>>>;

fn items<T>(stream: impl Stream<Item = Result<T, Error>> + 'static) -> Items<T> {
    RefCell::new(Box::pin(stream))
}

fn next<T>(items: &Items<T>) -> Result<Option<T>, wit::Error> {
    // The host cannot call while it is waited for, so nobody else borrows it.
    Ok(block_on(items.borrow_mut().next()).transpose()?)
}

pub(super) struct Users(Items<String>);

impl Users {
    pub(super) fn new(users: impl Stream<Item = Result<String, Error>> + 'static) -> Self {
        Users(items(users))
    }
}

impl wit::GuestUsers for Users {
    fn next(&self) -> Result<Option<String>, wit::Error> {
        next(&self.0)
    }
}

pub(super) struct Statuses(Items<StatusRow<String>>);

impl Statuses {
    pub(super) fn new(rows: impl Stream<Item = Result<StatusRow<String>, Error>> + 'static) -> Self {
        Statuses(items(rows))
    }
}

impl wit::GuestStatuses for Statuses {
    fn next(&self) -> Result<Option<wit::StatusRow>, wit::Error> {
        Ok(next(&self.0)?.map(Into::into))
    }
}

pub(super) struct AllStatuses(RefCell<all_statuses::AllStatuses<Wasi>>);

impl AllStatuses {
    pub(super) fn new(rows: all_statuses::AllStatuses<Wasi>) -> Self {
        AllStatuses(RefCell::new(rows))
    }
}

impl wit::GuestAllStatuses for AllStatuses {
    fn next(&self) -> Result<Option<wit::UserStatusRow>, wit::Error> {
        Ok(block_on(self.0.borrow_mut().next()).transpose()?.map(Into::into))
    }

    fn total(&self) -> Option<u32> {
        self.0.borrow().total().and_then(|total| u32::try_from(total).ok())
    }
}
