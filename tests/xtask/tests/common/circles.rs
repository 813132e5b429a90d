//! Finds the circles of a graph: groups of files of which each reaches each other by imports.

use std::collections::{BTreeMap, BTreeSet};

type Graph = BTreeMap<String, BTreeSet<String>>;

/// The strongly connected components that have more than one member, and every member that names itself.
/// Members and components are sorted, so that a message is the same on every machine.
pub fn circles(graph: &Graph) -> Vec<Vec<String>> {
    let mut search =
        Search { graph, index: BTreeMap::new(), low: BTreeMap::new(), stack: Vec::new(), found: Vec::new() };
    for name in graph.keys() {
        if !search.index.contains_key(name.as_str()) {
            search.visit(name);
        }
    }
    search.found.sort();
    search.found
}

/// Tarjan's search: the stack holds what belongs to no finished component yet, `low` the oldest member of
/// the stack that a name reaches.
struct Search<'a> {
    graph: &'a Graph,
    index: BTreeMap<&'a str, usize>,
    low: BTreeMap<&'a str, usize>,
    stack: Vec<&'a str>,
    found: Vec<Vec<String>>,
}

impl<'a> Search<'a> {
    fn visit(&mut self, name: &'a str) {
        let own = self.index.len();
        self.index.insert(name, own);
        self.low.insert(name, own);
        self.stack.push(name);
        let mut names_itself = false;
        for next in self.graph.get(name).into_iter().flatten() {
            names_itself |= next == name;
            if !self.index.contains_key(next.as_str()) {
                self.visit(next);
                self.low.insert(name, self.low[name].min(self.low[next.as_str()]));
            } else if self.stack.contains(&next.as_str()) {
                self.low.insert(name, self.low[name].min(self.index[next.as_str()]));
            }
        }
        if self.low[name] == own {
            let start = self.stack.iter().position(|member| *member == name).unwrap();
            let mut members: Vec<String> = self.stack.drain(start..).map(str::to_owned).collect();
            members.sort();
            if members.len() > 1 || names_itself {
                self.found.push(members);
            }
        }
    }
}
