//! The PowerShell module as it is published, with the library of every platform that was built. Tried from an empty module path,
//! and the module's own suite is run on that folder. Not for publishing.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::process::{cargo, program};
use crate::setup::place;
use crate::setup::powershell::{self, ASSEMBLY};
use crate::tree::version_of;
use crate::{psd1, pwsh, suites};

use super::targets::Target;
use super::work::{VERSION, Work};
use super::{Checked, check, native};

const MODULE: &str = "powershell/Vigie";
const PROJECT: &str = "powershell/src/Vigie.PowerShell.csproj";
const MANIFEST: &str = "Vigie.psd1";
/// Why the assembly is not the portable one, where it is not.
const NOT_PORTABLE: &str = "not-portable.txt";
/// Made by a build: a package gets them new.
const BUILT: [&str; 2] = [ASSEMBLY, "runtimes"];

/// An archive, or the folder alone where the assembly is not the portable one: that is for no other machine.
pub fn build(work: &Work<'_>, targets: &[&Target]) -> Outcome<PathBuf> {
    let folder = work.empty("powershell")?;
    let module = folder.join("Vigie");
    copy(&work.tree.path(MODULE), &module, &BUILT)?;
    let assembly = dotnet().and_then(|dotnet| compile(work, &dotnet, &folder));
    match &assembly {
        Ok(assembly) => {
            place(assembly, &module.join(ASSEMBLY))?;
        }
        Err(_) => powershell::compile(work.tree, &module.join(ASSEMBLY))?,
    }
    for target in targets {
        let library = target.library("vigie");
        let built = native::folder(work, target).join(&library);
        // What could not be built for has its own row in the table.
        if built.is_file() {
            place(&built, &module.join("runtimes").join(target.rid).join("native").join(&library))?;
        }
    }
    compare_file_list(&module)?;
    if let Err(why) = assembly {
        let note = folder.join(NOT_PORTABLE);
        fs::write(&note, why).map_err(|error| format!("{}: {error}", note.display()))?;
        return Ok(module);
    }
    let archive = work.artefacts().join(format!("Vigie-{VERSION}.zip"));
    let args = [archive.to_string_lossy(), module.to_string_lossy()];
    work.quiet("archive", work.script("archive.py", &args.each_ref().map(|arg| arg.as_ref())))?;
    Ok(archive)
}

/// DOTNET_ROOT, PATH, and where its install script puts it.
fn dotnet() -> Outcome<PathBuf> {
    let name = format!("dotnet{}", env::consts::EXE_SUFFIX);
    let root = env::var_os("DOTNET_ROOT").map(PathBuf::from);
    let path = env::var_os("PATH").unwrap_or_default();
    let home = env::home_dir().map(|home| home.join(".dotnet"));
    let folders = root.into_iter().chain(env::split_paths(&path)).chain(home);
    folders
        .map(|folder| folder.join(&name))
        // A runtime without an SDK answers `--version` with an error.
        .find(|dotnet| dotnet.is_file() && version_of(&dotnet.to_string_lossy()).is_some())
        .ok_or_else(|| {
            "no .NET SDK (DOTNET_ROOT, dotnet in PATH, ~/.dotnet): the portable assembly is built with it; \
             install .NET SDK 8 or newer. A checkout does not need it: cargo xtask setup"
                .to_owned()
        })
}

/// The portable assembly. Everything that the SDK writes stays in the folder.
fn compile(work: &Work<'_>, dotnet: &Path, folder: &Path) -> Outcome<PathBuf> {
    let output = folder.join("build");
    let intermediate = format!("-p:BaseIntermediateOutputPath={}/", folder.join("obj").display());
    let version = format!("-p:Version={VERSION}");
    let mut run = program(work.tree, dotnet, &["build", PROJECT, "--configuration", "Release", "--nologo"]);
    run.command.arg("--output").arg(&output).args([&intermediate, &version]);
    // No server of the compiler outlives the build.
    run.command.args(["-nodeReuse:false", "-p:UseSharedCompilation=false"]);
    if let Some(folder) = &work.options.dotnet_packages {
        let folder =
            fs::canonicalize(folder).map_err(|error| format!("--dotnet-packages {folder}: {error}"))?;
        run.command.arg("--source").arg(folder);
    }
    let run = run.env("DOTNET_CLI_TELEMETRY_OPTOUT", "1").env("DOTNET_NOLOGO", "1");
    work.quiet("dotnet", run).map_err(|error| {
        format!(
            "{error}\n       without network: --dotnet-packages FOLDER names a folder that holds the packages"
        )
    })?;
    Ok(output.join(ASSEMBLY))
}

fn copy(from: &Path, to: &Path, without: &[&str]) -> Outcome {
    let fail = |error: std::io::Error| format!("{}: {error}", from.display());
    fs::create_dir_all(to).map_err(fail)?;
    for entry in fs::read_dir(from).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let name = entry.file_name();
        // A compilation that was killed leaves a folder with a dot.
        if without.iter().any(|built| name == *built) || name.to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.path().is_dir() {
            copy(&entry.path(), &to.join(name), &[])?;
        } else {
            fs::copy(entry.path(), to.join(name)).map_err(fail)?;
        }
    }
    Ok(())
}

