//! A traced figure as text, JSON and tables.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use serde::Serialize;

use super::charts::{Bar, Tornado, Words};
use super::csv_rows::Rows;
use super::figure_words::in_words;
use super::terminal::{keep_words_whole, new_table};
use super::words::{at_joints, count, count_range, wrapped};
use crate::evaluate::attribution::{Part, by};
use crate::evaluate::sensitivity::Indices;
use crate::projection::measure::Measure;
use crate::projection::quantiles::Stats;
use crate::study::Study;
use crate::study::figures::{Basis, Figure, FigureId, Grade};
use crate::study::pack::Counted;

/// How many drivers, groups, inputs are listed.
const MOST: usize = 8;

/// How many of them on one screen.
const FEW: usize = 3;

/// The longest key that leaves room for its numbers on a line; a longer one is broken.
const LONGEST_KEY: usize = 46;

/// A figure of a run, traced back.
#[derive(Debug)]
pub struct Explained {
    /// What is explained: a service or a family.
    pub counted: Counted,
    /// The services it is made of.
    pub services: Vec<usize>,
    /// The time it covers, in words.
    pub when: String,
    /// Whether there is a baseline: without, only the surge and what levers move are known.
    pub is_known: bool,
    /// The parts of demand, with their ranges.
    pub parts: Vec<(Measure, Stats)>,
    /// The central surge by source.
    pub sources: Vec<Part>,
    /// The strongest uncertain inputs, with the result at their low and high.
    pub inputs: Vec<Input>,
    /// The central result.
    pub central: f64,
    /// The rank correlation of the result with underlying demand.
    pub underlying: f64,
    /// Sobol indices, if asked for.
    pub sobol: Vec<Indices>,
}

/// A traced figure as one document.
#[derive(Serialize)]
pub struct Document<'a> {
    service: &'a str,
    scenario: &'a str,
    area: &'a str,
    when: &'a str,
    central: f64,
    parts: BTreeMap<&'static str, &'a Stats>,
    surge_by_source: Vec<SourceRead<'a>>,
    inputs: Vec<InputRead<'a>>,
    sobol: Vec<SobolRead<'a>>,
}

#[derive(Serialize)]
struct SourceRead<'a> {
    driver: Option<&'a str>,
    group: &'a str,
    condition: &'a str,
    referrals: f64,
}

#[derive(Serialize)]
struct InputRead<'a> {
    figure: &'a Figure,
    rank_correlation: f64,
    result_at_low: f64,
    result_at_high: f64,
}

#[derive(Serialize)]
struct SobolRead<'a> {
    key: &'a str,
    first_order: f64,
    total: f64,
}

/// An uncertain input and what the result does with it.
#[derive(Clone, Copy, Debug)]
pub struct Input {
    /// The figure.
    pub figure: FigureId,
    /// Its rank correlation with the result.
    pub correlation: f64,
    /// The central result with the figure at its low.
    pub low: f64,
    /// The central result with the figure at its high.
    pub high: f64,
}

impl Input {
    /// How far the result moves between the figure's low and high.
    pub fn swing(&self) -> f64 {
        (self.high - self.low).abs()
    }
}

/// `0.7 (0.69 to 0.72)`.
fn range(figure: &Figure) -> String {
    let number = &figure.number;
    if number.is_point() {
        return number.central.to_string();
    }
    format!("{} ({} to {})", number.central, number.low, number.high)
}

