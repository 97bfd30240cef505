//! A monthly series of the user's own that stands for a track.

use super::TrackFile;
use crate::diagnostics::{Problem, Problems};
use crate::input::baseline::month_cell;
use crate::input::table::Table;
use crate::input::text;
use crate::month::Month;
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
        let source = match text::read(&path) {
            Ok(source) => source,
            Err(problem) => {
                problems.push(
                    Problem { place: self.file.place.clone(), ..problem }.read(&self.file.value),
                );
                return None;
            }
        };
        let table = Table::parse(&source, problems)?;
        table.allow(&["month", "value"], problems);
        let (month, value) = (table.need("month", problems)?, table.need("value", problems)?);
        let mut values = vec![None; months];
        for row in &table.rows {
            let Some(at) = month_cell(&table, row, month, problems) else {
                continue;
            };
            let Some(number) = problems.take(table.number(row, value)).flatten() else { continue };
            let slot = usize::try_from(at.since(start)).ok().and_then(|t| values.get_mut(t));
            let Some(slot) = slot else { continue };
            if number < 0.0 {
                problems.push(
                    Problem::error(table.place(row, value), "a track can't be negative")
                        .read(row.cell(value)),
                );
            }
            if slot.replace(number).is_some() {
                problems.push(
                    Problem::error(table.place(row, month), "the month stands twice")
                        .read(row.cell(month)),
                );
            }
        }
        if values.iter().all(Option::is_none) {
            problems.push(
                Problem::error(source.whole(), "no month of the scenario is in the track")
                    .allowed(format!("{start} to {}", start.plus(months as i32 - 1))),
            );
        }
        Some(OwnTrack {
            name: self.name.clone(),
            // Months outside the file have no signal: the file says when the epidemic was.
            values: values.into_iter().map(|value| value.unwrap_or(0.0)).collect(),
            reference: self.reference,
        })
    }
}
