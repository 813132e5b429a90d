//! Compares what a driver left behind with what its vector demands.
//! Not for judging whether the vector could be played: the runner knows.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::extra;
use super::vector::Vector;
use crate::Outcome;

pub fn vector(vector: &Vector, out: &Path) -> Outcome {
    let file = |ending: &str| out.join(format!("{}.{ending}", vector.name));
    let extras = fs::read(file("extra")).map_err(|_| "not played".to_owned())?;
    let extras = extra::read(&extras)?;
    let lines = match fs::read(file("jsonl")) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error.to_string()),
    };
    same(vector.expected.as_bytes(), &lines)?;
    if extras.len() != vector.extra.len() {
        let got: Vec<_> = extras.iter().map(|extra| format!("{} {}", extra.kind, extra.data)).collect();
        return Err(format!(
            "{} extras expected, {} came: {}",
            vector.extra.len(),
            got.len(),
            got.join(" | ")
        ));
    }
    vector.extra.iter().zip(&extras).try_for_each(|(expected, actual)| extra::check(expected, actual))
}

fn same(expected: &[u8], actual: &[u8]) -> Outcome {
    if expected == actual {
        return Ok(());
    }
    let (wanted, got) = (lines(expected), lines(actual));
    let differing = wanted.iter().zip(&got).position(|(a, b)| a != b);
    let at = differing.unwrap_or_else(|| wanted.len().min(got.len()));
    let show = |lines: &[&[u8]]| {
        lines.get(at).map_or("(no such line)".to_owned(), |line| shown(&String::from_utf8_lossy(line)))
    };
    let counts = format!("{} lines expected, {} came", wanted.len(), got.len());
    Err(format!("line {} ({counts})\n    expected {}\n    actual   {}", at + 1, show(&wanted), show(&got)))
}

/// Each with its newline, so that a missing one shows.
fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').collect()
}

/// Enough of a line to see the difference; some vectors have lines of 64 KiB.
fn shown(line: &str) -> String {
    const MOST: usize = 1200;
    let ended = if line.ends_with('\n') { "" } else { " (without newline)" };
    let line = line.trim_end_matches('\n');
    let cut: String = line.chars().take(MOST).collect();
    let dots = if cut.len() < line.len() { format!("... ({} bytes)", line.len()) } else { String::new() };
    format!("{cut}{dots}{ended}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn bytes_must_be_equal_to_the_last_newline() {
        assert!(same(b"a\nb\n", b"a\nb\n").is_ok());
        assert!(same(b"a\nb\n", b"a\nb").unwrap_err().contains("b (without newline)"));
        assert!(same(b"a\n", b"a\nb\n").unwrap_err().contains("(no such line)"));
        assert!(same(b"a\n", b"").is_err());
    }

    #[test]
    fn a_vector_that_was_not_played_fails_even_if_nothing_is_expected() {
        let out = std::env::temp_dir().join(format!("vigie-compare-{}", std::process::id()));
        fs::create_dir_all(&out).unwrap();
        let nothing = Vector {
            name: "a".to_owned(),
            why: "w".to_owned(),
            expected: String::new(),
            extra: Vec::new(),
            not_expressible: std::collections::BTreeMap::new(),
            listens: false,
        };
        assert_eq!(vector(&nothing, &out).unwrap_err(), "not played");
        fs::write(out.join("a.extra"), "").unwrap();
        assert!(vector(&nothing, &out).is_ok());
        fs::write(out.join("a.extra"), "result 2\nok\n").unwrap();
        assert!(vector(&nothing, &out).is_err());
        let expecting = Vector { extra: vec![json!({"result": "ok"})], ..nothing };
        assert!(vector(&expecting, &out).is_ok());
        fs::remove_dir_all(&out).unwrap();
    }
}
