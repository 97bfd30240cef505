//! Queues with known answers: Erlang C (M/M/c) and Erlang A (M/M/c+M).
//!
//! Poisson arrivals at rate `arrivals`, `servers` servers, exponential service at rate `service`,
//! and in Erlang A patients whose patience is exponential with rate `patience`. The number in the
//! system is a birth-death process: with `n` present deaths come at rate
//! `min(n, c) service + max(n - c, 0) patience`, and the stationary probabilities follow from
//! the balance of neighbours (Erlang 1917; Palm 1957; Garnett, Mandelbaum and Reiman 2002,
//! "Designing a call center with impatient customers", M&SOM 4(3):208-227).
//!
//! Erlang C is the limit without reneging, with the geometric tail summed exactly; it needs a
//! load under 1. For other stays the wait of M/G/c is near the Erlang C wait times
//! `(1 + cv^2) / 2` (Lee and Longton 1959).

use serde::Serialize;

/// What a queue in equilibrium shows; times in the unit of the rates.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Equilibrium {
    /// The chance of having to wait.
    pub wait_probability: f64,
    /// The mean number waiting.
    pub queue: f64,
    /// The mean number in service.
    pub busy: f64,
    /// The mean wait of all who join, given up or not.
    pub wait_all: f64,
    /// The mean wait of those who are served.
    pub wait_served: f64,
    /// The chance of giving up.
    pub reneged: f64,
}

/// The M/M/c queue; `None` if it has no equilibrium.
pub fn erlang_c(arrivals: f64, service: f64, servers: u32) -> Option<Equilibrium> {
    let offered = arrivals / service;
    let servers_f = f64::from(servers);
    if !(arrivals > 0.0 && service > 0.0 && offered < servers_f) {
        return None;
    }
    // Erlang B by its recursion, which never overflows.
    let mut blocked = 1.0;
    for n in 1..=servers {
        blocked = offered * blocked / (f64::from(n) + offered * blocked);
    }
    let load = offered / servers_f;
    let wait_probability = blocked / (1.0 - load * (1.0 - blocked));
    let queue = wait_probability * load / (1.0 - load);
    let wait = queue / arrivals;
    Some(Equilibrium {
        wait_probability,
        queue,
        busy: offered,
        wait_all: wait,
        wait_served: wait,
        reneged: 0.0,
    })
}

/// The longest queue that is reckoned with.
pub const MOST_WAITING: u32 = 200_000;

/// The M/M/c+M queue, for any load; `None` if a rate is not positive, or where more than
/// [`MOST_WAITING`] would wait (nearly nobody gives up).
pub fn erlang_a(arrivals: f64, service: f64, servers: u32, patience: f64) -> Option<Equilibrium> {
    if !(arrivals > 0.0 && service > 0.0 && patience > 0.0 && servers > 0) {
        return None;
    }
    let mut sums = Sums { at_servers: 1.0, ..Sums::default() };
    sums.below(arrivals, service, servers);
    sums.above(arrivals, service, servers, patience)?;
    let total = sums.idle + sums.waiting;
    let queue = sums.queue / total;
    let reneged = patience * queue / arrivals;
    let wait_all = queue / arrivals;
    Some(Equilibrium {
        wait_probability: sums.waiting / total,
        queue,
        busy: (sums.busy + sums.waiting * f64::from(servers)) / total,
        wait_all,
        wait_served: (wait_all - sums.lost_wait / total) / (1.0 - reneged),
        reneged,
    })
}

/// Sums over the states of M/M/c+M, in units of the weight of the state with all servers busy.
#[derive(Default)]
struct Sums {
    at_servers: f64,
    /// States in which an arrival need not wait, and the servers busy in them.
    idle: f64,
    busy: f64,
    /// States in which it must, and the number waiting in them.
    waiting: f64,
    queue: f64,
    /// The wait of those who give up, over the states they find.
    lost_wait: f64,
}

impl Sums {
    /// Keeps weights that grow within the range of a double.
    fn rescale(&mut self, weight: &mut f64) {
        const HUGE: f64 = 1e200;
        if *weight > HUGE {
            *weight /= HUGE;
            let Self { at_servers, idle, busy, waiting, queue, lost_wait } = self;
            for sum in [at_servers, idle, busy, waiting, queue, lost_wait] {
                *sum /= HUGE;
            }
        }
    }

    fn below(&mut self, arrivals: f64, service: f64, servers: u32) {
        let mut weight = self.at_servers;
        for n in (0..servers).rev() {
            weight *= f64::from(n + 1) * service / arrivals;
            self.idle += weight;
            self.busy += weight * f64::from(n);
            self.rescale(&mut weight);
            if f64::from(n) * service < arrivals && weight < self.idle * 1e-18 {
                break;
            }
        }
    }

