//! The `error` object of a log line.

use crate::encode::json::write_str;
use crate::model::error_info::ErrorInfo;

/// Appends `{"type":…,"message":…,"stack":…,"cause":{…}}`; parts without a value are left out,
/// but an error without a type has the type `Error`, since the schema asks for one.
pub(super) fn write_error(out: &mut Vec<u8>, error: &ErrorInfo) {
    let mut depth = 0;
    let mut current = Some(error);
    while let Some(error) = current {
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
        depth += 1;
        current = error.cause.as_deref();
        if current.is_some() {
            out.extend_from_slice(b",\"cause\":");
        }
    }
    out.extend(std::iter::repeat_n(b'}', depth));
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
        let rules = Rules::new(Limits::default(), &[], None);
        write_error(&mut out, &clean_error(&rules, &Counts::default(), error));
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
}
