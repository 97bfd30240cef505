//! `waits.csv`: waiting lists by month, by financial year and over all months.
//!
//! What a measure says of draws ("missed in 8 of 10") is in `share_of_draws`. Lists, median waits
//! and shares stand beside the same without the pandemic, on the same draws, and the difference. A
//! month in which nobody starts has no wait.

use super::OfCase;
use crate::output::table::columns::{AREA, MEASURE, PERIOD, SCENARIO, SERVICE, STATS};
use crate::output::table::{Column, Head, Rows, Table, Written};
use crate::output::waits::basis;
use crate::projection::course::{Course, Period};
use crate::projection::measure::Measure;
use crate::projection::quantiles::Stats;
use crate::projection::waits_summary::{Against, WaitsResult};
use crate::study::pack::STANDARD_SUFFIXES;

/// The same without the pandemic, and what it adds draw by draw.
const AGAINST: [Column; 5] = [
    Column::number("without_mean", "mean without the pandemic"),
    Column::number("without_q50", "median of draws without the pandemic"),
    Column::number("difference_q05", "with the pandemic less without it, 5th percentile"),
    Column::number("difference_q50", "with the pandemic less without it, median"),
    Column::number("difference_q95", "with the pandemic less without it, 95th percentile"),
];

/// What is said of a service that nothing published can be held against.
const NOT_CHECKED: &str = "not checked: nothing published to hold it against";
/// What is said of a month in which nobody starts.
const CLOSED: &str = "nobody starts: no wait";

/// Waiting lists: what everyone asks, or what only those do who look closer.
pub(super) struct Waits {
    written: Written,
}

/// Waiting lists.
pub(super) const WAITS: Waits = Waits { written: Written::Always };

/// The further measures of waiting lists.
pub(super) const WAITS_DETAIL: Waits = Waits { written: Written::OnRequest };

/// What is detail: it moves as the median does.
const DETAIL: [Measure; 1] = [Measure::WaitP90];

impl Table<OfCase<'_>> for Waits {
    fn head(&self) -> Head {
        let share = Column::number("share_of_draws", "in which share of draws it happens");
        let note = Column::text("note", "what a reader should know");
        let (name, about) = match self.written {
            Written::OnRequest => (
                "waits-detail",
                "Further measures of waiting lists by month: `wait_p90`, the 90th percentile of \
                 waits of those who start, in weeks.",
            ),
            Written::Always | Written::WithRows => (
                "waits",
                "Waiting lists, in weeks, people and shares; measures are described in \
                 [waits.md](waits.md).",
            ),
        };
        Head {
            name,
            about,
            written: self.written,
            columns: [
                &[SCENARIO, AREA, SERVICE, PERIOD, MEASURE][..],
                &STATS,
                &AGAINST,
                &[share, note],
            ]
            .concat(),
        }
    }

    fn rows(&self, of: &OfCase<'_>, rows: &mut Rows) {
        for line in &of.projection.lines {
            let Some(waits) = &line.waits else { continue };
            if !waits.is_checked && !of.study.says_unchecked {
                continue;
            }
            let id = of.study.pack.services[line.service].id.as_str();
            let is_detail = self.written == Written::OnRequest;
            let mut one = One { of, rows, id };
            one.months(&line.course, waits, |measure| DETAIL.contains(&measure) == is_detail);
            if !is_detail {
                one.years(waits);
                one.whole(waits);
            }
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
        self.against(period, measure, stats, None, (share, note));
    }

    fn against(
        &mut self,
        period: &str,
        measure: &str,
        stats: Option<&Stats>,
        against: Option<&Against>,
        (share, note): (Option<f64>, &str),
    ) {
        let rows = self.begin(period, measure).stats(stats);
        rows.number(against.map(|a| a.without.mean)).number(against.map(|a| a.without.median()));
        rows.number(against.map(|a| a.difference.q05()));
        rows.number(against.map(|a| a.difference.median()));
        rows.number(against.map(|a| a.difference.q95()));
        rows.number(share).text(note).end();
    }

    fn value(&mut self, period: &str, measure: &str, value: Option<f64>, note: &str) {
        let value = value.map(Stats::point);
        self.against(period, measure, value.as_ref(), None, (None, note));
    }

    fn months(&mut self, course: &Course, waits: &WaitsResult, has: impl Fn(Measure) -> bool) {
        let checked = if waits.is_checked { "" } else { NOT_CHECKED };
        for measure in Measure::OF_WAITS.into_iter().filter(|measure| has(*measure)) {
            let against = waits.against.iter().find(|(own, _)| *own == measure);
            let standard =
                waits.standards.iter().find(|s| Measure::WithinStandard(s.place) == measure);
            for (t, stats) in course.measure(measure).unwrap_or_default().iter().enumerate() {
                let month = self.of.start().plus(t as i32);
                if standard.is_some_and(|standard| !standard.holds(month)) {
                    continue;
                }
                let is_of_starts = !matches!(measure, Measure::Waiting | Measure::Reneged);
                let is_closed = is_of_starts && waits.closed.get(t) == Some(&true);
                let against = against.and_then(|(_, months)| months.get(t));
                let (stats, against, note) =
                    if is_closed { (None, None, CLOSED) } else { (Some(stats), against, checked) };
                self.against(&month.first_day(), measure.name(), stats, against, (None, note));
            }
        }
    }

    fn years(&mut self, waits: &WaitsResult) {
        for year in &waits.years {
            let period = Period::Financial(year.year).name();
            let each = year.within.iter().zip(&year.missed).zip(&waits.standards);
            for ((within, missed), standard) in each {
                let Some(within) = within else { continue };
                let suffix =
                    STANDARD_SUFFIXES[usize::from(standard.place) % STANDARD_SUFFIXES.len()];
                let published = waits.published.iter().find(|(own, _)| *own == year.year);
                let is_main = waits.standards.first() == Some(standard);
                let note = match published.filter(|_| is_main) {
                    Some((_, share)) => format!("published: {:.1}%", share * 100.0),
                    None => String::new(),
                };
                let name = format!("within_standard{suffix}");
                self.noted(&period, &name, Some(within), None, &note);
                if missed.is_some() {
                    self.row(&period, &format!("missed_standard{suffix}"), None, *missed);
                }
            }
        }
    }

    fn whole(&mut self, waits: &WaitsResult) {
        for standard in &waits.standards {
            let suffix = STANDARD_SUFFIXES[usize::from(standard.place) % STANDARD_SUFFIXES.len()];
            let weeks = format!("standard_weeks{suffix}");
            let until = standard.until.map_or_else(String::new, |end| format!("to {}", end.name()));
            self.value("total", &weeks, Some(standard.weeks), &until);
            let note = if standard.share.is_none() { "proposed: nothing is missed" } else { "" };
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
