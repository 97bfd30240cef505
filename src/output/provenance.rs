//! What of an area's figures is its own and what is England's, in words.

use super::words::{counted, paragraph};
use crate::study::Study;
use crate::study::area::{Area, AreaScale, Series};
use crate::study::figures::Grade;
use crate::study::strata::StratumParameter;

/// Which lines are as published, which are derived, and whose the gradients are; nothing where all
/// is the reference area's, or of a baseline of the user's own.
pub fn baselines(study: &Study) -> String {
    let local = |area: &&Area| matches!(area.scale, AreaScale::Population(_));
    let areas: Vec<&Area> = study.areas.iter().filter(local).collect();
    let Some(first) = areas.first() else { return String::new() };
    let is_derived =
        |series: &&Series| series.part.is_none() && series.derived.iter().all(|derived| *derived);
    let derived = first.series.iter().filter(is_derived).count();
    let mut parts = Vec::new();
    if let counts @ 1.. = first.series.len() - derived {
        parts.push(format!("{} counted", counted(counts, "line")));
    }
    if derived > 0 {
        parts.push(format!("{derived} from England's by age and deprivation"));
    }
    if let Some((best, worst)) = gradients(study) {
        let grades =
            if best == worst { format!("{best:?}") } else { format!("{best:?} to {worst:?}") };
        let own = if first.sizes.is_empty() { "own number of" } else { "own" };
        parts.push(format!("{own} residents, England's gradients (grade {grades})"));
    }
    let within = study.areas.iter().filter(|area| area.is_part).count();
    if within > 0 {
        parts.push(format!("{} in rollup.csv", counted(within, "part")));
    }
    let others = match areas.len() - 1 - within.min(areas.len() - 1) {
        0 => String::new(),
        more => format!(" (likewise {} more)", counted(more, "area")),
    };
    paragraph(&format!("{}{others}: {}.", first.name, parts.join("; ")))
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
