//! A workbook of the national model.

use super::super::choices::{Choices, wild};
use super::super::xlsx::xlsx;
use super::{Case, case};

pub(super) fn workbook(c: &mut Choices<'_>) -> Case {
    let groups: Vec<String> = (0..c.between(1, 3)).map(|g| format!("group {g}")).collect();
    let conditions: Vec<String> = (0..c.between(1, 3)).map(|n| format!("condition {n}")).collect();
    let treatments: Vec<String> = (0..c.between(1, 3)).map(|t| format!("service {t}")).collect();
    let months = c.between(2, 30);
    let value = |c: &mut Choices<'_>, right: f64| {
        if c.chance(1) && c.chance(20) { wild(c).replace('|', "") } else { format!("{right}") }
    };
    let mut curves = vec!["month|a".to_owned()];
    for month in 0..months {
        curves.push(format!("{month}|{}", value(c, 1.0 / months as f64)));
    }
    let mut rows = vec!["group|curve|size|pcnt".to_owned()];
    for group in &groups {
        let size = c.between(1, 100_000) as f64;
        let percent = c.between(0, 100) as f64;
        rows.push(format!("{group}|a|{}|{}", value(c, size), value(c, percent)));
    }
    let (mut needs, mut routes) = (
        vec!["group|condition|pcnt".to_owned()],
        vec!["group|condition|treatment|split".to_owned()],
    );
    for group in &groups {
        for condition in &conditions {
            let share = c.share() / conditions.len() as f64;
            needs.push(format!("{group}|{condition}|{}", value(c, share)));
            for treatment in &treatments {
                let split = c.between(1, 9) as f64;
                routes.push(format!("{group}|{condition}|{treatment}|{}", value(c, split)));
            }
        }
    }
    let mut services = vec!["treatment|success|months|decay|demand|treat_pcnt".to_owned()];
    let mut demand = vec!["service|month|underlying|suppressed".to_owned()];
    for treatment in &treatments {
        let numbers = [c.share(), c.between(1, 24) as f64, 0.5, 1.0, c.share()];
        let cells = numbers.map(|number| value(c, number)).join("|");
        services.push(format!("{treatment}|{cells}"));
        for month in 0..months {
            let (year, month) = (2020 + (4 + month) / 12, (4 + month) % 12 + 1);
            let counts =
                [c.between(0, 5_000) as f64, c.between(0, 500) as f64].map(|n| value(c, n));
            demand.push(format!("{treatment}|{year}-{month:02}-01|{}|{}", counts[0], counts[1]));
        }
    }
    let sheets = vec![
        ("curves", curves),
        ("groups", rows),
        ("g2c", needs),
        ("c2t", routes),
        ("treatments", services),
        ("demand", demand),
    ];
    let mut bytes = xlsx(&sheets);
    if c.chance(4) {
        // One part of the archive as anybody may have made it.
        let at = c.below(bytes.len());
        bytes[at] ^= 1 << c.below(8);
    }
    case(&["run", "--pack", "params.xlsx"]).cheap(c).with("params.xlsx", bytes)
}
