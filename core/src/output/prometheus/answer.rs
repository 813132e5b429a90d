//! What is answered: the bytes of a response.

use super::negotiation::{choice, takes_gzip};
use super::request::Request;
use crate::encode::prometheus::{Escaping, Format};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

/// The exposition that `exposition` makes, as the request wants it.
pub(super) fn exposition(request: &Request, exposition: impl FnOnce(Format, Escaping) -> String) -> Vec<u8> {
    let choice = choice(&request.accept);
    let text = exposition(choice.format, choice.escaping.unwrap_or_default()).into_bytes();
    let packed = takes_gzip(&request.accept_encoding).then(|| gzip(&text)).flatten();
    let more = if packed.is_some() { "Content-Encoding: gzip\r\n" } else { "" };
    let more = format!("{more}Vary: Accept, Accept-Encoding\r\n");
    response(200, &choice.content_type(), &more, &packed.unwrap_or(text), request.is_head)
}

/// A refusal in words.
pub(super) fn refusal(status: u16, is_head: bool) -> Vec<u8> {
    let more = if status == 405 { "Allow: GET, HEAD\r\n" } else { "" };
    let text = format!("{}\n", reason(status));
    response(status, "text/plain; charset=utf-8", more, text.as_bytes(), is_head)
}

/// The words of a status.
pub(super) fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        431 => "Request Header Fields Too Large",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    }
}

/// Each connection is for one request: what stays open would take one of few places.
fn response(status: u16, kind: &str, more: &str, body: &[u8], is_head: bool) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status} {}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n{more}Connection: close\r\n\r\n",
        reason(status),
        body.len(),
    );
    let mut out = head.into_bytes();
    if !is_head {
        out.extend_from_slice(body);
    }
    out
}

/// Fast rather than small: between two machines of one network time counts more.
fn gzip(text: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(text.len() / 8), Compression::fast());
    encoder.write_all(text).ok()?;
    encoder.finish().ok()
}
