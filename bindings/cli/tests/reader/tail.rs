//! `vigie tail`, also while files are put aside, cut and made anew.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use vigie_core::{Config, Telemetry};

use crate::{Place, log, text};

/// How long is waited for what has to come.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long is waited for what must not come.
const QUIET: Duration = Duration::from_millis(600);

struct Following {
    child: Child,
    lines: Receiver<String>,
}

impl Following {
    fn new(place: &Place, arguments: &[&str]) -> Self {
        let mut command = place.command(&[&["tail", "-f"][..], arguments].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in output.lines() {
                if sender.send(line.unwrap()).is_err() {
                    return;
                }
            }
        });
        Self { child, lines }
    }

    #[track_caller]
    fn next(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("a line comes") + "\n"
    }

    #[track_caller]
    fn is_quiet(&self) {
        assert_eq!(self.lines.recv_timeout(QUIET), Err(RecvTimeoutError::Timeout));
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn numbered(number: u32) -> String {
    log(number, "INFO", &format!("n={number}"), "")
}

#[test]
fn the_last_lines_of_all_files_stand_in_order_of_time() {
    let place = Place::new("tail-last");
    let every = |step: u32| (0..2000).filter(|n| n % 3 == step).map(numbered).collect::<String>();
    place.write("a.jsonl", every(0)).write("b.jsonl", every(1)).write("c.jsonl", every(2) + "torn");
    let shown = place.prints(&["tail", "."], 0);
    // What has no time goes with the line before it.
    let expected: String = (1991..2000).map(numbered).chain(["torn\n".to_owned()]).collect();
    let mut shown: Vec<&str> = shown.lines().collect();
    let mut expected: Vec<&str> = expected.lines().collect();
    shown.sort_unstable();
    expected.sort_unstable();
    assert_eq!(shown, expected);
    let shown = place.prints(&["tail", "a.jsonl", "b.jsonl", "-n", "3"], 0);
    assert_eq!(shown, numbered(1996) + &numbered(1998) + &numbered(1999));
    let shown = place.prints(&["tail", "-n", "2", "a.jsonl", "-w", "message~n=30"], 0);
    assert_eq!(shown, numbered(306) + &numbered(309), "the last ones that pass, wherever they are");
    assert_eq!(place.prints(&["tail", "-n", "5000", "a.jsonl"], 0), every(0));
    assert_eq!(place.prints(&["tail", "-n", "0", "a.jsonl"], 0), "");
    assert_eq!(place.run(&["tail", "none.jsonl"]).status.code(), Some(2));
}

#[test]
fn lines_longer_than_a_step_are_whole() {
    let place = Place::new("tail-long");
    let long = log(1, "INFO", &"x".repeat(3_000_000), "");
    place.write("a.jsonl", numbered(0) + &long + &numbered(2) + &long);
    assert!(place.prints(&["tail", "-n", "3", "a.jsonl"], 0) == long.clone() + &long + &numbered(2));
}

#[test]
fn what_is_written_is_shown_once_it_is_whole() {
    let place = Place::new("tail-follow");
    place.write("a.jsonl", numbered(0));
    let following = Following::new(&place, &["a.jsonl", "b.jsonl", "-w", "level>=info"]);
    assert_eq!(following.next(), numbered(0));
    let line = numbered(1);
    let (begin, end) = line.split_at(40);
    place.append("a.jsonl", begin);
    following.is_quiet();
    place.append("a.jsonl", end);
    place.append("a.jsonl", log(1, "DEBUG", "is not wanted", ""));
    assert_eq!(following.next(), line);
    // One that is not there yet.
    place.append("b.jsonl", numbered(2));
    assert_eq!(following.next(), numbered(2));
    following.is_quiet();
}

#[test]
fn a_file_that_is_renamed_cut_or_removed_is_followed() {
    let place = Place::new("tail-rotation");
    place.write("a.jsonl", numbered(0));
    let following = Following::new(&place, &["a.jsonl"]);
    assert_eq!(following.next(), numbered(0));
    // A writer that has not noticed goes on for a while.
    std::fs::rename(place.path("a.jsonl"), place.path("a.jsonl.1")).unwrap();
    place.append("a.jsonl.1", numbered(1));
    assert_eq!(following.next(), numbered(1));
    place.append("a.jsonl", numbered(2));
    assert_eq!(following.next(), numbered(2));
    place.append("a.jsonl.1", numbered(3));
    assert_eq!(following.next(), numbered(3));
    // Cut, and shorter than before; cut, and grown beyond it before anybody looked.
    for begin in [10, 20] {
        let count = if begin == 10 { 1 } else { 5 };
        let lines: Vec<String> = (begin..begin + count).map(numbered).collect();
        place.write("a.jsonl", lines.concat());
        lines.iter().for_each(|line| assert_eq!(&following.next(), line));
    }
    std::fs::remove_file(place.path("a.jsonl")).unwrap();
    following.is_quiet();
    place.append("a.jsonl", numbered(30));
    assert_eq!(following.next(), numbered(30));
    following.is_quiet();
}

// Several processes take turns at the file, which they cannot on Windows.
#[cfg(unix)]
#[test]
fn every_line_comes_once_while_vigie_puts_its_file_aside() {
    for (name, path) in [("tail-folder", "."), ("tail-file", "shop.jsonl")] {
        let place = Place::new(name);
        let following = Following::new(&place, &[path, "-n", "1000"]);
        let file = serde_json::json!({
            "to": "file",
            "path": place.path("shop.jsonl"),
            "rotate": {"size": "20KiB", "compress": "gzip"},
        });
        let telemetry = Telemetry::new(Config::new("shop").output(file)).unwrap();
        let logger = telemetry.logger("shop.cart");
        // As fast as it is followed: of two files that come and go at once nobody could see the first.
        for step in 0..20_i64 {
            let numbers = step * 50..(step + 1) * 50;
            numbers.clone().for_each(|number| logger.info("order").attr("number", number).emit());
            assert!(telemetry.flush(Duration::from_secs(10)));
            for number in numbers {
                let line = following.next();
                assert!(line.contains(&format!("\"number\":{number}}}")), "{number}: {line}");
            }
        }
        following.is_quiet();
        let packed = std::fs::read_dir(&place.0).unwrap().filter(|entry| {
            entry.as_ref().unwrap().path().extension().is_some_and(|extension| extension == "gz")
        });
        assert!(packed.count() > 3, "it was put aside");
    }
}

// On Windows the next write tells it, and none comes here.
#[cfg(unix)]
#[test]
fn it_ends_without_a_word_when_nobody_reads_it() {
    let place = Place::new("tail-pipe");
    place.write("a.jsonl", numbered(0));
    let mut command = place.command(&["tail", "-f", "a.jsonl"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    drop(output);
    // Nothing is written any more, and still it ends.
    let ended = child.wait_with_output().unwrap();
    assert_eq!((text(&ended.stderr).as_str(), ended.status.code()), ("", Some(0)));
}
