//! Which figures the range of a result goes with, read off its own draws.
//!
//! The weight of a figure is the square of its correlation, over the draws, with the referrals that
//! the pandemic adds over the horizon: the share of their variance that a straight line in the
//! figure alone accounts for. It costs no further run; figures that act together share their part.

use rayon::prelude::*;

use crate::draw::LANES;
use crate::projection::course::Course;
use crate::projection::measure::Measure;
use crate::study::Study;
use crate::study::figures::{FigureId, Sample};

/// A figure and how much of the spread goes with it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Weight {
    /// The figure.
    pub figure: FigureId,
    /// The share of the variance, 0 to 1.
    pub share: f64,
}

/// The weights of all uncertain figures for each of some lines or families, the heaviest first;
/// none where there are too few draws to tell.
pub fn weights(study: &Study, courses: &[&Course]) -> Vec<Vec<Weight>> {
    /// With fewer draws, chance alone correlates.
    const FEWEST: usize = 100;
    let draws = study.draws.count;
    if draws < FEWEST {
        return vec![Vec::new(); courses.len()];
    }
    let streams = study.figures.streams(study.draws.seed);
    let blocks: Vec<Sample<LANES>> = (0..draws.div_ceil(LANES))
        .into_par_iter()
        .map(|block| study.figures.sample(&streams, block as u64))
        .collect();
    let uncertain: Vec<FigureId> =
        study.figures.ids().filter(|id| !study.figures.get(*id).number.is_point()).collect();
    let of_course = |course: &&Course| {
        let added = added(course);
        let mut weights: Vec<Weight> = uncertain
            .par_iter()
            .map(|&figure| {
                let values = (0..added.len()).map(|d| blocks[d / LANES][figure][d % LANES]);
                Weight { figure, share: correlation(values, &added).powi(2) }
            })
            .collect();
        weights.sort_by(|a, b| b.share.total_cmp(&a.share));
        weights
    };
    courses.iter().map(of_course).collect()
}

/// What the pandemic adds to the referrals of the horizon, by draw.
fn added(course: &Course) -> Vec<f64> {
    let of = |measure: Measure| course.draws.iter().find(|(own, _)| *own == measure);
    let Some((_, surge)) = of(Measure::Surge) else { return Vec::new() };
    let mut added = surge.clone();
    for (measure, sign) in
        [(Measure::Returning, 1.0), (Measure::Levers, 1.0), (Measure::Suppressed, -1.0)]
    {
        let Some((_, draws)) = of(measure) else { continue };
        for (added, own) in added.iter_mut().zip(draws) {
            *added += sign * own;
        }
    }
    added
}

/// Pearson's correlation; 0 where one of the two does not vary.
fn correlation(values: impl Iterator<Item = f64> + Clone, with: &[f64]) -> f64 {
    let n = with.len() as f64;
    let (mean_a, mean_b) =
        (values.clone().take(with.len()).sum::<f64>() / n, with.iter().sum::<f64>() / n);
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (a, b) in values.zip(with) {
        let (a, b) = (a - mean_a, b - mean_b);
        ab += a * b;
        aa += a * a;
        bb += b * b;
    }
    let size = (aa * bb).sqrt();
    if size > 0.0 { ab / size } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_correlates_wholly_and_a_constant_not_at_all() {
        let with = [1.0, 2.0, 4.0, 8.0];
        let line = with.map(|x| 3.0 - 2.0 * x);
        assert!((correlation(line.into_iter(), &with) + 1.0).abs() < 1e-12);
        assert_eq!(correlation([5.0; 4].into_iter(), &with), 0.0);
    }
}
