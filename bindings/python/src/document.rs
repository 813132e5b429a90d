//! The configuration document from Python values. Not for its meaning: the core validates it.

use crate::{error, levels};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use serde_json::{Map, Value};
use vigie_core::{Error, ErrorCode, Problem};

/// The greatest depth of a document. A deeper one is a mistake, for example a list inside itself.
const DEPTH: usize = 16;
const ACCEPTED: &str = "text, a number, True, False, None, a path, or a dict or list of these";

/// `config` with `settings` on top, as JSON text.
pub(crate) fn json(
    py: Python<'_>,
    config: Option<&Bound<'_, PyAny>>,
    settings: Option<&Bound<'_, PyDict>>,
) -> PyResult<String> {
    let mut reader = Reader::default();
    let mut document = match config.map(|config| reader.value("", config, 0)) {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(members)) => members,
        Some(_) => {
            reader.refuse("config", "a value that is no dict", "a dict of settings, or keyword arguments");
            Map::new()
        }
    };
    if let Some(settings) = settings
        && let Value::Object(members) = reader.value("", settings.as_any(), 0)
    {
        document.extend(members);
    }
    // None stands for "not given", so that a caller can pass its own optional arguments on.
    document.retain(|_, value| !value.is_null());
    if reader.problems.is_empty() {
        Ok(Value::Object(document).to_string())
    } else {
        Err(error::raise(py, &Error::new(ErrorCode::Config, reader.problems)))
    }
}

#[derive(Default)]
struct Reader {
    problems: Vec<Problem>,
}

impl Reader {
    fn refuse(&mut self, path: &str, value: &str, accepted: &str) {
        self.problems.push(Problem::new(path, value, accepted));
    }

    fn value(&mut self, path: &str, value: &Bound<'_, PyAny>, depth: usize) -> Value {
        if depth > DEPTH {
            self.refuse(path, "a value inside itself", ACCEPTED);
            return Value::Null;
        }
        if value.is_none() {
            return Value::Null;
        }
        if let Ok(truth) = value.cast::<PyBool>() {
            return Value::Bool(truth.is_true());
        }
        if let Ok(text) = value.cast::<PyString>() {
            return Value::String(crate::convert::with_text(text.as_any().as_borrowed(), str::to_owned));
        }
        if value.is_instance_of::<PyInt>() || value.is_instance_of::<PyFloat>() {
            return self.number(path, value);
        }
        if let Ok(members) = value.cast::<PyDict>() {
            return self.members(path, members, depth);
        }
        if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
            return self.items(path, value, depth);
        }
        self.path_like(path, value)
    }

    fn number(&mut self, path: &str, value: &Bound<'_, PyAny>) -> Value {
        if let Ok(whole) = value.extract::<i64>() {
            if levels::is_level(path) {
                return Value::String(levels::name(whole));
            }
            return whole.into();
        }
        match value.extract::<f64>().ok().and_then(serde_json::Number::from_f64) {
            Some(number) => Value::Number(number),
            None => {
                self.refuse(path, "a number that is not finite", "a finite number");
                Value::Null
            }
        }
    }

    fn members(&mut self, path: &str, members: &Bound<'_, PyDict>, depth: usize) -> Value {
        let mut object = Map::new();
        for (key, value) in members.iter() {
            let Ok(key) = key.cast::<PyString>() else {
                self.refuse(path, "a key that is no text", "keys are text");
                continue;
            };
            let key = crate::convert::with_text(key.as_any().as_borrowed(), str::to_owned);
            let inner = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            object.insert(key, self.value(&inner, &value, depth + 1));
        }
        Value::Object(object)
    }

    fn items(&mut self, path: &str, items: &Bound<'_, PyAny>, depth: usize) -> Value {
        let items = items.try_iter().into_iter().flatten().flatten().enumerate();
        items.map(|(index, item)| self.value(&format!("{path}[{index}]"), &item, depth + 1)).collect()
    }

    fn path_like(&mut self, path: &str, value: &Bound<'_, PyAny>) -> Value {
        let text = value.call_method0("__fspath__").ok().and_then(|text| text.cast_into::<PyString>().ok());
        match text {
            Some(text) => {
                Value::String(crate::convert::with_text(text.as_any().as_borrowed(), str::to_owned))
            }
            None => {
                self.refuse(path, &format!("a {}", crate::convert::type_name(&value.get_type())), ACCEPTED);
                Value::Null
            }
        }
    }
}
