//! Rows of `figures.csv`: which parameters there are, what values they may take, and what a row
//! says about one.

use crate::diagnostics::{Place, Problem, Problems, Source};
use crate::draw::{Scale, Uncertain};
use crate::input::document::{bounds_text, ordered, share_of_percent};
use crate::input::setting::Setting;
use crate::input::table::Table;
use crate::month::{MONTH_FORMS, Month, parse_date};
use crate::study::figures::Grade;

/// One kind of figure a pack may hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parameter {
    /// The table it belongs to.
    pub(super) table: &'static str,
    /// Its name.
    pub(super) name: &'static str,
    /// The least value allowed.
    pub(super) least: f64,
    /// The greatest value allowed.
    pub(super) most: f64,
    /// The value where no row gives one; none means that a row must.
    pub(super) default: Option<f64>,
    /// The word its unit begins with, where a number in another would be taken for one in this.
    pub(super) unit: &'static str,
}

const fn parameter(
    table: &'static str,
    name: &'static str,
    least: f64,
    most: f64,
    default: Option<f64>,
    unit: &'static str,
) -> Parameter {
    Parameter { table, name, least, most, default, unit }
}

/// No figure is larger: people, pounds and contacts of the whole world are fewer.
const ANY: f64 = 1e12;
/// Areas differ by no more standard deviations of anything.
const MOST_BETWEEN: f64 = 10.0;
/// Half-lives and lengths are above zero.
const TINY: f64 = 1e-6;

