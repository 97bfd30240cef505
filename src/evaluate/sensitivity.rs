//! Which uncertain input a result hangs on: rank correlations from draws already made, and reruns
//! at an input's low and high.
//!
//! Spearman's rank correlation is that of Pearson over ranks, ties sharing their mean rank
//! (Spearman 1904); its square is roughly the share of the result's variance, by ranks, that the
//! input explains alone.

use std::ops::Range;

use rayon::prelude::*;

use crate::draw::{LANES, Uncertain};
use crate::projection::block::{Block, Prepared};
use crate::projection::case::Case;
use crate::projection::line::draws_of;
use crate::projection::measure::Measure;
use crate::projection::parameters::Layouts;
use crate::study::Study;
use crate::study::figures::{FigureId, Streams};

/// How strongly a result follows an input over draws.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Influence {
    /// The input.
    pub figure: FigureId,
    /// Spearman's rank correlation, -1 to 1.
    pub correlation: f64,
}

/// Ranks from 1, ties sharing their mean.
pub fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let value = values[order[start]];
        let ties = order[start..].iter().take_while(|i| values[**i] == value).count();
        // What is not a number equals nothing, not even itself.
        let end = start + ties.max(1);
        let rank = (start + end + 1) as f64 / 2.0;
        for index in &order[start..end] {
            ranks[*index] = rank;
        }
        start = end;
    }
    ranks
}

/// Pearson's correlation; 0 where one of the lists is constant.
pub fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let count = a.len().min(b.len()) as f64;
    let mean = |x: &[f64]| x.iter().sum::<f64>() / count;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut both, mut square_a, mut square_b) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        both += (a - mean_a) * (b - mean_b);
        square_a += (a - mean_a).powi(2);
        square_b += (b - mean_b).powi(2);
    }
    let size = (square_a * square_b).sqrt();
    if size > 0.0 { both / size } else { 0.0 }
}

/// A result of a study: a measure of a service, or of several together, summed over months of the
/// first scenario in the first area.
#[derive(Clone, Debug)]
pub struct Target {
    /// The services.
    pub services: Vec<usize>,
    /// The measure.
    pub measure: Measure,
    /// Months of the scenario.
    pub months: Range<usize>,
}

/// The draws of a target, and of every uncertain figure, in the same order.
#[derive(Debug)]
pub struct Drawn {
    /// The target's value in each draw.
    pub values: Vec<f64>,
    /// The underlying demand in each draw: the forecast's own error is not a figure.
    pub underlying: Vec<f64>,
    /// Uncertain figures with their value in each draw.
    pub figures: Vec<(FigureId, Vec<f64>)>,
}

impl Target {
    /// Draws the target and everything uncertain; nothing for a service the area has no line for.
    pub fn draw(&self, study: &Study) -> Option<Drawn> {
        let layouts = Layouts::new(&study.pack);
        let case = Case::new(study, 0, 0);
        let streams = study.figures.streams(study.draws.seed);
        let stage = first_stage(study, &layouts, &case, &streams, |_, prepared| prepared);
        self.drawn(study, &case, &stage)
    }

    /// The same of many targets; those the area has no line for are left out.
    pub fn draw_each(targets: &[Self], study: &Study) -> Vec<Drawn> {
        let layouts = Layouts::new(&study.pack);
        let case = Case::new(study, 0, 0);
        let streams = study.figures.streams(study.draws.seed);
        let stage = first_stage(study, &layouts, &case, &streams, |_, prepared| prepared);
        targets.iter().filter_map(|target| target.drawn(study, &case, &stage)).collect()
    }

    fn drawn(&self, study: &Study, case: &Case<'_>, stage: &Stage) -> Option<Drawn> {
        let own = |measure| self.values(study, case, stage, measure);
        let count = study.draws.count;
        let figures = study.figures.ids().filter(|id| !study.figures.get(*id).number.is_point());
        Some(Drawn {
            values: own(self.measure)?,
            underlying: own(Measure::Underlying)?,
            figures: figures
                .map(|id| {
                    let lanes = stage.iter().flat_map(|(prepared, _)| prepared.sample[id]);
                    (id, lanes.take(count).collect())
                })
                .collect(),
        })
    }

