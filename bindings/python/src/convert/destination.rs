//! Where converted values go.

use vigie_core::AttributeWriter;

/// Where converted values go: an attribute writer, or a tape that is played back later.
pub(crate) trait Destination {
    fn key(&mut self, key: &str);
    fn key_utf16(&mut self, key: &[u16]);
    fn str(&mut self, value: &str);
    fn utf16(&mut self, value: &[u16]);
    fn int(&mut self, value: i64);
    fn big_int(&mut self, decimal: &str);
    fn float(&mut self, value: f64);
    fn bool(&mut self, value: bool);
    fn null(&mut self);
    fn bytes(&mut self, value: &[u8]);
    /// False: the value is written already, its children are skipped and nothing is closed.
    fn begin_map(&mut self) -> bool;
    fn end_map(&mut self);
    /// As [`Destination::begin_map`].
    fn begin_list(&mut self) -> bool;
    fn end_list(&mut self);
    /// Whether another child of the open container may follow.
    fn more(&mut self) -> bool;
    fn marker(&mut self, text: &'static str);
    /// Whether the value is masked anyway, so that converting it would be in vain.
    fn masked(&self) -> bool;
}

impl Destination for AttributeWriter<'_> {
    #[inline]
    fn key(&mut self, key: &str) {
        AttributeWriter::key(self, key);
    }
    fn key_utf16(&mut self, key: &[u16]) {
        self.key_utf16_lossy(key);
    }
    #[inline]
    fn str(&mut self, value: &str) {
        AttributeWriter::str(self, value);
    }
    fn utf16(&mut self, value: &[u16]) {
        self.utf16_lossy(value);
    }
    #[inline]
    fn int(&mut self, value: i64) {
        AttributeWriter::int(self, value);
    }
    fn big_int(&mut self, decimal: &str) {
        AttributeWriter::big_int(self, decimal);
    }
    #[inline]
    fn float(&mut self, value: f64) {
        AttributeWriter::float(self, value);
    }
    #[inline]
    fn bool(&mut self, value: bool) {
        AttributeWriter::bool(self, value);
    }
    #[inline]
    fn null(&mut self) {
        AttributeWriter::null(self);
    }
    fn bytes(&mut self, value: &[u8]) {
        AttributeWriter::bytes(self, value);
    }
    fn begin_map(&mut self) -> bool {
        AttributeWriter::begin_map(self)
    }
    fn end_map(&mut self) {
        AttributeWriter::end_map(self);
    }
    fn begin_list(&mut self) -> bool {
        AttributeWriter::begin_list(self)
    }
    fn end_list(&mut self) {
        AttributeWriter::end_list(self);
    }
    fn more(&mut self) -> bool {
        AttributeWriter::more(self)
    }
    fn marker(&mut self, text: &'static str) {
        AttributeWriter::marker(self, text);
    }
    fn masked(&self) -> bool {
        AttributeWriter::masked(self)
    }
}
