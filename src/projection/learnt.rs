//! What a fit learnt of a line's forecast errors, carried into every later projection.
//!
//! ```text
//! underlying(t) = central(t) x exp(error(t) + discrepancy(t))
//! ```
//!
//! Up to the last month fitted both are those of the fit's own draws; after it, fresh errors are
//! carried on from there by their memory ([`crate::model::underlying::Memory`],
//! [`Discrepancy`]). Without a fit there is no discrepancy.

use crate::draw::Stream;
use crate::model::discrepancy::Discrepancy;
use crate::model::lane::Lane;
use crate::model::underlying::{Extent, Forecast};
use crate::study::Study;
use crate::study::area::Area;
use crate::study::posterior::{Column, discrepancy_key, error_key};
use crate::study::scenario::Scenario;

/// The draws that a fit left of one line.
#[derive(Debug)]
pub struct Learnt<'a> {
    errors: Vec<&'a Column>,
    discrepancies: Vec<&'a Column>,
    /// Streams of the discrepancies of every month, used after the last one learnt.
    later: Vec<Stream>,
    discrepancy: Discrepancy,
}

impl<'a> Learnt<'a> {
    /// What the pack knows of a service in an area, where the scenario starts when it was fitted.
    pub fn of(
        study: &'a Study,
        scenario: &Scenario,
        area: &Area,
        service: &str,
        extent: Extent,
    ) -> Option<Self> {
        let posterior = study.figures.posterior()?;
        let start = scenario.start;
        let discrepancy = |t| discrepancy_key(&area.id, service, start, t);
        let column = |key: String| posterior.columns.get(&key);
        let errors: Vec<_> =
            (0..).map_while(|t| column(error_key(&area.id, service, start, t))).collect();
        let stream = |t| Stream::new(study.draws.seed, &discrepancy(t));
        (!errors.is_empty()).then(|| Self {
            errors,
            discrepancies: (0..).map_while(|t| column(discrepancy(t))).collect(),
            later: (0..scenario.months).map(stream).collect(),
            discrepancy: Discrepancy::of(extent),
        })
    }
}

/// The underlying demand of a block of draws by month: `forecast` with the errors of the streams
/// `noise`, or of what was `learnt`. Without a block, the medians.
pub fn underlying<const L: usize>(
    forecast: &Forecast,
    noise: &[Stream],
    learnt: Option<&Learnt<'_>>,
    block: Option<u64>,
) -> Vec<Lane<L>> {
    let mut errors = normals(learnt.map_or(&[], |learnt| &learnt.errors), noise, block);
    match learnt {
        None => forecast.draw(&mut errors),
        Some(learnt) => {
            let discrepancies = normals(&learnt.discrepancies, &learnt.later, block);
            demand(forecast, &mut errors, discrepancies, &learnt.discrepancy);
        }
    }
    errors
}

/// Turns the normals of a line's errors into its underlying demand, in place.
pub fn demand<const L: usize>(
    forecast: &Forecast,
    errors: &mut [Lane<L>],
    mut discrepancies: Vec<Lane<L>>,
    discrepancy: &Discrepancy,
) {
    forecast.draw(errors);
    discrepancy.factors(&mut discrepancies);
    for (demand, factors) in errors.iter_mut().zip(&discrepancies) {
        for (demand, factor) in demand.iter_mut().zip(factors) {
            *demand *= factor;
        }
    }
}

/// Standard normals by month: the columns learnt, then the streams.
fn normals<const L: usize>(
    learnt: &[&Column],
    streams: &[Stream],
    block: Option<u64>,
) -> Vec<Lane<L>> {
    let mut normals = vec![Lane::ZERO; streams.len()];
    for (t, (month, stream)) in normals.iter_mut().zip(streams).enumerate() {
        match (learnt.get(t), block) {
            (Some(column), Some(block)) => column.block(block, month),
            (Some(column), None) => *month = Lane::all(column.median()),
            (None, Some(block)) => stream.normals(block, month),
            (None, None) => {}
        }
    }
    normals
}
