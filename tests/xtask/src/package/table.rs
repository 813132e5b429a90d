//! What became of each artefact, as one table: printed, and stored as text and as JSON.
//! Not for making any.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::json;

use crate::Outcome;

#[derive(Clone, Copy, PartialEq)]
pub enum State {
    /// Installed into a clean environment, where it printed the documented line.
    Ran,
    /// Built, and nothing of it can be run, such as a list of checksums.
    Built,
    /// Built, looked into, and nothing on this machine can run it.
    Linked,
    Skip,
    Fail,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            State::Ran => "ran",
            State::Built => "built",
            State::Linked => "linked only",
            State::Skip => "SKIP",
            State::Fail => "FAIL",
        }
    }
}

pub struct Row {
    pub artefact: String,
    pub target: String,
    pub state: State,
    pub bytes: Option<u64>,
    /// Why it did not run, was skipped or failed.
    pub note: String,
}

/// Prints the table and stores it as `table.txt` and `table.json`; an error when anything failed or nothing was built.
pub fn finish(folder: &Path, rows: &[Row]) -> Outcome {
    let text = text(rows);
    println!("\n{text}");
    let document: Vec<_> = rows.iter().map(json).collect();
    for (name, content) in [("table.txt", text), ("table.json", format!("{:#}\n", json!(document)))] {
        let file = folder.join(name);
        fs::write(&file, content).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    let count = |state| rows.iter().filter(|row| row.state == state).count();
    println!("{} in table.txt and table.json of {}", rows.len(), folder.display());
    match (count(State::Fail), rows.len() - count(State::Skip)) {
        (0, 0) => Err("nothing was built".to_owned()),
        (0, _) => Ok(()),
        (failed, _) => Err(format!("{failed} failed")),
    }
}

fn json(row: &Row) -> serde_json::Value {
    json!({
        "artefact": row.artefact, "target": row.target, "state": row.state.word(), "bytes": row.bytes, "note": row.note,
    })
}

fn text(rows: &[Row]) -> String {
    let widest = |part: fn(&Row) -> &str, least: &str| {
        rows.iter().map(|row| part(row).chars().count()).max().unwrap_or(0).max(least.len())
    };
    let artefact = widest(|row| &row.artefact, "artefact");
    let target = widest(|row| &row.target, "target");
    let mut text = format!("{:artefact$}  {:target$}  state        bytes\n", "artefact", "target");
    text.push_str(&format!("{}\n", "-".repeat(artefact + target + 25)));
    for row in rows {
        let bytes = row.bytes.map_or_else(String::new, |bytes| bytes.to_string());
        let line = format!(
            "{:artefact$}  {:target$}  {:11}  {bytes:>8}",
            row.artefact,
            row.target,
            row.state.word()
        );
        // A text takes everything.
        let _ = writeln!(text, "{}", format!("{line}  {}", row.note.replace('\n', " ")).trim_end());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(state: State) -> Row {
        Row {
            artefact: "C archive".into(),
            target: "host".into(),
            state,
            bytes: Some(7),
            note: "why\nso".into(),
        }
    }

    #[test]
    fn a_failure_or_nothing_at_all_is_an_error() {
        let folder = std::env::temp_dir().join(format!("vigie-table-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        assert_eq!(finish(&folder, &[row(State::Ran), row(State::Linked), row(State::Skip)]), Ok(()));
        assert!(finish(&folder, &[row(State::Skip)]).is_err());
        assert!(finish(&folder, &[row(State::Ran), row(State::Fail)]).is_err());
        let stored = fs::read_to_string(folder.join("table.json")).unwrap();
        assert!(stored.contains("\"state\": \"FAIL\""));
        fs::remove_dir_all(&folder).unwrap();
        assert!(text(&[row(State::Linked)]).contains("C archive  host    linked only         7  why so\n"));
    }
}
