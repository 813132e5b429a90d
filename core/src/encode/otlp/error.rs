//! An error as attributes: `exception.*` of the semantic conventions, and beside them what those have no names for.
//!
//! Causes and members are maps of `type`, `message`, `stacktrace`, `cause`, `errors` and `attributes`.

use super::attributes::{Fitting, text_member};
use super::fields::{any_value, key_value};
use super::form::{Form, list};
use crate::encode::record::Log;
use crate::encode::values::{Encoded, encoded_key};
use crate::model::attributes::Attributes;
use crate::model::error_info::ErrorInfo;

/// Stands for a type that nobody named when there is no message either.
const UNKNOWN_TYPE: &str = "Error";

/// Appends the error's attributes, except those that the record has from its caller.
#[cold]
pub(super) fn write<F: Form>(log: &Log<'_>, error: &ErrorInfo, into: &mut Fitting<F>, out: &mut Vec<u8>) {
    let is_free = |key: &str| log.find(key).is_none();
    for (key, text) in texts(error, ["exception.type", "exception.message", "exception.stacktrace"]) {
        if is_free(key) {
            into.text(out, key, text);
        }
    }
    if let Some(cause) = error.cause.as_deref().filter(|_| is_free("exception.cause")) {
        into.item(out, |out| error_member::<F>(out, "exception.cause", cause));
    }
    if !error.errors.is_empty() && is_free("exception.errors") {
        into.item(out, |out| errors_member::<F>(out, "exception.errors", &error.errors));
    }
    if !error.attributes.is_empty() && is_free("exception.attributes") {
        into.item(out, |out| attributes_member::<F>(out, "exception.attributes", &error.attributes));
    }
}

/// Those of type, message and stack that there are, under these names.
fn texts<'a>(
    error: &'a ErrorInfo,
    names: [&'static str; 3],
) -> impl Iterator<Item = (&'static str, &'a str)> {
    let named = !error.type_name.is_empty() || !error.message.is_empty();
    let type_name = if named { error.type_name.as_str() } else { UNKNOWN_TYPE };
    names.into_iter().zip([type_name, &error.message, &error.stack]).filter(|(_, text)| !text.is_empty())
}

/// A `KeyValue` that is an error. Calls itself for causes and members, of which there are a few levels.
fn error_member<F: Form>(out: &mut Vec<u8>, key: &str, error: &ErrorInfo) {
    F::text(out, key_value::KEY, key);
    F::message(out, key_value::VALUE, |out| error_value::<F>(out, error));
}

/// The inside of an `AnyValue` that is an error.
fn error_value<F: Form>(out: &mut Vec<u8>, error: &ErrorInfo) {
    F::message(out, any_value::KVLIST, |out| {
        let start = out.len();
        F::open_list(out, any_value::VALUES);
        for (key, text) in texts(error, ["type", "message", "stacktrace"]) {
            F::item(out, any_value::VALUES, |out| text_member::<F>(out, key, text));
        }
        if let Some(cause) = &error.cause {
            F::item(out, any_value::VALUES, |out| error_member::<F>(out, "cause", cause));
        }
        if !error.errors.is_empty() {
            F::item(out, any_value::VALUES, |out| errors_member::<F>(out, "errors", &error.errors));
        }
        if !error.attributes.is_empty() {
            F::item(out, any_value::VALUES, |out| {
                attributes_member::<F>(out, "attributes", &error.attributes);
            });
        }
        F::close_list(out, start);
    });
}

/// A `KeyValue` that is a list of errors.
fn errors_member<F: Form>(out: &mut Vec<u8>, key: &str, errors: &[ErrorInfo]) {
    F::text(out, key_value::KEY, key);
    F::message(out, key_value::VALUE, |out| {
        F::message(out, any_value::ARRAY, |out| {
            list::<F, _>(out, any_value::VALUES, errors, |out, error| error_value::<F>(out, error));
        });
    });
}

/// A `KeyValue` that is a map of attributes.
fn attributes_member<F: Form>(out: &mut Vec<u8>, key: &str, attributes: &Attributes) {
    F::text(out, key_value::KEY, key);
    F::message(out, key_value::VALUE, |out| {
        F::message(out, any_value::KVLIST, |out| {
            let start = out.len();
            F::open_list(out, any_value::VALUES);
            for entry in &attributes.entries {
                let value = Encoded::of(attributes, entry);
                F::attribute(out, any_value::VALUES, encoded_key(attributes, entry), value);
            }
            F::close_list(out, start);
        });
    });
}
