//! Writing out what is queued before the process becomes another program by `exec`, which runs no exit
//! handler. Not for `fork` and `exit`: `vigie-host` hooks those.

use crate::detached::without_the_interpreter;
use pyo3::ffi;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;
use std::time::Duration;

/// The longest that the other program may have to wait for outputs that do not drain.
const DEADLINE: Duration = Duration::from_secs(2);

/// The event that the interpreter raises before `os.execv` and its kin (PEP 578).
const EXEC: &CStr = c"os.exec";

type Hook = unsafe extern "C" fn(*const c_char, *mut ffi::PyObject, *mut c_void) -> c_int;

unsafe extern "C" {
    fn PySys_AddAuditHook(hook: Hook, user_data: *mut c_void) -> c_int;
}

/// Installs the hook, for as long as the process lives; one that is refused is left out.
pub(crate) fn install() {
    // SAFETY: the thread is attached and the hook lives as long as the module, which is never unmapped.
    unsafe {
        if PySys_AddAuditHook(before, ptr::null_mut()) != 0 {
            ffi::PyErr_Clear();
        }
    }
}

unsafe extern "C" fn before(event: *const c_char, _: *mut ffi::PyObject, _: *mut c_void) -> c_int {
    // SAFETY: the interpreter passes a C string.
    if unsafe { CStr::from_ptr(event) } == EXEC {
        without_the_interpreter(&mut || {
            vigie_core::host::guard(false, || vigie_core::host::global().flush(DEADLINE));
        });
    }
    0
}
