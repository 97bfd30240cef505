//! Which charts a run draws.

mod families;
mod headline;
mod overview;
pub mod scores;
mod series;
mod waits;
mod who;

use rayon::prelude::*;

use super::charts::{Chart, Format, render};
pub use crate::escape::file_name;
use crate::projection::Projection;
use crate::projection::line::{FamilyResult, LineResult};
use crate::projection::measure::Measure;
use crate::projection::quantiles::Stats;
use crate::study::Study;
use families::Pictures;
use series::source;

/// Which charts are drawn, and how.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Drawn {
    /// Those of every family, service and scenario too, not the dozen that matter.
    pub all: bool,
    /// The formats of each.
    pub formats: Vec<Format>,
}

/// The charts of an area, from its projections, as files: name and bytes.
pub fn charts(
    study: &Study,
    area: usize,
    projections: &[Projection],
    drawn: &Drawn,
) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    // Parts of an area that is drawn whole are in the tables.
    if drawn.formats.is_empty() || study.areas[area].is_part {
        return Ok(Vec::new());
    }
    let projections: Vec<&Projection> = projections.iter().collect();
    let picture = Pictures { study, area };
    let mut list = few(&picture, &projections);
    if drawn.all {
        for (name, chart) in each(&picture, &projections) {
            if list.iter().all(|(known, _)| *known != name) {
                list.push((name, chart));
            }
        }
    }
    let is_only = study.areas.iter().filter(|area| !area.is_part).count() == 1;
    let suffix =
        if is_only { String::new() } else { format!("-{}", file_name(&study.areas[area].id)) };
    let jobs: Vec<(&str, &Chart, Format)> = list
        .iter()
        .flat_map(|(name, chart)| drawn.formats.iter().map(move |f| (name.as_str(), chart, *f)))
        .collect();
    jobs.into_par_iter()
        .map(|(name, chart, format)| {
            Ok((format!("{name}{suffix}.{}", format.extension()), render(chart, format)?))
        })
        .collect()
}

/// The charts that matter, a dozen at most with up to four headline families.
fn few(picture: &Pictures<'_>, projections: &[&Projection]) -> Vec<(String, Chart)> {
    let study = picture.study;
    let mut list: Vec<(String, Chart)> = Vec::new();
    let mut add = |name: &str, chart: Option<Chart>| {
        list.extend(chart.map(|chart| (name.to_owned(), chart)));
    };
    let Some(most) = with_most_need(projections) else { return list };
    let headline = headline::headline(study, projections, source(study));
    add("headline", headline.map(Chart::from));
    add("families", overview::families(study, projections).map(Chart::from));
    add("waits", overview::waits(study, projections).map(Chart::from));
    let is_headline = |family: &usize| study.pack.families[*family].headline;
    let surge =
        |family: &FamilyResult| family.course.total(Measure::Surge).map_or(0.0, Stats::median);
    let headline_families = most.families.iter().filter(|family| is_headline(&family.family));
    if let Some(family) = headline_families.clone().max_by(|a, b| surge(a).total_cmp(&surge(b))) {
        let name = parts_name(study, most, family);
        add(&name, picture.parts(most, family).map(Chart::from));
    }
    for family in headline_families.clone() {
        if projections.len() > 1 {
            let name = format!("scenarios-{}", family_name(study, family));
            add(&name, picture.scenarios(projections, family.family).map(Chart::from));
        } else {
            let name = fan_name(study, most, family);
            add(&name, picture.fan(most, family).map(Chart::from));
        }
    }
    let has_share = |line: &&LineResult| {
        let standard = line.waits.as_ref().and_then(|waits| waits.standards.first());
        standard.is_some_and(|standard| standard.share.is_some())
    };
    let lines = most.lines.iter();
    let of_headline = |line: &&LineResult| is_headline(&study.pack.services[line.service].family);
    for line in lines.filter(of_headline).filter(has_share).take(2) {
        let chart = waits::waiting(study, most, line, source(study));
        add(&waiting_name(study, most, line), chart.map(Chart::from));
    }
    if let Some((id, chart)) = who::widest(study, most) {
        add(&format!("equity-{}", file_name(&id)), Some(chart));
    }
    list
}

/// The charts of every family, service, stratification and scenario.
fn each(picture: &Pictures<'_>, projections: &[&Projection]) -> Vec<(String, Chart)> {
    let study = picture.study;
    let mut list: Vec<(String, Chart)> = Vec::new();
    let mut add =
        |name: String, chart: Option<Chart>| list.extend(chart.map(|chart| (name, chart)));
    for projection in projections {
        for family in &projection.families {
            let chart = picture.fan(projection, family);
            add(fan_name(study, projection, family), chart.map(Chart::from));
            let chart = picture.parts(projection, family);
            add(parts_name(study, projection, family), chart.map(Chart::from));
        }
        for line in &projection.lines {
            let chart = waits::waiting(study, projection, line, source(study));
            add(waiting_name(study, projection, line), chart.map(Chart::from));
        }
        let load = waits::load(study, projection, source(study));
        add(format!("load-{}", scenario_name(study, projection)), load.map(Chart::from));
    }
    if let (Some(first), true) = (projections.first(), projections.len() > 1) {
        for family in &first.families {
            let name = format!("scenarios-{}", family_name(study, family));
            add(name, picture.scenarios(projections, family.family).map(Chart::from));
        }
    }
    if let Some(most) = with_most_need(projections) {
        for (id, chart) in who::all(study, most) {
            add(format!("equity-{}", file_name(&id)), Some(chart));
        }
    }
    list
}

/// The scenario of an area with the most need.
fn with_most_need<'a>(projections: &[&'a Projection]) -> Option<&'a Projection> {
    let need = |projection: &Projection| projection.needs.total.median();
    projections.iter().copied().max_by(|a, b| need(a).total_cmp(&need(b)))
}

fn scenario_name(study: &Study, projection: &Projection) -> String {
    file_name(&study.scenarios[projection.scenario].id)
}

fn family_name(study: &Study, family: &FamilyResult) -> String {
    file_name(&study.pack.families[family.family].id)
}

fn fan_name(study: &Study, projection: &Projection, family: &FamilyResult) -> String {
    format!("fan-{}-{}", family_name(study, family), scenario_name(study, projection))
}

fn parts_name(study: &Study, projection: &Projection, family: &FamilyResult) -> String {
    format!("parts-{}-{}", family_name(study, family), scenario_name(study, projection))
}

fn waiting_name(study: &Study, projection: &Projection, line: &LineResult) -> String {
    let service = file_name(&study.pack.services[line.service].id);
    format!("waiting-{service}-{}", scenario_name(study, projection))
}
