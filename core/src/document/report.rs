//! Collects every problem of a document while its values are read, under names the reader recognises.

use super::absence::Absence;
use super::setting::{Setting, Standing, Takes, built};
use super::{nearest, units};
use crate::error::{Problem, printable};
use serde_json::{Map, Value};
use std::time::Duration;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Found<'d> {
    /// The path of its key, as problems name it.
    pub path: String,
    /// The value.
    pub value: &'d Value,
    /// What it may be.
    pub takes: Takes,
}

/// An object whose keys are described.
#[derive(Debug)]
pub struct Object<'d> {
    path: String,
    members: &'d Map<String, Value>,
    settings: Vec<&'static Setting>,
}

impl<'d> Object<'d> {
    /// A member that is described; null counts as not given, as absent arguments arrive that way from some languages.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Found<'d>> {
        let setting = self.settings.iter().find(|setting| setting.key == key && setting.is_built())?;
        let value = self.members.get(key).filter(|value| !value.is_null())?;
        Some(Found { path: join(&self.path, key), value, takes: setting.takes })
    }

    /// All members that are described and given.
    pub fn members(&self) -> impl Iterator<Item = (&'d str, Found<'d>)> {
        given(self.members).filter_map(|(key, _)| Some((key, self.get(key)?)))
    }
}

fn given(members: &Map<String, Value>) -> impl Iterator<Item = (&str, &Value)> {
    members.iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key.as_str(), value))
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// The problems of one source.
#[derive(Debug, Default)]
pub struct Report {
    /// What was wrong so far.
    pub problems: Vec<Problem>,
    /// What was asked for so far and has no equal here.
    pub absences: Vec<Absence>,
    /// Stands before every path, such as a file's name.
    prefix: String,
    /// Paths that came from a variable or from another document, and what they are called there.
    aliases: Vec<(String, String)>,
}

impl Report {
    /// A report on the file called `name`.
    #[must_use]
    pub fn of_file(name: &str) -> Self {
        Self { prefix: format!("{name}: "), ..Self::default() }
    }

    /// From here on what stands at `path` is reported as `variable`, which may be another path.
    pub fn alias(&mut self, path: impl Into<String>, variable: impl Into<String>) {
        self.aliases.push((path.into(), variable.into()));
    }

    /// The path as the reader knows it.
    fn named(&self, path: &str) -> String {
        for (aliased, variable) in &self.aliases {
            if let Some(rest) = path.strip_prefix(aliased)
                && (rest.is_empty() || rest.starts_with(['.', '[']))
            {
                return format!("{variable}{rest}");
            }
        }
        if path.is_empty() { "configuration".to_owned() } else { path.to_owned() }
    }

    fn shown(&self, path: &str) -> String {
        format!("{}{}", self.prefix, self.named(path))
    }

    /// Reports a value that is not accepted.
    pub fn refuse(&mut self, found: &Found<'_>, accepted: impl Into<String>) {
        let problem = Problem::new(self.shown(&found.path), &summary(found.value), accepted);
        self.problems.push(problem);
    }

    /// Reports something that is wrong without a value to show.
    pub fn finding(&mut self, path: &str, finding: impl Into<String>, accepted: impl Into<String>) {
        let problem = Problem::finding(self.shown(path), finding, accepted);
        self.problems.push(problem);
    }

    /// Reports a value that the product knows and this build does not.
    pub fn not_built(&mut self, found: &Found<'_>, accepted: impl Into<String>) {
        let finding = format!("{} is not built yet", summary(found.value));
        self.finding(&found.path, finding, accepted);
    }

    /// Reports something that has no equal here, and what there is instead.
    pub fn absent(&mut self, path: &str, instead: impl Into<String>) {
        let absence = Absence { key: printable(&self.named(path)), instead: instead.into() };
        if !self.absences.contains(&absence) {
            self.absences.push(absence);
        }
    }

    /// Reports a value that is not what its key takes.
    fn refuse_for_kind(&mut self, found: &Found<'_>) {
        self.refuse(found, found.takes.words());
    }

