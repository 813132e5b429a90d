//! Archives for everything that has no package manager of its own: the C library with what pkg-config and CMake want to know of
//! it, and the command. The library is tried by a program that is compiled against the unpacked archive.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::process::{Run, program};
use crate::setup::place;
use crate::tree::version_of;

use super::targets::{System, Target};
use super::work::{VERSION, Work};
use super::{Checked, check, native, runners};

pub const LIBRARY: &str = "C library";
pub const COMMAND: &str = "command";
const SOURCES: &str = "bindings/c";

/// Where the parts of the library are in the archive, and what they are called by a linker.
struct Layout {
    shared: &'static str,
    /// A name without the version, for the linker.
    link: Option<&'static str>,
    /// What a linker for Windows takes in place of the library.
    import: &'static str,
    fixed: String,
    /// What a program that takes the static library needs beside it.
    system: &'static str,
}

fn layout(target: &Target) -> Layout {
    let fixed = format!("lib/{}", target.static_library());
    match target.system {
        System::Gnu | System::Musl => {
            let system = "pthread;dl;m";
            Layout { shared: "lib/libvigie.so.1", link: Some("lib/libvigie.so"), import: "", fixed, system }
        }
        System::Mac => {
            let link = Some("lib/libvigie.dylib");
            Layout { shared: "lib/libvigie.1.dylib", link, import: "", fixed, system: "" }
        }
        System::Windows => {
            let msvc = target.triple.ends_with("msvc");
            let import = if msvc { "lib/vigie.dll.lib" } else { "lib/libvigie.dll.a" };
            let system = "ws2_32;userenv;ntdll;bcrypt;crypt32;secur32;ncrypt";
            Layout { shared: "bin/vigie.dll", link: None, import, fixed, system }
        }
    }
}

pub fn library(work: &Work<'_>, target: &Target) -> Outcome<PathBuf> {
    let name = format!("libvigie-{VERSION}-{}", target.node);
    let root = work.empty("c")?.join(&name);
    let built = native::folder(work, target);
    let layout = layout(target);
    place(&built.join(target.library("vigie")), &root.join(layout.shared))?;
    place(&built.join(target.static_library()), &root.join(&layout.fixed))?;
    if let Some(import) = Path::new(layout.import).file_name() {
        place(&built.join(import), &root.join(layout.import))?;
    }
    if let Some(link) = layout.link {
        soname(&root, layout.shared, link)?;
    }
    place(&work.tree.path(SOURCES).join("include/vigie.h"), &root.join("include/vigie.h"))?;
    for (from, to) in [("LICENSE", "LICENSE"), ("bindings/c/README.md", "README.md")] {
        place(&work.tree.path(from), &root.join(to))?;
    }
    let values = [
        ("@VERSION@", VERSION),
        ("@SHARED@", layout.shared),
        ("@IMPORT@", layout.import),
        ("@STATIC@", layout.fixed.as_str()),
        ("@SYSTEM@", layout.system),
    ];
    for (template, to) in [
        ("vigie.pc.in", "lib/pkgconfig/vigie.pc"),
        ("vigie-config.cmake.in", "lib/cmake/vigie/vigie-config.cmake"),
        ("vigie-config-version.cmake.in", "lib/cmake/vigie/vigie-config-version.cmake"),
    ] {
        fill(&work.tree.path(SOURCES).join(template), &root.join(to), &values)?;
    }
    archived(work, target, &root)
}

/// A link from the one to the other, which are in one folder; Windows has no such names.
#[cfg(unix)]
fn soname(root: &Path, shared: &str, link: &str) -> Outcome {
    let file = Path::new(shared).file_name().unwrap_or_default();
    std::os::unix::fs::symlink(file, root.join(link)).map_err(|error| format!("{link}: {error}"))
}

#[cfg(not(unix))]
fn soname(_root: &Path, _shared: &str, link: &str) -> Outcome {
    Err(format!("{link}: a library for another system is packed there only"))
}

