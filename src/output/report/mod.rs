//! `report.html`: a run as one page that answers first and answers back.
//!
//! One file that asks nothing of a network. Words and tables of the run are in it as they are, so
//! that it reads without scripts, prints and pastes; `page.js` draws the months and, with the
//! kernels of [`crate::projection::response`], lets a reader move the waves: `engine.js` is the
//! model from there on, draw by draw. `page.html` is the frame, `page.css` how it looks.

mod answers;
mod data;
mod grounds;
mod html;
mod kernels;
mod sections;
mod waits;

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context as _;

use crate::escape;
use crate::input::goals::Goal;
use crate::output::disclosure::Control;
use crate::output::record::InputHash;
use crate::output::words::{capital, counted};
use crate::projection::Projection;
use crate::projection::line::FamilyResult;
use crate::projection::measure::Measure;
use crate::projection::response::responses;
use crate::study::Study;
use html::escaped;

/// The frame, with places named between pairs of `@@`.
const FRAME: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const PAGE: &str = include_str!("page.js");

/// The model from its kernels on, as the page runs it.
pub const ENGINE: &str = include_str!("engine.js");

/// What a page says beside the results.
#[derive(Debug)]
pub struct Setting<'a> {
    /// The command that repeats the run.
    pub command: String,
    /// Its scenarios, as they were named.
    pub scenarios: &'a [String],
    /// The files it read.
    pub inputs: &'a [InputHash],
    /// The goals it was held against.
    pub goals: &'a [Goal<Measure>],
    /// The study as it was projected.
    pub model: &'a Study,
    /// What may be told of it; none tells all.
    pub control: Option<&'a Control>,
}

impl Setting<'_> {
    /// A scenario as it was named: the path of its file, or its id.
    fn name<'n>(&'n self, id: &'n str) -> &'n str {
        let is_own = |name: &&String| Path::new(name).file_stem().is_some_and(|stem| stem == id);
        self.scenarios.iter().find(is_own).map_or(id, String::as_str)
    }
}

/// The results of one area.
struct Shown<'a> {
    area: usize,
    projections: &'a [Projection],
    setting: &'a Setting<'a>,
    order: Vec<usize>,
}

impl Shown<'_> {
    /// The families with a baseline, the headline first and then the largest, from the first
    /// scenario.
    fn families(&self) -> impl Iterator<Item = &FamilyResult> {
        let first = self.projections.first();
        self.order.iter().filter_map(move |index| first?.families.get(*index))
    }

    /// One of the families in another scenario.
    fn family<'p>(projection: &'p Projection, like: &FamilyResult) -> Option<&'p FamilyResult> {
        projection.families.iter().find(|family| family.family == like.family)
    }
}

/// Whether a family is told first.
fn is_headline(study: &Study, family: &FamilyResult) -> bool {
    study.pack.families[family.family].headline
}

/// The page of an area, from its projections; none without any.
pub fn page(
    study: &Study,
    projections: &[Projection],
    area: usize,
    setting: &Setting<'_>,
) -> anyhow::Result<String> {
    let first = projections.first().context("a page of no projection")?;
    let shown = Shown { area, order: order(study, first, setting), setting, projections };
    // Of a line of few people nothing is carried draw by draw.
    let is_carried = |service: &usize| {
        let line = first.lines.iter().find(|line| line.service == *service);
        let year = line.and_then(|line| line.baseline_year);
        setting.control.is_none_or(|own| own.is_carried(area, Some(*service), year))
    };
    let services: Vec<usize> = shown
        .families()
        .flat_map(|family| family.services.iter().copied())
        .filter(is_carried)
        .collect();
    let responses = responses(setting.model, area, &services);
    let data = data::data(study, &shown, responses.as_ref());
    let name = &study.areas[area].name;
    let title = format!("Mental health demand after the waves: {name}");
    let mut blobs = String::new();
    for blob in &data.blobs {
        let _ = writeln!(blobs, "<script type=\"text/plain\" class=\"blob\">{blob}</script>");
    }
    // `</script>` in a name must not end the script that holds it.
    let json = escape::json(&serde_json::to_string(&data.given)?).replace('<', "\\u003c");
    let parts = [
        ("TITLE", escaped(&title)),
        ("STYLE", STYLE.to_owned()),
        ("META", escaped(&conditions(study, &shown))),
        ("ANSWERS", each(&shown, |p| answers::answers(study, &shown, p, setting))),
        ("BESIDE", answers::beside(study, &shown)),
        ("SECTIONS", each(&shown, |p| sections::sections(study, &shown, p))),
        ("GROUNDS", grounds::grounds(study, &shown, setting)),
        ("DATA", json),
        ("BLOBS", blobs),
        ("ENGINE", ENGINE.to_owned()),
        ("PAGE", PAGE.to_owned()),
    ];
    Ok(filled(FRAME, &parts))
}

/// The frame with its places filled; what is put in is not looked at again.
fn filled(frame: &str, parts: &[(&str, String)]) -> String {
    let mut text = String::new();
    for (index, piece) in frame.split("@@").enumerate() {
        let part = parts.iter().find(|(name, _)| index % 2 == 1 && *name == piece);
        text.push_str(part.map_or(piece, |(_, part)| part));
    }
    text
}

/// A block of HTML for every scenario.
fn each(shown: &Shown<'_>, block: impl Fn(&Projection) -> String) -> String {
    let mut text = String::new();
    for (index, projection) in shown.projections.iter().enumerate() {
        let block = block(projection);
        let _ = writeln!(text, "<div class=\"of\" data-scenario=\"{index}\">\n{block}</div>");
    }
    text
}

/// The families that have a baseline, and one that may be told.
fn order(study: &Study, projection: &Projection, setting: &Setting<'_>) -> Vec<usize> {
    let year = |index: &usize| projection.families[*index].baseline_year.unwrap_or(0.0);
    let place = |index: &usize| {
        let family = projection.families[*index].family;
        if study.pack.families[family].headline { family } else { usize::MAX }
    };
    let mut known: Vec<usize> =
        (0..projection.families.len()).filter(|index| year(index) > 0.0).collect();
    if let Some(control) = setting.control {
        known.retain(|index| {
            let family = &projection.families[*index];
            control.is_carried(projection.area, None, family.baseline_year)
        });
    }
    known.sort_by(|a, b| place(a).cmp(&place(b)).then(year(b).total_cmp(&year(a))));
    known
}

/// What the page is of, in two sentences.
fn conditions(study: &Study, shown: &Shown<'_>) -> String {
    let Some(first) = shown.projections.first() else { return String::new() };
    let scenario = &study.scenarios[first.scenario];
    let draws = match study.draws.count {
        0 => "central values".to_owned(),
        count => format!("{} draws", crate::output::words::thousands(count as f64)),
    };
    format!(
        "If the waves come as said, then this demand: a conditional projection, not a forecast. \
         {}, {} from {}; afterwave {}, pack {}, seed {}, {draws}. Not a publication of the NHS.",
        capital(&study.areas[shown.area].name),
        counted(scenario.months, "month"),
        scenario.start.short(),
        env!("CARGO_PKG_VERSION"),
        study.pack.name,
        study.draws.seed,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_is_not_looked_at_again() {
        let parts = [("A", "@@B@@".to_owned()), ("B", "b".to_owned())];
        assert_eq!(filled("x@@A@@y@@B@@z", &parts), "x@@B@@ybz");
    }
}
