//! References to variables in the scalars of a declarative file: `${NAME}`, `${env:NAME}`, `${NAME:-default}`, `$$`.
//!
//! Follows the OpenTelemetry configuration data model, "Environment variable substitution". What a variable holds is not
//! looked at again: it brings in neither references nor structure.

/// What stands before the content of a reference.
const OPENING: &str = "${";

/// The text with its references replaced, or what is wrong with one of them.
pub(super) fn substituted<'v>(
    text: &str,
    variable: &dyn Fn(&str) -> Option<&'v str>,
) -> Result<String, String> {
    let mut parts = text.split("$$");
    let mut out = String::with_capacity(text.len());
    if let Some(first) = parts.next() {
        append(&mut out, first, variable)?;
    }
    for part in parts {
        // The `$` that an escape leaves never begins a reference.
        out.push('$');
        append(&mut out, part, variable)?;
    }
    Ok(out)
}

fn append<'v>(
    out: &mut String,
    mut text: &str,
    variable: &dyn Fn(&str) -> Option<&'v str>,
) -> Result<(), String> {
    while let Some((before, behind)) = text.split_once(OPENING) {
        let Some((content, rest)) = behind.split_once('}').filter(|(content, _)| !content.is_empty()) else {
            let end = text.len() - behind.len();
            out.push_str(text.get(..end).unwrap_or_default());
            text = behind;
            continue;
        };
        let (name, default) = reference(content)
            .ok_or_else(|| format!("{OPENING}{content}}} is no reference to a variable"))?;
        out.push_str(before);
        out.push_str(variable(name).unwrap_or(default));
        text = rest;
    }
    out.push_str(text);
    Ok(())
}

/// The name and the default of a reference; there is no other prefix than `env:`.
fn reference(content: &str) -> Option<(&str, &str)> {
    let content = match content.strip_prefix("env:") {
        // `${env:-x}` is a variable called `env`.
        Some(behind) if !behind.starts_with('-') => behind,
        _ => content,
    };
    let (name, default) = content.split_once(":-").unwrap_or((content, ""));
    let mut bytes = name.bytes();
    let is_name = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name.then_some((name, default))
}
