//! `cargo xtask`: the one entry to setting up, showing, testing and measuring this repository.
//! It orchestrates; what is tested or measured lives with the code that it is about.

mod bench;
mod conformance;
mod counts;
mod demo;
mod docs;
mod options;
mod package;
mod process;
mod psd1;
mod pwsh;
mod report;
mod setup;
mod stamp;
mod suites;
mod test;
mod tree;
mod wire;

use std::fs;
use std::process::ExitCode;

use options::{Command, Options};
use tree::Tree;

/// A failure that is told to a person: one text, which names the cure where there is one.
pub type Outcome<T = ()> = Result<T, String>;

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}\n\n{}", options::USAGE);
            return ExitCode::from(2);
        }
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Outcome {
    let tree = Tree::find(options.command.profile())?;
    match &options.command {
        Command::Setup => setup::run(&tree, options, setup::Scope::Everything),
        Command::Demo => demo::run(&tree, options),
        Command::Test => test::run(&tree, options),
        Command::Conformance => conformance::run(&tree, options),
        Command::Bench(passed_on) => bench::run(&tree, options, passed_on),
        Command::Package => package::run(&tree, options),
        Command::Docs => docs::run(&tree, options),
        Command::Header => {
            process::cargo(&tree, options, &["run", "--quiet", "--package", "vigie-header"]).show()
        }
        Command::Wire => wire(&tree),
        Command::Fmt => {
            process::cargo(&tree, options, &["fmt", "--all"]).show()?;
            suites::python::format(&tree)
        }
        Command::Lint => test::lint(&tree, options),
        Command::Help => {
            println!("{}", options::USAGE);
            Ok(())
        }
    }
}

/// Writes the numbers of the Node binding for TypeScript.
fn wire(tree: &Tree) -> Outcome {
    let source =
        fs::read_to_string(tree.path(wire::SOURCE)).map_err(|error| format!("{}: {error}", wire::SOURCE))?;
    fs::write(tree.path(wire::MADE), wire::typescript(&source)?)
        .map_err(|error| format!("{}: {error}", wire::MADE))
}
