//! Objects of which one member says by its name what they are, such as `batch:` or `otlp_http:`.

use crate::document::report::{Found, Report};
use crate::document::setting::{Setting, Standing, Takes};
use serde_json::{Map, Value};
use std::sync::LazyLock;

static NOTHING: LazyLock<Value> = LazyLock::new(|| Value::Object(Map::new()));

/// The name and what stands under it; a member without a value has none of its keys. Nothing where it is not known here,
/// which is told of: such a name may be that of somebody's plug-in.
pub(super) fn one_of<'d>(
    report: &mut Report,
    found: &Found<'d>,
    known: &'static [Setting],
) -> Option<(&'static str, Found<'d>)> {
    let built = || {
        let names = known.iter().filter(|setting| setting.is_built()).map(|setting| setting.key);
        names.collect::<Vec<_>>().join(", ")
    };
    let (name, value) = only_member(report, found, &built())?;
    let path = format!("{}.{name}", found.path);
    let Some(setting) = known.iter().find(|setting| setting.key == name) else {
        report.absent(&path, format!("there are {}", built()));
        return None;
    };
    if setting.standing == Standing::Absent {
        report.absent(&path, setting.about);
        return None;
    }
    Some((setting.key, Found { path, value, takes: setting.takes }))
}

/// The only member of an object, its name first; null counts as an object without keys.
pub(super) fn only_member<'d>(
    report: &mut Report,
    found: &Found<'d>,
    known: &str,
) -> Option<(&'d str, &'d Value)> {
    let members = found.value.as_object().filter(|members| members.len() == 1);
    let only = members.and_then(|members| members.iter().next());
    if only.is_none() {
        report.refuse(found, format!("an object with one of the keys {known}"));
    }
    only.map(|(name, value)| (name.as_str(), if value.is_null() { &*NOTHING } else { value }))
}

/// [`one_of`] what `found` may be.
pub(super) fn own_one_of<'d>(report: &mut Report, found: &Found<'d>) -> Option<(&'static str, Found<'d>)> {
    match found.takes {
        Takes::Object(known) => one_of(report, found, known),
        _ => None,
    }
}
