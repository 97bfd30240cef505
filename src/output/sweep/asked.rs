//! What the tables and measures that a sweep writes ask of a projection.

use super::unit::Wanted;
use crate::projection::asked::{Answer, AtDoor};
use crate::projection::measure::Measure;

/// Tables of demand at the door: of answers, and by month.
const ANSWERS: [&str; 2] = ["totals", "summary"];
const MONTHS: [&str; 2] = ["projection", "families"];

/// Demand at the door alone, where nothing else is asked for: then variants share their work.
pub fn at_door(wanted: &Wanted) -> Option<AtDoor> {
    let is_of_door =
        |table: &String| ANSWERS.contains(&table.as_str()) || MONTHS.contains(&table.as_str());
    if wanted.measures.is_empty() || !wanted.tables.iter().all(is_of_door) {
        return None;
    }
    let has = |table: &str| wanted.tables.iter().any(|own| own == table);
    let by_month = MONTHS.into_iter().any(has);
    let mut asked = AtDoor { families: true, ..AtDoor::default() };
    for name in &wanted.measures {
        let answer = match name.as_str() {
            "extra" => Answer::Extra,
            "extra_share" => Answer::ExtraShare,
            "surge_share" => Answer::SurgeShare,
            "peak_extra" | "peak_uplift" => Answer::Peak,
            name => {
                let measure = Measure::AT_DOOR.into_iter().find(|own| own.name() == name)?;
                if by_month {
                    asked.months.push(measure);
                }
                match measure {
                    Measure::Referrals => Answer::Referrals,
                    // No answer but a measure of months.
                    Measure::Underlying => continue,
                    other => Answer::Total(other),
                }
            }
        };
        if !asked.has(answer) {
            asked.answers.push(answer);
        }
    }
    Some(asked)
}
