//! The keys of a sweep: fixed for all variants, a grid of values, and keys that move together.

use std::path::Path;

use super::Factor;
use crate::diagnostics::{Problem, Problems};
use crate::input::document::{Given, Keys, Read};
use crate::input::setting::Setting;
use crate::input::table::Table;
use crate::input::text;

/// `[set]`: the same in every variant.
pub(super) fn fixed(keys: &Keys<'_>) -> Vec<String> {
    let one = |given: Given| {
        given.values.into_iter().next().map(|value| format!("{}={}", given.path.value, value.value))
    };
    let list: Vec<String> = keys.settings("set", false).into_iter().filter_map(one).collect();
    list
}

/// `[grid]` and every `[[together]]`.
pub(super) fn read(keys: &Keys<'_>, folder: &Path) -> Vec<Factor> {
    let mut list: Vec<Factor> = Vec::new();
    for given in keys.settings("grid", true) {
        let levels = given
            .values
            .into_iter()
            .map(|value| Read { value: vec![value.value], place: value.place });
        let factor = Factor { keys: vec![given.path.value.clone()], levels: levels.collect() };
        check(keys, &factor, &given.path.place);
        list.push(factor);
    }
    let together = keys.list("together", |_, keys| {
        let factor = together(keys, folder)?;
        check(keys, &factor, &keys.place());
        Some(factor)
    });
    list.extend(together.into_iter().flatten());
    for (at, factor) in list.iter().enumerate() {
        let twice = |key: &&String| list[..at].iter().any(|other| other.keys.contains(key));
        if let Some(key) = factor.keys.iter().find(twice) {
            let place = factor.levels.first().map_or_else(|| keys.place(), |l| l.place.clone());
            let problem = Problem::error(place, format!("`{key}` is varied twice"));
            keys.problem(problem.suggest("one list of values for each key"));
        }
    }
    list
}

/// Keys that move together: rows in the file, or the rows of a table beside it.
fn together(keys: &Keys<'_>, folder: &Path) -> Option<Factor> {
    if let Some(file) = keys.text("file") {
        let path = folder.join(&file.value);
        let source = match text::read(&path) {
            Ok(source) => source,
            Err(problem) => {
                keys.problem(Problem { place: file.place, ..problem });
                return None;
            }
        };
        let mut problems = Problems::default();
        let table = Table::parse(&source, &mut problems);
        problems.iter().for_each(|problem| keys.problem(problem.clone()));
        let table = table?;
        let columns = 0..table.header.len();
        let level = |row: &crate::input::table::Row| Read {
            value: columns.clone().map(|column| row.cell(column).to_owned()).collect(),
            place: source.line(row.line),
        };
        return Some(Factor {
            levels: table.rows.iter().map(level).collect(),
            keys: table.header.clone(),
        });
    }
    let names: Vec<String> =
        keys.texts("keys").into_iter().flatten().map(|key| key.value).collect();
    let rows = keys.rows("values");
    if names.is_empty() || rows.is_none() {
        keys.missing(
            if names.is_empty() { "keys" } else { "values" },
            "keys = [\"wave.2.rise\", \"wave.2.fall\"], values = [[0.6, 1.2], [0.9, 1.8]], or file = \"points.csv\"",
        );
        return None;
    }
    Some(Factor { keys: names, levels: rows.unwrap_or_default() })
}

/// Complains of levels that are no settings.
fn check(keys: &Keys<'_>, factor: &Factor, place: &crate::diagnostics::Place) {
    if factor.levels.is_empty() {
        let problem = Problem::error(place.clone(), "there is no value to try");
        keys.problem(problem.suggest("[0.5, 1, 2]"));
    }
    for (at, level) in factor.levels.iter().enumerate() {
        if level.value.len() != factor.keys.len() {
            keys.problem(
                Problem::error(
                    level.place.clone(),
                    "a row with a value for each key is wanted here",
                )
                .read(level.value.join(", "))
                .allowed(format!(
                    "{} values, for {}",
                    factor.keys.len(),
                    factor.keys.join(", ")
                )),
            );
            continue;
        }
        if factor.levels[..at].iter().any(|other| other.value == level.value) {
            let problem = Problem::error(level.place.clone(), "the value stands twice in the list");
            keys.problem(problem.read(level.value.join(", ")).suggest("each value once"));
        }
        for setting in factor.settings(at) {
            if let Err(problem) = Setting::parse(&setting) {
                keys.problem(Problem { place: level.place.clone(), ..problem });
            }
        }
    }
}
