//! Arrivals from a projection: the referrals of a run's `projection.csv`, months to daily rates,
//! by scenario.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::civil::Date;

use super::draft::{Draft, MOST_DAYS, Period};
use super::place_named;
use super::recorded_levers::{self, ScenarioLevers};
use super::rows::{read as read_table, rows};
use crate::diagnostics::{InputError, Problem, Problems};
use crate::input::table::Table;
use crate::input::text;
use crate::model::network::{Arrivals, with_levers};
use crate::month::Month;

/// Bytes of the results of a run, which may be of many areas.
const MOST_OF_RUN: u64 = 512 << 20;

/// Beyond so many times a service's own arrivals a projection is told to be far off.
const FAR: f64 = 3.0;

/// Referrals a month by service line.
type Referrals = BTreeMap<String, BTreeMap<Month, f64>>;

/// What a run projected for one area.
#[derive(Clone, Debug)]
pub struct Feed {
    /// The name and content of its files.
    pub files: Vec<(String, Vec<u8>)>,
    /// Its scenarios, in its order.
    pub scenarios: Vec<Scenario>,
}

/// One scenario of a run.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name in the tables.
    pub id: String,
    /// Where it was read.
    file: String,
    /// Every line that it says anything of.
    lines: BTreeSet<String>,
    referrals: Referrals,
    /// What would have come anyway.
    underlying: Referrals,
    /// What its levers changed about them.
    by_levers: Referrals,
    levers: ScenarioLevers,
    /// Whether its folder lacks the record that tells of its levers.
    lacks_record: bool,
}

/// How the referrals of a projection become the arrivals of a service.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Scale {
    /// So many times the referrals.
    Times(f64),
    /// The service's own arrivals before the first month, rising and falling as the referrals do
    /// against the first year's underlying demand.
    Own,
}

/// What feeding came to.
#[derive(Clone, Debug, Default)]
pub struct Fed {
    /// The services fed.
    pub services: Vec<String>,
    /// By line, how many patients of the network stand for one of the projection.
    times: BTreeMap<String, f64>,
    /// What the user should know.
    pub notes: Vec<String>,
}

/// Reads the mean referrals in `folder/projection.csv` of one area and of `scenario`, or of all;
/// and the levers of each from `folder/run.json`, where there is one.
pub fn read_feed(
    folder: &Path,
    scenario: Option<&str>,
    area: Option<&str>,
) -> anyhow::Result<Feed> {
    let path = folder.join("projection.csv");
    let name = path.display().to_string();
    if !path.is_file() {
        let place = place_named(&name);
        return Err(InputError::from(
            Problem::error(place, "there is no such file")
                .suggest("the folder that `afterwave run --out` wrote"),
        )
        .into());
    }
    let bytes = text::bytes_up_to(&path, MOST_OF_RUN).map_err(InputError::from)?;
    let mut feed = parse(name, bytes, scenario, area)?;
    let record = folder.join("run.json");
    if record.is_file() {
        let name = record.display().to_string();
        let bytes = text::bytes(&record).map_err(InputError::from)?;
        let mut levers = recorded_levers::parse(&name, &bytes)?;
        for scenario in &mut feed.scenarios {
            scenario.levers = levers.remove(&scenario.id).unwrap_or_default();
        }
        feed.files.push((name, bytes));
    } else {
        feed.scenarios.iter_mut().for_each(|scenario| scenario.lacks_record = true);
    }
    Ok(feed)
}

