//! An area: its baseline series and how the pack's people are scaled to it.

use crate::month::Month;
use crate::study::place::Nation;

/// An area to be projected.
#[derive(Clone, Debug)]
pub struct Area {
    /// Its code or name, as in the baseline.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// The area it is a part of, and those that is a part of, nearest first.
    pub within: Vec<String>,
    /// How the pack's groups are scaled to it.
    pub scale: AreaScale,
    /// The nation it is in.
    pub nation: Nation,
    /// Whether it is projected beside the area that it is a part of and that was asked for: in
    /// tables and sums, not in words and pictures.
    pub is_part: bool,
    /// Its own sizes of groups, which override the scale.
    pub sizes: Vec<(usize, f64)>,
    /// Its baseline series, at most one per service line.
    pub series: Vec<Series>,
}

/// How a pack's group sizes become an area's.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum AreaScale {
    /// The area is the pack's reference area.
    Reference,
    /// By residents.
    Population(f64),
    /// Nobody says how many live there: each service by its own share of the reference area's
    /// referrals, as [`Sizing`] has it.
    Shares,
}

impl AreaScale {
    /// The rule in words.
    pub fn words(self) -> String {
        match self {
            Self::Reference => "the pack's reference area".to_owned(),
            Self::Population(f) => format!("scaled by population ({:.3}%)", f * 100.0),
            Self::Shares => "each service by its own share of referrals".to_owned(),
        }
    }
}

/// How large an area is beside the reference area, as one scenario may know it.
#[derive(Clone, PartialEq, Debug)]
pub struct Sizing {
    /// Factor on the sizes of groups.
    pub people: f64,
    /// By service, a factor on its surge besides: 1 wherever residents are known.
    pub services: Vec<f64>,
}

impl Sizing {
    /// By `people` alone.
    pub fn of_people(people: f64, services: usize) -> Self {
        Self { people, services: vec![1.0; services] }
    }

    /// By shares of referrals. A service has its own share; without one that of the total or of the
    /// family it belongs to; and the people, with every other service, the middle of all shares:
    /// a share of all referrals together would be that of the largest service.
    ///
    /// `shares` are by service, none where a service has no year of both areas; `like` gives the
    /// services whose share may stand for one that has none.
    pub fn of_shares(shares: &[Option<f64>], like: impl Fn(usize) -> Vec<usize>) -> Option<Self> {
        let mut known: Vec<f64> = shares.iter().flatten().copied().collect();
        known.sort_by(f64::total_cmp);
        let middle = known.len().checked_sub(1)? / 2;
        let people = 0.5 * (known[middle] + known[known.len() / 2]);
        if people <= 0.0 {
            return Some(Self::of_people(0.0, shares.len()));
        }
        let of = |service: usize| {
            let like = || like(service).into_iter().find_map(|other| shares[other]);
            shares[service].or_else(like).map_or(1.0, |share| share / people)
        };
        Some(Self { people, services: (0..shares.len()).map(of).collect() })
    }
}

/// What a series is a part of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// Counts of a family, month by month.
    Family(usize),
    /// Counts of an area of other boundaries, month by month: some of its months by residents.
    Area,
}

/// One baseline series: months without gaps, the first at `start`; missing values are `None`.
#[derive(Clone, Debug)]
pub struct Series {
    /// The service line.
    pub service: usize,
    /// What is counted, as the baseline says.
    pub measure: String,
    /// The first month.
    pub start: Month,
    /// The values by month.
    pub values: Vec<Option<f64>>,
    /// Which months were spread from a longer period: never scored or fitted month by month.
    pub derived: Vec<bool>,
    /// What it is a part of, where it was not counted by itself.
    pub part: Option<Part>,
}

impl Series {
    /// The value of `month`, if observed.
    pub fn at(&self, month: Month) -> Option<f64> {
        let index = usize::try_from(month.since(self.start)).ok()?;
        self.values.get(index).copied().flatten()
    }

    /// Whether it counts what `other` counts, as far as both say.
    pub fn counts_as(&self, other: &Self) -> bool {
        let unnamed = self.measure.is_empty() || other.measure.is_empty();
        self.service == other.service && (unnamed || self.measure == other.measure)
    }

    /// How many of its months lie before `month`.
    pub fn months_before(&self, month: Month) -> usize {
        usize::try_from(month.since(self.start)).unwrap_or(0).min(self.values.len())
    }

    /// The last twelve months before `month`, scaled to a year where some are missing.
    pub fn year_before(&self, month: Month) -> Option<f64> {
        let before = &self.values[..self.months_before(month)];
        let last = before.iter().skip(before.len().saturating_sub(12));
        let (sum, seen) = last.flatten().fold((0.0, 0_u32), |(sum, n), value| (sum + value, n + 1));
        (seen > 0).then(|| sum / f64::from(seen) * 12.0)
    }

    /// Its months with their values and whether they are derived.
    pub fn months(&self) -> impl Iterator<Item = (Month, Option<f64>, bool)> + '_ {
        let start = self.start;
        (0..)
            .map(move |t| start.plus(t))
            .zip(&self.values)
            .zip(&self.derived)
            .map(|((month, value), derived)| (month, *value, *derived))
    }
}

/// The nations whose statistics and standards are known.
pub const NATIONS: [&str; 4] = ["England", "Scotland", "Wales", "Northern Ireland"];

/// The nation of an area, by its id: its own name, or the first letter of a statistical code
/// (`S08000015`); anything else is an area of England.
pub fn nation(area: &str) -> &'static str {
    if let Some(own) = NATIONS.into_iter().find(|own| own.eq_ignore_ascii_case(area)) {
        return own;
    }
    let is_code = area.len() == 9 && area.bytes().skip(1).all(|byte| byte.is_ascii_digit());
    match area.as_bytes().first() {
        Some(b'S') if is_code => "Scotland",
        Some(b'W') if is_code => "Wales",
        Some(b'N') if is_code => "Northern Ireland",
        _ => "England",
    }
}
