//! What a page's script is given: the run's own figures by scenario, and what moves with the waves.

use serde::Serialize;

use super::waits::{self, ListData, WaitsData};
use super::{Shown, is_headline, kernels};
use crate::draw::{Scale, Uncertain};
use crate::month::{Month, date_at};
use crate::output::disclosure::NEAREST;
use crate::projection::Projection;
use crate::projection::line::FamilyResult;
use crate::projection::measure::Measure;
use crate::projection::quantiles::{Quantile, Stats};
use crate::projection::response::{Fixed, Responses};
use crate::study::Study;
use crate::study::figures::FigureId;
use crate::study::scenario::{Restriction, Scenario, Shock, Tie, Wave};

/// The most that the packed lines of a page of three scenarios may take, in bytes: a page stays
/// below 1.5 MB.
const MOST_BYTES: usize = 1_110_000;
/// What a scenario more takes of it.
const BYTES_OF_ONE: usize = 75_000;

/// What a chart of months shows of the draws.
const BAND: [Quantile; 5] =
    [Quantile::Q05, Quantile::Q25, Quantile::Q50, Quantile::Q75, Quantile::Q95];

/// Everything a script is given, and the packed lines beside it.
pub(super) struct Data<'a> {
    /// As JSON.
    pub(super) given: Given<'a>,
    /// The packed lines, and last what they share; none where nothing moves.
    pub(super) blobs: Vec<String>,
}

/// What a script is given.
#[derive(Serialize)]
pub(super) struct Given<'a> {
    area: &'a str,
    draws: usize,
    /// To what counts are rounded that are under disclosure control.
    nearest: Option<f64>,
    seed: u64,
    command: &'a str,
    engine: Option<Engine<'a>>,
    families: Vec<FamilyData<'a>>,
    scenarios: Vec<ScenarioData<'a>>,
}

/// What moves with the waves.
#[derive(Serialize)]
struct Engine<'a> {
    start: Month,
    months: usize,
    draws: usize,
    lines: Vec<LineData<'a>>,
    rules: RulesData<'a>,
    numbers: Vec<&'a str>,
    populations: Vec<&'a str>,
}

#[derive(Serialize)]
struct LineData<'a> {
    service: &'a str,
    label: &'a str,
    list: Option<ListData>,
}

#[derive(Serialize)]
struct FamilyData<'a> {
    id: &'a str,
    label: &'a str,
    headline: bool,
    /// Its lines among those of the engine; none where it does not move.
    lines: Vec<usize>,
}

#[derive(Serialize)]
struct ScenarioData<'a> {
    id: &'a str,
    file: &'a str,
    name: &'a str,
    start: Month,
    months: usize,
    /// Why it can't be moved.
    fixed: Option<&'static str>,
    position: Position<'a>,
    waits: Vec<WaitsData<'a>>,
    families: Vec<Option<MonthsData>>,
}

/// The months of a family: usual demand, and referrals with their ranges.
#[derive(Serialize)]
struct MonthsData {
    usual: Vec<i64>,
    referrals: Vec<[i64; BAND.len()]>,
}

/// A number as the script has it.
#[derive(Serialize)]
struct Number<'a> {
    key: &'a str,
    low: f64,
    central: f64,
    high: f64,
    scale: Scale,
    /// None where it has no bound, for which JSON has no number.
    least: Option<f64>,
    most: Option<f64>,
}

/// How restrictions and the economy follow the waves.
#[derive(Serialize)]
struct RulesData<'a> {
    strength: Number<'a>,
    rise: Number<'a>,
    fall: Number<'a>,
    depth: Number<'a>,
    peak: Number<'a>,
    half_life: Number<'a>,
    later: Number<'a>,
    reference: f64,
}

/// A scenario's waves as the script moves them; restrictions as they were given.
#[derive(Serialize)]
struct Position<'a> {
    start: Month,
    months: usize,
    as_of: Option<Month>,
    unrestricted: bool,
    economy_follows: bool,
    waves: Vec<WaveData<'a>>,
    restrictions: Vec<RestrictionData<'a>>,
    shocks: Vec<ShockData<'a>>,
    response: ResponseData<'a>,
}

#[derive(Serialize)]
struct WaveData<'a> {
    label: &'a str,
    peak: String,
    answered: bool,
    rise: Number<'a>,
    fall: Number<'a>,
    height: Number<'a>,
    severity: Number<'a>,
}

