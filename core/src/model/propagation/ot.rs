//! The `ot` member of a `tracestate`: how probable the sampling of a trace was, and what it was decided with (OpenTelemetry
//! "TraceState Handling").
//! Not for the list around it: see `tracestate`. Not for decisions: see `api::sampler`.

use super::tracestate::{self, MOST_BYTES, MOST_MEMBERS};
use crate::model::ids::TraceId;

const NAME: &str = "ot=";
const THRESHOLD: &str = "th:";
const RANDOM: &str = "rv:";
const MOST_VALUE_BYTES: usize = 256;

/// Thresholds and random values are numbers of so many bits, and digits.
const BITS: u32 = 56;
const DIGITS: usize = 14;

/// Members longer than this are the first to go where a list is too long (W3C Trace Context, "tracestate limits").
const LONG_MEMBER_BYTES: usize = 128;

/// What the member says, as far as it can be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Said {
    /// So many of 2^56 traces were rejected where this one was sampled.
    pub threshold: Option<u64>,
    /// What decisions about the trace are made with, in place of its id.
    pub random: Option<u64>,
}

impl Said {
    /// What decisions about the trace are made with: below the threshold it is rejected.
    #[must_use]
    pub fn randomness(&self, trace_id: TraceId) -> u64 {
        self.random.unwrap_or(u128::from_be_bytes(trace_id.to_bytes()) as u64 & ((1 << BITS) - 1))
    }
}

/// Reads it from a list that was checked.
#[must_use]
pub fn read(list: Option<&str>) -> Said {
    let mut said = Said::default();
    for concern in concerns(list) {
        if let Some(digits) = concern.strip_prefix(THRESHOLD) {
            said.threshold = number(digits).map(|value| value << (4 * (DIGITS - digits.len())));
        } else if let Some(digits) = concern.strip_prefix(RANDOM) {
            said.random = number(digits).filter(|_| digits.len() == DIGITS);
        }
    }
    said
}

/// The list with this threshold, or with none, where that is another list than before: none where nothing is left of it.
/// What changed moves to the front.
#[must_use]
pub fn with_threshold(list: Option<&str>, digits: Option<&str>) -> Option<Option<Box<str>>> {
    let before = concerns(list).find_map(|concern| concern.strip_prefix(THRESHOLD));
    if before == digits {
        return None;
    }
    let mut member = String::from(NAME);
    let kept = concerns(list).filter(|concern| !concern.starts_with(THRESHOLD));
    kept.for_each(|concern| push(&mut member, NAME.len(), ';', concern));
    if let Some(digits) = digits
        && member.len() + THRESHOLD.len() + digits.len() < NAME.len() + MOST_VALUE_BYTES
    {
        push(&mut member, NAME.len(), ';', THRESHOLD);
        member.push_str(digits);
    }
    if member == NAME {
        member.clear();
    }
    let mut others: Vec<&str> = members(list).filter(|other| !other.starts_with(NAME)).collect();
    make_room(&mut others, &member);
    others.into_iter().for_each(|other| push(&mut member, 0, ',', other));
    Some(Some(member.into_boxed_str()).filter(|list| !list.is_empty()))
}

/// How a threshold is written: the zeros at its end say nothing, but for the only one.
#[must_use]
pub fn threshold_digits(value: u64) -> Box<str> {
    let digits = format!("{value:014x}");
    let short = digits.trim_end_matches('0');
    if short.is_empty() { "0".into() } else { short.into() }
}

/// Takes out what does not fit beside the member: long ones first, then those at the end.
fn make_room(others: &mut Vec<&str>, member: &str) {
    if member.is_empty() {
        return;
    }
    others.truncate(MOST_MEMBERS - 1);
    let too_long = |others: &[&str]| {
        member.len() + others.iter().map(|other| other.len() + 1).sum::<usize>() > MOST_BYTES
    };
    while too_long(others) {
        let long = others.iter().rposition(|other| other.len() > LONG_MEMBER_BYTES);
        others.remove(long.unwrap_or(others.len() - 1));
    }
}

