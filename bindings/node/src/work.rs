//! Waiting on a thread of Node's pool while JavaScript goes on: a promise of a truth value.
//! Not for threads that call JavaScript: there are none.

use crate::js;
use napi_sys::*;
use std::ffi::c_void;
use std::ptr::null_mut;

/// Work in progress.
struct Work {
    job: Option<Box<dyn FnOnce() -> bool + Send>>,
    result: bool,
    deferred: napi_deferred,
    handle: napi_async_work,
}

/// Runs `job` on a thread of the pool; the promise of its result.
pub fn promise(
    call: &js::Call<'_>,
    name: &'static str,
    job: impl FnOnce() -> bool + Send + 'static,
) -> napi_value {
    let env = call.env;
    let (mut deferred, mut promise, mut handle) = (null_mut(), null_mut(), null_mut());
    // SAFETY: the pointers are to locals.
    if unsafe { napi_create_promise(env, &mut deferred, &mut promise) } != Status::napi_ok {
        return null_mut();
    }
    let work = Box::new(Work { job: Some(Box::new(job)), result: false, deferred, handle: null_mut() });
    let data = Box::into_raw(work);
    // SAFETY: `data` lives until `complete`, which Node calls exactly once for queued work.
    unsafe {
        let created = napi_create_async_work(
            env,
            null_mut(),
            js::give_name(env, name),
            Some(execute),
            Some(complete),
            data.cast(),
            &mut handle,
        );
        (*data).handle = handle;
        if created != Status::napi_ok || napi_queue_async_work(env, handle) != Status::napi_ok {
            drop(Box::from_raw(data));
            napi_resolve_deferred(env, deferred, js::give_flag(env, false));
        }
    }
    promise
}

/// On a thread of the pool: touches no JavaScript.
unsafe extern "C" fn execute(_env: napi_env, data: *mut c_void) {
    // SAFETY: `data` is the `Work` made above, and the JavaScript thread leaves it alone until `complete`.
    if let Some(work) = unsafe { data.cast::<Work>().as_mut() }
        && let Some(job) = work.job.take()
    {
        work.result = vigie_core::guard(false, job);
    }
}

/// Back on the JavaScript thread.
unsafe extern "C" fn complete(env: napi_env, _status: napi_status, data: *mut c_void) {
    vigie_core::guard((), || {
        // SAFETY: `data` came from `Box::into_raw` above and is taken back only here.
        let work = unsafe { Box::from_raw(data.cast::<Work>()) };
        // SAFETY: promise and work belong to this environment and are finished with here.
        unsafe {
            napi_resolve_deferred(env, work.deferred, js::give_flag(env, work.result));
            napi_delete_async_work(env, work.handle);
        }
    });
}
