//! The one place that handles reach the live pipeline through.
//!
//! Not for building pipelines: the [`Source`] that the telemetry floor hands in does.

use super::levels::LEVEL_UNKNOWN;
use super::meter::{MeterHome, Registry};
use super::names::Names;
use super::pipeline::Pipeline;
use crate::generation::{self, Gate};
use crate::guard::guard;
use arc_swap::{ArcSwap, Guard};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// Makes pipelines when a handle finds that there is none for the present generation.
pub trait Source: Send + Sync {
    /// A pipeline for the first use without `init`: as the environment says.
    fn configure(&self, unconfigured: &Pipeline) -> Pipeline;

    /// A pipeline for a forked child: the same configuration with fresh state.
    fn respawn(&self, inherited: &Pipeline) -> Pipeline;
}

/// What all handles of one telemetry share.
pub struct Hub {
    pipeline: ArcSwap<Pipeline>,
    /// The number of that pipeline, stored behind it.
    in_force: AtomicU64,
    /// A cell for each logger's name.
    levels: Names<Arc<AtomicU8>>,
    gate: Gate,
    source: Box<dyn Source>,
    hook: OnceLock<Box<dyn Fn() + Send + Sync>>,
    hook_ran: AtomicBool,
}

/// The number of the next pipeline of any hub.
static NUMBER: AtomicU64 = AtomicU64::new(1);

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub").field("pipeline", &self.pipeline.load()).finish_non_exhaustive()
    }
}

impl Hub {
    /// A hub without configuration; `source` brings one at first use.
    #[must_use]
    pub fn new(source: Box<dyn Source>) -> Self {
        Self {
            pipeline: ArcSwap::from_pointee(Pipeline::unconfigured()),
            in_force: AtomicU64::new(0),
            levels: Names::default(),
            gate: Gate::new(),
            source,
            hook: OnceLock::new(),
            hook_ran: AtomicBool::new(false),
        }
    }

    /// The pipeline in force. The first call configures, the first call after fork starts anew.
    #[inline]
    pub fn live(&self) -> Guard<Arc<Pipeline>> {
        let pipeline = self.pipeline.load();
        if pipeline.is_current() { pipeline } else { self.renewed() }
    }

    /// Whether `pipeline` is what [`Self::live`] would give. To ask costs less than to get it.
    #[inline]
    pub fn is_live(&self, pipeline: &Pipeline) -> bool {
        pipeline.number == self.in_force.load(Ordering::Acquire) && pipeline.is_current()
    }

    /// The number of the pipeline in force.
    pub fn epoch(&self) -> u64 {
        self.in_force.load(Ordering::Acquire)
    }

    /// Has every logger ask for its level again. In a forked child nobody else would tell a logger that records nothing of a
    /// level that was changed since.
    pub fn forget_levels(&self) {
        self.levels.each(|_, cell| cell.store(LEVEL_UNKNOWN, Ordering::Relaxed));
    }

    /// The pipeline that is there, without configuring anything.
    pub fn peek(&self) -> Arc<Pipeline> {
        self.pipeline.load_full()
    }

    /// The pipeline whose registry counts now, without configuring anything: after fork one with a fresh registry.
    pub fn measuring(&self) -> Guard<Arc<Pipeline>> {
        let pipeline = self.pipeline.load();
        if pipeline.generation == 0 || pipeline.is_current() { pipeline } else { self.renewed() }
    }

    /// Whether what is there was shut down.
    #[inline]
    pub fn is_closed(&self) -> bool {
        self.pipeline.load().closed
    }

    /// The epoch of the rules that are there, without configuring anything.
    #[inline]
    pub fn rules_epoch(&self) -> u64 {
        self.pipeline.load().rules.epoch
    }

    #[cold]
    fn renewed(&self) -> Guard<Arc<Pipeline>> {
        self.gate.pass(|| {
            let stale = self.pipeline.load_full();
            if !stale.is_current() {
                self.put(self.renew(&stale));
            }
        });
        self.configured();
        self.pipeline.load()
    }

    /// Has `hook` run once, after the first configuration.
    pub fn on_configured(&self, hook: Box<dyn Fn() + Send + Sync>) {
        // The first one stays: one binding owns a process.
        let _ = self.hook.set(hook);
    }

    /// Runs the hook if it did not run yet. Outside the gate: it may run code of the host, which may
    /// wait for a thread that waits here.
    pub fn configured(&self) {
        if let Some(hook) = self.hook.get()
            && !self.hook_ran.swap(true, Ordering::AcqRel)
        {
            guard((), hook);
        }
    }

    fn renew(&self, stale: &Arc<Pipeline>) -> Pipeline {
        let generation = generation::current();
        if stale.generation == 0 {
            return Pipeline { generation, ..self.source.configure(stale) };
        }
        if stale.process_id == std::process::id() {
            // Another telemetry of this process opened anew; nothing changed here.
            return Pipeline { generation, ..(**stale).clone() };
        }
        // Inherited through fork: a thread that does not exist here may hold its locks, and the
        // parent still owns what waits in its buffers. It is left alone for ever.
        std::mem::forget(Arc::clone(stale));
        Pipeline { generation, ..self.source.respawn(stale) }
    }

    /// Runs `change` alone and puts in force what it returns; the one before is handed back.
    ///
    /// # Errors
    /// Whatever `change` returns; then nothing changed.
    pub fn replace<E>(
        &self,
        change: impl FnOnce(&Arc<Pipeline>) -> Result<Option<Pipeline>, E>,
    ) -> Result<Arc<Pipeline>, E> {
        self.gate.pass(|| {
            let before = self.pipeline.load_full();
            if let Some(next) = change(&before)? {
                self.put(next);
            }
            Ok(before)
        })
    }

    /// Puts a pipeline in force and tells every logger its level.
    fn put(&self, pipeline: Pipeline) {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let pipeline = Arc::new(Pipeline { number, ..pipeline });
        self.pipeline.store(Arc::clone(&pipeline));
        self.in_force.store(number, Ordering::Release);
        self.levels.each(|name, cell| cell.store(pipeline.threshold(name), Ordering::Relaxed));
    }

    /// The cell that holds the least severity which the logger `name` records.
    pub fn level_cell(&self, name: &str) -> Arc<AtomicU8> {
        let mut is_new = false;
        let cell = self.levels.get_or_insert(name, || {
            is_new = true;
            Arc::new(AtomicU8::new(LEVEL_UNKNOWN))
        });
        if !is_new {
            return cell;
        }
        // After the cell is known to `put`, and again when the pipeline changed meanwhile, so that no
        // change of level is missed.
        loop {
            let pipeline = self.pipeline.load_full();
            // In a forked child it says what held for the parent: the first record asks again.
            let level = if pipeline.is_current() { pipeline.threshold(name) } else { LEVEL_UNKNOWN };
            cell.store(level, Ordering::Relaxed);
            if Arc::ptr_eq(&pipeline, &self.pipeline.load()) {
                return cell;
            }
        }
    }
}

impl MeterHome for Hub {
    fn registry(&self) -> Arc<Registry> {
        Arc::clone(&self.measuring().registry)
    }

    fn open(&self) -> bool {
        let pipeline = self.live();
        let records = !pipeline.closed && !pipeline.is_off();
        if records && let Some(schedule) = &pipeline.schedule {
            schedule.start();
        }
        records
    }
}
