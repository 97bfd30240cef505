//! Driver to group to condition to service as text for graph tools: Mermaid and DOT.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::escape::{self, label};
use crate::study::pack::Pack;

/// An edge between two named nodes, each with its label.
type Edge<'a> = ((String, &'a str), (String, &'a str));

fn edges(pack: &Pack) -> Vec<Edge<'_>> {
    let driver = |i: usize| (format!("d{i}"), pack.drivers[i].label.as_str());
    let group = |i: usize| (format!("g{i}"), pack.groups[i].label.as_str());
    let condition = |i: usize| (format!("c{i}"), pack.conditions[i].label.as_str());
    let service = |i: usize| (format!("s{i}"), pack.services[i].label.as_str());
    let mut edges: BTreeSet<Edge<'_>> = BTreeSet::new();
    edges.extend(pack.exposures.iter().map(|e| (driver(e.driver), group(e.group))));
    edges.extend(pack.needs.iter().map(|n| (group(n.group), condition(n.condition))));
    edges.extend(pack.routes.iter().map(|r| (condition(r.condition), service(r.service))));
    edges.into_iter().collect()
}

/// A Mermaid flowchart.
pub fn mermaid(pack: &Pack) -> String {
    let mut text = "flowchart LR\n".to_owned();
    for ((from, from_label), (to, to_label)) in edges(pack) {
        let _ = writeln!(
            text,
            "    {from}[\"{}\"] --> {to}[\"{}\"]",
            label(from_label),
            label(to_label)
        );
    }
    text
}

/// A DOT digraph.
pub fn dot(pack: &Pack) -> String {
    let mut text = "digraph pack {\n    rankdir=LR;\n    node [shape=box];\n".to_owned();
    let edges = edges(pack);
    let nodes: BTreeSet<_> = edges.iter().flat_map(|(from, to)| [from, to]).collect();
    for (id, label) in nodes {
        let _ = writeln!(text, "    {id} [label=\"{}\"];", escape::label(label));
    }
    for ((from, _), (to, _)) in &edges {
        let _ = writeln!(text, "    {from} -> {to};");
    }
    text + "}\n"
}
