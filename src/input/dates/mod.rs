//! A column that says when: months, quarters, years, weeks or days, in whatever form people and
//! programs write them. One reading is chosen for the whole column; where two fit, it is refused
//! and `--dates` decides.

mod cell;

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};

use crate::diagnostics::{Place, Problem};
use crate::month::{MONTH_FORMS, Month};
use cell::Readings;
pub(crate) use cell::is_total_word;

/// In which order the numbers of a date stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum DayOrder {
    /// Day, month, year.
    Dmy,
    /// Month, day, year.
    Mdy,
}

/// Whole calendar months in a row.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Period {
    /// The first month.
    pub first: Month,
    /// How many.
    pub months: u16,
}

/// The time a figure covers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Span {
    /// Whole months.
    Months(Period),
    /// Days in a row: a day, or a week.
    Days {
        /// The first of them.
        first: Date,
        /// How many.
        days: u16,
    },
}

/// A column whose cells are understood.
#[derive(Debug)]
pub(crate) struct Column<'a> {
    /// What each text covers.
    pub(crate) spans: BTreeMap<&'a str, Span>,
    /// How they were read, in words that go after "months" or the like.
    pub(crate) words: String,
}

/// Why a column is not understood.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Unclear {
    /// A cell that shows it; none where no cell says a time.
    pub(crate) example: Option<String>,
    message: String,
    allowed: String,
    suggestion: Option<String>,
}

impl Unclear {
    fn at(example: &str, message: impl Into<String>, allowed: impl Into<String>) -> Self {
        let (message, allowed) = (message.into(), allowed.into());
        Self { example: Some(example.to_owned()), message, allowed, suggestion: None }
    }

    fn suggest(self, suggestion: impl Into<String>) -> Self {
        Self { suggestion: Some(suggestion.into()), ..self }
    }

    /// As a problem of the cell that shows it.
    pub(crate) fn problem(&self, place: Place) -> Problem {
        let problem = Problem::error(place, &self.message).allowed(&self.allowed);
        let problem = match &self.example {
            Some(example) => problem.read(example),
            None => problem,
        };
        match &self.suggestion {
            Some(suggestion) => problem.suggest(suggestion),
            None => problem,
        }
    }
}

/// Why a text is not the month that it should be, and the nearest right answer.
pub(crate) fn not_a_month(text: &str, place: Place) -> Problem {
    match text.parse::<Month>() {
        Err(error) => {
            let problem = Problem::error(place, error.to_string()).read(text).allowed(MONTH_FORMS);
            match error.suggestion() {
                Some(suggestion) => problem.suggest(suggestion),
                None => problem,
            }
        }
        Ok(_) => Problem::error(place, "is not a time like the others of its column").read(text),
    }
}

/// The month that one cell names: a month, or its first or last day.
pub(crate) fn month(text: &str) -> Option<Month> {
    let read = cell::read(text);
    let day = read.day_first.filter(|day| day.day() == 1 || day.day() == day.days_in_month());
    read.month.or(day.map(Month::of))
}

/// The month that a text names, and no day of it.
pub(crate) fn month_by_name(text: &str) -> Option<Month> {
    cell::read(text).month
}

/// Whether a text says a time by itself: a month, a day, a quarter, a year or a week.
pub(crate) fn is_time(text: &str) -> bool {
    cell::read(text).is_time()
}

/// Whether a text is a month or a day, as the name of a column where months stand across.
pub(crate) fn is_month_name(text: &str) -> bool {
    let read = cell::read(text);
    let is_financial = read.year.is_some() && !read.is_calendar;
    read.month.is_some() || read.quarter.is_some() || is_financial || {
        // A bare number such as 43556 is a heading too, a year such as 2019 is not.
        read.day_first.or(read.month_first).is_some()
    }
}

/// Whether a text is a month without its year: `April`.
pub(crate) fn is_month_alone(text: &str) -> bool {
    cell::read(text).month_alone.is_some() && text.parse::<u32>().is_err()
}

/// Whether a text is a year, of the calendar or financial.
pub(crate) fn is_year(text: &str) -> bool {
    cell::read(text).year.is_some()
}

/// What the name of a column says of its times, in lower case.
struct Named(String);

