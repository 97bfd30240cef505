//! Which charts a run draws, and the results they are made of.

use rayon::prelude::*;

use super::charts::{
    Band, Chart, Fan, FanChart, Format, Parts, Scenario, Scenarios, Series, Words, render,
};
use super::words::{HEADLINE, capital, count, percent, percent_range};
use super::{headline, waits_pictures};
use crate::month::Month;
use crate::projection::Projection;
use crate::projection::course::Period;
use crate::projection::line::FamilyResult;
use crate::projection::measure::Measure;
use crate::projection::quantiles::{Quantile, Stats};
use crate::study::Study;

/// Which formats the charts of a run are drawn in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Drawn {
    /// Every chart as SVG, and as PNG too those that go into a paper: the headline, the scenarios
    /// side by side, and the fans and waits of the headline families.
    ForPapers,
    /// Every chart in each of these.
    In(Vec<Format>),
}

impl Drawn {
    fn formats(&self, is_for_papers: bool) -> &[Format] {
        match self {
            Self::In(formats) => formats,
            Self::ForPapers if is_for_papers => &[Format::Svg, Format::Png],
            Self::ForPapers => &[Format::Svg],
        }
    }
}

/// How many areas have charts.
fn drawn_areas(study: &Study) -> usize {
    study.areas.iter().filter(|area| !area.is_part).count()
}

/// Every chart of a run as files: name and bytes.
pub fn charts(
    study: &Study,
    projections: &[Projection],
    drawn: &Drawn,
) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    // Name, picture, and whether it goes into papers.
    let mut list: Vec<(String, Chart, bool)> = Vec::new();
    // Parts of an area that is drawn whole are in the tables.
    for area in (0..study.areas.len()).filter(|area| !study.areas[*area].is_part) {
        let of_area: Vec<&Projection> = projections.iter().filter(|p| p.area == area).collect();
        let suffix = if drawn_areas(study) > 1 {
            format!("-{}", file_name(&study.areas[area].id))
        } else {
            String::new()
        };
        let picture = Pictures { study, area };
        if let Some(chart) = headline::headline(study, &of_area, picture.source()) {
            list.push((format!("headline{suffix}"), chart.into(), true));
        }
        for projection in &of_area {
            let scenario = file_name(&study.scenarios[projection.scenario].id);
            for family in &projection.families {
                let id = file_name(&study.pack.families[family.family].id);
                let is_headline = HEADLINE.contains(&id.as_str());
                if let Some(chart) = picture.fan(projection, family) {
                    list.push((format!("fan-{id}-{scenario}{suffix}"), chart.into(), is_headline));
                }
                if is_headline && let Some(chart) = picture.parts(projection, family) {
                    list.push((format!("parts-{id}-{scenario}{suffix}"), chart.into(), false));
                }
            }
            for line in &projection.lines {
                let id = file_name(&study.pack.services[line.service].id);
                let source = picture.source();
                if let Some(chart) = waits_pictures::waiting(study, projection, line, source) {
                    let is_headline = HEADLINE.contains(&id.as_str());
                    let name = format!("waiting-{id}-{scenario}{suffix}");
                    list.push((name, chart.into(), is_headline));
                }
            }
            if let Some(chart) = waits_pictures::load(study, projection, picture.source()) {
                list.push((format!("load-{scenario}{suffix}"), chart.into(), true));
            }
        }
        let equity = super::equity::charts(study, &of_area, &picture.source());
        list.extend(
            equity
                .into_iter()
                .map(|(id, chart)| (format!("equity-{}{suffix}", file_name(&id)), chart, false)),
        );
        if of_area.len() > 1 {
            for family in &of_area[0].families {
                let id = file_name(&study.pack.families[family.family].id);
                if HEADLINE.contains(&id.as_str())
                    && let Some(chart) = picture.scenarios(&of_area, family.family)
                {
                    list.push((format!("scenarios-{id}{suffix}"), chart.into(), true));
                }
            }
        }
    }
    let jobs: Vec<(&str, &Chart, Format)> = list
        .iter()
        .flat_map(|(name, chart, is_for_papers)| {
            let formats = drawn.formats(*is_for_papers).iter();
            formats.map(move |format| (name.as_str(), chart, *format))
        })
        .collect();
    jobs.into_par_iter()
        .map(|(name, chart, format)| {
            Ok((format!("{name}.{}", format.extension()), render(chart, format)?))
        })
        .collect()
}

