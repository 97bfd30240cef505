//! Underlying demand of a line as it turns out in every draw: the forecast with its errors, what
//! the projection gets wrong beside them ([`crate::model::discrepancy`]), and the level at which the
//! area runs by the months counted since the start ([`crate::model::level`]).

use super::Stage;
use crate::lane::Lane;
use crate::model::demand;
use crate::model::discrepancy::{Discrepancy, Shocks};
use crate::model::level::{self, Seen};
use crate::model::underlying::Forecast;
use crate::projection::block::{Block, Prepared};
use crate::projection::case::{Case, Counted, Line, Underlying};
use crate::projection::line_figures::LineFigures;
use crate::projection::spare::Spare;
use crate::study::Study;

/// The level of every draw of a line, as a logarithm, and the mean share of demand held back by
/// month; nothing of a line without a forecast.
pub fn levels_and_held<const L: usize>(
    study: &Study,
    case: &Case<'_>,
    line: &Line<'_>,
    (prepared, entries): (&[&Prepared<L>], &[&Block<L>]),
    draws: usize,
) -> (Vec<f64>, Vec<f64>) {
    let spare = Spare::default();
    let stage = Stage { study, case, prepared, entries, draws, spare: &spare, door: None };
    let mut held = vec![0.0; case.months()];
    let mut levels = Vec::with_capacity(draws);
    for (prepared, entries) in prepared.iter().zip(entries) {
        let figures = LineFigures::new(study, line, &prepared.sample);
        let restrictions = stage.restrictions(prepared, entries);
        let lanes = L.min(draws - levels.len());
        for (t, held) in held.iter_mut().enumerate() {
            let share = figures.suppression.held(&restrictions, t);
            *held += share[..lanes].iter().sum::<f64>() / draws as f64;
        }
        let level = match (&line.underlying, &line.counted) {
            (Underlying::Forecast(forecast), Some(counted)) => {
                let usual = stage.usual(forecast, line, prepared.block);
                stage.level(counted, line, (prepared, entries), &figures, &usual)
            }
            _ => Lane::ZERO,
        };
        levels.extend(&level[..lanes]);
    }
    (levels, held)
}

/// What does not depend on how referrals are held back, return and stray: the parts of one block
/// of a line's demand, for many trials of those figures.
#[derive(Debug)]
pub struct Parts<const L: usize> {
    /// Which block of draws.
    pub block: u64,
    /// The forecast with its own errors, by month.
    pub usual: Vec<Lane<L>>,
    /// The surge, by month.
    pub surge: Vec<Lane<L>>,
    /// What the projection gets wrong beside, before it is scaled.
    pub shocks: Vec<Shocks<L>>,
    /// Stringency of the restrictions of wave 1, by month.
    pub first: Vec<Lane<L>>,
    /// Of later ones.
    pub later: Vec<Lane<L>>,
    /// Months in which half of what was held back is released.
    pub return_half_life: Lane<L>,
}

/// The parts of a line, block by block; none of a line without a forecast.
pub fn parts<const L: usize>(
    study: &Study,
    case: &Case<'_>,
    line: &Line<'_>,
    (prepared, entries): (&[&Prepared<L>], &[&Block<L>]),
) -> Option<Vec<Parts<L>>> {
    let Underlying::Forecast(forecast) = &line.underlying else { return None };
    let spare = Spare::default();
    let draws = study.draws.count;
    let stage = Stage { study, case, prepared, entries, draws, spare: &spare, door: None };
    let of_block = |(prepared, entries): (&&Prepared<L>, &&Block<L>)| Parts {
        block: prepared.block,
        usual: stage.usual(forecast, line, prepared.block),
        surge: stage.surge(line, prepared, entries).all,
        shocks: line.discrepancy.all(prepared.block),
        first: entries.first_restrictions.clone(),
        later: entries.later_restrictions.clone(),
        return_half_life: LineFigures::new(study, line, &prepared.sample)
            .suppression
            .return_half_life,
    };
    Some(prepared.iter().zip(entries).map(of_block).collect())
}

impl<const L: usize> Stage<'_, L> {
    /// Underlying demand by month; zeros where it is not known. Without `entries`, the first stage of
    /// the scenario, it has no level of counted months.
    pub(super) fn underlying(
        &self,
        line: &Line<'_>,
        prepared: &Prepared<L>,
        entries: Option<&Block<L>>,
        figures: &LineFigures<L>,
    ) -> Vec<Lane<L>> {
        let months = self.case.months();
        let forecast = match &line.underlying {
            Underlying::Unknown | Underlying::Given { underlying: None, .. } => {
                return vec![Lane::ZERO; months];
            }
            Underlying::Given { underlying: Some(values), .. } => {
                return values.iter().map(|value| Lane::all(*value)).collect();
            }
            Underlying::Forecast(forecast) => forecast,
        };
        let mut demand = self.usual(forecast, line, prepared.block);
        let counted = line.counted.as_ref().zip(entries);
        let level = counted.map_or(Lane::ZERO, |(counted, entries)| {
            self.level(counted, line, (prepared, entries), figures, &demand)
        });
        if self.study.draws.count == 0 {
            let factor = level.map(f64::exp);
            for month in &mut demand {
                *month *= factor;
            }
            return demand;
        }
        let own = &self.study.pack.services[line.service].figures;
        let [drift, wander, scatter] =
            [own.drift, own.wander, own.scatter].map(|id| prepared.sample[id]);
        let discrepancy = Discrepancy { drift, wander, scatter };
        let seen = counted.map_or(0, |(counted, _)| counted.until);
        let shocks = line.discrepancy.all(prepared.block);
        discrepancy.factors(&shocks, (seen, &level), |t, factor| demand[t] *= factor);
        demand
    }

    /// The forecast with its own errors.
    fn usual(&self, forecast: &Forecast, line: &Line<'_>, block: u64) -> Vec<Lane<L>> {
        let mut months = vec![Lane::ZERO; line.noise.len()];
        if self.study.draws.count > 0 {
            for (month, stream) in months.iter_mut().zip(&line.noise) {
                stream.normals(block, month);
            }
        }
        forecast.draw(&mut months);
        months
    }

    /// The level that counted months tell, draw by draw.
    fn level(
        &self,
        counted: &Counted,
        line: &Line<'_>,
        (prepared, entries): (&Prepared<L>, &Block<L>),
        figures: &LineFigures<L>,
        usual: &[Lane<L>],
    ) -> Lane<L> {
        let surge = self.surge(line, prepared, entries);
        let restrictions = self.restrictions(prepared, entries);
        let [usual, surge] = [usual, &surge.all]
            .map(|part| demand::of_part(&figures.suppression, &restrictions, part));
        Lane::from_fn(|i| {
            let month = |(t, counted): &(usize, f64)| Seen {
                counted: *counted,
                usual: usual[*t].before_levers()[i],
                surge: surge[*t].before_levers()[i],
                held: figures.suppression.held(&restrictions, *t)[i],
            };
            let months: Vec<Seen> = counted.months.iter().map(month).collect();
            level::level(&months)
        })
    }
}