fn push(list: &mut String, begin: usize, separator: char, item: &str) {
    if list.len() > begin {
        list.push(separator);
    }
    list.push_str(item);
}

fn members(list: Option<&str>) -> impl Iterator<Item = &str> {
    tracestate::checked_members(list.unwrap_or_default())
}

/// The parts of the member's value.
fn concerns(list: Option<&str>) -> impl Iterator<Item = &str> {
    let value = members(list).find_map(|member| member.strip_prefix(NAME)).unwrap_or_default();
    value.split(';').filter(|concern| !concern.is_empty())
}

fn number(digits: &str) -> Option<u64> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let fits = (1..=DIGITS).contains(&digits.len()) && digits.bytes().all(is_digit);
    fits.then(|| u64::from_str_radix(digits, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(list: &str, digits: Option<&str>) -> Option<String> {
        let list = Some(list).filter(|list| !list.is_empty());
        with_threshold(list, digits).map(|list| list.unwrap_or_default().into())
    }

    #[test]
    fn thresholds_and_random_values_are_numbers_of_56_bits() {
        let read = |list| read(Some(list));
        assert_eq!(read("a=1,ot=th:c"), Said { threshold: Some(0xc0_0000_0000_0000), random: None });
        assert_eq!(read("ot=rv:6e6d1a75832a2f;th:0").threshold, Some(0));
        assert_eq!(read("ot=rv:6e6d1a75832a2f;th:0").random, Some(0x6e_6d1a_7583_2a2f));
        for nothing in
            ["a=1", "ot=th:", "ot=th:C", "ot=th:123456789012345", "ot=rv:6e", "ot=xth:1", "oth=th:1"]
        {
            assert_eq!(read(nothing), Said::default(), "{nothing}");
        }
        let id = TraceId::from(0xffff_0102_0304_0506_0708_u128);
        assert_eq!(Said::default().randomness(id), 0x02_0304_0506_0708);
    }

    #[test]
    fn a_threshold_is_put_in_front_beside_what_else_is_said() {
        for (before, digits, after) in [
            ("", Some("c"), Some("ot=th:c")),
            ("", None, None),
            ("a=1,b=2", Some("c"), Some("ot=th:c,a=1,b=2")),
            (
                "a=1,ot=p:8;th:8;rv:6e6d1a75832a2f,b=2",
                Some("c"),
                Some("ot=p:8;rv:6e6d1a75832a2f;th:c,a=1,b=2"),
            ),
            ("a=1,ot=th:c", Some("c"), None),
            ("a=1,ot=th:c", None, Some("a=1")),
            ("ot=th:c", None, Some("")),
            ("ot=th:XY;p:8,a=1", None, Some("ot=p:8,a=1")),
            ("a=1", None, None),
        ] {
            assert_eq!(written(before, digits).as_deref(), after, "{before} {digits:?}");
        }
    }

    #[test]
    fn the_list_keeps_its_bounds() {
        let many: Vec<String> = (0..32).map(|number| format!("k{number}=v")).collect();
        let made = written(&many.join(","), Some("c")).unwrap();
        assert_eq!(made.split(',').count(), 32);
        assert!(made.starts_with("ot=th:c,k0=v,") && made.ends_with(",k30=v"));
        let [long, one] = ["l", "o"].map(|name| format!("{name}={}", "v".repeat(180)));
        let short = format!("s={}", "v".repeat(120));
        let made = written(&format!("{long},{short},{one},e=1"), Some("c")).unwrap();
        assert_eq!(made, format!("ot=th:c,{long},{short},{one},e=1"));
        let made = written(&format!("{long},{short},{one},{}", "e=12345678901234567890"), Some("c")).unwrap();
        assert_eq!(made, format!("ot=th:c,{long},{short},e=12345678901234567890"));
        let full = format!("ot=a:{}", "v".repeat(254));
        assert_eq!(written(&full, Some("c")), Some(full.clone()), "a value that is full stays as it is");
    }
}
