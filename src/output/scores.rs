//! Scores of backtests: `scores.csv`, the terminal, JSON, and the forecasts for a hub.

use std::fmt::Write as _;

use comfy_table::CellAlignment;
use serde::Serialize;

use super::csv_rows::Rows;
use super::document::{AreaRecord, area};
use super::hub::{Answer, Hub, Observation};
use super::terminal::new_table;
use super::words::{count, counted, percent, wrapped};
use crate::evaluate::backtest::{Forecaster, Hindcast, Horizon, Place, Row};
use crate::study::Study;

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
        let until = self.study.observed.as_ref().map(|observed| observed.until);
        let is_fitted = self.hindcasts.iter().any(|h| until.is_some_and(|until| until > h.as_of));
        is_fitted || pack.name == "informed" || pack.extends.iter().any(|name| name == "informed")
    }

    fn area(&self, row: &Row) -> &str {
        match row.place {
            Place::Pool => "all",
            Place::Sum => "sum",
            Place::Area(area) => &self.study.areas[area].id,
        }
    }

    /// Scores of forecasters that know no pack are the same with every pack.
    fn rows(&self, is_first: bool) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| is_first || row.forecaster.is_of_pack())
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
            let is_of_pack = row.forecaster.is_of_pack();
            let hindsight = if backtest.has_hindsight() { "yes" } else { "no" };
            rows.text(if is_of_pack { &backtest.study.pack.name } else { "" });
            rows.text(if is_of_pack { hindsight } else { "" });
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

/// Which line a table is of: scenario, service, place.
type Line = (usize, usize, Place);

const fn line_of(row: &Row) -> Line {
    (row.scenario, row.service, row.place)
}

