//! One cell that says when: every reading it allows. `01/02/2020` may be a day of January or of
//! February, `2011-12` a month or a financial year; which it is, only the whole column can tell.

use jiff::civil::{Date, ISOWeekDate, Weekday};

use crate::month::{FinancialYear, Month, month_number};

/// What a cell may mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Readings {
    /// A month.
    pub(super) month: Option<Month>,
    /// A day, where numbers alone are written day first.
    pub(super) day_first: Option<Date>,
    /// A day, where numbers alone are written month first.
    pub(super) month_first: Option<Date>,
    /// The first month of a quarter.
    pub(super) quarter: Option<Month>,
    /// The first month of a financial year, or of a calendar year where `is_calendar`.
    pub(super) year: Option<Month>,
    /// Whether the year runs from January.
    pub(super) is_calendar: bool,
    /// The Monday of an ISO week.
    pub(super) week: Option<Date>,
    /// A month of the year, without its year.
    pub(super) month_alone: Option<u32>,
}

impl Readings {
    /// Whether it says anything of a time by itself.
    pub(super) fn is_time(&self) -> bool {
        let days = self.day_first.or(self.month_first).is_some() || self.week.is_some();
        days || self.month.or(self.quarter).or(self.year).is_some()
    }
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Token<'a> {
    Number(&'a str),
    Word(&'a str),
}

use Token::{Number, Word};

/// Excel counts days from 1900: these are those from 1954 to 2119.
const SERIAL_DAYS: std::ops::Range<i32> = 20_000..80_000;

/// Words that say nothing more of a time.
const FILLING: [&str; 26] = [
    "st",
    "nd",
    "rd",
    "th",
    "to",
    "and",
    "of",
    "the",
    "ending",
    "ended",
    "end",
    "month",
    "week",
    "commencing",
    "beginning",
    "fy",
    "we",
    "wc",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "monday",
];

/// Every reading of a text; none of anything where it says no time.
pub(super) fn read(text: &str) -> Readings {
    let text = without_marks(text).to_lowercase();
    let text = crate::month::without_time(&text);
    let all = tokens(text);
    let tokens: Vec<Token<'_>> = all
        .iter()
        .copied()
        .filter(|token| !matches!(token, Word(word) if FILLING.contains(word)))
        .collect();
    let is_slashed = text.contains('/');
    let found = match tokens.as_slice() {
        [Number(only)] => one_number(only),
        [Number(whole), Number(zeros)]
            if whole.len() == 5 && text.contains('.') && zeros.bytes().all(|b| b == b'0') =>
        {
            one_number(whole)
        }
        [Number(a), Number(b)] => two_numbers(a, b, is_slashed),
        [Number(a), Number(b), Number(c)] => three_numbers(a, b, c),
        [Word(word)] => Readings { month_alone: month_number(word), ..Readings::default() },
        _ => worded(&tokens).unwrap_or_default(),
    };
    // `RTT-April-2019`: one word before a month that is none of ours.
    match tokens.as_slice() {
        [Word(first), rest @ ..]
            if !found.is_time() && !is_total_word(first) && month_number(first).is_none() =>
        {
            match rest {
                [Word(_), Number(_)] => worded(rest).unwrap_or(found),
                _ => found,
            }
        }
        _ => found,
    }
}

/// Whether a word names a sum of rows or columns and no time.
pub(crate) fn is_total_word(word: &str) -> bool {
    ["total", "totals", "subtotal", "sum", "average", "mean", "ytd", "cumulative"].contains(&word)
}

/// `Apr-19 [p]`, `2019-04*`, `May 2019 (provisional)`.
fn without_marks(text: &str) -> &str {
    let text = text.trim().trim_end_matches(['*', '†', '‡', '^', ' ']);
    let is_mark =
        |open: char, close: char| text.ends_with(close).then(|| text.rfind(open)).flatten();
    match is_mark('(', ')').or_else(|| is_mark('[', ']')) {
        Some(at) if at > 0 => text[..at].trim_end(),
        _ => text,
    }
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    crate::month::split_date(text)
        .into_iter()
        .map(
            |part| {
                if part.bytes().all(|byte| byte.is_ascii_digit()) {
                    Number(part)
                } else {
                    Word(part)
                }
            },
        )
        .collect()
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && text.parse::<i32>().is_ok_and(|year| (1900..=2200).contains(&year))
}

/// A year of four digits, or of two in this century.
fn year_of(text: &str) -> Option<i32> {
    match text.len() {
        4 if is_year(text) => text.parse().ok(),
        2 => text.parse::<i32>().ok().map(|year| 2000 + year),
        _ => None,
    }
}

fn month_in(year: &str, month: u32) -> Option<Month> {
    Month::new(year_of(year)?, month)
}

fn small(text: &str) -> Option<u32> {
    (text.len() <= 2).then(|| text.parse().ok()).flatten()
}

fn date(year: &str, month: u32, day: u32) -> Option<Date> {
    let (year, month, day) = (year_of(year)?, i8::try_from(month), i8::try_from(day));
    Date::new(i16::try_from(year).ok()?, month.ok()?, day.ok()?).ok()
}

fn certain(day: Option<Date>) -> Readings {
    Readings { day_first: day, month_first: day, ..Readings::default() }
}

fn one_number(text: &str) -> Readings {
    let number: i32 = text.parse().unwrap_or(-1);
    match text.len() {
        4 if is_year(text) => {
            Readings { year: Month::new(number, 1), is_calendar: true, ..Readings::default() }
        }
        5 if SERIAL_DAYS.contains(&number) => {
            let epoch = jiff::civil::date(1899, 12, 30);
            certain(epoch.checked_add(jiff::Span::new().days(number)).ok())
        }
        6 => {
            let month = u32::try_from(number % 100).ok().and_then(|m| Month::new(number / 100, m));
            Readings { month, ..Readings::default() }
        }
        8 => {
            let part = |range: std::ops::Range<usize>| text.get(range)?.parse::<u32>().ok();
            certain(part(4..6).zip(part(6..8)).and_then(|(m, d)| date(text.get(..4)?, m, d)))
        }
        1 | 2 => Readings {
            month_alone: u32::try_from(number).ok().filter(|month| (1..=12).contains(month)),
            ..Readings::default()
        },
        _ => Readings::default(),
    }
}

/// The financial year that two numbers name: `2019/20`, `2019-2020`, `19/20`.
fn financial(a: &str, b: &str) -> Option<Month> {
    FinancialYear::spanning(year_of(a)?, b).map(FinancialYear::first)
}

fn two_numbers(a: &str, b: &str, is_slashed: bool) -> Readings {
    let month = if is_year(a) {
        small(b).and_then(|month| month_in(a, month))
    } else if is_year(b) {
        small(a).and_then(|month| month_in(b, month))
    } else if is_slashed {
        small(a).filter(|_| b.len() == 2).and_then(|month| month_in(b, month))
    } else {
        None
    };
    let is_years = is_year(a) || is_slashed;
    let year = is_years.then(|| financial(a, b)).flatten();
    Readings { month, year, ..Readings::default() }
}

fn three_numbers(a: &str, b: &str, c: &str) -> Readings {
    if is_year(a) {
        let day = small(b).zip(small(c)).and_then(|(month, day)| date(a, month, day));
        return certain(day);
    }
    let Some((a, b)) = small(a).zip(small(b)) else { return Readings::default() };
    Readings { day_first: date(c, b, a), month_first: date(c, a, b), ..Readings::default() }
}

/// What holds a word: a month by its name, a quarter, a week.
fn worded(tokens: &[Token<'_>]) -> Option<Readings> {
    let none = Readings::default;
    let month = |month| Readings { month, ..none() };
    let quarter = |quarter| Readings { quarter, ..none() };
    Some(match tokens {
        [Word(name), Number(year)] if month_number(name).is_some() => {
            month(month_in(year, month_number(name)?))
        }
        [Number(year), Word(name)] if month_number(name).is_some() => {
            month(month_in(year, month_number(name)?))
        }
        [Number(year), Word("m"), Number(number)] => month(month_in(year, small(number)?)),
        [Number(day), Word(name), Number(year)] if month_number(name).is_some() => {
            // `2019/20 April` has its year in two numbers, `1 April 2020` a day before the month.
            if is_year(day) {
                return None;
            }
            certain(date(year, month_number(name)?, small(day)?))
        }
        [Word(name), Number(day), Number(year)] if month_number(name).is_some() => {
            if let Some(first) = financial(day, year) {
                return Some(month(of_year(first, month_number(name)?)));
            }
            certain(date(year, month_number(name)?, small(day)?))
        }
        [Number(a), Number(b), Word(name)] if month_number(name).is_some() => {
            month(of_year(financial(a, b)?, month_number(name)?))
        }
        [Number(year), Word(q), Number(number)] | [Word(q), Number(number), Number(year)]
            if is_quarter(q) =>
        {
            let number = small(number).filter(|number| (1..=4).contains(number))?;
            quarter(month_in(year, number * 3 - 2))
        }
        [Number(a), Number(b), Word(q), Number(number)]
        | [Word(q), Number(number), Number(a), Number(b)]
            if is_quarter(q) =>
        {
            let number = small(number).filter(|number| (1..=4).contains(number))?;
            quarter(Some(financial(a, b)?.plus(number as i32 * 3 - 3)))
        }
        [Number(year), Word("w" | "wk"), Number(week)]
        | [Word("w" | "wk"), Number(week), Number(year)] => {
            let (year, week) = (i16::try_from(year_of(year)?).ok()?, week.parse().ok()?);
            let monday = ISOWeekDate::new(year, week, Weekday::Monday).ok()?;
            Readings { week: Some(monday.date()), ..none() }
        }
        // `Apr-Jun 2019`, `October to December 19`, `April 2019 to March 2020`.
        [Word(first), Word(last), Number(year)] => {
            between(month_in(year, month_number(first)?)?, month_in(year, month_number(last)?)?)?
        }
        [Word(first), Number(from), Word(last), Number(to)] => {
            between(month_in(from, month_number(first)?)?, month_in(to, month_number(last)?)?)?
        }
        _ => return None,
    })
}

/// A month by its number in the twelve from `first`.
fn of_year(first: Month, month: u32) -> Option<Month> {
    (0..12).map(|at| first.plus(at)).find(|one| one.month() == month)
}

fn is_quarter(word: &str) -> bool {
    ["q", "qtr", "quarter"].contains(&word)
}

/// Three months or twelve from one to another.
fn between(first: Month, last: Month) -> Option<Readings> {
    let none = Readings::default();
    match last.since(first) {
        2 => Some(Readings { quarter: Some(first), ..none }),
        11 => Some(Readings { year: Some(first), is_calendar: first.month() == 1, ..none }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn april() -> Option<Month> {
        Month::new(2019, 4)
    }

    #[test]
    fn a_month_may_be_written_in_many_ways() {
        for text in [
            "2019-04",
            "201904",
            "Apr-19",
            "April 2019",
            "2019 APR",
            "2019M04",
            "04/2019",
            "4/2019",
            "RTT-April-2019",
            "19-Apr",
            "Apr-19 [p]",
            "April 2019 (provisional)",
            "2019-04*",
            "2019/20 April",
            "Month ending April 2019",
        ] {
            assert_eq!(read(text).month, april(), "{text}");
        }
    }

    #[test]
    fn days_are_read_in_both_orders() {
        let day = |y, m, d| Some(jiff::civil::date(y, m, d));
        let both = read("01/02/2020");
        assert_eq!((both.day_first, both.month_first), (day(2020, 2, 1), day(2020, 1, 2)));
        for text in [
            "2020-04-30",
            "20200430",
            "30 April 2020",
            "30-Apr-20",
            "30APR2020",
            "43951",
            "43951.0",
            "2020-04-30T00:00:00",
            "Thu 30th April 2020",
            "April 30, 2020",
        ] {
            assert_eq!(read(text).day_first, day(2020, 4, 30), "{text}");
            assert_eq!(read(text).month_first, day(2020, 4, 30), "{text}");
        }
        assert_eq!(read("30/04/2020").month_first, None);
    }

    #[test]
    fn quarters_years_and_weeks_are_no_months() {
        for text in [
            "2019/20 Q1",
            "Q1 2019/20",
            "Q1 2019-20",
            "Qtr 1 19/20",
            "Apr-Jun 2019",
            "April to June 2019",
            "April 2019 to June 2019",
        ] {
            assert_eq!((read(text).quarter, read(text).month), (april(), None), "{text}");
        }
        assert_eq!(read("2019 Q2").quarter, april());
        for text in
            ["2019/20", "2019-20", "2019-2020", "FY2019/20", "19/20", "April 2019 - March 2020"]
        {
            assert_eq!((read(text).year, read(text).month), (april(), None), "{text}");
        }
        for text in ["2020-W01", "2020W01", "2020 W1", "Wk 1 2020"] {
            assert_eq!(read(text).week, Some(jiff::civil::date(2019, 12, 30)), "{text}");
        }
        let twelve = read("2011/12");
        assert!(twelve.year.is_some() && twelve.month.is_some());
    }

    #[test]
    fn totals_and_words_are_no_times() {
        for text in [
            "Total",
            "Total 2019",
            "2019/20 Total",
            "Source: NHS",
            "",
            "é",
            "99/99/2019",
            "2019-13",
        ] {
            assert!(!read(text).is_time(), "{text}");
        }
        assert_eq!(read("April").month_alone, Some(4));
        assert_eq!(read("4").month_alone, Some(4));
    }
}
