//! The configuration as Markdown tables, for `core/docs/configuration.md`.
//! Not for what is accepted: the core tells it from the tables that it validates with.

use std::fmt::Write;

use crate::outcome::Failure;
use vigie_core::config::{
    AbsentEntry, DeclaredEntry, KeyEntry, KindEntry, Section, VariableEntry, reference,
};

/// One section for each object of the document, then the environment variables.
pub(crate) fn tables() -> Result<String, Failure> {
    let reference = reference();
    let mut text = String::new();
    let written = reference
        .sections
        .iter()
        .try_for_each(|of| section(&mut text, of))
        .and_then(|()| variables(&mut text, &reference.variables, &reference.context_variables))
        .and_then(|()| absent(&mut text, &reference.absent_variables))
        .and_then(|()| declared(&mut text, &reference.declared));
    written.map_err(|error| Failure::Message(format!("tables of the configuration: {error}")))?;
    Ok(text)
}

fn section(text: &mut String, section: &Section) -> std::fmt::Result {
    match (&section.kind, section.path.as_str()) {
        (Some(kind), path) => of_kind(text, path, kind, section.keys.is_empty())?,
        (None, "") => writeln!(text, "### The document\n")?,
        (None, path) => writeln!(text, "### {path}\n")?,
    }
    if !section.keys.is_empty() {
        writeln!(text, "| key | meaning | accepted | default | example |\n|---|---|---|---|---|")?;
        section.keys.iter().try_for_each(|entry| key(text, &section.path, entry))?;
        writeln!(text)?;
    }
    if !section.unbuilt.is_empty() {
        let keys: Vec<String> =
            section.unbuilt.iter().map(|(key, about)| format!("- `{key}`: {about}")).collect();
        writeln!(text, "Not built yet, and refused with an error that says so:\n\n{}\n", keys.join("\n"))?;
    }
    Ok(())
}

fn of_kind(text: &mut String, path: &str, kind: &KindEntry, has_no_keys: bool) -> std::fmt::Result {
    let KindEntry { name, default_signals, may_wait } = kind;
    let room = if *may_wait {
        "When its buffer is full, the call that records waits for room as long as the far side moves."
    } else {
        "When its buffer is full, records are dropped and counted; no call waits."
    };
    let own = if has_no_keys { " It has no keys of its own." } else { "" };
    let signals = default_signals.join(", ");
    writeln!(text, "### {path}: {name}\n\nTakes {signals} unless `signals` says otherwise. {room}{own}\n")
}

fn key(text: &mut String, path: &str, entry: &KeyEntry) -> std::fmt::Result {
    let mut meaning = entry.about.to_owned();
    let variables: Vec<String> = entry.variables.iter().map(|name| format!("`{name}`")).collect();
    if !variables.is_empty() {
        meaning.push_str(&format!(" Variables: {}.", variables.join(", ")));
    }
    let mut accepted = match entry.is_section {
        true => {
            let path = if path.is_empty() { entry.key.to_owned() } else { format!("{path}.{}", entry.key) };
            format!("an object: see [{path}](#{})", path.replace('.', ""))
        }
        false => plain(&entry.accepted),
    };
    if !entry.unbuilt.is_empty() {
        accepted.push_str(&format!("; not built yet: {}", entry.unbuilt.join(", ")));
    }
    let default = match entry.default.as_str() {
        _ if entry.is_required => "has to be given".to_owned(),
        _ if entry.is_section => "that of its keys".to_owned(),
        "" => "none".to_owned(),
        // What is not JSON is words.
        default => match serde_json::from_str::<serde_json::Value>(default) {
            Ok(_) => format!("`{default}`"),
            Err(_) => plain(default),
        },
    };
    let (meaning, example) = (cell(&meaning), cell(&entry.example));
    writeln!(text, "| `{}` | {meaning} | {accepted} | {default} | `{example}` |", entry.key)
}

fn variables(text: &mut String, all: &[VariableEntry], of_context: &[&str]) -> std::fmt::Result {
    writeln!(text, "### Environment variables\n")?;
    writeln!(text, "| variable | key | accepted | example |\n|---|---|---|---|")?;
    for variable in all {
        let keys: Vec<String> = variable.keys.iter().map(|key| format!("`{key}`")).collect();
        let keys = if keys.is_empty() { "all".to_owned() } else { keys.join(", ") };
        let (accepted, example) = (plain(&variable.accepted), cell(variable.example));
        writeln!(text, "| {} | {keys} | {accepted} | `{example}` |", code(variable.names))?;
    }
    writeln!(
        text,
        "\nThe context of the process that started this one is read from {} where the propagators that know them are in \
         use.\n",
        code(of_context)
    )
}

fn absent(text: &mut String, all: &[AbsentEntry]) -> std::fmt::Result {
    writeln!(text, "### Variables of OpenTelemetry without an equal\n\n| variable | instead |\n|---|---|")?;
    for AbsentEntry { names, instead } in all {
        writeln!(text, "| {} | {} |", code(names), cell(instead))?;
    }
    writeln!(text)
}

fn declared(text: &mut String, all: &[DeclaredEntry]) -> std::fmt::Result {
    for (title, column, has_equal) in [
        ("Keys of a declarative file of OpenTelemetry", "here", true),
        ("Keys of a declarative file without an equal", "instead", false),
    ] {
        writeln!(text, "### {title}\n\n| key | {column} |\n|---|---|")?;
        for entry in all.iter().filter(|entry| entry.has_equal == has_equal) {
            writeln!(text, "| `{}` | {} |", entry.path, cell(&entry.here))?;
        }
        writeln!(text)?;
    }
    Ok(())
}

fn code(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Words that Markdown shows as they are, also in a table.
fn plain(words: &str) -> String {
    words.chars().fold(String::new(), |mut text, c| {
        if matches!(c, '\\' | '`' | '*' | '_' | '|' | '<' | '[') {
            text.push('\\');
        }
        text.push(c);
        text
    })
}

/// Text that cannot end its table cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
