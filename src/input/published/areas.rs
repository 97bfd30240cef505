//! Areas of a file by any of their names, and its series brought to the areas of a later year.

use jiff::civil::Date;

use super::Report;
use super::gaps::runs;
use super::series::Series;
use crate::diagnostics::{InputError, Place as At, Source};
use crate::input::registry::registry;

/// Codes of providers are no longer.
const LONGEST_CODE: usize = 5;

/// The areas asked for by the codes that files have: a name becomes its code, and with `day` every
/// code of any year that its people were counted under. What the registry does not know, such as
/// a level or a provider, stays as it is.
pub fn codes(asked: &[String], day: Option<Date>) -> Vec<String> {
    let registry = registry();
    let mut list: Vec<String> = Vec::new();
    for text in asked {
        // Short words that are no code of an area are those of providers.
        let is_name = text.chars().count() > LONGEST_CODE || registry.place(text).is_some();
        let found = is_name.then(|| registry.find(text, At::unknown()).ok()).flatten();
        let Some(found) = found else {
            list.push(text.clone());
            continue;
        };
        // As it was asked for, where that is a code: an old one is what the file holds.
        let is_code = registry.place(text).is_some();
        for place in found.places {
            match day {
                Some(day) => list.extend(registry.codes_before(&place.id, day)),
                None if is_code => list.push(text.clone()),
                None => list.push(place.id.clone()),
            }
        }
    }
    list
}

/// Brings series to the areas of a day, and says what was added up, split and left out.
pub(super) fn bring(
    series: Vec<Series>,
    day: Date,
    files: &str,
    report: &mut Report,
) -> Result<Vec<Series>, InputError> {
    let registry = registry();
    let at = Source::new(files, "").whole();
    let brought = registry.bring(series, day, &at).map_err(InputError)?;
    let words = |code: &str| {
        registry.place(code).map_or_else(|| code.to_owned(), crate::study::place::Place::words)
    };
    for (area, codes) in &brought.merged {
        report.note_about(
            format!("{area} (of {})", codes.join(", ")),
            format!("brought to the areas of {day} by adding up what was counted under old codes."),
        );
    }
    for (code, area, share) in brought.split.iter().filter(|(code, area, _)| code != area) {
        report.note(format!(
            "{:.1}% of {} is counted in {}, by residents: its months are marked `derived`.",
            share * 100.0,
            words(code),
            words(area),
        ));
    }
    for (area, last) in &brought.incomplete {
        report.note(format!(
            "{}: not complete up to {}, as codes were reorganised: the series begins after it, and \
             what came before is not spliced to it.",
            words(area),
            runs(&[*last]),
        ));
    }
    Ok(brought.series)
}
