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

/// The columns that hold sizes of groups, with the group.
pub(super) fn size_columns(table: &Table) -> impl Iterator<Item = (usize, String)> + '_ {
    let columns = table.header.iter().enumerate();
    columns.filter_map(|(at, name)| Some((at, name.strip_prefix("size:")?.trim().to_owned())))
}

/// Reads `areas.csv`.
pub(super) fn areas(table: &Table, problems: &mut Problems) -> Vec<AreaRow> {
    let sizes: Vec<(usize, String)> = size_columns(table).collect();
    let sized = sizes.iter().map(|(column, _)| table.header[*column].as_str());
    let named = ["area", "name", "population", "part_of", "size:GROUP"];
    table.allow(&named.into_iter().chain(sized).collect::<Vec<_>>(), problems);
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
        problems.take(crate::input::names::check("area", row.cell(area), || place.clone()));
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
