//! Published figures that results are held against. They say nothing to the model.

use crate::month::Month;
use crate::study::figures::Grade;

/// A published figure.
#[derive(Clone, PartialEq, Debug)]
pub struct PublishedFigure {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub label: String,
    /// What of our results it is beside.
    pub quantity: Quantity,
    /// How the two should relate.
    pub relation: Relation,
    /// The figure.
    pub value: f64,
    /// The months it speaks of; none of them where it is of the whole horizon.
    pub months: Option<(Month, Month)>,
    /// How many waves had peaked by its last month.
    pub waves: usize,
    /// The area it speaks of; empty for any.
    pub area: String,
    /// Publication.
    pub source: String,
    /// How good the source is.
    pub grade: Grade,
    /// When it was true.
    pub as_of: String,
    /// What a reader should know.
    pub note: String,
}

/// A quantity of our results, of a group by its id.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Quantity {
    /// People newly in need over the horizon; of all groups, or of one.
    Need(Option<String>),
    /// Share of a group in need that is seen and accepted.
    Care(String),
    /// People of a group in need over its size: the mean of the months it speaks of, or the worst.
    Rise(String),
    /// Referrals to a family or service in the financial year that begins in its first month.
    Referrals(String),
    /// The same over a year of the baseline, less 1.
    Growth(String),
    /// Need per head of one stratum over another.
    NeedRatio {
        /// The stratification.
        stratification: String,
        /// The stratum above the line.
        over: String,
        /// The stratum below it.
        under: String,
        /// The family of services, if the gradient is its own.
        family: Option<String>,
    },
}

/// How a result should relate to a published figure.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Relation {
    /// Its range should overlap with this one: 5th and 95th percentile of what is published.
    About {
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
    },
    /// It should be below.
    Below,
}
