//! Baselines: observed referrals per month, area and service line, in any table that people keep
//! ([`super::tidy`]). `*`, `-`, `c`, `NULL` and blank are missing, never zero.

pub mod family;
mod far_off_months;
mod series;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

use super::count::{COUNTS, NotACount};
use super::dates;
use super::table::{Row, Table};
use super::tidy::{self, Figure, Tidy, Wishes};
use crate::diagnostics::{Place, Problem, Problems, Source};
use crate::month::Month;
use crate::study::area::Series;
use crate::study::pack::{Counted, Pack, same_name};

/// More people than there are: beyond it a count is a typing mistake.
pub const MOST_PEOPLE: f64 = 1e10;

/// A baseline file as read: its series, by area in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    /// Area code or name, with its series.
    pub areas: Vec<(String, Vec<Series>)>,
    /// Counts of families: the number of the area, that of the family, and the series.
    pub families: Vec<(usize, usize, Series)>,
    /// The number of each area by its name, once one has been asked for.
    places: OnceLock<HashMap<String, usize>>,
}

impl Baseline {
    /// Keeps the areas of which `keep` says so.
    pub(super) fn keep(&mut self, keep: impl Fn(&str) -> bool) {
        let kept: Vec<bool> = self.areas.iter().map(|(area, _)| keep(area)).collect();
        let before = |area: usize| kept.iter().take(area).filter(|kept| **kept).count();
        self.families.retain(|(area, ..)| kept.get(*area).copied().unwrap_or(false));
        for (area, ..) in &mut self.families {
            *area = before(*area);
        }
        self.areas.retain(|(area, _)| keep(area));
        self.places = OnceLock::new();
    }

    /// The series of an area, in any case.
    pub fn area(&self, id: &str) -> Option<&(String, Vec<Series>)> {
        let places = self.places.get_or_init(|| {
            let names = self.areas.iter().map(|(area, _)| name_key(area)).enumerate();
            // Of two areas of one name the first counts.
            names.rev().map(|(at, name)| (name, at)).collect()
        });
        let found = places.get(&name_key(id)).and_then(|at| self.areas.get(*at));
        found.filter(|(area, _)| same_name(area, id))
    }
}

/// What two spellings of one area's name have in common.
pub(super) fn name_key(name: &str) -> String {
    name.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// One observation, before they are joined to series.
struct Observation<'a> {
    month: Month,
    area: &'a str,
    service: Counted,
    measure: &'a str,
    derived: bool,
    /// A count that can't be read still has its month.
    value: Result<Option<f64>, NotACount>,
    place: Place,
}

/// Reads a baseline. Services are those of `pack`; areas without an `area` column are `area`. All of
/// it is read, and what is odd but no error is told of the areas that are `wanted` alone.
pub fn read_baseline(
    source: &Source,
    pack: &Pack,
    area: &str,
    wanted: &dyn Fn(&str) -> bool,
    wishes: &Wishes,
    problems: &mut Problems,
) -> Option<Baseline> {
    let before = problems.errors();
    let table = Table::parse_kept(source, problems)?;
    if !table.check_names(problems) {
        return None;
    }
    if table.rows.is_empty() {
        let problem = Problem::error(source.whole(), "holds no month").read("a header and no rows");
        problems.push(problem.suggest("a row such as 2020-04,… below the header"));
        return None;
    }
    let names_service = |name: &str| counted(pack, name).is_some();
    let tidy = tidy::read(&table, wishes, &names_service, problems)?;
    for (_, problem) in &tidy.undated {
        problems.push(problem.clone());
    }
    let mut all_placed = problems.errors() == before;
    if let Some(column) = tidy.area_column() {
        warn_of_slips(&table, column, pack, problems);
    }
    let mut observations = Vec::new();
    let mut services = Services { pack, known: BTreeMap::new(), headings: BTreeMap::new() };
    for figure in &tidy.figures {
        let Some(service) = services.of(&tidy, figure, problems) else {
            all_placed = false;
            continue;
        };
        let own = if figure.area.is_empty() { area } else { figure.area };
        observe(&tidy, figure, (own, service), &mut observations, problems);
    }
    let observations = spread(observations, wishes, problems)?;
    if problems.errors() == before && !tidy.understood.is_empty() {
        problems.push(Problem::note(source.whole(), format!("read as: {}", tidy.understood)));
    }
    // A row that can't be placed leaves a gap that is none.
    Some(series::join(&observations, (all_placed, wanted), pack, problems))
}

/// What a name counts: `IAPT`, `Referrals to IAPT`, `New IAPT referrals`.
fn counted(pack: &Pack, name: &str) -> Option<Counted> {
    const BESIDE: [&str; 9] =
        ["referrals", "referral", "referred", "received", "number", "new", "of", "to", "for"];
    pack.counted(name).or_else(|| {
        let is_beside = |word: &&str| BESIDE.contains(&word.to_lowercase().as_str());
        let words: Vec<&str> = name.split_whitespace().filter(|word| !is_beside(word)).collect();
        if words.is_empty() { None } else { pack.counted(&words.join(" ")) }
    })
}

/// The services that rows or columns name.
struct Services<'a> {
    pack: &'a Pack,
    known: BTreeMap<&'a str, Option<Counted>>,
    /// Columns of one service each, by service.
    headings: BTreeMap<Counted, &'a str>,
}

