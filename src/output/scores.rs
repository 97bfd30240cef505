//! Scores of backtests: `scores.csv`, the terminal, JSON, and quantiles as forecast hubs take
//! them.

use std::fmt::Write as _;

use comfy_table::CellAlignment;
use serde_json::{Value, json};

use super::csv_rows::Rows;
use super::terminal::new_table;
use super::words::{count, percent, wrapped};
use crate::evaluate::backtest::{Forecaster, Hindcast, Horizon, Row};
use crate::study::Study;
use crate::study::posterior::Posterior;

/// The backtest of one pack.
#[derive(Debug)]
pub struct Backtest {
    /// The study it was made from.
    pub study: Study,
    /// Every line held against what came.
    pub hindcasts: Vec<Hindcast>,
    /// The scores.
    pub rows: Vec<Row>,
}

impl Backtest {
    /// Whether the pack knows the very years it is scored on, from what is known now or by a fit.
    pub fn has_hindsight(&self) -> bool {
        let pack = &self.study.pack;
        let until = self.study.figures.posterior().and_then(Posterior::until);
        let is_fitted = self.hindcasts.iter().any(|h| until.is_some_and(|until| until > h.as_of));
        is_fitted || pack.name == "informed" || pack.extends.iter().any(|name| name == "informed")
    }

    fn area(&self, row: &Row) -> &str {
        row.area.map_or("all", |area| self.study.areas[area].id.as_str())
    }

    /// Scores of forecasters other than the projection are the same with every pack.
    fn rows(&self, is_first: bool) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |r| is_first || r.forecaster == Forecaster::Projection)
    }
}

/// The backtests of all packs, each with whether it is the first.
fn marked(backtests: &[Backtest]) -> impl Iterator<Item = (bool, &Backtest)> {
    backtests.iter().enumerate().map(|(index, backtest)| (index == 0, backtest))
}

