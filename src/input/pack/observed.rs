//! `counted.csv` of a fitted pack: the counted months whose level a projection carries forward.

use crate::diagnostics::{Problem, Problems, Source};
use crate::input::table::Table;
use crate::month::{MONTH_FORMS, Month};
use crate::study::observed::{Observed, ObservedLine};

/// Reads the counted months of a pack.
pub(super) fn read_observed(source: &Source, problems: &mut Problems) -> Option<Observed> {
    let table = Table::parse_every_row(source, problems)?;
    table.allow(&["area", "service", "month", "referrals"], problems);
    let columns = ["area", "service", "month", "referrals"].map(|name| table.need(name, problems));
    let [Some(area), Some(service), Some(month), Some(referrals)] = columns else { return None };
    let mut lines: Vec<ObservedLine> = Vec::new();
    for row in &table.rows {
        let Ok(at) = row.cell(month).parse::<Month>() else {
            problems.push(
                Problem::error(table.place(row, month), "not a month")
                    .read(row.cell(month))
                    .allowed(MONTH_FORMS),
            );
            continue;
        };
        let Some(counted) = problems.take(table.number(row, referrals)) else { continue };
        let Some(counted) = counted.filter(|counted| *counted >= 0.0) else {
            problems.push(
                Problem::error(table.place(row, referrals), "not a count")
                    .read(row.cell(referrals))
                    .allowed("0 or more")
                    .suggest("run `afterwave fit` again"),
            );
            continue;
        };
        let (area, service) = (row.cell(area), row.cell(service));
        let own = lines.iter_mut().find(|line| line.area == area && line.service == service);
        match own {
            Some(line) => line.months.push((at, counted)),
            None => lines.push(ObservedLine {
                area: area.to_owned(),
                service: service.to_owned(),
                months: vec![(at, counted)],
            }),
        }
    }
    for line in &mut lines {
        line.months.sort_by_key(|(month, _)| *month);
    }
    let until = lines.iter().flat_map(|line| &line.months).map(|(month, _)| *month).max();
    if until.is_none() {
        problems.push(
            Problem::error(source.whole(), "holds no month").suggest("run `afterwave fit` again"),
        );
    }
    Some(Observed { until: until?, lines })
}
