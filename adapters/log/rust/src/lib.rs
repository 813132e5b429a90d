#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod levels;
mod values;

use log::{Log, Metadata, Record, SetLoggerError};
use std::time::Duration;
use values::Values;
use vigie_core::host::{Loggers, guard, show, with_text};
use vigie_core::{AttributeWriter, Context, Logger, Telemetry};

/// How long [`Log::flush`] waits: longer than an output that moves takes, and no program's end is held up by it.
const FLUSH: Duration = Duration::from_secs(2);

/// Writes the records of `log` to Vigie.
///
/// Nothing of it panics: what a value throws while it is shown is caught and counted in the books' `internal_panics`.
#[derive(Debug)]
pub struct VigieLog {
    telemetry: Telemetry,
    loggers: Loggers,
    has_location: bool,
}

impl VigieLog {
    /// A logger in front of `telemetry`.
    #[must_use]
    pub fn new(telemetry: &Telemetry) -> Self {
        Self { telemetry: telemetry.clone(), loggers: telemetry.loggers(), has_location: false }
    }

    /// The same, whose records also tell where in the program they were written: `code.file.path`, `code.line.number` and
    /// `code.namespace` (the module). Off unless asked for.
    #[must_use]
    pub fn with_location(mut self) -> Self {
        self.has_location = true;
        self
    }

    /// Makes it the logger of the program, and sets `log`'s own level to the finest that the settings let through. After
    /// settings with other levels call [`follow_levels`].
    ///
    /// # Errors
    /// When the program has a logger already; then nothing changed.
    pub fn install(self) -> Result<(), SetLoggerError> {
        let telemetry = self.telemetry.clone();
        log::set_boxed_logger(Box::new(self))?;
        follow_levels(&telemetry);
        Ok(())
    }

    fn write(&self, record: &Record<'_>) {
        self.loggers.with(record.target(), |logger| with_text(|text| self.write_to(logger, record, text)));
    }

    fn write_to(&self, logger: &Logger, record: &Record<'_>, text: &mut String) {
        // The record borrows it.
        let context;
        let Some(mut made) = logger.record(levels::severity_of(record.level())) else { return };
        context = Context::current();
        made.set_context(&context);
        let mut values = Values::new(made.attributes());
        values.visit(record.key_values());
        let error = values.into_error();
        if self.has_location {
            write_location(record, &mut made.attributes());
        }
        if let Some(error) = error {
            made.error(error);
        }
        // It is data, and never taken for a template.
        match record.args().as_str() {
            Some(message) => text.push_str(message),
            None => show(record.args(), text),
        }
        made.message(text);
        made.emit();
    }
}

/// Sets the level of `log`, below which it asks no logger, to the finest that the settings of `telemetry` let through.
pub fn follow_levels(telemetry: &Telemetry) {
    log::set_max_level(levels::finest(telemetry));
}

fn write_location(record: &Record<'_>, writer: &mut AttributeWriter<'_>) {
    let texts = [("code.file.path", record.file()), ("code.namespace", record.module_path())];
    for (key, text) in texts {
        if let Some(text) = text {
            writer.attr(key, text);
        }
    }
    if let Some(line) = record.line() {
        writer.attr("code.line.number", line);
    }
}

impl Log for VigieLog {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let severity = levels::severity_of(metadata.level());
        guard(false, || self.loggers.with(metadata.target(), |logger| logger.enabled(severity)))
    }

    fn log(&self, record: &Record<'_>) {
        guard((), || self.write(record));
    }

    fn flush(&self) {
        guard((), || {
            self.telemetry.flush(FLUSH);
        });
    }
}
