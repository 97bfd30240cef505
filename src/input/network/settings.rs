//! What-ifs from the command line: `service.key=value`, from the first day or from a day on.
//!
//! | key | changes |
//! | --- | --- |
//! | `SERVICE.capacity` (or `places`) | the places |
//! | `SERVICE.arrivals` | the arrivals from outside, a day |
//! | `SERVICE.stay` | the mean stay in days, its shape kept |
//! | `SERVICE.reneging` | the daily risk of giving up: constant, or `xFACTOR` of the constant risk |
//! | `SERVICE.to.TARGET` | the share routed there after service; those not set shrink or grow alike |
//!
//! A value `x1.2` multiplies; `capacity@1166` acts from that day on.

use super::place_named;
use super::rows::number;
use crate::diagnostics::{InputError, Problem, Problems};
use crate::model::network::{Network, Reneging, Routes, Service, Timeline};

const KEYS: [&str; 6] = ["capacity", "places", "arrivals", "stay", "reneging", "to.TARGET"];
/// The largest new value, and the largest factor.
const MOST: f64 = 1e7;
const MOST_TIMES: f64 = 1e6;

/// Applies every `KEY=VALUE` of `sets` to `network`.
pub fn apply(network: &mut Network, sets: &[String]) -> Result<(), InputError> {
    let mut problems = Problems::default();
    let mut shares: Vec<Share> = Vec::new();
    for set in sets {
        if let Some(Some(share)) = problems.take(apply_one(network, set)) {
            shares.push(share);
        }
    }
    for (index, service) in network.services.iter_mut().enumerate() {
        let here: Vec<&Share> = shares.iter().filter(|share| share.service == index).collect();
        if !here.is_empty() {
            problems.take(route(service, &here));
        }
    }
    problems.stop_on_errors()?;
    let closed: Vec<String> = network.closed().into_iter().map(str::to_owned).collect();
    if closed.is_empty() {
        return Ok(());
    }
    let message = format!("whoever enters {} can never leave", closed.join(", "));
    Err(Problem::error(place_named("--set"), message).into())
}

/// Refuses a network, once all is set, that nobody ever comes to.
pub fn check_arrivals(network: &Network) -> Result<(), InputError> {
    let comes = |service: &Service| service.arrivals.steps().iter().any(|(_, a)| a.rate() > 0.0);
    if network.services.iter().any(comes) {
        return Ok(());
    }
    let id = network.services.first().map_or("SERVICE", |service| &service.id);
    Err(Problem::error(place_named("the network"), "nobody arrives at any service")
        .allowed("arrivals from outside at one service or more")
        .suggest(format!("{id},poisson,5 in arrivals.csv, or --from the folder of a run"))
        .into())
}

/// A new value, or a factor on the old one.
#[derive(Clone, Copy)]
enum Change {
    To(f64),
    Times(f64),
}

impl Change {
    fn of(self, old: f64) -> f64 {
        match self {
            Self::To(value) => value,
            Self::Times(factor) => old * factor,
        }
    }
}

/// A share of a service's routes that is set from a day on.
struct Share {
    service: usize,
    target: usize,
    change: Change,
    from_day: u32,
    /// The setting as given.
    set: String,
}

