//! The results of a network: `weekly.csv`, `periods.csv`, `flows.csv`, `comparison.csv`, the record
//! `network.json`, charts and Mermaid of the flows, and a table for the terminal.

mod comparison;
mod picture;
mod terminal;

use rayon::prelude::*;
use serde::Serialize;

pub use comparison::scenarios;

use crate::checksum::sha256;
use crate::input::network::Layout;
use crate::model::network::theory::{Prediction, predict};
use crate::model::network::with_levers::Lever;
use crate::model::network::{Clock, Experiment, Metric, Network, Results, Summary};
use crate::model::waiting_list;
use crate::month::Month;
use crate::output::csv_rows::guarded;

/// Weeks in which relief capacity is to bring a queue to its target.
const RELIEF_WEEKS: f64 = 26.0;

/// All there is to say about a run.
#[derive(Debug)]
pub struct Report<'a> {
    /// The layout of the input.
    pub layout: Layout,
    /// The files read: name and content.
    pub files: &'a [(String, Vec<u8>)],
    /// The projection that fed it.
    pub fed: Option<Fed<'a>>,
    /// What was changed on the command line.
    pub set: &'a [String],
    /// The levers of the scenario that act inside the network.
    pub levers: &'a [Lever],
    /// The network as it ran.
    pub network: &'a Network,
    /// How it ran.
    pub experiment: &'a Experiment,
    /// The day on which its routes change, where one is given.
    pub switch_day: Option<u32>,
    /// The spans that are weeks; the next is the whole time after the warm-up.
    pub weeks: usize,
    /// The standard in weeks.
    pub target_wait: Option<f64>,
    /// The results.
    pub results: &'a Results,
    /// The results without what was changed.
    pub base: Option<&'a Results>,
}

/// The projection that fed a network.
#[derive(Debug, Serialize)]
pub struct Fed<'a> {
    /// The scenario.
    pub scenario: &'a str,
    /// Its first month, which begins after the warm-up.
    #[serde(skip)]
    pub start: Option<Month>,
    /// The services whose arrivals it gave.
    pub services: &'a [String],
}

/// What was read and run, with the results by service.
#[derive(Debug, Serialize)]
pub struct Document<'a> {
    program: &'static str,
    version: &'static str,
    command: &'static str,
    layout: Layout,
    files: Vec<FileRead<'a>>,
    from: Option<&'a Fed<'a>>,
    set: &'a [String],
    levers: Vec<&'a str>,
    days: u32,
    warm_up: u32,
    switch_day: Option<u32>,
    clock: Clock,
    replications: u32,
    seed: u64,
    services: Vec<ServiceRow<'a>>,
    flows: Vec<Flow<'a>>,
}

#[derive(Debug, Serialize)]
struct FileRead<'a> {
    name: &'a str,
    sha256: String,
}

/// Mean numbers of patients on a way that was taken.
#[derive(Debug, Serialize)]
struct Flow<'a> {
    from: &'a str,
    to: &'a str,
    after_service: f64,
    after_reneging: f64,
}

/// A service over the whole time after the warm-up.
#[derive(Debug, Serialize)]
struct ServiceRow<'a> {
    service: &'a str,
    joined_a_day: f64,
    /// Patients who join, times their mean stay, over the places.
    load: Option<f64>,
    places: f64,
    occupancy: Summary,
    queue: Summary,
    wait_mean: Summary,
    reneged_share: f64,
    theory: Prediction,
    #[serde(skip_serializing_if = "Option::is_none")]
    standard: Option<Standard>,
}

/// What waiting-list practice says of a queue.
#[derive(Debug, Serialize)]
struct Standard {
    weeks: f64,
    last_week_queue: f64,
    target_queue: f64,
    /// Starts a week that reach the target queue in 26 weeks, where the queue is over twice it.
    relief_capacity_a_week: Option<f64>,
    pressure: f64,
}

