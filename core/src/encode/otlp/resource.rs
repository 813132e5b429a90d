//! What a process says of itself, as OTLP's `Resource`.

use super::attributes::{Fitting, int_member};
use super::fields::resource as field;
use super::form::Form;
use crate::model::resource::Resource;

/// The semantic conventions that the names below, and those of the records, are taken from.
pub(super) const SCHEMA_URL: &str = "https://opentelemetry.io/schemas/1.37.0";

const PROCESS_ID: &str = "process.pid";

/// Appends the fields of the message.
pub(super) fn write<F: Form>(resource: &Resource, out: &mut Vec<u8>) {
    let texts = [
        ("service.name", Some(resource.service.as_str())),
        ("service.version", resource.version.as_deref()),
        ("deployment.environment.name", resource.environment.as_deref()),
        ("host.name", resource.host.as_deref()),
        ("telemetry.sdk.name", Some("vigie")),
        // The language of the core, which all faces share.
        ("telemetry.sdk.language", Some("rust")),
        ("telemetry.sdk.version", Some(env!("CARGO_PKG_VERSION"))),
    ];
    let mut list = Fitting::<F>::open(out, field::ATTRIBUTES, usize::MAX);
    let is_told =
        |key| resource.attributes.entries.iter().any(|entry| resource.attributes.is_named(entry, key));
    for (key, text) in texts {
        if let Some(text) = text.filter(|text| !text.is_empty() && !is_told(key)) {
            list.text(out, key, text);
        }
    }
    if let Some(process_id) = resource.process_id.filter(|_| !is_told(PROCESS_ID)) {
        list.item(out, |out| int_member::<F>(out, PROCESS_ID, i64::from(process_id)));
    }
    let (found, given) = (&resource.surroundings, &resource.attributes);
    let is_given = |key| given.entries.iter().any(|entry| given.fragment(entry) == key);
    list.set(out, found, |entry| !is_given(found.fragment(entry)));
    list.set(out, &resource.attributes, |_| true);
    list.close(out);
}
