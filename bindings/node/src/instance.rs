//! What the native side keeps for one JavaScript environment (the main thread or a worker).

use crate::forms::Forms;
use napi::{Env, check_status};
use napi_sys::{napi_env, napi_get_instance_data, napi_set_instance_data};
use std::cell::RefCell;
use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use vigie_core::host::{Thread, global, guard};
use vigie_core::runs::Runs;
use vigie_core::{AnyInstrument, AnySeries, Capture};

/// Stands for what could not be made. Nothing has this number, so what refers to it is passed over.
pub const NOWHERE: u32 = i32::MAX as u32;

/// The number of the first environment.
const FIRST: u64 = 1;

/// What JavaScript knows by number: each is a place in one of these lists.
pub struct Instance {
    /// No other environment of the process has it.
    pub number: u64,
    /// Loggers and forms of records; each batch holds the state that it was made under.
    pub forms: Arc<Forms>,
    pub instruments: Vec<AnyInstrument>,
    pub series: Vec<AnySeries>,
    pub captures: Vec<Option<Capture>>,
    pub runs: Vec<Arc<Runs>>,
    /// Its thread, as records tell it.
    pub thread: Option<Arc<Thread>>,
}

impl Default for Instance {
    fn default() -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(FIRST);
        Self {
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            forms: Arc::default(),
            instruments: Vec::new(),
            series: Vec::new(),
            captures: Vec::new(),
            runs: Vec::new(),
            thread: None,
        }
    }
}

/// Gives the environment an empty instance. Called once, before any other function.
pub fn attach(env: &Env) -> napi::Result<()> {
    let data: *mut c_void = Box::into_raw(Box::new(RefCell::new(Instance::default()))).cast();
    // SAFETY: the environment is live, and Node calls `forget` once, after the last function of this environment.
    check_status!(unsafe { napi_set_instance_data(env.raw(), data, Some(forget), null_mut()) })
}

/// Runs `work` on the instance of the environment; gives `otherwise` when there is none.
pub fn with<T>(env: &Env, otherwise: T, work: impl FnOnce(&mut Instance) -> T) -> T {
    let mut data = null_mut();
    // SAFETY: the pointer is to a local. What `attach` has set lives as long as the environment, so during this call.
    let kept = unsafe {
        napi_get_instance_data(env.raw(), &mut data);
        data.cast::<RefCell<Instance>>().as_ref()
    };
    match kept.and_then(|kept| kept.try_borrow_mut().ok()) {
        Some(mut instance) => work(&mut instance),
        None => otherwise,
    }
}

/// Adds `item` to a list of the instance; returns its place there, which is its number in JavaScript.
pub fn add<T>(list: &mut Vec<T>, item: T) -> u32 {
    list.push(item);
    u32::try_from(list.len() - 1).unwrap_or(u32::MAX)
}

/// The environment is gone: a worker ended, or the process leaves.
unsafe extern "C" fn forget(_env: napi_env, data: *mut c_void, _hint: *mut c_void) {
    guard((), || {
        // SAFETY: `data` came from `Box::into_raw` in `attach`, and nothing refers to it any more.
        let instance = unsafe { Box::from_raw(data.cast::<RefCell<Instance>>()) };
        // A worker's spans end with it. When the first environment goes, so does the process, and its notes are all
        // that stays of them.
        if instance.borrow().number != FIRST {
            global().forget_open_spans(instance.borrow().number);
        }
    });
}
