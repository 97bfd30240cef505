//! The keys of a sweep: fixed for all variants, a grid of values, keys that move together, and a
//! sample of many.

use std::collections::HashSet;
use std::path::Path;

use rand::seq::SliceRandom as _;

use super::{Factor, MOST_VARIANTS};
use crate::diagnostics::{Problem, Problems};
use crate::draw::Stream;
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

/// `[grid]`, every `[[together]]`, and the sample `[between]`, whose order is of `seed`.
pub(super) fn read(keys: &Keys<'_>, folder: &Path, seed: u64) -> Vec<Factor> {
    let mut list: Vec<Factor> = Vec::new();
    for given in keys.settings("grid", true) {
        let levels = given
            .values
            .into_iter()
            .map(|value| Read { value: vec![value.value], place: value.place });
        let names = vec![given.path.value.clone()];
        let factor = Factor { keys: names, levels: levels.collect(), is_sample: false };
        check(keys, &factor, &given.path.place);
        list.push(factor);
    }
    let together = keys.list("together", |_, keys| {
        let factor = together(keys, folder)?;
        check(keys, &factor, &keys.place());
        Some(factor)
    });
    list.extend(together.into_iter().flatten());
    list.extend(sample(keys, seed));
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
            is_sample: false,
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
    Some(Factor { keys: names, levels: rows.unwrap_or_default(), is_sample: false })
}

/// `points` and `[between]`: a Latin hypercube.
fn sample(keys: &Keys<'_>, seed: u64) -> Option<Factor> {
    let points = keys.whole("points", 2..MOST_VARIANTS + 1);
    let between = keys.settings("between", true);
    let points = match (points, between.is_empty()) {
        (Some(points), false) => points.value,
        (None, true) => return None,
        (None, false) => {
            keys.missing("points", "points = 64");
            return None;
        }
        (Some(_), true) => {
            keys.missing("between", "[between] with wave.2.height = [0.5, 2]");
            return None;
        }
    };
    let mut factor = Factor { keys: Vec::new(), levels: Vec::new(), is_sample: true };
    let mut columns: Vec<Vec<String>> = Vec::new();
    for given in between {
        let ends: Option<Vec<f64>> =
            given.values.iter().map(|end| end.value.parse().ok()).collect();
        let Some(&[low, high]) = ends.as_deref() else {
            let read = given.values.iter().map(|own| own.value.as_str()).collect::<Vec<_>>();
            keys.problem(
                Problem::error(given.path.place, "two numbers are wanted here")
                    .read(format!("[{}]", read.join(", ")))
                    .allowed("the least and the largest: [low, high]"),
            );
            return None;
        };
        if !(low < high && (high - low).is_finite()) {
            keys.problem(
                Problem::error(given.path.place, "the least is not below the largest")
                    .read(format!("[{low}, {high}]"))
                    .allowed("[low, high]"),
            );
            return None;
        }
        for (level, end) in given.values.iter().enumerate() {
            if let Err(problem) = Setting::parse(&format!("{}={}", given.path.value, end.value)) {
                keys.problem(Problem { place: given.values[level].place.clone(), ..problem });
                return None;
            }
        }
        let middle = |part: usize| low + (part as f64 + 0.5) / points as f64 * (high - low);
        let mut column: Vec<String> = (0..points).map(|part| plain(middle(part))).collect();
        let stream = Stream::new(seed, &format!("sweep between {}", given.path.value));
        column.shuffle(&mut stream.generator(0));
        columns.push(column);
        factor.keys.push(given.path.value);
    }
    let row = |at: usize| columns.iter().filter_map(|column| column.get(at).cloned()).collect();
    factor.levels = (0..points).map(|at| Read { value: row(at), place: keys.place() }).collect();
    Some(factor)
}

/// A number with six significant digits.
fn plain(value: f64) -> String {
    format!("{value:.5e}").parse::<f64>().unwrap_or(value).to_string()
}

/// Complains of levels that are no settings.
fn check(keys: &Keys<'_>, factor: &Factor, place: &crate::diagnostics::Place) {
    if factor.levels.is_empty() {
        let problem = Problem::error(place.clone(), "there is no value to try");
        keys.problem(problem.suggest("[0.5, 1, 2]"));
    }
    let mut known: HashSet<&[String]> = HashSet::new();
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
        if !known.insert(&level.value) {
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
