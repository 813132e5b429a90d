//! `vigie level`: levels of running programs, by the file in a control folder that their configuration names.
//! Not for what the file looks like: the core, which reads it, writes it too.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use vigie_core::Severity;
use vigie_core::config::{Control, ControlledLevel, duration};
use vigie_core::host::rfc3339_of_data;

use crate::outcome::{Failure, Verdict};

/// What was asked for.
pub(crate) struct Request {
    pub(crate) control: PathBuf,
    pub(crate) levels: Vec<String>,
    pub(crate) how_long: Option<String>,
    pub(crate) clear: bool,
}

/// Sets what is asked for, and writes what holds then.
pub(crate) fn run(request: &Request, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let now_ns = now_ns();
    let how_long = request.how_long.as_deref().map(length).transpose()?;
    let until_ns = how_long.map(|length| now_ns.saturating_add(nanoseconds(length)));
    let before = if request.clear { Control::default() } else { read(&request.control)?.at(now_ns) };
    let mut control = before;
    for text in &request.levels {
        change(&mut control, text, until_ns)?;
    }
    if request.clear || !request.levels.is_empty() {
        control.write(&request.control).map_err(|error| Failure::Message(error.to_string()))?;
    }
    show(&control, out)?;
    Ok(Verdict::Satisfied)
}

fn read(folder: &Path) -> Result<Control, Failure> {
    if !folder.is_dir() {
        return Err(Failure::Message(format!("{}: there is no such folder", folder.display())));
    }
    Control::read(folder).map_err(|error| Failure::Message(error.to_string()))
}

/// Does what one argument says: `debug`, `shop.cart=debug`, or `shop.cart=` to take back what was set.
fn change(control: &mut Control, text: &str, until_ns: Option<i64>) -> Result<(), Failure> {
    let (logger, level) = match text.rsplit_once('=') {
        Some((logger, level)) => (Some(logger).filter(|logger| !logger.is_empty()), level),
        None => (None, text),
    };
    if level.is_empty() {
        control.take_back(logger);
        return Ok(());
    }
    let level = Severity::parse(level).map_err(|error| Failure::Message(error.to_string()))?;
    control.set(ControlledLevel { logger: logger.map(str::to_owned), level, until_ns });
    Ok(())
}

fn length(text: &str) -> Result<Duration, Failure> {
    duration(text).filter(|length| !length.is_zero()).ok_or_else(|| {
        Failure::Message(format!("--for: {text:?}; accepted: a duration such as 90s, 10m or 2h"))
    })
}

fn show(control: &Control, out: &mut dyn Write) -> Result<(), Failure> {
    if control.levels.is_empty() {
        writeln!(out, "nothing is set: levels are as they are configured")?;
    }
    for ControlledLevel { logger, level, until_ns } in &control.levels {
        let logger = logger.as_deref().unwrap_or("all loggers");
        let until = until_ns.map(rfc3339_of_data).map(|until| String::from_utf8_lossy(&until).into_owned());
        let until = until.map(|until| format!(" until {until}")).unwrap_or_default();
        writeln!(out, "{logger}: {level}{until}")?;
    }
    Ok(())
}

fn now_ns() -> i64 {
    nanoseconds(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

fn nanoseconds(length: Duration) -> i64 {
    i64::try_from(length.as_nanos()).unwrap_or(i64::MAX)
}
