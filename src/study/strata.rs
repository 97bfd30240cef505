//! Slices of the population (deprivation, age, ethnic group, sex) and their figures.
//!
//! A figure may be given for everyone, for a family of services, for an area, or for both; the
//! most local counts, and within an area the most specific.

use crate::study::figures::FigureId;

/// One way to slice the population.
#[derive(Clone, Debug)]
pub struct Stratification {
    /// Its id.
    pub id: String,
    /// Its slices, in the order of the pack.
    pub strata: Vec<Stratum>,
    /// Every figure given, with what it is for.
    pub figures: Vec<Scoped>,
}

/// A slice.
#[derive(Clone, Debug)]
pub struct Stratum {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub label: String,
}

/// What a figure of a stratum says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StratumParameter {
    /// Its share of the population.
    Share,
    /// Its need per head, relative to the other strata.
    RelativeNeed,
    /// Its chance of presenting when in need, relative to the others.
    RelativeAccess,
    /// Its chance of being held back by restrictions, relative to the others.
    Suppression,
}

impl StratumParameter {
    /// Every parameter by its name in figures.csv.
    pub const NAMES: [(&'static str, Self); 4] = [
        ("share", Self::Share),
        ("relative_need", Self::RelativeNeed),
        ("relative_access", Self::RelativeAccess),
        ("suppression", Self::Suppression),
    ];
}

/// A figure of a stratum and where it applies.
#[derive(Clone, Debug)]
pub struct Scoped {
    /// Index of the stratum.
    pub stratum: usize,
    /// What it says.
    pub parameter: StratumParameter,
    /// The family of services it is for; none is all of them.
    pub family: Option<usize>,
    /// The area it is for; none is everywhere.
    pub area: Option<String>,
    /// The figure.
    pub figure: FigureId,
}

/// The figures of a stratum in an area and family.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StratumFigures {
    /// Share of the population.
    pub share: FigureId,
    /// Relative need.
    pub relative_need: FigureId,
    /// Relative access.
    pub relative_access: FigureId,
    /// Relative suppression.
    pub suppression: FigureId,
}

impl Stratification {
    /// Whether the pack says anything of a family of its own here: only then can its referrals be
    /// split, for one gradient does not fit every service.
    pub fn knows(&self, family: usize) -> bool {
        self.figures.iter().any(|scoped| scoped.family == Some(family))
    }

    /// The figure of a stratum that applies in an area and family.
    pub fn figure(
        &self,
        stratum: usize,
        parameter: StratumParameter,
        family: Option<usize>,
        area: &str,
    ) -> Option<FigureId> {
        self.figures
            .iter()
            .filter(|s| s.stratum == stratum && s.parameter == parameter)
            .filter(|s| s.family.is_none() || s.family == family)
            .filter(|s| s.area.as_deref().is_none_or(|own| own == area))
            .max_by_key(|s| (s.area.is_some(), s.family.is_some()))
            .map(|s| s.figure)
    }

    /// The figures of every stratum in an area and family.
    pub fn resolve(&self, family: Option<usize>, area: &str) -> Option<Vec<StratumFigures>> {
        let of = |stratum, parameter| self.figure(stratum, parameter, family, area);
        (0..self.strata.len())
            .map(|stratum| {
                Some(StratumFigures {
                    share: of(stratum, StratumParameter::Share)?,
                    relative_need: of(stratum, StratumParameter::RelativeNeed)?,
                    relative_access: of(stratum, StratumParameter::RelativeAccess)?,
                    suppression: of(stratum, StratumParameter::Suppression)?,
                })
            })
            .collect()
    }

    /// The areas with figures of their own.
    pub fn areas(&self) -> impl Iterator<Item = &str> {
        self.figures.iter().filter_map(|scoped| scoped.area.as_deref())
    }
}
