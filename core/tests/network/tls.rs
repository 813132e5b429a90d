//! Servers behind TLS: what is trusted arrives, and to anything else not a byte of a record goes.

use crate::server::{Answer, Server};
use crate::support::{books, folder, log, telemetry};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const LONG: Duration = Duration::from_secs(60);

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate for a name, which ends in a year.
fn certificate(authority: &Authority, name: &str, year: i32) -> (Certificate, KeyPair) {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(year, 1, 1);
    let key = KeyPair::generate().unwrap();
    (params.signed_by(&key, authority).unwrap(), key)
}

/// A server behind TLS in front of one that answers; counts the bytes of requests that came through.
struct Secure {
    port: u16,
    came: Arc<AtomicU64>,
    _behind: Server,
}

fn secure(of: (Certificate, KeyPair), clients: Option<&Authority>) -> Secure {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = match clients {
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.der().clone()).unwrap();
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
            builder.with_client_cert_verifier(verifier)
        }
        None => builder.with_no_client_auth(),
    };
    let chain: Vec<CertificateDer<'static>> = vec![of.0.der().clone()];
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(of.1.serialize_der()));
    let config = Arc::new(builder.with_single_cert(chain, key).unwrap());
    let behind = Server::new(|_, _| Answer::ok());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, to) = (listener.local_addr().unwrap().port(), behind.port);
    let came = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&came);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (config, counted) = (Arc::clone(&config), Arc::clone(&counted));
            std::thread::spawn(move || forward(stream, config, to, &counted));
        }
    });
    Secure { port, came, _behind: behind }
}

/// Hands one request at a time on, and the reply back.
fn forward(stream: TcpStream, config: Arc<ServerConfig>, to: u16, counted: &AtomicU64) {
    let mut outer = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
    let mut inner = TcpStream::connect(("127.0.0.1", to)).unwrap();
    inner.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let mut bytes = [0; 64 * 1024];
    while let Ok(length) = outer.read(&mut bytes) {
        if length == 0 {
            return;
        }
        counted.fetch_add(length as u64, Ordering::SeqCst);
        inner.write_all(&bytes[..length]).unwrap();
        if let Ok(length) = inner.read(&mut bytes) {
            let _ = outer.write_all(&bytes[..length]).and_then(|()| outer.flush());
        }
    }
}

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
    let ours = authority();
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
    let (ours, theirs) = (authority(), authority());
    let ca = pem("bad-ca", &ours.pem());
    let cases = [
        ("unknown authority", certificate(&theirs, "localhost", 2096)),
        ("wrong host", certificate(&ours, "elsewhere.example", 2096)),
        ("expired", certificate(&ours, "localhost", 2021)),
    ];
    for (case, certificate) in cases {
        let server = secure(certificate, None);
        let telemetry = telemetry(&json!([to(server.port, &json!({"ca": ca}))]));
        log(&telemetry, 0, 10);
        assert!(!telemetry.flush(LONG), "{case}");
        let books = books(&telemetry);
        assert_eq!(books["dropped"], json!({"tls": 10}), "{case}: {books}");
        assert!(books["last_error"].as_str().unwrap().contains("ertificate"), "{case}: {books}");
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
