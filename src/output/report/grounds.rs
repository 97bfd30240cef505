//! What the results rest on: the figures that matter most, the weakest grades first, and the inputs.

use super::html::{Cell, Table, escaped, share};
use super::{Setting, Shown, is_headline};
use crate::evaluate::weight::{Weight, weights};
use crate::study::Study;
use crate::study::figures::Grade;

/// Figures that are told: those after them say little.
const MOST: usize = 12;

/// Figures that go with less of the spread are noise.
const LEAST: f64 = 0.02;

/// What it rests on, and the inputs.
pub(super) fn grounds(study: &Study, shown: &Shown<'_>, setting: &Setting<'_>) -> String {
    format!(
        "<section aria-labelledby=\"hg\"><h2 id=\"hg\">What it rests on, the weakest first</h2>\n\
         {}{}</section>\n\
         <section aria-labelledby=\"hi\"><h2 id=\"hi\">Inputs, and how to repeat it</h2>\n{}</section>\n",
        grades(study),
        heaviest(study, shown),
        inputs(study, setting),
    )
}

fn grades(study: &Study) -> String {
    let of = |grade: Grade| study.figures.iter().filter(|f| f.origin.grade == grade).count();
    format!(
        "<p>{} figures: {} of grade A (official or peer-reviewed), {} of B (quoted by others), {} of C \
         (derived), {} of D (assumed). All of them with their sources: \
         <code>afterwave explain --assumptions</code>.</p>\n",
        study.figures.iter().len(),
        of(Grade::A),
        of(Grade::B),
        of(Grade::C),
        of(Grade::D),
    )
}

/// The figures that most of the spread goes with.
fn heaviest(study: &Study, shown: &Shown<'_>) -> String {
    let Some(last) = shown.projections.last() else { return String::new() };
    let mut found: Vec<(Weight, &str)> = Vec::new();
    let headline = shown.families().filter(|family| is_headline(study, family));
    let families: Vec<_> = headline.filter_map(|family| Shown::family(last, family)).collect();
    let courses: Vec<_> = families.iter().map(|family| &family.course).collect();
    for (family, weights) in families.iter().zip(weights(study, &courses)) {
        let label = study.pack.families[family.family].label.as_str();
        for weight in weights {
            match found.iter_mut().find(|(own, _)| own.figure == weight.figure) {
                Some(own) if own.0.share < weight.share => *own = (weight, label),
                Some(_) => {}
                None => found.push((weight, label)),
            }
        }
    }
    let own = &study.scenarios[last.scenario].id;
    let is_own = |weight: &Weight| {
        study.figures.get(weight.figure).scenario.as_ref().is_none_or(|scenario| scenario == own)
    };
    found.retain(|(weight, _)| weight.share >= LEAST && is_own(weight));
    found.sort_by(|a, b| b.0.share.total_cmp(&a.0.share));
    found.truncate(MOST);
    let grade = |weight: &Weight| study.figures.get(weight.figure).origin.grade;
    found.sort_by(|a, b| grade(&b.0).cmp(&grade(&a.0)).then(b.0.share.total_cmp(&a.0.share)));
    let mut table = Table::new(
        format!(
            "Figures that most of the range of a headline service goes with ({}), by grade",
            study.scenarios[last.scenario].name
        ),
        &["Figure", "Grade", "Low, central, high", "Of the spread", "Source"],
    );
    for (weight, label) in found {
        let figure = study.figures.get(weight.figure);
        let number = &figure.number;
        table.row(vec![
            Cell::new(&figure.key),
            Cell::new(figure.origin.grade.to_string()),
            Cell::new(format!(
                "{}, {}, {}",
                short(number.low),
                short(number.central),
                short(number.high)
            ))
            .with(figure.origin.unit.as_str()),
            Cell::new(share(weight.share)).with(label),
            Cell::words(&figure.origin.source),
        ]);
    }
    table.html()
}

/// Three significant figures.
fn short(value: f64) -> String {
    let digits = match value.abs() {
        0.0 => 0,
        size if size >= 100.0 => return crate::output::words::thousands(value.round()),
        size => (2 - size.log10().floor() as i32).clamp(0, 6) as usize,
    };
    let text = format!("{value:.digits$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

fn inputs(study: &Study, setting: &Setting<'_>) -> String {
    let mut table = Table::new("Files that were read", &["File", "SHA-256"]);
    for input in setting.inputs {
        table.row(vec![Cell::new(&input.name), Cell::words(&input.sha256)]);
    }
    format!(
        "<p>The same numbers on any machine:</p>\n<pre tabindex=\"0\">{}</pre>\n\
         <details class=\"files\"><summary>Files and their hashes</summary>\n{}</details>\n\
         <p class=\"note\">Figures: {}.</p>\n",
        escaped(&setting.command),
        table.html(),
        escaped(&study.pack.licence),
    )
}
