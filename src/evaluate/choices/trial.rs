//! What one choice does in one scenario and area, draw by draw, over the horizon.
//!
//! ```text
//! helped = prevented + taken in + seen + started
//! unmet  = people who never present + referrals refused + demand lost to restrictions
//! ```
//!
//! *Prevented* are people who no longer develop a condition; *taken in* are referrals diverted and
//! accepted where they arrive; *seen* are referrals accepted because people seek help or thresholds
//! are lower; *started* are treatments begun within the horizon because there is more capacity or
//! treatment is shorter, beyond what is accepted. The last two are what the levers of that kind add
//! to the rest of the choice.

use std::collections::HashMap;

use crate::projection::burden::Burden;
use crate::projection::equity::{EquityMeasure, EquityResult};
use crate::projection::line::LeverTotals;
use crate::projection::measure::{Measure, NeedMeasure};
use crate::projection::quantiles::Stats;
use crate::projection::wait_totals::WaitTotals;
use crate::projection::{LineResult, Projection};
use crate::study::Study;

/// What a choice does in one scenario and area, by draw, over the horizon.
#[derive(Clone, Debug)]
pub struct Trial {
    /// Index of the scenario.
    pub scenario: usize,
    /// Index of the area.
    pub area: usize,
    /// People who no longer develop a condition.
    pub prevented: Vec<f64>,
    /// Referrals moved to another service.
    pub diverted: Vec<f64>,
    /// Of them, those accepted there.
    pub taken_in: Vec<f64>,
    /// Referrals accepted because people seek help or thresholds are lower.
    pub seen: Vec<f64>,
    /// Treatments begun because there is room for them.
    pub started: Vec<f64>,
    /// People reached, helped or not; somebody reached by two levers counts twice.
    pub reached: Vec<f64>,
    /// People helped: prevented, taken in, seen and started.
    pub helped: Vec<f64>,
    /// Change of unmet need.
    pub unmet: Vec<f64>,
    /// Change of referrals by service.
    pub referrals: Vec<(usize, Vec<f64>)>,
    /// Median referrals by service without levers, where there is a baseline.
    pub before: HashMap<usize, f64>,
    /// Pounds for the levers; none where one has no cost.
    pub cost: Option<Vec<f64>>,
    /// Of it, of one lever alone, what it costs however far it reaches.
    pub fixed_cost: Option<Vec<f64>>,
    /// Pounds more for treatment in services with a unit cost; none where no changed one has it.
    pub service_cost: Option<Vec<f64>>,
    /// Whole-time equivalents more to treat the surge in its busiest month; none where no changed
    /// service says what one of them takes on.
    pub staff: Option<Vec<f64>>,
    /// Waiting lists by service, as they are with the choice.
    pub waits: Vec<(usize, WaitTotals)>,
    /// Share of those seen over share of need by stratum of the stratification asked for: of all
    /// services together, and of families that have gradients of their own.
    pub access: Vec<(Option<usize>, Vec<Option<Stats>>)>,
    /// Weeks of waiting that all people together are spared, in lists that something published can
    /// be held against.
    pub weeks_saved: Vec<f64>,
}

impl Trial {
    /// Pounds for the levers and for treatment; none where a lever has no cost.
    pub fn whole_cost(&self) -> Option<Vec<f64>> {
        let mut cost = self.cost.clone()?;
        if let Some(service) = &self.service_cost {
            add(&mut cost, service, 1.0);
        }
        Some(cost)
    }

    /// Pounds for each person helped, in the draws that help anyone; none where under half do.
    pub fn cost_per_person(&self) -> Option<Vec<f64>> {
        self.cost_for_each(&self.helped)
    }

    /// Pounds for each person-week of waiting saved, likewise.
    pub fn cost_per_week(&self) -> Option<Vec<f64>> {
        self.cost_for_each(&self.weeks_saved)
    }

    fn cost_for_each(&self, gained: &[f64]) -> Option<Vec<f64>> {
        let cost = self.whole_cost()?;
        let pairs = gained.iter().zip(&cost).filter(|(gained, _)| **gained > 0.0);
        let costs: Vec<f64> = pairs.map(|(gained, cost)| cost / gained).collect();
        (2 * costs.len() >= gained.len() && !costs.is_empty()).then_some(costs)
    }
}

