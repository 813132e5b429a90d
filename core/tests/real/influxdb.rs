//! InfluxDB 1.x.

use crate::process::{self, Server, http, until};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::Command;
use vigie_core::{Config, Environment, InstrumentOptions, Telemetry};

/// A server with the database `shop`, which datagrams go to as well.
struct Database {
    http: u16,
    udp: u16,
    _server: Server,
}

impl Database {
    fn start(name: &str) -> Option<Self> {
        if !process::is_installed("influxd") {
            eprintln!("SKIP influxd is not installed; enable with: apt-get install influxdb");
            return None;
        }
        let folder = process::folder(name);
        let (http_port, rpc, udp) = (process::tcp_port(), process::tcp_port(), process::udp_port());
        let at = |name: &str| folder.join(name).display().to_string();
        let config = format!(
            "reporting-disabled = true\nbind-address = \"127.0.0.1:{rpc}\"\n\
             [meta]\ndir = {:?}\n[data]\ndir = {:?}\nwal-dir = {:?}\n\
             [http]\nbind-address = \"127.0.0.1:{http_port}\"\nlog-enabled = false\n\
             [monitor]\nstore-enabled = false\n\
             [[udp]]\nenabled = true\nbind-address = \"127.0.0.1:{udp}\"\ndatabase = \"shop\"\nbatch-timeout = \"100ms\"\n",
            at("meta"),
            at("data"),
            at("wal")
        );
        let path = folder.join("influxdb.conf");
        std::fs::write(&path, config).unwrap();
        let server = Server::start(folder, Command::new("influxd").arg("run").arg("-config").arg(path));
        let database = Self { http: http_port, udp, _server: server };
        until("InfluxDB", || http(http_port, "GET", "/ping", "").filter(|(status, _)| *status == 204));
        database.ask("CREATE DATABASE shop");
        Some(database)
    }

