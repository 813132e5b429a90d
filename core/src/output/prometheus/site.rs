//! What one endpoint shows and what became of the requests for it.

use crate::encode::timestamp::rfc3339_of_data;
use crate::output::kind::Collection;
use crate::stats::Count;
use serde_json::{Map, Value, json};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// A path, what is found there, and the counts of it.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) path: String,
    pub(super) metrics: Arc<dyn Collection>,
    scrapes: Count,
    refused: Count,
    last: Mutex<Last>,
}

#[derive(Debug, Default)]
struct Last {
    success: Option<String>,
    error: Option<(String, String)>,
}

impl Site {
    pub(super) fn new(path: &str, metrics: &Arc<dyn Collection>) -> Arc<Self> {
        Arc::new(Self {
            path: path.to_owned(),
            metrics: Arc::clone(metrics),
            scrapes: Count::default(),
            refused: Count::default(),
            last: Mutex::default(),
        })
    }

    /// Counts an exposition that was written as a whole.
    pub(super) fn served(&self) {
        self.scrapes.one();
        self.last.lock().unwrap_or_else(PoisonError::into_inner).success = Some(now());
    }

    /// Counts a request that was not answered with the exposition, or not to its end.
    pub(super) fn failed(&self, why: &str) {
        self.refused.one();
        self.last.lock().unwrap_or_else(PoisonError::into_inner).error = Some((now(), why.to_owned()));
    }

    /// What `stats()` says of it.
    pub(super) fn report(&self) -> Map<String, Value> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let (error_at, error) = last.error.clone().unzip();
        let rows = [
            ("scrapes", json!(self.scrapes.get())),
            ("refused", json!(self.refused.get())),
            ("last_success", json!(last.success)),
            ("last_error", json!(error)),
            ("last_error_at", json!(error_at)),
        ];
        rows.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
    }
}

fn now() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let stamp = rfc3339_of_data(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX));
    String::from_utf8_lossy(&stamp).into_owned()
}