impl Report<'_> {
    /// `weekly.csv`.
    pub fn weekly(&self) -> anyhow::Result<Vec<u8>> {
        self.spans("week", 0..self.weeks)
    }

    /// `periods.csv`: the whole time after the warm-up, and the periods asked for.
    pub fn periods(&self) -> anyhow::Result<Vec<u8>> {
        self.spans("period", self.weeks..self.results.spans.len())
    }

    /// `flows.csv`: patients a week from each service on every way that was taken, after the
    /// warm-up; with what they were without the changes.
    pub fn flow_table(&self) -> anyhow::Result<Vec<u8>> {
        let mut csv = csv::Writer::from_writer(Vec::new());
        let mut columns = vec!["from", "to", "kind", "patients_a_week"];
        if self.base.is_some() {
            columns.extend(["base", "difference"]);
        }
        csv.write_record(&columns)?;
        let weeks = self.flow_weeks();
        let targets = self.network.targets();
        for index in 0..self.network.services.len() * targets {
            for (kind, name) in ["after_service", "after_reneging"].into_iter().enumerate() {
                let now = self.results.flows[kind][index] / weeks;
                let before = self.base.map(|base| base.flows[kind][index] / weeks);
                if now + before.unwrap_or(0.0) <= 0.0 {
                    continue;
                }
                let (from, to) = (index / targets, index % targets);
                let mut row = vec![
                    self.network.target(from).to_owned(),
                    self.network.target(to).to_owned(),
                    name.to_owned(),
                    number(now),
                ];
                row.extend(
                    before.iter().flat_map(|&before| [number(before), number(now - before)]),
                );
                csv.write_record(guarded(row))?;
            }
        }
        Ok(csv.into_inner()?)
    }

    /// The weeks that flows are counted over.
    fn flow_weeks(&self) -> f64 {
        f64::from(self.network.days - self.experiment.warm_up) / 7.0
    }

    fn spans(&self, name: &str, range: std::ops::Range<usize>) -> anyhow::Result<Vec<u8>> {
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record([
            name,
            "first_day",
            "last_day",
            "service",
            "metric",
            "replications",
            "mean",
            "sd",
            "se",
            "q05",
            "q25",
            "q50",
            "q75",
            "q95",
        ])?;
        let cells: Vec<(usize, usize, Metric)> = range
            .flat_map(|span| {
                let services = 0..self.network.services.len();
                services.flat_map(move |s| Metric::WRITTEN.map(|metric| (span, s, metric)))
            })
            .collect();
        let summaries: Vec<Summary> = cells
            .par_iter()
            .map(|&(span, service, metric)| self.results.summary(span, service, metric))
            .collect();
        for ((span, service, metric), summary) in cells.into_iter().zip(summaries) {
            let span = &self.results.spans[span];
            let mut row = vec![
                span.name.clone(),
                span.first_day.to_string(),
                span.last_day.to_string(),
                self.network.services[service].id.clone(),
                metric.name().to_owned(),
                summary.replications.to_string(),
            ];
            let [q05, q25, q50, q75, q95] = summary.quantiles;
            let numbers = [summary.mean, summary.sd, summary.se, q05, q25, q50, q75, q95];
            row.extend(numbers.map(number));
            csv.write_record(guarded(row))?;
        }
        Ok(csv.into_inner()?)
    }

    fn rows(&self) -> Vec<ServiceRow<'_>> {
        (0..self.network.services.len()).map(|service| self.row(service)).collect()
    }

    fn row(&self, service: usize) -> ServiceRow<'_> {
        let span = &self.results.spans[self.weeks];
        let days = f64::from(span.last_day - span.first_day + 1);
        let here = &self.network.services[service];
        let summary = |metric| self.results.summary(self.weeks, service, metric);
        let joined = summary(Metric::Joined).mean / days;
        let (mut places, mut work) = (0.0, 0.0);
        for day in span.first_day..=span.last_day {
            places += f64::from(*here.capacity.at(day)) / days;
            work += joined * here.stay.at(day).mean() / days;
        }
        let wait_mean = summary(Metric::WaitMean);
        ServiceRow {
            service: &here.id,
            joined_a_day: joined,
            load: (places > 0.0).then_some(work / places),
            places,
            occupancy: summary(Metric::Occupancy),
            queue: summary(Metric::Queue),
            wait_mean,
            reneged_share: summary(Metric::Reneged).mean / (joined * days),
            theory: predict(self.network, service, span.first_day, span.last_day),
            standard: self.target_wait.map(|weeks| self.standard(service, weeks, wait_mean.mean)),
        }
    }

    fn standard(&self, service: usize, weeks: f64, wait: f64) -> Standard {
        let last = self.weeks - 1;
        let span = &self.results.spans[last];
        let share = 7.0 / f64::from(span.last_day - span.first_day + 1);
        let demand = self.results.summary(last, service, Metric::Joined).mean * share;
        let queue = self.results.summary(last, service, Metric::Queue).mean;
        let target = waiting_list::target_queue(demand, weeks);
        Standard {
            weeks,
            last_week_queue: queue,
            target_queue: target,
            relief_capacity_a_week: waiting_list::needs_relief(queue, target)
                .then(|| waiting_list::relief_capacity(demand, queue, target, RELIEF_WEEKS)),
            pressure: waiting_list::pressure(wait / 7.0, weeks),
        }
    }

    /// The record of what was read and run, with the results by service.
    pub fn document(&self) -> Document<'_> {
        let flow = |(from, to, [after_service, after_reneging]): (usize, usize, [f64; 2])| Flow {
            from: self.network.target(from),
            to: self.network.target(to),
            after_service,
            after_reneging,
        };
        Document {
            program: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
            command: "network",
            layout: self.layout,
            files: self
                .files
                .iter()
                .map(|(name, bytes)| FileRead { name, sha256: sha256(bytes) })
                .collect(),
            from: self.fed.as_ref(),
            set: self.set,
            levers: self.levers.iter().map(|lever| lever.name.as_str()).collect(),
            days: self.network.days,
            warm_up: self.experiment.warm_up,
            switch_day: self.switch_day,
            clock: self.experiment.clock,
            replications: self.experiment.replications,
            seed: self.experiment.seed,
            services: self.rows(),
            flows: self.flows().map(flow).collect(),
        }
    }

    /// The ways that were taken after the warm-up, with mean numbers of patients.
    fn flows(&self) -> impl Iterator<Item = (usize, usize, [f64; 2])> {
        let targets = self.network.targets();
        let [service, reneging] = &self.results.flows;
        service.iter().zip(reneging).enumerate().filter_map(move |(index, (&ended, &left))| {
            (ended + left > 0.0).then_some((index / targets, index % targets, [ended, left]))
        })
    }
}

/// Full precision; blank where there is no number.
fn number(value: f64) -> String {
    if value.is_finite() { value.to_string() } else { String::new() }
}
