//! A server behind TLS, and certificates for it.

use crate::server::{Answer, Server};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

pub type Authority = CertifiedIssuer<'static, KeyPair>;

pub fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate for a name, which ends in a year.
pub fn certificate(authority: &Authority, name: &str, year: i32) -> (Certificate, KeyPair) {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(year, 1, 1);
    let key = KeyPair::generate().unwrap();
    (params.signed_by(&key, authority).unwrap(), key)
}

/// A server behind TLS in front of one that answers; counts the bytes of requests that came through.
pub struct Secure {
    pub port: u16,
    pub came: Arc<AtomicU64>,
    _behind: Server,
}

pub fn secure(of: (Certificate, KeyPair), clients: Option<&Authority>) -> Secure {
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
