//! The keys of the declarative configuration 1.x: what each may be, and what it comes to here or what there is instead.
//!
//! Not for reading them: see the other files of this folder.

use super::super::absent::{AT_ONCE, ATTEMPTS, IN_BYTES, NO_EXEMPLARS, ONE_LIMIT, OWN_WORDS};
use crate::document::setting::{Setting, Takes};

/// A key that comes to something here: what that is.
const fn key(key: &'static str, takes: Takes, here: &'static str) -> Setting {
    Setting::new(key, takes, "", here)
}

const fn section(of: &'static str, keys: &'static [Setting]) -> Setting {
    key(of, Takes::Object(keys), "")
}

const COUNT: Takes = Takes::Whole(0, u32::MAX as u64);
const MILLISECONDS: Takes = COUNT;
const FILE: Takes = Takes::Text("the path of a file");
const NAME: Takes = Takes::Text("a name");

/// The whole file.
pub(super) static ROOT: [Setting; 11] = [
    key(FILE_FORMAT, Takes::Other("a version 1.x such as \"1.0\""), "").required(),
    key("disabled", Takes::Flag, "`disabled`"),
    Setting::absent("log_level", OWN_WORDS),
    section("attribute_limits", &ATTRIBUTE_LIMITS),
    section("resource", &RESOURCE),
    section("propagator", &PROPAGATOR),
    section("tracer_provider", &TRACER_PROVIDER),
    section("meter_provider", &METER_PROVIDER),
    section("logger_provider", &LOGGER_PROVIDER),
    Setting::absent(
        "instrumentation/development",
        "instrumentations are told what to do where they are made",
    ),
    key("distribution", Takes::Other("anything"), "nothing: it is for other distributions"),
];
/// The version of the format.
pub(super) const FILE_FORMAT: &str = "file_format";

const OF_ATTRIBUTES: [Setting; 3] = [
    key("attribute_count_limit", COUNT, "`limits.attributes`"),
    key("attribute_value_length_limit", COUNT, "`limits.string_bytes`, in bytes"),
    key("attribute_value_depth_limit", COUNT, "`limits.depth`"),
];
static ATTRIBUTE_LIMITS: [Setting; 3] = OF_ATTRIBUTES;

static SPAN_LIMITS: [Setting; 7] = {
    let [count, length, depth] = OF_ATTRIBUTES;
    [
        count,
        length,
        depth,
        key("event_count_limit", COUNT, "`limits.events`"),
        key("link_count_limit", COUNT, "`limits.links`"),
        Setting::absent("event_attribute_count_limit", ONE_LIMIT),
        Setting::absent("link_attribute_count_limit", ONE_LIMIT),
    ]
};

static LOG_LIMITS: [Setting; 3] = [
    Setting::absent("attribute_count_limit", ONE_LIMIT),
    Setting::absent("attribute_value_length_limit", ONE_LIMIT),
    Setting::absent("attribute_value_depth_limit", ONE_LIMIT),
];

/// The types that an attribute of the resource may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    Bool,
    Int,
    Double,
    Texts,
    Bools,
    Ints,
    Doubles,
}

/// Their names.
pub(super) const TYPES: [(&str, Type); 8] = [
    ("string", Type::Text),
    ("bool", Type::Bool),
    ("int", Type::Int),
    ("double", Type::Double),
    ("string_array", Type::Texts),
    ("bool_array", Type::Bools),
    ("int_array", Type::Ints),
    ("double_array", Type::Doubles),
];

static RESOURCE: [Setting; 4] = [
    key(
        "attributes",
        Takes::List {
            of: &Takes::Object(&ATTRIBUTE),
            words: "a list of attributes, each with name and value",
        },
        "`service`, `version`, `environment` or `resource`, by its name",
    ),
    key("attributes_list", Takes::Text("key=value pairs separated by commas"), "the same"),
    section("detection/development", &DETECTION),
    Setting::absent("schema_url", "the schema is that of the names that are used"),
];

