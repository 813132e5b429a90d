//! The one place where errors of the core become what JavaScript catches.
//! lib/runtime/config_error.ts makes them into the error class that users see.

use napi::bindgen_prelude::JsObjectValue;
use napi::{Env, Status};
use napi_derive::napi;
use vigie_core::Error;

/// One thing that is wrong with what set-up was given.
#[napi(object, object_from_js = false)]
pub struct Problem {
    pub key: String,
    pub value: String,
    pub accepted: String,
}

/// Throws a JavaScript error with the message and the problems of this one. The result tells the library so.
pub fn throw(env: &Env, error: Error) -> napi::Error {
    match pending(env, error) {
        Ok(()) => napi::Error::from_status(Status::PendingException),
        Err(failure) => failure,
    }
}

fn pending(env: &Env, error: Error) -> napi::Result<()> {
    let mut thrown = env.create_error(napi::Error::from_reason(error.to_string()))?;
    let problems = error.problems.into_iter().map(|problem| Problem {
        key: problem.key,
        value: problem.value,
        accepted: problem.accepted,
    });
    thrown.set_named_property("problems", problems.collect::<Vec<_>>())?;
    env.throw(thrown)
}
