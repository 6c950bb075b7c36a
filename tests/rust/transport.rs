//! A network that answers from a script, a clock that moves only when nothing else can, and the executor for both.
//!
//! A future is polled only when it was woken, so a lost wake-up is seen: nothing can go on, and the test panics.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::future::{pending, Future};
use std::pin::{pin, Pin};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use astrolabe_client::{Request, Response, Runtime, Task, Transport, TransportError, UnixTime, RESPONSE_HEADERS};

/// When every world begins: Mon, 23 Nov 2026 08:21:16 GMT.
pub const START_MS: i64 = 1_795_422_076_000;

/// Wherever nothing else is scripted.
pub const ANYWHERE: &str = "*";

/// What one request will get.
#[derive(Clone)]
pub struct Answer {
    result: Result<Response, TransportError>,
    delay_ms: Option<u64>,
}

impl Answer {
    pub fn new(status: u16, content_type: &str, body: impl Into<String>) -> Self {
        let response = Response { status, url: String::new(), headers: Vec::new(), body: body.into() };
        Answer { result: Ok(response), delay_ms: Some(0) }.header("Content-Type", content_type)
    }

    pub fn json(status: u16, body: impl ToString) -> Self {
        Answer::new(status, "application/json; charset=utf-8", body.to_string())
    }

    pub fn html(status: u16, body: &str) -> Self {
        Answer::new(status, "text/html; charset=UTF-8", body)
    }

    pub fn redirect(status: u16, location: &str) -> Self {
        Answer::html(status, "").header("Location", location)
    }

    /// What a browser gives a program in place of a redirect.
    pub fn opaque_redirect() -> Self {
        let response = Response { status: 0, url: String::new(), headers: Vec::new(), body: String::new() };
        Answer { result: Ok(response), delay_ms: Some(0) }
    }

    /// The connection fails.
    pub fn broken() -> Self {
        Answer::failed(TransportError::Network { status: None, cause: None })
    }

    pub fn failed(error: TransportError) -> Self {
        Answer { result: Err(error), delay_ms: Some(0) }
    }

    pub fn never() -> Self {
        Answer { delay_ms: None, ..Answer::broken() }
    }

    /// Adds a header, if it is one that a transport hands on.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let (Ok(response), Some(name)) =
            (&mut self.result, RESPONSE_HEADERS.into_iter().find(|known| known.eq_ignore_ascii_case(name)))
        {
            response.headers.push((name, value.to_string()));
        }
        self
    }

    /// Where the answer came from, after redirects that the platform followed.
    pub fn coming_from(mut self, url: &str) -> Self {
        if let Ok(response) = &mut self.result {
            response.url = url.to_string();
        }
        self
    }

    pub fn after_ms(self, ms: u64) -> Self {
        Answer { delay_ms: Some(ms), ..self }
    }

    pub fn times(self, count: usize) -> impl Iterator<Item = Answer> {
        std::iter::repeat_n(self, count)
    }
}

/// A request as the network saw it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    /// Milliseconds since the world began.
    pub at_ms: i64,
    pub method: &'static str,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<String>,
    pub follow_redirects: bool,
}

impl Sent {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(header, _)| header.eq_ignore_ascii_case(name));
        let value = values.next();
        assert!(values.next().is_none(), "{name} was sent twice");
        value.map(|(_, value)| value.as_str())
    }

    pub fn header_names(&self) -> Vec<&str> {
        self.headers.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// Everything in it, to look for what should not be there.
    pub fn text(&self) -> String {
        format!("{self:?}")
    }
}

/// The network, the clock and the executor of one test. Cheap to clone; all clones are the same world.
#[derive(Clone)]
pub struct World(Rc<Inner>);

struct Inner {
    now_ms: Cell<i64>,
    random: Cell<u32>,
    script: RefCell<HashMap<String, VecDeque<Answer>>>,
    sent: RefCell<Vec<Sent>>,
    under_way: Cell<usize>,
    most_under_way: Cell<usize>,
    timers: RefCell<BTreeMap<(i64, u64), Waker>>,
    timers_begun: Cell<u64>,
    tasks: RefCell<Vec<Running>>,
}

struct Running {
    future: Option<Task>,
    woken: Arc<Woken>,
    is_flight: bool,
}

struct Woken(AtomicBool);

impl Woken {
    fn new() -> Arc<Self> {
        Arc::new(Woken(AtomicBool::new(true)))
    }

    fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl World {
    pub fn new() -> Self {
        World(Rc::new(Inner {
            now_ms: Cell::new(START_MS),
            random: Cell::new(0),
            script: RefCell::default(),
            sent: RefCell::default(),
            under_way: Cell::new(0),
            most_under_way: Cell::new(0),
            timers: RefCell::default(),
            timers_begun: Cell::new(0),
            tasks: RefCell::default(),
        }))
    }

    /// The next answer at this address. A request to where no answer is left fails the test.
    pub fn on(&self, url: &str, answer: Answer) {
        self.on_each(url, [answer]);
    }

    pub fn on_each(&self, url: &str, answers: impl IntoIterator<Item = Answer>) {
        self.0.script.borrow_mut().entry(url.to_string()).or_default().extend(answers);
    }

    /// The next answer wherever nothing else is scripted.
    pub fn on_any(&self, answer: Answer) {
        self.on(ANYWHERE, answer);
    }

    pub fn set_random(&self, value: u32) {
        self.0.random.set(value);
    }

    pub fn sent(&self) -> Vec<Sent> {
        self.0.sent.borrow().clone()
    }

    pub fn last_sent(&self) -> Sent {
        self.sent().pop().expect("nothing was sent")
    }

    /// The addresses of all requests, in order.
    pub fn urls(&self) -> Vec<String> {
        self.sent().into_iter().map(|sent| sent.url).collect()
    }

    pub fn count(&self, url: &str) -> usize {
        self.urls().iter().filter(|sent| *sent == url).count()
    }

    /// When each request was sent, in milliseconds since the world began.
    pub fn times(&self) -> Vec<i64> {
        self.sent().iter().map(|sent| sent.at_ms).collect()
    }

    /// How many requests have been sent and neither answered nor dropped.
    pub fn requests_under_way(&self) -> usize {
        self.0.under_way.get()
    }

    /// How many there ever were at once.
    pub fn most_requests_under_way(&self) -> usize {
        self.0.most_under_way.get()
    }

    /// How much shared work is there that is not done.
    pub fn flights_left(&self) -> usize {
        self.0.tasks.borrow().iter().filter(|task| task.is_flight && task.future.is_some()).count()
    }

    pub fn elapsed_ms(&self) -> i64 {
        self.0.now_ms.get() - START_MS
    }

    /// Runs until `future` is done.
    pub fn run<R>(&self, future: impl Future<Output = R>) -> R {
        let mut future = pin!(future);
        let woken = Woken::new();
        let waker = Waker::from(woken.clone());
        loop {
            if woken.take() {
                if let Poll::Ready(result) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                    return result;
                }
            }
            if !self.poll_woken() && !woken.0.load(Ordering::Relaxed) {
                assert!(self.advance(i64::MAX), "nothing can go on: an answer that never comes, or a lost wake-up");
            }
        }
    }

    /// Begins `future`; it goes on whenever the world runs.
    pub fn start<R: 'static>(&self, future: impl Future<Output = R> + 'static) -> Call<R> {
        let result = Rc::new(RefCell::new(None));
        let slot = result.clone();
        let work = async move {
            let done = future.await;
            slot.replace(Some(done));
        };
        let task = self.begin(false, Box::pin(work));
        Call { world: self.clone(), task, result }
    }

    /// Runs all at once until all are done.
    pub fn run_all<F: Future + 'static>(&self, futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
        let calls: Vec<_> = futures.into_iter().map(|future| self.start(future)).collect();
        calls.into_iter().map(Call::wait).collect()
    }

    /// Lets time go by.
    pub fn pass(&self, ms: i64) {
        let until = self.0.now_ms.get() + ms;
        loop {
            while self.poll_woken() {}
            if !self.advance(until) {
                break;
            }
        }
        self.0.now_ms.set(until);
    }

    /// What a Worker does to shared work when the request that began it ends: it never goes on, and never ends.
    pub fn kill_flights(&self) {
        while self.poll_woken() {}
        for task in self.0.tasks.borrow_mut().iter_mut().filter(|task| task.is_flight) {
            std::mem::forget(task.future.take());
        }
    }

    fn begin(&self, is_flight: bool, future: Task) -> usize {
        let mut tasks = self.0.tasks.borrow_mut();
        tasks.push(Running { future: Some(future), woken: Woken::new(), is_flight });
        tasks.len() - 1
    }

    /// Polls every task that was woken, once; whether there was one.
    fn poll_woken(&self) -> bool {
        let mut any = false;
        for index in 0.. {
            let (mut future, woken) = match self.0.tasks.borrow_mut().get_mut(index) {
                None => break,
                Some(task) if !task.woken.take() => continue,
                Some(task) => match task.future.take() {
                    None => continue,
                    Some(future) => (future, task.woken.clone()),
                },
            };
            any = true;
            let waker = Waker::from(woken);
            if future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
                self.0.tasks.borrow_mut()[index].future = Some(future);
            }
        }
        any
    }

    /// Moves the clock to the next timer, if it is not later than `limit_ms`, and wakes all that are due then.
    fn advance(&self, limit_ms: i64) -> bool {
        let mut timers = self.0.timers.borrow_mut();
        let Some(&(deadline, _)) = timers.keys().next().filter(|(deadline, _)| *deadline <= limit_ms) else {
            return false;
        };
        self.0.now_ms.set(deadline.max(self.0.now_ms.get()));
        let later = timers.split_off(&(deadline + 1, 0));
        for waker in std::mem::replace(&mut *timers, later).into_values() {
            waker.wake();
        }
        true
    }
}

