//! Choices compared: each lever alone, some together, packages by name, all held against doing
//! nothing over every scenario, on the same draws.
//!
//! What one choice does is a [`Trial`]; how choices are held against each other is [`Ranked`], by
//! the rules of `rank`; what it would be worth to know a figure better is [`knowing`].

pub mod aimed;
pub mod knowing;
pub mod limits;
mod rank;
mod trial;
pub mod within;

use std::collections::HashMap;

pub use rank::{Ranked, SideEffect, Standing, is_sure_to_act};
pub use trial::Trial;

use crate::projection::quantiles::{Stats, Summariser};
use crate::projection::{Projection, project};
use crate::study::figures::FigureId;
use crate::study::lever::{Helps, Lever};
use crate::study::package::Limits;
use crate::study::{Study, Summaries};
use knowing::{Decision, Samples};
use trial::add;

/// How often levers that are aimed are tried again to cost what the same offer to everyone does.
const TRIES: usize = 3;

/// What may be bought: one lever, or several together.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Its name: of its levers, joined by `+`, or that of a package.
    pub name: String,
    /// Its levers.
    pub levers: Vec<Lever>,
    /// Whether it is a package of the user's own.
    pub is_package: bool,
    /// Of the reach asked for, the part of each lever: 1, but for what a budget buys.
    pub parts: Vec<f64>,
    /// What may be spent on it.
    pub limits: Limits,
}

/// Choices are of two kinds: one lever is a question of its own beside several.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// One lever.
    Alone,
    /// Several levers, or a package.
    Together,
}

impl Kind {
    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Alone => "alone",
            Self::Together => "together",
        }
    }
}

impl Choice {
    /// Levers by their names.
    pub fn of(levers: Vec<Lever>) -> Self {
        let names: Vec<&str> = levers.iter().map(|lever| lever.name.as_str()).collect();
        let parts = vec![1.0; levers.len()];
        let limits = Limits::default();
        Self { name: names.join("+"), levers, is_package: false, parts, limits }
    }

    /// Whether it is one lever or several.
    pub fn kind(&self) -> Kind {
        if self.levers.len() == 1 && !self.is_package && self.parts == [1.0] {
            Kind::Alone
        } else {
            Kind::Together
        }
    }

    /// Whether some of its levers reach less than was asked for.
    pub fn is_scaled(&self) -> bool {
        self.parts.iter().any(|part| *part < 1.0) || self.name == within::NAME
    }

    /// Whether one of the two is bought instead of the other: both are of one kind, and neither is
    /// part of the other, for who buys the larger has bought the smaller.
    pub fn is_rival_of(&self, other: &Self) -> bool {
        let holds = |a: &Self, b: &Self| {
            b.levers.iter().all(|own| a.levers.iter().any(|lever| lever.name == own.name))
        };
        self.kind() == other.kind() && !holds(self, other) && !holds(other, self)
    }

    /// The lever that is aimed in it, by its name at everyone; none where it is no such choice.
    pub fn aimed_of(&self) -> Option<&str> {
        let [lever] = self.levers.as_slice() else { return None };
        lever.name.split_once('@').map(|(name, _)| name)
    }

    /// The choice without its levers that help in a way; nothing where it has none of them.
    fn without(&self, helps: Helps) -> Option<Self> {
        let levers = self.levers.iter().filter(|lever| lever.action.about().helps != helps);
        let levers: Vec<Lever> = levers.cloned().collect();
        (levers.len() < self.levers.len()).then(|| Self::of(levers))
    }
}

/// The choices of an area side by side.
#[derive(Debug)]
pub struct Comparison {
    /// Index of the area.
    pub area: usize,
    /// Doing nothing, by scenario.
    pub nothing: Vec<Trial>,
    /// The choices, best first.
    pub ranked: Vec<Ranked>,
    /// What it would be worth to know better, by kind of choice.
    pub decisions: Vec<Decision>,
    /// The figure that moves the people helped by the best choice most, with its rank correlation.
    pub matters: Option<(FigureId, f64)>,
}

