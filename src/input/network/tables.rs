//! A network in our own layout: three tables made for a spreadsheet.
//!
//! | file | a row for each | columns |
//! | --- | --- | --- |
//! | `services.csv` | service, or service and period | `service`, `places`, `stay` (`lognormal`, `gamma`, `exponential`, `constant`, `table`), `stay_mean`, `stay_sd` (days), `stay_table` (`1:0.2; 7:0.8`, days and weights), `reneging` (`constant`, `logistic` or blank), `daily_risk`, `risk_start`, `risk_slope`, `risk_midpoint`, `risk_end`, `from_service` (the line of a projection whose referrals arrive here), `service_line` (whose levers act here; blank: the same), `first_day`, `last_day` |
//! | `routes.csv` | way from a service | `from`, `to`, `after_service`, `after_reneging`, `after_switch`, `switch_day` (the same in every row) |
//! | `arrivals.csv` | service and period | `service`, `first_day`, `last_day` (blank: to the end), `distribution` (`poisson`, `constant`), `rate` (a day) |
//!
//! A row of `services.csv` without places is an exit. A service without rows in `arrivals.csv`
//! has no arrivals from outside.

use super::draft::{Draft, DraftService, Layout, MOST_DAYS, MOST_PEOPLE, Period, Routes};
use super::rows::{Row, check, number, read as read_table, rows};
use crate::diagnostics::{InputError, Problem, Problems};
use crate::input::names;
use crate::input::table::Table;
use crate::model::network::{Arrivals, Reneging, Stay};

/// The names of the files.
pub const FILES: [&str; 3] = ["services.csv", "routes.csv", "arrivals.csv"];

/// The columns of each file: those that must be there, and those that may.
const COLUMNS: [(&[&str], &[&str]); 3] = [
    (
        &["service", "places", "stay"],
        &[
            "stay_mean",
            "stay_sd",
            "stay_table",
            "reneging",
            "daily_risk",
            "risk_start",
            "risk_slope",
            "risk_midpoint",
            "risk_end",
            "from_service",
            "service_line",
            "first_day",
            "last_day",
        ],
    ),
    (&["from", "to", "after_service"], &["after_reneging", "after_switch", "switch_day"]),
    (&["service", "distribution", "rate"], &["first_day", "last_day"]),
];

const RENEGING: [&str; 3] = ["constant", "logistic", "none"];
const STAYS: [&str; 5] = ["lognormal", "gamma", "exponential", "constant", "table"];

/// Reads the three files, given with the names users know them by.
pub(super) fn read(files: Vec<(String, Vec<u8>)>, layout: Layout) -> Result<Draft, InputError> {
    let mut problems = Problems::default();
    let tables = files
        .iter()
        .map(|(name, bytes)| read_table(name, bytes, &mut problems))
        .collect::<Vec<_>>();
    let mut are_sound = true;
    for (table, (required, optional)) in tables.iter().zip(COLUMNS) {
        are_sound &= table.as_ref().is_some_and(|t| check(t, required, optional, &mut problems));
    }
    let [Some(services), Some(routes), Some(arrivals)] = tables.as_slice() else {
        return Err(InputError(problems));
    };
    // Every service needs both; without them each row of the other would be told to be wrong.
    for (table, of) in [(services, "for each service and exit"), (routes, "for each way")] {
        if are_sound && table.rows.is_empty() {
            let problem = Problem::error(table.source.whole(), "holds no row");
            problems.push(problem.allowed(format!("a row {of}")));
        }
    }
    // Under a wrong header every row would be told to be wrong too.
    if !are_sound || !problems.is_empty() {
        return Err(InputError(problems));
    }
    let (mut services, exits) = read_services(services, &mut problems);
    let switch = read_routes(routes, &mut services, &exits, &mut problems);
    read_arrivals(arrivals, &mut services, &mut problems);
    for service in &mut services {
        if service.arrivals.is_empty() {
            service.arrivals.push(Period {
                first: 1,
                last: u32::MAX,
                value: Arrivals::Constant(0.0),
                place: service.place.clone(),
            });
        }
    }
    problems.stop_on_errors()?;
    let (switches, switch_day) = switch;
    Ok(Draft { layout, files, services, exits, switches, switch_day })
}

