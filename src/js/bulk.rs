//! `getBackgroundSyncStatuses`: checks what JavaScript hands in; `pkg/bulk.js` does the rest, because an async
//! generator of JavaScript is the shortest right way to iterate.

use std::rc::Rc;

use js_sys::{Object, Promise, Reflect, Symbol};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::arguments::{text, wrong_type, Options};
use super::call::{run, CallOptions};
use super::{to_js, BackgroundSyncStatus};
use crate::client::AstrolabeClient;
use crate::error::Error;
use crate::fetch::Fetch;

const DEFAULT_CONCURRENCY: u32 = 8;

#[wasm_bindgen(raw_module = "../bulk.js")]
extern "C" {
    fn statuses(user_ids: &JsValue, options: &JsValue, ask: &JsValue) -> JsValue;
}

pub(super) fn get_background_sync_statuses(
    client: &AstrolabeClient<Fetch>,
    user_ids: &JsValue,
    options: &JsValue,
) -> Result<JsValue, Error> {
    let has_iterator = |symbol: &Symbol| Reflect::get(user_ids, symbol).is_ok_and(|method| method.is_function());
    // The letters of a string are nobody's ids.
    if user_ids.is_string() || !(has_iterator(&Symbol::async_iterator()) || has_iterator(&Symbol::iterator())) {
        return Err(wrong_type("userIds", "an iterable or async iterable of user ids", user_ids));
    }
    let CallOptions { timeout_ms, signal } = CallOptions::read(options, &["concurrency", "onProgress"])?;
    let settings = Object::new();
    let set = |name: &str, value: JsValue| {
        Reflect::set(&settings, &name.into(), &value).map(drop).map_err(|_| Error::invalid("options cannot be read"))
    };
    let (mut concurrency, mut on_progress) = (None, None);
    if !options.is_undefined() {
        let options = Options::of(options, "options")?;
        concurrency = options.integer("concurrency", 1..=1_000)?;
        on_progress = options.function("onProgress")?;
    }
    set("concurrency", concurrency.unwrap_or(DEFAULT_CONCURRENCY).into())?;
    set("maxRetries", client.max_retries().into())?;
    set("signal", signal.map_or(JsValue::UNDEFINED, JsValue::from))?;
    set("onProgress", on_progress.map_or(JsValue::UNDEFINED, JsValue::from))?;

    // It is for all users to slow down after one's failure, so one's call does not try again by itself.
    let client = Rc::new(client.with_reads_tried_once());
    let ask = Closure::<dyn FnMut(JsValue, AbortSignal) -> Promise>::new(move |user_id: JsValue, signal| {
        let client = client.clone();
        let work = async move {
            let status = client.get_background_sync_status(&text(&user_id, "userId")?, timeout_ms).await?;
            Ok(to_js(&BackgroundSyncStatus::from(status)))
        };
        run(Some(signal), Box::pin(work))
    });
    Ok(statuses(user_ids, &settings, &ask.into_js_value()))
}
