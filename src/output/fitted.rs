//! What a fit found: a pack folder that `run` takes, and at which level every line runs.

use std::fmt::Write as _;

use comfy_table::CellAlignment;
use serde::Serialize;

use super::csv_rows::Rows;
use super::scores::{self, Backtest, Score};
use super::table::columns::{AREA, MEASURE, MONTH, SCENARIO, SERVICE, STATS};
use super::table::{self, Head, Table, Written};
use super::terminal::{keep_words_whole, new_table};
use super::words::{percent, wrapped};
use crate::escape::{terminal, toml};
use crate::evaluate::fit::{Fit, FittedLine, Missed, is_outside};
use crate::projection::measure::Measure;
use crate::projection::quantiles::Summariser;
use crate::study::Study;
use crate::study::observed::Observed;

/// How many lines the terminal shows.
const SHOWN: usize = 24;
/// How many of them on one screen.
const FEW: usize = 3;

/// `pack.toml` of the fitted pack.
pub fn pack_toml(fit: &Fit, (name, extends): (&str, &str)) -> String {
    let pack = &fit.study.pack;
    format!(
        "# Made by `afterwave fit`: {}, carried on from the counted months to {}.\n\
         name = {}\nlabel = {}\nextends = {}\n",
        terminal(&pack.name).replace('\n', " "),
        fit.until,
        toml(name),
        toml(&format!("{}, fitted to {}", pack.label, fit.until.short())),
        toml(extends),
    )
}

/// `counted.csv`: the counted months that a run with the pack carries on from.
pub fn counted_csv(observed: &Observed) -> String {
    let mut rows = Rows::new("area,service,month,referrals");
    for line in &observed.lines {
        for (month, counted) in &line.months {
            rows.text(&line.area).text(&line.service).text(&month.to_string());
            rows.number(*counted).end();
        }
    }
    rows.into_text()
}

/// `fit.csv`: the level of every line, and how many of its months its ranges held.
pub fn csv(fit: &Fit) -> String {
    let mut rows =
        Rows::new("area,service,months,level_low,level,level_high,outside_before,outside");
    for line in &fit.lines {
        let (area, service) = names(fit, line);
        rows.text(area).text(service).number(line.months as f64);
        for level in line.level {
            rows.number(level);
        }
        rows.number(line.outside[0] as f64).number(line.outside[1] as f64).end();
    }
    rows.into_text()
}

fn names<'a>(fit: &'a Fit, line: &FittedLine) -> (&'a str, &'a str) {
    (&fit.study.areas[line.area].id, &fit.study.pack.services[line.service].id)
}

/// `conditioned.csv`: the observed lines over the whole scenario, as the fitted pack has them.
#[derive(Clone, Copy, Debug)]
pub struct Conditioned;

impl Table<Fit> for Conditioned {
    fn head(&self) -> Head {
        Head {
            name: "conditioned",
            about: "Referrals of the lines observed, as a run with the fitted pack has them.",
            written: Written::Always,
            columns: [&[SCENARIO, AREA, SERVICE, MONTH, MEASURE][..], &STATS].concat(),
        }
    }

    fn rows(&self, fit: &Fit, rows: &mut table::Rows) {
        let study = &fit.study;
        let scenario = &study.scenarios[0];
        let mut summariser = Summariser::default();
        for line in &fit.fitted {
            for (t, draws) in line.referrals.iter().enumerate() {
                rows.text(&scenario.id).text(&study.areas[line.area].id);
                rows.text(&study.pack.services[line.service].id);
                rows.month(scenario.month(t)).text(Measure::Referrals.name());
                rows.stats(Some(&summariser.stats(draws.iter().copied()))).end();
            }
        }
    }
}

