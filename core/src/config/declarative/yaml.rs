//! Reads the text of a declarative file, YAML 1.2 or JSON, which is YAML too, into the value that it stands for.
//!
//! Not for what any key means.

use super::scalar;
use super::substitution::substituted;
use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// Containers inside one another.
const MOST_DEEP: usize = 64;
/// Values of a file, those that aliases repeat included: a page of aliases can stand for more than any memory holds.
const MOST_VALUES: usize = 65_536;

/// The value of the only document in the text, with references to variables replaced; or what is wrong, in words that
/// quote no value.
pub(super) fn value<'v>(text: &str, variable: &dyn Fn(&str) -> Option<&'v str>) -> Result<Value, String> {
    let mut reading = Reading { variable, open: Vec::new(), anchors: HashMap::new(), values: 0, whole: None };
    for event in Parser::new_from_str(text) {
        let (event, span) =
            event.map_err(|error| format!("not YAML at line {}: {}", error.marker().line(), error.info()))?;
        reading.take(event).map_err(|what| at_line(&span, &what))?;
    }
    reading.whole.ok_or_else(|| "it holds nothing".to_owned())
}

fn at_line(span: &Span, what: &str) -> String {
    format!("line {}: {what}", span.start.line())
}

/// A container whose end was not read yet.
enum Open {
    List(Vec<Value>),
    /// The key is that of the value that comes next.
    Map(Map<String, Value>, Option<String>),
}

struct Reading<'r, 'v> {
    variable: &'r dyn Fn(&str) -> Option<&'v str>,
    /// The containers around what is read, each with the number of its anchor.
    open: Vec<(Open, usize)>,
    anchors: HashMap<usize, Value>,
    values: usize,
    whole: Option<Value>,
}

impl Reading<'_, '_> {
    fn take(&mut self, event: Event<'_>) -> Result<(), String> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                if let Some((Open::Map(members, next @ None), _)) = self.open.last_mut() {
                    if members.contains_key(&*text) {
                        return Err(format!("{text:?} is there twice"));
                    }
                    *next = Some(text.into_owned());
                    return Ok(());
                }
                let text = substituted(&text, self.variable)?;
                let is_text = style != ScalarStyle::Plain
                    || tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
                self.put(if is_text { Value::from(text) } else { scalar::plain(&text) }, anchor)
            }
            Event::SequenceStart(anchor, _) => self.begin(Open::List(Vec::new()), anchor),
            Event::MappingStart(anchor, _) => self.begin(Open::Map(Map::new(), None), anchor),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some((Open::List(values), anchor)) => self.put(Value::Array(values), anchor),
                Some((Open::Map(members, _), anchor)) => self.put(Value::Object(members), anchor),
                None => Ok(()),
            },
            Event::Alias(anchor) => {
                let value =
                    self.anchors.get(&anchor).cloned().ok_or("an alias inside of what it stands for")?;
                self.values += size(&value);
                self.put(value, 0)
            }
            Event::DocumentStart(_) if self.whole.is_some() => Err("a second document".to_owned()),
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(()),
        }
    }

    fn begin(&mut self, container: Open, anchor: usize) -> Result<(), String> {
        if let Some((Open::Map(_, None), _)) = self.open.last() {
            return Err("a key that is no text".to_owned());
        }
        if self.open.len() == MOST_DEEP {
            return Err(format!("more than {MOST_DEEP} levels"));
        }
        self.open.push((container, anchor));
        Ok(())
    }

    fn put(&mut self, value: Value, anchor: usize) -> Result<(), String> {
        self.values += 1;
        if self.values > MOST_VALUES {
            return Err(format!("more than {MOST_VALUES} values"));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, value.clone());
        }
        match self.open.last_mut() {
            Some((Open::List(values), _)) => values.push(value),
            Some((Open::Map(members, next), _)) => match next.take() {
                Some(key) => drop(members.insert(key, value)),
                None => return Err("a key that is no text".to_owned()),
            },
            None => self.whole = Some(value),
        }
        Ok(())
    }
}

/// How many values there are in it, itself not counted.
fn size(value: &Value) -> usize {
    match value {
        Value::Array(values) => values.iter().map(|value| 1 + size(value)).sum(),
        Value::Object(members) => members.values().map(|value| 1 + size(value)).sum(),
        _ => 0,
    }
}
