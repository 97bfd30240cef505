//! The areas of a sweep: a list as `--area` takes it, or every area of a level on a day.

use jiff::civil::Date;

use crate::diagnostics::Problem;
use crate::input::document::{Keys, Read};
use crate::input::registry::registry;
use crate::month::parse_date;
use crate::study::place::{Kind, Place};

/// The levels that can be asked for whole.
const LEVELS: [(&str, Kind); 4] = [
    ("icb", Kind::Icb),
    ("sub-icb", Kind::SubIcb),
    ("region", Kind::Region),
    ("health-board", Kind::HealthBoard),
];

/// The areas, as `--area` takes them; none is the reference area, or all of the baseline.
pub(super) fn read(keys: &Keys<'_>) -> Vec<Read<String>> {
    if !keys.is_table("areas") {
        return keys.texts("areas").unwrap_or_default();
    }
    keys.table("areas", |keys| {
        let level = keys.choice("level", &LEVELS);
        let as_of = keys.month("as_of");
        let Some(level) = level else {
            if !keys.has("level") {
                keys.missing("level", "areas = { level = \"icb\", as_of = \"2022-07\" }");
            }
            return Vec::new();
        };
        let day = as_of.as_ref().and_then(|month| parse_date(&month.value.first_day()).ok());
        let found = of_level(level.value, day);
        if let (true, Some(as_of)) = (found.is_empty(), &as_of) {
            keys.problem(
                Problem::error(
                    as_of.place.clone(),
                    "no area of this level with known residents was there then",
                )
                .read(as_of.value.to_string())
                .allowed("icb: 2022-07 to 2026-03; the others: any month since 2013-04"),
            );
        }
        let place = level.place;
        found.into_iter().map(|value| Read { value, place: place.clone() }).collect()
    })
    .unwrap_or_default()
}

/// Every area of a kind whose residents are known, on a day if one is given.
fn of_level(kind: Kind, day: Option<Date>) -> Vec<String> {
    let is_listed = |place: &&Place| {
        place.kind == kind && place.residents.is_some() && day.is_none_or(|day| place.is_there(day))
    };
    registry().places.iter().filter(is_listed).map(|place| place.id.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_hold_the_areas_that_were_there() {
        let count = |kind, day: &str| of_level(kind, parse_date(day).ok()).len();
        assert_eq!(count(Kind::Icb, "2022-07-01"), 42);
        assert_eq!(count(Kind::Icb, "2021-07-01"), 0);
        assert_eq!(count(Kind::SubIcb, "2022-07-01"), 106);
        assert_eq!(of_level(Kind::Icb, None).len(), 42);
    }
}
