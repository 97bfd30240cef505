//! What the registry says of an area in the terms of a pack: sizes of groups, shares of strata, and
//! a baseline where none is published.
//!
//! ```text
//! size(group, area) = size in R x W(area) / W(R),  W = sum of people x need
//! split(s, area)    = R(s,t)    x V(area) / V(R),  V = sum of people x need x access
//! ```
//!
//! with R the reference area, England in the built-in packs. `people` are residents by age and fifth of deprivation; for a group those of its ages, with the
//! pack's need per head by fifth; for a service all, with the need and access that the pack has for
//! its family by age and by fifth. The gradients are England's wherever they are used.

use super::{Published, registry};
use crate::draw::Uncertain;
use crate::month::Month;
use crate::study::area::{Part, Series};
use crate::study::figures::{Basis, Figure, Figures, Grade, Origin};
use crate::study::pack::{KnownArea, Pack};
use crate::study::place::{AGES, ETHNIC_GROUPS, FIFTHS, Kind, Residents, share_of_band};
use crate::study::strata::{Scoped, StratumParameter};

/// The strata that residents are counted by, as packs name them.
const BY_FIFTH: (&str, [&str; FIFTHS]) =
    ("deprivation", ["most-deprived", "second", "third", "fourth", "least-deprived"]);
const BY_AGE: (&str, [&str; 4]) = ("age", ["under-18", "18-35", "36-64", "65-plus"]);
const BY_ETHNIC_GROUP: (&str, [&str; ETHNIC_GROUPS.len()]) = ("ethnicity", ETHNIC_GROUPS);

/// The stratum of age that each band is counted in: 35 stands with those above it.
const STRATUM_OF_BAND: [usize; AGES.len()] = [0, 0, 0, 1, 1, 2, 2, 3, 3];

/// Every area that is there today, for a pack whose people are England's.
pub fn known_areas() -> Vec<KnownArea> {
    let is_there = |place: &&crate::study::place::Place| place.kind != Kind::Ccg;
    let known = |place: &crate::study::place::Place| KnownArea {
        id: place.id.clone(),
        name: place.name.clone(),
        population: registry().population(&place.id),
        part_of: place.part_of.clone(),
        sizes: Vec::new(),
        kind: Some(place.kind),
        nation: place.nation,
    };
    registry().places.iter().filter(is_there).map(known).collect()
}

/// Central values of a gradient by stratum: the product of some parameters.
fn gradient<const N: usize>(
    (pack, figures): (&Pack, &Figures),
    (id, names): (&str, [&str; N]),
    family: Option<usize>,
    parameters: &[StratumParameter],
) -> Option<[f64; N]> {
    let own = pack.stratifications.iter().find(|own| own.id == id)?;
    let mut values = [1.0; N];
    for (value, name) in values.iter_mut().zip(names) {
        let stratum = own.strata.iter().position(|stratum| stratum.id == name)?;
        for parameter in parameters {
            let figure = own.figure(stratum, *parameter, family, &pack.reference_area)?;
            *value *= figures.get(figure).number.central;
        }
    }
    Some(values)
}

/// Who lives in the reference area and in an area.
fn people(pack: &Pack, area: &str) -> Option<(Residents, Residents)> {
    Some((registry().residents(&pack.reference_area)?, registry().residents(area)?))
}

/// The sizes of a pack's groups in an area of so many people, by age and need; none where residents are not known.
pub fn sizes(
    (pack, figures): (&Pack, &Figures),
    area: &str,
    population: Option<f64>,
) -> Vec<(usize, f64)> {
    let Some((reference, own)) = people(pack, area) else { return Vec::new() };
    // A pack may know of more people or fewer than the registry.
    let more = population.map_or(1.0, |people| people / own.total());
    let need = gradient((pack, figures), BY_FIFTH, None, &[StratumParameter::RelativeNeed]);
    let need = need.unwrap_or([1.0; FIFTHS]);
    let size = |(index, group): (usize, &crate::study::pack::Group)| {
        let age = |band: usize| group.ages.map_or(1.0, |ages| share_of_band(band, ages));
        let weight = |residents: &Residents| residents.weighted(age, |fifth| need[fifth]);
        let whole = weight(&reference);
        let size = figures.get(group.size).number.central;
        (whole > 0.0).then(|| (index, size * more * weight(&own) / whole))
    };
    pack.groups.iter().enumerate().filter_map(size).collect()
}

/// The part of England's counts of a service that falls on an area.
fn part((pack, figures): (&Pack, &Figures), area: &str, service: usize) -> Option<f64> {
    use StratumParameter::{RelativeAccess, RelativeNeed};
    let (reference, own) = people(pack, area)?;
    let family = Some(pack.services[service].family);
    let of = (pack, figures);
    let ages = gradient(of, BY_AGE, family, &[RelativeNeed, RelativeAccess]).unwrap_or([1.0; 4]);
    let fifths = gradient(of, BY_FIFTH, family, &[RelativeNeed, RelativeAccess]);
    let fifths = fifths.unwrap_or([1.0; FIFTHS]);
    let weight = |residents: &Residents| {
        residents.weighted(|band| ages[STRATUM_OF_BAND[band]], |fifth| fifths[fifth])
    };
    let whole = weight(&reference);
    (whole > 0.0).then(|| weight(&own) / whole)
}

