//! The PowerShell module in its source folder: the native library, and the assembly compiled by the
//! PowerShell of this machine. Not for the module as it is published; package/module.rs builds that.

use std::fs;
use std::path::Path;

use super::{Note, place};
use crate::Outcome;
use crate::options::Options;
use crate::pwsh;
use crate::stamp;
use crate::tree::{self, Tree};

const MODULE: &str = "powershell/Vigie";
const SOURCES: &str = "powershell/src";
const COMPILER: &str = "powershell/build.ps1";
pub const ASSEMBLY: &str = "Vigie.PowerShell.dll";

pub fn library(tree: &Tree, _options: &Options) -> Outcome<Note> {
    place_library(&tree.libraries(), &tree.path(MODULE))
}

/// Puts the library that was built for this platform into `built` where the module looks for it.
pub fn place_library(built: &Path, module: &Path) -> Outcome<Note> {
    let name = tree::library("vigie");
    let to = module.join("runtimes").join(pwsh::rid()).join("native").join(&name);
    place(&built.join(&name), &to)
}

pub fn assembly(tree: &Tree, _options: &Options) -> Outcome<Note> {
    let Ok(pwsh) = pwsh::find() else {
        return Ok("left out, no PowerShell was found; the suites that need it are skipped");
    };
    let sources = sources(tree)?;
    let inputs: Vec<&str> = sources.iter().map(String::as_str).chain([COMPILER]).collect();
    let compiler = format!("{} {}", pwsh.version, pwsh.path.display());
    let stamp = stamp::of(tree, "powershell-assembly", &compiler, &inputs)?;
    let assembly = tree.path(MODULE).join(ASSEMBLY);
    if stamp.is_fresh() && assembly.is_file() {
        return Ok("unchanged");
    }
    compile(tree, &assembly)?;
    stamp.write()?;
    Ok("compiled")
}

/// For the PowerShell of this machine and newer ones.
pub fn compile(tree: &Tree, assembly: &Path) -> Outcome {
    pwsh::find()?;
    pwsh::script(tree, COMPILER, &["-OutputPath", &assembly.to_string_lossy()]).show()
}

/// The C# files, one folder deep: what a build by the .NET SDK leaves in `bin` and `obj` lies deeper.
fn sources(tree: &Tree) -> Outcome<Vec<String>> {
    let mut files = Vec::new();
    for folder in names(tree, SOURCES)? {
        let folder = format!("{SOURCES}/{folder}");
        if tree.path(&folder).is_dir() {
            let sources = names(tree, &folder)?.into_iter().filter(|name| name.ends_with(".cs"));
            files.extend(sources.map(|name| format!("{folder}/{name}")));
        }
    }
    files.sort();
    Ok(files)
}

fn names(tree: &Tree, folder: &str) -> Outcome<Vec<String>> {
    let entries = fs::read_dir(tree.path(folder)).map_err(|error| format!("{folder}: {error}"))?;
    Ok(entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
}
