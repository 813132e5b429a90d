//! Nothing of a secret reaches any place that bytes go to: files, the console, collectors, the spool, the notes of open
//! spans, diagnostics. A process of its own records and is killed; then every byte that it left is searched.

use crate::corpus::{KINDS, Planted, Source};
use crate::server::{Answer, Server};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use vigie_core::{
    Config, Environment, ErrorInfo, InstrumentOptions, Number, Severity, SpanStart, Status, Telemetry,
    read_json,
};

const FOLDER: &str = "VIGIE_TEST_SECRETS_FOLDER";
const SERVER: &str = "VIGIE_TEST_SECRETS_SERVER";

/// What is no secret and has to be found wherever records go, or the search proves nothing.
const HARMLESS: &str = "plainly-visible";

/// A password of the server's, which stands in the configuration.
const SERVER_PASSWORD: &str = "Zq7collectorPassword";

/// All secrets of the test, without those that a rule may miss (none is expected to, of this seed).
fn planted() -> Vec<Planted> {
    let mut source = Source::new(18);
    (0..10 * KINDS).map(|number| source.planted(number % KINDS)).collect()
}

fn configuration(folder: &Path, server: &str) -> Value {
    let file = |name: &str, format: &str| json!({"to": "file", "path": folder.join(name), "format": format});
    json!({
        "service": "shop",
        "outputs": [
            file("lines.jsonl", "json"),
            file("otlp.jsonl", "otlp-json"),
            {"to": "console", "format": "json", "signals": ["logs", "spans", "metrics"]},
            {"to": "console", "format": "human", "stream": "stdout"},
            {"to": "otlp", "url": server, "headers": {"Authorization": format!("Basic {SERVER_PASSWORD}")}},
            {"to": "http", "url": format!("http://collector:{SERVER_PASSWORD}@127.0.0.1:9/"), "spool": folder.join("spool")},
        ],
        "redact": {"patterns": {"badge": "B-[0-9]{6}"}, "mode": "hash", "hash_key": SERVER_PASSWORD},
    })
}

/// Plays the part: records every secret in every way and waits to be killed.
#[test]
fn the_part_that_knows_secrets() {
    let (Ok(folder), Ok(server)) = (std::env::var(FOLDER), std::env::var(SERVER)) else { return };
    let document = configuration(Path::new(&folder), &server);
    let t = Telemetry::new(Config::from_json(&document.to_string())).unwrap();
    let mut open = t.start_span(HARMLESS, SpanStart::default());
    let counter = t.meter().counter("uses", InstrumentOptions::default()).unwrap();
    for planted in planted() {
        record(&t, &planted);
        counter.add(Number::Int(1), |w| w.attr("v", planted.text.as_str()));
        open.attr("v", planted.text.as_str());
        open.add_event("e", None, |w| w.attr("password", planted.secret.as_str()));
        // The notes are written while the span has these.
        open.set_status(Status::Error, Some(&planted.text));
    }
    t.flush(Duration::from_secs(10));
    // Diagnostics: the books, what a second configuration is refused for, and the settings themselves.
    eprintln!("{}", t.stats_json());
    let mut wrong = document;
    wrong["outputs"][4]["tls"] = json!(SERVER_PASSWORD);
    wrong["redact"]["hash_key"] = json!(SERVER_PASSWORD.split_at(12).0);
    wrong["redact"]["mode"] = json!("hush");
    eprintln!("{}", Telemetry::new(Config::from_json(&wrong.to_string())).unwrap_err());
    eprintln!("{t:?} {open:?} {:?}", Config::from_json(&wrong.to_string()));
    eprintln!("{:?}", Environment::from_pairs([("OTEL_EXPORTER_OTLP_HEADERS", SERVER_PASSWORD)]));
    let log = t.logger("shop");
    let mut record = log.record(Severity::ERROR).unwrap();
    let first = planted().swap_remove(0);
    record.message(&first.text);
    eprintln!("{record:?}");
    println!("recorded");
    std::thread::sleep(Duration::from_secs(120));
    drop(open);
}

fn record(t: &Telemetry, planted: &Planted) {
    let log = t.logger("shop");
    let text = planted.text.as_str();
    let mut record = log.record(Severity::ERROR).unwrap();
    record.message(text);
    let nested =
        json!({"in": [{"v": text, "token": planted.secret}], "secret": planted.secret, "plain": HARMLESS});
    let mut writer = record.attributes();
    read_json(nested.to_string().as_bytes(), &mut writer).unwrap();
    writer.attr("raw", text.as_bytes());
    writer.attr(text, text);
    drop(writer);
    record.error(ErrorInfo { message: text.to_owned(), stack: text.to_owned(), ..ErrorInfo::default() });
    record.emit();
    let mut span = t.start_span(text, SpanStart::default());
    span.attr("v", text);
    span.end(None);
}

fn files_of(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_of(&path) } else { vec![path] }).collect()
}

#[test]
fn no_secret_reaches_any_place_that_bytes_go_to() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("redaction");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let server = Server::new(|_, _| Answer::ok());
    let written = |name: &str| std::fs::File::create(folder.join(name)).unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "sinks::the_part_that_knows_secrets", "--nocapture", "--test-threads=1"])
        .envs([(FOLDER, folder.as_os_str()), (SERVER, server.url("").as_ref())])
        .stdout(Stdio::from(written("stdout")))
        .stderr(Stdio::from(written("stderr")))
        .spawn()
        .unwrap();
    let is_noted =
        || files_of(&folder).iter().any(|path| path.extension().is_some_and(|extension| extension == "open"));
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let is_done = || String::from_utf8_lossy(&read("stdout")).contains("recorded") && is_noted();
    let due = Instant::now() + Duration::from_secs(90);
    while !is_done() {
        assert!(
            Instant::now() < due && child.try_wait().unwrap().is_none(),
            "{}",
            String::from_utf8_lossy(&read("stderr"))
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let mut places: Vec<(String, Vec<u8>)> = files_of(&folder)
        .into_iter()
        .map(|path| (path.display().to_string(), std::fs::read(&path).unwrap()))
        .collect();
    places.push(("the collector".to_owned(), server.bytes()));
    for part in ["lines.jsonl", "otlp.jsonl", "stdout", "stderr", "spool", ".open", "the collector"] {
        let holds = |bytes: &Vec<u8>| memchr::memmem::find(bytes, HARMLESS.as_bytes()).is_some();
        assert!(places.iter().any(|(name, bytes)| name.contains(part) && holds(bytes)), "{part} got nothing");
    }
    for (name, bytes) in &places {
        for secret in planted().iter().map(|planted| planted.secret.as_str()).chain([SERVER_PASSWORD]) {
            let escaped = secret.replace('\n', "\\n");
            for shown in [secret, &escaped] {
                assert!(memchr::memmem::find(bytes, shown.as_bytes()).is_none(), "{name} holds {secret}");
            }
        }
    }
}