/// Every parameter, by table.
pub(super) const PARAMETERS: &[Parameter] = &[
    parameter("drivers", "onset", 0.0, 240.0, None, "months"),
    parameter("drivers", "peak", 0.0, 240.0, None, "months"),
    parameter("drivers", "half_life", TINY, ANY, None, "months"),
    parameter("drivers", "persistent", 0.0, 1.0, None, "share"),
    parameter("groups", "size", 0.0, ANY, None, "people"),
    parameter("groups", "susceptible", 0.0, 1.0, None, "share"),
    parameter("exposures", "susceptible", 0.0, 1.0, None, "share"),
    parameter("needs", "rate", 0.0, 1.0, None, "share"),
    parameter("needs", "help_seeking", 0.0, 1.0, Some(1.0), "share"),
    parameter("needs", "duration", TINY, ANY, Some(f64::NAN), "months"),
    parameter("conditions", "duration", TINY, ANY, Some(f64::NAN), "months"),
    parameter("routes", "weight", 0.0, ANY, None, ""),
    parameter("families", "surge", 0.0, 10.0, Some(1.0), ""),
    parameter("services", "accepted", 0.0, 1.0, Some(1.0), "share"),
    parameter("services", "months", TINY, ANY, Some(1.0), "months"),
    parameter("services", "decay", 0.0, 1.0, Some(0.5), "share"),
    parameter("services", "recovered", 0.0, 1.0, Some(0.5), "share"),
    parameter("services", "contacts", 0.0, ANY, Some(1.0), ""),
    parameter("services", "bed_days", 0.0, 31.0, Some(f64::NAN), ""),
    parameter("services", "drift", 0.0, 1.0, Some(0.02), ""),
    parameter("services", "wander", 0.0, 2.0, Some(0.08), ""),
    parameter("services", "scatter", 0.0, 1.0, Some(0.04), ""),
    parameter("services", "loss", 0.0, 1.5, Some(0.0), "share"),
    parameter("services", "returns", 0.0, 1.0, Some(0.0), "share"),
    parameter("services", "return_half_life", TINY, ANY, Some(4.0), "months"),
    parameter("services", "standard_weeks", 0.0, 520.0, Some(f64::NAN), "weeks"),
    parameter("services", "standard_share", 0.0, 1.0, Some(f64::NAN), "share"),
    parameter("services", "standard_weeks2", 0.0, 520.0, Some(f64::NAN), "weeks"),
    parameter("services", "standard_share2", 0.0, 1.0, Some(f64::NAN), "share"),
    parameter("services", "standard_weeks3", 0.0, 520.0, Some(f64::NAN), "weeks"),
    parameter("services", "standard_share3", 0.0, 1.0, Some(f64::NAN), "share"),
    parameter("services", "standard_weeks4", 0.0, 520.0, Some(f64::NAN), "weeks"),
    parameter("services", "standard_share4", 0.0, 1.0, Some(f64::NAN), "share"),
    parameter("services", "standard_weeks5", 0.0, 520.0, Some(f64::NAN), "weeks"),
    parameter("services", "standard_share5", 0.0, 1.0, Some(f64::NAN), "share"),
    parameter("services", "standard_weeks6", 0.0, 520.0, Some(f64::NAN), "weeks"),
    parameter("services", "standard_share6", 0.0, 1.0, Some(f64::NAN), "share"),
    parameter("services", "standard_weeks7", 0.0, 520.0, Some(f64::NAN), "weeks"),
    parameter("services", "standard_share7", 0.0, 1.0, Some(f64::NAN), "share"),
    parameter("services", "standard_weeks8", 0.0, 520.0, Some(f64::NAN), "weeks"),
    parameter("services", "standard_share8", 0.0, 1.0, Some(f64::NAN), "share"),
    parameter("services", "standard_weeks9", 0.0, 520.0, Some(f64::NAN), "weeks"),
    parameter("services", "standard_share9", 0.0, 1.0, Some(f64::NAN), "share"),
    parameter("services", "wait_spread", 0.01, 5.0, Some(1.10), ""),
    parameter("services", "urgent_share", 0.0, 1.0, Some(0.0), "share"),
    parameter("services", "urgent_ratio", 0.001, 1.0, Some(1.0), ""),
    parameter("services", "urgent_spread", 0.01, 5.0, Some(1.10), ""),
    parameter("services", "response", 0.0, 0.98, Some(0.7), "share"),
    parameter("services", "capacity_growth", -0.5, 1.0, Some(0.0), "share"),
    parameter("services", "lockdown_starts", 0.0, 1.0, Some(0.0), "share"),
    parameter("services", "pull", 0.0, 10.0, Some(0.5), ""),
    parameter("services", "pull_standard", 0.0, 10.0, Some(0.2), ""),
    parameter("services", "wait_drift", -2.0, 2.0, Some(0.0), ""),
    parameter("services", "reneging", 0.0, 1.0, Some(0.0), "share"),
    parameter("services", "load", 0.01, 0.999, Some(0.95), "share"),
    parameter("services", "opening_wait", 0.0, 520.0, Some(f64::NAN), "weeks"),
    parameter("services", "caseload_per_wte", TINY, ANY, Some(f64::NAN), ""),
    parameter("services", "severe_share", 0.0, 1.0, Some(0.0), "share"),
    parameter("services", "severity_shift", 0.0, 100.0, Some(0.0), ""),
    parameter("services", "severe_stay", 1.0, 100.0, Some(1.0), ""),
    parameter("services", "unit_cost", 0.0, ANY, Some(f64::NAN), ""),
    parameter("services", "contacts_per_wte", TINY, ANY, Some(f64::NAN), ""),
    parameter("severity", "severe_share", 0.0, 1.0, None, "share"),
    parameter("strata", "share", 0.0, 1.0, None, "share"),
    parameter("strata", "relative_need", 0.0, 1000.0, Some(1.0), ""),
    parameter("strata", "relative_access", 0.0, 1000.0, Some(1.0), ""),
    parameter("strata", "suppression", 0.0, 1000.0, Some(1.0), ""),
    parameter("rules", "strength", 0.0, 1000.0, Some(2.9), ""),
    parameter("rules", "rise", 0.1, 365.0, Some(2.0), "days"),
    parameter("rules", "fall", 0.1, 3650.0, Some(23.0), "days"),
    parameter("rules", "depth", 0.0, 100.0, Some(1.0), ""),
    parameter("rules", "peak", 0.0, 240.0, Some(7.0), "months"),
    parameter("rules", "half_life", TINY, ANY, Some(12.0), "months"),
    parameter("rules", "later", 0.0, 10.0, Some(0.1), "share"),
    parameter("pack", "factor", 0.0, 1.0, Some(1.0), "share"),
    parameter("pack", "suppression_gain", 0.0, 10.0, Some(0.2), ""),
];

