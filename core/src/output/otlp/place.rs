//! Where each signal goes, and how.

use super::super::http::HttpSettings;
use crate::encode::otlp::Encoding;
use crate::model::signal::Signal;

/// Where a collector listens unless anybody says otherwise.
pub(super) const DEFAULT_URL: &str = "http://localhost:4318";

/// Where the records of one signal go, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Place {
    pub(super) url: Option<String>,
    pub(super) encoding: Option<Encoding>,
    pub(super) http: HttpSettings,
}

/// What one source says of all signals.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Part([Place; Signal::ALL.len()]);

impl Part {
    pub(super) fn of(&self, signal: Signal) -> &Place {
        let [logs, spans, metrics] = &self.0;
        match signal {
            Signal::Logs => logs,
            Signal::Spans => spans,
            Signal::Metrics => metrics,
        }
    }

    pub(super) fn of_mut(&mut self, signal: Signal) -> &mut Place {
        let [logs, spans, metrics] = &mut self.0;
        match signal {
            Signal::Logs => logs,
            Signal::Spans => spans,
            Signal::Metrics => metrics,
        }
    }
}

impl Place {
    /// Takes from `weaker` what is not known here.
    pub(super) fn over(self, weaker: Self) -> Self {
        Self {
            url: self.url.or(weaker.url),
            encoding: self.encoding.or(weaker.encoding),
            http: self.http.over(weaker.http),
        }
    }
}

/// The address of a signal below that of the collector.
pub(super) fn below(url: &str, signal: Signal) -> String {
    let path = match signal {
        Signal::Logs => "logs",
        Signal::Spans => "traces",
        Signal::Metrics => "metrics",
    };
    format!("{}/v1/{path}", url.trim_end_matches('/'))
}
