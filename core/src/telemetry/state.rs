//! What telemetry remembers of its set-up, and how pipelines come from it on demand.
//!
//! Not for opening outputs: see `build`.

use super::build;
use crate::api::hub::{Hub, Source};
use crate::api::pipeline::Pipeline;
use crate::config::{Environment, Settings};
use crate::document::absence::{self, Absence};
use crate::model::context::Context;
use crate::platform;
use arc_swap::{ArcSwapOption, Guard};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// The settings in force and where they came from.
#[derive(Debug)]
pub(super) struct Chosen {
    pub(super) settings: Arc<Settings>,
    /// Whether `init` configured; otherwise first use did.
    pub(super) explicit: bool,
    pub(super) initial_context: Context,
}

/// The memory of one telemetry.
#[derive(Debug, Default)]
pub(super) struct State {
    chosen: ArcSwapOption<Chosen>,
    /// A host's own copy of the environment, for first use without `init`.
    host_environment: ArcSwapOption<Environment>,
    /// What was said on standard error of what has no equal here.
    told: Mutex<Vec<Absence>>,
}

impl State {
    pub(super) fn choose(&self, settings: &Arc<Settings>, environment: &Environment, explicit: bool) {
        if !settings.disabled {
            self.tell(&settings.absences);
        }
        let initial_context = super::carry::from_environment(settings, environment);
        let chosen = Chosen { settings: Arc::clone(settings), explicit, initial_context };
        self.chosen.store(Some(Arc::new(chosen)));
    }

    /// Says once what was asked for and has no equal here.
    fn tell(&self, absences: &[Absence]) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let new: Vec<_> = absences.iter().filter(|absence| !told.contains(absence)).cloned().collect();
        if let Some(text) = absence::told(&new) {
            platform::complain(&text);
        }
        told.extend(new);
    }

    pub(super) fn set_host_environment(&self, environment: Environment) {
        self.host_environment.store(Some(Arc::new(environment)));
    }

    fn environment(&self) -> Arc<Environment> {
        self.host_environment.load_full().unwrap_or_else(|| Arc::new(Environment::process()))
    }

    pub(super) fn chosen(&self) -> Option<Arc<Chosen>> {
        self.chosen.load_full()
    }

    pub(super) fn settings(&self) -> Option<Arc<Settings>> {
        self.chosen().map(|chosen| Arc::clone(&chosen.settings))
    }

    /// What was chosen, without counting references.
    pub(super) fn lent(&self) -> Guard<Option<Arc<Chosen>>> {
        self.chosen.load()
    }

    /// Lends the initial context without counting references.
    pub(super) fn with_initial_context<T>(&self, use_it: impl FnOnce(&Context) -> T) -> T {
        static NONE: Context = Context::root();
        use_it(self.chosen.load().as_ref().map_or(&NONE, |chosen| &chosen.initial_context))
    }

    pub(super) fn initial_context(&self) -> Context {
        self.chosen().map(|chosen| chosen.initial_context.clone()).unwrap_or_default()
    }
}

/// Builds pipelines when a handle finds none that is current.
pub(super) struct Builder {
    pub(super) state: Arc<State>,
    pub(super) hub: Weak<Hub>,
}

impl Source for Builder {
    fn configure(&self, unconfigured: &Pipeline) -> Pipeline {
        let environment = self.state.environment();
        let (settings, mistakes) = Settings::resolve_leniently(&environment);
        if let Some(mistakes) = mistakes {
            platform::complain(&format!(
                "the environment's configuration is wrong, defaults apply: {mistakes}"
            ));
        }
        let settings = Arc::new(settings);
        self.state.choose(&settings, &environment, false);
        let parts = build::Parts::of(&settings).with_registry_of(unconfigured);
        parts.open_leniently(&settings, &self.hub, false)
    }

    fn respawn(&self, inherited: &Pipeline) -> Pipeline {
        let Some(settings) = self.state.settings() else { return inherited.clone() };
        let parts = build::Parts::of(&settings).with_fresh_registry_of(inherited).with_levels_of(inherited);
        // A child may end by `_exit`, which runs no hook: what it records is written at once.
        parts.open_leniently(&settings, &self.hub, true)
    }
}
