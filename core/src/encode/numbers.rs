//! Numbers as JSON text.
//!
//! Not for numbers that JSON has no form for: what those are written as is the attribute writer's business.

use super::pieces::append_start;

/// Digits of a number, its sign and point among them, made from the last to the first.
struct Digits {
    /// The text ends in the middle, so that a copy of fixed length from its start on stays inside.
    text: [u8; 2 * LONGEST],
    start: usize,
}

/// The longest 64-bit integer, with its sign.
const LONGEST: usize = 20;

/// `00` to `99`.
static PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut number = 0;
    while number < 100 {
        // Constants cannot iterate; the index is below the table's length.
        #[allow(clippy::indexing_slicing)]
        {
            pairs[number] = [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
        }
        number += 1;
    }
    pairs
};

/// The two digits of a number below 100.
#[inline(always)]
fn pair(number: u32) -> [u8; 2] {
    PAIRS.get(number as usize).copied().unwrap_or([b'0'; 2])
}

impl Digits {
    #[inline(always)]
    fn new() -> Self {
        Self { text: [0; 2 * LONGEST], start: LONGEST }
    }

    #[inline(always)]
    fn push(&mut self, byte: u8) {
        self.start = self.start.saturating_sub(1);
        if let Some(place) = self.text.get_mut(self.start) {
            *place = byte;
        }
    }

    #[inline(always)]
    fn push_number(&mut self, mut number: u64) {
        while number >= 100 {
            let [tens, ones] = pair((number % 100) as u32);
            self.push(ones);
            self.push(tens);
            number /= 100;
        }
        let [tens, ones] = pair(number as u32);
        self.push(ones);
        if number >= 10 {
            self.push(tens);
        }
    }

    #[inline(always)]
    fn append(&self, out: &mut Vec<u8>) {
        if let Some(text) = self.text.get(self.start..).and_then(|text| text.first_chunk::<LONGEST>()) {
            append_start(out, text, LONGEST - self.start);
        }
    }
}

/// Numbers below this are written as eight digits without those in front.
const SHORT: u64 = 100_000_000;

