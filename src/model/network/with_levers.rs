//! Levers of a scenario inside the network: what they do to places, stays and routes.
//!
//! ```text
//! capacity   places(day) + starts a month x strength / days of a month x mean stay(day)
//! shorten    stay(day) x product over the levers of (1 - strength)
//! divert     share to A x (1 - s) and share to B + share to A x s,   s = 1 - product(1 - strength)
//! ```
//!
//! `strength` is reach x effect x ramp of the month ([`crate::model::lever_strength`]). A lever acts on
//! every service of its service line; one that adds starts adds them to each, so that no step of
//! the line holds up the next. Places are added where stays as they were would need them. What a
//! lever diverts on its way into the network from a projection has been diverted there already:
//! here it acts on patients sent on from other services and on arrivals of the network's own. Those
//! who give up waiting go where they went: nobody offers them the other service.

use super::{Network, Routes, Timeline};
use crate::model::lever_strength::combine;

/// Days of a mean month.
const MONTH: f64 = 365.25 / 12.0;
/// A stay never gets shorter than this share of its length.
const SHORTEST: f64 = 0.01;

/// One lever.
#[derive(Clone, PartialEq, Debug)]
pub struct Lever {
    /// Its name.
    pub name: String,
    /// What it does.
    pub action: Action,
    /// Reach x effect x ramp (for capacity: starts a month and service), from each day on; 0
    /// before the first.
    pub strength: Vec<(u32, f64)>,
}

/// What a lever does inside a network, to which service lines of the projection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    /// More starts a month.
    Capacity(Vec<String>),
    /// Shorter stays.
    Shorten(Vec<String>),
    /// Patients sent to one line are sent to another.
    Divert {
        /// The lines relieved.
        from: Vec<String>,
        /// The line they go to.
        to: String,
    },
}

impl Lever {
    fn strength(&self, day: u32) -> f64 {
        let held = self.strength.iter().rev().find(|(first, _)| *first <= day);
        held.map_or(0.0, |(_, strength)| *strength)
    }
}

impl<T: Clone + PartialEq> Timeline<T> {
    /// The timeline of `change` of each value on each day, which may change on `days` besides.
    fn changed(&self, days: &[u32], change: impl Fn(u32, &T) -> T) -> Self {
        let mut firsts: Vec<u32> =
            self.0.iter().map(|(first, _)| *first).chain(days.iter().copied()).collect();
        firsts.sort_unstable();
        let mut steps: Vec<(u32, T)> = Vec::new();
        for first in firsts {
            let value = change(first, self.at(first));
            if steps.last().is_none_or(|(_, last)| *last != value) {
                steps.push((first, value));
            }
        }
        Self(steps)
    }
}

/// The levers that act on one thing, and the days on which their strengths change.
struct Acting<'a>(Vec<&'a Lever>);

impl<'a> Acting<'a> {
    fn of(levers: &'a [Lever], acts: impl Fn(&Action) -> bool) -> Self {
        Self(levers.iter().filter(|lever| acts(&lever.action)).collect())
    }

    fn days(&self) -> Vec<u32> {
        self.0.iter().flat_map(|lever| &lever.strength).map(|(day, _)| (*day).max(1)).collect()
    }

    fn strengths(&self, day: u32) -> impl Iterator<Item = f64> {
        self.0.iter().map(move |lever| lever.strength(day))
    }
}

