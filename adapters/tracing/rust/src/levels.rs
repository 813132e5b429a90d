//! Which spans and events are recorded: what the settings `level` and `levels` let through.
//!
//! Not for sampling, which is decided where a trace starts.

use std::sync::Arc;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::Interest;
use tracing::{Level, Metadata};
use tracing_subscriber::layer::{Context, Filter};
use vigie_core::host::Loggers;
use vigie_core::{Severity, Telemetry};

/// The filter of the settings `level` and `levels`. What it leaves out costs one load of an integer, since `tracing` remembers
/// the answer for each place in the program.
///
/// Spans of level INFO and above are always let through: logging less shall not cut traces short. When the settings change
/// later, by [`Telemetry::init`], call [`tracing::callsite::rebuild_interest_cache`].
#[derive(Debug)]
pub struct Levels {
    telemetry: Telemetry,
    loggers: Arc<Loggers>,
}

impl Levels {
    pub(crate) fn new(telemetry: Telemetry, loggers: Arc<Loggers>) -> Self {
        Self { telemetry, loggers }
    }

    fn lets_through(&self, metadata: &Metadata<'_>) -> bool {
        let severity = severity_of(metadata);
        self.loggers.with(metadata.target(), |logger| {
            let is_off = logger.threshold() > Severity::FATAL.number();
            logger.enabled(severity) || metadata.is_span() && severity >= Severity::INFO && !is_off
        })
    }
}

impl<S> Filter<S> for Levels {
    fn enabled(&self, metadata: &Metadata<'_>, _context: &Context<'_, S>) -> bool {
        self.lets_through(metadata)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.lets_through(metadata) { Interest::always() } else { Interest::never() }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        let settings = self.telemetry.settings()?;
        if settings.disabled {
            return Some(LevelFilter::OFF);
        }
        let levels = settings.levels.values().copied();
        let finest = levels.chain([settings.level, Severity::INFO]).min();
        finest.map(|severity| LevelFilter::from_level(level_of(severity)))
    }
}

/// The severity of what `metadata` describes.
pub(crate) fn severity_of(metadata: &Metadata<'_>) -> Severity {
    match *metadata.level() {
        Level::ERROR => Severity::ERROR,
        Level::WARN => Severity::WARN,
        Level::INFO => Severity::INFO,
        Level::DEBUG => Severity::DEBUG,
        Level::TRACE => Severity::TRACE,
    }
}

/// The level whose records have at least this severity.
fn level_of(severity: Severity) -> Level {
    match severity.number() {
        ..=4 => Level::TRACE,
        5..=8 => Level::DEBUG,
        9..=12 => Level::INFO,
        13..=16 => Level::WARN,
        _ => Level::ERROR,
    }
}
