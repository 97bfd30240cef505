//! A network in the layout of the published Bristol model (`simulation-dts-renege` of the NHS
//! BNSSG analytics team), read as it is.
//!
//! `network*.csv` has a row for each service and, below them, each exit (no `capacity`), a column
//! of routing probabilities for each, and `wt_…` columns for those who give up. `arrivals*.csv`
//! has arrivals, stays and capacity by `period` (`first;last` day); the same columns of the
//! network file are ignored, as the model ignores them. `postcov_flow*.csv` holds the routes from
//! the switch day on. Stays and arrivals are named as R names its distributions. A network file
//! alone is the published small version: its own figures hold on every day.

use super::draft::{Draft, DraftService, Layout, MOST_DAYS, MOST_PEOPLE, Period, Routes};
use super::rows::{Row, number, read as read_table, rows};
use crate::diagnostics::{InputError, Problem, Problems, nearest};
use crate::input::table::Table;
use crate::model::network::{Arrivals, Reneging, Stay};

/// The warm-up of the published runs, in days.
pub const WARM_UP: u32 = 730;
/// The day on which the routes change in the published runs.
pub const SWITCH_DAY: u32 = 1166;

/// One set of files: contents with the names users know them by.
pub(super) struct Set {
    pub(super) network: (String, Vec<u8>),
    /// None: the network file's own figures hold on every day.
    pub(super) arrivals: Option<(String, Vec<u8>)>,
    pub(super) flow: Option<(String, Vec<u8>)>,
}

/// Reads one set.
pub(super) fn read(set: Set) -> Result<Draft, InputError> {
    let mut problems = Problems::default();
    let network = read_table(&set.network.0, &set.network.1, &mut problems);
    let arrivals = set.arrivals.as_ref().and_then(|(n, bytes)| read_table(n, bytes, &mut problems));
    let flow = set.flow.as_ref().and_then(|(n, bytes)| read_table(n, bytes, &mut problems));
    let (mut services, mut exits) = (Vec::new(), Vec::new());
    if let Some(table) = &network {
        (services, exits) = read_network(table, &mut problems);
    }
    if let Some(table) = &arrivals {
        read_arrivals(table, &mut services, &mut problems);
    } else if let (Some(table), None) = (&network, &set.arrivals) {
        read_own_figures(table, &mut services, &mut problems);
    }
    if let Some(table) = &flow {
        read_flow(table, &mut services, &exits, &mut problems);
    }
    problems.stop_on_errors()?;
    let switches = services
        .iter()
        .any(|s| s.routes_switched.as_ref().is_some_and(|switched| switched.to != s.routes.to));
    let layout = if set.arrivals.is_some() { Layout::Published } else { Layout::Small };
    let files = [Some(set.network), set.arrivals, set.flow].into_iter().flatten().collect();
    Ok(Draft { layout, files, services, exits, switches, switch_day: Some(SWITCH_DAY) })
}

fn read_network(table: &Table, problems: &mut Problems) -> (Vec<DraftService>, Vec<String>) {
    let names: Vec<&str> = rows(table).map(|row| row.cell(0)).collect();
    let wanted = ["capacity", "wt_fn", "wt_params"];
    let mut complete = true;
    for name in names.iter().copied().chain(wanted) {
        if !table.header.iter().any(|column| column == name) {
            complete = false;
            let message = format!("the column `{name}` is missing");
            let problem = Problem::error(table.source.line(1), message);
            let near = nearest(name, table.header.iter().map(String::as_str));
            let problem = problem.read(table.header.join(", "));
            problems.push(match near {
                Some(near) => problem.suggest(format!("rename `{near}` to `{name}`")),
                None => problem,
            });
        }
    }
    let (mut services, mut exits) = (Vec::new(), Vec::new());
    if !complete {
        return (services, exits);
    }
    for (index, row) in rows(table).enumerate() {
        let id = names[index];
        if id.is_empty() || names[..index].contains(&id) {
            let message = if id.is_empty() { "a row without a name" } else { "a name given twice" };
            problems.push(Problem::error(row.place("name"), message).read(id));
            continue;
        }
        if row.text("capacity").is_empty() {
            exits.push(id.to_owned());
            continue;
        }
        let reneging = problems.take(read_reneging(row)).flatten();
        let routes = read_routes(row, &names, "", problems);
        let renege_routes = read_routes(row, &names, "wt_", problems);
        services.push(DraftService {
            id: id.to_owned(),
            place: row.place("capacity"),
            from_service: None,
            line: None,
            arrivals: Vec::new(),
            capacity: Vec::new(),
            stay: Vec::new(),
            reneging,
            routes,
            routes_switched: None,
            renege_routes,
        });
    }
    (services, exits)
}

