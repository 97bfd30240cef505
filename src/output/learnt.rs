//! What areas taught: the table that a pack takes as `learnt.csv`, and the terminal.

use std::fmt::Write as _;

use comfy_table::CellAlignment;
use serde::Serialize;

use super::csv_rows::Rows;
use super::terminal::new_table;
use super::words::counted;
use crate::evaluate::learn::{Learnt, Lesson, Pooled, Row};
use crate::study::Study;

/// Rows of figures with the scores beside: `wis` of the areas left out with everything learnt,
/// `wis_without` with this figure as it was before.
pub fn csv(study: &Study, lesson: &Lesson) -> String {
    let mut rows = Rows::new(
        "table,key,parameter,low,central,high,unit,source,grade,as_of,note,between_areas,wis,\
         wis_without",
    );
    let service = &study.pack.services[lesson.service];
    let family = &study.pack.families[service.family].id;
    // What a total of all services teaches holds for each of which nothing else is known.
    let (keys, families): (Vec<&str>, &str) = if service.is_total() {
        (vec!["*", &service.id], "*")
    } else {
        (vec![&service.id], family)
    };
    for row in &lesson.rows {
        let (table, parameter, between) = match row.figure {
            Learnt::LossBetween | Learnt::SurgeBetween => continue,
            Learnt::Returns => ("services", "returns", None),
            Learnt::Gain => ("pack", "suppression_gain", None),
            Learnt::Loss => ("services", "loss", Some(Learnt::LossBetween)),
            Learnt::Surge => ("families", "surge", Some(Learnt::SurgeBetween)),
        };
        let keys = match table {
            "pack" => vec!["response"],
            "families" => vec![families],
            _ => keys.clone(),
        };
        for key in keys {
            rows.text(table).text(key).text(parameter);
            let (low, high) = row.folds;
            rows.number(round(low)).number(round(row.value)).number(round(high));
            rows.text("").text(&source(study, lesson)).text("C");
            rows.text(&lesson.months.1.to_string());
            rows.text("least weighted interval score of areas left out; range: of the blocks");
            let between =
                between.and_then(|between| lesson.rows.iter().find(|r| r.figure == between));
            rows.maybe(between.map(|row| round(row.value)));
            rows.number(round(lesson.held_out.wis)).number(round(row.wis_without)).end();
        }
    }
    rows.into_text()
}

fn source(study: &Study, lesson: &Lesson) -> String {
    let (first, last) = lesson.months;
    format!(
        "{} of {}, {first} to {last}; afterwave learn",
        study.pack.services[lesson.service].label,
        counted(lesson.areas, "area"),
    )
}

/// Four decimals: more would say more than areas know.
fn round(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

/// The figures and the scores.
pub fn text(study: &Study, lesson: &Lesson) -> String {
    let (first, last) = lesson.months;
    let mut text = format!(
        "\n{} of {}, {} to {}, {} left out in turn:\n\n",
        study.pack.services[lesson.service].label,
        counted(lesson.areas, "area"),
        first.short(),
        last.short(),
        counted(lesson.folds, "block"),
    );
    let mut table = new_table();
    table.set_header(vec!["Figure", "Before", "Learnt", "Blocks", "WIS if as before"]);
    for row in &lesson.rows {
        table.add_row(vec![
            row.figure.words().to_owned(),
            format!("{:.3}", row.before),
            format!("{:.3}", row.value),
            format!("{:.3} to {:.3}", row.folds.0, row.folds.1),
            format!("{:.2}%", 100.0 * row.wis_without),
        ]);
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 1));
        if index > 0 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let _ = writeln!(text, "{}\n", table.trim_fmt());
    let line = |name: &str, pooled: &Pooled| {
        let [c50, c80, c95] = pooled.coverage.map(|share| 100.0 * share);
        format!(
            "{name:<22} WIS {:.2}%, MAPE {:.1}%, in 50/80/95%: {c50:.0}/{c80:.0}/{c95:.0}\n",
            100.0 * pooled.wis,
            pooled.mape
        )
    };
    text.push_str(&line("as before", &lesson.before));
    text.push_str(&line("learnt, areas left out", &lesson.held_out));
    text.push_str(
        "\nWIS: weighted interval score as a share of what came, the mean over areas. Left\n\
         out by area, not by time: they lived through the same pandemic.\n",
    );
    text
}

/// The lesson as one document.
#[derive(Serialize)]
pub struct Document<'a> {
    afterwave: &'static str,
    service: &'a str,
    areas: usize,
    blocks: usize,
    months: [String; 2],
    figures: Vec<LearntRead>,
    before: &'a Pooled,
    held_out: &'a Pooled,
    file: &'a str,
}

#[derive(Serialize)]
struct LearntRead {
    figure: &'static str,
    before: f64,
    learnt: f64,
    blocks: [f64; 2],
    wis_without: f64,
}

/// What was learnt, and which file holds it.
pub fn document<'a>(study: &'a Study, lesson: &'a Lesson, file: &'a str) -> Document<'a> {
    let learnt = |row: &Row| LearntRead {
        figure: row.figure.words().trim(),
        before: row.before,
        learnt: row.value,
        blocks: [row.folds.0, row.folds.1],
        wis_without: row.wis_without,
    };
    Document {
        afterwave: env!("CARGO_PKG_VERSION"),
        service: &study.pack.services[lesson.service].id,
        areas: lesson.areas,
        blocks: lesson.folds,
        months: [lesson.months.0.to_string(), lesson.months.1.to_string()],
        figures: lesson.rows.iter().map(learnt).collect(),
        before: &lesson.before,
        held_out: &lesson.held_out,
        file,
    }
}
