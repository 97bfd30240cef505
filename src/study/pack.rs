//! The validated pack: drivers, groups, conditions, services and the routes between them.
//!
//! Indices (`group: usize`, …) are positions in the lists of [`Pack`].

use std::fmt;

use crate::month::Month;
use crate::study::figures::FigureId;
use crate::study::strata::Stratification;

pub use crate::model::exposure::GroupKind;
pub use crate::model::pathway::Refused;

/// A monthly signal that drivers follow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Track {
    /// Infections.
    Virus,
    /// Severe illness.
    Severe,
    /// Mean stringency of restrictions.
    Restrictions,
    /// The economic shock.
    Economy,
    /// A series of the user's own, named in the scenario.
    Own(String),
}

impl Track {
    /// The tracks every scenario has.
    pub const BUILT_IN: [&'static str; 4] = ["virus", "severe", "restrictions", "economy"];
}

impl From<&str> for Track {
    fn from(name: &str) -> Self {
        match name {
            "virus" => Self::Virus,
            "severe" => Self::Severe,
            "restrictions" => Self::Restrictions,
            "economy" => Self::Economy,
            other => Self::Own(other.to_owned()),
        }
    }
}

impl fmt::Display for Track {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Virus => "virus",
            Self::Severe => "severe",
            Self::Restrictions => "restrictions",
            Self::Economy => "economy",
            Self::Own(name) => name,
        })
    }
}

/// A social change that affects mental health.
#[derive(Clone, Debug)]
pub struct Driver {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub label: String,
    /// The track it follows.
    pub track: Track,
    /// Months to the first effect.
    pub onset: FigureId,
    /// Months to the greatest effect.
    pub peak: FigureId,
    /// Months in which the fast part halves.
    pub half_life: FigureId,
    /// Share of the effect that fades slowly.
    pub persistent: FigureId,
}

/// People exposed to drivers.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub label: String,
    /// Events or a fixed population.
    pub kind: GroupKind,
    /// People in the reference area.
    pub size: FigureId,
    /// The named curve it enters by, in packs that carry curves.
    pub curve: Option<GroupCurve>,
}

/// How a group of a pack with curves enters the at-risk stock.
#[derive(Clone, Copy, Debug)]
pub struct GroupCurve {
    /// Which curve of [`Pack::curves`].
    pub curve: usize,
    /// The share of the group that is susceptible.
    pub susceptible: FigureId,
}

/// A mental health impact.
#[derive(Clone, Debug)]
pub struct Condition {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub label: String,
    /// Half-life, in months, of being in need.
    pub duration: Option<FigureId>,
}

/// What a service line counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Referrals to a team.
    Referral,
    /// Referrals with a suspected condition, before triage.
    Suspicion,
    /// Treatment starts.
    Start,
    /// Contacts, such as calls.
    Contact,
    /// Admissions to a bed.
    Admission,
    /// Attendances.
    Attendance,
}

impl Unit {
    /// Every unit by its name.
    pub const NAMES: [(&'static str, Self); 6] = [
        ("referral", Self::Referral),
        ("suspicion", Self::Suspicion),
        ("start", Self::Start),
        ("contact", Self::Contact),
        ("admission", Self::Admission),
        ("attendance", Self::Attendance),
    ];

    /// One of it.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, unit)| *unit == self).map_or("", |(name, _)| name)
    }

    /// Many of it.
    pub fn plural(self) -> String {
        format!("{}s", self.name())
    }
}

/// A service line.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub label: String,
    /// Index of its family in [`Pack::families`].
    pub family: usize,
    /// What it counts.
    pub unit: Unit,
    /// Other names baselines may use.
    pub aliases: Vec<String>,
    /// For a total, the services it is the sum of; people never route to a total.
    pub members: Vec<usize>,
    /// Its figures.
    pub figures: ServiceFigures,
    /// How people wait for it in areas that have figures of their own.
    pub local_waits: Vec<(String, WaitFigures)>,
    /// Conditions with a severe share of their own here; the others have the service's.
    pub severe_by_condition: Vec<(usize, FigureId)>,
}

