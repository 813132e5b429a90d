//! The file in a control folder: levels that somebody has set for the processes that name the folder, some for a while.
//!
//! Not for when processes look at it: telemetry does that.

use super::tables::LEVEL;
use crate::api::levels::SetLevels;
use crate::document::instant;
use crate::document::report::{Found, Report};
use crate::document::setting::{Setting, Takes};
use crate::encode::timestamp::rfc3339_of_data;
use crate::error::{Error, ErrorCode, Problem, Result};
use crate::model::severity::Severity;
use crate::platform;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// What the file is called.
const FILE: &str = "levels.json";

/// Whatever is larger was written by nobody who sets levels.
const MOST_BYTES: u64 = 1024 * 1024;

static ENTRY: [Setting; 3] = [
    Setting::new("logger", Takes::Text("a logger's name"), "", ""),
    Setting::new("level", LEVEL, "", "").required(),
    Setting::new("until", Takes::Other("an RFC 3339 date-time such as \"2026-01-01T00:00:00Z\""), "", ""),
];

static DOCUMENT: [Setting; 1] = [Setting::new(
    "levels",
    Takes::List { of: &Takes::Object(&ENTRY), words: "a list of objects such as {\"level\": \"debug\"}" },
    "",
    "",
)
.required()];

/// The levels that somebody has set in a control folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Control {
    /// Each of them, a logger once.
    pub levels: Vec<ControlledLevel>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlledLevel {
    /// The logger, which stands for those below its name too; all without it.
    pub logger: Option<String>,
    /// Its level.
    pub level: Severity,
    /// Until when it holds, in nanoseconds since 1970-01-01 UTC; without end if not said.
    pub until_ns: Option<i64>,
}

impl Control {
    /// Where the file of a folder is.
    pub(crate) fn path(folder: &Path) -> PathBuf {
        folder.join(FILE)
    }

    /// What stands in a folder; where there is no file, nothing does. For tools: whoever may have written it.
    ///
    /// # Errors
    /// That the system refuses to read, or all that is wrong in the file.
    pub fn read(folder: &Path) -> Result<Self> {
        Self::opened(folder, |path| File::open(path))
    }

    /// The same for a process that does what stands there.
    ///
    /// # Errors
    /// Likewise, or that others than its user and the system's may write there.
    pub fn read_trusted(folder: &Path) -> Result<Self> {
        Self::opened(folder, platform::open_trusted)
    }

    fn opened(folder: &Path, open: impl FnOnce(&Path) -> io::Result<File>) -> Result<Self> {
        let path = Self::path(folder);
        let name = path.display().to_string();
        let text = match open(&path).and_then(text) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(failed(&name, &error.to_string())),
        };
        let value: Value =
            serde_json::from_str(&text).map_err(|error| failed(&name, &format!("not JSON: {error}")))?;
        let mut report = Report::of_file(&name);
        let root = Found { path: String::new(), value: &value, takes: Takes::Object(&DOCUMENT) };
        let levels = entries(&mut report, &root).unwrap_or_default();
        if report.problems.is_empty() {
            return Ok(Self { levels });
        }
        Err(Error::new(ErrorCode::Config, report.problems))
    }

    /// Puts this in the place of what stands in a folder. Whoever reads meanwhile finds the one or the other, whole.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let path = Self::path(folder);
        let own = path.with_extension(format!("{}.new", std::process::id()));
        let written = platform::create_public(&own)
            .and_then(|mut file| file.write_all(self.to_json().as_bytes()))
            .and_then(|()| std::fs::rename(&own, &path));
        written.map_err(|error| {
            // It may not have been made at all.
            let _ = std::fs::remove_file(&own);
            failed(&path.display().to_string(), &error.to_string())
        })
    }

    /// Sets the level of a logger, or of all without one, in place of what was set for it before.
    pub fn set(&mut self, level: ControlledLevel) {
        self.take_back(level.logger.as_deref());
        self.levels.push(level);
    }

    /// Takes back what was set for a logger, or for all without one.
    pub fn take_back(&mut self, logger: Option<&str>) {
        self.levels.retain(|level| level.logger.as_deref() != logger);
    }

    /// Those that still hold.
    #[must_use]
    pub fn at(&self, now_ns: i64) -> Self {
        let holds = |level: &&ControlledLevel| level.until_ns.is_none_or(|until| now_ns < until);
        Self { levels: self.levels.iter().filter(holds).cloned().collect() }
    }

    /// What they set.
    pub(crate) fn set_levels(&self) -> SetLevels {
        let mut set = SetLevels::default();
        for ControlledLevel { logger, level, .. } in &self.levels {
            set.set(logger.as_deref(), Some(*level));
        }
        set
    }

    fn to_json(&self) -> String {
        let entry = |entry: &ControlledLevel| {
            let until = entry.until_ns.map(rfc3339_of_data);
            json!({
                "logger": entry.logger,
                "level": entry.level.name(),
                "until": until.map(|until| String::from_utf8_lossy(&until).into_owned()),
            })
        };
        format!("{}\n", json!({"levels": self.levels.iter().map(entry).collect::<Vec<_>>()}))
    }
}

fn failed(name: &str, what: &str) -> Error {
    let accepted = "a file as `vigie level` writes it, which nobody else may write";
    Error::new(ErrorCode::Io, vec![Problem::finding(name, what, accepted)])
}

fn text(file: File) -> io::Result<String> {
    let mut text = String::new();
    file.take(MOST_BYTES).read_to_string(&mut text)?;
    Ok(text)
}

fn entries(report: &mut Report, root: &Found<'_>) -> Option<Vec<ControlledLevel>> {
    let object = report.own_object(root)?;
    let levels = report.required(&object, "levels")?;
    let entries = report.list(&levels)?;
    Some(entries.iter().filter_map(|found| entry(report, found)).collect())
}

fn entry(report: &mut Report, found: &Found<'_>) -> Option<ControlledLevel> {
    let object = report.own_object(found)?;
    let level = report
        .required(&object, "level")
        .and_then(|found| report.read(&found, |value, _| value.as_str().and_then(Severity::from_name)));
    let logger = object.get("logger").and_then(|found| report.text(&found));
    let until_ns = object
        .get("until")
        .and_then(|found| report.read(&found, |value, _| value.as_str().and_then(instant::nanoseconds)));
    Some(ControlledLevel { logger, level: level?, until_ns })
}
