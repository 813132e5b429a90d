//! Forms: what JavaScript told once about all records of a kind, with the keys resolved.
//! Not for rendering records: see `logger` and `tracer`.

use crate::wire::{kind, style};
use std::sync::Arc;
use vigie_core::host::Key;
use vigie_core::{Logger, Severity, SpanKind, Telemetry};

/// How the value of an attribute stands in the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Str,
    Number,
    Bool,
    Null,
    Tagged,
    Rest,
}

impl Kind {
    pub fn from_number(number: i32) -> Option<Self> {
        match number {
            kind::STR => Some(Self::Str),
            kind::NUM => Some(Self::Number),
            kind::BOOL => Some(Self::Bool),
            kind::NULL => Some(Self::Null),
            kind::TAGGED => Some(Self::Tagged),
            kind::REST => Some(Self::Rest),
            _ => None,
        }
    }
}

/// One attribute of a form.
#[derive(Debug)]
pub struct Member {
    pub name: Box<str>,
    pub kind: Kind,
    /// Resolved under the rules of [`Forms::epoch`].
    pub key: Arc<Key>,
}

/// What the message of a log record is: see `wire::style`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Template,
    Literal,
    Told,
}

impl Style {
    pub fn from_number(number: u32) -> Option<Self> {
        match number {
            style::TEMPLATE => Some(Self::Template),
            style::LITERAL => Some(Self::Literal),
            style::TOLD => Some(Self::Told),
            _ => None,
        }
    }
}

/// What a form belongs to.
#[derive(Debug, Clone)]
pub enum Owner {
    Log { logger: usize, severity: Severity, style: Style, has_error: bool },
    Span { kind: SpanKind, scope: Box<str> },
}

/// What is the same in all records of a kind.
#[derive(Debug)]
pub struct Form {
    pub owner: Owner,
    /// Message or name; travels with each record when there is none.
    pub text: Option<Box<str>>,
    pub members: Box<[Member]>,
}

/// What the writer of lines calls its parts.
#[derive(Debug)]
pub struct Keys {
    pub message: Box<str>,
    pub error: Box<str>,
}

/// All forms and loggers of an environment.
#[derive(Debug, Default, Clone)]
pub struct Forms {
    /// Of the rules that the keys were resolved under.
    pub epoch: u64,
    pub loggers: Vec<Logger>,
    /// What the writers of lines call their parts.
    pub keys: Vec<Arc<Keys>>,
    pub list: Vec<Arc<Form>>,
}

/// A form before its keys are resolved.
pub struct Draft {
    pub owner: Owner,
    pub text: Option<Box<str>>,
    pub members: Vec<(Box<str>, Kind)>,
}

impl Forms {
    /// Adds a form; its number.
    pub fn add(&mut self, telemetry: &Telemetry, draft: Draft) -> usize {
        self.renew(telemetry);
        let Draft { owner, text, members } = draft;
        let members =
            members.into_iter().map(|(name, kind)| Member { key: telemetry.key(&name), name, kind });
        self.list.push(Arc::new(Form { owner, text, members: members.collect() }));
        self.list.len() - 1
    }

    /// Whether the keys were resolved under the rules in force.
    #[inline]
    pub fn is_current(&self, telemetry: &Telemetry) -> bool {
        self.epoch == telemetry.rules_epoch()
    }

    /// Resolves all keys again when the rules have changed.
    pub fn renew(&mut self, telemetry: &Telemetry) {
        if self.is_current(telemetry) {
            return;
        }
        self.epoch = telemetry.rules_epoch();
        for form in &mut self.list {
            let members = form.members.iter().map(|member| Member {
                name: member.name.clone(),
                kind: member.kind,
                key: telemetry.key(&member.name),
            });
            let owner = form.owner.clone();
            *form = Arc::new(Form { owner, text: form.text.clone(), members: members.collect() });
        }
    }
}
