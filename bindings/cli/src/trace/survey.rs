//! The first reading of all files: which traces there are, the last value of every metric series,
//! and the language of each process. Spans and logs are not kept, however large the folder is.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use serde_json::Value;

use super::notes::Open;
use super::record::{self, Kind, LANGUAGE, Origin};
use crate::lines;
use crate::outcome::Failure;

/// One metric series: what it is called, where it comes from, its attributes as JSON text.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Series {
    pub(super) name: String,
    pub(super) attributes: String,
    pub(super) origin: Origin,
}

#[derive(Default)]
pub(super) struct Survey {
    /// Time of the newest line of each trace.
    traces: HashMap<String, i64>,
    pub(super) series: BTreeMap<Series, Value>,
    languages: BTreeMap<Origin, String>,
    pub(super) unreadable: u64,
}

impl Survey {
    pub(super) fn of(files: &[PathBuf], open: &[Open]) -> Result<Survey, Failure> {
        let mut survey = Survey::default();
        for Open { trace_id, span } in open {
            survey.traces.insert(trace_id.clone(), span.end_ns() / 1000);
        }
        for path in files {
            lines::each_line(path, |line| {
                match serde_json::from_slice::<Value>(line.bytes) {
                    Ok(line) if line.is_object() => survey.add(line),
                    _ => survey.unreadable += 1,
                }
                Ok(())
            })?;
        }
        Ok(survey)
    }

    fn add(&mut self, line: Value) {
        let Some(time) = record::time_us(&line) else {
            self.unreadable += 1;
            return;
        };
        if let Some(id) = record::trace_id(&line) {
            match self.traces.get_mut(id) {
                Some(newest) => *newest = time.max(*newest),
                None => drop(self.traces.insert(id.clone(), time)),
            }
        }
        if let Some(language) = record::text(&line, LANGUAGE) {
            self.languages.insert(Origin::of(&line), language);
        }
        if record::kind(&line) == Kind::Metric {
            self.add_point(line);
        }
    }

    /// Files are read in order of their names and lines in order of arrival, so the later of two
    /// points with the same time is the newer one.
    fn add_point(&mut self, line: Value) {
        let attributes = line.get("attributes").map(Value::to_string).unwrap_or_default();
        let name = record::text(&line, "name").unwrap_or_default();
        let key = Series { name, attributes, origin: Origin::of(&line) };
        let older = self.series.get(&key).is_none_or(|last| record::time_us(last) <= record::time_us(&line));
        if older {
            self.series.insert(key, line);
        }
    }

    /// The id that `asked` begins, or the trace with the newest line.
    pub(super) fn choose(&self, asked: Option<&str>) -> Result<String, String> {
        let Some(asked) = asked else {
            let newest = self.traces.iter().max_by(|a, b| (a.1, a.0).cmp(&(b.1, b.0)));
            return newest.map(|(id, _)| id.clone()).ok_or_else(|| "no line carries a trace id".to_owned());
        };
        let asked = asked.to_ascii_lowercase();
        let mut fitting = self.traces.keys().filter(|id| id.starts_with(&asked));
        match (fitting.next(), fitting.next()) {
            (Some(id), None) => Ok(id.clone()),
            (Some(_), Some(_)) => Err(format!("more than one trace id begins with {asked}")),
            (None, _) => Err(format!("no line carries trace id {asked}")),
        }
    }

    /// The language of a process, when one of its lines names it.
    pub(super) fn language(&self, origin: &Origin) -> &str {
        self.languages.get(origin).map_or("?", String::as_str)
    }
}