/// The scores as tables, one for each line, those of most months first; of many areas, their pool,
/// their sum and one by area. No more than `most` tables where that is given, else each by horizon
/// too.
pub fn text(backtests: &[Backtest], most: Option<usize>) -> String {
    let Some(first) = backtests.first() else { return String::new() };
    let full = most.is_none();
    let mut text = String::new();
    let is_pooled = first.rows.iter().any(|row| row.place == Place::Pool);
    let mut lines: Vec<Line> = Vec::new();
    for row in first.rows.iter().filter(|row| (row.place == Place::Pool) == is_pooled) {
        if !lines.contains(&line_of(row)) {
            lines.push(line_of(row));
        }
    }
    let months_of = |line: &Line| {
        first.rows.iter().filter(|row| line_of(row) == *line).map(|row| row.months).max()
    };
    lines.sort_by_key(|line| std::cmp::Reverse(months_of(line)));
    // A pool has the table of its sum beside it.
    let most = most.map(|most| if is_pooled { most.div_ceil(2) } else { most });
    let shown = most.map_or(lines.len(), |most| lines.len().min(most));
    for line in &lines[..shown] {
        text.push_str(&table(backtests, *line, full));
        if is_pooled {
            let (scenario, service, _) = *line;
            text.push_str(&table(backtests, (scenario, service, Place::Sum), full));
            for backtest in backtests.iter().filter(|_| full) {
                text.push_str(&by_area(backtest, (scenario, service)));
            }
        }
    }
    if !full {
        let more = lines.len() - shown;
        let more =
            if more > 0 { format!("{}, ", counted(more, "more line")) } else { String::new() };
        text.push_str(&wrapped(
            &format!(
                "WIS: error of the range as a share of what came. 50%, 80%, 95%: months inside \
                 that range. --full: {more}months ahead, and the columns in words."
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

/// Tables on one screen.
pub const SHOWN: usize = 2;

fn table(backtests: &[Backtest], line: Line, full: bool) -> String {
    let study = &backtests[0].study;
    let (scenario, service, place) = line;
    let Some(first) = backtests[0].rows.iter().find(|row| line_of(row) == line) else {
        return String::new();
    };
    let place = match place {
        Place::Pool => counted(first.areas, "area"),
        Place::Sum => format!("the sum of {}", counted(first.areas, "area")),
        Place::Area(area) => study.areas[area].name.clone(),
    };
    let mut text = format!(
        "\n{}, {place}, if {}:\n",
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
            if line_of(row) == line && shown {
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
    text.push('\n');
    let of_nothing = |row: &Row| line_of(row) == line && !row.wis_share.is_finite();
    if backtests.iter().flat_map(|backtest| &backtest.rows).any(of_nothing) {
        text.push_str(
            "No score where every month counted is 0: it would be a share of nothing.\n\
             scores.csv has it in referrals a month.\n",
        );
    }
    text
}

/// The scores of every area over all months, beside the underlying forecast alone.
fn by_area(backtest: &Backtest, (scenario, service): (usize, usize)) -> String {
    let all = |place: Place, by: Forecaster| {
        let is_it = move |row: &&Row| {
            line_of(row) == (scenario, service, place)
                && (row.forecaster, row.horizon) == (by, Horizon::All)
        };
        backtest.rows.iter().find(is_it)
    };
    let mut table = new_table();
    table.set_header(vec![
        "Area",
        "Months",
        "MAPE",
        "WIS",
        "50%",
        "80%",
        "95%",
        "alone MAPE",
        "alone WIS",
    ]);
    for area in 0..backtest.study.areas.len() {
        let place = Place::Area(area);
        let Some(row) = all(place, Forecaster::Projection) else { continue };
        let alone = all(place, Forecaster::Underlying);
        let mut cells = vec![
            backtest.study.areas[area].name.clone(),
            count(row.months as f64),
            mape(row),
            wis(row),
        ];
        cells.extend((0..3).map(|index| covered(row, index)));
        cells.extend([mape, wis].map(|words| alone.map_or_else(unknown, words)));
        table.add_row(cells);
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 1));
        if index > 0 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mark = if backtest.has_hindsight() { "*" } else { "" };
    format!(
        "\n{}{mark} by area, beside the underlying forecast alone:\n{}\n",
        backtest.study.pack.name,
        table.trim_fmt()
    )
}

fn unknown() -> String {
    "-".to_owned()
}

fn mape(row: &Row) -> String {
    row.mape.map_or_else(unknown, |mape| format!("{mape:.1}%"))
}

fn wis(row: &Row) -> String {
    finite(row.wis_share).map_or_else(unknown, |share| format!("{:.1}%", 100.0 * share))
}

fn covered(row: &Row, index: usize) -> String {
    row.coverage.map_or_else(unknown, |coverage| format!("{:.0}", 100.0 * coverage[index]))
}

fn cells(backtest: &Backtest, row: &Row) -> Vec<String> {
    let mark = if backtest.has_hindsight() { "*" } else { "" };
    let name = match (row.forecaster, row.horizon) {
        (Forecaster::Projection, Horizon::All) => format!("{}{mark}", backtest.study.pack.name),
        (Forecaster::Projection, _) => String::new(),
        (other, _) if other.is_of_pack() => format!("  {}", other.label()),
        (other, _) => other.label().to_owned(),
    };
    vec![
        name,
        row.horizon.name(),
        count(row.months as f64),
        wis(row),
        covered(row, 0),
        covered(row, 1),
        covered(row, 2),
        finite(row.bias_share).map_or_else(unknown, percent),
        mape(row),
        row.mase.map_or_else(unknown, |mase| format!("{mase:.2}")),
    ]
}

/// The scores as one document.
#[derive(Serialize)]
pub struct Document<'a> {
    afterwave: &'static str,
    seed: Option<u64>,
    draws: Option<usize>,
    as_of: Option<String>,
    areas: Option<Vec<AreaRecord<'a>>>,
    scores: Vec<Score<'a>>,
    files: &'a [String],
}

/// One row of scores; a method that knows no pack has none.
#[derive(Serialize)]
pub struct Score<'a> {
    pack: Option<&'a str>,
    hindsight: Option<bool>,
    scenario: &'a str,
    area: &'a str,
    service: &'a str,
    forecast: &'static str,
    horizon: String,
    months: usize,
    wis: f64,
    dispersion: f64,
    overprediction: f64,
    underprediction: f64,
    wis_share: f64,
    coverage_50: Option<f64>,
    coverage_80: Option<f64>,
    coverage_95: Option<f64>,
    bias: f64,
    bias_share: f64,
    mape: Option<f64>,
    mase: Option<f64>,
}

/// The rows of all packs.
pub fn rows(backtests: &[Backtest]) -> Vec<Score<'_>> {
    fn score<'a>(backtest: &'a Backtest, row: &'a Row) -> Score<'a> {
        let is_of_pack = row.forecaster.is_of_pack();
        let [coverage_50, coverage_80, coverage_95] =
            [0, 1, 2].map(|i| row.coverage.map(|coverage| coverage[i]));
        Score {
            pack: is_of_pack.then_some(&backtest.study.pack.name),
            hindsight: is_of_pack.then(|| backtest.has_hindsight()),
            scenario: &backtest.study.scenarios[row.scenario].id,
            area: backtest.area(row),
            service: &backtest.study.pack.services[row.service].id,
            forecast: row.forecaster.id(),
            horizon: row.horizon.name(),
            months: row.months,
            wis: row.wis.score,
            dispersion: row.wis.dispersion,
            overprediction: row.wis.overprediction,
            underprediction: row.wis.underprediction,
            wis_share: row.wis_share,
            coverage_50,
            coverage_80,
            coverage_95,
            bias: row.bias,
            bias_share: row.bias_share,
            mape: row.mape,
            mase: row.mase,
        }
    }
    marked(backtests)
        .flat_map(|(is_first, own)| own.rows(is_first).map(move |row| score(own, row)))
        .collect()
}

/// The scores of all packs, and which files hold them.
pub fn document<'a>(backtests: &'a [Backtest], files: &'a [String]) -> Document<'a> {
    let first = backtests.first().map(|backtest| &backtest.study);
    Document {
        afterwave: env!("CARGO_PKG_VERSION"),
        seed: first.map(|study| study.draws.seed),
        draws: first.map(|study| study.draws.count),
        as_of: backtests.iter().flat_map(|b| &b.hindcasts).next().map(|h| h.as_of.to_string()),
        areas: first.map(|study| study.areas.iter().map(area).collect()),
        scores: rows(backtests),
        files,
    }
}

/// The forecasts and what came, as hubs take them; methods that know no pack stand once.
pub fn hub(backtests: &[Backtest]) -> Hub {
    const METHODS: [Forecaster; 3] =
        [Forecaster::Underlying, Forecaster::SeasonalNaive, Forecaster::Trend];
    let mut hub = Hub::default();
    for (is_first, backtest) in marked(backtests) {
        let id = |hindcast: &Hindcast| backtest.study.pack.services[hindcast.service].id.clone();
        for hindcast in &backtest.hindcasts {
            let location = place(backtest, hindcast).to_owned();
            for (by, forecasts) in &hindcast.forecasts {
                let is_first = is_first && METHODS.contains(by);
                let model = match by {
                    Forecaster::Projection => backtest.study.pack.name.clone(),
                    _ if is_first => by.id().to_owned(),
                    _ => continue,
                };
                hub.answers.extend(forecasts.iter().zip(&hindcast.truth).map(
                    |(quantiles, (month, _))| Answer {
                        model: model.clone(),
                        origin: hindcast.as_of,
                        scenario: backtest.study.scenarios[hindcast.scenario].id.clone(),
                        target: id(hindcast),
                        location: location.clone(),
                        month: *month,
                        quantiles: quantiles.pairs().collect(),
                        samples: Vec::new(),
                    },
                ));
            }
            if is_first && hindcast.scenario == 0 {
                hub.observations.extend(hindcast.truth.iter().map(|(month, value)| Observation {
                    month: *month,
                    target: id(hindcast),
                    location: location.clone(),
                    value: *value,
                }));
            }
        }
    }
    hub
}

/// The place of a hindcast as its files name it.
fn place<'a>(backtest: &'a Backtest, hindcast: &Hindcast) -> &'a str {
    match hindcast.place {
        Place::Area(area) => &backtest.study.areas[area].id,
        Place::Pool | Place::Sum => "sum",
    }
}
