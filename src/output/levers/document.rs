//! The comparison as JSON.

use std::collections::BTreeMap;

use serde::Serialize;

use super::table::{changed, lists};
use super::{QUANTITIES, words};
use crate::evaluate::choices::knowing::{Decision, Worth};
use crate::evaluate::choices::limits::Staffing;
use crate::evaluate::choices::{Comparison, Ranked, Trial};
use crate::projection::quantiles::{Stats, Summariser};
use crate::study::Study;
use crate::study::figures::Grade;
use crate::study::lever::{Level, Lever};

/// The comparison as one document.
#[derive(Serialize)]
pub struct Document<'a> {
    afterwave: &'static str,
    seed: u64,
    draws: usize,
    pack: &'a str,
    nothing: Vec<NothingRead<'a>>,
    choices: Vec<ChoiceRead<'a>>,
    decisions: Vec<DecisionRead<'a>>,
}

#[derive(Serialize)]
struct NothingRead<'a> {
    area: &'a str,
    scenarios: Vec<TrialRead<'a>>,
}

#[derive(Serialize)]
struct TrialRead<'a> {
    scenario: &'a str,
    #[serde(flatten)]
    quantities: BTreeMap<&'static str, Option<Stats>>,
    referrals_change: BTreeMap<&'a str, Stats>,
}

#[derive(Serialize)]
struct ChoiceRead<'a> {
    area: &'a str,
    rank: usize,
    choice: &'a str,
    kind: &'static str,
    levers: Vec<LeverRead<'a>>,
    robust: bool,
    /// The share of draws in which its budget suffices.
    within_budget: Option<f64>,
    staff: Vec<StaffRead>,
    helps_share: f64,
    best_share: f64,
    beats: &'a [(String, f64)],
    regret_mean: f64,
    regret_worst: f64,
    who_gains: BTreeMap<&'a str, BTreeMap<&'a str, f64>>,
    side_effects: Vec<String>,
    /// Of every service that some choice touches, over all scenarios: the list at the end, the share
    /// in time, weeks waited, and each against doing nothing and against no pandemic.
    waits: BTreeMap<&'a str, BTreeMap<String, Stats>>,
    scenarios: Vec<TrialRead<'a>>,
}

#[derive(Serialize)]
struct StaffRead {
    year: String,
    posts_there: f64,
    posts_wanted: Stats,
    staffed: f64,
}

#[derive(Serialize)]
struct LeverRead<'a> {
    name: &'a str,
    label: &'a str,
    kind: &'static str,
    level: Option<Level>,
    grade: Grade,
    source: &'a str,
    price_year: Option<usize>,
}

#[derive(Serialize)]
struct DecisionRead<'a> {
    area: &'a str,
    kind: &'static str,
    chosen: Option<&'a str>,
    perfect: f64,
    figures: Vec<WorthRead<'a>>,
}

#[derive(Serialize)]
struct WorthRead<'a> {
    figure: &'a str,
    grade: Grade,
    people: f64,
    changes: f64,
}

/// Every area's choices, and what it would be worth to know better.
pub fn document<'a>(study: &'a Study, compared: &'a [Comparison]) -> Document<'a> {
    let ranked = |own: &'a Comparison| {
        (1..).zip(&own.ranked).map(move |(rank, ranked)| choice(study, own, rank, ranked))
    };
    let decided =
        |own: &'a Comparison| own.decisions.iter().map(move |of| decision(study, own, of));
    Document {
        afterwave: env!("CARGO_PKG_VERSION"),
        seed: study.draws.seed,
        draws: study.draws.count,
        pack: &study.pack.name,
        nothing: compared
            .iter()
            .map(|own| NothingRead {
                area: &study.areas[own.area].id,
                scenarios: own.nothing.iter().map(|of| trial(study, of)).collect(),
            })
            .collect(),
        choices: compared.iter().flat_map(ranked).collect(),
        decisions: compared.iter().flat_map(decided).collect(),
    }
}

