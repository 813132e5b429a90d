//! logrotate itself over processes that write: whatever it is told to do with the file, every line is there once, and whole.
//! Not for files that are put aside here: see `rotation`.
#![cfg(target_os = "linux")]
// A test stops at the first thing that is not as it must be; the lints are for code inside a host.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use vigie_core::{Config, Telemetry};

const PATH: &str = "VIGIE_TEST_LOGROTATE_PATH";
const WRITER: &str = "VIGIE_TEST_LOGROTATE_WRITER";

/// How many lines a second all writers together write.
const LINES_A_SECOND: u64 = 5_000;

/// Plays the part that writes, until its standard input ends: it says how many lines flush has acknowledged.
#[test]
fn the_part_that_writes() {
    let (Ok(path), Ok(writer)) = (std::env::var(PATH), std::env::var(WRITER)) else { return };
    let writers: u64 = writer.split('/').nth(1).unwrap().parse().unwrap();
    let t = Telemetry::new(Config::new("written").output(json!({"to": "file", "path": path}))).unwrap();
    let log = t.logger("rotate");
    let ended = Arc::new(AtomicU64::new(0));
    let end = Arc::clone(&ended);
    std::thread::spawn(move || {
        let _ = std::io::stdin().read(&mut [0]);
        end.store(1, Ordering::Relaxed);
    });
    let began = Instant::now();
    let mut n = 0_u64;
    while ended.load(Ordering::Relaxed) == 0 {
        let due = began.elapsed().as_millis() as u64 * LINES_A_SECOND / writers / 1_000;
        while n < due {
            // Sizes from a fraction of a page to several.
            let filler = "x".repeat(if n.is_multiple_of(97) { 9_000 } else { 100 });
            log.info("line").attr("writer", &*writer).attr("n", n).attr("filler", filler).emit();
            n += 1;
        }
        if t.flush(Duration::from_secs(5)) {
            println!("acknowledged {n} {}", std::fs::read_dir("/proc/self/fd").unwrap().count());
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(t.shutdown(Duration::from_secs(5)));
    println!("acknowledged {n} 0");
}

/// A process that writes.
struct Writer {
    name: String,
    child: Child,
    acknowledged: Arc<AtomicU64>,
    reader: std::thread::JoinHandle<u64>,
}

impl Writer {
    fn start(path: &Path, name: String) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_part_that_writes", "--nocapture", "--test-threads=1"])
            .env(PATH, path)
            .env(WRITER, &name)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let acknowledged = Arc::new(AtomicU64::new(0));
        let told = Arc::clone(&acknowledged);
        let reader = std::thread::spawn(move || {
            let mut most_open = 0;
            for line in output.lines().map_while(Result::ok) {
                let Some(rest) = line.split("acknowledged ").nth(1) else { continue };
                let (count, open) = rest.split_once(' ').unwrap();
                told.store(count.parse().unwrap(), Ordering::Relaxed);
                most_open = most_open.max(open.parse().unwrap());
            }
            most_open
        });
        Self { name, child, acknowledged, reader }
    }

    fn acknowledged(&self) -> u64 {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// Ends it; its name, how many lines it has written, and how many descriptors it had open at most.
    fn end(mut self) -> (String, u64, u64) {
        drop(self.child.stdin.take());
        assert!(self.child.wait().unwrap().success());
        let open = self.reader.join().unwrap();
        (self.name, self.acknowledged.load(Ordering::Relaxed), open)
    }
}

/// A folder with a log file and what logrotate needs.
struct Logs {
    folder: PathBuf,
}

impl Logs {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("logrotate-{name}"));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("logs")).unwrap();
        Self { folder }
    }

    fn file(&self) -> PathBuf {
        self.folder.join("logs/shop.jsonl")
    }

    /// Has logrotate rotate the file now.
    fn rotate(&self, directives: &str) {
        let config = self.folder.join("logrotate.conf");
        // It refuses folders that others may write to, unless it is told who it is.
        let text = format!("{} {{\n su root root\n{directives}\n}}\n", self.file().display());
        let text = if is_root() { text } else { text.replace(" su root root\n", "") };
        std::fs::write(&config, text).unwrap();
        let done = Command::new(logrotate().unwrap())
            .args(["--force", "--state"])
            .args([self.folder.join("state"), config])
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    /// Which lines of each writer are there, in which file and how often. Every line has to be whole.
    fn lines(&self) -> BTreeMap<String, BTreeMap<u64, u32>> {
        let mut found: BTreeMap<String, BTreeMap<u64, u32>> = BTreeMap::new();
        for path in self.files() {
            let text = text(&path);
            assert!(text.is_empty() || text.ends_with('\n'), "{}", path.display());
            for line in text.lines() {
                let record: Value = serde_json::from_str(line)
                    .unwrap_or_else(|error| panic!("{error} in {}: {line}", path.display()));
                let (writer, n) = (record["writer"].as_str().unwrap(), record["n"].as_u64().unwrap());
                *found.entry(writer.to_owned()).or_default().entry(n).or_default() += 1;
            }
        }
        found
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.folder.join("logs")).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

fn is_root() -> bool {
    std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").unwrap()) == 0
}

fn text(path: &Path) -> String {
    let mut text = String::new();
    let mut file = File::open(path).unwrap();
    if path.extension().unwrap() == "gz" {
        // As gunzip reads it, all members.
        flate2::read::MultiGzDecoder::new(file).read_to_string(&mut text).unwrap();
    } else {
        file.read_to_string(&mut text).unwrap();
    }
    text
}

fn logrotate() -> Option<PathBuf> {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&paths).chain(["/usr/sbin".into(), "/sbin".into()]);
    folders.map(|folder| folder.join("logrotate")).find(|program| program.is_file())
}

