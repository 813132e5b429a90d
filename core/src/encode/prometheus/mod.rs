//! The exposition: Prometheus text 0.0.4 and OpenMetrics 1.0, and what is remembered from one to the next.
//!
//! Instruments and attributes may bear names that these formats do not allow. They are made legal here. Two instruments
//! that would then look alike are refused at set-up; of two such series the one that was created later gets a number.

mod family;
mod format;
mod head;
mod labels;
mod names;
mod samples;

pub use format::{Escaping, Format};
pub use names::names_taken;

use super::collected::Collected;
use family::Family;
use names::sample_name;
use std::sync::{Mutex, PoisonError};

/// What the text says each time, rendered once. It belongs to one registry.
#[derive(Debug, Default)]
pub struct Exposition(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    /// By the instruments' numbers, for each way to escape names that was ever asked for.
    families: [Vec<Family>; Escaping::ALL.len()],
}

impl Exposition {
    /// The text of these instruments, which are all that the registry has.
    #[must_use]
    pub fn text(&self, format: Format, escaping: Escaping, instruments: &[impl Collected]) -> String {
        // The worst that a panic leaves behind is a name that is taken and that no instrument bears.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let families = kept.families(escaping, instruments);
        let mut out = String::new();
        for instrument in instruments {
            if let Some(family) = families.get_mut(instrument.number()) {
                family.write(&mut out, format, instrument);
            }
        }
        if format == Format::OpenMetrics {
            out.push_str("# EOF\n");
        }
        out
    }
}

impl Kept {
    /// Those of all instruments; new ones get their names in order of their numbers.
    fn families(&mut self, escaping: Escaping, instruments: &[impl Collected]) -> &mut [Family] {
        let Some(families) = self.families.get_mut(escaping as usize) else { return &mut [] };
        let known = families.len();
        let mut new: Vec<_> = instruments.iter().filter(|instrument| instrument.number() >= known).collect();
        new.sort_by_key(|instrument| instrument.number());
        for instrument in new {
            let descriptor = instrument.descriptor();
            families.push(Family::new(sample_name(&descriptor.name, descriptor.kind, escaping), escaping));
        }
        families
    }
}