impl Named {
    fn has(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.0.contains(word))
    }

    fn quarter(&self) -> bool {
        self.has(&["quarter", "qtr"])
    }

    fn month(&self) -> bool {
        self.has(&["month", "period", "mmm"])
    }

    fn year(&self) -> bool {
        self.has(&["year", "fy"])
    }

    fn ending(&self) -> bool {
        self.has(&["end", "w/e", "to"])
    }

    fn starting(&self) -> bool {
        self.has(&["commenc", "begin", "start", "w/c", "from"])
    }
}

/// Reads a column called `name`; what is no time among times is left to [`not_a_month`].
pub(crate) fn understand<'a>(
    name: &str,
    cells: impl IntoIterator<Item = &'a str>,
    order: Option<DayOrder>,
) -> Result<Column<'a>, Unclear> {
    let named = Named(name.to_lowercase());
    let mut texts: Vec<&str> = cells.into_iter().filter(|text| !text.is_empty()).collect();
    texts.sort_unstable();
    texts.dedup();
    let read: BTreeMap<&str, Readings> =
        texts.iter().map(|text| (*text, cell::read(text))).filter(|(_, r)| r.is_time()).collect();
    let Some((&example, _)) = read.first_key_value() else {
        // What is no month is told cell by cell.
        let alone = texts.iter().find(|text| cell::read(text).month_alone.is_some());
        let none = Column { spans: BTreeMap::new(), words: String::new() };
        return alone.map_or(Ok(none), |text| {
            let allowed = "a column `year` beside it, or months such as 2019-04";
            Err(Unclear::at(text, "months without a year", allowed))
        });
    };
    let all = |is: &dyn Fn(&Readings) -> bool| read.values().all(is);
    let spans = |of: &dyn Fn(&Readings) -> Option<Span>| -> BTreeMap<&'a str, Span> {
        read.iter().filter_map(|(text, read)| Some((*text, of(read)?))).collect()
    };
    let months = |first, months| Span::Months(Period { first, months });
    let is_month = |r: &Readings| r.month.is_some();
    if all(&|r| r.year.is_some()) && (!all(&is_month) || named.year() || are_years(&read)) {
        let is_calendar = all(&|r| r.is_calendar);
        let words = if is_calendar { "calendar years" } else { "financial years" };
        return Ok(Column {
            spans: spans(&|r| Some(months(r.year?, 12))),
            words: words.to_owned(),
        });
    }
    if all(&|r| r.quarter.is_some()) {
        let first = read.values().filter_map(|r| r.quarter).min();
        let words = first.map_or_else(String::new, |first| {
            format!("quarters, the first {} to {}", first.short(), first.plus(2).short())
        });
        return Ok(Column { spans: spans(&|r| Some(months(r.quarter?, 3))), words });
    }
    if all(&|r| r.week.is_some()) {
        let spans = spans(&|r| Some(Span::Days { first: r.week?, days: 7 }));
        return Ok(Column { spans, words: "ISO weeks".to_owned() });
    }
    let is_day = |r: &Readings| r.day_first.or(r.month_first).is_some();
    // Numbers such as 2019 beside months are slips, not years.
    let is_other = |r: &Readings| !is_month(r) && !is_day(r);
    let others = read.values().filter(|r| is_other(r)).count();
    if let Some((&other, _)) =
        read.iter().find(|(_, r)| is_other(r)).filter(|_| others * 4 > read.len())
    {
        let allowed = "times of one length in a column: months, quarters, years or weeks";
        return Err(Unclear::at(other, "the column mixes months and other periods", allowed));
    }
    if !read.values().any(is_day) {
        return Ok(by_month(&named, &read));
    }
    by_day(&named, &read, order, example)
}

/// Whether what may be months or financial years steps from year to year: 2009-10, 2010-11.
fn are_years(read: &BTreeMap<&str, Readings>) -> bool {
    let mut months: Vec<Month> = read.values().filter_map(|r| r.month).collect();
    months.sort_unstable();
    months.len() > 1 && months.windows(2).all(|pair| pair[1].since(pair[0]) == 13)
}

/// Months; quarters where the name says so.
fn by_month<'a>(named: &Named, read: &BTreeMap<&'a str, Readings>) -> Column<'a> {
    let length = if named.quarter() { 3 } else { 1 };
    let span = |month: Month| {
        let at = (month.month() - 1) % 3;
        let first = if length == 3 && (named.ending() || at == 2) { month.plus(-2) } else { month };
        Span::Months(Period { first, months: length })
    };
    let spans = read.iter().filter_map(|(text, r)| Some((*text, span(r.month?)))).collect();
    let words = if length == 3 { "quarters by a month of theirs" } else { "" };
    Column { spans, words: words.to_owned() }
}