/// Puts the levers into the network. `fed` names the services whose arrivals come from the
/// projection. Returns the levers that found nothing to act on here.
pub fn apply(network: &mut Network, levers: &[Lever], fed: &[String]) -> Vec<String> {
    let lines: Vec<String> = network.services.iter().map(|service| service.line.clone()).collect();
    for service in &mut network.services {
        let line = service.line.clone();
        let is_here = |named: &[String]| named.contains(&line);
        let more = Acting::of(levers, |a| matches!(a, Action::Capacity(named) if is_here(named)));
        if !more.0.is_empty() {
            let stay = &service.stay;
            let days: Vec<u32> =
                more.days().into_iter().chain(stay.steps().iter().map(|(day, _)| *day)).collect();
            service.capacity = service.capacity.changed(&days, |day, &places| {
                let starts: f64 = more.strengths(day).sum();
                let added = starts / MONTH * stay.at(day).mean();
                (f64::from(places) + added).round().clamp(0.0, 1e9) as u32
            });
        }
        let shorter = Acting::of(levers, |a| matches!(a, Action::Shorten(named) if is_here(named)));
        if !shorter.0.is_empty() {
            service.stay = service.stay.changed(&shorter.days(), |day, stay| {
                let left = 1.0 - combine(shorter.strengths(day));
                if left == 1.0 { stay.clone() } else { stay.scaled(left.max(SHORTEST)) }
            });
        }
    }
    for relieved in 0..lines.len() {
        let moves = |action: &Action| diverts(action, &lines[relieved], &lines);
        for lever in levers.iter().filter(|lever| moves(&lever.action)) {
            divert(network, relieved, lever, &lines, fed);
        }
    }
    let finds = |lever: &Lever| match &lever.action {
        Action::Capacity(named) | Action::Shorten(named) => named.iter().any(|n| lines.contains(n)),
        Action::Divert { from, .. } => from.iter().any(|n| diverts(&lever.action, n, &lines)),
    };
    // A lever may come in parts, one a line.
    let mut idle: Vec<String> = Vec::new();
    for lever in levers {
        let of_name = || levers.iter().filter(|other| other.name == lever.name);
        if !of_name().any(finds) && !idle.contains(&lever.name) {
            idle.push(lever.name.clone());
        }
    }
    idle
}

/// Whether an action diverts from a line to another that the network has.
fn diverts(action: &Action, line: &str, lines: &[String]) -> bool {
    matches!(action, Action::Divert { from, to }
        if from.iter().any(|f| f == line) && lines.iter().any(|l| l == line) && lines.contains(to))
}

fn divert(network: &mut Network, relieved: usize, lever: &Lever, lines: &[String], fed: &[String]) {
    let Action::Divert { to, .. } = &lever.action else { return };
    let Some(other) = lines.iter().position(|line| line == to) else { return };
    let days: Vec<u32> = lever.strength.iter().map(|(day, _)| (*day).max(1)).collect();
    for (index, service) in network.services.iter_mut().enumerate() {
        // Patients who go on within the line are not referred anew.
        if lines[index] == lines[relieved] {
            continue;
        }
        service.routes = service
            .routes
            .changed(&days, |day, routes| rerouted(routes, relieved, other, lever.strength(day)));
    }
    if fed.contains(&network.services[relieved].id) {
        return;
    }
    let arrivals = network.services[relieved].arrivals.clone();
    let rate = |day: u32| arrivals.at(day).rate() * lever.strength(day);
    let all_days: Vec<u32> =
        days.iter().copied().chain(arrivals.steps().iter().map(|(day, _)| *day)).collect();
    let less = |day: u32, arrivals: &super::Arrivals| {
        arrivals.with_rate((arrivals.rate() - rate(day)).max(0.0))
    };
    network.services[relieved].arrivals = arrivals.changed(&all_days, less);
    let there = &mut network.services[other].arrivals;
    *there = there.changed(&all_days, |day, arrivals| match arrivals.rate() + rate(day) {
        0.0 => *arrivals,
        // A service without arrivals of its own gets Poisson ones.
        more if arrivals.rate() == 0.0 => super::Arrivals::Poisson(more),
        more => arrivals.with_rate(more),
    });
}

