//! `pathways.csv`: every group, condition and service by month.

use super::OfCase;
use crate::output::table::columns::{AREA, MEASURE, MONTH, SCENARIO};
use crate::output::table::{Column, Head, Rows, Table, Written};
use crate::projection::detail::of_case;

/// Every pathway.
pub(super) struct Pathways;

impl Table<OfCase<'_>> for Pathways {
    fn head(&self) -> Head {
        Head {
            name: "pathways",
            about: "Means over draws by pathway, all of the surge and so without levers. Measures: \
                    `at_risk_inflow`, `at_risk` (of a group), `referrals`, `starts`, `caseload`, \
                    `contacts`.",
            written: Written::OnRequest,
            columns: vec![
                SCENARIO,
                AREA,
                MONTH,
                Column::id("group", "the group of people"),
                Column::id("condition", "the condition; blank for the group as a whole"),
                Column::id("service", "the service; blank for the group as a whole"),
                MEASURE,
                Column::number("value", "mean over draws"),
            ],
        }
    }

    fn rows(&self, of: &OfCase<'_>, rows: &mut Rows) {
        let pack = &of.study.pack;
        let detail = of_case(of.study, of.projection.scenario, of.projection.area);
        for row in &detail {
            let (condition, service) = row.pathway.map_or(("", ""), |(condition, service)| {
                (pack.conditions[condition].id.as_str(), pack.services[service].id.as_str())
            });
            for (month, value) in (0..).map(|t| of.start().plus(t)).zip(&row.months) {
                rows.text(of.scenario()).text(of.area()).month(month);
                rows.text(&pack.groups[row.group].id).text(condition).text(service);
                let value = of.control.map_or(*value, |c| c.number(of.projection.area, *value));
                rows.text(row.measure.name()).number(value).end();
            }
        }
    }
}
