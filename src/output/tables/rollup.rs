//! `rollup.csv`: areas that make up a larger one, added up draw by draw.
//!
//! Medians of parts don't add up, draws do: a total here is the sum over areas in every draw, so
//! its mean is the sum of theirs. An area is never added to one it is a part of.

use rayon::prelude::*;

use super::{OfRun, told};
use crate::output::table::columns::{MEASURE, SCENARIO, STATS};
use crate::output::table::{Column, Head, Rows, Table, Written};
use crate::projection::Projection;
use crate::projection::quantiles::{Stats, Summariser};
use crate::study::Study;
use crate::study::pack::same_name;

/// Areas that are added up, by their indices in the study, and what they are together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Whole {
    /// The larger area; `all` where they are of several.
    pub name: String,
    /// Its parts.
    pub areas: Vec<usize>,
    /// Whether other parts of it are known and absent: a sum of some is not the whole.
    pub is_partial: bool,
}

/// Totals over the horizon by service and family, surge costs and need; nothing where no areas go
/// together.
pub(super) struct Rollup;

impl Table<OfRun<'_>> for Rollup {
    fn head(&self) -> Head {
        let keys = [
            SCENARIO,
            Column::id("area", "the larger area; `all` where they are of several"),
            Column::text("partial", "`yes` where other parts of the same area are absent"),
            Column::id("areas", "the areas added up, apart by `;`"),
            Column::text("of", "`service`, `family`, or `need`"),
            Column::id("id", "the service or family, as in the pack"),
            MEASURE,
        ];
        Head {
            name: "rollup",
            about: "Totals over all months of areas that are part of the same one, added up draw \
                    by draw: means add up, percentiles do not. Measures: those of \
                    `comparison.csv`, `surge_cost`, `need`, `unmet`.",
            written: Written::WithRows,
            columns: [&keys[..], &STATS].concat(),
        }
    }

    fn rows(&self, of: &OfRun<'_>, rows: &mut Rows) {
        let study = of.study;
        for (whole, sums) in &of.sums.list {
            let ids: Vec<&str> = whole.areas.iter().map(|a| study.areas[*a].id.as_str()).collect();
            let ids = ids.join(";");
            for (scenario, totals) in study.scenarios.iter().zip(sums) {
                for total in totals {
                    let Sum::Told(stats) = total.sum else { continue };
                    rows.text(&scenario.id).text(&whole.name);
                    rows.text(if whole.is_partial { "yes" } else { "" }).text(&ids);
                    rows.text(total.key.of).text(&total.key.id).text(total.key.measure);
                    let told = |stats, area: &usize| {
                        told(of.control, (*area, None), total.key.measure, stats)
                    };
                    rows.stats(Some(&whole.areas.iter().fold(stats, told))).end();
                }
            }
        }
    }
}

/// Totals of areas that go together, added up as their projections come.
#[derive(Debug)]
pub struct Sums {
    /// By larger area and scenario.
    list: Vec<(Whole, Vec<Vec<Total>>)>,
}

/// What a total is of.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Key {
    of: &'static str,
    id: String,
    measure: &'static str,
}

/// One total over the areas so far.
#[derive(Debug)]
struct Total {
    key: Key,
    sum: Sum,
}

/// What a total has come to.
#[derive(Debug)]
enum Sum {
    /// By draw, as far as areas have come.
    Of(Vec<f64>),
    /// Some area has it not: a sum of some is the total of none.
    Missing,
    /// Of all of them.
    Told(Stats),
}

impl Sums {
    /// Nothing yet, of the areas of a study that go together.
    pub fn new(study: &Study) -> Self {
        let none = || study.scenarios.iter().map(|_| Vec::new()).collect();
        Self { list: wholes(study).into_iter().map(|whole| (whole, none())).collect() }
    }

