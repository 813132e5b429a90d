//! Waiting while other threads of Python run. Not for calls that are detached from the start: `Python::detach`
//! does that.

/// Lets other threads of Python run while a recording call waits for room in an output.
pub(crate) fn without_the_interpreter(wait: &mut dyn FnMut()) {
    // SAFETY: the core calls this only inside recording calls, which come from attached threads;
    // a thread of its own, or one that gave the interpreter up already, is not attached.
    if unsafe { pyo3::ffi::PyGILState_Check() } == 0 {
        return wait();
    }
    // SAFETY: as above; nothing in `wait` touches Python.
    let _attached_again = AttachAgain(unsafe { pyo3::ffi::PyEval_SaveThread() });
    wait();
}

/// Attaches the thread to the interpreter again when it is dropped, after a panic too.
struct AttachAgain(*mut pyo3::ffi::PyThreadState);

impl Drop for AttachAgain {
    fn drop(&mut self) {
        // SAFETY: the state is this thread's own, from `PyEval_SaveThread`.
        unsafe { pyo3::ffi::PyEval_RestoreThread(self.0) };
    }
}
