//! The network in continuous time: an event list, one event for each arrival, end of service and
//! loss of patience.
//!
//! Day `i` is the time from `i - 1` to `i`. Nobody waits when a place is free; rates, places and
//! routes change at the beginning of a day, and the record holds the state at its end. Stays are
//! not rounded. With Poisson arrivals, exponential stays and a constant risk of giving up, every
//! service fed by one such stream is an M/M/c or M/M/c+M queue and agrees with
//! [`crate::model::erlang`].

use std::cmp::Reverse;
use std::collections::binary_heap::PeekMut;
use std::collections::{BinaryHeap, VecDeque};

use rand::Rng;
use rand_distr::{Distribution as _, Exp1};

use super::plan::{Generators, Plan};
use super::{Arrivals, Record};

/// A replication at work; its memory is used again for the next.
#[derive(Debug)]
pub struct Events<'a> {
    plan: &'a Plan,
    services: Vec<State>,
    list: BinaryHeap<Reverse<Event>>,
    record: Record,
    day: u32,
}

#[derive(Debug)]
struct State {
    /// When each joined, in order; a negative time marks one who gave up.
    queue: VecDeque<f64>,
    /// The number, since the start, of the patient at the front.
    front: u64,
    waiting: u32,
    occupied: u32,
    capacity: u32,
    /// Arrivals drawn under an earlier rate carry an older number and are void.
    rate_number: u64,
    generators: Generators,
}

/// When, and what: the bits of a time that is not negative order as the time does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Event {
    time: u64,
    what: u64,
}

#[derive(Clone, Copy)]
enum Kind {
    End,
    Renege,
    Arrival,
}

impl Event {
    const KIND: u32 = 62;
    const SERVICE: u32 = 46;

    fn new(time: f64, kind: Kind, service: usize, number: u64) -> Self {
        let what = (kind as u64) << Self::KIND | (service as u64) << Self::SERVICE | number;
        Self { time: time.to_bits(), what }
    }

    const fn time(self) -> f64 {
        f64::from_bits(self.time)
    }

    const fn kind(self) -> Kind {
        match self.what >> Self::KIND {
            0 => Kind::End,
            1 => Kind::Renege,
            _ => Kind::Arrival,
        }
    }

    const fn service(self) -> usize {
        (self.what >> Self::SERVICE & 0xffff) as usize
    }

    const fn number(self) -> u64 {
        self.what & ((1 << Self::SERVICE) - 1)
    }
}

impl<'a> Events<'a> {
    /// An empty network.
    pub fn new(plan: &'a Plan) -> Self {
        let services = plan
            .services
            .iter()
            .map(|service| State {
                queue: VecDeque::new(),
                front: 0,
                waiting: 0,
                occupied: 0,
                capacity: 0,
                rate_number: 0,
                generators: service.generators(0),
            })
            .collect();
        let record = Record::new(plan.services.len(), plan.targets, plan.days);
        Self { plan, services, list: BinaryHeap::new(), record, day: 0 }
    }

    /// Runs one replication from an empty start.
    pub fn run(&mut self, replication: u32) -> &Record {
        self.record.clear();
        self.list.clear();
        for (state, plan) in self.services.iter_mut().zip(&self.plan.services) {
            state.queue.clear();
            state.front = 0;
            state.waiting = 0;
            state.occupied = 0;
            state.rate_number = 0;
            state.generators = plan.generators(replication);
        }
        for day in 1..=self.plan.days {
            self.begin(day);
            let end = f64::from(day);
            while let Some(&Reverse(event)) = self.list.peek() {
                if event.time() >= end {
                    break;
                }
                match event.kind() {
                    Kind::End => self.end_service(event),
                    Kind::Renege => {
                        self.replace_top(None);
                        self.renege(event);
                    }
                    Kind::Arrival => self.arrive(event),
                }
            }
            for (count, state) in self.record.day_mut(day).iter_mut().zip(&self.services) {
                count.queue = state.waiting;
                count.occupancy = state.occupied;
            }
        }
        &self.record
    }

    /// Sets the values of the day: new places are filled, a new rate draws a new next arrival.
    fn begin(&mut self, day: u32) {
        self.day = day;
        let now = f64::from(day - 1);
        let index = day as usize - 1;
        for service in 0..self.services.len() {
            let plan = &self.plan.services[service];
            let state = &mut self.services[service];
            state.capacity = plan.capacity[index];
            if day == 1 || plan.arrivals[index] != plan.arrivals[index - 1] {
                state.rate_number += 1;
                if let Some(gap) = gap(plan.arrivals[index], &mut state.generators.arrivals) {
                    let number = state.rate_number;
                    self.list.push(Reverse(Event::new(now + gap, Kind::Arrival, service, number)));
                }
            }
            while let Some(end) = self.start_next(service, now) {
                self.list.push(Reverse(end));
            }
        }
    }

