//! What is shown to a server of TLS, and what it has to show.

use crate::output::http::HttpSettings;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// By the system's roots, or those that the settings name.
///
/// # Errors
/// When a file cannot be read or holds no such thing.
pub(super) fn config(settings: &HttpSettings) -> io::Result<Arc<ClientConfig>> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?;
    let builder = match &settings.ca {
        Some(path) => {
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(certificates(path)?);
            builder.with_root_certificates(roots)
        }
        // It is no less strict than the default, which knows no system's roots.
        None => {
            let verifier = Verifier::new(provider).map_err(io::Error::other)?;
            builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier))
        }
    };
    let config = match (&settings.client_certificate, &settings.client_key) {
        (Some(certificate), Some(key)) => {
            let read = PrivateKeyDer::from_pem_file(key)
                .map_err(|error| named(key, "holds no private key in PEM form", error))?;
            builder.with_client_auth_cert(certificates(certificate)?, read).map_err(io::Error::other)?
        }
        (None, None) => builder.with_no_client_auth(),
        _ => return Err(io::Error::other("client_certificate and client_key belong together")),
    };
    Ok(Arc::new(config))
}

fn certificates(path: &Path) -> io::Result<Vec<CertificateDer<'static>>> {
    const NONE: &str = "holds no certificate in PEM form";
    let found = CertificateDer::pem_file_iter(path).map_err(|error| named(path, NONE, error))?;
    let found: Vec<_> = found.filter_map(Result::ok).collect();
    if found.is_empty() { Err(named(path, NONE, pem::Error::NoItemsFound)) } else { Ok(found) }
}

fn named(path: &Path, what: &str, error: pem::Error) -> io::Error {
    match error {
        pem::Error::Io(error) => io::Error::other(format!("{}: {error}", path.display())),
        _ => io::Error::other(format!("{}: {what}", path.display())),
    }
}
