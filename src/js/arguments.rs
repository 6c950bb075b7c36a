//! Reads what JavaScript hands in, and says by name what is wrong with it.

use core::ops::RangeInclusive;
use std::rc::Rc;

use js_sys::{try_iter, Function, Object, Reflect};
use wasm_bindgen::prelude::*;

use crate::error::Error;
use crate::text::{decimal, every};

/// An object with optional properties.
pub(super) struct Properties<'a> {
    object: &'a JsValue,
    /// What it is called in errors.
    name: &'a str,
}

pub(super) fn invalid(what: &[&str]) -> Error {
    Error::invalid(what.concat(), "")
}

pub(super) fn thrown(what: &[&str], cause: JsValue) -> Error {
    invalid(what).with_cause(Some(Rc::new(cause)))
}

pub(super) fn wrong_type(name: &str, expected: &str, found: &JsValue) -> Error {
    let found = if found.is_null() { "null".to_string() } else { found.js_typeof().as_string().unwrap_or_default() };
    invalid(&[name, " must be ", expected, ", not ", &found])
}

pub(super) fn is_object(value: &JsValue) -> bool {
    value.is_object() || value.is_function()
}

/// `value` as a string that UTF-8 can hold.
pub(super) fn text(value: &JsValue, name: &str) -> Result<String, Error> {
    let Some(text) = value.as_string() else {
        return Err(wrong_type(name, "a string", value));
    };
    // Half of a surrogate pair becomes U+FFFD on its way here: the same as another string, if it was not one before.
    let may_be_changed = text.as_bytes().windows(3).any(|bytes| bytes == "\u{fffd}".as_bytes());
    if may_be_changed && *value != text.as_str() {
        return Err(invalid(&[name, " contains half of a surrogate pair, which no URL can carry"]));
    }
    if !every(&text, |byte| byte != 0) {
        return Err(invalid(&[name, " contains a control character"]));
    }
    Ok(text)
}

pub(super) fn boolean(value: &JsValue, name: &str) -> Result<bool, Error> {
    value.as_bool().ok_or_else(|| wrong_type(name, "a boolean", value))
}

impl<'a> Properties<'a> {
    /// An error where `object` is none.
    pub(super) fn of(object: &'a JsValue, name: &'a str) -> Result<Self, Error> {
        if is_object(object) {
            Ok(Properties { object, name })
        } else {
            Err(wrong_type(name, "an object", object))
        }
    }

    /// An error where there is a property of another name: most often a slip of the pen, which would go unnoticed.
    pub(super) fn only(&self, names: &[&str]) -> Result<(), Error> {
        match self.keys()?.iter().find(|key| !names.contains(&key.as_str())) {
            Some(key) => Err(invalid(&["there is no option '", key, "'; there are ", &names.join(", ")])),
            None => Ok(()),
        }
    }

    /// The names of its properties; symbols are no names.
    pub(super) fn keys(&self) -> Result<Vec<String>, Error> {
        let keys = Reflect::own_keys(self.object).map_err(|cause| {
            thrown(&["the properties of ", self.name, " cannot be listed: a trap of its proxy threw"], cause)
        })?;
        Ok(keys.iter().filter_map(|key| key.as_string()).collect())
    }

    /// What it iterates over, names and values as `URLSearchParams` and `Map` have them; `None` of a plain object.
    pub(super) fn pairs(&self) -> Result<Option<Vec<(JsValue, JsValue)>>, Error> {
        let read = || {
            let Some(entries) = try_iter(self.object)? else { return Ok(None) };
            let pair = |entry: Result<JsValue, JsValue>| {
                let entry = entry?;
                Ok((Reflect::get_u32(&entry, 0)?, Reflect::get_u32(&entry, 1)?))
            };
            entries.map(pair).collect::<Result<_, JsValue>>().map(Some)
        };
        read().map_err(|cause| thrown(&[self.name, " must be an object, or give pairs of strings"], cause))
    }

    /// The property, `None` where it is missing, undefined or null.
    pub(super) fn get(&self, name: &str) -> Result<Option<JsValue>, Error> {
        let key = JsValue::from(name);
        let read = || -> Result<JsValue, JsValue> {
            let value = Reflect::get(self.object, &key)?;
            // What hangs on Object.prototype was put there by somebody else.
            let is_foreign = !value.is_undefined()
                && Reflect::has(&Object::get_prototype_of(&Object::new()), &key)?
                && Reflect::get_own_property_descriptor(self.object.unchecked_ref::<Object>(), &key)?.is_undefined();
            Ok(if is_foreign { JsValue::UNDEFINED } else { value })
        };
        let value =
            read().map_err(|cause| thrown(&[self.name, ".", name, " cannot be read: its getter threw"], cause))?;
        Ok(Some(value).filter(|value| !value.is_undefined() && !value.is_null()))
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Error> {
        self.get(name)?.map(|value| text(&value, name)).transpose()
    }

    pub(super) fn boolean(&self, name: &str) -> Result<Option<bool>, Error> {
        self.get(name)?.map(|value| boolean(&value, name)).transpose()
    }

    pub(super) fn function(&self, name: &str) -> Result<Option<Function>, Error> {
        let function = |value: JsValue| match value.is_function() {
            true => Ok(value.unchecked_into()),
            false => Err(wrong_type(name, "a function", &value)),
        };
        self.get(name)?.map(function).transpose()
    }

    pub(super) fn number(&self, name: &str) -> Result<Option<f64>, Error> {
        self.get(name)?.map(|value| value.as_f64().ok_or_else(|| wrong_type(name, "a number", &value))).transpose()
    }

    pub(super) fn integer(&self, name: &str, range: RangeInclusive<u32>) -> Result<Option<u32>, Error> {
        let Some(number) = self.number(name)? else { return Ok(None) };
        // A cast saturates; only a whole number within the range comes back from it unchanged.
        let whole = number as u32;
        if f64::from(whole) == number && range.contains(&whole) {
            return Ok(Some(whole));
        }
        let (low, high) = (decimal((*range.start()).into()), decimal((*range.end()).into()));
        Err(invalid(&[name, " must be a whole number from ", &low, " to ", &high]))
    }
}

/// An error where it is missing.
pub(super) fn required<T>(value: Option<T>, name: &str) -> Result<T, Error> {
    value.ok_or_else(|| {
        Error::invalid(
            [name, " is missing"].concat(),
            "it must be given, as a string; where it comes from a variable, see whether that is set",
        )
    })
}
