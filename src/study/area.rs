//! An area: its baseline series and how the pack's people are scaled to it.

use crate::month::Month;

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
    /// By the area's share of the reference area's baseline referrals.
    Referrals(f64),
}

impl AreaScale {
    /// The factor on group sizes.
    pub fn factor(self) -> f64 {
        match self {
            Self::Reference => 1.0,
            Self::Population(factor) | Self::Referrals(factor) => factor,
        }
    }

    /// The rule in words.
    pub fn words(self) -> String {
        match self {
            Self::Reference => "the pack's reference area".to_owned(),
            Self::Population(f) => format!("scaled by population ({:.3}%)", f * 100.0),
            Self::Referrals(f) => format!("scaled by share of referrals ({:.3}%)", f * 100.0),
        }
    }
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
}

impl Series {
    /// The value of `month`, if observed.
    pub fn at(&self, month: Month) -> Option<f64> {
        let index = usize::try_from(month.since(self.start)).ok()?;
        self.values.get(index).copied().flatten()
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
