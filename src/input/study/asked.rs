//! Which areas a study projects: those that `--area` names, of the baseline, the pack or the
//! registry.

use super::inputs::Inputs;
use crate::diagnostics::{Problem, Problems, Source, nearest};
use crate::input::baseline::Baseline;
use crate::input::registry::registry;
use crate::study::pack::{KnownArea, Pack, same_name};
use crate::study::place::Place;

/// An area to be projected.
pub(super) struct Chosen {
    /// Its code or name, as in the baseline.
    pub(super) id: String,
    /// Its name for people.
    pub(super) name: String,
    /// What the pack or the registry knows of it.
    pub(super) known: Option<KnownArea>,
    /// Whether it is projected beside the area that it is a part of and that was asked for.
    pub(super) is_part: bool,
}

impl Chosen {
    fn new(pack: &Pack, id: &str, is_part: bool) -> Self {
        let known = known(pack, id).cloned();
        let name = known.as_ref().map_or(id, |known| known.name.as_str()).to_owned();
        Self { id: known.as_ref().map_or(id, |known| &known.id).to_owned(), name, known, is_part }
    }
}

/// The area of an id or a name that a pack knows.
fn known<'a>(pack: &'a Pack, name: &str) -> Option<&'a KnownArea> {
    let by_id = pack.areas.iter().find(|area| same_name(&area.id, name));
    by_id.or_else(|| pack.areas.iter().find(|area| same_name(&area.name, name)))
}

/// Whether a pack knows the areas of the registry.
fn has_registry(pack: &Pack) -> bool {
    pack.areas.iter().any(|area| area.kind.is_some())
}

/// The areas that some texts ask for; none of them asks for all.
pub struct Asked {
    names: Vec<String>,
}

impl Asked {
    /// Those of `asked`, by every code that they have and had.
    pub fn new(asked: &[String], pack: &Pack) -> Self {
        let mut names = Vec::new();
        for text in asked {
            names.push(text.clone());
            names.extend(known(pack, text).map(|area| area.id.clone()));
            if has_registry(pack)
                && let Ok(found) = registry().find(text, Source::new("--area", "").whole())
            {
                for place in found.places {
                    names.push(place.id.clone());
                    names.extend(registry().leaves(&place.id).iter().map(|leaf| leaf.id.clone()));
                }
            }
        }
        Self { names }
    }

    /// Whether an area of a baseline is among them, by its id or its name.
    pub fn holds(&self, area: &str, pack: &Pack) -> bool {
        let id = known(pack, area).map(|known| known.id.as_str());
        let is = |name: &String| same_name(name, area) || id.is_some_and(|id| same_name(name, id));
        self.names.is_empty() || self.names.iter().any(is)
    }
}

/// The areas to be projected, in the order asked for; what is not known is a problem.
pub(super) fn choose(
    inputs: &Inputs,
    pack: &Pack,
    own: Option<&Baseline>,
    problems: &mut Problems,
) -> Vec<Chosen> {
    if inputs.areas.is_empty() {
        return match own {
            Some(baseline) => {
                baseline.areas.iter().map(|(area, _)| Chosen::new(pack, area, false)).collect()
            }
            None => vec![Chosen::new(pack, &pack.reference_area, false)],
        };
    }
    let mut list = Vec::new();
    for text in &inputs.areas {
        if let Some((area, _)) = own.and_then(|baseline| baseline.area(text)) {
            list.push(Chosen::new(pack, area, false));
            continue;
        }
        if same_name(text, &pack.reference_area) {
            list.push(Chosen::new(pack, text, false));
            continue;
        }
        let by_pack = known(pack, text).filter(|area| area.kind.is_none() || !has_registry(pack));
        if let Some(area) = by_pack {
            list.push(Chosen::new(pack, &area.id, false));
            continue;
        }
        if !has_registry(pack) {
            problems.push(unknown(pack, own, text));
            continue;
        }
        match registry().find(text, Source::new("--area", "").whole()) {
            Ok(found) => {
                if let Some(note) = found.note {
                    problems
                        .push(Problem::warning(Source::new("--area", "").whole(), note).read(text));
                }
                let is_one = found.places.len() == 1;
                for place in found.places {
                    add(place, is_one && inputs.with_parts, (pack, own), &mut list);
                }
            }
            Err(problem) => {
                let named = unknown(pack, own, text);
                let suggestion = problem.suggestion.clone().or(named.suggestion);
                problems.push(Problem { suggestion, ..problem });
            }
        }
    }
    list
}

/// A place, and its parts where they are wanted; of a baseline of the user's own what it holds.
fn add(
    place: &Place,
    with_parts: bool,
    (pack, own): (&Pack, Option<&Baseline>),
    list: &mut Vec<Chosen>,
) {
    let parts = registry().children(&place.id);
    if let Some(baseline) = own {
        let leaves = registry().leaves(&place.id);
        let held = |place: &Place| {
            let area = baseline.area(&place.id).or_else(|| baseline.area(&place.name));
            area.map(|(area, _)| area.clone())
        };
        match held(place) {
            Some(area) => list.push(Chosen::new(pack, &area, false)),
            None => {
                let held: Vec<String> =
                    parts.iter().chain(&leaves).filter_map(|part| held(part)).collect();
                if held.is_empty() {
                    list.push(Chosen::new(pack, &place.id, false));
                }
                list.extend(held.iter().map(|area| Chosen::new(pack, area, false)));
            }
        }
        return;
    }
    list.push(Chosen::new(pack, &place.id, false));
    // The only part of a board is the board.
    if with_parts && parts.len() > 1 {
        list.extend(parts.iter().map(|part| Chosen::new(pack, &part.id, true)));
    }
}

/// An area that neither the baseline nor the pack knows.
fn unknown(pack: &Pack, own: Option<&Baseline>, name: &str) -> Problem {
    let names = own.into_iter().flat_map(|baseline| &baseline.areas).map(|(area, _)| area.as_str());
    // Without residents only a baseline says how large an area is.
    let sized = pack.areas.iter().filter(|area| {
        area.population.is_some() && pack.population.is_some()
            || same_name(&area.id, &pack.reference_area)
    });
    let mut names: Vec<&str> = names.chain(sized.map(|area| area.id.as_str())).collect();
    names.sort_unstable();
    names.dedup();
    let place = Source::new("--area", "").whole();
    let mut problem = Problem::error(place, format!("unknown area `{name}`")).choose(name, names);
    if problem.suggestion.is_none() {
        let known = pack.areas.iter().map(|area| area.name.as_str());
        problem.suggestion = nearest(name, known).map(str::to_owned);
    }
    problem
}
