//! A run's results as tables for a terminal of 80 columns.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::words::{count, count_range, percent, percent_range};
use crate::projection::Projection;
use crate::projection::line::{FamilyResult, Period};
use crate::study::Study;

/// The width tables fit into.
pub const WIDTH: u16 = 80;

/// Families that lead every table.
const HEADLINE: [&str; 4] = ["iapt", "camhs", "eip", "crisis"];

/// The table of one scenario in one area, with its sentence above and notes below.
pub fn scenario(study: &Study, projection: &Projection) -> String {
    let scenario = &study.scenarios[projection.scenario];
    let area = &study.areas[projection.area];
    let years = scenario.months.div_ceil(12);
    let mut text = format!(
        "\nIf {} ({}), then in {}, {} months from {}:\n\n",
        scenario.name,
        scenario.id,
        area.name,
        scenario.months,
        scenario.start.short()
    );
    let mut table = new_table();
    table.set_header(vec![
        "Family".to_owned(),
        "A year".to_owned(),
        "Peak".to_owned(),
        "Uplift then".to_owned(),
        format!("Extra, {years} y"),
        "Y1".to_owned(),
        "Y2".to_owned(),
        "Y3".to_owned(),
    ]);
    for family in ordered(study, projection) {
        table.add_row(row(study, projection, family));
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 1));
        if [1, 5, 6, 7].contains(&index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let _ = writeln!(text, "{table}");
    let need = &projection.needs;
    let _ =
        writeln!(text, "\nNeed: {} people newly develop a condition.", count_range(&need.total));
    text.push_str(&super::equity::burden(projection));
    text
}

/// What the columns mean, said once.
pub fn legend(study: &Study) -> String {
    let draws = match study.draws.count {
        0 => "central values, no ranges".to_owned(),
        count => format!("medians with 5th to 95th percentile of {count} draws"),
    };
    let scales: Vec<String> =
        study.areas.iter().map(|area| format!("{}: {}", area.name, area.scale.words())).collect();
    format!(
        "Referrals (crisis: to teams) above what would have come anyway; {draws}.\n\
         \"-\": no baseline, so surge only. Y1 to Y3: each year against underlying.\n\
         Pack {}; {}.\n\
         A conditional projection, not a forecast: population figures, nobody's own risk.\n",
        study.pack.name,
        scales.join("; ")
    )
}

/// A borderless table that fits the terminal.
pub fn new_table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(WIDTH);
    table
}

/// The headline four, then the others in the order of the pack.
fn ordered<'a>(study: &Study, projection: &'a Projection) -> Vec<&'a FamilyResult> {
    let mut families: Vec<&FamilyResult> = projection.families.iter().collect();
    families.sort_by_key(|family| {
        let id = &study.pack.families[family.family].id;
        HEADLINE.iter().position(|headline| headline == id).unwrap_or(HEADLINE.len())
    });
    families
}

fn row(study: &Study, projection: &Projection, family: &FamilyResult) -> Vec<String> {
    let course = &family.course;
    let start = study.scenarios[projection.scenario].start;
    let peak = start.plus(course.peak.t as i32);
    let year = |year| {
        let total = course.period(Period::Year(year));
        total
            .and_then(|total| total.extra_share.as_ref())
            .map_or_else(|| "-".to_owned(), |share| percent(share.median()))
    };
    let unknown = || "-".to_owned();
    vec![
        study.pack.families[family.family].label.clone(),
        family.baseline_year.map_or_else(unknown, count),
        format!("{:02}/{:02}", peak.month(), peak.year() % 100),
        course.peak.uplift.as_ref().map_or_else(unknown, percent_range),
        course.period(Period::Horizon).map_or_else(unknown, |total| count_range(&total.extra)),
        year(1),
        year(2),
        year(3),
    ]
}