/// Applies a setting; shares of routes are told instead, for those of a service act together.
fn apply_one(network: &mut Network, set: &str) -> Result<Option<Share>, Problem> {
    let problem = |message: String| Problem::error(place_named("--set"), message).read(set);
    let form =
        "SERVICE.capacity=30, SERVICE.stay=x0.8, SERVICE.capacity@1166=60 or SERVICE.to.TARGET=0.2";
    let (path, value) = set
        .split_once('=')
        .ok_or_else(|| problem("there is no `=` and value".into()).allowed(form))?;
    let (path, from_day) = match path.split_once('@') {
        None => (path, 1),
        Some((path, day)) => {
            let number = number(day, 1.0..=f64::from(network.days)).ok();
            let Some(number) = number.filter(|day| day.fract() == 0.0) else {
                let allowed = format!("a whole number from 1 to {}", network.days);
                return Err(problem(format!("`{day}` is not a day")).allowed(allowed));
            };
            (path, number as u32)
        }
    };
    let change = read_change(value).ok_or_else(|| {
        problem(format!("`{value}` is not a value"))
            .allowed("0 to 10000000, or x and a factor of up to 1000000, such as x1.2")
    })?;
    let (id, key) = path
        .split_once('.')
        .ok_or_else(|| problem("there is no service and key".into()).allowed(form))?;
    let Some(index) = network.services.iter().position(|service| service.id == id) else {
        let ids = network.services.iter().map(|service| service.id.as_str());
        return Err(problem(format!("no service is called `{id}`")).choose(id, ids));
    };
    if let Some(target) = key.strip_prefix("to.") {
        let target = self::target(network, target).map_err(|e| e.read(set))?;
        let share = Share { service: index, target, change, from_day, set: set.to_owned() };
        return Ok(Some(share));
    }
    if key == "to" {
        let routes = network.services[index].routes.last();
        let example = routes.first().map_or("TARGET", |(to, _)| network.target(*to));
        return Err(problem("there is no service or exit after `to`".into())
            .suggest(format!("{id}.to.{example}={value}")));
    }
    let service = &mut network.services[index];
    match key {
        "capacity" | "places" => change_capacity(service, change, from_day),
        "arrivals" => change_arrivals(service, change, from_day),
        "stay" => change_stay(service, change, from_day),
        "reneging" if from_day == 1 => change_reneging(service, change),
        "reneging" => Err(("the risk of giving up is the same on every day", "no day")),
        other => {
            return Err(problem(format!("`{other}` can't be set")).choose(other, KEYS));
        }
    }
    .map(|()| None)
    .map_err(|(message, allowed)| problem(message.into()).allowed(allowed))
}

/// What is wrong with a setting, and what is allowed.
type Wrong = (&'static str, &'static str);

fn read_change(text: &str) -> Option<Change> {
    // A comma would be taken for one of thousands, where `run --set` takes a range.
    if text.contains(',') {
        return None;
    }
    match text.strip_prefix('x') {
        Some(factor) => number(factor, 0.0..=MOST_TIMES).ok().map(Change::Times),
        None => number(text, 0.0..=MOST).ok().map(Change::To),
    }
}

fn change_capacity(service: &mut Service, change: Change, from: u32) -> Result<(), Wrong> {
    if let Change::To(places) = change
        && places.fract() != 0.0
    {
        return Err(("places are whole", "a whole number from 0, or x and a factor"));
    }
    let steps = &service.capacity.steps()[service.capacity.step(from)..];
    if steps.iter().any(|(_, places)| change.of(f64::from(*places)) > MOST) {
        return Err(("too many places", "0 to 10000000"));
    }
    service.capacity.change_from(from, |&places| change.of(f64::from(places)).round() as u32);
    Ok(())
}

fn change_arrivals(service: &mut Service, change: Change, from: u32) -> Result<(), Wrong> {
    let highest =
        service.arrivals.steps().iter().map(|(_, a)| change.of(a.rate())).fold(0.0, f64::max);
    if highest > 1e6 {
        return Err(("too many arrivals a day", "0 to 1000000"));
    }
    service.arrivals.change_from(from, |arrivals| {
        let rate = change.of(arrivals.rate());
        // A service without arrivals of its own gets Poisson ones.
        if arrivals.rate() == 0.0 {
            crate::model::network::Arrivals::Poisson(rate)
        } else {
            arrivals.with_rate(rate)
        }
    });
    Ok(())
}

fn change_stay(service: &mut Service, change: Change, from: u32) -> Result<(), Wrong> {
    let allowed = 0.01..=100_000.0;
    if service.stay.steps().iter().any(|(_, stay)| !allowed.contains(&change.of(stay.mean()))) {
        return Err(("the mean stay is out of range", "0.01 to 100000 days"));
    }
    service.stay.change_from(from, |stay| stay.scaled(change.of(stay.mean()) / stay.mean()));
    Ok(())
}

