//! The errors that one line reports: that of a log record, the exceptions of a span.

use super::frames::frames;
use crate::members::{Elements, Members, string};

/// No deeper causes are looked at: the core writes no more.
const MOST_CAUSES: usize = 8;

/// One error.
pub(super) struct Error {
    pub(super) kind: String,
    pub(super) message: Option<String>,
    /// Where it came from, the innermost call first.
    pub(super) frames: Vec<String>,
    /// What led to it, the nearest first.
    pub(super) causes: Vec<Error>,
}

/// Those of the line with these members.
pub(super) fn errors(members: &Members<'_>) -> Vec<Error> {
    let of_log = members.get("error").and_then(Members::of).and_then(|error| of_log(&error, MOST_CAUSES));
    let events = Elements::of(members.get("events").unwrap_or_default()).filter_map(Members::of);
    of_log.into_iter().chain(events.filter_map(|event| of_event(&event))).collect()
}

fn of_log(error: &Members<'_>, deeper: usize) -> Option<Error> {
    let text = |key: &str| error.get(key).and_then(string);
    let cause = deeper.checked_sub(1).and_then(|deeper| of_log(&Members::of(error.get("cause")?)?, deeper));
    let mut causes = Vec::new();
    if let Some(mut cause) = cause {
        let further = std::mem::take(&mut cause.causes);
        causes.push(cause);
        causes.extend(further);
    }
    let frames = text("stack").map(|stack| frames(&stack)).unwrap_or_default();
    Some(Error { kind: text("type")?, message: text("message"), frames, causes })
}

fn of_event(event: &Members<'_>) -> Option<Error> {
    if event.get("name") != Some(b"\"exception\"") {
        return None;
    }
    let attributes = Members::of(event.get("attributes")?)?;
    let text = |key: &str| attributes.get(key).and_then(string);
    let frames = text("exception.stacktrace").map(|stack| frames(&stack)).unwrap_or_default();
    Some(Error {
        kind: text("exception.type")?,
        message: text("exception.message"),
        frames,
        causes: Vec::new(),
    })
}
