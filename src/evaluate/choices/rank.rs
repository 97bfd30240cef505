//! Choices ranked: robust ones first, how often each is the best, and what nobody may have wanted.

use super::{Choice, Ranked, SideEffect, Trial};
use crate::projection::quantiles::Summariser;
use crate::study::Study;
use crate::study::lever::Acts;

/// The share of draws in which a robust choice helps.
const ROBUST: f64 = 0.95;
/// A rise in a service's referrals smaller than this share, of what came or of those helped, is not
/// called a side effect.
const NOTABLE: f64 = 0.005;

pub(super) fn rank(study: &Study, choices: &[Choice], all: &[Vec<Trial>]) -> Vec<Ranked> {
    let mut ranked: Vec<Ranked> = Vec::new();
    for area in 0..study.areas.len() {
        let mut of_area: Vec<Ranked> = choices
            .iter()
            .zip(all)
            .map(|(choice, trials)| {
                let trials = trials.iter().filter(|trial| trial.area == area).cloned().collect();
                ranked_choice(study, choice, area, trials)
            })
            .collect();
        for alone in [true, false] {
            let mut kind: Vec<&mut Ranked> =
                of_area.iter_mut().filter(|r| (r.choice.levers.len() == 1) == alone).collect();
            count_best(&mut kind);
        }
        of_area.sort_by(|a, b| b.robust.cmp(&a.robust).then(b.least.total_cmp(&a.least)));
        ranked.extend(of_area);
    }
    ranked
}

fn ranked_choice(study: &Study, choice: &Choice, area: usize, trials: Vec<Trial>) -> Ranked {
    let mut summariser = Summariser::default();
    let helps = |trial: &Trial| {
        let helping = trial.helped.iter().filter(|helped| **helped > 0.0).count();
        helping as f64 / trial.helped.len().max(1) as f64
    };
    let medians = trials.iter().map(|t| summariser.stats(t.helped.iter().copied()).median());
    let least = medians.fold(f64::INFINITY, f64::min);
    // A range that begins at nothing helps in nearly 95% of the draws, by the way it is read.
    let effects = choice.levers.iter().map(|lever| study.figures.get(lever.effect).number);
    let is_sure_to_act = !effects.into_iter().all(|effect| effect.low <= 0.0 && effect.high >= 0.0);
    Ranked {
        choice: choice.clone(),
        area,
        robust: is_sure_to_act && trials.iter().all(|trial| helps(trial) >= ROBUST),
        best: 0.0,
        least,
        side_effects: side_effects(study, choice, &trials, least),
        trials,
    }
}

/// How often each is the one that helps most; equals share it, and nobody gets it where none helps.
fn count_best(ranked: &mut [&mut Ranked]) {
    let Some(first) = ranked.first() else { return };
    let sizes: Vec<usize> = first.trials.iter().map(|trial| trial.helped.len()).collect();
    let total: usize = sizes.iter().sum();
    for (scenario, size) in sizes.into_iter().enumerate() {
        for draw in 0..size {
            let helped = |r: &Ranked| r.trials[scenario].helped[draw];
            let most = ranked.iter().map(|r| helped(r)).fold(0.0, f64::max);
            let winners = ranked.iter().filter(|r| most > 0.0 && helped(r) == most).count();
            for r in ranked.iter_mut().filter(|r| most > 0.0 && helped(r) == most) {
                r.best += 1.0 / (winners * total) as f64;
            }
        }
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
