//! The logger of each target.
//!
//! Not for what it records: see `layer`.

use arc_swap::ArcSwap;
use std::collections::HashMap;
use std::sync::Arc;
use tracing::{Level, Metadata};
use vigie_core::{Logger, Severity, Telemetry};

/// Targets that are kept. They are modules of the program, some hundred of them; records of `log` may name what they like.
const MOST_KEPT: usize = 4096;

/// Loggers by the target that they were made for.
#[derive(Debug)]
pub(crate) struct Loggers {
    telemetry: Telemetry,
    known: ArcSwap<HashMap<Box<str>, Logger>>,
}

impl Loggers {
    pub(crate) fn of(telemetry: &Telemetry) -> Self {
        Self { telemetry: telemetry.clone(), known: ArcSwap::default() }
    }

    /// Has `work` use the logger of `target`.
    pub(crate) fn with<R>(&self, target: &str, work: impl FnOnce(&Logger) -> R) -> R {
        match self.known.load().get(target) {
            Some(logger) => work(logger),
            None => work(&self.made(target)),
        }
    }

    #[cold]
    fn made(&self, target: &str) -> Logger {
        let logger = self.telemetry.logger(&name_of(target));
        if self.known.load().len() < MOST_KEPT {
            self.known.rcu(|known| {
                let mut known = HashMap::clone(known);
                known.insert(target.into(), logger.clone());
                Arc::new(known)
            });
        }
        logger
    }
}

/// `shop::cart` as the loggers of all languages are named: `shop.cart`.
pub(crate) fn name_of(target: &str) -> String {
    target.replace("::", ".")
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
