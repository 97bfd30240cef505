//! Every number of a study that may be uncertain or argued about, with where it comes from.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::posterior::{Column, Posterior};
use crate::draw::{Stream, Uncertain};
use crate::model::lane::Lane;

/// How good a figure's source is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub enum Grade {
    /// Official statistic or peer-reviewed, seen directly.
    A,
    /// Quoted by a third party.
    B,
    /// Derived from grade A figures, method given.
    C,
    /// An assumption.
    D,
}

impl FromStr for Grade {
    type Err = ();

    /// Of two grades (`A/C`) the lower counts.
    fn from_str(text: &str) -> Result<Self, ()> {
        text.split('/')
            .map(|grade| match grade.trim() {
                "A" | "a" => Ok(Self::A),
                "B" | "b" => Ok(Self::B),
                "C" | "c" => Ok(Self::C),
                "D" | "d" => Ok(Self::D),
                _ => Err(()),
            })
            .collect::<Result<Vec<_>, ()>>()?
            .into_iter()
            .max()
            .ok_or(())
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// Which layer of inputs a figure came from; a later one overrides an earlier.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// No input gave it: the default of the program.
    Default,
    /// The registry of areas.
    Registry,
    /// A pack, by its name.
    Pack(String),
    /// A scenario, by its name.
    Scenario(String),
    /// `--set` on the command line.
    Set,
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => write!(f, "default"),
            Self::Registry => write!(f, "registry of areas"),
            Self::Pack(name) => write!(f, "pack {name}"),
            Self::Scenario(name) => write!(f, "scenario {name}"),
            Self::Set => write!(f, "--set"),
        }
    }
}

/// Where a figure comes from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Origin {
    /// The layer that gave it.
    pub basis: Basis,
    /// File and line.
    pub place: String,
    /// Unit in words.
    pub unit: String,
    /// Publication or method.
    pub source: String,
    /// How good the source is.
    pub grade: Grade,
    /// When the figure was true.
    pub as_of: String,
    /// Who agreed to it: people with experience of their own, partners, a board.
    pub agreed_with: String,
    /// What a reader should know.
    pub note: String,
}

/// One uncertain number.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Figure {
    /// Its path, such as `services.iapt.accepted` or `wave.2.height`.
    pub key: String,
    /// The scenario it belongs to; a pack's figures belong to none.
    pub scenario: Option<String>,
    /// Its range.
    pub number: Uncertain,
    /// Where it comes from.
    pub origin: Origin,
}

/// Which figure of [`Figures`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FigureId(u32);

impl FigureId {
    /// Its position in [`Figures::iter`].
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// All figures of a study.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    list: Vec<Figure>,
    by_key: HashMap<(Option<String>, String), FigureId>,
    posterior: Option<Posterior>,
}

impl Figures {
    /// Adds a figure, or replaces the one of the same scenario and key.
    pub fn put(&mut self, figure: Figure) -> FigureId {
        let name = (figure.scenario.clone(), figure.key.clone());
        if let Some(&id) = self.by_key.get(&name) {
            self.list[id.index()] = figure;
            return id;
        }
        let id = FigureId(self.list.len() as u32);
        self.list.push(figure);
        self.by_key.insert(name, id);
        id
    }

