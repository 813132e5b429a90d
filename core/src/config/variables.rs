//! What the `VIGIE_*` variables say, as a document.
//! Not for `OTEL_*` (see `otel`) and not for `VIGIE_CONFIG`, which names another source (see `file`).

use super::environment::Environment;
use super::layer::Layer;
use super::sections;
use crate::document::report::{Found, Report};
use crate::document::setting::Takes;
use crate::document::variable::Variable;
use crate::output::registry;
use serde_json::{Map, Value};

/// How a variable's text becomes the value of its key.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Json,
    Flag,
}

const FLAGS: [(&str, bool); 4] = [("true", true), ("false", false), ("1", true), ("0", false)];

static VARIABLES: [(Form, Variable); 6] = [
    text(&["VIGIE_SERVICE"], &["service"], "shop"),
    text(&["VIGIE_VERSION"], &["version"], "1.4.2"),
    text(&["VIGIE_ENVIRONMENT"], &["environment"], "prod"),
    text(&["VIGIE_LEVEL"], &["level"], "debug"),
    (
        Form::Json,
        Variable {
            names: &["VIGIE_OUTPUTS"],
            keys: &["outputs"],
            takes: Takes::Other("a list of outputs in JSON"),
            example: registry::LIST_EXAMPLE,
        },
    ),
    (
        Form::Flag,
        Variable {
            names: &["VIGIE_DISABLED"],
            keys: &["disabled"],
            takes: Takes::Choice { known: &FLAGS, unbuilt: &[] },
            example: "true",
        },
    ),
];

const fn text(
    names: &'static [&'static str],
    keys: &'static [&'static str],
    example: &'static str,
) -> (Form, Variable) {
    (Form::Text, Variable { names, keys, takes: Takes::Other("what the key takes"), example })
}

/// All variables of this source.
pub(super) fn all() -> impl Iterator<Item = &'static Variable> {
    VARIABLES.iter().map(|(_, variable)| variable)
}

/// Reads the variables; problems are reported under the variables' names.
pub(super) fn layer(report: &mut Report, environment: &Environment) -> Layer {
    let mut document = Map::new();
    for (form, variable) in &VARIABLES {
        for key in variable.keys {
            report.alias(*key, variable.name());
            if let Some(text) = environment.get(variable.name())
                && let Some(value) = value(report, *form, key, variable, text)
            {
                document.insert((*key).to_owned(), value);
            }
        }
    }
    sections::document(report, &Value::Object(document))
}

fn value(report: &mut Report, form: Form, key: &str, variable: &Variable, text: &str) -> Option<Value> {
    match form {
        Form::Text => Some(Value::from(text)),
        Form::Json => {
            let parsed = serde_json::from_str(text);
            parsed.map_err(|e| report.finding(key, format!("not JSON: {e}"), variable.takes.words())).ok()
        }
        Form::Flag => {
            let value = Value::from(text);
            let found = Found { path: key.to_owned(), value: &value, takes: variable.takes };
            report.read(&found, |_, _| {
                let word = text.trim().to_ascii_lowercase();
                FLAGS.iter().find(|(name, _)| *name == word).map(|(_, flag)| Value::from(*flag))
            })
        }
    }
}
