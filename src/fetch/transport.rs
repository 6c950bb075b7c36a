//! One request by the platform's `fetch`, or by the application's own, which may return anything.

use core::future::Future;
use std::borrow::Cow;
use std::rc::Rc;

use js_sys::{ArrayBuffer, Function, Object, Reflect, TypeError, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortController;

use super::{name, settle, Fetch, Settled};
use crate::error::BAD_PORT;
use crate::http::{headers_of, text_of, Request, Response, USER_AGENT};
use crate::platform::{Cause, Transport, TransportError};
use crate::text::{contains, every};

#[wasm_bindgen]
extern "C" {
    /// A plain object that serves as `RequestInit`; cheaper than `Request` and `Headers`.
    #[wasm_bindgen(extends = Object)]
    type Init;
    #[wasm_bindgen(method, setter)]
    fn set_method(this: &Init, method: &JsValue);
    #[wasm_bindgen(method, setter)]
    fn set_headers(this: &Init, headers: &JsValue);
    #[wasm_bindgen(method, setter)]
    fn set_body(this: &Init, body: &str);
    #[wasm_bindgen(method, setter)]
    fn set_redirect(this: &Init, redirect: &str);
    #[wasm_bindgen(method, setter)]
    fn set_credentials(this: &Init, credentials: &str);
    #[wasm_bindgen(method, setter)]
    fn set_cache(this: &Init, cache: &str);
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
    fn headers(this: &Answer) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    fn body(this: &Answer) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn text(this: &Answer) -> Result<JsValue, JsValue>;

    type AnswerHeaders;
    #[wasm_bindgen(method, getter, catch, js_name = get)]
    fn getter(this: &AnswerHeaders) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn get(this: &AnswerHeaders, name: &JsValue) -> Result<JsValue, JsValue>;

    type Body;
    #[wasm_bindgen(method, catch, js_name = getReader)]
    fn get_reader(this: &Body) -> Result<Reader, JsValue>;

    type Reader;
    #[wasm_bindgen(method, catch)]
    fn read(this: &Reader) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn cancel(this: &Reader) -> Result<JsValue, JsValue>;

    /// Of a view whose buffer was taken away it throws.
    #[wasm_bindgen(js_name = Uint8Array)]
    type Bytes;
    #[wasm_bindgen(constructor, catch, js_class = "Uint8Array")]
    fn new(view: &JsValue) -> Result<Bytes, JsValue>;

    type Chunk;
    #[wasm_bindgen(method, getter, catch)]
    fn done(this: &Chunk) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    fn value(this: &Chunk) -> Result<JsValue, JsValue>;

    /// workerd refuses to abort what another request has begun.
    type Controller;
    #[wasm_bindgen(method, catch)]
    fn abort(this: &Controller) -> Result<(), JsValue>;
}

/// What every request begins with. What the platform's `fetch` has no option for it may refuse.
pub(super) fn init() -> Object {
    let prototype = Reflect::get(&js_sys::global(), &"Request".into())
        .and_then(|request| Reflect::get(&request, &"prototype".into()))
        .ok()
        .filter(|prototype| prototype.is_object());
    let knows =
        |name: &str| prototype.as_ref().is_some_and(|prototype| Reflect::has(prototype, &name.into()).unwrap_or(false));
    let init: Init = Object::new().unchecked_into();
    init.set_redirect("manual");
    // Only browsers have cookies to leave out.
    if knows("credentials") {
        init.set_credentials("omit");
    }
    // A framework may keep answers on disk.
    if knows("cache") {
        init.set_cache("no-store");
    }
    init.into()
}

/// Whether the platform leaves it to a program to say who asks. Browsers say it themselves, and where one does not, another
/// origin would have to allow the header.
pub(super) fn names_itself() -> bool {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into());
    let agent = navigator.and_then(|navigator| Reflect::get(&navigator, &"userAgent".into()));
    !agent.ok().and_then(|agent| agent.as_string()).is_some_and(|agent| agent.starts_with("Mozilla/"))
}

const NO_FETCH: &str = "there is no fetch here: give one as the option fetch";

/// Ends the request when the future that waits for it is dropped; where its signal was refused nothing does.
struct AbortOnDrop {
    controller: AbortController,
    is_done: bool,
}

