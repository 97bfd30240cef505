//! Capacity files: how many treatments can start in a month, or how many places there are, from
//! which date on.
//!
//! `service,from,value` and optionally `area`, `kind` (starts or places), `ramp` (yes: a straight
//! line to the next row; otherwise a step), `opening_list` (people waiting at the start) and
//! `reneging` (share of those who wait that leaves in a month). Until its first row a service has
//! the capacity it would have without the file.

use super::baseline::family::shares;
use super::table::{Row, Table};
use crate::diagnostics::{Place, Problem, Problems, Source};
use crate::month::{Month, date_at, parse_date, position};
use crate::study::area::{Area, Series};
use crate::study::capacity::{Kind, Plan, Point};
use crate::study::pack::{Counted, Pack, same_name};

const COLUMNS: [&str; 8] =
    ["service", "area", "from", "kind", "value", "ramp", "opening_list", "reneging"];

/// What a row says, with its place.
#[derive(Clone)]
struct Entry {
    service: usize,
    area: Option<String>,
    kind: Option<Kind>,
    point: Point,
    opening: Option<f64>,
    reneging: Option<f64>,
    place: Place,
}

/// Reads a capacity file; every wrong cell is a problem. `known` are the areas it may name, by id
/// and name, whether they are projected or not; after `last` nothing is projected.
pub fn read_capacity(
    source: &Source,
    pack: &Pack,
    (areas, known, reference): (&[Area], &[(String, String)], &[Series]),
    last: Option<Month>,
    problems: &mut Problems,
) -> Vec<Plan> {
    let Some(table) = Table::parse(source, problems) else { return Vec::new() };
    let are_known = table.allow(&COLUMNS, problems);
    let needed = ["service", "from", "value"].map(|name| table.need(name, problems));
    let (true, [Some(service), Some(from), Some(value)]) = (are_known, needed) else {
        return Vec::new();
    };
    if table.rows.is_empty() {
        problems.push(
            Problem::error(source.whole(), "holds no row").suggest("iapt,2020-03,starts,1000"),
        );
    }
    let reader = Reader { table: &table, pack, known, service, from, value };
    let mut plans = Vec::new();
    let mut places: Vec<Vec<Place>> = Vec::new();
    for row in &table.rows {
        let Some((counted, entry)) = reader.entry(row, problems) else { continue };
        let parts = match counted {
            Counted::Service(service) => vec![(service, 1.0)],
            // What a family has its services share by their mix.
            family @ Counted::Family(_) => shares(pack, reference, &pack.parts_of(family)),
        };
        for (service, share) in parts {
            let point = Point { value: entry.point.value * share, ..entry.point };
            let opening = entry.opening.map(|people| people * share);
            let part = Entry { service, point, opening, ..entry.clone() };
            add(part, &mut plans, &mut places, source, problems);
        }
    }
    for (plan, places) in plans.iter().zip(&places) {
        check(plan, places, pack, areas, problems);
    }
    if let Some(last) = last {
        warn_of_late(&plans, &places, last, problems);
    }
    plans
}

struct Reader<'a> {
    table: &'a Table,
    pack: &'a Pack,
    known: &'a [(String, String)],
    service: usize,
    from: usize,
    value: usize,
}

