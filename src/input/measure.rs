//! What a published measure counts, and the service line it stands for.
//!
//! A monthly count of referrals can be a baseline. People in contact at a month's end are a
//! stock, people seen within twelve months are counted once each and no sum of months, and a
//! proportion is no count at all.

use serde::Serialize;

/// The service line and unit of a measure.
pub(super) struct Known {
    id: &'static str,
    /// The service id of the baseline.
    pub(super) service: &'static str,
    /// What is counted.
    pub(super) word: &'static str,
}

const fn known_as(id: &'static str, service: &'static str, word: &'static str) -> Known {
    Known { id, service, word }
}

/// Measures with a service line of their own; any other takes its id as service.
const KNOWN: &[Known] = &[
    known_as("MHS32", "secondary", "referrals"),
    known_as("M001", "iapt", "referrals"),
    known_as("IAPT", "iapt", "referrals"),
    known_as("CAMHS", "camhs", "referrals"),
    known_as("CAMHS-accepted", "camhs", "accepted"),
    known_as("MRS11", "camhs", "referral spells"),
    known_as("completed", "eip-starts", "starts"),
    known_as("incomplete", "eip-waiting", "waiting"),
    known_as("EIP23a", "eip-starts", "starts"),
    known_as("CCR70", "crisis-resolution", "emergency referrals"),
    known_as("CCR71", "crisis-resolution", "urgent referrals"),
];

/// The service line of a measure, if it has one.
pub(super) fn known(id: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.id.eq_ignore_ascii_case(id))
}

/// What kind of number a measure is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Nature {
    /// Events in the period: they can be added over months.
    Flow,
    /// A state at the period's end.
    Stock,
    /// Different people over a long period: not the sum of its months.
    People,
    /// A proportion, rate or time: no count.
    Share,
}

impl Nature {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Flow => "events",
            Self::Stock => "a stock",
            Self::People => "people",
            Self::Share => "no count",
        }
    }
}

/// Tells the kind from the measure's published name.
pub(crate) fn nature(name: &str) -> Nature {
    let name = name.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if has(&[
        "proportion",
        "rate of",
        "(ratio",
        "%",
        "per cent",
        "percent",
        "median",
        "percentile",
        "per 100,000",
    ]) {
        Nature::Share
    } else if has(&[
        "at the end of",
        "at end of",
        "at month end",
        "waiting at",
        "total waiting",
        "patientswaiting",
        "waiting list",
        "number waiting",
        "hospitalcases",
    ]) {
        Nature::Stock
    } else if has(&["rolling", "number of people accessing", "perinatal access", "cyp aged"]) {
        Nature::People
    } else {
        Nature::Flow
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_flows_from_stocks_people_and_shares() {
        for (name, expected) in [
            ("MHS32 - Referrals starting in the RP", Nature::Flow),
            ("People in contact with services at the end of the reporting period", Nature::Stock),
            ("Number of CYP aged under 18 supported (12 month rolling)", Nature::People),
            ("Proportion of CMH referral-spells waiting more than 104 weeks", Nature::Share),
            ("entered treatment change Feb->Apr 2020 (ratio)", Nature::Share),
            ("hospitalCases", Nature::Stock),
            ("Median time (days) for open referral-spells", Nature::Share),
        ] {
            assert_eq!(nature(name), expected, "{name}");
        }
    }

    #[test]
    fn known_measures_name_their_service() {
        assert_eq!(known("mhs32").map(|k| k.service), Some("secondary"));
        assert!(known("MHS29").is_none());
    }
}
