//! Brings all sources together into settings.
//! Not for reading any one of them: see `sections`, `variables`, `otel`, `declarative` and `file`.

use super::environment::Environment;
use super::layer::Layer;
use super::redaction::Given;
use super::settings::{LevelFile, Settings};
use super::{absent, declarative, file, otel, patterns, sections, surroundings, variables};
use crate::api::levels::SetLevels;
use crate::document::report::Report;
use crate::error::{Error, ErrorCode, Problem, Result};
use crate::output::registry;
use serde_json::Value;

impl Settings {
    /// The settings that a document (a JSON object) and the environment give.
    ///
    /// # Errors
    /// A configuration error that lists every problem of every source.
    pub fn resolve(document_json: Option<&str>, environment: &Environment) -> Result<Self> {
        match document_json.map(serde_json::from_str::<Value>).transpose() {
            Ok(document) => Self::resolve_value(document.as_ref(), environment),
            Err(error) => {
                let (_, mut problems) = gather(None, environment);
                let broken = Problem::finding("configuration", format!("not JSON: {error}"), "a JSON object");
                problems.insert(0, broken);
                Err(Error::new(ErrorCode::Config, problems))
            }
        }
    }

    /// The same for a document that is parsed already.
    ///
    /// # Errors
    /// As [`Settings::resolve`].
    pub fn resolve_value(document: Option<&Value>, environment: &Environment) -> Result<Self> {
        let (settings, problems) = gather(document, environment);
        if problems.is_empty() { Ok(settings) } else { Err(Error::new(ErrorCode::Config, problems)) }
    }

    /// The levels that are configured now, if a file says any that may have changed since. Of the file it is all read, and
    /// anything that is wrong in it is.
    pub(crate) fn levels_anew(&self) -> Option<Result<SetLevels>> {
        let LevelFile { path, above } = self.level_file.as_ref()?;
        let (layer, problems) = layer_of(&path.to_string_lossy());
        if !problems.is_empty() {
            return Some(Err(Error::new(ErrorCode::Config, problems)));
        }
        let layer = layer.unwrap_or_default();
        let mut levels = SetLevels { level: layer.level, levels: layer.levels };
        levels.overlay(above.level, &above.levels);
        Some(Ok(levels))
    }

    /// The settings of the environment alone, with defaults where it holds mistakes, and those mistakes.
    ///
    /// For the first use without `init`, which has nobody to refuse to.
    #[must_use]
    pub fn resolve_leniently(environment: &Environment) -> (Self, Option<Error>) {
        let (settings, problems) = gather(None, environment);
        let error = (!problems.is_empty()).then(|| Error::new(ErrorCode::Config, problems));
        (settings, error)
    }
}

/// All sources, the weakest laid down first; problems of the strongest come first.
fn gather(document: Option<&Value>, environment: &Environment) -> (Settings, Vec<Problem>) {
    let mut arguments = Report::default();
    let arguments_layer = document.map(|document| sections::document(&mut arguments, document));
    let mut ours = Report::default();
    let our_layer = variables::layer(&mut ours, environment);
    let mut theirs = Report::default();
    let declared = declarative::layer(&mut theirs, environment);
    // A declarative file takes the place of the variables, all of them.
    let speaking = if declared.is_some() { &Environment::empty() } else { environment };
    let their_layer = declared.unwrap_or_else(|| otel::layer(&mut theirs, speaking));
    absent::tell(&mut theirs, speaking);
    let (file_layer, from_file) = file_layer(environment);

    let mut settings = Settings::defaults(environment.program().to_owned());
    let mut layers = [file_layer, Some(their_layer), Some(our_layer), arguments_layer];
    let redact = layers.iter_mut().flatten().map(|layer| std::mem::take(&mut layer.redact));
    let redact = redact.fold(Given::default(), Given::under);
    let found = layers.iter_mut().flatten().map(|layer| std::mem::take(&mut layer.entity_patterns));
    let entity_patterns = found.flatten().collect();
    let has_outputs = layers.iter().flatten().any(|layer| layer.outputs.is_some());
    settings.level_file = level_file(environment, &layers);
    layers.into_iter().flatten().for_each(|layer| layer.apply(&mut settings));
    complete(&mut theirs, &mut settings, has_outputs, speaking);
    settings.absences = theirs.absences;
    settings.surroundings = surroundings::told(&settings, environment);
    let mut problems = arguments.problems;
    problems.append(&mut ours.problems);
    problems.append(&mut theirs.problems);
    problems.extend(from_file);
    let mut whole = Report::default();
    settings.redaction = redact.settled(&mut whole);
    settings.entity_patterns = patterns::compiled(&mut whole, "entity_patterns", entity_patterns);
    if problems.is_empty() {
        sections::contradictions(&mut whole, &settings.limits);
        problems = whole.problems;
    }
    (settings, problems)
}

/// Takes what the variables say of outputs: of those that are configured, or that there is one at all.
fn complete(report: &mut Report, settings: &mut Settings, has_outputs: bool, environment: &Environment) {
    let variables = |name: &str| environment.get(name);
    if !has_outputs {
        settings.outputs = registry::implied(report, &variables);
        return;
    }
    for output in &mut settings.outputs {
        if let Some(target) = output.target.completed(report, &variables) {
            output.target = target;
        }
    }
}

/// The file whose levels are followed, and what stands above them; the file's own layer is the first.
fn level_file(environment: &Environment, layers: &[Option<Layer>]) -> Option<LevelFile> {
    let path = std::path::absolute(environment.get(file::VARIABLE.name())?).ok()?;
    let mut above = SetLevels::default();
    for layer in layers.iter().skip(1).flatten() {
        above.overlay(layer.level, &layer.levels);
    }
    Some(LevelFile { path, above })
}

fn file_layer(environment: &Environment) -> (Option<Layer>, Vec<Problem>) {
    match environment.get(file::VARIABLE.name()) {
        Some(path) => layer_of(path),
        None => (None, Vec::new()),
    }
}

fn layer_of(path: &str) -> (Option<Layer>, Vec<Problem>) {
    // Paths of problems inside the file start with its name.
    let mut report = Report::of_file(path);
    let mut opening = Report::default();
    let layer = file::document(&mut opening, path).map(|document| sections::document(&mut report, &document));
    let mut problems = opening.problems;
    problems.append(&mut report.problems);
    (layer, problems)
}
