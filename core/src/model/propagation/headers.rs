//! The headers of a carrier, as propagators look at them.
//! Not for what they mean: each propagator knows its own. Not for collecting them: see `selection`.

/// The headers of a carrier: pairs of a name and a value, in the order of arrival. A header that occurs twice is two
/// pairs. Names are as [`super::Propagators::key`] gives them: in lower case, but for those that are known by their beginning.
#[derive(Clone, Copy, Debug, Default)]
pub struct Headers<'h>(&'h [(&'h str, &'h str)]);

impl<'h> Headers<'h> {
    /// Headers of these pairs; others than those that propagators read may be among them.
    #[must_use]
    pub const fn new(pairs: &'h [(&'h str, &'h str)]) -> Self {
        Self(pairs)
    }

    /// The value of the header `name`, if it occurs exactly once.
    #[inline]
    #[must_use]
    pub fn single(self, name: &str) -> Option<&'h str> {
        let mut found = None;
        for (known, value) in self.0 {
            if *known == name && found.replace(*value).is_some() {
                return None;
            }
        }
        found
    }

    /// All values of the header `name`.
    #[inline]
    pub const fn values<'n>(self, name: &'n str) -> Values<'h, 'n> {
        Values { pairs: self.0, name }
    }

    /// The headers whose names begin with `prefix`, in any case: the rest of each name, and its value.
    pub fn behind(self, prefix: &str) -> impl Iterator<Item = (&'h str, &'h str)> {
        self.0.iter().filter_map(move |(name, value)| Some((rest_of(name, prefix)?, *value)))
    }
}

/// What stands in a header's name behind its beginning, which is written in any case.
fn rest_of<'n>(name: &'n str, prefix: &str) -> Option<&'n str> {
    let (start, rest) = name.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// Whether a header's name begins with `prefix`, in any case.
pub(super) fn begins_with(name: &str, prefix: &str) -> bool {
    rest_of(name, prefix).is_some()
}

/// The values of one header, see [`Headers::values`].
#[derive(Clone, Copy, Debug)]
pub struct Values<'h, 'n> {
    pairs: &'h [(&'h str, &'h str)],
    name: &'n str,
}

impl<'h> Iterator for Values<'h, '_> {
    type Item = &'h str;

    #[inline]
    fn next(&mut self) -> Option<&'h str> {
        while let [(known, value), behind @ ..] = self.pairs {
            self.pairs = behind;
            if *known == self.name {
                return Some(value);
            }
        }
        None
    }
}
