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
}