fn rotations() -> u32 {
    if std::env::var_os("VIGIE_FULL").is_some() { 1_000 } else { 25 }
}

/// Has processes write while the file is rotated as the directives say; what is there afterwards, of each line that was written.
fn rotated(name: &str, writers: u64, directives: &str) -> Option<Logs> {
    if logrotate().is_none() {
        eprintln!("SKIP logrotate is not installed; enable with: apt-get install logrotate");
        return None;
    }
    let logs = Logs::new(name);
    let start = |n| Writer::start(&logs.file(), format!("{n}/{writers}"));
    let writers: Vec<Writer> = (0..writers).map(start).collect();
    while writers.iter().any(|writer| writer.acknowledged() == 0) {
        std::thread::sleep(Duration::from_millis(1));
    }
    for n in 0..rotations() {
        logs.rotate(directives);
        // Sooner and later than the writers look at the path.
        std::thread::sleep(Duration::from_millis(if n % 10 == 9 { 1_100 } else { 20 }));
    }
    let ended: Vec<(String, u64, u64)> = writers.into_iter().map(Writer::end).collect();
    let found = logs.lines();
    let (mut all, mut missing, mut twice) = (0, 0, 0);
    for (writer, count, open) in &ended {
        let lines = &found[writer];
        all += count;
        missing += (0..*count).filter(|n| !lines.contains_key(n)).count();
        twice += lines.values().filter(|count| **count > 1).count();
        assert!(*open < 16, "{open} descriptors");
    }
    eprintln!("{name}: {all} lines, {} rotations, {missing} missing, {twice} twice", rotations());
    assert_eq!((missing, twice), (0, 0));
    Some(logs)
}

#[test]
fn a_file_that_is_renamed() {
    let Some(logs) = rotated("rename", 1, "rotate 100000\ncreate") else { return };
    assert!(logs.files().len() > rotations() as usize / 2);
}

#[test]
fn a_file_that_is_renamed_and_compressed_at_once() {
    rotated("compress", 1, "rotate 100000\ncreate\ncompress");
}

#[test]
fn a_file_that_is_copied_and_emptied() {
    rotated("copytruncate", 1, "rotate 100000\ncopytruncate");
}

#[test]
fn a_file_of_several_processes_that_is_copied_emptied_and_compressed() {
    rotated("copytruncate-many", 3, "rotate 100000\ncopytruncate\ncompress");
}

#[test]
fn a_file_of_several_processes_that_is_renamed_and_made_by_whoever_comes_first() {
    rotated("rename-many", 3, "rotate 100000\nnocreate\nmissingok");
}

/// What is in the file when it is removed is meant to go; what comes after that is not.
#[test]
fn a_file_that_is_removed() {
    if logrotate().is_none() {
        eprintln!("SKIP logrotate is not installed; enable with: apt-get install logrotate");
        return;
    }
    let logs = Logs::new("removed");
    let writer = Writer::start(&logs.file(), "0/1".to_owned());
    for _ in 0..rotations() {
        let before = writer.acknowledged();
        while writer.acknowledged() < before + 50 {
            std::thread::sleep(Duration::from_millis(1));
        }
        logs.rotate("rotate 0\nnocreate\nmissingok");
        let removed = writer.acknowledged();
        while writer.acknowledged() < removed + 20 {
            std::thread::sleep(Duration::from_millis(1));
        }
        let found = logs.lines();
        let lines: Vec<u64> = found["0/1"].keys().copied().collect();
        assert!(
            lines[0] <= removed,
            "{removed} were written before it was gone; the next begins at {}",
            lines[0]
        );
        assert!(found["0/1"].values().all(|count| *count == 1));
        let whole: Vec<u64> = (lines[0]..lines[0] + lines.len() as u64).collect();
        assert_eq!(lines, whole);
    }
    let (writer, count, _) = writer.end();
    assert_eq!(*logs.lines()[&writer].last_key_value().unwrap().0, count - 1);
}
