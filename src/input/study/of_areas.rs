//! Figures of one area, `TABLE.KEY@AREA.PARAMETER`: whether there is such an area, and whether it is
//! projected. What areas there are only the baseline can say, so this is asked when all is read.

use super::areas::ReadAreas;
use crate::diagnostics::{Problem, Problems, Source};
use crate::study::figures::{Basis, Figure, Figures};
use crate::study::pack::same_name;

/// Complains of figures of an area that no input knows, and of what is set for one that is not
/// projected. A pack may serve many baselines: its rows for areas of another are warned of.
pub(super) fn check(figures: &Figures, areas: &ReadAreas, problems: &mut Problems) {
    // What is set comes first: rows of a pack for an area that was told of are not told of again.
    let (set, read): (Vec<&Figure>, Vec<&Figure>) =
        figures.iter().partition(|figure| figure.origin.basis == Basis::Set);
    let mut told: Vec<&str> = Vec::new();
    for figure in set.into_iter().chain(read) {
        let Some(area) = area_of(&figure.key) else { continue };
        let is_set = figure.origin.basis == Basis::Set;
        let place = if is_set {
            Source::new("--set", "").whole().cell(&*figure.key)
        } else {
            Source::new(&*figure.origin.place, "").whole()
        };
        let is_known =
            areas.known.iter().any(|(id, name)| same_name(id, area) || same_name(name, area));
        let is_projected = areas.list.iter().any(|own| same_name(&own.id, area));
        if !is_known && !is_set && told.contains(&area) {
            continue;
        }
        if !is_known {
            told.push(area);
            let message = format!("unknown area `{area}` in `{}`", figure.key);
            let problem = if is_set {
                Problem::error(place, message)
            } else {
                Problem::warning(place, message)
            };
            problems.push(problem.choose(area, areas.known.iter().map(|(id, _)| id.as_str())));
        } else if is_set && !is_projected {
            let own: Vec<&str> = areas.list.iter().map(|own| own.id.as_str()).collect();
            problems.push(
                Problem::warning(place, format!("`{area}` is not projected: no effect"))
                    .read(area)
                    .allowed(own.join(", "))
                    .suggest(format!("--area {area}")),
            );
        }
    }
}

/// The area that the key of a figure names.
fn area_of(key: &str) -> Option<&str> {
    let (_, rest) = key.split_once('@')?;
    rest.rsplit_once('.').map(|(area, _)| area)
}
