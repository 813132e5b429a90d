//! What went wrong between this machine and a server, in words for people: what was found, and what is behind it as a
//! rule.
//!
//! Not for what becomes of the records: see `exporter`.

use rustls::{CertificateError, Error as TlsError, InvalidMessage};
use std::io::{self, ErrorKind};
use std::time::Duration;
use ureq::Error;

/// Behind an attempt that something other than HTTP answered, where TLS was not asked for.
const PERHAPS_TLS: &str = "; a port that speaks TLS wants an address with https://";

/// How much of a text of the server is shown.
const SHOWN_CHARACTERS: usize = 200;

/// Why there was no reply. `wanted` says what the address should lead to, if anything is known of that.
pub(super) fn without_reply(error: &Error, url: &str, attempt: Duration, wanted: &str) -> String {
    let is_secure = url.starts_with("https:");
    let perhaps_tls = if is_secure { "" } else { PERHAPS_TLS };
    match error {
        Error::HostNotFound => "its name is not known: there is no address for it".to_owned(),
        Error::Timeout(_) => format!("no answer within {attempt:?}"),
        Error::Protocol(_) => format!("what came back is not HTTP/1.1{perhaps_tls}{}", also(wanted)),
        Error::Tls(why) => (*why).to_owned(),
        Error::Rustls(error) => handshake(error),
        Error::Io(error) => match (tls(error), error.kind()) {
            (Some(error), _) => handshake(error),
            (None, ErrorKind::ConnectionRefused) => {
                "the connection is refused: nothing listens there".to_owned()
            }
            (None, ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => {
                format!("the connection ended before a reply came{perhaps_tls}{}", also(wanted))
            }
            (None, ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable) => {
                format!("no way leads there: {error}")
            }
            _ => error.to_string(),
        },
        error => error.to_string(),
    }
}

/// Why a connection that is not HTTP could not be made, or ended.
pub(in crate::output) fn without_connection(error: io::Error, attempt: Duration) -> String {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => format!("no answer within {attempt:?}"),
        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => {
            "the connection was ended".to_owned()
        }
        // What a port of plain HTTP wants is not said.
        _ => without_reply(&Error::Io(error), "https:", attempt, ""),
    }
}

/// What rustls found wrong during the handshake arrives so.
pub(in crate::output) fn tls(error: &io::Error) -> Option<&TlsError> {
    error.get_ref()?.downcast_ref()
}

fn handshake(error: &TlsError) -> String {
    use CertificateError::{
        BadSignature, Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet,
        NotValidYetContext, UnknownIssuer,
    };
    let found = match error {
        // One made anew under its old name signs with another key.
        TlsError::InvalidCertificate(UnknownIssuer | BadSignature) => {
            "its certificate comes from an authority that is not known here; \"ca\" names a file with another one"
        }
        TlsError::InvalidCertificate(NotValidForName | NotValidForNameContext { .. }) => {
            "its certificate is for another name than the address has"
        }
        TlsError::InvalidCertificate(Expired | ExpiredContext { .. }) => "its certificate has expired",
        TlsError::InvalidCertificate(NotValidYet | NotValidYetContext { .. }) => {
            "its certificate is not valid yet"
        }
        TlsError::InvalidCertificate(_) => "its certificate is not accepted",
        TlsError::InvalidMessage(InvalidMessage::InvalidContentType) => {
            "it speaks no TLS; a port of plain HTTP wants an address with http://"
        }
        TlsError::AlertReceived(_) => {
            "it ended the TLS handshake; it may want a \"client_certificate\", or know older versions of TLS only"
        }
        TlsError::General(_) => "TLS cannot be used; \"ca\" names a file of authorities",
        _ => "the TLS handshake failed",
    };
    format!("{found} ({error})")
}

/// What a reply means that says no: the beginning of what the server says, and what is behind it as a rule.
pub(super) fn refusal(status: u16, location: Option<&str>, body: &[u8], wanted: &str) -> String {
    let hint = match status {
        301 | 302 | 303 | 307 | 308 => match location {
            Some(location) => {
                format!(
                    "a redirect, which is not followed; the address to give is {}",
                    shown(location.as_bytes())
                )
            }
            None => "a redirect, which is not followed".to_owned(),
        },
        401 => "it wants credentials, or other ones".to_owned(),
        403 => "the credentials do not allow this".to_owned(),
        404 => format!("there is nothing at this path{}", also(wanted)),
        405 => format!("nothing can be posted to this path{}", also(wanted)),
        413 => "it takes no request of this size".to_owned(),
        415 => format!("it does not take this type of content{}", also(wanted)),
        429 => "it has enough for the moment".to_owned(),
        _ => String::new(),
    };
    let said = shown(body);
    let said = if said.is_empty() { said } else { format!(": {said}") };
    if hint.is_empty() { said } else { format!("{said} ({hint})") }
}

fn also(wanted: &str) -> String {
    if wanted.is_empty() { String::new() } else { format!("; {wanted}") }
}

/// The beginning of what a server says, on one line.
fn shown(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let line = text.chars().map(|character| if character.is_control() { ' ' } else { character });
    line.take(SHOWN_CHARACTERS).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(error: Error, url: &str) -> String {
        without_reply(&error, url, Duration::from_secs(10), "logs are taken at /v1/logs")
    }

    #[test]
    fn what_is_in_the_way_is_named() {
        let io = |kind| Error::Io(io::Error::from(kind));
        assert!(words(io(ErrorKind::ConnectionRefused), "http://h/").contains("refused: nothing listens"));
        assert!(words(io(ErrorKind::HostUnreachable), "http://h/").starts_with("no way leads there"));
        assert!(words(Error::HostNotFound, "http://h/").contains("name is not known"));
        assert_eq!(words(io(ErrorKind::PermissionDenied), "http://h/"), "permission denied");
    }

    #[test]
    fn a_broken_conversation_may_be_one_with_a_port_of_tls() {
        let ended = |url| words(Error::Io(io::Error::from(ErrorKind::UnexpectedEof)), url);
        assert!(ended("http://h/").contains("https://") && ended("http://h/").ends_with("at /v1/logs"));
        assert!(!ended("https://h/").contains("https://"), "it was one");
    }

    #[test]
    fn the_certificate_says_what_is_wrong_with_it() {
        let wrong = |error| {
            let error = io::Error::new(ErrorKind::InvalidData, TlsError::InvalidCertificate(error));
            words(Error::Io(error), "https://h/")
        };
        assert!(wrong(CertificateError::UnknownIssuer).contains("authority that is not known"));
        assert!(wrong(CertificateError::NotValidYet).contains("not valid yet"));
        assert!(wrong(CertificateError::Expired).contains("has expired"));
        assert!(wrong(CertificateError::NotValidForName).contains("another name"));
        assert!(wrong(CertificateError::Revoked).contains("not accepted"));
    }

    #[test]
    fn a_refusal_tells_what_was_said_and_what_it_means() {
        let said = |status, location| refusal(status, location, b"no\nway ", "lines go to /x");
        assert_eq!(said(404, None), ": no way (there is nothing at this path; lines go to /x)");
        assert_eq!(said(500, None), ": no way");
        assert!(said(308, Some("https://h/\u{1b}")).ends_with("the address to give is https://h/)"));
        assert_eq!(refusal(403, None, b"", ""), " (the credentials do not allow this)");
        assert_eq!(refusal(500, None, "ä".repeat(300).as_bytes(), "").chars().count(), 2 + SHOWN_CHARACTERS);
    }
}
