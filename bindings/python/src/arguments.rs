//! Arguments of set-up calls, with errors in the words of the API instead of the binding's own.
//! Not for arguments of recording calls: those take anything.

use crate::convert;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyString;

/// A `str`, empty when it is not given; lone surrogates become U+FFFD.
pub(crate) fn text(name: &str, given: Option<&Bound<'_, PyAny>>) -> PyResult<String> {
    let Some(given) = given else { return Ok(String::new()) };
    if given.is_instance_of::<PyString>() {
        return Ok(convert::with_text(given.as_borrowed(), str::to_owned));
    }
    Err(refused(name, given, "a str"))
}

/// An `int`, a `float` or what `float()` takes, text excepted; `default` when it is not given.
pub(crate) fn real(name: &str, given: Option<&Bound<'_, PyAny>>, default: f64) -> PyResult<f64> {
    let Some(given) = given else { return Ok(default) };
    given.extract().map_err(|_| refused(name, given, "a number"))
}

/// A sequence of numbers, if it is given.
pub(crate) fn reals(name: &str, given: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Vec<f64>>> {
    let Some(given) = given else { return Ok(None) };
    given.extract().map(Some).map_err(|_| refused(name, given, "a sequence of numbers"))
}

/// True or False, the latter when it is not given.
pub(crate) fn truth(name: &str, given: Option<&Bound<'_, PyAny>>) -> PyResult<bool> {
    let Some(given) = given else { return Ok(false) };
    given.extract().map_err(|_| refused(name, given, "True or False"))
}

fn refused(name: &str, given: &Bound<'_, PyAny>, accepted: &str) -> PyErr {
    let class = convert::type_name(&given.get_type());
    PyTypeError::new_err(format!("{name} must be {accepted}, not {class}"))
}
