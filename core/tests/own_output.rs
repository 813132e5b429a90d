//! A kind of output that is not text, added from outside by the traits and one registration.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use serde_json::{Value, json};
use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, Once};
use std::time::{Duration, Instant};
use vigie_core::extend::{
    Around, Batch, DropReason, Encoder, Export, Exporter, Log, Object, Onward, Opened, OutputKind, Passage,
    Point, PointValue, Progress, Report, Setting, SignalSet, Span, Takes, Target, Waiting, register, values,
};
use vigie_core::{Config, Environment, InstrumentOptions, SpanStart, Telemetry};

/// Records with their length in front, in which any byte may stand, newlines too.
#[derive(Debug)]
struct Frames;

impl Frames {
    fn frame(out: &mut Vec<u8>, kind: u8, fill: impl FnOnce(&mut Vec<u8>)) {
        let start = out.len();
        out.extend_from_slice(&[0; 4]);
        out.push(kind);
        fill(out);
        let length = (out.len() - start - 4) as u32;
        out[start..start + 4].copy_from_slice(&length.to_be_bytes());
    }
}

impl Encoder for Frames {
    fn id(&self) -> &str {
        "frames"
    }

    fn log(&self, log: &Log<'_>, out: &mut Vec<u8>) {
        Self::frame(out, b'l', |out| {
            out.extend_from_slice(log.body(&vigie_core::extend::Limits::default()).as_bytes());
            for (key, value) in values::members(&log.attributes().plain) {
                out.extend_from_slice(format!("\n{key}={value:?}").as_bytes());
            }
        });
    }

    fn span(&self, span: &Span<'_>, out: &mut Vec<u8>) {
        Self::frame(out, b's', |out| out.extend_from_slice(span.name.as_bytes()));
    }

    fn point(&self, point: &Point<'_>, out: &mut Vec<u8>) {
        let PointValue::Number(value) = point.value else { panic!("no histogram is recorded here") };
        Self::frame(out, b'm', |out| {
            out.extend_from_slice(format!("{} {value:?}", point.instrument.name).as_bytes());
        });
    }
}

/// What the far side of one output does, and what it has seen.
#[derive(Debug, Default)]
struct Far {
    stalls: AtomicBool,
    moody: AtomicBool,
    /// So many of the next exports end in a panic.
    panics: AtomicU64,
    random: AtomicU64,
    kept: Mutex<Vec<u8>>,
    delivered: AtomicU64,
    lost: AtomicU64,
    retries: AtomicU64,
    onward: Arc<Onward>,
}

static FARS: LazyLock<Mutex<HashMap<String, Arc<Far>>>> = LazyLock::new(Mutex::default);

fn far(name: &str) -> Arc<Far> {
    Arc::clone(FARS.lock().unwrap().entry(name.to_owned()).or_default())
}

impl Far {
    /// A pseudo-random number below `bound`: the same ones in every run.
    fn below(&self, bound: u64) -> u64 {
        let step =
            |seed: u64| seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let seed = self.random.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |seed| Some(step(seed)));
        (step(seed.unwrap()) >> 33) % bound
    }
}

struct Sender(Arc<Far>);

