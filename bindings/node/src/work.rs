//! Promises of what takes a while: a thread of Node's pool waits, and JavaScript goes on meanwhile.
//! That thread never calls JavaScript: the library settles the promise on JavaScript's own thread.

use napi::bindgen_prelude::AsyncTask;
use napi::{Env, Task};
use vigie_core::host::guard;

/// Work for a thread of the pool.
pub struct Wait {
    job: Option<Box<dyn FnOnce() -> bool + Send>>,
}

/// Runs `job` on a thread of the pool. JavaScript gets a promise of its result.
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
