//! Published figures, `checks.csv`, to [`PublishedFigure`]s.
//!
//! `quantity` is `need`, `care`, `rise` (subject: a group; `need` without one is of all) or
//! `need-ratio` (subject: `STRATIFICATION/STRATUM/STRATUM`, with `/FAMILY`). `relation` is `about`
//! (between `low` and `high`, or within a tenth of the figure where they are blank) or `below`.
//! A number of people has the `population` it is of, and is scaled to an area by it.

use crate::diagnostics::{Problem, Problems, Source};
use crate::input::table::{Row, Table};
use crate::study::checks::{PublishedFigure, Quantity, Relation};
use crate::study::figures::Grade;

/// Where no range is given, this share of the figure to both sides agrees.
const TOLERANCE: f64 = 0.1;

/// Reads published figures.
pub fn read_checks(source: &Source, problems: &mut Problems) -> Vec<PublishedFigure> {
    let Some(table) = Table::parse(source, problems) else { return Vec::new() };
    let Some(check) = table.need("check", problems) else { return Vec::new() };
    let Some(value) = table.need("published", problems) else { return Vec::new() };
    table.rows.iter().filter_map(|row| one(&table, row, check, value, problems)).collect()
}

fn one(
    table: &Table,
    row: &Row,
    check: usize,
    published: usize,
    problems: &mut Problems,
) -> Option<PublishedFigure> {
    let text = |name| table.column(name).map_or("", |column| row.cell(column)).to_owned();
    let mut number = |name| {
        let column = table.column(name)?;
        problems.take(table.number(row, column)).flatten()
    };
    let (low, high, population) = (number("low"), number("high"), number("population"));
    let Some(value) = number("published") else {
        problems.push(
            Problem::error(table.place(row, published), "a check needs its published figure")
                .read(row.cell(check)),
        );
        return None;
    };
    let relation = match text("relation").as_str() {
        "below" => Some(Relation::Below),
        "about" => Some(Relation::About {
            low: low.unwrap_or(value * (1.0 - TOLERANCE)),
            high: high.unwrap_or(value * (1.0 + TOLERANCE)),
        }),
        other => {
            problems.push(
                Problem::error(table.place(row, check), "unknown relation")
                    .choose(other, ["about", "below"]),
            );
            None
        }
    };
    let name = text("quantity");
    let quantity = quantity(&name, &text("subject"));
    if quantity.is_none() {
        problems.push(
            Problem::error(table.place(row, check), "unknown quantity or subject")
                .choose(&name, ["need", "care", "rise", "need-ratio"]),
        );
    }
    Some(PublishedFigure {
        id: row.cell(check).to_owned(),
        label: text("label"),
        quantity: quantity?,
        relation: relation?,
        value,
        population,
        source: text("source"),
        grade: text("grade").parse().unwrap_or(Grade::D),
        as_of: text("as_of"),
        note: text("note"),
    })
}

fn quantity(name: &str, subject: &str) -> Option<Quantity> {
    let group = (!subject.is_empty()).then(|| subject.to_owned());
    match name {
        "need" => Some(Quantity::Need(group)),
        "care" => Some(Quantity::Care(group?)),
        "rise" => Some(Quantity::Rise(group?)),
        "need-ratio" => {
            let mut parts = subject.split('/').map(str::to_owned);
            Some(Quantity::NeedRatio {
                stratification: parts.next()?,
                over: parts.next()?,
                under: parts.next()?,
                family: parts.next(),
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::builtin;

    #[test]
    fn the_built_in_checks_are_sound() {
        let mut problems = Problems::default();
        let checks = read_checks(&builtin::checks(), &mut problems);
        assert!(problems.is_empty(), "{}", problems.render(false));
        assert!(checks.iter().all(|check| !check.source.is_empty()));
        assert_eq!(checks[0].quantity, Quantity::Need(None));
    }

    #[test]
    fn a_quantity_nobody_knows_is_named() {
        let mut problems = Problems::default();
        let source = Source::new("c.csv", "check,quantity,relation,published\nx,ned,about,3\n");
        assert!(read_checks(&source, &mut problems).is_empty());
        assert!(problems.render(false).contains("need"), "{}", problems.render(false));
    }
}
