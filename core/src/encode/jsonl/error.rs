//! The `error` object of a log line.

use crate::encode::json::write_str;
use crate::model::error_info::ErrorInfo;

/// How much of an error is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::encode) enum Extent {
    /// All of it.
    Whole,
    /// The error and its causes, neither members nor attributes.
    Chain,
}

/// Appends `{"type":…,"message":…,"stack":…,"cause":{…},"errors":[{…}],"attributes":{…}}`; parts without a value are
/// left out, but an error without a type has the type `Error`, since the schema asks for one.
///
/// Calls itself for causes and members, of which `clean_error` leaves a few levels.
pub(in crate::encode) fn write_error(out: &mut Vec<u8>, error: &ErrorInfo, extent: Extent) {
    out.extend_from_slice(b"{\"type\":");
    write_str(out, if error.type_name.is_empty() { "Error" } else { &error.type_name });
    for (name, text) in [("message", &error.message), ("stack", &error.stack)] {
        if !text.is_empty() {
            out.extend_from_slice(b",\"");
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b"\":");
            write_str(out, text);
        }
    }
    if let Some(cause) = &error.cause {
        out.extend_from_slice(b",\"cause\":");
        write_error(out, cause, extent);
    }
    if extent == Extent::Whole {
        write_members(out, &error.errors);
        // Behind the comma that every member has in front.
        if let Some((_, members)) = error.attributes.bytes.split_first() {
            out.extend_from_slice(b",\"attributes\":{");
            out.extend_from_slice(members);
            out.push(b'}');
        }
    }
    out.push(b'}');
}

fn write_members(out: &mut Vec<u8>, members: &[ErrorInfo]) {
    for (position, member) in members.iter().enumerate() {
        out.extend_from_slice(if position == 0 { b",\"errors\":[" } else { b"," });
        write_error(out, member, Extent::Whole);
    }
    if !members.is_empty() {
        out.push(b']');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::attributes::key::Rules;
    use crate::encode::attributes::limits::Limits;
    use crate::encode::attributes::text::clean_error;
    use crate::stats::Counts;

    fn chain(length: usize) -> ErrorInfo {
        let cause = (length > 1).then(|| Box::new(chain(length - 1)));
        ErrorInfo { type_name: format!("E{length}"), message: "m".to_owned(), cause, ..ErrorInfo::default() }
    }

    fn written(error: ErrorInfo) -> String {
        let mut out = Vec::new();
        let rules = Rules::new(Limits::default(), &Default::default(), None);
        write_error(&mut out, &clean_error(&rules, &Counts::default(), error), Extent::Whole);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn empty_parts_are_left_out() {
        let error = ErrorInfo { message: "no type".to_owned(), ..ErrorInfo::default() };
        assert_eq!(written(error), r#"{"type":"Error","message":"no type"}"#);
        assert_eq!(written(ErrorInfo::default()), r#"{"type":"Error"}"#);
    }

    #[test]
    fn causes_end_at_eight() {
        let text = written(chain(12));
        assert_eq!(text.matches("\"cause\"").count(), 8);
        serde_json::from_str::<serde_json::Value>(&text).unwrap();
    }

    #[test]
    fn members_end_at_eight_and_errors_at_sixty_four() {
        let member = |depth: usize| {
            let mut error = chain(1);
            for _ in 0..depth {
                error = ErrorInfo { errors: vec![error.clone(); 9], ..chain(1) };
            }
            error
        };
        let text = written(member(1));
        assert_eq!(text.matches("\"type\"").count(), 9);
        let deep = ErrorInfo { errors: vec![chain(12)], ..ErrorInfo::default() };
        assert_eq!(written(deep).matches("\"cause\"").count(), 7);
        let text = written(member(4));
        assert_eq!(text.matches("\"type\"").count(), 64);
        serde_json::from_str::<serde_json::Value>(&text).unwrap();
    }
}
