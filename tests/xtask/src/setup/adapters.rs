//! The adapters: an environment for the tests of each, with its framework, and Vigie and the adapter from this checkout.
//! Not for the environment of all other tests: a framework may want other versions than those do.

use std::path::Path;

use super::{Note, python};
use crate::Outcome;
use crate::options::Options;
use crate::tree::{self, Tree};
use crate::{process, stamp};

/// What the tests of all of them need beside their frameworks.
const TESTS: &str = "adapters/requirements.txt";

/// The first file is installed as pip does; what a package says to need that an index may not have yet is passed over for
/// the packages of the second.
const REQUIREMENTS: [(&str, &[&str]); 2] =
    [("requirements.txt", &[]), ("requirements-above.txt", &["--no-deps"])];

pub fn python(tree: &Tree, options: &Options) -> Outcome<Note> {
    let mut note = "unchanged";
    for folder in tree.adapters("pyproject.toml") {
        let venv = tree.adapter_venv(&folder);
        python::environment_in(tree, &venv, &[Path::new(&folder)])?;
        let mut files = vec![(TESTS.to_owned(), &[][..])];
        files.extend(REQUIREMENTS.map(|(name, how)| (format!("{folder}/{name}"), how)));
        for (file, how) in files.into_iter().filter(|(file, _)| tree.has(file)) {
            let stamp = format!("{folder}-{file}").replace('/', "-");
            let step = python::install_into(tree, options, &venv, &stamp, &file, how)?;
            note = if step == "unchanged" { note } else { step };
        }
    }
    Ok(note)
}

/// The development packages of each, this checkout's `vigie` among them, and its compiled faces.
pub fn node(tree: &Tree, options: &Options) -> Outcome<Note> {
    let mut note = "unchanged";
    for folder in tree.adapters("package.json") {
        let sources = ["package.json", "package-lock.json", "tsconfig.json", "lib"]
            .map(|name| format!("{folder}/{name}"));
        let inputs: Vec<&str> = sources.iter().map(String::as_str).collect();
        let stamp = stamp::of(tree, &folder.replace('/', "-"), "", &inputs)?;
        if stamp.is_fresh() && tree.has(&format!("{folder}/node_modules")) {
            continue;
        }
        if options.offline {
            return Ok("left out (--offline); the suites that need it are skipped");
        }
        for args in [&["ci", "--no-audit", "--no-fund"][..], &["run", "--silent", "build"]] {
            process::program(tree, tree::npm(), args).within(tree.path(&folder)).show()?;
        }
        stamp.write()?;
        note = "done";
    }
    Ok(note)
}
