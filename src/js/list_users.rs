//! `listUsers`: the pages of the user directory as one async iterable.

use core::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::arguments::Options;
use super::call::{run, CallOptions};
use crate::client::AstrolabeClient;
use crate::error::{Error, ErrorCode};
use crate::fetch::Fetch;

const DEFAULT_PAGE_SIZE: u32 = 500;

#[wasm_bindgen(raw_module = "../iteration.js")]
extern "C" {
    fn pages(ask: &JsValue, callers_signal: &JsValue) -> JsValue;
}

#[derive(Default)]
struct Place {
    offset: u32,
    /// The page before, to notice a server that gives the same one for ever.
    page: Vec<String>,
}

pub(super) fn list_users(client: AstrolabeClient<Fetch>, options: &JsValue) -> Result<JsValue, Error> {
    let CallOptions { timeout_ms, signal } = CallOptions::read(options, &["search", "pageSize"])?;
    let (mut search, mut page_size) = (None, None);
    if !options.is_undefined() {
        let options = Options::of(options, "options")?;
        search = options.string("search")?;
        page_size = options.integer("pageSize", 1..=1_000)?;
    }
    let search: Rc<str> = search.unwrap_or_default().into();
    let page_size = page_size.unwrap_or(DEFAULT_PAGE_SIZE);
    let place = Rc::new(RefCell::new(Place::default()));
    let ask = Closure::<dyn FnMut(AbortSignal) -> Promise>::new(move |signal| {
        let (client, search, place) = (client.clone(), search.clone(), place.clone());
        let work = async move {
            let offset = place.borrow().offset;
            let page = client.list_users_page(&search, page_size, offset, timeout_ms).await?;
            let mut place = place.borrow_mut();
            if !page.is_empty() && page == place.page {
                let what = "the server gave the same page of users twice: it does not take the parameter offset";
                return Err(Error::new(ErrorCode::UnexpectedResponse, what).at(&client.users_route()));
            }
            // By the limit and not by what came: each user back end of the server counts the offset on its own.
            place.offset = offset.saturating_add(page_size);
            let items = page.iter().map(JsValue::from).collect::<Array>().into();
            place.page = page;
            Ok(items)
        };
        run(Some(signal), Box::pin(work))
    });
    Ok(pages(&ask.into_js_value(), &signal.into()))
}
