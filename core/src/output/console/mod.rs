//! The console: a standard stream of the process.

mod exporter;

use super::kind::{Around, Opened, OutputKind, Passage, Target, Waiting};
use crate::document::report::{Object, Report};
use crate::document::setting::Setting;
use crate::encode::jsonl::JsonLines;
use crate::model::signal::SignalSet;
use crate::platform;
use exporter::ConsoleExporter;
use std::io;
use std::sync::Arc;

/// The kind.
#[derive(Debug)]
pub(super) struct Console;

/// How the console shows records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Format {
    /// For people on a terminal, JSON lines otherwise.
    #[default]
    Auto,
    /// JSON lines.
    Json,
    /// For reading by people.
    Human,
}

/// Which standard stream it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stream {
    #[default]
    Stdout,
    /// For programs whose standard output is their result.
    Stderr,
}

/// The settings of one console.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Settings {
    format: Format,
    stream: Stream,
}

const FORMATS: [(&str, Format); 3] =
    [("auto", Format::Auto), ("json", Format::Json), ("human", Format::Human)];
const STREAMS: [(&str, Stream); 2] = [("stdout", Stream::Stdout), ("stderr", Stream::Stderr)];

const SETTINGS: [Setting; 2] = [
    Setting {
        key: "format",
        accepts: "auto, json, human",
        default: "\"auto\"",
        example: "\"json\"",
        about: "How records look: JSON lines, or a rendering for people. `auto` is for people on a terminal and JSON \
                lines otherwise.",
        is_built: true,
    },
    Setting {
        key: "stream",
        accepts: "stdout, stderr",
        default: "\"stdout\"",
        example: "\"stderr\"",
        about: "Which standard stream of the process it writes to.",
        is_built: true,
    },
];

impl OutputKind for Console {
    fn name(&self) -> &'static str {
        "console"
    }

    fn default_signals(&self) -> SignalSet {
        SignalSet::LOGS
    }

    fn waiting(&self) -> Waiting {
        Waiting::ForRoom
    }

    fn settings(&self) -> &'static [Setting] {
        &SETTINGS
    }

    fn read(&self, report: &mut Report, object: &Object<'_>) -> Option<Arc<dyn Target>> {
        let format = report.choice_or_default(object.get("format"), &FORMATS);
        let stream = report.choice_or_default(object.get("stream"), &STREAMS);
        Some(Arc::new(Settings { format: format?, stream: stream? }))
    }
}

impl Target for Settings {
    fn label(&self) -> String {
        match self.stream {
            Stream::Stdout => "console".to_owned(),
            Stream::Stderr => "console:stderr".to_owned(),
        }
    }

    fn open(&self, around: &Around<'_>) -> io::Result<Opened> {
        let human = match self.format {
            Format::Auto => None,
            Format::Json => Some(false),
            Format::Human => Some(true),
        };
        let out = match self.stream {
            Stream::Stdout => platform::standard_output()?,
            Stream::Stderr => platform::standard_error()?,
        };
        Ok(Opened {
            encoder: Arc::new(JsonLines::new(around.resource, around.rules, around.counts)),
            exporter: Box::new(ConsoleExporter::new(out, human)),
            passage: Passage::Buffered,
            kept: None,
        })
    }
}
