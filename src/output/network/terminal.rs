//! What a network comes to, in a table of 80 columns.

use std::fmt::Write as _;

use super::super::words::wrapped;
use super::{RELIEF_WEEKS, Report, ServiceRow};
use crate::diagnostics::printable;
use crate::model::network::theory::Prediction;
use crate::model::network::{Clock, Metric};

impl Report<'_> {
    /// The table for the terminal, 80 columns wide.
    pub fn table(&self) -> String {
        let span = &self.results.spans[self.weeks];
        let title = format!(
            "If the network runs {}: days {} to {}, {} replications, seed {}",
            self.what_runs(),
            span.first_day,
            span.last_day,
            self.experiment.replications,
            self.experiment.seed
        );
        let mut text = wrapped(&title, "", "") + "\n";
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
        text.push_str(&self.changes());
        text.push_str(&self.standards(&rows));
        text
    }

    /// The network as its files have it, or what is other than there.
    pub(super) fn what_runs(&self) -> String {
        let set = self.set.iter().map(|set| printable(set)).collect::<Vec<_>>().join(", ");
        match (&self.fed, set.is_empty()) {
            (None, true) => "as described".to_owned(),
            (None, false) => format!("as described but for {set}"),
            (Some(fed), true) => format!("fed by {}", printable(fed.scenario)),
            (Some(fed), false) => format!("fed by {} and with {set}", printable(fed.scenario)),
        }
    }

    /// The queues beside a waiting-time standard, where one is given.
    fn standards(&self, rows: &[ServiceRow<'_>]) -> String {
        let Some(weeks) = self.target_wait else { return String::new() };
        let mut text = format!(
            "\n{:<27} {:>10} {:>10} {:>14}\n",
            format!("standard: {weeks} weeks"),
            "last queue",
            "its target",
            "starts/week"
        );
        for row in rows {
            let Some(standard) = &row.standard else { continue };
            let relief = standard.relief_capacity_a_week;
            let relief = relief.map_or_else(|| "-".into(), |starts| format!("{starts:.1}"));
            let name: String = printable(row.service).chars().take(27).collect();
            let (queue, target) = (standard.last_week_queue, standard.target_queue);
            let _ = writeln!(text, "{name:<27} {queue:>10.0} {target:>10.0} {relief:>14}");
        }
        let words = format!(
            "last queue: of the last week; starts/week: what brings it to its target within \
             {RELIEF_WEEKS:.0} weeks, - where it is under twice the target."
        );
        text + "\n" + &wrapped(&words, "", "")
    }

    /// Where the pressure went, where there is something to compare.
    fn changes(&self) -> String {
        let Some(base) = self.base else { return String::new() };
        let rows = self.rows();
        let mut text = format!("\n{}.\n", self.where_pressure_went(&rows, base));
        let _ = writeln!(
            text,
            "{:<27} {:>10} {:>12} {:>12} {:>13}",
            "changes", "join/week", "in care", "queue", "give up/week"
        );
        let span = &self.results.spans[self.weeks];
        let weeks = f64::from(span.last_day - span.first_day + 1) / 7.0;
        for (service, row) in rows.iter().enumerate() {
            let change = |metric, by: f64| {
                let of = |results: &crate::model::network::Results| {
                    results.summary(self.weeks, service, metric).mean
                };
                // Neither zero nor minus zero.
                let change = (of(self.results) - of(base)) / by;
                if change.abs() < 0.05 { "0".to_owned() } else { format!("{change:+.1}") }
            };
            let name: String = printable(row.service).chars().take(27).collect();
            let _ = writeln!(
                text,
                "{name:<27} {:>10} {:>12} {:>12} {:>13}",
                change(Metric::Joined, weeks),
                change(Metric::Occupancy, 1.0),
                change(Metric::Queue, 1.0),
                change(Metric::Reneged, weeks)
            );
        }
        text
    }
}

fn or_dash(value: f64, digits: usize, unit: &str) -> String {
    if value.is_finite() { format!("{value:.digits$}{unit}") } else { "-".into() }
}