impl Comparison {
    /// The services whose referrals or waiting lists some choice changes in some draw.
    pub fn touched(&self) -> Vec<usize> {
        let mut services: Vec<usize> = Vec::new();
        for ranked in &self.ranked {
            for (trial, nothing) in ranked.trials.iter().zip(&self.nothing) {
                let moved = trial.referrals.iter().filter(|(_, d)| d.iter().any(|d| *d != 0.0));
                services.extend(moved.map(|(service, _)| *service));
                let list = |own: usize| nothing.waits.iter().find(|(service, _)| *service == own);
                let waits = trial.waits.iter().filter(|(service, waits)| {
                    list(*service).is_none_or(|(_, before)| before.with != waits.with)
                });
                services.extend(waits.map(|(service, _)| *service));
            }
        }
        services.sort_unstable();
        services.dedup();
        services
    }
}

/// Statistics of a quantity over the draws of all scenarios; none where one has none of it.
pub fn pooled(trials: &[Trial], of: impl Fn(&Trial) -> Option<Vec<f64>>) -> Option<Stats> {
    let draws: Vec<Vec<f64>> = trials.iter().map(of).collect::<Option<_>>()?;
    let mut draws = draws.into_iter().flatten().peekable();
    draws.peek()?;
    Some(Summariser::default().stats(draws))
}

/// Every lever of the study's scenarios, the first of each name.
pub fn levers(study: &Study) -> Vec<Lever> {
    let mut list: Vec<Lever> = Vec::new();
    for lever in study.scenarios.iter().flat_map(|scenario| &scenario.levers) {
        if !list.iter().any(|other| other.name == lever.name) {
            list.push(lever.clone());
        }
    }
    list
}

/// What a comparison is asked for beside its choices.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked {
    /// Pounds for the levers tried alone in the first area: what they buy is a choice more.
    pub budget: Option<f64>,
    /// The stratification by which some levers are aimed, and access is split.
    pub by: Option<usize>,
}

/// Runs every choice over every scenario and area, with what is asked for beside, and ranks them,
/// area by area; `tick` is called with the share done.
pub fn compare(
    study: &mut Study,
    choices: &[Choice],
    asked: Asked,
    tick: &(dyn Fn(f64) + Sync),
) -> Vec<Comparison> {
    study.summaries = if asked.by.is_some() { Summaries::Splits } else { Summaries::Totals };
    let nothing = Choice::of(Vec::new());
    let base = run(study, &nothing);
    let mut choices = choices.to_vec();
    let mut all: Vec<Vec<Trial>> = Vec::new();
    let tried = |study: &mut Study, choice: &Choice| trials(study, choice, &base, asked.by);
    for (done, choice) in choices.iter().enumerate() {
        all.push(tried(study, choice));
        tick((done + 1) as f64 / choices.len().max(1) as f64);
    }
    let mut samples = Samples::new(study);
    price(study, &choices, &mut all, &samples);
    // Each time nearer: what is paid by the person helped hangs on whom it reaches.
    for _ in 0..TRIES {
        let changed = aimed::at_the_same_cost(study, &mut choices, &all);
        if changed.is_empty() {
            break;
        }
        for index in changed {
            all[index] = tried(study, &choices[index]);
        }
        samples = Samples::new(study);
        price(study, &choices, &mut all, &samples);
    }
    if let Some(choice) = asked.budget.and_then(|pounds| within::buy(study, &choices, &all, pounds))
    {
        all.push(tried(study, &choice));
        choices.push(choice);
        samples = Samples::new(study);
        price(study, &choices, &mut all, &samples);
    }
    let nothing =
        base.iter().map(|base| trial::trial(study, (base, base), [None; 2], asked.by)).collect();
    rank::rank(study, &choices, (nothing, all), &samples)
}

