//! How a program of a target is started on this machine: as it is, by musl's loader, by QEMU or by Wine.
//! Not for interpreters: see `nodes.rs`.

use std::env::consts::{ARCH, OS};
use std::ffi::OsString;
use std::path::Path;

use crate::Outcome;
use crate::process::{Run, program};
use crate::tree::version_of;

use super::targets::{System, Target};
use super::work::Work;

/// Wine before 8.8 is without the library that Rust asks for random numbers.
const RANDOM: &str = "tests/package/bcryptprimitives.c";

#[derive(Default)]
pub struct Runner {
    /// What stands before the program.
    before: Vec<String>,
    environment: Vec<(&'static str, OsString)>,
}

/// An error says why nothing here runs such programs.
pub fn find(work: &Work<'_>, target: &Target) -> Outcome<Runner> {
    if target.is_host() {
        return Ok(Runner::default());
    }
    let processor = target.triple.split('-').next().unwrap_or_default();
    match target.system {
        System::Mac => Err("it runs on macOS only".to_owned()),
        System::Windows => wine(work),
        _ if OS != "linux" => Err("it runs on Linux only".to_owned()),
        System::Musl => musl(processor),
        System::Gnu => emulated(processor),
    }
}

/// The kernel starts the loader, which a program of musl names by its path.
fn musl(processor: &str) -> Outcome<Runner> {
    let loader = format!("/lib/ld-musl-{processor}.so.1");
    if processor != ARCH {
        Err(format!("no musl for {processor} here"))
    } else if Path::new(&loader).exists() {
        Ok(Runner::default())
    } else {
        Err(format!("no {loader} (Debian: apt install musl)"))
    }
}

/// Another processor's programs, with the libraries of a cross compiler.
fn emulated(processor: &str) -> Outcome<Runner> {
    let emulator = format!("qemu-{processor}-static");
    let libraries = format!("/usr/{processor}-linux-gnu");
    if version_of(&emulator).is_none() {
        return Err(format!("no {emulator} (Debian: apt install qemu-user-static)"));
    }
    if !Path::new(&libraries).join("lib/libc.so.6").exists() {
        let name = if processor == "aarch64" { "arm64" } else { processor };
        return Err(format!(
            "no C library for it (Debian: apt install libc6-{name}-cross libstdc++6-{name}-cross)"
        ));
    }
    Ok(Runner { before: vec![emulator, "-L".to_owned(), libraries], environment: Vec::new() })
}

/// Debian keeps the 64-bit loader out of PATH, where a script asks for the 32-bit one too.
fn wine(work: &Work<'_>) -> Outcome<Runner> {
    let names = ["/usr/lib/wine/wine64", "wine64", "wine"];
    let found = names.into_iter().find(|name| version_of(name).is_some());
    let wine = found.ok_or_else(|| "no Wine (Debian: apt install wine64)".to_owned())?;
    let prefix = work.folder.join("wine");
    let environment = vec![
        ("WINEPREFIX", prefix.clone().into_os_string()),
        ("WINEDEBUG", "-all".into()),
        // Wine says that it is an older Windows than Node supports.
        ("NODE_SKIP_PLATFORM_CHECK", "1".into()),
    ];
    let runner = Runner { before: vec![wine.to_owned()], environment };
    let system = prefix.join("drive_c/windows/system32");
    if !system.is_dir() {
        work.quiet("wineboot", runner.run(work, Path::new("wineboot"), &["--init"]))?;
    }
    let random = system.join("bcryptprimitives.dll");
    if !random.is_file() {
        let (source, library) = (work.tree.path(RANDOM), random.to_string_lossy());
        let args = ["-m", "ziglang", "cc", "-target", "x86_64-windows-gnu", "-shared", "-O1"];
        let files = [&source.to_string_lossy(), "-o", &library, "-ladvapi32"];
        work.quiet("wine-random", work.tool("python", &[&args[..], &files].concat()))?;
    }
    Ok(runner)
}

impl Runner {
    pub fn run(&self, work: &Work<'_>, file: &Path, args: &[&str]) -> Run {
        let file = file.to_string_lossy();
        let before = self.before.iter().map(String::as_str);
        let words: Vec<&str> = before.chain([file.as_ref()]).chain(args.iter().copied()).collect();
        let (first, rest) = words.split_first().unwrap_or((&"", &[]));
        let run = program(work.tree, first, rest);
        self.environment.iter().fold(run, |run, (name, value)| run.env(name, value))
    }

    /// Lets cargo start programs of the target this way.
    pub fn for_cargo(&self, target: &Target, run: Run) -> Run {
        let variable = format!("CARGO_TARGET_{}_RUNNER", target.triple.to_uppercase().replace('-', "_"));
        let run = run.env(&variable, self.before.join(" "));
        self.environment.iter().fold(run, |run, (name, value)| run.env(name, value))
    }

    /// Programs start as fast as the machine's own.
    pub fn is_direct(&self) -> bool {
        self.before.is_empty()
    }
}
