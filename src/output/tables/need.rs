//! `need.csv`: who is in need, by group, condition and month.

use super::OfCase;
use crate::output::table::columns::{
    AREA, FINANCIAL_YEAR, MEASURE, MONTH, QUARTER, SCENARIO, STATS,
};
use crate::output::table::{Column, Head, Rows, Table, Written};

/// Need by group and condition.
pub(super) struct Need;

impl Table<OfCase<'_>> for Need {
    fn head(&self) -> Head {
        let keys = [
            SCENARIO,
            AREA,
            Column::id("group", "the group of people, as in the pack; `all` for every group"),
            Column::id("condition", "the condition, as in the pack; `all` for every condition"),
            MONTH,
            MEASURE,
        ];
        Head {
            name: "need",
            about: "People in need because of the pandemic. Measures: `need` (newly), `in_need` \
                    (now) with its parts `in_need_immediate` (exposed within three months) and \
                    `in_need_longitudinal`, `seen`, `below_threshold`, `unmet` (never presents).",
            written: Written::OnRequest,
            columns: [&keys[..], &STATS, &[FINANCIAL_YEAR, QUARTER]].concat(),
        }
    }

    fn rows(&self, of: &OfCase<'_>, rows: &mut Rows) {
        let pack = &of.study.pack;
        for row in &of.projection.needs.rows {
            let group = row.group.map_or("all", |g| &pack.groups[g].id);
            let condition = row.condition.map_or("all", |c| &pack.conditions[c].id);
            for (measure, months) in &row.measures {
                for (month, stats) in (0..).map(|t| of.start().plus(t)).zip(months) {
                    rows.text(of.scenario()).text(of.area()).text(group).text(condition);
                    rows.month(month).text(measure.name());
                    rows.stats(Some(stats)).year_and_quarter(month).end();
                }
            }
        }
    }
}
