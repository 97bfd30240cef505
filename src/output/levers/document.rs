//! The comparison as JSON.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::document::stats;
use super::table::changed;
use super::{QUANTITIES, words};
use crate::evaluate::choices::{Comparison, Trial};
use crate::projection::quantiles::Summariser;
use crate::study::Study;

/// The comparison as one JSON document.
pub fn document(study: &Study, compared: &[Comparison]) -> Value {
    let mut summariser = Summariser::default();
    let mut trial = |trial: &Trial| {
        let mut object = serde_json::Map::new();
        object.insert("scenario".to_owned(), json!(study.scenarios[trial.scenario].id));
        for (name, of) in QUANTITIES {
            let value = of(trial).map(|draws| stats(&summariser.stats(draws.into_iter())));
            object.insert(name.to_owned(), value.unwrap_or(Value::Null));
        }
        let referrals: serde_json::Map<_, _> = changed(trial)
            .map(|(service, draws)| {
                let value = stats(&summariser.stats(draws.iter().copied()));
                (study.pack.services[service].id.clone(), value)
            })
            .collect();
        object.insert("referrals_change".to_owned(), Value::Object(referrals));
        Value::Object(object)
    };
    let nothing: Vec<Value> = compared
        .iter()
        .map(|own| {
            json!({
                "area": study.areas[own.area].id,
                "scenarios": own.nothing.iter().map(&mut trial).collect::<Vec<_>>(),
            })
        })
        .collect();
    let placed = compared.iter().flat_map(|own| (1..).zip(&own.ranked).map(move |of| (own, of)));
    let choices: Vec<Value> = placed
        .map(|(own, (rank, choice))| {
            json!({
                "area": study.areas[own.area].id,
                "rank": rank,
                "choice": choice.choice.name,
                "kind": choice.choice.kind().name(),
                "levers": choice.choice.levers.iter().map(|lever| json!({
                    "name": lever.name,
                    "label": lever.label,
                    "kind": lever.action.kind().name(),
                    "level": lever.level,
                    "grade": study.figures.get(lever.effect).origin.grade,
                    "source": study.figures.get(lever.effect).origin.source,
                    "price_year": lever.price_year,
                })).collect::<Vec<_>>(),
                "robust": choice.robust,
                "helps_share": choice.helps,
                "best_share": choice.best,
                "beats": choice.beats,
                "regret_mean": choice.regret_mean,
                "regret_worst": choice.regret_worst,
                "who_gains": choice.gains.iter().map(|(of, shares)| {
                    let of = &study.pack.stratifications[*of];
                    let strata = of.strata.iter().map(|stratum| stratum.id.clone());
                    (of.id.clone(), strata.zip(shares.iter().copied()).collect())
                }).collect::<BTreeMap<String, BTreeMap<String, f64>>>(),
                "side_effects": choice.side_effects.iter()
                    .map(|effect| words(study, effect)).collect::<Vec<_>>(),
                "scenarios": choice.trials.iter().map(&mut trial).collect::<Vec<_>>(),
            })
        })
        .collect();
    let decisions: Vec<Value> = compared
        .iter()
        .flat_map(|own| own.decisions.iter().map(move |decision| (own, decision)))
        .map(|(own, decision)| {
            json!({
                "area": study.areas[own.area].id,
                "kind": decision.kind.name(),
                "chosen": decision.chosen.map(|place| own.ranked[place].choice.name.clone()),
                "perfect": decision.perfect,
                "figures": decision.figures.iter().map(|worth| json!({
                    "figure": study.figures.get(worth.figure).key,
                    "grade": study.figures.get(worth.figure).origin.grade,
                    "people": worth.people,
                    "changes": worth.changes,
                })).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "afterwave": env!("CARGO_PKG_VERSION"),
        "seed": study.draws.seed,
        "draws": study.draws.count,
        "pack": study.pack.name,
        "nothing": nothing,
        "choices": choices,
        "decisions": decisions,
    })
}
