//! Packages: levers that would be bought together, and what may be spent on them.

use crate::month::FinancialYear;

/// A package by the names of its levers, which every scenario has.
#[derive(Clone, PartialEq, Debug)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// The names of its levers.
    pub levers: Vec<String>,
    /// What may be spent on it.
    pub limits: Limits,
}

/// What may be spent, and who is there.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Limits {
    /// Pounds for levers over all months.
    pub budget: Option<f64>,
    /// Posts that can be filled, by financial year; years that are not named have no limit.
    pub staff: Vec<Posts>,
}

/// The posts of a financial year.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Posts {
    /// The year.
    pub year: FinancialYear,
    /// Whole-time equivalents that can be filled.
    pub posts: f64,
}
