//! Small numbers: what of an area below a nation is told, and how.
//!
//! The rules of NHS mental health statistics (`--disclosure nhs-mh`), applied once, to what was read
//! and to what came of it, before any table, picture, page or word is made of them:
//!
//! - observed counts under [`LEAST`], zero among them, are `*`; others go to the nearest [`NEAREST`].
//!   Where one alone is hidden and a total tells it, the next smallest is hidden too;
//! - projected counts go to the nearest [`NEAREST`]; 0 to 4 are `under 5`;
//! - shares and waits of fewer than [`LEAST`] people a period are `*`;
//! - totals are rounded from sums that were not;
//! - underlying demand from months under [`LEAST`], or from fewer than [`MONTHS`], is told as an
//!   observed count.
//!
//! What may not be told is a [`Withheld`]: a number that is nothing in any sum or picture and that
//! tables write as words.

mod results;
mod totals;

use std::collections::HashSet;

use serde::Serialize;

use crate::month::Month;
use crate::projection::Projection;
use crate::projection::measure::Measure;
use crate::projection::quantiles::Stats;
use crate::projection::waits_summary::WaitsResult;
use crate::study::Study;
use crate::study::area::{Area, NATIONS};
use crate::study::pack::same_name;
use crate::study::scenario::Scenario;
use results::{course, needs, split, starts};
use totals::totals;

/// Counts from this on are told.
pub const LEAST: f64 = 5.0;
/// What counts are rounded to.
pub const NEAREST: f64 = 5.0;
/// Months from which underlying demand is a forecast and not what was observed.
pub const MONTHS: usize = 12;

/// What is told of small numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Rules {
    /// Everything.
    #[default]
    None,
    /// What the rules of NHS mental health statistics allow.
    NhsMh,
}

/// A number that may not be told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Withheld {
    /// It could be anything.
    Hidden,
    /// It is 0 to 4.
    Under5,
}

impl Withheld {
    /// What a number withholds, if it does.
    pub fn of(value: f64) -> Option<Self> {
        [Self::Hidden, Self::Under5].into_iter().find(|own| own.marker() == value)
    }

    /// How tables write it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Hidden => "*",
            Self::Under5 => "under 5",
        }
    }

    /// The number that stands for it: as near to nothing as there is, so no result is one.
    const fn marker(self) -> f64 {
        match self {
            Self::Hidden => -f64::MIN_POSITIVE,
            Self::Under5 => f64::MIN_POSITIVE,
        }
    }
}

/// A projected count as it is told.
pub fn count(value: f64) -> f64 {
    if Withheld::of(value).is_some() || !value.is_finite() {
        return value;
    }
    // 4.4 people are 4, and 4 are not told.
    if value.abs() < LEAST - 0.5 { Withheld::Under5.marker() } else { nearest(value) }
}

/// An observed count as it is told: none where it is hidden.
pub fn observed(value: f64) -> Option<f64> {
    (value >= LEAST).then(|| nearest(value))
}

fn nearest(value: f64) -> f64 {
    (value / NEAREST).round() * NEAREST
}

fn each(stats: &Stats, rule: impl Fn(f64) -> f64) -> Stats {
    Stats::new(rule(stats.mean), |quantile| rule(stats.at(quantile)))
}

fn hidden() -> Stats {
    Stats::point(Withheld::Hidden.marker())
}

/// A share or a wait of so many people: told where they are enough.
fn of_people(stats: &mut Stats, people: f64) {
    if people < LEAST {
        *stats = hidden();
    }
}

/// Parts of a total that is told too, by what stands at each: hides the next smallest wherever one
/// alone could be worked out. True where it hid one.
pub fn protect(parts: &mut [Part], is_total_told: bool) -> bool {
    let hidden = parts.iter().filter(|part| part.is_hidden).count();
    if !is_total_told || hidden != 1 {
        return false;
    }
    let told = parts.iter_mut().filter(|part| !part.is_hidden);
    let next = told.min_by(|a, b| a.value.total_cmp(&b.value));
    next.map(|part| part.is_hidden = true).is_some()
}

/// One part of a total.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Part {
    /// What was counted.
    pub value: f64,
    /// Whether it is not told.
    pub is_hidden: bool,
}

/// A cell of the baseline: series of an area, month of it.
type Place = (usize, usize, usize);

/// What was withheld of a run: part of its record.
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    rules: &'static str,
    counts_told_from: f64,
    rounded_to: f64,
    forecast_from_months: usize,
    areas: Vec<String>,
    /// Observed months under the least.
    observed_small: usize,
    /// Observed months hidden because a total would tell them.
    observed_next: usize,
    /// Cells of tables that say `*`.
    pub cells_hidden: usize,
    /// Cells of tables that say `under 5`.
    pub cells_under_5: usize,
}

