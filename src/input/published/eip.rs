//! Early intervention in psychosis waiting times, NHS England (Unify2 returns, December 2015 to
//! September 2019): a row per provider, CCG, month and state of the pathway.
//!
//! There are no total rows, so a provider is the sum of its rows over CCGs, a CCG that over
//! providers, and England all of them. Only the total is read, never the sum of the waiting bands
//! (in three rows of July 2019 they disagree). Pathways completed are treatment starts; pathways
//! incomplete are people waiting.

use std::collections::BTreeMap;

use csv::ByteRecord;

use super::gather::{Figure, Gatherer};
use super::level::Level;
use super::long::column;
use super::period::Period;
use super::rows::{Rows, field, text};
use crate::diagnostics::Problem;

/// Reads the time series.
pub(super) fn read(rows: &mut Rows, gatherer: &mut Gatherer<'_>) -> Result<(), Problem> {
    let date = column(rows, &["Date"])?;
    let provider = column(rows, &["Provider_Org_code"])?;
    let provider_name = column(rows, &["Provider_name", "Provider_Org_code"])?;
    let ccg = column(rows, &["Org_Code", "CCG_Code"])?;
    let ccg_name = column(rows, &["CCG_Name", "Org_Code"])?;
    let description = column(rows, &["Description"])?;
    let total = column(rows, &["Total_Pathways"])?;
    let mut states: BTreeMap<Period, [usize; 2]> = BTreeMap::new();
    let mut row = ByteRecord::new();
    while rows.read(&mut row)? {
        gatherer.catalogue.rows += 1;
        let name = field(&row, description);
        let is_incomplete = text(name).to_lowercase().contains("incomplete");
        let id: &[u8] = if is_incomplete { b"incomplete" } else { b"completed" };
        let measure = gatherer.measure(id, name);
        let period = Period::named(field(&row, date));
        if let Ok(period) = &period {
            states.entry(*period).or_default()[usize::from(is_incomplete)] += 1;
        }
        let (provider, ccg) = (field(&row, provider), field(&row, ccg));
        let part = gatherer.parts.number(&[provider, b"|", ccg].concat()).0;
        let areas = [
            gatherer.area(Level::Nation, usize::MAX, b"England", b"England"),
            gatherer.area(Level::Provider, usize::MAX, provider, field(&row, provider_name)),
            gatherer.area(Level::SubIcb, usize::MAX, ccg, field(&row, ccg_name)),
        ];
        let value = field(&row, total);
        let is_asked = areas.iter().any(|area| gatherer.catalogue.areas[*area].is_wanted);
        let mut is_counted = false;
        for area in areas {
            // A row stands in three sums; it is left out once, and only if it is in none.
            if !gatherer.catalogue.areas[area].is_wanted && (is_asked || is_counted) {
                if let Ok(period) = &period {
                    gatherer.catalogue.see(area, measure, *period, false);
                }
                continue;
            }
            is_counted = true;
            let period = period.clone();
            gatherer.offer(rows, &Figure { area, measure, period, part, value, is_final: true });
        }
    }
    tell_uneven(&states, gatherer);
    Ok(())
}

/// In every month as published each provider and CCG has a row of either state: where the numbers
/// differ, rows are missing, and every sum over them is too small.
fn tell_uneven(states: &BTreeMap<Period, [usize; 2]>, gatherer: &mut Gatherer<'_>) {
    for (period, [completed, incomplete]) in states {
        if completed != incomplete && *completed.min(incomplete) > 0 {
            gatherer.tally.uneven.push(format!(
                "{}: {completed} rows of pathways completed and {incomplete} incomplete, elsewhere \
                 as many of either. Is the file cut short? Its sums would be too small.",
                period.first
            ));
        }
    }
}