    /// Reads an object with these keys; unknown keys and keys of what is not built yet are reported.
    pub fn object<'d>(
        &mut self,
        found: &Found<'d>,
        settings: impl IntoIterator<Item = &'static Setting>,
    ) -> Option<Object<'d>> {
        let settings: Vec<&'static Setting> = settings.into_iter().collect();
        let known = built(settings.iter().copied());
        let Value::Object(members) = found.value else {
            self.refuse(found, format!("an object with the keys {}", known.join(", ")));
            return None;
        };
        for (key, _) in given(members).filter(|(key, _)| !known.contains(key)) {
            let path = join(&found.path, key);
            if let Some(setting) = settings.iter().find(|setting| setting.key == key) {
                match setting.standing {
                    Standing::Absent => self.absent(&path, setting.about),
                    _ => self.finding(&path, "not built yet", known.join(", ")),
                }
                continue;
            }
            let accepted = match nearest::nearest(key, &known) {
                Some(near) => format!("{near} (nearest) of {}", known.join(", ")),
                None => known.join(", "),
            };
            self.finding(&path, "unknown key", accepted);
        }
        Some(Object { path: found.path.clone(), members, settings })
    }

    /// [`Self::object`] with the keys that `found` may have.
    pub fn own_object<'d>(&mut self, found: &Found<'d>) -> Option<Object<'d>> {
        let Takes::Object(settings) = found.takes else {
            self.refuse_for_kind(found);
            return None;
        };
        self.object(found, settings)
    }

    /// Reads a member that has to be there.
    pub fn required<'d>(&mut self, object: &Object<'d>, key: &str) -> Option<Found<'d>> {
        let found = object.get(key);
        if found.is_none() {
            let setting = object.settings.iter().find(|setting| setting.key == key);
            let accepted = setting.map(|setting| setting.takes.words()).unwrap_or_default();
            self.finding(&join(&object.path, key), "missing", accepted);
        }
        found
    }

    /// Reads an object with keys of the user's own, as its members.
    pub fn map<'d>(&mut self, found: &Found<'d>) -> Option<Vec<(&'d str, Found<'d>)>> {
        let (Takes::Map { of, .. }, Value::Object(members)) = (found.takes, found.value) else {
            self.refuse_for_kind(found);
            return None;
        };
        let member = |(key, value)| (key, Found { path: join(&found.path, key), value, takes: *of });
        Some(given(members).map(member).collect())
    }

    /// Reads a list, as its elements.
    pub fn list<'d>(&mut self, found: &Found<'d>) -> Option<Vec<Found<'d>>> {
        let (Takes::List { of, .. }, Value::Array(elements)) = (found.takes, found.value) else {
            self.refuse_for_kind(found);
            return None;
        };
        let element = |(at, value)| Found { path: format!("{}[{at}]", found.path), value, takes: *of };
        Some(elements.iter().enumerate().map(element).collect())
    }

    /// What `read` makes of the value; where it makes nothing of it, the value is refused.
    pub fn read<T>(
        &mut self,
        found: &Found<'_>,
        read: impl FnOnce(&Value, &Takes) -> Option<T>,
    ) -> Option<T> {
        let value = read(found.value, &found.takes);
        if value.is_none() {
            self.refuse_for_kind(found);
        }
        value
    }

    /// Reads a string that is not blank.
    pub fn text(&mut self, found: &Found<'_>) -> Option<String> {
        self.read(found, |value, _| value.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned))
    }

    /// Reads true or false.
    pub fn flag(&mut self, found: &Found<'_>) -> Option<bool> {
        self.read(found, |value, _| value.as_bool())
    }

    /// Reads a number from 0 to 1.
    pub fn share(&mut self, found: &Found<'_>) -> Option<f64> {
        self.read(found, |value, _| value.as_f64().filter(|share| (0.0..=1.0).contains(share)))
    }

    /// Reads a whole number, or a size in bytes, as the key takes.
    pub fn number(&mut self, found: &Found<'_>) -> Option<u64> {
        self.read(found, |value, takes| match (takes, value) {
            (Takes::Whole(least, most), value) => {
                value.as_u64().filter(|value| (least..=most).contains(&value))
            }
            (Takes::Size(least, most), value) => {
                let bytes = value.as_str().map_or_else(|| value.as_u64(), units::size_bytes);
                bytes.filter(|bytes| (least..=most).contains(&bytes))
            }
            _ => None,
        })
    }

    /// Reads a duration: seconds, or a string with a unit.
    pub fn duration(&mut self, found: &Found<'_>) -> Option<Duration> {
        self.read(found, |value, takes| {
            let Takes::Duration(least, most) = takes else { return None };
            let value = match value {
                Value::String(text) => units::duration(text),
                other => other.as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
            };
            value.filter(|value| (least..=most).contains(&value))
        })
    }

    /// Reads one of a closed list of words, each with what it stands for.
    pub fn choice<T: Copy>(&mut self, found: &Found<'_>, known: &[(&str, T)]) -> Option<T> {
        let given = found.value.as_str().unwrap_or_default();
        if let Some((_, choice)) = known.iter().find(|(name, _)| *name == given) {
            return Some(*choice);
        }
        match found.takes {
            Takes::Choice { unbuilt, .. } if unbuilt.contains(&given) => {
                self.not_built(found, found.takes.words());
            }
            _ => self.refuse_for_kind(found),
        }
        None
    }

    /// [`Self::choice`], or the default where there is no value.
    pub fn choice_or_default<T: Copy + Default>(
        &mut self,
        found: Option<Found<'_>>,
        known: &[(&str, T)],
    ) -> Option<T> {
        found.map_or(Some(T::default()), |found| self.choice(&found, known))
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
