//! The figures of a service line for a block of draws: its service's own, or the mean over the
//! members of a total.

use super::case::Line;
use super::parameters::leaving;
use super::waits::Shares;
use crate::lane::Lane;
use crate::model::severity::Severity;
use crate::model::suppression::Suppression;
use crate::study::Study;
use crate::study::figures::{Basis, FigureId, Sample};
use crate::study::pack::{ServiceFigures, Unit};

/// A line's figures for a block of draws, weighted over its members.
pub(super) struct LineFigures<const L: usize> {
    pub(super) accepted: Lane<L>,
    pub(super) leave: Lane<L>,
    pub(super) contacts: Lane<L>,
    pub(super) bed_days: Lane<L>,
    pub(super) severity: Severity<L>,
    pub(super) unit_cost: Lane<L>,
    pub(super) suppression: Suppression<L>,
}

impl<const L: usize> LineFigures<L> {
    pub(super) fn new(study: &Study, line: &Line<'_>, sample: &Sample<L>) -> Self {
        let services = &study.pack.services;
        let mean = |value: &dyn Fn(&ServiceFigures) -> Lane<L>| {
            let mut mean = Lane::<L>::ZERO;
            for (member, weight) in &line.members {
                let value = value(&services[*member].figures);
                mean += *weight * value;
            }
            mean
        };
        let figure = |id: fn(&ServiceFigures) -> FigureId| mean(&|figures| sample[id(figures)]);
        // What is known of a total as a whole goes before the mean of its parts.
        let own = &services[line.service];
        let own_or_mean = |id: fn(&ServiceFigures) -> FigureId| {
            let id_of_total = id(&own.figures);
            let figure_of_total = study.figures.get(id_of_total);
            let is_given = figure_of_total.origin.basis != Basis::Default;
            if is_given && figure_of_total.key.starts_with(&format!("services.{}.", own.id)) {
                sample[id_of_total]
            } else {
                figure(id)
            }
        };
        let counts_starts = services[line.service].unit == Unit::Start;
        Self {
            // Treatment starts were accepted already.
            accepted: if counts_starts { Lane::ONE } else { figure(|f| f.accepted) },
            leave: mean(&|f| leaving(&sample[f.decay], &sample[f.months])),
            contacts: figure(|f| f.contacts),
            bed_days: mean(&|f| f.bed_days.map_or(Lane::ZERO, |id| sample[id])),
            severity: Severity {
                severe_share: figure(|f| f.severity.severe_share),
                severity_shift: figure(|f| f.severity.severity_shift),
                severe_stay: figure(|f| f.severity.severe_stay),
            },
            unit_cost: mean(&|f| f.unit_cost.map_or(Lane::ZERO, |id| sample[id])),
            suppression: Suppression {
                loss: own_or_mean(|f| f.loss),
                returns: own_or_mean(|f| f.returns),
                return_half_life: own_or_mean(|f| f.return_half_life),
            },
        }
    }

    pub(super) fn shares(&self) -> Shares<L> {
        Shares { accepted: self.accepted, leave: self.leave, severity: self.severity }
    }
}

/// The central values of every figure, and a line's shares at them.
pub(super) fn central_shares(study: &Study, line: &Line<'_>) -> (Sample<1>, Shares<1>) {
    let sample = study.figures.central();
    let figures = LineFigures::new(study, line, &sample);
    (sample, figures.shares())
}
