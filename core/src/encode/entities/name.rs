//! Names: identifiers, classes of errors.

use super::words::{is_word, runs};

/// `8-4-4-4-12` hexadecimal digits.
pub(super) fn uuids<'t>(text: &'t str, tell: &mut dyn FnMut(&'t str)) {
    const LENGTH: usize = 36;
    for (_, run) in runs(text, LENGTH, |byte| is_word(byte) || byte == b'-') {
        if run.len() == LENGTH
            && run.split('-').map(str::len).eq([8, 4, 4, 4, 12])
            && run.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
        {
            tell(run);
        }
    }
}

/// Names that end in `Error` or `Exception`, with what stands before them: `java.io.IOException`.
pub(super) fn exceptions<'t>(text: &'t str, tell: &mut dyn FnMut(&'t str)) {
    let is_part = |byte: u8| is_word(byte) || matches!(byte, b'.' | b'$' | b':');
    for (_, run) in runs(text, 256, is_part) {
        let run = run.trim_end_matches([':', '.', '$']);
        let class = run.rsplit(['.', ':', '$']).next().unwrap_or_default();
        let root = class.strip_suffix("Error").or_else(|| class.strip_suffix("Exception"));
        let is_class = root.is_some_and(|root| root.starts_with(|c: char| c.is_ascii_uppercase()));
        // What stands in front is a package: `time:ValueError` has none.
        let is_path = run.strip_suffix(class).is_some_and(is_package);
        if is_class {
            tell(if is_path { run } else { class });
        }
    }
}

/// `a.b.` or `a::b::`, each part an identifier.
fn is_package(text: &str) -> bool {
    let parts = text.replace("::", ".").replace('$', ".");
    let parts = parts.strip_suffix('.').unwrap_or(&parts);
    let is_name =
        |part: &str| part.starts_with(|c: char| c.is_alphabetic() || c == '_') && !part.contains(':');
    parts.is_empty() || parts.split('.').all(is_name)
}
