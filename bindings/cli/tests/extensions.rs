//! Commands that are programs of their own, run as users do.

// A helper of a test fails the test by panicking, like the test itself.
#![allow(clippy::unwrap_used, clippy::panic)]
// The programs of these tests are shell scripts; what runs them elsewhere is one call of the standard library.
#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Held by one test at a time: a process that another test starts while a program is being written would have it open for
/// writing for a moment, and what is open for writing cannot be run.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A folder of one test with one program.
fn folder(test: &str, program: &str, script: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("extensions").join(test);
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(program);
    std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// The command with nothing on PATH but these folders, and the shell's own.
fn vigie(folders: &[&Path], arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vigie"));
    let own = [Path::new("/usr/bin"), Path::new("/bin")];
    let path = std::env::join_paths(folders.iter().chain(&own)).unwrap();
    command.args(arguments).env("PATH", path).env_remove("VIRTUAL_ENV");
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn assert_ends(output: &Output, code: i32, out: &str, err: &str) {
    assert_eq!((text(&output.stdout).as_str(), text(&output.stderr).as_str()), (out, err));
    assert_eq!(output.status.code(), Some(code));
}

#[test]
fn a_program_on_path_gets_all_arguments_and_its_exit_code_is_the_commands() {
    let _alone = alone();
    let folder = folder("arguments", "vigie-echo", "echo \"$@\"; echo said >&2; exit 7");
    let output = vigie(&[&folder], &["echo", "--help", "a b", "-x"]).output().unwrap();
    assert_ends(&output, 7, "--help a b -x\n", "said\n");
}

#[test]
fn an_own_command_is_not_replaced() {
    let _alone = alone();
    let folder = folder("own", "vigie-schema", "echo another");
    let output = vigie(&[&folder], &["schema"]).output().unwrap();
    assert!(text(&output.stdout).starts_with('{'));
}

#[test]
fn what_is_no_program_is_passed_over() {
    let _alone = alone();
    let plain = folder("plain", "vigie-pick", "echo plain");
    std::fs::set_permissions(plain.join("vigie-pick"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let good = folder("good", "vigie-pick", "echo good");
    let relative = folder("relative", "vigie-pick", "echo relative");
    let mut command = vigie(&[Path::new("."), &plain, &good], &["pick"]);
    assert_ends(&command.current_dir(relative).output().unwrap(), 0, "good\n", "");
}

#[test]
fn the_active_virtual_environment_is_looked_into_after_path() {
    let _alone = alone();
    let environment =
        folder("environment/bin", "vigie-pick", "echo environment").parent().unwrap().to_path_buf();
    let output = vigie(&[], &["pick"]).env("VIRTUAL_ENV", &environment).output().unwrap();
    assert_ends(&output, 0, "environment\n", "");
    let path = folder("path", "vigie-pick", "echo path");
    let output = vigie(&[&path], &["pick"]).env("VIRTUAL_ENV", &environment).output().unwrap();
    assert_ends(&output, 0, "path\n", "");
}

#[test]
fn a_program_beside_the_command_is_found() {
    let _alone = alone();
    let folder = folder("beside", "vigie-pick", "echo beside");
    let copy = folder.join("vigie");
    std::fs::copy(env!("CARGO_BIN_EXE_vigie"), &copy).unwrap();
    let output = Command::new(copy).arg("pick").env("PATH", "/usr/bin:/bin").output().unwrap();
    assert_ends(&output, 0, "beside\n", "");
}

#[test]
fn a_signal_reaches_the_program_and_its_end_by_one_is_the_commands() {
    let _alone = alone();
    let folder =
        folder("signal", "vigie-wait", "trap 'exit 9' TERM; echo ready; while :; do sleep 0.1; done");
    let mut child = vigie(&[&folder], &["wait"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut ready = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
    assert_eq!(ready, "ready\n");
    let sent = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    assert_eq!(child.wait().unwrap().code(), Some(9));
    let folder = self::folder("killed", "vigie-die", "kill -KILL $$");
    assert_eq!(vigie(&[&folder], &["die"]).status().unwrap().signal(), Some(9));
}

#[test]
fn a_known_program_that_is_missing_is_said_with_what_brings_it() {
    let _alone = alone();
    let output = vigie(&[], &["qdrant", "http://127.0.0.1:6333"]).output().unwrap();
    let said = "vigie: there is no program `vigie-qdrant` on PATH, beside vigie or in an active virtual environment\n\
                `pip install vigie-qdrant` brings it\n";
    assert_ends(&output, 2, "", said);
    let help = text(&vigie(&[], &["--help"]).output().unwrap().stdout);
    assert!(help.contains("  qdrant         Show a Qdrant server's health"), "{help}");
}

#[test]
fn a_name_that_nothing_has_is_said_with_the_commands_that_there_are() {
    let _alone = alone();
    let output = vigie(&[], &["chekc"]).output().unwrap();
    let said = "vigie: no command `chekc`, and no program `vigie-chekc` on PATH, beside vigie or in an active virtual \
                environment\ncommands: check, trace, tail, search, patterns, errors, doctor, level, schema, configuration; of packages: qdrant (pip install \
                vigie-qdrant)\n";
    assert_ends(&output, 2, "", said);
    let folder = folder("deep/below", "vigie-x", "echo escaped").parent().unwrap().to_path_buf();
    std::fs::create_dir_all(folder.join("vigie-")).unwrap();
    let output = vigie(&[&folder], &["/../below/vigie-x"]).output().unwrap();
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(2), ""));
}

#[test]
fn a_program_that_cannot_be_run_is_said() {
    let _alone = alone();
    let folder = folder("broken", "vigie-broken", "");
    std::fs::write(folder.join("vigie-broken"), "#!/none/such\n").unwrap();
    let output = vigie(&[&folder], &["broken"]).output().unwrap();
    let said =
        format!("vigie: {}: No such file or directory (os error 2)\n", folder.join("vigie-broken").display());
    assert_ends(&output, 2, "", &said);
}
