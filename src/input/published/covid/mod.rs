//! Daily virus series as the UK Covid-19 dashboard and the UKHSA data dashboard lay them out, made
//! into a monthly track.
//!
//! Events (admissions, deaths) become the month's sum, states (cases in hospital) its mean. A
//! blank day is not available, never zero: where four fifths of a month are there it is given the
//! mean of the others, else the month is blank. Rows seven days apart are weeks, spread over their
//! days. Of small areas the dashboards list only days with events: where no row is 0 and most are
//! small, a day without a row is 0. The first month is summed as far as it is there; a last month
//! without its end is left out of sums, and its mean is told to be of the days there are.

mod days;

use std::collections::BTreeMap;

use csv::ByteRecord;
use jiff::civil::Date;
use serde::Serialize;

use crate::diagnostics::{InputError, Place, Problem, Problems, Source};
use crate::input::published::cell::{Cell, cell};
use crate::input::published::gather::Gatherer;
use crate::input::published::layout::{Defaults, Layout};
use crate::input::published::level::Level;
use crate::input::published::long::column;
use crate::input::published::period::Period;
use crate::input::published::rows::{Rows, field, text};
use crate::input::published::{Content, FileRead, Imported, Kind, Report, Request};
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
        months: days::by_month(&days, chosen.monthly, &mut report),
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
        let Some(day) = day_of(rows, field(&row, date), gatherer) else { continue };
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

/// The day of a row; a problem where it is no date.
fn day_of(rows: &Rows, cell: &[u8], gatherer: &mut Gatherer<'_>) -> Option<Date> {
    let day = text(cell);
    let read = parse_date(&day).ok();
    if read.is_none() {
        gatherer.push(
            Problem::error(rows.place().cell("date"), "this is no date")
                .read(&*day)
                .allowed("2020-04-01 or 01/04/2020"),
        );
    }
    read
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
        let Some(day) = day_of(rows, field(&row, date), gatherer) else { continue };
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
