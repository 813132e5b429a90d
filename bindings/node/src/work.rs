//! Waiting on a thread of Node's pool while JavaScript goes on: a promise of a truth value.
//! No thread calls JavaScript; the library settles the promise on the thread of JavaScript.

use napi::bindgen_prelude::AsyncTask;
use napi::{Env, Task};
use vigie_core::guard;

/// Something to wait for.
pub struct Wait {
    job: Option<Box<dyn FnOnce() -> bool + Send>>,
}

/// Runs `job` on a thread of the pool; the promise of its result.
pub fn promise(job: impl FnOnce() -> bool + Send + 'static) -> AsyncTask<Wait> {
    AsyncTask::new(Wait { job: Some(Box::new(job)) })
}

impl Task for Wait {
    type Output = bool;
    type JsValue = bool;

    fn compute(&mut self) -> napi::Result<bool> {
        Ok(guard(false, || self.job.take().is_some_and(|job| job())))
    }

    fn resolve(&mut self, _env: Env, output: bool) -> napi::Result<bool> {
        Ok(output)
    }
}
