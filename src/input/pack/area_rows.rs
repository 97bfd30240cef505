//! Rows of `areas.csv`: codes and names, residents, what an area is part of, and sizes of groups.

use crate::diagnostics::{Place, Problem, Problems};
use crate::input::table::Table;

#[derive(Clone, Debug)]
pub(super) struct AreaRow {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) population: Option<f64>,
    pub(super) part_of: Option<String>,
    pub(super) sizes: Vec<(String, f64)>,
    pub(super) place: Place,
}

/// Reads `areas.csv`.
pub(super) fn areas(table: &Table, problems: &mut Problems) -> Vec<AreaRow> {
    let sizes: Vec<(usize, String)> = (0..table.header.len())
        .filter_map(|c| Some((c, table.header[c].strip_prefix("size:")?.trim().to_owned())))
        .collect();
    for header in &table.header {
        if !header.starts_with("size:")
            && !["area", "name", "population", "part_of", ""].contains(&header.as_str())
        {
            problems.push(
                Problem::error(
                    table.source.line(1).cell(header),
                    format!("unknown column `{header}`"),
                )
                .choose(header, ["area", "name", "population", "part_of", "size:GROUP"]),
            );
        }
    }
    let Some(area) = table.need("area", problems) else { return Vec::new() };
    let (name, population) = (table.column("name"), table.column("population"));
    let part_of = table.column("part_of");
    let mut list: Vec<AreaRow> = Vec::new();
    for row in &table.rows {
        let place = table.place(row, area);
        if row.cell(area).is_empty() {
            problems.push(
                Problem::error(place, "an area needs a code or a name")
                    .read("neither")
                    .suggest("00V,NHS Bury CCG,190000"),
            );
            continue;
        }
        if let Some(first) = list.iter().find(|known| known.id == row.cell(area)) {
            problems.push(
                Problem::error(place, format!("area `{}` stands twice", first.id))
                    .read(format!("also at {}", first.place.text())),
            );
            continue;
        }
        let number = |column: usize, problems: &mut Problems| {
            let number = problems.take(table.number(row, column)).flatten()?;
            if number <= 0.0 {
                problems.push(
                    Problem::error(table.place(row, column), "a number of people is above 0")
                        .read(row.cell(column)),
                );
                return None;
            }
            Some(number)
        };
        let id = row.cell(area).to_owned();
        list.push(AreaRow {
            name: name.map(|c| row.cell(c)).filter(|n| !n.is_empty()).unwrap_or(&id).to_owned(),
            population: population.and_then(|column| number(column, problems)),
            sizes: sizes
                .iter()
                .filter_map(|(column, group)| Some((group.clone(), number(*column, problems)?)))
                .collect(),
            part_of: part_of.map(|c| row.cell(c).to_owned()).filter(|whole| !whole.is_empty()),
            place,
            id,
        });
    }
    list
}
