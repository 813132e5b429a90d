//! Every key of the document: what readers check it against, and what its page of the documentation says.
//! Not for an output's own keys: each kind has a table of them.

use super::{classes, redaction, sampling};
use crate::api::meter::Across;
use crate::document::setting::{Names, Setting, Takes};
use crate::document::units::DAY;
use crate::encode::attributes::limits::HARD_DEPTH;
use crate::model::enrichment::Enrichment;
use crate::model::exception_signals::ExceptionSignals;
use crate::model::propagation;
use crate::model::severity::Severity;
use crate::model::signal::Signal;
use crate::output::registry;
use std::time::Duration;

/// What a resource's attribute may be, as the specification has it.
const RESOURCE_VALUE: Takes =
    Takes::Other("a text, a number, true or false, or a list of texts, of numbers or of truth values");
pub(super) const LEVEL: Takes = Takes::Other(Severity::accepted_names());

/// The keys of the document, in the order of the documentation.
pub(super) static DOCUMENT: [Setting; 24] = [
    Setting::new(
        "service",
        Takes::Text("a name such as \"shop\""),
        "\"shop\"",
        "The service: `service.name` of the resource.",
    )
    .without("the program's name"),
    Setting::new(
        "version",
        Takes::Text("a string such as \"1.4.2\""),
        "\"1.4.2\"",
        "Its version: `service.version` of the resource.",
    ),
    Setting::new(
        "environment",
        Takes::Text("a name such as \"prod\""),
        "\"prod\"",
        "Where it is deployed: `deployment.environment.name` of the resource.",
    ),
    Setting::new(
        "resource",
        Takes::Map { of: &RESOURCE_VALUE, words: "an object of attributes such as {\"team\": \"checkout\"}" },
        "{\"team\": \"checkout\", \"k8s.pod.name\": \"shop-7d4\"}",
        "Further attributes of the resource, by their names. They go to a collector and into the format `otlp-json`; lines \
         tell `service`, `version`, `environment`, and what `enrich` names. One that bears the name of what is told anyway, \
         such as `host.name`, takes its place.",
    ),
    Setting::new(
        "level",
        LEVEL,
        "\"debug\"",
        "The least severity of a log record that is recorded. What the level of another logger in the program has let through (Python's `logging`) is filtered only if this is set.",
    ),
    Setting::new(
        "levels",
        Takes::Map { of: &LEVEL, words: "an object of logger names and levels" },
        "{\"shop.cart\": \"trace\"}",
        "The least severity by logger. A name also covers the names below it: `shop` covers `shop.cart`. Among \
         several the longest holds.",
    ),
    Setting::new(
        "outputs",
        Takes::List { of: &OUTPUT, words: registry::LIST_WORDS },
        registry::LIST_EXAMPLE,
        "Where records go.",
    ),
    Setting::new(
        "sample",
        Takes::Object(&sampling::KEYS),
        "{\"traces\": 0.1}",
        "Which traces and log records are kept.",
    ),
    Setting::new(
        "control",
        Takes::Text("the path of a folder such as \"var/control\""),
        "\"var/control\"",
        "A folder, made where it is missing, in which `vigie level` sets levels of the processes that name it. It counts only while \
         nobody but the process's user and the system's may write there.",
    ),
    Setting::new(
        "exceptions",
        Takes::Choice { known: &EXCEPTION_SIGNALS, unbuilt: &[] },
        "\"logs\"",
        "As what the exceptions that spans record are told: `events` of the span; ERROR records, whose `event` is `exception`, \
         in the span's context under the name of its scope, in `logs`; or both.",
    ),
    Setting::new(
        "redact",
        Takes::Object(&redaction::KEYS),
        "{\"keys\": [\"iban\"]}",
        "Which values are masked.",
    ),
    Setting::new(
        "enrich",
        Takes::List { of: &ENRICHMENT, words: "a list of {}; [] for none" },
        "[\"host\", \"process\", \"container\", \"k8s\"]",
        "What each record tells of where it comes from. `host` and `process`, the machine's name and the process id, are told \
         unless a list says otherwise.",
    ),
    Setting::new(
        "categories",
        Takes::Object(&classes::CATEGORY_RULES),
        "{\"events\": {\"order.\": \"business\"}}",
        "What gives a log record the `category` that nobody gave it.",
    ),
    Setting::new(
        "entities",
        classes::ENTITIES,
        "[\"ip\", \"uuid\"]",
        "What is looked for in the messages of log records and told under `entities`.",
    ),
    Setting::new(
        "entity_patterns",
        classes::ENTITY_PATTERNS,
        "{\"order\": \"ORD-[0-9]+\"}",
        "What of your own is looked for there as well, by the names that it is told under; at most 64 patterns, written like \
         those of `redact`.",
    ),
    Setting::new("limits", Takes::Object(&LIMITS), "{\"string_bytes\": \"16KiB\"}", "How much is kept."),
    Setting::new(
        "metrics",
        Takes::Object(&METRICS),
        "{\"every\": \"10s\"}",
        "When metric points are written.",
    ),
    Setting::new(
        "propagate",
        Takes::List { of: &CONTEXT_KEY, words: CONTEXT_KEYS },
        "[\"tenant_id\"]",
        "The context keys that travel to other processes as baggage, besides the correlation id.",
    ),
    Setting::new(
        "propagators",
        Takes::List { of: &PROPAGATOR, words: "a list of {}; [] for none" },
        "[\"tracecontext\"]",
        "The formats in which context is read and written, in this order. Of several that find a remote span the first \
         counts; all of them are written.",
    ),
    Setting::new(
        "public_endpoint",
        Takes::Flag,
        "true",
        "For processes that strangers call: what is read from a carrier is not continued. The next span begins a trace of \
         its own and links to the remote span; baggage, its `tracestate` and the correlation id are not taken. The \
         environment of the process is read as ever.",
    ),
    Setting::new(
        "testing",
        Takes::Object(&TESTING),
        "{\"clock\": \"2026-01-01T00:00:00Z\", \"ids\": 1}",
        "A world that repeats itself, for tests: fixed time, identifiers, machine and process.",
    ),
    Setting::new(
        "attributes_key",
        Takes::Other("a key such as \"attributes\" that lines do not use themselves"),
        "\"attributes\"",
        "The key that log attributes are nested under; without it they stand at the top level of the line.",
    ),
    Setting::new("disabled", Takes::Flag, "true", "Records nothing at all."),
    Setting::new(
        "signals",
        Takes::Flag,
        "true",
        "In Node and Python: SIGTERM, SIGINT and SIGHUP write what is queued, and then end the process as ever.",
    ),
];

