//! One scenario in one area, made ready: its lines, their underlying demand and the signals that
//! do not depend on draws.

use std::sync::Arc;

use crate::draw::Stream;
use crate::model::discrepancy::Noise;
use crate::model::level;
use crate::model::underlying::{self, Extent, Forecast, History, MODEL_FROM, Origin};
use crate::month::Month;
use crate::study::Study;
use crate::study::area::{Area, Part, Series};
use crate::study::pack::{KnownArea, Pack, same_name};
use crate::study::scenario::Scenario;

/// A service line in an area.
#[derive(Debug)]
pub struct Line<'a> {
    /// The service.
    pub service: usize,
    /// The services it is made of, with their weights in its figures (itself, unless a total).
    pub members: Vec<(usize, f64)>,
    /// For a total of another unit than its members (starts of a team's referrals), how many of
    /// it come with one of theirs in the reference area; none where that is not known.
    pub per_member: Option<f64>,
    /// Its baseline.
    pub series: Option<&'a Series>,
    /// What would have come anyway.
    pub underlying: Underlying,
    /// Its own streams of forecast error, by month.
    pub noise: Vec<Stream>,
    /// Its own streams of what the projection gets wrong beside, by month.
    pub discrepancy: Noise,
    /// What was counted since the start, if the projection carries on from it.
    pub counted: Option<Counted>,
    /// Mean referrals a year before the start: the last twelve months, or what there is.
    pub baseline_year: Option<f64>,
}

/// The counted months that tell the level of a line.
#[derive(Clone, PartialEq, Debug)]
pub struct Counted {
    /// How many months of the scenario the projection has seen.
    pub until: usize,
    /// The last of them with what was counted: month of the scenario, count.
    pub months: Vec<(usize, f64)>,
}

/// Underlying demand of a line.
#[derive(Debug)]
pub enum Underlying {
    /// No baseline: not known, and not zero.
    Unknown,
    /// Forecast from the months before the start.
    Forecast(Forecast),
    /// Given by the pack, with what returns of suppressed demand.
    Given {
        /// Underlying referrals by month, if the pack knows them.
        underlying: Option<Vec<f64>>,
        /// Returning referrals by month.
        returning: Vec<f64>,
    },
}

/// One scenario in one area.
#[derive(Debug)]
pub struct Case<'a> {
    /// Index of the scenario.
    pub scenario_index: usize,
    /// The scenario.
    pub scenario: &'a Scenario,
    /// Index of the area.
    pub area_index: usize,
    /// The area.
    pub area: &'a Area,
    /// Its lines, in the order of the pack; scenarios that see the same months share them.
    pub lines: Arc<[Line<'a>]>,
    /// Per group: the factor from the pack's size to the area's.
    pub scale: Vec<f64>,
    /// Per service: the factor on its surge besides.
    pub services: Vec<f64>,
}

impl<'a> Case<'a> {
    /// Makes a scenario and an area of a study ready.
    pub fn new(study: &'a Study, scenario_index: usize, area_index: usize) -> Self {
        let (scenario, area) = (&study.scenarios[scenario_index], &study.areas[area_index]);
        let pack = &study.pack;
        let mix = study.mix(scenario);
        let lines = (0..pack.services.len())
            .filter_map(|service| line(study, scenario, area, (service, &mix)))
            .collect();
        let sizing = study.sizing(scenario, area);
        let scale = (0..pack.groups.len())
            .map(|group| {
                let own = area.sizes.iter().find(|(g, _)| *g == group).map(|(_, size)| *size);
                let size = study.figures.get(pack.groups[group].size).number.central;
                own.filter(|_| size > 0.0).map_or(sizing.people, |own| own / size)
            })
            .collect();
        let services = sizing.services;
        Self { scenario_index, scenario, area_index, area, lines, scale, services }
    }

    /// The same area in another scenario that sees the same months ([`Scenario::sees_as`]).
    #[must_use]
    pub fn in_scenario(&self, study: &'a Study, scenario_index: usize) -> Self {
        Self {
            scenario_index,
            scenario: &study.scenarios[scenario_index],
            lines: Arc::clone(&self.lines),
            scale: self.scale.clone(),
            services: self.services.clone(),
            ..*self
        }
    }

    /// How many months are projected.
    pub fn months(&self) -> usize {
        self.scenario.months
    }
}

