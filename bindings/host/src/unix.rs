//! The hooks on Unix, by way of the C library.
//! Not for what a hook does: see `lib.rs`.

use std::ffi::{c_int, c_void};
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::AtomicU64;

unsafe extern "C" {
    /// Itanium C++ ABI, section 3.3.6.3; every Unix C library exports it.
    fn __cxa_atexit(
        handler: extern "C" fn(*mut c_void),
        argument: *mut c_void,
        dso_handle: *mut c_void,
    ) -> c_int;
}

static IN_CHILD: OnceLock<fn()> = OnceLock::new();
static AT_EXIT: OnceLock<extern "C" fn()> = OnceLock::new();

/// Has `hook` called in every child that `fork` makes; it must be async-signal-safe.
pub(crate) fn after_fork_in_child(hook: fn()) {
    if IN_CHILD.set(hook).is_err() {
        return;
    }
    // SAFETY: `run_in_child` has the required type, stays mapped (`stay_mapped` ran first) and
    // calls async-signal-safe code only: an atomic load and the hook.
    unsafe { libc::pthread_atfork(None, None, Some(run_in_child)) };
}

unsafe extern "C" fn run_in_child() {
    if let Some(hook) = IN_CHILD.get() {
        hook();
    }
}

/// Has `hook` called by `exit` and by a return from `main`, but never by `dlclose`:
/// `atexit` in a shared library would tie it to the library, a null handle ties it to the process.
pub(crate) fn at_exit(hook: extern "C" fn()) {
    if AT_EXIT.set(hook).is_err() {
        return;
    }
    // SAFETY: the handler has the required type and stays mapped; it ignores its argument.
    unsafe { __cxa_atexit(run_at_exit, ptr::null_mut(), ptr::null_mut()) };
}

extern "C" fn run_at_exit(_argument: *mut c_void) {
    if let Some(hook) = AT_EXIT.get() {
        hook();
    }
}

/// Keeps the object that holds this code mapped after `dlclose`.
pub(crate) fn stay_mapped() {
    // SAFETY: all-zero is a valid `Dl_info`, a struct of raw pointers.
    let mut info: libc::Dl_info = unsafe { std::mem::zeroed() };
    let here = stay_mapped as fn() as *const c_void;
    // SAFETY: `here` is an address inside this object and `info` is writable.
    let found = unsafe { libc::dladdr(here, &mut info) };
    if found == 0 || info.dli_fname.is_null() {
        return;
    }
    // SAFETY: `dli_fname` is the NUL-terminated name of an object that is loaded already;
    // RTLD_NOLOAD makes this a change of flags only. For the main program it finds nothing,
    // which is right: that is never unloaded. The handle is kept on purpose.
    unsafe { libc::dlopen(info.dli_fname, libc::RTLD_LAZY | libc::RTLD_NOLOAD | libc::RTLD_NODELETE) };
}

/// Maps a part of a file that is that long at least, for as long as the process lives.
pub(crate) fn map(file: &File, offset_bytes: u64, length_bytes: usize) -> io::Result<&'static [AtomicU64]> {
    let end = offset_bytes.checked_add(length_bytes as u64);
    let is_inside = end.is_some_and(|end| file.metadata().is_ok_and(|meta| end <= meta.len()));
    let offset = libc::off_t::try_from(offset_bytes).ok();
    let (Some(offset), true, 1..) = (offset, is_inside, length_bytes) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let access = libc::PROT_READ | libc::PROT_WRITE;
    // SAFETY: the system chooses the address, so nothing of the process is replaced; a length and an offset that it
    // cannot map are errors of the call.
    let start = unsafe {
        libc::mmap(ptr::null_mut(), length_bytes, access, libc::MAP_SHARED, file.as_raw_fd(), offset)
    };
    if start == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the mapping is `length_bytes` long, begins at a page and is never unmapped, so the slice is valid and
    // aligned for ever. Every pattern of bits is a number, and other processes change it by whole words only, as an
    // atomic allows. That nobody makes the file shorter is the folder's owner's part: core never does.
    Ok(unsafe { std::slice::from_raw_parts(start.cast::<AtomicU64>(), length_bytes / 8) })
}
