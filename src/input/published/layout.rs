//! The kinds of files known, and how each is recognised from its header.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::gather::Defaults;
use super::rows::Header;
use super::series::Series;
use super::{FileRead, Report};
use crate::diagnostics::nearest;

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

    /// The kind whose name is nearest to `text`.
    pub fn nearest(text: &str) -> Option<&'static str> {
        nearest(text, Self::ALL.into_iter().map(|(name, _)| name))
    }
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

/// The published layout that a header is of.
pub(super) fn known(header: &Header) -> Option<Layout> {
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
    let is_daily = || header.find("date").is_some() && header.any(super::covid::COLUMNS).is_some();
    sign.or_else(|| is_daily().then_some(Layout::CovidDaily))
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

/// England's MHS32 as published, to recognise what was added up wrongly (Mental Health Services
/// Data Set time series, November 2022).
const ENGLAND_MHS32: [(i32, u32, f64); 3] =
    [(2018, 1, 283_233.0), (2019, 4, 301_477.0), (2020, 4, 214_893.0)];

/// What a reader should know of figures of this kind.
pub(super) fn notes(kind: Kind, files: &[FileRead], series: &[Series], report: &mut Report) {
    for file in files.iter().filter(|file| file.layout == Layout::Table && kind != Kind::Table) {
        let text = format!("not laid out as {kind} is published but by month: taken as it stands.");
        report.note_about(&file.name, text);
    }
    let below_england = series.iter().any(|s| s.area != "England" && !s.area.is_empty());
    if matches!(kind, Kind::Mhsds | Kind::TalkingTherapies)
        && below_england
        && files.iter().any(|file| file.layout != Layout::Table)
    {
        report.note(
            "Below England, counts are published rounded to the nearest 5 and those under 5 \
             withheld.",
        );
    }
    let starts = series.iter().filter_map(|one| one.months.keys().next()).min();
    let is_mhsds = kind == Kind::Mhsds && files.iter().any(|file| file.layout.kind() == kind);
    if is_mhsds && starts.is_some_and(|month| month.year() < 2020) {
        report.note(
            "More providers joined the data set year by year to 2020: part of any trend before is \
             coverage.",
        );
    }
    if kind == Kind::Mhsds && series.iter().any(|one| one.service == "eip-starts") {
        report.note(
            "EIP23 runs 9 to 20% above the Unify returns where both exist: never join the two.",
        );
    }
    let has_starts = series.iter().any(|one| one.measure == "starts");
    if has_starts && files.iter().any(|file| file.layout == Layout::EipUnify) {
        report.note(
            "These returns have no totals: providers' and CCGs' figures are added up here, each \
             pair once. They count pathways started, not referrals.",
        );
    }
    if files.iter().any(|file| file.layout == Layout::Table) && !has_service_named(series) {
        report.note(
            "The service is named after its column: `--service ID` gives it another name, such \
             as `secondary`.",
        );
    }
    for one in series {
        if let Some(ratio) = times_england(one)
            && ratio > 1.5
        {
            report.note(format!(
                "{}: these figures are {ratio:.2} times England's published MHS32: were England, \
                 its CCGs and its providers added together? Import the published file instead.",
                one.service
            ));
        }
    }
}

/// Whether every series is of a service that published measures map to.
fn has_service_named(series: &[Series]) -> bool {
    const SERVICES: [&str; 5] = ["secondary", "iapt", "camhs", "eip", "eip-starts"];
    series.iter().all(|one| SERVICES.contains(&one.service.as_str()))
}

/// A steady multiple of England's own figures.
fn times_england(series: &Series) -> Option<f64> {
    let ratios: Vec<f64> = ENGLAND_MHS32
        .iter()
        .filter_map(|(year, month, england)| {
            let month = crate::month::Month::new(*year, *month)?;
            Some((*series.months.get(&month)?)? / england)
        })
        .collect();
    let mean = ratios.iter().sum::<f64>() / ratios.len() as f64;
    let is_steady =
        ratios.len() >= 2 && ratios.iter().all(|ratio| (ratio / mean - 1.0).abs() < 0.05);
    is_steady.then_some(mean)
}
