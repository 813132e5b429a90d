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

#[cfg(unix)]
#[test]
fn a_torn_tail_is_cut_when_nobody_else_writes() {
    let folder = Folder::new("torn");
    std::fs::write(folder.file(), b"{}\n{\"half").unwrap();
    let mut exporter = FileExporter::open(&folder.file(), None).unwrap();
    write(&mut exporter, b"{\"next\":1}\n");
    assert_eq!(std::fs::read(folder.file()).unwrap(), b"{}\n{\"next\":1}\n");
}

#[test]
fn a_torn_tail_is_closed_when_somebody_else_writes() {
    let folder = Folder::new("shared");
    let _other = FileExporter::open(&folder.file(), None).unwrap();
    std::fs::write(folder.file(), b"{}\n{\"half").unwrap();
    let mut exporter = FileExporter::open(&folder.file(), None).unwrap();
    write(&mut exporter, b"{\"next\":1}\n");
    assert_eq!(std::fs::read(folder.file()).unwrap(), b"{}\n{\"half\n{\"next\":1}\n");
}

#[cfg(unix)]
#[test]
fn half_a_line_of_a_process_that_was_killed_is_cut_off_by_the_next_one_that_writes() {
    let folder = Folder::new("killed");
    let [mut one, mut other] = [(); 2].map(|()| FileExporter::open(&folder.file(), None).unwrap());
    let dead = |text: &str| {
        use std::io::Write;
        let mut file = std::fs::File::options().append(true).open(folder.file()).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    };
    write(&mut one, b"1\n");
    dead("{\"timestamp\":\"2026-01-02T03:04");
    write(&mut one, b"2\n");
    dead("{\"time");
    write(&mut other, b"3\n");
    dead("of somebody else");
    write(&mut one, b"4\n");
    assert_eq!(std::fs::read_to_string(folder.file()).unwrap(), "1\n2\n3\nof somebody else\n4\n");
}

/// Looks at a file of which ten bytes are whole lines; `total` says how long it is at each look.
fn stays_torn(total: impl Fn(u32) -> u64) -> (bool, u32) {
    let mut count = 0;
    let torn = crate::output::file::tail::stays_torn(|looks| {
        count += 1;
        let total = total(looks);
        Ok((if total == 20 { 20 } else { 10 }, total))
    });
    (torn, count)
}

#[test]
fn a_line_that_somebody_else_is_writing_is_not_closed() {
    assert_eq!(stays_torn(|looks| 16 + u64::from(looks)), (false, 5), "it became whole");
    assert_eq!(
        stays_torn(|looks| 16 + u64::from(looks / 14)),
        (false, 50),
        "it grows at each fourteenth look"
    );
    assert_eq!(stays_torn(|looks| 21 + u64::from(looks)), (false, 50), "it grows without end");
    assert_eq!(stays_torn(|_| 16), (true, 16), "nobody goes on");
    assert_eq!(stays_torn(|looks| 12 + u64::from(looks).min(3)), (true, 19), "somebody has stopped");
}

// Elsewhere files have no turns: core/src/platform/windows.rs says why. The same for the others that are marked.
#[cfg(unix)]
#[test]
fn a_file_without_any_line_end_is_emptied() {
    let folder = Folder::new("whole");
    std::fs::write(folder.file(), vec![b'x'; 200_000]).unwrap();
    FileExporter::open(&folder.file(), None).unwrap();
    assert_eq!(std::fs::metadata(folder.file()).unwrap().len(), 0);
}

#[test]
fn a_renamed_file_is_followed() {
    let folder = Folder::new("rename");
    let mut exporter = FileExporter::open(&folder.file(), None).unwrap();
    write(&mut exporter, b"1\n");
    std::fs::rename(folder.file(), folder.0.join("log.1")).unwrap();
    write(&mut exporter, b"2\n");
    exporter.looked = Instant::now().checked_sub(LOOK_EVERY).unwrap();
    write(&mut exporter, b"3\n");
    let read = |path: PathBuf| std::fs::read_to_string(path).unwrap();
    let (aside, now) = (read(folder.0.join("log.1")), read(folder.file()));
    if cfg!(unix) {
        assert_eq!((aside.as_str(), now.as_str()), ("1\n2\n", "3\n"));
    } else {
        // Windows follows with the next line already.
        assert_eq!(aside + &now, "1\n2\n3\n");
    }
}

