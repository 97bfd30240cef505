//! A network made ready to run: values by day, tables to draw from, and a random stream for each
//! service and purpose, so that changing one service leaves the luck of the others as it was.

use rand::SeedableRng as _;
use rand::rngs::Xoshiro256PlusPlus;

use super::reneging::{Patience, Risk};
use super::stay::StaySampler;
use super::{Arrivals, Choice, Network};
use crate::draw::Stream;

/// A network ready to run under one seed.
#[derive(Debug)]
pub struct Plan {
    pub(super) services: Vec<ServicePlan>,
    pub(super) targets: usize,
    pub(super) days: u32,
    pub(super) warm_up: u32,
}

#[derive(Debug)]
pub(super) struct ServicePlan {
    pub(super) arrivals: Vec<Arrivals>,
    pub(super) capacity: Vec<u32>,
    /// Which of the stays holds, by day.
    pub(super) stay: Vec<u32>,
    pub(super) whole_stays: Vec<Choice>,
    pub(super) stays: Vec<StaySampler>,
    pub(super) risks: Option<Vec<Risk>>,
    pub(super) patience: Option<Patience>,
    /// Which of the routes holds, by day.
    pub(super) route: Vec<u32>,
    pub(super) routes: Vec<Choice>,
    pub(super) renege_routes: Choice,
    streams: [Stream; 4],
}

/// The random numbers of one service in one replication, by purpose.
#[derive(Debug)]
pub(super) struct Generators {
    pub(super) arrivals: Xoshiro256PlusPlus,
    pub(super) stay: Xoshiro256PlusPlus,
    pub(super) route: Xoshiro256PlusPlus,
    pub(super) renege: Xoshiro256PlusPlus,
}

impl Plan {
    /// Makes `network` ready; days up to `warm_up` are left out of the flows.
    pub fn new(network: &Network, seed: u64, warm_up: u32) -> Self {
        let days = network.days;
        let choice = |routes: &[(usize, f64)]| {
            Choice::new(routes.iter().map(|&(target, p)| (target as u32, p)))
        };
        let services = network
            .services
            .iter()
            .map(|service| ServicePlan {
                arrivals: service.arrivals.by_day(days),
                capacity: service.capacity.by_day(days),
                stay: (1..=days).map(|day| service.stay.step(day) as u32).collect(),
                whole_stays: service
                    .stay
                    .steps()
                    .iter()
                    .map(|(_, stay)| stay.whole_days(days))
                    .collect(),
                stays: service.stay.steps().iter().map(|(_, stay)| stay.sampler()).collect(),
                risks: service.reneging.as_ref().map(|r| Risk::table(r, days)),
                patience: service.reneging.as_ref().map(|r| Patience::new(r, days)),
                route: (1..=days).map(|day| service.routes.step(day) as u32).collect(),
                routes: service.routes.steps().iter().map(|(_, to)| choice(to)).collect(),
                renege_routes: choice(&service.renege_routes),
                streams: ["arrivals", "stay", "route", "renege"]
                    .map(|purpose| Stream::new(seed, &format!("network/{}/{purpose}", service.id))),
            })
            .collect();
        Self { services, targets: network.targets(), days, warm_up }
    }
}

impl ServicePlan {
    /// The generators of `replication`.
    pub(super) fn generators(&self, replication: u32) -> Generators {
        // A faster generator than the stream's own, seeded from it.
        let [arrivals, stay, route, renege] = self.streams.each_ref().map(|stream| {
            Xoshiro256PlusPlus::from_rng(&mut stream.generator(u64::from(replication)))
        });
        Generators { arrivals, stay, route, renege }
    }
}
