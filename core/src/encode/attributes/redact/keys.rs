//! Masking by key name: whole words, whatever separates them.
//!
//! Not for secrets inside of texts: `assignments` asks here about the keys that stand in them.

use foldhash::fast::RandomState;
use std::collections::{HashMap, HashSet};

/// What a key asks of its value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mask {
    /// Nothing.
    #[default]
    Nothing,
    /// Strings and containers are masked, numbers are kept.
    Text,
    /// Numbers are masked too.
    TextAndNumbers,
}

/// Names whose values are masked, as joined words.
const NAMES: [&str; 20] = [
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
    "credentials",
    "privatekey",
    "accesskey",
    "clientsecret",
    "connectionstring",
    "bearer",
    "accountkey",
    "cardnumber",
    "creditcard",
    "pgpassword",
];

/// Names under which a number is a secret as well.
const NUMERIC_NAMES: [&str; 4] = ["password", "pin", "cvv", "cvc"];

/// Keys that are secret in the query of an address only, in lower case.
pub(super) const QUERY_KEYS: [&str; 4] = ["sig", "signature", "x-amz-signature", "x-goog-signature"];

/// The longest listed name in words (`connection string`), plus room for users' own names.
const LONGEST_WORDS: usize = 4;

/// The list of names, the built-in ones and the user's, and the keys that are never masked.
#[derive(Debug, Clone)]
pub(super) struct KeyRedactor {
    names: HashMap<Vec<u8>, Mask, RandomState>,
    /// The same by their last character, as [`place`] says: texts are looked through from the end of a key.
    by_last: [Vec<(Vec<u8>, Mask)>; 32],
    allowed: HashSet<Vec<u8>, RandomState>,
    /// The last two characters of the names, by [`ending`]: most keys end in no such two.
    endings: [u32; 32],
}

impl KeyRedactor {
    /// The built-in names and `extra` ones, and keys that are `allowed`, each given in any spelling.
    pub(super) fn new(extra: &[String], allowed: &[String]) -> Self {
        let joined = |given: &[String]| -> Vec<Vec<u8>> {
            let joined = given.iter().map(|name| words(name).concat().into_bytes());
            joined.filter(|name| !name.is_empty()).collect()
        };
        let built_in = NAMES.iter().map(|name| name.as_bytes().to_vec());
        let names = built_in.chain(joined(extra)).map(|name| (name, Mask::Text));
        let numeric = NUMERIC_NAMES.iter().map(|name| (name.as_bytes().to_vec(), Mask::TextAndNumbers));
        let names: HashMap<_, _, _> = names.chain(numeric).collect();
        let mut endings = [0; 32];
        for name in names.keys().map(Vec::as_slice).chain(QUERY_KEYS.map(str::as_bytes)) {
            if let Some((place, bit)) = ending(name)
                && let Some(seconds) = endings.get_mut(place)
            {
                *seconds |= bit;
            }
        }
        let mut by_last: [Vec<_>; 32] = Default::default();
        for (name, mask) in &names {
            if let Some(same) = name.last().and_then(|last| by_last.get_mut(place(*last))) {
                same.push((name.clone(), *mask));
            }
        }
        Self { names, by_last, allowed: joined(allowed).into_iter().collect(), endings }
    }

    /// What `key` asks for: it matches when consecutive words of it, joined, are a listed name.
    ///
    /// A key that ends in the word `type` says what kind of secret is meant and holds none: OAuth's
    /// `token_type` and the metric attribute `gen_ai.token.type`, whose masking would put the series
    /// of input and output into one.
    pub(super) fn mask(&self, key: &str) -> Mask {
        let words = words(key);
        if words.len() > 1 && words.last().is_some_and(|last| last == "type") || self.allows(&words) {
            return Mask::Nothing;
        }
        (0..words.len())
            .map(|first| self.longest(words.get(first..).unwrap_or_default()))
            .max()
            .unwrap_or_default()
    }

    /// What a key inside of a text asks for, which is of ASCII: its last words have to be a listed name, because nobody
    /// knows for sure that it is a key.
    pub(super) fn mask_in_text(&self, key: &[u8]) -> Mask {
        if !self.allowed.is_empty() && self.allows_in_text(key) {
            return Mask::Nothing;
        }
        let mut letters = key.iter().rev().filter(|byte| !is_separator(**byte));
        let same = letters.next().and_then(|last| self.by_last.get(place(*last))).into_iter().flatten();
        // Most keys are one word, which is a name or is none.
        let is_word = key.iter().all(|byte| byte.is_ascii_lowercase());
        let asked = same.filter(|(name, _)| if is_word { name == key } else { ends_in(key, name) });
        asked.map(|(_, mask)| *mask).max().unwrap_or_default()
    }

    /// Whether a key inside of a text is one that the user allows.
    fn allows_in_text(&self, key: &[u8]) -> bool {
        let letters = key.iter().filter(|byte| !is_separator(**byte));
        let joined: Vec<u8> = letters.map(u8::to_ascii_lowercase).collect();
        self.allowed.contains(&joined)
    }

    /// Whether a text may end in a key that [`Self::mask_in_text`] knows or in one of [`QUERY_KEYS`], by its last two
    /// characters.
    #[inline]
    pub(super) fn may_end(&self, text: &[u8]) -> bool {
        ending(text)
            .is_some_and(|(place, bit)| self.endings.get(place).is_some_and(|seconds| seconds & bit != 0))
    }

    fn allows(&self, words: &[String]) -> bool {
        !self.allowed.is_empty() && self.allowed.contains(words.concat().as_bytes())
    }

