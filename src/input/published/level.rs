//! What kind of area a row is about, and which rows are parts of another row.
//!
//! England's files set totals beside their parts (England beside its CCGs, providers and age
//! bands), under labels that drift from release to release. Areas are therefore never added up:
//! a series is one area at one level, and rows broken down further are left out.

use serde::Serialize;

use super::rows::plain;

/// A kind of area, in the order taken where one code stands at several levels.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// A whole country.
    Nation,
    /// A commissioning region.
    Region,
    /// An integrated care board; before July 2022 a sustainability and transformation partnership.
    Icb,
    /// A sub-ICB location by GP practice; before July 2022 a clinical commissioning group.
    SubIcb,
    /// The same areas, by where people live.
    SubIcbOfResidence,
    /// An organisation that treats people.
    Provider,
    /// Providers by where responsibility lies.
    ProviderOfResponsibility,
    /// A council with social services.
    LocalAuthority,
    /// A Scottish health board.
    HealthBoard,
    /// An area of a table that does not say which kind it is.
    Area,
}

impl Level {
    /// Every level, in order.
    pub const ALL: [Self; 10] = [
        Self::Nation,
        Self::Region,
        Self::Icb,
        Self::SubIcb,
        Self::SubIcbOfResidence,
        Self::Provider,
        Self::ProviderOfResponsibility,
        Self::LocalAuthority,
        Self::HealthBoard,
        Self::Area,
    ];

    /// The name to choose it by.
    pub fn id(self) -> &'static str {
        match self {
            Self::Nation => "nation",
            Self::Region => "region",
            Self::Icb => "icb",
            Self::SubIcb => "sub-icb",
            Self::SubIcbOfResidence => "sub-icb-of-residence",
            Self::Provider => "provider",
            Self::ProviderOfResponsibility => "provider-of-responsibility",
            Self::LocalAuthority => "local-authority",
            Self::HealthBoard => "health-board",
            Self::Area => "area",
        }
    }
}

/// One way a level has been labelled.
struct Synonym {
    label: &'static str,
    level: Level,
    /// When it is seen; the labels are told apart by their text, the dates are for the reader.
    #[allow(dead_code)]
    seen: &'static str,
}

const fn synonym(label: &'static str, level: Level, seen: &'static str) -> Synonym {
    Synonym { label, level, seen }
}

/// Labels as published, without case and punctuation. Dates are those of the MHSDS time series
/// of April 2016 to November 2022 unless another file is named.
const SYNONYMS: &[Synonym] = &[
    synonym("england", Level::Nation, "April 2016 to July 2022"),
    synonym("scotland", Level::Nation, "Public Health Scotland"),
    synonym("national", Level::Nation, "talking therapies annual reports"),
    synonym("region", Level::Region, "March 2021 to June 2022"),
    synonym("commissioningregion", Level::Region, "talking therapies from 2022"),
    synonym("stp", Level::Icb, "January 2021 to June 2022"),
    synonym("icb", Level::Icb, "August 2022 on"),
    synonym("icbofgppracticeorresidence", Level::Icb, "four-week waits, 2024"),
    synonym("ccg", Level::SubIcb, "talking therapies to June 2022"),
    synonym("ccggppracticeorresidence", Level::SubIcb, "April 2016 to June 2022"),
    synonym("subicb", Level::SubIcb, "talking therapies from July 2022"),
    synonym("subicbgppracticeorresidence", Level::SubIcb, "August 2022 on"),
    synonym("subicbofgppracticeorresidence", Level::SubIcb, "four-week waits"),
    synonym("ccgofresidence", Level::SubIcbOfResidence, "March 2021 to April 2022"),
    synonym("subicbofresidence", Level::SubIcbOfResidence, "August 2022 on"),
    synonym("provider", Level::Provider, "all months; PROVIDER in April 2016"),
    synonym("providerofresponsibility", Level::ProviderOfResponsibility, "August 2022"),
    synonym("cassr", Level::LocalAuthority, "wide layout, 2018"),
];

/// What a breakdown label says about its rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Breakdown {
    /// Totals of areas of one kind.
    Whole(Level),
    /// Parts of such totals: by age, ethnicity, provider within council.
    Part,
    /// A label not seen before: left out and named, never guessed.
    Unknown,
}

/// Reads a breakdown label.
pub(super) fn breakdown(label: &str) -> Breakdown {
    if label.contains([';', '/']) {
        return Breakdown::Part;
    }
    let label = plain(label);
    SYNONYMS
        .iter()
        .find(|synonym| synonym.label == label)
        .map_or(Breakdown::Unknown, |synonym| Breakdown::Whole(synonym.level))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_drift_are_one_level() {
        for label in ["Provider", "PROVIDER"] {
            assert_eq!(breakdown(label), Breakdown::Whole(Level::Provider));
        }
        for label in ["CCG - GP Practice or Residence", "Sub ICB - GP Practice or Residence"] {
            assert_eq!(breakdown(label), Breakdown::Whole(Level::SubIcb));
        }
        assert_eq!(breakdown("STP"), breakdown("ICB"));
    }

    #[test]
    fn parts_and_unknown_labels_are_no_totals() {
        for label in ["England; Age", "CASSR; Provider", "Provider; Ethnicity"] {
            assert_eq!(breakdown(label), Breakdown::Part);
        }
        assert_eq!(breakdown("Ward"), Breakdown::Unknown);
    }
}