#[test]
fn folders_are_made_and_bad_paths_are_errors() {
    let folder = Folder::new("paths");
    FileExporter::open(&folder.0.join("a/b/log.jsonl"), None).unwrap();
    assert!(FileExporter::open(&folder.0, None).is_err(), "a directory");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_loses_and_says_so() {
    let mut exporter = FileExporter::open(Path::new("/dev/full"), None).unwrap();
    assert_eq!(write(&mut exporter, b"1\n2\n"), Export::Partial { delivered: 0, reason: DropReason::Io });
}

#[cfg(unix)]
#[test]
fn symbolic_links_are_followed_and_dangling_ones_filled() {
    let folder = Folder::new("links");
    let link = folder.0.join("link");
    std::os::unix::fs::symlink(folder.file(), &link).unwrap();
    let mut exporter = FileExporter::open(&link, None).unwrap();
    write(&mut exporter, b"1\n");
    exporter.looked = Instant::now().checked_sub(LOOK_EVERY).unwrap();
    write(&mut exporter, b"2\n");
    assert_eq!(std::fs::read(folder.file()).unwrap(), b"1\n2\n");
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    std::os::unix::fs::symlink(&link, folder.0.join("circle")).unwrap();
    std::fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink(folder.0.join("circle"), &link).unwrap();
    assert!(FileExporter::open(&link, None).unwrap_err().to_string().contains("symbolic link"));
}

#[cfg(unix)]
#[test]
fn a_link_of_somebody_else_in_a_folder_for_everybody_is_not_followed() {
    use std::os::unix::fs::{PermissionsExt, lchown, symlink};
    let folder = Folder::new("strangers");
    std::fs::set_permissions(&folder.0, std::fs::Permissions::from_mode(0o1777)).unwrap();
    let inside = folder.0.join("inside");
    std::fs::create_dir(&inside).unwrap();
    // A link to the file, one to its folder, and one of one's own that leads to the first.
    let [file, way, own] = ["file", "way", "own"].map(|name| folder.0.join(name));
    symlink(inside.join("log.jsonl"), &file).unwrap();
    symlink("inside", &way).unwrap();
    symlink(&file, &own).unwrap();
    let paths = [file.clone(), way.join("log.jsonl"), own];
    for path in &paths {
        assert!(FileExporter::open(path, None).is_ok(), "{}", path.display());
    }
    if [&file, &way].into_iter().any(|link| lchown(link, Some(65_534), None).is_err()) {
        return; // Links of another user can be made by root alone.
    }
    std::fs::remove_file(inside.join("log.jsonl")).unwrap();
    for path in &paths {
        let refused = FileExporter::open(path, None).unwrap_err().to_string();
        assert!(refused.contains("belongs to another user"), "{refused}");
    }
    assert_eq!(std::fs::read_dir(&inside).unwrap().count(), 0, "nothing was made there");
    std::fs::set_permissions(&folder.0, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert!(FileExporter::open(&file, None).is_ok(), "nobody else can have put it there");
}

#[cfg(unix)]
#[test]
fn a_mode_is_what_a_new_file_gets_and_an_old_one_keeps_its_own() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("mode");
    let mode = || std::fs::metadata(folder.file()).unwrap().permissions().mode() & 0o777;
    FileExporter::open(&folder.file(), Some(0o666)).unwrap();
    assert_eq!(mode(), 0o666, "whatever the umask says");
    FileExporter::open(&folder.file(), Some(0o600)).unwrap();
    assert_eq!(mode(), 0o666);
}

#[test]
fn a_path_that_cannot_be_opened_is_tried_again() {
    let folder = Folder::new("later");
    let path = folder.0.join("a/log.jsonl");
    std::fs::write(folder.0.join("a"), "in the way").unwrap();
    assert!(FileExporter::open(&path, None).is_err());
    let mut exporter = FileExporter::waiting(&path, None, &std::io::Error::other("not yet"));
    assert_eq!(write(&mut exporter, b"1\n"), Export::Refused(DropReason::Io));
    std::fs::remove_file(folder.0.join("a")).unwrap();
    assert_eq!(write(&mut exporter, b"2\n"), Export::Refused(DropReason::Io), "not at each record");
    exporter.looked = Instant::now().checked_sub(LOOK_EVERY).unwrap();
    assert_eq!(write(&mut exporter, b"3\n"), Export::Delivered);
    assert_eq!(std::fs::read(&path).unwrap(), b"3\n");
}

/// As after `closerange` and an `open`.
#[cfg(unix)]
#[test]
fn a_descriptor_that_leads_elsewhere_is_left_alone() {
    let folder = Folder::new("foreign");
    let theirs = folder.0.join("theirs");
    let mut exporter = FileExporter::open(&folder.file(), None).unwrap();
    write(&mut exporter, b"1\n");
    let open = exporter.open.as_mut().unwrap();
    let foreign = std::fs::File::create(&theirs).unwrap();
    drop(std::mem::replace(&mut open.file, foreign));
    assert_eq!(write(&mut exporter, b"2\n"), Export::Delivered);
    assert_eq!(std::fs::read(folder.file()).unwrap(), b"1\n2\n");
    assert_eq!(std::fs::read(&theirs).unwrap(), b"", "a file of the program's own");
    // Nor is it closed at the end.
    let foreign = std::fs::File::create(&theirs).unwrap();
    let number = std::os::fd::AsRawFd::as_raw_fd(&foreign);
    drop(std::mem::replace(&mut exporter.open.as_mut().unwrap().file, foreign));
    drop(exporter);
    if cfg!(target_os = "linux") {
        assert!(std::fs::read_link(format!("/proc/self/fd/{number}")).unwrap().ends_with("theirs"));
    }
}

fn noted(lines: &[&str]) -> Records {
    let mut records = Records::default();
    lines.iter().for_each(|line| records.push(Signal::Spans, line.as_bytes()));
    records
}

fn beside(folder: &Folder) -> usize {
    let names = std::fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter(|name| name.as_encoded_bytes().ends_with(b".open")).count()
}

#[test]
fn notes_of_several_sources_are_one_file_which_goes_with_the_last() {
    let folder = Folder::new("notes");
    let mut exporter = FileExporter::open(&folder.file(), None).unwrap();
    let notes = exporter.notes().unwrap();
    assert_eq!(beside(&folder), 0, "nothing is made before it is needed");
    notes.replace(1, &noted(&["{\"a\":1}\n"]).batch());
    notes.replace(2, &noted(&["{\"b\":1}\n"]).batch());
    notes.replace(1, &noted(&["{\"a\":2}\n"]).batch());
    assert_eq!(beside(&folder), 1);
    // Another output of this process does not take them for those of a dead one.
    drop(FileExporter::open(&folder.file(), None).unwrap());
    assert_eq!((beside(&folder), std::fs::read(folder.file()).unwrap()), (1, Vec::new()));
    notes.replace(1, &noted(&[]).batch());
    assert_eq!(beside(&folder), 1);
    exporter.close();
    assert_eq!(beside(&folder), 1, "what was open at the end has never ended");
    notes.end();
    assert_eq!(beside(&folder), 0);
}

#[cfg(unix)]
#[test]
fn what_a_dead_process_noted_is_written_behind_a_healed_tail() {
    let folder = Folder::new("left");
    std::fs::write(folder.file(), b"{}\n{\"half").unwrap();
    let name = |number: u32| folder.0.join(format!("log.jsonl.{number:016}-1-0.open"));
    std::fs::write(name(2), b"{\"second\":1}\n").unwrap();
    std::fs::write(name(1), b"{\"first\":1}\n").unwrap();
    std::fs::write(folder.0.join("other.jsonl.0000000000000001-1-0.open"), b"{\"other\":1}\n").unwrap();
    // One of a process that is making it, and one that nobody will finish.
    let unfinished = ["3-1-0", "4-1-0", "backup"].map(|name| folder.0.join(format!("log.jsonl.{name}.new")));
    unfinished.iter().for_each(|path| std::fs::write(path, b"{").unwrap());
    let long_ago = std::time::SystemTime::now() - Duration::from_secs(25 * 3600);
    for old in [&unfinished[0], &unfinished[2]] {
        std::fs::File::options().write(true).open(old).unwrap().set_modified(long_ago).unwrap();
    }
    std::fs::write(folder.0.join("log.jsonl.mine.open"), b"{\"mine\":1}\n").unwrap();
    drop(FileExporter::open(&folder.file(), None).unwrap());
    assert_eq!(std::fs::read(folder.file()).unwrap(), b"{}\n{\"first\":1}\n{\"second\":1}\n");
    assert_eq!(unfinished.map(|path| path.exists()), [false, true, true], "what is somebody's stays");
    assert_eq!(beside(&folder), 2, "those of another file stay, and what is somebody's");
}
