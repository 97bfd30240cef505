//! `docs/questions.md` names places that exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The first column of a table of the repository.
fn ids(path: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut reader = csv::Reader::from_path(root.join(path)).unwrap();
    reader.records().map(|row| row.unwrap()[0].to_owned()).collect()
}

#[test]
fn every_name_in_it_is_a_row_of_a_table() {
    let pack = |table: &str| format!("data/packs/believed-2021/{table}.csv");
    let mut known: BTreeSet<String> = ["drivers", "groups", "conditions", "services", "families"]
        .iter()
        .flat_map(|table| ids(&pack(table)))
        .collect();
    known.extend(ids("data/levers.csv"));
    known.extend(ids("data/checks.csv"));
    known.extend(ids(&pack("strata")));
    known.extend(["believed-2021".to_owned()]);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("docs/questions.md")).unwrap();
    // What is a name of a row: lower case with a hyphen, between backticks.
    let names = text.split('`').skip(1).step_by(2).filter(|name| {
        name.contains('-')
            && !name.starts_with("--")
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    });
    let unknown: Vec<&str> = names.filter(|name| !known.contains(*name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    for section in ["## A", "## B", "## C", "## D", "## E", "## F", "## G", "## H"] {
        assert!(text.contains(section), "{section}");
    }
}
