//! Which entities are looked for, and those that a message holds.

use super::kind::Kind;
use super::{address, amount, name};
use crate::encode::attributes::writer::AttributeWriter;
use crate::encode::patterns::Patterns;
use crate::model::cut::prefix;
use std::collections::BTreeSet;

/// So much of a message is looked at.
const LOOKED_AT_BYTES: usize = 16 * 1024;
/// A longer one is none.
const LONGEST_BYTES: usize = 256;
/// So many of one sort are told, and so many bytes of all together.
const MOST_OF_A_SORT: usize = 16;
const MOST_BYTES: usize = 4 * 1024;

/// What is looked for in messages.
#[derive(Debug)]
pub struct Entities {
    kinds: BTreeSet<Kind>,
    own: Option<Patterns>,
}

impl Entities {
    /// These sorts and patterns of the user; nothing where there are none.
    #[must_use]
    pub fn new(kinds: &BTreeSet<Kind>, own: Option<Patterns>) -> Option<Self> {
        (!kinds.is_empty() || own.is_some()).then(|| Self { kinds: kinds.clone(), own })
    }

    /// Writes what `message` holds, as the attribute `entities`: an object with a list for each sort of which there is any,
    /// each entity once, in the order of the message.
    pub fn write(&self, message: &str, writer: &mut AttributeWriter<'_>) {
        let message = prefix(message, LOOKED_AT_BYTES);
        let mut object = Object { writer, is_open: false, left_bytes: MOST_BYTES };
        for (key, kind) in Kind::ALL.into_iter().filter(|(_, kind)| self.kinds.contains(kind)) {
            let mut found = Vec::new();
            scan(kind, message, &mut |text| object.keep(text, &mut found));
            object.list(key, &found);
        }
        if let Some(own) = &self.own {
            for (name, found) in matches(own, message, &mut object) {
                object.list(name, &found);
            }
        }
        object.close();
    }
}

/// What the user's patterns match, by their names. Of a text that would take too long the rest has none.
fn matches<'p, 't>(
    own: &'p Patterns,
    message: &'t str,
    object: &mut Object<'_, '_>,
) -> Vec<(&'p str, Vec<&'t str>)> {
    let mut all: Vec<_> = own.names().iter().map(|name| (name.as_str(), Vec::new())).collect();
    let _rest = own.search(message, &mut |range, place| {
        if let (Some(text), Some((_, found))) = (message.get(range), all.get_mut(place)) {
            object.keep(text, found);
        }
    });
    all
}

/// Shows what there is of one sort, in the order of the text.
pub(super) fn scan<'t>(kind: Kind, text: &'t str, tell: &mut dyn FnMut(&'t str)) {
    match kind {
        Kind::Ip => address::ips(text, tell),
        Kind::Email => address::emails(text, tell),
        Kind::Url => address::urls(text, tell),
        Kind::Uuid => name::uuids(text, tell),
        Kind::Path => address::paths(text, tell),
        Kind::Duration => amount::durations(text, tell),
        Kind::Size => amount::sizes(text, tell),
        Kind::Status => amount::statuses(text, tell),
        Kind::Exception => name::exceptions(text, tell),
    }
}

/// The object while it is written: it is begun with the first list.
struct Object<'w, 'a> {
    writer: &'w mut AttributeWriter<'a>,
    is_open: bool,
    left_bytes: usize,
}

impl Object<'_, '_> {
    /// Adds one to those of a sort, unless it is there already, too long, or one too many.
    fn keep<'t>(&mut self, text: &'t str, found: &mut Vec<&'t str>) {
        let fits = text.len() <= LONGEST_BYTES.min(self.left_bytes) && found.len() < MOST_OF_A_SORT;
        if fits && !text.is_empty() && !found.contains(&text) {
            self.left_bytes -= text.len();
            found.push(text);
        }
    }

    fn list(&mut self, key: &str, found: &[&str]) {
        if found.is_empty() {
            return;
        }
        if !self.is_open {
            self.writer.key("entities");
            self.is_open = self.writer.begin_map();
        }
        self.writer.key(key);
        if self.writer.begin_list() {
            for text in found {
                if self.writer.more() {
                    self.writer.str(text);
                }
            }
            self.writer.end_list();
        }
    }

    fn close(&mut self) {
        if self.is_open {
            self.writer.end_map();
        }
    }
}
