//! Errors of set-up: what was wrong, with which value, and what is accepted, all at once.
//! Not for recording: recording never fails, it counts (see `stats`).

use std::fmt;

/// The result of everything that may refuse: configuration, instrument creation, reading JSON.
pub type Result<T> = std::result::Result<T, Error>;

/// The class of an [`Error`], stable for bindings that map it to an exception type or a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCode {
    /// The configuration document or the environment holds something that is not accepted.
    Config,
    /// Initialised already, with other settings.
    Already,
    /// An argument of a call is not accepted (a name, a kind, a bound, an identifier).
    Argument,
    /// Used after `shutdown`.
    Closed,
    /// Text that should be JSON is not.
    Json,
    /// Bytes that should be UTF-8 are not.
    Utf8,
    /// A hard limit of the product was exceeded.
    Limit,
    /// The operating system refused.
    Io,
}

impl ErrorCode {
    /// The lower-case name, the same in every language.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Already => "already",
            Self::Argument => "argument",
            Self::Closed => "closed",
            Self::Json => "json",
            Self::Utf8 => "utf8",
            Self::Limit => "limit",
            Self::Io => "io",
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// Where: a path into the configuration such as `outputs[1].path`, an environment variable, an argument's name.
    pub key: String,
    /// What was found, fit to be printed: secrets masked, controls escaped, long text cut.
    pub value: String,
    /// What would have been accepted; empty when nothing useful can be said.
    pub accepted: String,
}

impl Problem {
    /// A problem with `value` found at `key`.
    ///
    /// The value is masked when the key's name suggests a secret; user-info inside URLs is always masked.
    #[must_use]
    pub fn new(key: impl Into<String>, value: &str, accepted: impl Into<String>) -> Self {
        let key = printable(&key.into());
        let value = if names_a_secret(&key) && !value.is_empty() {
            MASK.to_owned()
        } else {
            printable(&mask_user_info(value))
        };
        Self { key, value, accepted: accepted.into() }
    }

    /// A problem whose `finding` is the product's own words (such as "missing"), so that nothing needs masking.
    #[must_use]
    pub fn finding(key: impl Into<String>, finding: impl Into<String>, accepted: impl Into<String>) -> Self {
        Self { key: printable(&key.into()), value: finding.into(), accepted: accepted.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        if !self.key.is_empty() {
            f.write_str(&self.key)?;
            separator = ": ";
        }
        if !self.value.is_empty() {
            write!(f, "{separator}{}", self.value)?;
            separator = "; ";
        }
        if !self.accepted.is_empty() {
            write!(f, "{separator}accepted: {}", self.accepted)?;
        }
        Ok(())
    }
}

/// A refusal that lists every problem that was found, not only the first.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Error {
    /// Every problem, in the order of the document.
    pub problems: Vec<Problem>,
    code: ErrorCode,
}

impl Error {
    /// An error of several problems.
    #[must_use]
    pub fn new(code: ErrorCode, problems: Vec<Problem>) -> Self {
        Self { problems, code }
    }

    /// The class of this error.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        self.code
    }

    /// An error of one problem.
    #[must_use]
    pub fn one(code: ErrorCode, problem: Problem) -> Self {
        Self::new(code, vec![problem])
    }

    /// An argument that is not accepted.
    #[must_use]
    pub fn argument(key: impl Into<String>, value: &str, accepted: impl Into<String>) -> Self {
        Self::one(ErrorCode::Argument, Problem::new(key, value, accepted))
    }

    /// Already initialised; `keys` are the top-level settings that differ.
    #[must_use]
    pub fn already<K: Into<String>>(keys: impl IntoIterator<Item = K>) -> Self {
        let accepted = "the settings of the first init, or reconfigure() to change them on purpose";
        let problems = keys
            .into_iter()
            .map(|key| Problem::finding(key, "differs from the first init", accepted))
            .collect();
        Self::new(ErrorCode::Already, problems)
    }

    /// Something was used after shutdown.
    #[must_use]
    pub fn closed(what: impl Into<String>) -> Self {
        Self::one(ErrorCode::Closed, Problem::finding(what, "used after shutdown", "init() opens anew"))
    }

    /// Text is not JSON; `offset_bytes` counts from its start, `expected` says what should stand there.
    #[must_use]
    pub fn json(offset_bytes: usize, expected: impl Into<String>) -> Self {
        Self::one(
            ErrorCode::Json,
            Problem::finding("JSON", format!("not valid at byte {offset_bytes}"), expected),
        )
    }

    /// Bytes are not UTF-8; `offset_bytes` is where the first bad sequence starts.
    #[must_use]
    pub fn utf8(key: impl Into<String>, offset_bytes: usize) -> Self {
        Self::one(
            ErrorCode::Utf8,
            Problem::finding(key, format!("not UTF-8 at byte {offset_bytes}"), "UTF-8"),
        )
    }

    /// A hard limit was exceeded.
    #[must_use]
    pub fn limit(key: impl Into<String>, value: &str, accepted: impl Into<String>) -> Self {
        Self::one(ErrorCode::Limit, Problem::new(key, value, accepted))
    }

    /// The operating system refused; `key` says what was tried, such as a path.
    #[must_use]
    pub fn io(key: impl Into<String>, error: &std::io::Error) -> Self {
        Self::one(ErrorCode::Io, Problem::finding(key, error.to_string(), ""))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, problem) in self.problems.iter().enumerate() {
            if position > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

const MASK: &str = "[redacted]";
const LONGEST_VALUE_CHARS: usize = 200;

// Deliberately broader than the redaction of records (substrings, not whole words): a mask too many in
// a set-up error costs nothing, a secret printed at start-up ends in a terminal or a CI log.
const SECRET_WORDS: [&str; 15] = [
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "authorization",
    "cookie",
    "credential",
    "privatekey",
    "accesskey",
    "hashkey",
    "connectionstring",
    "bearer",
];

fn names_a_secret(key: &str) -> bool {
    let joined: String = key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    SECRET_WORDS.iter().any(|word| joined.contains(word))
}

/// Replaces what stands between `://` and the last `@` of each URL's authority.
fn mask_user_info(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        out.push_str(before);
        out.push_str("://");
        let authority_end = after
            .find(|c: char| c == '/' || c == '?' || c == '#' || c.is_whitespace())
            .unwrap_or(after.len());
        let (authority, tail) = after.split_at(authority_end);
        match authority.rsplit_once('@') {
            Some((_, host)) => {
                out.push_str(MASK);
                out.push('@');
                out.push_str(host);
            }
            None => out.push_str(authority),
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// Controls escaped, so that a value cannot forge a second line, and long text cut.
pub(crate) fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(LONGEST_VALUE_CHARS));
    for (count, c) in text.chars().enumerate() {
        if count == LONGEST_VALUE_CHARS {
            out.push_str("[truncated]");
            break;
        }
        let hidden = matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if c.is_control() || hidden { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

#[cfg(test)]
#[path = "error_tests.rs"]
mod tests;
