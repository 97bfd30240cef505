//! The network in steps of a day, statistically equal to the model of Murch et al. (2021).
//!
//! Each day, in this order: (1) capacity takes its value of the day; whoever ends service today
//! leaves the place and is routed; (2) free places are filled by those who joined before today,
//! first come first served, each drawing a length of stay; (3) those still waiting who joined
//! before today give up with the risk of their days waited; (4) today's arrivals, transfers and
//! renegers join the queue; (5) the day is recorded. So every visit waits at least a day. A cut
//! in capacity removes nobody: the excess drains as stays end.
//!
//! Patients of a queue who joined on the same day are exchangeable, so a queue is a list of
//! cohorts (a join day and a number of people), giving up is one binomial draw a cohort, and
//! those in service are counts by the day they end: nothing is kept for a single person, and
//! the law is the same as if it were.
//!
//! A stay of 0 days ends on the day it began and frees its place for the next patient at once.
//! (In the published code such a place is lost for good.)

use std::collections::VecDeque;

use rand::RngExt as _;
use rand_distr::{Distribution as _, Poisson};

use super::plan::{Generators, Plan};
use super::{Arrivals, Record};

/// A replication at work; its memory is used again for the next.
#[derive(Debug)]
pub struct Daily<'a> {
    plan: &'a Plan,
    services: Vec<State>,
    /// Who joins each service today from other services.
    joins: Vec<u32>,
    record: Record,
}

#[derive(Debug)]
struct State {
    cohorts: VecDeque<Cohort>,
    waiting: u32,
    occupied: u32,
    /// How many end service on each day; index 0 is never used.
    ends: Vec<u32>,
    generators: Generators,
}

#[derive(Clone, Copy, Debug)]
struct Cohort {
    joined: u32,
    people: u32,
}

impl<'a> Daily<'a> {
    /// An empty network.
    pub fn new(plan: &'a Plan) -> Self {
        let services = plan
            .services
            .iter()
            .map(|service| State {
                cohorts: VecDeque::new(),
                waiting: 0,
                occupied: 0,
                ends: vec![0; plan.days as usize + 1],
                generators: service.generators(0),
            })
            .collect();
        let count = plan.services.len();
        let record = Record::new(count, plan.targets, plan.days);
        Self { plan, services, joins: vec![0; count], record }
    }

    /// Runs one replication from an empty start.
    pub fn run(&mut self, replication: u32) -> &Record {
        self.record.clear();
        for (state, plan) in self.services.iter_mut().zip(&self.plan.services) {
            state.cohorts.clear();
            state.waiting = 0;
            state.occupied = 0;
            state.ends.fill(0);
            state.generators = plan.generators(replication);
        }
        for day in 1..=self.plan.days {
            self.joins.fill(0);
            for service in 0..self.services.len() {
                let ended = std::mem::take(&mut self.services[service].ends[day as usize]);
                self.services[service].occupied -= ended;
                self.discharge(service, day, ended);
            }
            for service in 0..self.services.len() {
                self.start(service, day);
            }
            for service in 0..self.services.len() {
                self.renege(service, day);
            }
            for service in 0..self.services.len() {
                self.join(service, day);
            }
        }
        &self.record
    }

    /// Routes `patients` who end service.
    fn discharge(&mut self, service: usize, day: u32, patients: u32) {
        self.record.day_mut(day)[service].discharged += patients;
        self.route(service, day, patients, Reason::Ended);
    }

    fn route(&mut self, service: usize, day: u32, patients: u32, reason: Reason) {
        let plan = &self.plan.services[service];
        let (routes, flow) = match reason {
            Reason::Ended => (&plan.routes[plan.route[day as usize - 1] as usize], 0),
            Reason::Reneged => (&plan.renege_routes, 1),
        };
        let row = service * self.plan.targets;
        let counted = day > self.plan.warm_up;
        let mut go = |target: usize, people: u32| {
            match self.joins.get_mut(target) {
                Some(joins) => *joins += people,
                None => self.record.exit(day, people),
            }
            if counted {
                self.record.flows[flow][row + target] += u64::from(people);
            }
        };
        if let Some(only) = routes.only() {
            return go(only as usize, patients);
        }
        let generator = &mut self.services[service].generators.route;
        for _ in 0..patients {
            go(routes.sample(generator) as usize, 1);
        }
    }

