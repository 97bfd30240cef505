//! `posterior.csv` of a fitted pack: a row a draw, a column for each figure and forecast error.

use std::collections::BTreeMap;

use crate::checksum::sha256;
use crate::diagnostics::{Problem, Problems, Source};
use crate::input::document::Read;
use crate::study::posterior::{Column, Posterior};

/// Holds the file against the hash that `pack.toml` has of it: without it, or with other columns,
/// a run would quietly be another one than was fitted.
pub(super) fn check(hash: &Read<String>, file: Option<&Source>, problems: &mut Problems) {
    let read = match file {
        None => "no such file",
        Some(file) if sha256(file.text.as_bytes()) != hash.value => "another content",
        Some(_) => return,
    };
    problems.push(
        Problem::error(hash.place.clone(), "posterior.csv is not as the fit left it")
            .read(read)
            .allowed("the file that was written with this pack.toml")
            .suggest("run `afterwave fit` again"),
    );
}

/// Reads the joint sample of pack `pack`.
pub(super) fn read_posterior(
    pack: &str,
    source: &Source,
    problems: &mut Problems,
) -> Option<Posterior> {
    let errors = problems.errors();
    let mut lines = crate::input::text::Lines::new(&source.text);
    let mut reader = csv::Reader::from_reader(source.text.as_bytes());
    let names = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => {
            problems.push(Problem::error(source.line(1), format!("not a CSV row: {error}")));
            return None;
        }
    };
    let mut columns: Vec<Vec<f64>> = vec![Vec::new(); names.len()];
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = lines.of(error.position());
                let problem = Problem::error(source.line(line), format!("not a CSV row: {error}"));
                problems.push(problem.suggest("run `afterwave fit` again"));
                return None;
            }
        };
        let line = lines.of(record.position());
        for ((cell, name), column) in record.iter().zip(&names).zip(&mut columns) {
            match cell.trim().parse::<f64>() {
                Ok(value) if value.is_finite() => column.push(value),
                _ => problems.push(
                    Problem::error(source.line(line).cell(name), "not a number")
                        .read(cell)
                        .suggest("run `afterwave fit` again"),
                ),
            }
        }
    }
    if problems.errors() > errors {
        return None;
    }
    let columns: Option<BTreeMap<String, Column>> = names
        .iter()
        .map(str::to_owned)
        .zip(columns)
        .map(|(name, values)| Some((name, Column::new(values)?)))
        .collect();
    let columns = columns.filter(|columns| !columns.is_empty());
    if columns.is_none() {
        problems.push(
            Problem::error(source.whole(), "holds no draw").suggest("run `afterwave fit` again"),
        );
    }
    Some(Posterior { pack: pack.to_owned(), columns: columns? })
}
