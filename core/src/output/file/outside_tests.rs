use super::copies::{self, Look};
use super::exporter::FileExporter;
#[cfg(unix)]
use super::exporter::LOOK_EVERY;
use super::outside::LOOK_AT_COPIES_EVERY;
use crate::buffer::records::Records;
use crate::model::signal::Signal;
use crate::output::exporter::{Export, Exporter};
use crate::output::progress::Progress;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// A folder that is removed at the end of the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("vigie-outside-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("shop.jsonl")
    }

    fn exporter(&self) -> FileExporter {
        FileExporter::open(&self.file(), None).unwrap()
    }

    /// As logrotate does it, with `meanwhile` between the copying and the emptying.
    fn copy_and_empty(&self, copy: &Path, meanwhile: impl FnOnce()) {
        fs::copy(self.file(), copy).unwrap();
        meanwhile();
        File::options().write(true).open(self.file()).unwrap().set_len(0).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn line(text: &str) -> String {
    format!("{{\"timestamp\":\"2026-11-30T09:51:25.123456Z\",\"message\":\"{text}\"}}\n")
}

fn write(exporter: &mut FileExporter, texts: &[&str]) {
    let mut records = Records::default();
    texts.iter().for_each(|text| records.push(Signal::Logs, line(text).as_bytes()));
    assert_eq!(exporter.export(&records.batch(), &Progress::default()), Export::Delivered);
}

/// What the lines of a file say.
fn texts(path: &Path) -> Vec<String> {
    let text = if path.extension().unwrap() == "gz" {
        let mut text = String::new();
        flate2::read::MultiGzDecoder::new(File::open(path).unwrap()).read_to_string(&mut text).unwrap();
        text
    } else {
        fs::read_to_string(path).unwrap()
    };
    assert!(text.is_empty() || text.ends_with('\n'), "{text}");
    text.lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["message"].as_str().unwrap().to_owned()
        })
        .collect()
}

fn compress(path: &Path) {
    let out = File::create(path.with_extension("1.gz")).unwrap();
    let mut encoder = flate2::write::GzEncoder::new(out, flate2::Compression::fast());
    encoder.write_all(&fs::read(path).unwrap()).unwrap();
    encoder.finish().unwrap();
}

#[test]
fn what_was_written_between_the_copy_and_the_emptying_is_written_once_more() {
    let folder = Folder::new("copy");
    let copy = folder.0.join("shop.jsonl.1");
    // Another one with the same beginning, and one that is no copy.
    #[cfg(unix)]
    assert!(std::process::Command::new("mkfifo").arg(folder.0.join("shop.pipe")).status().unwrap().success());
    fs::write(folder.0.join("shop.jsonl.2"), line("other").repeat(100)).unwrap();
    let mut exporter = folder.exporter();
    write(&mut exporter, &["1", "2"]);
    fs::copy(folder.file(), folder.0.join("shop.backup")).unwrap();
    write(&mut exporter, &["3"]);
    folder.copy_and_empty(&copy, || write(&mut exporter, &["4", "5"]));
    write(&mut exporter, &["6"]);
    assert_eq!(texts(&copy), ["1", "2", "3"]);
    assert_eq!(texts(&folder.file()), ["4", "5", "6"]);
    // Also at the very end, and of what was written once more.
    folder.copy_and_empty(&folder.0.join("shop.jsonl.3"), || write(&mut exporter, &["7"]));
    exporter.close();
    assert_eq!(texts(&folder.file()), ["7"]);
}

#[test]
fn a_line_that_was_copied_in_half_is_whole_in_one_place() {
    let folder = Folder::new("half");
    let copy = folder.0.join("shop.jsonl-20261130");
    let mut exporter = folder.exporter();
    write(&mut exporter, &["1", "2", "3"]);
    let all = fs::read(folder.file()).unwrap();
    fs::write(&copy, &all[..all.len() - line("3").len() - 5]).unwrap();
    File::options().write(true).open(folder.file()).unwrap().set_len(0).unwrap();
    write(&mut exporter, &["4"]);
    // The line is completed where it began.
    assert_eq!(texts(&copy), ["1", "2"]);
    assert_eq!(texts(&folder.file()), ["3", "4"]);
}

#[test]
fn half_a_line_in_a_copy_that_is_compressed_is_completed_and_every_process_knows_how_much_it_has() {
    let folder = Folder::new("half-packed");
    let copy = folder.0.join("shop.jsonl");
    let (mut one, mut other) = (folder.exporter(), folder.exporter());
    write(&mut one, &["1"]);
    write(&mut other, &["2"]);
    write(&mut one, &["3", "4"]);
    write(&mut other, &["5"]);
    let all = fs::read(folder.file()).unwrap();
    // Compressed with half of the third line; then the file is emptied.
    let half = line("1").len() * 2 + 10;
    let plain = folder.0.join("shop.half");
    fs::write(&plain, &all[..half]).unwrap();
    compress(&plain);
    fs::remove_file(&plain).unwrap();
    File::options().write(true).open(&copy).unwrap().set_len(0).unwrap();
    write(&mut one, &["6"]);
    write(&mut other, &["7"]);
    assert_eq!(texts(&folder.0.join("shop.1.gz")), ["1", "2", "3"]);
    assert_eq!(texts(&folder.file()), ["4", "6", "5", "7"]);
}

