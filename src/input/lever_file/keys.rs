//! One `[[lever]]` of a scenario file, as written.

use super::library::{find, names};
use super::{LeverFile, MOST_MONTHS, MOST_STAFF};
use crate::diagnostics::Problem;
use crate::input::document::{Keys, Read};
use crate::study::figures::Grade;
use crate::study::lever::{Kind, Level, MOST};

/// Reads one `[[lever]]`, the `index`-th of its file.
pub fn read_lever(index: usize, keys: &Keys<'_>) -> LeverFile {
    let preset = keys.text("preset");
    let kind = keys.choice("kind", &Kind::names()).map(|kind| kind.value);
    let text = |key| keys.text(key).map(|text| text.value);
    let own = LeverFile {
        name: keys.text("name"),
        label: crate::input::names::label(keys, "lever"),
        kind,
        services: keys.texts("services"),
        conditions: keys.texts("conditions"),
        groups: keys.texts("groups"),
        strata: keys.texts("strata"),
        by_need: keys.text("by_need"),
        to: keys.text("to"),
        start: keys.month("start"),
        lag: keys.uncertain("lag", 0.0, MOST_MONTHS),
        ramp: keys.uncertain("ramp", 0.0, MOST_MONTHS),
        reach: keys.uncertain("reach", 0.0, 1.0),
        effect: keys.uncertain("effect", -1.0, 1.0),
        starts: keys.uncertain("starts", -MOST, MOST),
        onward: keys.uncertain("onward", 0.0, 1.0),
        cost_a_year: keys.uncertain("cost_a_year", -MOST, MOST),
        cost_a_person: keys.uncertain("cost_a_person", -MOST, MOST),
        cost_a_reached: keys.uncertain("cost_a_reached", -MOST, MOST),
        staff: keys.uncertain("staff", 0.0, MOST_STAFF),
        recruitment: keys
            .whole("recruitment", 0..MOST_MONTHS as usize + 1)
            .and_then(|own| u8::try_from(own.value).ok()),
        price_year: keys.whole("price_year", 1990..2101).map(|year| year.value),
        level: keys.choice("level", &Level::NAMES).map(|level| level.value),
        source: text("source"),
        grade: keys
            .choice("grade", &[("A", Grade::A), ("B", Grade::B), ("C", Grade::C), ("D", Grade::D)])
            .map(|grade| grade.value),
        note: text("note"),
        agreed_with: text("agreed_with"),
        bundle: keys.text("bundle"),
        place: keys.place(),
        library: None,
    };
    if preset.is_none() && !keys.has("preset") && !keys.has("kind") {
        keys.missing("kind", "kind = \"divert\", or preset = \"vcse-hub\"");
    }
    let mut lever = match preset.and_then(|preset| from_library(&preset, keys)) {
        Some(preset) => own.over(preset),
        None => own,
    };
    if lever.name.is_none() {
        let value = format!("lever-{}", index + 1);
        lever.name = Some(Read { value, place: lever.place.clone() });
    }
    lever
}

fn from_library(preset: &Read<String>, keys: &Keys<'_>) -> Option<LeverFile> {
    let found = find(&preset.value);
    if found.is_none() {
        let names = names();
        keys.problem(
            Problem::error(preset.place.clone(), "unknown preset")
                .choose(&preset.value, names.iter().map(String::as_str)),
        );
    }
    found
}