impl Exporter for Sender {
    fn export(&mut self, batch: &Batch<'_>, _: &Progress) -> Export {
        let far = &self.0;
        while far.stalls.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(1));
        }
        let panics = far.panics.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        assert!(panics.is_err(), "a panic of the exporter's");
        let mood = if far.moody.load(Ordering::SeqCst) { far.below(5) } else { 4 };
        let delivered = match mood {
            0 => {
                far.retries.fetch_add(1, Ordering::SeqCst);
                return Export::Retry(Duration::from_micros(far.below(2_000)));
            }
            1 => {
                far.lost.fetch_add(batch.len(), Ordering::SeqCst);
                return Export::Refused(DropReason::Closed);
            }
            2 => far.below(batch.len() + 1),
            _ => batch.len(),
        };
        let bytes: Vec<u8> =
            batch.records().take(delivered as usize).flat_map(|(_, record)| record).copied().collect();
        if !far.moody.load(Ordering::SeqCst) {
            far.kept.lock().unwrap().extend_from_slice(&bytes);
        }
        assert_eq!(frames(&bytes).len() as u64, delivered, "whole records, and as many as were counted");
        far.delivered.fetch_add(delivered, Ordering::SeqCst);
        if far.moody.load(Ordering::SeqCst) {
            // As if half of it were on a disk, and stayed there.
            far.onward.kept(delivered / 2);
            far.onward.troubled();
        }
        far.lost.fetch_add(batch.len() - delivered, Ordering::SeqCst);
        if delivered == batch.len() {
            Export::Delivered
        } else {
            Export::Partial { delivered, reason: DropReason::Io }
        }
    }

    fn onward(&self) -> Option<Arc<Onward>> {
        Some(Arc::clone(&self.0.onward))
    }
}

/// The frames of a piece of memory, without their lengths.
fn frames(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut frames = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let (frame, behind) = rest.split_at(u32::from_be_bytes(*length) as usize);
        frames.push(frame);
        bytes = behind;
    }
    frames
}

/// A kind for whose outputs nobody waits, and one for whose outputs a recording thread does.
#[derive(Debug)]
struct Kind(&'static str, Waiting);

static FAR_AWAY: Kind = Kind("frames", Waiting::Never);
static NEAR_BY: Kind = Kind("near_frames", Waiting::ForRoom);

#[derive(Debug, PartialEq)]
struct Named(String);

impl OutputKind for Kind {
    fn name(&self) -> &'static str {
        self.0
    }

    fn default_signals(&self) -> SignalSet {
        SignalSet::ALL
    }

    fn waiting(&self) -> Waiting {
        self.1
    }

    fn settings(&self) -> &'static [Setting] {
        static SETTINGS: [Setting; 1] =
            [Setting::new("far", Takes::Text("a name"), "\"a\"", "Which far side it talks to.").required()];
        &SETTINGS
    }

    fn read(&self, report: &mut Report, object: &Object<'_>) -> Option<Arc<dyn Target>> {
        let found = report.required(object, "far")?;
        Some(Arc::new(Named(report.text(&found)?)))
    }
}

impl Target for Named {
    fn label(&self) -> String {
        format!("frames:{}", self.0)
    }

    fn stall(&self) -> Duration {
        Duration::from_secs(3_600)
    }

    fn open(&self, _: &Around<'_>) -> io::Result<Opened> {
        Ok(Opened {
            encoder: Arc::new(Frames),
            exporter: Box::new(Sender(far(&self.0))),
            passage: Passage::Buffered,
            kept: None,
        })
    }
}

fn telemetry(outputs: Value, more: Value) -> Telemetry {
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| [&FAR_AWAY, &NEAR_BY].into_iter().for_each(|kind| register(kind).unwrap()));
    let mut config = Config::new("shop").variables(Environment::empty()).set("outputs", outputs);
    for (key, value) in more.as_object().unwrap() {
        config = config.set(key, value.clone());
    }
    Telemetry::new(config).unwrap()
}

