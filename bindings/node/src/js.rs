//! A raw call from JavaScript, of a function that runs while records are made: its arguments in, its result out.
//! All other functions have their arguments converted by the `napi` library.
//!
//! Measured with Node 20 on x86-64, the fastest of nine rounds, raw against the library (napi 3.16): a call without
//! arguments 17 against 24 ns, with an Int32Array, a number and a flag 49 against 110 ns, with the arguments of a hand-over
//! and 100 bytes of text 150 against 258 ns, with 32 KiB of text 1.5 against 5.3 us. Besides, the library's strings
//! replace lone surrogates, which the core has to count.

use crate::text::Text;
use napi::Env;
use napi_sys::*;
use std::cell::Cell;
use std::ffi::c_void;
use std::ptr::null_mut;
use vigie_core::host::guard;

thread_local! {
    /// Whether the text before was not all ASCII. Then the next one mostly is not either.
    static WIDE: Cell<bool> = const { Cell::new(false) };
}

/// The longest argument list.
const MOST: usize = 10;

/// A call in progress.
pub struct Call {
    pub env: Env,
    args: [napi_value; MOST],
}

/// Runs one exported function: fetches its arguments, keeps panics inside, gives `undefined` when it fails.
///
/// # Safety
/// `env` and `info` are those that Node calls a function with.
pub unsafe fn enter(env: napi_env, info: napi_callback_info, run: fn(&Call) -> napi_value) -> napi_value {
    guard(null_mut(), || {
        let mut args = [null_mut(); MOST];
        let mut count = MOST;
        // SAFETY: all pointers are to locals, and `count` is the length of `args`.
        let status =
            unsafe { napi_get_cb_info(env, info, &mut count, args.as_mut_ptr(), null_mut(), null_mut()) };
        if status == Status::napi_ok { run(&Call { env: Env::from_raw(env), args }) } else { null_mut() }
    })
}

impl Call {
    fn arg(&self, index: usize) -> napi_value {
        self.args.get(index).copied().unwrap_or(null_mut())
    }

    /// A whole number within 32 bits; 0 for anything else.
    pub fn int(&self, index: usize) -> i32 {
        let mut value = 0;
        // SAFETY: the pointer is to a local; other types leave it alone.
        unsafe { napi_get_value_int32(self.env.raw(), self.arg(index), &mut value) };
        value
    }

    /// A count or place; 0 for anything else.
    pub fn size(&self, index: usize) -> usize {
        usize::try_from(self.int(index)).unwrap_or(0)
    }

    /// A truth value; false for anything else.
    pub fn flag(&self, index: usize) -> bool {
        let mut value = false;
        // SAFETY: as above.
        unsafe { napi_get_value_bool(self.env.raw(), self.arg(index), &mut value) };
        value
    }

    /// A copy of a string: bytes when all of it is ASCII, UTF-16 otherwise.
    pub fn text(&self, index: usize) -> Text {
        let value = self.arg(index);
        let mut length = 0;
        // SAFETY: without a buffer only the length in UTF-16 units is told.
        unsafe { napi_get_value_string_latin1(self.env.raw(), value, null_mut(), 0, &mut length) };
        // To make UTF-8 of text that is not ASCII takes longer than to copy it, and is in vain.
        if !WIDE.get()
            && let Some(bytes) = self.ascii(value, length)
        {
            return Text::Ascii(bytes);
        }
        let text = Text::of_units(self.units(value, length));
        WIDE.set(matches!(text, Text::Utf16(_)));
        text
    }

    fn ascii(&self, value: napi_value, length: usize) -> Option<Vec<u8>> {
        let mut bytes: Vec<u8> = Vec::with_capacity(length + 1);
        let mut written = 0;
        // SAFETY: the buffer has room for one byte a unit and the NUL; `written` never exceeds what was initialised.
        unsafe {
            napi_get_value_string_utf8(
                self.env.raw(),
                value,
                bytes.as_mut_ptr().cast(),
                length + 1,
                &mut written,
            );
            bytes.set_len(written.min(length));
        }
        // UTF-8 that is longer than the string has units was cut; but then some byte of it is not ASCII.
        (written == length && bytes.is_ascii()).then_some(bytes)
    }

