//! Calendar months, financial years and positions in time.
//!
//! Everything in the model happens in whole months; only the peaks of waves and the ends of
//! restrictions are days, and those become positions in months by [`position`].

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A calendar month, stored as months since January of year 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month(i32);

/// Why a text is not a month.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum MonthError {
    /// Nothing that looks like a month.
    #[error("`{0}` is not a month")]
    NotAMonth(String),
    /// The month of the year is not 1 to 12.
    #[error("month {0} does not exist: months run from 01 to 12")]
    NoSuchMonth(u32),
    /// A date inside a month where the month itself is wanted.
    #[error("{read} is a day inside a month, not its first")]
    NotTheFirst {
        /// The date as read.
        read: Date,
        /// The date with day and month swapped, where that gives a first of a month.
        swapped: Option<Date>,
    },
}

impl MonthError {
    /// The nearest right answer, if there is one.
    pub fn suggestion(&self) -> Option<String> {
        match self {
            Self::NotTheFirst { swapped: Some(date), .. } => Some(format!(
                "{} (is the day written after the month? dates are read day first)",
                Month::of(*date)
            )),
            Self::NotTheFirst { read, .. } => Some(Month::of(*read).to_string()),
            _ => None,
        }
    }
}

/// What a month may look like, for messages.
pub const MONTH_FORMS: &str = "2020-04, 2020-04-01, 01/04/2020, Apr-20, Apr 2020 or April 2020";

const NAMES: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

impl Month {
    /// The month `month` (1 to 12) of `year`.
    pub const fn new(year: i32, month: u32) -> Option<Self> {
        if month >= 1 && month <= 12 && year >= 1900 && year <= 2200 {
            Some(Self(year * 12 + month as i32 - 1))
        } else {
            None
        }
    }

    /// The month `number` months after January of year 0.
    pub(crate) const fn of_number(number: i32) -> Self {
        Self(number)
    }

    /// The month that holds `date`.
    pub fn of(date: Date) -> Self {
        Self(i32::from(date.year()) * 12 + i32::from(date.month()) - 1)
    }

    /// The calendar year.
    pub const fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// The month of the year, 1 to 12.
    pub const fn month(self) -> u32 {
        self.0.rem_euclid(12) as u32 + 1
    }

    /// The month `months` later (earlier where negative).
    #[must_use]
    pub const fn plus(self, months: i32) -> Self {
        Self(self.0.saturating_add(months))
    }

    /// How many months `self` is after `other`.
    pub const fn since(self, other: Self) -> i32 {
        self.0 - other.0
    }

    /// The first day, as `2020-04-01`.
    pub fn first_day(self) -> String {
        format!("{:04}-{:02}-01", self.year(), self.month())
    }

    /// The year from April to March it belongs to, as `2020-21`.
    pub fn financial_year(self) -> FinancialYear {
        FinancialYear(if self.month() >= 4 { self.year() } else { self.year() - 1 })
    }

    /// The quarter of the financial year, 1 (April to June) to 4.
    pub const fn quarter(self) -> u32 {
        (self.month() + 8) % 12 / 3 + 1
    }