impl Parameter {
    /// The parameter `name` of `table`.
    pub(super) fn find(table: &str, name: &str) -> Option<&'static Self> {
        PARAMETERS.iter().find(|p| p.table == table && p.name == name)
    }
}

/// The parameters that an area may have rows of its own for: how people wait.
pub(super) const LOCAL: [&str; 14] = [
    "wait_spread",
    "urgent_share",
    "urgent_ratio",
    "urgent_spread",
    "response",
    "capacity_growth",
    "lockdown_starts",
    "pull",
    "pull_standard",
    "wait_drift",
    "reneging",
    "load",
    "opening_wait",
    "caseload_per_wte",
];

/// What a row says about one figure.
#[derive(Clone, Debug)]
pub(super) struct FigureRow {
    pub(super) parameter: &'static Parameter,
    pub(super) key: String,
    pub(super) number: Uncertain,
    pub(super) unit: String,
    pub(super) source: String,
    pub(super) grade: Grade,
    pub(super) as_of: String,
    pub(super) agreed_with: String,
    pub(super) note: String,
    pub(super) place: Place,
}

/// Whether a setting names a figure of a pack (and not of a scenario).
pub fn is_of_pack(setting: &Setting) -> bool {
    let table = setting.path.split('.').next().unwrap_or_default();
    PARAMETERS.iter().any(|parameter| parameter.table == table)
}

/// The row that a setting stands for.
pub(super) fn row_of(setting: &Setting) -> Result<FigureRow, Problem> {
    let place = Source::new("--set", "").whole().cell(&*setting.path);
    let mut parts = setting.path.splitn(2, '.');
    let table = parts.next().unwrap_or_default();
    let (key, name) = parts.next().and_then(|rest| rest.rsplit_once('.')).ok_or_else(|| {
        Problem::error(place.clone(), "the key is not TABLE.NAME.PARAMETER")
            .read(&setting.path)
            .suggest("services.iapt.accepted=0.7")
    })?;
    let parameter = known(table, name).map_err(|choose| choose(place.clone()))?;
    check_bounds(parameter, &setting.number, &place)?;
    Ok(FigureRow {
        parameter,
        key: key.to_owned(),
        number: setting.number.within(parameter.least, parameter.most),
        unit: String::new(),
        source: "command line".to_owned(),
        grade: Grade::D,
        as_of: String::new(),
        agreed_with: String::new(),
        note: String::new(),
        place,
    })
}

/// The parameter, or a way to say at a place which ones there are.
fn known(
    table: &str,
    name: &str,
) -> Result<&'static Parameter, impl FnOnce(Place) -> Problem + use<>> {
    Parameter::find(table, name).ok_or_else(|| {
        let (table, name) = (table.to_owned(), name.to_owned());
        move |place| {
            let mut tables: Vec<&str> = PARAMETERS.iter().map(|p| p.table).collect();
            tables.dedup();
            if tables.contains(&table.as_str()) {
                let of_table = PARAMETERS.iter().filter(|p| p.table == table).map(|p| p.name);
                Problem::error(place, format!("unknown parameter `{name}` of {table}"))
                    .choose(&name, of_table)
            } else {
                Problem::error(place, format!("unknown table `{table}`")).choose(&table, tables)
            }
        }
    })
}

fn check_bounds(parameter: &Parameter, number: &Uncertain, place: &Place) -> Result<(), Problem> {
    for value in [number.central, number.low, number.high] {
        if !(parameter.least..=parameter.most).contains(&value) {
            let mut problem = Problem::error(
                place.clone(),
                format!("`{}` of {} is out of range", parameter.name, parameter.table),
            )
            .read(value.to_string())
            .allowed(bounds_text(parameter.least, parameter.most));
            if parameter.most == 1.0
                && let Some(share) = share_of_percent(value, parameter.most)
            {
                problem = problem.suggest(format!("{share} (a share, not a percentage)"));
            }
            return Err(problem);
        }
    }
    Ok(())
}

