//! Which format and which compression a scraper wants, by its fields `Accept` and `Accept-Encoding` (RFC 9110, 12.5).

use crate::encode::prometheus::Format;

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

    /// The format that it asks for, if there is one.
    fn format(&self) -> Option<Format> {
        match (self.name.to_ascii_lowercase().as_str(), self.parameter("version")) {
            ("application/openmetrics-text", None | Some("1.0.0")) => Some(Format::OpenMetrics),
            ("text/plain", None | Some("0.0.4")) | ("text/*" | "*/*", _) => Some(Format::Prometheus),
            _ => None,
        }
    }
}

/// The format that a scraper likes best. Who accepts none of ours gets the oldest, which every one of them reads.
pub(super) fn format(accept: &str) -> Format {
    let liked = elements(accept).into_iter().filter(|element| element.quality > 0.0);
    liked.filter_map(|element| element.format()).next().unwrap_or(Format::Prometheus)
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
            assert_eq!(format(accept), expected, "{accept}");
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
