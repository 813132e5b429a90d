//! Masking by key name: whole words, whatever separates them.
//!
//! Not for secrets inside of texts: `assignments` asks here about the keys that stand in them.

use std::collections::HashSet;

type Names = HashSet<String, foldhash::fast::RandomState>;

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

/// The longest listed name in words (`connection string`), plus room for users' own names.
const LONGEST_WORDS: usize = 4;

/// The list of names, the built-in ones and the user's, and the keys that are never masked.
#[derive(Debug, Clone)]
pub(super) struct KeyRedactor {
    names: Names,
    allowed: Names,
    /// The last two characters of the names, by [`ending`]: most keys end in no such two.
    endings: [u64; 16],
}

impl KeyRedactor {
    /// The built-in names and `extra` ones, and keys that are `allowed`, each given in any spelling.
    pub(super) fn new(extra: &[String], allowed: &[String]) -> Self {
        let joined = |given: &[String]| -> Vec<String> {
            given.iter().map(|name| words(name).concat()).filter(|name| !name.is_empty()).collect()
        };
        let names: Names =
            NAMES.iter().chain(&NUMERIC_NAMES).map(|name| (*name).to_owned()).chain(joined(extra)).collect();
        let mut endings = [0; 16];
        for name in &names {
            if let Some((word, bit)) = ending(name.as_bytes())
                && let Some(word) = endings.get_mut(word)
            {
                *word |= bit;
            }
        }
        Self { names, allowed: joined(allowed).into_iter().collect(), endings }
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

    /// What a key inside of a text asks for: its last words have to be a listed name, because nobody knows for sure
    /// that it is a key.
    pub(super) fn mask_in_text(&self, key: &str) -> Mask {
        // Texts that are made to be slow are full of keys, so that one that is none costs no memory.
        let mut joined = Joined::default();
        parts(key, |part| joined.add(part));
        let whole = joined.from(0);
        if !self.allowed.is_empty() && self.allowed.contains(whole) {
            return Mask::Nothing;
        }
        joined.tails().map(|tail| self.named(tail)).max().unwrap_or_default()
    }

    /// Whether a text may end in a key that [`Self::mask_in_text`] knows, by its last two characters.
    #[inline]
    pub(super) fn may_end(&self, text: &[u8]) -> bool {
        ending(text)
            .is_some_and(|(word, bit)| self.endings.get(word).is_some_and(|endings| endings & bit != 0))
    }

    fn allows(&self, words: &[String]) -> bool {
        !self.allowed.is_empty() && self.allowed.contains(&words.concat())
    }

    /// What the names ask for that `words` begin with.
    fn longest(&self, words: &[String]) -> Mask {
        let counts = 1..=LONGEST_WORDS.min(words.len());
        counts
            .filter_map(|count| words.get(..count))
            .map(|name| self.named(&name.concat()))
            .max()
            .unwrap_or_default()
    }

    fn named(&self, joined: &str) -> Mask {
        if NUMERIC_NAMES.contains(&joined) {
            Mask::TextAndNumbers
        } else if self.names.contains(joined) {
            Mask::Text
        } else {
            Mask::Nothing
        }
    }
}

/// The place of the last two characters in a set of 1024, whatever their case; nothing when there are no two.
fn ending(name: &[u8]) -> Option<(usize, u64)> {
    let [a, b] = *name.last_chunk()?;
    let place = usize::from(a & 31) << 5 | usize::from(b & 31);
    Some((place / 64, 1 << (place % 64)))
}

/// A piece of a key, as [`parts`] reads it.
#[derive(Clone, Copy)]
enum Part {
    /// A word begins.
    Word,
    /// One of its letters, in lower case.
    Letter(char),
}

/// Shows the words of a key in lower case, split at `_ - . :`, white space and camelCase humps.
fn parts(key: &str, mut show: impl FnMut(Part)) {
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
            show(Part::Word);
        }
        character.to_lowercase().for_each(|letter| show(Part::Letter(letter)));
        previous = Some(character);
    }
}

fn words(key: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    parts(key, |part| match part {
        Part::Word => words.push(String::new()),
        Part::Letter(letter) => words.last_mut().into_iter().for_each(|word| word.push(letter)),
    });
    words
}

/// The longest key in a text, in bytes.
pub(super) const LONGEST_KEY: usize = 64;

/// The words of a key of a text, joined; letters that are not ASCII, and what is beyond the longest key, are left out.
struct Joined {
    letters: [u8; LONGEST_KEY],
    length: usize,
    /// Where the last words begin, the last one first.
    begins: [usize; LONGEST_WORDS],
    words: usize,
}

impl Default for Joined {
    fn default() -> Self {
        Self { letters: [0; LONGEST_KEY], length: 0, begins: [0; LONGEST_WORDS], words: 0 }
    }
}

impl Joined {
    fn add(&mut self, part: Part) {
        match part {
            Part::Word => {
                self.begins.rotate_right(1);
                self.begins.iter_mut().take(1).for_each(|begin| *begin = self.length);
                self.words += 1;
            }
            Part::Letter(letter) => {
                if let (Ok(letter), Some(place)) = (u8::try_from(letter), self.letters.get_mut(self.length))
                    && letter.is_ascii()
                {
                    *place = letter;
                    self.length += 1;
                }
            }
        }
    }

    fn from(&self, begin: usize) -> &str {
        let letters = self.letters.get(begin..self.length).unwrap_or_default();
        std::str::from_utf8(letters).unwrap_or_default()
    }

    /// The last word, the last two, and so on.
    fn tails(&self) -> impl Iterator<Item = &str> {
        self.begins.iter().take(self.words).map(|begin| self.from(*begin))
    }
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
            assert_eq!(redactor.mask_in_text(key), Mask::Nothing, "{key}");
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
            assert_ne!(redactor.mask_in_text(key), Mask::Nothing, "{key}");
        }
        for key in ["password_file", "token_url", "secret.name", "monkey", "", "y", "badge"] {
            assert_eq!(redactor.mask_in_text(key), Mask::Nothing, "{key}");
        }
        assert_eq!(redactor.mask_in_text("PIN"), Mask::TextAndNumbers);
    }
}