/// `scores.csv`; a naive method stands once, with no pack.
pub fn csv(backtests: &[Backtest]) -> String {
    let mut rows = Rows::new(
        "pack,hindsight,scenario,area,service,forecast,horizon,months,wis,dispersion,\
         overprediction,underprediction,wis_share,coverage_50,coverage_80,coverage_95,bias,\
         bias_share,mape,mase",
    );
    for (is_first, backtest) in marked(backtests) {
        for row in backtest.rows(is_first) {
            let is_projection = row.forecaster == Forecaster::Projection;
            let hindsight = if backtest.has_hindsight() { "yes" } else { "no" };
            rows.text(if is_projection { &backtest.study.pack.name } else { "" });
            rows.text(if is_projection { hindsight } else { "" });
            rows.text(&backtest.study.scenarios[row.scenario].id).text(backtest.area(row));
            rows.text(&backtest.study.pack.services[row.service].id);
            rows.text(row.forecaster.id()).text(&row.horizon.name()).number(row.months as f64);
            rows.number(row.wis.score).number(row.wis.dispersion);
            rows.number(row.wis.overprediction).number(row.wis.underprediction);
            rows.maybe(finite(row.wis_share));
            for index in 0..3 {
                rows.maybe(row.coverage.map(|coverage| coverage[index]));
            }
            rows.number(row.bias).maybe(finite(row.bias_share)).maybe(row.mape).maybe(row.mase);
            rows.end();
        }
    }
    rows.into_text()
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// The scores over all months as tables, one for each line; of many areas, their pool alone.
/// `full` adds the projection's scores by horizon, and lines beyond the first few.
pub fn text(backtests: &[Backtest], full: bool) -> String {
    let Some(first) = backtests.first() else { return String::new() };
    let mut text = String::new();
    let is_pooled = first.rows.iter().any(|row| row.area.is_none());
    let mut lines: Vec<(usize, usize, Option<usize>)> = Vec::new();
    for row in first.rows.iter().filter(|row| row.area.is_none() == is_pooled) {
        let line = (row.scenario, row.service, row.area);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    let shown = if full { lines.len() } else { lines.len().min(SHOWN) };
    for line in &lines[..shown] {
        text.push_str(&table(backtests, *line, full));
    }
    if !full {
        let more = lines.len() - shown;
        let more = if more > 0 { format!("and {more} more lines; ") } else { String::new() };
        text.push_str(&wrapped(
            &format!(
                "WIS: error over the range as a share of what came, smaller is better. 50%, 80%, \
                 95%: months inside that range. {more}by months ahead, and what the columns mean: \
                 --full."
            ),
            "",
            "",
        ));
    }
    if let Some(hindcast) = first.hindcasts.first().filter(|_| full) {
        let _ = writeln!(
            text,
            "WIS: weighted interval score as a share of what came; smaller is better.\n\
             50%, 80%, 95%: how many of the months lay inside that range. Bias: median\n\
             less truth. MASE: 1 is the error of seasonal naive before {}.\n\
             A conditional hindcast: waves and restrictions of the scenario, referrals\n\
             to {} only.",
            hindcast.as_of.plus(1).short(),
            hindcast.as_of.short(),
        );
    }
    for backtest in backtests.iter().filter(|backtest| backtest.has_hindsight()) {
        let _ = writeln!(
            text,
            "* {} holds figures measured in the very months scored: not a fair test.",
            backtest.study.pack.name
        );
    }
    text
}

/// Lines on one screen.
const SHOWN: usize = 2;

fn table(backtests: &[Backtest], line: (usize, usize, Option<usize>), full: bool) -> String {
    let study = &backtests[0].study;
    let (scenario, service, area) = line;
    let place = area.map_or_else(
        || format!("{} areas", study.areas.len()),
        |area| study.areas[area].name.clone(),
    );
    let mut text = format!(
        "\n{}, {place}, if {}:\n\n",
        study.pack.services[service].label, study.scenarios[scenario].name
    );
    let mut table = new_table();
    table.set_header(vec![
        "Forecast", "Ahead", "Months", "WIS", "50%", "80%", "95%", "Bias", "MAPE", "MASE",
    ]);
    for (is_first, backtest) in marked(backtests) {
        for row in backtest.rows(is_first) {
            let is_projection = row.forecaster == Forecaster::Projection;
            let shown = full && is_projection || row.horizon == Horizon::All;
            if (row.scenario, row.service, row.area) == line && shown {
                table.add_row(cells(backtest, row));
            }
        }
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 1));
        if index > 1 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    text.push_str(&table.trim_fmt());
    text.push_str("\n\n");
    let of_nothing =
        |row: &Row| (row.scenario, row.service, row.area) == line && !row.wis_share.is_finite();
    if backtests.iter().flat_map(|backtest| &backtest.rows).any(of_nothing) {
        text.push_str(
            "No score where every month counted is 0: it would be a share of nothing.\n\
             scores.csv has it in referrals a month.\n\n",
        );
    }
    text
}

fn cells(backtest: &Backtest, row: &Row) -> Vec<String> {
    let unknown = || "-".to_owned();
    let mark = if backtest.has_hindsight() { "*" } else { "" };
    let name = match (row.forecaster, row.horizon) {
        (Forecaster::Projection, Horizon::All) => format!("{}{mark}", backtest.study.pack.name),
        (Forecaster::Projection, _) => String::new(),
        (other, _) => other.label().to_owned(),
    };
    let covered =
        |index: usize| row.coverage.map_or_else(unknown, |c| format!("{:.0}", 100.0 * c[index]));
    vec![
        name,
        row.horizon.name(),
        count(row.months as f64),
        finite(row.wis_share).map_or_else(unknown, |share| format!("{:.1}%", 100.0 * share)),
        covered(0),
        covered(1),
        covered(2),
        finite(row.bias_share).map_or_else(unknown, percent),
        row.mape.map_or_else(unknown, |mape| format!("{mape:.1}%")),
        row.mase.map_or_else(unknown, |mase| format!("{mase:.2}")),
    ]
}

/// The scores as one document.
pub fn json(backtests: &[Backtest], files: &[String]) -> Value {
    let mut scores = Vec::new();
    for (is_first, backtest) in marked(backtests) {
        for row in backtest.rows(is_first) {
            let is_projection = row.forecaster == Forecaster::Projection;
            let [c50, c80, c95] = [0, 1, 2].map(|i| row.coverage.map(|coverage| coverage[i]));
            scores.push(json!({
                "pack": is_projection.then_some(&backtest.study.pack.name),
                "hindsight": is_projection.then(|| backtest.has_hindsight()),
                "scenario": backtest.study.scenarios[row.scenario].id,
                "area": backtest.area(row),
                "service": backtest.study.pack.services[row.service].id,
                "forecast": row.forecaster.id(),
                "horizon": row.horizon.name(),
                "months": row.months,
                "wis": row.wis.score,
                "dispersion": row.wis.dispersion,
                "overprediction": row.wis.overprediction,
                "underprediction": row.wis.underprediction,
                "wis_share": row.wis_share,
                "coverage_50": c50,
                "coverage_80": c80,
                "coverage_95": c95,
                "bias": row.bias,
                "bias_share": row.bias_share,
                "mape": row.mape,
                "mase": row.mase,
            }));
        }
    }
    let draws = backtests.first().map(|backtest| backtest.study.draws);
    json!({
        "afterwave": env!("CARGO_PKG_VERSION"),
        "seed": draws.map(|draws| draws.seed),
        "draws": draws.map(|draws| draws.count),
        "as_of": backtests.iter().flat_map(|b| &b.hindcasts).next().map(|h| h.as_of.to_string()),
        "areas": backtests.first().map(|backtest| backtest.study.areas.iter().map(|area| json!({
            "id": area.id, "name": area.name, "basis": area.scale.words(),
        })).collect::<Vec<_>>()),
        "scores": scores,
        "files": files,
    })
}

/// Quantiles in the hub format, a model a file: its name, its text.
pub fn hubverse(backtests: &[Backtest]) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for (is_first, backtest) in marked(backtests) {
        for (scenario, own) in backtest.study.scenarios.iter().enumerate() {
            let projection = format!("{}-{}", backtest.study.pack.name, own.id);
            files.push((projection, quantiles(backtest, scenario, Forecaster::Projection)));
        }
        if is_first {
            for by in [Forecaster::Underlying, Forecaster::SeasonalNaive, Forecaster::Trend] {
                files.push((by.id().to_owned(), quantiles(backtest, 0, by)));
            }
            files.push(("target-data".to_owned(), target_data(backtest)));
        }
    }
    files.into_iter().map(|(name, text)| (format!("hubverse/{name}.csv"), text)).collect()
}

