//! The one place where errors of the core become what JavaScript throws.
//! Not for throwing: lib/errors.ts does that.

use serde_json::json;
use vigie_core::Error;

/// The text of the error and its problems, as JSON.
pub fn report(error: &Error) -> String {
    let problems: Vec<_> = error
        .problems
        .iter()
        .map(|problem| json!({"key": problem.key, "value": problem.value, "accepted": problem.accepted}))
        .collect();
    json!({"message": error.to_string(), "code": error.code().as_str(), "problems": problems}).to_string()
}
