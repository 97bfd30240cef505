//! Waiting lists as `waits.csv`, as JSON and as lines on a terminal.
//!
//! `waits.csv` has a row a measure and period: months (`2021-04-01`: waiting, waits in weeks,
//! share within the standard, load), financial years (`fy_2021-22`) and the whole horizon (`total`).
//! What a measure says of draws ("missed in 8 of 10") stands in `share_of_draws`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::csv_rows::{Rows, stats_header};
use super::document::stats;
use super::tables::{Names, each, names};
use super::words::{HEADLINE, count};
use crate::projection::Projection;
use crate::projection::course::{Course, Period};
use crate::projection::line::LineResult;
use crate::projection::measure::Measure;
use crate::projection::quantiles::{Quantile, Stats};
use crate::projection::waits_summary::{AccessStandard, CapacityBasis, Needed, WaitsResult, When};
use crate::study::Study;
use crate::study::pack::STANDARD_SUFFIXES;

/// What scenarios are compared by, beside totals: the list at the end, the longest median wait of
/// any month, and the share within the standard over the horizon.
pub const COMPARED: [&str; 3] = ["waiting_end", "wait_longest", "within_standard"];

/// Whether a measure stands in `waits.csv` alone.
pub fn has_own_table(measure: Measure) -> bool {
    measure != Measure::Waiting && Measure::OF_WAITS.contains(&measure)
}

/// `waits.csv`.
pub fn waits(study: &Study, projections: &[Projection]) -> String {
    let header =
        format!("scenario,area,service,period,measure,{},share_of_draws,note", stats_header());
    each(&header, projections, |rows, projection| {
        for line in &projection.lines {
            let Some(waits) = &line.waits else { continue };
            let id = study.pack.services[line.service].id.as_str();
            let mut table = Table { rows, names: names(study, projection), id };
            table.months(&line.course);
            table.years(waits);
            table.whole(waits);
        }
    })
}

struct Table<'a> {
    rows: &'a mut Rows,
    names: Names<'a>,
    id: &'a str,
}

