//! Errors as pino's serializers write them.

use crate::line_members::{Members, plain};
use serde_json::value::RawValue;
use vigie_core::model::error_info::{CAUSE_DEPTH, MEMBERS};
use vigie_core::{ErrorInfo, ErrorScribe, read_json_value};

/// What stands in a stack between an error and what caused it.
const CAUSED_BY: &str = "\ncaused by: ";

/// Whether a value is an error as a serializer writes it, and no data of the program.
pub fn is_error(value: &RawValue) -> bool {
    let members = serde_json::from_str::<Members<'_>>(value.get());
    members.is_ok_and(|members| members.0.iter().any(|(key, value)| key == "stack" && plain(value).is_some()))
}

/// The error that a value is.
pub fn read(value: &RawValue, scribe: &ErrorScribe<'_>) -> Option<ErrorInfo> {
    at_depth(value, scribe, 0)
}

fn at_depth(value: &RawValue, scribe: &ErrorScribe<'_>, depth: usize) -> Option<ErrorInfo> {
    let members = serde_json::from_str::<Members<'_>>(value.get()).ok()?;
    let mut error = ErrorInfo::default();
    let mut rest = Vec::new();
    for (key, value) in members.0 {
        match (&*key, plain(value)) {
            ("type", Some(text)) => error.type_name = text.into_owned(),
            ("message", Some(text)) => error.message = text.into_owned(),
            ("stack", Some(text)) => error.stack = text.into_owned(),
            ("cause", None) if depth < CAUSE_DEPTH && is_error(value) => {
                error.cause = at_depth(value, scribe, depth + 1).map(Box::new);
            }
            ("aggregateErrors", None) => error.errors = each(value, scribe, depth),
            _ => rest.push((key, value)),
        }
    }
    if error.cause.is_none() {
        split(&mut error);
    }
    let mut writer = scribe.attributes(&mut error);
    for (key, value) in rest {
        writer.key(&key);
        // The text was read once already, so that nothing is wrong with it.
        _ = read_json_value(value.get().as_bytes(), &mut writer);
    }
    drop(writer);
    Some(error)
}

/// The members of an aggregate.
fn each(value: &RawValue, scribe: &ErrorScribe<'_>, depth: usize) -> Vec<ErrorInfo> {
    let Ok(members) = serde_json::from_str::<Vec<&RawValue>>(value.get()) else { return Vec::new() };
    let deeper = members.into_iter().filter(|_| depth < CAUSE_DEPTH).take(MEMBERS + 1);
    deeper.filter_map(|member| at_depth(member, scribe, depth + 1)).collect()
}

/// pino's own serializer writes an error and its causes as one: their messages with colons between them, and their stacks.
fn split(error: &mut ErrorInfo) {
    let whole = std::mem::take(&mut error.stack);
    let mut stacks = whole.split(CAUSED_BY).take(1 + CAUSE_DEPTH);
    error.stack = stacks.next().unwrap_or_default().to_owned();
    let causes: Vec<ErrorInfo> = stacks.map(of_stack).collect();
    let told: String = causes.iter().map(|cause| format!(": {}", cause.message)).collect();
    if let Some(own) = error.message.strip_suffix(&told) {
        error.message = own.to_owned();
    }
    error.cause = causes
        .into_iter()
        .rev()
        .fold(None, |below, cause| Some(Box::new(ErrorInfo { cause: below, ..cause })));
}

/// An error by its stack, which begins with its type and message.
fn of_stack(stack: &str) -> ErrorInfo {
    let head = stack.split("\n    at ").next().unwrap_or_default();
    let (type_name, message) = head.split_once(": ").unwrap_or((head, ""));
    ErrorInfo {
        type_name: type_name.to_owned(),
        message: message.to_owned(),
        stack: stack.to_owned(),
        ..ErrorInfo::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_that_were_joined_come_apart() {
        let mut error = ErrorInfo {
            type_name: "Error".to_owned(),
            message: "outer: middle: inner".to_owned(),
            stack: "Error: outer\n    at a\ncaused by: TypeError: middle\n    at b\ncaused by: Error: inner"
                .to_owned(),
            ..ErrorInfo::default()
        };
        split(&mut error);
        assert_eq!((error.message.as_str(), error.stack.as_str()), ("outer", "Error: outer\n    at a"));
        let cause = error.cause.unwrap();
        assert_eq!((cause.type_name.as_str(), cause.message.as_str()), ("TypeError", "middle"));
        assert_eq!(cause.cause.unwrap().message, "inner");
    }

    #[test]
    fn an_error_alone_stays_as_it_is() {
        let mut error =
            ErrorInfo { message: "a: b".to_owned(), stack: "Error: a: b".to_owned(), ..ErrorInfo::default() };
        split(&mut error);
        assert_eq!(
            (error.message.as_str(), error.stack.as_str(), error.cause),
            ("a: b", "Error: a: b", None)
        );
    }
}