    /// The figures whose key is `key`, the pack's and those of every scenario.
    pub fn find_all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = FigureId> + 'a {
        (0..).map(FigureId).zip(&self.list).filter(move |(_, f)| f.key == key).map(|(id, _)| id)
    }

    /// All ids.
    pub fn ids(&self) -> impl Iterator<Item = FigureId> + use<> {
        (0..self.list.len() as u32).map(FigureId)
    }

    /// One figure.
    pub fn get(&self, id: FigureId) -> &Figure {
        &self.list[id.index()]
    }

    /// One figure, to be changed.
    pub fn get_mut(&mut self, id: FigureId) -> &mut Figure {
        &mut self.list[id.index()]
    }

    /// The joint sample that a fit left, if any.
    pub fn posterior(&self) -> Option<&Posterior> {
        self.posterior.as_ref()
    }

    /// Takes draws from a joint sample, or (none) from every range by itself.
    pub fn set_posterior(&mut self, posterior: Option<Posterior>) {
        self.posterior = posterior;
    }

    /// The joint sample's column of a figure, if that still has the column's range.
    fn learnt(&self, figure: &Figure) -> Option<&Column> {
        let column = self.posterior.as_ref()?.columns.get(&figure.key)?;
        column.is_of(&figure.number).then_some(column)
    }

    /// Whether a figure's draws are those of the joint sample.
    pub fn is_learnt(&self, id: FigureId) -> bool {
        self.learnt(self.get(id)).is_some()
    }

    /// All of them, in the order of their ids.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Figure> {
        self.list.iter()
    }

    /// The streams of all figures under `seed`. The same key is the same stream in every
    /// scenario, so that scenarios differ by their assumptions and not by luck.
    pub fn streams(&self, seed: u64) -> Vec<Stream> {
        self.list.iter().map(|figure| Stream::new(seed, &figure.key)).collect()
    }

    /// The values of all figures for the draws of one block.
    pub fn sample<const L: usize>(&self, streams: &[Stream], block: u64) -> Sample<L> {
        let mut values = vec![Lane::ZERO; self.list.len()];
        for ((figure, stream), value) in self.list.iter().zip(streams).zip(&mut values) {
            match self.learnt(figure) {
                Some(column) => column.block(block, value),
                None => figure.number.sample(stream, block, value),
            }
        }
        Sample(values)
    }

    /// The values of `ids` at given standard normals, of all others the central ones.
    pub fn at<const L: usize>(&self, ids: &[FigureId], normals: &[Lane<L>]) -> Sample<L> {
        let mut sample = self.central();
        for (id, z) in ids.iter().zip(normals) {
            sample.0[id.index()] = self.get(*id).number.at_each(z);
        }
        sample
    }

    /// The central values.
    pub fn central<const L: usize>(&self) -> Sample<L> {
        Sample(self.list.iter().map(|figure| Lane::all(figure.number.at(0.0))).collect())
    }
}

impl<const L: usize> Sample<L> {
    /// Sets one figure's values.
    pub fn set(&mut self, id: FigureId, values: Lane<L>) {
        self.0[id.index()] = values;
    }
}

/// One value of every figure for each of `L` draws.
#[derive(Clone, Debug)]
pub struct Sample<const L: usize>(Vec<Lane<L>>);

impl<const L: usize> std::ops::Index<FigureId> for Sample<L> {
    type Output = Lane<L>;
    fn index(&self, id: FigureId) -> &Lane<L> {
        &self.0[id.index()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::LANES;

    fn figure(key: &str) -> Figure {
        let origin = Origin {
            basis: Basis::Default,
            place: String::new(),
            unit: String::new(),
            source: String::new(),
            grade: Grade::D,
            as_of: String::new(),
            agreed_with: String::new(),
            note: String::new(),
        };
        Figure { key: key.into(), scenario: None, number: Uncertain::range(0.0, 1.0, 3.0), origin }
    }

    #[test]
    fn of_two_grades_the_lower_counts() {
        assert_eq!("A/C".parse(), Ok(Grade::C));
        assert_eq!("A".parse(), Ok(Grade::A));
        assert!("E".parse::<Grade>().is_err());
    }

    #[test]
    fn another_figure_changes_no_draw_of_the_others() {
        let mut few = Figures::default();
        few.put(figure("b"));
        let mut many = Figures::default();
        many.put(figure("a"));
        let b = many.put(figure("b"));
        let alone: Sample<LANES> = few.sample(&few.streams(1), 3);
        let together: Sample<LANES> = many.sample(&many.streams(1), 3);
        assert_eq!(alone[FigureId(0)], together[b]);
    }
}