fn parse(
    name: String,
    bytes: Vec<u8>,
    scenario: Option<&str>,
    area: Option<&str>,
) -> Result<Feed, InputError> {
    let mut problems = Problems::default();
    let table = read_table(&name, &bytes, &mut problems);
    let Some(table) = table else { return Err(InputError(problems)) };
    for column in ["scenario", "service", "month", "measure", "mean"] {
        if !table.header.iter().any(|c| c == column) {
            let message = format!("the column `{column}` is missing");
            problems.push(
                Problem::error(table.source.line(1), message)
                    .read(table.header.join(", "))
                    .suggest("projection.csv as `afterwave run` writes it"),
            );
        }
    }
    problems.stop_on_errors()?;
    let referrals = || rows(&table).filter(|row| row.text("measure") == "referrals");
    let mut ids: Vec<&str> = Vec::new();
    for row in referrals() {
        if ids.last() != Some(&row.text("scenario")) && !ids.contains(&row.text("scenario")) {
            ids.push(row.text("scenario"));
        }
    }
    if let Some(asked) = scenario {
        let chosen = choose(&table, ids.iter().copied(), "scenario", Some(asked))?;
        ids = vec![chosen];
    }
    let area = choose(&table, referrals().map(|r| r.text("area")), "area", area)?;
    let mut read = |id: &str, measure: &str, range: std::ops::RangeInclusive<f64>| {
        let mut referrals = Referrals::new();
        let wanted = rows(&table).filter(|r| r.text("measure") == measure);
        for row in wanted.filter(|r| r.text("scenario") == id && r.text("area") == area) {
            let month = row.text("month").parse::<Month>();
            let month = problems.take(month.map_err(|e| row.problem("month", e.to_string())));
            let mean = problems.take(row.number("mean", range.clone()));
            if let (Some(month), Some(mean)) = (month, mean) {
                let service = referrals.entry(row.text("service").to_owned()).or_default();
                if service.insert(month, mean).is_some() {
                    problems.push(row.problem("month", "the month is given twice"));
                }
            }
        }
        referrals
    };
    let scenarios = ids
        .into_iter()
        .map(|id| Scenario {
            id: id.to_owned(),
            file: name.clone(),
            lines: rows(&table)
                .filter(|row| row.text("scenario") == id && row.text("area") == area)
                .map(|row| row.text("service").to_owned())
                .collect(),
            referrals: read(id, "referrals", 0.0..=1e9),
            underlying: read(id, "underlying", 0.0..=1e9),
            by_levers: read(id, "levers", -1e9..=1e9),
            levers: ScenarioLevers::default(),
            lacks_record: false,
        })
        .collect();
    problems.stop_on_errors()?;
    Ok(Feed { files: vec![(name, bytes)], scenarios })
}

/// The value asked for, or the only one there is.
fn choose<'a>(
    table: &Table,
    values: impl Iterator<Item = &'a str>,
    option: &str,
    asked: Option<&str>,
) -> Result<&'a str, Problem> {
    let values: BTreeSet<&str> = values.collect();
    let place = || table.source.whole().cell(option);
    let listed = || values.iter().copied().collect::<Vec<_>>().join(", ");
    match (asked, values.len()) {
        (_, 0) => Err(Problem::error(place(), "there are no referrals in the file")
            .allowed("rows with the measure `referrals`")
            .suggest("the folder that `afterwave run --out` wrote")),
        (Some(asked), _) => values.get(asked).copied().ok_or_else(|| {
            Problem::error(place(), format!("there is no such {option}"))
                .choose(asked, values.iter().copied())
        }),
        (None, 1) => Ok(values.first().copied().unwrap_or_default()),
        (None, _) => Err(Problem::error(place(), format!("there is more than one {option}"))
            .read(listed())
            .suggest(format!("--{option} {}", values.first().copied().unwrap_or_default()))),
    }
}