    /// Puts `event` in the place of the one on top of the list, or takes that one off.
    fn replace_top(&mut self, event: Option<Event>) {
        let Some(mut top) = self.list.peek_mut() else { return };
        match event {
            Some(event) => top.0 = event,
            None => {
                PeekMut::pop(top);
            }
        }
    }

    fn end_service(&mut self, event: Event) {
        let (service, now) = (event.service(), event.time());
        self.services[service].occupied -= 1;
        self.record.day_mut(self.day)[service].discharged += 1;
        let next = self.start_next(service, now);
        self.replace_top(next);
        let plan = &self.plan.services[service];
        let routes = &plan.routes[plan.route[self.day as usize - 1] as usize];
        let target = match routes.only() {
            Some(only) => only,
            None => routes.sample(&mut self.services[service].generators.route),
        };
        self.go(service, target as usize, now, 0);
    }

    fn renege(&mut self, event: Event) {
        let (service, now) = (event.service(), event.time());
        let state = &mut self.services[service];
        // Those in front of the front have started: their patience no longer matters.
        let Some(place) = event.number().checked_sub(state.front) else { return };
        let Some(joined) = state.queue.get_mut(place as usize) else { return };
        let waited = now - *joined;
        *joined = -1.0;
        state.waiting -= 1;
        let count = &mut self.record.day_mut(self.day)[service];
        count.reneged += 1;
        count.wait_reneged += waited;
        let routes = &self.plan.services[service].renege_routes;
        let target = match routes.only() {
            Some(only) => only,
            None => routes.sample(&mut state.generators.route),
        };
        self.go(service, target as usize, now, 1);
    }

    fn arrive(&mut self, event: Event) {
        let (service, now) = (event.service(), event.time());
        let state = &mut self.services[service];
        if event.number() != state.rate_number {
            return self.replace_top(None);
        }
        let arrivals = self.plan.services[service].arrivals[self.day as usize - 1];
        let next = gap(arrivals, &mut state.generators.arrivals)
            .map(|gap| Event::new(now + gap, Kind::Arrival, service, event.number()));
        self.replace_top(next);
        self.record.day_mut(self.day)[service].arrivals += 1;
        self.join(service, now);
    }

    fn go(&mut self, from: usize, target: usize, now: f64, flow: usize) {
        if self.day > self.plan.warm_up {
            self.record.flows[flow][from * self.plan.targets + target] += 1;
        }
        if target < self.services.len() {
            self.join(target, now);
        } else {
            self.record.exit(self.day, 1);
        }
    }

    fn join(&mut self, service: usize, now: f64) {
        let plan = &self.plan.services[service];
        let count = &mut self.record.day_mut(self.day)[service];
        count.joined += 1;
        let state = &mut self.services[service];
        if state.occupied < state.capacity && state.waiting == 0 {
            count.starts += 1;
            state.occupied += 1;
            let stays = &plan.stays[plan.stay[self.day as usize - 1] as usize];
            let end = now + stays.sample(&mut state.generators.stay);
            self.list.push(Reverse(Event::new(end, Kind::End, service, 0)));
            return;
        }
        if let Some(patience) = &plan.patience {
            let until = now + patience.sample(&mut state.generators.renege);
            if until < f64::from(self.plan.days) {
                let number = state.front + state.queue.len() as u64;
                self.list.push(Reverse(Event::new(until, Kind::Renege, service, number)));
            }
        }
        state.queue.push_back(now);
        state.waiting += 1;
    }

    /// Starts the first who still waits, if a place is free; returns the end of service.
    fn start_next(&mut self, service: usize, now: f64) -> Option<Event> {
        let state = &mut self.services[service];
        if state.occupied >= state.capacity || state.waiting == 0 {
            return None;
        }
        while let Some(joined) = state.queue.pop_front() {
            state.front += 1;
            if joined < 0.0 {
                continue;
            }
            state.waiting -= 1;
            state.occupied += 1;
            let count = &mut self.record.day_mut(self.day)[service];
            count.starts += 1;
            count.wait_started += now - joined;
            let plan = &self.plan.services[service];
            let stays = &plan.stays[plan.stay[self.day as usize - 1] as usize];
            let end = now + stays.sample(&mut state.generators.stay);
            return Some(Event::new(end, Kind::End, service, 0));
        }
        None
    }
}

/// The time to the next arrival: exponential, or evenly spaced.
#[inline]
fn gap(arrivals: Arrivals, generator: &mut impl Rng) -> Option<f64> {
    match arrivals {
        Arrivals::Poisson(rate) if rate > 0.0 => {
            let unit: f64 = Exp1.sample(generator);
            Some(unit / rate)
        }
        Arrivals::Constant(rate) if rate > 0.0 => Some(1.0 / rate),
        _ => None,
    }
}
