use super::*;
use crate::buffer::records::Records;
use crate::model::signal::Signal;

/// Exports lines, each as a record.
fn write(exporter: &mut FileExporter, lines: &[u8]) -> Export {
    let mut records = Records::default();
    lines.split_inclusive(|byte| *byte == b'\n').for_each(|line| records.push(Signal::Logs, line));
    exporter.export(&records.batch(), &Progress::default())
}

/// A folder that is removed at the end of the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("vigie-file-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("log.jsonl")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_torn_tail_is_cut_when_nobody_else_writes() {
    let folder = Folder::new("torn");
    std::fs::write(folder.file(), b"{}\n{\"half").unwrap();
    let mut exporter = FileExporter::open(&folder.file()).unwrap();
    write(&mut exporter, b"{\"next\":1}\n");
    assert_eq!(std::fs::read(folder.file()).unwrap(), b"{}\n{\"next\":1}\n");
}

#[test]
fn a_torn_tail_is_closed_when_somebody_else_writes() {
    let folder = Folder::new("shared");
    let _other = FileExporter::open(&folder.file()).unwrap();
    std::fs::write(folder.file(), b"{}\n{\"half").unwrap();
    let mut exporter = FileExporter::open(&folder.file()).unwrap();
    write(&mut exporter, b"{\"next\":1}\n");
    assert_eq!(std::fs::read(folder.file()).unwrap(), b"{}\n{\"half\n{\"next\":1}\n");
}

#[test]
fn a_line_that_somebody_else_is_writing_is_not_closed() {
    let folder = Folder::new("writing");
    let _other = FileExporter::open(&folder.file()).unwrap();
    let mut half = std::fs::OpenOptions::new().append(true).open(folder.file()).unwrap();
    half.write_all(b"{}\n{\"half").unwrap();
    let rest = std::thread::spawn(move || {
        for part in [&b"\""[..], b":", b"1", b"}\n"] {
            std::thread::sleep(Duration::from_millis(1));
            half.write_all(part).unwrap();
        }
    });
    let mut exporter = FileExporter::open(&folder.file()).unwrap();
    rest.join().unwrap();
    write(&mut exporter, b"{\"next\":1}\n");
    assert_eq!(std::fs::read(folder.file()).unwrap(), b"{}\n{\"half\":1}\n{\"next\":1}\n");
}

#[test]
fn a_file_without_any_line_end_is_emptied() {
    let folder = Folder::new("whole");
    std::fs::write(folder.file(), vec![b'x'; 200_000]).unwrap();
    FileExporter::open(&folder.file()).unwrap();
    assert_eq!(std::fs::metadata(folder.file()).unwrap().len(), 0);
}

#[test]
fn a_renamed_file_is_followed() {
    let folder = Folder::new("rename");
    let mut exporter = FileExporter::open(&folder.file()).unwrap();
    write(&mut exporter, b"1\n");
    std::fs::rename(folder.file(), folder.0.join("log.1")).unwrap();
    write(&mut exporter, b"2\n");
    exporter.looked = Instant::now().checked_sub(LOOK_EVERY).unwrap();
    write(&mut exporter, b"3\n");
    assert_eq!(std::fs::read(folder.0.join("log.1")).unwrap(), b"1\n2\n");
    assert_eq!(std::fs::read(folder.file()).unwrap(), b"3\n");
}

#[test]
fn folders_are_made_and_bad_paths_are_errors() {
    let folder = Folder::new("paths");
    FileExporter::open(&folder.0.join("a/b/log.jsonl")).unwrap();
    assert!(FileExporter::open(&folder.0).is_err(), "a directory");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(folder.file(), folder.0.join("link")).unwrap();
        assert!(FileExporter::open(&folder.0.join("link")).is_err(), "a symbolic link");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_loses_and_says_so() {
    let mut exporter = FileExporter::open(Path::new("/dev/full")).unwrap();
    assert_eq!(write(&mut exporter, b"1\n2\n"), Export::Partial { delivered: 0, reason: DropReason::Io });
}
