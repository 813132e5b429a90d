//! Maps and lists inside attributes: opening, closing, and where their limits end them.
//!
//! Not for the stack of open ones: see `frames`.

use super::frames::Frames;
use super::redact::Mask;
use super::truncate::TRUNCATED;
use super::writer::AttributeWriter;
use crate::encode::json;
use crate::model::attributes::KnownValue;

impl AttributeWriter<'_> {
    /// Opens a map; see the type's description.
    pub fn begin_map(&mut self) -> bool {
        self.begin(true)
    }

    /// Opens a list; see the type's description.
    pub fn begin_list(&mut self) -> bool {
        self.begin(false)
    }

    fn begin(&mut self, is_map: bool) -> bool {
        if !self.open_value() {
            return false;
        }
        if self.mask != Mask::Nothing {
            self.mask_value(None);
            return false;
        }
        if self.depth() >= self.rules.limits.depth || self.nodes > self.rules.limits.nodes {
            let known = self.truncated_element();
            self.close_value(known);
            return false;
        }
        self.attributes.bytes.push(if is_map { b'{' } else { b'[' });
        self.frames.get_or_insert_with(Frames::take).push(is_map);
        true
    }

    /// Closes a map.
    pub fn end_map(&mut self) {
        self.end(b'}');
    }

    /// Closes a list.
    pub fn end_list(&mut self) {
        self.end(b']');
    }

    fn end(&mut self, bracket: u8) {
        if self.frames.as_mut().is_some_and(|frames| frames.pop()) {
            self.attributes.bytes.push(bracket);
            self.close_value(KnownValue::Nothing);
        }
    }

    /// Whether another child may follow; when not, the container has got its last element.
    pub fn more(&mut self) -> bool {
        let limits = &self.rules.limits;
        let full = self.nodes >= limits.nodes || self.attributes.bytes.len() >= limits.line_bytes;
        let Some(frame) = self.frames.as_mut().and_then(|frames| frames.stack.last_mut()) else {
            return !full;
        };
        if frame.refused {
            return false;
        }
        let complete = frame.is_map && frame.members >= limits.attributes;
        if !full && !complete {
            return true;
        }
        frame.separate(&mut self.attributes.bytes);
        frame.refused = true;
        if frame.is_map {
            json::write_str(&mut self.attributes.bytes, TRUNCATED);
            self.attributes.bytes.push(b':');
        }
        self.truncated_element();
        false
    }

    fn truncated_element(&mut self) -> KnownValue {
        self.counts.truncated.one();
        KnownValue::of_text(json::write_str(&mut self.attributes.bytes, TRUNCATED))
    }
}