fn read_routes(row: Row<'_>, names: &[&str], prefix: &str, problems: &mut Problems) -> Routes {
    let mut to = Vec::new();
    for name in names {
        let column = format!("{prefix}{name}");
        if !row.text(&column).is_empty()
            && let Some(share) = problems.take(row.number(&column, 0.0..=1.0))
        {
            to.push(((*name).to_owned(), share));
        }
    }
    let column = if prefix.is_empty() { "routes" } else { "routes of those who give up" };
    Routes { to, place: row.place(column) }
}

/// Only the four-parameter logistic is understood: no expression is ever evaluated.
fn read_reneging(row: Row<'_>) -> Result<Option<Reneging>, Problem> {
    const LOGISTIC: &str = "p[4]+(p[1]-p[4])/(1+(x/p[3])^p[2])";
    let text = row.text("wt_fn");
    if text.is_empty() {
        return Ok(None);
    }
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let plain = plain.replace("((p[1]-p[4])/(1+(x/p[3])^p[2]))", "(p[1]-p[4])/(1+(x/p[3])^p[2])");
    if plain != LOGISTIC {
        return Err(row
            .problem("wt_fn", "this risk of giving up is not understood")
            .allowed(format!("the four-parameter logistic, written {LOGISTIC}")));
    }
    let wrong = || {
        row.problem("wt_params", "these are not the parameters of the logistic")
            .allowed("start;slope;midpoint;end: shares from 0 to 1, slope and midpoint above 0")
    };
    let values = numbers(row.text("wt_params")).ok_or_else(wrong)?;
    match values.as_slice() {
        &[start, slope, midpoint, end]
            if (0.0..=1.0).contains(&start)
                && (0.0..=1.0).contains(&end)
                && slope > 0.0
                && midpoint > 0.0 =>
        {
            Ok(Some(Reneging::Logistic { start, slope, midpoint, end }))
        }
        _ => Err(wrong()),
    }
}

fn read_arrivals(table: &Table, services: &mut [DraftService], problems: &mut Problems) {
    let required = ["period", "node", "arr.dist", "arr.par", "srv.dist", "srv.par", "capacity"];
    for name in required {
        if !table.header.iter().any(|column| column == name) {
            let message = format!("the column `{name}` is missing");
            let problem = Problem::error(table.source.line(1), message);
            let near = nearest(name, table.header.iter().map(String::as_str));
            let problem = problem.read(table.header.join(", "));
            problems.push(match near {
                Some(near) => problem.suggest(format!("rename `{near}` to `{name}`")),
                None => problem,
            });
        }
    }
    if problems.errors() > 0 {
        return;
    }
    check_repeated_columns(table, problems);
    let ids: Vec<String> = services.iter().map(|service| service.id.clone()).collect();
    for row in rows(table) {
        let period = problems.take(read_period(row));
        let arrivals = problems.take(read_arrival(row));
        let stay = problems.take(read_stay(row));
        let capacity = problems.take(row.count("capacity", 0, MOST_PEOPLE as u32));
        let id = row.text("node");
        let Some(service) = services.iter_mut().find(|service| service.id == id) else {
            let problem = row.problem("node", format!("`{id}` is not a service of the network"));
            problems.push(problem.choose(id, ids.iter().map(String::as_str)));
            continue;
        };
        let (Some((first, last)), Some(arrivals), Some(stay), Some(capacity)) =
            (period, arrivals, stay, capacity)
        else {
            continue;
        };
        let place = row.place("period");
        service.arrivals.push(Period { first, last, value: arrivals, place: place.clone() });
        service.stay.push(Period { first, last, value: stay, place: place.clone() });
        service.capacity.push(Period { first, last, value: capacity, place });
    }
}

