//! Daily virus series as the UK Covid-19 dashboard and the UKHSA data dashboard lay them out, made
//! into a monthly track.
//!
//! Events (admissions, deaths) become the month's sum, states (cases in hospital) its mean. A
//! blank day is not available, never zero: where four fifths of a month are there it is given the
//! mean of the others, else the month is blank. Rows seven days apart are weeks, spread over their
//! days. Of small areas the dashboards list only days with events: where no row is 0 and most are
//! small, a day without a row is 0. The first month is summed as far as it is there; a last month
//! without its end is left out of sums, and its mean is told to be of the days there are.

use std::collections::BTreeMap;

use csv::ByteRecord;
use jiff::civil::Date;
use serde::Serialize;

use super::cell::{Cell, cell};
use super::gather::Gatherer;
use super::layout::{Defaults, Layout};
use super::level::Level;
use super::long::column;
use super::period::Period;
use super::rows::{Rows, field, text};
use super::{Content, FileRead, Imported, Kind, Report, Request};
use crate::diagnostics::{InputError, Place, Problem, Problems, Source};
use crate::month::{Month, parse_date};

/// How days become a month.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Monthly {
    /// Events are added.
    Sum,
    /// States are averaged.
    Mean,
}

/// A virus series by month.
#[derive(Clone, Debug, Serialize)]
pub struct Track {
    /// The measure, by the dashboard's name.
    pub measure: String,
    /// How days became months.
    pub monthly: Monthly,
    /// Months and values; none where too few days are known.
    pub months: BTreeMap<Month, Option<f64>>,
}

