//! Daily virus series as the UK Covid-19 dashboard laid them out, made into a monthly track.
//!
//! Events (admissions, deaths) become the month's sum, states (cases in hospital) its mean. A
//! blank day is not available, never zero: within the series it is given the mean of its month's
//! other days. The first month is summed as far as it is there; a last month without its end is
//! left out of sums, and its mean is told to be of the days there are.

use std::collections::BTreeMap;

use csv::ByteRecord;
use jiff::civil::Date;
use serde::Serialize;

use super::cell::{Cell, cell};
use super::gather::{Defaults, Gatherer};
use super::layout::Layout;
use super::level::Level;
use super::long::column;
use super::period::Period;
use super::rows::{Rows, field, text};
use super::{Content, FileRead, Imported, Kind, Report, Request};
use crate::diagnostics::{InputError, Problem, Problems};
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
    /// Months and values.
    pub months: BTreeMap<Month, f64>,
}

/// Measures by name and by the dashboard's column; the first is taken if none is named.
const MEASURES: &[(&str, &str, Monthly)] = &[
    ("admissions", "newAdmissions", Monthly::Sum),
    ("cases-in-hospital", "hospitalCases", Monthly::Mean),
    ("ventilated", "covidOccupiedMVBeds", Monthly::Mean),
    ("deaths", "newDeaths28DaysByDeathDate", Monthly::Sum),
    ("hospital-deaths", "hospitalDeaths", Monthly::Sum),
    ("cases", "newCasesBySpecimenDate", Monthly::Sum),
    ("discharges", "newDischarges", Monthly::Sum),
];

/// The dashboard's columns, by which its files are known.
pub(super) const COLUMNS: &[&str] = &[
    "newAdmissions",
    "hospitalCases",
    "covidOccupiedMVBeds",
    "newDeaths28DaysByDeathDate",
    "hospitalDeaths",
    "newCasesBySpecimenDate",
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
    let mut chosen = ("", "", Monthly::Sum);
    for (mut rows, layout) in opened {
        let before = gatherer.catalogue.rows;
        let Some(measure) = problems.take(choose(&rows, request)) else { continue };
        chosen = measure;
        if let Err(problem) = read(&mut rows, &mut gatherer, chosen.1, &mut days, &mut report) {
            gatherer.problems.push(problem);
        }
        files.push(FileRead {
            name: rows.source.name.to_string(),
            sheet: rows.sheet.take(),
            layout,
            rows: gatherer.catalogue.rows - before,
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
        measure: chosen.0.to_owned(),
        monthly: chosen.2,
        months: by_month(&days, chosen.2, &mut report),
    };
    let how = match chosen.2 {
        Monthly::Sum => "the sum of its days",
        Monthly::Mean => "the mean of its days",
    };
    report.note(format!(
        "{} ({}): each month is {how}. A track is one measure throughout; the built-in waves are \
         in admissions.",
        chosen.0, chosen.1
    ));
    Ok(Imported { kind: Kind::Covid, files, content: Content::Track(track), report })
}

/// The measure asked for, by its name or its column.
fn choose(
    rows: &Rows,
    request: &Request,
) -> Result<(&'static str, &'static str, Monthly), Problem> {
    let held: Vec<_> =
        MEASURES.iter().filter(|(_, column, _)| rows.header.find(column).is_some()).collect();
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
        .find(|(name, column, _)| {
            name.eq_ignore_ascii_case(wanted) || column.eq_ignore_ascii_case(wanted)
        })
        .map(|measure| **measure)
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
        .filter_map(|(name, heading, _)| {
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
                _ => gatherer.push(
                    Problem::error(rows.place().cell(wanted), "this is no count").read(text(value)),
                ),
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

fn by_month(days: &Days, monthly: Monthly, report: &mut Report) -> BTreeMap<Month, f64> {
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
        track.insert(month, value);
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
