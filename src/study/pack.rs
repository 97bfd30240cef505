//! The validated pack: drivers, groups, conditions, services and the routes between them.
//!
//! Indices (`group: usize`, …) are positions in the lists of [`Pack`].

use std::fmt;

use crate::diagnostics::{Place, Problem, nearest};
use crate::month::Month;
use crate::study::figures::FigureId;
use crate::study::place::{Kind, Nation};
use crate::study::strata::Stratification;

pub use crate::model::exposure::GroupKind;
pub use crate::model::pathway::Refused;
pub use crate::study::names::{name_key, same_name};
pub use crate::study::service::{
    Family, STANDARD_SUFFIXES, Service, ServiceFigures, SeverityFigures, Standard, Unit, WaitEnds,
    WaitFigures,
};

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
    /// The one that suppresses referrals too.
    pub const RESTRICTIONS: &'static str = "restrictions";
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
    /// Where the pack names it.
    pub place: Place,
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
    /// The first and last year of age of its people; none where they are of all ages.
    pub ages: Option<(u32, u32)>,
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
    /// Half-life, in months, of being in need, where the group has its own.
    pub duration: Option<FigureId>,
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
    /// What kind of area it is, of those in the registry.
    pub kind: Option<Kind>,
    /// The nation it is in.
    pub nation: Nation,
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
    /// How restrictions and the economy follow the waves where a scenario does not say.
    pub rules: Rules,
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

/// The figures of [`crate::model::stringency`] and [`crate::model::economy`].
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// How strict restrictions are per unit of severe illness.
    pub strength: FigureId,
    /// Days in which the memory of severe illness rises half of the way.
    pub rise: FigureId,
    /// Days in which it falls half of the way.
    pub fall: FigureId,
    /// The shock of restrictions as long and strict as the first.
    pub depth: FigureId,
    /// Months from restrictions to their greatest effect on the economy.
    pub peak: FigureId,
    /// Months in which that halves.
    pub half_life: FigureId,
    /// The effect of later restrictions, relative to the first.
    pub later: FigureId,
}

impl Pack {
    /// The services at which some conditions are severer than others.
    pub fn services_by_condition(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.services.len()).filter(|s| !self.services[*s].severe_by_condition.is_empty())
    }

    /// The services whose share of a larger area's referrals may stand for that of `service`: the
    /// totals it is a member of, then those of its family.
    pub fn like(&self, service: usize) -> Vec<usize> {
        let all = || 0..self.services.len();
        let totals = all().filter(|other| self.services[*other].members.contains(&service));
        let family =
            all().filter(|other| self.services[*other].family == self.services[service].family);
        totals.chain(family).collect()
    }

    /// The service of an id, label or alias, as people write it.
    pub fn service(&self, name: &str) -> Option<usize> {
        let is = |other: &str| is_everyday(other, name);
        self.services.iter().position(|s| same_name(&s.id, name)).or_else(|| {
            let called = |s: &Service| is(&s.id) || is(&s.label) || s.aliases.iter().any(|a| is(a));
            self.services.iter().position(called)
        })
    }

    /// What a name of a service or of a family counts; of one name the service goes first.
    pub fn counted(&self, name: &str) -> Option<Counted> {
        let is = |other: &str| is_everyday(other, name);
        self.service(name).map(Counted::Service).or_else(|| {
            let called = |f: &Family| is(&f.id) || is(&f.label) || f.aliases.iter().any(|a| is(a));
            self.families.iter().position(called).map(Counted::Family)
        })
    }

    /// The id of what is counted.
    pub fn id_of(&self, counted: Counted) -> &str {
        match counted {
            Counted::Service(service) => &self.services[service].id,
            Counted::Family(family) => &self.families[family].id,
        }
    }

    /// The name for people of what is counted.
    pub fn label_of(&self, counted: Counted) -> &str {
        match counted {
            Counted::Service(service) => &self.services[service].label,
            Counted::Family(family) => &self.families[family].label,
        }
    }

    /// The services that are meant: the members of a total, the services of a family.
    pub fn parts_of(&self, counted: Counted) -> Vec<usize> {
        match counted {
            Counted::Service(service) if self.services[service].is_total() => {
                self.services[service].members.clone()
            }
            Counted::Service(service) => vec![service],
            Counted::Family(family) => {
                let of = |s: &usize| self.services[*s].family == family;
                (0..self.services.len())
                    .filter(of)
                    .filter(|s| !self.services[*s].is_total())
                    .collect()
            }
        }
    }

    /// What is wrong with a `name` that no service or family has: the ids there are, and the
    /// nearest of all names that one may be called by.
    pub fn unknown_service(&self, place: Place, name: &str) -> Problem {
        let ids: Vec<&str> = self.services.iter().map(|service| service.id.as_str()).collect();
        let services = self.services.iter().map(|s| (&s.id, &s.label, &s.aliases));
        let families = self.families.iter().map(|f| (&f.id, &f.label, &f.aliases));
        let names = services.chain(families).flat_map(|(id, label, aliases)| {
            [id.as_str(), label.as_str()].into_iter().chain(aliases.iter().map(String::as_str))
        });
        let mut problem = Problem::error(place, format!("unknown service `{name}`")).read(name);
        if !ids.is_empty() {
            problem = problem.allowed(format!(
                "{}; families, names and aliases in services.csv and families.csv are read too",
                ids.join(", ")
            ));
        }
        problem.suggestion = nearest(name, names).map(str::to_owned);
        problem
    }
}

/// What a baseline, a goal or a lever speaks of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Counted {
    /// A service line, by its index.
    Service(usize),
    /// A family of them, by its index.
    Family(usize),
}

/// Whether two names are one in everyday writing: case, spaces, hyphens, other signs and plurals do
/// not count.
pub fn is_everyday(a: &str, b: &str) -> bool {
    let plain = everyday(a);
    !plain.is_empty() && plain == everyday(b)
}

/// A name without what people leave out or add as they like.
fn everyday(name: &str) -> String {
    let lower = name.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let singular = |word: &str| match word.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None if word.len() > 3 && !word.ends_with("ss") => {
            word.strip_suffix('s').unwrap_or(word).to_owned()
        }
        None => word.to_owned(),
    };
    words.map(singular).collect()
}
