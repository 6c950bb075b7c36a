//! The ids of an iterable or async iterable of JavaScript, as a stream.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use futures_core::Stream;
use js_sys::{Function, Reflect, Symbol};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::arguments::{invalid, is_object, text, wrong_type};
use crate::error::Error;
use crate::fetch::{promise_of, settle, Settled};
use crate::nextcloud::UserId;
use crate::statuses::AsUserId;

/// Whatever an iterable gave for an id; given back with its row.
pub(super) struct JsUserId(pub(super) JsValue);

impl AsUserId for JsUserId {
    fn as_user_id(&self) -> Result<UserId, Error> {
        UserId::new(&text(&self.0, "userId")?)
    }
}

/// What ends the rows: an error of this client, or what an iterator or a callback of the application's threw.
pub(super) struct Thrown(pub(super) JsValue);

impl From<Error> for Thrown {
    fn from(error: Error) -> Self {
        Thrown(error.into())
    }
}

/// Reads an iterable one id at a time, as they are asked for.
pub(super) struct JsUserIds {
    state: State,
}

enum State {
    /// An iterable, and its method that gives an iterator.
    Unread(JsValue, Function),
    Reading {
        iterator: JsValue,
        next: Function,
        under_way: Option<Settled>,
    },
    Over,
}

impl JsUserIds {
    /// An error where it is no iterable. The letters of a string are nobody's ids.
    pub(super) fn of(iterable: &JsValue) -> Result<Self, Error> {
        let method = |symbol: &Symbol| {
            let method = Reflect::get(iterable, symbol).ok()?;
            method.is_function().then(|| method.unchecked_into::<Function>())
        };
        let found = is_object(iterable)
            .then(|| method(&Symbol::async_iterator()).or_else(|| method(&Symbol::iterator())))
            .flatten();
        match found {
            Some(method) => Ok(JsUserIds { state: State::Unread(iterable.clone(), method) }),
            None => Err(wrong_type("userIds", "an iterable or async iterable of user ids", iterable)),
        }
    }

    fn begin(iterable: &JsValue, method: &Function) -> Result<State, Thrown> {
        let iterator = method.call0(iterable).map_err(Thrown)?;
        let next = is_object(&iterator).then(|| Reflect::get(&iterator, &"next".into())).transpose().map_err(Thrown)?;
        match next.filter(JsValue::is_function) {
            Some(next) => Ok(State::Reading { iterator, next: next.unchecked_into(), under_way: None }),
            None => Err(invalid(&["userIds is no iterable: its iterator has no method next"]).into()),
        }
    }
}

/// `None` at the end.
fn id_of(result: &JsValue) -> Result<Option<JsUserId>, Thrown> {
    if !is_object(result) {
        return Err(invalid(&["userIds is no iterable: what its iterator gives is no object"]).into());
    }
    if Reflect::get(result, &"done".into()).map_err(Thrown)?.is_truthy() {
        return Ok(None);
    }
    Reflect::get(result, &"value".into()).map(|value| Some(JsUserId(value))).map_err(Thrown)
}

impl Stream for JsUserIds {
    type Item = Result<JsUserId, Thrown>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let fail = |state: &mut State, thrown| {
            *state = State::Over;
            Poll::Ready(Some(Err(thrown)))
        };
        if let State::Unread(iterable, method) = &this.state {
            match JsUserIds::begin(iterable, method) {
                Ok(reading) => this.state = reading,
                Err(thrown) => return fail(&mut this.state, thrown),
            }
        }
        let State::Reading { iterator, next, under_way } = &mut this.state else { return Poll::Ready(None) };
        if under_way.is_none() {
            match next.call0(iterator) {
                Ok(returned) => *under_way = Some(Settled::of(&promise_of(&returned))),
                Err(thrown) => return fail(&mut this.state, Thrown(thrown)),
            }
        }
        let Some(result) = under_way else { return Poll::Ready(None) };
        let Poll::Ready(result) = Pin::new(result).poll(context) else { return Poll::Pending };
        *under_way = None;
        match result.map_err(Thrown).and_then(|result| id_of(&result)) {
            Ok(Some(id)) => Poll::Ready(Some(Ok(id))),
            Ok(None) => {
                this.state = State::Over;
                Poll::Ready(None)
            }
            Err(thrown) => fail(&mut this.state, thrown),
        }
    }
}

impl Drop for JsUserIds {
    /// Whoever leaves early lets the iterator close. Not waited for: one that is still reading would hold that up.
    fn drop(&mut self) {
        if let State::Reading { iterator, .. } = &self.state {
            let close = Reflect::get(iterator, &"return".into()).ok().filter(JsValue::is_function);
            if let Some(close) = close {
                let closing = settle(close.unchecked_ref::<Function>().call0(iterator));
                spawn_local(async move {
                    let _ = closing.await;
                });
            }
        }
    }
}