#[derive(Serialize)]
struct RestrictionData<'a> {
    label: &'a str,
    wave: usize,
    from: String,
    to: String,
    stringency: Number<'a>,
    tie: Option<TieData<'a>>,
}

/// The wave that a restriction was given for, as it was.
#[derive(Serialize)]
struct TieData<'a> {
    wave: usize,
    peak: String,
    rise: Number<'a>,
    fall: Number<'a>,
    height: Number<'a>,
    severity: Number<'a>,
}

#[derive(Serialize)]
struct ShockData<'a> {
    from: String,
    peak: String,
    onset: f64,
    top: f64,
    depth: Number<'a>,
    half_life: Number<'a>,
}

#[derive(Serialize)]
struct ResponseData<'a> {
    need_gain: Number<'a>,
    suppression_gain: Number<'a>,
    severe_delay: Number<'a>,
    threshold: Number<'a>,
    willing: Number<'a>,
}

/// Packs what there is.
pub(super) fn data<'a>(
    study: &'a Study,
    shown: &'a Shown<'_>,
    responses: Option<&'a Responses>,
) -> Data<'a> {
    let mut blobs = Vec::new();
    let mut lines: Vec<usize> = Vec::new();
    let mut moving: Vec<usize> = Vec::new();
    let more = shown.projections.len().saturating_sub(3);
    let most = MOST_BYTES.saturating_sub(more * BYTES_OF_ONE);
    if let Some(responses) = responses {
        let packed: Vec<String> = {
            use rayon::prelude::*;
            responses.lines.par_iter().map(kernels::line).collect()
        };
        let index = |service: &usize| responses.lines.iter().position(|l| l.service == *service);
        // Families as a whole, the first first, as long as there is room.
        for family in shown.families() {
            let own: Option<Vec<usize>> = family.services.iter().map(index).collect();
            let Some(own) = own else { continue };
            let fresh = || own.iter().filter(|line| !lines.contains(line));
            let bytes: usize = lines.iter().chain(fresh()).map(|line| packed[*line].len()).sum();
            if bytes <= most {
                let new: Vec<usize> = fresh().copied().collect();
                lines.extend(new);
                moving.push(family.family);
            }
        }
        blobs = lines.iter().map(|line| packed[*line].clone()).collect();
        blobs.push(kernels::shared(responses));
    }
    let services = &study.pack.services;
    let engine = responses.map(|responses| {
        let line = |line: &usize| {
            let own = &responses.lines[*line];
            let service = &services[own.service];
            let list = own.list.as_ref().and_then(|list| waits::list(shown, own.service, list));
            LineData { service: &service.id, label: &service.label, list }
        };
        let groups = responses.populations.iter().map(|p| &study.pack.groups[p.group]);
        Engine {
            start: responses.start,
            months: responses.months,
            draws: responses.draws,
            lines: lines.iter().map(line).collect(),
            rules: rules(study),
            numbers: responses.numbers.iter().map(|(key, _)| key.as_str()).collect(),
            populations: groups.map(|group| group.label.as_str()).collect(),
        }
    });
    let family = |family: &FamilyResult| {
        let own = &study.pack.families[family.family];
        let place = |service: &usize| {
            let of_line =
                |line: &usize| responses.is_some_and(|r| r.lines[*line].service == *service);
            lines.iter().position(of_line)
        };
        let moves = moving.contains(&family.family);
        FamilyData {
            id: &own.id,
            label: &own.label,
            headline: is_headline(study, family),
            lines: family.services.iter().filter(|_| moves).filter_map(place).collect(),
        }
    };
    let scenario = |projection: &'a Projection| {
        let scenario = &study.scenarios[projection.scenario];
        // One beside those of the run is there to be switched to.
        let fixed = responses.map(|responses| responses.fixed.get(projection.scenario));
        let own = |id: usize| projection.families.iter().find(|family| family.family == id);
        ScenarioData {
            id: &scenario.id,
            file: shown.setting.name(&scenario.id),
            name: &scenario.name,
            start: scenario.start,
            months: scenario.months,
            fixed: match fixed {
                Some(Some(fixed)) => fixed.map(why),
                Some(None) => Some("Its waves can be moved in a run without levers."),
                None => Some("No scenario of this run can be moved."),
            },
            position: position(study, scenario),
            waits: waits::waits(study, projection),
            families: shown.families().map(|family| own(family.family).map(months)).collect(),
        }
    };
    let given = Given {
        area: &study.areas[shown.area].name,
        draws: study.draws.count,
        nearest: shown.setting.control.filter(|own| own.holds(shown.area)).map(|_| NEAREST),
        seed: study.draws.seed,
        command: &shown.setting.command,
        engine,
        families: shown.families().map(family).collect(),
        scenarios: shown.projections.iter().map(scenario).collect(),
    };
    Data { given, blobs }
}

