//! What a page's script is given: the run's own figures by scenario, and what moves with the waves.

use serde_json::{Value, json};

use super::{Shown, is_headline, kernels, waits};
use crate::draw::{Scale, Uncertain};
use crate::month::date_at;
use crate::output::disclosure::NEAREST;
use crate::projection::line::FamilyResult;
use crate::projection::measure::Measure;
use crate::projection::quantiles::{Quantile, Stats};
use crate::projection::response::{Fixed, Responses};
use crate::study::Study;
use crate::study::figures::{Figure, FigureId};
use crate::study::scenario::{Scenario, Tie};

/// The most that the packed lines of a page may take, in bytes: a page stays below 1.5 MB.
const MOST_BYTES: usize = 1_110_000;

/// What a chart of months shows of the draws.
const BAND: [Quantile; 5] =
    [Quantile::Q05, Quantile::Q25, Quantile::Q50, Quantile::Q75, Quantile::Q95];

/// Everything a script is given, and the packed lines beside it.
pub(super) struct Data {
    /// As JSON.
    pub(super) json: Value,
    /// The packed lines, and last what they share; none where nothing moves.
    pub(super) blobs: Vec<String>,
}

/// Packs what there is.
pub(super) fn data(study: &Study, shown: &Shown<'_>, responses: Option<&Responses>) -> Data {
    let mut blobs = Vec::new();
    let mut lines: Vec<usize> = Vec::new();
    let mut moving: Vec<usize> = Vec::new();
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
            if bytes <= MOST_BYTES {
                let new: Vec<usize> = fresh().copied().collect();
                lines.extend(new);
                moving.push(family.family);
            }
        }
        blobs = lines.iter().map(|line| packed[*line].clone()).collect();
        blobs.push(kernels::shared(responses));
    }
    let engine = responses.map(|responses| {
        let services = &study.pack.services;
        json!({
            "start": responses.start.to_string(),
            "months": responses.months,
            "draws": responses.draws,
            "lines": lines.iter().map(|line| {
                let own = &responses.lines[*line];
                let service = &services[own.service];
                let list = own.list.as_ref().and_then(|list| waits::list(shown, own.service, list));
                json!({ "service": service.id, "label": service.label, "list": list })
            }).collect::<Vec<_>>(),
            "rules": rules(study),
            "numbers": responses.numbers.iter().map(|(key, _)| key).collect::<Vec<_>>(),
            "populations": responses.populations.iter()
                .map(|p| &study.pack.groups[p.group].label).collect::<Vec<_>>(),
        })
    });
    let families: Vec<Value> = shown
        .families()
        .map(|family| {
            let own = &study.pack.families[family.family];
            let place = |service: &usize| {
                let of_line =
                    |line: &usize| responses.is_some_and(|r| r.lines[*line].service == *service);
                lines.iter().position(of_line)
            };
            let moves = moving.contains(&family.family);
            let lines: Vec<usize> =
                family.services.iter().filter(|_| moves).filter_map(place).collect();
            json!({
                "id": own.id,
                "label": own.label,
                "headline": is_headline(study, family),
                "lines": lines,
            })
        })
        .collect();
    let scenarios: Vec<Value> = shown
        .projections
        .iter()
        .map(|projection| {
            let scenario = &study.scenarios[projection.scenario];
            let fixed = responses.and_then(|responses| responses.fixed[projection.scenario]);
            let own = |id: usize| projection.families.iter().find(|family| family.family == id);
            json!({
                "id": scenario.id,
                "file": shown.setting.name(&scenario.id),
                "name": scenario.name,
                "start": scenario.start.to_string(),
                "months": scenario.months,
                "fixed": match (responses, fixed) {
                    (Some(_), None) => Value::Null,
                    (Some(_), Some(fixed)) => json!(why(fixed)),
                    (None, _) => json!("No scenario of this run can be moved."),
                },
                "position": position(study, scenario),
                "waits": waits::waits(study, projection),
                "families": shown.families().map(|family| {
                    own(family.family).map(months)
                }).collect::<Vec<_>>(),
            })
        })
        .collect();
    let json = json!({
        "area": study.areas[shown.area].name,
        "draws": study.draws.count,
        "nearest": shown.setting.control.filter(|own| own.holds(shown.area)).map(|_| NEAREST),
        "seed": study.draws.seed,
        "command": shown.setting.command,
        "engine": engine,
        "families": families,
        "scenarios": scenarios,
    });
    Data { json, blobs }
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