impl Explained {
    /// The story for a terminal, in one screen or whole.
    pub fn text(&self, study: &Study, full: bool) -> String {
        let pack = &study.pack;
        let scenario = &study.scenarios[0];
        let area = &study.areas[0];
        let most = if full { MOST } else { FEW };
        let head = format!(
            "{} in {}, {}, if {}",
            pack.label_of(self.counted),
            area.name,
            self.when,
            scenario.name.to_lowercase()
        );
        let mut text = format!("{}\n", wrapped(&head, "", ""));
        let mut table = new_table();
        let is_shown = |(measure, stats): &&(Measure, Stats)| {
            full || *measure != Measure::Levers || *stats != Stats::point(0.0)
        };
        for (measure, stats) in self.parts.iter().filter(is_shown) {
            let value = match measure {
                Measure::Underlying | Measure::Referrals if !self.is_known => {
                    "not known: no baseline".to_owned()
                }
                _ => count_range(stats),
            };
            table.add_row([measure.name().to_owned(), value]);
        }
        let _ = writeln!(text, "{}", table.trim_fmt());
        let total: f64 = self.sources.iter().map(|part| part.referrals).sum();
        if total > 0.0 {
            let _ = writeln!(text, "\nThe surge at central values, {}, comes", count(total));
            let by_driver = by(&self.sources, |part| part.driver);
            let driver = |driver: Option<usize>| {
                driver.map_or("a curve of the pack", |d| pack.drivers[d].label.as_str())
            };
            shares(&mut text, "by driver", (total, most), &by_driver, driver);
            text.push_str(&one_guess(study, total, &by_driver));
            let by_group = by(&self.sources, |part| part.group);
            let group = |g: usize| pack.groups[g].label.as_str();
            shares(&mut text, "by group", (total, most), &by_group, group);
            let by_condition = by(&self.sources, |part| part.condition);
            let condition = |c: usize| pack.conditions[c].label.as_str();
            if full {
                shares(&mut text, "by condition", (total, most), &by_condition, condition);
            }
        }
        if !self.inputs.is_empty() {
            text.push_str(
                "\nWhat its range hangs on (rank correlation; result at low and high):\n",
            );
            let mut table = new_table();
            table.set_header(row(["", "Correlation", "At low", "At high", "Grade"]));
            table.add_row(row([
                "underlying forecast",
                &format!("{:+.2}", self.underlying),
                "",
                "",
                "",
            ]));
            let shown = if full { self.inputs.len() } else { FEW };
            for input in self.inputs.iter().take(shown) {
                let figure = study.figures.get(input.figure);
                table.add_row(row([
                    &at_joints(&figure.key, LONGEST_KEY),
                    &format!("{:+.2}", input.correlation),
                    &count(input.low),
                    &count(input.high),
                    &figure.origin.grade.to_string(),
                ]));
            }
            for column in table.column_iter_mut() {
                column.set_padding((0, 1));
            }
            keep_words_whole(&mut table);
            let _ = writeln!(text, "{}", table.trim_fmt());
        }
        if !self.sobol.is_empty() {
            text.push_str("\nSobol indices (share of variance alone; with others):\n\n");
            let mut table = new_table();
            for indices in &self.sobol {
                table.add_row([
                    at_joints(&study.figures.get(indices.figure).key, LONGEST_KEY),
                    format!("{:.2}", indices.first),
                    format!("{:.2}", indices.total),
                ]);
            }
            keep_words_whole(&mut table);
            let _ = writeln!(text, "{}", table.trim_fmt());
        }
        if !full {
            text.push_str("Every input behind it, with its source: --full.\n");
            return text;
        }
        text.push_str("\nThe inputs behind it:\n\n");
        for id in self.figures(study) {
            text.push_str(&described(study.figures.get(id)));
        }
        text
    }

    /// The figures of the service, and the strongest inputs.
    fn figures(&self, study: &Study) -> Vec<FigureId> {
        let mut list = Vec::new();
        for service in self.services.iter().map(|service| &study.pack.services[*service]) {
            let own = &service.figures;
            list.extend([own.accepted, own.loss, own.returns, own.return_half_life]);
            list.extend([own.months, own.decay]);
            let waits = service.waits(&study.areas[0].id);
            list.extend([
                waits.response,
                waits.capacity_growth,
                waits.lockdown_starts,
                waits.pull_standard,
                waits.wait_drift,
                waits.load,
                waits.reneging,
                waits.spread,
                waits.urgent_share,
            ]);
            list.extend(waits.opening_wait);
            list.extend(own.unit_cost);
            list.push(own.severity.severe_share);
            list.extend(service.severe_by_condition.iter().map(|(_, figure)| *figure));
            for standard in &service.standards {
                list.push(standard.weeks);
                list.extend(standard.share);
            }
        }
        // One figure may be that of several services.
        let mut seen = HashSet::new();
        list.retain(|figure| seen.insert(*figure));
        for input in &self.inputs {
            if !list.contains(&input.figure) {
                list.push(input.figure);
            }
        }
        list
    }

