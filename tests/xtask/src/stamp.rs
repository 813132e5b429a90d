//! Stamps: a step whose inputs have not changed since it last succeeded is not run again.
//! Not for what cargo builds; cargo knows better.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::tree::Tree;

pub struct Stamp {
    file: PathBuf,
    state: String,
}

/// The state of all inputs: the text given and the bytes of every file named, folders with all below
/// them. `node_modules` and build results are left out by the caller's choice of inputs.
pub fn of(tree: &Tree, name: &str, text: &str, inputs: &[&str]) -> Outcome<Stamp> {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    for input in inputs {
        hash(&tree.path(input), &mut hasher).map_err(|error| format!("{input}: {error}"))?;
    }
    let file = tree.target.join("stamps").join(name);
    Ok(Stamp { file, state: format!("{:016x}", hasher.finish()) })
}

impl Stamp {
    pub fn is_fresh(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|state| state == self.state)
    }

    /// Called after success only: a step that failed half-way runs again.
    pub fn write(&self) -> Outcome {
        let folder = self.file.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&self.file, &self.state))
            .map_err(|error| format!("{}: {error}", self.file.display()))
    }
}

fn hash(path: &Path, hasher: &mut DefaultHasher) -> std::io::Result<()> {
    path.hash(hasher);
    if path.is_dir() {
        let mut entries = fs::read_dir(path)?.collect::<Result<Vec<_>, _>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        return entries.iter().try_for_each(|entry| hash(&entry.path(), hasher));
    }
    if path.exists() {
        fs::read(path)?.hash(hasher);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_fresh_until_an_input_changes() {
        let root = std::env::temp_dir().join(format!("vigie-stamp-{}", std::process::id()));
        let tree = Tree {
            root: root.clone(),
            built: root.join("target"),
            target: root.join("target"),
            profile: "release",
        };
        let state = |text| of(&tree, "step", text, &["sources"]).unwrap();
        fs::create_dir_all(root.join("sources/deep")).unwrap();
        fs::write(root.join("sources/deep/a"), "1").unwrap();
        assert!(!state("").is_fresh());
        state("").write().unwrap();
        assert!(state("").is_fresh() && !state("other interpreter").is_fresh());
        fs::write(root.join("sources/deep/a"), "2").unwrap();
        assert!(!state("").is_fresh());
        state("").write().unwrap();
        fs::write(root.join("sources/b"), "").unwrap();
        assert!(!state("").is_fresh());
        fs::remove_dir_all(&root).unwrap();
    }
}
