//! Baggage members: names and values, decoded, in one piece of memory.
//!
//! Not for the header: see `model::propagation::baggage`.

/// Names and values in order, each name once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baggage {
    /// Name, value, name, value …
    text: String,
    /// Where each name and each value ends.
    ends: Vec<(usize, usize)>,
}

impl Baggage {
    /// Whether there are no members.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut start = 0;
        self.ends.iter().map(move |(name_end, value_end)| {
            let name = self.text.get(start..*name_end).unwrap_or_default();
            start = *value_end;
            (name, self.text.get(*name_end..*value_end).unwrap_or_default())
        })
    }

    /// Adds a member; the last value of a repeated name wins at its first place.
    pub fn put(&mut self, name: &str, value: &str) {
        if self.has(name) {
            let before = std::mem::take(self);
            for (known, old) in before.iter() {
                self.push(known, if known == name { value } else { old });
            }
        } else {
            self.push(name, value);
        }
    }

    /// Most names differ in their lengths already, and the length of a name is cheaper to have than the name.
    fn has(&self, name: &str) -> bool {
        let mut start = 0;
        self.ends.iter().any(|(name_end, value_end)| {
            let at = start..*name_end;
            start = *value_end;
            at.len() == name.len() && self.text.get(at).is_some_and(|known| known == name)
        })
    }

    /// Makes room for text of so many bytes.
    pub fn reserve(&mut self, bytes: usize) {
        self.text.reserve(bytes);
    }

    fn push(&mut self, name: &str, value: &str) {
        self.text.push_str(name);
        let name_end = self.text.len();
        self.text.push_str(value);
        self.ends.push((name_end, self.text.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_wins_at_the_first_place() {
        let mut baggage = Baggage::default();
        for (name, value) in [("a", "1"), ("b", "2"), ("a", "333")] {
            baggage.put(name, value);
        }
        assert_eq!(baggage.iter().collect::<Vec<_>>(), [("a", "333"), ("b", "2")]);
    }
}
