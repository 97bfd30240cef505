//! Places: what areas there are and were, what each is a part of, what became of it and when, and
//! who lives there.

use jiff::civil::Date;

/// A nation of the United Kingdom: standards are a nation's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nation {
    /// England.
    #[default]
    England,
    /// Scotland.
    Scotland,
    /// Wales.
    Wales,
    /// Northern Ireland.
    NorthernIreland,
}

impl Nation {
    /// Every nation by its name.
    pub const NAMES: [(&'static str, Self); 4] = [
        ("England", Self::England),
        ("Scotland", Self::Scotland),
        ("Wales", Self::Wales),
        ("Northern Ireland", Self::NorthernIreland),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, nation)| *nation == self).map_or("", |(name, _)| name)
    }
}

/// What kind of area a place is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// A whole nation.
    Nation,
    /// A commissioning region of England.
    Region,
    /// An integrated care board.
    Icb,
    /// A sub-ICB location, and the clinical commissioning group it was.
    SubIcb,
    /// A clinical commissioning group that was merged before July 2022.
    Ccg,
    /// A health board of Scotland or Wales.
    HealthBoard,
    /// A health and social care trust of Northern Ireland.
    HscTrust,
}

impl Kind {
    /// Every kind by its name.
    pub const NAMES: [(&'static str, Self); 7] = [
        ("nation", Self::Nation),
        ("region", Self::Region),
        ("icb", Self::Icb),
        ("sub-icb", Self::SubIcb),
        ("ccg", Self::Ccg),
        ("health-board", Self::HealthBoard),
        ("hsc-trust", Self::HscTrust),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }
}

/// An area that is or was.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its code of the NHS, or its name where it has none.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Where it is.
    pub nation: Nation,
    /// What it is a part of.
    pub part_of: Option<String>,
    /// Its codes of the Office for National Statistics, of any year.
    pub gss: Vec<String>,
    /// Its first day; none where it was always there.
    pub from: Option<Date>,
    /// Its last day; none where it still is.
    pub to: Option<Date>,
    /// Residents in mid-2019 (of Wales mid-2018).
    pub residents: Option<f64>,
    /// The areas it was made of, where they are not its parts by `part_of`.
    pub made_of: Vec<String>,
}

impl Place {
    /// Whether it is there on a day.
    pub fn is_there(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    /// Whether a code is its own, in any case.
    pub fn has_code(&self, code: &str) -> bool {
        let is = |own: &str| own.eq_ignore_ascii_case(code);
        is(&self.id) || self.gss.iter().any(|gss| is(gss))
    }
}

/// What became of an area, or of a part of it.
#[derive(Clone, Debug)]
pub struct Succession {
    /// The first day on which it is so.
    pub date: Date,
    /// The area before.
    pub area: String,
    /// The area after; the same where only a part moved away.
    pub successor: String,
    /// The share of the residents before who live in it; none where it is not published.
    pub share: Option<f64>,
    /// What happened, in a word or two.
    pub what: String,
}

/// Ages that residents are counted by: the first and last year of each band.
pub const AGES: [(u32, u32); 9] =
    [(0, 4), (5, 10), (11, 17), (18, 24), (25, 34), (35, 49), (50, 64), (65, 79), (80, 99)];

/// Fifths of deprivation, the most deprived first.
pub const FIFTHS: usize = 5;

/// Ethnic groups of the census, by the names they have in packs.
pub const ETHNIC_GROUPS: [&str; 5] = ["white", "mixed", "asian", "black", "other"];

/// Who lives in an area.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Residents {
    /// People in mid-2019 by age and fifth of deprivation (of England, 2019).
    pub people: [[f64; FIFTHS]; AGES.len()],
    /// People in the census of 2021 by ethnic group.
    pub ethnic: [f64; ETHNIC_GROUPS.len()],
}

impl Residents {
    /// Adds those of another area.
    pub fn add(&mut self, other: &Self) {
        let own = self.people.iter_mut().flatten().chain(&mut self.ethnic);
        for (own, other) in own.zip(other.people.iter().flatten().chain(&other.ethnic)) {
            *own += other;
        }
    }

    /// All of them in mid-2019.
    pub fn total(&self) -> f64 {
        self.people.iter().flatten().sum()
    }

    /// People weighted by age and by fifth.
    pub fn weighted(&self, age: impl Fn(usize) -> f64, fifth: impl Fn(usize) -> f64) -> f64 {
        let of = |(at, fifths): (usize, &[f64; FIFTHS])| {
            let people = fifths.iter().enumerate();
            age(at) * people.map(|(q, people)| fifth(q) * people).sum::<f64>()
        };
        self.people.iter().enumerate().map(of).sum()
    }
}

/// The share of an age band that lies between two years of age, both included.
pub fn share_of_band(band: usize, (from, to): (u32, u32)) -> f64 {
    let Some(&(first, last)) = AGES.get(band) else { return 0.0 };
    let years = |from: u32, to: u32| f64::from((to + 1).saturating_sub(from));
    years(first.max(from), last.min(to)) / years(first, last)
}
