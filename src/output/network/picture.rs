//! The network as pictures: charts of services and flows, as they are and with what changed, and
//! Mermaid.

use std::fmt::Write as _;

use super::{Report, ServiceRow};
use crate::escape;
use crate::model::network::{Metric, Results, Summary};
use crate::output::charts::{
    Chart, Format, Heatmap, Link, NetworkChart, Service, Stream, Words, render,
};
use crate::output::words::{capital, thousands};

/// Columns of the chart of waits.
const COLUMNS: usize = 21;
/// Patients a week below which a way is not drawn; the tables have them all.
const TOLD: f64 = 0.05;
/// The load from which a box is outlined: more work arrives than the places can do.
const FULL: f64 = 1.0;

impl Report<'_> {
    /// The pictures, in each of `formats`: file name and bytes.
    pub fn charts(&self, formats: &[Format]) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
        let mut charts: Vec<(&str, Chart)> =
            vec![("network", self.chart(None).into()), ("waits", self.wait_chart().into())];
        if let Some(base) = self.base {
            charts.push(("network-change", self.chart(Some(base)).into()));
        }
        let mut files = Vec::new();
        for (name, chart) in &charts {
            for format in formats {
                files.push((format!("{name}.{}", format.extension()), render(chart, *format)?));
            }
        }
        Ok(files)
    }

    /// The mean wait of those who start, by service and time: how pressure travels.
    fn wait_chart(&self) -> Heatmap {
        let every = self.weeks.div_ceil(COLUMNS).max(1);
        let starts: Vec<usize> = (0..self.weeks).step_by(every).collect();
        let start = self.fed.as_ref().and_then(|fed| fed.start);
        let column = |week: &usize| match start {
            // The days of a month, on average: a name for a column, no date.
            Some(start) => start.plus((*week as f64 * 7.0 / (365.25 / 12.0)) as i32).short(),
            None => (week + 1).to_string(),
        };
        let columns: Vec<String> = starts.iter().map(column).collect();
        let wait = |service: usize, week: usize| {
            let weeks = week..(week + every).min(self.weeks);
            let mean = |week, metric| self.results.summary(week, service, metric).mean;
            let (mut started, mut waited) = (0.0, 0.0);
            for week in weeks {
                let starts = mean(week, Metric::Starts);
                if starts > 0.0 {
                    started += starts;
                    waited += starts * mean(week, Metric::WaitMean);
                }
            }
            waited / started
        };
        let rows: Vec<(String, Vec<f64>)> = self
            .network
            .services
            .iter()
            .enumerate()
            .map(|(service, described)| {
                let waits = starts.iter().map(|week| wait(service, *week)).collect();
                (capital(&words_of(&described.id)), waits)
            })
            .collect();
        let cells = rows.iter().flat_map(|(name, waits)| {
            waits.iter().zip(&columns).map(move |(wait, column)| (name, *wait, column))
        });
        let longest =
            cells.filter(|(_, wait, _)| wait.is_finite()).max_by(|a, b| a.1.total_cmp(&b.1));
        let title = match longest {
            Some((name, wait, column)) => {
                let when = if start.is_some() { column.clone() } else { format!("week {column}") };
                format!("The wait for {name} is longest in {when}: {} days", figure(wait))
            }
            None => "Nobody starts in any service".to_owned(),
        };
        let what = self.what_runs();
        let time = match (start, every) {
            (None, 1) => "weeks after the warm-up".to_owned(),
            (None, _) => format!("weeks after the warm-up, each column the mean of {every}"),
            (Some(_), 1) => "weeks, named by their months".to_owned(),
            (Some(_), _) => format!("months, each column the mean of {every} weeks"),
        };
        Heatmap {
            words: Words::new(
                title,
                format!(
                    "Mean wait in days of those who start, by service; {time}; \
                     if the network runs {what}"
                ),
                self.source(),
            ),
            columns,
            rows,
            mark: None,
            mark_label: String::new(),
        }
    }

    /// The network with its flows; with `base`, every figure says how it differs from that.
    fn chart(&self, base: Option<&Results>) -> NetworkChart {
        let rows = self.rows();
        let services =
            rows.iter().enumerate().map(|(index, row)| self.chart_service(index, row, base));
        let (weeks, targets) = (self.flow_weeks(), self.network.targets());
        let mut links = Vec::new();
        for from in 0..self.network.services.len() {
            for to in 0..self.network.services.len() {
                for gave_up in [false, true] {
                    let at = (usize::from(gave_up), from * targets + to);
                    links.extend(self.stream(at, weeks, base).map(|stream| Link {
                        from,
                        to,
                        stream,
                    }));
                }
            }
        }
        NetworkChart {
            words: self.chart_words(&rows, base),
            services: services.collect(),
            links,
            shade_label: "of places in use".to_owned(),
            mark_label: "more work arrives than places can do".to_owned(),
        }
    }

    fn chart_service(&self, index: usize, row: &ServiceRow<'_>, base: Option<&Results>) -> Service {
        let span = self.weeks;
        let before = |metric| base.map(|base| base.summary(span, index, metric).mean);
        let full = row.occupancy.mean / row.places;
        let wait = row.wait_mean.mean;
        let mut facts = vec![
            if row.places > 0.0 {
                format!("{:.0}% of {} places", full * 100.0, figure(row.places))
            } else {
                "no places".to_owned()
            },
            format!(
                "{} wait{}",
                figure(row.queue.mean),
                changed(row.queue.mean, before(Metric::Queue))
            ),
        ];
        if wait.is_finite() {
            facts.push(format!(
                "for {} days{}",
                figure(wait),
                changed(wait, before(Metric::WaitMean))
            ));
        }
        let days = f64::from(self.network.days - self.experiment.warm_up);
        let arrivals = self.results.summary(span, index, Metric::Arrivals).mean * 7.0 / days;
        let arrived = before(Metric::Arrivals).map(|all| all * 7.0 / days);
        let (weeks, targets) = (days / 7.0, self.network.targets());
        let services = self.network.services.len();
        let exits = [false, true].into_iter().flat_map(|gave_up| {
            // Back into the same queue is no way to another service, but worth a word.
            let ways = (services..targets).chain([index]);
            ways.filter_map(move |to| {
                let at = (usize::from(gave_up), index * targets + to);
                let mut stream = self.stream(at, weeks, base)?;
                let name = if to == index {
                    "once more".to_owned()
                } else {
                    words_of(self.network.target(to))
                };
                stream.label = format!("{} {name}", stream.label);
                Some(stream)
            })
        });
        Service {
            name: capital(&words_of(row.service)),
            facts,
            full,
            marked: row.load.is_some_and(|load| load >= FULL),
            arrivals: (arrivals > 0.0).then(|| Stream {
                patients: arrivals,
                label: figure(arrivals) + &changed(arrivals, arrived),
                gave_up: false,
            }),
            exits: exits.collect(),
        }
    }

    /// The patients on a way, of one kind, if there are any.
    fn stream(
        &self,
        (kind, way): (usize, usize),
        weeks: f64,
        base: Option<&Results>,
    ) -> Option<Stream> {
        let patients = self.results.flows[kind][way] / weeks;
        let before = base.map(|base| base.flows[kind][way] / weeks);
        (patients.max(before.unwrap_or(0.0)) >= TOLD).then(|| Stream {
            patients,
            label: figure(patients) + &changed(patients, before),
            gave_up: kind == 1,
        })
    }

    fn chart_words(&self, rows: &[ServiceRow<'_>], base: Option<&Results>) -> Words {
        let span = &self.results.spans[self.weeks];
        let what = format!("if the network runs {}", self.what_runs());
        let (title, beside) = match base {
            Some(base) => (self.where_pressure_went(rows, base), "; in brackets the change"),
            None => (longest_wait(rows), ""),
        };
        let subtitle = format!(
            "Patients a week on each way, days {} to {} (after the warm-up), {what}{beside}",
            span.first_day, span.last_day
        );
        let source = self.source()
            + " People who wait, their mean wait and the places in use are means over these days.";
        Words::new(title, subtitle, source)
    }

    fn source(&self) -> String {
        format!(
            "Source: afterwave {}, {} replications, seed {}. Population figures: nothing here says \
             anything about a person.",
            env!("CARGO_PKG_VERSION"),
            self.experiment.replications,
            self.experiment.seed
        )
    }

    /// The finding of a what-if: where fewer wait, and where more.
    pub(super) fn where_pressure_went(&self, rows: &[ServiceRow<'_>], base: &Results) -> String {
        let changes = rows.iter().enumerate().map(|(service, row)| {
            let queues = |of: &Results| of.values(self.weeks, service, Metric::Queue);
            let pairs = queues(base).into_iter().zip(queues(self.results));
            let change = Summary::of(pairs.map(|(before, after)| after - before).collect());
            (row, change.mean, change.se)
        });
        let of = |wanted: fn(f64) -> bool| {
            changes
                .clone()
                .filter(|(_, change, error)| wanted(*change) && change.abs() > 3.0 * error)
                .filter(|(_, change, _)| change.abs() >= 0.5)
                .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))
                .map(|(row, change, _)| (words_of(row.service), figure(change.abs())))
        };
        match (of(|change| change < 0.0), of(|change| change > 0.0)) {
            (Some((less, by)), Some((more, to))) => {
                format!("{by} fewer wait for {less}, {to} more for {more}")
            }
            (Some((less, by)), None) => format!("{by} fewer wait for {less}, no more elsewhere"),
            (None, Some((more, by))) => format!("{by} more wait for {more}, no fewer elsewhere"),
            (None, None) => "About as many wait as before, in every service".to_owned(),
        }
    }

    /// The network as a Mermaid flowchart: patients a week on every way, dotted for those who
    /// give up, thicker ways for more patients.
    pub fn mermaid(&self) -> String {
        let weeks = self.flow_weeks();
        let name = |target: usize| escape::label(self.network.target(target));
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

/// The service with the longest mean wait.
fn longest_wait(rows: &[ServiceRow<'_>]) -> String {
    let longest = rows
        .iter()
        .filter(|row| row.wait_mean.mean.is_finite())
        .max_by(|a, b| a.wait_mean.mean.total_cmp(&b.wait_mean.mean));
    let Some(row) = longest else { return "Nobody starts in any service".to_owned() };
    let mut title = format!(
        "{} waits longest: {} days for those who start",
        capital(&words_of(row.service)),
        figure(row.wait_mean.mean)
    );
    if row.reneged_share >= 0.005 {
        let _ = write!(title, ", while {:.0}% give up", row.reneged_share * 100.0);
    }
    title
}

/// `1,240`, `31`, `4.2`.
fn figure(value: f64) -> String {
    if value.abs() >= 9.95 || value == 0.0 { thousands(value) } else { format!("{value:.1}") }
}

/// ` (+12)`; blank where there is nothing to compare, or no change to speak of.
fn changed(now: f64, before: Option<f64>) -> String {
    let Some(change) = before.map(|before| now - before).filter(|change| change.is_finite()) else {
        return String::new();
    };
    if change.abs() < 0.05 || change.abs() < 0.005 * now.abs() {
        return String::new();
    }
    let sign = if change > 0.0 { "+" } else { "−" };
    format!(" ({sign}{})", figure(change.abs()))
}

/// An id as words, with the letters of the field's abbreviations large.
fn words_of(id: &str) -> String {
    const LARGE: [&str; 12] =
        ["iapt", "gp", "mhp", "camhs", "cyp", "cmht", "eip", "vcse", "nhs", "rtt", "smi", "adhd"];
    let word = |word: &str| {
        if LARGE.contains(&word) { word.to_uppercase() } else { word.to_owned() }
    };
    id.split(['_', '-', ' ']).map(word).collect::<Vec<_>>().join(" ")
}