/// The time from a first to a last day: whole months or a week, and nothing else.
pub(crate) fn between(first: &str, last: &str, order: Option<DayOrder>) -> Option<Span> {
    let (first, last) = (cell::read(first), cell::read(last));
    let orders = order.map_or(vec![DayOrder::Dmy, DayOrder::Mdy], |order| vec![order]);
    orders.into_iter().find_map(|order| {
        let day = |r: &Readings| if order == DayOrder::Dmy { r.day_first } else { r.month_first };
        let (first, last) = (day(&first)?, day(&last)?);
        let months = Month::of(last).since(Month::of(first)) + 1;
        let months = u16::try_from(months).ok().filter(|months| (1..=60).contains(months));
        let is_whole = first.day() == 1 && last.day() == last.days_in_month();
        match months.filter(|_| is_whole) {
            Some(months) => Some(Span::Months(Period { first: Month::of(first), months })),
            None => (days_between(first, last) == 6).then_some(Span::Days { first, days: 7 }),
        }
    })
}

/// How days stand to each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Steps {
    /// Every one the first of a month.
    First,
    /// Every one the last of a month, or one near the end of every month.
    Last,
    Weekly,
    Daily,
    Other,
}

fn steps(dates: &[Date]) -> Steps {
    let mut gaps: Vec<i32> = dates.windows(2).map(|pair| days_between(pair[0], pair[1])).collect();
    gaps.sort_unstable();
    let usual = gaps.get(gaps.len() / 2).copied().unwrap_or(0);
    let reach: i32 = gaps.iter().sum::<i32>() + 1;
    if dates.iter().all(|date| date.day() == 1) {
        Steps::First
    } else if dates.iter().all(|date| date.day() == date.days_in_month())
        || are_last_workdays(dates)
    {
        Steps::Last
    } else if dates.len() > 2 && usual == 7 && gaps.iter().all(|gap| gap % 7 == 0) {
        Steps::Weekly
    } else if dates.len() > 4 && usual == 1 && dates.len() as i32 * 10 >= reach * 9 {
        Steps::Daily
    } else {
        Steps::Other
    }
}

/// One day near the end of every month in a row.
fn are_last_workdays(dates: &[Date]) -> bool {
    let months: Vec<Month> = dates.iter().map(|date| Month::of(*date)).collect();
    dates.len() > 2
        && dates.iter().all(|date| date.day() + 5 > date.days_in_month())
        && months.windows(2).all(|pair| matches!(pair[1].since(pair[0]), 1 | 3))
}

fn days_between(a: Date, b: Date) -> i32 {
    a.until(b).map_or(0, |span| span.get_days())
}