    fn units(&self, value: napi_value, length: usize) -> Vec<u16> {
        let mut units: Vec<u16> = Vec::with_capacity(length + 1);
        let mut written = 0;
        // SAFETY: the buffer has room for all units and the NUL; `written` never exceeds what was initialised.
        unsafe {
            napi_get_value_string_utf16(self.env.raw(), value, units.as_mut_ptr(), length + 1, &mut written);
            units.set_len(written.min(length));
        }
        units
    }

    /// A copy of all strings of an array one after another, as UTF-16 of so many units altogether.
    pub fn joined(&self, index: usize, units: usize) -> Vec<u16> {
        let mut all: Vec<u16> = Vec::with_capacity(units + 1);
        let (mut count, mut element) = (0, null_mut());
        // SAFETY: the pointers are to locals. What is no array has no length.
        unsafe { napi_get_array_length(self.env.raw(), self.arg(index), &mut count) };
        for place in 0..count {
            let room = all.spare_capacity_mut();
            // SAFETY: as above, and the buffer has room for so many units, of which `written` and a NUL are used.
            unsafe {
                napi_get_element(self.env.raw(), self.arg(index), place, &mut element);
                let (start, length) = (room.as_mut_ptr().cast(), room.len());
                let mut written = 0;
                napi_get_value_string_utf16(self.env.raw(), element, start, length, &mut written);
                all.set_len((all.len() + written).min(units));
            }
        }
        all
    }

    /// The first `count` integers of an Int32Array.
    pub fn ints(&self, index: usize, count: usize) -> &[i32] {
        self.elements(index, count, TypedarrayType::int32_array)
    }

    /// The first `count` doubles of a Float64Array.
    pub fn doubles(&self, index: usize, count: usize) -> &[f64] {
        self.elements(index, count, TypedarrayType::float64_array)
    }

    fn elements<T>(&self, index: usize, count: usize, wanted: napi_typedarray_type) -> &[T] {
        match self.typed_array(index, wanted) {
            // SAFETY: the type was compared, V8 aligns the data, and no JavaScript runs until this call returns,
            // so nothing can change or free it.
            Some((data, length)) => unsafe {
                std::slice::from_raw_parts(data.cast::<T>(), count.min(length))
            },
            None => &[],
        }
    }

    /// Writes into an Int32Array as many of the values as it has room for.
    pub fn write_ints(&self, index: usize, values: &[i32]) {
        if let Some((data, length)) = self.typed_array(index, TypedarrayType::int32_array) {
            // SAFETY: as in `elements`; the source is not JavaScript's, so the two do not overlap.
            unsafe { std::ptr::copy_nonoverlapping(values.as_ptr(), data.cast(), values.len().min(length)) };
        }
    }

    /// Writes into a Float64Array as many of the values as it has room for.
    pub fn write_doubles(&self, index: usize, values: &[f64]) {
        if let Some((data, length)) = self.typed_array(index, TypedarrayType::float64_array) {
            // SAFETY: as above.
            unsafe { std::ptr::copy_nonoverlapping(values.as_ptr(), data.cast(), values.len().min(length)) };
        }
    }

    fn typed_array(&self, index: usize, wanted: napi_typedarray_type) -> Option<(*mut c_void, usize)> {
        let (mut kind, mut length, mut data) = (-1, 0, null_mut());
        let value = self.arg(index);
        // SAFETY: all pointers are to locals.
        let status = unsafe {
            napi_get_typedarray_info(
                self.env.raw(),
                value,
                &mut kind,
                &mut length,
                &mut data,
                null_mut(),
                null_mut(),
            )
        };
        (status == Status::napi_ok && kind == wanted && !data.is_null()).then_some((data, length))
    }

    /// A number for JavaScript.
    pub fn give_number(&self, value: f64) -> napi_value {
        let mut made = null_mut();
        // SAFETY: the pointer is to a local.
        unsafe { napi_create_double(self.env.raw(), value, &mut made) };
        made
    }

    /// A text for JavaScript.
    pub fn give_text(&self, text: &str) -> napi_value {
        let mut made = null_mut();
        let length = isize::try_from(text.len()).unwrap_or(isize::MAX);
        // SAFETY: the text is as long as it says, and the other pointer is to a local.
        unsafe { napi_create_string_utf8(self.env.raw(), text.as_ptr().cast(), length, &mut made) };
        made
    }

    /// Nothing: `undefined`.
    pub fn give_nothing(&self) -> napi_value {
        null_mut()
    }
}
