//! Whether a choice keeps within what may be spent on it and who is there.
//!
//! ```text
//! within the budget = share of draws in which its levers cost no more
//! posts(y)          = sum of staff over its levers that have begun by the end of year y
//! staffed(y)        = share of draws in which posts(y) are no more than can be filled
//! ```
//!
//! Costs are those of all months. A lever with `recruitment` begins when its posts are filled.

use super::knowing::Samples;
use super::{Choice, Trial};
use crate::month::FinancialYear;
use crate::projection::quantiles::{Stats, Summariser};
use crate::study::Study;
use crate::study::lever::Lever;
use crate::study::package::{Limits, Posts};

/// A choice held against its limits.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Kept {
    /// Where a budget is given.
    pub budget: Option<Budget>,
    /// The years of which the posts are given.
    pub staff: Vec<Staffing>,
}

/// A choice held against a budget.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Budget {
    /// The pounds there are.
    pub pounds: f64,
    /// The share of draws and scenarios in which they suffice; none where a lever has no price.
    pub share: Option<f64>,
}

/// A choice held against the posts of a financial year.
#[derive(Clone, PartialEq, Debug)]
pub struct Staffing {
    /// The year.
    pub year: FinancialYear,
    /// Whole-time equivalents that can be filled.
    pub there: f64,
    /// Those that the levers take which say so.
    pub wanted: Stats,
    /// The share of draws in which those there suffice.
    pub share: f64,
}

impl Staffing {
    /// Whether staff suffice in half of the draws.
    pub fn is_likely(&self) -> bool {
        self.share >= 0.5
    }
}

impl Kept {
    /// Whether money and staff suffice in half of the draws, as far as is known.
    pub fn is_likely(&self) -> bool {
        let is_paid = self.budget.and_then(|budget| budget.share).is_none_or(|share| share >= 0.5);
        is_paid && self.unstaffed().is_none()
    }

    /// The first year in which staff suffice in fewer than half of the draws.
    pub fn unstaffed(&self) -> Option<&Staffing> {
        self.staff.iter().find(|year| !year.is_likely())
    }
}

/// A choice, tried in every scenario, held against its limits.
pub(super) fn kept(study: &Study, choice: &Choice, trials: &[Trial], samples: &Samples) -> Kept {
    let budget = choice.limits.budget.map(|pounds| {
        let costs: Option<Vec<&Vec<f64>>> =
            trials.iter().map(|trial| trial.cost.as_ref()).collect();
        let share = costs
            .map(|costs| share_of(costs.into_iter().flatten().copied(), |cost| cost <= pounds));
        Budget { pounds, share }
    });
    Kept { budget, staff: staffing(study, &choice.levers, &choice.limits, samples) }
}

/// Levers held against the posts of every year that is given.
pub fn staffing(
    study: &Study,
    levers: &[Lever],
    limits: &Limits,
    samples: &Samples,
) -> Vec<Staffing> {
    let of_year = |limit: &Posts| {
        let wanted = posts(study, levers, limit.year, samples);
        Staffing {
            year: limit.year,
            there: limit.posts,
            share: share_of(wanted.iter().copied(), |posts| posts <= limit.posts),
            wanted: Summariser::default().stats(wanted.into_iter()),
        }
    };
    limits.staff.iter().map(of_year).collect()
}

/// Whole-time equivalents that levers take by the end of a year, by draw.
fn posts(study: &Study, levers: &[Lever], year: FinancialYear, samples: &Samples) -> Vec<f64> {
    let mut sum = vec![0.0; study.draws.count.max(1)];
    for lever in levers.iter().filter(|lever| lever.start <= year.first().plus(11)) {
        if let Some(staff) = lever.staff {
            super::add(&mut sum, &samples.of(staff), 1.0);
        }
    }
    sum
}

fn share_of(draws: impl Iterator<Item = f64>, is: impl Fn(f64) -> bool) -> f64 {
    let (mut count, mut of) = (0_usize, 0_usize);
    for draw in draws {
        of += 1;
        count += usize::from(is(draw));
    }
    count as f64 / of.max(1) as f64
}