static ATTRIBUTE: [Setting; 3] = [
    key("name", NAME, "").required(),
    key("value", Takes::Other("a value of its `type`, a text unless that says otherwise"), ""),
    key("type", Takes::Choice { known: &TYPES, unbuilt: &[] }, ""),
];

static DETECTION: [Setting; 2] = [
    Setting::absent("attributes", "`enrich` says what is told, and all of that is"),
    key(
        "detectors",
        Takes::List { of: &Takes::Object(&DETECTORS), words: "a list of detectors" },
        "`enrich`",
    ),
];

static DETECTORS: [Setting; 4] = [
    key("host", NOTHING_INSIDE, "`host`"),
    key("process", NOTHING_INSIDE, "`process`"),
    key("container", NOTHING_INSIDE, "`container`"),
    Setting::absent("service", "`service` and `resource` can name it"),
];

/// What has no keys of its own.
const NOTHING_INSIDE: Takes = Takes::Object(&[]);

static PROPAGATOR: [Setting; 2] = [
    key(
        "composite",
        Takes::List {
            of: &Takes::Other("an object with one of the names of propagators"),
            words: "a list of propagators",
        },
        "`propagators`, to which `correlation` is added",
    ),
    key("composite_list", Takes::Text("names of propagators separated by commas"), "the same"),
];

static TRACER_PROVIDER: [Setting; 5] = [
    key(
        "processors",
        Takes::List { of: &Takes::Object(&SPAN_PROCESSORS), words: "a list of processors" },
        "",
    )
    .required(),
    section("limits", &SPAN_LIMITS),
    key("sampler", Takes::Object(&SAMPLERS), "`sample.traces`, and whether a parent's decision stands"),
    key("id_generator", Takes::Object(&ID_GENERATORS), ""),
    Setting::absent("tracer_configurator/development", "every tracer records"),
];

static ID_GENERATORS: [Setting; 1] = [key("random", NOTHING_INSIDE, "as ever")];

/// The samplers.
pub(super) static SAMPLERS: [Setting; 8] = [
    key("always_on", NOTHING_INSIDE, "1"),
    key("always_off", NOTHING_INSIDE, "0"),
    key("trace_id_ratio_based", Takes::Object(&RATIO), "its `ratio`"),
    key("probability/development", Takes::Object(&RATIO), "its `ratio`, and `sample.consistent`"),
    key("parent_based", Takes::Object(&PARENT_BASED), "that of its `root`"),
    Setting::absent("always_record", "spans that are left out are not made"),
    Setting::absent("composite/development", "`sample.rules` has shares by name, kind and attributes"),
    Setting::absent("jaeger_remote/development", "no server is asked how much to keep"),
];

static RATIO: [Setting; 1] = [key("ratio", Takes::Share, "")];

const A_SAMPLER: Takes = Takes::Other("a sampler");

static PARENT_BASED: [Setting; 5] = [
    key("root", A_SAMPLER, ""),
    key(
        "remote_parent_sampled",
        A_SAMPLER,
        "`sample.remote_parent_sampled`: a share; `always_on` is the parent's decision",
    ),
    key(
        "remote_parent_not_sampled",
        A_SAMPLER,
        "`sample.remote_parent_not_sampled`; `always_off` is the parent's decision",
    ),
    key(
        "local_parent_sampled",
        A_SAMPLER,
        "`sample.local_parent_sampled`; `always_on` is the parent's decision",
    ),
    key(
        "local_parent_not_sampled",
        A_SAMPLER,
        "`sample.local_parent_not_sampled`; `always_off` is the parent's decision",
    ),
];

static SPAN_PROCESSORS: [Setting; 2] = [section("batch", &BATCH), section(SIMPLE, &SIMPLY)];
static LOG_PROCESSORS: [Setting; 3] = [
    section("batch", &BATCH),
    section(SIMPLE, &SIMPLY),
    Setting::absent("event_to_span_event_bridge/development", "a log record stays one"),
];
/// A processor that exports in the call that records.
pub(super) const SIMPLE: &str = "simple";
/// What there is instead of that.
pub(super) const SOON: &str = "a thread of the output's writes and sends, soon";

