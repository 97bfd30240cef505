//! How fast the queueing network runs: visits (starts and reneges) per second of one thread, next
//! to the simplest compiled programs for the same task, measured in the same run.
//!
//! `cargo bench --bench network`

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    unreachable_pub,
    reason = "a test or benchmark may panic; helpers are modules of their own"
)]

#[path = "../tests/it/shared/tandem.rs"]
mod tandem;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use afterwave::input::network as input;
use afterwave::model::network::daily::Daily;
use afterwave::model::network::event::Events;
use afterwave::model::network::plan::Plan;
use afterwave::model::network::{Clock, Experiment, Network, Span, Stay, simulate};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};
use rand_distr::{Distribution as _, Exp1, LogNormal, Poisson};
use tandem::tandem;

const BRISTOL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/parity/bnssg");

fn main() {
    let network = bristol_or_example();
    daily(&network);
    tandems();
    threads(&network);
}

fn bristol_or_example() -> Network {
    let draft = if Path::new(BRISTOL).is_dir() {
        println!("network: Bristol, baseline, 1,531 days");
        input::read(Path::new(BRISTOL), Some("baseline"))
    } else {
        println!("network: the built-in example, 1,531 days");
        input::example().map_err(Into::into)
    };
    let Ok(network) = draft.and_then(|draft| Ok(draft.finish(1531, Some(1166))?)) else {
        panic!("the network can't be read")
    };
    network
}

/// The processor time of this thread where the system tells it (Linux), else the time on the wall.
struct Clocks {
    wall: Instant,
    processor: Option<u64>,
}

impl Clocks {
    fn now() -> Self {
        Self { wall: Instant::now(), processor: Self::processor() }
    }

    fn seconds(&self) -> f64 {
        match (self.processor, Self::processor()) {
            (Some(before), Some(now)) if now > before => (now - before) as f64 / 1e9,
            _ => self.wall.elapsed().as_secs_f64(),
        }
    }

    /// Nanoseconds spent on a processor.
    fn processor() -> Option<u64> {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        text.split_whitespace().next()?.parse().ok()
    }
}

/// The best of several alternating rounds, in visits a second, of each runner.
fn race(runners: &mut [(&str, &mut dyn FnMut(u32) -> u64)], rounds: u32) -> Vec<f64> {
    let mut best = vec![0.0_f64; runners.len()];
    for round in 0..rounds {
        for ((_, run), best) in runners.iter_mut().zip(&mut best) {
            let start = Clocks::now();
            let visits = black_box(run(round));
            *best = best.max(visits as f64 / start.seconds());
        }
    }
    for ((name, _), best) in runners.iter().zip(&best) {
        println!("  {name:<44} {:>7.2} million visits per CPU second", best / 1e6);
    }
    best
}

fn daily(network: &Network) {
    let plan = Plan::new(network, 1, 730);
    let mut ours = Daily::new(&plan);
    let mut batched = |round: u32| ours.run(round).visits();
    let mut plain = |round: u32| plain_days(network, u64::from(round));
    let best =
        race(&mut [("daily clock, cohorts", &mut batched), ("plain day-stepper", &mut plain)], 12);
    println!("  ratio {:.1}; target 4.5 million visits a second\n", best[0] / best[1]);
}

/// The plainest program that does the same: a queue of join days, one draw for each person and
/// question, one random stream.
fn plain_days(network: &Network, seed: u64) -> u64 {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    let count = network.services.len();
    let days = network.days as usize;
    let mut queues = vec![VecDeque::<u32>::new(); count];
    let mut occupied = vec![0u32; count];
    let mut ends = vec![vec![0u32; days + 2]; count];
    let mut visits = 0;
    for day in 1..=network.days {
        let mut joins = vec![0u32; network.targets()];
        for (index, service) in network.services.iter().enumerate() {
            let ended = ends[index][day as usize];
            occupied[index] -= ended;
            let routes = service.routes.at(day);
            for _ in 0..ended {
                joins[route(routes, &mut generator)] += 1;
            }
        }
        for (index, service) in network.services.iter().enumerate() {
            while occupied[index] < *service.capacity.at(day) && queues[index].pop_front().is_some()
            {
                visits += 1;
                occupied[index] += 1;
                let end = day + stay(service.stay.at(day), &mut generator).max(1);
                ends[index][(end as usize).min(days + 1)] += 1;
            }
        }
        for (index, service) in network.services.iter().enumerate() {
            let Some(reneging) = service.reneging else { continue };
            queues[index].retain(|joined| {
                let risk = reneging.risk(f64::from(day - joined));
                let leaves = generator.random::<f64>() < risk;
                if leaves {
                    visits += 1;
                    joins[route(&service.renege_routes, &mut generator)] += 1;
                }
                !leaves
            });
        }
        for (index, service) in network.services.iter().enumerate() {
            let rate = service.arrivals.at(day).rate();
            let arrivals = Poisson::new(rate).map_or(0.0, |p| p.sample(&mut generator)) as u32;
            queues[index].extend((0..arrivals + joins[index]).map(|_| day));
        }
    }
    visits
}

