//! Which headers of a carrier are worth collecting.
//! Not for what they mean: each propagator knows its own.

use super::registry::Propagators;
use crate::model::cut::prefix;

/// Values of one field that are collected: one more than any propagator reads.
const MOST_VALUES: usize = 65;
/// Bytes of one field that are collected: one more than any propagator reads.
pub const MOST_BYTES: usize = 8_193;

/// Chooses which headers of a carrier are collected: those that the propagators read, and of a field no more than what
/// they look at, however much a peer sends.
#[derive(Debug)]
pub struct Selection<'s> {
    propagators: &'s Propagators,
    taken: Vec<Taken>,
}

#[derive(Debug)]
struct Taken {
    field: &'static str,
    values: usize,
    bytes: usize,
}

/// What is collected of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selected<'k> {
    /// The name, as [`super::Headers`] has it.
    pub name: &'k str,
    /// The value, or its beginning where no propagator would read the rest.
    pub value: &'k str,
}

impl<'s> Selection<'s> {
    /// Nothing is collected yet.
    #[must_use]
    pub const fn of(propagators: &'s Propagators) -> Self {
        Self { propagators, taken: Vec::new() }
    }

    /// What is collected of a header, its name in any case; None where nobody reads it or enough was collected.
    pub fn take<'k>(&mut self, header: &'k str, value: &'k str) -> Option<Selected<'k>> {
        let field = self.propagators.field(header)?;
        let known = self.taken.iter_mut().position(|taken| taken.field == field.name);
        let index = known.unwrap_or_else(|| {
            self.taken.push(Taken { field: field.name, values: 0, bytes: 0 });
            self.taken.len() - 1
        });
        let taken = self.taken.get_mut(index)?;
        if taken.values == MOST_VALUES {
            return None;
        }
        taken.values += 1;
        // A value beyond the bounds is still one more value, of which some headers may have only one.
        let value = prefix(value, MOST_BYTES - taken.bytes);
        taken.bytes += value.len();
        Some(Selected { name: field.key_of(header), value })
    }
}
