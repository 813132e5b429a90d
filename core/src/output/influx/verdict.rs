//! What an InfluxDB says of lines that it did not take.

use serde::Deserialize;
use serde::de::IgnoredAny;

/// What became of the lines of a request that was refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// All but so many were written.
    Written { but: u64 },
    /// None was written, because those at these positions cannot be read.
    Unread(Vec<usize>),
    /// None was written, because some cannot be read; which ones is not said.
    SomeUnread,
    /// None was written, and none ever will be.
    Refused,
}

/// The words in front of a line that could not be read, and of a request that was written but for some lines.
const UNREAD: &str = "unable to parse '";
const PARTIAL: &str = "partial write";

/// A reply: version 1 and 3 have `error`, version 2 `message`; version 3 lists the lines.
#[derive(Default, Deserialize)]
struct Answer {
    #[serde(default)]
    error: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    data: Vec<IgnoredAny>,
}

/// Reads the body of a reply to a request of these lines.
///
/// Lines are quoted in it, so what stands in a line may look like a verdict: a line counts as unread when it is quoted
/// as such itself, and a number of dropped points only at the very end.
pub(super) fn of<'l>(body: &[u8], lines: impl Iterator<Item = &'l [u8]>) -> Verdict {
    let answer = serde_json::from_slice::<Answer>(body).unwrap_or_default();
    let said = if answer.message.is_empty() { answer.error } else { answer.message };
    let is_quoted = |line: &[u8]| {
        let line = String::from_utf8_lossy(line.strip_suffix(b"\n").unwrap_or(line));
        said.contains(&format!("{UNREAD}{line}'"))
    };
    let may_quote = said.contains(UNREAD);
    let unread =
        lines.enumerate().filter(|(_, line)| may_quote && is_quoted(line)).map(|(position, _)| position);
    let unread: Vec<usize> = unread.collect();
    if said.contains(PARTIAL) && !said.starts_with(UNREAD) {
        let dropped = said.rsplit_once("dropped=").and_then(|(_, count)| count.trim().parse::<u64>().ok());
        let counted = dropped.unwrap_or_default().max(unread.len() as u64).max(answer.data.len() as u64);
        return Verdict::Written { but: counted };
    }
    match (unread.is_empty(), may_quote) {
        (false, _) => Verdict::Unread(unread),
        (true, true) => Verdict::SomeUnread,
        (true, false) => Verdict::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: [&[u8]; 3] =
        [b"a v=1 1\n", b"b v=\"unable to parse 'a v=1 1' dropped=7\" 2\n", b"c v=x 3\n"];

    fn verdict(body: &str) -> Verdict {
        of(body.as_bytes(), LINES.into_iter())
    }

    #[test]
    fn version_1_writes_what_it_can() {
        let conflict = r#"{"error":"partial write: field type conflict: input field \"v\" on measurement \"c\" is type string, already exists as type float dropped=2"}"#;
        assert_eq!(verdict(conflict), Verdict::Written { but: 2 });
        let unread = r#"{"error":"partial write: unable to parse 'c v=x 3': invalid boolean dropped=0"}"#;
        assert_eq!(verdict(unread), Verdict::Written { but: 1 });
        let all = r#"{"error":"unable to parse 'a v=1 1': no\nunable to parse 'c v=x 3': invalid boolean"}"#;
        assert_eq!(verdict(all), Verdict::Unread(vec![0, 2]));
    }

    #[test]
    fn version_2_writes_nothing_when_a_line_cannot_be_read() {
        let unread = r#"{"code":"invalid","message":"unable to parse 'c v=x 3': invalid boolean"}"#;
        assert_eq!(verdict(unread), Verdict::Unread(vec![2]));
        let other = r#"{"code":"invalid","message":"unable to parse 'c v=': missing field value"}"#;
        assert_eq!(verdict(other), Verdict::SomeUnread);
        let conflict = r#"{"code":"unprocessable entity","message":"failure writing points to database: partial write: field type conflict: input field \"v\" on measurement \"c\" is type string, already exists as type float dropped=1"}"#;
        assert_eq!(verdict(conflict), Verdict::Written { but: 1 });
    }

    #[test]
    fn version_3_lists_lines() {
        let body = r#"{"error":"partial write of line protocol occurred","data":[{"original_line":"c v=x 3","line_number":3,"error_message":"no"}]}"#;
        assert_eq!(verdict(body), Verdict::Written { but: 1 });
    }

    #[test]
    fn a_line_cannot_speak_for_the_server() {
        let quoted =
            r#"{"message":"unable to parse 'b v=\"unable to parse 'a v=1 1' dropped=7\" 2': bad timestamp"}"#;
        let Verdict::Unread(unread) = verdict(quoted) else { panic!("it was not written") };
        assert!(unread.contains(&1));
        let conflict =
            r#"{"error":"partial write: field type conflict: dropped=9 is type string dropped=1"}"#;
        assert_eq!(verdict(conflict), Verdict::Written { but: 1 });
    }

    #[test]
    fn anything_else_is_a_refusal() {
        for body in ["", "{", "[]", r#"{"error":"database is required"}"#, "unable to parse 'c v=x 3'"] {
            assert_eq!(verdict(body), Verdict::Refused, "{body}");
        }
    }
}