impl Reader<'_> {
    /// A row, or nothing where one of its cells is wrong; all of them are told.
    fn entry(&self, row: &Row, problems: &mut Problems) -> Option<(Counted, Entry)> {
        let service = problems.take(self.service(row));
        let from = problems.take(self.date(row));
        let value = problems.take(self.value(row));
        let kind = problems.take(self.kind(row));
        let ramp = problems.take(self.ramp(row));
        let mut optional = |name, most| match self.table.column(name) {
            Some(column) => problems.take(self.amount(row, column, most)),
            None => Some(None),
        };
        let opening = optional("opening_list", crate::input::baseline::MOST_PEOPLE);
        let reneging = optional("reneging", 1.0);
        let area = problems.take(self.area(row));
        let entry = Entry {
            service: 0,
            area: area?,
            kind: kind?,
            point: Point { from: from?, value: value?, ramp: ramp? },
            opening: opening?,
            reneging: reneging?,
            place: self.table.place(row, self.value),
        };
        Some((service?, entry))
    }

    fn service(&self, row: &Row) -> Result<Counted, Problem> {
        let name = row.cell(self.service);
        self.pack
            .counted(name)
            .ok_or_else(|| self.pack.unknown_service(self.table.place(row, self.service), name))
    }

    /// The id of the area that the row is for, if it names one.
    fn area(&self, row: &Row) -> Result<Option<String>, Problem> {
        let Some(column) = self.table.column("area") else { return Ok(None) };
        let text = row.cell(column);
        if text.is_empty() {
            return Ok(None);
        }
        let is_meant =
            |(id, name): &&(String, String)| same_name(id, text) || same_name(name, text);
        match self.known.iter().find(is_meant) {
            Some((id, _)) => Ok(Some(id.clone())),
            None => {
                let place = self.table.place(row, column);
                let ids = self.known.iter().map(|(id, _)| id.as_str());
                Err(Problem::error(place, format!("unknown area `{text}`")).choose(text, ids))
            }
        }
    }

    /// A day or a month, as a position in months.
    fn date(&self, row: &Row) -> Result<f64, Problem> {
        let text = row.cell(self.from);
        let day = parse_date(text).map(position);
        let month = || text.parse::<Month>().map(Month::start_position);
        day.or_else(|_| month()).map_err(|error| {
            let problem = Problem::error(self.table.place(row, self.from), error.to_string())
                .read(text)
                .allowed("a month such as 2020-04 or a day such as 2020-04-06");
            match error.suggestion() {
                Some(suggestion) => problem.suggest(suggestion),
                None => problem,
            }
        })
    }

    fn value(&self, row: &Row) -> Result<f64, Problem> {
        self.amount(row, self.value, crate::input::baseline::MOST_PEOPLE)?.ok_or_else(|| {
            Problem::error(self.table.place(row, self.value), "`value` is blank")
                .allowed("treatments that can start in a month, or places")
        })
    }

    /// The kind of capacity, if the row names it.
    fn kind(&self, row: &Row) -> Result<Option<Kind>, Problem> {
        let Some(column) = self.table.column("kind") else { return Ok(None) };
        match row.cell(column).to_lowercase().as_str() {
            "" => Ok(None),
            "starts" => Ok(Some(Kind::Starts)),
            "places" => Ok(Some(Kind::Places)),
            other => Err(Problem::error(self.table.place(row, column), "unknown kind of capacity")
                .choose(other, ["starts", "places"])),
        }
    }

    fn ramp(&self, row: &Row) -> Result<bool, Problem> {
        let Some(column) = self.table.column("ramp") else { return Ok(false) };
        match row.cell(column).to_lowercase().as_str() {
            "" | "no" | "false" => Ok(false),
            "yes" | "true" => Ok(true),
            other => Err(Problem::error(self.table.place(row, column), "neither yes nor no")
                .read(other)
                .allowed("yes (a straight line to the next row) or no (a step)")),
        }
    }

    /// A number from 0 to `most`, or nothing where the cell is blank.
    fn amount(&self, row: &Row, column: usize, most: f64) -> Result<Option<f64>, Problem> {
        let number = self.table.number(row, column)?;
        match number.filter(|value| !(0.0..=most).contains(value)) {
            None => Ok(number),
            Some(value) => Err(Problem::error(self.table.place(row, column), "is out of range")
                .read(value.to_string())
                .allowed(format!("0 to {most}"))),
        }
    }
}

