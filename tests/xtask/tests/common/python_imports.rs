//! Reads which file of a Python package imports which other one.

use super::Sources;
use std::collections::{BTreeMap, BTreeSet};

/// One `import` line: the module that it names, with its leading dots, and the names taken from it.
pub struct Import {
    pub module: String,
    pub names: Vec<String>,
}

/// All imports of a file, those inside functions too.
pub fn imports(source: &str) -> Vec<Import> {
    let mut found = Vec::new();
    let mut lines = source.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    while let Some(line) = lines.next() {
        if let Some((module, names)) = line.strip_prefix("from ").and_then(|rest| rest.split_once(" import "))
        {
            let mut names = names.to_owned();
            while names.starts_with('(') && !names.contains(')') {
                let Some(more) = lines.next() else { break };
                names.push_str(more);
            }
            found.push(Import { module: module.trim().to_owned(), names: listed(&names) });
        } else if let Some(modules) = line.strip_prefix("import ") {
            let modules = listed(modules).into_iter();
            found.extend(modules.map(|module| Import { module, names: Vec::new() }));
        }
    }
    found
}

/// `(a, b as c)` is `a` and `b`.
fn listed(names: &str) -> Vec<String> {
    let names = names.trim_matches(['(', ')', ' ']).split(',');
    let names = names.filter_map(|name| name.split_whitespace().next());
    names.map(str::to_owned).collect()
}

/// For each file of the package in `folder` (`…/python/vigie/`), the files that it imports.
pub fn uses(folder: &str, sources: &Sources) -> BTreeMap<String, BTreeSet<String>> {
    let package = folder.trim_end_matches('/').rsplit('/').next().unwrap();
    let above = &folder[..folder.len() - package.len() - 1];
    let mut graph = BTreeMap::new();
    for (file, source) in sources.iter().filter(|(file, _)| file.starts_with(folder) && file.ends_with(".py"))
    {
        let mut used = BTreeSet::new();
        for import in imports(source) {
            let dots = import.module.len() - import.module.trim_start_matches('.').len();
            let base = if dots == 0 {
                above.trim_end_matches('/').to_owned()
            } else {
                file.rsplitn(dots + 1, '/').last().unwrap().to_owned()
            };
            let module = import.module.trim_start_matches('.').replace('.', "/");
            let module = if module.is_empty() { base } else { format!("{base}/{module}") };
            let own = import.names.is_empty().then(|| module.clone());
            let named = import.names.iter().map(|name| format!("{module}/{name}"));
            // A name that is no module of its own comes from the package's or the module's file.
            let files = own
                .into_iter()
                .chain(named)
                .filter_map(|name| file_of(&name, sources).or_else(|| file_of(&module, sources)));
            used.extend(files);
        }
        used.remove(file);
        graph.insert(file.clone(), used);
    }
    graph
}

fn file_of(module: &str, sources: &Sources) -> Option<String> {
    [".py", ".pyi", "/__init__.py"]
        .map(|ending| format!("{module}{ending}"))
        .into_iter()
        .find(|file| sources.contains_key(file))
}
