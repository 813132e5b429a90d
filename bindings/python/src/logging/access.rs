//! The access log of uvicorn, whose records have their parts as arguments.
//! Not for that of gunicorn, which a class in Python writes.

use crate::convert::{Guarded, number, value, with_text_of};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use vigie_core::AttributeWriter;

/// The logger's name.
pub(super) const LOGGER: &str = "uvicorn.access";

/// Writes client, method, path, version and status by their names in OpenTelemetry's semantic conventions for HTTP; false
/// when these are not the arguments of uvicorn.
#[cold]
pub(super) fn write(
    writer: &mut AttributeWriter<'_>,
    args: Borrowed<'_, '_, PyAny>,
    guarded: &mut Guarded,
) -> bool {
    let Ok(args) = args.cast::<PyTuple>() else { return false };
    if args.len() != 5 {
        return false;
    }
    let Some(status) = args.get_borrowed_item(4).ok().filter(|status| number(*status).is_some()) else {
        return false;
    };
    let mut text = |at: usize| match args.get_borrowed_item(at) {
        Ok(part) => with_text_of(part, guarded, str::to_owned),
        Err(_) => String::new(),
    };
    let (client, method, target, version) = (text(0), text(1), text(2), text(3));
    let mut write = |key: &str, text: &str| {
        if !text.is_empty() {
            writer.key(key);
            writer.str(text);
        }
    };
    write("http.request.method", &method);
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    write("url.path", path);
    write("url.query", query);
    write("network.protocol.version", &version);
    let (address, port) = client.rsplit_once(':').unwrap_or((&client, ""));
    write("client.address", address.trim_start_matches('[').trim_end_matches(']'));
    if let Ok(port) = port.parse() {
        writer.key("client.port");
        writer.int(port);
    }
    writer.key("http.response.status_code");
    value(writer, status, guarded);
    true
}