/// A unit that is of another kind of number: `weeks` where months are read, `%` where a share is.
fn check_unit(parameter: &Parameter, unit: &str, place: Place) -> Result<(), Problem> {
    const OTHERS: [&str; 8] =
        ["months", "weeks", "days", "years", "people", "share", "%", "percent"];
    let unit = unit.to_lowercase();
    let is = |a: &str, b: &str| a.trim_end_matches('s') == b.trim_end_matches('s');
    let mut words =
        unit.split(|c: char| !c.is_alphanumeric() && c != '%').filter(|w| !w.is_empty());
    let first = words.clone().next().unwrap_or_default();
    let is_other = unit.starts_with("per cent") || OTHERS.into_iter().any(|other| is(first, other));
    if parameter.unit.is_empty() || words.any(|word| is(word, parameter.unit)) || !is_other {
        return Ok(());
    }
    let message = format!("`{}` of {} is in another unit", parameter.name, parameter.table);
    Err(Problem::error(place, message)
        .read(unit)
        .allowed(format!("{}, and the numbers in it", parameter.unit)))
}

/// When a figure was true: nothing, a year, a financial year, a month or a day.
fn check_date(as_of: &str, place: Place) -> Result<(), Problem> {
    let is_year = as_of.len() == 4 && as_of.parse::<u16>().is_ok_and(|year| year >= 1800);
    let is_date = as_of.parse::<Month>().is_ok() || parse_date(as_of).is_ok();
    let is_financial_year = as_of.split_once(['-', '/']).is_some_and(|(first, second)| {
        let years = first.parse::<u16>().ok().zip(second.parse::<u16>().ok());
        let follows = |(first, second): (u16, u16)| {
            (1800..9999).contains(&first) && (first + 1) % 100 == second % 100
        };
        years.is_some_and(follows)
    });
    if as_of.is_empty() || is_year || is_financial_year || is_date {
        return Ok(());
    }
    Err(Problem::warning(place, "`as_of` is no date")
        .read(as_of)
        .allowed(format!("a year such as 2020 or 2019-20, or a month: {MONTH_FORMS}")))
}

/// Warns once of what many rows of a table leave blank.
fn warn_of_lines(table: &Table, lines: &[usize], message: &str, allowed: &str) -> Option<Problem> {
    /// So many lines are named.
    const SHOWN: usize = 8;
    let first = lines.first()?;
    let shown = lines.iter().take(SHOWN).map(usize::to_string).collect::<Vec<_>>().join(", ");
    let read = match lines.len().saturating_sub(SHOWN) {
        0 => format!("on line {shown}"),
        more => format!("on line {shown} and {more} more"),
    };
    let place = table.source.line(*first);
    Some(Problem::warning(place, message).read(read).allowed(allowed))
}

