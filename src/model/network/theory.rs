//! What queueing theory says about a service of the network, where it has anything to say.
//!
//! In equilibrium a service with Poisson arrivals and exponential stays is an M/M/c queue, or
//! M/M/c+M where patients give up at a constant risk; by Burke's theorem those it feeds are so
//! too. The rates are those given, never the arrivals that were drawn: what comes to each service a
//! day is the solution of
//!
//! ```text
//! joined(s) = arrivals(s) + sum over r of served(r) x routes(r, s) + reneged(r) x renege_routes(r, s)
//! ```
//!
//! with `served` and `reneged` as the queue of each has them. Other stays change the wait by about
//! `(1 + cv^2) / 2`, and those whom a service with reneging has served come not quite at random.
//! Nothing is said where arrivals, places, stays or routes change over the time looked at, here or
//! in any service that leads here, where arrivals are as many every day, where the load leaves no
//! equilibrium, or where the risk of giving up varies.

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

/// What theory predicts for `service` between two days.
pub fn predict(network: &Network, service: usize, first: u32, last: u32) -> Prediction {
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
    let equilibrium = match equilibrium(network, service, &upstream, last) {
        Ok(equilibrium) => equilibrium,
        Err(reason) => return Prediction::Nothing(reason),
    };
    let all = |holds: fn(&Service, u32) -> bool| {
        upstream.iter().all(|&index| holds(&network.services[index], last))
    };
    if !all(|s, day| matches!(s.arrivals.at(day), Arrivals::Poisson(_) | Arrivals::Constant(0.0))) {
        return Prediction::Nothing("arrivals are not random");
    }
    let loses = |&index: &usize| index != service && network.services[index].reneging.is_some();
    if all(|s, day| matches!(s.stay.at(day), Stay::Exponential(_))) && !upstream.iter().any(loses) {
        return Prediction::Exact(equilibrium);
    }
    let variation = network.services[service].stay.at(last).variation();
    let wait = |wait: f64| wait_for_variation(wait, variation);
    Prediction::About(Equilibrium {
        queue: wait(equilibrium.queue),
        wait_all: wait(equilibrium.wait_all),
        wait_served: wait(equilibrium.wait_served),
        ..equilibrium
    })
}

/// The queue at a service when as many join each as the rates given make.
fn equilibrium(
    network: &Network,
    service: usize,
    upstream: &[usize],
    day: u32,
) -> Result<Equilibrium, &'static str> {
    /// Of those who join, so small a part makes no difference.
    const NEAR: f64 = 1e-13;
    const MOST_ROUNDS: usize = 10_000;
    let arrivals = |index: usize| network.services[index].arrivals.at(day).rate();
    let mut joined: Vec<f64> = (0..network.services.len()).map(arrivals).collect();
    for _ in 0..MOST_ROUNDS {
        let mut next: Vec<f64> = (0..network.services.len()).map(arrivals).collect();
        for &index in upstream {
            let from = &network.services[index];
            let reneged = match (joined[index] > 0.0, from.reneging) {
                (true, Some(_)) => queue(from, joined[index], day)?.reneged,
                _ => 0.0,
            };
            let ways = [(from.routes.at(day), 1.0 - reneged), (&from.renege_routes, reneged)];
            for (routes, share) in ways {
                for (to, probability) in routes {
                    // Beyond the services are the exits.
                    if let Some(next) = next.get_mut(*to) {
                        *next += joined[index] * share * probability;
                    }
                }
            }
        }
        let is_near = |index: &usize| (next[*index] - joined[*index]).abs() <= NEAR * next[*index];
        let is_settled = upstream.iter().all(is_near);
        joined = next;
        if is_settled {
            // All that lead here must have an equilibrium of their own.
            for &index in upstream.iter().filter(|index| joined[**index] > 0.0) {
                queue(&network.services[index], joined[index], day)?;
            }
            return queue(&network.services[service], joined[service], day);
        }
    }
    Err("load of 1 or more")
}

