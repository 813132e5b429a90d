//! The file: JSON lines, appended.

mod exporter;
mod tail;

use super::kind::{Around, Claim, Opened, OutputKind, Passage, Target, Waiting};
use super::stall::{STALL, stall};
use crate::document::report::{Object, Report};
use crate::document::setting::{Setting, Takes};
use crate::encode::jsonl::JsonLines;
use crate::model::signal::SignalSet;
use exporter::FileExporter;
use std::io;
use std::path::PathBuf;
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
}

/// The settings of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Settings {
    /// Relative to the working directory at initialisation.
    path: PathBuf,
    delivery: Delivery,
    stall: Duration,
}

const PATH: &str = "path";
const DELIVERIES: [(&str, Delivery); 2] =
    [("buffered", Delivery::Buffered), ("write_through", Delivery::WriteThrough)];

static SETTINGS: [Setting; 4] = [
    Setting::new(
        PATH,
        Takes::Text("the path of a file such as \"logs/shop.jsonl\""),
        "\"logs/shop.jsonl\"",
        "The file to append to, made with its folders where missing. It is relative to the working directory at \
         initialisation.",
    )
    .required(),
    Setting::new(
        "delivery",
        Takes::Choice { known: &DELIVERIES, unbuilt: &["durable"] },
        "\"write_through\"",
        "When a record is written: soon, by a thread of Vigie's, or before the recording call returns.",
    )
    .without("\"buffered\""),
    STALL,
    Setting::unbuilt("rotate", "Rotation by size or time."),
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
        let delivery = report.choice_or_default(object.get("delivery"), &DELIVERIES);
        let path = path(report, object);
        let stall = stall(report, object);
        Some(Arc::new(Settings { path: path?, delivery: delivery?, stall: stall? }))
    }
}

fn path(report: &mut Report, object: &Object<'_>) -> Option<PathBuf> {
    let found = report.required(object, PATH)?;
    report.read(&found, |value, _| {
        let path = value.as_str().filter(|path| !path.trim().is_empty())?;
        // No operating system opens such a path; refusing here names the key.
        let opens = !path.contains('\0') && !path.ends_with(['/', std::path::MAIN_SEPARATOR]);
        opens.then(|| PathBuf::from(path))
    })
}

impl Target for Settings {
    fn label(&self) -> String {
        format!("file:{}", self.path.display())
    }

    /// Two writers of one file would each believe that they alone append to it.
    fn claim(&self) -> Option<Claim> {
        Some(Claim { key: PATH, what: self.path.display().to_string() })
    }

    fn stall(&self) -> Duration {
        self.stall
    }

    fn open(&self, around: &Around<'_>) -> io::Result<Opened> {
        Ok(Opened {
            encoder: Arc::new(JsonLines::new(around.resource, around.rules, around.counts)),
            exporter: Box::new(FileExporter::open(&self.path)?),
            passage: match self.delivery {
                Delivery::Buffered => Passage::Buffered,
                Delivery::WriteThrough => Passage::WriteThrough,
            },
            kept: None,
        })
    }
}
