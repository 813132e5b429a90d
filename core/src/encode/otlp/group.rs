//! The pieces of a batch by what they have in common: a scope, or a metric.

use foldhash::fast::RandomState;
use std::collections::HashMap;

/// Groups in the order of their first pieces.
#[derive(Debug)]
pub(super) struct Groups<'a> {
    /// Each with what its pieces have in common, and how many bytes their own parts have together.
    groups: Vec<(&'a [u8], usize)>,
    /// The group and the own part of each piece, ordered by group.
    parts: Vec<(usize, &'a [u8])>,
}

/// What pieces have in common, and their own parts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group<'g, 'a> {
    /// What they have in common.
    pub(super) shared: &'a [u8],
    /// How many bytes their own parts have together.
    pub(super) own_bytes: usize,
    parts: &'g [(usize, &'a [u8])],
}

impl<'a> Groups<'a> {
    /// Groups pieces, each given as what it has in common with others and its own part.
    pub(super) fn of(pieces: impl Iterator<Item = (&'a [u8], &'a [u8])>) -> Self {
        let mut known: HashMap<&[u8], usize, RandomState> = HashMap::default();
        let mut groups: Vec<(&[u8], usize)> = Vec::new();
        let mut parts: Vec<(usize, &[u8])> = Vec::new();
        for (shared, own) in pieces {
            // Mostly it is the group of the piece before.
            let last = parts.last().map(|(group, _)| *group);
            let is_last = |group: &usize| groups.get(*group).is_some_and(|(known, _)| *known == shared);
            let group = last.filter(is_last).unwrap_or_else(|| {
                *known.entry(shared).or_insert_with(|| {
                    groups.push((shared, 0));
                    groups.len() - 1
                })
            });
            if let Some((_, own_bytes)) = groups.get_mut(group) {
                *own_bytes += own.len();
            }
            parts.push((group, own));
        }
        parts.sort_by_key(|(group, _)| *group);
        Self { groups, parts }
    }

    /// The groups.
    pub(super) fn iter(&self) -> impl Iterator<Item = Group<'_, 'a>> {
        let mut parts = self.parts.as_slice();
        self.groups.iter().enumerate().map(move |(number, (shared, own_bytes))| {
            let end = parts.partition_point(|(group, _)| *group == number);
            let (own, behind) = parts.split_at_checked(end).unwrap_or_default();
            parts = behind;
            Group { shared, own_bytes: *own_bytes, parts: own }
        })
    }
}

impl<'a> Group<'_, 'a> {
    /// The pieces' own parts, in their order.
    pub(super) fn own(&self) -> impl Iterator<Item = &'a [u8]> {
        self.parts.iter().map(|(_, own)| *own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_keep_the_order_of_pieces_and_of_their_first_ones() {
        let pieces = [("b", "1"), ("a", "2"), ("b", "33"), ("", "4"), ("a", "5"), ("a", "")];
        let groups = Groups::of(pieces.iter().map(|(shared, own)| (shared.as_bytes(), own.as_bytes())));
        let found: Vec<_> = groups
            .iter()
            .map(|group| (group.shared, group.own().collect::<Vec<_>>().concat(), group.own_bytes))
            .collect();
        let expected: [(&[u8], Vec<u8>, usize); 3] =
            [(b"b", b"133".to_vec(), 3), (b"a", b"25".to_vec(), 2), (b"", b"4".to_vec(), 1)];
        assert_eq!(found, expected);
        assert_eq!(Groups::of(std::iter::empty()).iter().count(), 0);
    }
}
