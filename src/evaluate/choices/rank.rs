//! Choices held against each other: their order, how often each beats the others, what is lost by
//! choosing it, who gains by it, and what nobody may have wanted.
//!
//! A choice is *robust* if it helps in at least 95% of the draws of every scenario and the range of
//! some effect in it leaves out nothing at all. The order is robust first, then by the median
//! number helped in the scenario that favours a choice least (maximin). Regret is what is lost:
//!
//! ```text
//! regret(c,i) = max over the choices of its kind, and nothing, of helped(i) - helped(c,i)
//! ```
//!
//! its mean over draws and scenarios, and the worst scenario's 95th percentile, by which a choice
//! is the minimax one.

use super::aimed::falls_on;
use super::knowing::{Samples, decision, matters_most};
use super::{Choice, Comparison, Kind, Trial};
use crate::projection::quantiles::{Stats, Summariser};
use crate::study::Study;
use crate::study::lever::{Acts, Lever};

/// The share of draws in which a robust choice helps.
const ROBUST: f64 = 0.95;
/// A rise in a service's referrals smaller than this share, of what came or of those helped, is not
/// called a side effect.
const NOTABLE: f64 = 0.005;

/// Something a choice does that nobody may have wanted.
#[derive(Clone, PartialEq, Debug)]
pub enum SideEffect {
    /// A service gets more referrals; the mean, and its share where there is a baseline.
    MoreLoad {
        /// The service.
        service: usize,
        /// More referrals over the horizon.
        referrals: f64,
        /// As a share of what came without.
        share: Option<f64>,
    },
    /// All services together get more referrals than before.
    MoreReferrals(f64),
    /// More need goes unmet than before.
    MoreUnmet(f64),
    /// Nobody is helped in most draws.
    HelpsNobody,
}

/// A choice over all scenarios, in one area.
#[derive(Debug)]
pub struct Ranked {
    /// The choice.
    pub choice: Choice,
    /// What it does, by scenario.
    pub trials: Vec<Trial>,
    /// Whether it helps in nearly all draws of every scenario, by an effect that can't be nothing.
    pub robust: bool,
    /// How often it helps anyone, over draws and scenarios: it beats doing nothing.
    pub helps: f64,
    /// How often it helps more than each other choice of its kind, by their names.
    pub beats: Vec<(String, f64)>,
    /// How often it is the best of its kind.
    pub best: f64,
    /// Median number helped in the scenario that favours it least.
    pub least: f64,
    /// Mean regret over draws and scenarios.
    pub regret_mean: f64,
    /// The 95th percentile of regret in the scenario where that is greatest.
    pub regret_worst: f64,
    /// By stratification that is known: the share of those helped in each stratum, each lever's as
    /// the flow it acts on, at central values.
    pub gains: Vec<(usize, Vec<f64>)>,
    /// What nobody may have wanted.
    pub side_effects: Vec<SideEffect>,
}

/// Whether the range of a lever's effect leaves out nothing.
pub fn is_sure_to_act(study: &Study, lever: &Lever) -> bool {
    let effect = study.figures.get(lever.effect).number;
    !(effect.low <= 0.0 && effect.high >= 0.0)
}

impl Ranked {
    /// Statistics of a quantity over the draws of all scenarios.
    pub fn pooled(&self, of: impl Fn(&Trial) -> Option<Vec<f64>>) -> Option<Stats> {
        super::pooled(&self.trials, of)
    }

    /// People helped by draw, the mean over scenarios.
    pub fn mean_helped(&self) -> Vec<f64> {
        let mut sum = vec![0.0; self.trials.first().map_or(0, |trial| trial.helped.len())];
        for trial in &self.trials {
            super::add(&mut sum, &trial.helped, 1.0 / self.trials.len() as f64);
        }
        sum
    }
}

