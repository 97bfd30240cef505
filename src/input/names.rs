//! What may be the name of a service, an area, a group, a scenario: it stands in every output.

use super::document::Keys;
use crate::diagnostics::{Place, Problem};

/// Longer names fit no table and no picture.
const MOST: usize = 120;

/// Words by which outputs mean everything of a kind.
const RESERVED: [&str; 3] = ["all", "all services", "*"];

/// What is wrong with the length of what people read of a `what`.
pub(super) fn length(what: &str, name: &str, place: impl FnOnce() -> Place) -> Result<(), Problem> {
    let length = name.chars().count();
    if length <= MOST {
        return Ok(());
    }
    Err(Problem::error(place(), format!("the name of the {what} is too long"))
        .read(format!("{length} characters: {name}"))
        .allowed(format!("up to {MOST} characters")))
}

/// The `label` of a `what` in a document.
pub(super) fn label(keys: &Keys<'_>, what: &str) -> Option<String> {
    let label = keys.text("label")?;
    if let Err(problem) = length(what, &label.value, || label.place.clone()) {
        keys.problem(problem);
    }
    Some(label.value)
}

/// What is wrong with the name of a `what`.
pub(super) fn check(what: &str, name: &str, place: impl FnOnce() -> Place) -> Result<(), Problem> {
    let place = place();
    length(what, name, || place.clone())?;
    if RESERVED.iter().any(|word| word.eq_ignore_ascii_case(name.trim())) {
        return Err(Problem::error(place, format!("`{name}` can't be the name of one {what}"))
            .read(name)
            .allowed(format!("any other name: outputs mean every {what} by it")));
    }
    Ok(())
}
