//! Servers behind TLS: what is trusted arrives, and to anything else not a byte of a record goes.

use crate::secure::{authority, certificate, secure};
use crate::support::{books, folder, log, telemetry};
use serde_json::{Value, json};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const LONG: Duration = Duration::from_secs(60);

fn pem(name: &str, text: &str) -> PathBuf {
    let path = folder(&format!("tls-{name}")).join("it.pem");
    fs::write(&path, text).unwrap();
    path
}

fn to(port: u16, more: &Value) -> Value {
    let mut output = json!({"to": "http", "url": format!("https://localhost:{port}/"), "signals": ["logs"]});
    output.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    output
}

#[test]
fn what_the_own_authority_signed_is_trusted_and_the_own_certificate_is_shown() {
    let ours = authority("ours");
    let ca = pem("good-ca", &ours.pem());
    let open = secure(certificate(&ours, "localhost", 2096), None);
    let telemetry_of = |output: Value| telemetry(&json!([output]));
    let plain = telemetry_of(to(open.port, &json!({"ca": ca})));
    log(&plain, 0, 10);
    assert!(plain.flush(LONG), "{}", books(&plain));
    let closed = secure(certificate(&ours, "localhost", 2096), Some(&ours));
    let (own, key) = certificate(&ours, "client", 2096);
    let files = json!({"ca": ca, "client_certificate": pem("own", &own.pem()), "client_key": pem("key", &key.serialize_pem())});
    let shown = telemetry_of(to(closed.port, &files));
    log(&shown, 0, 10);
    assert!(shown.flush(LONG), "{}", books(&shown));
    let hidden = telemetry_of(to(closed.port, &json!({"ca": ca})));
    let came = closed.came.load(Ordering::SeqCst);
    log(&hidden, 0, 10);
    assert!(!hidden.flush(Duration::from_secs(3)));
    assert_eq!(closed.came.load(Ordering::SeqCst), came, "without a certificate nothing comes through");
}

#[test]
fn what_is_not_trusted_gets_not_a_byte_and_the_reason_is_said() {
    let (ours, theirs) = (authority("ours"), authority("theirs"));
    let ca = pem("bad-ca", &ours.pem());
    let cases = [
        ("an authority that is not known", certificate(&theirs, "localhost", 2096)),
        ("an authority that is not known", certificate(&authority("ours"), "localhost", 2096)),
        ("another name", certificate(&ours, "elsewhere.example", 2096)),
        ("expired", certificate(&ours, "localhost", 2021)),
    ];
    for (case, certificate) in cases {
        let server = secure(certificate, None);
        let telemetry = telemetry(&json!([to(server.port, &json!({"ca": ca}))]));
        log(&telemetry, 0, 10);
        assert!(!telemetry.flush(LONG), "{case}");
        let books = books(&telemetry);
        assert_eq!(books["dropped"], json!({"tls": 10}), "{case}: {books}");
        assert!(books["last_error"].as_str().unwrap().contains(case), "{case}: {books}");
        assert_eq!(server.came.load(Ordering::SeqCst), 0, "{case}");
    }
}

#[test]
fn a_server_that_speaks_no_tls_of_today_gets_nothing() {
    // A fatal alert as a server gives that knows older versions only, plain HTTP, and a connection that ends.
    let alert = b"\x15\x03\x01\x00\x02\x02\x46".to_vec();
    for (case, bytes) in
        [("alert", alert), ("plain", b"HTTP/1.1 200 OK\r\n\r\n".to_vec()), ("reset", Vec::new())]
    {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let came = Arc::new(AtomicU64::new(0));
        let leaked = Arc::clone(&came);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut hello = [0; 4096];
                let length = stream.read(&mut hello).unwrap_or(0);
                let has_record = hello[..length].windows(7).any(|window| window == b"message");
                leaked.fetch_add(u64::from(has_record), Ordering::SeqCst);
                let _ = stream.write_all(&bytes);
            }
        });
        let telemetry = telemetry(&json!([to(port, &json!({}))]));
        log(&telemetry, 0, 10);
        assert!(!telemetry.flush(Duration::from_secs(3)), "{case}");
        assert_eq!(came.load(Ordering::SeqCst), 0, "{case}");
        assert_eq!(books(&telemetry)["delivered"], 0, "{case}");
    }
}

#[test]
fn files_that_hold_no_certificate_are_named_at_set_up() {
    use vigie_core::{Config, Telemetry};
    let open = |more: &Value| {
        let document = json!({"service": "s", "outputs": [to(1, more)]});
        Telemetry::new(Config::from_json(&document.to_string())).unwrap_err().to_string()
    };
    let empty = pem("empty", "not a certificate");
    let missing = empty.with_file_name("missing.pem");
    for (path, said) in [(&empty, "holds no certificate"), (&missing, "missing.pem")] {
        let error = open(&json!({"ca": path}));
        assert!(error.contains(said), "{error}");
    }
    let error = open(&json!({"client_certificate": empty}));
    assert!(error.contains("belong together"), "{error}");
}