fn change_reneging(service: &mut Service, change: Change) -> Result<(), Wrong> {
    let Some(reneging) = service.reneging else {
        let message = "nobody gives up waiting here: there is no route for them";
        return Err((message, "services with reneging and routes after_reneging"));
    };
    let daily_risk = match (reneging, change) {
        (Reneging::Constant { daily_risk }, change) => change.of(daily_risk),
        (Reneging::Logistic { .. }, Change::To(risk)) => risk,
        (Reneging::Logistic { .. }, Change::Times(_)) => {
            let message = "a logistic risk can be replaced by a constant one, not multiplied";
            return Err((message, "a daily risk from 0 to 1"));
        }
    };
    if daily_risk > 1.0 {
        return Err(("the daily risk of giving up is out of range", "0 to 1"));
    }
    service.reneging = Some(Reneging::Constant { daily_risk });
    Ok(())
}

/// The number of the service or exit that is called so.
fn target(network: &Network, name: &str) -> Result<usize, Problem> {
    let names = || (0..network.targets()).map(|target| network.target(target));
    names().position(|known| known == name).ok_or_else(|| {
        let message = "no service or exit is called so";
        Problem::error(place_named("--set"), message).choose(name, names())
    })
}

/// Sets the shares of a service's routes, each from its day on.
fn route(service: &mut Service, shares: &[&Share]) -> Result<(), Problem> {
    for share in shares {
        service.routes.change_from(share.from_day, Routes::clone);
    }
    let mut steps = Vec::new();
    for (first, routes) in service.routes.steps() {
        let held = shares.iter().filter(|share| share.from_day <= *first);
        let routes = rerouted(routes, held.map(|share| (share.target, share.change)));
        let routes = routes.map_err(|(message, allowed)| {
            let sets: Vec<&str> = shares.iter().map(|share| share.set.as_str()).collect();
            Problem::error(place_named("--set"), message).read(sets.join(", ")).allowed(allowed)
        })?;
        steps.push((*first, routes));
    }
    if let Some(routes) = Timeline::new(steps) {
        service.routes = routes;
    }
    Ok(())
}

/// The routes with other shares to some targets; those to the others shrink or grow alike.
fn rerouted(
    routes: &Routes,
    changes: impl Iterator<Item = (usize, Change)>,
) -> Result<Routes, Wrong> {
    let mut set: Routes = Vec::new();
    for (target, change) in changes {
        let held = |routes: &Routes| routes.iter().find(|(to, _)| *to == target).map(|(_, p)| *p);
        let share = change.of(held(&set).or_else(|| held(routes)).unwrap_or(0.0));
        if !(0.0..=1.0).contains(&share) {
            return Err(("a share is from 0 to 1", "0 to 1"));
        }
        set.retain(|(to, _)| *to != target);
        set.push((target, share));
    }
    let is_set = |target: usize| set.iter().any(|(to, _)| *to == target);
    let others = || routes.iter().filter(|(to, _)| !is_set(*to));
    let left = 1.0 - set.iter().map(|(_, p)| p).sum::<f64>();
    let before: f64 = others().map(|(_, p)| p).sum();
    if left < -1e-9 {
        return Err(("more are sent on than leave the service", "shares of 1 together"));
    }
    if left > 1e-9 && before <= 0.0 {
        return Err(("no others are left to go elsewhere", "shares of 1 together"));
    }
    let factor = if before > 0.0 { left.max(0.0) / before } else { 0.0 };
    let scaled: Routes = others().map(|&(to, p)| (to, p * factor)).collect();
    Ok(scaled.into_iter().chain(set).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_one_service_hold_together_in_any_order() {
        let routes = vec![(1, 0.6), (2, 0.3), (3, 0.1)];
        let to = Change::To;
        for set in [[(1, to(0.5)), (3, to(0.3))], [(3, to(0.3)), (1, to(0.5))]] {
            let now = rerouted(&routes, set.into_iter()).unwrap();
            for (target, share) in [(1, 0.5), (2, 0.2), (3, 0.3)] {
                let told = now.iter().find(|(to, _)| *to == target).unwrap().1;
                assert!((told - share).abs() < 1e-12, "{now:?}");
            }
        }
        assert!(rerouted(&routes, [(1, to(0.9)), (2, to(0.9))].into_iter()).is_err());
        assert!(rerouted(&vec![(1, 1.0)], [(1, to(0.9))].into_iter()).is_err());
        assert!(rerouted(&routes, [(1, Change::Times(0.0)), (2, to(1.0))].into_iter()).is_ok());
    }
}
