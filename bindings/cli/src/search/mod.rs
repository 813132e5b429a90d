//! `vigie search`: the lines of files that pass a filter, in the order of the files.

mod chunks;
mod found;

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::files;
use crate::filter::{Filter, Times};
use crate::lines::{self, Blocks};
use crate::outcome::{Failure, Verdict, unreadable};
use crate::show::{Form, Show};
use found::{Found, Output, Searcher};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// What a line has to be: `level>=warn service=shop logger=shop.* user_id!=7 status_code>=500 message~"timed out"`
    ///
    /// All terms have to hold. `=` and `!=` compare text with `*` for any part of it, `~` and `!~` look for a text in the
    /// value, `>` `>=` `<` `<=` compare numbers, levels and times; `trace=4bf9` takes the beginning of an id, `kind=log`,
    /// `span` and `metric` tell the lines apart. A word alone is looked for in the whole line. Keys of objects inside are
    /// written with dots: `error.type=KeyError`. An empty filter takes every line.
    filter: String,
    /// Files, plain or compressed, folders that are searched for *.jsonl, *.jsonl.gz and *.jsonl.zst, and - for standard
    /// input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    times: Times,
    #[command(flatten)]
    form: Form,
    /// Print how many lines pass instead of them
    #[arg(long, conflicts_with_all = ["json", "human"])]
    count: bool,
    /// Stop behind so many lines that pass
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
}

/// Succeeds if a line passes. A file that cannot be read, or not to its end, does not keep the others from being searched.
pub(crate) fn run(arguments: &Arguments, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let filter = Filter::read(&arguments.filter, &arguments.times)?;
    let show = (!arguments.count).then(|| Show::on_stdout(&arguments.form));
    let searcher = Searcher::new(filter, show, arguments.limit.is_some());
    let mut output = Output::new(out, arguments.limit);
    let mut failures = Vec::new();
    for path in &arguments.paths {
        match files::collect_or_stdin(std::slice::from_ref(path)) {
            Ok(files) => {
                for file in &files {
                    one(file, &searcher, &mut output).or_else(|failure| kept(failure, &mut failures))?;
                }
            }
            Err(failure) => kept(failure, &mut failures)?,
        }
    }
    let lines = output.lines();
    if arguments.count {
        writeln!(out, "{lines}")?;
    }
    match failures.is_empty() {
        true if lines > 0 => Ok(Verdict::Satisfied),
        true => Ok(Verdict::NotSatisfied),
        false => {
            out.flush()?;
            Err(Failure::Message(failures.join("\nvigie: ")))
        }
    }
}

/// Of what went wrong, only that nothing can be written any more ends the search.
fn kept(failure: Failure, failures: &mut Vec<String>) -> Result<(), Failure> {
    match failure {
        Failure::Message(text) => {
            failures.push(text);
            Ok(())
        }
        failure @ Failure::Io(_) => Err(failure),
    }
}

fn one(path: &Path, searcher: &Searcher, output: &mut Output<'_>) -> Result<(), Failure> {
    if output.is_full() {
        return Ok(());
    }
    if lines::is_plain(path) && chunks::are_worth_it(path) {
        return chunks::each(path, |bytes, found| searcher.search(bytes, found), |found| output.take(found));
    }
    let is_piped = path.as_os_str() == "-";
    let mut blocks = Blocks::new(lines::open(path)?);
    while let Some(block) = blocks.next().map_err(|error| unreadable(path, &error))? {
        let mut found = Found::default();
        searcher.search(block.bytes, &mut found);
        if !output.take(Ok(found))? {
            break;
        }
        if is_piped {
            // Somebody may be watching what another program writes.
            output.flush()?;
        }
    }
    Ok(())
}
