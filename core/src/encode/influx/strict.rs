//! A strict reader of line protocol, written from the specification and not from the encoder.

use std::collections::HashSet;

/// A field's value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Float(f64),
    Int(i64),
    Text(String),
    Bool(bool),
}

/// A point.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Point {
    pub(super) measurement: String,
    pub(super) tags: Vec<(String, String)>,
    pub(super) fields: Vec<(String, Value)>,
    pub(super) timestamp: i64,
}

impl Point {
    pub(super) fn tag(&self, key: &str) -> Option<&str> {
        self.tags.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    pub(super) fn field(&self, key: &str) -> Option<&Value> {
        self.fields.iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }
}

/// All points of a text; the first thing that is wrong with it as an error.
pub(super) fn points(bytes: &[u8], doubled_backslashes: bool) -> Result<Vec<Point>, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    let mut reader = Reader { chars: text.chars().collect(), at: 0, doubled_backslashes };
    let mut points = Vec::new();
    while reader.at < reader.chars.len() {
        let from = reader.at;
        let point = reader.point();
        points.push(point.map_err(|error| {
            let rest: String = reader.chars[from..].iter().take(2000).collect();
            format!("{error} in {rest:?}")
        })?);
    }
    Ok(points)
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    /// Whether two backslashes outside of a string are one, as some readers have it.
    doubled_backslashes: bool,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn take(&mut self, wanted: char) -> Result<(), String> {
        if self.peek() != Some(wanted) {
            return Err(format!("{wanted:?} expected and {:?} found at {}", self.peek(), self.at));
        }
        self.at += 1;
        Ok(())
    }

    fn point(&mut self) -> Result<Point, String> {
        if self.peek() == Some('#') {
            return Err("a comment".to_owned());
        }
        let measurement = self.bare(&[',', ' '])?;
        let mut tags = Vec::new();
        while self.peek() == Some(',') {
            self.at += 1;
            let key = self.bare(&[',', '=', ' '])?;
            self.take('=')?;
            tags.push((key, self.bare(&[',', '=', ' '])?));
        }
        if !tags.is_sorted_by(|(a, _), (b, _)| a < b) {
            return Err(format!("tags out of order or twice: {tags:?}"));
        }
        self.take(' ')?;
        let mut fields = vec![self.field()?];
        while self.peek() == Some(',') {
            self.at += 1;
            fields.push(self.field()?);
        }
        let mut names: HashSet<&str> = tags.iter().map(|(key, _)| key.as_str()).collect();
        for (key, _) in &fields {
            if !names.insert(key) {
                return Err(format!("{key:?} twice"));
            }
        }
        if names.contains("time") {
            return Err("time is InfluxDB's own".to_owned());
        }
        self.take(' ')?;
        let timestamp = self.word().parse().map_err(|_| "no timestamp".to_owned())?;
        self.take('\n')?;
        Ok(Point { measurement, tags, fields, timestamp })
    }

    /// A name or a tag's value: ends at a separator, which a backslash takes along.
    fn bare(&mut self, separators: &[char]) -> Result<String, String> {
        let mut text = String::new();
        loop {
            let Some(c) = self.peek() else { return Err("the end inside of a name".to_owned()) };
            if c.is_control() {
                return Err(format!("{c:?} in a name"));
            }
            if separators.contains(&c) {
                break;
            }
            self.at += 1;
            match (c, self.peek()) {
                ('\\', Some('\\')) if self.doubled_backslashes => {
                    text.push('\\');
                    self.at += 1;
                }
                ('\\', Some(next)) if matches!(next, ',' | '=' | ' ') => {
                    text.push(next);
                    self.at += 1;
                }
                _ => text.push(c),
            }
        }
        if text.is_empty() || text.ends_with('\\') {
            return Err(format!("{text:?} as a name or a tag's value"));
        }
        Ok(text)
    }

    fn field(&mut self) -> Result<(String, Value), String> {
        let key = self.bare(&[',', '=', ' '])?;
        self.take('=')?;
        let value = if self.peek() == Some('"') { Value::Text(self.string()?) } else { self.scalar()? };
        Ok((key, value))
    }

    fn string(&mut self) -> Result<String, String> {
        self.take('"')?;
        let mut text = String::new();
        loop {
            let c = self.peek().ok_or("the end inside of a string")?;
            self.at += 1;
            match c {
                '"' => return Ok(text),
                '\\' => {
                    let escaped = self.peek().filter(|c| matches!(c, '"' | '\\'));
                    text.push(escaped.ok_or("a backslash that escapes nothing")?);
                    self.at += 1;
                }
                c if c.is_control() => return Err(format!("{c:?} in a string")),
                c => text.push(c),
            }
        }
    }

    fn word(&mut self) -> String {
        let word: String =
            self.chars[self.at..].iter().take_while(|c| !matches!(c, ',' | ' ' | '\n')).collect();
        self.at += word.len();
        word
    }

    fn scalar(&mut self) -> Result<Value, String> {
        let word = self.word();
        let wrong = || format!("{word:?} as a value");
        let is_number = word.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
        match word.as_str() {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ if word.ends_with('i') => {
                word.trim_end_matches('i').parse().map(Value::Int).map_err(|_| wrong())
            }
            _ if is_number => {
                word.parse().ok().filter(|x: &f64| x.is_finite()).map(Value::Float).ok_or_else(wrong)
            }
            _ => Err(wrong()),
        }
    }
}
