//! Requests of the export services, made of pieces.

use super::form::Encoding;
use super::json::{self, Json};
use super::protobuf::{self, Protobuf};
use super::resource::{self, SCHEMA_URL};
use crate::model::resource::Resource;
use crate::model::signal::Signal;

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
}
