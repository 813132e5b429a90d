//! Reads how many tests a suite ran from what its runner printed last.
//! A suite whose runner prints no count is one test.

use std::ops::AddAssign;

#[derive(Clone, Copy, Default, Debug, PartialEq)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl Counts {
    pub fn ran(self) -> u64 {
        self.passed + self.failed
    }
}

/// Who prints the counts.
#[derive(Clone, Copy)]
pub enum Runner {
    /// One `test result:` line per test binary: their sum.
    Cargo,
    /// `3 failed, 120 passed, 2 skipped in 4.56s`
    Pytest,
    /// `ℹ pass 120` of `node --test --test-reporter=spec`
    Node,
    /// `2900 vectors x 4 drivers: 400 passed, 0 failed`
    Conformance,
    /// `Tests Passed: 120, Failed: 0, Skipped: 2`
    Pester,
    /// None: the exit code is the one result.
    Exit,
}

/// `None` when the runner should have printed counts and did not: it died before its end.
pub fn read(runner: Runner, output: &str, ok: bool) -> Option<Counts> {
    match runner {
        Runner::Cargo => cargo(output),
        Runner::Pytest => output.lines().rev().filter(|line| line.contains(" in ")).find_map(words),
        Runner::Node => node(output),
        Runner::Conformance => words(output.lines().rev().find(|line| line.contains(" drivers: "))?),
        Runner::Pester => pester(output),
        Runner::Exit => Some(Counts { passed: ok.into(), failed: (!ok).into(), skipped: 0 }),
    }
}

fn cargo(output: &str) -> Option<Counts> {
    let mut sum = None;
    for line in output.lines().filter(|line| line.starts_with("test result: ")) {
        let counts = words(line)?;
        *sum.get_or_insert(Counts::default()) += counts;
    }
    sum
}

fn node(output: &str) -> Option<Counts> {
    let count = |what: &str| -> Option<u64> {
        let line = output.lines().rev().find_map(|line| line.strip_prefix("ℹ ")?.strip_prefix(what))?;
        line.trim().parse().ok()
    };
    Some(Counts {
        passed: count("pass ")?,
        failed: count("fail ")? + count("cancelled ").unwrap_or(0),
        skipped: count("skipped ").unwrap_or(0) + count("todo ").unwrap_or(0),
    })
}

fn pester(output: &str) -> Option<Counts> {
    let line = output.lines().rev().map(str::trim).find(|line| line.starts_with("Tests Passed: "))?;
    let count = |what: &str| -> Option<u64> {
        let part = line.trim_start_matches("Tests ").split(", ").find_map(|part| part.strip_prefix(what))?;
        part.trim_end_matches(',').trim().parse().ok()
    };
    Some(Counts { passed: count("Passed: ")?, failed: count("Failed: ")?, skipped: count("Skipped: ")? })
}

/// A number before each of the words that runners use, in any order.
fn words(line: &str) -> Option<Counts> {
    let mut counts = Counts::default();
    let mut known = false;
    let mut number = None;
    for word in line.split([' ', ',', ';', '=', '\t']).filter(|word| !word.is_empty()) {
        if let Ok(value) = word.parse::<u64>() {
            number = Some(value);
            continue;
        }
        let Some(value) = number.take() else { continue };
        let cell = match word {
            "passed" => &mut counts.passed,
            "failed" | "error" | "errors" => &mut counts.failed,
            "skipped" | "ignored" | "xfailed" => &mut counts.skipped,
            _ => continue,
        };
        *cell += value;
        known = true;
    }
    known.then_some(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: u64, failed: u64, skipped: u64) -> Option<Counts> {
        Some(Counts { passed, failed, skipped })
    }

    #[test]
    fn reads_cargo() {
        let output = "running 3 tests\n\
            test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
            test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n";
        assert_eq!(read(Runner::Cargo, output, false), counts(4, 2, 1));
        assert_eq!(read(Runner::Cargo, "error: could not compile", false), None);
    }

    #[test]
    fn reads_pytest() {
        let output = "....F\n===== 1 failed, 4 passed, 2 skipped, 1 error in 0.31s =====\n";
        assert_eq!(read(Runner::Pytest, output, false), counts(4, 2, 2));
        assert_eq!(read(Runner::Pytest, "5 passed in 0.31s", true), counts(5, 0, 0));
        assert_eq!(read(Runner::Pytest, "no tests ran in 0.01s", true), None);
    }

    #[test]
    fn reads_node() {
        let output = "ℹ tests 9\nℹ suites 0\nℹ pass 6\nℹ fail 1\nℹ cancelled 1\nℹ skipped 1\nℹ todo 0\n";
        assert_eq!(read(Runner::Node, output, false), counts(6, 2, 1));
        assert_eq!(read(Runner::Node, "Segmentation fault", false), None);
    }

    #[test]
    fn reads_pester() {
        let output =
            "Tests completed in 1.2s\nTests Passed: 12, Failed: 1, Skipped: 3, Inconclusive: 0, NotRun: 0\n";
        assert_eq!(read(Runner::Pester, output, false), counts(12, 1, 3));
        assert_eq!(read(Runner::Pester, "Tests Passed: 5, Failed: 0, Skipped: 0", true), counts(5, 0, 0));
        assert_eq!(read(Runner::Pester, "ParserError: run.ps1", false), None);
    }

    #[test]
    fn reads_conformance_and_exit_codes() {
        let output = "60 vectors x 4 drivers: 230 passed, 1 failed\n";
        assert_eq!(read(Runner::Conformance, output, false), counts(230, 1, 0));
        assert_eq!(read(Runner::Exit, "", true), counts(1, 0, 0));
        assert_eq!(read(Runner::Exit, "", false), counts(0, 1, 0));
    }
}
