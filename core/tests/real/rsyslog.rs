//! rsyslog: messages by UDP, TCP, TLS and at a socket, and what it reads in them.

use crate::process::{self, Server, until};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use vigie_core::{Config, Environment, Telemetry};

const MODULES: &str = "/usr/lib/x86_64-linux-gnu/rsyslog";

fn daemon() -> Option<PathBuf> {
    let program = PathBuf::from("/usr/sbin/rsyslogd");
    if program.is_file() {
        return Some(program);
    }
    eprintln!("SKIP rsyslog is not installed; enable with: apt-get install rsyslog rsyslog-openssl");
    None
}

/// A daemon with inputs of all kinds, which writes what it reads as JSON.
struct Rsyslog {
    _server: Server,
    folder: PathBuf,
    udp: u16,
    tcp: u16,
}

impl Rsyslog {
    /// With `tls` its TCP port speaks that, by the certificate in its folder.
    fn start(program: &Path, name: &str, tls: bool) -> Self {
        let (folder, udp, tcp) = (process::folder(name), process::udp_port(), process::tcp_port());
        let driver = if tls { driver(&folder) } else { (String::new(), String::new()) };
        let at = folder.display();
        let properties = [
            ("pri", "pri"),
            ("host", "hostname"),
            ("app", "app-name"),
            ("process", "procid"),
            ("id", "msgid"),
            ("data", "structured-data"),
            ("message", "msg"),
        ];
        let property = |(name, of): (&str, &str)| {
            format!("property(outname=\"{name}\" name=\"{of}\" format=\"jsonf\") constant(value=\",\")")
        };
        let properties: String = properties.into_iter().map(property).collect();
        let config = format!(
            "global(workDirectory=\"{at}\" maxMessageSize=\"400k\"{})\n\
             module(load=\"imudp\") module(load=\"imtcp\"{})\n\
             module(load=\"imuxsock\" SysSock.Use=\"off\")\n\
             template(name=\"read\" type=\"list\") {{ constant(value=\"{{\") {properties}\n\
             property(outname=\"time\" name=\"timereported\" dateFormat=\"rfc3339\" format=\"jsonf\")\n\
             constant(value=\"}}\\n\") }}\n\
             ruleset(name=\"all\") {{ action(type=\"omfile\" file=\"{at}/read.jsonl\" template=\"read\") }}\n\
             input(type=\"imudp\" address=\"127.0.0.1\" port=\"{udp}\" ruleset=\"all\")\n\
             input(type=\"imtcp\" address=\"127.0.0.1\" port=\"{tcp}\" ruleset=\"all\")\n\
             input(type=\"imuxsock\" Socket=\"{at}/log.sock\" ruleset=\"all\")\n",
            driver.0, driver.1,
        );
        std::fs::write(folder.join("rsyslog.conf"), config).unwrap();
        let mut command = Command::new(program);
        command.arg("-n").arg("-f").arg(folder.join("rsyslog.conf")).arg("-i").arg(folder.join("pid"));
        if Path::new(MODULES).is_dir() {
            command.arg("-M").arg(MODULES);
        }
        let server = Server::start(folder.clone(), &mut command);
        until("socket of rsyslog", || folder.join("log.sock").exists().then_some(()));
        until("port of rsyslog", || std::net::TcpStream::connect(("127.0.0.1", tcp)).ok());
        Self { _server: server, folder, udp, tcp }
    }