/// A name that every file system takes.
pub fn file_name(id: &str) -> String {
    let safe = |c: char| if c.is_alphanumeric() || c == '-' || c == '_' { c } else { '-' };
    id.to_lowercase().chars().map(safe).collect()
}

pub(super) fn values(months: &[Stats], value: impl Fn(&Stats) -> f64) -> Vec<f64> {
    months.iter().map(value).collect()
}

/// The fan of a measure by month.
pub(super) fn fan(start: Month, months: &[Stats]) -> Fan {
    let q = |quantile: Quantile| values(months, |stats| stats.at(quantile));
    Fan {
        start,
        median: q(Quantile::Q50),
        band50: Band::new(q(Quantile::Q25), q(Quantile::Q75)),
        band80: Band::new(q(Quantile::Q10), q(Quantile::Q90)),
        band95: Band::new(q(Quantile::Q025), q(Quantile::Q975)),
    }
}

/// The pictures of one area.
struct Pictures<'a> {
    study: &'a Study,
    area: usize,
}

impl Pictures<'_> {
    fn area_name(&self) -> &str {
        &self.study.areas[self.area].name
    }

    fn source(&self) -> String {
        let draws = self.study.draws.count;
        let draws = if draws == 0 { "central values".to_owned() } else { format!("{draws} draws") };
        format!(
            "Source: afterwave {}, pack {}, {draws}, seed {}. If the scenario, then this: a \
             conditional projection, not a forecast.",
            env!("CARGO_PKG_VERSION"),
            self.study.pack.name,
            self.study.draws.seed
        )
    }

    fn fan(&self, projection: &Projection, family: &FamilyResult) -> Option<FanChart> {
        let scenario = &self.study.scenarios[projection.scenario];
        let referrals = family.course.measure(Measure::Referrals)?;
        let underlying = family.course.measure(Measure::Underlying)?;
        let observed = self.observed(family);
        let (history, later): (Vec<_>, Vec<_>) =
            observed.into_iter().partition(|(month, _)| *month < scenario.start);
        let end = scenario.month(scenario.months);
        let later: Vec<_> = later.into_iter().filter(|(month, _)| *month < end).collect();
        Some(FanChart {
            words: Words::new(
                self.finding(projection, family),
                format!(
                    "{} a month, {}, if {}",
                    capital(&family.unit.plural()),
                    self.area_name(),
                    scenario.name.to_lowercase()
                ),
                self.source(),
            ),
            history: series(&history),
            underlying: Some(Series::new(scenario.start, values(underlying, Stats::median))),
            projection: fan(scenario.start, referrals),
            observed: series(&later),
            known_until: None,
        })
    }

    /// The finding of a family in a scenario, for a title.
    fn finding(&self, projection: &Projection, family: &FamilyResult) -> String {
        let scenario = &self.study.scenarios[projection.scenario];
        let label = &self.study.pack.families[family.family].label;
        let share = |year| {
            let total = family.course.period(Period::Year(year))?;
            total.extra_share.as_ref().map(Stats::median)
        };
        let peak = scenario.start.plus(family.course.peak.t as i32).short();
        match (share(1), family.course.peak.uplift.as_ref()) {
            (Some(first), Some(uplift)) => format!(
                "{label}: {} {} in the first year, up to {} more in {peak}",
                percent(first).trim_start_matches(['+', '-']),
                if first < 0.0 { "fewer" } else { "more" },
                percent(uplift.median()).trim_start_matches('+')
            ),
            _ => format!("{label}: most additional demand in {peak}"),
        }
    }

    /// Months in which every service of the family with a baseline was observed.
    fn observed(&self, family: &FamilyResult) -> Vec<(Month, f64)> {
        let area = &self.study.areas[self.area];
        let of_family: Vec<_> = area
            .series
            .iter()
            .filter(|series| {
                family.services.contains(&series.service)
                    && !family.without_baseline.contains(&series.service)
            })
            .collect();
        let Some(first) = of_family.first() else { return Vec::new() };
        first
            .months()
            .filter_map(|(month, ..)| {
                let sum = of_family.iter().map(|series| series.at(month)).sum::<Option<f64>>()?;
                Some((month, sum))
            })
            .collect()
    }

    fn parts(&self, projection: &Projection, family: &FamilyResult) -> Option<Parts> {
        let scenario = &self.study.scenarios[projection.scenario];
        let label = &self.study.pack.families[family.family].label;
        // Means: parts add up to the whole.
        let part = |measure| Some(values(family.course.measure(measure)?, |stats| stats.mean));
        let (suppressed, surge) =
            (family.course.total(Measure::Suppressed)?, family.course.total(Measure::Surge)?);
        Some(Parts {
            words: Words::new(
                format!(
                    "{label}: {} held back, {} of new need",
                    count(suppressed.median()),
                    count(surge.median())
                ),
                format!(
                    "Difference from the usual {} a month by its parts, {}, if {}",
                    family.unit.plural(),
                    self.area_name(),
                    scenario.name.to_lowercase()
                ),
                self.source(),
            ),
            start: scenario.start,
            underlying: part(Measure::Underlying)?,
            suppressed: part(Measure::Suppressed)?,
            returning: part(Measure::Returning)?,
            surge_immediate: part(Measure::SurgeImmediate)?,
            surge_longitudinal: part(Measure::SurgeLongitudinal)?,
            levers: part(Measure::Levers)?,
        })
    }

    fn scenarios(&self, projections: &[&Projection], family: usize) -> Option<Scenarios> {
        let results: Vec<(&Projection, &FamilyResult)> = projections
            .iter()
            .filter_map(|p| Some((*p, p.families.iter().find(|f| f.family == family)?)))
            .collect();
        let (first, of_first) = results.first()?;
        let underlying = of_first.course.measure(Measure::Underlying)?;
        let scenario = |projection: &Projection, result: &FamilyResult| {
            let own = &self.study.scenarios[projection.scenario];
            let months = result.course.measure(Measure::Referrals)?;
            let peak = result.course.peak.uplift.as_ref();
            Some(Scenario {
                name: own.name.clone(),
                note: peak.map_or_else(String::new, |uplift| {
                    let month = own.start.plus(result.course.peak.t as i32).short();
                    format!("peak {month}: {}", percent_range(uplift))
                }),
                start: own.start,
                median: values(months, Stats::median),
                band80: Band::new(
                    values(months, |stats| stats.at(Quantile::Q10)),
                    values(months, |stats| stats.at(Quantile::Q90)),
                ),
            })
        };
        let label = &self.study.pack.families[family].label;
        let (highest, uplift) = results
            .iter()
            .filter_map(|(p, r)| Some((p, r.course.peak.uplift.as_ref()?.median())))
            .max_by(|a, b| a.1.total_cmp(&b.1))?;
        // As many as the printed precision can't tell apart share the first place.
        let first_place: Vec<String> = results
            .iter()
            .filter(|(p, r)| {
                let own = r.course.peak.uplift.as_ref().map(|own| percent(own.median()));
                p.scenario == highest.scenario || own.as_deref() == Some(&percent(uplift))
            })
            .map(|(p, _)| self.study.scenarios[p.scenario].name.to_lowercase())
            .collect();
        Some(Scenarios {
            words: Words::new(
                format!(
                    "{label}: most demand if {}, {} above the usual",
                    first_place.join(" or "),
                    percent(uplift).trim_start_matches('+')
                ),
                format!(
                    "{} a month, {}, median and 80% of draws",
                    capital(&of_first.unit.plural()),
                    self.area_name()
                ),
                self.source(),
            ),
            underlying: Some(Series::new(
                self.study.scenarios[first.scenario].start,
                values(underlying, Stats::median),
            )),
            scenarios: results.iter().filter_map(|(p, r)| scenario(p, r)).collect(),
        })
    }
}

/// Observations as a series; a month that is missing breaks the line.
fn series(observed: &[(Month, f64)]) -> Option<Series> {
    let (start, _) = observed.first()?;
    let (end, _) = observed.last()?;
    let mut values = vec![f64::NAN; end.since(*start) as usize + 1];
    for (month, value) in observed {
        values[month.since(*start) as usize] = *value;
    }
    Some(Series::new(*start, values))
}
