//! Reads `use` statements of Rust into one import for each name.

use super::rust_tokens::Token;

/// `pub use a::{b as c}` is the path `a::b` under the name `c`; a glob has the name `*`.
#[derive(Debug, PartialEq)]
pub struct Import {
    pub path: Vec<String>,
    pub name: String,
    pub public: bool,
}

/// The imports among tokens, and the tokens that are in no `use`.
pub fn imports(tokens: &[Token]) -> (Vec<Import>, Vec<Token>) {
    let mut found = Vec::new();
    let mut rest = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        // `impl Trait + use<'a>` names lifetimes and imports nothing.
        if !tokens[at].is("use") || tokens.get(at + 1).is_some_and(|token| token.is("<")) {
            rest.push(tokens[at].clone());
            at += 1;
            continue;
        }
        let public = at > 0 && (tokens[at - 1].is("pub") || tokens[at - 1].is(")"));
        at += 1;
        tree(tokens, &mut at, &[], public, &mut found);
    }
    (found, rest)
}

/// Reads one tree, `at` is left behind it.
fn tree(tokens: &[Token], at: &mut usize, before: &[String], public: bool, found: &mut Vec<Import>) {
    let mut path = before.to_vec();
    let mut name = None;
    while let Some(token) = tokens.get(*at) {
        match token.text.as_str() {
            "{" => {
                *at += 1;
                while tokens.get(*at).is_some_and(|token| !token.is("}")) {
                    tree(tokens, at, &path, public, found);
                    *at += usize::from(tokens.get(*at).is_some_and(|token| token.is(",")));
                }
                *at += 1;
                return;
            }
            "," | "}" | ";" => break,
            "as" => {
                name = tokens.get(*at + 1).map(|token| token.text.clone());
                *at += 1;
            }
            "::" => {}
            // `{self, a}` is the module itself.
            "self" if !path.is_empty() => {}
            text => path.push(text.to_owned()),
        }
        *at += 1;
    }
    if let Some(last) = path.last() {
        found.push(Import { name: name.unwrap_or_else(|| last.clone()), path, public });
    }
}
