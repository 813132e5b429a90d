use super::compress::Compression;
use super::exporter::FileExporter;
use super::rotation::{Keep, Rotation};
use super::{afterwards, aside};
use crate::buffer::records::Records;
use crate::model::signal::Signal;
use crate::output::exporter::{Export, Exporter};
use crate::output::progress::Progress;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// A folder that is removed at the end of the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("vigie-rotate-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("shop.jsonl")
    }

    fn exporter(&self, rotation: &Rotation) -> FileExporter {
        FileExporter::open(&self.file(), None).unwrap().rotating(Some(rotation))
    }

    /// What is in all files, those put aside first and in their order.
    fn lines(&self) -> Vec<String> {
        let aside = aside::of(&self.file()).into_iter().map(|one| one.path);
        aside
            .chain([self.file()])
            .flat_map(|path| text(&path).lines().map(str::to_owned).collect::<Vec<_>>())
            .collect()
    }

    fn aside(&self) -> Vec<PathBuf> {
        aside::of(&self.file()).into_iter().map(|one| one.path).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn text(path: &Path) -> String {
    let mut text = String::new();
    let mut file = File::open(path).unwrap();
    match path.extension().unwrap().to_str().unwrap() {
        "gz" => flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap(),
        "zst" => zstd::Decoder::new(file).unwrap().read_to_string(&mut text).unwrap(),
        _ => file.read_to_string(&mut text).unwrap(),
    };
    text
}

fn write(exporter: &mut FileExporter, lines: &str) {
    let mut records = Records::default();
    lines.split_inclusive('\n').for_each(|line| records.push(Signal::Logs, line.as_bytes()));
    assert_eq!(exporter.export(&records.batch(), &Progress::default()), Export::Delivered);
}

fn sized(size: u64) -> Rotation {
    Rotation { size: Some(size), ..Rotation::default() }
}

/// Waits for what the thread does.
fn until(what: &str, is_so: impl Fn() -> bool) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < Duration::from_secs(30), "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_full_file_is_put_aside_before_it_is_too_large() {
    let folder = Folder::new("size");
    let mut exporter = folder.exporter(&sized(10));
    for line in ["1234\n", "5678\n", "9\n", "a line that is larger than a file\n", "b\n"] {
        write(&mut exporter, line);
    }
    let sizes: Vec<u64> = folder.aside().iter().map(|path| fs::metadata(path).unwrap().len()).collect();
    assert_eq!(sizes, [10, 2, 34]);
    assert_eq!(folder.lines(), ["1234", "5678", "9", "a line that is larger than a file", "b"]);
    assert_eq!(text(&folder.file()), "b\n");
}

#[test]
fn names_have_the_time_and_the_extension_of_the_file() {
    let folder = Folder::new("names");
    let before = SystemTime::now();
    let mut exporter = folder.exporter(&sized(2));
    write(&mut exporter, "1\n");
    write(&mut exporter, "2\n");
    let name = folder.aside()[0].file_name().unwrap().to_str().unwrap().to_owned();
    let year = humantime(before);
    assert!(name.starts_with(&format!("shop.{year}")), "{name}");
    assert!(name.ends_with("Z.jsonl"), "{name}");
    // What others put beside it is theirs.
    for foreign in [
        "shop.jsonl.1",
        "shop.old.jsonl",
        "shop.20261130T095125Z.jsonl",
        "shops.20261130T095125.123456Z.jsonl",
    ] {
        fs::write(folder.0.join(foreign), "x").unwrap();
    }
    assert_eq!(folder.aside().len(), 1);
}

/// The year of a point in time, near enough.
fn humantime(time: SystemTime) -> String {
    let days = time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs() / 86_400;
    (1970 + days * 400 / 146_097).to_string()
}

#[test]
fn a_file_of_another_period_is_put_aside_with_the_next_line() {
    let folder = Folder::new("period");
    fs::write(folder.file(), "yesterday\n").unwrap();
    let yesterday = SystemTime::now() - Duration::from_secs(86_400);
    File::options().append(true).open(folder.file()).unwrap().set_modified(yesterday).unwrap();
    let rotation = Rotation { every: Some(Duration::from_secs(86_400)), ..Rotation::default() };
    let mut exporter = folder.exporter(&rotation);
    assert!(folder.aside().is_empty(), "nothing is written yet");
    write(&mut exporter, "today\n");
    write(&mut exporter, "today too\n");
    assert_eq!((folder.aside().len(), text(&folder.file())), (1, "today\ntoday too\n".to_owned()));
    assert_eq!(folder.lines()[0], "yesterday");
    assert_eq!(rotation.period_of(SystemTime::UNIX_EPOCH + Duration::from_secs(86_399)), Some(0));
    assert_eq!(rotation.period_of(SystemTime::UNIX_EPOCH + Duration::from_secs(86_400)), Some(1));
}

