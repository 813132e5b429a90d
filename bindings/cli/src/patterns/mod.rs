//! `vigie patterns`: the kinds of messages in files, how often each comes, and what differs between two of them.

mod diff;
mod miner;
mod row;
mod seen;
mod table;

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::filter::{Filter, Wanted};
use crate::outcome::{Failure, Verdict};
use crate::show::json_lines;
use crate::term::Screen;
use crate::{files, lines};
use miner::Miner;
use seen::Side;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Files, plain or compressed, folders that are searched for *.jsonl, *.jsonl.gz and *.jsonl.zst, and - for standard
    /// input
    #[arg(required_unless_present = "diff", conflicts_with = "diff", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Show what is new in AFTER, what is gone, and what comes at least twice or at most half as often among its lines
    #[arg(long, num_args = 2, value_names = ["BEFORE", "AFTER"])]
    diff: Option<Vec<PathBuf>>,
    #[command(flatten)]
    wanted: Wanted,
    /// Show so many at most, the most frequent first
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    /// Print a line of JSON for each
    #[arg(long)]
    json: bool,
}

/// Prints a row for each pattern. Without a message in the files it does not succeed.
pub(crate) fn run(arguments: &Arguments, screen: &Screen, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let filter = arguments.wanted.read()?;
    let mut miner = Miner::new()?;
    let most = arguments.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
    match arguments.diff.as_deref() {
        Some([before, after]) => {
            read(before, Side::Before, &filter, &mut miner)?;
            read(after, Side::After, &filter, &mut miner)?;
            let found = miner.finish();
            let mut changes = diff::changes(&found);
            let all = changes.len();
            changes.truncate(most);
            match arguments.json {
                true => json_lines(&changes, out)?,
                false => table::of_changes(&changes, all, &found, screen, out)?,
            }
            Ok(verdict(found.lines.iter().sum()))
        }
        _ => {
            for path in &arguments.paths {
                read(path, Side::After, &filter, &mut miner)?;
            }
            let found = miner.finish();
            let mut rows = row::rows(&found);
            rows.truncate(most);
            match arguments.json {
                true => json_lines(&rows, out)?,
                false => table::of_rows(&rows, &found, screen, out)?,
            }
            Ok(verdict(found.lines.iter().sum()))
        }
    }
}

fn verdict(lines: u64) -> Verdict {
    if lines > 0 { Verdict::Satisfied } else { Verdict::NotSatisfied }
}

fn read(path: &Path, side: Side, filter: &Filter, miner: &mut Miner) -> Result<(), Failure> {
    for file in files::collect_or_stdin(&[path.to_owned()])? {
        lines::each_line(&file, |line| {
            if filter.passes(line.bytes) {
                miner.add(line.bytes, side);
            }
            Ok(())
        })?;
    }
    Ok(())
}
