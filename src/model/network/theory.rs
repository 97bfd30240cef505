//! What queueing theory says about a service of the network, where it has anything to say.
//!
//! In equilibrium a service with Poisson arrivals and exponential stays is an M/M/c queue, or
//! M/M/c+M where patients give up at a constant risk; by Burke's theorem those it feeds are so
//! too. Other stays change the wait by about `(1 + cv^2) / 2`. Nothing is said where arrivals,
//! places, stays or routes change over the time looked at, here or in any service that leads
//! here, where arrivals are as many every day, where the load leaves no equilibrium, or where the
//! risk of giving up varies.

use serde::Serialize;

use super::{Arrivals, Network, Reneging, Service, Stay};
use crate::model::erlang::{Equilibrium, erlang_a, erlang_c, wait_for_variation};

/// What theory predicts for a service.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Prediction {
    /// Exactly this.
    Exact(Equilibrium),
    /// About this: the stays are not exponential, here or upstream.
    About(Equilibrium),
    /// Nothing, for this reason.
    Nothing(&'static str),
}

/// What theory predicts for `service` between two days, when `joined` patients a day join it.
pub fn predict(
    network: &Network,
    service: usize,
    first: u32,
    last: u32,
    joined: f64,
) -> Prediction {
    let upstream = upstream(network, service);
    let changes = upstream.iter().any(|&index| {
        let s = &network.services[index];
        let steady = s.arrivals.is_constant(first, last)
            && s.capacity.is_constant(first, last)
            && s.stay.is_constant(first, last)
            && s.routes.is_constant(first, last);
        !steady
    });
    if changes {
        return Prediction::Nothing("rates change");
    }
    let here = &network.services[service];
    let stay = here.stay.at(last);
    let (servers, rate) = (*here.capacity.at(last), 1.0 / stay.mean());
    let equilibrium = match here.reneging {
        None => match erlang_c(joined, rate, servers) {
            Some(queue) => queue,
            None => return Prediction::Nothing("load of 1 or more"),
        },
        Some(reneging @ Reneging::Constant { .. }) => {
            match erlang_a(joined, rate, servers, reneging.rate(0.0)) {
                Some(queue) => queue,
                None => return Prediction::Nothing("no arrivals or places"),
            }
        }
        Some(Reneging::Logistic { .. }) => {
            return Prediction::Nothing("risk of giving up varies");
        }
    };
    let all = |holds: fn(&Service, u32) -> bool| {
        upstream.iter().all(|&index| holds(&network.services[index], last))
    };
    if !all(|s, day| matches!(s.arrivals.at(day), Arrivals::Poisson(_) | Arrivals::Constant(0.0))) {
        return Prediction::Nothing("arrivals are not random");
    }
    if all(|s, day| matches!(s.stay.at(day), Stay::Exponential(_))) {
        return Prediction::Exact(equilibrium);
    }
    let wait = |wait: f64| wait_for_variation(wait, stay.variation());
    Prediction::About(Equilibrium {
        queue: wait(equilibrium.queue),
        wait_all: wait(equilibrium.wait_all),
        wait_served: wait(equilibrium.wait_served),
        ..equilibrium
    })
}

/// The service and every service from which patients can come to it.
fn upstream(network: &Network, service: usize) -> Vec<usize> {
    let mut found = vec![service];
    let mut next = 0;
    while let Some(&target) = found.get(next) {
        next += 1;
        for (index, from) in network.services.iter().enumerate() {
            let leads = |routes: &[(usize, f64)]| routes.iter().any(|(to, _)| *to == target);
            let comes =
                from.routes.steps().iter().any(|(_, to)| leads(to)) || leads(&from.renege_routes);
            if comes && !found.contains(&index) {
                found.push(index);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::network::Timeline;

    fn service(id: &str, arrivals: f64, stay: Stay, to: usize) -> Service {
        Service {
            id: id.into(),
            from_service: id.into(),
            line: id.into(),
            arrivals: Timeline::constant(Arrivals::Poisson(arrivals)),
            capacity: Timeline::constant(10),
            stay: Timeline::constant(stay),
            reneging: None,
            routes: Timeline::constant(vec![(to, 1.0)]),
            renege_routes: Vec::new(),
        }
    }

    fn two(first: Stay, second: Stay) -> Network {
        let services = vec![service("a", 9.0, first, 1), service("b", 0.0, second, 2)];
        Network { services, exits: vec!["out".into()], days: 100 }
    }

    #[test]
    fn theory_speaks_only_where_it_applies() {
        let exponential = || Stay::Exponential(1.0);
        let markov = two(exponential(), exponential());
        let Prediction::Exact(queue) = predict(&markov, 1, 10, 100, 9.0) else { panic!() };
        assert!((queue.wait_served - 0.668_732).abs() < 1e-6);

        let constant = two(exponential(), Stay::Constant(1.0));
        assert!(matches!(predict(&constant, 0, 10, 100, 9.0), Prediction::Exact(_)));
        let Prediction::About(queue) = predict(&constant, 1, 10, 100, 9.0) else { panic!() };
        assert!((queue.wait_served - 0.668_732 / 2.0).abs() < 1e-6);

        let mut changing = two(exponential(), exponential());
        changing.services[0].arrivals.change_from(50, |a| a.with_rate(5.0));
        assert_eq!(predict(&changing, 1, 10, 100, 9.0), Prediction::Nothing("rates change"));
        assert!(matches!(predict(&changing, 1, 60, 100, 5.0), Prediction::Exact(_)));
        let full = predict(&markov, 0, 10, 100, 10.0);
        assert_eq!(full, Prediction::Nothing("load of 1 or more"));

        let mut regular = two(exponential(), exponential());
        regular.services[1].arrivals = Timeline::constant(Arrivals::Constant(0.5));
        assert!(matches!(predict(&regular, 1, 1, 100, 9.5), Prediction::Nothing(_)));
        assert!(matches!(predict(&regular, 0, 1, 100, 9.0), Prediction::Exact(_)));

        let mut varying = two(exponential(), exponential());
        varying.services[1].reneging =
            Some(Reneging::Logistic { start: 0.0, slope: 5.0, midpoint: 30.0, end: 1.0 });
        assert!(matches!(predict(&varying, 1, 1, 100, 9.0), Prediction::Nothing(_)));
    }
}