/// Routes with `share` of those to `from` going to `to`.
fn rerouted(routes: &Routes, from: usize, to: usize, share: f64) -> Routes {
    let going = routes.iter().find(|(target, _)| *target == from).map_or(0.0, |(_, p)| *p);
    let moved = going * share.clamp(0.0, 1.0);
    if moved == 0.0 {
        return routes.clone();
    }
    let mut routes = routes.clone();
    for (target, p) in &mut routes {
        if *target == from {
            *p -= moved;
        }
    }
    match routes.iter_mut().find(|(target, _)| *target == to) {
        Some((_, p)) => *p += moved,
        None => routes.push((to, moved)),
    }
    routes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::network::{Arrivals, Service, Stay};

    fn service(line: &str, arrivals: f64, to: &[(usize, f64)]) -> Service {
        Service {
            id: line.to_uppercase(),
            from_service: line.to_owned(),
            line: line.to_owned(),
            arrivals: Timeline::constant(Arrivals::Poisson(arrivals)),
            capacity: Timeline::constant(20),
            stay: Timeline::constant(Stay::Exponential(30.4375)),
            reneging: None,
            routes: Timeline::constant(to.to_vec()),
            renege_routes: Vec::new(),
        }
    }

    fn network() -> Network {
        let services = vec![
            service("gp", 5.0, &[(1, 0.6), (3, 0.4)]),
            service("camhs", 2.0, &[(3, 1.0)]),
            service("vcse", 0.0, &[(3, 1.0)]),
        ];
        Network { services, exits: vec!["out".into()], days: 100 }
    }

    fn lever(action: Action) -> Lever {
        Lever { name: "x".into(), action, strength: vec![(11, 0.1), (41, 0.5)] }
    }

    #[test]
    fn starts_become_places_by_the_stay() {
        let mut network = network();
        let mut lever = lever(Action::Capacity(vec!["camhs".into()]));
        lever.strength = vec![(11, 3.0), (41, 6.0)];
        assert!(apply(&mut network, &[lever], &[]).is_empty());
        assert_eq!(network.services[1].capacity.steps(), [(1, 20), (11, 23), (41, 26)]);
        assert_eq!(network.services[0].capacity.steps(), [(1, 20)]);
    }

    #[test]
    fn stays_get_shorter_by_the_share_that_is_left() {
        let mut network = network();
        let lever = lever(Action::Shorten(vec!["gp".into()]));
        apply(&mut network, &[lever.clone(), lever], &[]);
        let mean = |day| network.services[0].stay.at(day).mean() / 30.4375;
        for (day, left) in [(10, 1.0), (11, 0.81), (100, 0.25)] {
            assert!((mean(day) - left).abs() < 1e-12, "day {day}: {}", mean(day));
        }
    }

    #[test]
    fn patients_sent_to_one_line_are_sent_to_another() {
        let divert = || lever(Action::Divert { from: vec!["camhs".into()], to: "vcse".into() });
        let mut own = network();
        assert!(apply(&mut own, &[divert()], &[]).is_empty());
        assert_eq!(*own.services[0].routes.at(10), [(1, 0.6), (3, 0.4)]);
        assert_eq!(*own.services[0].routes.at(41), [(1, 0.3), (3, 0.4), (2, 0.3)]);
        assert_eq!(own.services[1].arrivals.at(41).rate(), 1.0);
        assert_eq!(own.services[2].arrivals.at(41).rate(), 1.0);
        // A projection has taken its share of the arrivals already.
        let mut fed = network();
        apply(&mut fed, &[divert()], &["CAMHS".into()]);
        assert_eq!(fed.services[1].arrivals.at(41).rate(), 2.0);
        assert_eq!(fed.services[0].routes, own.services[0].routes);
    }

    #[test]
    fn those_who_give_up_go_where_they_went() {
        let mut network = network();
        network.services[0].renege_routes = vec![(1, 0.9), (3, 0.1)];
        network.services[1].renege_routes = vec![(3, 1.0)];
        let before: Vec<_> = network.services.iter().map(|s| s.renege_routes.clone()).collect();
        let divert = Action::Divert { from: vec!["camhs".into()], to: "vcse".into() };
        apply(&mut network, &[lever(divert)], &[]);
        let after: Vec<_> = network.services.iter().map(|s| s.renege_routes.clone()).collect();
        assert_eq!(before, after);
        assert_ne!(network.services[0].routes.steps().len(), 1);
    }

    #[test]
    fn a_lever_with_nothing_to_act_on_is_told() {
        let mut network = network();
        let nowhere = lever(Action::Divert { from: vec!["camhs".into()], to: "helpline".into() });
        let unknown = lever(Action::Shorten(vec!["eip".into()]));
        let before = network.clone();
        assert_eq!(apply(&mut network, &[nowhere, unknown], &[]), ["x"]);
        assert_eq!(network, before);
    }
}
