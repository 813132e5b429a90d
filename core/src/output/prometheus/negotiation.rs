//! Which format and which compression a scraper wants, by its fields `Accept` and `Accept-Encoding` (RFC 9110, 12.5).

use crate::encode::prometheus::{Escaping, Format};

/// One element of such a list.
struct Element<'a> {
    name: &'a str,
    parameters: Vec<(&'a str, &'a str)>,
    quality: f32,
}

/// The elements with their qualities, the best first; those of one quality as they came.
fn elements(list: &str) -> Vec<Element<'_>> {
    let mut elements: Vec<_> = list.split(',').filter_map(element).collect();
    elements.sort_by(|a, b| b.quality.total_cmp(&a.quality));
    elements
}

fn element(text: &str) -> Option<Element<'_>> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?;
    let parameters: Vec<_> = parts
        .filter_map(|part| part.split_once('='))
        .map(|(key, value)| (key.trim(), value.trim().trim_matches('"')))
        .collect();
    let quality = parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case("q"));
    // What is no number is taken for the least that there is.
    let quality = quality.map_or(1.0, |(_, value)| value.parse().unwrap_or(0.0));
    Some(Element { name, parameters, quality })
}

impl Element<'_> {
    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    /// What it asks for, if we have it.
    fn choice(&self) -> Option<Choice> {
        let (format, version) = match (self.name.to_ascii_lowercase().as_str(), self.parameter("version")) {
            ("application/openmetrics-text", None | Some("1.0.0")) => (Format::OpenMetrics, "1.0.0"),
            ("text/plain", None | Some("0.0.4")) | ("text/*" | "*/*", _) => OLDEST,
            // The same with names in quotes, where those are asked for too.
            ("text/plain", Some("1.0.0")) => (Format::Prometheus, "1.0.0"),
            _ => return None,
        };
        let asked = self.parameter("escaping");
        let escaping = asked.and_then(|word| Escaping::ALL.into_iter().find(|known| known.as_str() == word));
        Some(Choice { format, version, escaping })
    }
}

/// What every scraper reads.
const OLDEST: (Format, &str) = (Format::Prometheus, "0.0.4");

/// A format, and how names are escaped in it if that was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) format: Format,
    version: &'static str,
    pub(super) escaping: Option<Escaping>,
}

impl Choice {
    /// How the answer calls it.
    pub(super) fn content_type(&self) -> String {
        let name = match self.format {
            Format::Prometheus => "text/plain",
            Format::OpenMetrics => "application/openmetrics-text",
        };
        let escaping = self.escaping.map(|escaping| format!("; escaping={}", escaping.as_str()));
        format!("{name}; version={}; charset=utf-8{}", self.version, escaping.unwrap_or_default())
    }
}

/// What a scraper likes best. Who accepts nothing of ours gets the oldest.
pub(super) fn choice(accept: &str) -> Choice {
    let liked = elements(accept).into_iter().filter(|element| element.quality > 0.0);
    let (format, version) = OLDEST;
    liked.filter_map(|element| element.choice()).next().unwrap_or(Choice { format, version, escaping: None })
}

/// Whether a scraper takes gzip.
pub(super) fn takes_gzip(accept_encoding: &str) -> bool {
    let elements = elements(accept_encoding);
    let named = elements.iter().find(|element| element.is("gzip") || element.is("x-gzip"));
    named.or_else(|| elements.iter().find(|element| element.is("*"))).is_some_and(|e| e.quality > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_the_one_that_is_liked_best() {
        let prometheus_2 = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;\
                            q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        let table = [
            ("", Format::Prometheus),
            ("*/*", Format::Prometheus),
            (prometheus_2, Format::OpenMetrics),
            ("text/plain;version=0.0.4;q=0.3, application/openmetrics-text; q=0.9", Format::OpenMetrics),
            ("application/openmetrics-text;q=0.2,text/plain;q=0.3", Format::Prometheus),
            ("application/openmetrics-text;q=0, */*;q=0.1", Format::Prometheus),
            ("application/openmetrics-text;version=\"1.0.0\"", Format::OpenMetrics),
            ("application/openmetrics-text;version=2.0.0, text/plain;q=0.1", Format::Prometheus),
            ("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily", Format::Prometheus),
            ("Application/OpenMetrics-Text;Q=0.5,image/png", Format::OpenMetrics),
            (";;;,,q=1,\u{0},application/openmetrics-text;q=x", Format::Prometheus),
        ];
        for (accept, expected) in table {
            assert_eq!(choice(accept).format, expected, "{accept}");
        }
    }

    #[test]
    fn names_are_escaped_as_is_asked_for_with_the_format() {
        // As Prometheus 3 sends it.
        let prometheus_3 = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,\
                            application/openmetrics-text;version=0.0.1;q=0.4,\
                            text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1";
        let openmetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        let table = [
            (prometheus_3, format!("{openmetrics}; escaping=allow-utf-8")),
            (
                "application/openmetrics-text;version=1.0.0;escaping=underscores",
                format!("{openmetrics}; escaping=underscores"),
            ),
            ("application/openmetrics-text;escaping=runes", openmetrics.to_owned()),
            (
                "text/plain;version=1.0.0;escaping=values",
                "text/plain; version=1.0.0; charset=utf-8; escaping=values".to_owned(),
            ),
            (
                "text/plain;version=0.0.4;escaping=dots",
                "text/plain; version=0.0.4; charset=utf-8; escaping=dots".to_owned(),
            ),
            ("*/*", "text/plain; version=0.0.4; charset=utf-8".to_owned()),
        ];
        for (accept, expected) in table {
            assert_eq!(choice(accept).content_type(), expected, "{accept}");
        }
    }

    #[test]
    fn gzip_is_taken_where_it_is_named_or_everything_is() {
        for (accept, expected) in [
            ("gzip", true),
            ("deflate, GZIP;q=0.5", true),
            ("*", true),
            ("*;q=0.5, gzip;q=0", false),
            ("identity", false),
            ("", false),
            ("gzip;q=0", false),
        ] {
            assert_eq!(takes_gzip(accept), expected, "{accept}");
        }
    }
}
