//! The stack of open containers while values are walked, kept between records.
//!
//! Not for what is written: see `writer`.

use super::key::Key;
use crate::model::attributes::{Attributes, moved};
use std::cell::Cell;

/// One open container.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) is_map: bool,
    /// Children written so far, for the commas.
    pub(super) children: usize,
    /// Members a map holds, repeated keys once.
    pub(super) members: usize,
    /// The container took its last element; what follows is skipped.
    pub(super) refused: bool,
    /// Where the container's entries begin.
    base: usize,
    /// The member that waits for its value.
    open: Option<NestedEntry>,
}

impl Frame {
    /// Writes the comma before every child but the first.
    #[inline]
    pub(super) fn separate(&mut self, out: &mut Vec<u8>) {
        if self.children > 0 {
            out.push(b',');
        }
        self.children += 1;
    }
}

#[derive(Debug, Clone, Copy)]
struct NestedEntry {
    hash: u32,
    /// Offset of the comma, or of the key where there is none.
    start: u32,
    key: u32,
    value: u32,
    end: u32,
}

/// The containers that are open. The thread lends this memory when the first one opens and gets it back at the end.
#[derive(Debug, Default)]
pub(super) struct Frames {
    pub(super) stack: Vec<Frame>,
    entries: Vec<NestedEntry>,
}

thread_local! {
    static SPARE: Cell<Option<Box<Frames>>> = const { Cell::new(None) };
}

impl Frames {
    /// The thread's own, or new ones while those are in use further up the stack.
    pub(super) fn take() -> Box<Self> {
        // During thread exit the slot is gone; then every record pays for frames of its own.
        SPARE.try_with(Cell::take).ok().flatten().unwrap_or_default()
    }

    /// Empties them, whatever was left open, and gives them back to the thread.
    pub(super) fn give_back(mut self: Box<Self>) {
        self.stack.clear();
        self.entries.clear();
        let _ = SPARE.try_with(|spare| spare.set(Some(self)));
    }

    pub(super) fn push(&mut self, is_map: bool) {
        let base = self.entries.len();
        self.stack.push(Frame { is_map, children: 0, members: 0, refused: false, base, open: None });
    }

    pub(super) fn pop(&mut self) -> bool {
        match self.stack.pop() {
            Some(frame) => {
                self.entries.truncate(frame.base);
                true
            }
            None => false,
        }
    }

    /// Writes a nested member's key; true when its container is full already.
    pub(super) fn open_member(&mut self, out: &mut Vec<u8>, key: &Key) -> bool {
        let Some(frame) = self.stack.last_mut() else { return true };
        if frame.refused || !frame.is_map {
            return frame.refused;
        }
        let start = out.len() as u32;
        // A key's bytes begin with the comma that the first member goes without.
        let comma = frame.children > 0;
        if comma {
            key.fragment.append(out);
        } else {
            key.fragment.append_behind_first(out);
        }
        frame.children += 1;
        let at = start + u32::from(comma);
        frame.open = Some(NestedEntry { hash: key.hash, start, key: at, value: out.len() as u32, end: 0 });
        false
    }

    /// Takes back the child that was begun last: a member's key, or an element's comma.
    pub(super) fn forget_child(&mut self, out: &mut Vec<u8>) {
        let Some(frame) = self.stack.last_mut() else { return };
        frame.children = frame.children.saturating_sub(1);
        match frame.open.take() {
            Some(member) => out.truncate(member.start as usize),
            None if frame.children > 0 => drop(out.pop()),
            None => {}
        }
    }

    /// Files the nested member whose value was just written; a repeated key takes its first place.
    pub(super) fn close_member(&mut self, attributes: &mut Attributes) {
        let Some(frame) = self.stack.last_mut() else { return };
        let Some(mut entry) = frame.open.take() else { return };
        entry.end = attributes.bytes.len() as u32;
        let known = self.entries.get(frame.base..).unwrap_or_default();
        let key = |entry: &NestedEntry| attributes.bytes.get(entry.key as usize..entry.value as usize);
        let repeats = known
            .iter()
            .position(|old| old.hash == entry.hash && key(old) == key(&entry))
            .map(|index| index + frame.base);
        match repeats {
            None => {
                frame.members += 1;
                self.entries.push(entry);
            }
            Some(index) => {
                frame.children -= 1;
                self.replace(attributes, index, entry);
            }
        }
    }

    fn replace(&mut self, attributes: &mut Attributes, index: usize, new: NestedEntry) {
        let Some(old) = self.entries.get(index).copied() else { return };
        let grown = attributes.move_value(old.value..old.end, new.value..new.end, new.start);
        for entry in self.entries.iter_mut().skip(index + 1) {
            entry.start = moved(entry.start, grown);
            entry.key = moved(entry.key, grown);
            entry.value = moved(entry.value, grown);
            entry.end = moved(entry.end, grown);
        }
        if let Some(entry) = self.entries.get_mut(index) {
            entry.end = moved(entry.end, grown);
        }
    }
}
