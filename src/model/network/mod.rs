//! A stochastic queueing network of services: whole patients, first in first out.
//!
//! Patients arrive at a [`Service`] from outside, wait until one of its places is free, hold the
//! place for a length of stay, and are then routed to another service or to an exit. While they
//! wait they may give up (renege) at a risk that depends on how long they have waited, and are
//! then routed by other probabilities. Rates, places, stays and the routes after service may change
//! from day to day.
//!
//! Two clocks run the same network: [`daily`] in steps of a day, as in Murch et al. (2021),
//! "Modelling the effect of first-wave COVID-19 on mental health services", Operations Research
//! for Health Care 30:100311; and [`event`] in continuous time, comparable with [`super::erlang`].

pub mod choice;
pub mod daily;
pub mod event;
pub mod plan;
pub mod record;
pub mod reneging;
pub mod replications;
pub mod stay;
pub mod theory;
pub mod with_levers;

pub use choice::Choice;
pub use record::{DayCount, Metric, Record, Span};
pub use reneging::Reneging;
pub use replications::{Clock, Experiment, Results, Summary, simulate};
pub use stay::Stay;

/// Services, exits and how patients move between them.
#[derive(Clone, PartialEq, Debug)]
pub struct Network {
    /// The services; a target of a route below their number is one of them.
    pub services: Vec<Service>,
    /// The names of the exits; targets from the number of services on.
    pub exits: Vec<String>,
    /// The length of the simulation in days, which are numbered from 1.
    pub days: u32,
}

/// One service: a queue and a number of places.
#[derive(Clone, PartialEq, Debug)]
pub struct Service {
    /// Its name.
    pub id: String,
    /// The service line of a projection whose referrals arrive here.
    pub from_service: String,
    /// The service line of a projection whose levers act here.
    pub line: String,
    /// Arrivals from outside, a day.
    pub arrivals: Timeline<Arrivals>,
    /// Patients it can hold at once.
    pub capacity: Timeline<u32>,
    /// How long a patient holds a place, drawn on the day service starts.
    pub stay: Timeline<Stay>,
    /// How patients give up waiting, if they do.
    pub reneging: Option<Reneging>,
    /// Where patients go who end service on a day.
    pub routes: Timeline<Routes>,
    /// Where those who give up go.
    pub renege_routes: Routes,
}

/// Targets and their probabilities, which sum to 1.
pub type Routes = Vec<(usize, f64)>;

/// Arrivals from outside on one day.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Arrivals {
    /// A Poisson number with this mean.
    Poisson(f64),
    /// This number; a fraction is rounded at random so that the mean holds.
    Constant(f64),
}

impl Arrivals {
    /// The mean number a day.
    pub const fn rate(self) -> f64 {
        match self {
            Self::Poisson(rate) | Self::Constant(rate) => rate,
        }
    }

    /// The same distribution with another mean.
    #[must_use]
    pub const fn with_rate(self, rate: f64) -> Self {
        match self {
            Self::Poisson(_) => Self::Poisson(rate),
            Self::Constant(_) => Self::Constant(rate),
        }
    }
}

/// A value that changes on given days and holds until the next change.
#[derive(Clone, PartialEq, Debug)]
pub struct Timeline<T>(Vec<(u32, T)>);

impl<T: Clone> Timeline<T> {
    /// The same value on every day.
    pub fn constant(value: T) -> Self {
        Self(vec![(1, value)])
    }

    /// Values with the day from which each holds; `None` unless the days rise from 1.
    pub fn new(steps: Vec<(u32, T)>) -> Option<Self> {
        let rises = steps.windows(2).all(|pair| pair[0].0 < pair[1].0);
        (steps.first()?.0 == 1 && rises).then_some(Self(steps))
    }

    /// The value on `day`.
    pub fn at(&self, day: u32) -> &T {
        &self.0[self.step(day)].1
    }

    /// Which step `day` belongs to.
    pub fn step(&self, day: u32) -> usize {
        self.0.partition_point(|(first, _)| *first <= day).max(1) - 1
    }

    /// The steps: first day and value.
    pub fn steps(&self) -> &[(u32, T)] {
        &self.0
    }

    /// The value that holds to the end.
    pub fn last(&self) -> &T {
        &self.0[self.0.len() - 1].1
    }

    /// Replaces every value from day `from` on by `change` of it.
    pub fn change_from(&mut self, from: u32, change: impl Fn(&T) -> T) {
        if from > 1 && self.0.iter().all(|(first, _)| *first != from) {
            let step = self.step(from);
            let value = self.0[step].1.clone();
            self.0.insert(step + 1, (from, value));
        }
        for (first, value) in &mut self.0 {
            if *first >= from {
                *value = change(value);
            }
        }
    }

    /// The value of each day from 1 to `days`.
    pub fn by_day(&self, days: u32) -> Vec<T> {
        (1..=days).map(|day| self.at(day).clone()).collect()
    }

    /// Whether one value holds from `first` to `last`.
    pub fn is_constant(&self, first: u32, last: u32) -> bool {
        self.step(first) == self.step(last)
    }
}

impl Network {
    /// The name of a target of a route.
    pub fn target(&self, target: usize) -> &str {
        self.services
            .get(target)
            .map_or_else(|| self.exits[target - self.services.len()].as_str(), |s| &s.id)
    }

    /// The number of services and exits.
    pub fn targets(&self) -> usize {
        self.services.len() + self.exits.len()
    }

    /// The services whose patients can never reach an exit by the last routes.
    pub fn closed(&self) -> Vec<&str> {
        let mut leaves = vec![false; self.targets()];
        leaves[self.services.len()..].fill(true);
        for _ in 0..self.services.len() {
            for (index, service) in self.services.iter().enumerate() {
                leaves[index] |= service.routes.last().iter().any(|&(to, p)| p > 0.0 && leaves[to]);
            }
        }
        self.services.iter().zip(leaves).filter(|(_, out)| !out).map(|(s, _)| &*s.id).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeline_holds_each_value_until_the_next() {
        let mut line = Timeline::new(vec![(1, 10), (5, 20)]).unwrap();
        assert_eq!(line.by_day(6), [10, 10, 10, 10, 20, 20]);
        assert!(line.is_constant(1, 4) && !line.is_constant(4, 5));
        line.change_from(3, |x| x + 1);
        assert_eq!(line.by_day(6), [10, 10, 11, 11, 21, 21]);
        assert_eq!(Timeline::new(vec![(2, 0)]), None);
        assert_eq!(Timeline::new(vec![(1, 0), (1, 1)]), None);
    }
}
