//! Instruments by name, and series that were resolved once.
//! Not for exposition: see `telemetry`. There are no callbacks, so no observable gauges.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use serde::Deserialize;
use vigie_core::host::global;
use vigie_core::{AnyInstrument, InstrumentKind, InstrumentOptions, Number};

use crate::convert::{attributes, bytes, document, repaired, set, text};
use crate::error::{Failure, VIGIE_E_ALREADY, VIGIE_OK};
use crate::ffi::{ffi, ready};
use crate::handles;
use crate::held::Held;

/// Kinds of instruments.
pub const VIGIE_COUNTER: i32 = 0;
pub const VIGIE_UP_DOWN_COUNTER: i32 = 1;
pub const VIGIE_GAUGE: i32 = 2;
pub const VIGIE_HISTOGRAM: i32 = 3;

/// The kind that C names by a number.
fn kind_of(number: i32) -> Result<InstrumentKind, Failure> {
    let kind = usize::try_from(number).ok().and_then(|number| InstrumentKind::ALL.get(number));
    kind.copied().ok_or_else(|| {
        Failure::argument(format!(
            "kind: {number}; accepted: 0 counter, 1 up-down counter, 2 gauge, 3 histogram"
        ))
    })
}

#[derive(Clone)]
enum Known {
    Described(InstrumentOptions),
    Created(AnyInstrument),
}

type ByName = HashMap<Box<str>, Known>;

/// Every instrument of the process. Read without a lock and replaced as a whole: instruments are
/// few and made at start-up, and a child of fork must not meet a lock.
static INSTRUMENTS: ArcSwapOption<ByName> = ArcSwapOption::const_empty();

fn remember(name: &str, known: &Known) {
    INSTRUMENTS.rcu(|before| {
        let mut next = before.as_deref().cloned().unwrap_or_default();
        next.insert(name.into(), known.clone());
        Some(Arc::new(next))
    });
}

/// Shutdown ends instruments with their series; what was said about them went with it.
pub(crate) fn forget_all() {
    INSTRUMENTS.store(None);
}

/// The instrument of this name, made at its first use.
fn with_instrument<T>(kind: i32, name: &str, work: impl FnOnce(&AnyInstrument) -> T) -> Result<T, Failure> {
    let kind = kind_of(kind)?;
    let known = INSTRUMENTS.load();
    let known = known.as_ref().and_then(|known| known.get(name));
    if let Some(Known::Created(instrument)) = known
        && instrument.kind() == kind
    {
        return Ok(work(instrument));
    }
    let options = match known {
        Some(Known::Described(options)) => options.clone(),
        // Another kind: creating it once more gives the core's own words for the conflict.
        _ => InstrumentOptions::default(),
    };
    let instrument = global().meter().instrument(kind, name, options)?;
    remember(name, &Known::Created(instrument.clone()));
    Ok(work(&instrument))
}

/// Pointers and lengths of a call that updates an instrument, as C hands them over.
struct Update {
    name: *const u8,
    name_len: usize,
    attrs: *const u8,
    attrs_len: usize,
}

impl Update {
    /// # Safety
    /// Each pointer that is not NULL is readable for its length.
    unsafe fn record(self, kind: i32, value: f64) -> Result<i32, Failure> {
        ready();
        // SAFETY: passed on from the caller.
        let (name, attrs) =
            unsafe { (text(self.name, self.name_len, "name")?, bytes(self.attrs, self.attrs_len, "attrs")?) };
        let mut read = Ok(());
        with_instrument(kind, name, |instrument| {
            instrument.update(Number::Float(value), |writer| read = attributes(attrs, writer));
        })?;
        read.map(|()| VIGIE_OK)
    }
}

/// Adds to the counter of this name; `attrs` is a JSON object. A negative or not finite value is
/// counted as invalid and ignored. Whole numbers are added exactly.
/// Errors: VIGIE_E_ARG, VIGIE_E_UTF8 for the name or when the name is another kind of instrument;
/// VIGIE_E_JSON, added with the attributes before the mistake. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_counter_add(
    name: *const u8,
    name_len: usize,
    value: f64,
    attrs: *const u8,
    attrs_len: usize,
) -> i32 {
    // SAFETY: the caller's promises about text.
    ffi(|| unsafe { Update { name, name_len, attrs, attrs_len }.record(VIGIE_COUNTER, value) })
}

