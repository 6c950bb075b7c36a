//! `listUsers`: the pages of the user directory as one async iterable.

use core::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;

use super::arguments::Options;
use super::call::{call, CallOptions};
use crate::client::AstrolabeClient;
use crate::error::{Error, ErrorCode};
use crate::fetch::Fetch;

const DEFAULT_PAGE_SIZE: u32 = 500;

#[wasm_bindgen(raw_module = "../promises.js")]
extern "C" {
    fn pages(next: &JsValue) -> JsValue;
}

struct Place {
    offset: u32,
    /// The first id of the page before, to notice a server that gives the same page for ever.
    first: Option<String>,
}

pub(super) fn list_users(client: AstrolabeClient<Fetch>, options: JsValue) -> Result<JsValue, Error> {
    let (search, page_size) = if options.is_undefined() {
        (String::new(), None)
    } else {
        let options = Options::of(&options, "options")?;
        (options.string("search")?.unwrap_or_default(), options.integer("pageSize", 1..=2_000)?)
    };
    CallOptions::read(&options)?;
    let page_size = page_size.unwrap_or(DEFAULT_PAGE_SIZE);
    let place = Rc::new(RefCell::new(Place { offset: 0, first: None }));
    let next = Closure::<dyn FnMut() -> Promise>::new(move || {
        let (client, search, place) = (client.clone(), search.clone(), place.clone());
        call(&options, move |options: CallOptions| async move {
            let offset = place.borrow().offset;
            let page = client.list_users_page(&search, page_size, offset, options.timeout_ms).await?;
            let first = page.first().cloned();
            let mut place = place.borrow_mut();
            if first.is_some() && first == place.first {
                return Err(Error::new(
                    ErrorCode::UnexpectedResponse,
                    "the server gave the same page of users twice: it does not take the parameter offset",
                ));
            }
            place.first = first;
            // By the limit and not by what came: each user back end of the server counts the offset on its own.
            place.offset = offset.saturating_add(page_size);
            Ok(page.iter().map(JsValue::from).collect::<Array>().into())
        })
    });
    Ok(pages(&next.into_js_value()))
}
