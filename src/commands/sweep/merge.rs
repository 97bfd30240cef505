//! `afterwave sweep merge`: the units of a folder beside each other.

use std::path::Path;

use serde::Serialize;

use crate::cli::sweep::MergeArgs;
use crate::commands::print_json;
use crate::diagnostics::{InputError, Problem, Source};
use crate::input::text;
use crate::output::sweep::merged::{MERGED, merge as merge_units, missing};
use crate::output::sweep::read::Record;
use crate::output::sweep::{SWEEP, VARIANTS};
use crate::output::words::counted;

/// Merges it.
pub(super) fn merge(args: &MergeArgs, json: bool) -> anyhow::Result<()> {
    let folder = &args.folder;
    let record = record(folder)?;
    let missing = missing(folder, &record);
    if let Some(first) = missing.first() {
        let place = Source::new(folder.display().to_string(), "").whole();
        let read = missing.iter().take(8).cloned().collect::<Vec<_>>().join(", ");
        let more = missing.len().saturating_sub(8);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let message = format!("{} not there, or not whole", counted(missing.len(), "unit"));
        let problem =
            Problem::error(place, message).read(format!("{read}{more}")).suggest(format!(
                "afterwave sweep run FILE --out {} runs {} that are missing",
                folder.display(),
                if missing.len() == 1 { first.as_str() } else { "those" }
            ));
        return Err(InputError::from(problem).into());
    }
    let (header, rows) = variants(folder)?;
    let ids: Vec<&str> = rows.iter().filter_map(|row| row.first()).map(String::as_str).collect();
    let against = match &args.against {
        None => 0,
        Some(name) => ids.iter().position(|id| id == name).ok_or_else(|| {
            let place = Source::new("--against", "").whole();
            let problem =
                Problem::error(place, "no variant has this name").choose(name, ids.iter().copied());
            InputError::from(problem)
        })?,
    };
    let cases = merge_units(folder, &record, (&header, &rows), against)?;
    let to = folder.join(MERGED);
    if json {
        let (variants, against) = (rows.len(), ids[against]);
        return print_json(&Merged { folder: &to, variants, cases, against });
    }
    crate::commands::tell_words(&format!(
        "{} of {} in {}: cases, rollup, comparison with {}, effects and shares of each key",
        counted(cases, "case"),
        counted(rows.len(), "variant"),
        to.display(),
        ids[against]
    ));
    Ok(())
}

/// What was merged, as one document.
#[derive(Serialize)]
struct Merged<'a> {
    folder: &'a Path,
    variants: usize,
    cases: usize,
    against: &'a str,
}

/// What the sweep of a folder is.
fn record(folder: &Path) -> Result<Record, InputError> {
    let place = || Source::new(folder.display().to_string(), "").whole();
    let bytes = text::bytes(&folder.join(SWEEP)).map_err(|_| {
        InputError::from(
            Problem::error(place(), format!("holds no sweep: there is no {SWEEP}"))
                .suggest("the folder that `sweep run FILE --out` was given"),
        )
    })?;
    serde_json::from_slice(&bytes).map_err(|error| {
        let wrong = Problem::error(place(), format!("{SWEEP} is not what a sweep writes"));
        wrong.read(error.to_string()).into()
    })
}

/// The table of variants: its header and its rows.
fn variants(folder: &Path) -> anyhow::Result<(Vec<String>, Vec<Vec<String>>)> {
    let mut reader = csv::Reader::from_path(folder.join(VARIANTS))?;
    let header = reader.headers()?.iter().map(str::to_owned).collect();
    let rows = reader.records().map(|row| Ok(row?.iter().map(str::to_owned).collect()));
    Ok((header, rows.collect::<Result<_, csv::Error>>()?))
}
