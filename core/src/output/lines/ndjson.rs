//! Lines as they are.

use crate::buffer::records::Batch;
use crate::output::exporter::Export;
use crate::output::http::{Protocol, Reply};
use crate::output::progress::Progress;

/// Newline-delimited JSON.
pub(super) struct Ndjson;

impl Protocol for Ndjson {
    fn content_type(&self) -> &'static str {
        "application/x-ndjson"
    }

    fn request(&mut self, batch: &Batch<'_>, out: &mut Vec<u8>) {
        out.extend_from_slice(batch.bytes());
    }

    fn accepted(&mut self, _: &Reply, _: &Batch<'_>, _: &Progress) -> Export {
        Export::Delivered
    }
}
