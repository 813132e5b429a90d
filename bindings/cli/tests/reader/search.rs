//! `vigie search`.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use crate::{Place, gzip, log, text, zstd};

/// Files as Vigie puts them aside, one of them in each form.
fn rotated(name: &str) -> Place {
    let place = Place::new(name);
    place.write(
        "shop.20261130T100000.000000Z.jsonl.zst",
        zstd(log(0, "INFO", "first", ",\"n\":1").as_bytes()),
    );
    place.write(
        "shop.20261130T101000.000000Z.jsonl.gz",
        gzip(log(1, "WARN", "second", ",\"n\":2").as_bytes()),
    );
    place.write("shop.20261130T102000.000000Z.jsonl", log(2, "ERROR", "third", ",\"n\":3"));
    place.write("shop.jsonl", log(3, "FATAL", "fourth", ",\"n\":4"));
    place.write("notes.txt", log(4, "FATAL", "not read", ""));
    place
}

#[test]
fn a_folder_is_read_in_order_of_time_whatever_its_files_are_packed_in() {
    let place = rotated("search-rotated");
    let found = place.prints(&["search", "level>=warn", "."], 0);
    let expected = log(1, "WARN", "second", ",\"n\":2")
        + &log(2, "ERROR", "third", ",\"n\":3")
        + &log(3, "FATAL", "fourth", ",\"n\":4");
    assert_eq!(found, expected, "as they stand");
    assert_eq!(place.prints(&["search", "n>=2 n<4", ".", "--count"], 0), "2\n");
    let shown = place.prints(&["search", "third", ".", "--human"], 0);
    assert_eq!(shown, "10:00:02.000Z ERROR shop.cart third  n=3\n");
}

#[test]
fn a_file_that_is_just_being_packed_is_read_once() {
    let place = rotated("search-twins");
    place.write(
        "shop.20261130T102000.000000Z.jsonl.gz",
        gzip(log(2, "ERROR", "third", ",\"n\":3").as_bytes()),
    );
    assert_eq!(place.prints(&["search", "third", ".", "--count"], 0), "1\n");
}

#[test]
fn the_exit_code_is_that_of_grep() {
    let place = rotated("search-exit");
    place.prints(&["search", "level>=warn", "."], 0);
    assert_eq!(place.prints(&["search", "absent", "."], 1), "");
    assert_eq!(place.prints(&["search", "absent", ".", "--count"], 1), "0\n");
    // What cannot be read is told behind what could.
    let output = place.run(&["search", "level>=warn", "none.jsonl", "shop.jsonl", "also-none"]);
    assert_eq!((text(&output.stdout).lines().count(), output.status.code()), (1, Some(2)));
    let told = text(&output.stderr);
    assert!(told.lines().count() == 2 && told.starts_with("vigie: none.jsonl: "), "{told}");
}

#[test]
fn a_limit_ends_the_search_where_it_is_reached() {
    let place = rotated("search-limit");
    let found = place.prints(&["search", "", ".", "--limit", "2"], 0);
    assert_eq!(found.lines().count(), 2);
    assert!(found.contains("first") && found.contains("second"));
    assert_eq!(place.prints(&["search", "", ".", "--limit", "2", "--count"], 0), "2\n");
    assert_eq!(place.run(&["search", "", ".", "--limit", "0"]).status.code(), Some(2));
}

#[test]
fn bounds_of_time_hold_in_all_files() {
    let place = rotated("search-times");
    let times = ["--since", "2026-11-30T10:00:01Z", "--until", "2026-11-30T11:00:03+01:00"];
    let found = place.prints(&[&["search", "", "."][..], &times].concat(), 0);
    assert_eq!(found.lines().count(), 2, "{found}");
    assert_eq!(place.prints(&["search", "", ".", "--since", "1s", "--count"], 1), "0\n", "long ago");
}

