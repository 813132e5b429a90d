//! A closed loop: only so many records are on their way at any time, so that no library has to drop any.
//!
//! Not for the length of a sample: see `measure`.

use std::time::Duration;

/// How many records may be on their way.
const IN_FLIGHT: u64 = 8_192;

/// How many are made before it is looked how many came out.
const PORTION: u64 = 2_048;

/// How long to wait between two looks: each costs as much as some records.
const NAP: Duration = Duration::from_millis(1);

/// Makes `count` records in portions; `make` makes so many and `out` says how many came out so far.
pub fn in_portions(count: u64, mut make: impl FnMut(u64), mut out: impl FnMut() -> u64) {
    let before = out();
    let mut made = 0;
    while made < count {
        let portion = PORTION.min(count - made);
        make(portion);
        made += portion;
        while made + PORTION > out() - before + IN_FLIGHT {
            std::thread::sleep(NAP);
        }
    }
}