const OUTPUT: Takes = Takes::Other(registry::ENTRY_WORDS);

/// The keys that every output has, in front of and behind those of its kind.
pub(super) static TO: Setting = Setting::new(
    "to",
    Takes::Choice { known: &Kinds, unbuilt: &[] },
    registry::KIND_EXAMPLE,
    "The kind of output.",
)
.required();
pub(super) static SIGNALS: Setting = Setting::new(
    "signals",
    Takes::List {
        of: &Takes::Choice { known: &SIGNAL_NAMES, unbuilt: &[] },
        words: "a list of at least one of {}",
    },
    "[\"metrics\"]",
    "The signals that it takes.",
)
.without("by kind, see below");

/// The signals by their names.
pub(super) const SIGNAL_NAMES: [(&str, Signal); 3] = {
    let [logs, spans, metrics] = Signal::ALL;
    [(logs.as_str(), logs), (spans.as_str(), spans), (metrics.as_str(), metrics)]
};

#[derive(Debug)]
struct Kinds;

impl Names for Kinds {
    fn names(&self) -> Vec<&'static str> {
        registry::kinds().iter().map(|kind| kind.name()).collect()
    }
}

/// As what exceptions of spans are told.
pub(super) static EXCEPTION_SIGNALS: [(&str, ExceptionSignals); 3] = [
    ("events", ExceptionSignals::Events),
    ("logs", ExceptionSignals::Logs),
    ("both", ExceptionSignals::Both),
];

const ENRICHMENT: Takes = Takes::Choice { known: &Enrichment::ALL, unbuilt: &[] };

