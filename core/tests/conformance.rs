//! The conformance vectors in-process against core: each must give exactly the expected bytes.
//! Not for other languages: `cargo xtask conformance` runs their drivers.

// A test stops at the first thing that is not as it must be; the lints are for code inside a host.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../../tests/conformance/drivers/rust/datagrams.rs"]
mod datagrams;
#[path = "../../tests/conformance/drivers/rust/mod.rs"]
mod vectors;

use datagrams::Listener;
use serde_json::Value;
use std::path::{Path, PathBuf};
use vectors::json::Json;

/// A line is a string, or a list of parts; a part is a string or `["text", times]`.
fn expanded(line: &Json) -> String {
    let part = |part: &Json| match part {
        Json::List(pair) => pair[0].text().repeat(usize::try_from(pair[1].int()).unwrap()),
        text => text.text().to_owned(),
    };
    match line {
        Json::Text(text) => text.clone() + "\n",
        parts => parts.list().iter().map(part).collect::<String>() + "\n",
    }
}

fn plain(value: &Json) -> Value {
    match value {
        Json::Null => Value::Null,
        Json::Bool(flag) => (*flag).into(),
        Json::Int(int) => (*int).into(),
        Json::Float(float) => (*float).into(),
        Json::Text(text) => text.as_str().into(),
        Json::List(list) => list.iter().map(plain).collect(),
        Json::Object(members) => members.iter().map(|(key, value)| (key.clone(), plain(value))).collect(),
    }
}

/// Whether an extra is what the vector says of it.
fn agrees(expected: &Json, (kind, data): &(&'static str, String)) -> bool {
    let (wanted, value) = &expected.members()[0];
    match (wanted.as_str(), *kind) {
        ("text", "text") | ("result", "result") => value.text() == data,
        ("error", "result") => data != "ok" && value.list().iter().all(|part| data.contains(part.text())),
        ("carrier", "carrier") => plain(value) == serde_json::from_str::<Value>(data).unwrap(),
        ("stats", "stats") => {
            let stats: Value = serde_json::from_str(data).unwrap();
            value.members().iter().all(|(path, wanted)| {
                stats.pointer(&format!("/{}", path.replace('.', "/"))) == Some(&plain(wanted))
            })
        }
        _ => false,
    }
}

/// What is wrong with a vector's outcome; nothing when it is as expected.
fn difference(vector: &Json, lines: &str, extra: &[(&'static str, String)]) -> Option<String> {
    let expected: Vec<String> = vector.get("expected").unwrap().list().iter().map(expanded).collect();
    let got: Vec<&str> = lines.split_inclusive('\n').collect();
    if expected.concat() != lines {
        let at = expected.iter().zip(&got).position(|(a, b)| a != b).unwrap_or(expected.len().min(got.len()));
        let short = |line: Option<&str>| line.unwrap_or("(none)").chars().take(1500).collect::<String>();
        return Some(format!(
            "line {}\n  expected {}\n  actual   {}",
            at + 1,
            short(expected.get(at).map(String::as_str)),
            short(got.get(at).copied())
        ));
    }
    let wanted = vector.get("expected_extra").map(Json::list).unwrap_or_default();
    if wanted.len() != extra.len() {
        return Some(format!("{} extras expected, got {extra:?}", wanted.len()));
    }
    let wrong = wanted.iter().zip(extra).find(|(expected, got)| !agrees(expected, got));
    wrong.map(|(expected, got)| format!("extra\n  expected {expected:?}\n  actual   {got:?}"))
}

/// Whether the vector's output sends datagrams.
fn listens(vector: &Json) -> bool {
    let outputs = vector.get("config").unwrap().get("outputs").map(Json::list).unwrap_or_default();
    let places = outputs.iter().flat_map(|output| [output.get("address"), output.get("url")]);
    places.flatten().any(|place| matches!(place, Json::Text(text) if text.starts_with("unix:")))
}

/// Whether the system is told of, which is Linux in the vectors.
fn tells_os(vector: &Json) -> bool {
    let told = vector.get("config").unwrap().get("enrich").map(Json::list).unwrap_or_default();
    told.iter().any(|what| matches!(what, Json::Text(text) if text == "os"))
}

#[test]
fn every_vector_gives_the_expected_bytes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance/vectors");
    // With slashes on Windows, too: a path stands in JSON.
    let out = Path::new(concat!(env!("CARGO_TARGET_TMPDIR"), "/conformance"));
    let _ = std::fs::remove_dir_all(out);
    std::fs::create_dir_all(out).unwrap();
    let output = |name: &str| PathBuf::from(format!("{}/{name}.jsonl", out.display()));
    let (mut played, mut failures) = (0, Vec::new());
    for (name, vector) in vectors::load(&folder, output) {
        let is_elsewhere =
            (cfg!(not(unix)) && listens(&vector)) || (cfg!(not(target_os = "linux")) && tells_os(&vector));
        if vectors::not_expressible(&vector).is_some() || is_elsewhere {
            continue;
        }
        played += 1;
        let listener = listens(&vector).then(|| Listener::at(&output(&name)).unwrap());
        let extra = vectors::player::play(vigie_core::host::global(), &vector);
        listener.into_iter().for_each(|listener| listener.close().unwrap());
        let lines = std::fs::read_to_string(output(&name)).unwrap_or_default();
        if let Some(difference) = difference(&vector, &lines, &extra) {
            failures.push(format!("{name}: {difference}\n  why: {}", vector.get("why").unwrap().text()));
        }
    }
    assert!(played >= 60, "only {played} vectors");
    assert!(failures.is_empty(), "{} of {played} failed\n{}", failures.len(), failures.join("\n"));
}