static BATCH: [Setting; 5] = [
    key("exporter", Takes::Object(&EXPORTERS), "").required(),
    Setting::absent("schedule_delay", AT_ONCE),
    Setting::absent("export_timeout", ATTEMPTS),
    Setting::absent("max_queue_size", IN_BYTES),
    Setting::absent("max_export_batch_size", IN_BYTES),
];
static SIMPLY: [Setting; 1] = [key("exporter", Takes::Object(&EXPORTERS), "").required()];

const NO_GRPC: &str = "`otlp_http` reaches a collector, at port 4318 as a rule";

/// The exporters of spans and logs.
static EXPORTERS: [Setting; 4] = [
    key("otlp_http", Takes::Object(&OTLP_HTTP), "an output `otlp`"),
    Setting::absent("otlp_grpc", NO_GRPC),
    key(
        "otlp_file/development",
        Takes::Object(&OTLP_FILE),
        "an output `file` or `console`, `format` `otlp-json`",
    ),
    key("console", NOTHING_INSIDE, "an output `console`, on standard output"),
];

/// Those of metrics.
static METRIC_EXPORTERS: [Setting; 4] = [
    key("otlp_http", Takes::Object(&METRICS_OTLP_HTTP), "an output `otlp`"),
    Setting::absent("otlp_grpc", NO_GRPC),
    key(
        "otlp_file/development",
        Takes::Object(&METRICS_OTLP_FILE),
        "an output `file` or `console`, `format` `otlp-json`",
    ),
    key("console", Takes::Object(&METRICS_CONSOLE), "an output `console`, on standard output"),
];

const OF_HTTP: [Setting; 9] = [
    key("endpoint", Takes::Text("an address such as \"http://localhost:4318/v1/traces\""), "`endpoints`"),
    section("tls", &TLS),
    key(
        "headers",
        Takes::List { of: &A_HEADER, words: "a list of headers, each with name and value" },
        "`headers`",
    ),
    key("headers_list", Takes::Text("name=value pairs separated by commas"), "`headers`"),
    key("compression", Takes::Text("none or gzip"), "`compression`"),
    key("timeout", MILLISECONDS, "`timeout`"),
    key("encoding", Takes::Text("protobuf or json"), "`protocol`"),
    Setting::absent("max_request_size", IN_BYTES),
    Setting::absent("max_response_size", "of a reply a few kilobytes are read"),
];
static OTLP_HTTP: [Setting; 9] = OF_HTTP;
static METRICS_OTLP_HTTP: [Setting; 11] = {
    let [a, b, c, d, e, f, g, h, i] = OF_HTTP;
    let [temporality, aggregation] = PREFERENCES;
    [a, b, c, d, e, f, g, h, i, temporality, aggregation]
};

static TLS: [Setting; 3] = [
    key("ca_file", FILE, "`ca`"),
    key("cert_file", FILE, "`client_certificate`"),
    key("key_file", FILE, "`client_key`"),
];

const A_HEADER: Takes = Takes::Object(&HEADER);
static HEADER: [Setting; 2] = [key("name", NAME, "").required(), key("value", Takes::Text("a text"), "")];

const OUTPUT_STREAM: Setting = key(
    "output_stream",
    Takes::Other("stdout, or file:// and the path of a file such as \"file:///var/log/shop.jsonl\""),
    "`path`",
);
static OTLP_FILE: [Setting; 1] = [OUTPUT_STREAM];
static METRICS_OTLP_FILE: [Setting; 3] = {
    let [temporality, aggregation] = PREFERENCES;
    [OUTPUT_STREAM, temporality, aggregation]
};
static METRICS_CONSOLE: [Setting; 2] = PREFERENCES;