pub(super) fn rank(
    study: &Study,
    choices: &[Choice],
    (nothing, all): (Vec<Trial>, Vec<Vec<Trial>>),
    samples: &Samples,
) -> Vec<Comparison> {
    let of_area = |trials: &[Trial], area: usize| -> Vec<Trial> {
        trials.iter().filter(|trial| trial.area == area).cloned().collect()
    };
    let compared = |area: usize| {
        let mut ranked: Vec<Ranked> = choices
            .iter()
            .zip(&all)
            .map(|(choice, trials)| ranked_choice(study, choice, of_area(trials, area)))
            .collect();
        for kind in [Kind::Alone, Kind::Together] {
            let mut rivals: Vec<&mut Ranked> =
                ranked.iter_mut().filter(|ranked| ranked.choice.kind() == kind).collect();
            hold_against_each_other(&mut rivals);
        }
        share_gains(study, area, &mut ranked);
        ranked.sort_by(|a, b| b.robust.cmp(&a.robust).then(b.least.total_cmp(&a.least)));
        let kinds = [Kind::Alone, Kind::Together].into_iter();
        let decisions = kinds.filter_map(|kind| decision(study, &ranked, kind, samples)).collect();
        let matters = ranked.first().and_then(|first| matters_most(study, first, samples));
        Comparison { area, nothing: of_area(&nothing, area), ranked, decisions, matters }
    };
    (0..study.areas.len()).map(compared).collect()
}

fn ranked_choice(study: &Study, choice: &Choice, trials: Vec<Trial>) -> Ranked {
    let mut summariser = Summariser::default();
    let helps = |trial: &Trial| {
        let helping = trial.helped.iter().filter(|helped| **helped > 0.0).count();
        helping as f64 / trial.helped.len().max(1) as f64
    };
    let medians = trials.iter().map(|t| summariser.stats(t.helped.iter().copied()).median());
    let least = medians.fold(f64::INFINITY, f64::min);
    // A range that begins at nothing helps in nearly 95% of the draws, by the way it is read.
    let acts = choice.levers.iter().any(|lever| is_sure_to_act(study, lever));
    Ranked {
        choice: choice.clone(),
        robust: acts && trials.iter().all(|trial| helps(trial) >= ROBUST),
        helps: trials.iter().map(helps).sum::<f64>() / trials.len().max(1) as f64,
        beats: Vec::new(),
        best: 0.0,
        least,
        regret_mean: 0.0,
        regret_worst: 0.0,
        gains: Vec::new(),
        side_effects: side_effects(study, choice, &trials, least),
        trials,
    }
}

/// How often each of one kind beats the others and is the one that helps most (equals share that,
/// and nobody gets it where none helps), and what is lost by it.
fn hold_against_each_other(rivals: &mut [&mut Ranked]) {
    let Some(first) = rivals.first() else { return };
    let sizes: Vec<usize> = first.trials.iter().map(|trial| trial.helped.len()).collect();
    let total: usize = sizes.iter().sum();
    let helped: Vec<Vec<Vec<f64>>> = rivals
        .iter()
        .map(|ranked| ranked.trials.iter().map(|trial| trial.helped.clone()).collect())
        .collect();
    let names: Vec<String> = rivals.iter().map(|ranked| ranked.choice.name.clone()).collect();
    let most: Vec<Vec<f64>> = (0..sizes.len())
        .map(|s| {
            (0..sizes[s]).map(|i| helped.iter().map(|h| h[s][i]).fold(0.0, f64::max)).collect()
        })
        .collect();
    let over_draws = |of: &dyn Fn(usize, usize) -> f64| -> f64 {
        let draws = (0..sizes.len()).flat_map(|s| (0..sizes[s]).map(move |i| (s, i)));
        draws.map(|(s, i)| of(s, i)).sum::<f64>() / total.max(1) as f64
    };
    for (own, ranked) in rivals.iter_mut().enumerate() {
        let others = (0..names.len()).filter(|other| *other != own);
        ranked.beats = others
            .map(|other| {
                let beats = |s: usize, i: usize| {
                    f64::from(u8::from(helped[own][s][i] > helped[other][s][i]))
                };
                (names[other].clone(), over_draws(&beats))
            })
            .collect();
        ranked.best = over_draws(&|s, i| {
            let is_best = most[s][i] > 0.0 && helped[own][s][i] == most[s][i];
            let winners = helped.iter().filter(|h| h[s][i] == most[s][i]).count();
            if is_best { 1.0 / winners as f64 } else { 0.0 }
        });
        let regret = |s: usize, i: usize| most[s][i] - helped[own][s][i];
        ranked.regret_mean = over_draws(&regret);
        let mut summariser = Summariser::default();
        let worst =
            (0..sizes.len()).map(|s| summariser.stats((0..sizes[s]).map(|i| regret(s, i))).q95());
        ranked.regret_worst = worst.fold(0.0, f64::max);
    }
}

