//! `vigie tail`: the last lines of files, and those that are written while it runs.

mod follow;
mod last;
mod stamped;
mod watched;

use std::io::Write;
use std::path::PathBuf;

use crate::filter::Wanted;
use crate::outcome::{Failure, Verdict};
use crate::platform::stdout_is_read;
use crate::show::{Form, Show};
use follow::Follower;
use stamped::Stamped;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Files, and folders that are searched for *.jsonl; with --follow a file need not be there yet
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Go on with the lines that are written from now on, also after the files were put aside, cut or made anew
    #[arg(short, long)]
    follow: bool,
    /// How many lines to begin with
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    lines: usize,
    #[command(flatten)]
    wanted: Wanted,
    #[command(flatten)]
    form: Form,
}

/// Prints the last lines of all files in order of time, then what comes. Ends when nobody reads what it prints.
pub(crate) fn run(arguments: &Arguments, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let filter = arguments.wanted.read()?;
    let show = Show::on_stdout(&arguments.form);
    let paths = &arguments.paths;
    if !arguments.follow {
        Follower::ask_for(paths)?;
    }
    let mut follower = Follower::new(paths);
    let last = follower.last(arguments.lines, &filter, arguments.follow)?;
    print(&last, &show, out)?;
    while arguments.follow && stdout_is_read() {
        let (mut new, has_more) = follower.new_lines();
        new.retain(|line| filter.passes(&line.bytes));
        new.sort_by(Stamped::in_order);
        print(&new, &show, out)?;
        if !has_more {
            std::thread::sleep(follow::EVERY);
        }
    }
    Ok(Verdict::Satisfied)
}

fn print(lines: &[Stamped], show: &Show, out: &mut dyn Write) -> Result<(), Failure> {
    let mut bytes = Vec::new();
    lines.iter().for_each(|line| show.line(&line.bytes, &mut bytes));
    out.write_all(&bytes)?;
    Ok(out.flush()?)
}
