//! Early intervention in psychosis waiting times, NHS England (Unify2 returns, December 2015 to
//! September 2019): a row per provider, CCG, month and state of the pathway.
//!
//! There are no total rows, so a provider is the sum of its rows over CCGs, a CCG that over
//! providers, and England all of them. Only the total is read, never the sum of the waiting bands
//! (in three rows of July 2019 they disagree). Pathways completed are treatment starts; pathways
//! incomplete are people waiting.

use csv::ByteRecord;

use super::gather::{Figure, Gatherer};
use super::level::Level;
use super::long::column;
use super::period::Period;
use super::rows::{Rows, field, month, text};
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
    let mut row = ByteRecord::new();
    while rows.read(&mut row)? {
        gatherer.catalogue.rows += 1;
        let name = field(&row, description);
        let id: &[u8] = if text(name).to_lowercase().contains("incomplete") {
            b"incomplete"
        } else {
            b"completed"
        };
        let measure = gatherer.measure(id, name);
        let period = month(&text(field(&row, date))).map(Period::month);
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
                if let Some(period) = period {
                    gatherer.catalogue.see(area, measure, period, false);
                }
                continue;
            }
            is_counted = true;
            gatherer.offer(rows, &Figure { area, measure, period, part, value, is_final: true });
        }
    }
    Ok(())
}
