//! The commands that read lines, as users run them: on what Vigie wrote, on what others wrote, on what is torn or hostile.

// A helper of a test fails the test by panicking, like the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod errors;
mod lnav;
mod patterns;
mod readme;
mod search;
mod tail;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder of a test's own, empty.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("reader").join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        std::fs::write(self.path(name), bytes).unwrap();
        self
    }

    /// Adds to a file that may not be there yet.
    fn append(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.create(true).append(true).open(self.path(name)).unwrap();
        file.write_all(bytes.as_ref()).unwrap();
    }

    /// `vigie` in this folder.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vigie"));
        command.args(arguments).current_dir(&self.0).stdin(Stdio::null());
        for name in ["NO_COLOR", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// What it prints; it complains of nothing and ends with `code`.
    #[track_caller]
    fn prints(&self, arguments: &[&str], code: i32) -> String {
        let output = self.run(arguments);
        assert_eq!((text(&output.stderr).as_str(), output.status.code()), ("", Some(code)), "{arguments:?}");
        text(&output.stdout)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A line of a log, `second` seconds after ten o'clock, with more members at its end.
fn log(second: u32, level: &str, message: &str, more: &str) -> String {
    let (minute, second) = (second / 60, second % 60);
    format!(
        "{{\"timestamp\":\"2026-11-30T10:{minute:02}:{second:02}.000000Z\",\"level\":\"{level}\",\"message\":\"{message}\",\
         \"logger\":\"shop.cart\",\"service\":\"shop\"{more}}}\n"
    )
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

/// Nothing of what was read may steer a terminal.
#[track_caller]
fn assert_harmless(shown: &[u8]) {
    let shown = std::str::from_utf8(shown).expect("what a terminal gets is UTF-8");
    let steers = |c: char| {
        c != '\n' && (c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
    };
    assert!(!shown.chars().any(steers), "{shown:?}");
}

/// Lines that nobody should have to read: torn, hostile, of other writers, not UTF-8, very long.
fn hostile() -> Vec<u8> {
    let mut bytes = Vec::new();
    for line in [
        &b"plain text \x1b[2J\x1b]0;title\x07 timed out"[..],
        b"\xff\xfe\x00 timed out",
        b"{\"message\":\"torn \x1b[31m timed out",
        "{\"timestamp\":\"2026-11-30T10:00:00.000000Z\",\"level\":\"INFO\",\"message\":\"\u{9b}31m\u{202e} timed out\"}".as_bytes(),
        b"{\"timestamp\":\"2026-11-30T10:00:00.000000Z\",\"level\":\"INFO\",\"message\":\"\\u001b[31m timed out\"}",
        b"[]",
        b"",
        b"{}",
        b"null",
        b"{\"error\":{\"type\":\"\\u001b[31mE\",\"message\":\"\\u0007 timed out\",\"stack\":\"  File \\\"\\u001b/x.py\\\", line 1, in \\u202ef\"}}",
        b"{\"error\":[],\"level\":7,\"message\":{},\"timestamp\":null,\"events\":\"x\",\"template\":1}",
        "{\"message\":".repeat(5000).as_bytes(),
        "timed out ".repeat(200_000).as_bytes(),
        "[".repeat(100_000).as_bytes(),
        b"\r",
        b"no line feed \x1b[1m timed out",
    ] {
        bytes.extend_from_slice(line);
        bytes.push(b'\n');
    }
    bytes.pop();
    bytes
}

#[test]
fn no_command_falls_over_what_is_hostile_or_lets_it_through() {
    let place = Place::new("hostile");
    place.write("a.jsonl", hostile());
    for arguments in [
        &["search", "timed", "a.jsonl", "--human"][..],
        &["search", "", "a.jsonl", "--human"],
        &["tail", "-n", "100", "a.jsonl", "--human"],
        &["patterns", "a.jsonl"],
        &["patterns", "--diff", "a.jsonl", "a.jsonl"],
        &["errors", "a.jsonl"],
        &["patterns", "a.jsonl", "--json"],
        &["errors", "a.jsonl", "--json"],
    ] {
        let output = place.run(arguments);
        assert_eq!((text(&output.stderr).as_str(), output.status.code()), ("", Some(0)), "{arguments:?}");
        assert_harmless(&output.stdout);
    }
    // Programs get the bytes as they are.
    let output = place.run(&["search", "", "a.jsonl"]);
    let mut expected = hostile();
    expected.push(b'\n');
    let lines = |bytes: &[u8]| {
        bytes
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(<[u8]>::to_vec)
            .collect::<Vec<_>>()
    };
    assert_eq!(lines(&output.stdout), lines(&expected));
}

#[test]
fn mistakes_are_told_together_and_end_with_2() {
    let place = Place::new("mistakes");
    place.write("a.jsonl", log(0, "INFO", "x", ""));
    for command in [
        &["search", "level>=loud kind=x", "a.jsonl", "--since", "never"][..],
        &["tail", "a.jsonl", "-w", "level>=loud kind=x", "--since", "never"],
        &["patterns", "a.jsonl", "-w", "level>=loud kind=x", "--since", "never"],
        &["errors", "a.jsonl", "-w", "level>=loud kind=x", "--since", "never"],
    ] {
        let output = place.run(command);
        let told = text(&output.stderr);
        assert_eq!((output.status.code(), told.lines().count()), (Some(2), 3), "{told}");
        assert!(
            told.lines().all(|line| line.starts_with("vigie: ") && line.contains("accepted: ")),
            "{told}"
        );
    }
}
