//! [`Transport`] over the platform's `fetch` and timers, for Rust that is compiled for a Worker, a page or Node.js. The
//! npm package does not contain it: there JavaScript does the I/O.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::RefCell;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{future_to_promise, JsFuture};
use web_sys::AbortController;

use super::error::{Error, ErrorCode};
use super::http::{Request, Response, MAX_TIMER_MS, RESPONSE_HEADERS};
use super::transport::Transport;

/// The most of an answer that is read, in bytes, unless said otherwise.
pub const DEFAULT_MAX_RESPONSE_BYTES: u32 = 256 * 1024;

// All of it can throw, because `fetch` may be the application's own and return anything.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout, catch)]
    fn set_timeout(callback: &Closure<dyn FnMut()>, ms: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = clearTimeout, catch)]
    fn clear_timeout(handle: &JsValue) -> Result<(), JsValue>;

    /// A plain object that serves as `RequestInit`; cheaper than `Request` and `Headers`.
    #[wasm_bindgen(extends = Object)]
    type Init;
    #[wasm_bindgen(method, setter)]
    fn set_method(this: &Init, method: &str);
    #[wasm_bindgen(method, setter)]
    fn set_headers(this: &Init, headers: &JsValue);
    #[wasm_bindgen(method, setter)]
    fn set_body(this: &Init, body: &str);
    #[wasm_bindgen(method, setter)]
    fn set_redirect(this: &Init, redirect: &str);
    #[wasm_bindgen(method, setter)]
    fn set_credentials(this: &Init, credentials: &str);
    #[wasm_bindgen(method, setter)]
    fn set_signal(this: &Init, signal: &JsValue);

    /// Whatever `fetch` resolved to.
    type Answer;
    #[wasm_bindgen(method, getter, catch)]
    fn status(this: &Answer) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, catch, js_name = type)]
    fn kind(this: &Answer) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    fn url(this: &Answer) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    fn headers(this: &Answer) -> Result<AnswerHeaders, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    fn body(this: &Answer) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn text(this: &Answer) -> Result<JsValue, JsValue>;

    type AnswerHeaders;
    #[wasm_bindgen(method, catch)]
    fn get(this: &AnswerHeaders, name: &str) -> Result<JsValue, JsValue>;

    type Body;
    #[wasm_bindgen(method, catch, js_name = getReader)]
    fn get_reader(this: &Body) -> Result<Reader, JsValue>;

    type Reader;
    #[wasm_bindgen(method, catch)]
    fn read(this: &Reader) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn cancel(this: &Reader) -> Result<JsValue, JsValue>;

    type TextDecoder;
    #[wasm_bindgen(constructor, catch)]
    fn new() -> Result<TextDecoder, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn decode(this: &TextDecoder, chunk: &JsValue, options: &JsValue) -> Result<JsValue, JsValue>;

    /// workerd refuses to abort what another request has begun.
    type Controller;
    #[wasm_bindgen(method, catch)]
    fn abort(this: &Controller) -> Result<(), JsValue>;

    type Chunk;
    #[wasm_bindgen(method, getter, catch)]
    fn done(this: &Chunk) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    fn value(this: &Chunk) -> Result<JsValue, JsValue>;
}

/// The platform's `fetch`, or one that the application gave.
pub struct Fetch {
    own: Option<Function>,
    max_response_bytes: u32,
    /// Only browsers have cookies to leave out; workerd refuses the option.
    knows_credentials: bool,
}

impl Fetch {
    /// Over `own`, or the platform's `fetch`; an answer of more than `max_response_bytes` is refused.
    pub fn new(own: Option<Function>, max_response_bytes: u32) -> Self {
        Fetch { own, max_response_bytes, knows_credentials: knows_credentials() }
    }