    /// Whoever finds `excess` waiting joins at place `excess + 1` from the front. From place `j`
    /// all events come at rate `all = c service + j patience`, of which the own loss of patience
    /// takes `patience` and the rest moves one place up. So the chance to give up from place `j`
    /// and the time it takes, zero where it does not happen, are
    /// `lost_j = (patience + up lost_(j-1)) / all` and `late_j = (lost_j + up late_(j-1)) / all`.
    fn above(&mut self, arrivals: f64, service: f64, servers: u32, patience: f64) -> Option<()> {
        // As many wait as make up for what the servers lack.
        let usual = (arrivals - f64::from(servers) * service) / patience;
        if usual > f64::from(MOST_WAITING) {
            return None;
        }
        let mut weight = self.at_servers;
        let (mut lost, mut late) = (0.0, 0.0);
        for excess in 0..MOST_WAITING {
            let all = f64::from(servers) * service + f64::from(excess + 1) * patience;
            let up = all - patience;
            lost = (patience + up * lost) / all;
            late = (lost + up * late) / all;
            self.waiting += weight;
            self.queue += weight * f64::from(excess);
            self.lost_wait += weight * late;
            weight *= arrivals / all;
            self.rescale(&mut weight);
            if arrivals < all && weight * f64::from(excess + 1) < self.waiting * 1e-17 {
                return Some(());
            }
        }
        None
    }
}

/// The mean wait of M/G/c next to that of M/M/c: stays with coefficient of variation `cv`.
pub fn wait_for_variation(erlang_c_wait: f64, cv: f64) -> f64 {
    erlang_c_wait * (1.0 + cv * cv) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f64, expected: f64) {
        assert!((value - expected).abs() < 1.01e-6, "{value} for {expected}");
    }

    #[test]
    fn ten_servers_at_nine_tenths() {
        let queue = erlang_c(9.0, 1.0, 10).unwrap();
        near(queue.wait_probability, 0.668_732);
        near(queue.queue, 6.018_584);
        near(queue.busy, 9.0);
        near(queue.wait_all, 0.668_732);
        assert_eq!(erlang_c(10.0, 1.0, 10), None);
    }

    #[test]
    fn ten_servers_with_impatient_patients() {
        let queue = erlang_a(9.0, 1.0, 10, 0.2).unwrap();
        near(queue.wait_probability, 0.536_272);
        near(queue.queue, 1.999_282);
        near(queue.busy, 8.600_144);
        near(queue.wait_all, 0.222_142);
        near(queue.reneged, 0.044_428);
        near(queue.wait_served, 0.215_773);
    }

    /// Found by fuzzing: a patience of 5e-324 took 50 million states a round.
    #[test]
    fn a_queue_without_end_is_not_reckoned() {
        assert_eq!(erlang_a(12.0, 1.0, 10, 5e-324), None);
        assert_eq!(erlang_a(10.0, 1.0, 10, 5e-324), None);
        assert!(erlang_a(9.0, 1.0, 10, 5e-324).is_some());
        assert!(erlang_a(12.0, 1.0, 10, 2.0 / 100_000.0).is_some());
    }

    #[test]
    fn ten_servers_overloaded() {
        let queue = erlang_a(12.0, 1.0, 10, 0.1).unwrap();
        near(queue.wait_probability, 0.984_075);
        near(queue.queue, 20.370_280);
        near(queue.busy, 9.962_972);
        near(queue.wait_all, 1.697_523);
        near(queue.reneged, 0.169_752);
        near(queue.wait_served, 1.814_673);
    }

    #[test]
    fn patience_without_end_is_erlang_c_and_patience_equal_to_service_is_poisson() {
        let (c, a) = (erlang_c(9.0, 1.0, 10).unwrap(), erlang_a(9.0, 1.0, 10, 1e-9).unwrap());
        assert!((c.queue - a.queue).abs() < 1e-5 && (c.wait_served - a.wait_served).abs() < 1e-5);
        // With equal rates the number present is Poisson with mean arrivals / service.
        let poisson = erlang_a(8.0, 1.0, 5, 1.0).unwrap();
        near(poisson.queue + poisson.busy, 8.0);
        // Thousands of places, with weights far beyond a double's range on the way.
        let large = erlang_a(4200.0, 1.0, 4000, 0.01).unwrap();
        assert!((large.reneged - 200.0 / 4200.0).abs() < 1e-3);
    }
}
