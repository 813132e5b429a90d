//! The Rust player of the conformance vectors, shared by core's driver (`core/examples/conformance.rs`) and
//! core's test of the same name. Not for comparing: the driver leaves files, the test compares in place.

pub mod json;
pub mod player;
pub mod values;

use json::Json;
use std::path::{Path, PathBuf};

/// The vectors of a folder in the order of their names, with the path of the output written into each.
pub fn load(folder: &Path, output: impl Fn(&str) -> PathBuf) -> Vec<(String, Json)> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let read = |file: &PathBuf| {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let path = serde_json::to_string(output(&name).to_str().unwrap()).unwrap();
        let place = serde_json::to_string(folder.to_str().unwrap()).unwrap();
        let text = std::fs::read_to_string(file).unwrap().replace("$OUT", path.trim_matches('"'));
        let text = text.replace("$VECTORS", place.trim_matches('"'));
        let vector: Json = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, vector)
    };
    files.iter().map(read).collect()
}

/// Why this vector cannot be played in Rust, if it cannot.
pub fn not_expressible(vector: &Json) -> Option<&str> {
    vector.get("not_expressible")?.get("rust").map(Json::text)
}
