//! A projection that carries on from the months observed so far.
//!
//! For every draw the level at which each line runs is told by its last six counted months
//! ([`crate::model::level`]) and carried forward in full; what a draw believes of restrictions,
//! return and surge stays as it is. The rule is this simple because no other did better on areas
//! held out: figures weighed by how well each explains the counts (particles moved from the prior
//! to the posterior), a Kalman and an ensemble filter were all further off (`docs/evidence.md`).

use thiserror::Error;

use crate::draw::quantile;
use crate::month::Month;
use crate::projection::Projection;
use crate::projection::draws::{self, Drawn};
use crate::projection::measure::Measure;
use crate::study::Study;
use crate::study::area::Series;
use crate::study::observed::Observed;

/// Why there is nothing to carry on from.
#[derive(Clone, PartialEq, Debug, Error)]
pub enum FitError {
    /// The last month lies before the scenario.
    #[error("a month from {start} on, in which the scenario starts")]
    TooEarly {
        /// The scenario's start.
        start: Month,
        /// The last month to be used.
        until: Month,
    },
    /// No line of any area has a counted month.
    #[error(
        "a baseline with counted months from {start} on, and the months before to forecast from: \
         there is none to {until} in any area; derived months are not used"
    )]
    NothingObserved {
        /// The scenario's start.
        start: Month,
        /// The last month to be used.
        until: Month,
    },
    /// The last month lies after all that were counted.
    #[error("a month up to {last}, the last one counted (within the scenario's months)")]
    TooLate {
        /// The last month counted.
        last: Month,
    },
}

/// What the months said.
#[derive(Debug)]
pub struct Fit {
    /// The study that carries on from them.
    pub study: Study,
    /// The last month used.
    pub until: Month,
    /// The lines observed.
    pub lines: Vec<FittedLine>,
    /// Draws with the months and without them.
    pub fitted: Vec<Drawn>,
    /// Draws without them.
    pub unfitted: Vec<Drawn>,
}

/// One line that was observed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct FittedLine {
    /// The area.
    pub area: usize,
    /// The service.
    pub service: usize,
    /// How many months were counted.
    pub months: usize,
    /// How far its level lies above what was projected, as a share: 5th, 50th, 95th percentile.
    pub level: [f64; 3],
    /// Months outside the 90% range without the fit, and with it.
    pub outside: [usize; 2],
}

/// Carries the first scenario of `study` on from the counted months up to `until`.
///
/// # Errors
/// If nothing was counted from the scenario's start to `until`.
pub fn fit(study: &Study, until: Month) -> Result<Fit, FitError> {
    let mut study = study.clone();
    study.scenarios.truncate(1);
    let scenario = &study.scenarios[0];
    let start = scenario.start;
    if until < start {
        return Err(FitError::TooEarly { start, until });
    }
    let unfitted = draws::referrals(&study);
    // A line without a forecast has no level.
    let has_draws = |area: &str, service: &str| {
        unfitted.iter().any(|drawn| {
            study.areas[drawn.area].id == area && study.pack.services[drawn.service].id == service
        })
    };
    let mut observed = Observed::of(&study, until);
    observed.lines.retain(|line| has_draws(&line.area, &line.service));
    let last = observed.lines.iter().flat_map(|line| &line.months).map(|(month, _)| *month);
    let Some(last) = last.max() else { return Err(FitError::NothingObserved { start, until }) };
    if last.min(scenario.last()) < until {
        return Err(FitError::TooLate { last: last.min(scenario.last()) });
    }
    study.observed = Some(observed);
    let fitted = draws::referrals(&study);
    let line = |(fitted, unfitted): (&Drawn, &Drawn)| {
        let series = series_of(&study, fitted)?;
        let (months, now) = outside(&study, fitted, series, until);
        let (_, before) = outside(&study, unfitted, series, until);
        let mut levels = fitted.level.clone();
        levels.sort_by(f64::total_cmp);
        (months > 0).then(|| FittedLine {
            area: fitted.area,
            service: fitted.service,
            months,
            level: [0.05, 0.5, 0.95].map(|p| quantile(&levels, p).exp_m1()),
            outside: [before, now],
        })
    };
    let lines = fitted.iter().zip(&unfitted).filter_map(line).collect();
    Ok(Fit { study, until, lines, fitted, unfitted })
}

/// The series that a drawn line was observed in.
fn series_of<'a>(study: &'a Study, drawn: &Drawn) -> Option<&'a Series> {
    study.areas[drawn.area].series.iter().find(|series| series.service == drawn.service)
}

/// How many months to `until` were counted, and how many of them lie outside the 90% range.
fn outside(study: &Study, drawn: &Drawn, series: &Series, until: Month) -> (usize, usize) {
    let start = study.scenarios[drawn.scenario].start;
    let (mut counted, mut out) = (0, 0);
    for (month, value, derived) in series.months() {
        let t = usize::try_from(month.since(start)).ok().filter(|_| month <= until && !derived);
        let draws = t.and_then(|t| drawn.referrals.get(t));
        let (Some(value), Some(draws)) = (value, draws) else { continue };
        let mut sorted = draws.clone();
        sorted.sort_by(f64::total_cmp);
        counted += 1;
        let range = quantile(&sorted, 0.05)..=quantile(&sorted, 0.95);
        out += usize::from(!range.contains(&value));
    }
    (counted, out)
}

/// A line whose counted months lie outside the ranges of a run, whatever the scenario.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Missed {
    /// The area.
    pub area: usize,
    /// The service.
    pub service: usize,
    /// The scenario whose range holds most of them.
    pub scenario: usize,
    /// How many lie outside its 90% range.
    pub outside: usize,
    /// How many were counted.
    pub counted: usize,
    /// The last of them.
    pub last: Month,
}

/// The lines whose counted months a run's ranges do not hold, by the scenario that does best.
pub fn missed(study: &Study, projections: &[Projection]) -> Vec<Missed> {
    let mut best: Vec<Missed> = Vec::new();
    for projection in projections.iter().filter(|_| study.draws.count > 0) {
        let start = study.scenarios[projection.scenario].start;
        for line in &projection.lines {
            let Some(stats) = line.course.measure(Measure::Referrals) else { continue };
            let series = &study.areas[projection.area].series;
            let Some(series) = series.iter().find(|own| own.service == line.service) else {
                continue;
            };
            let mut own = Missed {
                area: projection.area,
                service: line.service,
                scenario: projection.scenario,
                outside: 0,
                counted: 0,
                last: start,
            };
            for (month, value, derived) in series.months() {
                let t = usize::try_from(month.since(start)).ok().filter(|_| !derived);
                let (Some(value), Some(stats)) = (value, t.and_then(|t| stats.get(t))) else {
                    continue;
                };
                own.counted += 1;
                own.last = month;
                own.outside += usize::from(!(stats.q05()..=stats.q95()).contains(&value));
            }
            let key = (own.area, own.service);
            match best.iter_mut().find(|known| (known.area, known.service) == key) {
                Some(known) if own.outside < known.outside => *known = own,
                Some(_) => {}
                None => best.push(own),
            }
        }
    }
    best.retain(|own| is_outside(own.outside, own.counted));
    best
}

/// Whether so many months outside a 90% range say that the range is not to be believed: more than
/// a quarter of them, and three at the least. Months share their errors, so one in ten is no bar.
pub const fn is_outside(out: usize, counted: usize) -> bool {
    out >= 3 && out * 4 > counted
}
