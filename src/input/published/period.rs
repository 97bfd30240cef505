//! The period a figure covers, keyed on its start and its end: August 2022 is published twice
//! with one end date, once for the month and once for the three months to it.

use jiff::civil::Date;

pub(crate) use crate::input::dates::Period;

use super::cell::Cell;
use super::lookup::Lookup;
use super::rows::{month, text};
use crate::month::{Month, parse_date};

/// Why a figure has no period.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum NoPeriod {
    /// Its dates are not those of whole months, or not given.
    Irregular,
    /// A date of it is none: `31/02/2018`.
    Unreadable(String),
}

impl NoPeriod {
    /// Of a cell that is no date, because none is given or what is given is none.
    fn of(cell: &[u8]) -> Self {
        match super::cell::cell(cell) {
            Some(Cell::Missing) => Self::Irregular,
            _ => Self::Unreadable(text(cell).into_owned()),
        }
    }
}

impl Period {
    /// The period of a figure of which a date and words such as `referrals (quarter Apr-Jun)` are
    /// known: as many months as the words say, of which the date is the first or the last. A stock at
    /// the end of a quarter is of its month. A date in the middle gives none.
    pub(crate) fn worded(month: Month, words: &str) -> Result<Self, NoPeriod> {
        let months = months_in(words);
        let at = (month.month() - 1) % u32::from(months.min(3));
        match at {
            0 => Ok(Self { first: month, months }),
            2 => Ok(Self { first: month.plus(1 - i32::from(months)), months }),
            _ => Err(NoPeriod::Irregular),
        }
    }

    /// The month that a cell names.
    pub(super) fn named(cell: &[u8]) -> Result<Self, NoPeriod> {
        month(&text(cell)).map(Self::month).ok_or_else(|| NoPeriod::of(cell))
    }

    /// From the first day of a month to the last day of one, and nothing else.
    fn between(start: &[u8], end: &[u8]) -> Result<Self, NoPeriod> {
        let (start, end) = (day(start)?, day(end)?);
        let is_whole = start.day() == 1 && end.day() == end.days_in_month();
        let months = Month::of(end).since(Month::of(start)) + 1;
        let months = u16::try_from(months).ok().filter(|m| (1..=60).contains(m) && is_whole);
        let months = months.ok_or(NoPeriod::Irregular)?;
        Ok(Self { first: Month::of(start), months })
    }
}

fn day(cell: &[u8]) -> Result<Date, NoPeriod> {
    parse_date(&text(cell)).map_err(|_| NoPeriod::of(cell))
}

/// How many months the words of a measure say that a figure of it covers.
fn months_in(words: &str) -> u16 {
    let words = words.to_lowercase();
    let has = |wanted: &str| words.split(|c: char| !c.is_alphanumeric()).any(|word| word == wanted);
    // What waits at the end of a quarter is counted in one month.
    if has("month") || has("end") || has("waiting") {
        1
    } else if has("quarter") || has("quarterly") || words.contains("3 months") {
        3
    } else if has("fy") || has("annual") || has("yearly") || words.contains("(year") {
        12
    } else {
        1
    }
}

/// Reads each pair of dates once.
#[derive(Default)]
pub(super) struct Periods {
    lookup: Lookup,
    read: Vec<Result<Period, NoPeriod>>,
    key: Vec<u8>,
}

impl Periods {
    /// The period between two cells.
    pub(super) fn between(&mut self, start: &[u8], end: &[u8]) -> Result<Period, NoPeriod> {
        self.key.clear();
        self.key.extend_from_slice(start);
        self.key.push(b'|');
        self.key.extend_from_slice(end);
        let (number, is_new) = self.lookup.number(&self.key);
        if is_new {
            self.read.push(Period::between(start, end));
        }
        self.read[number].clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_end_date_and_two_starts_are_two_periods() {
        let august = Month::new(2022, 8).unwrap();
        let one = Period::between(b"01/08/2022", b"31/08/2022").unwrap();
        let three = Period::between(b"2022-06-01", b"2022-08-31").unwrap();
        assert_eq!((one.months, one.last()), (1, august));
        assert_eq!((three.months, three.last()), (3, august));
    }

    #[test]
    fn parts_of_months_are_no_period() {
        for (start, end) in [
            ("01/08/2022", "30/08/2022"),
            ("02/08/2022", "31/08/2022"),
            ("01/09/2022", "31/08/2022"),
            ("NULL", "31/08/2022"),
        ] {
            let read = Period::between(start.as_bytes(), end.as_bytes());
            assert_eq!(read, Err(NoPeriod::Irregular), "{start} {end}");
        }
    }

    #[test]
    fn what_is_no_date_is_not_taken_for_a_part_of_a_month() {
        for end in ["31/02/2018", "99/99/2018", "02/28/2018", "soon"] {
            let read = Period::between(b"01/02/2018", end.as_bytes());
            assert_eq!(read, Err(NoPeriod::Unreadable(end.to_owned())), "{end}");
        }
        assert_eq!(Period::named(b"2018-13"), Err(NoPeriod::Unreadable("2018-13".into())));
        assert_eq!(Period::named(b""), Err(NoPeriod::Irregular));
    }

    #[test]
    fn words_say_how_long_a_period_is() {
        let month = |month| Month::new(2020, month).unwrap();
        let worded = |at, words| {
            let period = Period::worded(month(at), words).ok()?;
            Some((period.first.month(), period.months))
        };
        assert_eq!(worded(4, "referrals (quarter Apr-Jun)"), Some((4, 3)));
        assert_eq!(worded(6, "quarterly referrals"), Some((4, 3)), "dated by its last month");
        assert_eq!(worded(5, "referrals (quarter)"), None, "in the middle of a quarter");
        assert_eq!(worded(4, "starting treatment (FY)"), Some((4, 12)));
        for words in ["referrals", "referrals (month)", "waiting at quarter end", "early-years"] {
            assert_eq!(worded(5, words), Some((5, 1)), "{words}");
        }
    }
}
