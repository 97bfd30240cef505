//! `afterwave areas`: what is built in for which area.

use crate::cli::areas::AreasArgs;
use crate::diagnostics::{InputError, Source};
use crate::input::registry::registry;
use crate::output::places;

/// Runs it.
pub(super) fn run(args: &AreasArgs, json: bool) -> anyhow::Result<()> {
    let registry = registry();
    let Some(text) = &args.text else {
        return if json {
            super::print_json(&places::document(registry, &registry.search("")))
        } else {
            super::print(&places::summary(registry))
        };
    };
    let mut found = registry.search(text);
    if found.is_empty() || places::is_code(registry, text) {
        let at = Source::new("TEXT", "").whole();
        let named = registry.find(text, at).map_err(InputError::from)?;
        // An old code beside what it is a part of now.
        found = registry.place(text).into_iter().collect();
        for place in named.places {
            if !found.iter().any(|one| one.id == place.id) {
                found.push(place);
            }
        }
    }
    if json {
        return super::print_json(&places::document(registry, &found));
    }
    super::print(&places::listing(registry, &found))
}
