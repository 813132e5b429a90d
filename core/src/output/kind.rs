//! What makes a kind of output: its name, its settings, how it opens, and who may wait for it.

use super::exporter::Exporter;
use crate::document::report::{Object, Report};
use crate::document::setting::Setting;
use crate::document::variable::Variable;
use crate::encode::attributes::key::Rules;
use crate::encode::prometheus::{Escaping, Format};
use crate::encode::record::Encoder;
use crate::model::resource::Resource;
use crate::model::signal::{Signal, SignalSet};
use crate::stats::Counts;
use std::any::Any;
use std::fmt::Debug;
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// What [`Target::stall`] is unless the settings say otherwise.
pub(super) const DEFAULT_STALL: Duration = Duration::from_secs(1);

/// What the environment says, by the name of a variable.
pub type Variables<'a> = dyn Fn(&str) -> Option<&'a str> + 'a;

/// Who may wait for an output whose buffer is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// The thread that records, as long as the far side moves: it is on this machine.
    ForRoom,
    /// Nobody: the far side is a network, and what does not fit is dropped.
    Never,
}

/// A kind of output, known by its name to the configuration.
pub trait OutputKind: Debug + Send + Sync {
    /// The word under `to` in the configuration, and in the books.
    fn name(&self) -> &'static str;

    /// The signals that an output of this kind takes unless its `signals` say otherwise.
    fn default_signals(&self) -> SignalSet;

    /// The signals that it can take at all.
    fn carries(&self) -> SignalSet {
        SignalSet::ALL
    }

    /// Who may wait when its buffer is full.
    fn waiting(&self) -> Waiting;

    /// The keys that it has besides `to` and `signals`.
    fn settings(&self) -> &'static [Setting];

    /// Reads those settings, and no others: `object` gives only what [`Self::settings`] describes. Every mistake goes
    /// into the report; nothing is opened.
    fn read(&self, report: &mut Report, object: &Object<'_>) -> Option<Arc<dyn Target>>;

    /// The variables of the environment that say something of outputs of this kind.
    fn variables(&self) -> &'static [Variable] {
        &[]
    }

    /// The outputs of this kind that variables of the environment ask for where no outputs are configured.
    fn implied(&self, _: &mut Report, _: &Variables<'_>) -> Vec<(Arc<dyn Target>, SignalSet)> {
        Vec::new()
    }
}

/// The settings of one output, ready to be opened. Compared as a whole: they are plain data.
pub trait Target: Same + Debug + Send + Sync {
    /// How the books call it.
    fn label(&self) -> String;

    /// What no other output may have too, and the key that names it.
    fn claim(&self) -> Option<Claim> {
        None
    }

    /// How long its far side may accept nothing before records are dropped instead of waiting for it, where the
    /// kind lets anybody wait.
    fn stall(&self) -> Duration {
        DEFAULT_STALL
    }

    /// The same with what variables of the environment say where the settings say nothing; mistakes go into the
    /// report. Nothing where no variable matters.
    fn completed(&self, _: &mut Report, _: &Variables<'_>) -> Option<Arc<dyn Target>> {
        None
    }

    /// Whether each signal gets an output of its own, with its own queue, thread and books: its far side has another
    /// place for each, and one that fails must not hold up the others.
    fn is_per_signal(&self) -> bool {
        false
    }

    /// Whether what it is given is kept on this machine first, so that who records may wait for that.
    fn is_spooled(&self) -> bool {
        false
    }

    /// Which points of metrics it gets, and when.
    fn temporality(&self) -> Temporality {
        Temporality::Cumulative
    }

    /// Opens it.
    ///
    /// # Errors
    /// When the operating system refuses.
    fn open(&self, around: &Around<'_>) -> io::Result<Opened>;
}

/// Which points of metrics an output gets, and when, besides those of a flush.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Temporality {
    /// What was measured since the beginning, as often as the setting `metrics` says.
    Cumulative,
    /// What was measured since the last collection, every second. It is taken once for all outputs that want it.
    Delta,
}

/// Something that one output has for itself alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The key under which the configuration names it.
    pub key: &'static str,
    /// What it is.
    pub what: String,
}

/// What every output of a telemetry shares.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The signals that come; a single one where [`Target::is_per_signal`].
    pub signals: SignalSet,
    /// What the process says of itself.
    pub resource: &'a Resource,
    /// Limits and redaction.
    pub rules: &'a Arc<Rules>,
    /// Where changes and refusals are counted.
    pub counts: &'a Arc<Counts>,
    /// The metrics, for far sides that ask for them.
    pub metrics: &'a Arc<dyn Collection>,
    /// Whether a far side that cannot be opened now is tried again later, because nobody is there to be told.
    pub is_lenient: bool,
    /// Whether it is opened to be tried with one batch and no more: nothing that other processes left is taken over then,
    /// and nothing is kept for later.
    pub is_trial: bool,
}

/// The metrics of a telemetry as they are at the moment of asking. Two are the same when they are of one telemetry.
pub trait Collection: Same + Debug + Send + Sync {
    /// The exposition of all instruments.
    fn exposition(&self, format: Format, escaping: Escaping) -> String;
}

/// When records leave an output's buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    /// Soon, by the worker.
    Buffered,
    /// Before the recording call returns.
    WriteThrough,
    /// Never: they are dropped as soon as they are encoded.
    Discarded,
    /// Never, and none is encoded for it: its far side asks for what there is.
    Asked,
}

/// An output's parts once it is open.
pub struct Opened {
    /// The format of its records.
    pub encoder: Arc<dyn Encoder>,
    /// Its far side.
    pub exporter: Box<dyn Exporter>,
    /// When records leave its buffer.
    pub passage: Passage,
    /// Where its records can be read again, if anywhere.
    pub kept: Option<Arc<dyn Kept>>,
}

/// Records that an output keeps for whoever asks.
pub trait Kept: Debug + Send + Sync {
    /// All of them so far, each as a text without its line end.
    fn lines(&self) -> Vec<String>;
}

/// Comparison of values whose type is not known.
pub trait Same: Any {
    /// Whether `other` is of the same type and equal.
    fn same(&self, other: &dyn Any) -> bool;
}

impl<T: PartialEq + 'static> Same for T {
    fn same(&self, other: &dyn Any) -> bool {
        other.downcast_ref::<T>() == Some(self)
    }
}

/// One entry of `outputs`.
#[derive(Clone, Debug)]
pub struct OutputSettings {
    /// What kind of output.
    pub kind: &'static dyn OutputKind,
    /// Its own settings.
    pub target: Arc<dyn Target>,
    /// What it takes.
    pub signals: SignalSet,
}

impl OutputSettings {
    /// One entry for each output that is opened.
    pub(crate) fn divided(&self) -> Vec<Self> {
        let whole = std::slice::from_ref(&self.signals);
        let single = Signal::ALL.map(|signal| SignalSet::default().with(signal));
        let parts = if self.target.is_per_signal() { &single[..] } else { whole };
        let taken = parts.iter().filter(|part| self.signals.has_any(**part));
        taken.map(|signals| Self { signals: *signals, ..self.clone() }).collect()
    }

    /// How the books call it.
    pub(crate) fn label(&self) -> String {
        let label = self.target.label();
        match self.signals.iter().next().filter(|_| self.target.is_per_signal()) {
            Some(signal) => format!("{label}:{}", signal.as_str()),
            None => label,
        }
    }
}

impl PartialEq for OutputSettings {
    fn eq(&self, other: &Self) -> bool {
        let theirs: &dyn Any = &*other.target;
        self.kind.name() == other.kind.name() && self.signals == other.signals && self.target.same(theirs)
    }
}
