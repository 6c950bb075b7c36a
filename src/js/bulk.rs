//! `getBackgroundSyncStatuses`

use core::cell::RefCell;
use core::pin::Pin;
use std::rc::Rc;

use futures_core::Stream;
use futures_util::stream::{unfold, StreamExt};
use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::arguments::Properties;
use super::errors::to_js_error;
use super::iteration::{generator, Items};
use super::promise::CallOptions;
use super::results::{to_js, Progress, StatusRow};
use super::user_ids::{JsUserId, JsUserIds, Thrown};
use crate::client::AstrolabeClient;
use crate::error::Error;
use crate::fetch::{settle, Fetch};
use crate::statuses::{self, statuses, BulkOptions};

/// The option `onProgress`, and how far the rows are.
struct Watched {
    rows: Pin<Box<dyn Stream<Item = Result<statuses::StatusRow<JsUserId>, Thrown>>>>,
    on_progress: Option<Function>,
    progress: Progress,
    /// What it threw, at once or later.
    thrown: Rc<RefCell<Option<JsValue>>>,
}

pub(super) fn get_background_sync_statuses(
    client: &AstrolabeClient<Fetch>,
    user_ids: &JsValue,
    options: &JsValue,
) -> Result<JsValue, Error> {
    let ids = JsUserIds::of(user_ids)?;
    let CallOptions { timeout, signal } = CallOptions::read(options, &["concurrency", "onProgress"])?;
    let mut bulk_options = BulkOptions { timeout, ..BulkOptions::default() };
    let mut on_progress = None;
    if !options.is_undefined() {
        let options = Properties::of(options, "options")?;
        bulk_options.concurrency = options.integer("concurrency", 1..=1_000)?.unwrap_or(bulk_options.concurrency);
        on_progress = options.function("onProgress")?;
    }
    let watched = Watched {
        rows: Box::pin(statuses(client.service(), ids, bulk_options)),
        on_progress,
        progress: Progress { done: 0, failed: 0, total: size_of(user_ids) },
        thrown: Rc::default(),
    };
    let rows: Items = Box::pin(unfold(watched, |mut watched| async {
        let row = watched.next().await?;
        Some((row, watched))
    }));
    Ok(generator(rows, signal))
}

/// How many ids there are, where the iterable says it.
fn size_of(user_ids: &JsValue) -> JsValue {
    let number = |name: &str| Reflect::get(user_ids, &name.into()).ok().filter(|size| size.as_f64().is_some());
    number("length").or_else(|| number("size")).unwrap_or(JsValue::UNDEFINED)
}

impl Watched {
    async fn next(&mut self) -> Option<Result<JsValue, JsValue>> {
        let thrown = self.thrown.take();
        if let Some(thrown) = thrown {
            return Some(Err(thrown));
        }
        let row = match self.rows.next().await? {
            Ok(row) => row,
            Err(Thrown(thrown)) => return Some(Err(thrown)),
        };
        self.progress.done += 1;
        self.progress.failed += u32::from(row.status.is_err());
        self.report();
        let JsUserId(user_id) = row.user_id;
        Some(Ok(to_js(&match row.status {
            Ok(status) => StatusRow { user_id, status: Some(status.into()), error: JsValue::UNDEFINED },
            Err(error) => StatusRow { user_id, status: None, error: to_js_error(&error) },
        })))
    }

    /// What it throws ends the rows, but not before this one.
    fn report(&self) {
        let Some(on_progress) = &self.on_progress else { return };
        match on_progress.call1(&JsValue::UNDEFINED, &to_js(&self.progress)) {
            Ok(returned) if returned.is_object() => {
                let thrown = self.thrown.clone();
                spawn_local(async move {
                    if let Err(reason) = settle(Ok(returned)).await {
                        thrown.replace(Some(reason));
                    }
                });
            }
            Ok(_) => {}
            Err(reason) => drop(self.thrown.replace(Some(reason))),
        }
    }
}
