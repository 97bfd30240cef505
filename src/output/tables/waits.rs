//! `waits.csv`: waiting lists by month, by financial year and over all months.
//!
//! What a measure says of draws ("missed in 8 of 10") is in `share_of_draws`.

use super::OfCase;
use crate::output::table::columns::{AREA, MEASURE, PERIOD, SCENARIO, SERVICE, STATS};
use crate::output::table::{Column, Head, Rows, Table, Written};
use crate::output::waits::basis;
use crate::projection::line::{Course, Period};
use crate::projection::measure::Measure;
use crate::projection::quantiles::Stats;
use crate::projection::waits_summary::WaitsResult;
use crate::study::pack::STANDARD_SUFFIXES;

/// Waiting lists.
pub(super) struct Waits;

impl Table<OfCase<'_>> for Waits {
    fn head(&self) -> Head {
        let share = Column::number("share_of_draws", "in which share of draws it happens");
        let note = Column::text("note", "what a reader should know");
        Head {
            name: "waits",
            about: "Waiting lists, in weeks, people and shares; measures are described in \
                    [waits.md](waits.md).",
            written: Written::Always,
            columns: [&[SCENARIO, AREA, SERVICE, PERIOD, MEASURE][..], &STATS, &[share, note]]
                .concat(),
        }
    }

    fn rows(&self, of: &OfCase<'_>, rows: &mut Rows) {
        for line in &of.projection.lines {
            let Some(waits) = &line.waits else { continue };
            let id = of.study.pack.services[line.service].id.as_str();
            let mut one = One { of, rows, id };
            one.months(&line.course);
            one.years(waits);
            one.whole(waits);
        }
    }
}

/// The waiting list of one service.
struct One<'a, 'b> {
    of: &'a OfCase<'b>,
    rows: &'a mut Rows,
    id: &'a str,
}

impl One<'_, '_> {
    fn begin(&mut self, period: &str, measure: &str) -> &mut Rows {
        self.rows.text(self.of.scenario()).text(self.of.area()).text(self.id);
        self.rows.text(period).text(measure)
    }

    fn row(&mut self, period: &str, measure: &str, stats: Option<&Stats>, share: Option<f64>) {
        self.noted(period, measure, stats, share, "");
    }

    fn noted(
        &mut self,
        period: &str,
        measure: &str,
        stats: Option<&Stats>,
        share: Option<f64>,
        note: &str,
    ) {
        self.begin(period, measure).stats(stats).number(share).text(note).end();
    }

    fn value(&mut self, period: &str, measure: &str, value: Option<f64>, note: &str) {
        let value = value.map(Stats::point);
        self.begin(period, measure).stats(value.as_ref()).number(None).text(note).end();
    }

    fn months(&mut self, course: &Course) {
        for measure in Measure::OF_WAITS {
            for (t, stats) in (0..).zip(course.measure(measure).unwrap_or_default()) {
                let month = self.of.start().plus(t).first_day();
                self.row(&month, measure.name(), Some(stats), None);
            }
        }
    }

    fn years(&mut self, waits: &WaitsResult) {
        for year in &waits.years {
            let period = Period::Financial(year.year).name();
            let standards = year.within.iter().zip(&year.missed);
            for ((within, missed), suffix) in standards.zip(STANDARD_SUFFIXES) {
                self.row(&period, &format!("within_standard{suffix}"), Some(within), None);
                if missed.is_some() {
                    self.row(&period, &format!("missed_standard{suffix}"), None, *missed);
                }
            }
        }
    }

    fn whole(&mut self, waits: &WaitsResult) {
        for (standard, suffix) in waits.standards.iter().zip(STANDARD_SUFFIXES) {
            let weeks = format!("standard_weeks{suffix}");
            self.value("total", &weeks, Some(standard.weeks), "");
            let note = if standard.share.is_none() { "proposed: names no share" } else { "" };
            self.value("total", &format!("standard_share{suffix}"), standard.share, note);
        }
        let note = basis(waits);
        self.value("total", "capacity_first", Some(waits.capacity_first), &note);
        for (measure, when) in
            [("first_overload", &waits.first_overload), ("months_to_clear", &waits.months_to_clear)]
        {
            self.row("total", measure, when.months.as_ref(), Some(when.share_of_draws));
        }
        let (t, longest) = &waits.longest;
        let month = self.of.start().plus(*t as i32).first_day();
        self.row(&month, "wait_longest", Some(longest), None);
        for needed in &waits.needed {
            let from = self.of.start().plus(needed.from as i32).first_day();
            let period = if needed.from == 0 { "total".to_owned() } else { format!("from {from}") };
            let share = Some(needed.share_of_draws);
            let measure = format!("extra_{}_needed", needed.kind.name());
            let note = format!("searched for in {} draws", needed.draws);
            self.noted(&period, &measure, needed.extra.as_ref(), share, &note);
            if let Some(staff) = &needed.staff {
                self.noted(&period, "extra_staff_needed", Some(staff), share, &note);
            }
        }
    }
}