/// A measure by its name, the old dashboard's column and the new one's metric.
type Known = (&'static str, &'static str, &'static str, Monthly);

/// The first is taken if none is named.
const MEASURES: &[Known] = &[
    ("admissions", "newAdmissions", "healthcare_admissionByDay", Monthly::Sum),
    ("cases-in-hospital", "hospitalCases", "healthcare_occupiedBedsByDay", Monthly::Mean),
    ("ventilated", "covidOccupiedMVBeds", "healthcare_occupiedMVBedsByDay", Monthly::Mean),
    ("deaths", "newDeaths28DaysByDeathDate", "deaths_ONSByDay", Monthly::Sum),
    ("hospital-deaths", "hospitalDeaths", "", Monthly::Sum),
    ("cases", "newCasesBySpecimenDate", "cases_casesByDay", Monthly::Sum),
    ("discharges", "newDischarges", "", Monthly::Sum),
];

type Days = BTreeMap<Date, Option<f64>>;

/// Reads the files into one track.
pub(super) fn import(
    opened: Vec<(Rows, Layout)>,
    request: &Request,
) -> Result<Imported, InputError> {
    let mut gatherer = Gatherer::new(request, Defaults { nation: None, measures: &[] });
    let mut problems = Problems::default();
    gatherer.files =
        opened.iter().map(|(rows, _)| rows.source.name.as_ref()).collect::<Vec<_>>().join(", ");
    let mut days = Days::new();
    let mut files = Vec::new();
    let mut report = Report::default();
    let mut chosen = Chosen { name: "", heading: String::new(), monthly: Monthly::Sum };
    for (mut rows, layout) in opened {
        let before = gatherer.catalogue.rows;
        let read = if layout == Layout::CovidUkhsa {
            read_metrics(&mut rows, &mut gatherer, &mut days, &mut report)
        } else {
            let Some(measure) = problems.take(choose(&rows, request)) else { continue };
            read(&mut rows, &mut gatherer, &measure.heading, &mut days, &mut report)
                .map(|()| measure)
        };
        match read {
            Ok(measure) => chosen = measure,
            Err(problem) => gatherer.problems.push(problem),
        }
        files.push(FileRead {
            name: rows.source.name.to_string(),
            sheet: rows.sheet.take(),
            layout,
            rows: gatherer.catalogue.rows - before,
            understood: String::new(),
        });
    }
    problems.extend(std::mem::take(&mut gatherer.problems));
    problems.stop_on_errors()?;
    if request.list {
        gatherer.catalogue.close();
        let content = Content::Listing(Box::new(gatherer.catalogue));
        return Ok(Imported { kind: Kind::Covid, files, content, report });
    }
    super::choose::areas(&gatherer).stop_on_errors()?;
    let track = Track {
        measure: chosen.name.to_owned(),
        monthly: chosen.monthly,
        months: by_month(&days, chosen.monthly, &mut report),
    };
    if track.months.values().all(Option::is_none) {
        let place = Source::new(gatherer.files.as_str(), "").whole();
        return Err(Problem::error(place, "no month has enough of its days")
            .read(format!("{} days of {}", days.len(), chosen.name))
            .allowed("four fifths of the days of a month: a month is never made out of a few")
            .into());
    }
    let how = match chosen.monthly {
        Monthly::Sum => "the sum of its days",
        Monthly::Mean => "the mean of its days",
    };
    report.note(format!(
        "{} ({}): each month is {how}. A track is one measure throughout; the built-in waves are \
         in admissions.",
        chosen.name, chosen.heading
    ));
    Ok(Imported { kind: Kind::Covid, files, content: Content::Track(track), report })
}

/// The measure taken.
struct Chosen {
    name: &'static str,
    /// Its column, or its metric.
    heading: String,
    monthly: Monthly,
}

/// The measure asked for, by its name or its column.
fn choose(rows: &Rows, request: &Request) -> Result<Chosen, Problem> {
    let held: Vec<_> =
        MEASURES.iter().filter(|(_, column, ..)| rows.header.find(column).is_some()).collect();
    let names = || held.iter().map(|(name, ..)| *name);
    let wanted = match request.measures.as_slice() {
        [] => "admissions",
        [one] => one.as_str(),
        _ => {
            return Err(Problem::error(rows.source.whole(), "a track is one measure")
                .read(request.measures.join(", "))
                .allowed(names().collect::<Vec<_>>().join(", ")));
        }
    };
    held.iter()
        .find(|(name, column, ..)| {
            name.eq_ignore_ascii_case(wanted) || column.eq_ignore_ascii_case(wanted)
        })
        .map(|(name, column, _, monthly)| Chosen {
            name,
            heading: (*column).to_owned(),
            monthly: *monthly,
        })
        .ok_or_else(|| {
            Problem::error(rows.source.line(1), format!("the file holds no measure `{wanted}`"))
                .choose(wanted, names())
        })
}

fn read(
    rows: &mut Rows,
    gatherer: &mut Gatherer<'_>,
    wanted: &str,
    days: &mut Days,
    report: &mut Report,
) -> Result<(), Problem> {
    let date = column(rows, &["date"])?;
    let area_code = rows.header.any(&["areaCode", "area_code", "area", "areaName"]);
    let area_name = rows.header.any(&["areaName", "area_name", "area", "areaCode"]);
    let measures: Vec<(usize, usize, bool)> = MEASURES
        .iter()
        .filter_map(|(name, heading, ..)| {
            let column = rows.header.find(heading)?;
            let measure = gatherer.measure(name.as_bytes(), heading.as_bytes());
            gatherer.describe(measure, "", name);
            gatherer.catalogue.measures[measure].names = vec![(*heading).to_owned()];
            Some((column, measure, *heading == wanted))
        })
        .collect();
    let mut seen_area = None;
    let (mut other_areas, mut replaced) = (0, 0);
    let mut row = ByteRecord::new();
    while rows.read(&mut row)? {
        gatherer.catalogue.rows += 1;
        let day = text(field(&row, date)).into_owned();
        let Ok(day) = parse_date(&day) else {
            gatherer.push(
                Problem::error(rows.place().cell("date"), "this is no date")
                    .read(&day)
                    .allowed("2020-04-01 or 01/04/2020"),
            );
            continue;
        };
        let code = area_code.map_or(b"".as_slice(), |column| field(&row, column));
        let name = area_name.map_or(b"".as_slice(), |column| field(&row, column));
        let area = gatherer.area(Level::Area, usize::MAX, code, name);
        let is_wanted = area_code.is_none() || gatherer.catalogue.areas[area].is_wanted;
        for (column, measure, is_measure) in &measures {
            let value = field(&row, *column);
            let read = cell(value);
            let period = Some(Period::month(Month::of(day)));
            let missing = !matches!(read, Some(Cell::Count(_)));
            if let Some(period) = period {
                gatherer.catalogue.see(area, *measure, period, missing);
            }
            if !*is_measure || !is_wanted {
                continue;
            }
            match read {
                Some(Cell::Count(number)) if number >= 0.0 => {
                    let before = days.insert(day, Some(number)).flatten();
                    replaced += usize::from(before.is_some_and(|before| before != number));
                }
                Some(Cell::Missing) => {
                    days.entry(day).or_insert(None);
                }
                _ => gatherer.push(no_count(rows.place().cell(wanted), value)),
            }
        }
        other_areas += usize::from(!is_wanted);
        if is_wanted && seen_area.is_some_and(|seen| seen != area) {
            return Err(Problem::error(rows.place(), "the file holds more than one area")
                .read(text(name))
                .allowed("one area in a track: `--area CODE` chooses, `--list` shows them"));
        }
        if is_wanted {
            seen_area = Some(area);
        }
    }
    report.leave_out(other_areas, "days of areas not asked for");
    report.leave_out(
        replaced,
        format!(
            "figures of days for which {} has another (files of two areas are imported apart)",
            rows.source.name
        ),
    );
    if area_code.is_none() && !gatherer.request.areas.is_empty() {
        gatherer.area(Level::Area, usize::MAX, gatherer.request.areas[0].as_bytes(), b"");
        report
            .note("The file names no area: its figures are taken as those of the area asked for.");
    }
    Ok(())
}

/// A negative count corrects days before it; what it takes off which of them nobody can tell.
fn no_count(place: Place, value: &[u8]) -> Problem {
    let problem = Problem::error(place, "this is no count").read(text(value));
    if cell(value).is_some() {
        let problem =
            Problem { message: "a negative count: a correction of days before".into(), ..problem };
        return problem.suggest("take it off the days that it corrects, or leave the cell blank");
    }
    problem
}

/// Reads the new dashboard's layout: a row per day, metric, area and part of the population.
fn read_metrics(
    rows: &mut Rows,
    gatherer: &mut Gatherer<'_>,
    days: &mut Days,
    report: &mut Report,
) -> Result<Chosen, Problem> {
    let (metric, value) = (column(rows, &["metric"])?, column(rows, &["metric_value"])?);
    let date = column(rows, &["date"])?;
    let code = column(rows, &["geography_code", "geography"])?;
    let name = column(rows, &["geography", "geography_code"])?;
    let parts: Vec<(usize, &str)> = [("stratum", "default"), ("sex", "all"), ("age", "all")]
        .into_iter()
        .filter_map(|(name, whole)| Some((rows.header.find(name)?, whole)))
        .collect();
    let delay = rows.header.find("in_reporting_delay_period");
    let request = gatherer.request;
    let wanted = request.measures.first().map(String::as_str);
    let mut held: Vec<String> = Vec::new();
    let mut chosen: Option<Chosen> = None;
    let mut seen_area = None;
    let (mut of_parts, mut late, mut others, mut other_areas) = (0, 0, 0, 0);
    let mut row = ByteRecord::new();
    while rows.read(&mut row)? {
        gatherer.catalogue.rows += 1;
        let own = text(field(&row, metric)).into_owned();
        let measure = gatherer.measure(own.as_bytes(), own.as_bytes());
        if !held.contains(&own) {
            held.push(own.clone());
            let known =
                MEASURES.iter().find(|(.., metric, _)| !metric.is_empty() && own.ends_with(metric));
            let is_asked = match (wanted, known) {
                (None, Some((name, ..))) => *name == "admissions",
                (Some(wanted), Some((name, ..))) => {
                    own.eq_ignore_ascii_case(wanted) || name.eq_ignore_ascii_case(wanted)
                }
                _ => false,
            };
            if let (true, Some((name, .., monthly))) = (is_asked, known) {
                chosen = Some(Chosen { name, heading: own.clone(), monthly: *monthly });
            }
        }
        let area = gatherer.area(Level::Area, usize::MAX, field(&row, code), field(&row, name));
        let day = text(field(&row, date)).into_owned();
        let Ok(day) = parse_date(&day) else {
            gatherer.push(
                Problem::error(rows.place().cell("date"), "this is no date")
                    .read(&day)
                    .allowed("2020-04-01 or 01/04/2020"),
            );
            continue;
        };
        let read = cell(field(&row, value));
        let is_missing = !matches!(read, Some(Cell::Count(_)));
        gatherer.catalogue.see(area, measure, Period::month(Month::of(day)), is_missing);
        if chosen.as_ref().is_none_or(|chosen| chosen.heading != own) {
            others += 1;
            continue;
        }
        if !gatherer.catalogue.areas[area].is_wanted {
            other_areas += 1;
            continue;
        }
        if parts
            .iter()
            .any(|(column, whole)| !field(&row, *column).eq_ignore_ascii_case(whole.as_bytes()))
        {
            of_parts += 1;
            continue;
        }
        if delay.is_some_and(|delay| field(&row, delay).eq_ignore_ascii_case(b"true")) {
            late += 1;
            continue;
        }
        if seen_area.is_some_and(|seen| seen != area) && !request.list {
            return Err(Problem::error(rows.place(), "the file holds more than one area")
                .read(text(field(&row, name)))
                .allowed("one area in a track: `--area CODE` chooses, `--list` shows them"));
        }
        seen_area = Some(area);
        match read {
            Some(Cell::Count(number)) if number >= 0.0 => {
                days.insert(day, Some(number));
            }
            Some(Cell::Missing) => {
                days.entry(day).or_insert(None);
            }
            _ => gatherer.push(no_count(rows.place().cell("metric_value"), field(&row, value))),
        }
    }
    report.leave_out(others, "figures of metrics not asked for");
    report.leave_out(other_areas, "days of areas not asked for");
    report.leave_out(of_parts, "figures of parts of the population");
    report.leave_out(late, "days still in their reporting delay");
    chosen
        .or_else(|| {
            request.list.then(|| Chosen { name: "", heading: String::new(), monthly: Monthly::Sum })
        })
        .ok_or_else(|| {
            let wanted = wanted.unwrap_or("admissions");
            Problem::error(
                rows.source.line(rows.head),
                format!("the file holds no measure `{wanted}` by day"),
            )
            .read(held.join(", "))
            .choose(wanted, MEASURES.iter().map(|(name, ..)| *name))
        })
}

/// Weeks, known by rows seven days apart, spread evenly over their days.
fn spread_weeks(days: &mut Days, report: &mut Report) {
    /// Fewer rows seven days apart may be chance.
    const FEWEST: usize = 4;
    let dates: Vec<Date> = days.keys().copied().collect();
    let is_week = |pair: &[Date]| pair[0].until(pair[1]).is_ok_and(|gap| gap.get_days() == 7);
    let mut weeks: Vec<Date> = Vec::new();
    let mut run: Vec<Date> = Vec::new();
    for pair in dates.windows(2) {
        if is_week(pair) {
            if run.is_empty() {
                run.push(pair[0]);
            }
            run.push(pair[1]);
        } else if run.len() >= FEWEST {
            weeks.append(&mut run);
        } else {
            run.clear();
        }
    }
    if run.len() >= FEWEST {
        weeks.append(&mut run);
    }
    let (Some(first), Some(last)) = (weeks.first(), weeks.last()) else { return };
    report.note(format!(
        "from {first} to {last} the rows are seven days apart: taken for weeks ending on their day, \
         spread evenly over it and the six before."
    ));
    for week in weeks {
        let Some(value) = days.get(&week).copied() else { continue };
        let share = value.map(|value| value / 7.0);
        days.insert(week, share);
        for day in (1..7).filter_map(|back| week.checked_sub(jiff::Span::new().days(back)).ok()) {
            days.entry(day).or_insert(share);
        }
    }
}

/// Days without a row in a small area, of which no row is 0, are 0.
fn fill_zeros(days: &mut Days, report: &mut Report) {
    /// Larger counts are seldom 0 the day after.
    const SMALL: f64 = 5.0;
    let mut values: Vec<f64> = days.values().flatten().copied().collect();
    values.sort_by(f64::total_cmp);
    let is_small = values.get(values.len() / 2).is_some_and(|middle| *middle < SMALL);
    let lists_zeros = values.first().is_none_or(|least| *least == 0.0);
    let (Some((&first, _)), Some((&last, _))) = (days.first_key_value(), days.last_key_value())
    else {
        return;
    };
    if !is_small || lists_zeros {
        return;
    }
    // The months of the first and the last event are whole: nothing happened before and after.
    let (first, last) = (first.first_of_month(), last.last_of_month());
    let mut absent = 0;
    for day in first.series(jiff::Span::new().days(1)).take_while(|day| *day <= last) {
        days.entry(day).or_insert_with(|| {
            absent += 1;
            Some(0.0)
        });
    }
    if absent > 0 {
        report.note(format!(
            "{absent} days have no row and no row is 0: taken as days on which nothing happened, as \
             the dashboard leaves them out for small areas."
        ));
    }
}

fn by_month(days: &Days, monthly: Monthly, report: &mut Report) -> BTreeMap<Month, Option<f64>> {
    let mut days = days.clone();
    if monthly == Monthly::Sum {
        spread_weeks(&mut days, report);
        fill_zeros(&mut days, report);
    }
    let given: BTreeMap<Date, f64> =
        days.iter().filter_map(|(day, value)| Some((*day, (*value)?))).collect();
    let (Some((&first, _)), Some((&last, _))) = (given.first_key_value(), given.last_key_value())
    else {
        return BTreeMap::new();
    };
    let mut months: BTreeMap<Month, Vec<f64>> = BTreeMap::new();
    for (day, value) in &given {
        months.entry(Month::of(*day)).or_default().push(*value);
    }
    let mut track = BTreeMap::new();
    for (month, values) in months {
        let (sum, count) = (values.iter().sum::<f64>(), values.len());
        let length = days_in(month);
        let is_cut_short = month == Month::of(last) && i32::from(last.day()) < length;
        let begins_late = month == Month::of(first) && first.day() > 1;
        let is_sum = monthly == Monthly::Sum;
        if is_cut_short && is_sum {
            report.leave_out(count, format!("days of {month}, which the file does not finish"));
            continue;
        }
        if is_cut_short {
            report.note(format!(
                "{month} ends on {last}: its mean is of {count} of its {length} days."
            ));
        }
        let there = length - if begins_late { i32::from(first.day()) - 1 } else { 0 };
        let absent = if is_cut_short { 0 } else { there - count as i32 };
        if begins_late {
            report.note(format!(
                "{month} begins on {first}: {} before it not in the file.",
                counted(first.day() - 1)
            ));
        }
        if absent * 5 > length && !begins_late {
            report.note(format!(
                "{month}: {} not available, and a month is never made out of a few: left blank.",
                counted(absent)
            ));
            track.insert(month, None);
            continue;
        }
        if absent > 0 {
            report.note(format!(
                "{month}: {} not available, taken as the mean of the others.",
                counted(absent)
            ));
        }
        let mean = sum / count as f64;
        let value = match monthly {
            Monthly::Mean => mean,
            Monthly::Sum if absent > 0 => mean * f64::from(there),
            Monthly::Sum => sum,
        };
        track.insert(month, Some(value));
    }
    track
}

fn days_in(month: Month) -> i32 {
    parse_date(&month.first_day()).map_or(30, |day| i32::from(day.days_in_month()))
}

/// `1 day is`, `2 days are`.
fn counted(days: impl Into<i32>) -> String {
    match days.into() {
        1 => "1 day is".to_owned(),
        days => format!("{days} days are"),
    }
}
