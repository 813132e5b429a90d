//! Requests of the export services, made of pieces.

use super::form::Encoding;
use super::json::{self, Json};
use super::protobuf::{self, Protobuf};
use super::resource::{self, SCHEMA_URL};
use crate::model::resource::Resource;
use crate::model::signal::Signal;

/// The attribute that tells log records apart: those that have the same are the same one (semantic conventions,
/// general log attributes).
const UID: &str = "log.record.uid";

/// Makes requests of the pieces that [`super::encoder`]'s records are, all of one process.
#[derive(Debug)]
pub struct Requests {
    encoding: Encoding,
    /// The inside of the `Resource`.
    resource: Vec<u8>,
}

impl Requests {
    /// For a process that is `resource`, whose records were encoded in `encoding`.
    #[must_use]
    pub fn new(encoding: Encoding, resource: &Resource) -> Self {
        let mut fields = Vec::new();
        match encoding {
            Encoding::Protobuf => resource::write::<Protobuf>(resource, &mut fields),
            Encoding::Json => resource::write::<Json>(resource, &mut fields),
        }
        Self::of_resource(encoding, fields)
    }

    /// For a process whose encoded [`Self::resource`] was kept.
    #[must_use]
    pub const fn of_resource(encoding: Encoding, resource: Vec<u8>) -> Self {
        Self { encoding, resource }
    }

    /// What the process says of itself, encoded.
    #[must_use]
    pub fn resource(&self) -> &[u8] {
        &self.resource
    }

    /// What the body is, for the header of that name.
    #[must_use]
    pub const fn content_type(&self) -> &'static str {
        match self.encoding {
            Encoding::Protobuf => "application/x-protobuf",
            Encoding::Json => "application/json",
        }
    }

    /// Appends the body of the request that exports `pieces`, all of the signal `signal`.
    pub fn write_body<'a>(&self, signal: Signal, pieces: impl Iterator<Item = &'a [u8]>, out: &mut Vec<u8>) {
        match self.encoding {
            Encoding::Protobuf => protobuf::write_request(&self.resource, SCHEMA_URL, signal, pieces, out),
            Encoding::Json => json::write_request(&self.resource, SCHEMA_URL, signal, pieces, out),
        }
    }

    /// Appends the piece of a log record with an id of it among its attributes, unless the record has one of its own.
    pub(crate) fn identify_log(&self, piece: &[u8], id: &str, out: &mut Vec<u8>) {
        let before = out.len();
        let identified = match self.encoding {
            Encoding::Protobuf => protobuf::write_with_attribute(piece, UID, id, out),
            Encoding::Json => json::write_with_attribute(piece, UID, id, out),
        };
        if identified.is_none() {
            out.truncate(before);
            out.extend_from_slice(piece);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::otlp::fields::{log_record, of_scope};
    use crate::encode::otlp::form::Form;

    fn piece<F: Form>(scope: &str, severity: &str) -> Vec<u8> {
        let mut out = Vec::new();
        F::piece(&mut out, scope, of_scope::LOGS, |out| F::text(out, log_record::SEVERITY_TEXT, severity));
        out
    }

    fn identified(encoding: Encoding, piece: &[u8]) -> Vec<u8> {
        let mut out = b"before".to_vec();
        Requests::of_resource(encoding, Vec::new()).identify_log(piece, "7", &mut out);
        out.strip_prefix(b"before").unwrap().to_vec()
    }

    #[test]
    fn a_piece_gets_its_id_in_front_of_what_it_has() {
        let json = identified(Encoding::Json, &piece::<Json>("s", "INFO"));
        assert_eq!(
            String::from_utf8(json.clone()).unwrap(),
            "{\"name\":\"s\"}\n{\"severityText\":\"INFO\",\
             \"attributes\":[{\"key\":\"log.record.uid\",\"value\":{\"stringValue\":\"7\"}}]}"
        );
        assert_eq!(identified(Encoding::Json, &json), json, "it has one already");
        let long = "x".repeat(200);
        let protobuf = identified(Encoding::Protobuf, &piece::<Protobuf>("s", &long));
        let expected = [
            b"\x0a\x03\x0a\x01s\x12\xe2\x01\x32\x15\x0a\x0elog.record.uid\x12\x03\x0a\x017\x1a\xc8\x01",
            long.as_bytes(),
        ];
        assert_eq!(protobuf, expected.concat());
        assert_eq!(identified(Encoding::Protobuf, &protobuf), protobuf, "it has one already");
    }

    #[test]
    fn what_is_no_piece_stays_as_it_is() {
        for encoding in [Encoding::Protobuf, Encoding::Json] {
            for torn in [&b""[..], b"\x12", b"\x12\x05ab", b"{}", b"{}\n", b"{}\n["] {
                assert_eq!(identified(encoding, torn), torn, "{encoding:?} {torn:?}");
            }
        }
    }
}