pub(super) fn trial(
    study: &Study,
    (base, with): (&Projection, &Projection),
    [fewer_people, less_room]: [Option<&Projection>; 2],
    by: Option<usize>,
) -> Trial {
    let draws = study.draws.count.max(1);
    let sum = |projection: &Projection, of: fn(&LeverTotals) -> &Vec<f64>| {
        let mut sum = vec![0.0; draws];
        for totals in projection.lines.iter().filter_map(|line| line.levers.as_ref()) {
            add(&mut sum, of(totals), 1.0);
        }
        sum
    };
    let need = |projection: &Projection, measure| {
        let found = projection.needs.draws.iter().find(|(m, _)| *m == measure);
        found.map_or_else(|| vec![0.0; draws], |(_, draws)| draws.clone())
    };
    let mut prevented = need(base, NeedMeasure::Need);
    add(&mut prevented, &need(with, NeedMeasure::Need), -1.0);
    let nobody = || vec![0.0; draws];
    let seen = fewer_people.map_or_else(nobody, |rest| {
        let mut seen = sum(with, |totals| &totals.gained);
        add(&mut seen, &sum(rest, |totals| &totals.gained), -1.0);
        seen
    });
    let started = less_room.map_or_else(nobody, |rest| {
        let mut started = starts(study, with, draws);
        add(&mut started, &starts(study, rest, draws), -1.0);
        add(&mut started, &sum(with, |totals| &totals.accepted), -1.0);
        add(&mut started, &sum(rest, |totals| &totals.accepted), 1.0);
        started
    });
    let taken_in = sum(with, |t| &t.taken_in);
    let mut helped = prevented.clone();
    add(&mut helped, &taken_in, 1.0);
    add(&mut helped, &seen, 1.0);
    add(&mut helped, &started, 1.0);
    let mut unmet = need(with, NeedMeasure::Unmet);
    add(&mut unmet, &need(base, NeedMeasure::Unmet), -1.0);
    add(&mut unmet, &sum(with, |t| &t.refused), 1.0);
    add(&mut unmet, &sum(with, |t| &t.lost), 1.0);
    let mut reached = sum(with, |t| &t.reached);
    add(&mut reached, &with.needs.reached, 1.0);
    let change = |projection: &Projection| {
        let of = |line: &LineResult| {
            line.course.draws.iter().find(|(m, _)| *m == Measure::Levers).map(|(_, d)| d.clone())
        };
        projection.lines.iter().filter_map(|line| Some((line.service, of(line)?))).collect()
    };
    let referrals_before = base
        .lines
        .iter()
        .filter_map(|line| Some((line.service, line.course.total(Measure::Referrals)?.median())));
    let mut weeks_saved = vec![0.0; draws];
    // Everyone in the list of a total is in that of a member, too.
    let counted = base.lines.iter().filter(|l| !study.pack.services[l.service].is_total());
    for before in counted {
        let after = with.lines.iter().find(|line| line.service == before.service);
        let lists = before.waited.as_ref().zip(after.and_then(|line| line.waited.as_ref()));
        if let Some((before, after)) = lists.filter(|(before, _)| before.is_checked) {
            for (saved, (before, after)) in
                weeks_saved.iter_mut().zip(before.with.weeks.iter().zip(&after.with.weeks))
            {
                *saved += before - after;
            }
        }
    }
    Trial {
        scenario: with.scenario,
        area: with.area,
        prevented,
        diverted: sum(with, |t| &t.diverted),
        taken_in,
        seen,
        started,
        reached,
        helped,
        unmet,
        referrals: change(with),
        before: referrals_before.collect(),
        cost: None,
        fixed_cost: None,
        service_cost: change_of(base, with, |burden| &burden.treatment_cost_draws),
        staff: change_of(base, with, |burden| &burden.staff_draws),
        waits: waits(with),
        access: by.map_or_else(Vec::new, |by| access(study, with, by)),
        weeks_saved,
    }
}

/// Treatment starts over the horizon, of all lines that are no total.
fn starts(study: &Study, projection: &Projection, draws: usize) -> Vec<f64> {
    let mut sum = vec![0.0; draws];
    for line in &projection.lines {
        let own = line.course.draws.iter().find(|(measure, _)| *measure == Measure::Starts);
        if let Some((_, own)) = own
            && !study.pack.services[line.service].is_total()
        {
            add(&mut sum, own, 1.0);
        }
    }
    sum
}

pub(super) fn add(sum: &mut [f64], part: &[f64], factor: f64) {
    for (sum, part) in sum.iter_mut().zip(part) {
        *sum += factor * part;
    }
}

pub(super) fn mean(draws: &[f64]) -> f64 {
    draws.iter().sum::<f64>() / draws.len().max(1) as f64
}

/// Access by stratum, by the rule of [`crate::projection::equity`].
fn access(
    study: &Study,
    projection: &Projection,
    by: usize,
) -> Vec<(Option<usize>, Vec<Option<Stats>>)> {
    let strata = 0..study.pack.stratifications[by].strata.len();
    let of_strata = |split: &EquityResult| {
        let ratio = |stratum| split.horizon(stratum, EquityMeasure::AccessRatio).copied();
        (split.family, strata.clone().map(ratio).collect())
    };
    projection.splits().filter(|split| split.stratification == by).map(of_strata).collect()
}

/// Waiting lists by service.
fn waits(projection: &Projection) -> Vec<(usize, WaitTotals)> {
    let lines = projection.lines.iter();
    lines.filter_map(|line| Some((line.service, line.waited.clone()?))).collect()
}

/// The change of what the services take, by the rule of [`crate::projection::burden`]; none where
/// it changes in no service that has a figure for it.
fn change_of(
    base: &Projection,
    with: &Projection,
    of: fn(&Burden) -> &Vec<f64>,
) -> Option<Vec<f64>> {
    let mut change: Option<Vec<f64>> = None;
    for line in &with.lines {
        let before = base.lines.iter().find(|other| other.service == line.service)?;
        let (now, before) = (of(&line.burden), of(&before.burden));
        if now == before {
            continue;
        }
        let sum = change.get_or_insert_with(|| vec![0.0; now.len()]);
        add(sum, now, 1.0);
        add(sum, before, -1.0);
    }
    change
}