    fn ask(&self, query: &str) -> Value {
        let path = format!("/query?db=shop&epoch=ns&q={}", process::encoded(query));
        let (status, body) = http(self.http, "POST", &path, "").unwrap();
        assert_eq!(status, 200, "{query}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    /// The points of a measurement, each by its columns, tags and fields alike; what has no value is left out.
    fn points(&self, measurement: &str) -> Vec<BTreeMap<String, Value>> {
        let answer = self.ask(&format!("SELECT * FROM \"{measurement}\""));
        let Some(series) = answer["results"][0]["series"].as_array() else { return Vec::new() };
        let columns = series[0]["columns"].as_array().unwrap();
        let rows = series[0]["values"].as_array().unwrap();
        let point = |row: &Value| {
            let pairs = columns.iter().zip(row.as_array().unwrap()).filter(|(_, value)| !value.is_null());
            pairs.map(|(column, value)| (column.as_str().unwrap().to_owned(), value.clone())).collect()
        };
        rows.iter().map(point).collect()
    }

    /// The same once there are so many. The database shows the fields of a point that is being written one after the other.
    fn arrived(&self, measurement: &str, count: usize) -> Vec<BTreeMap<String, Value>> {
        let are_whole = |points: &Vec<BTreeMap<String, Value>>| {
            points.len() >= count && points.windows(2).all(|two| two[0].len() == two[1].len())
        };
        until("points", || Some(self.points(measurement)).filter(are_whole))
    }

    fn telemetry(&self, url: &str, signals: &Value) -> Telemetry {
        let output = json!({"to": "influx", "url": url, "signals": signals});
        let config = Config::new("shop").variables(Environment::empty()).set("outputs", json!([output]));
        Telemetry::new(config.set("enrich", json!([])).set("metrics", json!({"every": "1h"}))).unwrap()
    }

    fn udp(&self) -> String {
        format!("udp://127.0.0.1:{}", self.udp)
    }

    fn http(&self) -> String {
        format!("http://127.0.0.1:{}/write?db=shop", self.http)
    }
}

fn hostile() -> Vec<String> {
    let pieces = ["a", ",", "=", " ", "\"", "\\", "\n", "é", "😀", "\u{2028}", "x 1i 2\nforged v=1"];
    let mut texts: Vec<String> = pieces.iter().map(|piece| (*piece).to_owned()).collect();
    texts
        .extend(pieces.iter().flat_map(|one| pieces.iter().map(move |two| format!("{one}{two}x{two}{one}"))));
    texts
}

fn on_one_line(text: &str) -> String {
    text.replace('\n', "\\n").replace('\u{2028}', "\\u2028")
}

/// A tag has no backslash in front of a separator or at its end.
fn as_tag(text: &str) -> String {
    let text = on_one_line(text);
    let mut chars = text.chars().peekable();
    let mut out = String::new();
    while let Some(c) = chars.next() {
        let escapes = c == '\\' && chars.peek().is_none_or(|next| matches!(next, ',' | '=' | ' '));
        out.push(if escapes { '/' } else { c });
    }
    out
}

fn metrics(database: &Database, url: &str) {
    let telemetry = database.telemetry(url, &json!(["metrics"]));
    let (meter, options) = (telemetry.meter(), InstrumentOptions::default);
    meter.counter("orders", options()).unwrap().add(41, |w| w.attr("region", "eu west"));
    meter.gauge("load", options()).unwrap().set(-0.1, |_| {});
    meter.gauge("broken", options()).unwrap().set(f64::NAN, |_| {});
    let sizes =
        meter.histogram("sizes", InstrumentOptions { buckets: Some(vec![0.5, 10.0]), ..options() }).unwrap();
    [0.25, 1.0, 99.5].into_iter().for_each(|value| sizes.record(value, |_| {}));
    let texts = hostile();
    let tagged = meter.counter("tagged", options()).unwrap();
    for (n, text) in texts.iter().enumerate() {
        tagged.add(n as i64, |w| {
            w.attr("n", n as i64);
            w.attr("text", text.as_str());
        });
    }
    assert!(telemetry.flush(process::PATIENCE), "{}", telemetry.stats_json());
    let tagged = database.arrived("tagged", texts.len());
    assert_eq!(tagged.len(), texts.len(), "no point more than there are series");
    for point in tagged {
        let n = point["value"].as_u64().unwrap();
        assert_eq!(
            (&point["n"], &point["text"]),
            (&json!(n.to_string()), &json!(as_tag(&texts[n as usize])))
        );
    }
    let orders = &database.arrived("orders", 1)[0];
    assert_eq!(
        (&orders["value"], &orders["region"], &orders["service"]),
        (&json!(41), &json!("eu west"), &json!("shop"))
    );
    assert_eq!(database.arrived("load", 1)[0]["value"], json!(-0.1));
    let sizes = &database.arrived("sizes", 1)[0];
    let of = |keys: &[&str]| keys.iter().map(|key| sizes[*key].clone()).collect::<Vec<_>>();
    let expected = [json!(3), json!(100.75), json!(0.25), json!(99.5), json!(1), json!(2), json!(3)];
    assert_eq!(of(&["count", "sum", "min", "max", "0.5", "10.0", "+Inf"]), expected);
    assert!(database.points("broken").is_empty());
    let names = database.ask("SHOW MEASUREMENTS")["results"][0]["series"][0]["values"].to_string();
    assert_eq!(names, r#"[["load"],["orders"],["sizes"],["tagged"]]"#);
}

fn logs(database: &Database, url: &str) {
    let telemetry = database.telemetry(url, &json!(["logs"]));
    let (log, texts) = (telemetry.logger("cart"), hostile());
    for (n, text) in texts.iter().enumerate() {
        let message = format!("m{text}");
        let record = log.info(&message).attr("n", n as i64).attr("text", text.as_str());
        record.attr("f", 1.0).attr("yes", true).attr("time", "t").emit();
    }
    assert!(telemetry.flush(process::PATIENCE), "{}", telemetry.stats_json());
    let points = database.arrived("logs", texts.len());
    assert_eq!(points.len(), texts.len(), "no record has taken another's place");
    for point in points {
        let text = on_one_line(&texts[point["n"].as_u64().unwrap() as usize]);
        assert_eq!(point["text"], json!(text));
        assert_eq!(point["message"], json!(format!("m{text}")));
        assert_eq!((&point["f"], &point["yes"], &point["time_"]), (&json!(1), &json!(true), &json!("t")));
        assert_eq!((&point["level"], &point["logger"]), (&json!("INFO"), &json!("cart")));
    }
}

#[test]
fn datagrams_arrive_value_for_value() {
    let Some(database) = Database::start("influxdb-udp") else { return };
    metrics(&database, &database.udp());
    logs(&database, &database.udp());
}

#[test]
fn requests_arrive_value_for_value() {
    let Some(database) = Database::start("influxdb-http") else { return };
    metrics(&database, &database.http());
    logs(&database, &database.http());
}

#[test]
fn a_field_of_another_type_costs_its_own_point_only() {
    let Some(database) = Database::start("influxdb-types") else { return };
    // Without a time it is the present one: another week may have another type.
    let (status, _) = http(database.http, "POST", "/write?db=shop", "taken value=\"text\"\n").unwrap();
    assert_eq!(status, 204);
    let telemetry = database.telemetry(&database.http(), &json!(["metrics"]));
    let meter = telemetry.meter();
    for name in ["one", "taken", "three"] {
        meter.counter(name, InstrumentOptions::default()).unwrap().add(1, |_| {});
    }
    assert!(!telemetry.flush(process::PATIENCE), "one point is lost");
    assert_eq!(
        (database.points("one").len(), database.points("taken").len(), database.points("three").len()),
        (1, 1, 1)
    );
    let stats: Value = serde_json::from_str(&telemetry.stats_json()).unwrap();
    let books = &stats["outputs"][0];
    assert_eq!((&books["delivered"], &books["dropped"]), (&json!(2), &json!({"rejected": 1})));
}
