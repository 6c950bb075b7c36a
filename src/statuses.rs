//! Many users at once, never more than the server bears.

mod pace;

use core::cell::RefCell;
use core::future::{poll_fn, Future};
use core::pin::{pin, Pin};
use core::task::{Poll, Waker};
use core::time::Duration;
use std::collections::VecDeque;
use std::rc::Rc;

use futures_core::Stream;
use futures_util::stream::{unfold, StreamExt};

use crate::call::CallOptions;
use crate::config::WayIn;
use crate::error::Error;
use crate::nextcloud::{BackgroundSyncStatus, UserId};
use crate::platform::{Background, Runtime, Transport};
use crate::service::Service;
use pace::{Pace, Verdict};

/// How many users at a time, unless said otherwise.
pub const DEFAULT_CONCURRENCY: u32 = 8;

/// How to ask about many users.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct BulkOptions {
    /// How many users at a time at most. Default: [`DEFAULT_CONCURRENCY`].
    pub concurrency: u32,
    /// How long each user may take. `None`: as the client says.
    pub timeout: Option<Duration>,
}

impl Default for BulkOptions {
    fn default() -> Self {
        BulkOptions { concurrency: DEFAULT_CONCURRENCY, timeout: None }
    }
}

/// One user of the bulk call: a status, or why there is none.
#[derive(Debug, Clone)]
pub struct StatusRow<I> {
    /// The id that was asked about.
    pub user_id: I,
    /// What Nextcloud says of this user, or what went wrong with this one alone.
    pub status: Result<BackgroundSyncStatus, Error>,
}

/// What may stand for a user in the bulk call: whatever it is, it is given back with the row.
pub(crate) trait AsUserId: 'static {
    fn as_user_id(&self) -> Result<UserId, Error>;
}

impl AsUserId for String {
    fn as_user_id(&self) -> Result<UserId, Error> {
        UserId::new(self)
    }
}

/// A user who is to be asked about, and how often that was done so far.
struct Entry<I> {
    user_id: I,
    tries: u32,
}

type Outcome = Result<BackgroundSyncStatus, Error>;

/// Calls that are done and nobody has looked at yet.
struct Arrivals<I> {
    done: RefCell<VecDeque<(u64, Entry<I>, Outcome)>>,
    waker: RefCell<Option<Waker>>,
}

struct Statuses<P, S, I> {
    service: Rc<Service<P>>,
    timeout: Option<Duration>,
    /// `None` when there are no more.
    ids: Option<Pin<Box<S>>>,
    pace: Pace,
    queue: VecDeque<Entry<I>>,
    begun: u64,
    under_way: Vec<(u64, Background)>,
    arrivals: Rc<Arrivals<I>>,
    is_over: bool,
}

/// The ids may fail in their own way, which ends the rows.
pub(crate) fn statuses<P, S, I, E>(
    service: &Rc<Service<P>>,
    ids: S,
    options: BulkOptions,
) -> impl Stream<Item = Result<StatusRow<I>, E>>
where
    P: Transport + Runtime,
    S: Stream<Item = Result<I, E>>,
    I: AsUserId,
    E: From<Error>,
{
    let statuses = Statuses {
        service: service.clone(),
        timeout: options.timeout,
        ids: Some(Box::pin(ids)),
        pace: Pace::new(options.concurrency, service.max_retries, service.login.way_in() == WayIn::Basic),
        queue: VecDeque::new(),
        begun: 0,
        under_way: Vec::new(),
        arrivals: Rc::new(Arrivals { done: RefCell::default(), waker: RefCell::default() }),
        is_over: false,
    };
    unfold(statuses, |mut statuses| async {
        let row = statuses.next().await?;
        if row.is_err() {
            statuses.stop();
        }
        Some((row, statuses))
    })
    .fuse()
}

/// What a wait ended with.
enum Woken<T> {
    Arrival,
    NextId(T),
    PauseOver,
}