/// At which level every line runs, and where its months lie outside its ranges.
pub fn text(fit: &Fit, full: bool) -> String {
    let most = if full { SHOWN } else { FEW };
    let study = &fit.study;
    let mut text = format!("Carried on from the counted months to {}:\n", fit.until.short());
    let mut table = new_table();
    table.set_header(vec!["Line", "Area", "Months", "Level", "90% range", "Outside"]);
    for line in fit.lines.iter().take(most) {
        let [low, level, high] = line.level;
        table.add_row(vec![
            study.pack.services[line.service].label.clone(),
            study.areas[line.area].name.clone(),
            line.months.to_string(),
            percent(level),
            format!("{} to {}", percent(low), percent(high)),
            format!("{}, was {}", line.outside[1], line.outside[0]),
        ]);
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 1));
        if index > 1 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    keep_words_whole(&mut table);
    let _ = writeln!(text, "{}", table.trim_fmt());
    if let Some(more @ 1..) = fit.lines.len().checked_sub(most) {
        let _ = writeln!(text, "… and {more} more lines in fit.csv");
    }
    text.push_str(&wrapped(
        "Level: how far the last six months lie above what was projected, carried forward in full. \
         Outside: months beyond the 90% range with the fit, and without it.",
        "",
        "",
    ));
    text
}

/// What to say where the ranges do not hold the months that were fitted.
pub fn warning(fit: &Fit) -> Option<String> {
    let bad: Vec<String> = fit
        .lines
        .iter()
        .filter(|line| is_outside(line.outside[1], line.months))
        .map(|line| {
            let (area, service) = names(fit, line);
            format!("{service} of {area} ({} of {})", line.outside[1], line.months)
        })
        .collect();
    let shown = bad.iter().take(8).cloned().collect::<Vec<_>>().join(", ");
    let more = bad.len().checked_sub(8).filter(|more| *more > 0);
    let more = more.map_or_else(String::new, |more| format!(" and {more} more"));
    (!bad.is_empty()).then(|| {
        format!(
            "months lie outside the 90% ranges with the fit too: {shown}{more}. The scenario or the \
             pack does not describe them: look at `loss`, `returns` and the restrictions for them, or \
             take wider ranges (--spread)"
        )
    })
}

/// What to say where the ranges of a run do not hold the months counted since its start.
pub fn missed_warning(study: &Study, missed: &[Missed]) -> Option<String> {
    let first = missed.first()?;
    let shown = {
        let (area, service) =
            (&study.areas[first.area].name, &study.pack.services[first.service].id);
        let scenario = &study.scenarios[first.scenario].id;
        format!("{service}, {area}: {} of {} even if {scenario}", first.outside, first.counted)
    };
    let more = match missed.len() - 1 {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    let known = study.observed.is_some();
    let what = if known {
        "the scenario or the pack does not describe them: look at `loss`, `returns` and the \
         restrictions for them"
            .to_owned()
    } else {
        format!("`afterwave fit --until {}`", first.last)
    };
    Some(format!("counted months lie outside the 90% ranges ({shown}{more}): {what}"))
}

/// The fit as one document; `held_out` are the scores of months that were held back.
#[derive(Serialize)]
pub struct Document<'a> {
    afterwave: &'static str,
    seed: u64,
    until: String,
    lines: Vec<LineFitted<'a>>,
    held_out: Vec<Score<'a>>,
    files: &'a [String],
}

#[derive(Serialize)]
struct LineFitted<'a> {
    area: &'a str,
    service: &'a str,
    months: usize,
    level: [f64; 3],
    outside_before: usize,
    outside: usize,
}

/// The levels of every line, and which files hold them.
pub fn document<'a>(fit: &'a Fit, held_out: &'a [Backtest], files: &'a [String]) -> Document<'a> {
    let line = |line: &'a FittedLine| {
        let (area, service) = names(fit, line);
        let [outside_before, outside] = line.outside;
        let (months, level) = (line.months, line.level);
        LineFitted { area, service, months, level, outside_before, outside }
    };
    Document {
        afterwave: env!("CARGO_PKG_VERSION"),
        seed: fit.study.draws.seed,
        until: fit.until.to_string(),
        lines: fit.lines.iter().map(line).collect(),
        held_out: scores::rows(held_out),
        files,
    }
}
