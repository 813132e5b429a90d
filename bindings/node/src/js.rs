//! One call from JavaScript: its arguments in, its result out, behind the one panic guard.
//! Not for what the functions do, nor for attribute values, which come in columns.

use crate::instance::Instance;
use napi_sys::*;
use std::cell::RefCell;
use std::ffi::c_void;
use std::ptr::null_mut;

/// The longest argument list.
const MOST: usize = 8;

/// A call in progress.
pub struct Call<'a> {
    pub env: napi_env,
    args: [napi_value; MOST],
    pub instance: &'a RefCell<Instance>,
}

/// Runs one exported function: fetches its arguments, keeps panics inside, gives `undefined` when it fails.
///
/// # Safety
/// `env` and `info` are those that Node calls a function with; its data is the environment's [`Instance`].
pub unsafe fn enter(env: napi_env, info: napi_callback_info, run: fn(&Call<'_>) -> napi_value) -> napi_value {
    vigie_core::guard(null_mut(), || {
        let mut args = [null_mut(); MOST];
        let mut count = MOST;
        let mut data = null_mut();
        // SAFETY: all pointers are to locals, and `count` is the length of `args`.
        let status =
            unsafe { napi_get_cb_info(env, info, &mut count, args.as_mut_ptr(), null_mut(), &mut data) };
        // SAFETY: `lib.rs` registers every function with the instance, which lives as long as the environment.
        match unsafe { data.cast::<RefCell<Instance>>().as_ref() } {
            Some(instance) if status == Status::napi_ok => run(&Call { env, args, instance }),
            _ => null_mut(),
        }
    })
}

impl Call<'_> {
    fn arg(&self, index: usize) -> napi_value {
        self.args.get(index).copied().unwrap_or(null_mut())
    }

    /// A number; NaN for anything else.
    pub fn number(&self, index: usize) -> f64 {
        let mut value = f64::NAN;
        // SAFETY: the pointer is to a local; other types leave it alone.
        unsafe { napi_get_value_double(self.env, self.arg(index), &mut value) };
        value
    }

    /// A whole number within 32 bits; 0 for anything else.
    pub fn int(&self, index: usize) -> i32 {
        let mut value = 0;
        // SAFETY: as above.
        unsafe { napi_get_value_int32(self.env, self.arg(index), &mut value) };
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
        unsafe { napi_get_value_bool(self.env, self.arg(index), &mut value) };
        value
    }

    /// Whether there is an argument that is neither undefined nor null.
    pub fn has(&self, index: usize) -> bool {
        let mut kind = ValueType::napi_undefined;
        // SAFETY: the pointer is to a local; a missing argument is refused and leaves it alone.
        unsafe { napi_typeof(self.env, self.arg(index), &mut kind) };
        kind != ValueType::napi_undefined && kind != ValueType::napi_null
    }

    /// A string with lone surrogates replaced; nothing for anything else.
    pub fn string(&self, index: usize) -> Option<String> {
        self.text_of(self.arg(index))
    }

    fn text_of(&self, value: napi_value) -> Option<String> {
        let mut length = 0;
        // SAFETY: without a buffer only the length is told.
        if unsafe { napi_get_value_string_utf8(self.env, value, null_mut(), 0, &mut length) }
            != Status::napi_ok
        {
            return None;
        }
        let mut bytes = vec![0_u8; length + 1];
        // SAFETY: the buffer has the room that is told, and ends in the NUL that is written.
        unsafe {
            napi_get_value_string_utf8(self.env, value, bytes.as_mut_ptr().cast(), bytes.len(), &mut length)
        };
        bytes.truncate(length);
        Some(String::from_utf8(bytes).unwrap_or_default())
    }

    /// An array of strings; what is no string is empty.
    pub fn strings(&self, index: usize) -> Vec<String> {
        let array = self.arg(index);
        let mut length = 0;
        // SAFETY: the pointer is to a local; what is no array leaves it alone.
        unsafe { napi_get_array_length(self.env, array, &mut length) };
        (0..length)
            .map(|at| {
                let mut value = null_mut();
                // SAFETY: the pointer is to a local.
                unsafe { napi_get_element(self.env, array, at, &mut value) };
                self.text_of(value).unwrap_or_default()
            })
            .collect()
    }

    /// The flat text of a string: bytes while all of it is ASCII, UTF-16 otherwise.
    pub fn text(&self, index: usize) -> crate::text::Text {
        let value = self.arg(index);
        let mut length = 0;
        // SAFETY: without a buffer only the length in UTF-16 units is told.
        unsafe { napi_get_value_string_latin1(self.env, value, null_mut(), 0, &mut length) };
        let mut bytes: Vec<u8> = Vec::with_capacity(length + 1);
        let mut written = 0;
        // SAFETY: the buffer has room for one byte a unit and the NUL; `written` never exceeds what was initialised.
        unsafe {
            napi_get_value_string_utf8(self.env, value, bytes.as_mut_ptr().cast(), length + 1, &mut written);
            bytes.set_len(written.min(length));
        }
        // Longer text would have been cut, but then a byte of a longer character is among these.
        if written == length && bytes.is_ascii() {
            return crate::text::Text::Ascii(bytes);
        }
        let mut units: Vec<u16> = Vec::with_capacity(length + 1);
        // SAFETY: the same with units.
        unsafe {
            napi_get_value_string_utf16(self.env, value, units.as_mut_ptr(), length + 1, &mut written);
            units.set_len(written.min(length));
        }
        crate::text::Text::Utf16(units)
    }

    /// The first `count` integers of an Int32Array.
    pub fn ints(&self, index: usize, count: usize) -> &[i32] {
        self.elements(index, count, TypedarrayType::int32_array)
    }

    /// The first `count` doubles of a Float64Array.
    pub fn doubles(&self, index: usize, count: usize) -> &[f64] {
        self.elements(index, count, TypedarrayType::float64_array)
    }

    /// All integers of an Int32Array.
    pub fn all_ints(&self, index: usize) -> &[i32] {
        self.ints(index, usize::MAX)
    }

    /// All doubles of a Float64Array.
    pub fn all_doubles(&self, index: usize) -> &[f64] {
        self.doubles(index, usize::MAX)
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

    /// Writes into an Int32Array, as far as it goes.
    pub fn write_ints(&self, index: usize, values: &[i32]) {
        if let Some((data, length)) = self.typed_array(index, TypedarrayType::int32_array) {
            // SAFETY: as in `elements`; the source is ours, so they do not overlap.
            unsafe { std::ptr::copy_nonoverlapping(values.as_ptr(), data.cast(), values.len().min(length)) };
        }
    }

    fn typed_array(&self, index: usize, wanted: napi_typedarray_type) -> Option<(*mut c_void, usize)> {
        let (mut kind, mut length, mut data) = (-1, 0, null_mut());
        let value = self.arg(index);
        // SAFETY: all pointers are to locals.
        let status = unsafe {
            napi_get_typedarray_info(
                self.env,
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
        unsafe { napi_create_double(self.env, value, &mut made) };
        made
    }

    /// A string for JavaScript.
    pub fn give_text(&self, text: &str) -> napi_value {
        let mut made = null_mut();
        let length = isize::try_from(text.len()).unwrap_or(0);
        // SAFETY: pointer and length are those of `text`; ASCII is Latin-1 and needs no decoding.
        unsafe {
            if text.is_ascii() {
                napi_create_string_latin1(self.env, text.as_ptr().cast(), length, &mut made);
            } else {
                napi_create_string_utf8(self.env, text.as_ptr().cast(), length, &mut made);
            }
        }
        made
    }

    /// A text, or null.
    pub fn give_optional(&self, text: Option<&str>) -> napi_value {
        let Some(text) = text else {
            let mut made = null_mut();
            // SAFETY: the pointer is to a local.
            unsafe { napi_get_null(self.env, &mut made) };
            return made;
        };
        self.give_text(text)
    }

    /// A truth value for JavaScript.
    pub fn give_flag(&self, value: bool) -> napi_value {
        give_flag(self.env, value)
    }

    /// A Float64Array for JavaScript with a copy of these numbers.
    pub fn give_doubles(&self, values: &[f64]) -> napi_value {
        let (mut buffer, mut data, mut made) = (null_mut(), null_mut(), null_mut());
        let bytes = std::mem::size_of_val(values);
        // SAFETY: the buffer has `bytes` bytes, is fresh, and V8 aligns it for doubles.
        unsafe {
            if napi_create_arraybuffer(self.env, bytes, &mut data, &mut buffer) == Status::napi_ok
                && bytes > 0
            {
                std::ptr::copy_nonoverlapping(values.as_ptr(), data.cast(), values.len());
            }
            let kind = TypedarrayType::float64_array;
            napi_create_typedarray(self.env, kind, values.len(), buffer, 0, &mut made);
        }
        made
    }

    /// Nothing: `undefined`.
    pub fn give_nothing(&self) -> napi_value {
        null_mut()
    }
}

/// A truth value for JavaScript, outside of a call.
pub fn give_flag(env: napi_env, value: bool) -> napi_value {
    let mut made = null_mut();
    // SAFETY: the pointer is to a local.
    unsafe { napi_get_boolean(env, value, &mut made) };
    made
}

/// A short constant string for JavaScript, outside of a call.
pub fn give_name(env: napi_env, text: &'static str) -> napi_value {
    let mut value = null_mut();
    let length = isize::try_from(text.len()).unwrap_or(0);
    // SAFETY: pointer and length are those of `text`.
    unsafe { napi_create_string_latin1(env, text.as_ptr().cast(), length, &mut value) };
    value
}
