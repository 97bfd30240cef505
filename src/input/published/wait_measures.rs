//! Which published measures tell of waits.

use crate::study::waits::Told;

/// How a published measure tells of waits.
pub(super) struct Source {
    pub(super) id: &'static str,
    pub(super) service: &'static str,
    pub(super) told: Told,
    /// For counts within a limit: the limit in weeks, and the measure of all who were seen.
    pub(super) of: Option<(f64, &'static str)>,
}

const fn source(id: &'static str, service: &'static str, told: Told) -> Source {
    Source { id, service, told, of: None }
}

const fn within(id: &'static str, service: &'static str, weeks: f64, of: &'static str) -> Source {
    Source { id, service, told: Told::Within, of: Some((weeks, of)) }
}

/// The measures that tell of waits. Talking therapies tell the first treatment of those who
/// finished a course (M076), which is not all who started.
pub(super) const SOURCES: [Source; 13] = [
    source("EIP23a", "eip", Told::Seen),
    within("EIP23b", "eip", 2.0, "EIP23a"),
    source("completed", "eip", Told::Seen),
    source("incomplete", "eip", Told::Waiting),
    source("M001", "iapt", Told::Referrals),
    within("M052", "iapt", 6.0, "M076"),
    within("M054", "iapt", 18.0, "M076"),
    source("CAMHS-accepted", "camhs", Told::Referrals),
    source("CAMHS-seen", "camhs", Told::Seen),
    within("CAMHS-seen-18", "camhs", 18.0, "CAMHS-seen"),
    source("CAMHS-median", "camhs", Told::Median),
    source("CAMHS-p90", "camhs", Told::Percentile90),
    source("CAMHS-waiting", "camhs", Told::Waiting),
];

/// Whether a measure is read for waits.
pub(super) fn is_of_waits(id: &str) -> bool {
    SOURCES.iter().any(|source| {
        source.id.eq_ignore_ascii_case(id)
            || source.of.is_some_and(|(_, all)| all.eq_ignore_ascii_case(id))
    })
}
