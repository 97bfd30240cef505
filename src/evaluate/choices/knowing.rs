//! What it would be worth to know a figure before choosing: the expected value of perfect partial
//! information, from the draws at hand.
//!
//! ```text
//! gain(c,i)  = people helped by choice c in draw i, the mean over scenarios; 0 by doing nothing
//! c*         = the choice with the greatest mean gain
//! worth(x)   = sum over tenths b of x of share(b) x max over c of [mean in b of gain(c) - gain(c*)]+
//! perfect    = mean over draws of max over c of gain(c,i) - mean of gain(c*)
//! ```
//!
//! The draws are cut into tenths by the value of the figure (fewer parts where a tenth would be less
//! than 20 draws), as in Strong and Oakley's partition (doi:10.1177/0272989X12465123). The
//! greatest of several noisy means is too great: as hundreds of figures are tried, another choice
//! counts in a tenth only where the mean of the difference is four standard errors above nothing.

use super::{Kind, Ranked};
use crate::draw::LANES;
use crate::evaluate::sensitivity::{correlation, ranks};
use crate::study::Study;
use crate::study::figures::{FigureId, Sample};

/// Parts into which the draws are cut by a figure.
const PARTS: usize = 10;
/// Draws that a part holds at least.
const LEAST_DRAWS: usize = 20;
/// Standard errors by which another choice must be better in a part.
const SURE: f64 = 4.0;

/// The value of every figure in every draw of a study.
#[derive(Debug)]
pub struct Samples {
    blocks: Vec<Sample<LANES>>,
    draws: usize,
}

impl Samples {
    /// The figures as they were drawn.
    pub fn new(study: &Study) -> Self {
        let draws = study.draws.count;
        let blocks = if draws == 0 {
            vec![study.figures.central()]
        } else {
            let streams = study.figures.streams(study.draws.seed);
            let blocks = 0..draws.div_ceil(LANES) as u64;
            blocks.map(|block| study.figures.sample(&streams, block)).collect()
        };
        Self { blocks, draws: draws.max(1) }
    }

    /// A figure's value in every draw.
    pub fn of(&self, id: FigureId) -> Vec<f64> {
        let values = self.blocks.iter().flat_map(|sample| sample[id].0);
        values.take(self.draws).collect()
    }
}

/// What is chosen among choices of one kind and doing nothing, and what would change that.
#[derive(Debug)]
pub struct Decision {
    /// Whose.
    pub kind: Kind,
    /// The choice with the greatest mean gain, by its place among the ranked; none is doing nothing.
    pub chosen: Option<usize>,
    /// People helped more on average by who knows everything before choosing.
    pub perfect: f64,
    /// The figures that would change the choice, most worth first.
    pub figures: Vec<Worth>,
}

/// What one figure is worth.
#[derive(Clone, PartialEq, Debug)]
pub struct Worth {
    /// The figure.
    pub figure: FigureId,
    /// People helped more on average by who knows it before choosing.
    pub people: f64,
    /// The share of draws in which that is another choice.
    pub changes: f64,
}

/// The decision among the choices of a kind.
pub(super) fn decision(
    study: &Study,
    ranked: &[Ranked],
    kind: Kind,
    samples: &Samples,
) -> Option<Decision> {
    let places: Vec<usize> =
        (0..ranked.len()).filter(|place| ranked[*place].choice.kind() == kind).collect();
    places.first()?;
    let mut gains: Vec<Vec<f64>> =
        places.iter().map(|place| ranked[*place].mean_helped()).collect();
    gains.push(vec![0.0; gains[0].len()]);
    let chosen = best_on_average(&gains);
    let mut figures: Vec<Worth> = uncertain(study)
        .filter_map(|figure| {
            let (people, changes) = worth(&samples.of(figure), &gains, chosen);
            (people > 0.0).then_some(Worth { figure, people, changes })
        })
        .collect();
    figures.sort_by(|a, b| b.people.total_cmp(&a.people));
    Some(Decision {
        kind,
        chosen: places.get(chosen).copied(),
        perfect: perfect(&gains, chosen),
        figures,
    })
}

/// The figure that moves the people helped by a choice most, with its rank correlation; none
/// without draws.
pub fn matters_most(study: &Study, ranked: &Ranked, samples: &Samples) -> Option<(FigureId, f64)> {
    let helped = ranks(&ranked.mean_helped());
    let with = |figure| (figure, correlation(&ranks(&samples.of(figure)), &helped));
    let all = uncertain(study).map(with).filter(|(_, r)| r.is_finite() && *r != 0.0);
    all.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))
}

