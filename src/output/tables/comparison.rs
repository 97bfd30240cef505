//! `comparison.csv`: scenarios against the first.

use super::{OfArea, told};
use crate::output::table::columns::{AREA, MEASURE, SCENARIO, SERVICE, STATS};
use crate::output::table::{Column, Head, Rows, Table, Written};

/// Each scenario against the first, draw by draw.
pub(super) struct Comparison;

impl Table<OfArea<'_>> for Comparison {
    fn head(&self) -> Head {
        let keys = [
            SCENARIO,
            Column::id("against", "the scenario it is held against: the first of the run"),
            AREA,
            SERVICE,
            MEASURE,
            Column::number("against_mean", "mean of that scenario"),
        ];
        let above = Column::number("share_of_draws_above", "share of draws in which it has more");
        Head {
            name: "comparison",
            about: "The difference of each scenario from the first, draw by draw. Measures: totals \
                    of `referrals`, `suppressed`, `returning`, `surge`, `levers`, `starts`, \
                    `unmet`, and of a waiting list `waiting_end`, `wait_longest`, \
                    `within_standard`.",
            written: Written::WithRows,
            columns: [&keys[..], &STATS, &[above]].concat(),
        }
    }

    fn rows(&self, of: &OfArea<'_>, rows: &mut Rows) {
        let study = of.study;
        let against = study.scenarios.first().map_or("", |scenario| scenario.id.as_str());
        for difference in of.differences {
            rows.text(&study.scenarios[difference.scenario].id).text(against);
            rows.text(&study.areas[difference.area].id);
            rows.text(&study.pack.services[difference.service].id);
            let line = (difference.area, Some(difference.service));
            let told = |stats| told(of.control, line, difference.measure, stats);
            rows.text(difference.measure).number(told(difference.first).mean);
            rows.stats(Some(&told(difference.difference)));
            rows.number(difference.share_of_draws_above).end();
        }
    }
}
