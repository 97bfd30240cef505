//! `observed.csv`: the baseline as read.

use super::OfRun;
use crate::output::table::columns::{AREA, FINANCIAL_YEAR, MONTH, QUARTER, SERVICE};
use crate::output::table::{Column, Head, Rows, Table, Written};
use crate::study::scenario::Scenario;

/// The baseline. Months from a scenario's start on, or hidden by its `as_of`, are observations of
/// what came, not history.
pub(super) struct Observed;

impl Table<OfRun<'_>> for Observed {
    fn head(&self) -> Head {
        Head {
            name: "observed",
            about: "The baseline as read.",
            written: Written::Always,
            columns: vec![
                AREA,
                SERVICE,
                MONTH,
                Column::text("measure", "what the baseline says it counts"),
                Column::number("referrals", "the value; blank where it is missing").or_unknown(),
                Column::text("derived", "`yes` where the month was spread from a longer period"),
                Column::text("used_as", "`history`, or `observation` of what came"),
                FINANCIAL_YEAR,
                QUARTER,
            ],
        }
    }

    fn rows(&self, of: &OfRun<'_>, rows: &mut Rows) {
        let end = of.study.scenarios.iter().map(Scenario::learns_before).min();
        for (place, area) in of.study.areas.iter().enumerate() {
            for series in &area.series {
                for (month, value, derived) in series.months() {
                    let value = match of.control {
                        Some(control) => control.month((place, series.service, month), value),
                        None => value,
                    };
                    rows.text(&area.id).text(&of.study.pack.services[series.service].id);
                    rows.month(month).text(&series.measure).number(value);
                    rows.text(if derived { "yes" } else { "" });
                    let is_history = end.is_some_and(|end| month < end);
                    rows.text(if is_history { "history" } else { "observation" });
                    rows.year_and_quarter(month).end();
                }
            }
        }
    }
}
