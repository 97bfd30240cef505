//! `services.csv`: what each service line is and rests on.

use super::OfCase;
use crate::output::table::columns::{AREA, SCENARIO, SERVICE};
use crate::output::table::{Column, Head, Rows, Table, Written};

/// The service lines of a case.
pub(super) struct Services;

impl Table<OfCase<'_>> for Services {
    fn head(&self) -> Head {
        Head {
            name: "services",
            about: "What each service line is and what its figures rest on.",
            written: Written::Always,
            columns: vec![
                SCENARIO,
                AREA,
                SERVICE,
                Column::text("label", "its name for people"),
                Column::id("family", "the family of services it is one of"),
                Column::text("unit", "what is counted: referral, admission and so on"),
                Column::number(
                    "baseline_a_year",
                    "mean a year before the start; blank without one",
                )
                .or_unknown(),
                Column::text("method", "how underlying demand was forecast, and why so"),
                Column::text("basis", "how the pack's people are scaled to the area"),
                Column::number("unit_cost", "cost of one person treated; blank without one")
                    .or_unknown(),
                Column::text("unit_cost_unit", "in what money"),
                Column::text("unit_cost_grade", "how good its source is, A best to D"),
            ],
        }
    }

    fn rows(&self, of: &OfCase<'_>, rows: &mut Rows) {
        let pack = &of.study.pack;
        let basis = of.study.areas[of.projection.area].scale.words();
        for line in &of.projection.lines {
            let service = &pack.services[line.service];
            let unit_cost = service.figures.unit_cost.filter(|_| !line.burden.costs.is_empty());
            let unit_cost = unit_cost.map(|id| of.study.figures.get(id));
            rows.text(of.scenario()).text(of.area()).text(&service.id).text(&service.label);
            rows.text(&pack.families[service.family].id).text(service.unit.name());
            rows.number(line.baseline_year).text(line.method.as_deref().unwrap_or_default());
            rows.text(&basis).number(unit_cost.map(|figure| figure.number.central));
            rows.text(unit_cost.map_or("", |figure| &figure.origin.unit));
            rows.text(&unit_cost.map_or_else(String::new, |f| f.origin.grade.to_string())).end();
        }
    }
}
