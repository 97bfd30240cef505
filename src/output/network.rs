//! The results of a network: `weekly.csv`, `periods.csv`, `comparison.csv`, the record
//! `network.json`, a picture of the flows in Mermaid and a table for the terminal.

use std::fmt::Write as _;

use rayon::prelude::*;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::diagnostics::printable;
use crate::input::network::Layout;
use crate::model::network::theory::{Prediction, predict};
use crate::model::network::{Clock, Experiment, Metric, Network, Results, Summary};
use crate::model::waiting_list;

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
    /// The network as it ran.
    pub network: &'a Network,
    /// How it ran.
    pub experiment: &'a Experiment,
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
#[derive(Debug)]
pub struct Fed<'a> {
    /// The name and content of the file.
    pub file: &'a (String, Vec<u8>),
    /// The scenario.
    pub scenario: &'a str,
    /// The services whose arrivals it gave.
    pub services: &'a [String],
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
            csv.write_record(row)?;
        }
        Ok(csv.into_inner()?)
    }

    /// `comparison.csv`: what was changed against the network as read, replication by
    /// replication on the same random streams.
    pub fn comparison(&self) -> anyhow::Result<Option<Vec<u8>>> {
        let Some(base) = self.base else { return Ok(None) };
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record([
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
        ])?;
        for (service, description) in self.network.services.iter().enumerate() {
            for metric in Metric::WRITTEN {
                let before = base.values(self.weeks, service, metric);
                let after = self.results.values(self.weeks, service, metric);
                let pairs = before.iter().zip(&after).map(|(before, after)| after - before);
                let difference = Summary::of(pairs.collect());
                let [q05, _, q50, _, q95] = difference.quantiles;
                let (before, after) = (Summary::of(before), Summary::of(after));
                let numbers =
                    [before.mean, after.mean, difference.mean, difference.se, q05, q50, q95];
                let mut row = vec![
                    description.id.clone(),
                    metric.name().to_owned(),
                    difference.replications.to_string(),
                ];
                row.extend(numbers.map(number));
                csv.write_record(row)?;
            }
        }
        Ok(Some(csv.into_inner()?))
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
            theory: predict(self.network, service, span.first_day, span.last_day, joined),
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

    /// The table for the terminal, 80 columns wide.
    pub fn table(&self) -> String {
        let span = &self.results.spans[self.weeks];
        let mut text = format!(
            "If the network runs as described: days {} to {}, {} replications, seed {}\n\n",
            span.first_day, span.last_day, self.experiment.replications, self.experiment.seed
        );
        let _ = writeln!(
            text,
            "{:<27} {:>8} {:>5} {:>8} {:>7} {:>6} {:>5} {:>7}",
            "service", "join/day", "load", "in care", "queue", "wait", "leave", "theory"
        );
        let rows = self.rows();
        for row in &rows {
            let name: String = printable(row.service).chars().take(27).collect();
            let load = row.load.map_or_else(|| "-".into(), |load| format!("{load:.2}"));
            let theory = match &row.theory {
                Prediction::Exact(queue) => format!("{:.2}", queue.wait_served),
                Prediction::About(queue) => format!("~{:.2}", queue.wait_served),
                Prediction::Nothing(_) => "-".into(),
            };
            let _ = writeln!(
                text,
                "{name:<27} {:>8.1} {load:>5} {:>8.1} {:>7.1} {:>6} {:>5} {theory:>7}",
                row.joined_a_day,
                row.occupancy.mean,
                row.queue.mean,
                or_dash(row.wait_mean.mean, 1, ""),
                or_dash(row.reneged_share * 100.0, 0, "%"),
            );
        }
        text.push_str(
            "\nwait: mean days of those who start; leave: share of joiners who give up;\n\
             theory: mean wait by Erlang C or A in equilibrium, ~ where stays are not\n\
             exponential, - where it does not apply.",
        );
        if self.experiment.clock == Clock::Daily {
            text.push_str(
                " On the daily clock every visit\nwaits at least a day, which theory does not know.",
            );
        }
        text.push('\n');
        if let Some(weeks) = self.target_wait {
            let _ = writeln!(text, "\nStandard of {weeks} weeks, by the last week:");
            for row in &rows {
                let Some(standard) = &row.standard else { continue };
                let relief = match standard.relief_capacity_a_week {
                    Some(capacity) => {
                        format!("{capacity:.1} starts a week for {RELIEF_WEEKS:.0} weeks")
                    }
                    None => "no relief needed".into(),
                };
                let _ = writeln!(
                    text,
                    "  {:<27} queue {:.0}, target {:.0}: {relief}",
                    printable(row.service),
                    standard.last_week_queue,
                    standard.target_queue
                );
            }
        }
        text
    }

    /// The record of what was read and run, with the results by service.
    pub fn json(&self) -> anyhow::Result<String> {
        #[derive(Serialize)]
        struct File<'a> {
            name: &'a str,
            sha256: String,
        }
        #[derive(Serialize)]
        struct Flow<'a> {
            from: &'a str,
            to: &'a str,
            after_service: f64,
            after_reneging: f64,
        }
        let file = |(name, bytes): &'_ (String, Vec<u8>)| (name.clone(), hash(bytes));
        let files: Vec<(String, String)> =
            self.files.iter().chain(self.fed.as_ref().map(|fed| fed.file)).map(file).collect();
        let files: Vec<File<'_>> =
            files.iter().map(|(name, sha256)| File { name, sha256: sha256.clone() }).collect();
        let flows: Vec<Flow<'_>> = self
            .flows()
            .map(|(from, to, [after_service, after_reneging])| Flow {
                from: self.network.target(from),
                to: self.network.target(to),
                after_service,
                after_reneging,
            })
            .collect();
        let layout = match self.layout {
            Layout::Own => "own",
            Layout::Published => "published",
            Layout::BuiltIn => "built-in",
        };
        let document = serde_json::json!({
            "program": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
            "command": "network",
            "layout": layout,
            "files": files,
            "from": self.fed.as_ref().map(|fed| serde_json::json!({
                "scenario": fed.scenario,
                "services": fed.services,
            })),
            "set": self.set,
            "days": self.network.days,
            "warm_up": self.experiment.warm_up,
            "switch_day": self.network.switch_day,
            "clock": self.experiment.clock,
            "replications": self.experiment.replications,
            "seed": self.experiment.seed,
            "services": self.rows(),
            "flows": flows,
        });
        Ok(serde_json::to_string_pretty(&document)? + "\n")
    }

    /// The ways that were taken after the warm-up, with mean numbers of patients.
    fn flows(&self) -> impl Iterator<Item = (usize, usize, [f64; 2])> {
        let targets = self.network.targets();
        let [service, reneging] = &self.results.flows;
        service.iter().zip(reneging).enumerate().filter_map(move |(index, (&ended, &left))| {
            (ended + left > 0.0).then_some((index / targets, index % targets, [ended, left]))
        })
    }

    /// The network as a Mermaid flowchart: patients a week on every way, dotted for those who
    /// give up, thicker ways for more patients.
    pub fn picture(&self) -> String {
        let weeks = f64::from(self.network.days - self.experiment.warm_up) / 7.0;
        let name = |target: usize| {
            let plain = |c: char| if c.is_alphanumeric() || c == '_' || c == ' ' { c } else { '-' };
            self.network.target(target).chars().map(plain).collect::<String>()
        };
        let mut text = String::from("%% patients a week after the warm-up\nflowchart LR\n");
        for target in 0..self.network.targets() {
            let (open, close) =
                if target < self.network.services.len() { ("[", "]") } else { ("([", "])") };
            let _ = writeln!(text, "  n{target}{open}\"{}\"{close}", name(target));
        }
        let most = self
            .flows()
            .map(|(_, _, [ended, left])| ended.max(left))
            .fold(f64::MIN_POSITIVE, f64::max);
        let mut widths = String::new();
        let mut link = 0;
        for (from, to, [ended, left]) in self.flows() {
            for (patients, arrow) in [(ended, "-->"), (left, "-.->")] {
                if patients > 0.0 {
                    let label = format!("{:.1}", patients / weeks);
                    let _ = writeln!(text, "  n{from} {arrow}|\"{label}\"| n{to}");
                    let width = 1.0 + 7.0 * (patients / most).sqrt();
                    let _ = writeln!(widths, "  linkStyle {link} stroke-width:{width:.1}px");
                    link += 1;
                }
            }
        }
        text + &widths
    }
}

/// Full precision; blank where there is no number.
fn number(value: f64) -> String {
    if value.is_finite() { value.to_string() } else { String::new() }
}

fn or_dash(value: f64, digits: usize, unit: &str) -> String {
    if value.is_finite() { format!("{value:.digits$}{unit}") } else { "-".into() }
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