impl AbortOnDrop {
    fn disarm(mut self) {
        self.is_done = true;
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if !self.is_done {
            let _ = self.controller.unchecked_ref::<Controller>().abort();
        }
    }
}

impl Transport for Fetch {
    fn send(&self, request: Request) -> impl Future<Output = Result<Response, TransportError>> {
        self.exchange(request, None)
    }

    fn send_in_any_form<'a>(
        &'a self,
        request: Request,
        again: &'a dyn Fn() -> Request,
    ) -> impl Future<Output = Result<Response, TransportError>> + 'a {
        self.exchange(request, Some(again))
    }

    /// Node.js names it in the cause of what it throws; other platforms say nothing.
    fn reason(&self, cause: &Cause) -> Option<String> {
        let thrown = cause.downcast_ref::<JsValue>()?;
        let text = |object: &JsValue, key| Reflect::get(object, &name(key)).ok()?.as_string();
        let cause = Reflect::get(thrown, &name("cause")).ok().filter(JsValue::is_object)?;
        let code = text(&cause, "code").filter(|code| {
            code.len() <= 64 && every(code, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        });
        code.or_else(|| text(&cause, "message").filter(|message| message == BAD_PORT))
    }
}

/// Whether `fetch` has sent nothing, since the platform's `AbortController` is of another realm than it, as in a made-up browser
/// that is given the `fetch` of Node.js. Each platform says it in its own words, and all name the class.
fn refuses_signal(thrown: &JsValue) -> bool {
    let text = |key| Reflect::get(thrown, &name(key)).ok()?.as_string();
    text("name").is_some_and(|name| name == "TypeError")
        && text("message").is_some_and(|message| contains(message.as_bytes(), b"AbortSignal"))
}

fn network(status: Option<u16>, cause: JsValue) -> TransportError {
    TransportError::Network { status, cause: Some(Rc::new(cause)) }
}

