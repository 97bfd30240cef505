//! The period a figure covers, keyed on its start and its end: August 2022 is published twice
//! with one end date, once for the month and once for the three months to it.

use super::lookup::Lookup;
use super::rows::text;
use crate::month::{Month, parse_date};

/// Whole calendar months in a row.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) struct Period {
    /// The first month.
    pub(super) first: Month,
    /// How many.
    pub(super) months: u16,
}

impl Period {
    /// One month.
    pub(super) const fn month(first: Month) -> Self {
        Self { first, months: 1 }
    }

    /// The period of a figure of which a date and words such as `referrals (quarter Apr-Jun)` are
    /// known: as many months as the words say, of which the date is the first or the last. A stock at
    /// the end of a quarter is of its month. `None` where the date is in the middle.
    pub(super) fn worded(month: Month, words: &str) -> Option<Self> {
        let months = months_in(words);
        let at = (month.month() - 1) % u32::from(months.min(3));
        match at {
            0 => Some(Self { first: month, months }),
            2 => Some(Self { first: month.plus(1 - i32::from(months)), months }),
            _ => None,
        }
    }

    /// From the first day of a month to the last day of one; `None` for anything else.
    pub(super) fn between(start: &str, end: &str) -> Option<Self> {
        let (start, end) = (parse_date(start).ok()?, parse_date(end).ok()?);
        let is_whole = start.day() == 1 && end.day() == end.days_in_month();
        let months = Month::of(end).since(Month::of(start)) + 1;
        let months = u16::try_from(months).ok().filter(|m| (1..=60).contains(m) && is_whole)?;
        Some(Self { first: Month::of(start), months })
    }

    /// The last month.
    pub(super) fn last(self) -> Month {
        self.first.plus(i32::from(self.months) - 1)
    }
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
    read: Vec<Option<Period>>,
    key: Vec<u8>,
}

impl Periods {
    /// The period between two cells.
    pub(super) fn between(&mut self, start: &[u8], end: &[u8]) -> Option<Period> {
        self.key.clear();
        self.key.extend_from_slice(start);
        self.key.push(b'|');
        self.key.extend_from_slice(end);
        let (number, is_new) = self.lookup.number(&self.key);
        if is_new {
            self.read.push(Period::between(&text(start), &text(end)));
        }
        self.read.get(number).copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_end_date_and_two_starts_are_two_periods() {
        let august = Month::new(2022, 8).unwrap();
        let one = Period::between("01/08/2022", "31/08/2022").unwrap();
        let three = Period::between("2022-06-01", "2022-08-31").unwrap();
        assert_eq!((one.months, one.last()), (1, august));
        assert_eq!((three.months, three.last()), (3, august));
    }

    #[test]
    fn parts_of_months_are_no_period() {
        assert_eq!(Period::between("01/08/2022", "30/08/2022"), None);
        assert_eq!(Period::between("02/08/2022", "31/08/2022"), None);
        assert_eq!(Period::between("01/09/2022", "31/08/2022"), None);
        assert_eq!(Period::between("NULL", "31/08/2022"), None);
    }

    #[test]
    fn words_say_how_long_a_period_is() {
        let month = |month| Month::new(2020, month).unwrap();
        let worded = |at, words| {
            let period = Period::worded(month(at), words)?;
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
