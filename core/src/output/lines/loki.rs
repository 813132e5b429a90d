//! The push interface of Loki: streams, each with its labels and entries.

use crate::buffer::records::Batch;
use crate::document::instant;
use crate::encode::json::escape_into;
use crate::encode::members::{Members, inside};
use crate::output::exporter::Export;
use crate::output::http::{Protocol, Reply};
use crate::output::progress::Progress;
use std::collections::BTreeMap;

/// Groups lines by the values of some of their keys.
pub(super) struct Loki {
    labels: Vec<&'static str>,
}

impl Loki {
    pub(super) fn new(labels: Vec<&'static str>) -> Self {
        Self { labels }
    }

    /// The labels of a line as the inside of a JSON object. A stream without any is refused by the server.
    fn stream(&self, line: &[u8]) -> Vec<u8> {
        let mut stream = Vec::new();
        for (key, value) in Members::of(line).into_iter().flatten() {
            if self.labels.iter().any(|label| label.as_bytes() == key) && inside(value).is_some() {
                let comma: &[u8] = if stream.is_empty() { b"\"" } else { b",\"" };
                stream.extend_from_slice(comma);
                stream.extend_from_slice(key);
                stream.extend_from_slice(b"\":");
                stream.extend_from_slice(value);
            }
        }
        if stream.is_empty() { b"\"source\":\"vigie\"".to_vec() } else { stream }
    }
}

/// The time of a line in nanoseconds.
fn time_ns(line: &[u8]) -> i64 {
    let text = Members::of(line).and_then(|members| members.find("timestamp")).and_then(inside);
    text.and_then(|text| instant::nanoseconds(std::str::from_utf8(text).ok()?)).unwrap_or_default()
}

impl Protocol for Loki {
    fn content_type(&self) -> &'static str {
        "application/json"
    }

    fn wanted(&self) -> &'static str {
        "Loki takes lines at /loki/api/v1/push"
    }

    fn request(&mut self, batch: &Batch<'_>, out: &mut Vec<u8>) {
        let mut streams: BTreeMap<Vec<u8>, Vec<&[u8]>> = BTreeMap::new();
        for (_, line) in batch.records() {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            streams.entry(self.stream(line)).or_default().push(line);
        }
        out.extend_from_slice(b"{\"streams\":[");
        for (position, (labels, lines)) in streams.iter().enumerate() {
            let comma: &[u8] = if position == 0 { b"" } else { b"," };
            out.extend_from_slice(comma);
            out.extend_from_slice(b"{\"stream\":{");
            out.extend_from_slice(labels);
            out.extend_from_slice(b"},\"values\":[");
            for (position, line) in lines.iter().enumerate() {
                let open = if position == 0 { "[\"" } else { ",[\"" };
                out.extend_from_slice(format!("{open}{}\",\"", time_ns(line)).as_bytes());
                escape_into(out, std::str::from_utf8(line).unwrap_or_default());
                out.extend_from_slice(b"\"]");
            }
            out.extend_from_slice(b"]}");
        }
        out.extend_from_slice(b"]}");
    }

    fn accepted(&mut self, _: &Reply, _: &Batch<'_>, _: &Progress) -> Export {
        Export::Delivered
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::buffer::records::Records;
    use crate::model::signal::Signal;
    use serde_json::{Value, json};

    #[test]
    fn lines_are_grouped_by_their_labels_and_stay_as_they_are() {
        let lines = [
            r#"{"timestamp":"2026-01-02T03:04:05.000006Z","level":"INFO","message":"a \"b\"\\","service":"shop"}"#,
            r#"{"timestamp":"2026-01-02T03:04:05.000007Z","level":"WARN","message":"ä","service":"shop"}"#,
            r#"{"timestamp":"2026-01-02T03:04:06.000000Z","level":"INFO","message":"c","service":"shop"}"#,
            r#"{"timestamp":"1969-12-31T23:59:59.999999Z","message":"no labels"}"#,
        ];
        let mut records = Records::default();
        lines.iter().for_each(|line| records.push(Signal::Logs, format!("{line}\n").as_bytes()));
        let mut out = Vec::new();
        Loki::new(vec!["service", "level"]).request(&records.batch(), &mut out);
        let body: Value = serde_json::from_slice(&out).unwrap();
        let expected = json!({"streams": [
            {"stream": {"level": "INFO", "service": "shop"}, "values": [
                ["1767323045000006000", lines[0]], ["1767323046000000000", lines[2]]]},
            {"stream": {"level": "WARN", "service": "shop"}, "values": [["1767323045000007000", lines[1]]]},
            {"stream": {"source": "vigie"}, "values": [["-1000", lines[3]]]},
        ]});
        assert_eq!(body, expected);
    }
}
