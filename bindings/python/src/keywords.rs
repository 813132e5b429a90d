//! The keyword arguments of one call as attributes, and the options among them.
//! Not for resolving names: see `names`.

use crate::convert::{self, Guarded, Tape, is_scalar};
use crate::names::{Found, Name, Plans};
use crate::raw::Call;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use vigie_core::AttributeWriter;

/// Keyword arguments, borrowed for the duration of the call.
pub(crate) struct Keywords<'py> {
    call: Call<'py>,
    plan: Option<Found>,
}

impl<'py> Keywords<'py> {
    /// The keyword arguments of a call; `plans` belongs to the called function.
    #[inline]
    pub(crate) fn of(call: Call<'py>, plans: &'static Plans) -> Self {
        let names = call.names();
        let plan = if names.is_null() {
            None
        } else {
            Some(plans.find(call.py(), names, vigie_core::host::global().rules_epoch()))
        };
        Self { call, plan }
    }

    /// The value of the function's option at `index` in its list of options.
    #[inline]
    pub(crate) fn option(&self, index: u8) -> Option<Borrowed<'py, 'py, PyAny>> {
        let plan = self.plan.as_ref().filter(|plan| plan.has_options)?;
        let position =
            plan.names.iter().position(|name| matches!(name, Name::Option(option) if *option == index))?;
        self.call.keyword_values().nth(position)
    }

    /// Writes the attributes. The user's code may run for values that are no built-in scalars.
    #[inline]
    pub(crate) fn write(&self, writer: &mut AttributeWriter<'_>, guarded: &mut Guarded) {
        self.each(writer, |writer, value| convert::value(writer, value, guarded));
    }

    /// Writes the key of each attribute and has `write` write its value.
    #[inline]
    fn each(
        &self,
        writer: &mut AttributeWriter<'_>,
        mut write: impl FnMut(&mut AttributeWriter<'_>, Borrowed<'_, '_, PyAny>),
    ) {
        let Some(plan) = &self.plan else { return };
        for (at, (name, value)) in plan.names.iter().zip(self.call.keyword_values()).enumerate() {
            match name {
                Name::Attribute(key) => writer.cached_key(key),
                Name::Given => self.given_key(writer, at),
                Name::Option(_) => continue,
            }
            write(writer, value);
        }
    }

    fn given_key(&self, writer: &mut AttributeWriter<'_>, at: usize) {
        if let Ok(name) = self.names().get_borrowed_item(at) {
            convert::with_text(name.as_any().as_borrowed(), |name| writer.key(name));
        }
    }

    /// The names of the keywords, of which there are some.
    fn names(&self) -> Borrowed<'py, 'py, PyTuple> {
        // SAFETY: only asked for where there is a plan, and then the interpreter passed a tuple of names.
        unsafe { Borrowed::from_ptr(self.call.py(), self.call.names()).cast_unchecked() }
    }

    /// Runs whatever code the values need, so that [`Prepared::write`] runs none.
    #[inline]
    pub(crate) fn prepare(self, guarded: &mut Guarded) -> Prepared<'py> {
        let tape = if self.call.keyword_values().all(is_scalar) { None } else { Some(self.tape(guarded)) };
        Prepared { keywords: self, tape }
    }

    #[cold]
    fn tape(&self, guarded: &mut Guarded) -> Tape {
        let mut tape = Tape::new();
        let Some(plan) = &self.plan else { return tape };
        let names = self.names();
        let names_and_values = names.iter_borrowed().zip(self.call.keyword_values());
        for (resolved, (name, value)) in plan.names.iter().zip(names_and_values) {
            if !matches!(resolved, Name::Option(_)) {
                convert::text_key(&mut tape, name);
                convert::value(&mut tape, value, guarded);
            }
        }
        tape
    }
}

/// Attributes that can be written without running any of the user's code.
pub(crate) struct Prepared<'py> {
    keywords: Keywords<'py>,
    tape: Option<Tape>,
}

impl Prepared<'_> {
    /// Writes the attributes.
    #[inline]
    pub(crate) fn write(&self, writer: &mut AttributeWriter<'_>) {
        if let Some(tape) = &self.tape {
            return tape.play(writer);
        }
        self.keywords.each(writer, |writer, value| {
            convert::scalar(writer, value);
        });
    }
}

/// Records the members of any mapping. The tape stays empty when the object is no mapping.
pub(crate) fn tape_of_mapping(mapping: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) -> Tape {
    let mut tape = Tape::new();
    convert::members_of(&mut tape, mapping, guarded);
    tape
}
