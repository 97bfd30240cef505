//! A monthly series of the user's own that stands for a track.

use std::collections::BTreeMap;

use super::TrackFile;
use super::numbers::STRINGENCY;
use crate::diagnostics::{Problem, Problems};
use crate::input::baseline::month_cell;
use crate::input::count::is_missing;
use crate::input::document::{bounds_text, share_of_percent};
use crate::input::table::{Row, Table};
use crate::input::text;
use crate::month::Month;
use crate::study::pack::Track;
use crate::study::scenario::OwnTrack;

impl TrackFile {
    /// Reads `month,value` for every month of the scenario.
    pub(super) fn read(
        &self,
        start: Month,
        months: usize,
        problems: &mut Problems,
    ) -> Option<OwnTrack> {
        let path = self.folder.join(&self.file.value);
        let source = match text::read_table(&self.file.value, &path) {
            Ok(source) => source,
            Err(problem) => {
                problems.push(
                    Problem { place: self.file.place.clone(), ..problem }.read(&self.file.value),
                );
                return None;
            }
        };
        let table = Table::parse_kept(&source, problems)?;
        table.check_names(problems);
        table.allow(&["month", "value"], problems);
        let (month, value) = (table.need("month", problems)?, table.need("value", problems)?);
        let mut rows: BTreeMap<Month, &Row> = BTreeMap::new();
        let mut values = vec![None; months];
        let mut are_placed = true;
        for row in &table.rows {
            let Some(at) = month_cell(&table, row, month, problems) else {
                are_placed = false;
                continue;
            };
            if rows.insert(at, row).is_some() {
                problems.push(
                    Problem::error(table.place(row, month), "the month stands twice")
                        .read(row.cell(month)),
                );
            }
            let number = self.number(&table, row, value, problems);
            let slot = usize::try_from(at.since(start)).ok().and_then(|t| values.get_mut(t));
            if let Some(slot) = slot {
                *slot = Some(number);
            }
        }
        if are_placed {
            for ((before, _), (at, row)) in rows.iter().zip(rows.iter().skip(1)) {
                if at.since(*before) > 1 {
                    problems.push(
                        Problem::error(table.place(row, month), "the track has a gap before it")
                            .read(format!("{before}, then {at}"))
                            .allowed("every month from the first to the last; 0 for no signal"),
                    );
                }
            }
        }
        if values.iter().all(Option::is_none) {
            problems.push(
                Problem::error(source.whole(), "no month of the scenario is in the track")
                    .allowed(format!("{start} to {}", start.plus(months as i32 - 1))),
            );
        }
        Some(OwnTrack {
            source: source.clone(),
            name: self.name.clone(),
            // Months outside the file have no signal: the file says when the epidemic was.
            values: values.into_iter().map(|value| value.unwrap_or(0.0)).collect(),
            reference: self.reference,
        })
    }

    /// The value of a month; a missing one is no zero, and what it was nobody can tell.
    fn number(&self, table: &Table, row: &Row, column: usize, problems: &mut Problems) -> f64 {
        let text = row.cell(column);
        let most = if self.name == Track::RESTRICTIONS { STRINGENCY.most } else { f64::INFINITY };
        let wrong = |message: &str| {
            Problem::error(table.place(row, column), message)
                .read(text)
                .allowed(bounds_text(0.0, most))
        };
        let number = match table.number(row, column) {
            _ if is_missing(text) => {
                Err(wrong("a track has a value in every month").suggest("0, if nothing happened"))
            }
            Ok(Some(number)) if (0.0..=most).contains(&number) => Ok(number),
            Ok(number) => {
                let problem = wrong(&format!("the track `{}` is out of range", self.name));
                let share = number.and_then(|number| share_of_percent(number, most));
                Err(match share {
                    Some(share) => problem.suggest(share.to_string()),
                    None => problem,
                })
            }
            Err(problem) => Err(problem),
        };
        problems.take(number).unwrap_or(0.0)
    }
}
