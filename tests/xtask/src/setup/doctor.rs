//! What the machine must have before anything else is worth trying, each with its cure.
//! Not for what setup can get by itself.

use super::Note;
use crate::Outcome;
use crate::options::Options;
use crate::pwsh;
use crate::tree::{self, Tree, numbers};

const PYTHON: (u32, u32) = (3, 10);
const NODE: (u32, u32) = (20, 0);

pub fn run(_tree: &Tree, _options: &Options) -> Outcome<Note> {
    let problems: Vec<String> = [python(), node(), npm()].into_iter().filter_map(Result::err).collect();
    powershell();
    if problems.is_empty() { Ok("complete") } else { Err(problems.join("\n       ")) }
}

fn python() -> Outcome {
    let cure = "on Debian and Ubuntu: apt install python3 python3-venv";
    let name = tree::system_python().ok_or_else(|| format!("no Python 3 in PATH; {cure}"))?;
    let version = tree::version_of(name).unwrap_or_default();
    at_least("Python", &version, PYTHON, cure)?;
    eprintln!("    {version}");
    let modules = std::process::Command::new(name).args(["-c", "import venv, ensurepip"]).output();
    if modules.is_ok_and(|output| output.status.success()) {
        return Ok(());
    }
    Err("Python is without its venv module, which Debian and Ubuntu package apart: apt install python3-venv"
        .to_owned())
}

fn node() -> Outcome {
    let cure = "install Node 20 or newer (Debian and Ubuntu: apt install nodejs npm)";
    let version = tree::version_of("node").ok_or_else(|| format!("no node in PATH; {cure}"))?;
    at_least("Node", &version, NODE, cure)?;
    eprintln!("    Node {version}");
    Ok(())
}

fn npm() -> Outcome {
    let version = tree::version_of(tree::npm())
        .ok_or("no npm in PATH; Debian and Ubuntu package it apart from node: apt install npm")?;
    eprintln!("    npm {version}");
    Ok(())
}

/// Never a problem: without one the module's suites are skipped and the demo takes its C step.
fn powershell() {
    match pwsh::find() {
        Ok(pwsh) => eprintln!("    {} ({})", pwsh.version, pwsh.path.display()),
        Err(why) => eprintln!("    {why}: what needs it is left out; {}", pwsh::CURE),
    }
}

fn at_least(what: &str, said: &str, least: (u32, u32), cure: &str) -> Outcome {
    let found = numbers(said);
    if found.is_some_and(|found| found >= least) {
        return Ok(());
    }
    Err(format!("{what} {}.{} or newer is needed, this is `{said}`; {cure}", least.0, least.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(numbers("Python 3.9.18"), Some((3, 9)));
        assert_eq!(numbers("v20.20.2"), Some((20, 20)));
        assert_eq!(numbers("none"), None);
        assert!(at_least("Python", "Python 3.9.18", PYTHON, "cure").is_err());
        assert!(at_least("Python", "Python 3.14.0", PYTHON, "cure").is_ok());
    }
}
