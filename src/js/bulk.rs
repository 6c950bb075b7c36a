//! `getBackgroundSyncStatuses`, `getAllBackgroundSyncStatuses`

use core::cell::RefCell;
use core::pin::Pin;
use std::rc::Rc;

use futures_core::Stream;
use futures_util::stream::{unfold, StreamExt};
use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::arguments::Properties;
use super::iteration::{generator, Items};
use super::promise::CallOptions;
use super::results::{to_js, Progress, StatusRow, UserStatusRow};
use super::user_ids::{JsUserId, JsUserIds, Thrown};
use crate::all_statuses::{AllStatuses, AllStatusesOptions};
use crate::client::AstrolabeClient;
use crate::error::Error;
use crate::fetch::{settle, Fetch};
use crate::statuses::{self, statuses, BulkOptions, DEFAULT_CONCURRENCY};

/// What both calls take besides.
struct Options<'a> {
    call: CallOptions,
    own: Option<Properties<'a>>,
    concurrency: u32,
    on_progress: Option<Function>,
}

impl<'a> Options<'a> {
    /// `more`: the options that this call has besides.
    fn read(options: &'a JsValue, more: &[&str]) -> Result<Self, Error> {
        let call = CallOptions::read(options, &[&["concurrency", "onProgress"], more].concat())?;
        let own = (!options.is_undefined()).then(|| Properties::of(options, "options")).transpose()?;
        let (mut concurrency, mut on_progress) = (None, None);
        if let Some(own) = &own {
            concurrency = own.integer("concurrency", 1..=1_000)?;
            on_progress = own.function("onProgress")?;
        }
        Ok(Options { call, own, concurrency: concurrency.unwrap_or(DEFAULT_CONCURRENCY), on_progress })
    }
}

pub(super) fn get_background_sync_statuses(
    client: &AstrolabeClient<Fetch>,
    user_ids: &JsValue,
    options: &JsValue,
) -> Result<JsValue, Error> {
    let ids = JsUserIds::of(user_ids)?;
    let Options { call, concurrency, on_progress, .. } = Options::read(options, &[])?;
    let total = size_of(user_ids);
    let rows = statuses(client.service(), ids, BulkOptions { concurrency, timeout: call.timeout });
    let rows = rows.map(move |row| match row {
        Ok(statuses::StatusRow { user_id: JsUserId(user_id), status }) => Ok(Row {
            is_failed: status.is_err(),
            row: to_js(&match status {
                Ok(status) => StatusRow { user_id, status: Some(status.into()), error: JsValue::UNDEFINED },
                Err(error) => StatusRow { user_id, status: None, error: error.into() },
            }),
            total: total.clone(),
        }),
        Err(Thrown(thrown)) => Err(thrown),
    });
    Ok(watched(Box::pin(rows), on_progress, call))
}

pub(super) fn get_all_background_sync_statuses(
    client: &AstrolabeClient<Fetch>,
    options: &JsValue,
) -> Result<JsValue, Error> {
    let Options { call, own, concurrency, on_progress } = Options::read(options, &["search"])?;
    let search = own.map(|own| own.text("search")).transpose()?.flatten().unwrap_or_default();
    let options = AllStatusesOptions { search, concurrency, timeout: call.timeout };
    let rows = unfold(AllStatuses::new(client.service().clone(), options), |mut all| async {
        let row = match all.next().await? {
            Ok(row) => Ok(Row {
                is_failed: row.status.is_err(),
                row: to_js(&UserStatusRow::from(row)),
                total: all.total().map_or(JsValue::UNDEFINED, JsValue::from),
            }),
            Err(error) => Err(error.into()),
        };
        Some((row, all))
    });
    Ok(watched(Box::pin(rows), on_progress, call))
}

/// How many ids there are, where the iterable says it.
fn size_of(user_ids: &JsValue) -> JsValue {
    let number = |name: &str| Reflect::get(user_ids, &name.into()).ok().filter(|size| size.as_f64().is_some());
    number("length").or_else(|| number("size")).unwrap_or(JsValue::UNDEFINED)
}

/// One user.
struct Row {
    row: JsValue,
    is_failed: bool,
    /// How many users there are, where that is known.
    total: JsValue,
}

/// The option `onProgress`, and how far the rows are.
struct Watched {
    rows: Pin<Box<dyn Stream<Item = Result<Row, JsValue>>>>,
    on_progress: Option<Function>,
    done: u32,
    failed: u32,
    /// What it threw, at once or later.
    thrown: Rc<RefCell<Option<JsValue>>>,
}

fn watched(
    rows: Pin<Box<dyn Stream<Item = Result<Row, JsValue>>>>,
    on_progress: Option<Function>,
    call: CallOptions,
) -> JsValue {
    let watched = Watched { rows, on_progress, done: 0, failed: 0, thrown: Rc::default() };
    let rows: Items = Box::pin(unfold(watched, |mut watched| async {
        let row = watched.next().await?;
        Some((row, watched))
    }));
    generator(rows, call.signal)
}

impl Watched {
    async fn next(&mut self) -> Option<Result<JsValue, JsValue>> {
        let thrown = self.thrown.take();
        if let Some(thrown) = thrown {
            return Some(Err(thrown));
        }
        let Row { row, is_failed, total } = match self.rows.next().await? {
            Ok(row) => row,
            Err(thrown) => return Some(Err(thrown)),
        };
        self.done += 1;
        self.failed += u32::from(is_failed);
        self.report(total);
        Some(Ok(row))
    }

    /// What it throws ends the rows, but not before this one.
    fn report(&self, total: JsValue) {
        let Some(on_progress) = &self.on_progress else { return };
        let progress = Progress { done: self.done, failed: self.failed, total };
        match on_progress.call1(&JsValue::UNDEFINED, &to_js(&progress)) {
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
