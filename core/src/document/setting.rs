//! One key of an object of the document: what the reader checks it against, and what the documentation says of it.

use std::fmt::Debug;
use std::time::Duration;

/// A key.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name.
    pub key: &'static str,
    /// What its value may be.
    pub takes: Takes,
    /// What holds without it, as the documentation shows it; empty where the settings in force tell it.
    pub default: &'static str,
    /// An example that is not the default, as JSON.
    pub example: &'static str,
    /// What it does.
    pub about: &'static str,
    /// Whether an object without it is refused.
    pub is_required: bool,
    /// Whether it is there.
    pub standing: Standing,
}

/// Whether a key does anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Built,
    /// The product knows it and this build does not have it: a named error.
    Unbuilt,
    /// A document of another maker's has it, and there is no equal here: it changes nothing, and is told of once.
    Absent,
}

impl Setting {
    /// A key that may be left out.
    #[must_use]
    pub const fn new(key: &'static str, takes: Takes, example: &'static str, about: &'static str) -> Self {
        Self { key, takes, default: "", example, about, is_required: false, standing: Standing::Built }
    }

    /// The same with what holds without it.
    #[must_use]
    pub const fn without(mut self, default: &'static str) -> Self {
        self.default = default;
        self
    }

    /// The same, and it has to be given.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// A key that the product knows and this build does not have.
    #[must_use]
    pub const fn unbuilt(key: &'static str, about: &'static str) -> Self {
        let row = Self::new(key, Takes::Other("not built yet"), "", about);
        Self { standing: Standing::Unbuilt, ..row }
    }

    /// A key of another maker's document that has no equal here, with what there is instead.
    #[must_use]
    pub const fn absent(key: &'static str, instead: &'static str) -> Self {
        let row = Self::new(key, Takes::Other("anything"), "", instead);
        Self { standing: Standing::Absent, ..row }
    }

    /// Whether it does anything.
    #[must_use]
    pub fn is_built(&self) -> bool {
        self.standing == Standing::Built
    }
}

/// What a value may be.
#[derive(Debug, Clone, Copy)]
pub enum Takes {
    /// A string that is not blank, described in the words of an error message.
    Text(&'static str),
    /// True or false.
    Flag,
    /// A number from 0 to 1.
    Share,
    /// A whole number from the first to the second.
    Whole(u64, u64),
    /// A size in bytes, or a string with a unit, from the first to the second.
    Size(u64, u64),
    /// A duration in seconds, or a string with a unit, from the first to the second.
    Duration(Duration, Duration),
    /// One of a closed list of words.
    Choice {
        /// The words.
        known: &'static dyn Names,
        /// Words that the product knows and this build does not.
        unbuilt: &'static [&'static str],
    },
    /// A list.
    List {
        /// What each element may be.
        of: &'static Takes,
        /// What the list is, in the words of an error message; `{}` stands for the words of the elements' choice.
        words: &'static str,
    },
    /// An object with these keys.
    Object(&'static [Setting]),
    /// An object with keys of the user's own.
    Map {
        /// What each member may be.
        of: &'static Takes,
        /// What the object is, in the words of an error message.
        words: &'static str,
    },
    /// What the key's own reader accepts, in the words of an error message.
    Other(&'static str),
}

impl Takes {
    /// What is accepted, in the words of an error message.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Text(words) | Self::Map { words, .. } | Self::Other(words) => (*words).to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Share => "a number from 0 to 1".to_owned(),
            Self::Whole(least, most) => format!("a whole number from {least} to {most}"),
            Self::Size(least, most) => {
                format!("a size from {least} to {most} bytes, such as 65536 or \"64KiB\"")
            }
            Self::Duration(least, most) => {
                format!("a duration from {least:?} to {most:?}, such as \"5s\" or 5 (seconds)")
            }
            Self::Choice { known, .. } => known.names().join(", "),
            Self::List { of, words } => match of {
                Self::Choice { .. } => words.replace("{}", &of.words()),
                _ => (*words).to_owned(),
            },
            Self::Object(settings) => {
                format!("an object with the keys {}", built(settings.iter()).join(", "))
            }
        }
    }

    /// Words that the product knows and this build does not.
    #[must_use]
    pub fn unbuilt(&self) -> &'static [&'static str] {
        match self {
            Self::Choice { unbuilt, .. } => unbuilt,
            Self::List { of, .. } => of.unbuilt(),
            _ => &[],
        }
    }
}

/// The keys of the settings that this build has.
pub(super) fn built<'s>(settings: impl Iterator<Item = &'s Setting>) -> Vec<&'static str> {
    settings.filter(|setting| setting.is_built()).map(|setting| setting.key).collect()
}

/// The words of a choice.
pub trait Names: Debug + Sync {
    /// All of them, in the order in which users are told of them.
    fn names(&self) -> Vec<&'static str>;
}

impl<T: Debug + Sync, const N: usize> Names for [(&'static str, T); N] {
    fn names(&self) -> Vec<&'static str> {
        self.iter().map(|(name, _)| *name).collect()
    }
}
