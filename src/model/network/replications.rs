//! Replications over threads, and what they say together.
//!
//! Replication `r` of seed `s` is the same whatever the number of replications or threads.

use rayon::prelude::*;
use serde::Serialize;

use super::daily::Daily;
use super::event::Events;
use super::plan::Plan;
use super::{Metric, Network, Record, Span};
use crate::draw::quantile;

/// How time passes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Clock {
    /// In steps of a day.
    #[default]
    Daily,
    /// From event to event.
    Event,
}

/// What is to be run.
#[derive(Clone, Debug)]
pub struct Experiment {
    /// The seed of all streams.
    pub seed: u64,
    /// How many replications.
    pub replications: u32,
    /// Days left out of the flows.
    pub warm_up: u32,
    /// How time passes.
    pub clock: Clock,
    /// Over which days to sum up.
    pub spans: Vec<Span>,
}

/// Every replication, summed up over the spans.
#[derive(Clone, PartialEq, Debug)]
pub struct Results {
    /// The spans of the experiment.
    pub spans: Vec<Span>,
    services: usize,
    /// By replication: span by span, service by service, metric by metric.
    values: Vec<Vec<f64>>,
    /// Starts and reneges of all replications and days.
    pub visits: u64,
    /// Mean number of patients moved after the warm-up, by service and target: after service,
    /// after giving up.
    pub flows: [Vec<f64>; 2],
}

/// One number over the replications.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Summary {
    /// Replications in which it is defined.
    pub replications: usize,
    /// The mean.
    pub mean: f64,
    /// The standard deviation.
    pub sd: f64,
    /// The standard error of the mean.
    pub se: f64,
    /// The 5th, 25th, 50th, 75th and 95th percentile.
    pub quantiles: [f64; 5],
}

/// Runs all replications; `done` is called after each.
pub fn simulate(network: &Network, experiment: &Experiment, done: &(dyn Fn() + Sync)) -> Results {
    let plan = Plan::new(network, experiment.seed, experiment.warm_up);
    let sum_up = |record: &Record| {
        let mut values =
            Vec::with_capacity(experiment.spans.len() * network.services.len() * Metric::ALL.len());
        for span in &experiment.spans {
            record.over(span, &mut values);
        }
        done();
        (values, record.visits(), record.flows.clone())
    };
    let replications = (0..experiment.replications).into_par_iter();
    let all: Vec<(Vec<f64>, u64, [Vec<u64>; 2])> = match experiment.clock {
        Clock::Daily => replications
            .map_init(|| Daily::new(&plan), |daily, index| sum_up(daily.run(index)))
            .collect(),
        Clock::Event => replications
            .map_init(|| Events::new(&plan), |events, index| sum_up(events.run(index)))
            .collect(),
    };
    let mean_flow = |kind: usize| {
        let mut sums = vec![0u64; network.services.len() * network.targets()];
        for (_, _, flows) in &all {
            sums.iter_mut().zip(&flows[kind]).for_each(|(sum, flow)| *sum += flow);
        }
        sums.iter().map(|&sum| sum as f64 / all.len() as f64).collect()
    };
    Results {
        spans: experiment.spans.clone(),
        services: network.services.len(),
        visits: all.iter().map(|(_, visits, _)| visits).sum(),
        flows: [mean_flow(0), mean_flow(1)],
        values: all.into_iter().map(|(values, _, _)| values).collect(),
    }
}

impl Results {
    /// One metric of a service over a span, in every replication.
    pub fn values(&self, span: usize, service: usize, metric: Metric) -> Vec<f64> {
        let index = (span * self.services + service) * Metric::ALL.len() + metric as usize;
        self.values.iter().map(|values| values[index]).collect()
    }

    /// The same over the replications.
    pub fn summary(&self, span: usize, service: usize, metric: Metric) -> Summary {
        Summary::of(self.values(span, service, metric))
    }
}

impl Summary {
    /// Sums up values; those that are not numbers are left out.
    pub fn of(mut values: Vec<f64>) -> Self {
        values.retain(|value| value.is_finite());
        values.sort_by(f64::total_cmp);
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let sd = (squares / (count - 1.0)).sqrt();
        Self {
            replications: values.len(),
            mean,
            sd,
            se: sd / count.sqrt(),
            quantiles: [0.05, 0.25, 0.5, 0.75, 0.95].map(|p| quantile(&values, p)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_leaves_out_what_is_not_defined() {
        let summary = Summary::of(vec![4.0, f64::NAN, 1.0, 3.0, 2.0]);
        assert_eq!((summary.replications, summary.mean), (4, 2.5));
        assert!((summary.sd - 1.290_994_448_735_805_6).abs() < 1e-12);
        assert_eq!(summary.quantiles[2], 2.5);
        assert_eq!(summary.quantiles[1], 1.75);
        assert!(Summary::of(vec![]).mean.is_nan());
    }
}
