//! Collects every problem of a document while its values are read, under names the reader recognises.

use super::{nearest, units};
use crate::error::Problem;
use serde_json::{Map, Value};
use std::ops::RangeInclusive;
use std::time::Duration;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Found<'d> {
    /// The path of its key, as problems name it.
    pub path: String,
    /// The value.
    pub value: &'d Value,
}

/// An object whose keys are known.
#[derive(Debug)]
pub struct Object<'d> {
    path: String,
    members: &'d Map<String, Value>,
}

impl<'d> Object<'d> {
    /// A member; null counts as not given, as absent arguments arrive that way from some languages.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Found<'d>> {
        let value = self.members.get(key).filter(|value| !value.is_null())?;
        Some(Found { path: self.path_of(key), value })
    }

    /// The path of a key of this object.
    #[must_use]
    pub fn path_of(&self, key: &str) -> String {
        join(&self.path, key)
    }

    /// All members that are given.
    pub fn members(&self) -> impl Iterator<Item = (&'d str, Found<'d>)> {
        self.members
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key.as_str(), Found { path: join(&self.path, key), value }))
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// The problems of one source.
#[derive(Debug, Default)]
pub struct Report {
    /// What was wrong so far.
    pub problems: Vec<Problem>,
    /// Stands before every path, such as a file's name.
    prefix: String,
    /// Paths that came from a variable, and its name.
    aliases: Vec<(&'static str, &'static str)>,
}

impl Report {
    /// A report on the file called `name`.
    #[must_use]
    pub fn of_file(name: &str) -> Self {
        Self { prefix: format!("{name}: "), ..Self::default() }
    }

    /// From here on what stands at `path` is reported as `variable`.
    pub fn alias(&mut self, path: &'static str, variable: &'static str) {
        self.aliases.push((path, variable));
    }

    fn shown(&self, path: &str) -> String {
        for (aliased, variable) in &self.aliases {
            if let Some(rest) = path.strip_prefix(aliased)
                && (rest.is_empty() || rest.starts_with(['.', '[']))
            {
                return format!("{variable}{rest}");
            }
        }
        let path = if path.is_empty() { "configuration" } else { path };
        format!("{}{path}", self.prefix)
    }

    /// A value that is not accepted.
    pub fn refuse(&mut self, found: &Found<'_>, accepted: impl Into<String>) {
        let problem = Problem::new(self.shown(&found.path), &summary(found.value), accepted);
        self.problems.push(problem);
    }

    /// Something that is wrong without a value to show.
    pub fn finding(&mut self, path: &str, finding: impl Into<String>, accepted: impl Into<String>) {
        let problem = Problem::finding(self.shown(path), finding, accepted);
        self.problems.push(problem);
    }

    /// A value that the specification of the product knows and this build does not.
    pub fn not_built(&mut self, found: &Found<'_>, accepted: impl Into<String>) {
        let finding = format!("{} is not built yet", summary(found.value));
        self.finding(&found.path, finding, accepted);
    }

    /// An object; unknown keys and keys of what is not built yet are reported.
    pub fn object<'d>(&mut self, found: &Found<'d>, known: &[&str], unbuilt: &[&str]) -> Option<Object<'d>> {
        let object = self.any_object(found, &format!("an object with the keys {}", known.join(", ")))?;
        for (key, member) in object.members() {
            if known.contains(&key) {
                continue;
            }
            if unbuilt.contains(&key) {
                self.finding(&member.path, "not built yet", known.join(", "));
                continue;
            }
            let accepted = match nearest::nearest(key, known) {
                Some(near) => format!("{near} (nearest) of {}", known.join(", ")),
                None => known.join(", "),
            };
            self.finding(&member.path, "unknown key", accepted);
        }
        Some(object)
    }

    /// An object with keys of the user's own.
    pub fn any_object<'d>(&mut self, found: &Found<'d>, accepted: &str) -> Option<Object<'d>> {
        let Value::Object(members) = found.value else {
            self.refuse(found, accepted);
            return None;
        };
        Some(Object { path: found.path.clone(), members })
    }

    /// A list, as its elements.
    pub fn list<'d>(&mut self, found: &Found<'d>, accepted: &str) -> Option<Vec<Found<'d>>> {
        let Value::Array(elements) = found.value else {
            self.refuse(found, accepted);
            return None;
        };
        let element = |(index, value)| Found { path: format!("{}[{index}]", found.path), value };
        Some(elements.iter().enumerate().map(element).collect())
    }

    /// A string that is not blank.
    pub fn text(&mut self, found: &Found<'_>, accepted: &str) -> Option<String> {
        match found.value {
            Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
            _ => {
                self.refuse(found, accepted);
                None
            }
        }
    }

    /// True or false.
    pub fn flag(&mut self, found: &Found<'_>) -> Option<bool> {
        if !found.value.is_boolean() {
            self.refuse(found, "true or false");
        }
        found.value.as_bool()
    }

    /// A whole number.
    pub fn whole(&mut self, found: &Found<'_>, range: &RangeInclusive<u64>) -> Option<u64> {
        let value = found.value.as_u64().filter(|value| range.contains(value));
        if value.is_none() {
            self.refuse(found, format!("a whole number from {} to {}", range.start(), range.end()));
        }
        value
    }

    /// A size: bytes, or a string with a unit.
    pub fn size(&mut self, found: &Found<'_>, range: &RangeInclusive<u64>) -> Option<u64> {
        let value = match found.value {
            Value::String(text) => units::size_bytes(text),
            other => other.as_u64(),
        };
        let value = value.filter(|value| range.contains(value));
        if value.is_none() {
            let (least, most) = (range.start(), range.end());
            self.refuse(found, format!("a size from {least} to {most} bytes, such as 65536 or \"64KiB\""));
        }
        value
    }

    /// A duration: seconds, or a string with a unit.
    pub fn duration(&mut self, found: &Found<'_>, range: &RangeInclusive<Duration>) -> Option<Duration> {
        let value = match found.value {
            Value::String(text) => units::duration(text),
            other => other.as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        };
        let value = value.filter(|value| range.contains(value));
        if value.is_none() {
            let (least, most) = (range.start(), range.end());
            self.refuse(
                found,
                format!("a duration from {least:?} to {most:?}, such as \"5s\" or 5 (seconds)"),
            );
        }
        value
    }

    /// A string out of a closed list; `unbuilt` are known to the product, not to this build.
    pub fn choice<T: Copy>(&mut self, found: &Found<'_>, known: &[(&str, T)], unbuilt: &[&str]) -> Option<T> {
        let given = found.value.as_str().unwrap_or_default();
        if let Some((_, choice)) = known.iter().find(|(name, _)| *name == given) {
            return Some(*choice);
        }
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        if unbuilt.contains(&given) {
            self.not_built(found, names.join(", "));
        } else {
            self.refuse(found, names.join(", "));
        }
        None
    }

    /// [`Self::choice`], or the default where there is no value.
    pub fn choice_or_default<T: Copy + Default>(
        &mut self,
        found: Option<Found<'_>>,
        known: &[(&str, T)],
    ) -> Option<T> {
        found.map_or(Some(T::default()), |found| self.choice(&found, known, &[]))
    }
}

/// A value fit for an error message: scalars as they are, containers by their kind, as they may hold secrets.
fn summary(value: &Value) -> String {
    match value {
        Value::Object(_) => "an object".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        scalar => scalar.to_string(),
    }
}
