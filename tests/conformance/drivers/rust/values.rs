//! A vector's values as a Rust program has them, and how it hands them to an attribute writer.
//! Not for steps: see `player`.

use super::json::Json;
use vigie_core::AttributeWriter;

/// A string in the form that it enters through.
#[derive(Debug, Clone)]
pub enum Text {
    Plain(String),
    Utf8(Vec<u8>),
    Utf16(Vec<u16>),
}

impl Text {
    /// As the `&str` that a Rust program must make of it where only text is taken.
    pub fn lossy(&self) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Utf8(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Self::Utf16(units) => String::from_utf16_lossy(units),
        }
    }

    fn key(&self, w: &mut AttributeWriter<'_>) {
        match self {
            Self::Plain(text) => w.key(text),
            Self::Utf8(bytes) => w.key_utf8_lossy(bytes),
            Self::Utf16(units) => w.key_utf16_lossy(units),
        }
    }

    fn value(&self, w: &mut AttributeWriter<'_>) {
        match self {
            Self::Plain(text) => w.str(text),
            Self::Utf8(bytes) => w.utf8_lossy(bytes),
            Self::Utf16(units) => w.utf16_lossy(units),
        }
    }
}

/// The typed form of a value, if it has one: `{"$int": "5"}` is `("$int", "5")`.
fn typed(value: &Json) -> Option<(&str, &Json)> {
    let [(kind, data)] = value.members() else { return None };
    kind.starts_with('$').then_some((kind.as_str(), data))
}

/// A string of a vector.
pub fn text(value: &Json) -> Text {
    match typed(value) {
        None => Text::Plain(value.text().to_owned()),
        Some(("$utf8", data)) => Text::Utf8(base64(data.text())),
        Some(("$utf16", units)) => {
            Text::Utf16(units.list().iter().map(|unit| u16::try_from(unit.int()).unwrap()).collect())
        }
        Some(("$repeat", pair)) => match pair.list() {
            [what, times] => Text::Plain(text(what).lossy().repeat(usize::try_from(times.int()).unwrap())),
            _ => panic!("$repeat takes a text and a number"),
        },
        Some(("$concat", parts)) => Text::Plain(parts.list().iter().map(|part| text(part).lossy()).collect()),
        Some((other, _)) => panic!("{other} is no text"),
    }
}

/// A number as it is measured.
pub fn number(value: &Json) -> vigie_core::Number {
    match (value, typed(value)) {
        (Json::Int(int), _) => vigie_core::Number::Int(*int),
        (Json::Float(float), _) => vigie_core::Number::Float(*float),
        (_, Some(("$float", text))) => vigie_core::Number::Float(text.text().parse().unwrap()),
        _ => panic!("{value:?} is no number"),
    }
}

/// Writes all attributes of an object.
pub fn attributes(given: Option<&Json>, w: &mut AttributeWriter<'_>) {
    let Some(given) = given else { return };
    for (key, value) in members(given) {
        key.key(w);
        write(&value, w);
    }
}

/// The members that an object, `$pairs` or `$keys` stands for.
pub fn members(given: &Json) -> Vec<(Text, Json)> {
    match typed(given) {
        Some(("$keys", count)) => {
            (0..count.int()).map(|n| (Text::Plain(format!("k{n}")), Json::Int(n))).collect()
        }
        Some(("$pairs", pairs)) => {
            let pair = |pair: &Json| (text(&pair.list()[0]), pair.list()[1].clone());
            pairs.list().iter().map(pair).collect()
        }
        _ => given.members().iter().map(|(key, value)| (Text::Plain(key.clone()), value.clone())).collect(),
    }
}

fn write(value: &Json, w: &mut AttributeWriter<'_>) {
    match (value, typed(value)) {
        (Json::Null, _) => w.null(),
        (Json::Bool(flag), _) => w.bool(*flag),
        (Json::Int(int), _) => w.int(*int),
        (Json::Float(float), _) => w.float(*float),
        (_, Some(("$float", number))) => w.float(number.text().parse().unwrap()),
        (_, Some(("$int", digits))) => match digits.text().parse() {
            Ok(int) => w.int(int),
            Err(_) => w.big_int(digits.text()),
        },
        (_, Some(("$bytes", data))) => w.bytes(&base64(data.text())),
        (_, Some(("$utf8" | "$utf16" | "$repeat" | "$concat", _))) | (Json::Text(_), _) => {
            text(value).value(w)
        }
        (_, Some(("$nest", depth))) => nest(depth.int(), true, w),
        (_, Some(("$nest_list", depth))) => nest(depth.int(), false, w),
        (_, Some(("$items", count))) => list((0..count.int()).map(Json::Int), w),
        (Json::List(items), _) => list(items.iter().cloned(), w),
        (Json::Object(_), _) => {
            if w.begin_map() {
                for (key, value) in members(value) {
                    if !w.more() {
                        break;
                    }
                    key.key(w);
                    write(&value, w);
                }
                w.end_map();
            }
        }
    }
}

fn list(items: impl Iterator<Item = Json>, w: &mut AttributeWriter<'_>) {
    if w.begin_list() {
        for item in items {
            if !w.more() {
                break;
            }
            write(&item, w);
        }
        w.end_list();
    }
}

fn nest(depth: i64, is_map: bool, w: &mut AttributeWriter<'_>) {
    if depth == 0 {
        return w.int(1);
    }
    if !(if is_map { w.begin_map() } else { w.begin_list() }) {
        return;
    }
    if w.more() {
        if is_map {
            w.key("n");
        }
        nest(depth - 1, is_map, w);
    }
    if is_map { w.end_map() } else { w.end_list() }
}

fn base64(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.bytes().filter_map(|byte| ALPHABET.iter().position(|known| *known == byte));
    let (mut out, mut bits, mut held) = (Vec::new(), 0_u32, 0_u32);
    for digit in digits {
        bits = bits << 6 | u32::try_from(digit).unwrap();
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    out
}
