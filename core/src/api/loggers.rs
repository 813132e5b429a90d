//! Loggers by the names that records themselves bring along, for bridges.
//!
//! Not for what they record: see `logger`.

use super::hub::Hub;
use super::logger::Logger;
use arc_swap::ArcSwap;
use std::collections::HashMap;
use std::sync::Arc;

/// Names that are kept. They are modules of a program, some hundred of them; but records may name what they like.
const MOST_KEPT: usize = 4096;

/// Loggers by the targets of records. A path of modules, `shop::cart`, is the name that it has in all languages,
/// `shop.cart`, so that `levels` goes for what is below a name here as well.
#[derive(Debug)]
pub struct Loggers {
    hub: Arc<Hub>,
    known: ArcSwap<HashMap<Box<str>, Logger>>,
}

impl Loggers {
    pub(crate) fn new(hub: Arc<Hub>) -> Self {
        Self { hub, known: ArcSwap::default() }
    }

    /// Has `work` use the logger of `target`.
    pub fn with<R>(&self, target: &str, work: impl FnOnce(&Logger) -> R) -> R {
        match self.known.load().get(target) {
            Some(logger) => work(logger),
            None => work(&self.made(target)),
        }
    }

    #[cold]
    fn made(&self, target: &str) -> Logger {
        let logger = Logger::new(Arc::clone(&self.hub), &target.replace("::", "."));
        if self.known.load().len() < MOST_KEPT {
            self.known.rcu(|known| {
                let mut known = HashMap::clone(known);
                known.insert(target.into(), logger.clone());
                known
            });
        }
        logger
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::telemetry::Telemetry;

    #[test]
    fn names_without_end_are_not_kept() {
        let telemetry =
            Telemetry::new(Config::new("shop").output(serde_json::json!({"to": "memory"}))).unwrap();
        let loggers = Loggers::new(Arc::clone(&telemetry.hub));
        // The last ones of so many are made anew each time, which is slow to test: the map is filled at once.
        let full =
            (0..MOST_KEPT).map(|n| (n.to_string().into(), telemetry.logger("x"))).collect::<HashMap<_, _>>();
        loggers.known.store(Arc::new(full));
        assert_eq!(loggers.with("shop::cart", |logger| logger.name().to_owned()), "shop.cart");
        assert_eq!(loggers.known.load().len(), MOST_KEPT);
    }
}