/// England's series split for an area, all of it derived; `reference` are England's, and services
/// that `has` a series of their own are left out.
pub fn split(
    of: (&Pack, &Figures),
    area: &str,
    reference: &[Series],
    has: impl Fn(usize) -> bool,
) -> Vec<Series> {
    let split = |whole: &Series| {
        let part = part(of, area, whole.service)?;
        Some(Series {
            values: whole.values.iter().map(|value| value.map(|value| value * part)).collect(),
            derived: vec![true; whole.values.len()],
            ..whole.clone()
        })
    };
    reference.iter().filter(|whole| !has(whole.service)).filter_map(split).collect()
}

/// The series that are published for an area, or for all of its parts and so add up to it.
pub fn published(pack: &Pack, area: &str) -> Vec<Series> {
    let own = |id: &str, of: &Published| {
        let is_same = |one: &&Published| {
            one.area == id && one.service == of.service && one.measure == of.measure
        };
        registry().series.iter().find(is_same)
    };
    let leaves = registry().leaves(area);
    let mut list: Vec<Series> = Vec::new();
    for kind in &registry().series {
        let Some(service) = pack.service(&kind.service) else { continue };
        if list.iter().any(|series| series.service == service) {
            continue;
        }
        let parts: Option<Vec<&Published>> = match own(area, kind) {
            Some(whole) => Some(vec![whole]),
            None => leaves.iter().map(|leaf| own(&leaf.id, kind)).collect(),
        };
        let Some(parts) = parts.filter(|parts| !parts.is_empty()) else { continue };
        list.extend(sum(service, &parts));
    }
    list
}

/// Series added up over the months that all of them have; a month missing in one is missing.
fn sum(service: usize, parts: &[&Published]) -> Option<Series> {
    let start = parts.iter().map(|part| part.start).max()?;
    let end = parts.iter().map(|part| part.start.plus(part.values.len() as i32)).min()?;
    let months = usize::try_from(end.since(start)).ok().filter(|months| *months > 0)?;
    let at = |part: &&Published, month: Month| {
        let at = usize::try_from(month.since(part.start)).ok()?;
        part.values.get(at).copied().flatten()
    };
    let month = |t: usize| start.plus(t as i32);
    let is_derived =
        |t: usize| parts.iter().any(|part| part.derived_to.is_some_and(|last| month(t) <= last));
    Some(Series {
        service,
        measure: parts.first()?.measure.clone(),
        start,
        values: (0..months).map(|t| parts.iter().map(|part| at(part, month(t))).sum()).collect(),
        derived: (0..months).map(is_derived).collect(),
        part: parts.iter().any(|part| part.derived_to.is_some()).then_some(Part::Area),
    })
}

/// Gives the strata of an area its own shares of people, where a pack does not give them.
pub fn strata(pack: &mut Pack, figures: &mut Figures, area: &str) {
    let Some(own) = registry().residents(area) else { return };
    let fifth = |q: usize| own.weighted(|_| 1.0, |at| f64::from(u8::from(at == q)));
    let age =
        |of: usize| own.weighted(|band| f64::from(u8::from(STRATUM_OF_BAND[band] == of)), |_| 1.0);
    let estimates = "ONS mid-2019 estimates of small areas";
    let tables = [
        (BY_FIFTH.0, &BY_FIFTH.1[..], (0..FIFTHS).map(fifth).collect(), "with IMD 2019", "2019-06"),
        (BY_AGE.0, &BY_AGE.1[..], (0..4).map(age).collect(), "bands 18-34 and 35-64", "2019-06"),
    ];
    for (id, names, people, how, as_of) in tables {
        put(pack, figures, area, (id, names, people), (format!("{estimates}, {how}"), as_of));
    }
    let census = ("ONS Census 2021, TS021".to_owned(), "2021-03");
    put(pack, figures, area, (BY_ETHNIC_GROUP.0, &BY_ETHNIC_GROUP.1, own.ethnic.to_vec()), census);
}

fn put(
    pack: &mut Pack,
    figures: &mut Figures,
    area: &str,
    (id, names, people): (&str, &[&str], Vec<f64>),
    (source, as_of): (String, &str),
) {
    let Some(own) = pack.stratifications.iter_mut().find(|own| own.id == id) else { return };
    let of = |name: &&str| own.strata.iter().position(|stratum| stratum.id == *name);
    let strata: Option<Vec<usize>> = names.iter().map(of).collect();
    let is_given = own.figures.iter().any(|scoped| {
        scoped.parameter == StratumParameter::Share && scoped.area.as_deref() == Some(area)
    });
    let Some(strata) = strata.filter(|all| all.len() == own.strata.len() && !is_given) else {
        return;
    };
    let whole: f64 = people.iter().sum();
    for ((stratum, name), people) in strata.into_iter().zip(names).zip(people) {
        let origin = Origin {
            basis: Basis::Registry,
            place: "built-in: data/areas/residents.csv".to_owned(),
            unit: "share".to_owned(),
            source: source.clone(),
            grade: Grade::A,
            as_of: as_of.to_owned(),
            agreed_with: String::new(),
            note: String::new(),
        };
        let share = figures.put(Figure {
            key: format!("strata.{id}/{name}@{area}.share"),
            scenario: None,
            number: Uncertain::point(people / whole).within(0.0, 1.0),
            origin,
        });
        own.figures.push(Scoped {
            stratum,
            parameter: StratumParameter::Share,
            family: None,
            area: Some(area.to_owned()),
            figure: share,
        });
    }
}
