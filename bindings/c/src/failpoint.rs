//! Panics on demand, to show from outside that each one is contained; only with the feature
//! `failpoint`, which no released library has (a test looks for the names below in it).
#![allow(clippy::panic, reason = "panicking is what this module is for")]

/// An argument of this text makes the call panic.
const TEXT: &[u8] = b"vigie failpoint";
/// An attribute of this name makes the call panic while the attributes are written.
const ATTRIBUTE: &[u8] = b"\"vigie failpoint\":";
/// This handle makes the call panic.
const HANDLE: u64 = 0xfa11_0000_fa11_0000;

pub(crate) fn at_text(text: &[u8]) {
    if text == TEXT {
        panic!("asked for by a text");
    }
}

pub(crate) fn at_attributes(json: &[u8]) {
    if json.windows(ATTRIBUTE.len()).any(|window| window == ATTRIBUTE) {
        panic!("asked for by an attribute");
    }
}

pub(crate) fn at_handle(handle: u64) {
    if handle == HANDLE {
        panic!("asked for by a handle");
    }
}