/// What a choice does in every scenario and area.
fn trials(
    study: &mut Study,
    choice: &Choice,
    base: &[Projection],
    by: Option<usize>,
) -> Vec<Trial> {
    let projections = run(study, choice);
    let rests = [Helps::Seen, Helps::Started].map(|helps| {
        let rest = choice.without(helps)?;
        // Most choices are one lever: without it there is nothing left to run again.
        Some(if rest.levers.is_empty() { None } else { Some(run(study, &rest)) })
    });
    let of_case = |case: usize| {
        let rest = rests
            .each_ref()
            .map(|rest| rest.as_ref().map(|rest| &rest.as_deref().unwrap_or(base)[case]));
        trial::trial(study, (&base[case], &projections[case]), rest, by)
    };
    (0..base.len()).map(of_case).collect()
}

fn run(study: &mut Study, choice: &Choice) -> Vec<Projection> {
    for scenario in &mut study.scenarios {
        scenario.levers.clone_from(&choice.levers);
    }
    project(study, &|_| {})
}

/// What the levers of every choice cost; a person's cost of a lever within a combination is what
/// it costs alone.
fn price(study: &Study, choices: &[Choice], all: &mut [Vec<Trial>], samples: &Samples) {
    let mut alone: HashMap<&str, Vec<Option<Cost>>> = HashMap::new();
    for (choice, trials) in choices.iter().zip(&*all) {
        if let ([lever], Kind::Alone) = (choice.levers.as_slice(), choice.kind()) {
            let costs = trials.iter().map(|trial| Cost::of(study, lever, trial, samples));
            alone.insert(&lever.name, costs.collect());
        }
    }
    for (choice, trials) in choices.iter().zip(all) {
        for (case, trial) in trials.iter_mut().enumerate() {
            let costs = choice.levers.iter().map(|lever| {
                alone.get(lever.name.as_str()).and_then(|costs| costs.get(case)?.as_ref())
            });
            let costs: Option<Vec<&Cost>> = costs.collect();
            trial.cost = costs.filter(|costs| !costs.is_empty()).map(|costs| {
                let mut sum = vec![0.0; trial.helped.len()];
                for (cost, part) in costs.into_iter().zip(&choice.parts) {
                    add(&mut sum, &cost.fixed, 1.0);
                    add(&mut sum, &cost.variable, *part);
                }
                sum
            });
            if let Kind::Alone = choice.kind() {
                trial.fixed_cost = choice.levers.first().and_then(|lever| {
                    let costs = alone.get(lever.name.as_str())?;
                    Some(costs.get(case)?.as_ref()?.fixed.clone())
                });
            }
        }
    }
}

/// What a lever alone costs over the horizon, in pounds by draw.
struct Cost {
    /// By the year, however far it reaches.
    fixed: Vec<f64>,
    /// By the people it helps and reaches.
    variable: Vec<f64>,
}

impl Cost {
    /// None where it has no price.
    fn of(study: &Study, lever: &Lever, trial: &Trial, samples: &Samples) -> Option<Self> {
        lever.cost_a_year.or(lever.cost_a_person).or(lever.cost_a_reached)?;
        let scenario = &study.scenarios[trial.scenario];
        let running = (0..scenario.months).filter(|t| scenario.month(*t) >= lever.start).count();
        let draws = trial.helped.len();
        let sum = |parts: &[(Option<FigureId>, &Vec<f64>)]| {
            let mut cost = vec![0.0; draws];
            for (figure, factor) in parts {
                let Some(figure) = figure else { continue };
                for (i, price) in samples.of(*figure).into_iter().enumerate() {
                    cost[i] += price * factor[i].max(0.0);
                }
            }
            cost
        };
        let people = [(lever.cost_a_person, &trial.helped), (lever.cost_a_reached, &trial.reached)];
        Some(Self {
            fixed: sum(&[(lever.cost_a_year, &vec![running as f64 / 12.0; draws])]),
            variable: sum(&people),
        })
    }
}