    /// The same as one document.
    pub fn document<'a>(&'a self, study: &'a Study) -> Document<'a> {
        let pack = &study.pack;
        let figure = |id: FigureId| study.figures.get(id);
        let source = |part: &Part| SourceRead {
            driver: part.driver.map(|driver| pack.drivers[driver].id.as_str()),
            group: &pack.groups[part.group].id,
            condition: &pack.conditions[part.condition].id,
            referrals: part.referrals,
        };
        let input = |input: &Input| InputRead {
            figure: figure(input.figure),
            rank_correlation: input.correlation,
            result_at_low: input.low,
            result_at_high: input.high,
        };
        let indices = |own: &Indices| SobolRead {
            key: &figure(own.figure).key,
            first_order: own.first,
            total: own.total,
        };
        Document {
            service: pack.id_of(self.counted),
            scenario: &study.scenarios[0].id,
            area: &study.areas[0].id,
            when: &self.when,
            central: self.central,
            parts: self.parts.iter().map(|(measure, stats)| (measure.name(), stats)).collect(),
            surge_by_source: self.sources.iter().map(source).collect(),
            inputs: self.inputs.iter().map(input).collect(),
            sobol: self.sobol.iter().map(indices).collect(),
        }
    }

    /// `sensitivity.csv`.
    pub fn csv(&self, study: &Study) -> String {
        let mut rows = Rows::new(
            "key,low,central,high,grade,source,rank_correlation,result_at_low,result,result_at_high",
        );
        for input in &self.inputs {
            let figure = study.figures.get(input.figure);
            rows.text(&figure.key).number(figure.number.low).number(figure.number.central);
            rows.number(figure.number.high).text(&figure.origin.grade.to_string());
            rows.text(&figure.origin.source).number(input.correlation);
            rows.number(input.low).number(self.central).number(input.high).end();
        }
        rows.into_text()
    }

    /// The tornado chart of its inputs.
    pub fn tornado(&self, study: &Study) -> Tornado {
        let label = study.pack.label_of(self.counted);
        let unit = self.services.first().map(|service| study.pack.services[*service].unit.plural());
        let words = |input: &Input| in_words(&study.pack, study.figures.get(input.figure));
        let strongest = self.inputs.first().map(words);
        let mut bars: Vec<Bar> = self
            .inputs
            .iter()
            .map(|input| {
                let figure = study.figures.get(input.figure);
                Bar {
                    name: in_words(&study.pack, figure),
                    range: format!("{} to {}", figure.number.low, figure.number.high),
                    low: input.low,
                    high: input.high,
                }
            })
            .collect();
        bars.sort_by(|a, b| (b.high - b.low).abs().total_cmp(&(a.high - a.low).abs()));
        Tornado {
            words: Words::new(
                strongest.map_or_else(
                    || format!("{label}: nothing uncertain moves it"),
                    |words| format!("{label}: most hangs on the {words}"),
                ),
                format!(
                    "{}, {}, {}, with one input at its low and high",
                    unit.unwrap_or_default(),
                    study.areas[0].name,
                    self.when
                ),
                format!(
                    "Source: afterwave {}, pack {}.",
                    env!("CARGO_PKG_VERSION"),
                    study.pack.name
                ),
            ),
            central: self.central,
            bars,
        }
    }
}

fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

fn shares<'a, K: Copy>(
    text: &mut String,
    title: &str,
    (total, most): (f64, usize),
    sums: &[(K, f64)],
    label: impl Fn(K) -> &'a str,
) {
    let list: Vec<String> = sums
        .iter()
        .take(most)
        .map(|(key, sum)| format!("{} {:.0}%", label(*key), sum / total * 100.0))
        .collect();
    let rest = if sums.len() > most { "; others" } else { "" };
    text.push_str(&wrapped(&format!("{title}: {}{rest}", list.join("; ")), "  ", "    "));
}

