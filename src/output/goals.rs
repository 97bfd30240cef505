//! Goals beside what is projected, and in words.
//!
//! The chance of meeting a goal is read off the quantiles of the draws in that month, in a straight
//! line between them; beyond the outermost it is given as their 2.5 or 97.5%.

use super::words::{count, wrapped};
use crate::diagnostics::{Problem, Problems};
use crate::input::goals::{Bound, Goal};
use crate::projection::Projection;
use crate::projection::measure::Measure;
use crate::projection::quantiles::{Quantile, Stats};
use crate::study::Study;
use crate::study::pack::Counted;

/// Every measure a goal may be set for, by name.
pub fn measures() -> Vec<(&'static str, Measure)> {
    let is_hidden = |measure: &Measure| {
        Measure::OF_BURDEN.contains(measure) || Measure::WITHOUT.contains(measure)
    };
    let known = Measure::ALL.into_iter().filter(|measure| !is_hidden(measure));
    known.map(|measure| (measure.name(), measure)).collect()
}

/// A goal in one scenario and area.
#[derive(Debug)]
pub(super) struct Held<'a> {
    pub(super) goal: &'a Goal<Measure>,
    pub(super) scenario: usize,
    pub(super) area: usize,
    /// The measure in that month; none where the area or the horizon has it not.
    pub(super) stats: Option<Stats>,
    /// Whether nobody starts in that month and the measure is of those who start: no goal of a wait
    /// is met by a wait of nobody.
    pub(super) is_closed: bool,
}

impl<'a> Held<'a> {
    fn new(study: &Study, goal: &'a Goal<Measure>, projection: &Projection) -> Self {
        let start = study.scenarios[projection.scenario].start;
        let t = usize::try_from(goal.month.since(start)).ok();
        let course = projection.course(goal.service);
        let months = course.and_then(|course| course.measure(goal.measure));
        let stats = months.zip(t).and_then(|(months, t)| months.get(t));
        let line =
            projection.lines.iter().find(|line| goal.service == Counted::Service(line.service));
        let closed = line.and_then(|line| line.waits.as_ref()).zip(t);
        let is_closed = Measure::OF_WAITS.contains(&goal.measure)
            && !matches!(goal.measure, Measure::Waiting | Measure::Reneged)
            && closed.is_some_and(|(waits, t)| waits.closed.get(t) == Some(&true));
        let stats = stats.filter(|_| !is_closed).copied();
        Self { goal, scenario: projection.scenario, area: projection.area, stats, is_closed }
    }

    /// The share of draws that meet it.
    pub(super) fn chance(&self) -> Option<f64> {
        if self.is_closed {
            return Some(0.0);
        }
        self.stats.as_ref().map(|stats| match self.goal.bound {
            Bound::AtLeast(value) => 1.0 - below(stats, value, false),
            Bound::AtMost(value) => below(stats, value, true),
        })
    }
}

/// Goals beside what is projected, gathered case by case.
#[derive(Debug)]
pub struct Answers<'a> {
    list: Vec<OfGoal<'a>>,
}

/// What is known of one goal.
#[derive(Debug)]
struct OfGoal<'a> {
    goal: &'a Goal<Measure>,
    held: Vec<Held<'a>>,
    /// The measures that its service has in any case.
    has: Vec<Measure>,
}

impl<'a> Answers<'a> {
    /// Nothing yet of some goals.
    pub fn new(goals: &'a [Goal<Measure>]) -> Self {
        let of = |goal| OfGoal { goal, held: Vec::new(), has: Vec::new() };
        Self { list: goals.iter().map(of).collect() }
    }

    /// Adds a case.
    pub fn add(&mut self, study: &Study, projection: &Projection) {
        for OfGoal { goal, held, has } in &mut self.list {
            if goal.area.is_some_and(|area| area != projection.area) {
                continue;
            }
            let course = projection.course(goal.service);
            for (measure, _) in course.iter().flat_map(|course| &course.measures) {
                if !has.contains(measure) {
                    has.push(*measure);
                }
            }
            held.push(Held::new(study, goal, projection));
        }
    }

    /// Every goal in every case it is for.
    pub(super) fn held(&self) -> impl Iterator<Item = &Held<'a>> {
        self.list.iter().flat_map(|own| &own.held)
    }

    /// Goals that nothing is held against, whatever the scenario or area: the service has no such
    /// measure.
    pub fn without_measure(&self, study: &Study) -> Problems {
        let mut problems = Problems::default();
        for OfGoal { goal, has, .. } in &self.list {
            if has.contains(&goal.measure) {
                continue;
            }
            let measures = measures().into_iter().filter(|(_, measure)| has.contains(measure));
            let measures: Vec<&str> = measures.map(|(name, _)| name).collect();
            let (id, name) = (study.pack.id_of(goal.service), goal.measure.name());
            let problem = Problem::error(goal.place.clone(), format!("{id} has no `{name}`"));
            problems.push(if measures.is_empty() {
                problem.read(id).allowed("a service that the scenarios project")
            } else {
                problem.read(name).allowed(measures.join(", "))
            });
        }
        problems
    }
}