/// Adds a row to the plan of its service and area.
fn add(
    entry: Entry,
    plans: &mut Vec<Plan>,
    places: &mut Vec<Vec<Place>>,
    source: &Source,
    problems: &mut Problems,
) {
    let same_area = |other: &Option<String>| match (other, &entry.area) {
        (Some(a), Some(b)) => same_name(a, b),
        (a, b) => a.is_none() && b.is_none(),
    };
    let found = plans.iter().position(|p| p.service == entry.service && same_area(&p.area));
    let at = found.unwrap_or_else(|| {
        plans.push(Plan {
            service: entry.service,
            area: entry.area.clone(),
            kind: entry.kind.unwrap_or(Kind::Starts),
            points: Vec::new(),
            opening: None,
            reneging: None,
            file: source.name.to_string(),
        });
        places.push(Vec::new());
        plans.len() - 1
    });
    let plan = &mut plans[at];
    if let Some(kind) = entry.kind.filter(|kind| *kind != plan.kind) {
        problems.push(
            Problem::error(entry.place.clone(), "a service has one kind of capacity")
                .read(format!("{}, and {} before", kind.name(), plan.kind.name()))
                .allowed("starts or places, the same in all rows of a service"),
        );
    }
    for (own, given, name) in [
        (&mut plan.opening, entry.opening, "opening_list"),
        (&mut plan.reneging, entry.reneging, "reneging"),
    ] {
        match (*own, given) {
            (Some(a), Some(b)) if a != b => problems.push(
                Problem::error(entry.place.clone(), format!("`{name}` is given twice"))
                    .read(format!("{a}, then {b}"))
                    .allowed("one value in any row of a service"),
            ),
            (None, Some(_)) => *own = given,
            _ => {}
        }
    }
    let before = plan.points.partition_point(|point| point.from < entry.point.from);
    if plan.points.get(before).is_some_and(|point| point.from == entry.point.from) {
        problems.push(
            Problem::error(entry.place, "the same service and date stand twice")
                .read(format!("also at {}", places[at][before].text())),
        );
        return;
    }
    plan.points.insert(before, entry.point);
    places[at].insert(before, entry.place);
}

/// Warns once of rows that begin after the last month projected and that no ramp leads to.
fn warn_of_late(plans: &[Plan], places: &[Vec<Place>], last: Month, problems: &mut Problems) {
    let end = last.plus(1).start_position();
    let late = plans.iter().zip(places).flat_map(|(plan, places)| {
        let before = std::iter::once(None).chain(plan.points.iter().map(Some));
        let rows = plan.points.iter().zip(before).zip(places);
        let is_late = move |((point, before), _): &((&Point, Option<&Point>), &Place)| {
            let is_led_to = before.is_some_and(|before| before.ramp && before.from < end);
            point.from >= end && !is_led_to
        };
        rows.filter(is_late).map(|((point, _), place)| (point.from, place))
    });
    let late: Vec<(f64, &Place)> = late.collect();
    let Some((from, place)) = late.first() else { return };
    let more = match late.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    let message = format!("the row begins after the last month projected: no effect{more}");
    problems.push(
        Problem::warning((*place).clone(), message)
            .read(format!("from {}", date_at(*from)))
            .allowed(format!("up to {last}, the last month of the scenarios"))
            .suggest("an earlier date, or a scenario with more months"),
    );
}

/// What can only be said of a whole plan.
fn check(plan: &Plan, places: &[Place], pack: &Pack, areas: &[Area], problems: &mut Problems) {
    let service = &pack.services[plan.service];
    let (Some(point), Some(place)) = (plan.points.last(), places.last()) else { return };
    if point.ramp {
        problems.push(
            Problem::error(place.clone(), "a ramp leads nowhere")
                .read(format!("the last row of {} has ramp yes", service.id))
                .suggest("add a row with the date and value it leads to"),
        );
    }
    if !service.has_list() {
        problems.push(
            Problem::warning(place.clone(), "this service has no waiting list: no effect")
                .read(&service.id)
                .allowed("services that count referrals or admissions, and are no total"),
        );
        return;
    }
    let is_meant = |area: &&Area| plan.area.as_ref().is_none_or(|id| same_name(id, &area.id));
    let has_series = |area: &Area| area.series.iter().any(|s| s.service == plan.service);
    if areas.iter().filter(is_meant).any(|area| !has_series(area)) {
        let message = "no waiting list where the service has no baseline";
        problems.push(
            Problem::warning(place.clone(), message)
                .read(&service.id)
                .allowed("services with a baseline in every area that is projected")
                .suggest("add the service to the baseline, or name the area in the row"),
        );
    }
}