// Elsewhere files have no turns: core/src/platform/windows.rs says why. The same for the others that are marked.
#[cfg(unix)]
#[test]
fn several_writers_lose_nothing_and_one_of_them_puts_aside() {
    let folder = Folder::new("several");
    let rotation = sized(4_096);
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let mut exporter = folder.exporter(&rotation);
            scope.spawn(move || (0..1_000).for_each(|n| write(&mut exporter, &format!("{writer}-{n:05}\n"))));
        }
    });
    let mut lines = folder.lines();
    lines.sort();
    let expected: Vec<String> = (0..4).flat_map(|w| (0..1_000).map(move |n| format!("{w}-{n:05}"))).collect();
    assert_eq!(lines, expected);
    // Where two put aside at the same time, files are nearly empty. Whoever does not get to do so writes on.
    let sizes: Vec<u64> = folder.aside().iter().map(|path| fs::metadata(path).unwrap().len()).collect();
    assert!(sizes.iter().all(|size| (2_048..=6_144).contains(size)), "{sizes:?}");
}

#[cfg(unix)]
#[test]
fn what_is_put_aside_is_compressed_once_nobody_writes_to_it() {
    for compression in Compression::ALL {
        let folder = Folder::new(compression.extension());
        let mut other = folder.exporter(&Rotation::default());
        write(&mut other, "0\n");
        let mut exporter = folder.exporter(&Rotation { compress: Some(compression), ..sized(4) });
        write(&mut exporter, "1\n");
        write(&mut exporter, "2\n");
        std::thread::sleep(Duration::from_millis(50));
        assert_eq!(folder.aside()[0].extension().unwrap(), "jsonl", "the other one has it open");
        // One that has not looked yet finds the file gone, and goes on in the new one.
        write(&mut other, "3\n");
        until("compressed", || {
            folder.aside().iter().all(|path| path.extension().unwrap() == compression.extension())
        });
        assert_eq!(folder.lines(), ["0", "1", "2", "3"]);
    }
}

#[cfg(unix)]
#[test]
fn what_a_killed_process_left_half_done_is_done_by_the_next_one() {
    let folder = Folder::new("killed");
    let plain = folder.0.join("shop.20260101T000000.000000Z.jsonl");
    fs::write(&plain, "1\n").unwrap();
    Compression::Gzip.compress(&File::open(&plain).unwrap(), &plain).unwrap();
    fs::write(folder.0.join("shop.20260102T000000.000000Z.jsonl"), "2\n").unwrap();
    fs::write(folder.0.join("shop.20260102T000000.000000Z.jsonl.gz.new"), "half").unwrap();
    let _exporter = folder.exporter(&Rotation { compress: Some(Compression::Gzip), ..sized(4) });
    // Two, and the file itself.
    until("compressed", || fs::read_dir(&folder.0).unwrap().count() == 3);
    assert_eq!(folder.lines(), ["1", "2"]);
}

#[test]
fn the_oldest_are_removed() {
    let folder = Folder::new("retention");
    let make = |day: u32, age: u64| {
        let path = folder.0.join(format!("shop.202601{day:02}T000000.000000Z.jsonl"));
        fs::write(&path, "12345678\n").unwrap();
        let then = SystemTime::now() - Duration::from_secs(age);
        File::options().append(true).open(&path).unwrap().set_modified(then).unwrap();
    };
    (1..=6).for_each(|day| make(day, 0));
    let kept = |keep: Keep| {
        afterwards::retain(aside::of(&folder.file()), &keep);
        let day = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap()[11..13].to_owned();
        folder.aside().iter().map(day).collect::<Vec<_>>()
    };
    assert_eq!(kept(Keep::default()).len(), 6);
    assert_eq!(kept(Keep { files: Some(4), ..Keep::default() }), ["03", "04", "05", "06"]);
    assert_eq!(kept(Keep { bytes: Some(27), ..Keep::default() }), ["04", "05", "06"]);
    make(5, 100);
    assert_eq!(kept(Keep { age: Some(Duration::from_secs(60)), ..Keep::default() }), ["04", "06"]);
    assert_eq!(kept(Keep { files: Some(0), ..Keep::default() }), Vec::<String>::new());
}

#[test]
fn where_it_cannot_be_put_aside_nothing_is_lost() {
    let folder = Folder::new("cannot");
    fs::create_dir(folder.0.join(".shop.jsonl.lock")).unwrap();
    let mut exporter = folder.exporter(&sized(4));
    (0..10).for_each(|n| write(&mut exporter, &format!("{n}\n")));
    assert_eq!((folder.lines().len(), folder.aside().len()), (10, 0));
}

#[cfg(unix)]
#[test]
fn behind_a_link_the_file_itself_is_put_aside() {
    let folder = Folder::new("link");
    fs::create_dir(folder.0.join("disk")).unwrap();
    std::os::unix::fs::symlink("disk/real.jsonl", folder.file()).unwrap();
    let mut exporter = folder.exporter(&sized(4));
    ["1\n", "2\n", "3\n"].into_iter().for_each(|line| write(&mut exporter, line));
    assert!(fs::symlink_metadata(folder.file()).unwrap().is_symlink());
    assert_eq!(aside::of(&folder.0.join("disk/real.jsonl")).len(), 1);
    assert_eq!(text(&folder.file()), "3\n");
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_no_file_is_never_put_aside() {
    let mut exporter = FileExporter::open(Path::new("/dev/null"), None).unwrap().rotating(Some(&sized(4)));
    (0..10).for_each(|n| write(&mut exporter, &format!("{n}\n")));
    assert!(!Path::new("/dev/.null.lock").exists());
}