impl Scenario {
    /// Puts the referrals in the place of the arrivals of every service they are meant for: the
    /// first month begins after `warm_up` days, which run at its rate. Without levers, what they
    /// changed about referrals is taken back.
    pub fn apply(
        &self,
        draft: &mut Draft,
        warm_up: u32,
        scale: Scale,
        with_levers: bool,
    ) -> Result<Fed, InputError> {
        let mut problems = Problems::default();
        let mut fed = Fed::default();
        let act =
            |months: &BTreeMap<Month, f64>| months.values().any(|referrals| *referrals != 0.0);
        if self.lacks_record && self.by_levers.values().any(act) {
            fed.notes.push(
                "the run has levers, but its folder no run.json that describes them: they act \
                 through arrivals alone"
                    .to_owned(),
            );
        }
        for service in &mut draft.services {
            let line = service.from_service.as_ref().unwrap_or(&service.id);
            let Some(months) = self.referrals.get(line) else {
                if service.from_service.is_none() {
                    // Called like nothing that is known: its arrivals are its own.
                } else if self.lines.contains(line) {
                    fed.notes.push(format!(
                        "`{line}` has no baseline in this run, so its referrals are not known: \
                         `{}` keeps its own arrivals",
                        service.id
                    ));
                } else {
                    let message = format!("the projection has no service `{line}`");
                    let problem =
                        Problem::error(service.place.clone().cell("from_service"), message);
                    problems.push(problem.choose(line, self.referrals.keys().map(String::as_str)));
                }
                continue;
            };
            let own =
                service.arrivals.iter().find(|p| (p.first..=p.last).contains(&warm_up.max(1)));
            let own = own.map_or(0.0, |period| period.value.rate());
            let times = match scale {
                Scale::Times(times) => times,
                Scale::Own => own / self.rate_anyway(line),
            };
            let now = self.rate_anyway(line) * times;
            if own > 0.0 && (now > FAR * own || own > FAR * now) {
                fed.notes.push(format!(
                    "`{}` gets about {now:.1} patients a day from the run and had {own:.1} of its \
                     own: if the run is of another area, --scale own keeps the network's level",
                    service.id
                ));
            }
            let whole = place_named(&self.file);
            let in_a_row = months
                .keys()
                .zip(months.keys().skip(1))
                .all(|(month, next)| next.since(*month) == 1);
            if !in_a_row {
                let message = format!("months of `{line}` are missing in between");
                let read: Vec<String> = months.keys().map(Month::to_string).collect();
                problems.push(
                    Problem::error(whole.clone(), message)
                        .read(read.join(", "))
                        .allowed("every month from the first to the last"),
                );
            }
            let by_levers = self.by_levers.get(line).filter(|_| !with_levers);
            let mut first = 1;
            let mut last = warm_up;
            service.arrivals.clear();
            for (month, referrals) in months {
                let days = days_in(*month);
                last = last.saturating_add(days).min(MOST_DAYS);
                let undone = by_levers.and_then(|months| months.get(month)).unwrap_or(&0.0);
                let rate = times * (referrals - undone).max(0.0) / f64::from(days);
                let value = Arrivals::Poisson(if rate.is_finite() { rate } else { 0.0 });
                service.arrivals.push(Period { first, last, value, place: whole.clone() });
                first = last + 1;
            }
            fed.times.entry(line.clone()).or_insert(times);
            fed.services.push(service.id.clone());
        }
        if fed.services.is_empty() && problems.is_empty() {
            problems.push(self.feeds_nothing(draft));
        }
        problems.stop_on_errors()?;
        Ok(fed)
    }

    /// Referrals a day that would have come anyway to a line, mean of the first year; where no
    /// baseline is told, all referrals.
    fn rate_anyway(&self, line: &str) -> f64 {
        let months = self.underlying.get(line).or_else(|| self.referrals.get(line));
        let (mut people, mut days) = (0.0, 0.0);
        for (month, referrals) in months.into_iter().flatten().take(12) {
            people += referrals;
            days += f64::from(days_in(*month));
        }
        people / days
    }

    /// Nothing of the projection is called like anything of the network: both, side by side.
    fn feeds_nothing(&self, draft: &Draft) -> Problem {
        let lines: Vec<&str> = self.referrals.keys().map(String::as_str).collect();
        let services: Vec<&str> = draft.services.iter().map(|s| s.id.as_str()).collect();
        let first = services.first().copied().unwrap_or_default();
        let near = lines.iter().find(|line| first.contains(**line)).or(lines.first());
        let example = format!("--feed {first}={}", near.copied().unwrap_or_default());
        Problem::error(
            place_named(&self.file),
            "no service of the network is called like a line of the projection",
        )
        .read(format!("the projection has {}", lines.join(", ")))
        .allowed(format!("the network has {}", services.join(", ")))
        .suggest(format!("{example}, or a column from_service in services.csv"))
    }

    /// Its first month, which begins after the warm-up.
    pub fn start(&self) -> Option<Month> {
        self.referrals.values().filter_map(|months| months.keys().next()).min().copied()
    }

    /// Whether any lever acts in it.
    pub fn has_levers(&self) -> bool {
        !self.levers.is_empty()
            || self.by_levers.values().flat_map(BTreeMap::values).any(|change| *change != 0.0)
    }

    /// Takes a setting `lever.NAME.reach=0.3`.
    pub fn set(&mut self, path: &str, value: f64) -> Result<(), Problem> {
        self.levers.set(path, value)
    }

    /// Its levers on the days of a network whose warm-up takes `warm_up` days and that was fed.
    pub fn levers(&self, warm_up: u32, fed: &Fed) -> Vec<with_levers::Lever> {
        let Some(start) = self.start() else { return Vec::new() };
        let most = self.referrals.values().map(BTreeMap::len).max().unwrap_or(0);
        let mut day = warm_up + 1;
        let days: Vec<u32> = (0..most)
            .map(|t| {
                let first = day;
                day = day.saturating_add(days_in(start.plus(t as i32)));
                first
            })
            .collect();
        let times = |line: &str| fed.times.get(line).copied().unwrap_or(1.0);
        self.levers.on_days(start, &days, times)
    }
}

