//! Whether text for people is coloured: by the setting `color`, and what the environment says where that leaves it open.

use crate::document::report::{Object, Report};
use crate::document::setting::{Setting, Takes};
use serde_json::Value;

/// The key.
pub(super) const COLOR: Setting = Setting::new(
    "color",
    Takes::Other("\"auto\", true or false"),
    "false",
    "Whether the rendering for people is coloured. `auto` is on a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`; \
     `CLICOLOR_FORCE` colours everywhere else too.",
)
.without("\"auto\"");

/// When it is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Colours {
    /// As the environment says, and then on a terminal.
    #[default]
    Auto,
    Always,
    Never,
}

impl Colours {
    /// Reads the setting.
    pub(super) fn read(report: &mut Report, object: &Object<'_>) -> Option<Self> {
        let Some(found) = object.get(COLOR.key) else { return Some(Self::Auto) };
        report.read(&found, |value, _| match value {
            Value::Bool(true) => Some(Self::Always),
            Value::Bool(false) => Some(Self::Never),
            Value::String(text) if text == "auto" => Some(Self::Auto),
            _ => None,
        })
    }

    /// What `variable` gives decides where the setting leaves it open; nothing when the terminal does.
    pub(super) fn decided(self, variable: impl Fn(&str) -> Option<String>) -> Option<bool> {
        let given = |name| variable(name).filter(|value| !value.is_empty());
        match self {
            Self::Always => Some(true),
            Self::Never => Some(false),
            Self::Auto if given("NO_COLOR").is_some() => Some(false),
            Self::Auto if given("CLICOLOR_FORCE").is_some_and(|value| value != "0") => Some(true),
            Self::Auto if given("TERM").is_some_and(|value| value == "dumb") => Some(false),
            Self::Auto => None,
        }
    }
}

/// Whether the environment asks for colours (`CLICOLOR_FORCE`) or for none (`NO_COLOR`, `TERM=dumb`) in text for people;
/// nothing where it leaves that to what it is written to. `variable` gives the value of an environment variable.
pub fn colours_asked_for(variable: impl Fn(&str) -> Option<String>) -> Option<bool> {
    Colours::Auto.decided(variable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decided(colours: Colours, variables: &[(&str, &str)]) -> Option<bool> {
        let value =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, v)| (*v).to_owned());
        colours.decided(value)
    }

    #[test]
    fn the_setting_comes_first_then_the_environment_then_the_terminal() {
        assert_eq!(decided(Colours::Auto, &[]), None);
        assert_eq!(
            decided(Colours::Auto, &[("TERM", "xterm"), ("NO_COLOR", ""), ("CLICOLOR_FORCE", "0")]),
            None
        );
        assert_eq!(decided(Colours::Auto, &[("NO_COLOR", "0"), ("CLICOLOR_FORCE", "1")]), Some(false));
        assert_eq!(decided(Colours::Auto, &[("TERM", "dumb"), ("CLICOLOR_FORCE", "1")]), Some(true));
        assert_eq!(decided(Colours::Auto, &[("TERM", "dumb")]), Some(false));
        assert_eq!(decided(Colours::Always, &[("NO_COLOR", "1")]), Some(true));
        assert_eq!(decided(Colours::Never, &[("CLICOLOR_FORCE", "1")]), Some(false));
    }
}