fn quantiles(backtest: &Backtest, scenario: usize, by: Forecaster) -> String {
    let mut rows =
        Rows::new("origin_date,horizon,target,location,output_type,output_type_id,value");
    for hindcast in backtest.hindcasts.iter().filter(|h| h.scenario == scenario) {
        let forecasts = hindcast.forecasts.iter().filter(|(own, _)| *own == by);
        for (quantiles, (month, _)) in forecasts.flat_map(|(_, q)| q.iter().zip(&hindcast.truth)) {
            for (level, value) in quantiles.pairs() {
                rows.text(&hindcast.as_of.first_day()).number(hindcast.horizon(*month) as f64);
                rows.text(&target(backtest, hindcast));
                rows.text(&backtest.study.areas[hindcast.area].id).text("quantile");
                rows.number(level).number(value).end();
            }
        }
    }
    rows.into_text()
}

/// What came, as hubs keep it.
fn target_data(backtest: &Backtest) -> String {
    let mut rows = Rows::new("target_date,location,target,observation");
    for hindcast in backtest.hindcasts.iter().filter(|hindcast| hindcast.scenario == 0) {
        for (month, value) in &hindcast.truth {
            rows.text(&month.first_day()).text(&backtest.study.areas[hindcast.area].id);
            rows.text(&target(backtest, hindcast)).number(*value).end();
        }
    }
    rows.into_text()
}

fn target(backtest: &Backtest, hindcast: &Hindcast) -> String {
    let service = &backtest.study.pack.services[hindcast.service];
    format!("{} {}", service.id, service.unit.plural())
}
