//! Arrivals from a projection: the referrals of a run's `projection.csv`, months to daily rates.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context as _;
use jiff::civil::Date;

use super::draft::{Draft, MOST_DAYS, Period};
use super::place_named;
use super::table::Table;
use crate::diagnostics::{InputError, Problem, Problems};
use crate::model::network::Arrivals;
use crate::month::Month;

/// Referrals a month by service line, months in order.
#[derive(Clone, Debug)]
pub struct Feed {
    /// The name and content of the file.
    pub file: (String, Vec<u8>),
    /// The scenario it holds.
    pub scenario: String,
    referrals: BTreeMap<String, BTreeMap<Month, f64>>,
}

/// Reads the mean referrals in `folder/projection.csv`, of one scenario and one area.
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
    let bytes = std::fs::read(&path).with_context(|| format!("cannot read {name}"))?;
    Ok(parse(name, bytes, scenario, area)?)
}

fn parse(
    name: String,
    bytes: Vec<u8>,
    scenario: Option<&str>,
    area: Option<&str>,
) -> Result<Feed, InputError> {
    let mut problems = Problems::default();
    let table = Table::read(&name, &bytes, &mut problems);
    let Some(table) = table else { return Err(InputError(problems)) };
    for column in ["scenario", "service", "month", "measure", "mean"] {
        if !table.columns.iter().any(|c| c == column) {
            let message = format!("the column `{column}` is missing");
            problems.push(Problem::error(table.source.line(1), message));
        }
    }
    problems.stop_on_errors()?;
    let rows = || table.rows().filter(|row| row.text("measure") == "referrals");
    let scenario = choose(&table, rows().map(|r| r.text("scenario")), "scenario", scenario)?;
    let area = choose(&table, rows().map(|r| r.text("area")), "area", area)?;
    let mut referrals: BTreeMap<String, BTreeMap<Month, f64>> = BTreeMap::new();
    for row in rows().filter(|r| r.text("scenario") == scenario && r.text("area") == area) {
        let month = row.text("month").parse::<Month>();
        let month = problems.take(month.map_err(|e| row.problem("month", e.to_string())));
        let mean = problems.take(row.number("mean", 0.0..=1e9));
        if let (Some(month), Some(mean)) = (month, mean) {
            let service = referrals.entry(row.text("service").to_owned()).or_default();
            if service.insert(month, mean).is_some() {
                problems.push(row.problem("month", "the month is given twice"));
            }
        }
    }
    problems.stop_on_errors()?;
    Ok(Feed { scenario: scenario.to_owned(), file: (name, bytes), referrals })
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
        (_, 0) => Err(Problem::error(place(), "there are no referrals in the file")),
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

impl Feed {
    /// Puts the referrals in the place of the arrivals of every service they are meant for: the
    /// first month begins after `warm_up` days, which run at its rate. Returns the services fed.
    pub fn apply(&self, draft: &mut Draft, warm_up: u32) -> Result<Vec<String>, InputError> {
        let mut problems = Problems::default();
        let mut fed = Vec::new();
        for service in &mut draft.services {
            let line = service.from_service.as_ref().unwrap_or(&service.id);
            let Some(months) = self.referrals.get(line) else {
                if service.from_service.is_some() {
                    let message = format!("the projection has no service `{line}`");
                    let problem =
                        Problem::error(service.place.clone().cell("from_service"), message);
                    problems.push(problem.choose(line, self.referrals.keys().map(String::as_str)));
                }
                continue;
            };
            let whole = place_named(&self.file.0);
            let in_a_row = months
                .keys()
                .zip(months.keys().skip(1))
                .all(|(month, next)| next.since(*month) == 1);
            if !in_a_row {
                let message = format!("months of `{line}` are missing in between");
                problems.push(Problem::error(whole.clone(), message));
            }
            let mut first = 1;
            let mut last = warm_up;
            service.arrivals.clear();
            for (month, referrals) in months {
                let days = days_in(*month);
                last = last.saturating_add(days).min(MOST_DAYS);
                let rate = referrals / f64::from(days);
                let value = Arrivals::Poisson(rate);
                service.arrivals.push(Period { first, last, value, place: whole.clone() });
                first = last + 1;
            }
            fed.push(service.id.clone());
        }
        if fed.is_empty() {
            let names = self.referrals.keys().cloned().collect::<Vec<_>>().join(", ");
            let place = place_named(&self.file.0);
            problems.push(
                Problem::error(place, "no service of the network takes these referrals")
                    .read(names)
                    .suggest("a column from_service in services.csv"),
            );
        }
        problems.stop_on_errors()?;
        Ok(fed)
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
        Two waves,England,crisis,2020-03-01,referrals,310\n\
        Two waves,England,crisis,2020-04-01,referrals,300\n";

    #[test]
    fn months_become_daily_rates_after_the_warm_up() {
        let feed = parse("p.csv".into(), PROJECTION.into(), None, None).unwrap();
        let mut draft = crate::input::network::example().unwrap();
        let fed = feed.apply(&mut draft, 100).unwrap();
        assert_eq!(fed, ["iapt_assessment", "crisis_team"]);
        assert_eq!(draft.first_end(), Some(161));
        let network = draft.finish(161, None).unwrap();
        let arrivals = &network.services[0].arrivals;
        for (day, rate) in [(1, 100.0), (131, 100.0), (132, 50.0), (161, 50.0)] {
            assert_eq!(arrivals.at(day).rate(), rate, "day {day}");
        }
    }

    #[test]
    fn one_scenario_is_fed_and_the_choice_is_listed() {
        let two = format!("{PROJECTION}Single wave,England,iapt,2020-03-01,referrals,1\n");
        let error = parse("p.csv".into(), two.clone().into(), None, None).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("Single wave, Two waves") && text.contains("--scenario"), "{text}");
        let feed = parse("p.csv".into(), two.into(), Some("Single wave"), None).unwrap();
        assert_eq!(feed.scenario, "Single wave");
    }
}
