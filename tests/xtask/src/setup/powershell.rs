//! The PowerShell module in its source folder: the native library, and the assembly compiled by the
//! PowerShell of this machine. Not for the module as it is published; package.rs builds that.

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
    place_library(&tree.release(), &tree.path(MODULE))
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
    pwsh::script(tree, COMPILER, &["-OutputPath", &assembly.to_string_lossy()]).show()?;
    stamp.write()?;
    Ok("compiled")
}

/// The C# files only: a build by the .NET SDK may have left its folders beside them.
fn sources(tree: &Tree) -> Outcome<Vec<String>> {
    let entries = fs::read_dir(tree.path(SOURCES)).map_err(|error| format!("{SOURCES}: {error}"))?;
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut files: Vec<String> =
        names.filter(|name| name.ends_with(".cs")).map(|name| format!("{SOURCES}/{name}")).collect();
    files.sort();
    Ok(files)
}
