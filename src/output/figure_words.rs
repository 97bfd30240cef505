//! An input figure in words: what a key such as `needs.isolated/anxiety.rate` means.

use crate::study::figures::Figure;
use crate::study::pack::Pack;

/// Parameters that are not plain from their own name.
const PARAMETERS: [(&str, &str); 16] = [
    ("susceptible", "share at risk"),
    ("rate", "share who come into need"),
    ("help_seeking", "share who seek help"),
    ("weight", "share of referrals"),
    ("accepted", "share accepted"),
    ("loss", "share held back by restrictions"),
    ("returns", "share held back who come later"),
    ("months", "months in treatment"),
    ("decay", "share who leave treatment by then"),
    ("recovered", "share who recover"),
    ("unit_cost", "cost a person"),
    ("size", "people"),
    ("load", "demand over capacity at the start"),
    ("reneging", "share who give up waiting"),
    ("persistent", "share that lasts"),
    ("severe_share", "share severely ill"),
];

/// The figure in words, from the labels of the pack.
pub(super) fn in_words(pack: &Pack, figure: &Figure) -> String {
    let parts: Vec<&str> = figure.key.split('.').collect();
    match parts.as_slice() {
        [kind @ ("wave" | "restriction" | "shock" | "lever"), which, what] => {
            format!("{} of {kind} {which}", plain(what))
        }
        [table, keys, parameter] => {
            let labels: Vec<String> =
                keys.split('/').enumerate().map(|(at, id)| label(pack, table, at, id)).collect();
            format!("{}: {}", plain(parameter), labels.join(", "))
        }
        [.., last] => plain(last),
        [] => String::new(),
    }
}

/// The name of a parameter in words.
fn plain(parameter: &str) -> String {
    let known = PARAMETERS.iter().find(|(name, _)| *name == parameter);
    known.map_or_else(|| parameter.replace('_', " "), |(_, words)| (*words).to_owned())
}

/// The label of a part of a key, by what stands there in that table.
fn label(pack: &Pack, table: &str, at: usize, id: &str) -> String {
    let of_group = || pack.groups.iter().find(|own| own.id == id).map(|own| &own.label);
    let of_condition = || pack.conditions.iter().find(|own| own.id == id).map(|own| &own.label);
    let of_service = || pack.services.iter().find(|own| own.id == id).map(|own| &own.label);
    let of_driver = || pack.drivers.iter().find(|own| own.id == id).map(|own| &own.label);
    let found = match (table, at) {
        ("drivers" | "exposures", 0) => of_driver(),
        ("groups" | "needs" | "routes", 0) | ("exposures", 1) => of_group(),
        ("conditions" | "severity", 0) | ("needs" | "routes", 1) => of_condition(),
        ("services", 0) | ("severity", 1) | ("routes", 2) => of_service(),
        _ => None,
    };
    match (id, found) {
        ("*", _) => "everything".to_owned(),
        (_, Some(label)) => label.clone(),
        (id, None) => id.replace('-', " "),
    }
}