impl Service {
    /// The share of people with `condition` who are severely ill.
    pub fn severe_share(&self, condition: usize) -> FigureId {
        let own = self.severe_by_condition.iter().find(|(c, _)| *c == condition);
        own.map_or(self.figures.severity.severe_share, |(_, figure)| *figure)
    }

    /// Whether it is a sum of others.
    pub fn is_total(&self) -> bool {
        !self.members.is_empty()
    }

    /// How people wait for it in `area`.
    pub fn waits(&self, area: &str) -> &WaitFigures {
        let local = self.local_waits.iter().find(|(id, _)| same_name(id, area));
        local.map_or(&self.figures.waits, |(_, waits)| waits)
    }
}

/// The figures of a service line; a total has those of its members.
#[derive(Clone, Copy, Debug)]
pub struct ServiceFigures {
    /// Share of referrals accepted.
    pub accepted: FigureId,
    /// Months after which `decay` of a caseload has left.
    pub months: FigureId,
    /// Share of a caseload that leaves within `months`.
    pub decay: FigureId,
    /// Share of those who leave that have recovered.
    pub recovered: FigureId,
    /// Contacts a month per person in treatment.
    pub contacts: FigureId,
    /// Bed-days a month per person in treatment; none for a service without beds.
    pub bed_days: Option<FigureId>,
    /// Share of demand lost per unit of stringency.
    pub loss: FigureId,
    /// Share of suppressed demand that returns.
    pub returns: FigureId,
    /// Months in which half of it is released.
    pub return_half_life: FigureId,
    /// The access standard, if there is one.
    pub standard: Option<Standard>,
    /// A second one, with a longer limit.
    pub second_standard: Option<Standard>,
    /// How people wait for it.
    pub waits: WaitFigures,
    /// How ill its people are.
    pub severity: SeverityFigures,
    /// Pounds for each person accepted; the unit of the figure names the price year.
    pub unit_cost: Option<FigureId>,
    /// Contacts (or attendances) a month per whole-time equivalent, where it has no caseload.
    pub contacts_per_wte: Option<FigureId>,
}

/// The severity mix of a service line, as [`crate::model::severity`] has it.
#[derive(Clone, Copy, Debug)]
pub struct SeverityFigures {
    /// Share of people who are severely ill in usual times.
    pub severe_share: FigureId,
    /// Relative growth of that share per unit of pressure.
    pub severity_shift: FigureId,
    /// Length of treatment of a severe person relative to others.
    pub severe_stay: FigureId,
}

/// How people wait for a service.
#[derive(Clone, Copy, Debug)]
pub struct WaitFigures {
    /// Spread of the logarithm of individual waits around the wait of the list.
    pub spread: FigureId,
    /// Share of those who wait that leaves in a month without being seen.
    pub reneging: FigureId,
    /// Load (arrivals over capacity) at which the service stood before the start.
    pub load: FigureId,
    /// Median wait before the start, in weeks; none where only the standard is known.
    pub opening_wait: Option<FigureId>,
    /// People in treatment per whole-time equivalent.
    pub caseload_per_wte: Option<FigureId>,
}

/// An access standard: a share of people starts within some weeks. A proposed one may name no
/// share: compliance is told, and nothing can be missed.
#[derive(Clone, Copy, Debug)]
pub struct Standard {
    /// Weeks from referral to start.
    pub weeks: FigureId,
    /// The share that should start within them.
    pub share: Option<FigureId>,
}

/// A family of service lines.
#[derive(Clone, Debug)]
pub struct Family {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub label: String,
}

/// A driver acting on a group.
#[derive(Clone, Copy, Debug)]
pub struct Exposure {
    /// The driver.
    pub driver: usize,
    /// The group.
    pub group: usize,
    /// The share of the group that is susceptible to it.
    pub susceptible: FigureId,
}

/// A condition a group develops.
#[derive(Clone, Copy, Debug)]
pub struct Need {
    /// The group.
    pub group: usize,
    /// The condition.
    pub condition: usize,
    /// The share of those at risk that develops it.
    pub rate: FigureId,
    /// The share of those that seeks help.
    pub help_seeking: FigureId,
}

/// A service that people of a group with a condition go to.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// The group.
    pub group: usize,
    /// The condition.
    pub condition: usize,
    /// The service.
    pub service: usize,
    /// Its weight among the services of the same group and condition.
    pub weight: FigureId,
}

