//! The validated lever: something the system can do, on whom, from when, how well and at what cost.

use crate::month::Month;
use crate::study::figures::FigureId;

/// What a lever does, and to what. Lists are never empty.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    /// Moves referrals from services to another, where they arrive.
    Divert {
        /// The services relieved.
        from: Vec<usize>,
        /// The service they go to.
        to: usize,
    },
    /// Keeps people from coming into need; a negative effect brings more.
    Prevent(People),
    /// Brings people who would not have presented; a negative effect keeps them away.
    HelpSeeking(People),
    /// Accepts referrals that would have been refused; a negative effect refuses more.
    Threshold(Vec<usize>),
    /// Shortens treatment; a negative effect makes it longer.
    Shorten(Vec<usize>),
    /// Adds treatment starts a month.
    Capacity(Vec<usize>),
}

impl Action {
    /// Its kind by name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Divert { .. } => "divert",
            Self::Prevent(_) => "prevent",
            Self::HelpSeeking(_) => "help-seeking",
            Self::Threshold(_) => "threshold",
            Self::Shorten(_) => "shorten",
            Self::Capacity(_) => "capacity",
        }
    }
}

/// Groups with conditions; an empty list is all of them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct People {
    /// The groups.
    pub groups: Vec<usize>,
    /// The conditions.
    pub conditions: Vec<usize>,
}

impl People {
    /// Whether it means `group`.
    pub fn has_group(&self, group: usize) -> bool {
        self.groups.is_empty() || self.groups.contains(&group)
    }

    /// Whether it means `condition`.
    pub fn has_condition(&self, condition: usize) -> bool {
        self.conditions.is_empty() || self.conditions.contains(&condition)
    }
}

impl Action {
    /// Whether it can be aimed at slices of the population: room for treatment cannot, because
    /// everyone waits in one line.
    pub const fn can_be_aimed(&self) -> bool {
        !matches!(self, Self::Shorten(_) | Self::Capacity(_))
    }
}

/// The slices of the population that a lever is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    /// Index of the stratification in the pack.
    pub stratification: usize,
    /// Which of its strata, and how much of each.
    pub aim: Aim,
}

/// Referrals that more capacity brings about elsewhere: who is seen here is sent on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Onward {
    /// The service they are sent to.
    pub to: usize,
    /// The share of those started because of the lever.
    pub share: FigureId,
}

/// How a lever's reach differs between strata.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Aim {
    /// Its reach is that of these strata, and nobody else is reached.
    Strata(Vec<usize>),
    /// As many people as the same reach of everyone would be, all of them in this stratum.
    AllIn(usize),
    /// Everyone is reached in proportion to their need per head, as many people as the same reach
    /// of everyone would be: proportionate universalism.
    ByNeed,
}

/// Where a lever acts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Laws, incomes, housing, schools.
    Structural,
    /// Places and groups.
    Community,
    /// People and families.
    Individual,
}

impl Level {
    /// Every level by its name.
    pub const NAMES: [(&'static str, Self); 3] = [
        ("structural", Self::Structural),
        ("community", Self::Community),
        ("individual", Self::Individual),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, level)| *level == self).map_or("", |(name, _)| name)
    }
}

/// One lever.
#[derive(Clone, Debug)]
pub struct Lever {
    /// Its name within the scenario; its figures are `lever.NAME.reach` and so on.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// What it does.
    pub action: Action,
    /// Where people it makes room for are sent on to.
    pub onward: Option<Onward>,
    /// The slices of the population it is for; none is everyone alike.
    pub target: Option<Target>,
    /// Where it acts.
    pub level: Option<Level>,
    /// Its first month.
    pub start: Month,
    /// Months from the start to the first effect.
    pub lag: FigureId,
    /// Months from the first to the whole effect.
    pub ramp: FigureId,
    /// The share of the flow it reaches.
    pub reach: FigureId,
    /// Its effect on those it reaches; for [`Action::Capacity`] starts a month and service.
    pub effect: FigureId,
    /// Pounds a year, from the start.
    pub cost_a_year: Option<FigureId>,
    /// Pounds for each person reached by its effect.
    pub cost_a_person: Option<FigureId>,
    /// The year of those prices.
    pub price_year: Option<usize>,
}
