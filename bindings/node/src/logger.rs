//! Loggers: their registration, and log records out of columns.
//! Not for levels, which the core decides, nor for attributes: see `convert`.

use crate::batch::Scene;
use crate::columns::Reader;
use crate::forms::{Form, Owner};
use crate::text::Piece;
use crate::{convert, js};
use napi_sys::napi_value;
use std::sync::Arc;
use vigie_core::{LogRecord, RenderedBatch, Severity, global};

/// A severity number that nothing reaches.
const NOTHING: f64 = 25.0;

/// `logger(name)`: its number.
pub fn register(call: &js::Call<'_>) -> napi_value {
    let name = call.string(0).unwrap_or_default();
    let number = call.instance.try_borrow_mut().map_or(0, |mut instance| {
        let forms = Arc::make_mut(&mut instance.forms);
        forms.loggers.push(global().logger(&name));
        forms.loggers.len() - 1
    });
    call.give_number(number as f64)
}

/// `threshold(logger)`: the least severity number that is recorded.
pub fn threshold(call: &js::Call<'_>) -> napi_value {
    let number = call.size(0);
    let level =
        call.instance.try_borrow().ok().and_then(|instance| {
            instance.forms.loggers.get(number).map(|logger| f64::from(logger.threshold()))
        });
    call.give_number(level.unwrap_or(NOTHING).min(NOTHING))
}

/// `severity(level)`: the number of a name, an alias or a number in text; 0 for anything else.
pub fn severity(call: &js::Call<'_>) -> napi_value {
    let text = call.string(0).unwrap_or_default();
    call.give_number(Severity::parse(&text).map_or(0.0, |severity| f64::from(severity.number())))
}

/// One log record of the form `number` into the batch.
#[inline]
pub fn render(number: i32, reader: &mut Reader<'_>, scene: &Scene<'_>, out: &mut RenderedBatch) {
    let context = reader.size();
    let bound = reader.size();
    let timestamp_us = reader.num() as i64;
    let form = usize::try_from(number).ok().and_then(|number| scene.forms.list.get(number));
    let Some(form) = form else { return };
    let Owner::Log { logger, severity, is_literal, has_error } = form.owner else { return };
    let logger = match bound.checked_sub(1) {
        Some(place) => scene.bound.get(place),
        None => scene.forms.loggers.get(logger),
    };
    let Some(mut record) = logger.and_then(|logger| logger.record(severity)) else {
        return skip(form, has_error, reader);
    };
    record.set_timestamp_us(timestamp_us);
    if let Some(context) = scene.contexts.get(context) {
        record.set_context(context);
    }
    let brought;
    match &form.text {
        Some(text) => record.template(text),
        None => {
            brought = reader.piece();
            message(&mut record, &brought, is_literal);
        }
    }
    convert::members(reader, &form.members, scene.are_current, &mut record.attributes());
    if has_error {
        record.error(convert::error(reader));
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

/// The level was raised after the record was made.
#[cold]
fn skip(form: &Form, has_error: bool, reader: &mut Reader<'_>) {
    if form.text.is_none() {
        let _ = reader.piece();
    }
    convert::skip_members(reader, &form.members);
    if has_error {
        drop(convert::error(reader));
    }
}