fn books(telemetry: &Telemetry, output: usize) -> (u64, u64, u64, u64, u64) {
    let stats: Value = serde_json::from_str(&telemetry.stats_json()).unwrap();
    let books = &stats["outputs"][output];
    let count = |key: &str| books[key].as_u64().unwrap();
    let dropped = books["dropped"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    (count("accepted"), count("delivered"), dropped, count("queued"), count("spooled"))
}

#[test]
fn a_name_is_given_once() {
    let t = telemetry(json!([{"to": "memory"}]), json!({}));
    assert!(register(&FAR_AWAY).unwrap_err().to_string().contains("frames"));
    drop(t);
    let wrong = Config::new("shop")
        .variables(Environment::empty())
        .set("outputs", json!([{"to": "frames", "fax": 1}]));
    let text = Telemetry::new(wrong).unwrap_err().to_string();
    assert!(text.contains("outputs[0].fax") && text.contains("outputs[0].far"), "{text}");
}

#[test]
fn both_formats_get_every_record_with_its_types() {
    let t = telemetry(json!([{"to": "memory"}, {"to": "frames", "far": "types"}]), json!({}));
    let log = t.logger("a").bind(|w| w.attr("bound", u64::MAX));
    log.info("half {n}\n")
        .attr("n", f64::NAN)
        .attr("raw", &b"\n\0"[..])
        .attr("int", 1)
        .attr("float", 1.0)
        .emit();
    let mut span = t.start_span("checkout", SpanStart::default());
    span.end(None);
    t.meter().counter("orders_total", InstrumentOptions::default()).unwrap().add(2, |_| {});
    assert!(t.flush(Duration::from_secs(5)), "{}", t.stats_json());
    let kept = far("types").kept.lock().unwrap().clone();
    let texts: Vec<String> =
        frames(&kept).into_iter().map(|frame| String::from_utf8(frame.to_vec()).unwrap()).collect();
    assert_eq!(
        texts,
        [
            "lhalf NaN\n\nbound=BigInt(\"18446744073709551615\")\nn=Float(NaN)\nraw=Bytes([10, 0])\nint=Int(1)\
             \nfloat=Float(1.0)",
            "scheckout",
            "morders_total Int(2)"
        ]
    );
    let lines = t.memory_lines();
    assert_eq!(lines.len(), 3);
    assert!(
        lines[0].contains(r#""bound":"18446744073709551615","n":"NaN","raw":"CgA=","int":1,"float":1.0"#)
    );
}

#[test]
fn books_balance_whatever_the_far_side_answers() {
    const THREADS: u64 = 4;
    const EACH: u64 = 250_000;
    let moody = far("moody");
    moody.moody.store(true, Ordering::SeqCst);
    let t = telemetry(json!([{"to": "frames", "far": "moody"}, {"to": "null"}]), json!({}));
    let start = Instant::now();
    let threads: Vec<_> = (0..THREADS)
        .map(|number| {
            let t = t.clone();
            std::thread::spawn(move || {
                let log = t.logger("a");
                for i in 0..EACH {
                    match (i + number) % 10 {
                        0 => drop(t.start_span("s\n", SpanStart::default()).end(None)),
                        _ => log.info("x\ny").attr("i", i).emit(),
                    }
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    eprintln!("recorded in {:?}", start.elapsed());
    let (accepted, delivered, dropped, queued, spooled) = books(&t, 0);
    assert_eq!(accepted, THREADS * EACH);
    assert_eq!(accepted, delivered + dropped + queued + spooled, "also while records are on their way");
    t.flush(Duration::from_secs(20));
    t.shutdown(Duration::from_secs(5));
    let (accepted, delivered, dropped, queued, spooled) = books(&t, 0);
    assert_eq!((accepted, queued), (THREADS * EACH, 0));
    assert_eq!(delivered + spooled, moody.delivered.load(Ordering::SeqCst));
    assert_eq!(accepted, delivered + spooled + dropped);
    assert!(dropped >= moody.lost.load(Ordering::SeqCst), "what the far side lost, and what found no room");
    assert!(moody.retries.load(Ordering::SeqCst) > 0 && spooled > 0);
    let (accepted, delivered, ..) = books(&t, 1);
    assert_eq!(accepted, delivered, "the other output loses nothing");
    assert!(
        (THREADS * EACH + 1..THREADS * EACH + 10).contains(&accepted),
        "and is told of the loss: {accepted}"
    );
}

#[test]
fn an_exporter_that_panics_costs_its_batches_alone() {
    const PANICS: u64 = 20;
    let (panicky, panics) = (far("panicky"), || {
        let stats: Value =
            serde_json::from_str(&telemetry(json!([{"to": "null"}]), json!({})).stats_json()).unwrap();
        stats["internal_panics"].as_u64().unwrap()
    });
    let before = panics();
    panicky.panics.store(PANICS, Ordering::SeqCst);
    let t = telemetry(
        json!([{"to": "frames", "far": "panicky"}, {"to": "memory", "signals": ["logs"]}]),
        json!({}),
    );
    let log = t.logger("a");
    let mut records = 0;
    while panicky.panics.load(Ordering::SeqCst) > 0 {
        log.info("x").attr("n", records).emit();
        records += 1;
        t.flush(Duration::from_millis(50));
        assert!(records < 1_000, "{}", t.stats_json());
    }
    log.info("after").emit();
    assert!(t.flush(Duration::from_secs(5)), "{}", t.stats_json());
    let (accepted, delivered, dropped, queued, spooled) = books(&t, 0);
    assert_eq!(accepted, delivered + dropped + queued + spooled, "{}", t.stats_json());
    assert_eq!(delivered, panicky.delivered.load(Ordering::SeqCst));
    assert!(dropped > 0 && queued == 0, "{}", t.stats_json());
    let kept = panicky.kept.lock().unwrap().clone();
    assert_eq!(frames(&kept).iter().filter(|frame| frame == &b"lafter").count(), 1, "it goes on");
    assert_eq!(panics() - before, PANICS);
    let lines = t.memory_lines();
    assert_eq!(lines.iter().filter(|line| line.contains(r#""logger":"a""#)).count() as u64, records + 1);
}

#[test]
fn a_stalled_output_delays_no_other_ones_metrics() {
    let stalled = far("stalled");
    stalled.stalls.store(true, Ordering::SeqCst);
    let outputs = json!([{"to": "frames", "far": "stalled"}, {"to": "memory", "signals": ["metrics"]}]);
    let more =
        json!({"metrics": {"every": "100ms"}, "limits": {"buffer_bytes": 65_536, "line_bytes": 65_536}});
    let t = telemetry(outputs, more);
    let log = t.logger("a");
    let counter = t.meter().counter("orders_total", InstrumentOptions::default()).unwrap();
    for _ in 0..10_000 {
        log.info("enough to fill the buffer of the one that stalls").emit();
    }
    let start = Instant::now();
    counter.add(1, |_| {});
    while t.memory_lines().len() < 5 {
        assert!(start.elapsed() < Duration::from_secs(10), "{}", t.stats_json());
        std::thread::sleep(Duration::from_millis(5));
    }
    let (accepted, delivered, dropped, queued, spooled) = books(&t, 0);
    assert!(dropped > 0 && delivered == 0);
    assert_eq!(accepted, delivered + dropped + queued + spooled);
    stalled.stalls.store(false, Ordering::SeqCst);
    t.flush(Duration::from_secs(5));
    let first = frames(&stalled.kept.lock().unwrap()).iter().any(|frame| frame[0] == b'm');
    assert!(first, "and its own metrics were not lost either");
}

#[test]
fn nor_does_one_that_records_would_wait_for() {
    let stalled = far("near");
    stalled.stalls.store(true, Ordering::SeqCst);
    let outputs = json!([{"to": "near_frames", "far": "near"}, {"to": "memory", "signals": ["metrics"]}]);
    let more =
        json!({"metrics": {"every": "100ms"}, "limits": {"buffer_bytes": 65_536, "line_bytes": 65_536}});
    let t = telemetry(outputs, more);
    let counter = t.meter().counter("orders_total", InstrumentOptions::default()).unwrap();
    // More than half of the buffer in one push, so that the second one has no room.
    let series = 1_500;
    for i in 0..series {
        counter.add(1, |w| w.attr("i", i));
    }
    let start = Instant::now();
    while t.memory_lines().len() < 5 * series {
        assert!(start.elapsed() < Duration::from_secs(10), "{}", t.stats_json());
        std::thread::sleep(Duration::from_millis(5));
    }
    let (accepted, delivered, dropped, queued, spooled) = books(&t, 0);
    assert!(dropped > 0 && delivered == 0, "a push that found no room was refused, not waited for");
    assert_eq!(accepted, delivered + dropped + queued + spooled);
    stalled.stalls.store(false, Ordering::SeqCst);
}
