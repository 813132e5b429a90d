//! The fault matrix names tests that there are.
//! Not for what they hold: they are run by the suites of their folders.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use common::{read, read_text};

/// The texts in backticks of a line.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn every_test_that_the_matrix_names_is_there() {
    let table = read("tests/faults/README.md");
    let mut named = 0;
    for row in table.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| row")) {
        let cells: Vec<&str> = row.split(" | ").collect();
        assert_eq!(cells.len(), 7, "seven cells: {row}");
        let mut file = None;
        for name in quoted(cells[3]) {
            if name.contains('/') {
                file = Some(read_text(name).unwrap_or_else(|| panic!("there is no {name}: {row}")));
            } else {
                let text = file.as_ref().unwrap_or_else(|| panic!("{name} stands behind no file: {row}"));
                assert!(text.contains(name), "there is no {name} in the file before it: {row}");
            }
            named += 1;
        }
        assert!(file.is_some(), "no file of tests: {row}");
    }
    assert!(named > 40, "the table is read: {named}");
}
