//! All of a run's results as tables for a terminal.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table};

use super::new_table;
use crate::output::goals::{self, Answers};
use crate::output::words::{
    count, count_ends, count_range, counted, paragraph, percent, percent_ends,
};
use crate::output::{equity, provenance, waits};
use crate::projection::Projection;
use crate::projection::course::Period;
use crate::projection::line::FamilyResult;
use crate::projection::measure::Measure;
use crate::study::Study;

/// All that is known of a run, in words and tables, written area by area.
#[derive(Debug, Default)]
pub struct Everything {
    scenarios: String,
    who: String,
}

impl Everything {
    /// Adds an area by its projections; parts of one that is shown whole are in the tables.
    pub fn add(&mut self, study: &Study, projections: &[Projection]) {
        for projection in projections.iter().filter(|p| !study.areas[p.area].is_part) {
            self.scenarios.push_str(&scenario(study, projection));
            self.scenarios.push_str(&waits::terminal(study, projection));
        }
        self.who.push_str(&equity::words(study, projections));
    }

    /// The whole of it.
    pub fn end(self, study: &Study, answers: &Answers<'_>) -> String {
        let goals = goals::terminal(study, answers);
        let Self { scenarios, who } = self;
        format!("{scenarios}{who}{goals}\n{}{}", legend(study), provenance::baselines(study))
    }
}

/// The table of one scenario in one area, with its sentence above and notes below.
fn scenario(study: &Study, projection: &Projection) -> String {
    let scenario = &study.scenarios[projection.scenario];
    let area = &study.areas[projection.area];
    let title = format!(
        "If {} ({}), then in {}, {} from {}:",
        scenario.name,
        scenario.id,
        area.name,
        counted(scenario.months, "month"),
        scenario.start.short()
    );
    let mut text = format!("\n{}\n", paragraph(&title));
    let families = ordered(study, projection);
    let (known, surge_only): (Vec<_>, Vec<_>) =
        families.into_iter().partition(|family| family.baseline_year.is_some_and(|y| y > 0.0));
    if !known.is_empty() {
        let _ = writeln!(text, "{}", table(study, projection, &known).trim_fmt());
    }
    text.push_str(&without_baseline(study, &known));
    if !surge_only.is_empty() {
        let list: Vec<String> = surge_only
            .iter()
            .filter_map(|family| {
                let total = family.course.total(Measure::Surge)?;
                let label = &study.pack.families[family.family].label;
                Some(format!("{label} {}", count(total.median())))
            })
            .collect();
        text.push('\n');
        text.push_str(&paragraph(&format!(
            "Surge where no baseline is known: {}.",
            list.join("; ")
        )));
    }
    text.push_str(&paragraph(&format!(
        "Need: {} people newly develop a condition.",
        count_range(&projection.needs.total)
    )));
    text.push_str(&equity::burden(study, projection));
    let followed = scenario.followed().words();
    if !followed.is_empty() {
        text.push_str(&paragraph(&followed.join(" ")));
    }
    text
}

/// Which families shown hold the surge of services whose baseline nobody knows.
fn without_baseline(study: &Study, families: &[&FamilyResult]) -> String {
    let parts: Vec<String> = families
        .iter()
        .filter(|family| !family.without_baseline.is_empty())
        .map(|family| {
            let services = &study.pack.services;
            let ids: Vec<&str> = family
                .without_baseline
                .iter()
                .map(|&service| services[service].id.as_str())
                .collect();
            format!("{} with {}", study.pack.families[family.family].label, ids.join(", "))
        })
        .collect();
    if parts.is_empty() {
        return String::new();
    }
    paragraph(&format!(
        "Surge of services without a baseline is in the extra, not in shares: {}.",
        parts.join("; ")
    ))
}

fn table(study: &Study, projection: &Projection, families: &[&FamilyResult]) -> Table {
    let months = study.scenarios[projection.scenario].months;
    let mut table = new_table();
    let span = match months % 12 {
        0 => counted(months / 12, "year"),
        _ => counted(months, "month"),
    };
    let extra = format!("Extra, {span}");
    table.set_header(vec!["Family", "A year", "Peak", "Uplift then", &extra, "Y1", "Y2", "Y3"]);
    for family in families {
        table.add_row(row(study, projection, family));
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if index > 0 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// What the columns mean, said once.
fn legend(study: &Study) -> String {
    let draws = match study.draws.count {
        0 => "central values, no ranges".to_owned(),
        1 => "one draw".to_owned(),
        count => format!("medians with 5th to 95th percentile of {count} draws"),
    };
    let whole = study.areas.iter().filter(|area| !area.is_part);
    let scales: Vec<String> =
        whole.map(|area| format!("{}: {}", area.name, area.scale.words())).collect();
    paragraph(&format!(
        "Referrals above what would have come anyway ({draws}); uplift in the peak month, Y1 to \
         Y3 as a share of each year's underlying demand."
    )) + &paragraph(&format!("Pack {}. {}.", study.pack.name, scales.join("; ")))
        + "A conditional projection, not a forecast; nobody's own risk.\n"
}

/// The headline families, then the others, in the order of the pack.
fn ordered<'a>(study: &Study, projection: &'a Projection) -> Vec<&'a FamilyResult> {
    let mut families: Vec<&FamilyResult> = projection.families.iter().collect();
    families.sort_by_key(|family| !study.pack.families[family.family].headline);
    families
}

/// Medians above their ranges.
fn row(study: &Study, projection: &Projection, family: &FamilyResult) -> Vec<String> {
    let course = &family.course;
    let start = study.scenarios[projection.scenario].start;
    let draws = study.draws.count;
    let year = |year| {
        let total = course.period(Period::Year(year));
        let share = total.and_then(|total| total.extra_share.as_ref());
        share.map_or_else(|| "-".to_owned(), |share| percent(share.median()))
    };
    let with_range = |median: String, range: String| {
        if draws <= 1 { median } else { format!("{median}\n{range}") }
    };
    let unknown = || "-".to_owned();
    vec![
        study.pack.families[family.family].label.clone(),
        family.baseline_year.map_or_else(unknown, count),
        start.plus(course.peak.t as i32).short(),
        course.peak.uplift.as_ref().map_or_else(unknown, |uplift| {
            with_range(percent(uplift.median()), percent_ends(uplift))
        }),
        course.period(Period::Horizon).map_or_else(unknown, |total| {
            with_range(count(total.extra.median()), count_ends(&total.extra))
        }),
        year(1),
        year(2),
        year(3),
    ]
}
