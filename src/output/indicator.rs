//! Leading indicators beside referrals, in words, JSON and numbers.

use std::fmt::Write as _;

use serde::Serialize;

use super::terminal::new_table;
use super::words::wrapped;
use crate::evaluate::indicator::{Lag, MOST_LAG};
use crate::input::indicator::Indicator;

/// What is said of correlations, whatever they are.
const CAUTION: &str = "Changes on the year before, by rank. A correlation is no cause: both may \
    follow something else, and of the lags tried one in twenty is outside the last column by \
    chance: months that resemble their neighbours count as fewer pairs. Nothing here enters the projection.";

/// The lags of each indicator for a terminal.
pub fn text(service: &str, found: &[(Indicator, Vec<Lag>)]) -> String {
    let mut text = format!("\nIndicators beside the observed referrals to {service}:\n\n");
    let mut table = new_table();
    table.set_header(vec!["Indicator", "Months before", "Correlation", "Pairs", "By chance"]);
    for (indicator, lags) in found {
        let strongest =
            lags.iter().max_by(|a, b| a.correlation.abs().total_cmp(&b.correlation.abs()));
        let shown: Vec<&Lag> =
            lags.iter().filter(|lag| lag.lag == 0 || Some(*lag) == strongest).collect();
        if shown.is_empty() {
            table.add_row(vec![&indicator.name, "-", "too few months in common", "", ""]);
        }
        for lag in shown {
            table.add_row(vec![
                indicator.name.clone(),
                lag.lag.to_string(),
                format!("{:+.2}", lag.correlation),
                lag.pairs.to_string(),
                format!("{:.2} or less", lag.chance),
            ]);
        }
    }
    let _ = writeln!(text, "{}\n", table.trim_fmt());
    let tried =
        format!("Shown: none, and the strongest of 0 to {MOST_LAG} months before. {CAUTION}");
    text.push_str(&wrapped(&tried, "", ""));
    text
}

/// Indicators as one document.
#[derive(Serialize)]
pub struct Document<'a> {
    indicators: Vec<IndicatorRead<'a>>,
    note: &'static str,
}

#[derive(Serialize)]
struct IndicatorRead<'a> {
    indicator: &'a str,
    lags: Vec<LagRead>,
}

#[derive(Serialize)]
struct LagRead {
    months_before: usize,
    rank_correlation: f64,
    pairs: usize,
    by_chance: f64,
}

/// All lags of each indicator.
pub fn document(found: &[(Indicator, Vec<Lag>)]) -> Document<'_> {
    let lag = |lag: &Lag| LagRead {
        months_before: lag.lag,
        rank_correlation: lag.correlation,
        pairs: lag.pairs,
        by_chance: lag.chance,
    };
    Document {
        indicators: found
            .iter()
            .map(|(indicator, lags)| IndicatorRead {
                indicator: &indicator.name,
                lags: lags.iter().map(lag).collect(),
            })
            .collect(),
        note: CAUTION,
    }
}
