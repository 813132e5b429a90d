//! Our formats beside one another: records are encoded and dropped, so that nothing else differs.
//!
//! Not for what users see: the peer `vigie` writes.

use crate::measure::Case;
use crate::peer_vigie::{labels, logs_into, spans_into, telemetry};
use std::io;
use std::sync::{Arc, Once};
use std::time::Duration;
use vigie_core::InstrumentOptions;
use vigie_core::Number;
use vigie_core::extend::otlp::{Encoding, encoder};
use vigie_core::extend::{
    Around, Batch, Export, Exporter, Object, Opened, OutputKind, Passage, Progress, Report, Setting,
    SignalSet, Target, Waiting, register,
};

/// Series whose points one operation of `Mp` encodes.
const POINTS: usize = 1_000;

/// An output that drops OTLP's pieces, as `null` drops lines.
#[derive(Debug, PartialEq)]
struct Dropped(&'static str, Encoding);

static PROTOBUF: Dropped = Dropped("otlp_null", Encoding::Protobuf);
static JSON: Dropped = Dropped("otlp_json_null", Encoding::Json);

impl OutputKind for Dropped {
    fn name(&self) -> &'static str {
        self.0
    }

    fn default_signals(&self) -> SignalSet {
        SignalSet::ALL
    }

    fn waiting(&self) -> Waiting {
        Waiting::ForRoom
    }

    fn settings(&self) -> &'static [Setting] {
        &[]
    }

    fn read(&self, _: &mut Report, _: &Object<'_>) -> Option<Arc<dyn Target>> {
        Some(Arc::new(Self(self.0, self.1)))
    }
}

impl Target for Dropped {
    fn label(&self) -> String {
        self.0.to_owned()
    }

    fn open(&self, around: &Around<'_>) -> io::Result<Opened> {
        Ok(Opened {
            encoder: encoder(self.1, around.rules, around.counts),
            exporter: Box::new(Self(self.0, self.1)),
            passage: Passage::Discarded,
            kept: None,
        })
    }
}

impl Exporter for Dropped {
    fn export(&mut self, _: &Batch<'_>, _: &Progress) -> Export {
        Export::Delivered
    }

    fn is_prompt(&self) -> bool {
        true
    }
}

/// One collection of many series.
fn points(output: &str) -> Case {
    let telemetry = telemetry(output, "");
    let counter = telemetry.meter().counter("requests", InstrumentOptions::default()).expect("a name");
    for item in 0..POINTS {
        counter.add(Number::Int(1), labels(&["GET", &format!("/item/{item}"), "200"]));
    }
    Case::plain(move |count| {
        for _ in 0..count {
            assert!(telemetry.flush(Duration::from_secs(30)), "{}", telemetry.stats_json());
        }
    })
}

fn into(output: &str, workload: &str) -> Case {
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        for kind in [&PROTOBUF, &JSON] {
            register(kind).expect("the name is free");
        }
    });
    // Each is an output of its own: `null,otlp_null` are two.
    let outputs: Vec<String> = output.split(',').map(|kind| format!("{{\"to\":\"{kind}\"}}")).collect();
    let outputs = outputs.join(",");
    match workload {
        "Mp" => points(&outputs),
        "S1" | "S1v" => spans_into(&outputs, 1, workload == "S1v"),
        _ => logs_into(&outputs, workload),
    }
}

pub fn lines(workload: &str) -> Case {
    into("null", workload)
}

pub fn otlp(workload: &str) -> Case {
    into(PROTOBUF.0, workload)
}

/// Both at once, as with a file beside a collector.
pub fn lines_and_otlp(workload: &str) -> Case {
    into("null,otlp_null", workload)
}

pub fn otlp_json(workload: &str) -> Case {
    into(JSON.0, workload)
}
