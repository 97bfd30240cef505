//! Waits as published: what a study knows of who was seen, how soon, and who still waits.

use crate::month::Month;
use crate::study::pack::same_name;

/// What a published figure tells.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// Referrals accepted in the period.
    Referrals,
    /// People seen in the period: treatments started.
    Seen,
    /// Share of those seen within a limit.
    Within,
    /// Median wait of those seen, weeks.
    Median,
    /// 90th percentile of the waits of those seen, weeks.
    Percentile90,
    /// People still waiting at the period's end.
    Waiting,
}

impl Told {
    /// Everything that can be told, by its name in files.
    pub const NAMES: [(&'static str, Self); 6] = [
        ("referrals", Self::Referrals),
        ("seen", Self::Seen),
        ("within", Self::Within),
        ("median", Self::Median),
        ("p90", Self::Percentile90),
        ("waiting", Self::Waiting),
    ];

    /// What it is, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Referrals => "referrals accepted",
            Self::Seen => "people seen",
            Self::Within => "share of those seen within a limit",
            Self::Median => "median wait of those seen",
            Self::Percentile90 => "90th percentile of the waits of those seen",
            Self::Waiting => "people still waiting",
        }
    }

    /// Its name in files.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, told)| *told == self).map_or("", |(name, _)| name)
    }
}

/// One published figure of one service in one area.
#[derive(Clone, PartialEq, Debug)]
pub struct Figure {
    /// What it tells.
    pub told: Told,
    /// The limit of a share, in weeks.
    pub weeks: Option<f64>,
    /// The first month of its period.
    pub first: Month,
    /// The last.
    pub last: Month,
    /// The figure.
    pub value: f64,
}

/// All that is published of one service in one area, in the order of time.
#[derive(Clone, PartialEq, Debug)]
pub struct Published {
    /// The area's id.
    pub area: String,
    /// The service.
    pub service: usize,
    /// The figures.
    pub figures: Vec<Figure>,
    /// The file it stands in.
    pub file: String,
}

impl Published {
    /// What is published of a service in an area.
    pub fn find<'a>(all: &'a [Self], service: usize, area: &str) -> Option<&'a Self> {
        all.iter().find(|own| own.service == service && same_name(&own.area, area))
    }
}
