//! Service lines of a pack: what each counts, its figures, its standard and its family.

use crate::model::waiting::Whose;
use crate::month::Month;
use crate::study::figures::FigureId;
use crate::study::names::same_name;

/// What a service line counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Referrals to a team.
    Referral,
    /// Referrals with a suspected condition, before triage.
    Suspicion,
    /// Treatment starts.
    Start,
    /// Contacts, such as calls.
    Contact,
    /// Admissions to a bed.
    Admission,
    /// Attendances.
    Attendance,
}

impl Unit {
    /// Every unit by its name.
    pub const NAMES: [(&'static str, Self); 6] = [
        ("referral", Self::Referral),
        ("suspicion", Self::Suspicion),
        ("start", Self::Start),
        ("contact", Self::Contact),
        ("admission", Self::Admission),
        ("attendance", Self::Attendance),
    ];

    /// One of it.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, unit)| *unit == self).map_or("", |(name, _)| name)
    }

    /// Many of it.
    pub fn plural(self) -> String {
        format!("{}s", self.name())
    }
}

/// A service line.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub label: String,
    /// Index of its family in [`Pack::families`].
    pub family: usize,
    /// What it counts.
    pub unit: Unit,
    /// Other names baselines may use.
    pub aliases: Vec<String>,
    /// For a total, the services it is the sum of; people never route to a total.
    pub members: Vec<usize>,
    /// Its figures.
    pub figures: ServiceFigures,
    /// Its access standards, the main one first.
    pub standards: Vec<Standard>,
    /// How people wait for it in areas that have figures of their own.
    pub local_waits: Vec<(String, WaitFigures)>,
    /// Conditions with a severe share of their own here; the others have the service's.
    pub severe_by_condition: Vec<(usize, FigureId)>,
}

impl Service {
    /// The share of people with `condition` who are severely ill.
    pub fn severe_share(&self, condition: usize) -> FigureId {
        let own = self.severe_by_condition.iter().find(|(c, _)| *c == condition);
        own.map_or(self.figures.severity.severe_share, |(_, figure)| *figure)
    }

    /// Whether it is a sum of others.
    pub fn is_total(&self) -> bool {
        !self.members.is_empty()
    }

    /// Whether people wait for it on a list of its own: it counts those who ask or are admitted.
    pub fn has_list(&self) -> bool {
        matches!(self.unit, Unit::Referral | Unit::Admission) && !self.is_total()
    }

    /// How people wait for it in `area`.
    pub fn waits(&self, area: &str) -> &WaitFigures {
        let local = self.local_waits.iter().find(|(id, _)| same_name(id, area));
        local.map_or(&self.figures.waits, |(_, waits)| waits)
    }
}

/// The figures of a service line; a total has those of its members.
#[derive(Clone, Copy, Debug)]
pub struct ServiceFigures {
    /// The factor on the surge of its family: so many come of those who would.
    pub surge: FigureId,
    /// Share of referrals accepted.
    pub accepted: FigureId,
    /// Months after which `decay` of a caseload has left.
    pub months: FigureId,
    /// Share of a caseload that leaves within `months`.
    pub decay: FigureId,
    /// Share of those who leave that have recovered.
    pub recovered: FigureId,
    /// Contacts a month per person in treatment.
    pub contacts: FigureId,
    /// Bed-days a month per person in treatment; none for a service without beds.
    pub bed_days: Option<FigureId>,
    /// What the projection gets wrong beside its figures, as the standard deviation of a month's
    /// step of its level ([`crate::model::discrepancy`]).
    pub drift: FigureId,
    /// That of the part that forgets slowly.
    pub wander: FigureId,
    /// That of single months.
    pub scatter: FigureId,
    /// Share of demand lost per unit of stringency.
    pub loss: FigureId,
    /// Share of suppressed demand that returns.
    pub returns: FigureId,
    /// Months in which half of it is released.
    pub return_half_life: FigureId,
    /// How people wait for it.
    pub waits: WaitFigures,
    /// How ill its people are.
    pub severity: SeverityFigures,
    /// Pounds for each person accepted; the unit of the figure names the price year.
    pub unit_cost: Option<FigureId>,
    /// Contacts (or attendances) a month per whole-time equivalent, where it has no caseload.
    pub contacts_per_wte: Option<FigureId>,
}

