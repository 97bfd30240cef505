//! What the figures of a study say of the pathway: its layout, and its parameters in a block of
//! draws.

use crate::lane::Lane;
use crate::model::pathway::{Fate, Layout, Parameters, Pathway, Refused, leave};
use crate::study::figures::{FigureId, Sample};
use crate::study::pack::{Pack, ServiceFigures};

/// The pathway layout of a pack, with the figures of its needs and pathways in that order.
#[derive(Debug)]
pub struct Layouts {
    /// Groups, conditions and services joined.
    pub pathway: Layout,
    /// Per need of the layout: its rate.
    pub rate: Vec<FigureId>,
    /// Per need: the share that seeks help.
    pub help_seeking: Vec<FigureId>,
    /// Per need: how long it lasts, where that is known.
    pub duration: Vec<Option<FigureId>>,
    /// Per pathway: its weight.
    pub weight: Vec<FigureId>,
}

impl Layouts {
    /// The layout of a validated pack.
    pub fn new(pack: &Pack) -> Self {
        let mut routes: Vec<(Pathway, FigureId)> = pack
            .routes
            .iter()
            .map(|r| {
                let pathway =
                    Pathway { group: r.group, condition: r.condition, service: r.service };
                (pathway, r.weight)
            })
            .collect();
        routes.sort_by_key(|(pathway, _)| *pathway);
        routes.dedup_by_key(|(pathway, _)| *pathway);
        let (pathways, weight): (Vec<_>, Vec<_>) = routes.into_iter().unzip();
        let sizes = (pack.groups.len(), pack.conditions.len(), pack.services.len());
        // Indices of a validated pack are in range and the routes were just sorted.
        let pathway = Layout::new(sizes.0, sizes.1, sizes.2, pathways)
            .or_else(|_| Layout::new(sizes.0, sizes.1, sizes.2, Vec::new()))
            .unwrap_or_else(|_| unreachable!("a layout without pathways is always valid"));
        let needs: Vec<_> = pathway
            .needs()
            .iter()
            .filter_map(|n| {
                pack.needs.iter().find(|m| m.group == n.group && m.condition == n.condition)
            })
            .collect();
        Self {
            rate: needs.iter().map(|need| need.rate).collect(),
            help_seeking: needs.iter().map(|need| need.help_seeking).collect(),
            duration: needs
                .iter()
                .map(|need| need.duration.or(pack.conditions[need.condition].duration))
                .collect(),
            pathway,
            weight,
        }
    }

    /// What becomes of those with need `need`, by the rates of needs and the acceptance of
    /// services as they are at the moment.
    pub fn fate<const L: usize>(
        &self,
        (sample, refused): (&Sample<L>, Refused),
        need: usize,
        rate: impl Fn(usize) -> Lane<L>,
        help_seeking: Lane<L>,
        accepted: impl Fn(usize) -> Lane<L>,
    ) -> Fate<Lane<L>> {
        let layout = &self.pathway;
        let rates = layout.needs_of_group(layout.needs()[need].group).map(&rate).sum();
        let services = layout.pathways_of_need(need).map(|pathway| {
            (sample[self.weight[pathway]], accepted(layout.pathways()[pathway].service))
        });
        Fate::new((rate(need), rates), help_seeking, services, refused)
    }
}

/// The parameters of the pathway for a block of draws.
pub fn parameters<const L: usize>(
    pack: &Pack,
    layouts: &Layouts,
    sample: &Sample<L>,
) -> Parameters<L> {
    let values = |ids: &[FigureId]| ids.iter().map(|id| sample[*id]).collect();
    let services = |id: fn(&ServiceFigures) -> FigureId| {
        pack.services.iter().map(|service| sample[id(&service.figures)]).collect()
    };
    Parameters {
        rate: values(&layouts.rate),
        help_seeking: values(&layouts.help_seeking),
        weight: values(&layouts.weight),
        accepted: services(|figures| figures.accepted),
        recovered: services(|figures| figures.recovered),
        leave: pack
            .services
            .iter()
            .map(|s| leaving(&sample[s.figures.decay], &sample[s.figures.months]))
            .collect(),
    }
}

/// The share of a caseload that leaves in a month, draw by draw.
pub fn leaving<const L: usize>(decay: &Lane<L>, months: &Lane<L>) -> Lane<L> {
    if decay.is_constant() && months.is_constant() {
        return Lane::all(leave(decay[0], months[0]));
    }
    decay.with(*months, leave)
}
