//! The user directory, page by page.

use core::time::Duration;
use std::collections::{HashSet, VecDeque};
use std::rc::Rc;

use futures_core::Stream;
use futures_util::stream::{unfold, StreamExt};

use crate::call::CallOptions;
use crate::error::{Error, ErrorKind};
use crate::nextcloud::{Endpoint, ListUsers};
use crate::platform::{Runtime, Transport};
use crate::service::Service;

/// How many users to ask for at a time, unless said otherwise.
pub const DEFAULT_PAGE_SIZE: u32 = 500;

/// Which users to list, and how.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ListUsersOptions {
    /// Only users whose id or name Nextcloud finds with this. Empty: all.
    pub search: String,
    /// How many to ask for at a time. Default: [`DEFAULT_PAGE_SIZE`].
    pub page_size: u32,
    /// How long each page may take. `None`: as the client says.
    pub timeout: Option<Duration>,
}

impl Default for ListUsersOptions {
    fn default() -> Self {
        ListUsersOptions { search: String::new(), page_size: DEFAULT_PAGE_SIZE, timeout: None }
    }
}

struct Listing<P> {
    service: Rc<Service<P>>,
    options: ListUsersOptions,
    offset: u32,
    /// To notice a server that gives the same page for ever, in whatever order.
    page: Vec<String>,
    unread: VecDeque<String>,
    is_over: bool,
}

/// A page is asked for when its first item is.
pub(crate) fn list_users<P: Transport + Runtime>(
    service: Rc<Service<P>>,
    options: ListUsersOptions,
) -> impl Stream<Item = Result<String, Error>> {
    let listing = Listing { service, options, offset: 0, page: Vec::new(), unread: VecDeque::new(), is_over: false };
    unfold(listing, |mut listing| async {
        let next = listing.next().await?;
        listing.is_over |= next.is_err();
        Some((next, listing))
    })
    .fuse()
}

impl<P: Transport + Runtime> Listing<P> {
    async fn next(&mut self) -> Option<Result<String, Error>> {
        while self.unread.is_empty() && !self.is_over {
            if let Err(error) = self.turn_page().await {
                return Some(Err(error));
            }
        }
        self.unread.pop_front().map(Ok)
    }

    async fn turn_page(&mut self) -> Result<(), Error> {
        let ListUsersOptions { search, page_size, timeout } = self.options.clone();
        let endpoint = ListUsers { search, limit: page_size, offset: self.offset };
        let limits = self.service.limits(CallOptions { timeout });
        let route = endpoint.request(&self.service.installation).route();
        let page = self.service.run(endpoint, limits, true).await?;
        if page.is_empty() {
            self.is_over = true;
            return Ok(());
        }
        // A server that does not heed the limit gives those of the page before once more, but fewer of them each time.
        let before = HashSet::<_>::from_iter(core::mem::take(&mut self.page));
        self.unread.extend(page.iter().filter(|user_id| !before.contains(*user_id)).cloned());
        if self.unread.is_empty() && page.len() >= before.len() {
            return Err(Error::new(ErrorKind::SamePageTwice).at(&route));
        }
        // By the limit and not by what came: each user back end of the server counts the offset on its own.
        self.offset = self.offset.saturating_add(page_size);
        self.page = page;
        Ok(())
    }
}
