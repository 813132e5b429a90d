//! The group that metrics are pushed to, and its key as a path (Pushgateway, "URL").

use crate::document::report::{Object, Report};
use crate::document::setting::Takes;
use crate::encode::base64;
use crate::output::http::is_url;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::collections::BTreeMap;

/// The labels that all metrics of a group have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    job: Option<String>,
    labels: BTreeMap<String, String>,
}

const VALUE: Takes = Takes::Other("a text, which may be empty");
pub(super) const LABELS: Takes =
    Takes::Map { of: &VALUE, words: "an object of labels and their texts such as {\"region\": \"eu\"}" };

/// The job of test records.
const TRIALS: &str = "vigie.doctor";

/// What stands in a path as it is.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'~').remove(b'.');

/// The address that the path of a group stands behind, if this is one.
pub(super) fn base(url: &str) -> Option<String> {
    let is_base = is_url(url) && !url.contains(['?', '#']);
    is_base.then(|| url.trim_end_matches('/').to_owned())
}

impl Group {
    /// The group of test records, so that what a job has pushed stays as it is.
    pub(super) fn of_trials() -> Self {
        Self { job: Some(TRIALS.to_owned()), labels: BTreeMap::new() }
    }

    /// Reads the settings `job` and `grouping`; mistakes go into the report.
    pub(super) fn read(report: &mut Report, object: &Object<'_>) -> Option<Self> {
        let before = report.problems.len();
        let job = object.get("job").and_then(|found| report.text(&found));
        let mut labels = BTreeMap::new();
        let given = object.get("grouping").and_then(|found| report.map(&found)).unwrap_or_default();
        for (name, found) in given {
            if !is_label(name) {
                let accepted = "letters, digits and _, no digit first, not two _ first, not \"job\"";
                report.finding(&found.path, "not a label of a group", accepted);
            } else if let Some(text) = report.read(&found, |value, _| value.as_str().map(str::to_owned)) {
                labels.insert(name.to_owned(), text);
            }
        }
        (report.problems.len() == before).then_some(Self { job, labels })
    }

    /// The path below the address of the Pushgateway; the job is `service` unless it was given.
    pub(super) fn path(&self, service: &str) -> String {
        let mut path = "/metrics".to_owned();
        push(&mut path, "job", self.job.as_deref().unwrap_or(service));
        self.labels.iter().for_each(|(name, text)| push(&mut path, name, text));
        path
    }
}

/// A name that Prometheus keeps for nobody. The job has a key of its own.
fn is_label(name: &str) -> bool {
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    starts && is_plain && !name.starts_with("__") && name != "job"
}

/// Appends a label. What a path has no way to say is base64 for URLs: a slash, nothing at all, and dots alone, which
/// servers and proxies take for a way through folders.
fn push(path: &mut String, name: &str, text: &str) {
    let is_sayable = !text.contains('/') && !text.bytes().all(|byte| byte == b'.');
    path.extend(["/", name]);
    if is_sayable {
        path.push('/');
        path.extend(utf8_percent_encode(text, ESCAPED));
        return;
    }
    let mut digits = Vec::new();
    base64::write(&mut digits, text.as_bytes());
    path.push_str("@base64/");
    path.extend(digits.into_iter().map(|digit| match digit {
        b'+' => '-',
        b'/' => '_',
        digit => char::from(digit),
    }));
    if text.is_empty() {
        path.push('=');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(job: &str, labels: &[(&str, &str)]) -> String {
        let labels = labels.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Group { job: (!job.is_empty()).then(|| job.to_owned()), labels }.path("shop")
    }

    #[test]
    fn a_key_is_a_path_of_labels_in_order_behind_the_job() {
        assert_eq!(path("", &[]), "/metrics/job/shop");
        let labels = [("b", "2"), ("a", "1 + 50%é")];
        assert_eq!(path("nightly run", &labels), "/metrics/job/nightly%20run/a/1%20%2B%2050%25%C3%A9/b/2");
    }

    #[test]
    fn what_a_path_cannot_say_is_base64_for_urls() {
        assert_eq!(path("a/b", &[("p", "/var/tmp")]), "/metrics/job@base64/YS9i/p@base64/L3Zhci90bXA=");
        assert_eq!(path("x", &[("p", "/?>~")]), "/metrics/job/x/p@base64/Lz8-fg==", "+ is - there");
        assert_eq!(path("x", &[("p", "??/?")]), "/metrics/job/x/p@base64/Pz8vPw==");
        assert_eq!(path("x", &[("p", "a/??")]), "/metrics/job/x/p@base64/YS8_Pw==", "and / is _");
        assert_eq!(path("x", &[("p", "")]), "/metrics/job/x/p@base64/=");
        assert_eq!(path("..", &[("p", ".")]), "/metrics/job@base64/Li4=/p@base64/Lg==");
        assert_eq!(path("..a", &[]), "/metrics/job/..a");
    }

    #[test]
    fn an_address_may_have_a_path_of_its_own() {
        assert_eq!(base("http://h:9091").as_deref(), Some("http://h:9091"));
        assert_eq!(base("https://h/push/").as_deref(), Some("https://h/push"));
        for wrong in ["h:9091", "http://", "http://h/?a=1", "http://h#a", "ftp://h"] {
            assert_eq!(base(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn labels_are_those_that_prometheus_takes() {
        for (name, fits) in [("a_1", true), ("_a", true), ("1a", false), ("__a", false), ("a.b", false)] {
            assert_eq!(is_label(name), fits, "{name}");
        }
        assert!(!is_label("job") && !is_label("") && !is_label("é"));
    }
}
