//! The command as users run it, over hand-written lines, against golden outputs.
//! A golden file is made anew by running its command in this folder and reading the result.

// A helper of a test fails the test by panicking, like the test itself.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn vigie(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vigie")).args(arguments).current_dir(folder()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[track_caller]
fn assert_golden(arguments: &[&str], exit: i32, golden: &str) {
    let output = vigie(arguments);
    let expected = std::fs::read_to_string(folder().join("golden").join(golden)).unwrap();
    let printed = text(&output.stdout);
    // Paths alone: a backslash in a text stays what it is.
    let printed = if cfg!(windows) { printed.replace("broken\\", "broken/") } else { printed };
    assert_eq!(printed, expected, "{}", text(&output.stderr));
    assert_eq!(output.status.code(), Some(exit));
}

#[test]
fn every_kind_of_broken_line_is_reported_with_its_place() {
    assert_golden(&["check", "fixtures/broken"], 1, "check_broken.txt");
    let reported: std::collections::BTreeSet<String> =
        text(&vigie(&["check", "fixtures/broken/values.jsonl"]).stdout)
            .lines()
            .filter_map(|line| {
                line.strip_prefix("fixtures/broken/values.jsonl:")?.split(':').next().map(str::to_owned)
            })
            .collect();
    let lines =
        std::fs::read_to_string(folder().join("fixtures/broken/values.jsonl")).unwrap().lines().count();
    assert_eq!(reported.len(), lines, "each line of values.jsonl breaks one rule");
}

#[test]
fn valid_lines_are_counted_by_kind() {
    let output = vigie(&["check", "fixtures/rag"]);
    assert_eq!(text(&output.stdout), "20 lines in 3 files: 7 logs, 9 spans, 4 metrics; 0 invalid\n");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn nothing_to_check_does_not_pass() {
    let empty = Path::new(env!("CARGO_TARGET_TMPDIR")).join("empty");
    std::fs::create_dir_all(&empty).unwrap();
    let output = vigie(&["check", empty.to_str().unwrap()]);
    assert_eq!(text(&output.stdout), "nothing to check: 0 files, 0 lines\n");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_file_that_is_not_there_is_a_failure_of_the_command() {
    let output = vigie(&["check", "fixtures/none.jsonl"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).starts_with("vigie: fixtures/none.jsonl: "), "{}", text(&output.stderr));
}

#[test]
fn the_newest_trace_is_drawn_with_its_errors_and_orphans() {
    let services = "--expect-services=rag-web,rag-worker,rag-step";
    assert_golden(&["trace", "fixtures/rag", services], 0, "trace_newest.txt");
}

#[test]
fn an_older_trace_is_found_by_the_beginning_of_its_id() {
    assert_golden(&["trace", "fixtures/rag", "0AF7"], 0, "trace_older.txt");
}

#[test]
fn a_service_that_is_not_in_the_trace_fails_the_command() {
    let output = vigie(&["trace", "fixtures/rag", "0af7", "--expect-services", "rag-web,rag-step"]);
    let last = text(&output.stdout).lines().last().unwrap().to_owned();
    assert_eq!(last, "not part of trace 0af7651916cd43dd8448eb211c80319c: rag-step");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_trace_id_that_no_line_carries_is_a_failure_of_the_command() {
    let output = vigie(&["trace", "fixtures/rag", "ffff"]);
    assert_eq!(text(&output.stderr), "vigie: no line carries trace id ffff\n");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn broken_lines_do_not_hide_the_others() {
    let output = vigie(&["trace", "fixtures"]);
    let shown = text(&output.stdout);
    assert!(shown.contains("POST /ask (server)"), "{shown}");
    assert!(shown.contains("lines could not be read: see `vigie check`"), "{shown}");
}

#[test]
fn the_schema_is_printed_as_it_stands_in_the_repository() {
    let stands = std::fs::read_to_string(folder().join("../../../core/schema/vigie.v1.schema.json")).unwrap();
    assert_eq!(text(&vigie(&["schema"]).stdout), stands);
}

/// What stands between the two marks of a page, which bear the command that makes it.
fn generated(page: &str, command: &str) -> String {
    let page = std::fs::read_to_string(folder().join("../../../core/docs").join(page)).unwrap();
    let begin = page.split_once(&format!("<!-- begin: {command} -->\n")).unwrap().1;
    begin.split_once(&format!("<!-- end: {command} -->")).unwrap().0.to_owned()
}

#[test]
fn the_tables_in_the_documentation_are_those_of_the_schema() {
    let tables = text(&vigie(&["schema", "--markdown"]).stdout);
    let written = generated("schema.md", "vigie schema --markdown");
    assert_eq!(written, tables, "put the output of `vigie schema --markdown` between the two marks");
}

#[test]
fn the_page_on_configuration_is_what_the_core_says_of_it() {
    let tables = text(&vigie(&["configuration"]).stdout);
    let written = generated("configuration.md", "vigie configuration");
    assert_eq!(written, tables, "put the output of `vigie configuration` between the two marks");
}

#[test]
fn every_example_of_the_page_on_configuration_is_accepted() {
    let page = std::fs::read_to_string(folder().join("../../../core/docs/configuration.md")).unwrap();
    // Code spans that are whole documents, in the tables and in the text.
    let in_line = |line: &str| line.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let spans = page.lines().flat_map(in_line).filter(|span| span.starts_with("{\"") && span.ends_with('}'));
    let blocks = page.split("```json\n").skip(1).map(|rest| rest.split_once("```").unwrap().0.to_owned());
    let examples: Vec<String> = spans.chain(blocks).collect();
    assert!(examples.len() > 40, "{}", examples.len());
    for example in examples {
        let config = vigie_core::Config::from_json(&example).variables(vigie_core::Environment::empty());
        if let Err(error) = config.resolve() {
            panic!("{example}: {error}");
        }
    }
}

#[test]
fn spans_may_tell_all_that_enrichment_does_and_its_page_names_it() {
    use vigie_core::model::enrichment::Enrichment;
    let page = std::fs::read_to_string(folder().join("../../../core/docs/schema.md")).unwrap();
    let told = |what: &Enrichment| *what != Enrichment::Thread;
    let words = Enrichment::ALL.into_iter().map(|(_, what)| what);
    let keys: Vec<&str> = words.clone().filter(told).flat_map(Enrichment::keys).copied().collect();
    let members: String = keys.iter().map(|key| format!("\"{key}\":\"x\",")).collect();
    let span = format!(
        "{{\"timestamp\":\"2026-01-02T03:04:05.000000Z\",\"kind\":\"span\",\"name\":\"s\",\"service\":\"s\",{members}\
         \"trace_id\":\"00000000000000000000000000000001\",\"span_id\":\"0000000000000002\",\"span_kind\":\"internal\",\
         \"duration_ns\":1,\"status\":\"unset\"}}\n"
    );
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("enriched.jsonl");
    std::fs::write(&file, span).unwrap();
    let output = vigie(&["check", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    for key in words.flat_map(Enrichment::keys) {
        assert!(page.contains(&format!("`{key}`")), "{key}");
    }
}
