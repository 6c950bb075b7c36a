//! Reads what JavaScript hands in, and says by name what is wrong with it.

use core::ops::RangeInclusive;

use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;

use crate::error::Error;
use crate::text::decimal;

/// An object with optional properties.
pub(super) struct Options<'a> {
    object: &'a JsValue,
}

/// `value` as a string that UTF-8 can hold.
pub(super) fn text(value: &JsValue, name: &str) -> Result<String, Error> {
    let Some(text) = value.as_string() else {
        return Err(wrong_type(name, "a string", value));
    };
    // Half of a surrogate pair becomes U+FFFD on its way here: the same as another string, if it was not one before.
    if text.contains('\u{fffd}') && *value != text.as_str() {
        return Err(Error::invalid([name, " contains half of a surrogate pair, which no URL can carry"].concat()));
    }
    Ok(text)
}

pub(super) fn wrong_type(name: &str, expected: &str, found: &JsValue) -> Error {
    let found = if found.is_null() { "null".to_string() } else { found.js_typeof().as_string().unwrap_or_default() };
    Error::invalid([name, " must be ", expected, ", not ", &found].concat())
}

fn is_missing(value: &JsValue) -> bool {
    value.is_undefined() || value.is_null()
}

impl<'a> Options<'a> {
    /// An error where `object` is none.
    pub(super) fn of(object: &'a JsValue, name: &str) -> Result<Self, Error> {
        if object.is_object() || object.is_function() {
            Ok(Options { object })
        } else {
            Err(wrong_type(name, "an object", object))
        }
    }

    /// The property, `None` where it is missing, undefined or null.
    pub(super) fn get(&self, name: &str) -> Result<Option<JsValue>, Error> {
        let value = Reflect::get(self.object, &name.into()).map_err(|cause| {
            Error::invalid([name, " cannot be read: its getter threw"].concat())
                .with(|details| details.cause = Some(std::rc::Rc::new(cause)))
        })?;
        Ok(Some(value).filter(|value| !is_missing(value)))
    }

    /// An error where there is a property of another name: most often a slip of the pen, which would go unnoticed.
    pub(super) fn only(&self, names: &[&str]) -> Result<(), Error> {
        for key in self.keys()? {
            if !names.contains(&key.as_str()) {
                return Err(Error::invalid(
                    ["there is no option '", &key, "'; there are ", &names.join(", ")].concat(),
                ));
            }
        }
        Ok(())
    }

    /// The names of its properties.
    pub(super) fn keys(&self) -> Result<Vec<String>, Error> {
        let keys = Reflect::own_keys(self.object).map_err(|cause| {
            Error::invalid("the properties of an object cannot be listed: a trap of its proxy threw")
                .with(|details| details.cause = Some(std::rc::Rc::new(cause)))
        })?;
        // Symbols are no names.
        Ok(keys.iter().filter_map(|key| key.as_string()).collect())
    }

    pub(super) fn string(&self, name: &str) -> Result<Option<String>, Error> {
        self.get(name)?.map(|value| text(&value, name)).transpose()
    }

    pub(super) fn required_string(&self, name: &str) -> Result<String, Error> {
        self.string(name)?.ok_or_else(|| Error::invalid([name, " is missing: it must be given, as a string"].concat()))
    }

    pub(super) fn boolean(&self, name: &str) -> Result<Option<bool>, Error> {
        self.get(name)?.map(|value| value.as_bool().ok_or_else(|| wrong_type(name, "a boolean", &value))).transpose()
    }

    pub(super) fn function(&self, name: &str) -> Result<Option<Function>, Error> {
        self.get(name)?
            .map(|value| value.dyn_into().map_err(|value| wrong_type(name, "a function", &value)))
            .transpose()
    }

    pub(super) fn number(&self, name: &str) -> Result<Option<f64>, Error> {
        self.get(name)?.map(|value| value.as_f64().ok_or_else(|| wrong_type(name, "a number", &value))).transpose()
    }

    pub(super) fn integer(&self, name: &str, range: RangeInclusive<u32>) -> Result<Option<u32>, Error> {
        let Some(number) = self.number(name)? else { return Ok(None) };
        let (low, high) = (*range.start(), *range.end());
        // A cast saturates; only a whole number within the range comes back from it unchanged.
        let whole = number as u32;
        if f64::from(whole) == number && range.contains(&whole) {
            return Ok(Some(whole));
        }
        Err(Error::invalid(
            [name, " must be a whole number from ", &decimal(low.into()), " to ", &decimal(high.into())].concat(),
        ))
    }
}