/// The manifest's FileList names every file but those below `runtimes`, which differ between platforms:
/// an installation keeps only its own.
fn compare_file_list(module: &Path) -> Outcome {
    let manifest = module.join(MANIFEST);
    let text = fs::read_to_string(&manifest).map_err(|error| format!("{}: {error}", manifest.display()))?;
    let named: Vec<String> = psd1::texts(&text, "FileList")
        .ok_or_else(|| format!("{MANIFEST} has no FileList"))?
        .iter()
        .map(|file| file.replace('\\', "/").trim_start_matches("./").to_owned())
        .collect();
    let mut files = Vec::new();
    list(module, "", &mut files)?;
    let not_named =
        files.iter().filter(|file| !named.contains(file)).map(|file| format!("{file} is not named"));
    let not_there =
        named.iter().filter(|file| !files.contains(file)).map(|file| format!("{file} is not there"));
    let wrong: Vec<String> = not_named.chain(not_there).collect();
    if wrong.is_empty() { Ok(()) } else { Err(format!("FileList of {MANIFEST}: {}", wrong.join(", "))) }
}

fn list(folder: &Path, prefix: &str, files: &mut Vec<String>) -> Outcome {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries.flatten() {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if !entry.path().is_dir() {
            files.push(name);
        } else if name != "runtimes" {
            list(&entry.path(), &format!("{name}/"), files)?;
        }
    }
    Ok(())
}

/// The ten lines with this module alone in the path, PowerShell's own view of the manifest, and the suite on this very folder.
pub fn check(work: &Work<'_>) -> Outcome<Checked> {
    if let Err(why) = pwsh::find() {
        return Ok(Checked::Not(format!("{why}; {}", pwsh::CURE)));
    }
    let path = work.folder.join("build/powershell");
    let own = path.join("Vigie/runtimes").join(pwsh::rid());
    if !own.is_dir() {
        return Ok(Checked::Not(format!("it holds no library for {}: --target host adds it", pwsh::rid())));
    }
    let manifest = path.join("Vigie").join(MANIFEST).to_string_lossy().into_owned();
    let folder = work.empty("try/powershell")?;
    let quickstart = check::quickstart(work, "quickstart.ps1", &folder)?;
    let run = pwsh::script(work.tree, &quickstart, &[]).env("PSModulePath", &path).within(&folder);
    check::ten_lines(work, "powershell", run)?;
    let quoted = manifest.replace('\'', "''");
    let text = format!("$ErrorActionPreference = 'Stop'; Test-ModuleManifest -Path '{quoted}'");
    work.quiet("module-manifest", pwsh::command(work.tree, &text))?;
    suite(work, &manifest)?;
    let note = fs::read_to_string(path.join(NOT_PORTABLE));
    let note = note.map(|why| {
        format!("not for publishing, its assembly is compiled by the PowerShell of this machine: {why}")
    });
    Ok(Checked::Ran(note.unwrap_or_default()))
}

fn suite(work: &Work<'_>, manifest: &str) -> Outcome {
    if let Some((why, cure)) = suites::powershell::without_pester(work.tree) {
        println!("package: the module's suite did not run, {why}; {cure}");
        return Ok(());
    }
    // What the suite reads the lines with.
    cargo(work.tree, work.options, &["build", "--release", "--package", "vigie-cli"]).show()?;
    let mut suite = suites::powershell::pester(work.tree).env("VIGIE_MODULE", manifest);
    if work.options.full {
        suite = suite.env("VIGIE_FULL", "1");
    }
    work.quiet("powershell-suite", suite)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_files_is_compared_in_both_directions() {
        let folder = env::temp_dir().join(format!("vigie-package-{}", std::process::id()));
        let (from, module) = (folder.join("source"), folder.join("module"));
        fs::create_dir_all(from.join("runtimes/any")).unwrap();
        fs::create_dir_all(from.join("en-US")).unwrap();
        fs::create_dir_all(from.join(".building-1")).unwrap();
        for file in [
            "Vigie.PowerShell.dll",
            "runtimes/any/x.so",
            ".building-1/Vigie.PowerShell.dll",
            "en-US/help.txt",
        ] {
            fs::write(from.join(file), "").unwrap();
        }
        let manifest =
            |list: &str| fs::write(from.join(MANIFEST), format!("@{{\nFileList = @({list})\n}}\n")).unwrap();
        let check = || {
            copy(&from, &module, &BUILT).unwrap();
            assert!(!module.join("runtimes").exists() && !module.join(ASSEMBLY).exists());
            fs::create_dir_all(module.join("runtimes/other")).unwrap();
            let result = compare_file_list(&module);
            fs::remove_dir_all(&module).unwrap();
            result
        };
        manifest("'Vigie.psd1', 'en-US\\help.txt'");
        assert_eq!(check(), Ok(()));
        manifest("'Vigie.psd1'");
        assert!(check().unwrap_err().contains("en-US/help.txt is not named"));
        manifest("'Vigie.psd1', 'en-US/help.txt', 'gone.ps1'");
        assert!(check().unwrap_err().contains("gone.ps1 is not there"));
        fs::remove_dir_all(&folder).unwrap();
    }
}
