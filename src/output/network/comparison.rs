//! `comparison.csv`: a network against another on the same random streams, replication by
//! replication, service by service and over all services, so that relief here and pressure there
//! are seen together.

use super::{Report, number};
use crate::model::network::{Metric, Network, Results, Summary};
use crate::output::csv_rows::guarded;

const COLUMNS: [&str; 10] = [
    "service",
    "metric",
    "replications",
    "base",
    "changed",
    "difference",
    "se",
    "q05",
    "q50",
    "q95",
];

/// What is compared: all that is written by week, and those who join from wherever.
const COMPARED: [Metric; 8] = [
    Metric::Arrivals,
    Metric::Joined,
    Metric::Queue,
    Metric::Occupancy,
    Metric::Starts,
    Metric::Reneged,
    Metric::Discharged,
    Metric::WaitMean,
];

/// The name of the rows over all services.
const ALL: &str = "all services";

impl Report<'_> {
    /// `comparison.csv`: what was changed against the network as it is.
    pub fn comparison(&self) -> anyhow::Result<Option<Vec<u8>>> {
        let Some(base) = self.base else { return Ok(None) };
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record(COLUMNS)?;
        for row in rows(self.network, (base, self.weeks), (self.results, self.weeks)) {
            csv.write_record(guarded(row))?;
        }
        Ok(Some(csv.into_inner()?))
    }
}

/// `comparison.csv` of several scenarios: each against the first, over all days after the
/// warm-up.
pub fn scenarios(first: &Report<'_>, others: &[Report<'_>]) -> anyhow::Result<Vec<u8>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(["scenario"].into_iter().chain(COLUMNS))?;
    for other in others {
        let scenario = other.fed.as_ref().map_or("", |fed| fed.scenario);
        let base = (first.results, first.weeks);
        for row in rows(other.network, base, (other.results, other.weeks)) {
            csv.write_record(guarded(std::iter::once(scenario.to_owned()).chain(row)))?;
        }
    }
    Ok(csv.into_inner()?)
}

/// Results, and the span of them that is compared.
type Over<'a> = (&'a Results, usize);

fn rows(network: &Network, base: Over<'_>, changed: Over<'_>) -> Vec<Vec<String>> {
    let services =
        network.services.iter().enumerate().map(|(index, s)| (s.id.as_str(), Some(index)));
    let mut rows = Vec::new();
    for (name, service) in services.chain([(ALL, None)]) {
        for metric in COMPARED {
            let values = |(results, span): Over<'_>| match service {
                Some(service) => results.values(span, service, metric),
                None => over_all(results, span, metric, network.services.len()),
            };
            let (before, after) = (values(base), values(changed));
            let pairs = before.iter().zip(&after).map(|(before, after)| after - before);
            let difference = Summary::of(pairs.collect());
            let [q05, _, q50, _, q95] = difference.quantiles;
            let (before, after) = (Summary::of(before), Summary::of(after));
            let numbers = [before.mean, after.mean, difference.mean, difference.se, q05, q50, q95];
            let mut row = vec![
                name.to_owned(),
                metric.name().to_owned(),
                difference.replications.to_string(),
            ];
            row.extend(numbers.map(number));
            rows.push(row);
        }
    }
    rows
}

/// A metric over all services by replication: sums, and the mean wait of all who start.
fn over_all(results: &Results, span: usize, metric: Metric, services: usize) -> Vec<f64> {
    let sum = |of: &dyn Fn(usize) -> Vec<f64>| {
        (0..services).map(of).reduce(|mut sum, values| {
            sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
            sum
        })
    };
    if metric != Metric::WaitMean {
        return sum(&|service| results.values(span, service, metric)).unwrap_or_default();
    }
    let starts = |service| results.values(span, service, Metric::Starts);
    let waited = sum(&|service| {
        let waits = results.values(span, service, Metric::WaitMean);
        // Where nobody starts nobody has waited.
        let days = |(wait, starts): (f64, f64)| if starts > 0.0 { wait * starts } else { 0.0 };
        waits.into_iter().zip(starts(service)).map(days).collect()
    });
    let all = sum(&starts);
    let pairs = waited.into_iter().flatten().zip(all.into_iter().flatten());
    pairs.map(|(waited, starts)| waited / starts).collect()
}