/// What holds in any case is accepted; the other words have no equal.
pub(super) const TEMPORALITY: &str = "temporality_preference";
/// Likewise.
pub(super) const AGGREGATION: &str = "default_histogram_aggregation";
const PREFERENCES: [Setting; 2] = [
    key(TEMPORALITY, Takes::Text("cumulative, delta or low_memory"), "`cumulative` holds"),
    key(
        AGGREGATION,
        Takes::Text("explicit_bucket_histogram or base2_exponential_bucket_histogram"),
        "`explicit_bucket_histogram` holds",
    ),
];

static METER_PROVIDER: [Setting; 4] = [
    key("readers", Takes::List { of: &Takes::Object(&READERS), words: "a list of readers" }, "").required(),
    Setting::absent("views", "an instrument is written as it was made"),
    key(EXEMPLAR_FILTER, Takes::Text("always_on, always_off or trace_based"), "`always_off` holds"),
    Setting::absent("meter_configurator/development", "every meter records"),
];
/// Likewise.
pub(super) const EXEMPLAR_FILTER: &str = "exemplar_filter";
/// What holds in any case, by its key, and what there is instead of anything else.
pub(super) const HELD: [(&str, &str, &str); 3] = [
    (TEMPORALITY, "cumulative", "a collector gets what was measured since the beginning"),
    (AGGREGATION, "explicit_bucket_histogram", "histograms have explicit buckets"),
    (EXEMPLAR_FILTER, "always_off", NO_EXEMPLARS),
];

static READERS: [Setting; 2] = [section("periodic", &PERIODIC), section("pull", &PULL)];

const NO_PRODUCERS: &str = "callbacks tell what others have measured";
static PERIODIC: [Setting; 6] = [
    key("exporter", Takes::Object(&METRIC_EXPORTERS), "").required(),
    key("interval", MILLISECONDS, "`metrics.every`; of several the shortest"),
    section("cardinality_limits", &CARDINALITY),
    Setting::absent("timeout", ATTEMPTS),
    Setting::absent("max_export_batch_size/development", IN_BYTES),
    Setting::absent("producers", NO_PRODUCERS),
];
static PULL: [Setting; 3] = [
    key("exporter", Takes::Object(&PULL_EXPORTERS), "").required(),
    section("cardinality_limits", &CARDINALITY),
    Setting::absent("producers", NO_PRODUCERS),
];

const ONE_CARDINALITY: &str = "`limits.series_per_instrument` is the same for all kinds of instruments";
static CARDINALITY: [Setting; 8] = [
    key("default", COUNT, "`limits.series_per_instrument`"),
    Setting::absent("counter", ONE_CARDINALITY),
    Setting::absent("gauge", ONE_CARDINALITY),
    Setting::absent("histogram", ONE_CARDINALITY),
    Setting::absent("up_down_counter", ONE_CARDINALITY),
    Setting::absent("observable_counter", ONE_CARDINALITY),
    Setting::absent("observable_gauge", ONE_CARDINALITY),
    Setting::absent("observable_up_down_counter", ONE_CARDINALITY),
];

static PULL_EXPORTERS: [Setting; 1] =
    [key("prometheus/development", Takes::Object(&PROMETHEUS), "an output `prometheus`")];

const OWN_NAMES: &str = "the exposition shows instruments alone, under the names that who asks prefers";
static PROMETHEUS: [Setting; 6] = [
    key("host", Takes::Text("the name or the address of this machine"), "`listen`"),
    key("port", Takes::Whole(0, 65_535), "`listen`"),
    Setting::absent("scope_info_enabled", OWN_NAMES),
    Setting::absent("target_info_enabled/development", OWN_NAMES),
    Setting::absent("resource_constant_labels", OWN_NAMES),
    Setting::absent("translation_strategy", OWN_NAMES),
];

static LOGGER_PROVIDER: [Setting; 3] = [
    key("processors", Takes::List { of: &Takes::Object(&LOG_PROCESSORS), words: "a list of processors" }, "")
        .required(),
    section("limits", &LOG_LIMITS),
    Setting::absent("logger_configurator/development", "`levels` has the least severity of each logger"),
];