/// What of each area is told, once [`Control::new`] has looked at it.
#[derive(Clone, Debug)]
pub struct Control {
    /// By area: whether it is below a nation.
    areas: Vec<bool>,
    /// Months of the baseline that are hidden: area, service, month.
    months: HashSet<(usize, usize, Month)>,
    /// Lines of which the underlying path is told as what was observed: area, service.
    as_observed: HashSet<(usize, usize)>,
    /// Lines of which too few people wait for any wait to be told: area, service.
    few: HashSet<(usize, usize)>,
    /// What was done.
    pub record: Record,
}

/// Whether an area is below a nation.
pub fn is_below_a_nation(study: &Study, area: &Area) -> bool {
    let is_nation = NATIONS.iter().any(|nation| same_name(nation, &area.id));
    let is_whole = same_name(&study.pack.reference_area, &area.id) && area.within.is_empty();
    !is_nation && !is_whole
}

/// What to say where nothing is withheld, although an area below a nation has months under the
/// least.
pub fn warning(study: &Study) -> Option<String> {
    let is_small = |value: &Option<f64>| value.is_some_and(|value| value < LEAST);
    let small = |area: &&Area| {
        is_below_a_nation(study, area)
            && area.series.iter().any(|series| series.values.iter().any(is_small))
    };
    let area = study.areas.iter().find(small)?;
    Some(format!(
        "{} has observed months under {LEAST}; before results leave your organisation: \
         --disclosure nhs-mh",
        area.name
    ))
}

impl Control {
    /// Looks at the baselines: the study as it may be told, and what that is.
    pub fn new(study: &Study) -> (Study, Self) {
        let areas: Vec<bool> =
            study.areas.iter().map(|area| is_below_a_nation(study, area)).collect();
        let start = study.scenarios.iter().map(Scenario::learns_before).min();
        let mut hidden: HashSet<Place> = HashSet::new();
        let mut as_observed = HashSet::new();
        for (a, area) in study.areas.iter().enumerate().filter(|(a, _)| areas[*a]) {
            for (s, series) in area.series.iter().enumerate() {
                let small = series.values.iter().enumerate();
                let small = small.filter(|(_, value)| value.is_some_and(|v| v < LEAST));
                hidden.extend(small.map(|(t, _)| (a, s, t)));
                let before = start.map_or(0, |start| series.months_before(start));
                let known: Vec<f64> = series.values[..before].iter().flatten().copied().collect();
                if known.len() < MONTHS || known.iter().any(|value| *value < LEAST) {
                    as_observed.insert((a, series.service));
                }
            }
        }
        let small = hidden.len();
        while totals(study, &areas, start).iter().any(|total| total.protect(study, &mut hidden)) {}
        let mut told = study.clone();
        let mut months = HashSet::new();
        for (a, area) in told.areas.iter_mut().enumerate().filter(|(a, _)| areas[*a]) {
            for (s, series) in area.series.iter_mut().enumerate() {
                for t in 0..series.values.len() {
                    if hidden.contains(&(a, s, t)) {
                        series.values[t] = None;
                        months.insert((a, series.service, series.start.plus(t as i32)));
                    } else {
                        series.values[t] = series.values[t].and_then(observed);
                    }
                }
            }
        }
        let names = told.areas.iter().zip(&areas).filter(|(_, is)| **is);
        let record = Record {
            rules: "nhs-mh",
            counts_told_from: LEAST,
            rounded_to: NEAREST,
            forecast_from_months: MONTHS,
            areas: names.map(|(area, _)| area.id.clone()).collect(),
            observed_small: small,
            observed_next: hidden.len() - small,
            cells_hidden: 0,
            cells_under_5: 0,
        };
        (told, Self { areas, months, as_observed, few: HashSet::new(), record })
    }

    /// Whether an area is below a nation.
    pub fn holds(&self, area: usize) -> bool {
        self.areas.get(area) == Some(&true)
    }

    /// An observed month as it is told.
    pub fn month(
        &self,
        (area, service, month): (usize, usize, Month),
        value: Option<f64>,
    ) -> Option<f64> {
        let is_hidden = self.months.contains(&(area, service, month));
        if is_hidden { Some(Withheld::Hidden.marker()) } else { value }
    }

    /// Whether a line is large enough to be carried draw by draw, and to be shown at all.
    pub fn is_carried(&self, area: usize, service: Option<usize>, year: Option<f64>) -> bool {
        let is_small = year.is_none_or(|year| year < 12.0 * LEAST);
        let as_observed = service.is_some_and(|own| self.as_observed.contains(&(area, own)));
        !self.holds(area) || !(is_small || as_observed)
    }

