//! The file: lines, appended.

mod afterwards;
mod aside;
mod compress;
mod copies;
mod exporter;
mod known;
mod notes;
mod open;
mod outside;
mod recent;
mod rotate;
mod rotation;
mod tail;
mod turn;

use super::kind::{Around, Claim, Opened, OutputKind, Passage, Target, Waiting};
use super::stall::{STALL, stall};
use crate::document::place::Place;
use crate::document::report::{Object, Report};
use crate::document::setting::{Setting, Takes};
use crate::encode::jsonl::JsonLines;
use crate::encode::otlp::OtlpLines;
use crate::encode::record::Encoder;
use crate::model::signal::SignalSet;
use crate::platform;
use exporter::FileExporter;
pub use notes::open_spans_beside;
use rotation::{ROTATE, Rotation};
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// The kind.
#[derive(Debug)]
pub(super) struct File;

/// When a record counts as written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Delivery {
    /// Soon, by the worker.
    #[default]
    Buffered,
    /// Before the recording call returns.
    WriteThrough,
    /// Soon, and it counts as written once it is on the disk.
    Durable,
}

/// What a line is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Format {
    /// The unified line.
    #[default]
    Json,
    /// A request of OTLP.
    OtlpJson,
}

/// The settings of one file.
#[derive(Clone, Debug, PartialEq)]
struct Settings {
    path: Place,
    format: Format,
    delivery: Delivery,
    mode: Option<u32>,
    stall: Duration,
    rotation: Option<Rotation>,
}

const PATH: &str = "path";
const MODE: &str = "mode";
const FORMATS: [(&str, Format); 2] = [("json", Format::Json), ("otlp-json", Format::OtlpJson)];
const DELIVERIES: [(&str, Delivery); 3] = [
    ("buffered", Delivery::Buffered),
    ("write_through", Delivery::WriteThrough),
    ("durable", Delivery::Durable),
];

static SETTINGS: [Setting; 6] = [
    Setting::new(
        PATH,
        Takes::Text("the path of a file such as \"logs/shop.jsonl\""),
        "\"logs/shop.jsonl\"",
        "The file to append to, made with its folders where missing. Symbolic links are followed. What it is \
         relative to is the working directory at initialisation, whatever that becomes.",
    )
    .required(),
    Setting::new(
        "format",
        Takes::Choice { known: &FORMATS, unbuilt: &[] },
        "\"otlp-json\"",
        "What a line is: the unified line, or a whole request of OTLP as JSON, which the file receiver of a collector \
         reads.",
    )
    .without("\"json\""),
    Setting::new(
        "delivery",
        Takes::Choice { known: &DELIVERIES, unbuilt: &[] },
        "\"durable\"",
        "When a record is written: soon, by a thread of Vigie's; or before the recording call returns; or soon, and on the disk: what \
         `flush` has acknowledged survives a power failure.",
    )
    .without("\"buffered\""),
    Setting::new(
        MODE,
        Takes::Other("the permissions of a file that its owner can write, such as \"0640\""),
        "\"0640\"",
        "The permissions of a file that is made, in octal digits; without them the umask decides. Not used on Windows.",
    ),
    STALL,
    Setting::new(
        "rotate",
        Takes::Object(&ROTATE),
        "{\"size\": \"64MiB\", \"every\": \"1d\", \"keep\": 7, \"compress\": \"zstd\"}",
        "When the file is put aside under a name with the time, and what of that is kept. Several processes may write to one file, \
         with the same settings. Without it the file is left to others, such as logrotate, whose renaming is noticed.",
    ),
];

impl OutputKind for File {
    fn name(&self) -> &'static str {
        "file"
    }

    fn default_signals(&self) -> SignalSet {
        SignalSet::ALL
    }

    fn waiting(&self) -> Waiting {
        Waiting::ForRoom
    }

    fn settings(&self) -> &'static [Setting] {
        &SETTINGS
    }

    fn read(&self, report: &mut Report, object: &Object<'_>) -> Option<Arc<dyn Target>> {
        let format = report.choice_or_default(object.get("format"), &FORMATS);
        let delivery = report.choice_or_default(object.get("delivery"), &DELIVERIES);
        let path = path(report, object);
        let mode = mode(report, object);
        let stall = stall(report, object);
        let rotation = rotation(report, object);
        Some(Arc::new(Settings {
            path: path?,
            format: format?,
            delivery: delivery?,
            mode: mode?,
            stall: stall?,
            rotation: rotation?,
        }))
    }
}

fn path(report: &mut Report, object: &Object<'_>) -> Option<Place> {
    let found = report.required(object, PATH)?;
    Place::read_file(report, &found)
}

fn rotation(report: &mut Report, object: &Object<'_>) -> Option<Option<Rotation>> {
    object.get("rotate").map_or(Some(None), |found| Rotation::read(report, &found).map(Some))
}

fn mode(report: &mut Report, object: &Object<'_>) -> Option<Option<u32>> {
    let Some(found) = object.get(MODE) else { return Some(None) };
    let mode = report.read(&found, |value, _| {
        let digits = value.as_str().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
        u32::from_str_radix(digits, 8).ok().filter(|mode| mode & !0o777 == 0 && mode & 0o200 != 0)
    });
    mode.map(Some)
}

impl Target for Settings {
    fn label(&self) -> String {
        format!("file:{}", self.path.given.display())
    }

    /// Two writers of one file would each believe that they alone append to it.
    fn claim(&self) -> Option<Claim> {
        Some(Claim { key: PATH, what: self.path.absolute.display().to_string() })
    }

    fn stall(&self) -> Duration {
        self.stall
    }

    fn open(&self, around: &Around<'_>) -> io::Result<Opened> {
        let path = &self.path.absolute;
        let exporter = match FileExporter::open(path, self.mode) {
            Err(error) if around.is_lenient => {
                platform::complain(&format!("output {} cannot be opened yet: {error}", self.label()));
                FileExporter::waiting(path, self.mode, &error)
            }
            opened => opened?,
        };
        let mut exporter = exporter.rotating(self.rotation.as_ref());
        if self.delivery == Delivery::Durable {
            exporter = exporter.durable()?;
        }
        let encoder: Arc<dyn Encoder> = match self.format {
            Format::Json => Arc::new(JsonLines::new(around.resource, around.rules, around.counts)),
            Format::OtlpJson => Arc::new(OtlpLines::new(around.resource, around.rules, around.counts)),
        };
        Ok(Opened {
            encoder,
            exporter: Box::new(exporter),
            passage: match self.delivery {
                Delivery::Buffered | Delivery::Durable => Passage::Buffered,
                Delivery::WriteThrough => Passage::WriteThrough,
            },
            kept: None,
        })
    }
}

#[cfg(test)]
mod outside_tests;
#[cfg(test)]
mod rotate_tests;
