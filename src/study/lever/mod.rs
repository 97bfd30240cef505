//! The validated lever: something the system can do, on whom, from when, how well and at what cost.
//!
//! Each kind of lever is one file, which holds what it acts on ([`Acts`]), its keys and its words
//! ([`About`]); how strong it is and how several combine is [`crate::model::lever_strength`].

mod capacity;
mod divert;
mod help_seeking;
mod prevent;
mod shorten;
mod threshold;

pub use capacity::Capacity;
pub use divert::Divert;
pub use help_seeking::HelpSeeking;
pub use prevent::Prevent;
pub use shorten::Shorten;
pub use threshold::Threshold;

use crate::month::Month;
use crate::study::figures::{Basis, FigureId, Figures};

/// A number of the pathway or of a service that levers change, by index in the pack.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum On {
    /// How many people of a group come to be at risk.
    Entering(usize),
    /// The rate at which people at risk of a group develop a condition.
    Developing(usize, usize),
    /// The share of a group with a condition that seeks help.
    HelpSeeking(usize, usize),
    /// Referrals to a service, on their way to another.
    Referrals(usize),
    /// The share of its referrals that a service accepts.
    Acceptance(usize),
    /// How long treatment in a service takes.
    Treatment(usize),
    /// How many treatments a service can start.
    Starts(usize),
}

/// What a kind of lever acts on.
pub trait Acts {
    /// Whether it changes this number.
    fn acts(&self, on: On) -> bool;

    /// Whether its reach is a share of those whom this number is about: people who come to be at
    /// risk, who would not seek help, who are referred, refused or accepted, starts that are added.
    fn reaches(&self, on: On) -> bool {
        self.acts(on)
    }

    /// Whether it may change referrals to any of these services, as people seek them.
    fn changes_referrals(&self, services: &[usize]) -> bool;

    /// The services it names.
    fn services(&self) -> &[usize] {
        &[]
    }

    /// The service people go to instead.
    fn to(&self) -> Option<usize> {
        None
    }

    /// The people it names.
    fn people(&self) -> Option<&People> {
        None
    }
}

/// How people are helped by a kind of lever.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Helps {
    /// They never develop a condition.
    Prevented,
    /// They are taken in elsewhere.
    TakenIn,
    /// They are seen because they ask or are accepted.
    Seen,
    /// They start because there is room.
    Started,
}

/// What a kind of lever says of people sent to another service.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sends {
    /// Nothing.
    Nobody,
    /// They go `to` it in place of the services named.
    Instead,
    /// A share, `onward`, of those started goes `to` it after.
    Onward,
}

/// A kind of lever in words, for files and messages.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// Its name.
    pub name: &'static str,
    /// The key of its size.
    pub size: &'static str,
    /// The least size.
    pub least: f64,
    /// The greatest size.
    pub most: f64,
    /// Whom its reach is a share of, and so for whom `cost_a_reached` is paid.
    pub reach_is: &'static str,
    /// What its size is.
    pub size_is: &'static str,
    /// A low, central and high size as an example.
    pub example: [&'static str; 3],
    /// Whether it names services; else it names groups and conditions.
    pub is_of_services: bool,
    /// What it says of people sent to another service.
    pub sends: Sends,
    /// Whether it can be aimed at slices of the population: room for treatment cannot, because
    /// everyone waits in one line.
    pub can_be_aimed: bool,
    /// How people are helped.
    pub helps: Helps,
}

/// More than any lever adds or costs.
pub const MOST: f64 = 1e12;

/// Declares the kinds: a variant of [`Kind`] and of [`Action`] each.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $kind:ident),+ $(,)?) => {
        /// The kinds of lever.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Kind {
            $($(#[doc = $doc])+ $kind,)+
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// The kind in words.
            pub const fn about(self) -> &'static About {
                match self {
                    $(Self::$kind => &$kind::ABOUT,)+
                }
            }
        }

        /// What a lever does, and to what. Lists are never empty.
        #[derive(Clone, PartialEq, Eq, Debug)]
        pub enum Action {
            $($(#[doc = $doc])+ $kind($kind),)+
        }

        impl Action {
            /// Its kind.
            pub const fn kind(&self) -> Kind {
                match self {
                    $(Self::$kind(_) => Kind::$kind,)+
                }
            }

            fn own(&self) -> &dyn Acts {
                match self {
                    $(Self::$kind(own) => own,)+
                }
            }
        }
    };
}