fn by_day<'a>(
    named: &Named,
    read: &BTreeMap<&'a str, Readings>,
    order: Option<DayOrder>,
    example: &str,
) -> Result<Column<'a>, Unclear> {
    let first =
        |month: Month| jiff::civil::Date::new(month.year() as i16, month.month() as i8, 1).ok();
    let day = |r: &Readings, order: DayOrder| match (order, r.month) {
        (_, Some(month)) => first(month),
        (DayOrder::Dmy, None) => r.day_first,
        (DayOrder::Mdy, None) => r.month_first,
    };
    let dates = |order: DayOrder| -> Vec<Date> {
        let mut dates: Vec<Date> = read.values().filter_map(|r| day(r, order)).collect();
        dates.sort_unstable();
        dates.dedup();
        dates
    };
    let order = match order {
        Some(order) => order,
        None => order_of(named, read, &dates(DayOrder::Dmy), &dates(DayOrder::Mdy))
            .ok_or_else(|| ask_for_order(read, example))?,
    };
    let found = dates(order);
    let steps = steps(&found);
    let length = if named.quarter() {
        3
    } else if named.year() && !named.month() {
        12
    } else {
        1
    };
    let to = |last: Month| Period { first: last.plus(1 - i32::from(length)), months: length };
    let span = |date: Date| match steps {
        Steps::First => {
            let month = Month::of(date);
            let is_last = length > 1 && (named.ending() || (month.month() - 1) % 3 == 2);
            let from = Period { first: month, months: length };
            Some(Span::Months(if is_last { to(month) } else { from }))
        }
        Steps::Last => Some(Span::Months(to(Month::of(date)))),
        Steps::Weekly if named.ending() => week_before(date),
        Steps::Weekly if named.starting() => Some(Span::Days { first: date, days: 7 }),
        Steps::Weekly => match date.weekday() {
            Weekday::Sunday => week_before(date),
            Weekday::Monday => Some(Span::Days { first: date, days: 7 }),
            _ => None,
        },
        Steps::Daily => Some(Span::Days { first: date, days: 1 }),
        // A few days among firsts are slips, told one by one.
        Steps::Other => (date.day() == 1).then(|| Span::Months(Period::month(Month::of(date)))),
    };
    let spans: BTreeMap<&str, Span> =
        read.iter().filter_map(|(text, r)| Some((*text, span(day(r, order)?)?))).collect();
    if steps == Steps::Weekly && spans.is_empty() {
        let message = "weeks, and it is not said whether the day is their first or their last";
        let allowed = "a column named `week ending` or `week commencing`";
        return Err(Unclear::at(example, message, allowed));
    }
    if steps == Steps::Other && spans.len() * 2 < found.len() && found.len() > 3 {
        let allowed = "months, quarters, years, whole weeks, or every day";
        let message = "the days of the column are neither months nor weeks nor every day";
        return Err(Unclear::at(example, message, allowed));
    }
    let mut words = match (steps, length) {
        (Steps::First, 1) | (Steps::Other, _) => String::new(),
        (Steps::Last, 1) => "months by their last day".to_owned(),
        (Steps::First | Steps::Last, 3) => "quarters by a day of theirs".to_owned(),
        (Steps::First | Steps::Last, _) => "years by a day of theirs".to_owned(),
        (Steps::Weekly, _) => "weeks".to_owned(),
        (Steps::Daily, _) => "days".to_owned(),
    };
    if order == DayOrder::Mdy && read.values().any(|r| r.day_first != r.month_first) {
        words = format!("{words} written month first").trim_start().into();
    }
    Ok(Column { spans, words })
}

fn week_before(last: Date) -> Option<Span> {
    let first = last.checked_sub(jiff::Span::new().days(6)).ok()?;
    Some(Span::Days { first, days: 7 })
}

/// The order in which day and month stand, where the whole column leaves no doubt.
fn order_of(
    named: &Named,
    read: &BTreeMap<&str, Readings>,
    dmy: &[Date],
    mdy: &[Date],
) -> Option<DayOrder> {
    let of = |is: &dyn Fn(&Readings) -> bool| read.values().filter(|r| is(r)).count();
    let only_dmy = of(&|r| r.day_first.is_some() && r.month_first.is_none());
    let only_mdy = of(&|r| r.month_first.is_some() && r.day_first.is_none());
    if only_dmy > 0 || only_mdy > 0 {
        // Both at once: the fewer are slips, and told as such.
        return Some(if only_mdy > only_dmy { DayOrder::Mdy } else { DayOrder::Dmy });
    }
    if dmy == mdy {
        return Some(DayOrder::Dmy);
    }
    let is_whole = |dates: &[Date]| matches!(steps(dates), Steps::First | Steps::Last);
    let is_even = |dates: &[Date]| {
        let gaps: Vec<i32> = dates.windows(2).map(|pair| days_between(pair[0], pair[1])).collect();
        gaps.windows(2).all(|pair| pair[0] == pair[1])
    };
    match (is_whole(dmy), is_whole(mdy)) {
        // Days of one month in a row, or months by their first day?
        (true, false) => {
            let is_doubtful = dmy.len() > 1 && is_even(mdy) && !named.month() && !named.quarter();
            (!is_doubtful).then_some(DayOrder::Dmy)
        }
        (false, true) if mdy.len() < 3 => Some(DayOrder::Dmy),
        (false, true) => (!is_even(dmy)).then_some(DayOrder::Mdy),
        (true, true) => None,
        (false, false) => match (steps(dmy), steps(mdy)) {
            (Steps::Other, Steps::Weekly | Steps::Daily) => Some(DayOrder::Mdy),
            _ => Some(DayOrder::Dmy),
        },
    }
}

fn ask_for_order(read: &BTreeMap<&str, Readings>, example: &str) -> Unclear {
    let doubtful = read.iter().find(|(_, r)| r.day_first != r.month_first);
    let (example, as_read) = match doubtful {
        Some((text, Readings { day_first: Some(dmy), month_first: Some(mdy), .. })) => {
            (*text, format!("day first it is {dmy}, month first {mdy}"))
        }
        _ => (example, "day first or month first".to_owned()),
    };
    Unclear::at(example, "the dates can be read in two ways", as_read)
        .suggest("--dates dmy, or --dates mdy")
}

