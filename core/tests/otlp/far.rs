//! Two outputs that keep pieces of requests, one in each encoding, and what arrived as decoded messages.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, LazyLock, Mutex, Once};
use std::time::Duration;
use vigie_core::extend::otlp::{self, Encoding, Requests};
use vigie_core::extend::{
    Around, Batch, Export, Exporter, Object, Opened, OutputKind, Passage, Progress, Report, Setting, Signal,
    SignalSet, Takes, Target, Waiting, register,
};
use vigie_core::{Config, Environment, Telemetry};

#[derive(Debug)]
struct Kind(&'static str, Encoding);

static PROTOBUF: Kind = Kind("pieces", Encoding::Protobuf);
static JSON: Kind = Kind("json_pieces", Encoding::Json);

#[derive(Debug, PartialEq)]
struct Named(String, Encoding);

#[derive(Debug)]
struct Store {
    requests: Requests,
    pieces: Vec<(Signal, Vec<u8>)>,
}

static STORES: LazyLock<Mutex<HashMap<String, Arc<Mutex<Store>>>>> = LazyLock::new(Mutex::default);

impl OutputKind for Kind {
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
        static SETTINGS: [Setting; 1] =
            [Setting::new("far", Takes::Text("a name"), "\"a\"", "Which far side it talks to.").required()];
        &SETTINGS
    }

    fn read(&self, report: &mut Report, object: &Object<'_>) -> Option<Arc<dyn Target>> {
        let found = report.required(object, "far")?;
        Some(Arc::new(Named(format!("{}:{}", self.0, report.text(&found)?), self.1)))
    }
}

impl Target for Named {
    fn label(&self) -> String {
        self.0.clone()
    }

    fn open(&self, around: &Around<'_>) -> io::Result<Opened> {
        let requests = Requests::new(self.1, around.resource);
        let store = Arc::new(Mutex::new(Store { requests, pieces: Vec::new() }));
        STORES.lock().unwrap().insert(self.0.clone(), Arc::clone(&store));
        Ok(Opened {
            encoder: otlp::encoder(self.1, around.rules, around.counts),
            exporter: Box::new(Keeper(store)),
            passage: Passage::WriteThrough,
            kept: None,
        })
    }
}

struct Keeper(Arc<Mutex<Store>>);

impl Exporter for Keeper {
    fn export(&mut self, batch: &Batch<'_>, _: &Progress) -> Export {
        let records = batch.records().map(|(signal, record)| (signal, record.to_vec()));
        self.0.lock().unwrap().pieces.extend(records);
        Export::Delivered
    }

    fn is_prompt(&self) -> bool {
        true
    }
}

/// A telemetry that writes both encodings.
pub struct Far {
    pub telemetry: Telemetry,
    name: &'static str,
}

impl Far {
    pub fn new(name: &'static str) -> Self {
        Self::with(name, json!({}))
    }

    pub fn with(name: &'static str, more: Value) -> Self {
        static REGISTERED: Once = Once::new();
        REGISTERED.call_once(|| [&PROTOBUF, &JSON].into_iter().for_each(|kind| register(kind).unwrap()));
        let outputs = json!([{"to": "pieces", "far": name}, {"to": "json_pieces", "far": name}]);
        let mut config = Config::new("shop").variables(Environment::empty()).set("outputs", outputs);
        for (key, value) in more.as_object().unwrap() {
            config = config.set(key, value.clone());
        }
        Self { telemetry: Telemetry::new(config).unwrap(), name }
    }

    /// The pieces in both encodings so far, protobuf first, of one signal; they are gone then.
    pub fn take_pieces(&self, signal: Signal) -> [(Encoding, Vec<Vec<u8>>); 2] {
        assert!(self.telemetry.flush(Duration::from_secs(30)), "{}", self.telemetry.stats_json());
        let encodings = [Encoding::Protobuf, Encoding::Json];
        encodings.map(|encoding| (encoding, self.taken(encoding, signal)))
    }

    fn taken(&self, encoding: Encoding, signal: Signal) -> Vec<Vec<u8>> {
        let store = self.store(encoding);
        let mut store = store.lock().unwrap();
        let (taken, kept) = std::mem::take(&mut store.pieces).into_iter().partition(|(of, _)| *of == signal);
        store.pieces = kept;
        let taken: Vec<(Signal, Vec<u8>)> = taken;
        taken.into_iter().map(|(_, piece)| piece).collect()
    }

    /// A request's body of these pieces.
    pub fn body(&self, encoding: Encoding, signal: Signal, pieces: &[Vec<u8>]) -> Vec<u8> {
        let mut body = Vec::new();
        let pieces = pieces.iter().map(Vec::as_slice);
        self.store(encoding).lock().unwrap().requests.write_body(signal, pieces, &mut body);
        body
    }

    /// A request of everything so far, in protobuf and in JSON, which say the same.
    pub fn take_bodies(&self, signal: Signal) -> [Vec<u8>; 2] {
        let [protobuf, json] =
            self.take_pieces(signal).map(|(encoding, pieces)| self.body(encoding, signal, &pieces));
        crate::canonical::assert_same(signal, &protobuf, &json);
        [protobuf, json]
    }

    fn store(&self, encoding: Encoding) -> Arc<Mutex<Store>> {
        let kind = if encoding == Encoding::Protobuf { &PROTOBUF } else { &JSON };
        Arc::clone(&STORES.lock().unwrap()[&format!("{}:{}", kind.0, self.name)])
    }

    /// The one request of all logs so far, the same from both encodings.
    pub fn logs(&self) -> ExportLogsServiceRequest {
        let [body, _] = self.take_bodies(Signal::Logs);
        ExportLogsServiceRequest::decode(&*body).unwrap()
    }

    /// As [`Self::logs`], of spans.
    pub fn spans(&self) -> ExportTraceServiceRequest {
        let [body, _] = self.take_bodies(Signal::Spans);
        ExportTraceServiceRequest::decode(&*body).unwrap()
    }

    /// As [`Self::logs`], of metrics.
    pub fn metrics(&self) -> ExportMetricsServiceRequest {
        let [body, _] = self.take_bodies(Signal::Metrics);
        ExportMetricsServiceRequest::decode(&*body).unwrap()
    }
}