/// A named monthly curve that sums to 1.
#[derive(Clone, Debug)]
pub struct Curve {
    /// Its name.
    pub name: String,
    /// Share of the susceptible that enters in each month.
    pub months: Vec<f64>,
}

/// A pack's own underlying and returning series of one service.
#[derive(Clone, Debug)]
pub struct Demand {
    /// The service.
    pub service: usize,
    /// Referrals that would have come anyway, by month of the curves; absent where all are zero.
    pub underlying: Option<Vec<f64>>,
    /// Suppressed referrals that come back, by month.
    pub returning: Vec<f64>,
}

/// The scenario a pack brings itself.
#[derive(Clone, Debug)]
pub struct OwnScenario {
    /// Its first month.
    pub start: Month,
    /// How many months.
    pub months: usize,
}

/// An area known to the pack.
#[derive(Clone, Debug)]
pub struct KnownArea {
    /// Its code or name.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Residents, if known.
    pub population: Option<f64>,
    /// The area it is a part of.
    pub part_of: Option<String>,
    /// Its own sizes of groups.
    pub sizes: Vec<(usize, f64)>,
}

/// A validated pack.
#[derive(Clone, Debug)]
pub struct Pack {
    /// Its id, as on the command line.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// The packs it extends, nearest first.
    pub extends: Vec<String>,
    /// The licence of its figures.
    pub licence: String,
    /// What becomes of the refused.
    pub refused: Refused,
    /// The area its groups are sized for.
    pub reference_area: String,
    /// Residents of that area.
    pub population: Option<f64>,
    /// The whole of England's first wave, first lockdown and 2020 shock in units of each track
    /// times months, in the order of [`Track::BUILT_IN`].
    pub reference: [f64; 4],
    /// Factor on the sizes of populations against double counting, with the rule in words.
    pub overlap: Overlap,
    /// Social changes.
    pub drivers: Vec<Driver>,
    /// Exposed people.
    pub groups: Vec<Group>,
    /// Impacts.
    pub conditions: Vec<Condition>,
    /// Families of services, in the order of the pack.
    pub families: Vec<Family>,
    /// Service lines.
    pub services: Vec<Service>,
    /// Drivers on groups, by group.
    pub exposures: Vec<Exposure>,
    /// Conditions of groups, by group.
    pub needs: Vec<Need>,
    /// Services of groups and conditions, by group and condition.
    pub routes: Vec<Route>,
    /// Named curves, for packs that carry them.
    pub curves: Vec<Curve>,
    /// The pack's own demand series.
    pub demand: Vec<Demand>,
    /// The scenario it brings.
    pub own_scenario: Option<OwnScenario>,
    /// Areas it knows.
    pub areas: Vec<KnownArea>,
    /// Slices of the population by which results are split.
    pub stratifications: Vec<Stratification>,
}

/// How a pack counts people who belong to several groups.
#[derive(Clone, Debug)]
pub struct Overlap {
    /// Factor on the size of every population group.
    pub factor: FigureId,
    /// The rule in words.
    pub note: String,
}

impl Pack {
    /// The service of an id, label or alias, in any case.
    pub fn service(&self, name: &str) -> Option<usize> {
        let same = |other: &str| same_name(other, name);
        self.services.iter().position(|s| same(&s.id)).or_else(|| {
            self.services.iter().position(|s| same(&s.label) || s.aliases.iter().any(|a| same(a)))
        })
    }

    /// Every name a service may be called by.
    pub fn service_names(&self) -> impl Iterator<Item = &str> {
        self.services.iter().flat_map(|s| {
            std::iter::once(s.id.as_str()).chain(s.aliases.iter().map(String::as_str))
        })
    }
}

/// Whether two names are one: case, runs of white space and non-breaking spaces do not count.
pub fn same_name(a: &str, b: &str) -> bool {
    let mut a = a.split_whitespace();
    let mut b = b.split_whitespace();
    loop {
        match (a.next(), b.next()) {
            (None, None) => return true,
            (Some(x), Some(y)) if x.to_lowercase() == y.to_lowercase() => {}
            _ => return false,
        }
    }
}
