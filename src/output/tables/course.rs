//! `projection.csv` and `families.csv`, and the further measures of both: month by month.

use super::OfCase;
use crate::output::table::columns::{
    AREA, FINANCIAL_YEAR, MEASURE, MONTH, QUARTER, SCENARIO, SERVICE, STATS,
};
use crate::output::table::{Column, Head, Rows, Table, Written};
use crate::projection::course::Course;
use crate::projection::measure::Measure;

/// What everyone asks of the months of a line or family; all else is detail.
const MEASURES: [Measure; 6] = [
    Measure::Underlying,
    Measure::Suppressed,
    Measure::Returning,
    Measure::Surge,
    Measure::Levers,
    Measure::Referrals,
];

/// Whose months a table holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Services,
    Families,
}

/// Months of service lines or families.
pub(super) struct ByMonth {
    name: &'static str,
    about: &'static str,
    whose: Whose,
    written: Written,
}

/// Months of service lines.
pub(super) const PROJECTION: ByMonth = ByMonth {
    name: "projection",
    about: "Demand of each service line by month: referrals = underlying - suppressed + returning \
            + surge + levers. Measures: `underlying`, `suppressed`, `returning`, `surge`, `levers` \
            (where the scenario has any), `referrals`.",
    whose: Whose::Services,
    written: Written::Always,
};

/// Months of families.
pub(super) const FAMILIES: ByMonth = ByMonth {
    name: "families",
    about: "The same of each family: its services added up draw by draw. A service without a \
            baseline adds its surge alone.",
    whose: Whose::Families,
    written: Written::Always,
};

/// The other measures of service lines.
pub(super) const PROJECTION_DETAIL: ByMonth = ByMonth {
    name: "projection-detail",
    about: "Further measures of each service line by month: `surge_immediate` and \
            `surge_longitudinal` (within three months of exposure, and later; together the surge), \
            `accepted`, `below_threshold`, `unmet` (held back and never coming), `starts`, \
            `caseload`, `contacts`, `bed_days`, `discharges`, `surge_caseload`, `surge_contacts`.",
    whose: Whose::Services,
    written: Written::OnRequest,
};

/// The other measures of families.
pub(super) const FAMILIES_DETAIL: ByMonth = ByMonth {
    name: "families-detail",
    about: "The same of each family, of those measures that add up over services of one unit: \
            `surge_immediate`, `surge_longitudinal`, `accepted`, `starts`.",
    whose: Whose::Families,
    written: Written::OnRequest,
};

impl Table<OfCase<'_>> for ByMonth {
    fn head(&self) -> Head {
        let family = Column::id("family", "the family of services, as in the pack");
        let of = if self.whose == Whose::Services { SERVICE } else { family };
        let keys = [SCENARIO, AREA, of, MONTH, MEASURE];
        Head {
            name: self.name,
            about: self.about,
            written: self.written,
            columns: [&keys[..], &STATS, &[FINANCIAL_YEAR, QUARTER]].concat(),
        }
    }

    fn rows(&self, of: &OfCase<'_>, rows: &mut Rows) {
        let pack = &of.study.pack;
        match self.whose {
            Whose::Services => {
                for line in &of.projection.lines {
                    self.course(of, &pack.services[line.service].id, &line.course, rows);
                }
            }
            Whose::Families => {
                for family in &of.projection.families {
                    self.course(of, &pack.families[family.family].id, &family.course, rows);
                }
            }
        }
    }
}

impl ByMonth {
    fn course(&self, of: &OfCase<'_>, id: &str, course: &Course, rows: &mut Rows) {
        let has_levers = !of.study.scenarios[of.projection.scenario].levers.is_empty();
        let is_wanted = |measure: &Measure| {
            let is_main = MEASURES.contains(measure);
            is_main == (self.written == Written::Always)
                && !Measure::OF_WAITS.contains(measure)
                && (*measure != Measure::Levers || has_levers)
        };
        for (measure, months) in course.measures.iter().filter(|(measure, _)| is_wanted(measure)) {
            for (month, stats) in (0..).map(|t| of.start().plus(t)).zip(months) {
                rows.text(of.scenario()).text(of.area()).text(id).month(month);
                rows.text(measure.name()).stats(Some(stats)).year_and_quarter(month).end();
            }
        }
    }
}
