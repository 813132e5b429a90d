//! Spans in the order of a tree: parents before children, siblings by their start.
//! Not for how a row looks: see `waterfall`.

use std::collections::HashMap;

use super::record::Span;

/// A span with its place in the tree.
pub(super) struct Row<'a> {
    pub(super) span: &'a Span,
    /// The branch lines in front of the name.
    pub(super) branch: String,
    /// The branch lines in front of a remark below the name.
    pub(super) below: String,
    /// The parent that the span names but that is not among the spans.
    pub(super) missing_parent: Option<&'a str>,
}

/// One row for each span. A span whose parent is missing stands at the top, as roots do; spans whose
/// parents form a ring, which no honest program writes, stand below whichever of them came first.
pub(super) fn rows(spans: &[Span]) -> Vec<Row<'_>> {
    let mut order: Vec<usize> = (0..spans.len()).collect();
    order.sort_by_key(|i| spans.get(*i).map(|s| (s.start_ns, std::cmp::Reverse(s.duration_ns))));
    let ids: HashMap<&str, ()> = spans.iter().map(|s| (s.span_id.as_str(), ())).collect();
    let mut children: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut tops = Vec::new();
    for index in order.iter().copied() {
        let Some(span) = spans.get(index) else { continue };
        match span.parent_span_id.as_deref() {
            Some(parent) if ids.contains_key(parent) && parent != span.span_id => {
                children.entry(parent).or_default().push(index);
            }
            _ => tops.push(index),
        }
    }
    let mut walk = Walk { spans, children, placed: vec![false; spans.len()], rows: Vec::new() };
    tops.into_iter().chain(order).for_each(|index| walk.place_below(index, &ids));
    walk.rows
}

/// Below this depth rows are no longer indented: no screen is wide enough, and indents would take
/// memory with the square of the depth.
const DEEPEST: usize = 64;

struct Walk<'a> {
    spans: &'a [Span],
    children: HashMap<&'a str, Vec<usize>>,
    placed: Vec<bool>,
    rows: Vec<Row<'a>>,
}

impl<'a> Walk<'a> {
    /// Depth first with a stack of its own: a trace may be deeper than the thread's stack.
    fn place_below(&mut self, top: usize, ids: &HashMap<&str, ()>) {
        let mut waiting = vec![(top, 0, String::new(), String::new())];
        while let Some((index, depth, branch, indent)) = waiting.pop() {
            let (Some(span), Some(placed)) = (self.spans.get(index), self.placed.get_mut(index)) else {
                continue;
            };
            if std::mem::replace(placed, true) {
                continue;
            }
            let missing_parent = span.parent_span_id.as_deref().filter(|p| !ids.contains_key(p));
            let children = self.children.get(span.span_id.as_str()).map(Vec::as_slice).unwrap_or_default();
            let below = if children.is_empty() { indent.clone() } else { format!("{indent}│") };
            self.rows.push(Row { span, branch, below, missing_parent });
            for (position, child) in children.iter().enumerate().rev() {
                let last = position + 1 == children.len();
                let (corner, bar) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
                let deeper =
                    |end: &str| if depth < DEEPEST { format!("{indent}{end}") } else { indent.clone() };
                waiting.push((*child, depth + 1, deeper(corner), deeper(bar)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::Span;
    use super::rows;

    fn span(id: &str, parent: Option<&str>, start_us: u32) -> Span {
        let mut line = serde_json::json!({
            "timestamp": format!("2026-11-21T10:00:00.{start_us:06}Z"), "kind": "span", "name": id,
            "service": "s", "span_id": id, "duration_ns": 1,
        });
        if let Some(parent) = parent {
            line["parent_span_id"] = parent.into();
        }
        Span::read(&line).unwrap()
    }

    fn drawn(spans: &[Span]) -> Vec<String> {
        rows(spans).iter().map(|r| format!("{}{}", r.branch, r.span.name)).collect()
    }

    #[test]
    fn children_follow_their_parent_in_order_of_their_start() {
        let spans =
            [span("c", Some("a"), 3), span("d", Some("b"), 4), span("b", Some("a"), 2), span("a", None, 1)];
        assert_eq!(drawn(&spans), ["a", "├─ b", "│  └─ d", "└─ c"]);
    }

    #[test]
    fn a_span_without_its_parent_stands_at_the_top_and_says_so() {
        let spans = [span("a", None, 1), span("x", Some("gone"), 2), span("y", Some("x"), 3)];
        assert_eq!(drawn(&spans), ["a", "x", "└─ y"]);
        assert_eq!(rows(&spans)[1].missing_parent, Some("gone"));
        assert_eq!(rows(&spans)[2].missing_parent, None);
    }

    #[test]
    fn rings_and_repeated_ids_show_every_span_once() {
        let ring = [span("a", Some("b"), 1), span("b", Some("a"), 2), span("c", Some("c"), 3)];
        assert_eq!(drawn(&ring), ["c", "a", "└─ b"]);
        let twice = [span("a", None, 1), span("a", None, 2), span("b", Some("a"), 3)];
        assert_eq!(drawn(&twice), ["a", "└─ b", "a"]);
    }

    #[test]
    fn a_chain_may_be_deep() {
        let name = |n: usize| format!("s{n}");
        let chain: Vec<Span> = (0..20_000)
            .map(|n| span(&name(n), (n > 0).then(|| name(n - 1)).as_deref(), u32::try_from(n).unwrap()))
            .collect();
        assert_eq!(rows(&chain).len(), 20_000);
    }
}