/// A line where the area has a baseline for it or the pack routes people to it.
fn line<'a>(
    study: &'a Study,
    scenario: &Scenario,
    area: &'a Area,
    (service, mix): (usize, &[Option<f64>]),
) -> Option<Line<'a>> {
    let pack = &study.pack;
    let series = area.series.iter().find(|series| series.service == service);
    let underlying = underlying(pack, scenario, area, series, service);
    let known = !matches!(underlying, Underlying::Unknown);
    let is_total = pack.services[service].is_total();
    let is_reached = pack.routes.iter().any(|route| route.service == service);
    if !known && (is_total || !is_reached) {
        return None;
    }
    // Parts of what was counted together err together.
    let errs_with = match series.and_then(|series| series.part) {
        Some(Part::Family(family)) => &pack.families[family].id,
        _ => &pack.services[service].id,
    };
    let name = |month| format!("underlying/{}/{errs_with}/{month}", area.id);
    Some(Line {
        service,
        members: members(&study.pack, mix, service),
        per_member: per_member(&study.pack, mix, service),
        series,
        noise: (0..scenario.months)
            .map(|t| Stream::new(study.draws.seed, &name(scenario.month(t))))
            .collect(),
        discrepancy: Noise::new(
            study.draws.seed,
            errs_with,
            (extent(pack, &area.id), &area.id),
            &(0..scenario.months).map(|month| scenario.month(month)),
        ),
        counted: counted(study, scenario, area, service),
        baseline_year: baseline_year(&underlying, series, scenario),
        underlying,
    })
}

/// The months counted of a line from the start of the scenario on that tell its level.
fn counted(study: &Study, scenario: &Scenario, area: &Area, service: usize) -> Option<Counted> {
    let observed = study.observed.as_ref()?;
    let until = usize::try_from(observed.until.since(scenario.start) + 1).ok()?;
    let line = observed.line(&area.id, &study.pack.services[service].id)?;
    let of_scenario = |(month, count): &(Month, f64)| {
        let t = usize::try_from(month.since(scenario.start)).ok()?;
        (t < scenario.months).then_some((t, *count))
    };
    let months: Vec<(usize, f64)> = line.months.iter().filter_map(of_scenario).collect();
    let last = months[months.len().saturating_sub(level::MONTHS)..].to_vec();
    (!last.is_empty()).then_some(Counted { until, months: last })
}

/// Members of a total, weighted by their baseline in the reference area where that is known.
fn members(pack: &Pack, mix: &[Option<f64>], service: usize) -> Vec<(usize, f64)> {
    let own = &pack.services[service];
    if !own.is_total() {
        return vec![(service, 1.0)];
    }
    let weight = |member: &usize| mix.get(*member).copied().flatten().unwrap_or(0.0);
    let total: f64 = own.members.iter().map(weight).sum();
    let share = |member: &usize| {
        if total > 0.0 { weight(member) / total } else { 1.0 / own.members.len() as f64 }
    };
    own.members.iter().map(|member| (*member, share(member))).collect()
}

/// The ratio of a total's baseline to its members', where they count different things.
fn per_member(pack: &Pack, mix: &[Option<f64>], service: usize) -> Option<f64> {
    let own = &pack.services[service];
    let units = own.members.iter().map(|member| pack.services[*member].unit);
    if !own.is_total() || units.clone().all(|unit| unit == own.unit) {
        return Some(1.0);
    }
    let sum = own.members.iter().map(|member| mix[*member]).sum::<Option<f64>>()?;
    mix[service].filter(|_| sum > 0.0).map(|total| total / sum)
}

fn underlying(
    pack: &Pack,
    scenario: &Scenario,
    area: &Area,
    series: Option<&Series>,
    service: usize,
) -> Underlying {
    let own = pack.own_scenario.as_ref();
    if let Some(demand) = pack.demand.iter().find(|demand| demand.service == service)
        && own.is_some_and(|own| own.start == scenario.start)
    {
        let fit = |values: &[f64]| {
            (0..scenario.months).map(|t| values.get(t).copied().unwrap_or(0.0)).collect()
        };
        return Underlying::Given {
            underlying: demand.underlying.as_deref().map(fit),
            returning: fit(&demand.returning),
        };
    }
    let Some(series) = series else { return Underlying::Unknown };
    history(pack, scenario, area, series)
        .and_then(|history| underlying::forecast(&history, scenario.start, scenario.months).ok())
        .map_or(Underlying::Unknown, Underlying::Forecast)
}

