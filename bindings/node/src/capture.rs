//! Captures, for users' tests: each keeps every line from when it is opened until it is closed.

use crate::instance;
use napi::Env;
use napi_derive::napi;
use vigie_core::host::{global, guard};

/// `captureOpen()`: the number of a new capture.
#[napi]
pub fn capture_open(env: &Env) -> u32 {
    guard(0, || {
        instance::with(env, 0, |instance| instance::add(&mut instance.captures, Some(global().capture())))
    })
}

/// `captureLines(capture)`: its lines so far, joined by newlines.
#[napi]
pub fn capture_lines(env: &Env, capture: u32) -> String {
    guard(String::new(), || {
        instance::with(env, String::new(), |instance| {
            let found = instance.captures.get(capture as usize).and_then(Option::as_ref);
            found.map(|capture| capture.lines().join("\n")).unwrap_or_default()
        })
    })
}

/// `captureClose(capture)`: ends it.
#[napi]
pub fn capture_close(env: &Env, capture: u32) {
    guard((), || {
        drop(instance::with(env, None, |instance| {
            instance.captures.get_mut(capture as usize).and_then(Option::take)
        }));
    });
}
