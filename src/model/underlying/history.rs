//! A month-by-month series of referrals observed before the projection begins.

use thiserror::Error;

use crate::month::Month;

/// How wide an area a series is of: local series scatter more than a nation's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Extent {
    /// A commissioner's or a provider's area.
    #[default]
    Local,
    /// A whole country.
    Nation,
}

/// Where a series comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Origin {
    /// Counted month by month.
    #[default]
    Counted,
    /// Months spread from a longer period: they hold no noise of their own.
    Derived,
}

/// Why values are not a history.
#[derive(Clone, PartialEq, Debug, Error)]
pub enum HistoryError {
    /// Not one month has a value.
    #[error("the series has no month with a value")]
    Empty,
    /// A value is negative, infinite or not a number.
    #[error("{month} has {value}, which is not a count of referrals")]
    NotACount {
        /// The month.
        month: Month,
        /// What stands there.
        value: f64,
    },
}

/// Monthly referrals, from the first month with a value to the last; months between may be missing.
#[derive(Clone, PartialEq, Debug)]
pub struct History {
    first: Month,
    values: Vec<Option<f64>>,
    /// How wide an area it is of.
    pub extent: Extent,
    /// Whether months were counted.
    pub origin: Origin,
}

impl History {
    /// The referrals of `first` and the months after it (`None`: missing), local and counted.
    ///
    /// # Errors
    /// If no month has a value, or a value is negative or not finite.
    pub fn new(first: Month, values: &[Option<f64>]) -> Result<Self, HistoryError> {
        for (t, value) in values.iter().enumerate() {
            if let Some(value) = *value
                && !(value.is_finite() && value >= 0.0)
            {
                return Err(HistoryError::NotACount { month: first.plus(t as i32), value });
            }
        }
        let seen = |value: &Option<f64>| value.is_some();
        let (Some(from), Some(to)) = (values.iter().position(seen), values.iter().rposition(seen))
        else {
            return Err(HistoryError::Empty);
        };
        Ok(Self {
            first: first.plus(from as i32),
            values: values[from..=to].to_vec(),
            extent: Extent::Local,
            origin: Origin::Counted,
        })
    }

    /// The same, as a series of a wider or narrower area.
    #[must_use]
    pub fn of(self, extent: Extent) -> Self {
        Self { extent, ..self }
    }

    /// The same, as counted or derived.
    #[must_use]
    pub fn from(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }

    /// The part before `month`.
    ///
    /// # Errors
    /// If nothing was observed before it.
    pub fn before(&self, month: Month) -> Result<Self, HistoryError> {
        let kept = month.since(self.first).clamp(0, self.values.len() as i32) as usize;
        let cut = Self::new(self.first, &self.values[..kept])?;
        Ok(cut.of(self.extent).from(self.origin))
    }

    /// Its first month.
    pub fn first(&self) -> Month {
        self.first
    }

    /// The month after its last.
    pub fn end(&self) -> Month {
        self.first.plus(self.values.len() as i32)
    }

    /// The referrals of each month from the first.
    pub fn values(&self) -> &[Option<f64>] {
        &self.values
    }

    /// How many months have a value.
    pub fn observed(&self) -> usize {
        self.values.iter().flatten().count()
    }

    /// Whether every month with a value has some referrals, so that it has a logarithm.
    pub fn is_positive(&self) -> bool {
        self.values.iter().flatten().all(|&y| y > 0.0)
    }

    /// The month of the year of position `t`, 0 (January) to 11; `t` may lie after the end.
    pub(super) fn month_of_year(&self, t: usize) -> usize {
        self.first.plus(t as i32).month() as usize - 1
    }

    /// The mean of the observed values.
    pub fn mean(&self) -> f64 {
        self.values.iter().flatten().sum::<f64>() / self.observed() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_months_at_the_ends_are_not_history() {
        let april = Month::new(2019, 4).unwrap();
        let history = History::new(april, &[None, Some(5.0), None, Some(7.0), None]).unwrap();
        assert_eq!((history.first(), history.end()), (april.plus(1), april.plus(4)));
        assert_eq!(history.observed(), 2);
        assert_eq!(history.before(april.plus(3)).unwrap().values(), [Some(5.0)]);
        assert_eq!(history.before(april), Err(HistoryError::Empty));
        assert!(History::new(april, &[Some(-1.0)]).is_err());
        assert!(History::new(april, &[Some(f64::NAN)]).is_err());
    }
}
