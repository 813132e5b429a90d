//! tracing with tracing-subscriber's JSON formatter into a buffered file behind a mutex.

use crate::measure::Case;
use crate::values::{CORRELATION_ID, SERVICE, SPAN_ID, TRACE_ID, lines_on_disk, open_sink};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::sync::{Arc, Mutex};
use tracing::Level;

#[derive(Clone)]
struct Shared(Arc<Mutex<BufWriter<File>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("not poisoned").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Log records inside of a span, so many at each call, to whatever subscriber there is. What is bound stands in the span.
pub fn log_loop(workload: &str) -> Box<dyn FnMut(u64)> {
    let span = tracing::info_span!(
        "request",
        service = SERVICE,
        trace_id = TRACE_ID,
        span_id = SPAN_ID,
        correlation_id = CORRELATION_ID
    );
    let filtered = workload.starts_with("L0");
    Box::new(move |count| {
        let _current = span.enter();
        for i in 0..count {
            if filtered {
                tracing::debug!(target: "shop.api", method = "GET", route = "/cart/items", status = 200,
                    bytes = std::hint::black_box(i), duration_ms = 12.75, cached = true, "request handled");
            } else {
                tracing::info!(target: "shop.api", method = "GET", route = "/cart/items", status = 200, bytes = i,
                    duration_ms = 12.75, cached = true, "request handled");
            }
        }
    })
}

pub fn make_case(workload: &str) -> Case {
    let file = Arc::new(Mutex::new(BufWriter::with_capacity(64 * 1024, open_sink(workload))));
    let writer = Shared(Arc::clone(&file));
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_span_list(false)
        .with_max_level(Level::INFO)
        .with_writer(move || writer.clone())
        .init();
    let run = log_loop(workload);
    let flush = move || file.lock().expect("not poisoned").flush().expect("the sink takes it");
    Case { run, flush: Some(Box::new(flush)), exported: lines_on_disk(workload) }
}
