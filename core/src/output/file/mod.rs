//! The file: JSON lines, appended.

mod exporter;
mod tail;

use super::kind::{Around, Claim, Opened, OutputKind, Passage, Target, Waiting};
use crate::document::report::{Object, Report};
use crate::document::setting::Setting;
use crate::encode::jsonl::JsonLines;
use crate::model::signal::SignalSet;
use exporter::FileExporter;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

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
}

const PATH: &str = "path";
const PATH_ACCEPTED: &str = "the path of a file such as \"logs/shop.jsonl\"";
const DELIVERIES: [(&str, Delivery); 2] =
    [("buffered", Delivery::Buffered), ("write_through", Delivery::WriteThrough)];

const SETTINGS: [Setting; 3] = [
    Setting {
        key: PATH,
        accepts: PATH_ACCEPTED,
        default: "",
        example: "\"logs/shop.jsonl\"",
        about: "The file to append to, made with its folders where missing.",
        is_built: true,
    },
    Setting {
        key: "delivery",
        accepts: "buffered, write_through",
        default: "\"buffered\"",
        example: "\"write_through\"",
        about: "When a record is written: soon, by a thread of Vigie's, or before the recording call returns.",
        is_built: true,
    },
    Setting {
        key: "rotate",
        accepts: "not built yet",
        default: "",
        example: "",
        about: "Rotation by size or time.",
        is_built: false,
    },
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
        let delivery = match object.get("delivery") {
            Some(found) => report.choice(&found, &DELIVERIES, &["durable"]),
            None => Some(Delivery::default()),
        };
        let path = path(report, object);
        Some(Arc::new(Settings { path: path?, delivery: delivery? }))
    }
}

fn path(report: &mut Report, object: &Object<'_>) -> Option<PathBuf> {
    let Some(found) = object.get(PATH) else {
        report.finding(&object.path_of(PATH), "missing", PATH_ACCEPTED);
        return None;
    };
    let path = report.text(&found, PATH_ACCEPTED)?;
    // No operating system opens such a path; refusing here names the key.
    if path.contains('\0') || path.ends_with(['/', std::path::MAIN_SEPARATOR]) {
        report.refuse(&found, PATH_ACCEPTED);
        return None;
    }
    Some(PathBuf::from(path))
}

impl Target for Settings {
    fn label(&self) -> String {
        format!("file:{}", self.path.display())
    }

    /// Two writers of one file would each believe that they alone append to it.
    fn claim(&self) -> Option<Claim> {
        Some(Claim { key: PATH, what: self.path.display().to_string() })
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
