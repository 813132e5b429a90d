//! The hooks on Windows, by way of the universal C runtime and the loader.
//! Not for what a hook does: see `lib.rs`. Nothing here runs in `DllMain`,
//! where worker threads are gone already and waiting for them would hang the process.

use std::ffi::{c_int, c_void};
use std::fs::File;
use std::io;
use std::sync::atomic::AtomicU64;

const FLAG_PIN: u32 = 0x1;
const FLAG_FROM_ADDRESS: u32 = 0x4;

#[link(name = "kernel32")]
unsafe extern "system" {
    fn GetModuleHandleExW(flags: u32, address: *const c_void, module: *mut *mut c_void) -> c_int;
}

unsafe extern "C" {
    /// The table of `exit` of the shared runtime; plain `atexit` in a DLL would run at its unloading. A program that was linked with
    /// a runtime of its own, node.exe for one, never looks into it: the face for it writes what waits itself.
    fn _crt_atexit(handler: extern "C" fn()) -> c_int;
}

/// Windows has no `fork`: there is nothing to hook.
pub(crate) fn after_fork_in_child(_hook: fn()) {}

/// Has `hook` called by `exit` and by a return from `main`.
pub(crate) fn at_exit(hook: extern "C" fn()) {
    // SAFETY: the handler has the required type and stays mapped (`stay_mapped` ran first).
    unsafe { _crt_atexit(hook) };
}

/// Keeps the module that holds this code loaded after `FreeLibrary`.
pub(crate) fn stay_mapped() {
    let mut module = std::ptr::null_mut();
    let here = stay_mapped as fn() as *const c_void;
    // SAFETY: `here` is an address inside this module and `module` is writable.
    unsafe { GetModuleHandleExW(FLAG_PIN | FLAG_FROM_ADDRESS, here, &mut module) };
}

/// Nothing is shared between processes there.
pub(crate) fn map(
    _file: &File,
    _offset_bytes: u64,
    _length_bytes: usize,
) -> io::Result<&'static [AtomicU64]> {
    Err(io::ErrorKind::Unsupported.into())
}
