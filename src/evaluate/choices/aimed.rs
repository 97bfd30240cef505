//! The same money for everyone, for those in most need alone, and for everyone in proportion to
//! need: universal, targeted and proportionate.
//!
//! As many people are reached in each, which costs the same where a lever is paid by the year or by
//! the person reached; where it is paid by the person helped, its reach is changed until it does.

use super::trial::mean;
use super::within::reaching;
use super::{Choice, Trial};
use crate::model::strata::{Split, Stratum};
use crate::projection::lever_block::targets::pull;
use crate::study::Study;
use crate::study::figures::Sample;
use crate::study::lever::{Acts, Aim, Lever, Target};

/// A lever for everyone aimed by the strata of `stratification`: all of it at the stratum with the
/// most need per head (in the first area), and at everyone by need. Nothing for a lever that has a target of its own,
/// reaches everyone or makes room for all.
pub fn aimed(study: &Study, lever: &Lever, stratification: usize) -> Vec<Lever> {
    let neediest = neediest(study, stratification);
    // What reaches everyone already can't be spent on some more than on others.
    let can_be = lever.target.is_none()
        && lever.action.about().can_be_aimed
        && study.figures.get(lever.reach).number.central < 1.0;
    let Some(neediest) = neediest.filter(|_| can_be) else { return Vec::new() };
    let of = |name: &str, aim: Aim| Lever {
        name: format!("{}@{name}", lever.name),
        label: format!("{}, {name}", lever.label),
        target: Some(Target { stratification, aim }),
        ..lever.clone()
    };
    let stratum = &study.pack.stratifications[stratification].strata[neediest].id;
    vec![of(stratum, Aim::AllIn(neediest)), of("by-need", Aim::ByNeed)]
}

/// The stratum with the most need per head in the first area, at central values.
pub fn neediest(study: &Study, stratification: usize) -> Option<usize> {
    let split = split(study, 0, (stratification, None), &study.figures.central())?;
    let per_head = |k: &usize| split.need[*k] / split.population[*k];
    let strata = (0..split.need.len()).filter(|k| split.population[*k] > 0.0);
    strata.max_by(|a, b| per_head(a).total_cmp(&per_head(b)))
}

/// Changes the reach of levers that are aimed so that they cost what the same offer to everyone
/// does; the places of those changed.
pub(super) fn at_the_same_cost(
    study: &mut Study,
    choices: &mut [Choice],
    all: &[Vec<Trial>],
) -> Vec<usize> {
    /// What is the same money, as a share of it.
    const SAME: f64 = 0.005;
    let cost = |trials: &Vec<Trial>| -> Option<f64> {
        let means = trials.iter().map(|trial| trial.cost.as_deref().map(mean));
        means.sum()
    };
    let mut changed = Vec::new();
    for index in 0..choices.len() {
        let Some(name) = choices[index].aimed_of() else { continue };
        let whole = choices.iter().position(|other| other.name == name);
        let costs = whole.and_then(|whole| cost(&all[whole])).zip(cost(&all[index]));
        let Some(part) = costs.map(|(whole, own)| whole / own).filter(|part| part.is_finite())
        else {
            continue;
        };
        let reach = study.figures.get(choices[index].levers[0].reach).number.high;
        // No more can be reached than everyone.
        let part = part.min(1.0 / reach);
        if (part - 1.0).abs() > SAME && part > 0.0 {
            let lever = choices[index].levers[0].clone();
            choices[index].levers[0] = reaching(study, &lever, part, "at the same cost");
            changed.push(index);
        }
    }
    changed
}

/// The share of a lever's effect in an area that falls on each stratum, at central values.
pub fn falls_on(
    study: &Study,
    area: usize,
    lever: &Lever,
    stratification: usize,
) -> Option<Vec<f64>> {
    let sample = study.figures.central();
    let general = split(study, area, (stratification, None), &sample)?;
    let flow = match lever.action.services().first() {
        None => general.need.clone(),
        Some(service) => {
            let family = Some(study.pack.services[*service].family);
            split(study, area, (stratification, family), &sample)?.demand
        }
    };
    let pull = pull(&[lever], stratification, &general, (&sample, 0));
    let parts: Vec<f64> = flow.iter().zip(&pull).map(|(share, pull)| share * pull).collect();
    let sum: f64 = parts.iter().sum();
    (sum > 0.0).then(|| parts.iter().map(|part| part / sum).collect())
}

fn split(
    study: &Study,
    area: usize,
    (stratification, family): (usize, Option<usize>),
    sample: &Sample<1>,
) -> Option<Split> {
    let of = study.pack.stratifications.get(stratification)?;
    let figures = of.resolve(family, &study.areas.get(area)?.id)?;
    let strata: Vec<Stratum> = figures.iter().map(|figures| figures.at(sample, 0)).collect();
    Some(Split::of(&strata))
}
