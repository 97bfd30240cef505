//! Choices held against each other: their order, how often each beats the others, what is lost by
//! choosing it, who gains by it, and what nobody may have wanted.
//!
//! A choice is *robust* if it helps in at least 95% of the draws of every scenario and the range of
//! some effect in it leaves out nothing at all. The order is robust first, then by the median
//! number helped in the scenario that favours a choice least (maximin). Regret is what is lost:
//!
//! ```text
//! regret(c,i) = max over c, its rivals and nothing of helped(i) - helped(c,i)
//! ```
//!
//! its mean over draws and scenarios, and the worst scenario's 95th percentile, by which a choice
//! is the minimax one.

use super::aimed::falls_on;
use super::knowing::{Samples, decision, matters_most};
use super::limits::{Kept, kept};
use super::trial::mean;
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
    /// Whether it keeps within what may be spent on it.
    pub kept: Kept,
    /// How it does against its rivals.
    pub standing: Standing,
    /// Median number helped in the scenario that favours it least.
    pub least: f64,
    /// By stratification that is known: the share of those helped in each stratum, each lever's as
    /// the flow it acts on, at central values.
    pub gains: Vec<(usize, Vec<f64>)>,
    /// What nobody may have wanted.
    pub side_effects: Vec<SideEffect>,
}

/// A choice held against its rivals.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Standing {
    /// How often it helps more than each of its rivals, by their names; empty where it has none.
    pub beats: Vec<(String, f64)>,
    /// How often it helps more than all of them.
    pub best: f64,
    /// Mean regret over draws and scenarios.
    pub regret_mean: f64,
    /// The 95th percentile of regret in the scenario where that is greatest.
    pub regret_worst: f64,
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

    /// Whether it leaves more need unmet than people helped, in the middle of the draws.
    pub fn harms(&self) -> bool {
        let of = |of: fn(&Trial) -> Vec<f64>| self.pooled(|trial| Some(of(trial)));
        let (helped, unmet) = (of(|trial| trial.helped.clone()), of(|trial| trial.unmet.clone()));
        helped.zip(unmet).is_some_and(|(helped, unmet)| unmet.median() > helped.median())
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
            .map(|(choice, trials)| ranked_choice(study, choice, of_area(trials, area), samples))
            .collect();
        let standings: Vec<Standing> =
            ranked.iter().map(|own| held_against_rivals(&ranked, own)).collect();
        for (own, standing) in ranked.iter_mut().zip(standings) {
            own.standing = standing;
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

fn ranked_choice(study: &Study, choice: &Choice, trials: Vec<Trial>, samples: &Samples) -> Ranked {
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
        kept: kept(study, choice, &trials, samples),
        standing: Standing::default(),
        least,
        gains: Vec::new(),
        side_effects: side_effects(study, choice, &trials, least),
        trials,
    }
}

/// How often one of the choices beats its rivals and is the one that helps most (equals share that,
/// and nobody gets it where none helps), and what is lost by it.
fn held_against_rivals(ranked: &[Ranked], own: &Ranked) -> Standing {
    let rivals: Vec<&Ranked> =
        ranked.iter().filter(|other| own.choice.is_rival_of(&other.choice)).collect();
    let (mut best, mut regrets) = (0.0, Vec::new());
    let mut beats = vec![0.0; rivals.len()];
    for (scenario, trial) in own.trials.iter().enumerate() {
        let mut regret = Vec::with_capacity(trial.helped.len());
        for (draw, helped) in trial.helped.iter().enumerate() {
            let others = || rivals.iter().map(|rival| rival.trials[scenario].helped[draw]);
            let most = others().fold(helped.max(0.0), f64::max);
            if *helped == most && most > 0.0 {
                best += 1.0 / (1 + others().filter(|other| *other == most).count()) as f64;
            }
            for (beats, other) in beats.iter_mut().zip(others()) {
                *beats += f64::from(u8::from(*helped > other));
            }
            regret.push(most - helped);
        }
        regrets.push(regret);
    }
    let draws = regrets.iter().map(Vec::len).sum::<usize>().max(1) as f64;
    let mut summariser = Summariser::default();
    let names = rivals.iter().map(|rival| rival.choice.name.clone());
    Standing {
        beats: names.zip(beats.iter().map(|count| count / draws)).collect(),
        best: best / draws,
        regret_mean: regrets.iter().flatten().sum::<f64>() / draws,
        regret_worst: regrets
            .into_iter()
            .map(|regret| summariser.stats(regret.into_iter()).q95())
            .fold(0.0, f64::max),
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