kinds! {
    /// Moves referrals from services to another, where they arrive.
    Divert,
    /// Keeps people from coming into need; a negative effect brings more.
    Prevent,
    /// Brings people who would not have presented; a negative effect keeps them away.
    HelpSeeking,
    /// Accepts referrals that would have been refused; a negative effect refuses more.
    Threshold,
    /// Shortens treatment; a negative effect makes it longer.
    Shorten,
    /// Adds treatment starts a month.
    Capacity,
}

impl Kind {
    /// Its name.
    pub const fn name(self) -> &'static str {
        self.about().name
    }

    /// Every kind by its name.
    pub fn names() -> Vec<(&'static str, Self)> {
        Self::ALL.iter().map(|kind| (kind.name(), *kind)).collect()
    }
}

impl Action {
    /// The kind in words.
    pub const fn about(&self) -> &'static About {
        self.kind().about()
    }
}

impl Acts for Action {
    fn acts(&self, on: On) -> bool {
        self.own().acts(on)
    }

    fn reaches(&self, on: On) -> bool {
        self.own().reaches(on)
    }

    fn changes_referrals(&self, services: &[usize]) -> bool {
        self.own().changes_referrals(services)
    }

    fn services(&self) -> &[usize] {
        self.own().services()
    }

    fn to(&self) -> Option<usize> {
        self.own().to()
    }

    fn people(&self) -> Option<&People> {
        self.own().people()
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

    /// Whether it means `condition` in `group`.
    pub fn has(&self, group: usize, condition: usize) -> bool {
        let has_condition = self.conditions.is_empty() || self.conditions.contains(&condition);
        self.has_group(group) && has_condition
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
    /// Its first month: that in which its posts are filled.
    pub start: Month,
    /// Months from the start to the first effect.
    pub lag: FigureId,
    /// Months from the first to the whole effect.
    pub ramp: FigureId,
    /// The share of the flow it reaches.
    pub reach: FigureId,
    /// Its effect on those it reaches; for [`Capacity`] starts a month and service.
    pub effect: FigureId,
    /// Pounds a year, from the start.
    pub cost_a_year: Option<FigureId>,
    /// Pounds for each person helped by it.
    pub cost_a_person: Option<FigureId>,
    /// Pounds for each person reached, helped or not: [`About::reach_is`].
    pub cost_a_reached: Option<FigureId>,
    /// Whole-time equivalents that it takes, from the start.
    pub staff: Option<FigureId>,
    /// The year of those prices.
    pub price_year: Option<usize>,
    /// The measurement that its effect is a part of: with another of the same it would count twice.
    pub bundle: Option<String>,
}

impl Lever {
    /// Whether anybody has said what it costs.
    pub fn has_price(&self) -> bool {
        self.cost_a_year.or(self.cost_a_person).or(self.cost_a_reached).is_some()
    }

    /// Whether both have the effect of one measurement, so that together it would count twice. An
    /// effect of the user's own is measured apart.
    pub fn counts_twice_with(&self, other: &Self, figures: &Figures) -> bool {
        let is_set = |lever: &Self| figures.get(lever.effect).origin.basis == Basis::Set;
        self.name != other.name
            && self.bundle.is_some()
            && self.bundle == other.bundle
            && !is_set(self)
            && !is_set(other)
    }
}

/// The first two levers whose effect together would count twice.
pub fn counted_twice<'a>(levers: &[&'a Lever], figures: &Figures) -> Option<[&'a Lever; 2]> {
    let mut pairs =
        levers.iter().enumerate().flat_map(|(i, a)| levers[..i].iter().map(move |b| [*b, *a]));
    pairs.find(|[a, b]| a.counts_twice_with(b, figures))
}
