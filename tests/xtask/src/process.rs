//! Starting other programs: shown as they run, or captured into a log with a limit on their time.
//! Not for deciding what to run.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::options::Options;
use crate::pwsh;
use crate::tree::Tree;

/// A program with its arguments, folder and environment, not started yet.
pub struct Run {
    pub command: Command,
}

/// What a captured run came to.
pub struct Finished {
    pub ok: bool,
    pub timed_out: bool,
    pub output: String,
    pub took: Duration,
}

/// Variables that would configure the SDK under test from outside; no suite may depend on them.
const CLEARED: [&str; 14] = [
    "VIGIE_CONFIG",
    "VIGIE_SERVICE",
    "VIGIE_VERSION",
    "VIGIE_ENVIRONMENT",
    "VIGIE_LEVEL",
    "VIGIE_OUTPUTS",
    "VIGIE_DISABLED",
    "VIGIE_NATIVE_LIB",
    "TRACEPARENT",
    "TRACESTATE",
    "BAGGAGE",
    "OTEL_SERVICE_NAME",
    "OTEL_RESOURCE_ATTRIBUTES",
    "OTEL_SDK_DISABLED",
];

pub fn program(tree: &Tree, program: impl AsRef<OsStr>, args: &[&str]) -> Run {
    let mut command = Command::new(program);
    command.args(args).current_dir(&tree.root).stdin(Stdio::null());
    for name in CLEARED {
        command.env_remove(name);
    }
    // Whatever starts PowerShell in turn starts the one that was found.
    if let Ok(pwsh) = pwsh::find() {
        command.env("VIGIE_PWSH", &pwsh.path);
    }
    Run { command }
}

pub fn cargo(tree: &Tree, options: &Options, args: &[&str]) -> Run {
    // Cargo says which cargo started us; a toolchain chosen by `cargo +name` stays chosen.
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut run = program(tree, cargo, args);
    // `cargo run` sets these for us; inherited, they would make build scripts of some crates run anew.
    for name in ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH"] {
        run.command.env_remove(name);
    }
    if options.offline {
        run.command.env("CARGO_NET_OFFLINE", "true");
    }
    run
}

/// What programs need to start, and what finds the ones that they start.
const KEPT: [&str; 8] = [
    "PATH",
    "HOME",
    "TMPDIR",
    "TEMP",
    "SystemRoot",
    "LANG",
    "LD_LIBRARY_PATH",
    "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT",
];

impl Run {
    /// Keeps nearly nothing of the environment: a build server in a pod would tell the SDK under test that it runs in one.
    pub fn alone(mut self) -> Run {
        let set: Vec<_> = self.command.get_envs().map(|(name, _)| name.to_owned()).collect();
        let inherited = std::env::vars_os().map(|(name, _)| name);
        for name in inherited.filter(|name| !set.contains(name) && !KEPT.iter().any(|kept| name == kept)) {
            self.command.env_remove(name);
        }
        self
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Run {
        self.command.env(name, value);
        self
    }

    pub fn within(mut self, folder: impl AsRef<Path>) -> Run {
        self.command.current_dir(folder);
        self
    }

    /// The command as a person would type it.
    pub fn line(&self) -> String {
        let words = std::iter::once(self.command.get_program()).chain(self.command.get_args());
        words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }

    /// Runs with the output going where ours goes.
    pub fn show(mut self) -> Outcome {
        match self.command.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("`{}` failed ({})", self.line(), describe(status))),
            Err(error) => Err(format!("`{}` could not be started: {error}", self.line())),
        }
    }

    /// Runs to its end or to the limit, both streams going to one log file in their true order. A file
    /// and not a pipe: a grandchild that outlives the program cannot hold the reader.
    pub fn capture(mut self, log: &Path, limit: Duration) -> Outcome<Finished> {
        let write = |error: std::io::Error| format!("{}: {error}", log.display());
        if let Some(folder) = log.parent() {
            fs::create_dir_all(folder).map_err(write)?;
        }
        let file = File::create(log).map_err(write)?;
        self.command.stdout(file.try_clone().map_err(write)?).stderr(file);
        let started = Instant::now();
        let mut child = self
            .command
            .spawn()
            .map_err(|error| format!("`{}` could not be started: {error}", self.line()))?;
        let status = wait(&mut child, started + limit)?;
        let bytes = fs::read(log).map_err(write)?;
        Ok(Finished {
            ok: status.is_some_and(|status| status.success()),
            timed_out: status.is_none(),
            output: String::from_utf8_lossy(&bytes).into_owned(),
            took: started.elapsed(),
        })
    }
}

fn describe(status: ExitStatus) -> String {
    status.code().map_or_else(|| "ended by a signal".to_owned(), |code| format!("exit code {code}"))
}

/// `None` when the deadline came first; the child and all that it started are ended then.
fn wait(child: &mut Child, deadline: Instant) -> Outcome<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            end_family(child);
            return Ok(None);
        }
        sleep(Duration::from_millis(20));
    }
}

/// Ends a hanging suite with its descendants, which would otherwise hold ports and the build lock. A
/// process group would do it too, but would also keep Ctrl-C from reaching a running suite.
fn end_family(child: &mut Child) {
    let family = descendants(child.id());
    // Nothing is lost if one of them has gone in the meantime.
    let _ = child.kill();
    let _ = child.wait();
    for pid in family {
        let _ = Command::new("sh").args(["-c", "kill -9 \"$0\" 2>/dev/null", &pid.to_string()]).status();
    }
}

/// All descendants as /proc tells them; empty where there is no /proc.
fn descendants(root: u32) -> Vec<u32> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // The name stands in parentheses and may hold anything: count from the last one. State, parent.
        let parent = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1)?.parse().ok());
        parents.push((pid, parent.unwrap_or(0)));
    }
    let mut found = vec![root];
    let mut next = 0;
    while let Some(&pid) = found.get(next) {
        found.extend(parents.iter().filter(|(_, parent)| *parent == pid).map(|(child, _)| *child));
        next += 1;
    }
    found.remove(0);
    found
}

/// `PATH` with folders put before it.
pub fn path_with(folders: &[PathBuf]) -> std::ffi::OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().cloned().chain(std::env::split_paths(&path));
    std::env::join_paths(all).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hang_is_ended_with_its_children_and_keeps_its_output() {
        let tree = Tree::find("release").unwrap();
        let log = tree.target.join("test-logs/self/hang.log");
        let run = program(&tree, "sh", &["-c", "echo before; sleep 60 & sleep 60"]);
        let finished = run.capture(&log, Duration::from_millis(300)).unwrap();
        assert!(finished.timed_out && !finished.ok);
        assert_eq!(finished.output, "before\n");
        assert!(finished.took < Duration::from_secs(10));
        assert!(descendants(std::process::id()).is_empty(), "a child outlived the limit");
    }
}
