//! The operating system, by the names of OpenTelemetry's conventions.

use super::around::{Around, Facts};

pub(super) fn find(around: &Around<'_>, facts: &mut Facts) {
    let family = match std::env::consts::OS {
        "macos" | "ios" => "darwin",
        other => other,
    };
    facts.tell("os.type", family);
    let release = ["etc/os-release", "usr/lib/os-release"].into_iter().find_map(|path| around.file(path));
    for line in release.as_deref().unwrap_or_default().lines() {
        let (name, value) = line.split_once('=').unwrap_or_default();
        // Values are quoted as for a shell; none of these holds a quote itself.
        let value = value.trim().trim_matches(['"', '\'']);
        match name.trim() {
            "NAME" => facts.tell("os.name", value),
            "VERSION_ID" => facts.tell("os.version", value),
            _ => {}
        }
    }
}