    /// Fills free places from the front of the queue.
    fn start(&mut self, service: usize, day: u32) {
        let plan = &self.plan.services[service];
        let capacity = plan.capacity[day as usize - 1];
        let stays = &plan.whole_stays[plan.stay[day as usize - 1] as usize];
        loop {
            let state = &mut self.services[service];
            let starts = capacity.saturating_sub(state.occupied).min(state.waiting);
            if starts == 0 {
                return;
            }
            let waited = state.take(starts, day);
            let count = &mut self.record.day_mut(day)[service];
            count.starts += starts;
            count.wait_started += waited as f64;
            let ended_at_once = match stays.only() {
                Some(0) => starts,
                Some(stay) => state.end_on(day, stay, starts),
                None => (0..starts)
                    .map(|_| match stays.sample(&mut state.generators.stay) {
                        0 => 1,
                        stay => state.end_on(day, stay, 1),
                    })
                    .sum(),
            };
            state.occupied += starts - ended_at_once;
            if ended_at_once == 0 {
                return;
            }
            self.discharge(service, day, ended_at_once);
        }
    }

    /// Thins the cohorts still waiting.
    fn renege(&mut self, service: usize, day: u32) {
        let Some(risks) = &self.plan.services[service].risks else { return };
        let state = &mut self.services[service];
        let (mut left, mut waited) = (0u32, 0u64);
        for cohort in &mut state.cohorts {
            let days = day - cohort.joined;
            let leaving = risks[days as usize].thin(cohort.people, &mut state.generators.renege);
            cohort.people -= leaving;
            left += leaving;
            waited += u64::from(leaving) * u64::from(days);
        }
        if left == 0 {
            return;
        }
        state.waiting -= left;
        while state.cohorts.front().is_some_and(|cohort| cohort.people == 0) {
            state.cohorts.pop_front();
        }
        let count = &mut self.record.day_mut(day)[service];
        count.reneged += left;
        count.wait_reneged += waited as f64;
        self.route(service, day, left, Reason::Reneged);
    }

    /// Adds today's joiners as a cohort and records the end of the day.
    fn join(&mut self, service: usize, day: u32) {
        let state = &mut self.services[service];
        let rate = self.plan.services[service].arrivals[day as usize - 1];
        let arrivals = arrive(rate, &mut state.generators);
        let people = arrivals + self.joins[service];
        if people > 0 {
            state.cohorts.push_back(Cohort { joined: day, people });
            state.waiting += people;
        }
        let count = &mut self.record.day_mut(day)[service];
        count.arrivals = arrivals;
        count.joined = people;
        count.queue = state.waiting;
        count.occupancy = state.occupied;
    }
}

#[derive(Clone, Copy)]
enum Reason {
    Ended,
    Reneged,
}

impl State {
    /// Takes `people` from the front of the queue and returns the days they waited, summed.
    fn take(&mut self, people: u32, day: u32) -> u64 {
        self.waiting -= people;
        let (mut left, mut waited) = (people, 0);
        while left > 0 {
            let Some(front) = self.cohorts.front_mut() else { break };
            let taken = left.min(front.people);
            waited += u64::from(taken) * u64::from(day - front.joined);
            front.people -= taken;
            left -= taken;
            if front.people == 0 {
                self.cohorts.pop_front();
            }
        }
        waited
    }

    /// Notes that `people` end after `stay` days; returns how many ended at once, which is none.
    #[inline]
    fn end_on(&mut self, day: u32, stay: u32, people: u32) -> u32 {
        if let Some(ends) = self.ends.get_mut((day + stay) as usize) {
            *ends += people;
        }
        0
    }
}

fn arrive(arrivals: Arrivals, generators: &mut Generators) -> u32 {
    let generator = &mut generators.arrivals;
    match arrivals {
        Arrivals::Poisson(rate) => {
            Poisson::new(rate).map_or(0, |poisson| poisson.sample(generator) as u32)
        }
        Arrivals::Constant(number) => {
            let part = number - number.floor();
            number as u32 + u32::from(part > 0.0 && generator.random::<f64>() < part)
        }
    }
}
