//! Published figures, `checks.csv`, to [`PublishedFigure`]s.
//!
//! `quantity` is `need`, `care`, `rise` (subject: a group; `need` without one is of all),
//! `referrals`, `growth` (subject: a family or service; the financial year that begins with `from`)
//! or `need-ratio` (subject: `STRATIFICATION/STRATUM/STRATUM`, with `/FAMILY`). `relation` is `about`
//! (with a range from `low` to `high`) or `below`. A figure speaks of `area`, of the months `from`
//! to `to`, and of a course of the epidemic with `waves` peaks until then: no other scenario and
//! area is held against it.

use crate::diagnostics::{Problem, Problems, Source};
use crate::input::baseline::month_cell;
use crate::input::table::{Row, Table};
use crate::study::checks::{PublishedFigure, Quantity, Relation};
use crate::study::figures::Grade;

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
    let (low, high, waves) = (number("low"), number("high"), number("waves"));
    let Some(value) = number("published") else {
        problems.push(
            Problem::error(table.place(row, published), "a check needs its published figure")
                .read(row.cell(check)),
        );
        return None;
    };
    let relation = match text("relation").as_str() {
        "below" => Some(Relation::Below),
        "about" => match low.zip(high) {
            Some((low, high)) if (low..=high).contains(&value) => {
                Some(Relation::About { low, high })
            }
            _ => {
                problems.push(
                    Problem::error(table.place(row, published), "a published figure has a range")
                        .read(row.cell(check))
                        .allowed("low <= published <= high"),
                );
                None
            }
        },
        other => {
            problems.push(
                Problem::error(table.place(row, check), "unknown relation")
                    .choose(other, ["about", "below"]),
            );
            None
        }
    };
    let mut month = |name| {
        let column = table.column(name)?;
        if row.cell(column).is_empty() {
            return None;
        }
        month_cell(table, row, column, problems)
    };
    let months = month("from").zip(month("to"));
    let name = text("quantity");
    let quantity = quantity(&name, &text("subject"));
    if quantity.is_none() {
        problems.push(
            Problem::error(table.place(row, check), "unknown quantity or subject")
                .choose(&name, ["need", "care", "rise", "referrals", "growth", "need-ratio"]),
        );
    }
    Some(PublishedFigure {
        id: row.cell(check).to_owned(),
        label: text("label"),
        quantity: quantity?,
        relation: relation?,
        value,
        months,
        waves: waves.unwrap_or(0.0) as usize,
        area: text("area"),
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
        "referrals" => Some(Quantity::Referrals(group?)),
        "growth" => Some(Quantity::Growth(group?)),
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
        let source =
            Source::new("c.csv", "check,quantity,relation,low,published,high\nx,ned,about,2,3,4\n");
        assert!(read_checks(&source, &mut problems).is_empty());
        assert!(problems.render(false).contains("need"), "{}", problems.render(false));
    }
}
