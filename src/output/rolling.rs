//! Methods of the underlying forecast compared by rolling origin: `rolling.csv`, JSON and the
//! terminal.

use std::fmt::Write as _;

use serde::Serialize;

use crate::evaluate::rolling::{RollingTable, Row};

/// `rolling.csv`: a row per method and horizon (`all`: over all horizons).
pub fn csv(table: &RollingTable) -> String {
    let mut text =
        "method,horizon,forecasts,mase,wis,mape,coverage_50,coverage_80,coverage_80_error,\
         coverage_95\n"
            .to_owned();
    for row in &table.rows {
        let [c50, c80, c95] = row.coverage;
        let horizon = row.horizon.map_or("all".to_owned(), |h| h.to_string());
        // Writing to a String can't fail.
        let _ = writeln!(
            text,
            "{},{horizon},{},{},{},{},{c50},{c80},{},{c95}",
            row.method.id(),
            row.forecasts,
            row.mase,
            row.wis,
            row.mape,
            row.coverage_error
        );
    }
    text
}

/// As a table to read: every method over all horizons, and at some of them.
pub fn text(table: &RollingTable) -> String {
    let mut text = format!(
        "{} series, {} origins\n{:<29} {:>5} {:>4} {:>4} {:>5} {:>4} {:>8} {:>4} {:>9}\n",
        table.series,
        table.origins,
        "Method",
        "Ahead",
        "MASE",
        "WIS",
        "MAPE",
        "50%",
        "80%",
        "95%",
        "Forecasts"
    );
    let shown = |row: &&Row| row.horizon.is_none_or(|h| [1, 3, 6, 12, 18, 24].contains(&h));
    for row in table.rows.iter().filter(shown) {
        let [c50, c80, c95] = row.coverage.map(|c| 100.0 * c);
        let horizon = row.horizon.map_or("all".to_owned(), |h| h.to_string());
        let _ = writeln!(
            text,
            "{:<29} {horizon:>5} {:>4.2} {:>4.2} {:>4.1}% {c50:>4.0} {c80:>3.0} ± {:>2.0} {c95:>4.0} \
             {:>9}",
            row.method.label(),
            row.mase,
            row.wis,
            row.mape,
            100.0 * row.coverage_error,
            row.forecasts
        );
    }
    text.push_str(
        "\nMASE: 1 is the error of seasonal naive in the months seen. WIS: the weighted\n\
         interval score on that scale, in which ranges count too. 50%, 80%, 95%: how\n\
         many of the months lay inside that range. The error of the 80% reckons with\n\
         origins side by side, whose forecasts share months.\n",
    );
    text
}

/// The comparison as one document.
#[derive(Serialize)]
pub struct Document {
    series: usize,
    origins: usize,
    rows: Vec<RowRead>,
}

/// A method at a horizon; none is over all of them.
#[derive(Serialize)]
struct RowRead {
    method: &'static str,
    horizon: Option<usize>,
    forecasts: usize,
    mase: f64,
    wis: f64,
    mape: f64,
    coverage_50: f64,
    coverage_80: f64,
    coverage_95: f64,
    coverage_80_error: f64,
}

/// Every method at every horizon.
pub fn document(table: &RollingTable) -> Document {
    let row = |row: &Row| {
        let [coverage_50, coverage_80, coverage_95] = row.coverage;
        RowRead {
            method: row.method.id(),
            horizon: row.horizon,
            forecasts: row.forecasts,
            mase: row.mase,
            wis: row.wis,
            mape: row.mape,
            coverage_50,
            coverage_80,
            coverage_95,
            coverage_80_error: row.coverage_error,
        }
    };
    let rows = table.rows.iter().map(row).collect();
    Document { series: table.series, origins: table.origins, rows }
}