impl<P, S, I, E> Statuses<P, S, I>
where
    P: Transport + Runtime,
    S: Stream<Item = Result<I, E>>,
    I: AsUserId,
    E: From<Error>,
{
    async fn next(&mut self) -> Option<Result<StatusRow<I>, E>> {
        while !self.is_over {
            // A statement of its own: the borrow ends before anything else is done.
            let arrived = self.arrivals.done.borrow_mut().pop_front();
            if let Some((number, entry, outcome)) = arrived {
                self.under_way.retain(|(other, _)| *other != number);
                match self.meet(entry, outcome) {
                    Some(row) => return Some(row.map_err(E::from)),
                    None => continue,
                }
            }
            let pause = self.pace.pause(self.service.platform.now());
            while pause.is_none() && self.has_room() {
                match self.queue.pop_front() {
                    Some(entry) => self.start(entry),
                    None => break,
                }
            }
            if self.queue.is_empty() && self.ids.is_none() && self.under_way.is_empty() {
                return None;
            }
            match self.wait(pause).await {
                Woken::NextId(Some(Ok(user_id))) => self.queue.push_back(Entry { user_id, tries: 0 }),
                Woken::NextId(Some(Err(error))) => return Some(Err(error)),
                Woken::NextId(None) => self.ids = None,
                Woken::Arrival | Woken::PauseOver => {}
            }
        }
        None
    }

    /// Calls that are done but not looked at count: what comes in faster than it is read does not pile up.
    fn has_room(&self) -> bool {
        self.pace.has_room(self.under_way.len())
    }

    /// A row, or the error that ends them; nothing where the user is to be asked about again.
    fn meet(&mut self, mut entry: Entry<I>, outcome: Outcome) -> Option<Result<StatusRow<I>, Error>> {
        let platform = &*self.service.platform;
        let verdict = match &outcome {
            Ok(_) => {
                self.pace.went_well();
                Verdict::Row
            }
            Err(error) => self.pace.meet(error, entry.tries, platform.now(), platform.random()),
        };
        match verdict {
            Verdict::Again => {
                entry.tries += 1;
                self.queue.push_back(entry);
                None
            }
            Verdict::Stop => outcome.err().map(Err),
            Verdict::Row => Some(Ok(StatusRow { user_id: entry.user_id, status: outcome })),
        }
    }

    fn start(&mut self, entry: Entry<I>) {
        self.begun += 1;
        let (number, service, arrivals) = (self.begun, self.service.clone(), self.arrivals.clone());
        let mut limits = service.limits(CallOptions { timeout: self.timeout });
        // It is for all users to slow down after one's failure, so one's call does not try again by itself.
        limits.max_retries = 0;
        let work = async move {
            let outcome = match entry.user_id.as_user_id() {
                Ok(user_id) => service.background_sync_status(user_id, limits).await,
                Err(error) => Err(error),
            };
            arrivals.done.borrow_mut().push_back((number, entry, outcome));
            if let Some(waker) = arrivals.waker.take() {
                waker.wake();
            }
        };
        let background = Background::spawn(&*self.service.platform, Box::pin(work));
        self.under_way.push((number, background));
    }

    async fn wait(&mut self, pause: Option<Duration>) -> Woken<Option<Result<I, E>>> {
        let wants_id = self.queue.is_empty() && self.has_room();
        let (arrivals, platform) = (self.arrivals.clone(), self.service.platform.clone());
        let mut ids = self.ids.as_mut().filter(|_| wants_id);
        let mut sleep = pin!(pause.map(|pause| platform.sleep(pause)));
        poll_fn(|context| {
            if !arrivals.done.borrow().is_empty() {
                return Poll::Ready(Woken::Arrival);
            }
            arrivals.waker.replace(Some(context.waker().clone()));
            if let Some(ids) = &mut ids {
                if let Poll::Ready(next) = ids.as_mut().poll_next(context) {
                    return Poll::Ready(Woken::NextId(next));
                }
            }
            match sleep.as_mut().as_pin_mut() {
                Some(sleep) => sleep.poll(context).map(|()| Woken::PauseOver),
                None => Poll::Pending,
            }
        })
        .await
    }

    /// What is under way ends, and nobody else is asked about.
    fn stop(&mut self) {
        self.is_over = true;
        self.ids = None;
        self.queue.clear();
        self.under_way.clear();
    }
}
