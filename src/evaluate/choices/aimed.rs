//! The same offer to everyone, to those in most need alone, and to everyone in proportion to need:
//! universal, targeted and proportionate, with as many people reached in each.

use crate::model::strata::{Split, Stratum};
use crate::projection::lever_block::targets::pull;
use crate::study::Study;
use crate::study::figures::Sample;
use crate::study::lever::{Acts, Aim, Lever, Target};

/// A lever for everyone aimed by the strata of `stratification`: all of it at the stratum with the
/// most need per head (in the first area), and at everyone by need. Nothing for a lever that has a target of its own,
/// reaches everyone or makes room for all.
pub fn aimed(study: &Study, lever: &Lever, stratification: usize) -> Vec<Lever> {
    let sample = study.figures.central();
    let neediest = split(study, 0, (stratification, None), &sample).and_then(|split| {
        let per_head = |k: &usize| split.need[*k] / split.population[*k];
        let strata = (0..split.need.len()).filter(|k| split.population[*k] > 0.0);
        strata.max_by(|a, b| per_head(a).total_cmp(&per_head(b)))
    });
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