    /// Adds an area in a scenario; areas come in the order of the study.
    pub fn add(&mut self, study: &Study, projection: &Projection) {
        for (whole, sums) in &mut self.list {
            let (first, last) = (whole.areas.first(), whole.areas.last());
            if !whole.areas.contains(&projection.area) {
                continue;
            }
            let sums = &mut sums[projection.scenario];
            let totals = totals(study, projection);
            if first == Some(&projection.area) {
                let begin =
                    |(key, draws): (Key, &[f64])| Total { key, sum: Sum::Of(draws.to_vec()) };
                *sums = totals.into_iter().map(begin).collect();
            } else {
                sums.par_iter_mut().enumerate().for_each(|(at, total)| total.add(&totals, at));
            }
            if last == Some(&projection.area) {
                sums.par_iter_mut().for_each(Total::tell);
            }
        }
    }
}

impl Total {
    /// Adds its like among the totals of an area, most likely the one `at` its own place.
    fn add(&mut self, totals: &[(Key, &[f64])], at: usize) {
        let Sum::Of(sum) = &mut self.sum else { return };
        let is_own = |(key, _): &&(Key, &[f64])| *key == self.key;
        let own = totals.get(at).filter(is_own).or_else(|| totals.iter().find(is_own));
        match own {
            Some((_, draws)) => sum.iter_mut().zip(*draws).for_each(|(sum, own)| *sum += own),
            None => self.sum = Sum::Missing,
        }
    }

    fn tell(&mut self) {
        if let Sum::Of(draws) = &self.sum {
            self.sum = Sum::Told(Summariser::default().stats(draws.iter().copied()));
        }
    }
}

/// Each larger area with two parts or more, and all areas where they are of several.
pub fn wholes(study: &Study) -> Vec<Whole> {
    let mut list: Vec<Whole> = Vec::new();
    let is_whole_of_another = |area: usize| {
        study.areas.iter().any(|other| other.within.contains(&study.areas[area].id))
            || (study.areas[area].id == study.pack.reference_area && study.areas.len() > 1)
    };
    for (index, area) in study.areas.iter().enumerate() {
        let Some(whole) = area.within.first() else { continue };
        match list.iter_mut().find(|known| known.name == *whole) {
            Some(known) => known.areas.push(index),
            None => list.push(Whole { name: whole.clone(), areas: vec![index], is_partial: false }),
        }
    }
    let parts: Vec<usize> = (0..study.areas.len()).filter(|a| !is_whole_of_another(*a)).collect();
    if !list.iter().any(|known| known.areas == parts) {
        list.push(Whole { name: "all".to_owned(), areas: parts, is_partial: false });
    }
    list.retain(|whole| whole.areas.len() > 1);
    for whole in &mut list {
        let is_there = |id: &str| whole.areas.iter().any(|a| same_name(&study.areas[*a].id, id));
        let mut parts =
            study.pack.areas.iter().filter(|known| {
                known.part_of.as_ref().is_some_and(|of| same_name(of, &whole.name))
            });
        whole.is_partial = parts.any(|part| !is_there(&part.id));
        if whole.is_partial {
            whole.name = format!("part of {}", whole.name);
        }
    }
    list
}

/// Every total of a projection, by draw.
fn totals<'a>(study: &Study, projection: &'a Projection) -> Vec<(Key, &'a [f64])> {
    let mut list = Vec::new();
    let mut add = |of, id: &str, measure, draws: &'a [f64]| {
        list.push((Key { of, id: id.to_owned(), measure }, draws));
    };
    for line in &projection.lines {
        let id = &study.pack.services[line.service].id;
        for (measure, draws) in &line.course.draws {
            add("service", id, measure.name(), draws);
        }
        if !line.burden.cost_draws.is_empty() {
            add("service", id, "surge_cost", &line.burden.cost_draws);
        }
    }
    for family in &projection.families {
        let id = &study.pack.families[family.family].id;
        for (measure, draws) in &family.course.draws {
            add("family", id, measure.name(), draws);
        }
    }
    for (measure, draws) in &projection.needs.draws {
        add("need", "all", measure.name(), draws);
    }
    list
}
