//! A projection conditioned on the months observed so far.
//!
//! Every uncertain figure, forecast error and discrepancy is a standard normal ([`model`]); a
//! cloud of them is weighed by how well each explains the counts
//! ([`crate::model::discrepancy`]) and moved from the prior to the posterior in tempered steps
//! ([`cloud`]). What the cloud says of each figure, its 5th, 50th and 95th percentile, becomes its
//! new range. Ranges forget how figures hang together, and the errors of the underlying forecast
//! have none; so the cloud itself goes with them ([`Posterior`]), and a projection with the fitted
//! pack draws from it.

pub mod cloud;
pub mod model;

use std::collections::BTreeMap;

use thiserror::Error;

use crate::draw::{LANES, Stream, Uncertain};
use crate::month::Month;
use crate::study::Study;
use crate::study::figures::FigureId;
use crate::study::posterior::{Column, Posterior, discrepancy_key, error_key};
use cloud::Cloud;
use model::Model;
pub use model::Observed;

/// Why there is nothing to condition on.
#[derive(Clone, PartialEq, Debug, Error)]
pub enum FitError {
    /// The last month lies before the scenario.
    #[error("a month from {start} on, in which the scenario starts")]
    TooEarly {
        /// The scenario's start.
        start: Month,
        /// The last month to be used.
        until: Month,
    },
    /// No line of any area has a counted month.
    #[error(
        "a baseline with counted months from {start} on, and the months before to forecast from: \
         there is none to {until} in any area; derived months are not used"
    )]
    NothingObserved {
        /// The scenario's start.
        start: Month,
        /// The last month to be used.
        until: Month,
    },
    /// The last month lies after all that were counted.
    #[error("a month up to {last}, the last one counted (within the scenario's months)")]
    TooLate {
        /// The last month counted.
        last: Month,
    },
}

/// What the data said.
#[derive(Debug)]
pub struct Fit {
    /// The last month used.
    pub until: Month,
    /// Every uncertain figure.
    pub figures: Vec<Fitted>,
    /// The observed lines.
    pub lines: Vec<Observed>,
    /// Particles.
    pub particles: usize,
    /// How many draws of the prior alone would carry the weight.
    pub prior_sample: f64,
    /// As how many independent particles they count.
    pub effective_sample: f64,
    /// Tempered steps taken.
    pub steps: usize,
    /// Share of proposals accepted at the end.
    pub accepted: f64,
    /// The particles, as a projection draws from them.
    pub posterior: Posterior,
}

/// One figure before and after.
#[derive(Clone, Copy, Debug)]
pub struct Fitted {
    /// The figure.
    pub id: FigureId,
    /// Its range before.
    pub prior: Uncertain,
    /// Its range after.
    pub posterior: Uncertain,
    /// How far its mean moved, in standard deviations before.
    pub shift: f64,
    /// Its standard deviation after, as a share of that before.
    pub width: f64,
}

impl Fitted {
    /// Whether the data spoke on it: beyond what a thousand particles would show of nothing.
    pub fn is_informed(&self) -> bool {
        self.shift.abs() > 0.25 || self.width < 0.9
    }
}

/// Conditions the first scenario of `study` on the counted months up to `until`, with as many
/// particles as the study has draws, rounded up to whole blocks.
///
/// # Errors
/// If nothing was counted from the scenario's start to `until`.
pub fn fit(study: &Study, until: Month) -> Result<Fit, FitError> {
    let start = study.scenarios[0].start;
    let study = &shortened(study, until).ok_or(FitError::TooEarly { start, until })?;
    let model = Model::new(study, until);
    if model.lines.is_empty() {
        return Err(FitError::NothingObserved { start, until });
    }
    let last = model.lines.iter().flat_map(|line| &line.counts).map(|(t, _)| *t).max();
    let last = start.plus(last.unwrap_or(0) as i32);
    if last < until {
        return Err(FitError::TooLate { last });
    }
    let cloud = Cloud::new(&model, study.draws.count.div_ceil(LANES).max(1), study.draws.seed);
    let columns = columns(study, &model, &cloud);
    let fitted = |(dimension, id): (usize, &FigureId)| {
        let count = cloud.particles() as f64;
        let mean = cloud.values(dimension).sum::<f64>() / count;
        let variance = cloud.values(dimension).map(|z| (z - mean).powi(2)).sum::<f64>() / count;
        let figure = study.figures.get(*id);
        let prior = figure.number;
        let posterior = columns.get(&figure.key).map_or(prior, |column| {
            let [low, central, high] = column.quantiles();
            Uncertain { low, central, high, ..prior }
        });
        Fitted { id: *id, prior, posterior, shift: mean, width: variance.sqrt() }
    };
    Ok(Fit {
        until,
        figures: model.figures.iter().enumerate().map(fitted).collect(),
        particles: cloud.particles(),
        prior_sample: cloud.prior_sample,
        effective_sample: cloud.effective_sample(),
        steps: cloud.steps,
        accepted: cloud.accepted,
        lines: model.lines,
        posterior: Posterior { pack: "fitted".to_owned(), columns },
    })
}