fn read_services(table: &Table, problems: &mut Problems) -> (Vec<DraftService>, Vec<String>) {
    let (mut services, mut exits): (Vec<DraftService>, Vec<String>) = (Vec::new(), Vec::new());
    for row in rows(table) {
        let id = row.text("service");
        if id.is_empty() {
            problems.push(row.problem("service", "a row without a service"));
            continue;
        }
        problems.take(names::check("service", id, || row.place("service")));
        let has_places = !row.text("places").is_empty();
        if !has_places && row.text("stay").is_empty() {
            if exits.iter().any(|exit| exit == id) {
                problems.push(row.problem("service", format!("the exit `{id}` is given twice")));
            } else {
                exits.push(id.to_owned());
            }
            continue;
        }
        let days = problems.take(days(row));
        // A service with a wrong row is one still: its routes are right.
        let places = problems.take(if has_places {
            row.count("places", 0, MOST_PEOPLE as u32)
        } else {
            let message = format!("`{id}` has a stay but no places");
            Err(row.problem("places", message).allowed("a whole number"))
        });
        let unused = unused_columns(row);
        problems.extend(unused);
        let stay = read_stay(row, problems);
        let reneging = read_reneging(row, problems);
        let named = |column| Some(row.text(column).to_owned()).filter(|text| !text.is_empty());
        let (from_service, line) = (named("from_service"), named("service_line"));
        let index = services.iter().position(|s| s.id == id).unwrap_or_else(|| {
            services.push(DraftService {
                id: id.to_owned(),
                place: row.place("service"),
                from_service,
                line,
                arrivals: Vec::new(),
                capacity: Vec::new(),
                stay: Vec::new(),
                reneging,
                routes: no_routes(table),
                routes_switched: None,
                renege_routes: no_routes(table),
            });
            services.len() - 1
        });
        let service = &mut services[index];
        if reneging.is_some() && service.reneging != reneging {
            let message = format!("the reneging of `{id}` differs from that of its first row");
            problems.push(row.problem("reneging", message).allowed("the same, or blank"));
        }
        if let (Some((first, last)), Some(places), Some(stay)) = (days, places, stay) {
            let place = row.place("first_day");
            service.capacity.push(Period { first, last, value: places, place: place.clone() });
            service.stay.push(Period { first, last, value: stay, place });
        }
    }
    for exit in &exits {
        if services.iter().any(|service| service.id == *exit) {
            let message = format!("`{exit}` is a service in one row and an exit in another");
            problems.push(
                Problem::error(table.source.whole(), message)
                    .allowed("places in every row of a service, none in that of an exit"),
            );
        }
    }
    if services.is_empty() && problems.is_empty() {
        problems.push(
            Problem::error(table.source.whole(), "no service has places")
                .read("exits alone")
                .allowed("a row with `places` and `stay` for each service"),
        );
    }
    (services, exits)
}

/// The days a row holds for: all of them unless it says otherwise.
fn days(row: Row<'_>) -> Result<(u32, u32), Problem> {
    let first = match row.text("first_day") {
        "" => 1,
        _ => row.count("first_day", 1, MOST_DAYS)?,
    };
    let last = match row.text("last_day") {
        "" => u32::MAX,
        _ => row.count("last_day", 1, MOST_DAYS)?,
    };
    if last < first {
        let message = format!("the last day {last} is before the first day {first}");
        return Err(row.problem("last_day", message));
    }
    Ok((first, last))
}

fn read_stay(row: Row<'_>, problems: &mut Problems) -> Option<Stay> {
    let name = row.text("stay");
    if !STAYS.contains(&name) {
        let problem = row.problem("stay", "not a kind of stay");
        problems.push(problem.choose(name, STAYS));
        return None;
    }
    if name == "table" {
        return problems.take(read_stay_table(row));
    }
    let mean = problems.take(row.number("stay_mean", 0.01..=100_000.0));
    let sd = if matches!(name, "lognormal" | "gamma") {
        problems.take(row.number("stay_sd", 0.001..=1_000_000.0))
    } else {
        Some(0.0)
    };
    let (mean, sd) = (mean?, sd?);
    if matches!(name, "lognormal" | "gamma") && !(0.001..=100.0).contains(&(sd / mean)) {
        let problem = row.problem("stay_sd", "the spread of the stay does not go with its mean");
        problems.push(problem.allowed("between a thousandth of the mean and a hundred times it"));
        return None;
    }
    Some(match name {
        "lognormal" => Stay::lognormal(mean, sd),
        "gamma" => Stay::gamma(mean, sd),
        "exponential" => Stay::Exponential(mean),
        _ => Stay::Constant(mean),
    })
}

