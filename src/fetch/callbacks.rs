//! What JavaScript calls back about. There is one function for all of a kind, for as long as the wasm lives, and each thing
//! that waits for it has a number, which is bound to it: functions of their own would be as dear as half of the call that they
//! are made for.

use std::collections::VecDeque;

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type Bindable;
    #[wasm_bindgen(method, catch)]
    fn bind(this: &Bindable, context: &JsValue, number: f64) -> Result<JsValue, JsValue>;
}

/// `callback` about this one.
pub(super) fn bound(callback: &JsValue, number: f64) -> Result<JsValue, JsValue> {
    callback.unchecked_ref::<Bindable>().bind(&JsValue::UNDEFINED, number)
}

/// Those that wait.
pub(super) struct Waiting<T> {
    last: u64,
    /// In the order of their numbers. What has waited longest is mostly done first, so both ends are cheap.
    all: VecDeque<(u64, T)>,
}

impl<T> Waiting<T> {
    pub(super) const fn new() -> Self {
        Waiting { last: 0, all: VecDeque::new() }
    }

    /// Gives its number, which is nobody else's, as JavaScript has numbers.
    pub(super) fn add(&mut self, one: T) -> f64 {
        self.last += 1;
        self.all.push_back((self.last, one));
        self.last as f64
    }

    /// If it is still there.
    pub(super) fn get(&mut self, number: f64) -> Option<&mut T> {
        let at = self.find(number)?;
        self.all.get_mut(at).map(|(_, one)| one)
    }

    /// Takes it out, if it is still there.
    pub(super) fn take(&mut self, number: f64) -> Option<T> {
        let at = self.find(number)?;
        self.all.remove(at).map(|(_, one)| one)
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.all.iter_mut().map(|(_, one)| one)
    }

    fn find(&self, number: f64) -> Option<usize> {
        self.all.binary_search_by_key(&(number as u64), |(number, _)| *number).ok()
    }
}
