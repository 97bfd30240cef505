//! What of an area's figures is its own and what is England's, in words.

use super::terminal::full::wrapped;
use super::words::counted;
use crate::study::Study;
use crate::study::area::{Area, AreaScale};
use crate::study::figures::Grade;
use crate::study::strata::StratumParameter;

/// Which lines are as published, which are derived, and whose the gradients are; nothing where all
/// is the reference area's, or of a baseline of the user's own.
pub fn baselines(study: &Study) -> String {
    let local = |area: &&Area| matches!(area.scale, AreaScale::Population(_));
    let areas: Vec<&Area> = study.areas.iter().filter(local).collect();
    let Some(first) = areas.first() else { return String::new() };
    let mut text = String::new();
    let services = |is_derived: bool| {
        let of = first.series.iter().filter(|series| {
            let months = series.derived.iter().filter(|derived| **derived).count();
            (months == series.derived.len() && series.part.is_none()) == is_derived
        });
        of.map(|series| study.pack.services[series.service].id.as_str()).collect::<Vec<_>>()
    };
    let (derived, counted_lines) = (services(true), services(false));
    if !derived.is_empty() {
        let own = if counted_lines.is_empty() {
            String::new()
        } else {
            format!("{} as counted; ", counted_lines.join(", "))
        };
        let of_others = match areas.len() {
            1 => String::new(),
            n => format!(", likewise in {}", counted(n - 1, "other area")),
        };
        text.push_str(&wrapped(&format!(
            "Baselines of {}: {own}{} derived (England's split by its residents' age and \
             deprivation, or a year over its months){of_others}.",
            first.name,
            counted(derived.len(), "line"),
        )));
    }
    let parts = study.areas.iter().filter(|area| area.is_part).count();
    if parts > 0 {
        text.push_str(&wrapped(&format!(
            "{} that make it up are in the tables; rollup.csv adds them up draw by draw.",
            counted(parts, "area")
        )));
    }
    if let Some((best, worst)) = gradients(study) {
        let grades =
            if best == worst { format!("{best:?}") } else { format!("{best:?} to {worst:?}") };
        let own = if first.sizes.is_empty() {
            "Only the number of residents is local"
        } else {
            "Ages, fifths of deprivation and ethnic groups are local"
        };
        text.push_str(&wrapped(&format!(
            "{own}; need and access by age, deprivation and ethnic group are England's (grade \
             {grades})."
        )));
    }
    text
}

/// The grades of the gradients that hold everywhere, best and worst.
fn gradients(study: &Study) -> Option<(Grade, Grade)> {
    let scoped = study.pack.stratifications.iter().flat_map(|own| &own.figures);
    let everywhere = scoped.filter(|s| s.area.is_none() && s.parameter != StratumParameter::Share);
    let grades = everywhere.map(|scoped| study.figures.get(scoped.figure).origin.grade);
    let mut grades: Vec<Grade> = grades.collect();
    grades.sort_unstable();
    Some((*grades.first()?, *grades.last()?))
}