    /// `Apr 2020`.
    pub fn short(self) -> String {
        let name = NAMES[self.month() as usize - 1];
        format!("{}{} {}", name[..1].to_uppercase(), &name[1..3], self.year())
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

impl TryFrom<String> for Month {
    type Error = MonthError;
    fn try_from(text: String) -> Result<Self, MonthError> {
        text.parse()
    }
}

impl FromStr for Month {
    type Err = MonthError;

    /// Reads any of [`MONTH_FORMS`], and `01APR2020`; dates are day first and must be the first
    /// of their month.
    fn from_str(text: &str) -> Result<Self, MonthError> {
        let text = without_time(text.trim());
        let not_a_month = || MonthError::NotAMonth(text.to_owned());
        let parts: Vec<&str> = split_date(text);
        match parts.as_slice() {
            [year, month] if is_year(year) && is_number(month) => month_of(year, month),
            [name, year] if month_number(name).is_some() => {
                let month = month_number(name).ok_or_else(not_a_month)?;
                month_of(year, &month.to_string())
            }
            [_, _, _] => {
                let date = parse_date(text)?;
                if date.day() == 1 {
                    return Ok(Self::of(date));
                }
                // A date that begins with its year has its month before its day.
                let is_day_first = !parts.first().is_some_and(|part| is_year(part));
                let swapped = (is_day_first && date.month() == 1)
                    .then(|| Date::new(date.year(), date.day(), 1).ok())
                    .flatten();
                Err(MonthError::NotTheFirst { read: date, swapped })
            }
            _ => Err(not_a_month()),
        }
    }
}

/// Reads a day: `2020-04-01`, `01/04/2020` (day first), `1 April 2020` or `01APR2020`. A time of
/// day after it is let go.
pub fn parse_date(text: &str) -> Result<Date, MonthError> {
    let not_a_date = || MonthError::NotAMonth(text.to_owned());
    let text = without_time(text.trim());
    let parts = split_date(text);
    let [first, second, third] = parts.as_slice() else { return Err(not_a_date()) };
    let (year, month, day) =
        if is_year(first) { (first, second, third) } else { (third, second, first) };
    let month = match month_number(month) {
        Some(number) => number,
        None => month.parse().map_err(|_| not_a_date())?,
    };
    if !(1..=12).contains(&month) {
        return Err(MonthError::NoSuchMonth(month));
    }
    let year: i16 = full_year(year).and_then(|y| y.try_into().ok()).ok_or_else(not_a_date)?;
    let day: i8 = day.parse().map_err(|_| not_a_date())?;
    Date::new(year, month as i8, day).map_err(|_| not_a_date())
}

/// Where a day lies on the axis of months: the month's number and the share of it gone by.
pub fn position(date: Date) -> f64 {
    f64::from(Month::of(date).0) + f64::from(date.day() - 1) / f64::from(date.days_in_month())
}

/// The day at a position, as `2020-04-01`: the inverse of [`position`].
pub fn date_at(position: f64) -> String {
    let month = Month(position.floor() as i32);
    let days = f64::from(days_in(month));
    let day = ((position - position.floor()) * days).round() as i32 + 1;
    format!("{month}-{:02}", day.clamp(1, days_in(month)))
}

fn days_in(month: Month) -> i32 {
    let first = Date::new(month.year() as i16, month.month() as i8, 1);
    first.map_or(28, |first| i32::from(first.days_in_month()))
}

impl Month {
    /// The month of a position.
    pub fn at(position: f64) -> Self {
        Self(position.floor() as i32)
    }

    /// How many days it has.
    pub(crate) fn days(self) -> usize {
        usize::try_from(days_in(self)).unwrap_or(30)
    }

    /// Where the month begins on the axis of [`position`].
    pub fn start_position(self) -> f64 {
        f64::from(self.0)
    }
}

/// A date without the time of day after it.
pub(crate) fn without_time(text: &str) -> &str {
    // A T parts them only between digits: `01OCT2020` has one of its own.
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let bytes = text.as_bytes();
    let parts = |at: usize, c: char| {
        c == ' ' || (is_digit(bytes.get(at.wrapping_sub(1))) && is_digit(bytes.get(at + 1)))
    };
    match text.char_indices().find(|&(at, c)| matches!(c, 'T' | 't' | ' ') && parts(at, c)) {
        Some((at, _)) if text[at + 1..].contains(':') => &text[..at],
        _ => text,
    }
}

/// The runs of digits and of letters in a text.
pub(crate) fn split_date(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = None;
    let mut kind = None;
    for (at, c) in text.char_indices() {
        let class = if c.is_ascii_digit() { Some(0) } else { c.is_alphabetic().then_some(1) };
        if class != kind {
            if let Some(s) = start.take() {
                parts.push(&text[s..at]);
            }
            if class.is_some() {
                start = Some(at);
            }
            kind = class;
        }
    }
    parts.extend(start.map(|s| &text[s..]));
    parts
}

fn month_of(year: &str, month: &str) -> Result<Month, MonthError> {
    let not_a_month = || MonthError::NotAMonth(format!("{year}-{month}"));
    let month: u32 = month.parse().map_err(|_| not_a_month())?;
    if !(1..=12).contains(&month) {
        return Err(MonthError::NoSuchMonth(month));
    }
    full_year(year).and_then(|y| Month::new(y, month)).ok_or_else(not_a_month)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && is_number(text)
}

/// `20` is 2020: two-digit years are of this century.
fn full_year(text: &str) -> Option<i32> {
    match (text.len(), text.parse::<i32>()) {
        (4, Ok(year)) => Some(year),
        (2, Ok(year)) => Some(2000 + year),
        _ => None,
    }
}

/// The number of a month by its name or the beginning of it, in any case.
pub(crate) fn month_number(text: &str) -> Option<u32> {
    let text = text.to_ascii_lowercase();
    if text.len() < 3 {
        return None;
    }
    NAMES
        .iter()
        .position(|name| {
            *name == text || name[..3] == text || (text == "sept" && *name == "september")
        })
        .map(|i| i as u32 + 1)
}

/// The year from April to March, named by the calendar year it begins in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FinancialYear(pub i32);

impl FinancialYear {
    /// The year that begins in `first` and of which `second` is the next, in two digits or four.
    pub fn spanning(first: i32, second: &str) -> Option<Self> {
        let next: i32 = second.parse().ok()?;
        let is_next = match second.len() {
            4 => next == first + 1,
            2 => next == (first + 1) % 100,
            _ => false,
        };
        (is_next && (1948..=2100).contains(&first)).then_some(Self(first))
    }

    /// `2020-21`, `2020/21` or `2020-2021`, and nothing whose second year is not the next.
    pub fn parse(text: &str) -> Option<Self> {
        let (first, second) = text.trim().split_once(['-', '/'])?;
        Self::spanning(first.parse().ok().filter(|_| first.len() == 4)?, second)
    }

    /// Its April.
    pub const fn first(self) -> Month {
        Month(self.0 * 12 + 3)
    }
}

impl fmt::Display for FinancialYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0, (self.0 + 1).rem_euclid(100))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn financial_years_end_in_the_next_year() {
        for text in ["2020-21", "2020/21", "2020-2021"] {
            assert_eq!(FinancialYear::parse(text), Some(FinancialYear(2020)), "{text}");
        }
        assert_eq!(FinancialYear::parse("1999-00"), Some(FinancialYear(1999)));
        for text in ["2020", "2020-22", "20-21", "2020-04", "2020-2147483647", "-999-98"] {
            assert_eq!(FinancialYear::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_is_let_go_and_no_month_is_cut_at_its_t() {
        for (text, month) in [
            ("01OCT2020 00:00:00", "2020-10"),
            ("01AUGUST2020 00:00:00", "2020-08"),
            ("1 SEPT 2020", "2020-09"),
            ("01SEPT2020 00:00:00", "2020-09"),
            ("2020-10-01T00:00:00", "2020-10"),
            ("2020-10-01 00:00:00", "2020-10"),
        ] {
            assert_eq!(text.parse::<Month>().map(|m| m.to_string()), Ok(month.into()), "{text}");
        }
    }

    #[test]
    fn every_documented_form_is_april_2020() {
        for text in [
            "2020-04",
            "2020-04-01",
            "01/04/2020",
            "1/4/2020",
            "Apr-20",
            "Apr 2020",
            "April 2020",
            "01apr2020",
            "2020-04-01 00:00:00",
            "2020/04",
        ] {
            assert_eq!(
                text.parse::<Month>().map(|m| m.to_string()),
                Ok("2020-04".into()),
                "{text}"
            );
        }
    }

    #[test]
    fn dates_are_day_first_and_a_swap_is_suggested() {
        let error = "04/01/2020".parse::<Month>().unwrap_err();
        assert_eq!(error.to_string(), "2020-01-04 is a day inside a month, not its first");
        assert!(error.suggestion().unwrap().starts_with("2020-04"), "{error:?}");
        let error = "2018-01-08".parse::<Month>().unwrap_err();
        assert_eq!(error.suggestion().as_deref(), Some("2018-01"));
    }

    #[test]
    fn month_13_does_not_exist() {
        assert_eq!("2020-13".parse::<Month>(), Err(MonthError::NoSuchMonth(13)));
        assert_eq!("01/13/2020".parse::<Month>(), Err(MonthError::NoSuchMonth(13)));
    }

    #[test]
    fn words_and_blanks_are_not_months() {
        for text in ["", "total", "2020", "2020-04-31", "x-20", "é"] {
            assert!(text.parse::<Month>().is_err(), "{text}");
        }
    }

    #[test]
    fn financial_years_begin_in_april() {
        let month = |y, m| Month::new(y, m).unwrap();
        assert_eq!(month(2021, 3).financial_year().to_string(), "2020-21");
        assert_eq!(month(2021, 3).quarter(), 4);
        assert_eq!(month(2021, 4).financial_year().to_string(), "2021-22");
        assert_eq!(month(2021, 4).quarter(), 1);
        assert_eq!(month(1999, 12).financial_year().to_string(), "1999-00");
    }

    #[test]
    fn positions_count_the_share_of_the_month() {
        let day = position(jiff::civil::date(2020, 4, 16));
        assert!((day - Month::new(2020, 4).unwrap().start_position() - 0.5).abs() < 1e-12);
    }
}
