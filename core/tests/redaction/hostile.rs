//! Text that is made to be slow costs no more, for its length, than other text does.

use nix::time::{ClockId, clock_gettime};
use serde_json::{Map, Value, json};
use std::time::Duration;
use vigie_core::{Config, Telemetry};

/// What each rule looks at again and again, without an end or with one that comes too late.
const PIECES: [&str; 40] = [
    "-----BEGIN ",
    "eyJaaaaaaaaaa.",
    "eyJaaaaaaaaaaaa",
    "sk-",
    "sk-aaaaaaaaa ",
    "://",
    "://a:b/",
    "://a:b/@ ",
    "http://a:",
    "password=",
    "password:",
    "password:{",
    "\"password\":[\\",
    "\"password\":\\\"",
    "\"password\":[\\\"",
    "\"pin\":1-",
    "pwd=a&",
    "pwd=a,",
    "pwd=<",
    "token={",
    "token=)",
    "token='",
    "token: 1://",
    ":",
    "=",
    "a:a",
    "\\",
    "\"",
    "4111 ",
    "4111-1111-1111-",
    "4111 1111 1111 1111 ",
    "1",
    "DE89 ",
    "DE89",
    "@",
    "a@",
    "a@a.",
    "Authorization: Basic ",
    "Cookie:a",
    "Bearer aaaaaaaaaaaa ",
];

/// How long this thread has run: what others of a busy machine do does not count.
fn ran() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).unwrap().into()
}

/// The least of a few times, in seconds, that a record with this text takes.
fn takes(t: &Telemetry, text: &str) -> f64 {
    let log = t.logger("shop");
    let once = || {
        let began = ran();
        log.info("m").attr("v", text).emit();
        let took = ran() - began;
        assert!(t.flush(Duration::from_secs(60)));
        took.as_secs_f64()
    };
    (0..5).map(|_| once()).fold(f64::INFINITY, f64::min)
}

fn telemetry(redact: Value) -> Telemetry {
    let limits = json!({"string_bytes": "1MiB", "line_bytes": "4MiB"});
    let config = Config::new("shop").output(json!({"to": "null"})).set("limits", limits);
    Telemetry::new(config.set("redact", redact)).unwrap()
}

#[test]
fn four_times_the_text_takes_no_more_than_that_much_longer() {
    const BYTES: usize = 64 * 1024;
    let patterns = json!({"far": "4+x|4", "badge": "B-[0-9]{6}", "all": "(?:a|aa)+[=@]z"});
    let most = telemetry(json!({"patterns": patterns, "rules": {"email": true}}));
    let usual = telemetry(json!({}));
    let rules = ["token", "jwt", "pem", "url", "assignment", "card", "iban"];
    let off: Map<String, Value> = rules.map(|rule| (rule.to_owned(), json!(false))).into_iter().collect();
    let none = telemetry(json!({"rules": off}));
    println!("us/KiB of the rules as they are, and of a line with patterns and e-mail as well");
    for piece in PIECES {
        let text = |bytes: usize| piece.repeat(bytes / piece.len());
        let (once, four_times) = (text(BYTES), text(4 * BYTES));
        let (short, long) = (takes(&most, &once), takes(&most, &four_times));
        let by_kib = |seconds: f64| seconds * 1e6 / (BYTES / 1024) as f64;
        let rules = by_kib((takes(&usual, &once) - takes(&none, &once)).max(0.0));
        println!("{rules:8.2}  {:8.2}  {:6.2} times  {piece:?}", by_kib(short), long / short);
        // Quadratic would be sixteen times; the rest is for a machine that does other things too.
        assert!(long < 11.0 * short + 0.001, "{piece:?}: {short} s, then {long} s");
    }
}
