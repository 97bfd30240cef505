//! What may be the name of a service, an area, a group, a scenario: it stands in every output.

use crate::diagnostics::{Place, Problem};

/// Longer names fit no table and no picture.
const MOST: usize = 120;

/// Words by which outputs mean everything of a kind.
const RESERVED: [&str; 3] = ["all", "all services", "*"];

/// What is wrong with the name of a `what`.
pub(super) fn check(what: &str, name: &str, place: impl FnOnce() -> Place) -> Result<(), Problem> {
    let length = name.chars().count();
    if length > MOST {
        return Err(Problem::error(place(), format!("the name of the {what} is too long"))
            .read(format!("{length} characters: {name}"))
            .allowed(format!("up to {MOST} characters")));
    }
    if RESERVED.iter().any(|word| word.eq_ignore_ascii_case(name.trim())) {
        return Err(Problem::error(place(), format!("`{name}` can't be the name of one {what}"))
            .read(name)
            .allowed(format!("any other name: outputs mean every {what} by it")));
    }
    Ok(())
}