    /// A statistic by the name of its measure, of what is added up only for a table.
    pub fn told(
        &self,
        (area, service): (usize, Option<usize>),
        measure: &str,
        stats: Stats,
    ) -> Stats {
        let is_wait = measure.starts_with("wait_") || measure.starts_with("within");
        let is_few = service.is_some_and(|own| self.few.contains(&(area, own)));
        match (self.holds(area), is_wait, is_few) {
            (true, false, _) => each(&stats, count),
            (true, true, true) => hidden(),
            _ => stats,
        }
    }

    /// A number of people that a table counts itself.
    pub fn number(&self, area: usize, value: f64) -> f64 {
        if self.holds(area) { count(value) } else { value }
    }

    /// Makes of a projection what may be told of it.
    pub fn apply(&mut self, projection: &mut Projection) {
        let area = projection.area;
        if !self.holds(area) {
            return;
        }
        for line in &mut projection.lines {
            let is_observed = self.as_observed.contains(&(area, line.service));
            results::line(line, is_observed);
            let is_few = |waits: &WaitsResult| Withheld::of(waits.longest.1.median()).is_some();
            if line.waits.as_ref().is_some_and(is_few) {
                self.few.insert((area, line.service));
            }
        }
        for family in &mut projection.families {
            let is_observed =
                family.services.iter().any(|own| self.as_observed.contains(&(area, *own)));
            let starts = starts(&family.course);
            course(&mut family.course, &starts, is_observed);
            family.baseline_year = family.baseline_year.and_then(observed);
            family.equity.iter_mut().for_each(split);
        }
        needs(&mut projection.needs);
    }

    /// Forgets the waits of lines that are too small for any to be told: words and pictures
    /// have no mark for it, as tables have.
    pub fn forget(&self, projection: &mut Projection) {
        if !self.holds(projection.area) {
            return;
        }
        for line in &mut projection.lines {
            if self.few.contains(&(projection.area, line.service)) {
                line.waits = None;
                let measures = &mut line.course.measures;
                measures.retain(|(measure, _)| !Measure::OF_WAITS.contains(measure));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_told_in_fives_and_small_ones_not_at_all() {
        let told = [0.0, 4.4, 4.5, 7.4, 7.5, 12.0, -3.0, -8.0, 1203.0].map(count);
        let [zero, four, five, seven, eight, twelve, less, fewer, many] = told;
        for small in [zero, four, less] {
            assert_eq!(Withheld::of(small), Some(Withheld::Under5));
        }
        assert_eq!(
            [five, seven, eight, twelve, fewer, many],
            [5.0, 5.0, 10.0, 10.0, -10.0, 1205.0]
        );
        // What arrived rounded stays as it is, however often.
        assert_eq!(count(count(1203.0)), 1205.0);
        assert_eq!(count(zero), zero);
        let seen = [0.0, 4.0, 5.0, 12.0, 13.0].map(observed);
        assert_eq!(seen, [None, None, Some(5.0), Some(10.0), Some(15.0)]);
    }

    fn parts(values: &[f64]) -> Vec<Part> {
        let part = |value: &f64| Part { value: *value, is_hidden: *value < LEAST };
        values.iter().map(part).collect()
    }

    fn is_hidden(parts: &[Part]) -> Vec<bool> {
        parts.iter().map(|part| part.is_hidden).collect()
    }

    /// 3 + 40 + 12 = 55: with 55, 40 and 10 told, 3 would be known within the rounding.
    #[test]
    fn the_next_smallest_is_hidden_where_one_alone_could_be_worked_out() {
        let mut one = parts(&[3.0, 40.0, 12.0]);
        assert!(protect(&mut one, true));
        assert_eq!(is_hidden(&one), [true, false, true]);
        // Two hidden protect each other; none needs nothing; a total not told tells nothing.
        for (values, told) in
            [(&[3.0, 2.0, 12.0], true), (&[6.0, 7.0, 8.0], true), (&[3.0, 40.0, 12.0], false)]
        {
            let mut own = parts(values);
            let before = own.clone();
            assert!(!protect(&mut own, told));
            assert_eq!(own, before);
        }
        // Nothing is left to hide.
        assert!(!protect(&mut parts(&[3.0]), true));
    }

    #[test]
    fn a_share_of_few_people_is_hidden() {
        let mut share = Stats::point(0.25);
        of_people(&mut share, 5.0);
        assert_eq!(share, Stats::point(0.25));
        of_people(&mut share, 4.9);
        assert_eq!(Withheld::of(share.median()), Some(Withheld::Hidden));
    }
}