impl Period {
    /// One month.
    pub(crate) const fn month(first: Month) -> Self {
        Self { first, months: 1 }
    }

    /// The last month.
    pub(crate) fn last(self) -> Month {
        self.first.plus(i32::from(self.months) - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(name: &str, cells: &[&str]) -> Result<Vec<(String, u16)>, String> {
        let column = understand(name, cells.iter().copied(), None).map_err(|why| why.message)?;
        Ok(cells
            .iter()
            .filter_map(|cell| {
                Some(match column.spans.get(cell)? {
                    Span::Months(period) => (period.first.to_string(), period.months),
                    Span::Days { first, days } => (first.to_string(), *days),
                })
            })
            .collect())
    }

    fn months(name: &str, cells: &[&str]) -> Vec<(String, u16)> {
        first(name, cells).unwrap()
    }

    #[test]
    fn month_ends_and_last_working_days_are_months() {
        let april = ("2019-04".to_owned(), 1);
        assert_eq!(months("month_ending", &["30/04/2019", "31/05/2019", "30/06/2019"])[0], april);
        assert_eq!(months("Date", &["30/04/2019", "31/05/2019", "28/06/2019"])[0], april);
        assert_eq!(months("Date", &["43556", "43586", "43617"])[0], april);
    }

    #[test]
    fn quarters_weeks_and_years_stay_what_they_are() {
        let q1 = ("2019-04".to_owned(), 3);
        assert_eq!(months("Quarter Ending", &["30/06/2019", "30/09/2019", "31/12/2019"])[0], q1);
        assert_eq!(months("Quarter ending", &["Jun-19", "Sep-19"])[0], q1);
        assert_eq!(months("Quarter", &["2019/20 Q1", "2019/20 Q2"])[0], q1);
        assert_eq!(months("Financial year", &["2017/18", "2018/19"])[0], ("2017-04".into(), 12));
        assert_eq!(months("x", &["2009-10", "2010-11", "2011-12"])[2], ("2011-04".into(), 12));
        assert_eq!(months("month", &["2011-10", "2011-11", "2011-12"])[2], ("2011-12".into(), 1));
        let weeks = ["05/01/2020", "12/01/2020", "19/01/2020"];
        assert_eq!(months("Week ending", &weeks)[0], ("2019-12-30".into(), 7));
        assert_eq!(months("Date", &weeks)[0], ("2019-12-30".into(), 7), "Sundays end weeks");
        assert!(first("date", &["03/01/2020", "10/01/2020", "17/01/2020"]).is_err(), "Fridays");
    }

    #[test]
    fn the_order_of_day_and_month_is_asked_for_where_both_fit() {
        let twelve: Vec<String> = (2..=12).map(|at| format!("01/{at:02}/2020")).collect();
        let twelve: Vec<&str> = twelve.iter().map(String::as_str).collect();
        assert_eq!(first("Date", &twelve), Err("the dates can be read in two ways".into()));
        assert_eq!(months("Month", &twelve)[0], ("2020-02".into(), 1));
        let long: Vec<String> =
            (0..24).map(|m| format!("01/{:02}/{}", m % 12 + 1, 2019 + m / 12)).collect();
        let long: Vec<&str> = long.iter().map(String::as_str).collect();
        assert_eq!(months("Date", &long)[1], ("2019-02".into(), 1));
        let american: Vec<String> =
            (0..24).map(|m| format!("{}/1/{}", m % 12 + 1, 2019 + m / 12)).collect();
        let american: Vec<&str> = american.iter().map(String::as_str).collect();
        assert_eq!(months("Date", &american)[1], ("2019-02".into(), 1));
        assert_eq!(
            months("Date", &["4/30/2019", "5/31/2019", "6/30/2019"])[0],
            ("2019-04".into(), 1)
        );
    }

    #[test]
    fn mixtures_and_months_alone_are_told() {
        let of = |cells: &[&str]| first("Month", cells).unwrap_err();
        assert!(of(&["April", "May"]).contains("without a year"));
        assert!(of(&["Apr-19", "May-19", "Q1 2019/20"]).contains("mixes"));
        assert_eq!(months("Month", &["a", "2019-13"]), []);
    }
}