    /// Its draws alone.
    pub fn draws(&self, study: &Study) -> Option<Vec<f64>> {
        let layouts = Layouts::new(&study.pack);
        let case = Case::new(study, 0, 0);
        let streams = study.figures.streams(study.draws.seed);
        let stage = first_stage(study, &layouts, &case, &streams, |_, prepared| prepared);
        self.values(study, &case, &stage, self.measure)
    }

    fn values(
        &self,
        study: &Study,
        case: &Case<'_>,
        stage: &Stage,
        measure: Measure,
    ) -> Option<Vec<f64>> {
        let prepared: Vec<_> = stage.iter().map(|(prepared, _)| prepared).collect();
        let entries: Vec<_> = stage.iter().map(|(_, block)| block).collect();
        let of = |service: &usize| {
            let what = (*service, measure);
            draws_of(study, case, &prepared, &entries, what, self.months.clone())
        };
        self.services.iter().map(of).reduce(|a, b| Some(sum(a?, &b?))).flatten()
    }

    /// The target at the central value of everything but `figure`, which takes `value`.
    pub fn at(&self, study: &Study, figure: Option<(FigureId, f64)>) -> Option<f64> {
        let mut study = study.clone();
        study.draws.count = 0;
        if let Some((id, value)) = figure {
            let number = &mut study.figures.get_mut(id).number;
            *number = Uncertain::point(value).within(number.least, number.most);
        }
        let layouts = Layouts::new(&study.pack);
        let case = Case::new(&study, 0, 0);
        let prepared = Prepared::<1> { block: 0, sample: study.figures.central() };
        let entries = prepared.run(&study, &layouts, std::slice::from_ref(&case));
        let entries: Vec<_> = entries.iter().collect();
        let of = |service: &usize| {
            let (what, months) = ((*service, self.measure), self.months.clone());
            draws_of(&study, &case, &[&prepared], &entries, what, months)?.first().copied()
        };
        self.services.iter().map(of).sum()
    }

    /// First-order and total indices of some figures, by Saltelli's scheme with the estimators of
    /// Saltelli et al. 2010 (first order) and Jansen 1999 (total): a second, independent set of
    /// draws `b` lends its values to the first `a` one figure at a time, which makes `m`:
    ///
    /// ```text
    /// first = mean((b - mean) x (m - a)) / variance
    /// total = mean((m - a)^2) / 2 / variance
    /// ```
    ///
    /// Without its mean taken off, `b` would lend the first order the noise of its size.
    /// Figures are taken one by one, as if a class of them shared nothing.
    pub fn sobol(&self, study: &Study, figures: &[FigureId]) -> Option<Vec<Indices>> {
        let layouts = Layouts::new(&study.pack);
        let case = Case::new(study, 0, 0);
        let of_seed = |seed| study.figures.streams(seed).independent();
        let (own, streams) = (of_seed(study.draws.seed), of_seed(study.draws.seed.wrapping_add(1)));
        let other = |block: u64| {
            let whole = Prepared::<LANES>::new(study, &streams, block);
            whole.in_area(study, &streams, &case.area.id).into_owned().sample
        };
        let run = |change: &(dyn Fn(u64, Prepared<LANES>) -> Prepared<LANES> + Sync)| {
            let stage = first_stage(study, &layouts, &case, &own, change);
            self.values(study, &case, &stage, self.measure)
        };
        let a = run(&|_, prepared| prepared)?;
        // The error of the forecast is drawn by block: the second set has blocks of its own.
        let blocks = study.draws.count.div_ceil(LANES) as u64;
        let b = run(&|block, _| Prepared { block: blocks + block, sample: other(block) })?;
        let count = a.len() as f64;
        let mean = a.iter().chain(&b).sum::<f64>() / (2.0 * count);
        let variance = a.iter().chain(&b).map(|v| (v - mean).powi(2)).sum::<f64>() / (2.0 * count);
        let indices = |figure: &FigureId| {
            let mixed = run(&|block, mut prepared| {
                prepared.sample.set(*figure, other(block)[*figure]);
                prepared
            })?;
            let triples = || a.iter().zip(&b).zip(&mixed);
            let first = triples().map(|((a, b), m)| (b - mean) * (m - a)).sum::<f64>() / count;
            let total = triples().map(|((a, _), m)| (a - m).powi(2)).sum::<f64>() / (2.0 * count);
            let share = |part: f64| if variance > 0.0 { part / variance } else { 0.0 };
            Some(Indices { figure: *figure, first: share(first), total: share(total) })
        };
        figures.iter().map(indices).collect()
    }
}

