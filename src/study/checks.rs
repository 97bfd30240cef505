//! Published figures that results are held against. They say nothing to the model.

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
    /// Residents of the place it is of; none where it is no number of people.
    pub population: Option<f64>,
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
    /// People of a group in need in the worst month, over its size.
    Rise(String),
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
    /// Its range should meet this one.
    About {
        /// The least that agrees.
        low: f64,
        /// The most that agrees.
        high: f64,
    },
    /// It should be below.
    Below,
}
