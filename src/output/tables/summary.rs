//! `summary.csv`: the answers, a row each; `totals` of a sweep, the same with the mean, which adds up
//! over areas as a median does not.

use super::OfCase;
use crate::output::table::columns::{AREA, MEASURE, PERIOD, RANGE, SCENARIO, STATS};
use crate::output::table::{Column, Head, Rows, Table, Written};
use crate::projection::course::{Course, Period};
use crate::projection::measure::Measure;
use crate::projection::quantiles::Stats;

/// Totals over the horizon that are listed.
const OF_HORIZON: [Measure; 3] = [Measure::Suppressed, Measure::Returning, Measure::Surge];

/// What the answers are told by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    /// The median and its range.
    Range,
    /// The mean and all quantiles.
    Stats,
}

/// Totals and peaks by service and family.
pub(super) struct Summary {
    name: &'static str,
    by: By,
}

/// The answers of a run.
pub(super) const SUMMARY: Summary = Summary { name: "summary", by: By::Range };

/// The same of a sweep.
pub(super) const TOTALS: Summary = Summary { name: "totals", by: By::Stats };

impl Table<OfCase<'_>> for Summary {
    fn head(&self) -> Head {
        let values: &[Column] = if self.by == By::Range { &RANGE } else { &STATS };
        let keys = [
            SCENARIO,
            AREA,
            Column::text("of", "`service`, or `family` for the sum of one"),
            Column::id("id", "the service or family, as in the pack"),
            PERIOD,
            MEASURE,
            Column::text("unit", "what the value counts, such as referrals, share, pounds"),
        ];
        Head {
            name: self.name,
            about: "The answers. Measures: `referrals`; `extra` (referrals above underlying) and \
                    `extra_share` (of underlying); `surge_share`; `suppressed`, `returning`, \
                    `surge`; `surge_cost` (accepted surge referrals times unit cost times the load \
                    of their severity); `extra_staff` (whole-time equivalents in the surge's \
                    busiest month); in the month with most extra `peak_extra`, `peak_uplift` (its \
                    share of underlying) and `severe_at_peak`.",
            written: Written::Always,
            columns: [&keys[..], values].concat(),
        }
    }

    fn rows(&self, of: &OfCase<'_>, rows: &mut Rows) {
        let pack = &of.study.pack;
        for line in &of.projection.lines {
            let service = &pack.services[line.service];
            let mut one = One { of, rows, kind: "service", id: &service.id, by: self.by };
            one.course(&line.course, &service.unit.plural());
            for (period, stats) in &line.burden.costs {
                one.row(&period.name(), "surge_cost", "pounds", Some(stats));
            }
            one.row("total", "extra_staff", "whole-time equivalents", line.burden.staff.as_ref());
            let severe = line.burden.severe_at_peak.as_ref();
            one.row(&one.peak(&line.course), "severe_at_peak", "share", severe);
        }
        for family in &of.projection.families {
            let id = &pack.families[family.family].id;
            let mut one = One { of, rows, kind: "family", id, by: self.by };
            one.course(&family.course, &family.unit.plural());
        }
    }
}

/// One service or family.
struct One<'a, 'b> {
    of: &'a OfCase<'b>,
    rows: &'a mut Rows,
    kind: &'static str,
    id: &'a str,
    by: By,
}

impl One<'_, '_> {
    fn row(&mut self, period: &str, measure: &str, unit: &str, stats: Option<&Stats>) {
        let Some(stats) = stats else { return };
        self.rows.text(self.of.scenario()).text(self.of.area()).text(self.kind).text(self.id);
        self.rows.text(period).text(measure).text(unit);
        match self.by {
            By::Range => self.rows.range(Some(stats)).end(),
            By::Stats => self.rows.stats(Some(stats)).end(),
        }
    }

    fn peak(&self, course: &Course) -> String {
        self.of.start().plus(course.peak.t as i32).first_day()
    }

    fn course(&mut self, course: &Course, unit: &str) {
        for total in &course.periods {
            let period = total.period.name();
            self.row(&period, "referrals", unit, total.referrals.as_ref());
            self.row(&period, "extra", unit, Some(&total.extra));
            self.row(&period, "extra_share", "share", total.extra_share.as_ref());
            self.row(&period, "surge_share", "share", total.surge_share.as_ref());
        }
        for measure in OF_HORIZON {
            self.row(&Period::Horizon.name(), measure.name(), unit, course.total(measure));
        }
        let peak = self.peak(course);
        self.row(&peak, "peak_extra", unit, Some(&course.peak.extra));
        self.row(&peak, "peak_uplift", "share", course.peak.uplift.as_ref());
    }
}
