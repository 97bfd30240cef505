//! The kinds of files known, and how each is recognised from its header.

use std::fmt;
use std::str::FromStr;

use csv::StringRecord;
use serde::Serialize;

use super::header::Header;

/// Who publishes a file, by the word used on the command line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Mental Health Services Data Set, NHS England.
    Mhsds,
    /// Talking therapies (IAPT), NHS England.
    TalkingTherapies,
    /// Early intervention in psychosis waiting times, NHS England (Unify2 returns).
    Eip,
    /// Child and adolescent mental health, Public Health Scotland.
    PhsCamhs,
    /// Daily virus series of the UK Covid-19 dashboard.
    Covid,
    /// Any table with a month and figures.
    Table,
}

impl Kind {
    /// Every kind, as named on the command line.
    pub const ALL: [(&'static str, Self); 6] = [
        ("mhsds", Self::Mhsds),
        ("talking-therapies", Self::TalkingTherapies),
        ("eip", Self::Eip),
        ("phs-camhs", Self::PhsCamhs),
        ("covid", Self::Covid),
        ("table", Self::Table),
    ];
}

impl FromStr for Kind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|(name, _)| *name == text).map(|(_, kind)| kind).ok_or(())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name =
            Self::ALL.into_iter().find(|(_, kind)| kind == self).map_or("", |(name, _)| name);
        f.write_str(name)
    }
}

/// How a file is laid out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// A row per area, period and measure.
    MhsdsLong,
    /// A row per area and month, a column per measure (to 2018-19).
    MhsdsWide,
    /// A row per organisation, month and measure.
    TalkingTherapiesMonthly,
    /// Totals by financial year.
    TalkingTherapiesAnnual,
    /// A row per organisation and variable of one financial year.
    TalkingTherapiesReport,
    /// A row per provider, CCG, month and state of the pathway.
    EipUnify,
    /// A row per health board and month: referrals.
    PhsCamhs,
    /// A row per health board and month: those seen, or those waiting.
    PhsCamhsWaits,
    /// A row per day, a column per series.
    CovidDaily,
    /// A row per day and metric.
    CovidUkhsa,
    /// A month and figures.
    Table,
}

impl Layout {
    /// The kind it belongs to.
    pub fn kind(self) -> Kind {
        match self {
            Self::MhsdsLong | Self::MhsdsWide => Kind::Mhsds,
            Self::TalkingTherapiesMonthly
            | Self::TalkingTherapiesAnnual
            | Self::TalkingTherapiesReport => Kind::TalkingTherapies,
            Self::EipUnify => Kind::Eip,
            Self::PhsCamhs | Self::PhsCamhsWaits => Kind::PhsCamhs,
            Self::CovidDaily | Self::CovidUkhsa => Kind::Covid,
            Self::Table => Kind::Table,
        }
    }

    /// Whether files of `kind` come in this layout: its own, or already tidied to a table.
    pub(super) fn serves(self, kind: Kind) -> bool {
        self.kind() == kind || (self == Self::Table && kind != Kind::Covid)
    }

    /// What it is, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::MhsdsLong => "mhsds, long layout",
            Self::MhsdsWide => "mhsds, wide layout",
            Self::TalkingTherapiesMonthly => "talking-therapies by month",
            Self::TalkingTherapiesAnnual => "talking-therapies by year",
            Self::TalkingTherapiesReport => "talking-therapies, annual report",
            Self::EipUnify => "eip, Unify time series",
            Self::PhsCamhs => "phs-camhs by health board and month",
            Self::PhsCamhsWaits => "phs-camhs waits by health board and month",
            Self::CovidDaily => "covid by day",
            Self::CovidUkhsa => "covid, UKHSA data dashboard",
            Self::Table => "a table",
        }
    }
}

/// The layout of a file that is published, and which of its first records is its header.
pub(super) fn find(records: &[StringRecord]) -> Option<(Layout, usize)> {
    records.iter().enumerate().find_map(|(at, record)| {
        let header = Header(record.iter().map(|name| name.trim().to_owned()).collect());
        Some((known(&header)?, at))
    })
}

/// Columns of the virus dashboard, by which its files are known.
const DASHBOARD: &[&str] = &[
    "newAdmissions",
    "hospitalCases",
    "covidOccupiedMVBeds",
    "newDeaths28DaysByDeathDate",
    "hospitalDeaths",
    "newCasesBySpecimenDate",
];

/// The published layout that a header is of.
fn known(header: &Header) -> Option<Layout> {
    let signs: [(&[&str], Layout); 11] = [
        (&["REPORTING_PERIOD_START", "BREAKDOWN", "MEASURE_ID"], Layout::MhsdsLong),
        (&["REPORTING_PERIOD", "BREAKDOWN", "PRIMARY_LEVEL"], Layout::MhsdsWide),
        (&["REPORTING_PERIOD_START", "ORG_CODE1", "MEASURE_ID"], Layout::TalkingTherapiesMonthly),
        (
            &["OrgType", "OrgCode", "VariableType", "CountReferralsReceived"],
            Layout::TalkingTherapiesReport,
        ),
        (&["financial_year", "area", "referrals"], Layout::TalkingTherapiesAnnual),
        (&["Provider_Org_code", "Total_Pathways"], Layout::EipUnify),
        (&["Month", "HB", "ReferralsReceived"], Layout::PhsCamhs),
        (&["Month", "HB", "TotalPatientsSeen"], Layout::PhsCamhsWaits),
        (&["Month", "HB", "TotalPatientsWaiting"], Layout::PhsCamhsWaits),
        (&["metric", "metric_value", "date"], Layout::CovidUkhsa),
        (&["date", "newAdmissions"], Layout::CovidDaily),
    ];
    let sign = signs.iter().find(|(columns, _)| header.has(columns)).map(|(_, layout)| *layout);
    let is_daily = || header.find("date").is_some() && header.any(DASHBOARD).is_some();
    sign.or_else(|| is_daily().then_some(Layout::CovidDaily))
}

/// What is chosen when the user names nothing.
#[derive(Clone, Copy)]
pub(super) struct Defaults {
    /// The country whose totals are taken; all areas where `None`.
    pub(super) nation: Option<&'static str>,
    /// The measures; all where empty.
    pub(super) measures: &'static [&'static str],
}

/// What is taken when the user names nothing.
pub(super) fn defaults(layouts: &[Layout]) -> Defaults {
    let of = |nation, measures| Defaults { nation, measures };
    if layouts.contains(&Layout::Table) {
        return of(None, &[]);
    }
    match layouts.first() {
        Some(Layout::MhsdsLong | Layout::MhsdsWide) => of(Some("England"), &["MHS32"]),
        Some(Layout::TalkingTherapiesMonthly) => of(Some("England"), &["M001"]),
        Some(Layout::TalkingTherapiesAnnual | Layout::TalkingTherapiesReport) => {
            of(Some("England"), &["IAPT"])
        }
        Some(Layout::EipUnify) => of(Some("England"), &["completed"]),
        Some(Layout::PhsCamhs | Layout::PhsCamhsWaits) => {
            of(Some("Scotland"), &["CAMHS", "CAMHS-seen", "CAMHS-waiting"])
        }
        Some(Layout::Table | Layout::CovidDaily | Layout::CovidUkhsa) | None => of(None, &[]),
    }
}
