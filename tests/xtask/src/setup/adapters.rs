//! The adapters: the frameworks that their tests run on, and each package under the name that it is imported by.
//! Not for the packages that they adapt to: those are the binding's.

use std::fs;

use super::{Note, python};
use crate::Outcome;
use crate::options::Options;
use crate::tree::{self, Tree};
use crate::{process, stamp};

/// The frameworks of each into the tests' environment, and the sources on its path.
pub fn python(tree: &Tree, options: &Options) -> Outcome<Note> {
    let folders = tree.adapters("python");
    let paths: String = folders.iter().map(|folder| format!("{}\n", tree.path(folder).display())).collect();
    let pth = python::site_packages(&tree.target.join("venv"))?.join("vigie-adapters.pth");
    fs::write(&pth, paths).map_err(|error| format!("{}: {error}", pth.display()))?;
    let mut note = "unchanged";
    for folder in folders {
        let file = format!("{folder}/requirements.txt");
        if tree.has(&file) {
            let step = python::install(tree, options, &folder.replace('/', "-"), &file)?;
            note = if step == "unchanged" { note } else { step };
        }
    }
    Ok(note)
}

/// The development packages of each, this checkout's `vigie` among them, and its compiled faces.
pub fn node(tree: &Tree, options: &Options) -> Outcome<Note> {
    let mut note = "unchanged";
    for folder in tree.adapters("node") {
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
