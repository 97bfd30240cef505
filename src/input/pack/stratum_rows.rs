//! Rows of `strata.csv`: the slices of a population by name.

use crate::diagnostics::{Place, Problem, Problems};
use crate::input::names;
use crate::input::table::Table;

/// A row of `strata.csv`.
#[derive(Clone, Debug)]
pub(super) struct StratumRow {
    pub(super) stratification: String,
    pub(super) stratum: String,
    pub(super) label: String,
    pub(super) place: Place,
}

/// Reads `strata.csv`.
pub(super) fn read_strata(table: &Table, problems: &mut Problems) -> Vec<StratumRow> {
    table.allow(&["stratification", "stratum", "label"], problems);
    let columns = (table.need("stratification", problems), table.need("stratum", problems));
    let (Some(stratification), Some(stratum)) = columns else { return Vec::new() };
    let label = table.column("label");
    let mut list: Vec<StratumRow> = Vec::new();
    for row in &table.rows {
        let place = table.place(row, stratum);
        let (of, id) = (row.cell(stratification), row.cell(stratum));
        if [of, id].iter().any(|name| name.is_empty() || name.contains(['/', '@', '*'])) {
            problems.push(
                Problem::error(place, "a stratum needs two names")
                    .read(format!("{of},{id}"))
                    .allowed("names without `/`, `@` and `*`"),
            );
            continue;
        }
        for name in [of, id] {
            problems.take(names::check("stratum", name, || place.clone()));
        }
        if let Some(first) = list.iter().find(|s| s.stratification == of && s.stratum == id) {
            problems.push(
                Problem::error(place, "the stratum stands twice")
                    .read(format!("also at {}", first.place.text())),
            );
            continue;
        }
        let label = label.map(|column| row.cell(column)).filter(|label| !label.is_empty());
        if let Some(label) = label {
            problems.take(names::length("stratum", label, || place.clone()));
        }
        list.push(StratumRow {
            stratification: of.to_owned(),
            stratum: id.to_owned(),
            label: label.unwrap_or(id).to_owned(),
            place,
        });
    }
    list
}
