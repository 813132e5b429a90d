//! The console: a standard stream of the process.

mod colours;
mod exporter;

use super::kind::{Around, DEFAULT_STALL, Opened, OutputKind, Passage, Target, Variables, Waiting};
use super::selection;
use super::stall::{STALL, stall};
use crate::document::report::{Object, Report};
use crate::document::setting::{Setting, Takes};
use crate::encode::jsonl::JsonLines;
use crate::encode::otlp::OtlpLines;
use crate::encode::record::Encoder;
use crate::model::signal::SignalSet;
use crate::platform::StandardStream;
pub use colours::colours_asked_for;
use colours::{COLOR, Colours};
use exporter::ConsoleExporter;
use std::io;
use std::sync::Arc;
use std::time::Duration;

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
    /// Requests of OTLP as JSON lines.
    OtlpJson,
}

/// The settings of one console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    format: Format,
    stream: StandardStream,
    colours: Colours,
    stall: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            format: Format::default(),
            stream: StandardStream::default(),
            colours: Colours::Auto,
            stall: DEFAULT_STALL,
        }
    }
}

const FORMATS: [(&str, Format); 4] = [
    ("auto", Format::Auto),
    ("json", Format::Json),
    ("human", Format::Human),
    ("otlp-json", Format::OtlpJson),
];
const STREAMS: [(&str, StandardStream); 2] =
    [("stderr", StandardStream::Error), ("stdout", StandardStream::Output)];

static SETTINGS: [Setting; 4] = [
    Setting::new(
        "format",
        Takes::Choice { known: &FORMATS, unbuilt: &[] },
        "\"json\"",
        "How records look: JSON lines, a rendering for people, or a whole request of OTLP on each line. `auto` is for \
         people on a terminal and JSON lines otherwise.",
    )
    .without("\"auto\""),
    Setting::new(
        "stream",
        Takes::Choice { known: &STREAMS, unbuilt: &[] },
        "\"stdout\"",
        "The standard stream of the process that it writes to.",
    )
    .without("\"stderr\""),
    COLOR,
    STALL,
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
        let colours = Colours::read(report, object);
        let stall = stall(report, object);
        Some(Arc::new(Settings { format: format?, stream: stream?, colours: colours?, stall: stall? }))
    }

    /// The specification's exporters of these names write to standard output.
    fn implied(&self, _: &mut Report, variables: &Variables<'_>) -> Vec<(Arc<dyn Target>, SignalSet)> {
        let forms = [(selection::CONSOLE, Format::Auto), (selection::OTLP_ON_STDOUT, Format::OtlpJson)];
        let asked_for = forms.into_iter().filter_map(|(exporter, format)| {
            let signals = selection::signals_for(variables, exporter);
            let settings = Settings { format, stream: StandardStream::Output, ..Settings::default() };
            (signals != SignalSet::default()).then(|| (Arc::new(settings) as Arc<dyn Target>, signals))
        });
        asked_for.collect()
    }
}

impl Target for Settings {
    fn label(&self) -> String {
        match self.stream {
            StandardStream::Error => "console".to_owned(),
            StandardStream::Output => "console:stdout".to_owned(),
        }
    }

    fn stall(&self) -> Duration {
        self.stall
    }

    fn open(&self, around: &Around<'_>) -> io::Result<Opened> {
        let human = match self.format {
            Format::Auto => None,
            Format::Json | Format::OtlpJson => Some(false),
            Format::Human => Some(true),
        };
        let colours = self.colours.decided(crate::platform::variable);
        let encoder: Arc<dyn Encoder> = match self.format {
            Format::OtlpJson => Arc::new(OtlpLines::new(around.resource, around.rules, around.counts)),
            _ => Arc::new(JsonLines::new(around.resource, around.rules, around.counts)),
        };
        Ok(Opened {
            encoder,
            exporter: Box::new(ConsoleExporter::new(self.stream, human, colours)),
            passage: Passage::Buffered,
            kept: None,
        })
    }
}