fn fill(template: &Path, to: &Path, values: &[(&str, &str)]) -> Outcome {
    let fail = |error: std::io::Error| format!("{}: {error}", template.display());
    let text = fs::read_to_string(template).map_err(fail)?;
    let text = values.iter().fold(text, |text, (name, value)| text.replace(name, value));
    fs::create_dir_all(to.parent().unwrap_or(to)).and_then(|()| fs::write(to, text)).map_err(fail)
}

pub fn command(work: &Work<'_>, target: &Target) -> Outcome<PathBuf> {
    let root = work.empty("command")?.join(format!("vigie-cli-{VERSION}-{}", target.node));
    fs::create_dir_all(&root).map_err(|error| format!("{}: {error}", root.display()))?;
    let built = native::folder(work, target).join(target.command());
    // With its permissions.
    fs::copy(&built, root.join(target.command())).map_err(|error| format!("{}: {error}", built.display()))?;
    for (from, to) in [("LICENSE", "LICENSE"), ("bindings/cli/README.md", "README.md")] {
        place(&work.tree.path(from), &root.join(to))?;
    }
    archived(work, target, &root)
}

fn archived(work: &Work<'_>, target: &Target, root: &Path) -> Outcome<PathBuf> {
    let name = root.file_name().unwrap_or_default().to_string_lossy();
    let archive = work.artefacts().join(format!("{name}.{}", ending(target)));
    let args = [archive.to_string_lossy(), root.to_string_lossy()];
    work.quiet("archive", work.script("archive.py", &args.each_ref().map(|arg| arg.as_ref())))?;
    work.inspect(target, &archive)?;
    Ok(archive)
}

/// Unpacked into an empty folder, as whoever downloads it does. The name is that of the one folder in it.
fn unpack(work: &Work<'_>, target: &Target, kind: &str, name: &str) -> Outcome<PathBuf> {
    let folder = work.empty(&format!("try/{kind}-{}", target.node))?;
    let archive = work.artefacts().join(format!("{name}.{}", ending(target)));
    let python = |module, how| {
        let (archive, to) = (archive.to_string_lossy(), folder.to_string_lossy());
        work.tool("python", &["-m", module, how, archive.as_ref(), to.as_ref()])
    };
    let run = match target.system {
        System::Windows => python("zipfile", "--extract"),
        System::Gnu | System::Musl | System::Mac => python("tarfile", "--extract"),
    };
    work.quiet("unpack", run)?;
    Ok(folder.join(name))
}

fn ending(target: &Target) -> &'static str {
    if target.system == System::Windows { "zip" } else { "tar.gz" }
}

pub fn check_command(work: &Work<'_>, target: &Target) -> Outcome<Checked> {
    let runner = match runners::find(work, target) {
        Ok(runner) => runner,
        Err(why) => return Ok(Checked::Not(why)),
    };
    let root = unpack(work, target, "command", &format!("vigie-cli-{VERSION}-{}", target.node))?;
    let file = root.join(target.command());
    check::command(work, &format!("command-{}", target.node), |args| runner.run(work, &file, args))?;
    Ok(Checked::ran())
}

