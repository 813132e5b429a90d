//! Values recorded now and written later, so that no user code runs while a span's buffer or a
//! series table is in use. Not for scalars, which are written directly.

use super::destination::Destination;
use vigie_core::AttributeWriter;

/// More nodes than any sensible `limits.nodes` allows: the writer's own limit is the one that shows.
const NODES: usize = 1 << 16;
/// The greatest `limits.depth` that the core takes: deeper values never reach a line.
const DEPTH: usize = 64;

enum Value {
    Str(String),
    Int(i64),
    BigInt(String),
    Float(f64),
    Bool(bool),
    Null,
    Bytes(Vec<u8>),
    Map(Vec<(String, Value)>),
    List(Vec<Value>),
    Marker(&'static str),
}

/// One open container, or the record itself at the bottom.
struct Open {
    members: Vec<(String, Value)>,
    key: String,
    is_map: bool,
}

/// A recording of members: keys and values in order.
pub(crate) struct Tape {
    open: Vec<Open>,
    nodes: usize,
}

impl Tape {
    /// An empty recording.
    pub(crate) fn new() -> Self {
        Self { open: vec![Open { members: Vec::new(), key: String::new(), is_map: true }], nodes: 0 }
    }

    /// Writes all members.
    pub(crate) fn play(&self, writer: &mut AttributeWriter<'_>) {
        for (key, value) in self.open.first().map(|record| &*record.members).unwrap_or_default() {
            writer.key(key);
            play(value, writer);
        }
    }

    fn put(&mut self, value: Value) {
        self.nodes += 1;
        if let Some(open) = self.open.last_mut() {
            let key = std::mem::take(&mut open.key);
            open.members.push((key, value));
        }
    }

    fn begin(&mut self, is_map: bool) -> bool {
        if self.open.len() > DEPTH {
            self.put(Value::Marker("[truncated]"));
            return false;
        }
        self.open.push(Open { members: Vec::new(), key: String::new(), is_map });
        true
    }

    fn end(&mut self) {
        if self.open.len() < 2 {
            return;
        }
        if let Some(Open { members, is_map, .. }) = self.open.pop() {
            self.put(match is_map {
                true => Value::Map(members),
                false => Value::List(members.into_iter().map(|(_, value)| value).collect()),
            });
        }
    }
}

fn play(value: &Value, writer: &mut AttributeWriter<'_>) {
    match value {
        Value::Str(value) => writer.str(value),
        Value::Int(value) => writer.int(*value),
        Value::BigInt(value) => writer.big_int(value),
        Value::Float(value) => writer.float(*value),
        Value::Bool(value) => writer.bool(*value),
        Value::Null => writer.null(),
        Value::Bytes(value) => writer.bytes(value),
        Value::Marker(value) => writer.marker(value),
        Value::Map(members) => play_map(members, writer),
        Value::List(items) => play_list(items, writer),
    }
}

fn play_map(members: &[(String, Value)], writer: &mut AttributeWriter<'_>) {
    if !writer.begin_map() {
        return;
    }
    for (key, value) in members {
        if !writer.more() {
            break;
        }
        writer.key(key);
        play(value, writer);
    }
    writer.end_map();
}

fn play_list(items: &[Value], writer: &mut AttributeWriter<'_>) {
    if !writer.begin_list() {
        return;
    }
    for item in items {
        if !writer.more() {
            break;
        }
        play(item, writer);
    }
    writer.end_list();
}

impl Destination for Tape {
    fn key(&mut self, key: &str) {
        if let Some(open) = self.open.last_mut() {
            key.clone_into(&mut open.key);
        }
    }
    fn key_utf16(&mut self, key: &[u16]) {
        self.key(&String::from_utf16_lossy(key));
    }
    fn str(&mut self, value: &str) {
        self.put(Value::Str(value.to_owned()));
    }
    fn utf16(&mut self, value: &[u16]) {
        self.put(Value::Str(String::from_utf16_lossy(value)));
    }
    fn int(&mut self, value: i64) {
        self.put(Value::Int(value));
    }
    fn big_int(&mut self, decimal: &str) {
        self.put(Value::BigInt(decimal.to_owned()));
    }
    fn float(&mut self, value: f64) {
        self.put(Value::Float(value));
    }
    fn bool(&mut self, value: bool) {
        self.put(Value::Bool(value));
    }
    fn null(&mut self) {
        self.put(Value::Null);
    }
    fn bytes(&mut self, value: &[u8]) {
        self.put(Value::Bytes(value.to_vec()));
    }
    fn begin_map(&mut self) -> bool {
        self.begin(true)
    }
    fn end_map(&mut self) {
        self.end();
    }
    fn begin_list(&mut self) -> bool {
        self.begin(false)
    }
    fn end_list(&mut self) {
        self.end();
    }
    fn more(&mut self) -> bool {
        self.nodes < NODES
    }
    fn marker(&mut self, text: &'static str) {
        self.put(Value::Marker(text));
    }
    fn masked(&self) -> bool {
        false
    }
}
