//! The library of levers for a terminal.

use super::super::terminal::{keep_words_whole, new_table};
use super::super::words::wrapped;
use crate::input::lever_file::Listed;

/// The library for a terminal: names by kind, or every lever in full.
pub fn library(levers: &[Listed], full: bool) -> String {
    if !full {
        let mut kinds: Vec<&str> = Vec::new();
        for lever in levers {
            if !kinds.contains(&lever.kind) {
                kinds.push(lever.kind);
            }
        }
        let mut text = format!(
            "{} levers by what they do (?: it may do nothing; *: no effect is published):\n",
            levers.len()
        );
        for kind in kinds {
            let names = levers.iter().filter(|lever| lever.kind == kind);
            let name = |lever: &Listed| {
                let mark = match lever.effect {
                    None => "*",
                    Some(_) if lever.may_be_nothing() => "?",
                    Some(_) => "",
                };
                format!("{}{mark}", lever.name)
            };
            let names: Vec<String> = names.map(name).collect();
            text.push_str(&wrapped(&format!("{kind}: {}", names.join(", ")), "  ", "    "));
        }
        text.push_str(
            "Effects: --full; sources: --lever NAME; your own: --set lever.NAME.effect=0.1\n",
        );
        return text;
    }
    let mut table = new_table();
    table.set_header(vec!["Lever", "Kind", "Effect", "Grade", "What it is"]);
    for lever in levers {
        table.add_row(vec![
            lever.name.clone(),
            lever.kind.to_owned(),
            effect_words(lever),
            lever.grade.map_or_else(String::new, |grade| grade.to_string()),
            lever.label.clone(),
        ]);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 1));
    }
    keep_words_whole(&mut table);
    format!(
        "{}\n\n\"yours\": no effect size is published that would hold; give one, such as\n\
         --lever mhst --set lever.mhst.effect=0,0.02,0.05\n\
         Sources, and whom they were measured on: --library --lever NAME, or --json.\n",
        table.trim_fmt()
    )
}

/// Levers of the library one by one: effect, grade, source and what a reader should know.
pub fn evidence(levers: &[Listed]) -> String {
    let mut text = String::new();
    for lever in levers {
        let grade = lever.grade.map_or_else(String::new, |grade| format!(", grade {grade}"));
        text.push_str(&wrapped(&format!("{}: {}", lever.name, lever.label), "", "  "));
        for line in [
            format!("{}, effect {}{grade}", lever.kind, effect_words(lever)),
            format!("Source: {}", lever.source),
            format!("Note: {}", lever.note),
        ] {
            text.push_str(&wrapped(&line, "  ", "    "));
        }
    }
    text
}

/// The size of a lever's effect with its range.
fn effect_words(lever: &Listed) -> String {
    match (lever.effect, lever.effect_range) {
        (Some(effect), Some([low, high])) if low < high => format!("{effect} ({low} to {high})"),
        (Some(effect), _) => format!("{effect}"),
        (None, _) => "yours".to_owned(),
    }
}
