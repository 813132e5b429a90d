//! The list of what packages are built for, and what each platform is called by cargo, zig, npm, .NET and pip.
//! Not for building.

use std::env::consts::{ARCH, OS};

use crate::Outcome;

pub struct Target {
    /// As rustc calls it.
    pub triple: &'static str,
    /// What stands behind the triple for zig: the oldest glibc that the library runs on.
    pub glibc: &'static str,
    /// As Node's ecosystem calls it.
    pub node: &'static str,
    /// As .NET calls it.
    pub rid: &'static str,
    /// The tag of its wheels that is asked for; the interpreter tells it where there is one only.
    pub wheel: Option<&'static str>,
    pub system: System,
}

#[derive(Clone, Copy, PartialEq)]
pub enum System {
    Gnu,
    Musl,
    Mac,
    Windows,
}

const fn target(
    names: [&'static str; 3],
    glibc: &'static str,
    wheel: Option<&'static str>,
    system: System,
) -> Target {
    let [triple, node, rid] = names;
    Target { triple, glibc, node, rid, wheel, system }
}

/// The floor of rustc's own standard library, and of manylinux2014.
const OLDEST_GLIBC: &str = ".2.17";
const MANYLINUX: Option<&str> = Some("manylinux2014");
const MUSLLINUX: Option<&str> = Some("musllinux_1_2");

/// Windows appears twice: its own tools make the one, zig makes the other on all other systems. The C interfaces are the same.
const ALL: [Target; 8] = [
    target(["x86_64-unknown-linux-gnu", "linux-x64-gnu", "linux-x64"], OLDEST_GLIBC, MANYLINUX, System::Gnu),
    target(["x86_64-unknown-linux-musl", "linux-x64-musl", "linux-musl-x64"], "", MUSLLINUX, System::Musl),
    target(
        ["aarch64-unknown-linux-gnu", "linux-arm64-gnu", "linux-arm64"],
        OLDEST_GLIBC,
        MANYLINUX,
        System::Gnu,
    ),
    target(
        ["aarch64-unknown-linux-musl", "linux-arm64-musl", "linux-musl-arm64"],
        "",
        MUSLLINUX,
        System::Musl,
    ),
    target(["aarch64-apple-darwin", "darwin-arm64", "osx-arm64"], "", None, System::Mac),
    target(["x86_64-apple-darwin", "darwin-x64", "osx-x64"], "", None, System::Mac),
    target(["x86_64-pc-windows-msvc", "win32-x64-msvc", "win-x64"], "", None, System::Windows),
    target(["x86_64-pc-windows-gnu", "win32-x64-msvc", "win-x64"], "", None, System::Windows),
];

/// The targets that are named, `host` among the names; all for which this system has a linker without a name.
pub fn chosen(names: &[String]) -> Outcome<Vec<&'static Target>> {
    let here: Vec<&Target> = ALL.iter().filter(|target| target.linker() != Linker::None).collect();
    if names.is_empty() {
        return Ok(here);
    }
    let find = |name: &String| {
        let found = here.iter().find(|target| target.triple == name || (name == "host" && target.is_host()));
        let known = || here.iter().map(|target| target.triple).collect::<Vec<_>>().join(", ");
        found.copied().ok_or_else(|| format!("--target {name}: it is host, or one of {}", known()))
    };
    names.iter().map(find).collect()
}

#[derive(Clone, Copy, PartialEq)]
pub enum Linker {
    /// The system's, through plain cargo.
    Own,
    /// cargo-zigbuild.
    Zig,
    None,
}

impl Target {
    /// Linux goes through zig on Linux too, since only that reaches an older glibc than the machine's.
    pub fn linker(&self) -> Linker {
        match (OS, self.system) {
            ("windows", System::Windows) if self.triple.ends_with("msvc") => Linker::Own,
            ("macos", System::Mac) => Linker::Own,
            ("windows", System::Windows) => Linker::None,
            _ if self.triple.ends_with("msvc") => Linker::None,
            _ => Linker::Zig,
        }
    }

    pub fn is_host(&self) -> bool {
        let system = match self.system {
            System::Gnu => OS == "linux" && cfg!(target_env = "gnu"),
            System::Musl => OS == "linux" && cfg!(target_env = "musl"),
            System::Mac => OS == "macos",
            System::Windows => OS == "windows",
        };
        system && self.triple.starts_with(ARCH)
    }

    /// What cargo-zigbuild is given.
    pub fn with_glibc(&self) -> String {
        format!("{}{}", self.triple, self.glibc)
    }

    /// The name of a shared library as this target's linker writes it.
    pub fn library(&self, name: &str) -> String {
        match self.system {
            System::Gnu | System::Musl => format!("lib{name}.so"),
            System::Mac => format!("lib{name}.dylib"),
            System::Windows => format!("{name}.dll"),
        }
    }

    pub fn static_library(&self) -> &'static str {
        if self.triple.ends_with("msvc") { "vigie.lib" } else { "libvigie.a" }
    }

    pub fn command(&self) -> &'static str {
        if self.system == System::Windows { "vigie.exe" } else { "vigie" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_server_builds_each_target_on_one_of_its_systems() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.github/workflows/package.yml");
        let text = std::fs::read_to_string(file).unwrap();
        let lines = text.lines().filter_map(|line| line.trim().strip_prefix("targets: "));
        let mut named: Vec<&str> = lines.flat_map(str::split_whitespace).collect();
        let mut known: Vec<&str> = ALL.iter().map(|target| target.triple).collect();
        // There Windows has its own tools.
        known.retain(|triple| *triple != "x86_64-pc-windows-gnu");
        named.sort_unstable();
        known.sort_unstable();
        assert_eq!(named, known);
    }

    #[test]
    fn targets_are_named_once_and_each_system_has_one_linker() {
        let names = |name: fn(&Target) -> &str| {
            let mut names: Vec<&str> = ALL.iter().map(name).collect();
            names.sort_unstable();
            names.dedup();
            names.len()
        };
        assert_eq!(names(|target| target.triple), ALL.len());
        // The two of Windows are one platform to npm and .NET.
        assert_eq!((names(|target| target.node), names(|target| target.rid)), (ALL.len() - 1, ALL.len() - 1));
        let all = chosen(&[]).unwrap();
        assert_eq!(all.iter().filter(|target| target.system == System::Windows).count(), 1);
        let host = chosen(&["host".to_owned()]).unwrap();
        assert!(host.len() == 1 && host[0].is_host());
        assert!(
            chosen(&["x86_64-unknown-none".to_owned()]).err().unwrap().contains("x86_64-unknown-linux-musl")
        );
    }
}
