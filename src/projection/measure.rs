//! The quantities of every output, by the names they have there.

use serde::Serialize;

/// A quantity of a service line by month.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Would have been referred without Covid.
    Underlying,
    /// Underlying demand and surge that did not present because of restrictions.
    Suppressed,
    /// Previously suppressed demand that presents later.
    Returning,
    /// New need caused by the pandemic that presents: the two parts together.
    Surge,
    /// Surge within three months of exposure.
    SurgeImmediate,
    /// Surge after three months or more.
    SurgeLongitudinal,
    /// Net effect of levers on referrals.
    Levers,
    /// All referrals.
    Referrals,
    /// Referrals accepted.
    Accepted,
    /// Referrals not accepted.
    BelowThreshold,
    /// Suppressed demand that will never present.
    Unmet,
    /// Treatment starts.
    Starts,
    /// People waiting at the end of the month.
    Waiting,
    /// People in treatment at the start of the month.
    Caseload,
    /// Contacts with people in treatment.
    Contacts,
    /// Bed-days of people in treatment.
    BedDays,
    /// People who leave treatment.
    Discharges,
    /// People in treatment who came by the surge.
    SurgeCaseload,
    /// Contacts with them.
    SurgeContacts,
    /// People who left the waiting list without being seen.
    Reneged,
    /// Median wait of those who started, in weeks.
    WaitMedian,
    /// The 90th percentile of it.
    WaitP90,
    /// The share who started within the access standard.
    WithinStandard,
    /// The share who started within the second standard.
    WithinStandard2,
    /// Arrivals over capacity.
    Load,
    /// What the treatment of everyone accepted costs, in pounds.
    Cost,
    /// What that of the surge costs.
    SurgeCost,
    /// Share of people who are severely ill.
    Severe,
    /// People the surge would have in treatment if nobody waited.
    SurgePlaces,
}

impl Measure {
    /// Every measure, in the order of the outputs.
    pub const ALL: [Self; 29] = [
        Self::Underlying,
        Self::Suppressed,
        Self::Returning,
        Self::Surge,
        Self::SurgeImmediate,
        Self::SurgeLongitudinal,
        Self::Levers,
        Self::Referrals,
        Self::Accepted,
        Self::BelowThreshold,
        Self::Unmet,
        Self::Starts,
        Self::Waiting,
        Self::Caseload,
        Self::Contacts,
        Self::BedDays,
        Self::Discharges,
        Self::SurgeCaseload,
        Self::SurgeContacts,
        Self::Reneged,
        Self::WaitMedian,
        Self::WaitP90,
        Self::WithinStandard,
        Self::WithinStandard2,
        Self::Load,
        Self::Cost,
        Self::SurgeCost,
        Self::Severe,
        Self::SurgePlaces,
    ];

    /// What a waiting list brings, beside its starts.
    pub const OF_WAITS: [Self; 7] = [
        Self::Waiting,
        Self::WaitMedian,
        Self::WaitP90,
        Self::WithinStandard,
        Self::WithinStandard2,
        Self::Load,
        Self::Reneged,
    ];

    /// The measures a family sums over its services.
    pub const OF_FAMILY: [Self; 10] = [
        Self::Underlying,
        Self::Suppressed,
        Self::Returning,
        Self::Surge,
        Self::SurgeImmediate,
        Self::SurgeLongitudinal,
        Self::Levers,
        Self::Referrals,
        Self::Accepted,
        Self::Starts,
    ];

    /// The measures from which the burden of the surge is made.
    pub const OF_BURDEN: [Self; 4] = [Self::Cost, Self::SurgeCost, Self::Severe, Self::SurgePlaces];

    /// The measures compared between scenarios, as totals over the horizon.
    pub const COMPARED: [Self; 7] = [
        Self::Referrals,
        Self::Suppressed,
        Self::Returning,
        Self::Surge,
        Self::Levers,
        Self::Starts,
        Self::Unmet,
    ];

    /// Whether capacity and waits have a say in it.
    pub const fn is_after_acceptance(self) -> bool {
        !matches!(
            self,
            Self::Underlying
                | Self::Suppressed
                | Self::Returning
                | Self::Surge
                | Self::SurgeImmediate
                | Self::SurgeLongitudinal
                | Self::Levers
                | Self::Referrals
                | Self::Unmet
        )
    }

    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Underlying => "underlying",
            Self::Suppressed => "suppressed",
            Self::Returning => "returning",
            Self::Surge => "surge",
            Self::SurgeImmediate => "surge_immediate",
            Self::SurgeLongitudinal => "surge_longitudinal",
            Self::Levers => "levers",
            Self::Referrals => "referrals",
            Self::Accepted => "accepted",
            Self::BelowThreshold => "below_threshold",
            Self::Unmet => "unmet",
            Self::Starts => "starts",
            Self::Waiting => "waiting",
            Self::Caseload => "caseload",
            Self::Contacts => "contacts",
            Self::BedDays => "bed_days",
            Self::Discharges => "discharges",
            Self::SurgeCaseload => "surge_caseload",
            Self::SurgeContacts => "surge_contacts",
            Self::Reneged => "reneged",
            Self::WaitMedian => "wait_median",
            Self::WaitP90 => "wait_p90",
            Self::WithinStandard => "within_standard",
            Self::WithinStandard2 => "within_standard2",
            Self::Load => "load",
            Self::Cost => "cost",
            Self::SurgeCost => "surge_cost",
            Self::Severe => "severe",
            Self::SurgePlaces => "surge_places",
        }
    }
}

/// A quantity of need by group and condition.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NeedMeasure {
    /// People who newly develop the condition.
    Need,
    /// People who have it now.
    InNeed,
    /// Of them, those exposed within three months before.
    InNeedImmediate,
    /// Of them, the others.
    InNeedLongitudinal,
    /// People who present and are not accepted.
    BelowThreshold,
    /// People who never present.
    Unmet,
    /// People who present.
    Seen,
}

impl NeedMeasure {
    /// Every measure, in the order of the outputs.
    pub const ALL: [Self; 7] = [
        Self::Need,
        Self::InNeed,
        Self::InNeedImmediate,
        Self::InNeedLongitudinal,
        Self::BelowThreshold,
        Self::Unmet,
        Self::Seen,
    ];

    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Need => "need",
            Self::InNeed => "in_need",
            Self::InNeedImmediate => "in_need_immediate",
            Self::InNeedLongitudinal => "in_need_longitudinal",
            Self::BelowThreshold => "below_threshold",
            Self::Unmet => "unmet",
            Self::Seen => "seen",
        }
    }
}