/// How wide an area is: a pack's whole is a nation unless the pack says what it is a part of.
pub fn extent(pack: &Pack, area: &str) -> Extent {
    let is_part = |known: &KnownArea| same_name(&known.id, area) && known.part_of.is_some();
    if same_name(area, &pack.reference_area) && !pack.areas.iter().any(is_part) {
        Extent::Nation
    } else {
        Extent::Local
    }
}

/// The months of a series that a scenario may learn its underlying demand from: all that it may
/// see, or those counted since the last that was spread from a longer period, where they are
/// enough for a model.
pub fn history(pack: &Pack, scenario: &Scenario, area: &Area, series: &Series) -> Option<History> {
    let seen = series.months_before(scenario.learns_before());
    // A part of what was counted month by month is as good as counted.
    let is_derived = |derived: &bool| *derived && series.part.is_none();
    let spread = series.derived[..seen].iter().rposition(is_derived);
    let of = |from: usize, origin: Origin| {
        let start = series.start.plus(from as i32);
        let history = History::new(start, &series.values[from..seen]).ok()?;
        Some(history.of(extent(pack, &area.id)).from(origin))
    };
    let counted = of(spread.map_or(0, |last| last + 1), Origin::Counted);
    if spread.is_none() {
        return counted;
    }
    counted.filter(|own| own.observed() >= MODEL_FROM).or_else(|| of(0, Origin::Derived))
}

/// The last twelve months that the scenario may see, scaled to a year where some are missing.
fn baseline_year(
    underlying: &Underlying,
    series: Option<&Series>,
    scenario: &Scenario,
) -> Option<f64> {
    if let Underlying::Given { underlying, .. } = underlying {
        let year: Vec<f64> = underlying.as_ref()?.iter().take(12).copied().collect();
        return Some(year.iter().sum::<f64>() * 12.0 / year.len().max(1) as f64);
    }
    series?.year_before(scenario.learns_before())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::study::{Inputs, read_study};

    fn study() -> Study {
        let inputs = Inputs { scenarios: vec!["two-waves".to_owned()], ..Inputs::default() };
        read_study(&inputs).map(|read| read.study).unwrap()
    }

    fn series(values: Vec<f64>, derived: impl Fn(usize) -> bool) -> Series {
        Series {
            service: 0,
            measure: String::new(),
            start: Month::new(2016, 1).unwrap(),
            derived: (0..values.len()).map(derived).collect(),
            values: values.into_iter().map(Some).collect(),
            part: None,
        }
    }

    #[test]
    fn a_scenario_learns_nothing_of_the_months_that_as_of_hides() {
        let study = study();
        let open = &study.scenarios[0];
        let hidden = Scenario { as_of: Month::new(2018, 12), ..open.clone() };
        let series = series([vec![1000.0; 36], vec![5000.0; 14]].concat(), |_| false);
        let learnt = |scenario: &Scenario| {
            let history = history(&study.pack, scenario, &study.areas[0], &series).unwrap();
            (history.end(), baseline_year(&Underlying::Unknown, Some(&series), scenario).unwrap())
        };
        assert_eq!(learnt(&hidden), (Month::new(2019, 1).unwrap(), 12_000.0));
        assert_eq!(learnt(open), (open.start, 60_000.0));
    }

    #[test]
    fn a_year_spread_over_its_months_does_not_hide_the_counted_ones_after_it() {
        let study = study();
        let scenario = &study.scenarios[0];
        let of = |spread: usize| {
            let series = series(vec![1000.0; 50], |t| t < spread);
            let history = history(&study.pack, scenario, &study.areas[0], &series).unwrap();
            (history.origin, history.values().len())
        };
        assert_eq!(of(0), (Origin::Counted, 50));
        assert_eq!(of(25), (Origin::Counted, 25));
        // Too few are left for a model.
        assert_eq!(of(26), (Origin::Derived, 50));
    }

    #[test]
    fn the_whole_of_a_pack_is_a_nation_unless_it_is_a_part_of_something() {
        let mut pack = study().pack;
        assert_eq!(extent(&pack, "England"), Extent::Nation);
        assert_eq!(extent(&pack, "00V"), Extent::Local);
        pack.reference_area = "00V".to_owned();
        assert_eq!(extent(&pack, "00V"), Extent::Local);
    }
}