/// Who gains: the strata's shares of those helped by a lever alone, and of a combination those of
/// its levers by how many each helps alone.
fn share_gains(study: &Study, area: usize, ranked: &mut [Ranked]) {
    let helped = |ranked: &Ranked| mean(&ranked.mean_helped()).max(0.0);
    let alone: Vec<(String, f64)> = ranked
        .iter()
        .filter(|ranked| ranked.choice.kind() == Kind::Alone)
        .map(|ranked| (ranked.choice.name.clone(), helped(ranked)))
        .collect();
    for ranked in ranked {
        let levers = &ranked.choice.levers;
        let of = |stratification: usize| {
            let mut sum: Vec<f64> = Vec::new();
            for lever in levers {
                let shares = falls_on(study, area, lever, stratification)?;
                let known = alone.iter().find(|(name, _)| *name == lever.name);
                let weight = if levers.len() == 1 { 1.0 } else { known.map_or(0.0, |(_, w)| *w) };
                sum.resize(shares.len(), 0.0);
                super::add(&mut sum, &shares, weight);
            }
            let all: f64 = sum.iter().sum();
            (all > 0.0).then(|| (stratification, sum.iter().map(|part| part / all).collect()))
        };
        ranked.gains = (0..study.pack.stratifications.len()).filter_map(of).collect();
    }
}

fn mean(draws: &[f64]) -> f64 {
    draws.iter().sum::<f64>() / draws.len().max(1) as f64
}

fn side_effects(study: &Study, choice: &Choice, trials: &[Trial], least: f64) -> Vec<SideEffect> {
    // Where a lever sends people is named, however large the service is that takes them.
    let is_sent_to = |service: usize| {
        choice.levers.iter().any(|lever| {
            lever.action.to().or(lever.onward.map(|onward| onward.to)) == Some(service)
        })
    };
    let over = |of: &dyn Fn(&Trial) -> f64| {
        trials.iter().map(of).sum::<f64>() / trials.len().max(1) as f64
    };
    let mut effects = Vec::new();
    let mut all = 0.0;
    let services = &study.pack.services;
    for service in (0..services.len()).filter(|s| !services[*s].is_total()) {
        let change = over(&|trial| {
            let found = trial.referrals.iter().find(|(s, _)| *s == service);
            found.map_or(0.0, |(_, draws)| mean(draws))
        });
        all += change;
        let before = over(&|trial| trial.before.get(&service).copied().unwrap_or(f64::NAN));
        let share = (before > 0.0).then_some(change / before);
        // Without a baseline, a change is held against what the choice is for.
        let notable = share.map_or(change >= NOTABLE * least.abs(), |share| share >= NOTABLE);
        if change >= 1.0 && (notable || is_sent_to(service)) {
            effects.push(SideEffect::MoreLoad { service, referrals: change, share });
        }
    }
    let size = |effect: &SideEffect| match effect {
        SideEffect::MoreLoad { referrals, .. } => *referrals,
        _ => 0.0,
    };
    effects.sort_by(|a, b| size(b).total_cmp(&size(a)));
    if all >= 1.0 {
        effects.insert(0, SideEffect::MoreReferrals(all));
    }
    let unmet = over(&|trial| mean(&trial.unmet));
    if unmet >= 1.0 {
        effects.insert(0, SideEffect::MoreUnmet(unmet));
    }
    if least <= 0.0 {
        effects.insert(0, SideEffect::HelpsNobody);
    }
    effects
}
