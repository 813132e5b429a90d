//! The least severity of each logger: as it is configured, and as it was set since.
//!
//! Not for the cells that loggers read it from: see `hub`.

use crate::model::severity::Severity;
use std::collections::BTreeMap;

/// The level of a logger that nobody configured yet.
pub const LEVEL_UNKNOWN: u8 = 0;

/// A level above every severity: nothing is recorded.
pub const LEVEL_OFF: u8 = u8::MAX;

/// Levels that somebody set: one for all loggers, and those of single ones, which stand for what is below their names too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SetLevels {
    /// The one for all, if it is set.
    pub level: Option<Severity>,
    /// Those of single ones.
    pub levels: BTreeMap<String, Severity>,
}

impl SetLevels {
    /// Lays those of a stronger source over these.
    pub fn overlay(&mut self, level: Option<Severity>, levels: &BTreeMap<String, Severity>) {
        self.level = level.or(self.level);
        self.levels.extend(levels.iter().map(|(name, level)| (name.clone(), *level)));
    }

    /// Sets the level of a logger, or of all without one. Without a level it is set no more.
    pub fn set(&mut self, logger: Option<&str>, level: Option<Severity>) {
        match (logger, level) {
            (None, level) => self.level = level,
            (Some(logger), Some(level)) => drop(self.levels.insert(logger.to_owned(), level)),
            (Some(logger), None) => drop(self.levels.remove(logger)),
        }
    }
}

/// The levels in force. Of those that were set, those of the control file are the strongest, then those that the program has set,
/// then those of the configuration.
#[derive(Debug, Clone, Default)]
pub struct Levels {
    /// What holds where nothing is set; [`LEVEL_OFF`] when nothing is recorded at all.
    base: u8,
    configured: SetLevels,
    by_program: SetLevels,
    by_control: SetLevels,
    /// What comes of them.
    level: u8,
    is_set: bool,
    by_name: BTreeMap<String, u8>,
}

impl Levels {
    /// Those that are configured; `base` holds where nothing is.
    #[must_use]
    pub fn new(base: u8, configured: SetLevels) -> Self {
        Self { base, configured, ..Self::default() }.settled()
    }

    /// The same with others from the configuration.
    #[must_use]
    pub fn configured(&self, configured: SetLevels) -> Self {
        Self { configured, ..self.clone() }.settled()
    }

    /// The same with those that the program has set changed.
    #[must_use]
    pub fn changed(&self, change: impl FnOnce(&mut SetLevels)) -> Self {
        let mut levels = self.clone();
        change(&mut levels.by_program);
        levels.settled()
    }

    /// The same with others from the control file.
    #[must_use]
    pub fn controlled(&self, by_control: SetLevels) -> Self {
        Self { by_control, ..self.clone() }.settled()
    }

    /// What the control file has set.
    #[must_use]
    pub fn by_control(&self) -> &SetLevels {
        &self.by_control
    }

    /// What is configured.
    #[must_use]
    pub fn as_configured(&self) -> &SetLevels {
        &self.configured
    }

    fn settled(mut self) -> Self {
        let sources = [&self.configured, &self.by_program, &self.by_control];
        let set = sources.iter().rev().find_map(|source| source.level);
        self.is_set = set.is_some();
        self.level = match (self.base, set) {
            (LEVEL_OFF, _) | (_, None) => self.base,
            (_, Some(level)) => level.number(),
        };
        let named = sources.into_iter().flat_map(|source| &source.levels);
        self.by_name = named.map(|(name, level)| (name.clone(), level.number())).collect();
        self
    }

    /// Whether nothing shall be recorded at all.
    #[must_use]
    pub fn are_off(&self) -> bool {
        self.level == LEVEL_OFF
    }

    /// The least severity that the logger `name` records: its own, or its nearest parent's.
    #[must_use]
    pub fn threshold(&self, name: &str) -> u8 {
        self.threshold_or(name, self.level)
    }

    /// The same as far as it was set; every severity where nobody set a level.
    #[must_use]
    pub fn set_threshold(&self, name: &str) -> u8 {
        self.threshold_or(name, if self.is_set { self.level } else { LEVEL_UNKNOWN })
    }

    fn threshold_or(&self, name: &str, level: u8) -> u8 {
        if self.are_off() {
            return LEVEL_OFF;
        }
        let mut prefix = name;
        loop {
            if let Some(level) = self.by_name.get(prefix) {
                return *level;
            }
            match prefix.rfind('.') {
                Some(dot) => prefix = prefix.get(..dot).unwrap_or_default(),
                None => return level,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(level: Option<Severity>, named: &[(&str, Severity)]) -> SetLevels {
        let levels = named.iter().map(|(name, level)| ((*name).to_owned(), *level)).collect();
        SetLevels { level, levels }
    }

    #[test]
    fn the_control_file_is_stronger_than_the_program_and_that_than_the_configuration() {
        let (debug, warn, error) = (Severity::DEBUG, Severity::WARN, Severity::ERROR);
        let levels = Levels::new(9, set(None, &[("shop", warn)]));
        assert_eq!([levels.threshold("shop.cart"), levels.threshold("x")], [13, 9]);
        assert_eq!(levels.set_threshold("x"), LEVEL_UNKNOWN);
        let levels = levels.changed(|set| set.set(Some("shop"), Some(debug)));
        assert_eq!(levels.threshold("shop.cart"), 5);
        let levels = levels.changed(|set| set.set(None, Some(error)));
        assert_eq!([levels.threshold("x"), levels.set_threshold("x")], [17; 2]);
        let levels = levels.controlled(set(Some(debug), &[("shop", error)]));
        assert_eq!([levels.threshold("shop"), levels.threshold("x")], [17, 5]);
        let levels = levels.configured(set(Some(warn), &[])).controlled(SetLevels::default());
        assert_eq!([levels.threshold("shop"), levels.threshold("x")], [5, 17]);
        let levels = levels.changed(|set| {
            set.set(None, None);
            set.set(Some("shop"), None);
        });
        assert_eq!([levels.threshold("shop"), levels.threshold("x")], [13; 2]);
    }

    #[test]
    fn what_is_disabled_stays_off() {
        let levels = Levels::new(LEVEL_OFF, set(Some(Severity::DEBUG), &[("shop", Severity::DEBUG)]));
        let levels = levels.changed(|set| set.set(None, Some(Severity::TRACE)));
        assert!(levels.are_off());
        assert_eq!([levels.threshold("shop"), levels.threshold("x")], [LEVEL_OFF; 2]);
    }
}
