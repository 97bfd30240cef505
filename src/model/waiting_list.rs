//! Waiting-list practice: how long a list may be, and how much capacity brings it there.
//!
//! The formulae of Fong et al. (2022), "The Mathematics of Waiting Lists", medRxiv
//! 2022.08.23.22279117, as NHS analysts use them (the R package `NHSRwaitinglist`). With demand in
//! patients a week and a standard of `w` weeks that nearly everyone should meet:
//!
//! ```text
//! target mean wait  = w / 4                    an exponential wait with that mean passes w in e^-4 = 1.8%
//! target queue      = demand x w / 4                                                     (Little's law)
//! relief capacity   = demand + (queue - target queue) / weeks          while queue > 2 x target queue
//! pressure          = 2 x mean wait / w                                        above 1: will miss it
//! ```

/// The part of the standard that the mean wait may take.
pub const FACTOR: f64 = 4.0;

/// The mean wait, in weeks, at which a standard of `standard` weeks is met.
pub fn target_mean_wait(standard: f64) -> f64 {
    standard / FACTOR
}

/// The queue, in patients, at which a standard is met: `demand` a week, `standard` in weeks.
pub fn target_queue(demand: f64, standard: f64) -> f64 {
    demand * target_mean_wait(standard)
}

/// The capacity a week that brings `queue` to `target_queue` in `weeks`.
pub fn relief_capacity(demand: f64, queue: f64, target_queue: f64, weeks: f64) -> f64 {
    demand + (queue - target_queue) / weeks
}

/// Whether the queue is so long that relief capacity is called for.
pub fn needs_relief(queue: f64, target_queue: f64) -> bool {
    queue > 2.0 * target_queue
}

/// The pressure on a list: above 1 the standard will be missed.
pub fn pressure(mean_wait: f64, standard: f64) -> f64 {
    2.0 * mean_wait / standard
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_is_met() {
        // Ear, nose and throat, routine: 30 a week, 52 weeks, 1,200 waiting, 26 weeks to go.
        let target = target_queue(30.0, 52.0);
        assert_eq!(target, 390.0);
        assert_eq!(target_mean_wait(52.0), 13.0);
        assert!(needs_relief(1200.0, target) && !needs_relief(780.0, target));
        assert!((relief_capacity(30.0, 1200.0, target, 26.0) - 61.153_846).abs() < 1e-6);
        assert!((pressure(63.0, 52.0) - 2.423_077).abs() < 1e-6);
    }
}