#[test]
fn half_a_line_that_was_completed_after_the_copy_was_read_is_completed_where_it_is_compressed() {
    let folder = Folder::new("half-late");
    let (copy, half) = (folder.0.join("shop.jsonl.1"), line("1").len() + 10);
    let mut exporter = folder.exporter();
    write(&mut exporter, &["1", "2"]);
    let read = fs::read(folder.file()).unwrap()[..half].to_vec();
    fs::write(&copy, &read).unwrap();
    File::options().write(true).open(folder.file()).unwrap().set_len(0).unwrap();
    write(&mut exporter, &["3"]);
    assert_eq!(texts(&copy), ["1", "2"]);
    // Who compresses has read it before that.
    fs::write(&copy, &read).unwrap();
    compress(&copy);
    fs::remove_file(&copy).unwrap();
    std::thread::sleep(LOOK_AT_COPIES_EVERY);
    write(&mut exporter, &["4"]);
    assert_eq!(texts(&copy.with_extension("1.gz")), ["1", "2"]);
    assert_eq!(texts(&folder.file()), ["3", "4"]);
}

#[test]
fn a_copy_is_found_when_it_is_compressed_already() {
    let folder = Folder::new("packed");
    let copy = folder.0.join("shop.jsonl");
    let mut exporter = folder.exporter();
    write(&mut exporter, &["1", "2"]);
    compress(&copy);
    write(&mut exporter, &["3"]);
    File::options().write(true).open(folder.file()).unwrap().set_len(0).unwrap();
    write(&mut exporter, &["4"]);
    assert_eq!(texts(&folder.0.join("shop.1.gz")), ["1", "2"]);
    assert_eq!(texts(&folder.file()), ["3", "4"]);
}

#[test]
fn what_was_emptied_on_purpose_stays_empty() {
    let folder = Folder::new("purpose");
    let mut exporter = folder.exporter();
    fs::write(folder.0.join("shop.old.jsonl"), line("0")).unwrap();
    write(&mut exporter, &["1", "2"]);
    File::options().write(true).open(folder.file()).unwrap().set_len(0).unwrap();
    write(&mut exporter, &["3"]);
    assert_eq!(texts(&folder.file()), ["3"]);
}

// Elsewhere files have no turns: core/src/platform/windows.rs says why. The same for the others that are marked.
#[cfg(unix)]
#[test]
fn a_file_that_others_have_filled_again_is_seen_to_have_been_emptied() {
    let folder = Folder::new("others");
    let (mut one, mut other) = (folder.exporter(), folder.exporter());
    write(&mut one, &["1"]);
    write(&mut other, &["2"]);
    folder.copy_and_empty(&folder.0.join("shop.jsonl.1"), || {
        write(&mut other, &["3"]);
        write(&mut one, &["4"]);
    });
    write(&mut other, &["5", "6", "7", "8", "9"]);
    write(&mut one, &["10"]);
    assert_eq!(texts(&folder.file()), ["3", "5", "6", "7", "8", "9", "4", "10"]);
}

#[cfg(unix)]
#[test]
fn a_file_that_was_removed_is_made_anew_with_what_came_after_that() {
    let folder = Folder::new("removed");
    let mut exporter = folder.exporter();
    write(&mut exporter, &["1"]);
    fs::remove_file(folder.file()).unwrap();
    write(&mut exporter, &["2"]);
    assert_eq!(texts(&folder.file()).last().unwrap(), "2");
    fs::remove_file(folder.file()).unwrap();
    exporter.close();
    assert!(!folder.file().exists(), "it was removed on purpose");
}

#[cfg(unix)]
#[test]
fn what_went_into_a_file_that_was_compressed_under_another_name_is_written_once_more() {
    let folder = Folder::new("renamed");
    let aside = folder.0.join("shop.jsonl.x");
    let mut exporter = folder.exporter();
    write(&mut exporter, &["1", "2"]);
    fs::rename(folder.file(), &aside).unwrap();
    File::create(folder.file()).unwrap();
    compress(&aside);
    // It is not looked for so soon.
    write(&mut exporter, &["3"]);
    exporter.looked = Instant::now().checked_sub(LOOK_EVERY).unwrap();
    write(&mut exporter, &["4"]);
    assert_eq!(texts(&folder.file()), ["4"], "the other one may be there to stay");
    fs::remove_file(&aside).unwrap();
    write(&mut exporter, &["5"]);
    assert_eq!(texts(&folder.0.join("shop.jsonl.1.gz")), ["1", "2"]);
    assert_eq!(texts(&folder.file()), ["4", "3", "5"]);
}

