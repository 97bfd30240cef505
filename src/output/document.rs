//! A run as one JSON document, and the manifest `run.json`.

use serde::Serialize;
use serde_json::{Value, json};

use super::tables::differences;
use super::waits;
use crate::projection::Projection;
use crate::projection::course::Course;
use crate::projection::quantiles::Stats;
use crate::study::Study;
use crate::study::figures::{Basis, Figure};
use crate::study::lever::{Acts, Lever};

/// An input file and the hash of its bytes.
#[derive(Clone, Debug, Serialize)]
pub struct InputHash {
    /// The path, or `built-in: …`.
    pub name: String,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
}

/// The mean and quantiles by name.
pub(super) fn stats(stats: &Stats) -> Value {
    let mut object = serde_json::Map::new();
    object.insert("mean".to_owned(), json!(stats.mean));
    for (quantile, value) in stats.quantiles() {
        object.insert(quantile.name().to_owned(), json!(value));
    }
    Value::Object(object)
}

fn course(study: &Study, projection: &Projection, course: &Course) -> Value {
    let start = study.scenarios[projection.scenario].start;
    let maybe = |value: Option<&Stats>| value.map_or(Value::Null, stats);
    json!({
        "peak": {
            "month": start.plus(course.peak.t as i32).first_day(),
            "extra": stats(&course.peak.extra),
            "uplift": maybe(course.peak.uplift.as_ref()),
        },
        "periods": course.periods.iter().map(|total| json!({
            "period": total.period.name(),
            "referrals": maybe(total.referrals.as_ref()),
            "extra": stats(&total.extra),
            "extra_share": maybe(total.extra_share.as_ref()),
            "surge_share": maybe(total.surge_share.as_ref()),
        })).collect::<Vec<_>>(),
        "totals": course.totals.iter().map(|(measure, total)| {
            (measure.name().to_owned(), stats(total))
        }).collect::<serde_json::Map<_, _>>(),
    })
}

/// The results of a run.
pub fn run(study: &Study, projections: &[Projection], files: &[String]) -> Value {
    let pack = &study.pack;
    let projection = |p: &Projection| {
        let (equity, checks) = super::equity::json(study, p);
        json!({
            "scenario": study.scenarios[p.scenario].id,
            "area": study.areas[p.area].id,
            "basis": study.areas[p.area].scale.words(),
            "need": stats(&p.needs.total),
            "equity": equity,
            "checks": checks,
            "families": p.families.iter().map(|family| json!({
                "family": pack.families[family.family].id,
                "unit": family.unit,
                "services": family.services.iter().map(|s| &pack.services[*s].id).collect::<Vec<_>>(),
                "without_baseline": family.without_baseline.iter()
                    .map(|s| &pack.services[*s].id).collect::<Vec<_>>(),
                "baseline_a_year": family.baseline_year,
                "results": course(study, p, &family.course),
            })).collect::<Vec<_>>(),
            "services": p.lines.iter().map(|line| json!({
                "service": pack.services[line.service].id,
                "unit": pack.services[line.service].unit,
                "underlying_method": line.method,
                "baseline_a_year": line.baseline_year,
                "burden": super::equity::burden_json(&line.burden),
                "results": course(study, p, &line.course),
                "waits": line.waits.as_ref().map(|w| waits::document(study, p, &line.course, w)),
            })).collect::<Vec<_>>(),
        })
    };
    json!({
        "afterwave": env!("CARGO_PKG_VERSION"),
        "seed": study.draws.seed,
        "draws": study.draws.count,
        "pack": pack.name,
        "projections": projections.iter().map(projection).collect::<Vec<_>>(),
        "comparison": differences(study, projections).iter().map(|d| json!({
            "scenario": study.scenarios[d.scenario].id,
            "against": study.scenarios[0].id,
            "area": study.areas[d.area].id,
            "service": pack.services[d.service].id,
            "measure": d.measure,
            "difference": stats(&d.difference),
            "share_of_draws_above": d.share_of_draws_above,
        })).collect::<Vec<_>>(),
        "files": files,
    })
}

/// A lever by its central values, as `network` takes it up.
fn lever(study: &Study, lever: &Lever) -> Value {
    let central = |id| study.figures.get(id).number.central;
    let id = |service: usize| study.pack.services[service].id.as_str();
    let services: Vec<&str> = lever.action.services().iter().map(|s| id(*s)).collect();
    json!({
        "name": lever.name,
        "kind": lever.action.kind().name(),
        "services": services,
        "to": lever.action.to().map(id),
        "start": lever.start.first_day(),
        "lag": central(lever.lag),
        "ramp": central(lever.ramp),
        "reach": central(lever.reach),
        "effect": central(lever.effect),
    })
}

/// `run.json`: what is needed to run it again and to sign it off. It alone may name the time.
pub fn manifest(study: &Study, inputs: &[InputHash], files: &[&str], time: &str) -> Value {
    let changed: Vec<&Figure> =
        study.figures.iter().filter(|f| f.origin.basis == Basis::Set).collect();
    json!({
        "afterwave": env!("CARGO_PKG_VERSION"),
        "time": time,
        "seed": study.draws.seed,
        "draws": study.draws.count,
        "inputs": inputs,
        "files": files,
        "pack": {
            "name": study.pack.name,
            "label": study.pack.label,
            "extends": study.pack.extends,
            "licence": study.pack.licence,
            "overlap": {
                "factor": study.figures.get(study.pack.overlap.factor).number.central,
                "rule": study.pack.overlap.note,
            },
        },
        "scenarios": study.scenarios.iter().map(|s| json!({
            "id": s.id, "name": s.name, "start": s.start.first_day(), "months": s.months,
            "waves": s.waves.iter().map(|wave| json!({
                "label": wave.label, "peak": wave.peak.to_string(),
            })).collect::<Vec<_>>(),
            "followed": s.followed(),
            "levers": s.levers.iter().map(|l| lever(study, l)).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "areas": study.areas.iter().map(|a| json!({
            "id": a.id, "name": a.name, "basis": a.scale.words(),
        })).collect::<Vec<_>>(),
        "changed_from_defaults": changed,
        "roles": { "commissioner": "", "analyst": "", "assurer": "", "approver": "" },
        "conditional": "If the scenario, then the projection: not a forecast, and nobody's own risk.",
    })
}