/// Arrivals, stays and capacity of the network file itself, the same on every day.
fn read_own_figures(table: &Table, services: &mut [DraftService], problems: &mut Problems) {
    for name in ["arr.dist", "arr.par", "srv.dist", "srv.par"] {
        if !table.header.iter().any(|column| column == name) {
            let message = format!("the column `{name}` is missing, and so is a file of arrivals");
            problems.push(Problem::error(table.source.line(1), message));
        }
    }
    if problems.errors() > 0 {
        return;
    }
    for row in rows(table) {
        let Some(service) = services.iter_mut().find(|service| service.id == row.cell(0)) else {
            continue;
        };
        let arrivals = problems.take(read_arrival(row));
        let stay = problems.take(read_stay(row));
        let capacity = problems.take(row.count("capacity", 0, MOST_PEOPLE as u32));
        let (first, last, place) = (1, u32::MAX, row.place("capacity"));
        if let (Some(arrivals), Some(stay), Some(capacity)) = (arrivals, stay, capacity) {
            service.arrivals.push(Period { first, last, value: arrivals, place: place.clone() });
            service.stay.push(Period { first, last, value: stay, place: place.clone() });
            service.capacity.push(Period { first, last, value: capacity, place });
        }
    }
}

/// One published file has the column `arr.par` twice with equal values, which does no harm.
fn check_repeated_columns(table: &Table, problems: &mut Problems) {
    for (index, name) in table.header.iter().enumerate() {
        let Some(first) = table.header[..index].iter().position(|other| other == name) else {
            continue;
        };
        for row in rows(table).filter(|row| row.cell(first) != row.cell(index)) {
            let message = format!("the column `{name}` stands twice with different values");
            let problem = Problem::error(row.place(name), message);
            problems.push(problem.read(format!("{} and {}", row.cell(first), row.cell(index))));
        }
    }
}

fn read_period(row: Row<'_>) -> Result<(u32, u32), Problem> {
    let wrong = || {
        row.problem("period", "not a period")
            .allowed(format!("first;last day, from 1 to {MOST_DAYS}, such as 1;1095"))
    };
    match numbers(row.text("period")).ok_or_else(wrong)?.as_slice() {
        &[first, last]
            if first >= 1.0
                && first <= last
                && last <= f64::from(MOST_DAYS)
                && first.fract() == 0.0
                && last.fract() == 0.0 =>
        {
            Ok((first as u32, last as u32))
        }
        _ => Err(wrong()),
    }
}

fn read_arrival(row: Row<'_>) -> Result<Arrivals, Problem> {
    let rate = row.number("arr.par", 0.0..=1_000_000.0)?;
    match row.text("arr.dist") {
        "pois" => Ok(Arrivals::Poisson(rate)),
        "const" => Ok(Arrivals::Constant(rate)),
        other => Err(row
            .problem("arr.dist", "not a distribution of arrivals")
            .choose(other, ["pois", "const"])),
    }
}

