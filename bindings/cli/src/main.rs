//! The `vigie` command: checks and shows what the SDK wrote, describes its lines and its configuration, and tries the
//! outputs of one; sets levels of programs that run. Only the last needs a running program. Other commands are programs of their own.

mod check;
mod configuration;
mod doctor;
mod errors;
mod extension;
mod files;
mod filter;
mod level;
mod lines;
mod markdown;
mod members;
mod outcome;
mod patterns;
mod platform;
mod schema;
mod search;
mod show;
mod strict_json;
mod tail;
mod term;
mod time;
mod times;
mod trace;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use outcome::{Failure, Verdict};

#[derive(Parser)]
#[command(name = "vigie", version, about = "Reads the lines that Vigie wrote, and tries where they go")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Validate every line of the files against the schema of an output line
    Check {
        /// Files, or folders that are searched for *.jsonl
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// Show one trace: its spans as a waterfall, its logs and the metrics
    Trace {
        /// File, or folder that is searched for *.jsonl
        path: PathBuf,
        /// Trace id or the beginning of one; the newest trace when left out
        trace_id: Option<String>,
        /// Succeed only if each of these services, separated by commas, is part of the trace
        #[arg(long, value_delimiter = ',', value_name = "NAMES")]
        expect_services: Vec<String>,
        /// List the spans that are open instead: what is being done, and what a process was doing when it was killed
        ///
        /// Only local roots that have been open for a second are known, as their processes noted them within the last one.
        #[arg(long, conflicts_with = "expect_services")]
        running: bool,
    },
    /// Print the last lines of files, and with --follow those that are written to them
    Tail(tail::Arguments),
    /// Print the lines that pass a filter, out of plain and compressed files; ends with 0 if there are any, with 1 if not
    Search(search::Arguments),
    /// List the kinds of messages with how often and when they came, or what differs between two sets of lines
    Patterns(patterns::Arguments),
    /// List the errors of logs and spans, those of one type from one place together
    Errors(errors::Arguments),
    /// Try each output of the configuration with a test record of each signal, and say what was found
    ///
    /// The configuration is the one that a program would find here: the file that `VIGIE_CONFIG` names, and the variables
    /// `VIGIE_*` and `OTEL_*`. Succeeds only if nothing speaks against any output.
    Doctor {
        /// The file with the configuration, JSON or TOML, in place of the one that `VIGIE_CONFIG` names
        #[arg(long, value_name = "FILE")]
        config: Option<String>,
    },
    /// Set levels of running programs, those whose configuration names the folder as `control`
    ///
    /// They follow within a second. Without levels: show what is set there.
    Level {
        /// The folder
        #[arg(long, value_name = "DIR")]
        control: PathBuf,
        /// A level for all loggers, or LOGGER=LEVEL for one and those below its name; LOGGER= takes back what was set
        #[arg(value_name = "[LOGGER=]LEVEL")]
        levels: Vec<String>,
        /// How long it holds, such as 10m; without end if not given
        #[arg(long = "for", value_name = "DURATION", requires = "levels")]
        how_long: Option<String>,
        /// Take back everything that was set before
        #[arg(long)]
        clear: bool,
    },
    /// Print the JSON Schema of an output line
    Schema {
        /// Print its tables as Markdown instead
        #[arg(long)]
        markdown: bool,
        /// Print the format file for the log viewer lnav instead, for `lnav -i FILE`
        #[arg(long, conflicts_with = "markdown")]
        lnav: bool,
    },
    /// Print every key of the configuration and every variable, as Markdown tables
    Configuration,
    /// A program of its own
    #[command(external_subcommand)]
    Extension(Vec<OsString>),
}

fn main() -> ExitCode {
    let matches = Arguments::command().after_help(extension::help()).get_matches();
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let stdout = std::io::stdout();
    let mut out = std::io::BufWriter::new(stdout.lock());
    let result = run(arguments.command, &mut out).and_then(|verdict| {
        out.flush()?;
        Ok(verdict)
    });
    match result {
        Ok(Verdict::Satisfied) => ExitCode::SUCCESS,
        Ok(Verdict::NotSatisfied) => ExitCode::from(1),
        // The reader of a pipe, `head` for one, has seen enough.
        Err(Failure::Io(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("vigie: {failure}");
            ExitCode::from(2)
        }
    }
}

fn run(command: Command, out: &mut dyn Write) -> Result<Verdict, Failure> {
    match command {
        Command::Check { paths } => check::run(&paths, out),
        Command::Trace { path, trace_id, expect_services, running } => {
            let request = trace::Request { path, trace_id, expect_services };
            let show = if running { trace::running } else { trace::run };
            show(&request, &term::Screen::of_stdout(), out)
        }
        Command::Tail(arguments) => tail::run(&arguments, out),
        Command::Search(arguments) => search::run(&arguments, out),
        Command::Patterns(arguments) => patterns::run(&arguments, &term::Screen::of_stdout(), out),
        Command::Errors(arguments) => errors::run(&arguments, &term::Screen::of_stdout(), out),
        Command::Doctor { config } => doctor::run(config.as_deref(), &term::Screen::of_stdout(), out),
        Command::Level { control, levels, how_long, clear } => {
            level::run(&level::Request { control, levels, how_long, clear }, out)
        }
        Command::Schema { markdown, lnav } => {
            let text = match (markdown, lnav) {
                (true, _) => markdown::tables()?,
                (_, true) => schema::LNAV.to_owned(),
                _ => schema::TEXT.to_owned(),
            };
            out.write_all(text.as_bytes())?;
            Ok(Verdict::Satisfied)
        }
        Command::Configuration => {
            out.write_all(configuration::tables()?.as_bytes())?;
            Ok(Verdict::Satisfied)
        }
        Command::Extension(all) => {
            let (name, arguments) = all.split_first().ok_or(Failure::Message("no command".to_owned()))?;
            let commands = Arguments::command();
            let own: Vec<&str> = commands.get_subcommands().map(clap::Command::get_name).collect();
            Err(extension::run(name, arguments, &own))
        }
    }
}