// The upper ends keep one record's memory within what offsets of 32 bits can address.
static LIMITS: [Setting; 13] = {
    use Takes::{Size, Whole};
    [
        Setting::new("attributes", Whole(0, 4_096), "64", "Attributes of a record, and members of a map."),
        Setting::new("depth", Whole(1, HARD_DEPTH as u64), "8", "Containers inside one another."),
        Setting::new("nodes", Whole(1, 65_536), "1000", "Values of a record, containers included."),
        Setting::new("key_bytes", Size(16, 4_096), "64", "Length of a key."),
        Setting::new("string_bytes", Size(1, 1_048_576), "\"16KiB\"", "Length of a string."),
        Setting::new(
            "line_bytes",
            Size(1_024, 16_777_216),
            "\"64KiB\"",
            "Length of a line, its line feed included.",
        ),
        Setting::new("events", Whole(0, 65_536), "16", "Events of a span."),
        Setting::new("links", Whole(0, 65_536), "16", "Links of a span."),
        Setting::new("open_spans", Whole(1, 10_000_000), "1000", "Spans that are open at a time."),
        Setting::new("series_per_instrument", Whole(1, 1_000_000), "500", "Series of one instrument."),
        Setting::new("series_per_process", Whole(1, 10_000_000), "5000", "Series of the process."),
        Setting::new(
            "buffer_bytes",
            Size(65_536, 1_073_741_824),
            "\"16MiB\"",
            "What waits in one output's buffer; at least `line_bytes`.",
        ),
        Setting::new(
            "shutdown",
            Takes::Duration(Duration::ZERO, Duration::from_secs(3_600)),
            "\"2s\"",
            "How long shutdown may take.",
        ),
    ]
};

static METRICS: [Setting; 4] = [
    Setting::new(
        "every",
        Takes::Duration(Duration::from_millis(10), DAY),
        "\"10s\"",
        "How often metric points are written; they are also written by flush and shutdown.",
    ),
    Setting::new(
        "self",
        Takes::Flag,
        "true",
        "Whether there are metrics of Vigie itself: for each output what it accepted, delivered and dropped, what waits \
         and for how long, and attempts that failed.",
    ),
    Setting::new(
        "multiprocess",
        Takes::Text("the path of a folder such as \"var/metrics\""),
        "\"var/metrics\"",
        "A folder, made where it is missing, in which the processes of one service share their metrics: the exposition of \
         each shows those of all, and no increment is lost when one is killed. Not on Windows.",
    )
    .without("each process shows its own"),
    Setting::new(
        "across",
        Takes::Map {
            of: &Takes::Choice { known: &Across::NAMES, unbuilt: &[] },
            words: "an object of instruments' names and rules such as {\"reloaded_at\": \"last\"}",
        },
        "{\"reloaded_at\": \"last\"}",
        "How the values that processes have for a gauge or an up-down counter become one. Without a rule those of a gauge \
         are added up over the processes that live (`live_sum`), those of an up-down counter over all there were (`sum`). \
         An up-down counter takes no other rule than these two.",
    ),
];

const CONTEXT_KEYS: &str =
    "a list of context keys such as [\"tenant_id\"], of letters, digits and !#$%&'*+-.^_`|~";
const CONTEXT_KEY: Takes = Takes::Other(CONTEXT_KEYS);

#[derive(Debug)]
struct Propagators;

impl Names for Propagators {
    fn names(&self) -> Vec<&'static str> {
        propagation::names()
    }
}

const PROPAGATOR: Takes = Takes::Choice { known: &Propagators, unbuilt: &propagation::UNBUILT };

static TESTING: [Setting; 8] = [
    Setting::new(
        "clock",
        Takes::Other("an RFC 3339 date-time such as \"2026-01-01T00:00:00Z\""),
        "\"2026-01-01T00:00:00Z\"",
        "The first reading of the clock.",
    )
    .without("the real clock"),
    Setting::new(
        "step",
        Takes::Duration(Duration::ZERO, DAY),
        "\"1s\"",
        "What each reading of a fixed clock adds.",
    )
    .without("\"1ms\""),
    Setting::new(
        "ids",
        Takes::Whole(1, u64::MAX / 2),
        "1",
        "The first number of the sequence that identifiers are made from.",
    )
    .without("random identifiers"),
    Setting::new("host", Takes::Text("a host name"), "\"laptop\"", "The machine's name that lines show.")
        .without("the real one"),
    Setting::new("pid", Takes::Whole(0, u32::MAX as u64), "4242", "The process id that lines show.")
        .without("the real one"),
    Setting::new(
        "root",
        Takes::Text("the path of a folder"),
        "\"tests/machines/docker\"",
        "A folder in place of the root of the file system, for the files that `enrich` looks at.",
    )
    .without("the real one"),
    Setting::new(
        "runtime",
        Takes::Text("a name and a version such as \"cpython 3.11.7\""),
        "\"cpython 3.11.7\"",
        "The runtime that `enrich` tells, its name and its version.",
    )
    .without("the real one"),
    Setting::new(
        "thread",
        Takes::Other("a number and a name such as \"1 main\""),
        "\"1 main\"",
        "The thread that `enrich` tells, whichever makes the record.",
    )
    .without("the real one"),
];