/// Figures that the kind of stay or of reneging in a row makes no use of. A 0 says as much.
fn unused_columns(row: Row<'_>) -> Problems {
    let (stay, reneging) = (row.text("stay"), row.text("reneging"));
    let of_stays: [(&str, &[&str]); 3] = [
        ("stay_mean", &["lognormal", "gamma", "exponential", "constant"]),
        ("stay_sd", &["lognormal", "gamma"]),
        ("stay_table", &["table"]),
    ];
    let of_reneging: [(&str, &[&str]); 5] = [
        ("daily_risk", &["constant"]),
        ("risk_start", &["logistic"]),
        ("risk_slope", &["logistic"]),
        ("risk_midpoint", &["logistic"]),
        ("risk_end", &["logistic"]),
    ];
    let stays = of_stays.into_iter().map(|(column, kinds)| (column, kinds, "stay", stay));
    let risks =
        of_reneging.into_iter().map(|(column, kinds)| (column, kinds, "reneging", reneging));
    let mut problems = Problems::default();
    for (column, kinds, of, kind) in stays.chain(risks) {
        // A kind that nobody knows, or a stay of none, is told by itself.
        let is_known = if of == "stay" {
            STAYS.contains(&kind)
        } else {
            kind.is_empty() || RENEGING.contains(&kind)
        };
        let is_used = !is_known || kinds.contains(&kind);
        let cell = row.text(column);
        if is_used || cell.is_empty() || cell.parse() == Ok(0.0) {
            continue;
        }
        let kind = if kind.is_empty() { "blank" } else { kind };
        problems.push(
            row.problem(column, format!("`{column}` is given, but `{of}` is {kind}"))
                .allowed(format!("blank, or `{of}` {}", kinds.join(", ")))
                .suggest(kinds[0]),
        );
    }
    problems
}

fn read_stay_table(row: Row<'_>) -> Result<Stay, Problem> {
    let wrong = |part: &str| {
        row.problem("stay_table", format!("`{part}` is not a number of days and its weight"))
            .allowed("whole days and weights, such as `1:0.2; 7:0.8`")
    };
    let mut table = Vec::new();
    for part in row.text("stay_table").split(';').map(str::trim).filter(|p| !p.is_empty()) {
        let (days, weight) = part.split_once(':').ok_or_else(|| wrong(part))?;
        let days = number(days, 0.0..=100_000.0).map_err(|_| wrong(part))?;
        let weight = number(weight, 0.0..=1e9).map_err(|_| wrong(part))?;
        if days.fract() != 0.0 {
            return Err(wrong(part));
        }
        table.push((days as u32, weight));
    }
    if !table.iter().any(|&(days, weight)| days > 0 && weight > 0.0) {
        return Err(wrong(row.text("stay_table")));
    }
    Ok(Stay::Table(table))
}

fn read_reneging(row: Row<'_>, problems: &mut Problems) -> Option<Reneging> {
    match row.text("reneging") {
        "" | "none" => None,
        "constant" => problems
            .take(row.number("daily_risk", 0.0..=1.0))
            .map(|daily_risk| Reneging::Constant { daily_risk }),
        "logistic" => {
            let start = problems.take(row.number("risk_start", 0.0..=1.0));
            let slope = problems.take(row.number("risk_slope", 0.001..=1000.0));
            let midpoint = problems.take(row.number("risk_midpoint", 0.001..=100_000.0));
            let end = problems.take(row.number("risk_end", 0.0..=1.0));
            Some(Reneging::Logistic {
                start: start?,
                slope: slope?,
                midpoint: midpoint?,
                end: end?,
            })
        }
        other => {
            let problem = row.problem("reneging", "not a way to give up waiting");
            problems.push(problem.choose(other, RENEGING));
            None
        }
    }
}

