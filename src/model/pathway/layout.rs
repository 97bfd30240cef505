//! Which groups, conditions and services a pathway model joins, and in what order.

use std::ops::Range;

use thiserror::Error;

/// One way from a group through a condition to a service, by their indices.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Pathway {
    /// The group.
    pub group: usize,
    /// The condition.
    pub condition: usize,
    /// The service.
    pub service: usize,
}

/// A condition that members of a group may develop.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Need {
    /// The group.
    pub group: usize,
    /// The condition.
    pub condition: usize,
}

/// All pathways from one group to one service, whatever the condition.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Flow {
    /// The group.
    pub group: usize,
    /// The service.
    pub service: usize,
}

/// Why pathways do not make a layout.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum LayoutError {
    /// An index is beyond the number of groups, conditions or services.
    #[error("pathway {0} names a group, condition or service that does not exist")]
    OutOfRange(usize),
    /// The pathway does not come after the one before it.
    #[error("pathway {0} is out of order or repeated")]
    OutOfOrder(usize),
}

/// The pathways of a model and how they fold together. Fixed once built.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Layout {
    groups: usize,
    services: usize,
    pathways: Vec<Pathway>,
    needs: Vec<Need>,
    flows: Vec<Flow>,
    /// The pathways of each need.
    need_pathways: Vec<Range<usize>>,
    /// The needs of each group.
    group_needs: Vec<Range<usize>>,
    /// The flows of each group.
    group_flows: Vec<Range<usize>>,
    /// The flows of each service.
    service_flows: Vec<Vec<usize>>,
    /// The flow of each pathway.
    pathway_flow: Vec<usize>,
}

impl Layout {
    /// A layout of `pathways`, which are sorted by group, condition and service and all different.
    ///
    /// The needs are the pairs of group and condition that occur in them.
    pub fn new(
        groups: usize,
        conditions: usize,
        services: usize,
        pathways: Vec<Pathway>,
    ) -> Result<Self, LayoutError> {
        for (i, p) in pathways.iter().enumerate() {
            if p.group >= groups || p.condition >= conditions || p.service >= services {
                return Err(LayoutError::OutOfRange(i));
            }
            if i > 0 && pathways[i - 1] >= *p {
                return Err(LayoutError::OutOfOrder(i));
            }
        }
        let need = |p: &Pathway| Need { group: p.group, condition: p.condition };
        let flow = |p: &Pathway| Flow { group: p.group, service: p.service };
        let mut needs: Vec<Need> = pathways.iter().map(need).collect();
        needs.dedup();
        let mut flows: Vec<Flow> = pathways.iter().map(flow).collect();
        flows.sort_unstable();
        flows.dedup();
        let mut service_flows = vec![Vec::new(); services];
        for (i, f) in flows.iter().enumerate() {
            service_flows[f.service].push(i);
        }
        Ok(Self {
            groups,
            services,
            need_pathways: needs.iter().map(|n| run(&pathways, |p| need(p).cmp(n))).collect(),
            group_needs: (0..groups).map(|g| run(&needs, |n| n.group.cmp(&g))).collect(),
            group_flows: (0..groups).map(|g| run(&flows, |f| f.group.cmp(&g))).collect(),
            pathway_flow: pathways
                .iter()
                .map(|p| flows.partition_point(|f| *f < flow(p)))
                .collect(),
            service_flows,
            pathways,
            needs,
            flows,
        })
    }

    /// How many groups there are.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// How many services there are.
    pub fn services(&self) -> usize {
        self.services
    }

    /// The pathways, sorted by group, condition and service.
    pub fn pathways(&self) -> &[Pathway] {
        &self.pathways
    }

    /// The needs, sorted by group and condition.
    pub fn needs(&self) -> &[Need] {
        &self.needs
    }

    /// The flows, sorted by group and service.
    pub fn flows(&self) -> &[Flow] {
        &self.flows
    }

    /// The indices of the pathways of need `need`.
    pub fn pathways_of_need(&self, need: usize) -> Range<usize> {
        self.need_pathways[need].clone()
    }

    /// The indices of the needs of group `group`.
    pub fn needs_of_group(&self, group: usize) -> Range<usize> {
        self.group_needs[group].clone()
    }

    /// The indices of the pathways of group `group`.
    pub fn pathways_of_group(&self, group: usize) -> Range<usize> {
        let needs = &self.need_pathways[self.needs_of_group(group)];
        match (needs.first(), needs.last()) {
            (Some(first), Some(last)) => first.start..last.end,
            _ => 0..0,
        }
    }

    /// The indices of the flows of group `group`.
    pub fn flows_of_group(&self, group: usize) -> Range<usize> {
        self.group_flows[group].clone()
    }

    /// The indices of the flows into service `service`.
    pub fn flows_of_service(&self, service: usize) -> &[usize] {
        &self.service_flows[service]
    }

    /// The flow that pathway `pathway` is part of.
    pub fn flow_of_pathway(&self, pathway: usize) -> usize {
        self.pathway_flow[pathway]
    }
}

/// The run of equal elements in a sorted slice.
fn run<T>(sorted: &[T], order: impl Fn(&T) -> std::cmp::Ordering) -> Range<usize> {
    let start = sorted.partition_point(|x| order(x).is_lt());
    start..start + sorted[start..].partition_point(|x| order(x).is_eq())
}
