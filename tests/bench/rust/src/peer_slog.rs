//! slog-json into a buffered file behind a mutex; its default keys: time stamp, level, message.

use crate::measure::Case;
use crate::values::{CORRELATION_ID, LOGGER, SERVICE, SPAN_ID, TRACE_ID, lines_on_disk, open_sink};
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

pub fn make_case(workload: &str) -> Case {
    let file = open_sink(workload);
    let written = Arc::new(Mutex::new(drain(&file)));
    let bound = o!("service" => SERVICE, "trace_id" => TRACE_ID, "span_id" => SPAN_ID,
        "correlation_id" => CORRELATION_ID, "logger" => LOGGER);
    let log = slog::Logger::root(Shared(Arc::clone(&written)), bound);
    let run = move |count| {
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
