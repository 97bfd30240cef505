//! In which strata the effect of levers shows.
//!
//! ```text
//! part(k) = change x w(k) pull(k) / sum of w pull
//! pull(k) = 1 - product over the levers of (1 - |reach x effect x aim(k)|)
//! ```
//!
//! `w` are the strata's shares of what is changed, need or referrals. With levers for the same
//! strata this is exact, and the other strata don't change. Where levers for different people act
//! on one quantity, their joint change is shared out by how hard they pull, which is an
//! approximation; sums over strata are exact all the same.

use crate::model::strata::{Split, add_change, fill};
use crate::projection::block::Prepared;
use crate::projection::case::Case;
use crate::projection::lever_block::targets::pull;
use crate::study::Study;
use crate::study::lever::{Action, Acts, Lever};

/// How hard levers pull at each stratum, by draw.
pub(super) struct Pull(Vec<Vec<f64>>);

impl Pull {
    /// The pull on people in need; nothing where no lever is for strata of this kind.
    pub(super) fn of_people<const L: usize>(
        study: &Study,
        case: &Case<'_>,
        stratification: usize,
        prepared: &[&Prepared<L>],
    ) -> Option<Self> {
        let acts = |action: &Action| action.people().is_some();
        Self::of(study, case, stratification, prepared, acts)
    }

    /// The same on referrals to these services.
    pub(super) fn of_services<const L: usize>(
        study: &Study,
        case: &Case<'_>,
        stratification: usize,
        services: &[usize],
        prepared: &[&Prepared<L>],
    ) -> Option<Self> {
        let acts = |action: &Action| action.changes_referrals(services);
        Self::of(study, case, stratification, prepared, acts)
    }

    fn of<const L: usize>(
        study: &Study,
        case: &Case<'_>,
        stratification: usize,
        prepared: &[&Prepared<L>],
        acts: impl Fn(&Action) -> bool,
    ) -> Option<Self> {
        let levers: Vec<&Lever> =
            case.scenario.levers.iter().filter(|lever| acts(&lever.action)).collect();
        let aimed = |lever: &&Lever| {
            lever.target.as_ref().is_some_and(|t| t.stratification == stratification)
        };
        levers.iter().find(|lever| aimed(lever))?;
        let of = &study.pack.stratifications[stratification];
        let figures = of.resolve(None, &case.area.id)?;
        let mut pulls = Vec::new();
        for prepared in prepared {
            for lane in 0..L {
                let strata: Vec<_> = figures.iter().map(|f| f.at(&prepared.sample, lane)).collect();
                let split = Split::of(&strata);
                pulls.push(pull(&levers, stratification, &split, (&prepared.sample, lane)));
            }
        }
        // Levers that reach nobody leave the split as it is, to the last bit.
        pulls.iter().flatten().any(|pull| *pull > 0.0).then_some(Self(pulls))
    }

    /// Adds what levers change in draw `d` to the strata, whose shares of it are `weights`.
    pub(super) fn add(
        &self,
        d: usize,
        change: f64,
        weights: &[f64],
        limit: impl Fn(usize) -> f64,
        out: &mut [f64],
    ) {
        let mut parts = Vec::new();
        fill(&mut parts, weights.iter().zip(&self.0[d]).map(|(weight, pull)| weight * pull));
        // Levers that reach nobody have no strata of their own.
        let parts = if parts.iter().any(|part| *part > 0.0) { &parts } else { weights };
        add_change(change, parts, limit, out);
    }
}
