//! What the settings leave out is not looked at, and only this layer goes without it.

use super::{lines, telemetry_at};
use std::cell::Cell;
use std::fmt;
use std::sync::{Arc, Mutex};
use tracing::level_filters::LevelFilter;
use tracing::{Subscriber, debug, debug_span, info, info_span, trace_span, warn};
use tracing_subscriber::layer::{Context, Filter};
use tracing_subscriber::prelude::*;
use tracing_subscriber::{Layer, Registry};
use vigie_core::{Config, Telemetry};

thread_local! {
    static SHOWN: Cell<u32> = const { Cell::new(0) };
}

struct Costly;

impl fmt::Debug for Costly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        SHOWN.set(SHOWN.get() + 1);
        f.write_str("costly")
    }
}

#[test]
fn what_is_left_out_is_not_looked_at() {
    let telemetry = telemetry_at("warn");
    let subscriber = tracing_subscriber::registry().with(vigie_tracing::layer(&telemetry));
    tracing::subscriber::with_default(subscriber, || {
        let _request = info_span!("request").entered();
        let _detail = debug_span!("detail", value = ?Costly).entered();
        let _finest = trace_span!("finest").entered();
        info!(value = ?Costly, "left out");
        warn!("kept");
    });
    assert_eq!(SHOWN.get(), 0);
    let lines = lines(&telemetry);
    assert_eq!(lines.len(), 2, "{lines:#?}");
    assert_eq!(lines[0]["message"], "kept");
    assert_eq!(lines[1]["name"], "request");
    assert_eq!(lines[0]["span_id"], lines[1]["span_id"]);
}

#[test]
fn a_loggers_own_level_goes_for_its_modules() {
    let config =
        r#"{"service":"shop","level":"error","levels":{"shop.cart":"debug"},"outputs":[{"to":"memory"}]}"#;
    let telemetry = Telemetry::new(Config::from_json(config)).unwrap();
    let subscriber = tracing_subscriber::registry().with(vigie_tracing::layer(&telemetry));
    tracing::subscriber::with_default(subscriber, || {
        debug!(target: "shop::cart::items", "kept");
        debug!(target: "shop::pay", "left out");
        debug_span!(target: "shop::cart", "kept too").in_scope(|| ());
    });
    let lines = lines(&telemetry);
    assert_eq!(lines.len(), 2, "{lines:#?}");
    let layer = vigie_tracing::layer::<Registry>(&telemetry);
    assert_eq!(Filter::<Registry>::max_level_hint(layer.filter()), Some(LevelFilter::DEBUG));
}

#[test]
fn the_hint_follows_the_settings() {
    for (config, hint) in [
        (r#"{"service":"shop","level":"fatal","outputs":[{"to":"memory"}]}"#, LevelFilter::INFO),
        (r#"{"service":"shop","level":"trace","outputs":[{"to":"memory"}]}"#, LevelFilter::TRACE),
        (r#"{"service":"shop","disabled":true}"#, LevelFilter::OFF),
    ] {
        let telemetry = Telemetry::new(Config::from_json(config)).unwrap();
        let layer = vigie_tracing::layer::<Registry>(&telemetry);
        assert_eq!(Filter::<Registry>::max_level_hint(layer.filter()), Some(hint), "{config}");
    }
}

/// Another layer, which wants everything.
#[derive(Clone, Default)]
struct Other(Arc<Mutex<u32>>);

impl<S: Subscriber> Layer<S> for Other {
    fn on_event(&self, _: &tracing::Event<'_>, _: Context<'_, S>) {
        *self.0.lock().unwrap() += 1;
    }
}

#[test]
fn other_layers_see_what_is_left_out_here() {
    let (telemetry, other) = (telemetry_at("error"), Other::default());
    let subscriber =
        tracing_subscriber::registry().with(vigie_tracing::layer(&telemetry)).with(other.clone());
    tracing::subscriber::with_default(subscriber, || debug!("for the other"));
    assert_eq!(*other.0.lock().unwrap(), 1);
    assert!(lines(&telemetry).is_empty());
}
