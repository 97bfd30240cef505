//! Scores of waits against what was published: `waits-scores.csv`, every figure with its forecasts
//! in `waits-forecasts.csv`, and tables on the terminal.

use std::fmt::Write as _;

use serde::Serialize;

use super::csv_rows::Rows;
use super::words::wrapped;
use crate::evaluate::waits::{By, Row, Scored, Span};
use crate::month::Month;
use crate::study::Study;
use crate::study::waits::Told;

/// `waits-scores.csv`.
pub fn csv(study: &Study, rows: &[Row]) -> String {
    let mut text = Rows::new(
        "as_of,area,service,told,weeks,span,forecast,figures,error,bias,error_of_mean,wis,\
         coverage_50,coverage_80,coverage_95,unit",
    );
    for row in rows {
        text.text(&row.cut.to_string()).text(row.area.as_deref().unwrap_or("all"));
        text.text(&study.pack.services[row.service].id).text(row.told.name()).maybe(row.weeks);
        text.text(row.span.name()).text(row.by.id()).number(row.count as f64);
        text.number(row.error).number(row.bias).number(row.of_means).number(row.wis);
        for index in 0..3 {
            text.maybe(row.coverage.map(|coverage| coverage[index]));
        }
        text.text(unit(row.told)).end();
    }
    text.into_text()
}

/// `waits-forecasts.csv`.
pub fn forecasts(study: &Study, scored: &[Scored]) -> String {
    let mut text =
        Rows::new("as_of,area,service,told,weeks,first,last,published,forecast,q10,q50,q90");
    for one in scored {
        for (by, quantiles) in &one.forecasts {
            text.text(&one.cut.to_string()).text(&one.area);
            text.text(&study.pack.services[one.service].id).text(one.figure.told.name());
            text.maybe(one.figure.weeks).text(&one.figure.first.to_string());
            text.text(&one.figure.last.to_string()).number(one.figure.value).text(by.id());
            for level in [0.1, 0.5, 0.9] {
                text.maybe(quantiles.at(level));
            }
            text.end();
        }
    }
    text.into_text()
}

fn unit(told: Told) -> &'static str {
    match told {
        Told::Within => "points",
        Told::Median | Told::Percentile90 => "weeks",
        Told::Referrals | Told::Seen | Told::Waiting => "percent",
    }
}

/// The scores as one document.
#[derive(Serialize)]
pub struct Document<'a> {
    waits: Vec<Score<'a>>,
}

/// How good one forecaster was; none for an area is all that are no nation.
#[derive(Serialize)]
struct Score<'a> {
    as_of: Month,
    area: Option<&'a str>,
    service: &'a str,
    told: &'static str,
    weeks: Option<f64>,
    span: &'a str,
    forecast: &'static str,
    figures: usize,
    error: f64,
    bias: f64,
    error_of_mean: f64,
    wis: f64,
    coverage: Option<[f64; 3]>,
}

/// The scores of every forecaster.
pub fn document<'a>(study: &'a Study, rows: &'a [Row]) -> Document<'a> {
    let score = |row: &'a Row| Score {
        as_of: row.cut,
        area: row.area.as_deref(),
        service: &study.pack.services[row.service].id,
        told: row.told.name(),
        weeks: row.weeks,
        span: row.span.name(),
        forecast: row.by.id(),
        figures: row.count,
        error: row.error,
        bias: row.bias,
        error_of_mean: row.of_means,
        wis: row.wis,
        coverage: row.coverage,
    };
    Document { waits: rows.iter().map(score).collect() }
}

/// Whether a row is of all months of a nation, or of all other areas together.
fn is_shown(row: &Row) -> bool {
    let is_pool_or_nation = row.area.as_ref().is_none_or(|area| {
        crate::study::area::NATIONS.iter().any(|nation| nation.eq_ignore_ascii_case(area))
    });
    is_pool_or_nation && row.span == Span::All
}

/// Whether two rows are of the same published figures, whenever they were known.
fn is_of_same(a: &Row, b: &Row) -> bool {
    (&a.area, a.service, a.told, a.weeks) == (&b.area, b.service, b.told, b.weeks)
}