fn days_in(month: Month) -> u32 {
    Date::new(month.year() as i16, month.month() as i8, 1)
        .map_or(30, |date| u32::from(date.days_in_month().unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROJECTION: &str = "scenario,area,service,month,measure,mean\n\
        Two waves,England,iapt,2020-03-01,referrals,3100\n\
        Two waves,England,iapt,2020-04-01,referrals,1500\n\
        Two waves,England,iapt,2020-04-01,surge,15\n\
        Two waves,England,iapt,2020-04-01,levers,-300\n\
        Two waves,England,crisis-resolution,2020-03-01,referrals,310\n\
        Two waves,England,crisis-resolution,2020-04-01,referrals,300\n";

    #[test]
    fn months_become_daily_rates_after_the_warm_up() {
        let feed = parse("p.csv".into(), PROJECTION.into(), None, None).unwrap();
        for (with_levers, april) in [(true, 50.0), (false, 60.0)] {
            let mut draft = crate::input::network::example().unwrap();
            let times = Scale::Times(1.0);
            let fed = feed.scenarios[0].apply(&mut draft, 100, times, with_levers).unwrap();
            assert_eq!(fed.services, ["iapt_assessment", "crisis_team"]);
            assert_eq!(draft.first_end(), Some(161));
            let network = draft.finish(161, None).unwrap();
            let arrivals = &network.services[0].arrivals;
            for (day, rate) in [(1, 100.0), (131, 100.0), (132, april), (161, april)] {
                assert_eq!(arrivals.at(day).rate(), rate, "day {day}");
            }
        }
    }

    #[test]
    fn a_network_of_another_size_keeps_its_level() {
        let feed = parse("p.csv".into(), PROJECTION.into(), None, None).unwrap();
        let mut draft = crate::input::network::example().unwrap();
        let fed = feed.scenarios[0].apply(&mut draft, 100, Scale::Own, true).unwrap();
        assert!(fed.notes.is_empty(), "{:?}", fed.notes);
        let network = draft.finish(161, None).unwrap();
        let arrivals = &network.services[0].arrivals;
        // 18 a day of its own; 100 and 50 a day are projected, 75.4 on average.
        let mean = (3100.0 + 1500.0) / 61.0;
        assert!((arrivals.at(131).rate() - 18.0 * 100.0 / mean).abs() < 1e-9);
        assert!((arrivals.at(132).rate() - 18.0 * 50.0 / mean).abs() < 1e-9);
        // As it is, so many more are told.
        let mut draft = crate::input::network::example().unwrap();
        let fed = feed.scenarios[0].apply(&mut draft, 100, Scale::Times(1.0), true).unwrap();
        assert!(fed.notes[0].contains("--scale own"), "{:?}", fed.notes);
    }

    #[test]
    fn a_line_without_a_baseline_is_not_taken_for_all_demand() {
        let text = PROJECTION.replace("01,referrals,310", "01,surge,310");
        let text = text.replace("01,referrals,300", "01,surge,300");
        let feed = parse("p.csv".into(), text.into(), None, None).unwrap();
        let mut draft = crate::input::network::example().unwrap();
        let fed = feed.scenarios[0].apply(&mut draft, 100, Scale::Own, true).unwrap();
        assert_eq!(fed.services, ["iapt_assessment"]);
        assert!(fed.notes[0].contains("`crisis-resolution` has no baseline"), "{:?}", fed.notes);
    }

    #[test]
    fn all_scenarios_are_read_or_the_one_that_is_asked_for() {
        let two = format!("{PROJECTION}Single wave,England,iapt,2020-03-01,referrals,1\n");
        let ids = |feed: &Feed| feed.scenarios.iter().map(|s| s.id.clone()).collect::<Vec<_>>();
        let feed = parse("p.csv".into(), two.clone().into(), None, None).unwrap();
        assert_eq!(ids(&feed), ["Two waves", "Single wave"]);
        let feed = parse("p.csv".into(), two.clone().into(), Some("Single wave"), None).unwrap();
        assert_eq!(ids(&feed), ["Single wave"]);
        let error = parse("p.csv".into(), two.into(), Some("Two wave"), None).unwrap_err();
        assert!(error.to_string().contains("try: Two waves"), "{error}");
    }
}
