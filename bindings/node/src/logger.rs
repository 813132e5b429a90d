//! Registers loggers, and reads log records out of columns.
//! Not for attributes: see `convert`.

use crate::columns::{Reader, size};
use crate::forms::{Form, Owner, Style};
use crate::scene::Scene;
use crate::text::Piece;
use crate::wire::log_ints;
use crate::wire::threshold::NOTHING;
use crate::{convert, instance};
use napi::Env;
use napi_derive::napi;
use std::sync::Arc;
use vigie_core::host::{RenderedBatch, global, guard};
use vigie_core::model::signal::Signal;
use vigie_core::{LogRecord, Severity};

/// `logger(name)`: registers a logger; its number.
#[napi]
pub fn logger(env: &Env, name: String) -> u32 {
    guard(0, || {
        instance::with(env, 0, |instance| {
            let forms = Arc::make_mut(&mut instance.forms);
            instance::add(&mut forms.loggers, global().logger(&name))
        })
    })
}

/// `threshold(logger)`: the least severity number that is recorded.
#[napi]
pub fn threshold(env: &Env, logger: u32) -> u8 {
    guard(NOTHING, || {
        instance::with(env, NOTHING, |instance| {
            let found = instance.forms.loggers.get(logger as usize);
            found.map_or(NOTHING, |logger| logger.threshold().min(NOTHING))
        })
    })
}

/// `thresholdForOthers(logger)`: the least severity number that is recorded of what another library has let through.
#[napi]
pub fn threshold_for_others(env: &Env, logger: u32) -> u8 {
    guard(NOTHING, || {
        instance::with(env, NOTHING, |instance| {
            let found = instance.forms.loggers.get(logger as usize);
            found.map_or(NOTHING, |logger| logger.threshold_for_others().min(NOTHING))
        })
    })
}

/// `setLevel(logger, severity)`: sets the least severity of a logger, or of all without one. Severity 0 takes it back.
#[napi]
pub fn set_level(logger: Option<String>, severity: u8) {
    guard((), || global().set_level(logger.as_deref(), Severity::from_number(severity)));
}

/// `severity(level)`: the number of a name, an alias or a number in text; 0 for anything else.
#[napi]
pub fn severity(level: String) -> u8 {
    guard(0, || Severity::parse(&level).map_or(0, Severity::number))
}

/// Renders one log record, of the form `number`, into the batch.
#[inline]
pub fn render(number: i32, reader: &mut Reader<'_>, scene: &Scene<'_>, out: &mut RenderedBatch) {
    let ints: &[i32; log_ints::COUNT] = reader.ints();
    let (context, bound) = (size(ints[log_ints::CONTEXT]), size(ints[log_ints::BOUND]));
    let timestamp_us = reader.num() as i64;
    let form = usize::try_from(number).ok().and_then(|number| scene.forms.list.get(number));
    let Some(form) = form else { return };
    let Owner::Log { logger, severity, style, has_error } = form.owner else { return };
    let logger = if bound == 0 { scene.forms.loggers.get(logger) } else { scene.bound(bound) };
    // Its level was asked when it was made.
    let begun = logger.map(|logger| match style {
        Style::Told => logger.record_asked_before(severity).let_through(),
        Style::Template | Style::Literal => logger.record_asked_before(severity),
    });
    let Some(mut record) = begun else {
        // It is one of the records that the batch is of.
        out.add_moved(Signal::Logs, -1);
        return skip(form, style, has_error, reader);
    };
    record.set_timestamp_us(timestamp_us);
    if let Some(context) = scene.contexts.get(context) {
        record.set_context(context);
    }
    let (brought, filled_from);
    match &form.text {
        Some(text) => record.template(text),
        None => {
            brought = reader.piece();
            message(&mut record, &brought, style != Style::Template);
        }
    }
    if style == Style::Told {
        filled_from = reader.piece().lossy();
        if !filled_from.is_empty() {
            record.filled_from(&filled_from);
        }
    }
    convert::members(reader, &form.members, scene.are_current, &mut record.attributes());
    if has_error {
        let error = convert::error(reader, &record);
        record.error(error);
    }
    record.emit_into(out);
}

fn message<'a>(record: &mut LogRecord<'a>, piece: &Piece<'a>, is_literal: bool) {
    match (*piece, is_literal) {
        (Piece::Str(text), false) => record.template(text),
        (Piece::Str(text), true) => record.message(text),
        (Piece::Wide(units), false) => record.template_utf16_lossy(units),
        (Piece::Wide(units), true) => record.message_utf16_lossy(units),
    }
}

/// Passes over a record that its logger no longer lets through: the level was raised after the record was made.
#[cold]
fn skip(form: &Form, style: Style, has_error: bool, reader: &mut Reader<'_>) {
    if form.text.is_none() {
        let _ = reader.piece();
    }
    if style == Style::Told {
        let _ = reader.piece();
    }
    convert::skip_members(reader, &form.members);
    if has_error {
        convert::skip_error(reader);
    }
}
