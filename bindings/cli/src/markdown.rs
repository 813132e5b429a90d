//! The schema as Markdown tables, for `core/docs/schema.md`.
//! Not for validation: see `schema`.

use std::fmt::Write;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;

use crate::outcome::Failure;
use crate::schema;

/// One section for each definition that has keys, in the order of the schema.
pub(crate) fn tables() -> Result<String, Failure> {
    let bad = |e: &dyn std::fmt::Display| Failure::Message(format!("embedded schema: {e}"));
    let document: Document = serde_json::from_str(schema::TEXT).map_err(|e| bad(&e))?;
    let mut text = String::new();
    for (name, definition) in &document.definitions.0 {
        if let Some(properties) = &definition.properties {
            document.section(&mut text, name, definition, properties).map_err(|e| bad(&e))?;
        }
    }
    Ok(text)
}

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "$defs")]
    definitions: Ordered<Definition>,
}

#[derive(Deserialize)]
struct Definition {
    #[serde(default)]
    description: String,
    #[serde(default)]
    required: Vec<String>,
    properties: Option<Ordered<Value>>,
    #[serde(flatten)]
    rest: Value,
}

impl Document {
    fn section(
        &self,
        text: &mut String,
        name: &str,
        definition: &Definition,
        properties: &Ordered<Value>,
    ) -> std::fmt::Result {
        writeln!(text, "### {name}\n\n{}\n", definition.description)?;
        writeln!(text, "| key | type | always | meaning |\n|---|---|---|---|")?;
        // A key with the schema `false` is one that must not stand there.
        for (key, property) in properties.0.iter().filter(|(_, p)| p.is_object()) {
            let always = if definition.required.iter().any(|r| r == key) { "yes" } else { "" };
            let meaning = cell(&self.meaning(property));
            writeln!(text, "| `{key}` | {} | {always} | {meaning} |", cell(&self.type_of(property)))?;
        }
        writeln!(text)
    }

    fn referred(&self, property: &Value) -> Option<(&str, &Definition)> {
        let target = property.get("$ref")?.as_str()?.strip_prefix("#/$defs/")?;
        self.definitions.0.iter().find(|(name, _)| name == target).map(|(n, d)| (n.as_str(), d))
    }

    fn meaning(&self, property: &Value) -> String {
        let own = property.get("description").and_then(Value::as_str);
        let target = || self.referred(property).map(|(_, d)| d.description.as_str());
        let mut text = own.or_else(target).unwrap_or_default().to_owned();
        let examples = self.referred(property).and_then(|(_, d)| d.rest.get("examples")?.as_array());
        if let Some(examples) = examples {
            let known: Vec<&str> = examples.iter().filter_map(Value::as_str).collect();
            text.push_str(&format!(" Known: {}.", known.join(", ")));
        }
        text
    }

    fn type_of(&self, property: &Value) -> String {
        if let Some((name, definition)) = self.referred(property) {
            if definition.properties.is_some() {
                return format!("[{name}](#{name})");
            }
            return self.type_of(&definition.rest);
        }
        if let Some(value) = property.get("const") {
            return format!("`{value}`");
        }
        let choices = property.get("enum").and_then(Value::as_array);
        if let Some(choices) = choices {
            let texts: Vec<String> = choices.iter().map(|c| format!("`{c}`")).collect();
            return texts.join(" ");
        }
        let parts = property.get("anyOf").and_then(Value::as_array);
        if let Some(parts) = parts {
            let texts: Vec<String> = parts.iter().map(|p| self.type_of(p)).collect();
            return texts.join(" or ");
        }
        match property.get("type") {
            Some(Value::Array(types)) => {
                let texts: Vec<&str> = types.iter().filter_map(Value::as_str).collect();
                texts.join(", ")
            }
            Some(Value::String(only)) if only == "array" => match property.get("items") {
                Some(items) if items.is_object() => format!("array of {}", self.type_of(items)),
                _ => only.clone(),
            },
            Some(Value::String(only)) => only.clone(),
            _ => "any".to_owned(),
        }
    }
}

/// Text that cannot end its table cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// A JSON object whose members keep their order, which is the order of keys in a line.
struct Ordered<T>(Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct Members<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = Ordered<T>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ordered<T>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Ordered(members))
            }
        }
        reader.deserialize_map(Members(std::marker::PhantomData))
    }
}
