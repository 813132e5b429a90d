//! Telling that records are lost: a line on standard error, and a record for the outputs that work.
//!
//! Not for counting: the books do that to the record.

use crate::api::hub::Hub;
use crate::api::logger::Logger;
use crate::model::severity::Severity;
use crate::output::queue::{Loss, Phase};
use crate::output::running::OnLoss;
use crate::platform;
use std::sync::{Arc, Weak};

/// The logger of what Vigie says itself, and its one message.
const LOGGER: &str = "vigie";
const MESSAGE: &str = "vigie.dropped";

/// What the outputs of the telemetry behind `hub` tell of their losses to.
pub(super) fn announcer(hub: Weak<Hub>) -> OnLoss {
    // Looked at before a file of the program's can have got the number of a closed one.
    platform::StandardStream::Error.leads();
    Arc::new(move |output, loss| {
        platform::complain(&sentence(output, loss));
        if let Some(hub) = hub.upgrade() {
            record(&hub, output, loss);
        }
    })
}

/// Of nothing that is told to nobody: what keeps lines for a user's test has no far side.
pub(super) fn nobody() -> OnLoss {
    Arc::new(|_, _| {})
}

fn sentence(output: &str, loss: Loss) -> String {
    let (records, reason) = (loss.records, loss.reason.as_str());
    match loss.phase {
        Phase::Begins => format!("output {output} loses records ({reason})"),
        Phase::Over => format!("output {output} works again; records lost meanwhile ({reason}): {records}"),
        Phase::Closed => format!("output {output} has ended; records lost at last ({reason}): {records}"),
    }
}

fn record(hub: &Arc<Hub>, output: &str, loss: Loss) {
    let pipeline = hub.peek();
    if pipeline.closed || !pipeline.is_current() {
        return;
    }
    let logger = Logger::new(Arc::clone(hub), LOGGER);
    let Some(mut record) = logger.record(Severity::WARN) else { return };
    record.message(MESSAGE);
    let mut attributes = record.attributes();
    attributes.key("output");
    attributes.str(output);
    attributes.key("reason");
    attributes.str(loss.reason.as_str());
    attributes.key("phase");
    attributes.str(match loss.phase {
        Phase::Begins => "begins",
        Phase::Over | Phase::Closed => "over",
    });
    attributes.key("dropped");
    attributes.uint(loss.records);
    drop(attributes);
    record.emit_to_healthy();
}