/// The figures that are not known exactly, each key once: of one key the draws are the same in
/// every scenario.
fn uncertain(study: &Study) -> impl Iterator<Item = FigureId> {
    let mut known: Vec<&str> = Vec::new();
    study.figures.ids().filter(move |id| {
        let figure = study.figures.get(*id);
        let is_new = !figure.number.is_point() && !known.contains(&figure.key.as_str());
        if is_new && figure.scenario.is_some() {
            known.push(&figure.key);
        }
        is_new && study.draws.count > 0
    })
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for value in values {
        sum += value;
        count += 1.0;
    }
    if count > 0.0 { sum / count } else { 0.0 }
}

/// The first of the choices with the greatest mean; the last, doing nothing, where none helps.
fn best_on_average(gains: &[Vec<f64>]) -> usize {
    let means: Vec<f64> = gains.iter().map(|gain| mean(gain.iter().copied())).collect();
    let better = |a: usize, b: usize| if means[b] > means[a] { b } else { a };
    (0..means.len()).rev().reduce(better).unwrap_or(0)
}

fn perfect(gains: &[Vec<f64>], chosen: usize) -> f64 {
    let draws = gains.first().map_or(0, Vec::len);
    let most = |i: usize| gains.iter().map(|gain| gain[i]).fold(f64::NEG_INFINITY, f64::max);
    mean((0..draws).map(|i| most(i) - gains[chosen][i]))
}

/// People helped more by who knows a figure of these values, and the share of draws in which that
/// is by another choice than `chosen`.
fn worth(values: &[f64], gains: &[Vec<f64>], chosen: usize) -> (f64, f64) {
    let parts = PARTS.min(values.len() / LEAST_DRAWS);
    if parts < 2 {
        return (0.0, 0.0);
    }
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let (mut people, mut changes) = (0.0, 0.0);
    for part in 0..parts {
        let draws = &order[part * order.len() / parts..(part + 1) * order.len() / parts];
        let share = draws.len() as f64 / order.len() as f64;
        let more = |gain: &Vec<f64>| {
            let difference = |i: &usize| gain[*i] - gains[chosen][*i];
            let own = mean(draws.iter().map(difference));
            let squares = draws.iter().map(|i| (difference(i) - own).powi(2)).sum::<f64>();
            let count = draws.len() as f64;
            let error = (squares / (count - 1.0) / count).sqrt();
            if own > SURE * error { own } else { 0.0 }
        };
        let most = gains.iter().map(more).fold(0.0, f64::max);
        people += share * most;
        changes += if most > 0.0 { share } else { 0.0 };
    }
    (people, changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `count` values spread evenly over -1 to 1.
    fn spread(count: usize) -> Vec<f64> {
        (0..count).map(|i| (2 * i + 1) as f64 / count as f64 - 1.0).collect()
    }

    #[test]
    fn a_lever_that_helps_as_often_as_it_harms_is_worth_knowing() {
        // Gain x, even over -1 to 1: whoever knows x takes it where it is positive, which is
        // worth E[max(x, 0)] = 1/4. The mean is 0, so that without knowing nothing is chosen.
        let x = spread(1000);
        let gains = vec![x.clone(), vec![0.0; 1000]];
        assert_eq!(best_on_average(&gains), 1);
        let (people, changes) = worth(&x, &gains, 1);
        assert!((people - 0.25).abs() < 1e-9, "{people}");
        assert!((changes - 0.5).abs() < 1e-9);
        assert!((perfect(&gains, 1) - 0.25).abs() < 1e-9);
    }

    #[test]
    fn what_changes_no_choice_is_worth_nothing() {
        let x = spread(1000);
        // One gains more in every draw: however much hangs on x, it is chosen anyhow.
        let gains = vec![x.iter().map(|x| 3.0 + x).collect(), x.clone(), vec![0.0; 1000]];
        assert_eq!((best_on_average(&gains), worth(&x, &gains, 0)), (0, (0.0, 0.0)));
        assert_eq!(perfect(&gains, 0), 0.0);
        // Noise that has nothing to do with the gain does not count as knowledge.
        let noise: Vec<f64> = (0..1000).map(|i| f64::from(i * 7919 % 1000)).collect();
        let gains = vec![x.iter().map(|x| 0.05 + x).collect(), vec![0.0; 1000]];
        assert_eq!(worth(&noise, &gains, 0), (0.0, 0.0));
    }

    #[test]
    fn few_draws_tell_nothing() {
        let x = spread(30);
        assert_eq!(worth(&x, &[x.clone(), vec![0.0; 30]], 1), (0.0, 0.0));
    }
}
