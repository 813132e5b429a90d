//! `vigie doctor` as users run it: each finding against real far sides, and the words for it against a golden output.
//! A golden output is what its test's command printed, with names in place of ports and folders, and was read.

// A helper of a test fails the test by panicking, like the test itself.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod local;
// These tests need less of the two than core's.
#[allow(dead_code, reason = "a part of it is for core's tests alone")]
#[path = "../../../../core/tests/network/secure.rs"]
mod secure;
#[allow(dead_code, reason = "a part of it is for core's tests alone")]
#[path = "../../../../core/tests/network/server.rs"]
mod server;
mod servers;
mod sources;
#[cfg(unix)]
mod unix;

use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// An empty folder of one test, and what is run in it.
struct Patient {
    name: &'static str,
    folder: PathBuf,
    ports: Vec<u16>,
}

impl Patient {
    fn new(name: &'static str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("doctor").join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self { name, folder, ports: Vec::new() }
    }

    /// The same where this port is shown by a name.
    fn with_port(mut self, port: u16) -> Self {
        self.ports.push(port);
        self
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vigie"));
        command.arg("doctor").args(arguments).current_dir(&self.folder).env_clear();
        command.envs(variables.iter().copied()).output().unwrap()
    }

    /// What it says of these outputs.
    fn outputs(&self, outputs: &Value) -> Output {
        let testing = json!({"clock": "2026-01-02T03:04:05Z", "ids": 1, "host": "h", "pid": 7});
        let document = json!({"service": "shop", "outputs": outputs, "testing": testing});
        self.write("vigie.json", &document.to_string());
        self.run(&["--config", "vigie.json"], &[])
    }

    /// What it printed, with names in place of what is another one each time.
    fn shown(&self, output: &Output) -> String {
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        let text = text.replace(self.folder.to_str().unwrap(), "FOLDER");
        self.ports.iter().fold(text, |text, port| text.replace(&format!(":{port}"), ":PORT"))
    }

    #[track_caller]
    fn is_told(&self, output: &Output, exit: i32) {
        let shown = self.shown(output);
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/doctor");
        let expected =
            std::fs::read_to_string(golden.join(self.name).with_extension("txt")).unwrap_or_default();
        assert_eq!(shown, expected, "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(exit), "{shown}");
    }
}

fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