/// The eight digits of a number below [`SHORT`] as text, the first one in the lowest byte. All are divided at once.
#[inline(always)]
pub(super) const fn eight_digits(number: u32) -> u64 {
    let halves = (number / 10_000) as u64 | ((number % 10_000) as u64) << 32;
    // By 100, as a product: that is exact for what four digits can say.
    let hundreds = ((halves * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let pairs = hundreds | (halves - 100 * hundreds) << 16;
    // By 10 likewise.
    let tens = ((pairs * 103) >> 10) & 0x000f_000f_000f_000f;
    (tens | (pairs - 10 * tens) << 8) | ZEROS
}

const ZEROS: u64 = u64::from_le_bytes([b'0'; 8]);

/// How many of eight digits are zeros in front of the number, at most `most`.
#[inline(always)]
const fn zeros_before(digits: u64, most: u32) -> u32 {
    let zeros = (digits ^ ZEROS).trailing_zeros() / 8;
    if zeros < most { zeros } else { most }
}

/// Appends a signed integer.
#[inline]
pub fn write_int(out: &mut Vec<u8>, value: i64) {
    if value < 0 {
        out.push(b'-');
    }
    write_uint(out, value.unsigned_abs());
}

/// Appends an unsigned integer.
#[inline]
pub fn write_uint(out: &mut Vec<u8>, value: u64) {
    if value < SHORT {
        let digits = eight_digits(value as u32);
        let zeros = zeros_before(digits, 7);
        append_start(out, &(digits >> (8 * zeros)).to_le_bytes(), 8 - zeros as usize);
    } else {
        write_long(out, value);
    }
}

#[inline(never)]
fn write_long(out: &mut Vec<u8>, value: u64) {
    let mut digits = Digits::new();
    digits.push_number(value);
    digits.append(out);
}

/// Appends a double as serde_json prints it (shortest round trip); non-finite ones as strings.
#[inline]
pub fn write_float(out: &mut Vec<u8>, value: f64) {
    if !write_short_decimal(out, value) {
        write_any_float(out, value);
    }
}

#[inline(never)]
fn write_any_float(out: &mut Vec<u8>, value: f64) {
    if value.is_finite() {
        // Writing to a Vec cannot fail.
        let _ = serde_json::to_writer(out, &value);
    } else if value.is_nan() {
        out.extend_from_slice(b"\"NaN\"");
    } else if value > 0.0 {
        out.extend_from_slice(b"\"Infinity\"");
    } else {
        out.extend_from_slice(b"\"-Infinity\"");
    }
}

/// Appends a double that is a decimal of at most three places, as prices and durations are; false if it is none.
///
/// Division rounds correctly, so digits that give `value` back when they are divided are a decimal that reads as
/// `value`. With less than 16 digits no other decimal of that length reads as the same double, and decimals with
/// fewer places were tried before.
#[inline]
fn write_short_decimal(out: &mut Vec<u8>, value: f64) -> bool {
    const LARGEST: f64 = 1e9;
    // Rounding moves a product below `LARGEST * 1000` by a quarter of this at most.
    const NEARLY: f64 = 1e-3;
    let size = value.abs();
    // Zero, whose sign this way would lose, and NaN are left to the other one.
    if !(size > 0.0 && size < LARGEST) {
        return false;
    }
    for (places, power) in [(1, 10.0), (2, 100.0), (3, 1000.0)] {
        let scaled = size * power;
        let digits = (scaled + 0.5) as i64;
        let whole = digits as f64;
        if (whole - scaled).abs() < NEARLY && whole / power == size {
            write_decimal(out, value < 0.0, digits as u64, places);
            return true;
        }
    }
    false
}

/// Appends `digits`, the last `places` of them, at most three, behind a point.
#[inline]
fn write_decimal(out: &mut Vec<u8>, is_negative: bool, digits: u64, places: u32) {
    if is_negative {
        out.push(b'-');
    }
    if digits >= SHORT {
        return write_long_decimal(out, digits, places);
    }
    let text = eight_digits(digits as u32);
    let zeros = zeros_before(text, 7 - places);
    let point = 8 * (8 - places);
    let (whole, fraction) = (text & !(u64::MAX << point), text >> point);
    let text = u128::from(whole) | (u128::from(b'.') | u128::from(fraction) << 8) << point;
    append_start(out, &(text >> (8 * zeros)).to_le_bytes(), 9 - zeros as usize);
}

#[inline(never)]
fn write_long_decimal(out: &mut Vec<u8>, mut digits: u64, places: u32) {
    let mut text = Digits::new();
    for _ in 0..places {
        text.push(b'0' + (digits % 10) as u8);
        digits /= 10;
    }
    text.push(b'.');
    text.push_number(digits);
    text.append(out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_digits_are_divided_exactly() {
        for number in (0..100_000_000).step_by(997).chain(0..10_000).chain([99_999_999]) {
            assert_eq!(&eight_digits(number).to_le_bytes(), format!("{number:08}").as_bytes());
        }
    }

    #[test]
    fn integers_of_every_length_are_written_whole() {
        let mut value = 1_u64;
        for _ in 0..20 {
            for value in [value - 1, value, value + 1, u64::MAX / value, u64::MAX - value] {
                let mut out = b"x".to_vec();
                write_uint(&mut out, value);
                write_int(&mut out, value as i64);
                write_int(&mut out, (value as i64).wrapping_neg());
                let negative = (value as i64).wrapping_neg();
                assert_eq!(out, format!("x{value}{}{negative}", value as i64).into_bytes());
            }
            value = value.saturating_mul(10);
        }
        let mut out = Vec::new();
        write_int(&mut out, i64::MIN);
        assert_eq!(out, i64::MIN.to_string().into_bytes());
    }

    #[test]
    fn numbers_print_as_the_contract_says() {
        let float = |value| {
            let mut out = Vec::new();
            write_float(&mut out, value);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(float(1.0), "1.0");
        assert_eq!(float(0.1), "0.1");
        assert_eq!(float(f64::NAN), "\"NaN\"");
        assert_eq!(float(f64::NEG_INFINITY), "\"-Infinity\"");
    }

    #[test]
    fn doubles_print_as_the_reference_prints_them() {
        let mut seed = 1_u64;
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            seed >> 16
        };
        let check = |value: f64| {
            for value in
                [value, -value, f64::from_bits(value.to_bits() + 1), f64::from_bits(value.to_bits() - 1)]
            {
                let mut out = Vec::new();
                write_float(&mut out, value);
                assert_eq!(String::from_utf8(out).unwrap(), serde_json::to_string(&value).unwrap());
            }
        };
        for power in [1.0, 10.0, 100.0, 1000.0, 10_000.0, 3.0] {
            for digits in 1..5_000 {
                check(f64::from(digits) / power);
            }
            for _ in 0..10_000 {
                check((next() % 100_000_000_000_000) as f64 / power / 10.0);
            }
        }
        for value in
            [1e-3, 1e-4, 1e11, 1e12, 1e15, 1e16, 1e17, 1e300, f64::MIN_POSITIVE, 0.3, 1.1, 4.35, 0.1 + 0.2]
        {
            check(value);
        }
        for _ in 0..20_000 {
            let value = f64::from_bits(next() << 16 | next() & 0xffff);
            if value.is_finite() && value != 0.0 {
                check(value);
            }
        }
    }
}
