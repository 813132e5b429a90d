//! The schema against the lines that every language must write: the conformance vectors.
//! It says nothing about whether any language writes them.

// A helper of a test fails the test by panicking, like the test itself.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// An expected line is a text, or parts to be joined: a text, or a text and how often it stands there.
fn line(expected: &Value) -> String {
    let part = |part: &Value| match part {
        Value::Array(repeated) => {
            repeated[0].as_str().unwrap().repeat(usize::try_from(repeated[1].as_u64().unwrap()).unwrap())
        }
        text => text.as_str().unwrap().to_owned(),
    };
    match expected {
        Value::Array(parts) => parts.iter().map(part).collect(),
        text => text.as_str().unwrap().to_owned(),
    }
}

/// Whether a vector's outputs write lines of the schema, and not another format or datagrams.
fn holds_lines(config: &Value) -> bool {
    let config = config.to_string();
    !config.contains("otlp-json") && !config.contains("unix:$OUT")
}

#[test]
fn every_line_that_a_vector_expects_is_valid() {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/vectors");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("vectors");
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).unwrap();
    let mut lines = 0;
    let files = std::fs::read_dir(vectors).unwrap().map(|entry| entry.unwrap().path());
    for path in files.filter(|path| path.extension().is_some_and(|extension| extension == "json")) {
        let vector: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        if !holds_lines(&vector["config"]) {
            continue;
        }
        let expected = vector["expected"].as_array().map(Vec::as_slice).unwrap_or_default();
        lines += expected.len();
        let text: String = expected.iter().map(|e| line(e) + "\n").collect();
        std::fs::write(folder.join(path.file_name().unwrap()).with_extension("jsonl"), text).unwrap();
    }
    assert!(lines > 100, "{lines} lines found");
    let output = Command::new(env!("CARGO_BIN_EXE_vigie")).arg("check").arg(&folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
