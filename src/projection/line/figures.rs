//! The figures of a service line for a block of draws: its service's own, or the mean over the
//! members of a total.

use crate::model::severity::Severity;
use crate::model::suppression::Suppression;
use crate::projection::case::Line;
use crate::projection::entries::leaving;
use crate::projection::waits::Shares;
use crate::study::Study;
use crate::study::figures::{FigureId, Sample};
use crate::study::pack::{ServiceFigures, Unit};

/// A line's figures for a block of draws, weighted over its members.
pub(super) struct LineFigures<const L: usize> {
    pub(super) accepted: [f64; L],
    pub(super) leave: [f64; L],
    pub(super) contacts: [f64; L],
    pub(super) bed_days: [f64; L],
    pub(super) severity: Severity<L>,
    pub(super) unit_cost: [f64; L],
    pub(super) suppression: Suppression<L>,
}

impl<const L: usize> LineFigures<L> {
    pub(super) fn new(study: &Study, line: &Line<'_>, sample: &Sample<L>) -> Self {
        let services = &study.pack.services;
        let mean = |value: &dyn Fn(&ServiceFigures) -> [f64; L]| {
            let mut mean = [0.0; L];
            for (member, weight) in &line.members {
                let value = value(&services[*member].figures);
                for i in 0..L {
                    mean[i] += weight * value[i];
                }
            }
            mean
        };
        let figure = |id: fn(&ServiceFigures) -> FigureId| mean(&|figures| sample[id(figures)]);
        let counts_starts = services[line.service].unit == Unit::Start;
        Self {
            // Treatment starts were accepted already.
            accepted: if counts_starts { [1.0; L] } else { figure(|f| f.accepted) },
            leave: mean(&|f| leaving(&sample[f.decay], &sample[f.months])),
            contacts: figure(|f| f.contacts),
            bed_days: mean(&|f| f.bed_days.map_or([0.0; L], |id| sample[id])),
            severity: Severity {
                severe_share: figure(|f| f.severity.severe_share),
                severity_shift: figure(|f| f.severity.severity_shift),
                severe_stay: figure(|f| f.severity.severe_stay),
            },
            unit_cost: mean(&|f| f.unit_cost.map_or([0.0; L], |id| sample[id])),
            suppression: Suppression {
                loss: figure(|f| f.loss),
                returns: figure(|f| f.returns),
                return_half_life: figure(|f| f.return_half_life),
            },
        }
    }

    pub(super) fn shares(&self) -> Shares<L> {
        Shares { accepted: self.accepted, leave: self.leave, severity: self.severity }
    }

    /// The caseload that starts at the rate of `underlying` keep up.
    pub(super) fn steady_caseload(&self, underlying: &[f64; L]) -> [f64; L] {
        std::array::from_fn(|i| {
            if self.leave[i] > 0.0 { underlying[i] * self.accepted[i] / self.leave[i] } else { 0.0 }
        })
    }
}

/// The central values of every figure, and a line's shares at them.
pub(in crate::projection) fn central_shares(
    study: &Study,
    line: &Line<'_>,
) -> (Sample<1>, Shares<1>) {
    let sample = study.figures.central();
    let figures = LineFigures::new(study, line, &sample);
    (sample, figures.shares())
}
