//! Levers compared: each alone and some together, over every scenario, on the same draws.
//!
//! ```text
//! helped = prevented + taken in + seen + started
//! unmet  = people who never present + referrals refused + demand lost to restrictions
//! ```
//!
//! *Prevented* are people who no longer develop a condition; *taken in* are referrals diverted and
//! accepted where they arrive; *seen* are referrals accepted because people seek help or thresholds
//! are lower; *started* are treatments begun within the horizon because there is more capacity or
//! treatment is shorter, beyond what is accepted. The last two are what the levers of that kind add
//! to the rest of the choice. A choice is *robust* if it helps in at least 95% of the draws of
//! every scenario and the range of some effect in it leaves out nothing at all; choices are ranked robust first, then by the median number helped in the
//! scenario that favours them least (maximin).

pub mod aimed;
mod rank;

use std::collections::HashMap;

use crate::draw::{LANES, Stream};
use crate::model::lane::Lane;
use crate::projection::line::LeverTotals;
use crate::projection::measure::{Measure, NeedMeasure};
use crate::projection::quantiles::{Stats, Summariser};
use crate::projection::{Projection, project};
use crate::study::figures::FigureId;
use crate::study::lever::{Helps, Lever};
use crate::study::{Study, Summaries};

/// One lever, or several together.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Its levers.
    pub levers: Vec<Lever>,
}

impl Choice {
    /// The names of its levers, joined by `+`.
    pub fn name(&self) -> String {
        self.levers.iter().map(|lever| lever.name.as_str()).collect::<Vec<_>>().join("+")
    }

    /// The choice without its levers that help in a way; nothing where it has none of them.
    fn without(&self, helps: Helps) -> Option<Self> {
        let levers = self.levers.iter().filter(|lever| lever.action.about().helps != helps);
        let levers: Vec<Lever> = levers.cloned().collect();
        (levers.len() < self.levers.len()).then_some(Self { levers })
    }
}

/// What a choice does in one scenario and area, by draw, over the horizon.
#[derive(Clone, Debug)]
pub struct Trial {
    /// Index of the scenario.
    pub scenario: usize,
    /// Index of the area.
    pub area: usize,
    /// People who no longer develop a condition.
    pub prevented: Vec<f64>,
    /// Referrals moved to another service.
    pub diverted: Vec<f64>,
    /// Of them, those accepted there.
    pub taken_in: Vec<f64>,
    /// Referrals accepted because people seek help or thresholds are lower.
    pub seen: Vec<f64>,
    /// Treatments begun because there is room for them.
    pub started: Vec<f64>,
    /// People helped: prevented, taken in, seen and started.
    pub helped: Vec<f64>,
    /// Change of unmet need.
    pub unmet: Vec<f64>,
    /// Change of referrals by service.
    pub referrals: Vec<(usize, Vec<f64>)>,
    /// Median referrals by service without levers, where there is a baseline.
    pub before: HashMap<usize, f64>,
    /// Pounds for the levers; none where one has no cost.
    pub cost: Option<Vec<f64>>,
    /// Pounds more for treatment in services with a unit cost; none where no changed one has it.
    pub service_cost: Option<Vec<f64>>,
}

impl Trial {
    /// Pounds for each person helped, in the draws that help anyone; none where under half do.
    pub fn cost_per_person(&self) -> Option<Vec<f64>> {
        let cost = self.cost.as_ref()?;
        let none = vec![0.0; cost.len()];
        let service = self.service_cost.as_ref().unwrap_or(&none);
        let costs: Vec<f64> = self
            .helped
            .iter()
            .zip(cost.iter().zip(service))
            .filter(|(helped, _)| **helped > 0.0)
            .map(|(helped, (cost, service))| (cost + service) / helped)
            .collect();
        (2 * costs.len() >= self.helped.len() && !costs.is_empty()).then_some(costs)
    }
}

/// Something a choice does that nobody may have wanted.
#[derive(Clone, PartialEq, Debug)]
pub enum SideEffect {
    /// A service gets more referrals; the mean, and its share where there is a baseline.
    MoreLoad {
        /// The service.
        service: usize,
        /// More referrals over the horizon.
        referrals: f64,
        /// As a share of what came without.
        share: Option<f64>,
    },
    /// All services together get more referrals than before.
    MoreReferrals(f64),
    /// More need goes unmet than before.
    MoreUnmet(f64),
    /// Nobody is helped in most draws.
    HelpsNobody,
}

