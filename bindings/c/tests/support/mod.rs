//! Compiles C programs against the library and runs them; says why when it cannot.
//! Not for judging what they wrote: each test does that itself.
#![allow(dead_code, reason = "each test crate includes this module and uses a part of it")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// The flags under which the header, the example and the tests must be clean.
pub const C99: [&str; 5] = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror"];
pub const CXX11: [&str; 7] = ["-x", "c++", "-std=c++11", "-pedantic", "-Wall", "-Wextra", "-Werror"];

pub fn binding() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// `VIGIE_FULL=1` asks for the large counts.
pub fn count(default: usize, full: usize) -> usize {
    if std::env::var_os("VIGIE_FULL").is_some_and(|value| value != "0") { full } else { default }
}

/// Prints why a test does nothing; fails instead when `VIGIE_REQUIRE` names `c`.
pub fn skip(reason: &str, cure: &str) {
    let required = std::env::var("VIGIE_REQUIRE").unwrap_or_default();
    let required = required.split([',', ' ']).any(|word| word == "c");
    assert!(!required, "{reason}, but VIGIE_REQUIRE asks for c; {cure}");
    // Past the test harness, which keeps what a passing test prints to itself.
    let _told = writeln!(std::io::stderr(), "SKIP: {reason}; {cure}");
}

/// Whether a tool can be started; otherwise the test is to be skipped.
pub fn has(tool: &str, package: &str) -> bool {
    let found = Command::new(tool).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if found.is_ok_and(|status| status.success()) {
        return true;
    }
    skip(&format!("no {tool}"), &format!("to enable it: apt-get install {package}"));
    false
}

/// An empty directory of this test, removed when the value is dropped.
pub struct Scratch(pub PathBuf);

impl Scratch {
    pub fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _absent = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _kept = std::fs::remove_dir_all(&self.0);
        }
    }
}

/// The built library. Cargo does not build it for these tests: Rust cannot link a cdylib, so it is
/// no dependency of theirs.
pub fn library(name: &str) -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| built_with(&[])).join(name)
}

/// Builds with the profile of this test, in its place, so that what the library depends on is built once; gives the directory.
pub fn built_with(features: &[&str]) -> PathBuf {
    let programs = std::env::current_exe().unwrap();
    let output = programs.ancestors().nth(2).unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--package", env!("CARGO_PKG_NAME")]).args(features);
    cargo.arg("--target-dir").arg(output.parent().unwrap());
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    succeed(cargo.current_dir(binding()));
    output.to_owned()
}

/// What a library that panics on demand has somewhere.
pub const FAILPOINT: &[u8] = b"vigie failpoint";

pub fn holds(path: &Path, needle: &[u8]) -> bool {
    let bytes = std::fs::read(path).unwrap();
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// Runs a program that counts its checks; nothing may appear on standard error.
pub fn judge(mut command: Command) {
    let output = succeed(&mut command);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.ends_with(" checks, 0 failed\n"), "{said}");
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(complaint, "", "nothing is to be said on standard error");
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Linking {
    Shared,
    Static,
}

/// Compiles one C source against the library; the program lands in `scratch`.
pub fn compile(source: &Path, flags: &[&str], linking: Linking, scratch: &Scratch) -> PathBuf {
    match linking {
        Linking::Static => link(source, flags, &library("libvigie.a"), scratch),
        Linking::Shared => {
            let path = format!("-Wl,-rpath,{}", scratch.0.display());
            link(source, &[flags, &[&path]].concat(), &installed(scratch), scratch)
        }
    }
}

/// Compiles one C source against this very library.
pub fn link(source: &Path, flags: &[&str], library: &Path, scratch: &Scratch) -> PathBuf {
    let stem = source.file_stem().unwrap().to_str().unwrap();
    let kind = library.extension().unwrap().to_str().unwrap();
    let program = scratch.file(&format!("{stem}-{kind}"));
    let mut cc = Command::new("cc");
    cc.args(flags).arg("-g").arg("-I").arg(binding().join("include"));
    cc.arg(source).args(["-x", "none"]).arg("-o").arg(&program).arg(library);
    cc.args(["-lpthread", "-ldl", "-lm"]);
    succeed(&mut cc);
    program
}

/// The shared library under its soname, as an installation has it.
fn installed(scratch: &Scratch) -> PathBuf {
    let path = scratch.file("libvigie.so.1");
    if !path.exists() {
        std::fs::copy(library("libvigie.so"), &path).unwrap();
    }
    path
}

/// Runs a command without the tester's own settings; fails with its output unless it exits 0.
pub fn succeed(command: &mut Command) -> Output {
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("VIGIE_") || name.starts_with("OTEL_") || name.starts_with("TRACE") {
            command.env_remove(name);
        }
    }
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// The flags of gcc's sanitizers, when it has them.
pub fn sanitizers() -> Option<[&'static str; 2]> {
    let flags = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
    let scratch = Scratch::new("sanitizers");
    let source = scratch.file("empty.c");
    std::fs::write(&source, "int main(void) { return 0; }\n").unwrap();
    let output = Command::new("cc").args(flags).arg(&source).arg("-o").arg(scratch.file("empty")).output();
    let found = output.is_ok_and(|output| output.status.success());
    if !found {
        skip("cc has no sanitizers", "to enable it: apt-get install libgcc-dev");
    }
    found.then_some(flags)
}

/// Valgrind as strict as it gets without the still reachable: globals live until the end.
pub fn valgrind(program: &Path) -> Command {
    let mut command = Command::new("valgrind");
    command.args(["--quiet", "--leak-check=full", "--errors-for-leak-kinds=definite,indirect"]);
    command
        .args(["--show-leak-kinds=definite,indirect", "--child-silent-after-fork=yes", "--error-exitcode=9"])
        .arg(program);
    command
}

/// Every line of a file as a JSON object; a broken line fails with its number.
pub fn lines(path: &Path) -> Vec<serde_json::Map<String, serde_json::Value>> {
    let text = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let text = String::from_utf8(text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(text.is_empty() || text.ends_with('\n'), "{}: no newline at the end", path.display());
    let parse = |(number, line): (usize, &str)| {
        assert!(
            !line.bytes().any(|byte| byte < b' ' || byte == 0x7f),
            "{}:{number}: a control",
            path.display()
        );
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{}:{number}: {error}", path.display()))
    };
    text.split_terminator('\n').enumerate().map(parse).collect()
}
