//! `rollup.csv`: areas that make up a larger one, added up draw by draw.
//!
//! Medians of parts don't add up, draws do: a total here is the sum over areas in every draw, so
//! its mean is the sum of theirs. An area is never added to one it is a part of.

use super::OfRun;
use crate::output::table::columns::{MEASURE, SCENARIO, STATS};
use crate::output::table::{Column, Head, Rows, Table, Written};
use crate::projection::Projection;
use crate::projection::quantiles::Summariser;
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
        let mut summariser = Summariser::default();
        for whole in wholes(study) {
            let ids: Vec<&str> = whole.areas.iter().map(|a| study.areas[*a].id.as_str()).collect();
            let ids = ids.join(";");
            for scenario in 0..study.scenarios.len() {
                let parts: Vec<&Projection> = of
                    .projections
                    .iter()
                    .filter(|p| p.scenario == scenario && whole.areas.contains(&p.area))
                    .collect();
                for (kind, id, measure, draws) in sums(study, &parts) {
                    rows.text(&study.scenarios[scenario].id).text(&whole.name);
                    rows.text(if whole.is_partial { "yes" } else { "" }).text(&ids);
                    rows.text(kind).text(&id).text(measure);
                    let stats = summariser.stats(draws.into_iter());
                    let told = |stats, area: &usize| of.told((*area, None), measure, stats);
                    let stats = whole.areas.iter().fold(stats, told);
                    rows.stats(Some(&stats)).end();
                }
            }
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

/// Every total of some projections, added up draw by draw; what only some of them have is left
/// out, for a sum of some is the total of none.
fn sums(
    study: &Study,
    parts: &[&Projection],
) -> Vec<(&'static str, String, &'static str, Vec<f64>)> {
    let mut list = Vec::new();
    let Some(first) = parts.first() else { return list };
    let mut add = |of, id: &str, measure, draws: Vec<Option<&[f64]>>| {
        let Some(draws) = draws.into_iter().collect::<Option<Vec<_>>>() else { return };
        let mut sum = vec![0.0; draws.first().map_or(0, |own| own.len())];
        for own in &draws {
            for (sum, own) in sum.iter_mut().zip(*own) {
                *sum += own;
            }
        }
        list.push((of, id.to_owned(), measure, sum));
    };
    for line in &first.lines {
        let id = &study.pack.services[line.service].id;
        let lines =
            || parts.iter().map(|p| p.lines.iter().find(|other| other.service == line.service));
        for (measure, _) in &line.course.draws {
            let draws = lines().map(|own| {
                let found = own?.course.draws.iter().find(|(m, _)| m == measure)?;
                Some(found.1.as_slice())
            });
            add("service", id, measure.name(), draws.collect());
        }
        if !line.burden.cost_draws.is_empty() {
            let draws = lines().map(|own| Some(own?.burden.cost_draws.as_slice()));
            add("service", id, "surge_cost", draws.collect());
        }
    }
    for family in &first.families {
        let id = &study.pack.families[family.family].id;
        for (measure, _) in &family.course.draws {
            let draws = parts.iter().map(|p| {
                let own = p.families.iter().find(|f| f.family == family.family)?;
                let found = own.course.draws.iter().find(|(m, _)| m == measure)?;
                Some(found.1.as_slice())
            });
            add("family", id, measure.name(), draws.collect());
        }
    }
    for (measure, _) in &first.needs.draws {
        let draws = parts.iter().map(|p| {
            let found = p.needs.draws.iter().find(|(m, _)| m == measure)?;
            Some(found.1.as_slice())
        });
        add("need", "all", measure.name(), draws.collect());
    }
    list
}