/// One screen: a line for each kind of published figure, and what stands for the queue in it.
pub fn screen(study: &Study, rows: &[Row]) -> String {
    /// More lines leave the screen.
    const MOST: usize = 17;
    let mut cuts: Vec<Month> = Vec::new();
    let mut kinds: Vec<&Row> = Vec::new();
    for row in rows.iter().filter(|row| is_shown(row)) {
        if !cuts.contains(&row.cut) {
            cuts.push(row.cut);
        }
        if !kinds.iter().any(|own| is_of_same(own, row)) {
            kinds.push(row);
        }
    }
    let (mut heads, mut columns) = (String::new(), String::new());
    for cut in cuts.iter().take(2) {
        let _ = write!(heads, "  {:>19}", format!("known to {cut}"));
        let _ = write!(columns, "  {:>6} {:>6} {:>5}", "queue", "last", "80%");
    }
    let mut text = format!("{:<37}{heads}\n{:<37}{columns}\n", "Waits: mean absolute error", "");
    for kind in kinds.iter().take(MOST) {
        let weeks = kind.weeks.map_or_else(String::new, |weeks| format!(" {weeks:.0} wk"));
        let name = format!(
            "{}, {}: {}{weeks}, {}",
            study.pack.services[kind.service].id,
            kind.area.as_deref().unwrap_or("other areas"),
            kind.told.name(),
            match unit(kind.told) {
                "percent" => "%",
                "points" => "pts",
                other => other,
            },
        );
        // A longer name is cut: the line keeps to the screen.
        let _ = write!(text, "{name:<37.37}");
        for cut in cuts.iter().take(2) {
            let of = |by: By| {
                let is = |row: &&Row| is_of_same(row, kind) && row.cut == *cut && row.by == by;
                rows.iter().filter(|row| is_shown(row)).find(is)
            };
            let error = |by| of(by).map_or_else(String::new, |row| format!("{:.1}", row.error));
            let held = of(By::Given).and_then(|row| row.coverage);
            let held = held.map_or_else(String::new, |share| format!("{:.0}", share[1] * 100.0));
            let _ = write!(text, "  {:>6} {:>6} {held:>5}", error(By::Given), error(By::Last));
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    if kinds.len() > MOST {
        let _ = writeln!(text, "and {} more: --full", kinds.len() - MOST);
    }
    text + &wrapped(
        "queue: given the referrals that came, so apart from demand. last: the last value known. \
         80%: months inside that range. --full: every year, range and forecaster.",
        "",
        "",
    )
}

/// Tables for nations, and for all other areas together.
pub fn text(study: &Study, rows: &[Row]) -> String {
    let mut text = String::new();
    let mut blocks: Vec<&Row> = Vec::new();
    let is_same = |a: &Row, b: &Row| a.cut == b.cut && is_of_same(a, b);
    for row in rows.iter().filter(|row| is_shown(row)) {
        if !blocks.iter().any(|block| is_same(block, row)) {
            blocks.push(row);
        }
    }
    for block in blocks {
        let within = block.weeks.map_or_else(String::new, |weeks| format!(" {weeks:.0} weeks"));
        let _ = writeln!(
            text,
            "{}, {}: {}{within}, known to {} ({})",
            study.pack.services[block.service].label,
            block.area.as_deref().unwrap_or("all other areas"),
            block.told.name(),
            block.cut,
            unit(block.told),
        );
        let mut spans: Vec<&Span> = Vec::new();
        for row in rows.iter().filter(|row| is_same(row, block)) {
            if !spans.contains(&&row.span) {
                spans.push(&row.span);
            }
        }
        let mut heads = String::new();
        for span in &spans {
            let _ = write!(heads, "{:>10}", span.name());
        }
        let _ = writeln!(text, "  {:<20}{heads}      in 50/80/95%", "mean absolute error");
        for by in By::ALL {
            let find = |span: &Span| {
                rows.iter().find(|r| is_same(r, block) && r.by == by && r.span == *span)
            };
            let Some(all) = find(&Span::All) else { continue };
            let cells: String = spans
                .iter()
                .map(|span| {
                    find(span)
                        .map_or_else(|| format!("{:>10}", ""), |r| format!("{:>10.1}", r.error))
                })
                .collect();
            let coverage = all.coverage.map_or_else(String::new, |c| {
                let [a, b, c] = c.map(|share| share * 100.0);
                format!("  {a:>6.0} {b:>3.0} {c:>3.0}")
            });
            let _ = writeln!(text, "  {:<20}{cells}{coverage}", by.label());
        }
        text.push('\n');
    }
    text + &wrapped(
        "Errors are of the median: shares in points, waits in weeks, people in percent. The queue \
         is given the referrals that came, apart from demand; `projected` has those of the \
         scenario, whose waves and restrictions are those that came.",
        "",
        "",
    )
}
