//! A projection conditioned on the months observed so far.
//!
//! Every uncertain figure, forecast error and discrepancy is a standard normal ([`model`]); a
//! cloud of them is weighed by how well each explains the counts ([`likelihood`]) and moved from
//! the prior to the posterior in tempered steps ([`cloud`]). What the cloud says of each figure,
//! its 5th, 50th and 95th percentile, becomes its new range. Ranges forget how figures hang
//! together, so a projection from them is somewhat wider than the cloud itself; the errors of the
//! underlying forecast are drawn afresh in it, as in any other.

pub mod cloud;
pub mod likelihood;
pub mod model;

use thiserror::Error;

use crate::draw::{LANES, Uncertain};
use crate::month::Month;
use crate::projection::quantiles::Summariser;
use crate::study::Study;
use crate::study::figures::FigureId;
use cloud::Cloud;
use model::Model;
pub use model::Observed;

/// Why there is nothing to condition on.
#[derive(Clone, PartialEq, Debug, Error)]
pub enum FitError {
    /// The last month lies before the scenario.
    #[error("the scenario starts in {start}, after {until}")]
    TooEarly {
        /// The scenario's start.
        start: Month,
        /// The last month to be used.
        until: Month,
    },
    /// No line of any area has a counted month.
    #[error("no counted month from {start} to {until} in any area; derived months are not used")]
    NothingObserved {
        /// The scenario's start.
        start: Month,
        /// The last month to be used.
        until: Month,
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
    /// How many draws of the prior the particles descend from.
    pub effective_sample: f64,
    /// Tempered steps taken.
    pub steps: usize,
    /// Share of proposals accepted at the end.
    pub accepted: f64,
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
    let cloud = Cloud::new(&model, study.draws.count.div_ceil(LANES).max(1), study.draws.seed);
    let mut summariser = Summariser::default();
    let fitted = |(dimension, id): (usize, &FigureId)| {
        let stats = summariser.stats(cloud.values(dimension));
        let variance = cloud.values(dimension).map(|z| (z - stats.mean).powi(2)).sum::<f64>()
            / cloud.len() as f64;
        let prior = study.figures.get(*id).number;
        let posterior = Uncertain {
            low: prior.at(stats.q05()),
            central: prior.at(stats.median()),
            high: prior.at(stats.q95()),
            ..prior
        };
        Fitted { id: *id, prior, posterior, shift: stats.mean, width: variance.sqrt() }
    };
    Ok(Fit {
        until,
        figures: model.figures.iter().enumerate().map(fitted).collect(),
        particles: cloud.len(),
        prior_sample: cloud.prior_sample,
        effective_sample: cloud.families(),
        steps: cloud.steps,
        accepted: cloud.accepted,
        lines: model.lines,
    })
}

/// The study with its first scenario alone, which ends at `until`.
fn shortened(study: &Study, until: Month) -> Option<Study> {
    let mut study = study.clone();
    study.scenarios.truncate(1);
    let scenario = study.scenarios.first_mut()?;
    let months = usize::try_from(until.since(scenario.start) + 1).ok()?;
    scenario.months = scenario.months.min(months);
    (months > 0).then_some(study)
}

/// The study with the fitted ranges in place of its own.
pub fn applied(study: &Study, fit: &Fit) -> Study {
    let mut study = study.clone();
    for fitted in &fit.figures {
        study.figures.get_mut(fitted.id).number = fitted.posterior;
    }
    study
}
