//! Every number of a study that may be uncertain or argued about, with where it comes from.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::draw::{Stream, Uncertain};
use crate::lane::Lane;

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

impl Figure {
    /// The class of figures that it is judged with: the same parameter of the same table. A
    /// scenario's numbers and gradients between strata have none.
    fn class(&self) -> Option<String> {
        let (table, rest) = self.key.split_once('.')?;
        let (_, parameter) = rest.rsplit_once('.')?;
        let is_judged = self.scenario.is_none() && !["pack", "strata"].contains(&table);
        is_judged.then(|| format!("{table}.{parameter}"))
    }
}

/// Correlation of two figures of a class: who is wrong on the loss of one service is likely wrong
/// on that of another in the same direction. Own judgement; drawn one by one, errors would cancel
/// in every sum.
const WITHIN_CLASS: f64 = 0.6;

/// The streams of all figures: each has its own, and each class of figures one that they share.
#[derive(Clone, Debug)]
pub struct Streams {
    seed: u64,
    own: Vec<Stream>,
    class: Vec<Option<usize>>,
    shared: Vec<Stream>,
}

impl Streams {
    /// The same with nothing shared, for what takes figures one by one.
    #[must_use]
    pub fn independent(mut self) -> Self {
        self.class.fill(None);
        self
    }

    /// The standard normals of a figure in a block of draws.
    pub fn of<const L: usize>(&self, id: FigureId, block: u64) -> Lane<L> {
        let mut shared = vec![Lane::ZERO; self.shared.len()];
        if let Some(class) = self.class[id.index()] {
            self.shared[class].normals(block, &mut shared[class]);
        }
        self.normals(id.index(), &shared, block)
    }

    /// The standard normals of a figure, of what its class shares and what is its own.
    fn normals<const L: usize>(&self, index: usize, shared: &[Lane<L>], block: u64) -> Lane<L> {
        let mut own = Lane::ZERO;
        self.own[index].normals(block, &mut own);
        let Some(class) = self.class[index] else { return own };
        let (a, b) = (WITHIN_CLASS.sqrt(), (1.0 - WITHIN_CLASS).sqrt());
        a * shared[class] + b * own
    }
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
    /// Of a key, those of every scenario in the order of their ids.
    by_key: HashMap<String, Vec<FigureId>>,
}

impl Figures {
    /// Adds a figure, or replaces the one of the same scenario and key.
    pub fn put(&mut self, figure: Figure) -> FigureId {
        let same = self.by_key.entry(figure.key.clone()).or_default();
        let is_it = |id: &&FigureId| self.list[id.index()].scenario == figure.scenario;
        if let Some(&id) = same.iter().find(is_it) {
            self.list[id.index()] = figure;
            return id;
        }
        let id = FigureId(self.list.len() as u32);
        self.list.push(figure);
        same.push(id);
        id
    }

    /// The figures whose key is `key`, the pack's and those of every scenario.
    pub fn find_all(&self, key: &str) -> impl Iterator<Item = FigureId> + use<'_> {
        self.by_key.get(key).into_iter().flatten().copied()
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

