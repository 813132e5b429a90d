//! Reads which file of a crate uses which other one, from the source of all its files.
//!
//! A path is followed to the file that *defines* the item, through every re-export and every name that a
//! `use` brought in. These are the rules for parents and children:
//! - `mod child;` is no use, and neither is a `pub use` of something below: a parent may declare its children
//!   and hand their items on.
//! - Whatever else a parent says of its children is a use: a private `use`, a path, a re-exported name that
//!   its own code speaks of as well, and a method that a child adds to a type of the parent's.
//! - A child that imports something defined in its parent's file uses the parent.

use super::Sources;
use super::rust_tokens::{Token, tokens};
use super::rust_uses::{Import, imports};
use std::collections::{BTreeMap, BTreeSet};

pub type Graph = BTreeMap<String, BTreeSet<String>>;
type Path = Vec<String>;

/// A module: a file, or `mod name { … }` inside one.
struct Module {
    file: String,
    imports: Vec<Import>,
    defined: BTreeSet<String>,
}

struct Crate {
    modules: BTreeMap<Path, Module>,
}

/// The tokens of a file, each with the module in which it stands.
struct Placed {
    path: Path,
    tokens: Vec<Token>,
}

/// For each file of the crate whose root folder is `folder` (`core/src/`), the files that it uses.
pub fn uses(folder: &str, sources: &Sources) -> Graph {
    let mut house = Crate { modules: BTreeMap::new() };
    let mut bodies = Vec::new();
    for (file, source) in sources.iter().filter(|(file, _)| file.starts_with(folder)) {
        house.take(file, module_path(folder, file), &tokens(source), &mut bodies);
    }
    let mut graph: Graph =
        house.modules.values().map(|module| (module.file.clone(), BTreeSet::new())).collect();
    for body in &bodies {
        let file = house.modules[&body.path].file.clone();
        let used = house.used_by(body);
        graph.entry(file).or_default().extend(used);
    }
    for (user, method_home) in house.added_methods(&bodies) {
        graph.entry(user).or_default().insert(method_home);
    }
    for (file, used) in &mut graph {
        used.remove(file);
    }
    graph
}

/// `core/src/encode/json.rs` is `encode::json`, `core/src/api/mod.rs` is `api`, `lib.rs` and `main.rs` are the root.
fn module_path(folder: &str, file: &str) -> Path {
    let inside = file[folder.len()..].trim_end_matches(".rs");
    let mut path: Path = inside.split('/').map(str::to_owned).collect();
    if ["mod", "lib", "main"].contains(&path.last().unwrap().as_str()) {
        path.pop();
    }
    path
}

impl Crate {
    /// Takes in a module and those that stand inside it.
    fn take(&mut self, file: &str, path: Path, tokens: &[Token], bodies: &mut Vec<Placed>) {
        let mut own = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let inline = tokens[at].is("mod") && tokens.get(at + 2).is_some_and(|token| token.is("{"));
            if inline {
                let end = closing(tokens, at + 2);
                let mut inner = path.clone();
                inner.push(tokens[at + 1].text.clone());
                self.take(file, inner, &tokens[at + 3..end], bodies);
                at = end + 1;
            } else {
                own.push(tokens[at].clone());
                at += 1;
            }
        }
        let (found, rest) = imports(&own);
        let module = Module { file: file.to_owned(), imports: found, defined: definitions(&rest) };
        self.modules.insert(path.clone(), module);
        bodies.push(Placed { path, tokens: rest });
    }

    fn used_by(&self, body: &Placed) -> BTreeSet<String> {
        let mut used = BTreeSet::new();
        let words: BTreeSet<&str> =
            body.tokens.iter().filter(|token| token.is_word()).map(|token| token.text.as_str()).collect();
        for import in &self.modules[&body.path].imports {
            let target = self.find(&body.path, &import.path, 0);
            let below = target.iter().all(|(path, _)| path.starts_with(&body.path) && *path != body.path);
            let handed_on = import.public && below && !words.contains(import.name.as_str());
            if !handed_on {
                used.extend(target.into_iter().map(|(_, file)| file));
            }
        }
        for path in paths(&body.tokens) {
            used.extend(self.find(&body.path, &path, 0).into_iter().map(|(_, file)| file));
        }
        used
    }

    /// The modules that define what a path in `from` names, with their files; none for another crate's items,
    /// for a name that the module does not know, and for a path that ends at a module, whose items are used
    /// by paths of their own.
    fn find(&self, from: &[String], path: &[String], depth: usize) -> Vec<(Path, String)> {
        let mut at: Path = from.to_vec();
        let mut rest = path;
        let mut anchored = false;
        if depth > 16 {
            return Vec::new(); // two globs that hand each other on
        }
        while let Some(first) = rest.first() {
            match first.as_str() {
                "crate" => at.clear(),
                "self" => {}
                "super" => _ = at.pop(),
                _ => break,
            }
            anchored = true;
            rest = &rest[1..];
        }
        while let Some((name, behind)) = rest.split_first() {
            let child: Path = at.iter().chain([name]).cloned().collect();
            if self.modules.contains_key(&child) {
                (at, rest, anchored) = (child, behind, true);
                continue;
            }
            let Some(module) = self.modules.get(&at) else { return Vec::new() };
            if name == "*" || module.defined.contains(name) {
                return vec![(at.clone(), module.file.clone())];
            }
            let here = (at.clone(), module.file.clone());
            return match self.imported(module, &at, rest, depth) {
                Some(found) => found,
                // A macro may have made the item: the module owns what it is asked for by its path.
                None if anchored => vec![here],
                None => Vec::new(),
            };
        }
        Vec::new()
    }

    /// What the first name of `rest` means by the imports of a module; `None` when they do not bring it in.
    fn imported(
        &self,
        module: &Module,
        at: &[String],
        rest: &[String],
        depth: usize,
    ) -> Option<Vec<(Path, String)>> {
        let (name, behind) = rest.split_first()?;
        let onward = |import: &Import| {
            let mut path = import.path.clone();
            if import.name == "*" {
                path.pop();
                path.push(name.clone());
            }
            path.extend_from_slice(behind);
            if path == rest { Vec::new() } else { self.find(at, &path, depth + 1) }
        };
        let mut named = module.imports.iter().filter(|import| import.name == *name).peekable();
        if named.peek().is_some() {
            return Some(named.flat_map(onward).collect());
        }
        let globs = module.imports.iter().filter(|import| import.name == "*");
        let found: Vec<_> = globs.flat_map(onward).collect();
        (!found.is_empty()).then_some(found)
    }

    /// A file that calls, on `self`, a method which another file adds to one of its types uses that file.
    fn added_methods(&self, bodies: &[Placed]) -> BTreeSet<(String, String)> {
        let mut found = BTreeSet::new();
        for body in bodies {
            let file = &self.modules[&body.path].file;
            for (owner, methods) in added(&body.tokens) {
                for (home, owner_file) in self.find(&body.path, &owner, 0) {
                    let calls = bodies.iter().filter(|other| other.path == home).any(|other| {
                        let own = &self.modules[&home].defined;
                        methods.iter().any(|name| !own.contains(name) && calls_method(&other.tokens, name))
                    });
                    if calls && owner_file != *file {
                        found.insert((owner_file, file.clone()));
                    }
                }
            }
        }
        found
    }
}