/// The severity mix of a service line, as [`crate::model::severity`] has it.
#[derive(Clone, Copy, Debug)]
pub struct SeverityFigures {
    /// Share of people who are severely ill in usual times.
    pub severe_share: FigureId,
    /// Relative growth of that share per unit of pressure.
    pub severity_shift: FigureId,
    /// Length of treatment of a severe person relative to others.
    pub severe_stay: FigureId,
}

/// How people wait for a service.
#[derive(Clone, Copy, Debug)]
pub struct WaitFigures {
    /// Spread of the logarithm of individual waits; with two classes, of routine ones.
    pub spread: FigureId,
    /// Share of those who start that is urgent.
    pub urgent_share: FigureId,
    /// Median wait of the urgent over that of the routine.
    pub urgent_ratio: FigureId,
    /// Spread of the logarithm of urgent waits.
    pub urgent_spread: FigureId,
    /// Share by which starts follow the list at its usual length.
    pub response: FigureId,
    /// Growth of capacity a year beyond underlying demand.
    pub capacity_growth: FigureId,
    /// Share of starts that a full first lockdown takes.
    pub lockdown_starts: FigureId,
    /// Rate a year at which an area's waits come back to its nation's.
    pub pull: FigureId,
    /// Rate a year at which waits that miss a standard come to it.
    pub pull_standard: FigureId,
    /// Drift of the logarithm of the usual wait in a year, growing as its square root.
    pub wait_drift: FigureId,
    /// Share of those who wait that leaves in a month without being seen.
    pub reneging: FigureId,
    /// Load (arrivals over capacity) at which the service stood before the start.
    pub load: FigureId,
    /// Median wait before the start, in weeks; none where only the standard is known.
    pub opening_wait: Option<FigureId>,
    /// People in treatment per whole-time equivalent.
    pub caseload_per_wte: Option<FigureId>,
}

/// How a figure of a standard and what is said of it are named, by the standard's place in the list
/// of its service. A service has no more standards than there are.
pub const STANDARD_SUFFIXES: [&str; 9] = ["", "2", "3", "4", "5", "6", "7", "8", "9"];

/// What ends a wait that a standard is about: first contact and the start of treatment are not the
/// same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WaitEnds {
    /// Treatment starts.
    Treatment,
    /// Somebody is spoken to or seen for the first time.
    FirstContact,
    /// An assessment.
    Assessment,
}

impl WaitEnds {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Treatment, Self::FirstContact, Self::Assessment];

    /// Its name in tables and words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Treatment => "treatment",
            Self::FirstContact => "first contact",
            Self::Assessment => "assessment",
        }
    }
}

/// An access standard: a share of people starts within some weeks. A proposed one may name no
/// share: compliance is told, and nothing can be missed.
#[derive(Clone, Copy, Debug)]
pub struct Standard {
    /// Its place in the list of its service, from 0.
    pub place: u8,
    /// Whose waits it is about.
    pub whose: Whose,
    /// The nation whose standard it is; none is every nation.
    pub nation: Option<&'static str>,
    /// In force from this month on; none was always.
    pub from: Option<Month>,
    /// In force up to this month; none still is.
    pub to: Option<Month>,
    /// Whether it is only proposed: compliance is told, and nothing is missed.
    pub is_proposed: bool,
    /// Weeks from referral to what ends the wait.
    pub weeks: FigureId,
    /// What ends it, where that is said.
    pub until: Option<WaitEnds>,
    /// The share that should start within them.
    pub share: Option<FigureId>,
}

impl Standard {
    /// One that holds in every nation and month; without a share it is proposed.
    pub fn everywhere(place: u8, weeks: FigureId, share: Option<FigureId>) -> Self {
        let is_proposed = share.is_none();
        let whose = Whose::All;
        let (nation, from, to, until) = (None, None, None, None);
        Self { place, whose, nation, from, to, is_proposed, weeks, until, share }
    }

    /// Whether it is in force in a nation in a month.
    pub fn applies(&self, nation: &str, month: Month) -> bool {
        self.nation.is_none_or(|own| own == nation)
            && self.from.is_none_or(|from| from <= month)
            && self.to.is_none_or(|to| month <= to)
    }
}

/// A family of service lines.
#[derive(Clone, Debug)]
pub struct Family {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub label: String,
    /// Whether it is one of the few that are reported first.
    pub headline: bool,
    /// Other names that tables may use.
    pub aliases: Vec<String>,
}