/// A service as a queue of its own that `joined` patients a day join.
fn queue(service: &Service, joined: f64, day: u32) -> Result<Equilibrium, &'static str> {
    let (servers, rate) = (*service.capacity.at(day), 1.0 / service.stay.at(day).mean());
    if joined <= 0.0 || servers == 0 {
        return Err("no arrivals or places");
    }
    match service.reneging {
        None => erlang_c(joined, rate, servers).ok_or("load of 1 or more"),
        Some(reneging @ Reneging::Constant { .. }) => {
            erlang_a(joined, rate, servers, reneging.rate(0.0)).ok_or("a queue too long to reckon")
        }
        Some(Reneging::Logistic { .. }) => Err("risk of giving up varies"),
    }
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

    fn two(arrivals: f64, first: Stay, second: Stay) -> Network {
        let services = vec![service("a", arrivals, first, 1), service("b", 0.0, second, 2)];
        Network { services, exits: vec!["out".into()], days: 100 }
    }

    #[test]
    fn theory_speaks_only_where_it_applies() {
        let exponential = || Stay::Exponential(1.0);
        let markov = two(9.0, exponential(), exponential());
        let Prediction::Exact(queue) = predict(&markov, 1, 10, 100) else { panic!() };
        assert!((queue.wait_served - 0.668_732).abs() < 1e-6);

        let constant = two(9.0, exponential(), Stay::Constant(1.0));
        assert!(matches!(predict(&constant, 0, 10, 100), Prediction::Exact(_)));
        let Prediction::About(queue) = predict(&constant, 1, 10, 100) else { panic!() };
        assert!((queue.wait_served - 0.668_732 / 2.0).abs() < 1e-6);

        let mut changing = two(9.0, exponential(), exponential());
        changing.services[0].arrivals.change_from(50, |a| a.with_rate(5.0));
        assert_eq!(predict(&changing, 1, 10, 100), Prediction::Nothing("rates change"));
        assert!(matches!(predict(&changing, 1, 60, 100), Prediction::Exact(_)));
        let full = two(10.0, exponential(), exponential());
        for service in [0, 1] {
            assert_eq!(predict(&full, service, 10, 100), Prediction::Nothing("load of 1 or more"));
        }
        let none = two(0.0, exponential(), exponential());
        assert_eq!(predict(&none, 1, 10, 100), Prediction::Nothing("no arrivals or places"));

        let mut regular = two(9.0, exponential(), exponential());
        regular.services[1].arrivals = Timeline::constant(Arrivals::Constant(0.5));
        assert!(matches!(predict(&regular, 1, 1, 100), Prediction::Nothing(_)));
        assert!(matches!(predict(&regular, 0, 1, 100), Prediction::Exact(_)));

        let mut varying = two(9.0, exponential(), exponential());
        varying.services[1].reneging =
            Some(Reneging::Logistic { start: 0.0, slope: 5.0, midpoint: 30.0, end: 1.0 });
        assert!(matches!(predict(&varying, 1, 1, 100), Prediction::Nothing(_)));
    }

    #[test]
    fn one_place_at_a_load_of_nineteen_twentieths_waits_nineteen_stays() {
        let mut one = two(0.95, Stay::Exponential(1.0), Stay::Exponential(1.0));
        one.services[0].capacity = Timeline::constant(1);
        let Prediction::Exact(queue) = predict(&one, 0, 10, 100) else { panic!() };
        assert!((queue.wait_all - 19.0).abs() < 1e-9, "{queue:?}");
    }

    #[test]
    fn those_who_come_back_join_again_and_those_who_give_up_go_their_own_way() {
        // Half of those served come back: twice as many join as arrive.
        let mut again = two(4.5, Stay::Exponential(1.0), Stay::Exponential(1.0));
        again.services[0].routes = Timeline::constant(vec![(0, 0.5), (1, 0.5)]);
        let Prediction::Exact(queue) = predict(&again, 0, 10, 100) else { panic!() };
        assert!((queue.busy - 9.0).abs() < 1e-9, "{queue:?}");
        let Prediction::Exact(queue) = predict(&again, 1, 10, 100) else { panic!() };
        assert!((queue.busy - 4.5).abs() < 1e-9, "{queue:?}");
        // Of nine a day 0.044428 give up (see Erlang A), and do not reach the second.
        let mut losing = two(9.0, Stay::Exponential(1.0), Stay::Exponential(1.0));
        let risk = 1.0 - (-0.2_f64).exp();
        losing.services[0].reneging = Some(Reneging::Constant { daily_risk: risk });
        losing.services[0].renege_routes = vec![(2, 1.0)];
        let Prediction::Exact(queue) = predict(&losing, 0, 10, 100) else { panic!() };
        assert!((queue.reneged - 0.044_428).abs() < 1e-5, "{queue:?}");
        let Prediction::About(next) = predict(&losing, 1, 10, 100) else { panic!() };
        assert!((next.busy - 9.0 * (1.0 - queue.reneged)).abs() < 1e-9, "{next:?}");
    }
}
