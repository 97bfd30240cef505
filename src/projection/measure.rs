//! The quantities of every output, by the names they have there.

use serde::Serialize;

/// A quantity of a service line by month.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
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
    /// Median of what those still waiting have waited so far, in weeks.
    WaitSoFar,
    /// The share who started within an access standard, by its place in the list of its service.
    WithinStandard(u8),
    /// Arrivals over capacity.
    Load,
    /// What the treatment of everyone accepted costs, in pounds.
    Cost,
    /// What that of the surge costs.
    SurgeCost,
    /// Share of people who are severely ill.
    Severe,
    /// The surge with what levers change about it, before restrictions.
    SurgeWithLevers,
    /// People the surge would have in treatment if nobody waited.
    SurgePlaces,
    /// People who would wait at the end of the month without a pandemic.
    WaitingWithout,
    /// The median wait of those who would start without a pandemic, in weeks.
    WaitMedianWithout,
}

impl Measure {
    /// Every measure, in the order of the outputs.
    pub const ALL: [Self; 40] = [
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
        Self::WaitSoFar,
        Self::WithinStandard(0),
        Self::WithinStandard(1),
        Self::WithinStandard(2),
        Self::WithinStandard(3),
        Self::WithinStandard(4),
        Self::WithinStandard(5),
        Self::WithinStandard(6),
        Self::WithinStandard(7),
        Self::WithinStandard(8),
        Self::Load,
        Self::Cost,
        Self::SurgeCost,
        Self::Severe,
        Self::SurgePlaces,
        Self::SurgeWithLevers,
        Self::WaitingWithout,
        Self::WaitMedianWithout,
    ];

    /// What a waiting list brings, beside its starts.
    pub const OF_WAITS: [Self; 15] = [
        Self::Waiting,
        Self::WaitMedian,
        Self::WaitP90,
        Self::WaitSoFar,
        Self::WithinStandard(0),
        Self::WithinStandard(1),
        Self::WithinStandard(2),
        Self::WithinStandard(3),
        Self::WithinStandard(4),
        Self::WithinStandard(5),
        Self::WithinStandard(6),
        Self::WithinStandard(7),
        Self::WithinStandard(8),
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
    pub const OF_BURDEN: [Self; 5] =
        [Self::Cost, Self::SurgeCost, Self::Severe, Self::SurgePlaces, Self::SurgeWithLevers];

    /// What would be without a pandemic, beside the same with it.
    pub const WITHOUT: [Self; 2] = [Self::WaitingWithout, Self::WaitMedianWithout];

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

    /// Demand at the door of a service, without levers.
    pub const AT_DOOR: [Self; 5] =
        [Self::Underlying, Self::Suppressed, Self::Returning, Self::Surge, Self::Referrals];

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
        self.place_and_name().1
    }

    /// Its place among all measures, from 0, in no order that matters.
    pub const fn place(self) -> usize {
        self.place_and_name().0
    }

    const fn place_and_name(self) -> (usize, &'static str) {
        /// Places before those of the standards.
        const OTHERS: usize = Measure::ALL.len() - WITHIN.len();
        /// By standard: the name of the share within it.
        const WITHIN: [&str; 9] = [
            "within_standard",
            "within_standard2",
            "within_standard3",
            "within_standard4",
            "within_standard5",
            "within_standard6",
            "within_standard7",
            "within_standard8",
            "within_standard9",
        ];
        match self {
            Self::Underlying => (0, "underlying"),
            Self::Suppressed => (1, "suppressed"),
            Self::Returning => (2, "returning"),
            Self::Surge => (3, "surge"),
            Self::SurgeImmediate => (4, "surge_immediate"),
            Self::SurgeLongitudinal => (5, "surge_longitudinal"),
            Self::Levers => (6, "levers"),
            Self::Referrals => (7, "referrals"),
            Self::Accepted => (8, "accepted"),
            Self::BelowThreshold => (9, "below_threshold"),
            Self::Unmet => (10, "unmet"),
            Self::Starts => (11, "starts"),
            Self::Waiting => (12, "waiting"),
            Self::Caseload => (13, "caseload"),
            Self::Contacts => (14, "contacts"),
            Self::BedDays => (15, "bed_days"),
            Self::Discharges => (16, "discharges"),
            Self::SurgeCaseload => (17, "surge_caseload"),
            Self::SurgeContacts => (18, "surge_contacts"),
            Self::Reneged => (19, "reneged"),
            Self::WaitMedian => (20, "wait_median"),
            Self::WaitP90 => (21, "wait_p90"),
            Self::Load => (22, "load"),
            Self::Cost => (23, "cost"),
            Self::SurgeCost => (24, "surge_cost"),
            Self::Severe => (25, "severe"),
            Self::SurgePlaces => (26, "surge_places"),
            Self::WaitSoFar => (27, "wait_so_far"),
            Self::WaitingWithout => (28, "waiting_without"),
            Self::WaitMedianWithout => (29, "wait_median_without"),
            Self::SurgeWithLevers => (30, "surge_with_levers"),
            Self::WithinStandard(standard) => {
                (OTHERS + standard as usize, WITHIN[standard as usize])
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_has_a_place_and_a_name_of_its_own() {
        let mut places: Vec<usize> = Measure::ALL.into_iter().map(Measure::place).collect();
        places.sort_unstable();
        assert!(places.iter().enumerate().all(|(i, place)| i == *place), "{places:?}");
        let mut names: Vec<&str> = Measure::ALL.into_iter().map(Measure::name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Measure::ALL.len());
    }
}
