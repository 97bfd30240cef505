//! Levers for slices of the population: how much of a flow they move, and in which slices it shows.
//!
//! The rule is [`crate::model::lever_strength::combine_in_slices`]. People fall into slices by their need,
//! referrals to a service by the demand of its family, both as [`crate::model::strata`] has them.

use crate::lane::Lane;
use crate::model::lever_strength::{aim, combine, combine_in_slices};
use crate::model::strata::{Split, Stratum};
use crate::study::figures::Sample;
use crate::study::lever::{Aim, Lever, Target};
use crate::study::pack::Pack;
use crate::study::strata::StratumFigures;

/// What a lever acts on, and so who is in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flow {
    /// People in need.
    People,
    /// Referrals to a service of this family.
    Family(usize),
}

/// The levers of a case that are for slices of the population, in a block of draws.
#[derive(Debug)]
pub struct Targets<const L: usize> {
    /// By lever: nothing for everyone, else which of `slices` and its aim at each.
    aims: Vec<Option<(usize, Vec<Lane<L>>)>>,
    slices: Vec<Slices<L>>,
}

/// The slices of one stratification, with their shares of need and of the demand of families.
#[derive(Debug)]
struct Slices<const L: usize> {
    stratification: usize,
    need: Vec<Lane<L>>,
    demand: Vec<(usize, Vec<Lane<L>>)>,
}

impl<const L: usize> Targets<L> {
    /// The targets of `levers` in `area`; nothing where all are for everyone.
    pub fn new(pack: &Pack, area: &str, levers: &[Lever], sample: &Sample<L>) -> Option<Self> {
        levers.iter().find(|lever| lever.target.is_some())?;
        let mut slices: Vec<Slices<L>> = Vec::new();
        let mut aims = Vec::new();
        for lever in levers {
            let aim = lever.target.as_ref().and_then(|target| {
                let known = slices.iter().position(|s| s.stratification == target.stratification);
                let at = known.or_else(|| {
                    slices.push(Slices::new(pack, area, target.stratification, sample)?);
                    Some(slices.len() - 1)
                })?;
                let splits = splits(pack, area, (target.stratification, None), sample)?;
                Some((at, aims_of(target, &splits, &sample[lever.reach])))
            });
            aims.push(aim);
        }
        Some(Self { aims, slices })
    }

    /// The share of a flow that the levers of these strengths change together.
    pub fn share(&self, flow: Flow, strengths: &[(usize, &Lane<L>)]) -> Lane<L> {
        Lane::from_fn(|i| {
            let for_everyone = strengths.iter().filter(|(lever, _)| self.aims[*lever].is_none());
            let mut left = 1.0 - combine(for_everyone.map(|(_, strength)| strength[i]));
            for (at, slices) in self.slices.iter().enumerate() {
                let in_slice = |k: usize| {
                    combine(strengths.iter().filter_map(|(lever, strength)| {
                        let (own, aims) = self.aims[*lever].as_ref()?;
                        (*own == at).then(|| strength[i] * aims[k][i])
                    }))
                };
                let parts = slices.weights(flow).iter().enumerate();
                left *= 1.0 - combine_in_slices(parts.map(|(k, w)| (w[i], in_slice(k))));
            }
            1.0 - left
        })
    }
}

impl<const L: usize> Slices<L> {
    fn new(pack: &Pack, area: &str, stratification: usize, sample: &Sample<L>) -> Option<Self> {
        let column = |splits: &[Split], of: fn(&Split) -> &Vec<f64>| -> Vec<Lane<L>> {
            let strata = splits.first().map_or(0, |split| of(split).len());
            (0..strata).map(|k| Lane::from_fn(|i| of(&splits[i])[k])).collect()
        };
        let of_family = |family| {
            let splits = splits(pack, area, (stratification, Some(family)), sample)?;
            Some((family, column(&splits, |split| &split.demand)))
        };
        let all = splits(pack, area, (stratification, None), sample)?;
        Some(Self {
            stratification,
            need: column(&all, |split| &split.need),
            demand: (0..pack.families.len()).filter_map(of_family).collect(),
        })
    }

    /// The slices' shares of a flow.
    fn weights(&self, flow: Flow) -> &[Lane<L>] {
        let Flow::Family(family) = flow else { return &self.need };
        self.demand.iter().find(|(own, _)| *own == family).map_or(&self.need, |(_, demand)| demand)
    }
}

/// The split of every lane.
fn splits<const L: usize>(
    pack: &Pack,
    area: &str,
    (stratification, family): (usize, Option<usize>),
    sample: &Sample<L>,
) -> Option<Vec<Split>> {
    let figures = pack.stratifications.get(stratification)?.resolve(family, area)?;
    let of_lane = |lane| Split::of(&figures.iter().map(|f| f.at(sample, lane)).collect::<Vec<_>>());
    Some((0..L).map(of_lane).collect())
}

impl StratumFigures {
    /// The stratum as it is in draw `lane`.
    pub fn at<const L: usize>(&self, sample: &Sample<L>, lane: usize) -> Stratum {
        Stratum {
            share: sample[self.share][lane],
            relative_need: sample[self.relative_need][lane],
            relative_access: sample[self.relative_access][lane],
            suppression: sample[self.suppression][lane],
        }
    }
}

/// How much more of each slice than of everyone a lever reaches.
fn aims_of<const L: usize>(target: &Target, splits: &[Split], reach: &Lane<L>) -> Vec<Lane<L>> {
    let strata = splits.first().map_or(0, |split| split.need.len());
    (0..strata).map(|k| Lane::from_fn(|i| aim_at(&target.aim, k, &splits[i], reach[i]))).collect()
}

fn aim_at(aimed: &Aim, k: usize, split: &Split, reach: f64) -> f64 {
    let per_head = |share: f64| if share > 0.0 { 1.0 / share } else { 0.0 };
    match aimed {
        Aim::Strata(strata) => f64::from(u8::from(strata.contains(&k))),
        Aim::AllIn(only) if *only == k => aim(reach, per_head(split.population[k])),
        Aim::AllIn(_) => 0.0,
        Aim::ByNeed => aim(reach, split.need[k] * per_head(split.population[k])),
    }
}

/// How strongly `levers` together pull at each stratum of a stratification in one draw, at their
/// full effect, whatever its direction; `general` is the split of all services together.
pub fn pull<const L: usize>(
    levers: &[&Lever],
    stratification: usize,
    general: &Split,
    (sample, lane): (&Sample<L>, usize),
) -> Vec<f64> {
    let of_stratum = |k: usize| {
        combine(levers.iter().map(|lever| {
            let (reach, effect) = (sample[lever.reach][lane], sample[lever.effect][lane]);
            let own = lever.target.as_ref().filter(|t| t.stratification == stratification);
            let aim = own.map_or(1.0, |target| aim_at(&target.aim, k, general, reach));
            (reach * effect * aim).abs()
        }))
    };
    (0..general.need.len()).map(of_stratum).collect()
}