/// The place of the `}` that closes the `{` at `open`.
fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.text.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len()
}

/// The names of the items, methods included, that tokens define.
fn definitions(tokens: &[Token]) -> BTreeSet<String> {
    const KEYWORDS: [&str; 8] = ["struct", "enum", "union", "trait", "type", "fn", "const", "static"];
    let named =
        tokens.windows(2).filter(|pair| KEYWORDS.contains(&pair[0].text.as_str()) && pair[1].is_word());
    let macros = tokens.windows(3).filter(|three| three[0].is("macro_rules") && three[1].is("!"));
    named.map(|pair| pair[1].text.clone()).chain(macros.map(|three| three[2].text.clone())).collect()
}

/// Every `a::b::c` of the code, without what stands behind `::<` or before the first name.
fn paths(tokens: &[Token]) -> Vec<Path> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let begins = tokens[at].is_word() && (at == 0 || !tokens[at - 1].is("::"));
        let mut path = Path::new();
        while begins && tokens.get(at).is_some_and(Token::is_word) {
            path.push(tokens[at].text.clone());
            if !tokens.get(at + 1).is_some_and(|token| token.is("::")) {
                break;
            }
            at += 2;
        }
        if path.len() > 1 {
            found.push(path);
        }
        at += 1;
    }
    found
}

/// The types of other files to which `impl Type { … }` adds methods, with the names of those.
fn added(tokens: &[Token]) -> Vec<(Path, Vec<String>)> {
    let mut found = Vec::new();
    for (at, _) in tokens.iter().enumerate().filter(|(_, token)| token.is("impl")) {
        let Some(open) = tokens[at..].iter().position(|token| token.is("{") || token.is(";")) else { break };
        let head = &tokens[at + 1..at + open];
        // Behind `impl` and its parameters: the type. `impl Trait for Type` adds nothing that a file calls
        // without importing the trait.
        let start = if head.first().is_some_and(|token| token.is("<")) {
            let mut depth = 0;
            let end = head.iter().position(|token| {
                depth += i32::from(token.is("<")) - i32::from(token.is(">"));
                depth == 0
            });
            end.map_or(0, |end| end + 1)
        } else {
            0
        };
        let whole = &tokens[at + open..closing(tokens, at + open).min(tokens.len())];
        let of_trait = head.iter().any(|token| token.is("for"));
        let owner: Path = head[start..]
            .iter()
            .take_while(|token| token.is_word() || token.is("::"))
            .filter(|token| token.is_word())
            .map(|token| token.text.clone())
            .collect();
        if !of_trait && !owner.is_empty() {
            found.push((owner, definitions(whole).into_iter().collect()));
        }
    }
    found
}

fn calls_method(tokens: &[Token], name: &str) -> bool {
    tokens.windows(4).any(|four| {
        four[0].is("self") && four[1].is(".") && four[2].is(name) && four[3].is("(")
            || four[0].is("Self") && four[1].is("::") && four[2].is(name)
    })
}
