//! `vigie errors`: the errors of logs and spans, those of one type from one place together.

mod found;
mod frames;
mod groups;
mod table;

use std::io::Write;
use std::path::PathBuf;

use crate::filter::Wanted;
use crate::outcome::{Failure, Verdict};
use crate::show::json_lines;
use crate::term::Screen;
use crate::{files, lines};
use groups::Groups;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Files, plain or compressed, folders that are searched for *.jsonl, *.jsonl.gz and *.jsonl.zst, and - for standard
    /// input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    wanted: Wanted,
    /// Show so many at most, the most frequent first
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    /// Print a line of JSON for each
    #[arg(long)]
    json: bool,
}

/// Prints the groups, the most frequent first. Succeeds if there is one.
pub(crate) fn run(arguments: &Arguments, screen: &Screen, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let filter = arguments.wanted.read()?;
    let mut groups = Groups::default();
    for path in files::collect_or_stdin(&arguments.paths)? {
        lines::each_line(&path, |line| {
            if filter.passes(line.bytes) {
                groups.add(line.bytes);
            }
            Ok(())
        })?;
    }
    let most = arguments.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
    let found = groups.finish(most);
    match arguments.json {
        true => json_lines(&found.groups, out)?,
        false => table::of(&found, screen, out)?,
    }
    Ok(if found.groups.is_empty() { Verdict::NotSatisfied } else { Verdict::Satisfied })
}
