//! The slices of the population that a lever is for: `strata = ["deprivation/most-deprived"]` for
//! those alone, `by_need = "deprivation"` for everyone in proportion to need.

use super::LeverFile;
use crate::diagnostics::{Problem, Problems};
use crate::input::document::Read;
use crate::study::lever::{Aim, Kind, Target};
use crate::study::pack::Pack;

/// The target of a lever; none is everyone alike.
pub(super) fn target(
    file: &LeverFile,
    kind: Kind,
    pack: &Pack,
    problems: &mut Problems,
) -> Option<Target> {
    let by_need = file.by_need.as_ref();
    let first = file.strata.iter().flatten().next().or(by_need)?;
    if !kind.about().can_be_aimed {
        let message = format!("{} can't be aimed at strata", kind.name());
        problems.push(
            Problem::error(first.place.clone(), message)
                .read(&first.value)
                .allowed("everyone: all wait in one line, whoever the room is meant for"),
        );
        return None;
    }
    let mut target: Option<Target> = None;
    for name in file.strata.iter().flatten() {
        let Some((stratification, stratum)) = stratum(name, pack, problems) else { continue };
        match &mut target {
            None => target = Some(Target { stratification, aim: Aim::Strata(vec![stratum]) }),
            Some(Target { stratification: same, aim: Aim::Strata(list) })
                if *same == stratification =>
            {
                if !list.contains(&stratum) {
                    list.push(stratum);
                }
            }
            Some(_) => problems.push(
                Problem::error(name.place.clone(), "the strata of a lever are of one kind")
                    .read(&name.value)
                    .allowed("strata of one stratification; what both share nobody has counted"),
            ),
        }
    }
    let Some(name) = by_need else { return target };
    if target.is_some() {
        problems.push(
            Problem::error(name.place.clone(), "a lever has `strata` or `by_need`, not both")
                .read(&name.value),
        );
    }
    let stratification = stratification(name, &name.value, pack, problems)?;
    Some(Target { stratification, aim: Aim::ByNeed })
}

fn stratification(
    at: &Read<String>,
    name: &str,
    pack: &Pack,
    problems: &mut Problems,
) -> Option<usize> {
    let found = pack.stratifications.iter().position(|s| s.id == name);
    if found.is_none() {
        let problem = Problem::error(at.place.clone(), "unknown stratification");
        problems.push(if pack.stratifications.is_empty() {
            problem.read(name).allowed("none: the pack has no strata.csv")
        } else {
            problem.choose(name, pack.stratifications.iter().map(|s| s.id.as_str()))
        });
    }
    found
}

/// `STRATIFICATION/STRATUM`.
fn stratum(name: &Read<String>, pack: &Pack, problems: &mut Problems) -> Option<(usize, usize)> {
    let mut known = Vec::new();
    for (of, stratification) in pack.stratifications.iter().enumerate() {
        for (k, stratum) in stratification.strata.iter().enumerate() {
            known.push(((of, k), format!("{}/{}", stratification.id, stratum.id)));
        }
    }
    let found = known.iter().find(|(_, known)| *known == name.value).map(|(at, _)| *at);
    if found.is_none() {
        problems.push(
            Problem::error(name.place.clone(), "unknown stratum")
                .choose(&name.value, known.iter().map(|(_, known)| known.as_str())),
        );
    }
    found
}