    /// All of them, in the order of their ids.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Figure> {
        self.list.iter()
    }

    /// The streams of all figures under `seed`. The same key is the same stream in every
    /// scenario, so that scenarios differ by their assumptions and not by luck.
    pub fn streams(&self, seed: u64) -> Streams {
        let mut names: Vec<String> = Vec::new();
        let mut class = |figure: &Figure| {
            let name = figure.class()?;
            Some(names.iter().position(|known| *known == name).unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            }))
        };
        let classes = self.list.iter().map(&mut class).collect();
        Streams {
            seed,
            own: self.list.iter().map(|figure| Stream::new(seed, &figure.key)).collect(),
            class: classes,
            shared: names.iter().map(|name| Stream::new(seed, &format!("class/{name}"))).collect(),
        }
    }

    /// The values of all figures for the draws of one block.
    pub fn sample<const L: usize>(&self, streams: &Streams, block: u64) -> Sample<L> {
        let mut shared = vec![Lane::ZERO; streams.shared.len()];
        for (stream, shared) in streams.shared.iter().zip(&mut shared) {
            stream.normals(block, shared);
        }
        let mut values = vec![Lane::ZERO; self.list.len()];
        for (index, (figure, value)) in self.list.iter().zip(&mut values).enumerate() {
            *value = if figure.number.is_point() {
                figure.number.at_each(value)
            } else {
                figure.number.at_each(&streams.normals(index, &shared, block))
            };
        }
        Sample(values)
    }

    /// How many figures stand before the first of a scenario: those of the pack.
    pub fn of_pack(&self) -> usize {
        self.list.iter().position(|figure| figure.scenario.is_some()).unwrap_or(self.list.len())
    }

    /// Whether the figures of the pack are those of another study.
    pub fn has_pack_of(&self, other: &Self) -> bool {
        let is_same = |(a, b): (&Figure, &Figure)| (&a.key, a.number) == (&b.key, b.number);
        let count = self.of_pack();
        count == other.of_pack() && self.list.iter().zip(&other.list).take(count).all(is_same)
    }

    /// The figures of scenarios alone, to be joined with a sample of the pack's.
    pub fn of_scenarios(&self, seed: u64) -> OfScenarios {
        let own = self.list.iter().enumerate().filter(|(_, figure)| figure.scenario.is_some());
        OfScenarios {
            of_pack: self.of_pack(),
            own: own.map(|(i, f)| (i, f.number, Stream::new(seed, &f.key))).collect(),
        }
    }

    /// Whether any figure differs between areas.
    pub fn differ_between_areas(&self) -> bool {
        self.list.iter().any(|figure| figure.number.between > 0.0)
    }

    /// Whether any does that the pathway from exposure to referral is made of: all but what is held
    /// back, what returns and the factor on the surge.
    pub fn pathways_differ_between_areas(&self) -> bool {
        const LATER: [&str; 4] = ["loss", "returns", "return_half_life", "surge"];
        let is_later = |figure: &Figure| {
            let parameter = figure.key.rsplit('.').next().unwrap_or_default();
            ["services.", "families."].iter().any(|table| figure.key.starts_with(table))
                && LATER.contains(&parameter)
        };
        self.list.iter().any(|figure| figure.number.between > 0.0 && !is_later(figure))
    }

    /// The values of all figures in an area that is not the pack's own: those of `sample`, but
    /// where they differ between areas.
    pub fn sample_in<const L: usize>(
        &self,
        area: &str,
        sample: &Sample<L>,
        streams: &Streams,
        block: u64,
    ) -> Sample<L> {
        let mut local = sample.clone();
        let differing = self.list.iter().enumerate().filter(|(_, f)| f.number.between > 0.0);
        for (index, figure) in differing {
            let z = streams.of(FigureId(index as u32), block);
            let mut own = Lane::ZERO;
            Stream::new(streams.seed, &format!("{}@{area}", figure.key)).normals(block, &mut own);
            local.0[index] = figure.number.in_area(&z, &own);
        }
        local
    }

    /// The central values.
    pub fn central<const L: usize>(&self) -> Sample<L> {
        Sample(self.list.iter().map(|figure| Lane::all(figure.number.at(0.0))).collect())
    }
}

/// The figures of scenarios, apart from those of the pack that studies share.
#[derive(Clone, Debug)]
pub struct OfScenarios {
    of_pack: usize,
    own: Vec<(usize, Uncertain, Stream)>,
}

impl OfScenarios {
    /// The sample of `block` whose figures of the pack are those of `shared`.
    pub fn sample<const L: usize>(&self, shared: &Sample<L>, block: u64) -> Sample<L> {
        let size = self.own.iter().map(|(index, ..)| index + 1).max().unwrap_or(0);
        let mut values = shared.0[..self.of_pack].to_vec();
        values.resize(size.max(self.of_pack), Lane::ZERO);
        for (index, number, stream) in &self.own {
            number.sample(stream, block, &mut values[*index]);
        }
        Sample(values)
    }

    /// The same at central values.
    pub fn central<const L: usize>(&self, shared: &Sample<L>) -> Sample<L> {
        let mut sample = self.sample(shared, 0);
        for (index, number, _) in &self.own {
            sample.0[*index] = Lane::all(number.at(0.0));
        }
        sample
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
    fn figures_of_a_class_go_together_and_areas_apart() {
        let mut figures = Figures::default();
        let number = Uncertain::range(-1.644_853_6, 0.0, 1.644_853_6).between(1.0);
        let ids = ["services.a.loss", "services.b.loss", "needs.a.rate"]
            .map(|key| figures.put(Figure { number, ..figure(key) }));
        let streams = figures.streams(1);
        let correlation = |of: &dyn Fn(u64) -> [Lane<LANES>; 2]| {
            let blocks = (0..200).map(of);
            let products = blocks.flat_map(|[a, b]| a * b);
            products.sum::<f64>() / (200.0 * LANES as f64)
        };
        let pair = |a: usize, b: usize| {
            correlation(&|block| {
                let sample: Sample<LANES> = figures.sample(&streams, block);
                [sample[ids[a]], sample[ids[b]]]
            })
        };
        assert!((pair(0, 1) - WITHIN_CLASS).abs() < 0.03, "{}", pair(0, 1));
        assert!(pair(0, 2).abs() < 0.03, "{}", pair(0, 2));
        // In two areas the figure's own error is the same, and each area adds as much again.
        let areas = correlation(&|block| {
            let sample: Sample<LANES> = figures.sample(&streams, block);
            ["A", "B"].map(|area| figures.sample_in(area, &sample, &streams, block)[ids[0]])
        });
        assert!((areas - 1.0).abs() < 0.05, "{areas}");
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
