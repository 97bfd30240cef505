//! What-ifs from the command line: `service.key=value`, from the first day or from a day on.
//!
//! | key | changes |
//! | --- | --- |
//! | `SERVICE.capacity` (or `places`) | the places |
//! | `SERVICE.arrivals` | the arrivals from outside, a day |
//! | `SERVICE.stay` | the mean stay in days, its shape kept |
//! | `SERVICE.reneging` | the daily risk of giving up: constant, or `xFACTOR` of the constant risk |
//! | `SERVICE.to.TARGET` | the share routed there after service; the others shrink or grow alike |
//!
//! A value `x1.2` multiplies; `capacity@1166` acts from that day on.

use super::place_named;
use super::rows::number;
use crate::diagnostics::{InputError, Problem, Problems};
use crate::model::network::{Network, Reneging, Routes, Service};

const KEYS: [&str; 6] = ["capacity", "places", "arrivals", "stay", "reneging", "to"];

/// Applies every `KEY=VALUE` of `sets` to `network`.
pub fn apply(network: &mut Network, sets: &[String]) -> Result<(), InputError> {
    let mut problems = Problems::default();
    for set in sets {
        if let Err(problem) = apply_one(network, set) {
            problems.push(problem);
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

fn apply_one(network: &mut Network, set: &str) -> Result<(), Problem> {
    let problem = |message: String| Problem::error(place_named("--set"), message).read(set);
    let form =
        "SERVICE.capacity=30, SERVICE.stay=x0.8, SERVICE.capacity@1166=60 or SERVICE.to.TARGET=0.2";
    let (path, value) = set
        .split_once('=')
        .ok_or_else(|| problem("there is no `=` and value".into()).allowed(form))?;
    let (path, from_day) = match path.split_once('@') {
        None => (path, 1),
        Some((path, day)) => {
            let day = number(day, 1.0..=f64::from(network.days))
                .map_err(|allowed| problem(format!("`{day}` is not a day")).allowed(allowed))?;
            (path, day as u32)
        }
    };
    let change = read_change(value).ok_or_else(|| {
        problem(format!("`{value}` is not a value"))
            .allowed("a number from 0, or x and a factor, such as x1.2")
    })?;
    let (id, key) = path
        .split_once('.')
        .ok_or_else(|| problem("there is no service and key".into()).allowed(form))?;
    let Some(index) = network.services.iter().position(|service| service.id == id) else {
        let ids = network.services.iter().map(|service| service.id.as_str());
        return Err(problem(format!("no service is called `{id}`")).choose(id, ids));
    };
    if let Some(target) = key.strip_prefix("to.") {
        return route(network, index, target, change, from_day).map_err(|e| e.read(set));
    }
    let service = &mut network.services[index];
    match key {
        "capacity" | "places" => {
            change_capacity(service, change, from_day);
            Ok(())
        }
        "arrivals" => change_arrivals(service, change, from_day),
        "stay" => change_stay(service, change, from_day),
        "reneging" if from_day == 1 => change_reneging(service, change),
        "reneging" => Err("the risk of giving up is the same on every day".into()),
        other => {
            return Err(problem(format!("`{other}` can't be set")).choose(other, KEYS));
        }
    }
    .map_err(problem)
}

fn read_change(text: &str) -> Option<Change> {
    // A comma would be taken for one of thousands, where `run --set` takes a range.
    if text.contains(',') {
        return None;
    }
    match text.strip_prefix('x') {
        Some(factor) => number(factor, 0.0..=1e6).ok().map(Change::Times),
        None => number(text, 0.0..=1e7).ok().map(Change::To),
    }
}

fn change_capacity(service: &mut Service, change: Change, from: u32) {
    service.capacity.change_from(from, |&places| change.of(f64::from(places)).round() as u32);
}

fn change_arrivals(service: &mut Service, change: Change, from: u32) -> Result<(), String> {
    let highest =
        service.arrivals.steps().iter().map(|(_, a)| change.of(a.rate())).fold(0.0, f64::max);
    if highest > 1e6 {
        return Err("more than 1,000,000 arrivals a day".into());
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

fn change_stay(service: &mut Service, change: Change, from: u32) -> Result<(), String> {
    let allowed = 0.01..=100_000.0;
    if service.stay.steps().iter().any(|(_, stay)| !allowed.contains(&change.of(stay.mean()))) {
        return Err("the mean stay must be from 0.01 to 100,000 days".into());
    }
    service.stay.change_from(from, |stay| stay.scaled(change.of(stay.mean()) / stay.mean()));
    Ok(())
}

fn change_reneging(service: &mut Service, change: Change) -> Result<(), String> {
    let Some(reneging) = service.reneging else {
        return Err(format!("nobody gives up waiting for `{}`: there is no route", service.id));
    };
    let daily_risk = match (reneging, change) {
        (Reneging::Constant { daily_risk }, change) => change.of(daily_risk),
        (Reneging::Logistic { .. }, Change::To(risk)) => risk,
        (Reneging::Logistic { .. }, Change::Times(_)) => {
            return Err("a logistic risk can be replaced by a constant one, not multiplied".into());
        }
    };
    if daily_risk > 1.0 {
        return Err("the daily risk of giving up is at most 1".into());
    }
    service.reneging = Some(Reneging::Constant { daily_risk });
    Ok(())
}

fn route(
    network: &mut Network,
    service: usize,
    target: &str,
    change: Change,
    from_day: u32,
) -> Result<(), Problem> {
    let problem = |message: &str| Problem::error(place_named("--set"), message);
    let names: Vec<String> =
        (0..network.targets()).map(|target| network.target(target).to_owned()).collect();
    let Some(index) = names.iter().position(|name| name == target) else {
        let known = names.iter().map(String::as_str);
        return Err(problem("no service or exit is called so").choose(target, known));
    };
    let service = &mut network.services[service];
    // All steps that hold from that day on are tried before any is changed.
    let held = service.routes.step(from_day);
    for (_, routes) in &service.routes.steps()[held..] {
        reroute(routes, index, change).map_err(problem)?;
    }
    service.routes.change_from(from_day, |routes| {
        reroute(routes, index, change).unwrap_or_else(|_| routes.clone())
    });
    Ok(())
}

/// The routes with another share to `target`; the other shares shrink or grow alike.
fn reroute(routes: &Routes, target: usize, change: Change) -> Result<Routes, &'static str> {
    let old = routes.iter().find(|(to, _)| *to == target).map_or(0.0, |(_, p)| *p);
    let share = change.of(old);
    if !(0.0..=1.0).contains(&share) {
        return Err("a share is from 0 to 1");
    }
    if share < 1.0 && old >= 1.0 {
        return Err("all go there: name where the others should go instead");
    }
    let left = if old < 1.0 { (1.0 - share) / (1.0 - old) } else { 1.0 };
    let others = routes.iter().filter(|(to, _)| *to != target).map(|&(to, p)| (to, p * left));
    Ok(others.chain([(target, share)]).collect())
}