fn no_routes(table: &Table) -> Routes {
    Routes { to: Vec::new(), place: table.source.whole() }
}

/// Reads the routes into their services; whether any changes, and on which day.
fn read_routes(
    table: &Table,
    services: &mut [DraftService],
    exits: &[String],
    problems: &mut Problems,
) -> (bool, Option<u32>) {
    for service in services.iter_mut() {
        service.routes.place = table.source.whole();
        service.renege_routes.place = table.source.whole();
    }
    let names: Vec<String> =
        services.iter().map(|s| s.id.clone()).chain(exits.iter().cloned()).collect();
    let (mut switches, mut switch_day) = (false, None);
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for row in rows(table) {
        let (from, to) = (row.text("from"), row.text("to"));
        if !names.iter().any(|name| name == to) {
            let problem = row.problem("to", format!("no service or exit is called `{to}`"));
            problems.push(problem.choose(to, names.iter().map(String::as_str)));
        }
        if seen.contains(&(from, to)) {
            let message = format!("the way from `{from}` to `{to}` is given twice");
            problems.push(row.problem("to", message));
        }
        seen.push((from, to));
        let Some(service) = services.iter_mut().find(|s| s.id == from) else {
            let ids = names.iter().map(String::as_str).filter(|n| !exits.iter().any(|e| e == n));
            let problem = row.problem("from", format!("no service is called `{from}`"));
            problems.push(problem.choose(from, ids));
            continue;
        };
        if !row.text("switch_day").is_empty()
            && let Some(day) = problems.take(row.count("switch_day", 1, MOST_DAYS))
            && *switch_day.get_or_insert(day) != day
        {
            let message = "routes change on one day only";
            problems.push(row.problem("switch_day", message).allowed("the same day in every row"));
        }
        let mut share = |column: &str| match row.text(column) {
            "" => Some(0.0),
            _ => problems.take(row.number(column, 0.0..=1.0)),
        };
        let (after, reneging, switch) =
            (share("after_service"), share("after_reneging"), share("after_switch"));
        if let Some(share) = after {
            service.routes.to.push((to.to_owned(), share));
            service.routes.place = row.place("after_service");
        }
        if let Some(share) = reneging {
            service.renege_routes.to.push((to.to_owned(), share));
            service.renege_routes.place = row.place("after_reneging");
        }
        if let Some(share) = switch {
            let place = row.place("after_switch");
            let switched = service
                .routes_switched
                .get_or_insert_with(|| Routes { to: Vec::new(), place: place.clone() });
            switched.to.push((to.to_owned(), share));
            switched.place = place;
        }
    }
    // Services without a figure for the switch day keep their routes.
    for service in services {
        let given =
            service.routes_switched.as_ref().is_some_and(|r| r.to.iter().any(|(_, p)| *p > 0.0));
        if !given {
            service.routes_switched = None;
        }
        switches |= service.routes_switched.as_ref().is_some_and(|r| r.to != service.routes.to);
    }
    (switches, switch_day)
}

fn read_arrivals(table: &Table, services: &mut [DraftService], problems: &mut Problems) {
    let ids: Vec<String> = services.iter().map(|service| service.id.clone()).collect();
    for row in rows(table) {
        let days = problems.take(days(row));
        let rate = problems.take(row.number("rate", 0.0..=1_000_000.0));
        let distribution = row.text("distribution");
        let make: fn(f64) -> Arrivals = match distribution {
            "poisson" => Arrivals::Poisson,
            "constant" => Arrivals::Constant,
            other => {
                let problem = row.problem("distribution", "not a distribution of arrivals");
                problems.push(problem.choose(other, ["poisson", "constant"]));
                continue;
            }
        };
        let id = row.text("service");
        let Some(service) = services.iter_mut().find(|service| service.id == id) else {
            let problem = row.problem("service", format!("no service is called `{id}`"));
            problems.push(problem.choose(id, ids.iter().map(String::as_str)));
            continue;
        };
        if let (Some((first, last)), Some(rate)) = (days, rate) {
            let place = row.place("first_day");
            service.arrivals.push(Period { first, last, value: make(rate), place });
        }
    }
}