/// Why a scenario can't be moved, in a sentence.
fn why(fixed: Fixed) -> &'static str {
    match fixed {
        Fixed::Levers => {
            "This scenario has levers, which act in time: its waves can't be moved here without \
             saying something else than the program. Change its file and run it again."
        }
        Fixed::Curves => "This scenario follows the curves of a pack and has no waves to move.",
        Fixed::OwnTrack => {
            "A series of your own stands for a track in this scenario: there are no waves to move."
        }
        Fixed::Given => {
            "The pack gives what returns of suppressed demand as it is: it would not move."
        }
        Fixed::Fitted => {
            "This scenario carries on from counted months: at which level they lie hangs on the \
             waves. Change its file and run it again."
        }
        Fixed::OtherMonths => {
            "This scenario runs over other months than the first: run it alone to move its waves."
        }
    }
}

fn months(family: &FamilyResult) -> MonthsData {
    let rounded = |value: f64| value.round() as i64;
    let usual = family.course.measure(Measure::Underlying).unwrap_or_default();
    let referrals = family.course.measure(Measure::Referrals).unwrap_or_default();
    let row = |stats: &Stats| BAND.map(|quantile| rounded(stats.at(quantile)));
    MonthsData {
        usual: usual.iter().map(|stats| rounded(stats.median())).collect(),
        referrals: referrals.iter().map(row).collect(),
    }
}

fn number(key: &str, number: Uncertain) -> Number<'_> {
    let Uncertain { low, central, high, scale, least, most, .. } = number;
    let bound = |value: f64| value.is_finite().then_some(value);
    Number { key, low, central, high, scale, least: bound(least), most: bound(most) }
}

fn figure(study: &Study, id: FigureId) -> Number<'_> {
    let figure = study.figures.get(id);
    number(&figure.key, figure.number)
}

fn rules(study: &Study) -> RulesData<'_> {
    let figure = |id: FigureId| figure(study, id);
    let rules = &study.pack.rules;
    let [_, _, reference, _] = study.pack.reference;
    RulesData {
        strength: figure(rules.strength),
        rise: figure(rules.rise),
        fall: figure(rules.fall),
        depth: figure(rules.depth),
        peak: figure(rules.peak),
        half_life: figure(rules.half_life),
        later: figure(rules.later),
        reference,
    }
}

fn position<'a>(study: &'a Study, scenario: &'a Scenario) -> Position<'a> {
    let figure = |id: FigureId| figure(study, id);
    let start = scenario.start.start_position();
    let response = &scenario.response;
    let tie = |tie: &Tie| {
        let [rise, fall, height, severity] = tie.numbers.map(|own| number("", own));
        TieData { wave: tie.wave, peak: tie.peak.to_string(), rise, fall, height, severity }
    };
    let wave = |wave: &'a Wave| WaveData {
        label: &wave.label,
        peak: wave.peak.to_string(),
        answered: wave.is_answered,
        rise: figure(wave.rise),
        fall: figure(wave.fall),
        height: figure(wave.height),
        severity: figure(wave.severity),
    };
    let restriction = |own: &'a Restriction| RestrictionData {
        label: &own.label,
        wave: own.wave,
        from: own.given(own.from).to_string(),
        to: own.given(own.to).to_string(),
        stringency: figure(own.stringency),
        tie: own.tie.as_ref().map(tie),
    };
    let shock = |shock: &Shock| ShockData {
        from: date_at(shock.from),
        peak: date_at(shock.peak),
        onset: shock.from - start,
        top: shock.peak - start,
        depth: figure(shock.depth),
        half_life: figure(shock.half_life),
    };
    Position {
        start: scenario.start,
        months: scenario.months,
        as_of: scenario.as_of,
        unrestricted: scenario.is_unrestricted,
        economy_follows: scenario.economy_follows,
        waves: scenario.waves.iter().map(wave).collect(),
        restrictions: scenario.restrictions.iter().map(restriction).collect(),
        shocks: scenario.shocks.iter().map(shock).collect(),
        response: ResponseData {
            need_gain: figure(response.need_gain),
            suppression_gain: figure(response.suppression_gain),
            severe_delay: figure(response.severe_delay),
            threshold: figure(response.threshold),
            willing: figure(response.willing),
        },
    }
}