    fn start(&self, request: &Request, signal: &JsValue) -> Result<JsValue, JsValue> {
        let init: Init = Object::new().unchecked_into();
        let headers = Object::new();
        for (name, value) in &request.headers {
            Reflect::set(&headers, &(*name).into(), &value.into())?;
        }
        init.set_method(request.method.as_str());
        init.set_headers(&headers);
        init.set_redirect(if request.follow_redirects { "follow" } else { "manual" });
        init.set_signal(signal);
        if let Some(body) = &request.body {
            init.set_body(body);
        }
        if self.knows_credentials {
            init.set_credentials("omit");
        }
        let url = JsValue::from(&request.url);
        // Called with no `this`: as the method of another object it would be an "Illegal invocation".
        match &self.own {
            Some(own) => own.call2(&JsValue::UNDEFINED, &url, &init),
            None => Reflect::get(&js_sys::global(), &"fetch".into())?.dyn_into::<Function>()?.call2(
                &JsValue::UNDEFINED,
                &url,
                &init,
            ),
        }
    }

    async fn read_body(&self, answer: &Answer, headers: &AnswerHeaders) -> Result<String, Error> {
        let body = answer.body().map_err(thrown)?;
        if body.is_null() {
            return Ok(String::new());
        }
        // The platform reads no more than Content-Length, so a small one needs no watching; unless it is encoded, and
        // grows. And the `fetch` of an application may return a response whose body is no web stream.
        let length = headers.get("content-length").map_err(thrown)?.as_string().and_then(|length| length.parse().ok());
        let is_small = length.is_some_and(|length: u32| length <= self.max_response_bytes);
        let is_plain = || headers.get("content-encoding").is_ok_and(|encoding| encoding.is_null());
        if (is_small && is_plain()) || !Reflect::has(&body, &"getReader".into()).unwrap_or(false) {
            let text = settle(answer.text()).await.map_err(thrown)?.as_string().ok_or_else(not_a_response)?;
            return if text.len() > self.max_response_bytes as usize { Err(self.too_large()) } else { Ok(text) };
        }
        let reader = body.unchecked_into::<Body>().get_reader().map_err(thrown)?;
        let decoder = TextDecoder::new().map_err(thrown)?;
        let more = Object::new();
        Reflect::set(&more, &"stream".into(), &JsValue::TRUE).map_err(thrown)?;
        let mut text = String::new();
        loop {
            let chunk: Chunk = settle(reader.read()).await.map_err(thrown)?.unchecked_into();
            if chunk.done().map_err(thrown)?.is_truthy() {
                break;
            }
            let value = chunk.value().map_err(thrown)?;
            let part =
                decoder.decode(&value, &more).ok().and_then(|part| part.as_string()).ok_or_else(not_a_response)?;
            if text.len() + part.len() > self.max_response_bytes as usize {
                // The rest is not wanted; whether that can be said does not matter.
                let _ = settle(reader.cancel()).await;
                return Err(self.too_large());
            }
            text.push_str(&part);
        }
        Ok(text)
    }

    fn too_large(&self) -> Error {
        Error::too_large(&self.max_response_bytes.to_string())
    }
}

fn knows_credentials() -> bool {
    let prototype = Reflect::get(&js_sys::global(), &"Request".into())
        .and_then(|request| Reflect::get(&request, &"prototype".into()));
    prototype.is_ok_and(|prototype| {
        prototype.is_object() && Reflect::has(&prototype, &"credentials".into()).unwrap_or(false)
    })
}

fn thrown(cause: JsValue) -> Error {
    Error::network(Some(Rc::new(cause)))
}

fn not_a_response() -> Error {
    Error::new(
        ErrorCode::UnexpectedResponse,
        "fetch returned something that is no Response: check the fetch that was given to this client",
        &[],
    )
}

/// Waits for whatever a call returned, a promise or not.
pub(crate) async fn settle(returned: Result<JsValue, JsValue>) -> Result<JsValue, JsValue> {
    // A thenable that throws becomes a rejection.
    JsFuture::from(Promise::resolve(&returned?)).await
}