    /// What it has read, once that is so many.
    fn read(&self, count: usize) -> Vec<Value> {
        let lines = || std::fs::read_to_string(self.folder.join("read.jsonl")).unwrap_or_default();
        until("messages in rsyslog's file", || (lines().lines().count() >= count).then_some(()));
        lines().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// The settings of its TLS, with a certificate for this machine.
fn driver(folder: &Path) -> (String, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    std::fs::write(folder.join("cert.pem"), made.cert.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    let at = folder.display();
    let files = format!(
        " DefaultNetstreamDriver=\"ossl\" DefaultNetstreamDriverCAFile=\"{at}/cert.pem\" \
         DefaultNetstreamDriverCertFile=\"{at}/cert.pem\" DefaultNetstreamDriverKeyFile=\"{at}/key.pem\""
    );
    (files, " StreamDriver.Name=\"ossl\" StreamDriver.Mode=\"1\" StreamDriver.AuthMode=\"anon\"".to_owned())
}

fn telemetry(output: Value) -> Telemetry {
    let lines = json!({"to": "memory"});
    let config = Config::new("shop").variables(Environment::empty()).set("outputs", json!([output, lines]));
    Telemetry::new(config.set("level", json!("trace"))).unwrap()
}

const COUNT: usize = 300;

/// Logs records of all sizes and of hostile texts; the lines that they are.
fn log(t: &Telemetry) -> Vec<Value> {
    let log = t.logger("shop.cart");
    for n in 0..COUNT {
        match n % 4 {
            0 => log.info("plain").attr("n", n).attr("event", "order.placed").emit(),
            1 => log.warn("two\nlines ä \u{1b}[0m ] \" \\").attr("n", n).attr("k ]=", "v\n\"\\]").emit(),
            2 => log.error("long").attr("n", n).attr("filler", "x".repeat(20 * n)).emit(),
            _ => log.fatal("{n} of them").attr("n", n).attr("list", vec![1, 2]).emit(),
        }
    }
    assert!(t.flush(process::PATIENCE));
    t.memory_lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Compares what was read with the lines, field for field.
fn compare(read: &[Value], lines: &[Value], is_local: bool) {
    assert_eq!((read.len(), lines.len()), (COUNT, COUNT));
    // Messages of one connection stay in their order; datagrams, too, on one machine.
    for (message, line) in read.iter().zip(lines) {
        let severity = match line["level"].as_str().unwrap() {
            "INFO" => 6,
            "WARN" => 4,
            "ERROR" => 3,
            _ => 2,
        };
        assert_eq!(message["pri"], format!("{}", 16 * 8 + severity));
        assert_eq!(message["app"], "shop");
        assert_eq!(message["process"], format!("{}", std::process::id()));
        let text = message["message"].as_str().unwrap();
        let found: Value =
            serde_json::from_str(text.trim_start()).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_eq!(found, *line);
        if !is_local {
            assert_eq!((&message["host"], &message["time"]), (&line["host"], &line["timestamp"]));
            assert_eq!(message["id"], *line.get("event").unwrap_or(&json!("-")));
            assert_eq!(message["data"], "-");
        }
    }
}

fn everything_arrives_at(name: &str, tls: bool, address: impl Fn(&Rsyslog) -> Value) {
    let Some(program) = daemon() else { return };
    let rsyslog = Rsyslog::start(&program, name, tls);
    let t = telemetry(address(&rsyslog));
    let lines = log(&t);
    compare(&rsyslog.read(COUNT), &lines, name == "rsyslog-socket");
    assert!(t.shutdown(process::PATIENCE));
}

#[test]
fn by_udp() {
    everything_arrives_at(
        "rsyslog-udp",
        false,
        |far| json!({"to": "syslog", "address": format!("udp://127.0.0.1:{}", far.udp), "facility": "local0"}),
    );
}

#[test]
fn by_tcp() {
    everything_arrives_at(
        "rsyslog-tcp",
        false,
        |far| json!({"to": "syslog", "address": format!("tcp://127.0.0.1:{}", far.tcp), "facility": "local0"}),
    );
}

#[test]
fn by_tls() {
    if !Path::new(MODULES).join("lmnsd_ossl.so").is_file() {
        eprintln!("SKIP rsyslog has no TLS; enable with: apt-get install rsyslog-openssl");
        return;
    }
    everything_arrives_at("rsyslog-tls", true, |far| {
        json!({"to": "syslog", "address": format!("tls://localhost:{}", far.tcp), "facility": "local0",
               "ca": far.folder.join("cert.pem")})
    });
}

#[test]
fn at_a_socket_as_it_expects_messages_there() {
    everything_arrives_at(
        "rsyslog-socket",
        false,
        |far| json!({"to": "syslog", "address": format!("unix:{}/log.sock", far.folder.display()), "facility": "local0"}),
    );
}

#[test]
fn structured_data_is_what_was_recorded() {
    let Some(program) = daemon() else { return };
    let rsyslog = Rsyslog::start(&program, "rsyslog-data", false);
    let t = telemetry(json!({"to": "syslog", "address": format!("tcp://127.0.0.1:{}", rsyslog.tcp),
                             "structured_data": "shop@32473"}));
    t.logger("shop")
        .info("{n} of \"x\" [y]")
        .attr("n", 3)
        .attr("event", "a.b")
        .attr("quoted", "a\"b\\c]d")
        .emit();
    assert!(t.shutdown(process::PATIENCE));
    let read = rsyslog.read(1);
    let data =
        r#"[shop@32473 logger="shop" n="3" event="a.b" quoted="a\"b\\c\]d" template="{n} of \"x\" [y\]"]"#;
    assert_eq!(read[0]["data"], data);
    assert_eq!(read[0]["message"], "3 of \"x\" [y]");
    assert_eq!((&read[0]["id"], &read[0]["pri"]), (&json!("a.b"), &json!("14")));
}

#[test]
fn what_came_while_it_was_away_arrives_when_it_is_back() {
    let Some(program) = daemon() else { return };
    let rsyslog = Rsyslog::start(&program, "rsyslog-away", false);
    let t = telemetry(json!({"to": "syslog", "address": format!("tcp://127.0.0.1:{}", rsyslog.tcp)}));
    let log = t.logger("shop");
    log.info("before").emit();
    assert!(t.flush(process::PATIENCE));
    rsyslog.read(1);
    let config = std::fs::read_to_string(rsyslog.folder.join("rsyslog.conf")).unwrap();
    drop(rsyslog);
    log.info("away").emit();
    assert!(!t.flush(std::time::Duration::from_millis(300)));
    // The same one again, as far as the sender sees.
    let folder = process::folder("rsyslog-away");
    std::fs::write(folder.join("rsyslog.conf"), config).unwrap();
    let mut command = Command::new(&program);
    command.arg("-n").arg("-f").arg(folder.join("rsyslog.conf")).arg("-i").arg(folder.join("pid"));
    let _server = Server::start(folder.clone(), &mut command);
    let text = || std::fs::read_to_string(folder.join("read.jsonl")).unwrap_or_default();
    until("message that came meanwhile", || text().contains("away").then_some(()));
    assert!(t.shutdown(process::PATIENCE));
    let books = &serde_json::from_str::<Value>(&t.stats_json()).unwrap()["outputs"][0];
    assert_eq!((&books["accepted"], &books["delivered"]), (&json!(2), &json!(2)), "{books}");
}