/// The ten lines against the shared and against the static library; on the machine's own platform by its compiler, pkg-config and
/// CMake, elsewhere by zig's compiler.
pub fn check_library(work: &Work<'_>, target: &Target) -> Outcome<Checked> {
    let runner = match runners::find(work, target) {
        Ok(runner) => runner,
        Err(why) => return Ok(Checked::Not(why)),
    };
    let root = unpack(work, target, "c", &format!("libvigie-{VERSION}-{}", target.node))?;
    let source = check::quickstart(work, "quickstart.c", &root)?;
    let layout = layout(target);
    let system: Vec<String> = layout.system.split_terminator(';').map(|name| format!("-l{name}")).collect();
    // A compiler of a system knows by itself where its unwinder is.
    let unwinder = (!target.is_host()).then_some("-lunwind");
    let fixed: Vec<&str> = [layout.fixed.as_str()]
        .into_iter()
        .chain(system.iter().map(String::as_str))
        .chain(unwinder)
        .collect();
    // By its name zig's linker takes the static one where there is an import library.
    let shared = if layout.import.is_empty() { vec!["-Llib", "-lvigie"] } else { vec![layout.import] };
    for (kind, library) in [("shared", shared), ("static", fixed)] {
        // Windows looks for a library beside the program.
        let file = if target.system == System::Windows { format!("bin/{kind}.exe") } else { kind.to_owned() };
        let args = [&["-std=c99", "-Wall", "-Werror", "-Iinclude", &source, "-o", &file], library.as_slice()]
            .concat();
        let name = format!("c-{}-{kind}", target.node);
        work.quiet(&name, compiler(work, target, &args).within(&root))?;
        let run = runner.run(work, &root.join(&file), &[]).within(&root);
        check::ten_lines(work, &name, run.env("LD_LIBRARY_PATH", root.join("lib")))?;
    }
    if target.is_host() {
        by_pkg_config(work, &root, &source)?;
        by_cmake(work, &root)?;
    }
    Ok(Checked::ran())
}

fn compiler(work: &Work<'_>, target: &Target, args: &[&str]) -> Run {
    if target.is_host() {
        return program(work.tree, "cc", args);
    }
    // `x86_64-unknown-linux-musl` is `x86_64-linux-musl` there.
    let triple = target.with_glibc().replace("-unknown", "").replace("-pc", "");
    work.tool("python", &[&["-m", "ziglang", "cc", "-target", &triple], args].concat())
}

/// As `cc $(pkg-config --cflags --libs vigie) program.c` in a shell.
fn by_pkg_config(work: &Work<'_>, root: &Path, source: &str) -> Outcome {
    if version_of("pkg-config").is_none() {
        return Ok(());
    }
    let mut ask = program(work.tree, "pkg-config", &["--cflags", "--libs", "vigie"]);
    ask.command.env("PKG_CONFIG_PATH", root.join("lib/pkgconfig"));
    let told = ask.command.output().map_err(|error| format!("pkg-config: {error}"))?;
    let flags = String::from_utf8_lossy(&told.stdout).into_owned();
    let args: Vec<&str> =
        [source, "-o", "by-pkg-config"].into_iter().chain(flags.split_whitespace()).collect();
    work.quiet("c-pkg-config", program(work.tree, "cc", &args).within(root))?;
    let run = program(work.tree, root.join("by-pkg-config"), &[]).within(root);
    check::ten_lines(work, "c-pkg-config", run.env("LD_LIBRARY_PATH", root.join("lib")))
}

const PROJECT: &str = "cmake_minimum_required(VERSION 3.16)
project(quickstart C)
find_package(vigie 0.1 REQUIRED CONFIG)
add_executable(shared quickstart.c)
target_link_libraries(shared vigie::vigie)
add_executable(fixed quickstart.c)
target_link_libraries(fixed vigie::static)
";

fn by_cmake(work: &Work<'_>, root: &Path) -> Outcome {
    if version_of("cmake").is_none() {
        return Ok(());
    }
    let file = root.join("CMakeLists.txt");
    fs::write(&file, PROJECT).map_err(|error| format!("{}: {error}", file.display()))?;
    let prefix = format!("-DCMAKE_PREFIX_PATH={}", root.display());
    for args in [&["-S", ".", "-B", "by-cmake", &prefix][..], &["--build", "by-cmake"]] {
        work.quiet("c-cmake", program(work.tree, "cmake", args).within(root))?;
    }
    ["shared", "fixed"].iter().try_for_each(|kind| {
        let run = program(work.tree, root.join("by-cmake").join(kind), &[]).within(root);
        check::ten_lines(work, &format!("c-cmake-{kind}"), run)
    })
}