/// Ends the request when the future that waits for it is dropped.
struct AbortOnDrop {
    controller: AbortController,
    done: bool,
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if !self.done {
            let _ = self.controller.unchecked_ref::<Controller>().abort();
        }
    }
}

impl Transport for Fetch {
    type Flight = Promise;

    async fn send(&self, request: &Request) -> Result<Response, Error> {
        let mut guard = AbortOnDrop { controller: AbortController::new().map_err(thrown)?, done: false };
        let answer: Answer =
            settle(self.start(request, &guard.controller.signal())).await.map_err(thrown)?.unchecked_into();
        if !answer.is_object() {
            return Err(not_a_response());
        }
        let status = answer.status().map_err(thrown)?.as_f64().filter(|status| (100.0..=599.0).contains(status));
        let status = match status {
            Some(status) => status as u16,
            None if answer.kind().map_err(thrown)?.as_string().as_deref() == Some("opaqueredirect") => 0,
            None => return Err(not_a_response()),
        };
        let headers_of_answer = answer.headers().map_err(thrown)?;
        if !headers_of_answer.is_object() {
            return Err(not_a_response());
        }
        let mut headers = Vec::new();
        // Each costs a call across the border; a success is told by its body.
        for &name in if status == 200 { &["date"][..] } else { &RESPONSE_HEADERS } {
            if let Some(value) = headers_of_answer.get(name).map_err(thrown)?.as_string() {
                headers.push((name, value));
            }
        }
        let url = match request.follow_redirects {
            true => answer.url().map_err(thrown)?.as_string().unwrap_or_default(),
            false => String::new(),
        };
        let body = if status == 0 {
            String::new()
        } else {
            self.read_body(&answer, &headers_of_answer)
                .await
                .map_err(|error| error.with(|details| details.status = Some(status)))?
        };
        guard.done = true;
        Ok(Response { status, url, headers, body })
    }

    fn sleep(&self, ms: u64) -> impl Future<Output = ()> {
        Sleep { ms, timer: None }
    }

    fn now_ms(&self) -> i64 {
        js_sys::Date::now() as i64
    }

    fn random(&self) -> u32 {
        (js_sys::Math::random() * 4_294_967_296.0) as u32
    }

    fn share(&self, work: Pin<Box<dyn Future<Output = ()>>>) -> Promise {
        future_to_promise(async move {
            work.await;
            Ok(JsValue::UNDEFINED)
        })
    }

    async fn join(&self, flight: &Promise) {
        // It never rejects; see `share`.
        let _ = JsFuture::from(flight.clone()).await;
    }
}

/// Done after a time; its timer begins when it is first waited for, and ends with it.
struct Sleep {
    ms: u64,
    timer: Option<Timer>,
}

struct Timer {
    handle: JsValue,
    state: Rc<RefCell<TimerState>>,
    _callback: Closure<dyn FnMut()>,
}

#[derive(Default)]
struct TimerState {
    fired: bool,
    waker: Option<Waker>,
}

impl Timer {
    fn start(ms: u64) -> Self {
        let state = Rc::new(RefCell::new(TimerState::default()));
        let of_callback = state.clone();
        let callback = Closure::<dyn FnMut()>::new(move || {
            let waker = {
                let mut state = of_callback.borrow_mut();
                state.fired = true;
                state.waker.take()
            };
            if let Some(waker) = waker {
                waker.wake();
            }
        });
        let handle = set_timeout(&callback, ms.min(u64::from(MAX_TIMER_MS)) as f64).unwrap_or_else(|_| {
            // No timers (a Worker's module scope): better no wait than one that never ends.
            state.borrow_mut().fired = true;
            JsValue::UNDEFINED
        });
        Timer { handle, state, _callback: callback }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        let ms = this.ms;
        let timer = this.timer.get_or_insert_with(|| Timer::start(ms));
        let mut state = timer.state.borrow_mut();
        if state.fired {
            return Poll::Ready(());
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        let _ = clear_timeout(&self.handle);
    }
}