fn read_stay(row: Row<'_>) -> Result<Stay, Problem> {
    let name = row.text("srv.dist");
    let wrong = |allowed: &str| {
        row.problem("srv.par", format!("these are not the parameters of `{name}`")).allowed(allowed)
    };
    let values = numbers(row.text("srv.par")).ok_or_else(|| wrong("numbers between semicolons"))?;
    let stay = match (name, values.as_slice()) {
        ("lnorm", &[meanlog, sdlog]) if sdlog > 0.0 && sdlog < 5.0 && meanlog.abs() < 15.0 => {
            Stay::Lognormal { meanlog, sdlog }
        }
        ("lnorm", _) => return Err(wrong("meanlog;sdlog, such as 4.02;0.384")),
        ("gamma", &[shape, rate]) if shape > 0.0001 && shape < 1e6 && rate > 0.0 => {
            Stay::Gamma { shape, scale: 1.0 / rate }
        }
        ("gamma", _) => return Err(wrong("shape;rate, both above 0")),
        ("exp", &[rate]) if rate > 0.0 => Stay::Exponential(1.0 / rate),
        ("exp", _) => return Err(wrong("the rate a day, above 0")),
        ("const", &[days]) if days > 0.0 => Stay::Constant(days),
        ("const", _) => return Err(wrong("the days, above 0")),
        ("epmf", pairs) if !pairs.is_empty() && pairs.len().is_multiple_of(2) => {
            let rows: Vec<(f64, f64)> = pairs.chunks_exact(2).map(|p| (p[0], p[1])).collect();
            let whole = |days: f64| (0.0..=100_000.0).contains(&days) && days.fract() == 0.0;
            let fine = rows.iter().all(|&(days, weight)| whole(days) && weight >= 0.0)
                && rows.iter().any(|&(days, weight)| days > 0.0 && weight > 0.0);
            if !fine {
                return Err(wrong("whole days and weights in turn, such as 1;0.2;2;0.8"));
            }
            Stay::Table(rows.into_iter().map(|(days, weight)| (days as u32, weight)).collect())
        }
        ("epmf", _) => return Err(wrong("whole days and weights in turn, such as 1;0.2;2;0.8")),
        (other, _) => {
            return Err(row
                .problem("srv.dist", "not a distribution of stays")
                .choose(other, ["lnorm", "gamma", "exp", "const", "epmf"]));
        }
    };
    if (0.01..=100_000.0).contains(&stay.mean()) {
        Ok(stay)
    } else {
        Err(wrong("a mean stay from 0.01 to 100,000 days"))
    }
}

/// Numbers between semicolons; blanks beside them and one semicolon at the end do no harm.
fn numbers(text: &str) -> Option<Vec<f64>> {
    text.trim_end_matches(';').split(';').map(|part| number(part, -1e9..=1e9).ok()).collect()
}

fn read_flow(
    table: &Table,
    services: &mut [DraftService],
    exits: &[String],
    problems: &mut Problems,
) {
    let names: Vec<String> =
        services.iter().map(|s| s.id.clone()).chain(exits.iter().cloned()).collect();
    for name in table.header.iter().skip(1).filter(|c| !names.contains(c)) {
        let place = table.source.line(1).cell(name);
        let problem = Problem::error(place, "not a service or exit of the network");
        problems.push(problem.choose(name, names.iter().map(String::as_str)));
    }
    let columns: Vec<&str> = table.header.iter().skip(1).map(String::as_str).collect();
    for row in rows(table) {
        let id = row.cell(0);
        if exits.iter().any(|exit| exit == id) {
            continue;
        }
        let Some(service) = services.iter_mut().find(|service| service.id == id) else {
            let problem = Problem::error(row.place("name"), "not a service of the network");
            problems.push(problem.choose(id, names.iter().map(String::as_str)));
            continue;
        };
        service.routes_switched = Some(read_routes(row, &columns, "", problems));
    }
    for service in services.iter().filter(|s| s.routes_switched.is_none()) {
        let message = format!("the row of `{}` is missing", service.id);
        problems.push(
            Problem::error(table.source.whole(), message)
                .allowed("a row for each service of the network file"),
        );
    }
}