/// The share of draws below a value (or at it, where `at`).
fn below(stats: &Stats, value: f64, at: bool) -> f64 {
    let is_below = |(_, of): &(Quantile, f64)| *of < value || (at && *of == value);
    let last_below = stats.quantiles().take_while(is_below).last();
    let first_above = stats.quantiles().find(|of| !is_below(of));
    match (last_below, first_above) {
        // A number known exactly is on one side.
        (Some((_, of)), None) if of == stats.at(LEAST) => 1.0,
        (None, Some((_, of))) if of == stats.at(MOST) => 0.0,
        (Some((below, from)), Some((above, to))) => {
            let part = if to > from { (value - from) / (to - from) } else { 0.0 };
            let (below, above) = (below.probability(), above.probability());
            below + part * (above - below)
        }
        (None, _) => LEAST.probability(),
        (_, None) => MOST.probability(),
    }
}

/// The outermost quantiles.
const LEAST: Quantile = Quantile::Q025;
const MOST: Quantile = Quantile::Q975;

/// The goals for a terminal.
pub fn terminal(study: &Study, answers: &Answers<'_>) -> String {
    let mut text = String::new();
    for held in answers.held() {
        let (goal, area) = (held.goal, &study.areas[held.area]);
        let (side, value) = match goal.bound {
            Bound::AtLeast(value) => ("at least", value),
            Bound::AtMost(value) => ("at most", value),
        };
        // Shares and weeks need more than whole numbers.
        let is_share = goal.measure.name().starts_with("within_");
        let number = |value: f64| match value {
            value if is_share => format!("{}%", short(value * 100.0)),
            value if value.abs() < 100.0 => short(value),
            value => count(value),
        };
        let found = match (&held.stats, held.chance()) {
            (Some(stats), Some(chance)) => format!(
                "{} ({} to {}); met in {} draws",
                number(stats.median()),
                number(stats.q05()),
                number(stats.q95()),
                of_draws(chance, study.draws.count)
            ),
            (None, Some(_)) => "nobody starts, so there is no wait: not met".to_owned(),
            _ => "not in this projection".to_owned(),
        };
        let line = format!(
            "{}: {} of {} {side} {} in {}, {}, if {}: {found}",
            goal.label,
            goal.measure.name(),
            study.pack.id_of(goal.service),
            number(value),
            goal.month.short(),
            area.name,
            study.scenarios[held.scenario].id,
        );
        text.push_str(&wrapped(&line, "  ", "    "));
    }
    if text.is_empty() { text } else { format!("\nGoals:\n{text}") }
}

/// A chance in words, no finer than the draws are many; beyond the outermost quantiles nothing finer
/// is known.
fn of_draws(chance: f64, draws: usize) -> String {
    let (least, most) = (LEAST.probability(), MOST.probability());
    let of = if draws == 0 { 100 } else { draws.min(100) };
    let part = |chance: f64| chance * of as f64;
    if chance == 0.0 {
        "none of the".to_owned()
    } else if chance <= least {
        format!("fewer than {:.0} of {of}", part(least).ceil())
    } else if chance == 1.0 {
        "all".to_owned()
    } else if chance >= most {
        format!("more than {:.0} of {of}", part(most).floor())
    } else {
        format!("{:.0} of {of}", part(chance))
    }
}

/// Three significant figures and two decimals at most, none that say nothing.
fn short(value: f64) -> String {
    let digits = if value.abs() < 9.995 { 2 } else { 1 };
    let text = format!("{value:.digits$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chance_is_read_off_the_quantiles() {
        let stats = Stats::new(0.0, |quantile| 1.0 + quantile as usize as f64);
        assert!((below(&stats, 5.0, true) - 0.5).abs() < 1e-12);
        assert!((below(&stats, 4.5, false) - 0.375).abs() < 1e-12);
        assert_eq!(below(&stats, 0.0, false), 0.025);
        assert_eq!(below(&stats, 10.0, false), 0.975);
        assert_eq!(below(&Stats::point(3.0), 3.0, false), 0.0);
        assert_eq!(below(&Stats::point(3.0), 3.0, true), 1.0);
    }

    #[test]
    fn a_value_has_three_figures_at_most() {
        let values = [66.69, 32.0, 0.25, 9.996, 4.126];
        assert_eq!(values.map(short), ["66.7", "32", "0.25", "10", "4.13"]);
    }

    #[test]
    fn a_chance_is_no_finer_than_the_draws() {
        assert_eq!(of_draws(0.84, 20), "17 of 20");
        assert_eq!(of_draws(0.84, 1000), "84 of 100");
        assert_eq!(of_draws(0.025, 1000), "fewer than 3 of 100");
        assert_eq!(of_draws(0.975, 20), "more than 19 of 20");
    }
}
