//! Referrals by month, long or wide, as people keep them.

use std::fmt::Write as _;

use super::super::choices::{Choices, cell};
use super::{Case, SCENARIOS, SERVICES, case};

const AREAS: [&str; 7] = ["England", "Bury", "00V", "E54000057", "My area", "a/b", "Leeds"];

fn count(c: &mut Choices<'_>) -> String {
    match c.below(40) {
        0 => "0".to_owned(),
        1 => "*".to_owned(),
        2 => String::new(),
        3 => c.between(0, 60_000).to_string(),
        _ => c.between(200, 3_000).to_string(),
    }
}

fn month_text(form: usize, month: usize) -> String {
    const NAMES: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (year, month) = (2015 + month / 12, month % 12);
    match form {
        0 => format!("{year}-{:02}", month + 1),
        1 => format!("{year}-{:02}-01", month + 1),
        2 => format!("01/{:02}/{year}", month + 1),
        3 => format!("{}-{}", NAMES[month], year % 100),
        _ => format!("{} {year}", NAMES[month]),
    }
}

/// A level with a season, of one area, as it should be.
pub(crate) fn plain(c: &mut Choices<'_>) -> String {
    let mut text = "month,service,referrals\n".to_owned();
    for service in ["iapt", "camhs", "cmht"] {
        let level = c.between(50, 2_000);
        for month in 36..62 {
            let count = level + level / 8 * ((month * 7) % 5) / 4 + c.below(level / 10 + 1);
            let _ = writeln!(text, "{},{service},{count}", month_text(0, month));
        }
    }
    text
}

/// Referrals by month, long or wide, as people keep them.
pub(super) fn text(c: &mut Choices<'_>) -> String {
    let months = if c.chance(5) { c.between(1, 25) } else { c.between(26, 48) };
    let first = c.between(12, 48);
    // Most tables are as they should be; the others have a slip in some cell.
    let slips = c.chance(30);
    let cell = |c: &mut Choices<'_>, right: String| if slips { cell(c, right) } else { right };
    let form = c.pick(&[0, 0, 0, 1, 2, 3, 4]);
    let services: Vec<&str> =
        (0..c.between(1, 3)).map(|at| SERVICES[at * 2 + c.below(2)]).collect();
    let mut text = String::new();
    if c.chance(30) {
        let _ = writeln!(text, "month,{}", services.join(","));
        for month in first..first + months {
            let cells: Vec<String> = services
                .iter()
                .map(|_| {
                    let n = count(c);
                    cell(c, n)
                })
                .collect();
            let _ = writeln!(text, "{},{}", cell(c, month_text(form, month)), cells.join(","));
        }
        return text;
    }
    let areas: Vec<&str> = (0..c.between(1, 2)).map(|at| AREAS[at * 4 + c.below(3)]).collect();
    let level = c.between(100, 2_000);
    text.push_str("month,area,service,referrals\n");
    for area in &areas {
        for service in &services {
            for month in first..first + months {
                // Mostly a level with a season, as counts are.
                let right = match c.below(30) {
                    0 => count(c),
                    _ => (level + level / 8 * ((month * 7) % 5) / 4 + c.below(level / 10 + 1))
                        .to_string(),
                };
                let _ = writeln!(
                    text,
                    "{},{area},{},{}",
                    cell(c, month_text(form, month)),
                    cell(c, (*service).to_owned()),
                    cell(c, right)
                );
            }
        }
    }
    text
}

pub(super) fn baseline(c: &mut Choices<'_>) -> Case {
    let mut text = text(c);
    match c.below(12) {
        0 => text = text.replace('\n', "\r\n"),
        1 => text = format!("\u{feff}{text}"),
        2 => text = text.replace(',', ";"),
        3 => text = format!("Referrals as counted\n\n{text}"),
        4 => text.push_str("\nSource: own counts\n"),
        _ => {}
    }
    let scenario = c.pick(&SCENARIOS);
    case(&["run", scenario, "--baseline", "baseline.csv"])
        .short(c)
        .cheap(c)
        .with("baseline.csv", text)
}
