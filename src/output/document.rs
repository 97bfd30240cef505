//! A run as one JSON document, and what its record says of it.

use serde::Serialize;

use super::disclosure;
use super::tables::Digest;
use crate::month::Month;
use crate::study::Study;
use crate::study::area::Area;
use crate::study::figures::{Basis, Figure};
use crate::study::followed::Followed;
use crate::study::lever::{Acts, Lever};
use crate::study::scenario::Scenario;

/// What a run found, as `--json` prints it: its short tables.
#[derive(Debug, Serialize)]
pub struct Document<'a> {
    afterwave: &'static str,
    seed: u64,
    draws: usize,
    pack: &'a str,
    tables: Digest,
    files: &'a [String],
}

impl<'a> Document<'a> {
    /// The document of a run that wrote `files`.
    pub fn new(study: &'a Study, tables: Digest, files: &'a [String]) -> Self {
        Self {
            afterwave: env!("CARGO_PKG_VERSION"),
            seed: study.draws.seed,
            draws: study.draws.count,
            pack: &study.pack.name,
            tables,
            files,
        }
    }
}

/// What `run.json` says of a run beside the rest: what it stands on, to be signed off.
#[derive(Debug, Serialize)]
pub struct About<'a> {
    seed: u64,
    draws: usize,
    pack: PackRecord<'a>,
    scenarios: Vec<ScenarioRecord<'a>>,
    areas: Vec<AreaRecord<'a>>,
    changed_from_defaults: Vec<&'a Figure>,
    /// What small numbers are withheld; null where none is.
    disclosure: Option<&'a disclosure::Record>,
    roles: Roles,
    conditional: &'static str,
}

#[derive(Debug, Serialize)]
struct PackRecord<'a> {
    name: &'a str,
    label: &'a str,
    extends: &'a [String],
    licence: &'a str,
    overlap: Overlap<'a>,
}

#[derive(Debug, Serialize)]
struct Overlap<'a> {
    factor: f64,
    rule: &'a str,
}

#[derive(Debug, Serialize)]
struct ScenarioRecord<'a> {
    id: &'a str,
    name: &'a str,
    start: String,
    months: usize,
    waves: Vec<WaveRecord<'a>>,
    followed: Followed,
    levers: Vec<LeverRecord<'a>>,
}

#[derive(Debug, Serialize)]
struct WaveRecord<'a> {
    label: &'a str,
    peak: String,
}

/// A lever by its central values, as `network` takes it up.
#[derive(Debug, Serialize)]
struct LeverRecord<'a> {
    name: &'a str,
    kind: &'static str,
    services: Vec<&'a str>,
    to: Option<&'a str>,
    start: String,
    lag: f64,
    ramp: f64,
    reach: f64,
    effect: f64,
}

#[derive(Debug, Serialize)]
pub(super) struct AreaRecord<'a> {
    id: &'a str,
    name: &'a str,
    basis: String,
}

/// Who stands for what, to be filled in.
#[derive(Debug, Default, Serialize)]
struct Roles {
    commissioner: &'static str,
    analyst: &'static str,
    assurer: &'static str,
    approver: &'static str,
}

impl<'a> About<'a> {
    /// What a run of the study stands on, and what of its results was withheld.
    pub fn new(study: &'a Study, disclosure: Option<&'a disclosure::Record>) -> Self {
        let pack = &study.pack;
        let factor = study.figures.get(pack.overlap.factor).number.central;
        Self {
            seed: study.draws.seed,
            draws: study.draws.count,
            pack: PackRecord {
                name: &pack.name,
                label: &pack.label,
                extends: &pack.extends,
                licence: &pack.licence,
                overlap: Overlap { factor, rule: &pack.overlap.note },
            },
            scenarios: study.scenarios.iter().map(|own| scenario(study, own)).collect(),
            areas: study.areas.iter().map(area).collect(),
            changed_from_defaults: study
                .figures
                .iter()
                .filter(|figure| figure.origin.basis == Basis::Set)
                .collect(),
            disclosure,
            roles: Roles::default(),
            conditional: "If the scenario, then the projection: not a forecast, and nobody's own \
                          risk.",
        }
    }
}

pub(super) fn area(area: &Area) -> AreaRecord<'_> {
    AreaRecord { id: &area.id, name: &area.name, basis: area.scale.words() }
}

fn scenario<'a>(study: &'a Study, own: &'a Scenario) -> ScenarioRecord<'a> {
    ScenarioRecord {
        id: &own.id,
        name: &own.name,
        start: Month::first_day(own.start),
        months: own.months,
        waves: own
            .waves
            .iter()
            .map(|wave| WaveRecord { label: &wave.label, peak: wave.peak.to_string() })
            .collect(),
        followed: own.followed(),
        levers: own.levers.iter().map(|own| lever(study, own)).collect(),
    }
}

fn lever<'a>(study: &'a Study, lever: &'a Lever) -> LeverRecord<'a> {
    let central = |id| study.figures.get(id).number.central;
    let id = |service: usize| study.pack.services[service].id.as_str();
    LeverRecord {
        name: &lever.name,
        kind: lever.action.kind().name(),
        services: lever.action.services().iter().map(|service| id(*service)).collect(),
        to: lever.action.to().map(id),
        start: lever.start.first_day(),
        lag: central(lever.lag),
        ramp: central(lever.ramp),
        reach: central(lever.reach),
        effect: central(lever.effect),
    }
}
