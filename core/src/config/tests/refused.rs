//! One row for each way to be wrong: the document, and what its one line must hold.

use super::{Environment, Settings, refused};
use crate::error::ErrorCode;

/// Document, and the exact line that it gives.
const LINES: &[(&str, &str)] = &[
    ("[]", r#"configuration: a list; accepted: an object with the keys service, version"#),
    ("3", r#"configuration: 3; accepted: an object"#),
    (r#"{"service":""}"#, r#"service: ""; accepted: a name such as "shop""#),
    (r#"{"service":"  "}"#, r#"service: "  "; accepted: a name"#),
    (r#"{"service":5}"#, r#"service: 5; accepted: a name"#),
    (r#"{"service":["a"]}"#, r#"service: a list; accepted: a name"#),
    (r#"{"service":{"secret":"x"}}"#, r#"service: an object; accepted: a name"#),
    (r#"{"version":1.4}"#, r#"version: 1.4; accepted: a string such as "1.4.2""#),
    (r#"{"environment":true}"#, r#"environment: true; accepted: a name such as "prod""#),
    (r#"{"sevice":"x"}"#, r#"sevice: unknown key; accepted: service (nearest) of service, version"#),
    (r#"{"ouputs":[]}"#, r#"ouputs: unknown key; accepted: outputs (nearest)"#),
    (r#"{"Level":"info"}"#, r#"Level: unknown key; accepted: level (nearest)"#),
    (r#"{"zzzzzzzzzz":1}"#, r#"zzzzzzzzzz: unknown key; accepted: service, version, environment"#),
    (r#"{"level":"loud"}"#, r#"level: "loud"; accepted: trace, debug, info, warn, error, fatal"#),
    (r#"{"level":0}"#, r#"level: 0; accepted: trace"#),
    (r#"{"level":20}"#, r#"level: 20; accepted: trace"#),
    (r#"{"level":"20"}"#, r#"level: "20"; accepted: trace"#),
    (r#"{"levels":{"a":9}}"#, r#"levels.a: 9; accepted: trace"#),
    (r#"{"level":9.5}"#, r#"level: 9.5; accepted: trace"#),
    (r#"{"level":265}"#, r#"level: 265; accepted: trace"#),
    (r#"{"level":["info"]}"#, r#"level: a list; accepted: trace"#),
    (r#"{"resource":["a"]}"#, r#"resource: a list; accepted: an object of attributes"#),
    (r#"{"resource":{"a":{"b":1}}}"#, r#"resource.a: an object; accepted: a text, a number, true or false"#),
    (r#"{"resource":{"a":["b",1]}}"#, r#"resource.a: a list; accepted: a text, a number, true or false"#),
    (r#"{"resource":{"":"b"}}"#, r#"resource.: an attribute without a name; accepted: the name of"#),
    (
        r#"{"resource":{"service.name":"shop"}}"#,
        r#"resource.service.name: has a key of its own; accepted: the key service of the document"#,
    ),
    (r#"{"levels":"debug"}"#, r#"levels: "debug"; accepted: an object of logger names and levels"#),
    (r#"{"levels":{"shop.cart":"x"}}"#, r#"levels.shop.cart: "x"; accepted: trace"#),
    (r#"{"levels":{"":"info"}}"#, r#"levels.: a logger without a name; accepted: a logger's name"#),
    (r#"{"outputs":"console"}"#, r#"outputs: "console"; accepted: a list of at least one output"#),
    (r#"{"outputs":[]}"#, r#"outputs: a list; accepted: a list of at least one output"#),
    (r#"{"outputs":["console"]}"#, r#"outputs[0]: "console"; accepted: an object such as {"to": "console"}"#),
    (
        r#"{"outputs":[{}]}"#,
        r#"outputs[0].to: missing; accepted: console, file, http, influx, journald, memory, null, otlp, prometheus, pushgateway, statsd, syslog"#,
    ),
    (
        r#"{"outputs":[{"to":"tape"}]}"#,
        r#"outputs[0].to: "tape"; accepted: console, file, http, influx, journald, memory, null, otlp, prometheus, pushgateway, statsd, syslog"#,
    ),
    (r#"{"outputs":[{"to":1}]}"#, r#"outputs[0].to: 1; accepted: console"#),
    (
        r#"{"outputs":[{"to":"otlp","protocol":"grpc"}]}"#,
        r#"outputs[0].protocol: "grpc" is not built yet; accepted: protobuf, json"#,
    ),
    (
        r#"{"outputs":[{"to":"prometheus","listen":"9464"}]}"#,
        r#"outputs[0].listen: "9464"; accepted: an address and a port such as "127.0.0.1:9464""#,
    ),
    (
        r#"{"outputs":[{"to":"prometheus","listen":"::1:70000"}]}"#,
        r#"outputs[0].listen: "::1:70000"; accepted: an address and a port"#,
    ),
    (
        r#"{"outputs":[{"to":"prometheus","path":"metrics"}]}"#,
        r#"outputs[0].path: "metrics"; accepted: a path that begins with /, such as "/metrics""#,
    ),
    (
        r#"{"outputs":[{"to":"prometheus","path":"/metrics?a=1"}]}"#,
        r#"outputs[0].path: "/metrics?a=1"; accepted: a path that begins with /"#,
    ),
    (
        r#"{"outputs":[{"to":"prometheus","signals":["metrics","logs"]}]}"#,
        r#"outputs[0].signals[1]: "logs"; accepted: metrics"#,
    ),
    (
        r#"{"outputs":[{"to":"prometheus"},{"to":"prometheus","path":"/m"}]}"#,
        r#"outputs[1].listen: used by another output; accepted: another listen for each output"#,
    ),
    (
        r#"{"outputs":[{"to":"statsd","address":"localhost"}]}"#,
        r#"outputs[0].address: "localhost"; accepted: a host with a port"#,
    ),
    (
        r#"{"outputs":[{"to":"statsd","prefix":"a b"}]}"#,
        r#"outputs[0].prefix: "a b"; accepted: letters, digits"#,
    ),
    (
        r#"{"outputs":[{"to":"statsd","dialect":"etsy"}]}"#,
        r#"outputs[0].dialect: "etsy"; accepted: statsd, dogstatsd"#,
    ),
    (
        r#"{"outputs":[{"to":"statsd","signals":["metrics","logs"]}]}"#,
        r#"outputs[0].signals[1]: "logs"; accepted: metrics"#,
    ),
    (
        r#"{"outputs":[{"to":"statsd"},{"to":"statsd","dialect":"dogstatsd"}]}"#,
        r#"outputs[1].address: used by another output; accepted: another address for each output"#,
    ),
    (r#"{"outputs":[{"to":"influx"}]}"#, r#"outputs[0].url: missing; accepted: the address that"#),
    (
        r#"{"outputs":[{"to":"influx","url":"udp://localhost"}]}"#,
        r#"outputs[0].url: "udp://localhost"; accepted: the address that lines are written to"#,
    ),
    (
        r#"{"outputs":[{"to":"influx","url":"http://localhost:8086"}]}"#,
        r#"outputs[0].url: "http://localhost:8086"; accepted: the address that lines are written to, such as "http"#,
    ),
    (
        r#"{"outputs":[{"to":"influx","url":"udp://a:1","token":"t"}]}"#,
        r#"outputs[0].token: not for datagrams; accepted: an http or https url"#,
    ),
    (
        r#"{"outputs":[{"to":"influx","url":"udp://a:1"},{"to":"influx","url":"udp://a:1"}]}"#,
        r#"outputs[1].url: used by another output; accepted: another url for each output"#,
    ),
    (
        r#"{"outputs":[{"to":"pushgateway"}]}"#,
        r#"outputs[0].url: missing; accepted: the address of a Pushgateway such as "http://localhost:9091""#,
    ),
    (
        r#"{"outputs":[{"to":"pushgateway","url":"http://localhost:9091/?a=1"}]}"#,
        r#"outputs[0].url: "http://localhost:9091/?a=1"; accepted: the address of a Pushgateway"#,
    ),
    (
        r#"{"outputs":[{"to":"pushgateway","url":"http://h:1","job":""}]}"#,
        r#"outputs[0].job: ""; accepted: a name such as "nightly""#,
    ),
    (
        r#"{"outputs":[{"to":"pushgateway","url":"http://h:1","method":"patch"}]}"#,
        r#"outputs[0].method: "patch"; accepted: put, post"#,
    ),
    (
        r#"{"outputs":[{"to":"pushgateway","url":"http://h:1","grouping":["a"]}]}"#,
        r#"outputs[0].grouping: a list; accepted: an object of labels and their texts"#,
    ),
    (
        r#"{"outputs":[{"to":"pushgateway","url":"http://h:1","grouping":{"a":1}}]}"#,
        r#"outputs[0].grouping.a: 1; accepted: a text, which may be empty"#,
    ),
    (
        r#"{"outputs":[{"to":"pushgateway","url":"http://h:1","grouping":{"a-b":""}}]}"#,
        r#"outputs[0].grouping.a-b: not a label of a group; accepted: letters, digits and _"#,
    ),
    (
        r#"{"outputs":[{"to":"pushgateway","url":"http://h:1","signals":["logs"]}]}"#,
        r#"outputs[0].signals[0]: "logs"; accepted: metrics"#,
    ),
    (
        r#"{"outputs":[{"to":"pushgateway","url":"http://h:1"},{"to":"pushgateway","url":"http://h:1/"}]}"#,
        r#"outputs[1].grouping: used by another output; accepted: another grouping for each output"#,
    ),
    (r#"{"outputs":[{"to":"file"}]}"#, r#"outputs[0].path: missing; accepted: the path of a file"#),
    (r#"{"outputs":[{"to":"file","path":""}]}"#, r#"outputs[0].path: ""; accepted: the path of a file"#),
    (r#"{"outputs":[{"to":"file","path":7}]}"#, r#"outputs[0].path: 7; accepted: the path of a file"#),
    (
        r#"{"outputs":[{"to":"file","path":"logs/"}]}"#,
        r#"outputs[0].path: "logs/"; accepted: the path of a file"#,
    ),
    (
        r#"{"outputs":[{"to":"file","path":"a\u0000b"}]}"#,
        r#"outputs[0].path: "a\u0000b"; accepted: the path of a file"#,
    ),
    (
        r#"{"outputs":[{"to":"file","path":"a","delivery":"soon"}]}"#,
        r#"outputs[0].delivery: "soon"; accepted: buffered, write_through, durable"#,
    ),
    (
        r#"{"outputs":[{"to":"syslog","address":"localhost:514"}]}"#,
        r#"outputs[0].address: "localhost:514"; accepted: a socket such as "unix:/dev/log", or a server such as"#,
    ),
    (
        r#"{"outputs":[{"to":"syslog","address":"http://localhost:514"}]}"#,
        r#"outputs[0].address: "http://localhost:514"; accepted: a socket"#,
    ),
    (
        r#"{"outputs":[{"to":"syslog","facility":"local8"}]}"#,
        r#"outputs[0].facility: "local8"; accepted: kern, user, mail"#,
    ),
    (
        r#"{"outputs":[{"to":"syslog","structured_data":"shop"}]}"#,
        r#"outputs[0].structured_data: "shop"; accepted: a name with the number of an enterprise"#,
    ),
    (
        r#"{"outputs":[{"to":"syslog","format":"rfc3164","structured_data":"shop@1"}]}"#,
        r#"outputs[0].structured_data: not in rfc3164; accepted: the format rfc5424"#,
    ),
    (
        r#"{"outputs":[{"to":"syslog","signals":["spans"]}]}"#,
        r#"outputs[0].signals[0]: "spans"; accepted: logs"#,
    ),
    (
        r#"{"outputs":[{"to":"syslog"},{"to":"syslog","facility":"local1"}]}"#,
        r#"outputs[1].address: used by another output; accepted: another address for each output"#,
    ),
    (
        r#"{"outputs":[{"to":"journald","address":"udp://127.0.0.1:514"}]}"#,
        r#"outputs[0].address: "udp://127.0.0.1:514"; accepted: a socket such as"#,
    ),
    (
        r#"{"outputs":[{"to":"file","path":"a","rotate":{"keep":7}}]}"#,
        r#"outputs[0].rotate: says not when; accepted: a size, a period in every, or both"#,
    ),
    (
        r#"{"outputs":[{"to":"file","path":"a","rotate":"daily"}]}"#,
        r#"outputs[0].rotate: "daily"; accepted: an object with the keys size, every, keep, keep_for, keep_bytes, compress"#,
    ),
    (
        r#"{"outputs":[{"to":"file","path":"a","rotate":{"size":"1KB","every":"1d"}}]}"#,
        r#"outputs[0].rotate.size: "1KB"; accepted: a size from 1024"#,
    ),
    (
        r#"{"outputs":[{"to":"file","path":"a","rotate":{"every":"1d","compress":"xz"}}]}"#,
        r#"outputs[0].rotate.compress: "xz"; accepted: gzip, zstd"#,
    ),
    (
        r#"{"outputs":[{"to":"file","path":"a","rotate":{"every":"1d","keep":-1}}]}"#,
        r#"outputs[0].rotate.keep: -1; accepted: a whole number from 0"#,
    ),
    (r#"{"outputs":[{"to":"file","path":"a","spool":"b"}]}"#, r#"outputs[0].spool: unknown key; accepted:"#),
    (
        r#"{"outputs":[{"to":"file","path":"a","paht":"b"}]}"#,
        r#"outputs[0].paht: unknown key; accepted: path (nearest)"#,
    ),
    (
        r#"{"outputs":[{"to":"file","path":"a"},{"to":"file","path":"a"}]}"#,
        r#"outputs[1].path: used by another output; accepted: another path for each output"#,
    ),
    (r#"{"outputs":[{"to":"console","path":"a"}]}"#, r#"outputs[0].path: unknown key; accepted:"#),
    (
        r#"{"outputs":[{"to":"console","format":"xml"}]}"#,
        r#"outputs[0].format: "xml"; accepted: auto, json, human"#,
    ),
    (
        r#"{"outputs":[{"to":"file","path":"a","mode":"0440"}]}"#,
        r#"outputs[0].mode: "0440"; accepted: the permissions of a file that its owner can write, such as "0640""#,
    ),
    (
        r#"{"outputs":[{"to":"file","path":"a","mode":416}]}"#,
        r#"outputs[0].mode: 416; accepted: the permissions of a file that its owner can write, such as "0640""#,
    ),
    (
        r#"{"outputs":[{"to":"file","path":"a","mode":"1777"}]}"#,
        r#"outputs[0].mode: "1777"; accepted: the permissions of a file that its owner can write, such as "0640""#,
    ),
    (
        r#"{"outputs":[{"to":"file","path":"a","mode":"rw"}]}"#,
        r#"outputs[0].mode: "rw"; accepted: the permissions of a file that its owner can write, such as "0640""#,
    ),
    (
        r#"{"outputs":[{"to":"console","color":"red"}]}"#,
        r#"outputs[0].color: "red"; accepted: "auto", true or false"#,
    ),
    (
        r#"{"outputs":[{"to":"console","stall":"-1s"}]}"#,
        r#"outputs[0].stall: "-1s"; accepted: a duration from 0ns to 3600s"#,
    ),
    (r#"{"outputs":[{"to":"console","stream":2}]}"#, r#"outputs[0].stream: 2; accepted: stderr, stdout"#),
    (
        r#"{"outputs":[{"to":"console"},{"to":"memory","format":"json"}]}"#,
        r#"outputs[1].format: unknown key; accepted: to, signals"#,
    ),
    (
        r#"{"outputs":[{"to":"console","signals":"logs"}]}"#,
        r#"outputs[0].signals: "logs"; accepted: a list of at least one of logs, spans, metrics"#,
    ),
    (
        r#"{"outputs":[{"to":"console","signals":[]}]}"#,
        r#"outputs[0].signals: a list; accepted: a list of at least one of logs"#,
    ),
    (
        r#"{"outputs":[{"to":"null","signals":["logs","traces"]}]}"#,
        r#"outputs[0].signals[1]: "traces"; accepted: logs, spans, metrics"#,
    ),
    (
        r#"{"sample":0.5}"#,
        r#"sample: 0.5; accepted: an object with the keys traces, rules, per_second, keep_errors"#,
    ),
    (r#"{"sample":{"rules":{}}}"#, r#"sample.rules: an object; accepted: a list of objects such as {"name""#),
    (
        r#"{"sample":{"rules":[{"name":"x"}]}}"#,
        r#"sample.rules[0].traces: missing; accepted: a number from 0"#,
    ),
    (
        r#"{"sample":{"rules":[{"traces":1}]}}"#,
        r#"sample.rules[0]: fits every trace; accepted: a name, a kind"#,
    ),
    (
        r#"{"sample":{"rules":[{"kind":"x","traces":1}]}}"#,
        r#"sample.rules[0].kind: "x"; accepted: internal, "#,
    ),
    (
        r#"{"sample":{"rules":[{"name":"x","attributes":{},"traces":1}]}}"#,
        r#"sample.rules[0].attributes: an object; accepted: an object of attributes' names and texts"#,
    ),
    (
        r#"{"sample":{"rules":[{"attributes":{"http.route":7},"traces":1}]}}"#,
        r#"sample.rules[0].attributes.http.route: 7; accepted: a text such as "/items/*""#,
    ),
    (
        r#"{"sample":{"remote_parent_sampled":"always"}}"#,
        r#"sample.remote_parent_sampled: "always"; accepted: a number from 0 to 1, "parent""#,
    ),
    (
        r#"{"sample":{"local_parent_not_sampled":2}}"#,
        r#"sample.local_parent_not_sampled: 2; accepted: a number from 0 to 1, "parent""#,
    ),
    (r#"{"sample":{"per_second":0}}"#, r#"sample.per_second: 0; accepted: a number above 0"#),
    (r#"{"sample":{"traces":1.5}}"#, r#"sample.traces: 1.5; accepted: a number from 0 to 1"#),
    (r#"{"sample":{"traces":-0.1}}"#, r#"sample.traces: -0.1; accepted: a number from 0 to 1"#),
    (r#"{"sample":{"traces":"0.5"}}"#, r#"sample.traces: "0.5"; accepted: a number from 0 to 1"#),
    (
        r#"{"sample":{"logs":0.1}}"#,
        r#"sample.logs: 0.1; accepted: an object with the keys trace, debug, info"#,
    ),
    (r#"{"sample":{"logs":{"debug":2}}}"#, r#"sample.logs.debug: 2; accepted: a number from 0 to 1"#),
    (r#"{"sample":{"logs":{"error":0.1}}}"#, r#"sample.logs.error: unknown key; accepted: "#),
    (
        r#"{"sample":{"logs":{"per_second":0}}}"#,
        r#"sample.logs.per_second: 0; accepted: a whole number from 1"#,
    ),
    (
        r#"{"sample":{"logs":{"per_second":{"first":1}}}}"#,
        r#"sample.logs.per_second.then_one_in: missing; accepted: a whole number from 1"#,
    ),
    (
        r#"{"sample":{"logs":{"rules":[{"share":0.1}]}}}"#,
        r#"sample.logs.rules[0]: fits every record; accepted: a logger, a level"#,
    ),
    (
        r#"{"sample":{"logs":{"rules":[{"level":"error","share":0.1}]}}}"#,
        r#"sample.logs.rules[0].level: "error"; accepted: trace, debug, info, warn"#,
    ),
    (
        r#"{"sample":{"logs":{"rules":[{"logger":"x"}]}}}"#,
        r#"sample.logs.rules[0].share: missing; accepted: a number from 0"#,
    ),
    (r#"{"sample":{"logs":{"fold":0}}}"#, r#"sample.logs.fold: 0; accepted: a duration from 1ms"#),
    (
        r#"{"sample":{"logs":{"trail":{"records":5}}}}"#,
        r#"sample.logs.trail.level: missing; accepted: trace, debug, info"#,
    ),
    (r#"{"control":""}"#, r#"control: ""; accepted: the path of a folder"#),
    (r#"{"sample":{"keep_errors":"yes"}}"#, r#"sample.keep_errors: "yes"; accepted: true or false"#),
    (
        r#"{"sample":{"keep_slower_than":"slow"}}"#,
        r#"sample.keep_slower_than: "slow"; accepted: a duration from 0ns to 86400s"#,
    ),
    (
        r#"{"redact":true}"#,
        r#"redact: true; accepted: an object with the keys keys, allow, patterns, rules, mode, hash_key"#,
    ),
    (r#"{"redact":{"keys":"iban"}}"#, r#"redact.keys: "iban"; accepted: a list of key names"#),
    (r#"{"redact":{"keys":["a",7]}}"#, r#"redact.keys[1]: 7; accepted: a list of key names"#),
    (r#"{"redact":{"allow":7}}"#, r#"redact.allow: 7; accepted: a list of key names"#),
    (
        r#"{"redact":{"patterns":{"b":"a(b"}}}"#,
        r#"redact.patterns.b: "a(b"; accepted: a regular expression such as "B-[0-9]{6}", but unclosed group"#,
    ),
    (
        r#"{"redact":{"patterns":{"b":"x*"}}}"#,
        r#"redact.patterns.b: "x*"; accepted: a regular expression such as "B-[0-9]{6}", but it would match an empty text"#,
    ),
    (r#"{"redact":{"patterns":{"b":7}}}"#, r#"redact.patterns.b: 7; accepted: a regular expression"#),
    (
        r#"{"redact":{"patterns":{"card":"x"}}}"#,
        r#"redact.patterns.card: a name that is taken; accepted: a name"#,
    ),
    (r#"{"redact":{"patterns":["x"]}}"#, r#"redact.patterns: a list; accepted: an object of names and"#),
    (
        r#"{"redact":{"rules":{"cards":true}}}"#,
        r#"redact.rules.cards: unknown rule; accepted: an object of rules"#,
    ),
    (r#"{"redact":{"rules":{"card":1}}}"#, r#"redact.rules.card: 1; accepted: true or false"#),
    (r#"{"redact":{"mode":"hide"}}"#, r#"redact.mode: "hide"; accepted: mask, hash, drop"#),
    (
        r#"{"redact":{"mode":"hash"}}"#,
        r#"redact.hash_key: missing; accepted: a secret text of at least 16 bytes"#,
    ),
    (
        r#"{"redact":{"hash_key":"hunter2"}}"#,
        r#"redact.hash_key: [redacted]; accepted: a secret text of at least 16 bytes"#,
    ),
    (
        r#"{"enrich":"host"}"#,
        r#"enrich: "host"; accepted: a list of host, process, os, container, k8s, cloud"#,
    ),
    (r#"{"enrich":["hots"]}"#, r#"enrich[0]: "hots"; accepted: host, process, os, container, k8s, cloud"#),
    (r#"{"testing":{"thread":"main"}}"#, r#"testing.thread: "main"; accepted: a number and a name"#),
    (
        r#"{"categories":{"events":{"a":"busines"}}}"#,
        r#"categories.events.a: "busines"; accepted: api, authentication, configuration"#,
    ),
    (r#"{"categories":{"loggers":{"":"web"}}}"#, r#"categories.loggers.: a rule without a name"#),
    (r#"{"categories":{"event":{}}}"#, r#"categories.event: unknown key; accepted: events (nearest)"#),
    (r#"{"entities":["ipv4"]}"#, r#"entities[0]: "ipv4"; accepted: ip, email, url, uuid, path"#),
    (
        r#"{"entity_patterns":{"order":"a(b"}}"#,
        r#"entity_patterns.order: "a(b"; accepted: a regular expression such as "B-[0-9]{6}", but unclosed group"#,
    ),
    (
        r#"{"entity_patterns":{"uuid":"x"}}"#,
        r#"entity_patterns.uuid: a name that is taken; accepted: a name that no sort of entities has"#,
    ),
    (r#"{"testing":{"root":7}}"#, r#"testing.root: 7; accepted: the path of a folder"#),
    (r#"{"limits":5}"#, r#"limits: 5; accepted: an object with the keys attributes, depth"#),
    (r#"{"limits":{"atributes":5}}"#, r#"limits.atributes: unknown key; accepted: attributes (nearest)"#),
    (r#"{"limits":{"attributes":-1}}"#, r#"limits.attributes: -1; accepted: a whole number from 0 to 4096"#),
    (r#"{"limits":{"attributes":1.5}}"#, r#"limits.attributes: 1.5; accepted: a whole number"#),
    (r#"{"limits":{"depth":65}}"#, r#"limits.depth: 65; accepted: a whole number from 1 to 64"#),
    (r#"{"limits":{"depth":0}}"#, r#"limits.depth: 0; accepted: a whole number from 1 to 64"#),
    (r#"{"limits":{"nodes":"many"}}"#, r#"limits.nodes: "many"; accepted: a whole number"#),
    (
        r#"{"limits":{"string_bytes":"64Kib2"}}"#,
        r#"limits.string_bytes: "64Kib2"; accepted: a size from 1 to 1048576 bytes"#,
    ),
    (r#"{"limits":{"line_bytes":"1B"}}"#, r#"limits.line_bytes: "1B"; accepted: a size from 1024"#),
    (r#"{"limits":{"buffer_bytes":"8GiB"}}"#, r#"limits.buffer_bytes: "8GiB"; accepted: a size from 65536"#),
    (
        r#"{"limits":{"buffer_bytes":65536}}"#,
        r#"limits.buffer_bytes: 65536; accepted: at least limits.line_bytes, which is 262144"#,
    ),
    (r#"{"limits":{"open_spans":0}}"#, r#"limits.open_spans: 0; accepted: a whole number from 1"#),
    (
        r#"{"limits":{"shutdown":"5"}}"#,
        r#"limits.shutdown: "5"; accepted: a duration from 0ns to 3600s, such as "5s""#,
    ),
    (r#"{"limits":{"shutdown":-1}}"#, r#"limits.shutdown: -1; accepted: a duration"#),
    (r#"{"metrics":"60s"}"#, r#"metrics: "60s"; accepted: an object with the keys every"#),
    (r#"{"metrics":{"every":"1ms"}}"#, r#"metrics.every: "1ms"; accepted: a duration from 10ms to 86400s"#),
    (r#"{"metrics":{"multiprocess":" "}}"#, r#"metrics.multiprocess: " "; accepted: the path of a folder"#),
    (
        r#"{"metrics":{"across":{"a":"average"}}}"#,
        r#"metrics.across.a: "average"; accepted: sum, live_sum, min, max, last"#,
    ),
    (
        r#"{"metrics":{"across":"sum"}}"#,
        r#"metrics.across: "sum"; accepted: an object of instruments' names and rules"#,
    ),
    (r#"{"metrics":{"every":"fast"}}"#, r#"metrics.every: "fast"; accepted: a duration"#),
    (r#"{"propagate":"tenant_id"}"#, r#"propagate: "tenant_id"; accepted: a list of context keys"#),
    (r#"{"propagate":["tenant id"]}"#, r#"propagate[0]: "tenant id"; accepted: a list of context keys"#),
    (r#"{"propagate":["ok",""]}"#, r#"propagate[1]: ""; accepted: a list of context keys"#),
    (
        r#"{"propagators":"b3"}"#,
        r#"propagators: "b3"; accepted: a list of tracecontext, baggage, correlation, b3, b3multi, jaeger, xray, x-trace-id;"#,
    ),
    (
        r#"{"propagators":["baggage","ottrace"]}"#,
        r#"propagators[1]: "ottrace" is not built yet; accepted: tracecontext, baggage, correlation"#,
    ),
    (
        r#"{"propagators":["Baggage"]}"#,
        r#"propagators[0]: "Baggage"; accepted: tracecontext, baggage, correlation"#,
    ),
    (r#"{"propagators":[1]}"#, r#"propagators[0]: 1; accepted: tracecontext, baggage, correlation"#),
    (r#"{"public_endpoint":"yes"}"#, r#"public_endpoint: "yes"; accepted: true or false"#),
    (r#"{"testing":"yes"}"#, r#"testing: "yes"; accepted: an object with the keys clock, step"#),
    (r#"{"testing":{"clock":"noon"}}"#, r#"testing.clock: "noon"; accepted: an RFC 3339 date-time"#),
    (r#"{"testing":{"clock":0}}"#, r#"testing.clock: 0; accepted: an RFC 3339 date-time"#),
    (r#"{"testing":{"step":"1 week"}}"#, r#"testing.step: "1 week"; accepted: a duration"#),
    (r#"{"testing":{"ids":0}}"#, r#"testing.ids: 0; accepted: a whole number from 1"#),
    (r#"{"testing":{"pid":-4}}"#, r#"testing.pid: -4; accepted: a whole number"#),
    (r#"{"testing":{"host":""}}"#, r#"testing.host: ""; accepted: a host name"#),
    (r#"{"attributes_key":"level"}"#, r#"attributes_key: "level"; accepted: a key such as "attributes""#),
    (r#"{"attributes_key":"kind"}"#, r#"attributes_key: "kind"; accepted: a key"#),
    (r#"{"attributes_key":"user_id"}"#, r#"attributes_key: "user_id"; accepted: a key"#),
    (r#"{"attributes_key":["a"]}"#, r#"attributes_key: a list; accepted: a key"#),
    (r#"{"disabled":"no"}"#, r#"disabled: "no"; accepted: true or false"#),
    (r#"{"disabled":1}"#, r#"disabled: 1; accepted: true or false"#),
];

#[test]
fn each_mistake_is_named_with_key_value_and_what_is_accepted() {
    const { assert!(LINES.len() >= 60) };
    for (document, line) in LINES {
        let error = refused(document);
        assert_eq!(error.code(), ErrorCode::Config, "{document}");
        assert_eq!(error.problems.len(), 1, "{document}: {error}");
        assert!(error.to_string().starts_with(line), "{document}\n got {error}\nwant {line}");
        let problem = &error.problems[0];
        assert!(!problem.key.is_empty() && !problem.accepted.is_empty(), "{document}: {error}");
    }
}

#[test]
fn all_mistakes_come_at_once() {
    // One document with one mistake of each top-level key.
    let error = refused(
        r#"{"service":1,"version":1,"environment":1,"level":"x","levels":1,"outputs":1,"sample":1,"redact":1,
            "enrich":1,"categories":1,"entities":1,"entity_patterns":1,"limits":1,"metrics":1,"propagate":1,"propagators":1,"public_endpoint":1,
            "testing":1,"attributes_key":1,"disabled":1,"more":1}"#,
    );
    assert_eq!(error.problems.len(), 21, "{error}");
    assert_eq!(error.to_string().lines().count(), 21);
    let error = refused(
        r#"{"outputs":[{"to":"console","format":"x","signals":["y","z"],"q":1},{"to":"file","delivery":"d","p":2}]}"#,
    );
    let keys: Vec<&str> = error.problems.iter().map(|problem| problem.key.as_str()).collect();
    for key in [
        "outputs[0].q",
        "outputs[0].format",
        "outputs[0].signals[0]",
        "outputs[0].signals[1]",
        "outputs[1].p",
        "outputs[1].delivery",
        "outputs[1].path",
    ] {
        assert!(keys.contains(&key), "{key} in {keys:?}");
    }
    assert_eq!(keys.len(), 7);
}

#[test]
fn a_document_that_is_not_json_is_one_problem_without_its_text() {
    for document in ["", "{", "{\"service\":\"hunter2\"", "{'a':1}", "nul", "{\"a\":1}x"] {
        let error = refused(document);
        assert!(error.to_string().starts_with("configuration: not JSON: "), "{error}");
        assert!(error.to_string().contains("column"), "{error}");
        assert!(!error.to_string().contains("hunter2"));
    }
}

/// Variables that are wrong, and the line.
const VARIABLES: &[(&str, &str, &str)] = &[
    ("VIGIE_LEVEL", "loud", r#"VIGIE_LEVEL: "loud"; accepted: trace"#),
    ("VIGIE_DISABLED", "maybe", r#"VIGIE_DISABLED: "maybe"; accepted: true, false, 1, 0"#),
    (
        "VIGIE_OUTPUTS",
        "console",
        r#"VIGIE_OUTPUTS: not JSON: expected value at line 1 column 1; accepted: a list of outputs"#,
    ),
    ("VIGIE_OUTPUTS", "{}", r#"VIGIE_OUTPUTS: an object; accepted: a list of at least one output"#),
    ("VIGIE_OUTPUTS", r#"[{"to":"file"}]"#, r#"VIGIE_OUTPUTS[0].path: missing; accepted: the path"#),
    (
        "VIGIE_CONFIG",
        "/nonexistent/vigie.json",
        r#"VIGIE_CONFIG: "/nonexistent/vigie.json"; accepted: a readable file"#,
    ),
    (
        "VIGIE_CONFIG",
        "vigie.yaml",
        r#"VIGIE_CONFIG: "vigie.yaml"; accepted: a readable file whose name ends in .json or .toml"#,
    ),
    ("OTEL_SDK_DISABLED", "yes", r#"OTEL_SDK_DISABLED: "yes"; accepted: true, false"#),
    (
        "OTEL_TRACES_SAMPLER",
        "jaeger_remote",
        r#"OTEL_TRACES_SAMPLER: "jaeger_remote" is not built yet; accepted: always_on, always_off"#,
    ),
    ("OTEL_ATTRIBUTE_COUNT_LIMIT", "many", r#"OTEL_ATTRIBUTE_COUNT_LIMIT: "many"; accepted: a whole number"#),
    (
        "OTEL_ATTRIBUTE_COUNT_LIMIT",
        "99999",
        r#"OTEL_ATTRIBUTE_COUNT_LIMIT: 99999; accepted: a whole number from 0 to 4096"#,
    ),
    (
        "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT",
        "0",
        r#"OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: 0; accepted: a size from 1"#,
    ),
    ("OTEL_SPAN_EVENT_COUNT_LIMIT", "-1", r#"OTEL_SPAN_EVENT_COUNT_LIMIT: "-1"; accepted: a whole number"#),
    ("OTEL_SPAN_LINK_COUNT_LIMIT", "1.5", r#"OTEL_SPAN_LINK_COUNT_LIMIT: "1.5"; accepted: a whole number"#),
    (
        "OTEL_PROPAGATORS",
        "tracecontext,ottrace",
        r#"OTEL_PROPAGATORS: "ottrace" is not built yet; accepted: tracecontext, baggage, correlation, b3, b3multi, jaeger, xray, x-trace-id, none"#,
    ),
    (
        "OTEL_PROPAGATORS",
        "w3c",
        r#"OTEL_PROPAGATORS: "w3c"; accepted: tracecontext, baggage, correlation, b3, b3multi, jaeger, xray, x-trace-id, none"#,
    ),
    (
        "OTEL_METRIC_EXPORT_INTERVAL",
        "60s",
        r#"OTEL_METRIC_EXPORT_INTERVAL: "60s"; accepted: milliseconds from 10 to 86400000"#,
    ),
    (
        "OTEL_METRIC_EXPORT_INTERVAL",
        "1",
        r#"OTEL_METRIC_EXPORT_INTERVAL: "1ms"; accepted: a duration from 10ms"#,
    ),
    (
        "OTEL_RESOURCE_ATTRIBUTES",
        "service.name=a,b",
        r#"OTEL_RESOURCE_ATTRIBUTES: "b"; accepted: key=value pairs"#,
    ),
];

#[test]
fn wrong_variables_are_reported_under_their_own_names() {
    for (name, value, line) in VARIABLES {
        let environment = Environment::from_pairs([(*name, *value)]);
        let error = Settings::resolve(None, &environment).unwrap_err();
        assert_eq!(error.problems.len(), 1, "{name}: {error}");
        assert!(error.to_string().starts_with(line), "got {error}\nwant {line}");
        let (settings, problem) = Settings::resolve_leniently(&environment);
        assert_eq!(problem, Some(error));
        assert_eq!(settings.limits, crate::encode::attributes::limits::Limits::default(), "{name}");
    }
    let argument = [("OTEL_TRACES_SAMPLER", "traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "2")];
    let error = Settings::resolve(None, &Environment::from_pairs(argument)).unwrap_err();
    assert_eq!(error.to_string(), r#"OTEL_TRACES_SAMPLER_ARG: "2"; accepted: a number from 0 to 1"#);
}

#[test]
fn documents_nested_beyond_reason_are_refused_not_fatal() {
    let deep = format!("{{\"levels\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(refused(&deep).to_string().contains("not JSON"));
}