impl<'a> Services<'a> {
    fn of(
        &mut self,
        tidy: &Tidy<'a>,
        figure: &Figure<'a>,
        problems: &mut Problems,
    ) -> Option<Counted> {
        let name = figure.service;
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        let mut found = counted(self.pack, name);
        let place = tidy.service_place(figure);
        if found.is_none() && !tidy.has_services() && tidy::names_no_service(name) {
            problems.push(
                Problem::error(place, "which service the figures are of is not said")
                    .read(name)
                    .allowed("a column `service`, or columns named after services, such as `iapt`"),
            );
        } else if found.is_none() {
            problems.push(self.pack.unknown_service(place, name));
        } else if let (Some(service), false) = (found, tidy.has_services()) {
            let first = *self.headings.entry(service).or_insert(name);
            if first != name {
                problems.push(
                    Problem::error(place, format!("`{name}` and `{first}` are one service"))
                        .read(name)
                        .allowed("a column for each service"),
                );
                found = None;
            }
        }
        self.known.insert(name, found);
        found
    }
}

/// A figure whose period may be longer than a month.
struct Observed<'a> {
    observation: Observation<'a>,
    months: u16,
}

fn observe<'a>(
    tidy: &Tidy<'a>,
    figure: &Figure<'a>,
    (area, service): (&'a str, Counted),
    observations: &mut Vec<Observed<'a>>,
    problems: &mut Problems,
) {
    let mut value = figure.value;
    let wrong = match value {
        Ok(Some(count)) if count > MOST_PEOPLE => {
            Some(("a count larger than any population", format!("up to {MOST_PEOPLE}")))
        }
        Err(wrong) => Some((
            wrong.message(),
            if wrong == NotACount::Negative { "0 or more".to_owned() } else { COUNTS.to_owned() },
        )),
        Ok(_) => None,
    };
    if let Some((message, allowed)) = wrong {
        let text = tidy.text(figure);
        let problem = Problem::error(tidy.place(figure), message).read(text).allowed(allowed);
        problems.push(if super::cells::is_unsaved(text) {
            Problem { message: super::cells::UNSAVED.to_owned(), ..problem }
                .suggest(super::cells::SAVE)
        } else {
            problem
        });
        value = Err(NotACount::NotANumber);
    }
    let observation = Observation {
        month: figure.period.first,
        area,
        service,
        measure: figure.measure,
        derived: figure.derived,
        value,
        place: tidy.place(figure),
    };
    observations.push(Observed { observation, months: figure.period.months });
}

/// Periods longer than a month, spread evenly over their months where that is asked for.
fn spread<'a>(
    observations: Vec<Observed<'a>>,
    wishes: &Wishes,
    problems: &mut Problems,
) -> Option<Vec<Observation<'a>>> {
    let longer: BTreeSet<u16> =
        observations.iter().map(|o| o.months).filter(|months| *months > 1).collect();
    if let (Some(months), false) = (longer.first(), wishes.spread) {
        let of_them = observations.iter().find(|o| o.months == *months);
        let place = of_them.map_or_else(Place::unknown, |o| o.observation.place.clone());
        let message = format!(
            "the figures cover {months} months each: as monthly counts they would be {months} times too high"
        );
        problems.push(
            Problem::error(place, message)
                .allowed("months; or longer periods spread evenly over their months and marked `derived`")
                .suggest("--spread-periods"),
        );
        return None;
    }
    let mut spread = Vec::new();
    for Observed { observation, months } in observations {
        let value = observation.value.map(|value| value.map(|value| value / f64::from(months)));
        for at in 0..i32::from(months) {
            let month = observation.month.plus(at);
            let place = observation.place.clone();
            let derived = observation.derived || months > 1;
            spread.push(Observation { month, derived, value, place, ..observation });
        }
    }
    Some(spread)
}

/// Any name is an area; one that is nearly another's is more likely a slip.
fn warn_of_slips(table: &Table, column: usize, pack: &Pack, problems: &mut Problems) {
    /// Shorter names, such as codes, are near each other by right.
    const LONG: usize = 5;
    const MANY: usize = 1000;
    /// The letters that a slip gets wrong.
    const SLIP: usize = 2;
    let mut rows: BTreeMap<&str, (usize, &Row)> = BTreeMap::new();
    for row in &table.rows {
        rows.entry(row.cell(column)).or_insert((0, row)).0 += 1;
    }
    for (name, (_, row)) in &rows {
        problems.take(super::names::check("area", name, || table.place(row, column)));
    }
    // Among so many names some are near each other by right.
    if rows.len() > MANY {
        return;
    }
    let known = || pack.areas.iter().flat_map(|area| [area.id.as_str(), area.name.as_str()]);
    for (name, (count, row)) in &rows {
        let is_name = name.chars().count() >= LONG && !name.contains(|c: char| c.is_ascii_digit());
        if !is_name || known().any(|known| same_name(known, name)) {
            continue;
        }
        let more = rows.iter().filter(|(_, (other, _))| other > count).map(|(other, _)| *other);
        let near = known().chain(more).find(|other| {
            let distance = strsim::damerau_levenshtein(&name.to_lowercase(), &other.to_lowercase());
            (1..=SLIP).contains(&distance) && other.chars().count() >= LONG
        });
        if let Some(near) = near {
            let place = table.place(row, column);
            let message = format!("`{name}` is taken for an area of its own");
            problems.push(Problem::warning(place, message).suggest(near));
        }
    }
}

/// The month in a cell, or a problem that says what a month looks like.
pub fn month_cell(
    table: &Table,
    row: &Row,
    column: usize,
    problems: &mut Problems,
) -> Option<Month> {
    let text = row.cell(column);
    let month = dates::month(text);
    if month.is_none() {
        problems.push(dates::not_a_month(text, table.place(row, column)));
    }
    month
}