    /// What the names ask for that `words` begin with.
    fn longest(&self, words: &[String]) -> Mask {
        let counts = 1..=LONGEST_WORDS.min(words.len());
        counts
            .filter_map(|count| words.get(..count))
            .map(|name| self.named(name.concat().as_bytes()))
            .max()
            .unwrap_or_default()
    }

    fn named(&self, joined: &[u8]) -> Mask {
        self.names.get(joined).copied().unwrap_or_default()
    }
}

/// The last but one character as a place below 32 and the last one as a bit, whatever their case; nothing when there
/// are no two.
#[inline]
fn ending(name: &[u8]) -> Option<(usize, u32)> {
    let [first, second] = *name.last_chunk()?;
    Some((place(first), 1 << (second & 31)))
}

/// A place for a letter, whatever its case.
#[inline]
fn place(letter: u8) -> usize {
    usize::from(letter & 31)
}

/// The words of a key in lower case, split at `_ - . :`, white space and camelCase humps.
fn words(key: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut previous = None;
    let mut characters = key.chars().peekable();
    while let Some(character) = characters.next() {
        if matches!(character, '_' | '-' | '.' | ':') || character.is_whitespace() {
            previous = None;
            continue;
        }
        let next_is_lower = characters.peek().is_some_and(|next| next.is_lowercase());
        let is_begin = previous
            .is_none_or(|before: char| character.is_uppercase() && (!before.is_uppercase() || next_is_lower));
        if is_begin {
            words.push(String::new());
        }
        words.last_mut().into_iter().for_each(|word| word.extend(character.to_lowercase()));
        previous = Some(character);
    }
    words
}

/// The longest key in a text, in bytes.
pub(super) const LONGEST_KEY: usize = 64;

/// Whether a byte of a key in a text divides words.
fn is_separator(byte: u8) -> bool {
    matches!(byte, b'_' | b'-' | b'.')
}

/// Whether the last words of a key in a text, joined, are `name`, which is in lower case.
fn ends_in(key: &[u8], name: &[u8]) -> bool {
    let mut before = key;
    for letter in name.iter().rev() {
        loop {
            let Some((last, rest)) = before.split_last() else { return false };
            before = rest;
            if last.to_ascii_lowercase() == *letter {
                break;
            }
            if !is_separator(*last) {
                return false;
            }
        }
    }
    let begin = before.len();
    // Each word but the first has a capital or a separator of its own.
    let bounds = key.iter().skip(begin + 1).filter(|byte| !byte.is_ascii_lowercase()).count();
    begins_word(key, begin)
        && (bounds < LONGEST_WORDS
            || (begin..key.len()).filter(|at| begins_word(key, *at)).count() <= LONGEST_WORDS)
}

/// Whether a word of a key in a text begins at `at`, by the same rules as in [`words`].
fn begins_word(key: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| key.get(at)).filter(|before| !is_separator(**before));
    let Some(before) = before else { return key.get(at).is_some_and(|byte| !is_separator(*byte)) };
    let next_is_lower = || key.get(at + 1).is_some_and(u8::is_ascii_lowercase);
    key.get(at).is_some_and(u8::is_ascii_uppercase) && (!before.is_ascii_uppercase() || next_is_lower())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_match_in_every_spelling() {
        let redactor = KeyRedactor::new(&["iban".to_owned()], &[]);
        for key in [
            "password",
            "user_password",
            "userPassword",
            "DB_PASSWD",
            "api-key",
            "apiKey",
            "x.api.key",
            "refresh_token",
            "Authorization",
            "set-cookie",
            "clientSecret",
            "connectionString",
            "AWSSecretKey",
            "private_key",
            "iban",
            "customer_IBAN",
            "http.request.header.authorization",
        ] {
            assert_ne!(redactor.mask(key), Mask::Nothing, "{key}");
        }
        for key in [
            "input_tokens",
            "tokenizer",
            "secretary",
            "passwordless",
            "pinned",
            "keyboard",
            "cookies_eaten",
            "token_type",
            "gen_ai.token.type",
        ] {
            assert_eq!(redactor.mask(key), Mask::Nothing, "{key}");
        }
    }

    #[test]
    fn numbers_are_secret_only_under_a_few_names() {
        let redactor = KeyRedactor::new(&[], &[]);
        assert_eq!(redactor.mask("card_pin"), Mask::TextAndNumbers);
        assert_eq!(redactor.mask("cvv"), Mask::TextAndNumbers);
        assert_eq!(redactor.mask("token"), Mask::Text);
    }

    #[test]
    fn allowed_keys_are_whole_and_come_in_every_spelling() {
        let redactor = KeyRedactor::new(&[], &["Session Token".to_owned(), "cookie".to_owned()]);
        for key in ["session_token", "sessionToken", "SESSION.TOKEN", "cookie"] {
            assert_eq!(redactor.mask(key), Mask::Nothing, "{key}");
            assert_eq!(redactor.mask_in_text(key.as_bytes()), Mask::Nothing, "{key}");
        }
        for key in ["token", "user_session_token", "set-cookie"] {
            assert_eq!(redactor.mask(key), Mask::Text, "{key}");
        }
    }

    #[test]
    fn keys_in_texts_end_in_a_name() {
        let redactor = KeyRedactor::new(&["k".to_owned(), "badge no".to_owned()], &[]);
        for key in ["db.password", "Pwd", "x-api-key", "SharedAccessKey", "AccountKey", "badge_no", "BadgeNo"]
        {
            assert_ne!(redactor.mask_in_text(key.as_bytes()), Mask::Nothing, "{key}");
        }
        for key in ["password_file", "token_url", "secret.name", "monkey", "", "y", "badge"] {
            assert_eq!(redactor.mask_in_text(key.as_bytes()), Mask::Nothing, "{key}");
        }
        assert_eq!(redactor.mask_in_text(b"PIN"), Mask::TextAndNumbers);
    }
}
