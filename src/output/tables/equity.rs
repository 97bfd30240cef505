//! `equity.csv`: who is hit and who is seen.

use super::OfCase;
use crate::output::table::columns::{AREA, GRADE, MEASURE, PERIOD, SCENARIO, STATS};
use crate::output::table::{Column, Head, Rows, Table, Written};
use crate::study::figures::Grade;

/// Results by strata.
pub(super) struct Equity;

impl Table<OfCase<'_>> for Equity {
    fn head(&self) -> Head {
        let keys = [
            SCENARIO,
            AREA,
            Column::id("stratification", "how people are split, such as deprivation"),
            Column::id("stratum", "the part of them"),
            Column::text("label", "its name for people"),
            Column::id("family", "the family of services; `all` for need and who presents"),
            PERIOD,
            MEASURE,
        ];
        Head {
            name: "equity",
            about: "Results by strata of the population; sums over strata are the unsplit figures. \
                    Measures for `all`: `need`, `unmet`, `unmet_share`; for a family `referrals`, \
                    `surge`, `suppressed`; for both `population_share`, `need_share`, \
                    `access_share` and `access_ratio`, the last over the one before: 1 where \
                    access follows need.",
            written: Written::WithRows,
            columns: [&keys[..], &STATS, &[GRADE]].concat(),
        }
    }

    fn rows(&self, of: &OfCase<'_>, rows: &mut Rows) {
        let pack = &of.study.pack;
        for result in of.projection.splits() {
            let stratification = &pack.stratifications[result.stratification];
            let figures = stratification.resolve(result.family, of.area()).unwrap_or_default();
            let family = result.family.map_or("all", |family| &pack.families[family].id);
            for row in &result.rows {
                let stratum = &stratification.strata[row.stratum];
                let grade = figures.get(row.stratum).and_then(|of_stratum| {
                    let of_stratum = [
                        of_stratum.share,
                        of_stratum.relative_need,
                        of_stratum.relative_access,
                        of_stratum.suppression,
                    ];
                    of_stratum.map(|id| of.study.figures.get(id).origin.grade).into_iter().max()
                });
                rows.text(of.scenario()).text(of.area());
                rows.text(&stratification.id).text(&stratum.id).text(&stratum.label);
                rows.text(family).text(&row.period.name());
                rows.text(row.measure.name()).stats(Some(&row.stats));
                rows.text(&grade.unwrap_or(Grade::D).to_string()).end();
            }
        }
    }
}