/// Reads `figures.csv`.
pub(super) fn read_figures(table: &Table, problems: &mut Problems) -> Vec<FigureRow> {
    const COLUMNS: [&str; 16] = [
        "table",
        "key",
        "parameter",
        "low",
        "central",
        "high",
        "unit",
        "source",
        "grade",
        "as_of",
        "agreed_with",
        "note",
        "scale",
        "between_areas",
        "wis",
        "wis_without",
    ];
    table.allow(&COLUMNS, problems);
    let needed = ["table", "key", "parameter", "central"].map(|name| table.need(name, problems));
    let [Some(of), Some(key), Some(name), Some(central)] = needed else { return Vec::new() };
    let column = |name| table.column(name);
    let (low, high, grade, scale) =
        (column("low"), column("high"), column("grade"), column("scale"));
    let mut rows: Vec<FigureRow> = Vec::new();
    let (mut one_sided, mut unsourced) = (Vec::new(), Vec::new());
    for row in &table.rows {
        let text = |name| table.column(name).map_or("", |c| row.cell(c)).to_owned();
        let place = table.place(row, central);
        let parameter = match known(row.cell(of), row.cell(name)) {
            Ok(parameter) => parameter,
            Err(problem) => {
                problems.push(problem(table.place(row, name)));
                continue;
            }
        };
        let mut value = |column: Option<usize>| match column {
            Some(column) => problems.take(table.number(row, column)),
            None => Some(None),
        };
        let between = value(column("between_areas"));
        let (Some(low), Some(middle), Some(high)) = (value(low), value(Some(central)), value(high))
        else {
            continue;
        };
        let Some(middle) = middle else {
            problems.push(
                Problem::error(place, format!("`{}` has no central value", parameter.name))
                    .suggest("a number; leave low and high blank if it is known exactly"),
            );
            continue;
        };
        if low.is_some() != high.is_some() {
            one_sided.push(row.line);
        }
        if text("source").is_empty() {
            unsourced.push(row.line);
        }
        let at = |name| table.column(name).map_or(place.clone(), |column| table.place(row, column));
        problems.take(check_unit(parameter, &text("unit"), at("unit")));
        problems.take(check_date(&text("as_of"), at("as_of")));
        let (low, high) = (low.unwrap_or(middle), high.unwrap_or(middle));
        if let Err((message, allowed)) = ordered(low, middle, high) {
            problems.push(
                Problem::error(place, message)
                    .read(format!("low {low}, central {middle}, high {high}"))
                    .allowed(allowed),
            );
            continue;
        }
        let spread = match scale.map_or("", |c| row.cell(c)) {
            "" | "linear" => Scale::Linear,
            "log" => Scale::Log,
            "logit" => Scale::Logit,
            other => {
                problems.push(
                    Problem::error(table.place(row, scale.unwrap_or(central)), "unknown scale")
                        .choose(other, ["linear", "log", "logit"]),
                );
                continue;
            }
        };
        let number = Uncertain::range(low, middle, high);
        if let Err(problem) = check_bounds(parameter, &number, &place) {
            problems.push(problem);
            continue;
        }
        let grade = match grade.map_or("", |c| row.cell(c)) {
            "" => Grade::D,
            text => match text.parse() {
                Ok(grade) => grade,
                Err(()) => {
                    problems.push(
                        Problem::error(table.place(row, grade.unwrap_or(central)), "unknown grade")
                            .read(text)
                            .allowed("A, B, C or D; of two, such as A/C, the lower counts"),
                    );
                    continue;
                }
            },
        };
        let between = match between {
            Some(Some(sd)) if !(0.0..=MOST_BETWEEN).contains(&sd) => {
                problems.push(
                    Problem::error(at("between_areas"), "a standard deviation out of range")
                        .read(sd.to_string())
                        .allowed(format!("0 to {MOST_BETWEEN}, on the scale of the figure")),
                );
                continue;
            }
            Some(sd) => sd.unwrap_or(0.0),
            None => continue,
        };
        let new = FigureRow {
            parameter,
            key: row.cell(key).to_owned(),
            number: number.within(parameter.least, parameter.most).on(spread).between(between),
            unit: text("unit"),
            source: text("source"),
            grade,
            as_of: text("as_of"),
            agreed_with: text("agreed_with"),
            note: text("note"),
            place,
        };
        let same = |r: &&FigureRow| {
            r.key == new.key
                && r.parameter.name == new.parameter.name
                && r.parameter.table == new.parameter.table
        };
        if let Some(first) = rows.iter().find(same) {
            problems.push(
                Problem::error(new.place, "the figure stands twice")
                    .read(format!("also at {}", first.place.text())),
            );
        } else {
            rows.push(new);
        }
    }
    let one_sided = warn_of_lines(
        table,
        &one_sided,
        "one side of a range is blank, and taken to be the central value",
        "low and high, or neither where the figure is known exactly",
    );
    let unsourced = warn_of_lines(
        table,
        &unsourced,
        "figures without a source",
        "a publication, or who says so, in the column `source`",
    );
    one_sided.into_iter().chain(unsourced).for_each(|problem| problems.push(problem));
    rows
}