/// A choice over all scenarios, in one area.
#[derive(Debug)]
pub struct Ranked {
    /// The choice.
    pub choice: Choice,
    /// Index of the area.
    pub area: usize,
    /// What it does, by scenario.
    pub trials: Vec<Trial>,
    /// Whether it helps in nearly all draws of every scenario, by an effect that can't be nothing.
    pub robust: bool,
    /// How often it is the best of its kind (alone or together), over draws and scenarios.
    pub best: f64,
    /// Median number helped in the scenario that favours it least.
    pub least: f64,
    /// What nobody may have wanted.
    pub side_effects: Vec<SideEffect>,
}

impl Ranked {
    /// Statistics of a quantity over the draws of all scenarios.
    pub fn pooled(&self, of: impl Fn(&Trial) -> Option<Vec<f64>>) -> Option<Stats> {
        let draws: Vec<Vec<f64>> = self.trials.iter().map(of).collect::<Option<_>>()?;
        Some(Summariser::default().stats(draws.into_iter().flatten()))
    }
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

/// Runs every choice over every scenario and area, and ranks them, area by area; `tick` is called
/// with the share done.
pub fn compare(study: &mut Study, choices: &[Choice], tick: &(dyn Fn(f64) + Sync)) -> Vec<Ranked> {
    study.summaries = Summaries::Totals;
    let nothing = Choice { levers: Vec::new() };
    let base = run(study, &nothing);
    let mut alone_costs: HashMap<String, Vec<Option<Vec<f64>>>> = HashMap::new();
    let mut all: Vec<Vec<Trial>> = Vec::new();
    for (done, choice) in choices.iter().enumerate() {
        let projections = run(study, choice);
        let mut rest = |helps| choice.without(helps).map(|rest| run(study, &rest));
        let rests = [rest(Helps::Seen), rest(Helps::Started)];
        let trials = (0..base.len())
            .map(|case| {
                let rests = rests.each_ref().map(|rest| rest.as_ref().map(|rest| &rest[case]));
                trial(study, &base[case], &projections[case], rests)
            })
            .collect();
        all.push(trials);
        tick((done + 1) as f64 / choices.len().max(1) as f64);
    }
    // A person's cost of a lever within a combination is what it costs alone.
    for (choice, trials) in choices.iter().zip(&all) {
        if let [lever] = choice.levers.as_slice() {
            let costs = trials.iter().map(|trial| cost_alone(study, lever, trial));
            alone_costs.insert(lever.name.clone(), costs.collect());
        }
    }
    for (choice, trials) in choices.iter().zip(&mut all) {
        for (case, trial) in trials.iter_mut().enumerate() {
            trial.cost = together(choice, &alone_costs, case);
        }
    }
    rank::rank(study, choices, &all)
}

fn run(study: &mut Study, choice: &Choice) -> Vec<Projection> {
    for scenario in &mut study.scenarios {
        scenario.levers.clone_from(&choice.levers);
    }
    project(study, &|_| {})
}

fn trial(
    study: &Study,
    base: &Projection,
    with: &Projection,
    [fewer_people, less_room]: [Option<&Projection>; 2],
) -> Trial {
    let draws = study.draws.count.max(1);
    let sum = |projection: &Projection, of: fn(&LeverTotals) -> &Vec<f64>| {
        let mut sum = vec![0.0; draws];
        for totals in projection.lines.iter().filter_map(|line| line.levers.as_ref()) {
            add(&mut sum, of(totals), 1.0);
        }
        sum
    };
    let need = |projection: &Projection, measure| {
        let found = projection.needs.draws.iter().find(|(m, _)| *m == measure);
        found.map_or_else(|| vec![0.0; draws], |(_, draws)| draws.clone())
    };
    let mut prevented = need(base, NeedMeasure::Need);
    add(&mut prevented, &need(with, NeedMeasure::Need), -1.0);
    let nobody = || vec![0.0; draws];
    let seen = fewer_people.map_or_else(nobody, |rest| {
        let mut seen = sum(with, |totals| &totals.gained);
        add(&mut seen, &sum(rest, |totals| &totals.gained), -1.0);
        seen
    });
    let started = less_room.map_or_else(nobody, |rest| {
        let mut started = starts(study, with, draws);
        add(&mut started, &starts(study, rest, draws), -1.0);
        add(&mut started, &sum(with, |totals| &totals.accepted), -1.0);
        add(&mut started, &sum(rest, |totals| &totals.accepted), 1.0);
        started
    });
    let taken_in = sum(with, |t| &t.taken_in);
    let mut helped = prevented.clone();
    add(&mut helped, &taken_in, 1.0);
    add(&mut helped, &seen, 1.0);
    add(&mut helped, &started, 1.0);
    let mut unmet = need(with, NeedMeasure::Unmet);
    add(&mut unmet, &need(base, NeedMeasure::Unmet), -1.0);
    add(&mut unmet, &sum(with, |t| &t.refused), 1.0);
    add(&mut unmet, &sum(with, |t| &t.lost), 1.0);
    let change = |projection: &Projection| {
        let of = |line: &crate::projection::LineResult| {
            line.course.draws.iter().find(|(m, _)| *m == Measure::Levers).map(|(_, d)| d.clone())
        };
        projection.lines.iter().filter_map(|line| Some((line.service, of(line)?))).collect()
    };
    let before = base
        .lines
        .iter()
        .filter_map(|line| Some((line.service, line.course.total(Measure::Referrals)?.median())));
    Trial {
        scenario: with.scenario,
        area: with.area,
        prevented,
        diverted: sum(with, |t| &t.diverted),
        taken_in,
        seen,
        started,
        helped,
        unmet,
        referrals: change(with),
        before: before.collect(),
        cost: None,
        service_cost: service_cost(base, with),
    }
}

/// Treatment starts over the horizon, of all lines that are no total.
fn starts(study: &Study, projection: &Projection, draws: usize) -> Vec<f64> {
    let mut sum = vec![0.0; draws];
    for line in &projection.lines {
        let own = line.course.draws.iter().find(|(measure, _)| *measure == Measure::Starts);
        if let Some((_, own)) = own
            && !study.pack.services[line.service].is_total()
        {
            add(&mut sum, own, 1.0);
        }
    }
    sum
}

fn add(sum: &mut [f64], part: &[f64], factor: f64) {
    for (sum, part) in sum.iter_mut().zip(part) {
        *sum += factor * part;
    }
}

/// The change of what treatment costs, by the rule of [`crate::projection::burden`]; none where it
/// changes in no service with a unit cost.
fn service_cost(base: &Projection, with: &Projection) -> Option<Vec<f64>> {
    let mut cost: Option<Vec<f64>> = None;
    for line in &with.lines {
        let before = base.lines.iter().find(|other| other.service == line.service)?;
        let (now, before) =
            (&line.burden.treatment_cost_draws, &before.burden.treatment_cost_draws);
        if now == before {
            continue;
        }
        let sum = cost.get_or_insert_with(|| vec![0.0; now.len()]);
        add(sum, now, 1.0);
        add(sum, before, -1.0);
    }
    cost
}

/// A figure's value in every draw.
fn figure_draws(study: &Study, id: FigureId) -> Vec<f64> {
    let figure = study.figures.get(id);
    if study.draws.count == 0 {
        return vec![figure.number.at(0.0)];
    }
    let stream = Stream::new(study.draws.seed, &figure.key);
    let mut draws = Vec::new();
    for block in 0..study.draws.count.div_ceil(LANES) {
        let mut lanes = Lane::<LANES>::ZERO;
        figure.number.sample(&stream, block as u64, &mut lanes);
        draws.extend(lanes);
    }
    draws.truncate(study.draws.count);
    draws
}

/// What a lever costs over the horizon; none where it has no cost.
fn cost_alone(study: &Study, lever: &Lever, trial: &Trial) -> Option<Vec<f64>> {
    let scenario = &study.scenarios[trial.scenario];
    let running = (0..scenario.months).filter(|t| scenario.month(*t) >= lever.start).count();
    let mut cost = vec![0.0; trial.helped.len()];
    for (figure, factor) in [
        (lever.cost_a_year, &vec![running as f64 / 12.0; cost.len()]),
        (lever.cost_a_person, &trial.helped),
    ] {
        let Some(figure) = figure else { continue };
        for (i, price) in figure_draws(study, figure).into_iter().enumerate() {
            cost[i] += price * factor[i].max(0.0);
        }
    }
    lever.cost_a_year.or(lever.cost_a_person).map(|_| cost)
}

fn together(
    choice: &Choice,
    alone: &HashMap<String, Vec<Option<Vec<f64>>>>,
    case: usize,
) -> Option<Vec<f64>> {
    let mut sum: Option<Vec<f64>> = None;
    for lever in &choice.levers {
        let cost = alone.get(&lever.name)?.get(case)?.as_ref()?;
        match &mut sum {
            Some(sum) => add(sum, cost, 1.0),
            None => sum = Some(cost.clone()),
        }
    }
    sum
}
