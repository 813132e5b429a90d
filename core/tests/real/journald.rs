//! systemd's journal: journald itself, in folders of its own, and what `journalctl` reads of it.

use crate::process::{self, Server, until};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use vigie_core::{Config, Environment, Telemetry};

const DAEMON: &str = "/lib/systemd/systemd-journald";
const WITHIN: &str = "VIGIE_TEST_JOURNALD";

/// Runs the test of this name again, where `/run/systemd` and `/run/log` are folders of its own.
fn is_within(test: &str) -> bool {
    if std::env::var_os(WITHIN).is_some() {
        return true;
    }
    let mounted = "mount --make-rprivate / && mkdir -p /run/systemd /run/log && mount -t tmpfs none /run/systemd && \
                   mount -t tmpfs none /run/log && mkdir -p /run/systemd/journal /run/log/journal";
    let separate = |then: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", &format!("{mounted} && exec \"$@\""), "sh"]).args(then);
        command
    };
    let can = separate(&["true"]).output().is_ok_and(|done| done.status.success());
    if !can || !Path::new(DAEMON).is_file() || !process::is_installed("journalctl") {
        eprintln!(
            "SKIP systemd-journald cannot be run here; enable with: apt-get install systemd, and as root"
        );
        return false;
    }
    let own = std::env::current_exe().unwrap();
    let name = format!("journald::{test}");
    let done = separate(&[own.to_str().unwrap(), "--exact", &name, "--nocapture", "--test-threads=1"])
        .env(WITHIN, "1")
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
    false
}

fn telemetry() -> Telemetry {
    let outputs = json!([{"to": "journald"}, {"to": "memory"}]);
    let config = Config::new("shop").variables(Environment::empty()).set("outputs", outputs);
    Telemetry::new(config.set("level", json!("trace"))).unwrap()
}

/// The entries of this process, the oldest first, once there are so many.
fn entries(count: usize) -> Vec<Value> {
    let own = format!("_PID={}", std::process::id());
    until("entries of the journal", || {
        let read = ["--directory", "/run/log/journal", "--output", "json", "--all", "--no-pager", &own];
        let read = Command::new("journalctl").args(read).output().ok()?;
        let text = String::from_utf8(read.stdout).ok()?;
        let entries: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        (entries.len() >= count).then_some(entries)
    })
}

/// A field as text: what is not printable stands in the journal's JSON as its bytes.
fn field(entry: &Value, name: &str) -> String {
    match &entry[name] {
        Value::Array(bytes) => {
            let bytes = bytes.iter().map(|byte| byte.as_u64().unwrap() as u8).collect();
            String::from_utf8(bytes).unwrap()
        }
        value => value.as_str().unwrap_or_else(|| panic!("{name} of {entry}")).to_owned(),
    }
}

#[test]
fn entries_are_what_was_recorded_field_for_field() {
    if !is_within("entries_are_what_was_recorded_field_for_field") {
        return;
    }
    let _server = Server::start(process::folder("journald"), &mut Command::new(DAEMON));
    until("socket of the journal", || Path::new("/run/systemd/journal/socket").exists().then_some(()));
    let t = telemetry();
    let log = t.logger("shop.cart");
    // Larger than a datagram may be, so that it goes as a file in memory.
    let large = "y".repeat(60_000);
    for n in 0..200 {
        match n % 4 {
            0 => log.info("order {n} placed").attr("n", n).attr("event", "order.placed").emit(),
            1 => log.warn("two\nlines ä").attr("n", n).attr("http.request.method", "a\nb=c\n").emit(),
            2 => log.error("failed").attr("n", n).attr("code.line.number", 7).emit(),
            _ => {
                let record = log.fatal("large").attr("n", n);
                record.attr("a", &*large).attr("b", &*large).attr("c", &*large).attr("d", &*large).emit();
            }
        }
    }
    assert!(t.flush(process::PATIENCE));
    let lines = t.memory_lines();
    let found = entries(lines.len());
    assert_eq!(found.len(), lines.len());
    for (entry, line) in found.iter().zip(&lines) {
        let line: Value = serde_json::from_str(line).unwrap();
        let level = line["level"].as_str().unwrap();
        let priority = [("INFO", "6"), ("WARN", "4"), ("ERROR", "3"), ("FATAL", "2")];
        let priority = priority.iter().find(|(name, _)| *name == level).unwrap().1;
        assert_eq!(
            (field(entry, "PRIORITY"), field(entry, "LEVEL")),
            (priority.to_owned(), level.to_owned())
        );
        let pairs = [
            ("MESSAGE", "message"),
            ("TIMESTAMP", "timestamp"),
            ("LOGGER", "logger"),
            ("SYSLOG_IDENTIFIER", "service"),
            ("SERVICE", "service"),
            ("TEMPLATE", "template"),
            ("N", "n"),
            ("EVENT", "event"),
            ("HTTP_REQUEST_METHOD", "http.request.method"),
            ("CODE_LINE", "code.line.number"),
            ("A", "a"),
            ("D", "d"),
        ];
        for (name, key) in pairs {
            match line.get(key) {
                Some(Value::String(text)) => assert_eq!(field(entry, name), *text),
                Some(value) => assert_eq!(field(entry, name), value.to_string()),
                None => assert!(entry.get(name).is_none(), "{name} of {entry}"),
            }
        }
        assert_eq!(field(entry, "_TRANSPORT"), "journal");
    }
    assert!(t.shutdown(process::PATIENCE));
    let books = &serde_json::from_str::<Value>(&t.stats_json()).unwrap()["outputs"][0];
    assert_eq!(books["accepted"], books["delivered"], "{books}");
}

/// What syslog's own socket gets is an entry, too.
#[test]
fn messages_of_syslog_are_entries() {
    if !is_within("messages_of_syslog_are_entries") {
        return;
    }
    let _server = Server::start(process::folder("journald-syslog"), &mut Command::new(DAEMON));
    until("socket of the journal", || Path::new("/run/systemd/journal/dev-log").exists().then_some(()));
    let output =
        json!({"to": "syslog", "address": "unix:/run/systemd/journal/dev-log", "facility": "daemon"});
    let outputs = json!([output, {"to": "memory"}]);
    let t =
        Telemetry::new(Config::new("shop").variables(Environment::empty()).set("outputs", outputs)).unwrap();
    t.logger("shop").error("failed").attr("n", 1).emit();
    assert!(t.shutdown(process::PATIENCE));
    let entry = &entries(1)[0];
    assert_eq!(field(entry, "MESSAGE"), t.memory_lines()[0]);
    assert_eq!(
        (field(entry, "SYSLOG_IDENTIFIER"), field(entry, "PRIORITY")),
        ("shop".to_owned(), "3".to_owned())
    );
    assert_eq!(field(entry, "SYSLOG_PID"), std::process::id().to_string());
    assert_eq!(field(entry, "SYSLOG_FACILITY"), "3");
}