/// Adds to the up-down counter of this name, also a negative value.
/// Errors: as vigie_counter_add. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_up_down_counter_add(
    name: *const u8,
    name_len: usize,
    value: f64,
    attrs: *const u8,
    attrs_len: usize,
) -> i32 {
    // SAFETY: the caller's promises about text.
    ffi(|| unsafe { Update { name, name_len, attrs, attrs_len }.record(VIGIE_UP_DOWN_COUNTER, value) })
}

/// Sets the gauge of this name.
/// Errors: as vigie_counter_add. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_gauge_set(
    name: *const u8,
    name_len: usize,
    value: f64,
    attrs: *const u8,
    attrs_len: usize,
) -> i32 {
    // SAFETY: the caller's promises about text.
    ffi(|| unsafe { Update { name, name_len, attrs, attrs_len }.record(VIGIE_GAUGE, value) })
}

/// Records a value in the histogram of this name.
/// Errors: as vigie_counter_add. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_histogram_record(
    name: *const u8,
    name_len: usize,
    value: f64,
    attrs: *const u8,
    attrs_len: usize,
) -> i32 {
    // SAFETY: the caller's promises about text.
    ffi(|| unsafe { Update { name, name_len, attrs, attrs_len }.record(VIGIE_HISTOGRAM, value) })
}

/// What may be said about an instrument before its first use.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Description {
    unit: String,
    description: String,
    buckets: Option<Vec<f64>>,
}

/// Describes the instrument of this name before its first use, with a JSON object: unit (UCUM),
/// description, buckets (upper bounds of a histogram). What is wrong in them shows at the first use.
/// vigie_shutdown forgets it.
/// Errors: VIGIE_E_ALREADY when it is in use; VIGIE_E_JSON, VIGIE_E_UTF8, VIGIE_E_ARG. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_metric_describe(
    name: *const u8,
    name_len: usize,
    options: *const u8,
    options_len: usize,
) -> i32 {
    ffi(|| {
        // SAFETY: the caller's promises about text.
        let (name, options) =
            unsafe { (text(name, name_len, "name")?, repaired(bytes(options, options_len, "options")?)) };
        let Description { unit, description, buckets } = document(&options)?;
        let in_use = INSTRUMENTS.load().as_ref().and_then(|known| known.get(name)).is_some_and(in_use);
        if in_use {
            return Err(Failure::new(VIGIE_E_ALREADY, format!("{name}: in use, too late to describe it")));
        }
        remember(name, &Known::Described(InstrumentOptions { unit, description, buckets }));
        Ok(VIGIE_OK)
    })
}

fn in_use(known: &Known) -> bool {
    matches!(known, Known::Created(_))
}

/// Resolves one series once, for many cheap updates: `kind` is VIGIE_COUNTER,
/// VIGIE_UP_DOWN_COUNTER, VIGIE_GAUGE or VIGIE_HISTOGRAM, `attrs` a JSON object, `*series` receives
/// the handle. Give it up with vigie_release.
/// Errors: VIGIE_E_ARG, VIGIE_E_UTF8, VIGIE_E_JSON, VIGIE_E_LIMIT; `*series` is 0 then. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_metric_handle(
    kind: i32,
    name: *const u8,
    name_len: usize,
    attrs: *const u8,
    attrs_len: usize,
    series: *mut u64,
) -> i32 {
    ffi(|| {
        ready();
        // SAFETY: the caller's promises about out arguments and text.
        let (name, attrs) = unsafe {
            set(series, 0, "series")?;
            (text(name, name_len, "name")?, bytes(attrs, attrs_len, "attrs")?)
        };
        let mut read = Ok(());
        let bound = with_instrument(kind, name, |instrument| {
            instrument.bind(|writer| read = attributes(attrs, writer))
        })?;
        read?;
        let handle = handles::insert(Held::Series(bound))?;
        // SAFETY: as above.
        unsafe { set(series, handle, "series")? };
        Ok(VIGIE_OK)
    })
}

/// Updates a series: adds to a counter, sets a gauge, records in a histogram.
/// Errors: VIGIE_E_HANDLE. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vigie_metric_update(series: u64, value: f64) -> i32 {
    ffi(|| update(series, Number::Float(value)))
}

/// As vigie_metric_update with an integer, exact beyond 2^53.
/// Errors: VIGIE_E_HANDLE. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vigie_metric_update_int(series: u64, value: i64) -> i32 {
    ffi(|| update(series, Number::Int(value)))
}

fn update(series: u64, value: Number) -> Result<i32, Failure> {
    match handles::look_up(series)?.held() {
        Some(Held::Series(series)) => series.update(value),
        _ => return Err(Failure::handle("series: not that of a series")),
    }
    Ok(VIGIE_OK)
}