impl Table<'_> {
    fn begin(&mut self, period: &str, measure: &str) -> &mut Rows {
        self.rows.text(self.names.scenario).text(self.names.area).text(self.id);
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
        let rows = self.begin(period, measure);
        match stats {
            Some(stats) => {
                rows.stats(stats);
            }
            None => blank(rows, 1 + Quantile::ALL.len()),
        }
        rows.maybe(share).text(note).end();
    }

    fn value(&mut self, period: &str, measure: &str, value: Option<f64>, note: &str) {
        let rows = self.begin(period, measure);
        rows.maybe(value);
        blank(rows, Quantile::ALL.len() + 1);
        rows.text(note).end();
    }

    fn months(&mut self, course: &Course) {
        for measure in Measure::OF_WAITS {
            for (t, stats) in (0..).zip(course.measure(measure).unwrap_or_default()) {
                let month = self.names.start.plus(t).first_day();
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
        let month = self.names.start.plus(*t as i32).first_day();
        self.row(&month, "wait_longest", Some(longest), None);
        for needed in &waits.needed {
            let from = self.names.start.plus(needed.from as i32).first_day();
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

fn blank(rows: &mut Rows, cells: usize) {
    for _ in 0..cells {
        rows.text("");
    }
}

/// Where capacity comes from, in words.
pub fn basis(waits: &WaitsResult) -> String {
    match &waits.capacity {
        CapacityBasis::Held => {
            "held: mean accepted referrals of the year before the start over the load".to_owned()
        }
        CapacityBasis::Given { file, kind } => format!("{} as in {file}", kind.name()),
    }
}

fn when(when: &When) -> Value {
    json!({ "share_of_draws": when.share_of_draws, "months": when.months.as_ref().map(stats) })
}

/// The waiting list of a line as JSON.
pub fn document(
    study: &Study,
    projection: &Projection,
    course: &Course,
    waits: &WaitsResult,
) -> Value {
    let start = study.scenarios[projection.scenario].start;
    let day = |t: usize| start.plus(t as i32).first_day();
    let access = |s: &AccessStandard| json!({ "weeks": s.weeks, "share": s.share });
    let months = |measure: Measure| {
        let months = course.measure(measure)?;
        Some((measure.name().to_owned(), months.iter().map(stats).collect::<Value>()))
    };
    json!({
        "standards": waits.standards.iter().map(access).collect::<Vec<_>>(),
        "capacity": { "first_month": waits.capacity_first, "basis": basis(waits) },
        "first_overload": when(&waits.first_overload),
        "months_to_clear": when(&waits.months_to_clear),
        "longest": { "month": day(waits.longest.0), "weeks": stats(&waits.longest.1) },
        "years": waits.years.iter().map(|year| json!({
            "financial_year": year.year.to_string(),
            "months": year.months,
            "within": year.within.iter().map(stats).collect::<Vec<_>>(),
            "missed_share_of_draws": year.missed.iter().flatten().collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "needed": waits.needed.iter().map(|needed| json!({
            "from": day(needed.from),
            "extra": needed.extra.as_ref().map(stats),
            "share_of_draws": needed.share_of_draws,
            "kind": needed.kind,
            "staff": needed.staff.as_ref().map(stats),
        })).collect::<Vec<_>>(),
        "months": Measure::OF_WAITS.into_iter().filter_map(months)
            .collect::<serde_json::Map<_, _>>(),
    })
}

/// The waits of headline services, a few lines each; nothing where there are none.
pub fn terminal(study: &Study, projection: &Projection) -> String {
    let pack = &study.pack;
    let told: Vec<(&LineResult, &WaitsResult)> = HEADLINE
        .iter()
        .flat_map(|family| {
            projection
                .lines
                .iter()
                .filter(move |line| pack.families[pack.services[line.service].family].id == *family)
        })
        .filter_map(|line| Some((line, line.waits.as_ref()?)))
        .filter(|(_, waits)| !waits.standards.is_empty())
        .collect();
    if told.is_empty() {
        return String::new();
    }
    let held = told.iter().all(|(_, waits)| waits.capacity == CapacityBasis::Held);
    let how = if held {
        "capacity held at the year before's accepted referrals over load"
    } else {
        "capacity from the file, held where it says nothing"
    };
    let mut text = format!("\nWaits, {how}:\n");
    for (line, waits) in told {
        let label = &pack.services[line.service].label;
        let _ = writeln!(text, "  {label}:\n    {}", sentences(study, projection, line, waits));
    }
    text
}

fn sentences(
    study: &Study,
    projection: &Projection,
    line: &LineResult,
    waits: &WaitsResult,
) -> String {
    let start = study.scenarios[projection.scenario].start;
    let mut parts = Vec::new();
    if let Some(standard) = waits.standards.first() {
        parts.push(compliance(*standard, waits, study.draws.count));
    }
    let (t, longest) = &waits.longest;
    if longest.median() > 0.0 {
        let month = start.plus(*t as i32).short();
        parts.push(format!("median wait longest in {month}, {}", time(longest)));
    }
    if let Some(end) = line.course.measure(Measure::Waiting).and_then(<[Stats]>::last) {
        parts.push(format!("{} waiting at the end", range(end)));
    }
    parts.extend(waits.needed.last().and_then(|needed| more(needed, start)));
    parts.join(";\n    ")
}

/// "6-week standard missed in 8 of 10 draws in 2020-21": the year missed most often.
fn compliance(standard: AccessStandard, waits: &WaitsResult, draws: usize) -> String {
    let limit = limit(standard.weeks);
    let whole = || waits.years.iter().filter(|year| year.months == 12);
    if let Some(share) = standard.share {
        let worst = whole()
            .filter_map(|year| Some((year.year, (*year.missed.first()?)?)))
            .reduce(|a, b| if b.1 > a.1 { b } else { a });
        return match worst {
            Some((_, 0.0)) => format!("{limit} standard ({:.0}%) met in every year", share * 100.0),
            Some((year, _)) if draws == 0 => {
                format!("{limit} standard ({:.0}%) missed in {year}", share * 100.0)
            }
            Some((year, missed)) => format!(
                "{limit} standard ({:.0}%) missed in {} draws in {year}",
                share * 100.0,
                of_ten(missed)
            ),
            None => format!("{limit} standard"),
        };
    }
    let worst = whole()
        .filter_map(|year| Some((year.year, year.within.first()?.median())))
        .reduce(|a, b| if b.1 < a.1 { b } else { a });
    worst.map_or_else(
        || format!("{limit} standard proposed"),
        |(year, within)| {
            format!("{:.0}% start within the proposed {limit} limit in {year}", within * 100.0)
        },
    )
}

/// `8 of 10`; shares that round to none or all, of a hundred.
fn of_ten(share: f64) -> String {
    let tenths = (share * 10.0).round();
    if share <= 0.0 || share >= 1.0 || (tenths > 0.0 && tenths < 10.0) {
        return if share >= 1.0 { "all".to_owned() } else { format!("{tenths:.0} of 10") };
    }
    let hundredths = (share * 100.0).round();
    if hundredths > 99.0 { "nearly all".to_owned() } else { format!("{hundredths:.0} of 100") }
}

/// `6-week`, `24-hour`.
pub fn limit(weeks: f64) -> String {
    let hours = weeks * 168.0;
    if hours < 47.5 { format!("{hours:.0}-hour") } else { format!("{weeks:.0}-week") }
}

/// `4.1 weeks (2.2 to 9.8)`, in days or hours where it is short.
fn time(weeks: &Stats) -> String {
    let (factor, unit) = match weeks.median() {
        w if w >= 2.0 => (1.0, "weeks"),
        w if w * 7.0 >= 2.0 => (7.0, "days"),
        _ => (168.0, "hours"),
    };
    let [low, middle, high] =
        [weeks.q05(), weeks.median(), weeks.q95()].map(|value| number(value * factor));
    format!("{middle} {unit} ({low} to {high})")
}

fn range(stats: &Stats) -> String {
    let [low, middle, high] = [stats.q05(), stats.median(), stats.q95()].map(count);
    if low == high { middle } else { format!("{middle} ({low} to {high})") }
}

fn number(value: f64) -> String {
    if value >= 9.95 { format!("{value:.0}") } else { format!("{value:.1}") }
}

fn more(needed: &Needed, start: crate::month::Month) -> Option<String> {
    let from = start.plus(needed.from as i32).short();
    let kind = match needed.kind {
        crate::study::capacity::Kind::Starts => "starts a month",
        crate::study::capacity::Kind::Places => "places",
    };
    let staff = needed.staff.as_ref();
    let staff = staff
        .map_or_else(String::new, |staff| format!(";\n    {} staff to go with them", range(staff)));
    match &needed.extra {
        None => Some(format!("no capacity meets it from {from} on")),
        Some(extra) if extra.q95() > 0.0 => {
            Some(format!("{} more {kind} would meet it from {from} on{staff}", range(extra)))
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_counted_in_words() {
        let shares = [0.0, 0.004, 0.04, 0.1, 0.79, 0.97, 0.999, 1.0];
        let words = [
            "0 of 10",
            "0 of 100",
            "4 of 100",
            "1 of 10",
            "8 of 10",
            "97 of 100",
            "nearly all",
            "all",
        ];
        for (share, word) in shares.into_iter().zip(words) {
            assert_eq!(of_ten(share), word);
        }
    }

    #[test]
    fn limits_are_named_as_people_name_them() {
        assert_eq!(limit(6.0), "6-week");
        assert_eq!(limit(0.142_857), "24-hour");
        assert_eq!(limit(0.005_952), "1-hour");
    }
}