#[test]
fn standard_input_is_searched_as_it_comes() {
    let place = Place::new("search-stdin");
    let mut command = place.command(&["search", "level>=warn", "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    for number in 0..3 {
        input.write_all(log(number, "INFO", "x", "").as_bytes()).unwrap();
        input.write_all(log(number, "WARN", "y", "").as_bytes()).unwrap();
        // The line is there before the input has ended.
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        assert_eq!(line, log(number, "WARN", "y", ""));
    }
    drop(input);
    assert!(child.wait().unwrap().success());
    // It may be packed, too.
    for packed in [gzip, zstd] {
        let mut child = place
            .command(&["search", "", "-", "--count"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&packed(log(0, "INFO", "x", "").as_bytes())).unwrap();
        assert_eq!(text(&child.wait_with_output().unwrap().stdout), "1\n");
    }
}

#[test]
fn of_a_torn_packed_file_everything_before_the_tear_is_found() {
    let place = Place::new("search-torn");
    let lines: String = (0..20_000).map(|n| log(n % 3600, "INFO", "x", &format!(",\"n\":{n}"))).collect();
    for (name, packed) in [("a.jsonl.gz", gzip(lines.as_bytes())), ("a.jsonl.zst", zstd(lines.as_bytes()))] {
        place
            .write(name, &packed[..packed.len() * 2 / 3])
            .write("b.jsonl", log(0, "INFO", "whole", ",\"n\":0"));
        let output = place.run(&["search", "n>=0", name, "b.jsonl"]);
        let found = text(&output.stdout);
        assert!((5_000..20_000).contains(&found.lines().count()), "{name}: {}", found.lines().count());
        assert!(found.ends_with(&log(0, "INFO", "whole", ",\"n\":0")), "the next file is read");
        assert!(lines.starts_with(found.strip_suffix(&log(0, "INFO", "whole", ",\"n\":0")).unwrap()));
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).starts_with(&format!("vigie: {name}: ")), "{}", text(&output.stderr));
        std::fs::remove_file(place.path(name)).unwrap();
    }
}

#[test]
fn a_large_file_gives_the_same_lines_in_the_same_order_by_many_threads() {
    let place = Place::new("search-large");
    let mut lines = String::new();
    let mut number = 0;
    while lines.len() < 5_000_000 {
        let level = if number % 7 == 0 { "WARN" } else { "INFO" };
        // Lines of many lengths, some longer than a piece of the file.
        let pad = "x".repeat(if number == 5_000 { 3_000_000 } else { number % 300 });
        lines += &log(number as u32 % 3600, level, &pad, &format!(",\"n\":{number}"));
        number += 1;
    }
    lines += "the last one is torn, level WARN";
    place.write("a.jsonl", &lines);
    let expected: String = lines.split_inclusive('\n').filter(|line| line.contains("\"WARN\"")).collect();
    assert!(place.prints(&["search", "level=warn", "a.jsonl"], 0) == expected);
    assert!(place.prints(&["search", "level!=info kind=log", "a.jsonl"], 0) == expected, "without a needle");
    assert_eq!(place.prints(&["search", "", "a.jsonl"], 0), lines + "\n");
    assert_eq!(place.prints(&["search", "torn", "a.jsonl", "--count"], 0), "1\n");
    let first: String = expected.split_inclusive('\n').take(700).collect();
    assert!(place.prints(&["search", "level=warn", "a.jsonl", "--limit", "700"], 0) == first);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_mistake() {
    let place = Place::new("search-pipe");
    place.write("a.jsonl", log(0, "INFO", "x", "").repeat(100_000));
    let mut command = place.command(&["search", "", "a.jsonl"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    drop(output);
    let ended = child.wait_with_output().unwrap();
    assert_eq!((text(&ended.stderr).as_str(), ended.status.code()), ("", Some(0)));
}

#[test]
fn colours_follow_the_environment() {
    let place = Place::new("search-colours");
    place.write("a.jsonl", log(0, "WARN", "x", ""));
    let with = |name: &str, value: &str| {
        let output = place.command(&["search", "", "a.jsonl", "--human"]).env(name, value).output().unwrap();
        text(&output.stdout).contains("\u{1b}[33mWARN")
    };
    assert!(with("CLICOLOR_FORCE", "1"));
    assert!(!with("NO_COLOR", "1") && !with("TERM", "xterm"));
}
