//! Masking by key name: whole words, whatever separates them.
//!
//! Not for secrets inside values: see `tokens`.

use std::collections::HashSet;

/// What a key asks of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mask {
    /// Nothing.
    Nothing,
    /// Strings and containers are masked, numbers are kept.
    Text,
    /// Numbers are masked too.
    TextAndNumbers,
}

/// Names whose values are masked, as joined words.
const NAMES: [&str; 16] = [
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
];

/// Names under which a number is a secret as well.
const NUMERIC_NAMES: [&str; 4] = ["password", "pin", "cvv", "cvc"];

/// The longest listed name in words (`connection string`), plus room for users' own names.
const LONGEST_WORDS: usize = 4;

/// The list of names, the built-in ones and the user's.
#[derive(Debug, Clone)]
pub struct KeyRedactor {
    names: HashSet<String>,
}

impl KeyRedactor {
    /// The built-in names and `extra` ones, given in any spelling.
    #[must_use]
    pub fn new(extra: &[String]) -> Self {
        let own = extra.iter().map(|name| words(name).concat()).filter(|name| !name.is_empty());
        Self { names: NAMES.iter().map(|name| (*name).to_owned()).chain(own).collect() }
    }

    /// What `key` asks for: it matches when consecutive words of it, joined, are a listed name.
    ///
    /// A key that ends in the word `type` says what kind of secret is meant and holds none: OAuth's
    /// `token_type` and the metric attribute `gen_ai.token.type`, whose masking would put the series
    /// of input and output into one.
    #[must_use]
    pub fn mask(&self, key: &str) -> Mask {
        let words = words(key);
        if words.len() > 1 && words.last().is_some_and(|last| last == "type") {
            return Mask::Nothing;
        }
        let mut found = Mask::Nothing;
        for first in 0..words.len() {
            for count in 1..=LONGEST_WORDS.min(words.len() - first) {
                let joined = words.get(first..first + count).unwrap_or_default().concat();
                if NUMERIC_NAMES.contains(&joined.as_str()) {
                    return Mask::TextAndNumbers;
                }
                if self.names.contains(&joined) {
                    found = Mask::Text;
                }
            }
        }
        found
    }
}

/// Lower-case words of a key, split at `_ - . :`, white space and camelCase humps.
fn words(key: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut previous = None;
    let mut characters = key.chars().peekable();
    while let Some(character) = characters.next() {
        if matches!(character, '_' | '-' | '.' | ':') || character.is_whitespace() {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            previous = None;
            continue;
        }
        let next_is_lower = characters.peek().is_some_and(|next| next.is_lowercase());
        let hump = character.is_uppercase()
            && previous.is_some_and(|before: char| !before.is_uppercase() || next_is_lower);
        if hump {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
        }
        word.extend(character.to_lowercase());
        previous = Some(character);
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_match_in_every_spelling() {
        let redactor = KeyRedactor::new(&["iban".to_owned()]);
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
        let redactor = KeyRedactor::new(&[]);
        assert_eq!(redactor.mask("card_pin"), Mask::TextAndNumbers);
        assert_eq!(redactor.mask("cvv"), Mask::TextAndNumbers);
        assert_eq!(redactor.mask("token"), Mask::Text);
    }
}