/// A call that was begun.
pub struct Call<R> {
    world: World,
    task: usize,
    result: Rc<RefCell<Option<R>>>,
}

impl<R> Call<R> {
    /// What came out, if it is done.
    pub fn result(&self) -> Option<R> {
        self.result.take()
    }

    pub fn wait(self) -> R {
        loop {
            if let Some(result) = self.result() {
                return result;
            }
            if !self.world.poll_woken() {
                assert!(
                    self.world.advance(i64::MAX),
                    "nothing can go on: an answer that never comes, or a lost wake-up"
                );
            }
        }
    }

    /// The caller gives up: its future is dropped.
    pub fn give_up(self) {
        let future = self.world.0.tasks.borrow_mut()[self.task].future.take();
        drop(future);
    }

    /// The caller stops without a word: its future is neither polled nor dropped.
    pub fn freeze(self) {
        std::mem::forget(self.world.0.tasks.borrow_mut()[self.task].future.take());
    }
}

impl Transport for World {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let next = |url: &str| self.0.script.borrow_mut().get_mut(url).and_then(VecDeque::pop_front);
        let answer = next(&request.url).or_else(|| next(ANYWHERE));
        let answer =
            answer.unwrap_or_else(|| panic!("no answer is left for {} {}", request.method.as_str(), request.url));
        self.0.sent.borrow_mut().push(Sent {
            at_ms: self.elapsed_ms(),
            method: request.method.as_str(),
            url: request.url.clone(),
            headers: request.headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
            body: request.body.clone(),
            follow_redirects: request.follow_redirects,
        });
        let _under_way = UnderWay::new(self);
        match answer.delay_ms {
            None => pending().await,
            Some(0) => {}
            Some(ms) => self.sleep(Duration::from_millis(ms)).await,
        }
        answer.result.map(|mut response| {
            if response.url.is_empty() {
                response.url = request.url.clone();
            }
            response
        })
    }
}

impl Runtime for World {
    fn now(&self) -> UnixTime {
        UnixTime::from_millis(self.0.now_ms.get())
    }

    fn sleep(&self, time: Duration) -> impl Future<Output = ()> {
        let number = self.0.timers_begun.get();
        self.0.timers_begun.set(number + 1);
        Sleep { world: self.clone(), timer: ((self.now() + time).as_millis(), number) }
    }

    fn random(&self) -> u32 {
        self.0.random.get()
    }

    fn spawn(&self, work: Task) {
        self.begin(true, work);
    }
}

struct Sleep {
    world: World,
    timer: (i64, u64),
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.world.0.now_ms.get() >= self.timer.0 {
            return Poll::Ready(());
        }
        self.world.0.timers.borrow_mut().insert(self.timer, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.world.0.timers.borrow_mut().remove(&self.timer);
    }
}

/// Counts a request for as long as its future lives.
struct UnderWay(World);

impl UnderWay {
    fn new(world: &World) -> Self {
        let under_way = world.0.under_way.get() + 1;
        world.0.under_way.set(under_way);
        world.0.most_under_way.set(world.0.most_under_way.get().max(under_way));
        UnderWay(world.clone())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0 .0.under_way.set(self.0 .0.under_way.get() - 1);
    }
}
