//! Strata of a pack: `strata.csv` names the slices, `figures.csv` holds their figures.
//!
//! The key of a figure is `STRATIFICATION/STRATUM`, with `/FAMILY` for one family of services and
//! `@AREA` for one area: `deprivation/most-deprived/camhs@00V`.

use super::figure_rows::Parameter;
use super::given::GivenFigures;
use super::layer::Layer;
use super::stratum_rows::StratumRow;
use crate::diagnostics::{Place, Problem};
use crate::study::figures::FigureId;
use crate::study::pack::{Family, KnownArea, same_name};
use crate::study::strata::{Scoped, Stratification, Stratum, StratumParameter};

/// Published shares are rounded, so their sum may miss 1 by this much.
const ROUNDING: f64 = 0.005;

/// The stratifications of the layers with their figures. A later layer that names a
/// stratification replaces its strata: deciles don't join quintiles.
pub(super) fn stratifications(
    layers: &[Layer],
    families: &[Family],
    areas: &[KnownArea],
    given: &mut GivenFigures<'_>,
) -> Vec<Stratification> {
    let mut rows: Vec<(String, Vec<StratumRow>)> = Vec::new();
    for layer in layers {
        let mut own: Vec<(String, Vec<StratumRow>)> = Vec::new();
        for row in &layer.strata {
            match own.iter_mut().find(|(id, _)| *id == row.stratification) {
                Some((_, strata)) => strata.push(row.clone()),
                None => own.push((row.stratification.clone(), vec![row.clone()])),
            }
        }
        for (id, strata) in own {
            match rows.iter_mut().find(|(old, _)| *old == id) {
                Some((_, old)) => *old = strata,
                None => rows.push((id, strata)),
            }
        }
    }
    let mut list: Vec<Stratification> = rows
        .iter()
        .map(|(id, strata)| Stratification {
            id: id.clone(),
            strata: strata
                .iter()
                .map(|row| Stratum { id: row.stratum.clone(), label: row.label.clone() })
                .collect(),
            figures: Vec::new(),
        })
        .collect();
    let mut sound = true;
    for (key, name, place) in given.keys("strata") {
        match scope(&key, name, &list, families, areas, &place) {
            Ok((index, scoped)) => {
                if let Some(figure) = given.row("strata", &[&key], name) {
                    list[index].figures.push(scoped(figure));
                }
            }
            Err(problem) => {
                sound = false;
                given.row("strata", &[&key], name);
                given.problems.push(problem);
            }
        }
    }
    for (stratification, (_, rows)) in list.iter_mut().zip(&rows) {
        complete(stratification, rows, given);
        if sound {
            check_shares(stratification, rows, given);
        }
    }
    list
}

/// What a figure's key names, or what is wrong with it.
fn scope(
    key: &str,
    name: &str,
    list: &[Stratification],
    families: &[Family],
    areas: &[KnownArea],
    place: &Place,
) -> Result<(usize, impl FnOnce(FigureId) -> Scoped + use<>), Problem> {
    let unknown = |what: &str, read: &str| {
        Problem::error(place.clone(), format!("unknown {what} `{read}` in the key `{key}`"))
    };
    let (path, area) = key.split_once('@').map_or((key, None), |(path, area)| (path, Some(area)));
    let mut parts = path.splitn(3, '/');
    let of = parts.next().unwrap_or_default();
    let Some(index) = list.iter().position(|s| s.id == of) else {
        return Err(unknown("stratification", of).choose(of, list.iter().map(|s| s.id.as_str())));
    };
    let id = parts.next().unwrap_or_default();
    let strata = &list[index].strata;
    let Some(stratum) = strata.iter().position(|s| s.id == id) else {
        return Err(unknown("stratum", id).choose(id, strata.iter().map(|s| s.id.as_str())));
    };
    let family =
        match parts.next() {
            None => None,
            Some(_) if name == "share" => {
                return Err(Problem::error(
                    place.clone(),
                    "a share of the population can't depend on a family of services",
                )
                .read(key)
                .suggest(format!("{of}/{id}")));
            }
            Some(id) => Some(families.iter().position(|f| f.id == id).ok_or_else(|| {
                unknown("family", id).choose(id, families.iter().map(|f| &*f.id))
            })?),
        };
    let area = match area {
        None => None,
        Some(id) => {
            let known = areas.iter().find(|a| same_name(&a.id, id) || same_name(&a.name, id));
            let known = known
                .ok_or_else(|| unknown("area", id).choose(id, areas.iter().map(|a| &*a.id)))?;
            Some(known.id.clone())
        }
    };
    let parameter = StratumParameter::NAMES
        .iter()
        .find(|(known, _)| *known == name)
        .map_or(StratumParameter::Share, |(_, parameter)| *parameter);
    let scoped = move |figure| Scoped { stratum, parameter, family, area, figure };
    Ok((index, scoped))
}

/// Every stratum has a figure of each kind that holds everywhere.
fn complete(
    stratification: &mut Stratification,
    rows: &[StratumRow],
    given: &mut GivenFigures<'_>,
) {
    for (stratum, row) in rows.iter().enumerate() {
        for (name, parameter) in StratumParameter::NAMES {
            let has = stratification.figures.iter().any(|s| {
                s.stratum == stratum
                    && s.parameter == parameter
                    && s.family.is_none()
                    && s.area.is_none()
            });
            // The static name, as the table of parameters has it.
            let Some(known) = Parameter::find("strata", name) else { continue };
            let key = format!("{}/{}", row.stratification, row.stratum);
            if !has && let Some(figure) = given.needed("strata", &[&key], known.name, &row.place) {
                stratification.figures.push(Scoped {
                    stratum,
                    parameter,
                    family: None,
                    area: None,
                    figure,
                });
            }
        }
    }
}

/// The shares of all strata are the whole population, everywhere.
fn check_shares(
    stratification: &Stratification,
    rows: &[StratumRow],
    given: &mut GivenFigures<'_>,
) {
    let mut areas: Vec<&str> = stratification.areas().collect();
    areas.sort_unstable();
    areas.dedup();
    for area in std::iter::once("").chain(areas) {
        let shares: Option<Vec<f64>> = (0..stratification.strata.len())
            .map(|k| stratification.figure(k, StratumParameter::Share, None, area))
            .map(|id| id.map(|id| given.figures.get(id).number.central))
            .collect();
        let Some(shares) = shares else { continue };
        let sum: f64 = shares.iter().sum();
        if (sum - 1.0).abs() > ROUNDING {
            let of = if area.is_empty() { String::new() } else { format!(" in {area}") };
            let place = rows.first().map_or_else(Place::unknown, |row| row.place.clone());
            given.problems.push(
                Problem::error(
                    place,
                    format!("the shares of `{}`{of} do not sum to 1", stratification.id),
                )
                .read(format!(
                    "{} = {sum:.4}",
                    shares.iter().map(f64::to_string).collect::<Vec<_>>().join(" + ")
                ))
                .allowed("1, within 0.005 for rounding"),
            );
        }
    }
}
