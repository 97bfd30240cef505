//! `checks.csv`: results beside published figures.

use super::OfCase;
use crate::evaluate::checks::findings;
use crate::output::table::columns::{AREA, GRADE, RANGE, SCENARIO};
use crate::output::table::{Column, Head, Rows, Table, Written};
use crate::study::checks::Relation;

/// Published figures beside ours.
pub(super) struct Checks;

impl Table<OfCase<'_>> for Checks {
    fn head(&self) -> Head {
        let keys = [
            SCENARIO,
            AREA,
            Column::id("check", "the published figure, as in data/checks.csv"),
            Column::text("label", "its name for people"),
            Column::number("published", "the figure, of the whole of which it speaks"),
            Column::text("relation", "`about` the figure, or `below` it"),
            Column::number("low", "its 5th percentile"),
            Column::number("high", "its 95th percentile"),
        ];
        let rest = [
            Column::text(
                "verdict",
                "`agrees` (the central halves of both ranges overlap), `in range` (only the ranges from the 5th to the 95th percentile do) or `differs`",
            ),
            Column::text("source", "publication"),
            GRADE,
            Column::text("as_of", "when it was true"),
            Column::text("note", "what a reader should know"),
        ];
        Head {
            name: "checks",
            about: "Published figures beside ours, for scenarios and areas of which they speak.",
            written: Written::WithRows,
            columns: [&keys[..], &RANGE, &rest].concat(),
        }
    }

    fn rows(&self, of: &OfCase<'_>, rows: &mut Rows) {
        for finding in findings(of.study, of.projection) {
            let check = finding.check;
            rows.text(of.scenario()).text(of.area()).text(&check.id).text(&check.label);
            rows.number(check.value);
            match check.relation {
                Relation::About { low, high } => rows.text("about").number(low).number(high),
                Relation::Below => rows.text("below").number(None).number(None),
            };
            rows.range(Some(&finding.ours)).text(finding.verdict.name());
            rows.text(&check.source).text(&check.grade.to_string());
            rows.text(&check.as_of).text(&check.note).end();
        }
    }
}
