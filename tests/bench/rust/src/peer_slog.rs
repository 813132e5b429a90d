//! slog-json into a buffered file behind a mutex; its default keys: time stamp, level, message.

use crate::measure::Case;
use crate::values::{CORRELATION_ID, LOGGER, SERVICE, SPAN_ID, TRACE_ID, lines_on_disk, open_sink};
use crate::varied;
use slog::{Drain, Never, OwnedKVList, Record, o};
use slog_json::Json;
use std::fs::File;
use std::io::BufWriter;
use std::sync::{Arc, Mutex};

type Written = Json<BufWriter<File>>;

/// The drain that slog's own `Mutex` makes of a `Json`, one lock per record, which the bench can flush.
struct Shared(Arc<Mutex<Written>>);

impl Drain for Shared {
    type Ok = ();
    type Err = Never;

    fn log(&self, record: &Record<'_>, values: &OwnedKVList) -> Result<(), Never> {
        self.0.lock().expect("not poisoned").log(record, values).expect("the sink takes it");
        Ok(())
    }
}

fn drain(file: &File) -> Written {
    let file = file.try_clone().expect("a second handle of the sink");
    Json::new(BufWriter::with_capacity(64 * 1024, file)).add_default_keys().build()
}

/// Two levels of nesting need a structure that serializes itself.
#[derive(Clone, serde::Serialize)]
struct Request {
    order_id: &'static str,
    client: Client,
}

#[derive(Clone, serde::Serialize)]
struct Client {
    ip: &'static str,
    agent: &'static str,
}

impl slog::Value for Request {
    fn serialize(
        &self,
        _record: &Record<'_>,
        key: slog::Key,
        serializer: &mut dyn slog::Serializer,
    ) -> slog::Result {
        serializer.emit_serde(key, self)
    }
}

impl slog::SerdeValue for Request {
    fn as_serde(&self) -> &dyn erased_serde::Serialize {
        self
    }

    fn to_sendable(&self) -> Box<dyn slog::SerdeValue + Send + 'static> {
        Box::new(self.clone())
    }
}

fn log_varied(log: &slog::Logger, count: u64) {
    let error = varied::Declined::new();
    for i in 0..count {
        let client = Client { ip: "2001:db8::17", agent: varied::AGENT };
        slog::info!(log, "Bestellung für Zoë Müller – 3 Artikel geprüft"; "customer" => varied::CUSTOMER,
            "note" => varied::NOTE, "request" => Request { order_id: varied::ORDER_ID, client },
            "placed_at" => varied::PLACED_AT, "items" => i, "error" => #&error);
    }
}

pub fn make_case(workload: &str) -> Case {
    let file = open_sink(workload);
    let written = Arc::new(Mutex::new(drain(&file)));
    let bound = o!("service" => SERVICE, "trace_id" => TRACE_ID, "span_id" => SPAN_ID,
        "correlation_id" => CORRELATION_ID, "logger" => LOGGER);
    let log = slog::Logger::root(Shared(Arc::clone(&written)), bound);
    let varied = workload == "L1v";
    let run = move |count| {
        if varied {
            return log_varied(&log, count);
        }
        for i in 0..count {
            // The message of `values`: the macro takes a literal only.
            slog::info!(log, "request handled"; "method" => "GET", "route" => "/cart/items", "status" => 200,
                "bytes" => i, "duration_ms" => 12.75, "cached" => true);
        }
    };
    // `Json` keeps its writer to itself: what is dropped is flushed.
    let flush = move || *written.lock().expect("not poisoned") = drain(&file);
    Case { run: Box::new(run), flush: Some(Box::new(flush)), exported: lines_on_disk(workload) }
}