impl Fetch {
    fn exchange<'a>(
        &'a self,
        request: Request,
        again: Option<&'a dyn Fn() -> Request>,
    ) -> impl Future<Output = Result<Response, TransportError>> + 'a {
        let begun = self.begin(&request, true);
        let Request { is_repeatable, follow_redirects, .. } = request;
        let again = again.filter(|_| is_repeatable);
        async move {
            let failed = |cause| network(None, cause);
            let (mut guard, answer) = begun.map_err(failed)?;
            let mut outcome = answer.await;
            if let (Some(again), true) = (again, outcome.as_ref().is_err_and(refuses_signal)) {
                let (without_signal, answer) = self.begin(&again(), false).map_err(failed)?;
                guard = without_signal;
                outcome = answer.await;
            }
            let answer: Answer = outcome.map_err(failed)?.unchecked_into();
            // Most of those under way wait for an answer: what reads it has no place among them before.
            let response = Box::pin(self.read(&answer, follow_redirects)).await?;
            guard.disarm();
            Ok(response)
        }
    }

    fn begin(&self, request: &Request, with_signal: bool) -> Result<(AbortOnDrop, Settled), JsValue> {
        let init: Init = Object::assign(&Object::new(), &self.init).unchecked_into();
        let headers = Object::new();
        for (header, value) in &request.headers {
            let value = match value {
                Cow::Borrowed(constant) => name(constant),
                Cow::Owned(text) => text.into(),
            };
            Reflect::set(&headers, &name(header), &value)?;
        }
        if self.names_itself {
            Reflect::set(&headers, &name("User-Agent"), &name(USER_AGENT))?;
        }
        init.set_method(&name(request.method.as_str()));
        init.set_headers(&headers);
        if request.follow_redirects {
            init.set_redirect("follow");
        }
        if let Some(body) = &request.body {
            init.set_body(body);
        }
        let guard = AbortOnDrop { controller: AbortController::new()?, is_done: false };
        if with_signal {
            init.set_signal(&guard.controller.signal());
        }
        let url = JsValue::from(&request.url);
        Ok((guard, settle(self.fetch(&url, &init))))
    }

    fn fetch(&self, url: &JsValue, init: &Init) -> Result<JsValue, JsValue> {
        // Called with no `this`: as the method of another object it would be an "Illegal invocation".
        match &self.own {
            Some(own) => own.call2(&JsValue::UNDEFINED, url, init),
            None => {
                let fetch = Reflect::get(&js_sys::global(), &name("fetch"))?;
                let fetch = fetch.dyn_into::<Function>().map_err(|_| TypeError::new(NO_FETCH))?;
                fetch.call2(&JsValue::UNDEFINED, url, init)
            }
        }
    }

    async fn read(&self, answer: &Answer, follow_redirects: bool) -> Result<Response, TransportError> {
        if !answer.is_object() {
            return Err(TransportError::NoResponse);
        }
        let failed = |cause| network(None, cause);
        let number = answer.status().map_err(failed)?.as_f64().filter(|status| (100.0..=599.0).contains(status));
        let status = match number {
            Some(status) => status as u16,
            // A redirect that the platform does not let a program read.
            None if answer.kind().map_err(failed)?.as_string().as_deref() == Some("opaqueredirect") => {
                return Ok(Response { status: 0, url: String::new(), headers: Vec::new(), body: String::new() });
            }
            None => return Err(TransportError::NoResponse),
        };
        let failed = |cause| network(Some(status), cause);
        let given = answer.headers().map_err(failed)?;
        let given: &AnswerHeaders = given.unchecked_ref();
        if !given.is_object() || !given.getter().map_err(failed)?.is_function() {
            return Err(TransportError::NoResponse);
        }
        let names = headers_of(status);
        let mut headers = Vec::with_capacity(names.len());
        for &header in names {
            if let Some(value) = given.get(&name(header)).ok().and_then(|value| value.as_string()) {
                headers.push((header, value));
            }
        }
        let url = match follow_redirects {
            true => answer.url().map_err(failed)?.as_string().unwrap_or_default(),
            false => String::new(),
        };
        let body = self.read_body(answer, status).await?;
        Ok(Response { status, url, headers, body })
    }

    /// By the stream, counted, where there is one: what headers say of the length need not be so.
    async fn read_body(&self, answer: &Answer, status: u16) -> Result<String, TransportError> {
        let failed = |cause| network(Some(status), cause);
        let max_response_bytes = self.max_response_bytes;
        let too_large = TransportError::TooLarge { status, max_response_bytes };
        let limit = max_response_bytes as usize;
        let body = answer.body().map_err(failed)?;
        if body.is_null() {
            return Ok(String::new());
        }
        if !body.is_object() || !Reflect::has(&body, &name("getReader")).unwrap_or(false) {
            // The `fetch` of an application may return a response whose body is no web stream.
            let text = settle(answer.text()).await.map_err(failed)?.as_string().ok_or(TransportError::NoResponse)?;
            return if text.len() > limit { Err(too_large) } else { Ok(text) };
        }
        let reader = body.unchecked_into::<Body>().get_reader().map_err(failed)?;
        let mut bytes = Vec::new();
        let mut counted = 0;
        loop {
            let chunk: Chunk = settle(reader.read()).await.map_err(failed)?.unchecked_into();
            if chunk.done().map_err(failed)?.is_truthy() {
                return Ok(text_of(bytes));
            }
            let value = chunk.value().map_err(failed)?;
            // Bytes of any realm, and nothing wider, which would be read as other numbers.
            let width = || Reflect::get(&value, &name("BYTES_PER_ELEMENT")).ok().and_then(|width| width.as_f64());
            if !ArrayBuffer::is_view(&value) || width() != Some(1.0) {
                return Err(TransportError::NoResponse);
            }
            let part: Uint8Array = Bytes::new(&value).map_err(failed)?.unchecked_into();
            let length = part.length() as usize;
            // What is empty counts, too: there may be no end of it.
            counted += length.max(1);
            if counted > limit {
                // The rest is not wanted; whether that can be said does not matter.
                spawn_local(async move {
                    let _ = settle(reader.cancel()).await;
                });
                return Err(too_large);
            }
            let begin = bytes.len();
            bytes.resize(begin + length, 0);
            if let Some(room) = bytes.get_mut(begin..) {
                part.copy_to(room);
            }
        }
    }
}
