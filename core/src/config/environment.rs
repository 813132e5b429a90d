//! The environment variables that matter, read once and handed in.
//! Not for their meaning: see `variables` (`VIGIE_*`) and `otel` (`OTEL_*`).

use super::declarative::variable;
use super::surroundings::{Runtime, variables as surroundings};
use crate::model::propagation;
use std::collections::BTreeMap;
use std::fmt;

/// A copy of the environment variables that Vigie reads: `VIGIE_*`, `OTEL_*`, those that carry context, such as
/// `TRACEPARENT`, and those that tell where a process runs, such as `POD_NAME`. Others are kept only where
/// `OTEL_CONFIG_FILE` names a file, which may refer to any of them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    others: Others,
    program: Option<String>,
    runtime: Option<Runtime>,
}

/// Names alone, and how many other variables there are: credentials may be among the values.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} and {} other variables", self.variables.keys(), self.others.0.len())
    }
}

/// Variables that are not ours.
#[derive(Clone, Default, PartialEq, Eq)]
struct Others(BTreeMap<String, String>);

impl Environment {
    /// This process's own environment and program name.
    #[must_use]
    pub fn process() -> Self {
        let pairs = std::env::vars_os()
            .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()));
        let mut environment = Self::from_pairs(pairs);
        environment.program = std::env::args_os()
            .next()
            .and_then(|path| Some(std::path::Path::new(&path).file_stem()?.to_string_lossy().into_owned()));
        environment
    }

    /// A host's own copy of the environment, such as `process.env`; other variables are ignored.
    #[must_use]
    pub fn from_pairs<N, V>(pairs: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: Into<String>,
        V: Into<String>,
    {
        let all = pairs.into_iter().map(|(name, value)| (name.into(), value.into()));
        let (variables, mut others): (BTreeMap<String, String>, BTreeMap<String, String>) =
            all.filter(|(_, value)| !value.trim().is_empty()).partition(|(name, _)| is_ours(name));
        if !variable::VARIABLE.names.iter().any(|name| variables.contains_key(*name)) {
            others.clear();
        }
        Self { variables, others: Others(others), program: None, runtime: None }
    }

    /// No variables and no program name.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// The same with another program name: the default of `service`, such as a script's name where the process
    /// itself is an interpreter.
    #[must_use]
    pub fn with_program(mut self, name: impl Into<String>) -> Self {
        self.program = Some(name.into());
        self
    }

    /// The same with what runs the program, which the setting `enrich` tells on demand.
    #[must_use]
    pub fn with_runtime(mut self, runtime: Runtime) -> Self {
        self.runtime = Some(runtime);
        self
    }

    /// The names of the variables that are read besides those that begin with `VIGIE_` and `OTEL_`.
    pub fn other_names() -> impl Iterator<Item = &'static str> {
        propagation::variables().chain(surroundings::all())
    }

    /// A variable's value; a variable that is empty counts as not set, as the specification demands.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// What runs the program.
    pub(super) fn runtime(&self) -> Option<&Runtime> {
        self.runtime.as_ref()
    }

    /// Any variable that the process was given, for a file that may refer to it.
    pub(super) fn any(&self, name: &str) -> Option<&str> {
        self.get(name).or_else(|| self.others.0.get(name).map(String::as_str))
    }

    /// The name of the program, or the specification's word for not knowing.
    #[must_use]
    pub fn program(&self) -> &str {
        self.program.as_deref().filter(|name| !name.is_empty()).unwrap_or("unknown_service")
    }
}

fn is_ours(name: &str) -> bool {
    name.starts_with("VIGIE_")
        || name.starts_with("OTEL_")
        || Environment::other_names().any(|variable| variable == name)
}