fn trial<'a>(study: &'a Study, trial: &Trial) -> TrialRead<'a> {
    let mut summariser = Summariser::default();
    let mut numbers = |draws: &[f64]| summariser.stats(draws.iter().copied());
    TrialRead {
        scenario: &study.scenarios[trial.scenario].id,
        quantities: QUANTITIES
            .iter()
            .map(|(name, of)| (*name, of(trial).map(|draws| numbers(&draws))))
            .collect(),
        referrals_change: changed(trial)
            .map(|(service, draws)| (study.pack.services[service].id.as_str(), numbers(draws)))
            .collect(),
    }
}

fn choice<'a>(
    study: &'a Study,
    own: &'a Comparison,
    rank: usize,
    ranked: &'a Ranked,
) -> ChoiceRead<'a> {
    let gains = |(of, shares): &'a (usize, Vec<f64>)| {
        let of = &study.pack.stratifications[*of];
        let strata = of.strata.iter().map(|stratum| stratum.id.as_str());
        (of.id.as_str(), strata.zip(shares.iter().copied()).collect())
    };
    ChoiceRead {
        area: &study.areas[own.area].id,
        rank,
        choice: &ranked.choice.name,
        kind: ranked.choice.kind().name(),
        levers: ranked.choice.levers.iter().map(|of| lever(study, of)).collect(),
        robust: ranked.robust,
        within_budget: ranked.kept.budget.and_then(|budget| budget.share),
        staff: ranked.kept.staff.iter().map(staffing).collect(),
        helps_share: ranked.helps,
        best_share: ranked.standing.best,
        beats: &ranked.standing.beats,
        regret_mean: ranked.standing.regret_mean,
        regret_worst: ranked.standing.regret_worst,
        who_gains: ranked.gains.iter().map(gains).collect(),
        side_effects: ranked.side_effects.iter().map(|effect| words(study, effect)).collect(),
        waits: waits(study, own, ranked),
        scenarios: ranked.trials.iter().map(|of| trial(study, of)).collect(),
    }
}

fn waits<'a>(
    study: &'a Study,
    own: &Comparison,
    ranked: &Ranked,
) -> BTreeMap<&'a str, BTreeMap<String, Stats>> {
    let mut summariser = Summariser::default();
    let mut of = |service: usize| {
        let lists = lists(&ranked.trials, &own.nothing, service).into_iter();
        let mut stats = |draws: Vec<Vec<f64>>| summariser.stats(draws.into_iter().flatten());
        let own: BTreeMap<_, _> = lists.map(|(name, draws)| (name, stats(draws))).collect();
        (study.pack.services[service].id.as_str(), own)
    };
    let all = own.touched().into_iter().map(&mut of);
    all.filter(|(_, lists)| !lists.is_empty()).collect()
}

fn staffing(own: &Staffing) -> StaffRead {
    StaffRead {
        year: own.year.to_string(),
        posts_there: own.there,
        posts_wanted: own.wanted,
        staffed: own.share,
    }
}

fn lever<'a>(study: &'a Study, lever: &'a Lever) -> LeverRead<'a> {
    let origin = &study.figures.get(lever.effect).origin;
    LeverRead {
        name: &lever.name,
        label: &lever.label,
        kind: lever.action.kind().name(),
        level: lever.level,
        grade: origin.grade,
        source: &origin.source,
        price_year: lever.price_year,
    }
}

fn decision<'a>(study: &'a Study, own: &'a Comparison, decision: &'a Decision) -> DecisionRead<'a> {
    let chosen = decision.chosen.map(|place| own.ranked[place].choice.name.as_str());
    let worth = |of: &'a Worth| {
        let figure = study.figures.get(of.figure);
        let (people, changes) = (of.people, of.changes);
        WorthRead { figure: &figure.key, grade: figure.origin.grade, people, changes }
    };
    DecisionRead {
        area: &study.areas[own.area].id,
        kind: decision.kind.name(),
        chosen,
        perfect: decision.perfect,
        figures: decision.figures.iter().map(worth).collect(),
    }
}
