//! What a reader should know of published figures.

use super::layout::{Kind, Layout};
use super::series::Series;
use super::{FileRead, Report};
use crate::month::Month;

/// England's MHS32 as published, to recognise what was added up wrongly (Mental Health Services
/// Data Set time series, November 2022).
const ENGLAND_MHS32: [(i32, u32, f64); 3] =
    [(2018, 1, 283_233.0), (2019, 4, 301_477.0), (2020, 4, 214_893.0)];

/// What a reader should know of figures of this kind.
pub(super) fn add(kind: Kind, files: &[FileRead], series: &[Series], report: &mut Report) {
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
            let month = Month::new(*year, *month)?;
            Some((*series.months.get(&month)?)? / england)
        })
        .collect();
    let mean = ratios.iter().sum::<f64>() / ratios.len() as f64;
    let is_steady =
        ratios.len() >= 2 && ratios.iter().all(|ratio| (ratio / mean - 1.0).abs() < 0.05);
    is_steady.then_some(mean)
}