#[test]
fn a_disk_that_does_not_take_them_gets_them_again() {
    let folder = Folder::new("owed");
    let mut exporter = folder.exporter();
    exporter.outside.as_mut().unwrap().owe(line("1").as_bytes());
    exporter.outside.as_mut().unwrap().owe(line("2").as_bytes());
    write(&mut exporter, &["3"]);
    assert_eq!(texts(&folder.file()), ["1", "2", "3"]);
}

#[test]
fn a_copy_is_not_missed_while_files_are_given_other_names() {
    let folder = Folder::new("names");
    let head = line("the first");
    let path = |n: usize| folder.0.join(format!("shop.jsonl.{n}"));
    let copied = head.clone() + &line("the second");
    fs::write(path(1), &copied).unwrap();
    let is_over = AtomicBool::new(false);
    let looks = std::thread::scope(|scope| {
        scope.spawn(|| {
            // The fewer files, the more often a name is gone between the list of them and the look at it.
            while !is_over.load(Ordering::Relaxed) {
                fs::rename(path(1), path(2)).unwrap();
                fs::rename(path(2), path(1)).unwrap();
            }
        });
        let began = Instant::now();
        let mut looks = Vec::new();
        while began.elapsed() < Duration::from_millis(500) {
            looks.push(copies::of(&folder.file(), head.as_bytes(), 0));
        }
        is_over.store(true, Ordering::Relaxed);
        looks
    });
    let count = |is: fn(&Look<copies::Copy>) -> bool| looks.iter().filter(|look| is(look)).count();
    let found = count(|look| matches!(look, Look::Found(_)));
    let moving = count(|look| matches!(look, Look::Moving));
    println!("{found} found, {moving} not certain, of {}", looks.len());
    assert!(looks.len() > 10);
    assert_eq!(found + moving, looks.len());
    for look in looks {
        if let Look::Found(copy) = look {
            assert_eq!(copy.length, copied.len() as u64);
        }
    }
    assert!(matches!(copies::of(&folder.file(), head.as_bytes(), 0), Look::Found(_)));
}

#[test]
fn a_file_that_is_emptied_again_before_the_first_copy_was_seen_loses_nothing() {
    let folder = Folder::new("twice");
    let mut exporter = folder.exporter();
    write(&mut exporter, &["1"]);
    let (first, second) = (folder.0.join("shop.jsonl.2"), folder.0.join("shop.jsonl.1"));
    fs::copy(folder.file(), &first).unwrap();
    write(&mut exporter, &["2"]);
    let emptied = |outside: &mut super::outside::Outside| {
        // Between the look and the write.
        File::options().write(true).open(folder.file()).unwrap().set_len(0).unwrap();
        fs::write(folder.file(), line("3")).unwrap();
        outside.wrote(0, line("3").as_bytes());
    };
    emptied(exporter.outside.as_mut().unwrap());
    folder.copy_and_empty(&second, || {});
    write(&mut exporter, &["4"]);
    assert_eq!(texts(&first), ["1"]);
    assert_eq!(texts(&second), ["3"]);
    assert_eq!(texts(&folder.file()), ["2", "4"]);
}

#[test]
fn a_copy_that_takes_long_to_reach_the_disk_loses_nothing() {
    const LINES: usize = 64;
    let folder = Folder::new("long");
    let mut exporter = folder.exporter();
    let filler = "x".repeat(200 * 1024);
    write(&mut exporter, &["the first"]);
    let copy = folder.0.join("shop.jsonl.1");
    // The copy has the beginning alone; 13 MiB come before the file is emptied.
    folder.copy_and_empty(&copy, || {
        (0..LINES).for_each(|n| write(&mut exporter, &[&format!("{n} {filler}")]));
    });
    write(&mut exporter, &["the last"]);
    let numbers: Vec<String> =
        texts(&folder.file()).iter().map(|text| text.split(" x").next().unwrap().to_owned()).collect();
    let expected: Vec<String> = (0..LINES).map(|n| n.to_string()).chain(["the last".to_owned()]).collect();
    assert_eq!(numbers, expected);
    assert_eq!(texts(&copy), ["the first"]);
}

#[test]
#[cfg(unix)]
fn a_link_that_leads_nowhere_hides_no_copy() {
    let folder = Folder::new("link");
    std::os::unix::fs::symlink("nowhere", folder.0.join("shop.jsonl.current")).unwrap();
    let head = line("the first");
    assert!(matches!(copies::of(&folder.file(), head.as_bytes(), 0), Look::Nothing));
    let copy = folder.0.join("shop.jsonl.1");
    fs::write(&copy, &head).unwrap();
    compress(&copy);
    fs::remove_file(&copy).unwrap();
    assert!(
        matches!(copies::of(&folder.file(), head.as_bytes(), 0), Look::Found(copy) if copy.is_compressed)
    );
}
