//! `goals.csv`: a row a goal, scenario and area.

use super::OfRun;
use crate::input::goals::Bound;
use crate::output::table::columns::{AREA, MEASURE, MONTH, RANGE, SCENARIO, SERVICE};
use crate::output::table::{Column, Head, Rows, Table, Written};

/// Goals beside what is projected.
pub(super) struct Goals;

impl Table<OfRun<'_>> for Goals {
    fn head(&self) -> Head {
        let goal = Column::text("goal", "its name, or its line in the file");
        let bounds = [
            Column::number("at_least", "the bound, where it is one from below"),
            Column::number("at_most", "the bound, where it is one from above"),
        ];
        let rest = [
            Column::number("chance", "the share of draws that meet it"),
            Column::text("agreed_with", "who agreed to it, as the file says"),
        ];
        let keys = [goal, SCENARIO, AREA, SERVICE, MEASURE, MONTH];
        Head {
            name: "goals",
            about: "Goals beside what is projected, with the chance of meeting each.",
            written: Written::WithRows,
            columns: [&keys[..], &bounds, &RANGE, &rest].concat(),
        }
    }

    fn rows(&self, of: &OfRun<'_>, rows: &mut Rows) {
        let study = of.study;
        for held in of.answers.held() {
            let goal = held.goal;
            let (least, most) = match goal.bound {
                Bound::AtLeast(value) => (Some(value), None),
                Bound::AtMost(value) => (None, Some(value)),
            };
            rows.text(&goal.label).text(&study.scenarios[held.scenario].id);
            rows.text(&study.areas[held.area].id);
            rows.text(study.pack.id_of(goal.service)).text(goal.measure.name());
            rows.month(goal.month).number(least).number(most);
            rows.range(held.stats.as_ref()).number(held.chance()).text(&goal.agreed_with).end();
        }
    }
}