/// Draws of two services added up.
fn sum(mut a: Vec<f64>, b: &[f64]) -> Vec<f64> {
    for (a, b) in a.iter_mut().zip(b) {
        *a += b;
    }
    a
}

/// Sobol indices of one figure.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Indices {
    /// The figure.
    pub figure: FigureId,
    /// The share of the variance it explains alone.
    pub first: f64,
    /// The share that involves it at all.
    pub total: f64,
}

type Stage = Vec<(Prepared<LANES>, Block<LANES>)>;

/// The first stage of one case, each block's sample changed by `change`.
fn first_stage(
    study: &Study,
    layouts: &Layouts,
    case: &Case<'_>,
    streams: &Streams,
    change: impl Fn(u64, Prepared<LANES>) -> Prepared<LANES> + Sync,
) -> Stage {
    // Without draws, one block holds the central values.
    (0..study.draws.count.div_ceil(LANES).max(1) as u64)
        .into_par_iter()
        .filter_map(|block| {
            let whole = Prepared::new(study, streams, block);
            let local = whole.in_area(study, streams, &case.area.id).into_owned();
            let prepared = change(block, local);
            let entries = prepared.run(study, layouts, std::slice::from_ref(case)).pop()?;
            Some((prepared, entries))
        })
        .collect()
}

/// The figures a drawn target follows most, the strongest first.
pub fn influences(drawn: &Drawn) -> Vec<Influence> {
    let target = ranks(&drawn.values);
    let mut list: Vec<Influence> = drawn
        .figures
        .iter()
        .map(|(figure, values)| Influence {
            figure: *figure,
            correlation: correlation(&target, &ranks(values)),
        })
        .collect();
    list.sort_by(|a, b| b.correlation.abs().total_cmp(&a.correlation.abs()));
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spearman's rank correlation of two lists of the same length; 0 where one is constant.
    fn rank_correlation(a: &[f64], b: &[f64]) -> f64 {
        correlation(&ranks(a), &ranks(b))
    }

    #[test]
    fn ties_share_their_mean_rank() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0]), [3.5, 1.0, 3.5, 2.0]);
    }

    #[test]
    fn what_is_not_a_number_has_a_rank_of_its_own() {
        assert_eq!(ranks(&[f64::NAN, 1.0, f64::NAN]), [2.0, 1.0, 3.0]);
    }

    #[test]
    fn any_rising_function_correlates_fully() {
        let a = [1.0, 5.0, 2.0, 9.0];
        let b = a.map(f64::exp);
        assert!((rank_correlation(&a, &b) - 1.0).abs() < 1e-12);
        assert!((rank_correlation(&a, &b.map(|x| -x)) + 1.0).abs() < 1e-12);
        assert_eq!(rank_correlation(&a, &[1.0; 4]), 0.0);
    }

    #[test]
    fn a_published_example_of_spearmans_correlation() {
        // Ten pupils' intelligence and hours of television: -0.1757575… (29 over 165).
        let iq = [106.0, 100.0, 86.0, 101.0, 99.0, 103.0, 97.0, 113.0, 112.0, 110.0];
        let hours = [7.0, 27.0, 2.0, 50.0, 28.0, 29.0, 20.0, 12.0, 6.0, 17.0];
        assert!((rank_correlation(&iq, &hours) + 29.0 / 165.0).abs() < 1e-12);
    }
}