/// Says so where more than half of a surge hangs on one driver whose figures are guesses.
fn one_guess(study: &Study, total: f64, by_driver: &[(Option<usize>, f64)]) -> String {
    let pack = &study.pack;
    let Some((Some(driver), sum)) = by_driver.first().filter(|(_, sum)| *sum > total / 2.0) else {
        return String::new();
    };
    let own = &pack.drivers[*driver];
    let exposures = pack.exposures.iter().filter(|exposure| exposure.driver == *driver);
    let figures = exposures.map(|exposure| exposure.susceptible).chain([own.peak, own.half_life]);
    let grades = figures.map(|id| study.figures.get(id).origin.grade);
    if grades.max() != Some(Grade::D) {
        return String::new();
    }
    let share = sum / total * 100.0;
    let words = format!(
        "{share:.0}% hangs on one driver, {}, whose reach is a guess (grade D).",
        own.label
    );
    wrapped(&words, "  ", "  ")
}

/// A figure with its range, unit, source, grade, basis and place.
fn described(figure: &Figure) -> String {
    let origin = &figure.origin;
    let mut text =
        wrapped(&format!("{} = {} {}", figure.key, range(figure), origin.unit), "", "    ");
    let source = if origin.source.is_empty() { "no source given" } else { &origin.source };
    let note = if origin.note.is_empty() { String::new() } else { format!("; {}", origin.note) };
    let agreed = match origin.agreed_with.as_str() {
        "" => String::new(),
        who => format!("; agreed with {who}"),
    };
    let line = format!("grade {}, {}, {source}{note}{agreed};", origin.grade, origin.basis);
    text.push_str(&wrapped(&line, "  ", "  "));
    // The place on a line of its own, to be copied.
    let _ = writeln!(text, "  {}", origin.place);
    text
}

/// A figure, and how much it matters.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Assumption<'a> {
    #[serde(flatten)]
    figure: &'a Figure,
    /// 0 to 1: the greatest rank correlation with what it does to a headline family.
    matters: f64,
}

/// Every figure of a study, or only those changed from the defaults: guesses first, and of them
/// those that matter most. `importance` is by the id of a figure.
pub fn assumptions<'a>(study: &'a Study, changed: bool, importance: &[f64]) -> Vec<Assumption<'a>> {
    let matters = |index: usize| importance.get(index).copied().unwrap_or(0.0);
    let all = study.figures.iter().enumerate();
    let mut list: Vec<Assumption<'_>> = all
        .filter(|(_, figure)| !changed || figure.origin.basis == Basis::Set)
        .map(|(index, figure)| Assumption { figure, matters: matters(index) })
        .collect();
    let is_known = |of: &Assumption<'_>| of.figure.origin.grade != Grade::D;
    list.sort_by(|a, b| is_known(a).cmp(&is_known(b)).then(b.matters.total_cmp(&a.matters)));
    list
}

/// The assumptions as CSV.
pub fn assumptions_csv(assumptions: &[Assumption<'_>]) -> String {
    let mut rows = Rows::new(
        "key,scenario,low,central,high,unit,grade,matters,basis,source,as_of,agreed_with,note,\
         place",
    );
    for Assumption { figure, matters } in assumptions {
        let (number, origin) = (&figure.number, &figure.origin);
        rows.text(&figure.key).text(figure.scenario.as_deref().unwrap_or_default());
        rows.number(number.low).number(number.central).number(number.high);
        rows.text(&origin.unit).text(&origin.grade.to_string()).text(&format!("{matters:.2}"));
        rows.text(&origin.basis.to_string());
        rows.text(&origin.source).text(&origin.as_of).text(&origin.agreed_with);
        rows.text(&origin.note).text(&origin.place).end();
    }
    rows.into_text()
}
