//! A workbook's numbers as the pathway model takes them.

use super::Workbook;
use crate::draw::{Stream, Uncertain};
use crate::model::lane::Lane;
use crate::model::pathway::{Layout, Parameters, Table, leave};

/// People of each group who become at risk over the whole of its curve, draw by draw.
pub type Entering<const L: usize> = Vec<Lane<L>>;

impl Workbook {
    /// Its pathways; needs and pathways in the order of [`Workbook::needs`] and
    /// [`Workbook::routes`].
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The central values.
    pub fn central(&self) -> (Parameters<1>, Entering<1>) {
        self.values(|number, _| Lane([number.at(0.0)]))
    }

    /// The people who become at risk by group and month, each group by its own curve or all of
    /// them by curve `curve`.
    pub fn inflow<const L: usize>(
        &self,
        curve: Option<usize>,
        entering: &Entering<L>,
        inflow: &mut Table<L>,
    ) {
        for (g, (group, entering)) in self.groups.iter().zip(entering).enumerate() {
            let shares = &self.curves[curve.unwrap_or(group.curve)].shares;
            for (out, share) in inflow.row_mut(g).iter_mut().zip(shares) {
                *out = entering.map(|people| people * share);
            }
        }
    }

    /// All parameters, each by `value` of its number and its key (`services.IAPT.accepted`).
    fn values<const L: usize>(
        &self,
        mut value: impl FnMut(&Uncertain, &dyn Fn() -> String) -> Lane<L>,
    ) -> (Parameters<L>, Entering<L>) {
        let mut parameters = Parameters::new(&self.layout);
        let entering = self
            .groups
            .iter()
            .map(|group| {
                let mut of = |number, parameter| {
                    value(number, &|| format!("groups.{}.{parameter}", group.name))
                };
                let (size, share) =
                    (of(&group.size, "size"), of(&group.susceptible, "susceptible"));
                Lane::from_fn(|l| size[l] * share[l])
            })
            .collect();
        for (rate, need) in parameters.rate.iter_mut().zip(&self.needs) {
            *rate = value(&need.rate, &|| format!("needs.{}.rate", self.need_key(need)));
        }
        for (weight, route) in parameters.weight.iter_mut().zip(&self.routes) {
            *weight = value(&route.weight, &|| {
                format!(
                    "routes.{}/{}/{}.weight",
                    self.groups[route.group].name,
                    self.conditions[route.condition],
                    self.services[route.service].name
                )
            });
        }
        for (s, service) in self.services.iter().enumerate() {
            let mut of = |number, parameter| {
                value(number, &|| format!("services.{}.{parameter}", service.name))
            };
            parameters.accepted[s] = of(&service.accepted, "accepted");
            parameters.recovered[s] = of(&service.recovered, "recovered");
            let (decay, months) = (of(&service.decay, "decay"), of(&service.months, "months"));
            parameters.leave[s] = Lane::from_fn(|l| leave(decay[l], months[l]));
        }
        (parameters, entering)
    }

    fn need_key(&self, need: &super::Need) -> String {
        format!("{}/{}", self.groups[need.group].name, self.conditions[need.condition])
    }
}

/// Draws of a workbook's parameters under one seed.
#[derive(Clone, Debug)]
pub struct Sampler<'a> {
    workbook: &'a Workbook,
    /// In the order in which the parameters are taken.
    streams: Vec<Stream>,
}

impl<'a> Sampler<'a> {
    /// The streams of all parameters of `workbook`.
    pub fn new(workbook: &'a Workbook, seed: u64) -> Self {
        let mut streams = Vec::new();
        workbook.values::<1>(|number, key| {
            streams.push(Stream::new(seed, &key()));
            Lane([number.central])
        });
        Self { workbook, streams }
    }

    /// The draws of block `block`.
    pub fn sample<const L: usize>(&self, block: u64) -> (Parameters<L>, Entering<L>) {
        let mut streams = self.streams.iter();
        self.workbook.values(|number, _| {
            let mut values = Lane::all(number.central);
            if let Some(stream) = streams.next() {
                number.sample(stream, block, &mut values);
            }
            values
        })
    }
}
