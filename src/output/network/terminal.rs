//! What a network comes to, in a table of 80 columns.

use std::fmt::Write as _;

use super::super::words::wrapped;
use super::{RELIEF_WEEKS, Report};
use crate::diagnostics::printable;
use crate::model::network::theory::Prediction;
use crate::model::network::{Clock, Metric};

impl Report<'_> {
    /// The table for the terminal, 80 columns wide.
    pub fn table(&self) -> String {
        let span = &self.results.spans[self.weeks];
        let what = match &self.fed {
            Some(fed) => format!("fed by {}", printable(fed.scenario)),
            None => "as described".to_owned(),
        };
        let title = format!(
            "If the network runs {what}: days {} to {}, {} replications, seed {}",
            span.first_day, span.last_day, self.experiment.replications, self.experiment.seed
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