fn route(routes: &[(usize, f64)], generator: &mut ChaCha8Rng) -> usize {
    let mut left: f64 = generator.random();
    for &(target, probability) in routes {
        left -= probability;
        if left < 0.0 {
            return target;
        }
    }
    routes.last().map_or(0, |(target, _)| *target)
}

fn stay(stay: &Stay, generator: &mut ChaCha8Rng) -> u32 {
    let days = match stay {
        Stay::Lognormal { meanlog, sdlog } => {
            LogNormal::new(*meanlog, *sdlog).map_or(0.0, |d| d.sample(generator))
        }
        Stay::Table(rows) => {
            let total: f64 = rows.iter().map(|(_, weight)| weight).sum();
            let mut left = generator.random::<f64>() * total;
            return rows
                .iter()
                .find(|(_, weight)| {
                    left -= weight;
                    left < 0.0
                })
                .map_or(1, |(days, _)| *days);
        }
        other => other.mean(),
    };
    days as u32 + u32::from(generator.random::<f64>() < days.fract())
}

fn tandems() {
    const DAYS: u32 = 11_000;
    for (name, arrivals, patience, target) in
        [("A", 9.0, 0.0, 4.50), ("B", 9.0, 0.2, 3.85), ("C", 12.0, 0.1, 3.30)]
    {
        println!(
            "tandem {name}: M/M/10{}, continuous time",
            if patience > 0.0 { "+M" } else { "" }
        );
        let network = tandem(arrivals, patience, DAYS);
        let plan = Plan::new(&network, 1, 1000);
        let mut ours = Events::new(&plan);
        let mut events = |round: u32| ours.run(round).visits();
        let mut bare = |round: u32| bare_events(arrivals, patience, f64::from(DAYS), round);
        let best = race(
            &mut [
                ("event clock, all records", &mut events),
                ("bare event list, no records", &mut bare),
            ],
            8,
        );
        println!("  ratio {:.2}; target {target} million visits a second\n", best[0] / best[1]);
    }
}

/// The plainest event list for the tandem: nothing is recorded but the number of visits.
fn bare_events(arrivals: f64, patience: f64, end: f64, seed: u32) -> u64 {
    let mut generator = ChaCha8Rng::seed_from_u64(u64::from(seed));
    let mut list: BinaryHeap<Reverse<(u64, u8, u8, u64)>> = BinaryHeap::new();
    let mut queues = vec![VecDeque::<bool>::new(); 6];
    let (mut fronts, mut busy) = ([0u64; 6], [0u32; 6]);
    let mut visits = 0;
    let mut draw = move || -> f64 { Exp1.sample(&mut generator) };
    list.push(Reverse(((draw() / arrivals).to_bits(), 0, 0, 0)));
    while let Some(Reverse((bits, kind, node, number))) = list.pop() {
        let now = f64::from_bits(bits);
        if now >= end {
            break;
        }
        let mut joins = None;
        let index = usize::from(node);
        match kind {
            0 => {
                list.push(Reverse(((now + draw() / arrivals).to_bits(), 0, 0, 0)));
                joins = Some(0);
            }
            1 => {
                busy[index] -= 1;
                while let Some(here) = queues[index].pop_front() {
                    fronts[index] += 1;
                    if here {
                        visits += 1;
                        busy[index] += 1;
                        list.push(Reverse(((now + draw()).to_bits(), 1, node, 0)));
                        break;
                    }
                }
                joins = Some(index + 1);
            }
            _ => {
                if let Some(place) = number.checked_sub(fronts[index]) {
                    queues[index][place as usize] = false;
                    visits += 1;
                    joins = Some(index + 1);
                }
            }
        }
        if let Some(next) = joins.filter(|&next| next < 5) {
            if busy[next] < 10 {
                visits += 1;
                busy[next] += 1;
                list.push(Reverse(((now + draw()).to_bits(), 1, next as u8, 0)));
            } else {
                if patience > 0.0 {
                    let number = fronts[next] + queues[next].len() as u64;
                    let until = now + draw() / patience;
                    list.push(Reverse((until.to_bits(), 2, next as u8, number)));
                }
                queues[next].push_back(true);
            }
        }
    }
    visits
}

fn threads(network: &Network) {
    let experiment = Experiment {
        seed: 1,
        replications: 200,
        warm_up: 730,
        clock: Clock::Daily,
        spans: Span::weeks(730, network.days),
    };
    let mut best = [f64::INFINITY; 2];
    for _ in 0..5 {
        for (threads, best) in [1, 2].into_iter().zip(&mut best) {
            let Ok(pool) = rayon::ThreadPoolBuilder::new().num_threads(threads).build() else {
                panic!("no threads")
            };
            let start = Instant::now();
            pool.install(|| black_box(simulate(network, &experiment, &|| ())));
            *best = best.min(start.elapsed().as_secs_f64());
        }
    }
    println!("200 replications: {:.3} s on one thread, {:.3} s on two", best[0], best[1]);
    println!("  two threads over one: {:.2}; target 1.8", best[0] / best[1]);
}