/// The cloud by the names of its numbers: values of figures, normals of errors.
fn columns(study: &Study, model: &Model<'_>, cloud: &Cloud) -> BTreeMap<String, Column> {
    let start = study.scenarios[0].start;
    let figures = model.figures.iter().enumerate().map(|(dimension, id)| {
        let figure = study.figures.get(*id);
        let values = cloud.values(dimension).map(|z| figure.number.at(z));
        (figure.key.clone(), values.map(rounded).collect())
    });
    let errors = model.lines.iter().flat_map(|line| {
        let (area, service) = (&study.areas[line.area].id, &study.pack.services[line.service].id);
        (0..model.months).flat_map(move |t| {
            let of = |dimension| cloud.values(dimension).map(rounded).collect::<Vec<f64>>();
            [
                (error_key(area, service, start, t), of(line.first + t)),
                (discrepancy_key(area, service, start, t), of(line.first + model.months + t)),
            ]
        })
    });
    let columns: Vec<(String, Vec<f64>)> = figures.chain(errors).collect();
    columns.into_iter().filter_map(|(key, values)| Some((key, Column::new(values)?))).collect()
}

/// Seven digits, as they are written: a run from the files draws the very same numbers.
fn rounded(value: f64) -> f64 {
    format!("{value:.6e}").parse().unwrap_or(value)
}

/// The study with its first scenario alone, which ends at `until`.
fn shortened(study: &Study, until: Month) -> Option<Study> {
    let mut study = study.clone();
    study.scenarios.truncate(1);
    let scenario = study.scenarios.first_mut()?;
    let months = usize::try_from(until.since(scenario.start) + 1).ok()?;
    scenario.months = scenario.months.min(months);
    for track in &mut scenario.tracks {
        track.values.truncate(months);
    }
    (months > 0).then_some(study)
}

/// A study whose observed months were drawn from itself at known figures.
#[derive(Debug)]
pub struct Simulated {
    /// The study with the simulated counts.
    pub study: Study,
    /// The values they were drawn at, of every uncertain figure.
    pub truth: Vec<(FigureId, f64)>,
}

/// Replaces the counted months up to `until` by what the study would bring at one draw of its
/// figures: to see whether a fit finds them again.
///
/// # Errors
/// If there is no such month.
pub fn simulate(study: &Study, until: Month, seed: u64) -> Result<Simulated, FitError> {
    let start = study.scenarios[0].start;
    let short = shortened(study, until).ok_or(FitError::TooEarly { start, until })?;
    let model = Model::new(&short, until);
    let normals: model::Normals<1> =
        cloud::fresh(&Stream::new(seed, "fit/truth"), 0, model.dimensions);
    let mut generator = Stream::new(seed, "fit/counts").generator(0);
    let mut study = study.clone();
    for (line, course) in model.lines.iter().zip(model.courses(&normals)) {
        let all = &mut study.areas[line.area].series;
        let Some(series) = all.iter_mut().find(|own| own.service == line.service) else { continue };
        let first = start.since(series.start).max(0) as usize;
        for (t, _) in &line.counts {
            let count = line.discrepancy.count(course[*t][0], &mut generator);
            series.values[first + t] = Some(count);
        }
    }
    let number = |id: &FigureId| short.figures.get(*id).number;
    let values = model.figures.iter().zip(&normals);
    Ok(Simulated { truth: values.map(|(id, z)| (*id, number(id).at(z[0]))).collect(), study })
}

/// The study as the fitted pack has it: the fitted ranges in place of its own, and draws from the
/// particles.
pub fn applied(study: &Study, fit: &Fit) -> Study {
    let mut study = study.clone();
    study.figures.set_posterior(Some(fit.posterior.clone()));
    for fitted in &fit.figures {
        study.figures.get_mut(fitted.id).number = fitted.posterior;
    }
    study
}