/// The months of a family: usual demand, and referrals with their ranges.
fn months(family: &FamilyResult) -> Value {
    let rounded = |value: f64| json!(value.round() as i64);
    let usual = family.course.measure(Measure::Underlying).unwrap_or_default();
    let referrals = family.course.measure(Measure::Referrals).unwrap_or_default();
    let row = |stats: &Stats| json!(BAND.map(|quantile| rounded(stats.at(quantile))));
    json!({
        "usual": usual.iter().map(|stats| rounded(stats.median())).collect::<Vec<_>>(),
        "referrals": referrals.iter().map(row).collect::<Vec<_>>(),
    })
}

/// A number as the script has it.
fn figure(figure: &Figure) -> Value {
    uncertain(&figure.key, figure.number)
}

fn uncertain(key: &str, number: Uncertain) -> Value {
    let Uncertain { low, central, high, scale, least, most, .. } = number;
    json!({
        "key": key,
        "low": low,
        "central": central,
        "high": high,
        "scale": match scale {
            Scale::Linear => "linear",
            Scale::Log => "log",
            Scale::Logit => "logit",
        },
        // Without bounds: nothing, which JSON has no number for.
        "least": least.is_finite().then_some(least),
        "most": most.is_finite().then_some(most),
    })
}

/// How restrictions and the economy follow the waves.
fn rules(study: &Study) -> Value {
    let figure = |id: FigureId| figure(study.figures.get(id));
    let rules = &study.pack.rules;
    let [_, _, reference, _] = study.pack.reference;
    json!({
        "strength": figure(rules.strength),
        "rise": figure(rules.rise),
        "fall": figure(rules.fall),
        "depth": figure(rules.depth),
        "peak": figure(rules.peak),
        "half_life": figure(rules.half_life),
        "later": figure(rules.later),
        "reference": reference,
    })
}

/// A scenario's waves as the script moves them; restrictions as they were given.
fn position(study: &Study, scenario: &Scenario) -> Value {
    let figure = |id: FigureId| figure(study.figures.get(id));
    let start = scenario.start.start_position();
    let response = &scenario.response;
    let tie = |tie: &Tie| {
        let [rise, fall, height, severity] = tie.numbers.map(|number| uncertain("", number));
        json!({
            "wave": tie.wave,
            "peak": tie.peak.to_string(),
            "rise": rise,
            "fall": fall,
            "height": height,
            "severity": severity,
        })
    };
    json!({
        "start": scenario.start.to_string(),
        "months": scenario.months,
        "as_of": scenario.as_of.map(|month| month.to_string()),
        "unrestricted": scenario.is_unrestricted,
        "economy_follows": scenario.economy_follows,
        "waves": scenario.waves.iter().map(|wave| json!({
            "label": wave.label,
            "peak": wave.peak.to_string(),
            "answered": wave.is_answered,
            "rise": figure(wave.rise),
            "fall": figure(wave.fall),
            "height": figure(wave.height),
            "severity": figure(wave.severity),
        })).collect::<Vec<_>>(),
        "restrictions": scenario.restrictions.iter().map(|restriction| json!({
            "label": restriction.label,
            "wave": restriction.wave,
            "from": restriction.given(restriction.from).to_string(),
            "to": restriction.given(restriction.to).to_string(),
            "stringency": figure(restriction.stringency),
            "tie": restriction.tie.as_ref().map(tie),
        })).collect::<Vec<_>>(),
        "shocks": scenario.shocks.iter().map(|shock| json!({
            "from": date_at(shock.from),
            "peak": date_at(shock.peak),
            "onset": shock.from - start,
            "top": shock.peak - start,
            "depth": figure(shock.depth),
            "half_life": figure(shock.half_life),
        })).collect::<Vec<_>>(),
        "response": {
            "need_gain": figure(response.need_gain),
            "suppression_gain": figure(response.suppression_gain),
            "severe_delay": figure(response.severe_delay),
            "threshold": figure(response.threshold),
            "willing": figure(response.willing),
        },
    })
}
