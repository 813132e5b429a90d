//! A vector as the runner needs it: its name, what must come out, who cannot play it.
//! Config and steps are the drivers' business and stay unread.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::Outcome;

const KEYS: [&str; 8] =
    ["name", "why", "config", "env", "steps", "expected", "expected_extra", "not_expressible"];
const LANGUAGES: [&str; 5] = ["rust", "python", "node", "c", "powershell"];
/// The closed list of tests/conformance/README.md.
const REASONS: [&str; 9] = [
    "whole-double",
    "json-only",
    "unicode-strings",
    "utf-8-text",
    "no-repeated-keys",
    "own-numbers",
    "owned-values",
    "no-such-type",
    "millisecond-dates",
];

pub struct Vector {
    pub name: String,
    pub why: String,
    /// The lines of the file, each with its newline, as one run of bytes.
    pub expected: String,
    pub extra: Vec<Value>,
    /// Whether its output sends datagrams, which a socket in the file's place takes.
    pub listens: bool,
    pub not_expressible: BTreeMap<String, String>,
}

/// All vectors in the order of their names. An empty folder is an error: it would pass everywhere.
pub fn load(folder: &Path) -> Outcome<Vec<Vector>> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    if files.is_empty() {
        return Err(format!("{}: no vectors", folder.display()));
    }
    files.iter().map(|file| read(file).map_err(|error| format!("{}: {error}", file.display()))).collect()
}

fn read(file: &Path) -> Outcome<Vector> {
    let text = fs::read_to_string(file).map_err(|error| error.to_string())?;
    let document: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let vector = parse(&document)?;
    if file.file_stem().is_none_or(|stem| stem != vector.name.as_str()) {
        return Err(format!("`name` is {} and not the file's", vector.name));
    }
    Ok(vector)
}

fn parse(document: &Value) -> Outcome<Vector> {
    let object = document.as_object().ok_or("not an object")?;
    if let Some(key) = object.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(format!("unknown key `{key}`"));
    }
    let text = |key: &str| object.get(key).and_then(Value::as_str).map(str::to_owned);
    let list = |key: &str| object.get(key).and_then(Value::as_array);
    let lines = list("expected").ok_or("no list `expected`")?;
    let expected = lines.iter().map(|line| Ok(expand(line)? + "\n")).collect::<Outcome<String>>()?;
    let extra = list("expected_extra").cloned().unwrap_or_default();
    let mut not_expressible = BTreeMap::new();
    for (language, reason) in object.get("not_expressible").and_then(Value::as_object).into_iter().flatten() {
        let reason = reason.as_str().filter(|reason| REASONS.contains(reason));
        let reason =
            reason.ok_or_else(|| format!("`not_expressible`: {language} has no reason from the list"))?;
        if !LANGUAGES.contains(&language.as_str()) {
            return Err(format!("`not_expressible`: unknown language {language}"));
        }
        not_expressible.insert(language.clone(), reason.to_owned());
    }
    let config = object.get("config").map(Value::to_string).unwrap_or_default();
    Ok(Vector {
        listens: config.contains("unix:$OUT"),
        name: text("name").ok_or("no `name`")?,
        why: text("why").filter(|why| !why.is_empty()).ok_or("no `why`")?,
        expected,
        extra,
        not_expressible,
    })
}

/// A line is a string, or a list of parts; a part is a string or `["text", times]`.
fn expand(line: &Value) -> Outcome<String> {
    let wrong = || format!("not a line: {line}");
    match line {
        Value::String(text) => Ok(text.clone()),
        Value::Array(parts) => parts
            .iter()
            .map(|part| match part {
                Value::String(text) => Ok(text.clone()),
                Value::Array(pair) => match pair.as_slice() {
                    [Value::String(text), times] => {
                        let times = times.as_u64().and_then(|times| usize::try_from(times).ok());
                        Ok(text.repeat(times.ok_or_else(wrong)?))
                    }
                    _ => Err(wrong()),
                },
                _ => Err(wrong()),
            })
            .collect(),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lines_expand_and_end_in_a_newline() {
        let vector = parse(&json!({
            "name": "a", "why": "w", "config": {}, "steps": [],
            "expected": ["one", ["<", ["ab", 3], ">"]], "not_expressible": {"c": "json-only"},
        }))
        .unwrap();
        assert_eq!(vector.expected, "one\n<ababab>\n");
        assert_eq!(vector.not_expressible["c"], "json-only");
    }

    #[test]
    fn a_vector_with_a_slip_is_refused() {
        for wrong in [
            json!({"name": "a", "why": "w"}),
            json!({"name": "a", "why": "", "expected": []}),
            json!({"name": "a", "why": "w", "expected": [], "expcted_extra": []}),
            json!({"name": "a", "why": "w", "expected": [], "not_expressible": {"c": "lazy"}}),
            json!({"name": "a", "why": "w", "expected": [], "not_expressible": {"cobol": "json-only"}}),
            json!({"name": "a", "why": "w", "expected": [7]}),
        ] {
            assert!(parse(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_empty_folder_is_refused() {
        let folder = std::env::temp_dir().join(format!("vigie-no-vectors-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let loaded = load(&folder);
        fs::remove_dir(&folder).unwrap();
        assert!(loaded.is_err());
    }
}
